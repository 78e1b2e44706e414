"""PySide must not lose references to None and True: a long session would crash when they run out.

Some PySide releases do (which is why their range is pinned): on Python 3.11 and older, where None and
True are counted, every such call takes one away, and at zero the interpreter aborts.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

_CALLS = 20_000

#: In a process of its own, so that nothing else counts references at the same time.
_PROGRAM = f"""
import sys
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QGuiApplication, QImage, QPainter
app = QGuiApplication([])
image = QImage(8, 8, QImage.Format.Format_ARGB32_Premultiplied)
painter = QPainter(image)
rect, point = QRectF(0, 0, 4, 4), QPointF(1, 1)
def calls(count):
    for _ in range(count):
        painter.save()
        painter.drawRect(rect)
        painter.restore()
        painter.isActive()
        rect.contains(point)
        image.isNull()
calls(200)
before = sys.getrefcount(None), sys.getrefcount(True), sys.getrefcount(False)
calls({_CALLS})
after = sys.getrefcount(None), sys.getrefcount(True), sys.getrefcount(False)
painter.end()
sys.exit(0 if all(abs(a - b) < 200 for a, b in zip(before, after)) else f"{{before}} {{after}}")
"""


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None and True are immortal from Python 3.12 on")
def test_qt_calls_keep_the_count_of_none_and_true() -> None:
    done = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
