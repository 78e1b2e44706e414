"""Lines on the canvas have the same width whatever the scale of the screen."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

#: Draws a line of three pixels down the middle of a zoomed view and counts its pixels in the picture.
SCRIPT = """
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QGraphicsScene, QGraphicsView
application = QApplication([])
from widgets import style
scene = QGraphicsScene(0, 0, 20, 20)
line = scene.addLine(10, 0, 10, 20, style.cosmetic_pen(QColor("#FF0000"), 3.0))
view = QGraphicsView(scene)
view.resize(120, 120)
view.scale(2.5, 2.5)
picture = view.viewport().grab().toImage()
row = picture.height() // 2
red = sum(picture.pixelColor(x, row).name() == "#ff0000" for x in range(picture.width()))
print(picture.devicePixelRatio(), red)
"""


@pytest.mark.parametrize("scale", [1, 2])
def test_a_line_is_as_wide_at_any_scale(scale: int, tmp_path: Path) -> None:
    about = {"name": "x", "x": 0, "y": 0, "width": 800, "height": 600, "logicalDpi": 96, "dpr": 1}
    screen = tmp_path / "screen.json"
    screen.write_text(json.dumps({"screens": [about]}), encoding="utf-8")
    platform = {"QT_QPA_PLATFORM": f"offscreen:configfile={screen}", "QT_SCALE_FACTOR": str(scale)}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={**os.environ, **platform},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    ratio, red = map(float, done.stdout.split())
    assert ratio == scale
    assert red == 3 * scale
