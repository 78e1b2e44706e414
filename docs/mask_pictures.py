"""The pictures of the user guide that show masks: a hole being cut, a stroke, GrabCut, garments that overlap.

By itself it makes them on a copy of the demo: ``python docs/mask_pictures.py STORE [FOLDER]``.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Protocol

import numpy as np
from hand import Hand, isolate, wait, working
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.window import MainWindow
from store.db import Store
from store.records import Garment
from store.settings import SettingsFile

LARGE = (1600, 1000)
#: No garment takes more of the image than this share: what is round it is to be seen.
MOST = 0.3


class Guide(Protocol):
    """Who takes the pictures: a hand on the window, one picture, and one in the light theme."""

    hand: Hand
    window: MainWindow

    def shot(self, name: str) -> None:
        """A picture of that name."""

    def light(self, name: str) -> None:
        """The same in the light theme."""


def outlined(store: Store) -> tuple[int, int]:
    """The ids of an image of several garments, and of the one in it with the largest mask."""
    best, garment, most = 0, 0, -1.0
    for record in store.stream(None):
        masks = [one for one in record.garments if one.polygons and one.box is not None]
        room = record.image.width * record.image.height
        if len(masks) < 2 or any(_area(one) > MOST * room for one in masks):
            continue
        largest = max(masks, key=_area)
        if _area(largest) > most:
            best, garment, most = record.image.id, largest.id, _area(largest)
    return best, garment


def _area(garment: Garment) -> float:
    return 0.0 if garment.box is None else float(np.prod(garment.box[2:] - garment.box[:2]))


def masks(guide: Guide) -> None:
    """All of them, on an image of the open store; everything is taken back in the end."""
    hand, page = guide.hand, guide.window.annotate.page
    hand.filter("")
    image, garment_id = outlined(guide.window.session.needed())
    hand.annotate(image)
    page.select(garment_id)
    garment = page.garment
    if garment is None or garment.box is None:
        raise RuntimeError("The demo has no image with two masks.")
    x1, y1, x2, y2 = garment.box.tolist()
    middle = ((x1 + x2) / 2, (y1 + y2) / 2)
    side = min(x2 - x1, y2 - y1) / 8
    page.to_canvas()
    _hole(guide, middle, side)
    _stroke(guide, garment)
    _grabcut(guide)
    page.set_tool("select")
    hand.settle()


def _hole(guide: Guide, middle: tuple[float, float], side: float) -> None:
    """A hole that is there, with what DeepFashion2 makes of it, and another being drawn."""
    hand, canvas = guide.hand, guide.window.annotate.canvas
    hand.press(Qt.Key.Key_O)
    x, y = middle
    for place, (dx, dy) in enumerate(((-1, -3), (1, -3), (1, -1), (-1, -1))):
        keys = Qt.KeyboardModifier.ControlModifier if place == 0 else Qt.KeyboardModifier.NoModifier
        _click(guide, x + dx * side, y + dy * side, keys)
    hand.press(Qt.Key.Key_Return)
    hand.settle()
    for place, (dx, dy) in enumerate(((-1, 1), (1, 1), (1.4, 2.4))):
        keys = Qt.KeyboardModifier.ControlModifier if place == 0 else Qt.KeyboardModifier.NoModifier
        _click(guide, x + dx * side, y + dy * side, keys)
    hand.move(x - 0.8 * side, y + 2.6 * side)
    guide.shot("masks-polygon-dark")
    guide.light("masks-polygon-light")
    hand.press(Qt.Key.Key_Escape)
    canvas.setFocus()
    hand.undo()
    hand.settle()


def _click(guide: Guide, x: float, y: float, keys: Qt.KeyboardModifier) -> None:
    view = guide.window.annotate.canvas.viewport()
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, keys, guide.hand.place(x, y))


def _stroke(guide: Guide, garment: Garment) -> None:
    """A stroke of the brush that has not ended."""
    hand = guide.hand
    hand.press(Qt.Key.Key_B)
    corners = garment.polygons[0]
    far = corners[corners[:, 0].argmax()]
    x, y = float(far[0]), float(far[1])
    hand.take(x - 20, y - 30)
    for step in range(12):
        hand.move(x - 20 + 3 * step, y - 30 + 5 * step)
    guide.shot("masks-brush-dark")
    hand.press(Qt.Key.Key_Escape)
    hand.let_go(x, y)


def _grabcut(guide: Guide) -> None:
    """What GrabCut has found in a garment's box, to be accepted."""
    hand, segmenting = guide.hand, guide.window.annotate.page.masking.segmenting
    hand.press(Qt.Key.Key_W)
    hand.press(Qt.Key.Key_Return)
    wait(lambda: not segmenting.busy, "what GrabCut finds")
    hand.settle()
    guide.shot("masks-grabcut-dark")
    guide.light("masks-grabcut-light")
    hand.press(Qt.Key.Key_Escape)


class _Alone:
    """Takes the pictures by itself."""

    def __init__(self, hand: Hand, out: Path) -> None:
        self.hand, self.window, self._out = hand, hand.window, out

    def shot(self, name: str) -> None:
        self.hand.settle()
        sys.stdout.write(f"{self.hand.shot(self._out / f'{name}.png')}\n")

    def light(self, name: str) -> None:
        self.window.switch_theme()
        self.hand.settle()
        self.shot(name)
        self.window.switch_theme()
        self.hand.settle()


def main(store: Path, out: Path) -> None:
    """The pictures alone, on a store that is there."""
    with tempfile.TemporaryDirectory() as folder:
        isolate(Path(folder) / ".home")
        settings = SettingsFile()
        settings.set_layout(annotate={"predictions": False})
        with working(settings, LARGE) as hand:
            hand.open_store(store)
            masks(_Alone(hand, out))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2] if len(sys.argv) > 2 else "docs/images"))
