"""Masks in the whole window: what a lock forbids, what is half drawn, the format of the dataset."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.window import MainWindow
from store.document import Document, edits, mask_edits
from store.document.order_edits import is_locked
from store.outlines.rings import rings
from store.records import Garment
from tests.gui.app.window_hand import Key, press, stored

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NONE, BOTH = Qt.KeyboardModifier.NoModifier, CTRL | SHIFT
Way = list[tuple[float, float]]


class Mouse:
    """Clicks at image pixels of the canvas."""

    def __init__(self, window: MainWindow) -> None:
        self.canvas = window.annotate.canvas

    def at(self, place: tuple[float, float]) -> QPoint:
        return self.canvas.map_from_image(QPointF(*place)).toPoint()

    def clicks(self, way: Way, first: Qt.KeyboardModifier = NONE) -> None:
        for number, place in enumerate(way):
            keys = first if number == 0 else NONE
            QTest.mouseClick(self.canvas.viewport(), Qt.MouseButton.LeftButton, keys, self.at(place))


@pytest.fixture
def mouse(annotating: MainWindow) -> Mouse:
    """The garment of the image is selected and has a mask, a square with a hole."""
    document = annotating.annotate.document
    assert document is not None
    (garment,) = document.garments
    width, height = annotating.annotate.canvas.image_size
    x, y, side = width * 0.3, height * 0.3, min(width, height) * 0.4
    square = np.array([[x, y], [x + side, y], [x + side, y + side], [x, y + side]])
    whole = mask_edits.add_polygon(garment.but(polygons=()), square, (width, height))
    hole = square[0] + (square - square[0]) * 0.2 + side * 0.4
    assert whole is not None
    after = whole.changes[0].after
    assert isinstance(after, Garment)
    holed = mask_edits.cut_hole(after, hole, (width, height))
    assert holed is not None
    changed = holed.changes[0].after
    assert isinstance(changed, Garment)
    document.apply(edits.Edit("Begin", (edits.Change(garment, changed),)))
    annotating.annotate.page.select(garment.id)
    annotating.annotate.page.to_canvas()
    return Mouse(annotating)


def _places(mouse: Mouse) -> tuple[float, float, float]:
    width, height = mouse.canvas.image_size
    return width * 0.3, height * 0.3, min(width, height) * 0.4


def lock(window: MainWindow, _mouse: Mouse, qtbot: QtBot) -> None:
    press(qtbot, window, Key.Key_L, BOTH)


def test_a_lock_disables_what_it_forbids(annotating: MainWindow, mouse: Mouse, qtbot: QtBot) -> None:
    lock(annotating, mouse, qtbot)
    assert is_locked(stored(annotating).garments[0])
    actions = annotating.actions_
    assert actions["mask.simplify"].toolTip() == "The garment is locked"
    assert not actions["garment.delete"].isEnabled()
    assert actions["garment.lock"].isEnabled()


def test_a_polygon_half_drawn_is_kept_for_its_own_image(
    annotating: MainWindow, mouse: Mouse, qtbot: QtBot
) -> None:
    first = annotating.annotate.image_id
    x, y, side = _places(mouse)
    press(qtbot, annotating, Key.Key_O)
    left = x - 0.6 * side
    mouse.clicks([(left, y), (left + 0.4 * side, y), (left + 0.4 * side, y + 0.5 * side)])
    press(qtbot, annotating, Key.Key_PageDown)
    assert annotating.annotate.image_id != first
    (garment,) = Document(annotating.session.needed(), first).garments
    assert len(rings(garment)) == 3
    (other,) = stored(annotating).garments
    assert len(rings(other)) == 1


def test_the_format_of_the_dataset_is_known(annotating: MainWindow, qtbot: QtBot) -> None:
    masking = annotating.annotate.page.masking
    qtbot.waitUntil(lambda: masking.format == "coco")
