"""Masks in the whole window: drawn by mouse and key, saved at once, undone and made again."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.window import MainWindow
from store.document import Document, edits, mask_edits
from store.document.order_edits import is_locked
from store.outlines.rings import has_holes, rings
from store.records import Garment
from tests.gui.app.window_hand import Key, press, stored

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NONE, BOTH = Qt.KeyboardModifier.NoModifier, CTRL | SHIFT
#: Saving counts versions.
VERSION = frozenset({"version"})
Way = list[tuple[float, float]]


class Mouse:
    """Clicks and drags at image pixels of the canvas."""

    def __init__(self, window: MainWindow) -> None:
        self.canvas = window.annotate.canvas

    def at(self, place: tuple[float, float]) -> QPoint:
        return self.canvas.map_from_image(QPointF(*place)).toPoint()

    def clicks(self, way: Way, first: Qt.KeyboardModifier = NONE) -> None:
        for number, place in enumerate(way):
            keys = first if number == 0 else NONE
            QTest.mouseClick(self.canvas.viewport(), Qt.MouseButton.LeftButton, keys, self.at(place))

    def drag(self, way: Way) -> None:
        view = self.canvas.viewport()
        QTest.mousePress(view, Qt.MouseButton.LeftButton, NONE, self.at(way[0]))
        for place in way[1:]:
            QTest.mouseMove(view, self.at(place))
        QTest.mouseRelease(view, Qt.MouseButton.LeftButton, NONE, self.at(way[-1]))


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


def polygon(window: MainWindow, mouse: Mouse, qtbot: QtBot) -> None:
    x, y, side = _places(mouse)
    press(qtbot, window, Key.Key_O)
    left = x - 0.6 * side
    mouse.clicks([(left, y), (left + 0.4 * side, y), (left + 0.4 * side, y + 0.5 * side)])
    press(qtbot, window, Key.Key_Return)


def hole(window: MainWindow, mouse: Mouse, qtbot: QtBot) -> None:
    x, y, side = _places(mouse)
    press(qtbot, window, Key.Key_O)
    mouse.clicks(
        [(x + a * side, y + b * side) for a, b in ((0.1, 0.1), (0.3, 0.1), (0.3, 0.3), (0.1, 0.3))], CTRL
    )
    press(qtbot, window, Key.Key_Return)


def corner(window: MainWindow, mouse: Mouse, qtbot: QtBot) -> None:
    x, y, side = _places(mouse)
    press(qtbot, window, Key.Key_O)
    mouse.drag([(x, y), (x - 5, y - 5), (x - 0.2 * side, y - 0.2 * side)])


def corner_by_key(window: MainWindow, mouse: Mouse, qtbot: QtBot) -> None:
    press(qtbot, window, Key.Key_O)
    press(qtbot, window, Key.Key_Tab)
    press(qtbot, window, Key.Key_Left, SHIFT)


def brush(window: MainWindow, mouse: Mouse, qtbot: QtBot) -> None:
    x, y, side = _places(mouse)
    press(qtbot, window, Key.Key_B)
    mouse.drag([(x + side, y), (x + 1.1 * side, y + 0.2 * side), (x + 1.2 * side, y + 0.4 * side)])


def eraser(window: MainWindow, mouse: Mouse, qtbot: QtBot) -> None:
    x, y, side = _places(mouse)
    press(qtbot, window, Key.Key_E)
    mouse.drag([(x, y + 0.2 * side), (x + 0.2 * side, y + 0.2 * side)])


def fill(window: MainWindow, mouse: Mouse, qtbot: QtBot) -> None:
    x, y, side = _places(mouse)
    press(qtbot, window, Key.Key_B, SHIFT)
    mouse.clicks([(x + 0.5 * side, y + 0.5 * side)])


def fill_all(window: MainWindow, _mouse: Mouse, qtbot: QtBot) -> None:
    press(qtbot, window, Key.Key_B, BOTH)


def box(window: MainWindow, _mouse: Mouse, qtbot: QtBot) -> None:
    press(qtbot, window, Key.Key_R, SHIFT)


def pixels(window: MainWindow, _mouse: Mouse, qtbot: QtBot) -> None:
    press(qtbot, window, Key.Key_P, CTRL | Qt.KeyboardModifier.AltModifier)


def delete(window: MainWindow, _mouse: Mouse, qtbot: QtBot) -> None:
    press(qtbot, window, Key.Key_Delete, SHIFT)


def lock(window: MainWindow, _mouse: Mouse, qtbot: QtBot) -> None:
    press(qtbot, window, Key.Key_L, BOTH)


Step = Callable[[MainWindow, Mouse, QtBot], None]
STEPS: list[Step] = [
    *(polygon, hole, corner, corner_by_key, brush, eraser, fill, fill_all, box, pixels, delete, lock),
]


def test_each_is_saved_undone_and_made_again_in_one_step(
    annotating: MainWindow, mouse: Mouse, qtbot: QtBot
) -> None:
    """One window for all of them: it takes longer to open than to do all that."""
    for step in STEPS:
        name = step.__name__
        (before,) = stored(annotating).garments
        step(annotating, mouse, qtbot)
        (after,) = stored(annotating).garments
        assert not after.same_as(before, VERSION), name
        press(qtbot, annotating, Key.Key_Z, CTRL)
        assert stored(annotating).garments[0].same_as(before, VERSION), name
        press(qtbot, annotating, Key.Key_Z, BOTH)
        assert stored(annotating).garments[0].same_as(after, VERSION), name
        press(qtbot, annotating, Key.Key_Z, CTRL)
        press(qtbot, annotating, Key.Key_V)
        annotating.annotate.page.select(before.id)
        annotating.annotate.page.to_canvas()
    (garment,) = stored(annotating).garments
    assert has_holes(garment)
    assert len(rings(garment)) == 2


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
