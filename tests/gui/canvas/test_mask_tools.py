"""Polygon, brush, eraser and fill, by mouse and by key."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from resources.taxonomy import Category
from store.document import mask_edits, order_edits
from store.document.edits import Edit
from store.outlines.rings import Outline, has_holes, rings
from store.records import Garment
from tests.gui.canvas.canvas_hand import BOXED, SKIRT, TROUSERS, Hand
from widgets.canvas import Canvas

Key = Qt.Key
Ctrl, Shift, Alt = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)
After = Callable[[Edit], Garment]


@pytest.fixture
def shapes(canvas: Canvas) -> list[Outline]:
    found: list[Outline] = []
    canvas.shape_drawn.connect(found.append)
    return found


@pytest.fixture
def refused(canvas: Canvas) -> list[str]:
    found: list[str] = []
    canvas.refused.connect(found.append)
    return found


def press(canvas: Canvas, key: Qt.Key, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(canvas, key, keys)


def take(canvas: Canvas, tool: str, garment: int = 0) -> None:
    canvas.select(garment)
    canvas.set_tool(tool)
    canvas.setFocus()


def square(hand: Hand, x: float, y: float, side: float) -> None:
    for dx, dy in ((0, 0), (side, 0), (side, side), (0, side)):
        hand.click(x + dx, y + dy)


# --- polygon -------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["first corner", "enter", "double click"])
def test_a_polygon_is_closed_in_three_ways(canvas: Canvas, hand: Hand, after: After, way: str) -> None:
    take(canvas, "polygon", SKIRT)
    square(hand, 400, 500, 60)
    assert hand.edits == []
    if way == "first corner":
        hand.click(401, 501)
    elif way == "enter":
        press(canvas, Key.Key_Return)
    else:
        hand.click(400, 560)
    (edit,) = hand.edits
    assert edit.title == "Draw polygon"
    assert len(after(edit).polygons) == 2
    assert after(edit).polygons[1] == pytest.approx(
        np.array([[400, 500], [460, 500], [460, 560], [400, 560]]), abs=1.5
    )


def test_without_a_selection_a_polygon_is_a_new_garment(
    canvas: Canvas, hand: Hand, shapes: list[Outline]
) -> None:
    take(canvas, "polygon")
    assert "a new garment" in canvas.hint
    square(hand, 400, 500, 60)
    press(canvas, Key.Key_Enter)
    assert hand.edits == []
    assert len(shapes[0][0].outer) == 4


def test_backspace_takes_the_last_corner_and_escape_all(canvas: Canvas, hand: Hand) -> None:
    take(canvas, "polygon", SKIRT)
    square(hand, 400, 500, 60)
    press(canvas, Key.Key_Backspace)
    assert "3 corners" in canvas.hint
    press(canvas, Key.Key_Z, Ctrl)
    assert "2 corners" in canvas.hint
    press(canvas, Key.Key_Escape)
    press(canvas, Key.Key_Return)
    assert hand.edits == []
    assert canvas.selection.garment_id == SKIRT


def test_two_corners_are_no_polygon(canvas: Canvas, hand: Hand) -> None:
    take(canvas, "polygon", SKIRT)
    hand.click(400, 500)
    hand.click(450, 500)
    press(canvas, Key.Key_Return)
    assert hand.edits == []


def test_shift_goes_in_straight_steps(canvas: Canvas, hand: Hand, after: After) -> None:
    take(canvas, "polygon", SKIRT)
    hand.click(400, 500)
    hand.click(460, 504, Shift)
    hand.click(463, 560, Shift)
    press(canvas, Key.Key_Return)
    corners = after(hand.edits[0]).polygons[1]
    assert corners[1][1] == pytest.approx(corners[0][1])
    assert corners[2][0] == pytest.approx(corners[1][0])


@pytest.mark.parametrize("by_mode", [False, True])
def test_a_polygon_inside_is_a_hole(canvas: Canvas, hand: Hand, after: After, by_mode: bool) -> None:
    take(canvas, "polygon", SKIRT)
    canvas.set_cuts(by_mode)
    hand.click(200, 320, Qt.KeyboardModifier.NoModifier if by_mode else Ctrl)
    assert "Hole" in canvas.hint
    for at in ((260, 320), (260, 380), (200, 380)):
        hand.click(*at)
    press(canvas, Key.Key_Return)
    holed = after(hand.edits[0])
    assert hand.edits[0].title == "Cut hole"
    assert has_holes(holed)


def test_a_hole_beside_the_mask_is_refused(canvas: Canvas, hand: Hand, refused: list[str]) -> None:
    take(canvas, "polygon", SKIRT)
    canvas.set_cuts(True)
    square(hand, 450, 600, 40)
    press(canvas, Key.Key_Return)
    assert hand.edits == []
    assert refused == ["A hole must lie in the mask"]


def test_corners_are_dragged_inserted_and_taken_away(canvas: Canvas, hand: Hand, after: After) -> None:
    take(canvas, "polygon", SKIRT)
    hand.drag((330, 290), (350, 270))
    assert after(hand.edits[0]).polygons[0][1] == pytest.approx([350, 270], abs=1.5)
    hand.click(250, 290)
    assert hand.edits[1].title == "Insert mask vertex"
    assert len(after(hand.edits[1]).polygons[0]) == 5
    hand.drag((170, 350), (150, 350))
    assert after(hand.edits[2]).polygons[0][4] == pytest.approx([150, 350], abs=1.5)
    hand.click(170, 290, Alt)
    assert hand.edits[3].title == "Delete mask vertex"
    assert len(after(hand.edits[3]).polygons[0]) == 3


@pytest.fixture
def holed(canvas: Canvas, after: After, garments: list[Garment], all_categories: dict[int, Category]) -> None:
    """The skirt has a hole, and the polygon tool is taken."""
    hole = np.array([[200, 320], [260, 320], [260, 380], [200, 380]], float)
    cut = after(mask_edits.cut_hole(garments[1], hole, canvas.image_size))  # type: ignore[arg-type]
    canvas.show_garments([garments[0], cut, garments[2]], all_categories)
    take(canvas, "polygon", SKIRT)


@pytest.mark.usefixtures("holed")
def test_corners_of_a_hole_are_dragged(hand: Hand, after: After) -> None:
    hand.drag((200, 320), (190, 310))
    moved = after(hand.edits[0])
    assert has_holes(moved)
    assert rings(moved)[1].min(axis=0) == pytest.approx([190, 310], abs=1.5)


def test_corners_are_reached_and_changed_by_keys(canvas: Canvas, hand: Hand, after: After) -> None:
    take(canvas, "polygon", SKIRT)
    press(canvas, Key.Key_Tab)
    press(canvas, Key.Key_Tab)
    press(canvas, Key.Key_Right, Shift)
    press(canvas, Key.Key_Up)
    assert after(hand.edits[0]).polygons[0][1].tolist() == [340, 290]
    assert after(hand.edits[1]).polygons[0][1].tolist() == [330, 289]
    press(canvas, Key.Key_Insert)
    assert after(hand.edits[2]).polygons[0][2].tolist() == [330, 350]
    press(canvas, Key.Key_Backtab, Shift)
    press(canvas, Key.Key_Delete)
    assert len(after(hand.edits[3]).polygons[0]) == 3


@pytest.mark.usefixtures("holed")
def test_a_hole_and_then_the_whole_polygon_are_deleted_by_key(
    canvas: Canvas, hand: Hand, after: After
) -> None:
    hand.click(200, 320)
    press(canvas, Key.Key_Delete, Ctrl)
    assert not has_holes(after(hand.edits[0]))
    hand.click(170, 290)
    press(canvas, Key.Key_Delete, Ctrl)
    assert rings(after(hand.edits[1])) == ()


def test_a_locked_garment_is_neither_picked_nor_changed(
    canvas: Canvas,
    hand: Hand,
    refused: list[str],
    garments: list[Garment],
    all_categories: dict[int, Category],
    after: After,
) -> None:
    locked = after(order_edits.lock(garments[1], True))  # type: ignore[arg-type]
    canvas.show_garments([garments[0], locked, garments[2]], all_categories)
    take(canvas, "select")
    hand.click(250, 350)
    assert canvas.selection.garment_id == TROUSERS
    take(canvas, "brush", SKIRT)
    hand.drag((250, 350), (400, 350))
    take(canvas, "select", SKIRT)
    hand.drag((330, 290), (350, 270))
    assert hand.edits == []
    assert len(refused) == 2
    assert "locked" in refused[0]


def test_a_polygon_that_is_being_drawn_is_finished_before_the_image_goes(canvas: Canvas, hand: Hand) -> None:
    take(canvas, "polygon", SKIRT)
    square(hand, 400, 500, 60)
    canvas.finish()
    assert [edit.title for edit in hand.edits] == ["Draw polygon"]


def test_a_polygon_that_is_being_drawn_is_finished_by_another_tool(canvas: Canvas, hand: Hand) -> None:
    take(canvas, "polygon", SKIRT)
    square(hand, 400, 500, 60)
    canvas.set_tool("brush")
    assert [edit.title for edit in hand.edits] == ["Draw polygon"]


# --- brush ---------------------------------------------------------------------------------------


def test_a_stroke_is_one_edit(canvas: Canvas, hand: Hand, after: After) -> None:
    take(canvas, "brush", SKIRT)
    canvas.brush.set_size(20)
    hand.drag((330, 350), (400, 350))
    (edit,) = hand.edits
    assert edit.title == "Paint mask"
    assert after(edit).polygons[0][:, 0].max() == pytest.approx(410, abs=2)
    assert {(170.0, 290.0), (170.0, 410.0)} <= {tuple(c) for c in after(edit).polygons[0].tolist()}


def test_the_eraser_makes_holes_and_needs_a_garment(
    canvas: Canvas, hand: Hand, after: After, refused: list[str]
) -> None:
    take(canvas, "eraser", SKIRT)
    canvas.brush.set_size(30)
    hand.click(250, 350)
    assert has_holes(after(hand.edits[0]))
    take(canvas, "eraser")
    hand.click(250, 350)
    assert len(hand.edits) == 1
    assert len(refused) == 1


def test_the_first_stroke_of_nobody_is_a_new_garment(
    canvas: Canvas, hand: Hand, shapes: list[Outline]
) -> None:
    take(canvas, "brush")
    hand.drag((500, 400), (550, 400))
    assert hand.edits == []
    assert len(shapes[0]) == 1


def test_a_garment_with_a_box_alone_gets_a_mask(canvas: Canvas, hand: Hand, after: After) -> None:
    take(canvas, "brush", BOXED)
    hand.drag((500, 200), (550, 200))
    assert len(after(hand.edits[0]).polygons) == 1


def test_shift_goes_on_straight_from_the_last_stroke(canvas: Canvas, hand: Hand, after: After) -> None:
    take(canvas, "brush", BOXED)
    hand.click(460, 500)
    hand.click(560, 500, Shift)
    outer = after(hand.edits[1]).polygons[0]
    assert (outer[:, 0].min(), outer[:, 0].max()) == pytest.approx((448, 572), abs=3)


def test_escape_gives_up_a_stroke(canvas: Canvas, hand: Hand) -> None:
    take(canvas, "brush", SKIRT)
    hand.press(330, 350)
    hand.move(400, 350)
    press(canvas, Key.Key_Escape)
    hand.release(400, 350)
    assert hand.edits == []
    assert not canvas.sketch.stroke.isVisible()


@pytest.mark.parametrize("axis", ["down", "across"])
def test_the_wheel_with_alt_sizes_the_brush(canvas: Canvas, axis: str) -> None:
    take(canvas, "brush", SKIRT)
    before, zoom = canvas.brush.size, canvas.zoom
    turn = QPoint(0, 120) if axis == "down" else QPoint(120, 0)
    at = QPointF(canvas.viewport().rect().center())
    event = QWheelEvent(
        at,
        QPointF(canvas.viewport().mapToGlobal(at)),
        QPoint(),
        turn,
        Qt.MouseButton.NoButton,
        Alt,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas.viewport(), event)
    assert canvas.brush.size > before
    assert canvas.zoom == zoom


def test_brush_sizes_stay_within_bounds(canvas: Canvas) -> None:
    canvas.brush.set_size(1)
    canvas.brush.step(-3)
    assert canvas.brush.size == 1
    canvas.brush.step(1)
    assert canvas.brush.size == 2
    canvas.brush.set_size(10**9)
    assert canvas.brush.size == 2000


def test_hidden_masks_are_not_painted(canvas: Canvas, hand: Hand, refused: list[str]) -> None:
    take(canvas, "brush", SKIRT)
    canvas.set_layers(landmarks=True, masks=False, boxes=True)
    hand.drag((330, 350), (400, 350))
    assert hand.edits == []
    assert "F6" in refused[0]


def test_an_image_of_twenty_thousand_pixels_keeps_polygons_and_refuses_holes(
    canvas: Canvas, hand: Hand, after: After, refused: list[str], all_categories: dict[int, Category]
) -> None:
    canvas.show_picture(None, 20_000, 20_000)
    large = np.array([[2000, 2000], [18_000, 2000], [18_000, 18_000], [2000, 18_000]], float)
    canvas.show_garments([Garment(id=1, category_id=8, polygons=(large,))], all_categories)
    canvas.brush.set_size(2000)
    take(canvas, "brush", 1)
    hand.drag((18_000, 9000), (19_000, 9000))
    assert after(hand.edits[0]).polygons[0].max() == 20_000
    take(canvas, "eraser", 1)
    hand.click(9000, 9000)
    assert len(hand.edits) == 1
    assert "20,000 x 20,000" in refused[0]


# --- fill ----------------------------------------------------------------------------------------


def test_a_click_fills_the_gap_that_is_there(
    canvas: Canvas,
    hand: Hand,
    after: After,
    refused: list[str],
    garments: list[Garment],
    all_categories: dict[int, Category],
) -> None:
    hole = np.array([[200, 320], [260, 320], [260, 380], [200, 380]], float)
    holed = after(mask_edits.cut_hole(garments[1], hole, canvas.image_size))  # type: ignore[arg-type]
    canvas.show_garments([garments[0], holed, garments[2]], all_categories)
    take(canvas, "fill", SKIRT)
    hand.click(230, 350)
    assert hand.edits[0].title == "Fill gap"
    assert not has_holes(after(hand.edits[0]))
    hand.click(500, 700)
    assert len(hand.edits) == 1
    assert "no gap" in refused[0]
