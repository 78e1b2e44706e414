"""What a hand does on the canvas, and the edits that come of it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from store import geometry
from store.document.edits import Edit
from store.records import Garment, Visibility
from tests.gui.canvas.canvas_hand import BOXED, SKIRT, TROUSERS, Hand
from widgets.canvas import Canvas

After = Callable[[Edit], Garment]


@pytest.mark.parametrize("zoom", [0.25, 0.8, 1.0, 3.0, 12.0])
@pytest.mark.parametrize("tool", ["select", "landmarks"])
def test_a_dragged_landmark_is_where_the_pointer_left_it(
    canvas: Canvas, hand: Hand, garments: list[Garment], after: After, zoom: float, tool: str
) -> None:
    canvas.set_tool(tool)
    canvas.select(TROUSERS, 0)
    start = tuple(garments[0].points[4].tolist())
    canvas.set_zoom(zoom)
    canvas.centre_on(*start)
    step = 40 / zoom
    end = (start[0] + step, start[1] + step / 2)
    hand.drag(start, end)  # type: ignore[arg-type]

    [edit] = hand.edits
    moved = after(edit)
    wanted = np.add(start, np.subtract(hand.exact(*end), hand.exact(*start)))  # type: ignore[arg-type]
    assert np.allclose(moved.points[4], wanted, atol=0.02)
    others = [index for index in range(len(moved.points)) if index != 4]
    assert np.array_equal(moved.points[others], garments[0].points[others])
    assert canvas.selection.landmark == 4
    assert edit.changes[0].before is garments[0]


def test_while_dragging_the_change_is_seen_and_nothing_is_emitted(canvas: Canvas, hand: Hand) -> None:
    canvas.select(TROUSERS, 4)
    before = canvas.shown.garments[0]
    x, y = before.points[4].tolist()
    hand.press(x, y)
    hand.move(x + 50, y + 20)
    shown = canvas.shown.garment(TROUSERS)
    assert shown is not None
    assert shown.points[4][0] == pytest.approx(x + 50, abs=1.5)
    assert not hand.edits
    assert canvas.findChild(type(canvas._glass.loupe)).isVisible()
    hand.release(x + 50, y + 20)
    assert len(hand.edits) == 1
    assert not canvas._glass.loupe.isVisible()


def test_whoever_refuses_an_edit_leaves_the_canvas_as_it_was(canvas: Canvas, hand: Hand) -> None:
    before = canvas.shown.garments[0]
    canvas.select(TROUSERS, 4)
    x, y = before.points[4].tolist()
    hand.drag((x, y), (x + 60, y))
    assert canvas.shown.garment(TROUSERS) is before


def test_escape_gives_up_a_drag(canvas: Canvas, hand: Hand) -> None:
    before = canvas.shown.garments[0]
    canvas.select(TROUSERS, 4)
    x, y = before.points[4].tolist()
    hand.press(x, y)
    hand.move(x + 60, y)
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.shown.garment(TROUSERS) is before
    hand.release(x + 60, y)
    assert not hand.edits
    assert canvas.selection.landmark == 4
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.selection.landmark == -1
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert canvas.selection.garment_id == 0


def test_a_click_that_trembles_moves_nothing(canvas: Canvas, hand: Hand) -> None:
    x, y = canvas.shown.garments[0].points[5].tolist()
    hand.press(x, y)
    place = hand.at(x, y)
    QTest.mouseMove(canvas.viewport(), place + place.__class__(1, 1))
    hand.release(x, y)
    assert not hand.edits
    assert hand.selections[-1] == (TROUSERS, 5)


def test_a_landmark_cannot_leave_the_image(canvas: Canvas, hand: Hand, after: After) -> None:
    canvas.select(TROUSERS, 4)
    x, y = canvas.shown.garments[0].points[4].tolist()
    hand.drag((x, y), (-40, y))
    assert after(hand.edits[0]).points[4][0] == 0


@pytest.mark.parametrize("handle", range(8))
def test_each_handle_of_the_box_pulls_its_side(canvas: Canvas, hand: Hand, after: After, handle: int) -> None:
    canvas.select(BOXED)
    box = canvas.shown.garments[2].box
    assert box is not None
    start = tuple(geometry.handle_points(box)[handle].tolist())
    end = (start[0] + 10, start[1] + 15)
    hand.drag(start, end)
    moved = after(hand.edits[0]).box
    assert moved is not None
    to = np.add(start, np.subtract(hand.exact(*end), hand.exact(*start)))
    assert np.allclose(moved, geometry.drag_handle(box, handle, (to[0], to[1])), atol=0.02)


def test_the_border_of_a_box_moves_it_and_stops_at_the_image(
    canvas: Canvas, hand: Hand, after: After
) -> None:
    canvas.select(BOXED)
    hand.drag((480, 100), (580, 150))
    moved = after(hand.edits[0]).box
    assert moved is not None
    assert (moved[2] - moved[0], moved[3] - moved[1]) == pytest.approx((130, 200))
    assert moved[2] == 600


def test_a_vertex_can_be_dragged_while_masks_are_shown(canvas: Canvas, hand: Hand, after: After) -> None:
    canvas.set_layers(True, True, False)
    canvas.select(SKIRT)
    hand.drag((330, 410), (360, 440))
    moved = after(hand.edits[0])
    to = np.add((330, 410), np.subtract(hand.exact(360, 440), hand.exact(330, 410)))
    assert np.allclose(moved.polygons[0][2], to, atol=0.02)
    assert np.array_equal(moved.polygons[0][:2], canvas.shown.garments[1].polygons[0][:2])


def test_hidden_layers_cannot_be_taken_hold_of(canvas: Canvas, hand: Hand) -> None:
    canvas.set_layers(False, False, False)
    canvas.select(SKIRT)
    hand.drag((330, 410), (360, 440))
    x, y = canvas.shown.garments[1].points[0].tolist()
    hand.drag((x, y), (x + 30, y + 30))
    assert not hand.edits


def test_clicks_on_one_spot_go_round_the_garments(canvas: Canvas, hand: Hand) -> None:
    for _ in range(3):
        hand.click(250, 370)
    assert [garment for garment, _ in hand.selections] == [SKIRT, TROUSERS, SKIRT]
    hand.click(20, 780)
    assert canvas.selection.garment_id == 0


def test_a_click_places_the_waiting_landmark_and_goes_to_the_next(
    canvas: Canvas, hand: Hand, after: After
) -> None:
    canvas.set_tool("landmarks")
    canvas.select(TROUSERS, 2)
    hand.click(300, 250)
    placed = after(hand.edits[0])
    assert placed.visibility[2] == Visibility.VISIBLE
    assert np.allclose(placed.points[2], hand.exact(300, 250), atol=0.02)
    assert hand.selections == [(TROUSERS, 3)]


def test_marked_landmarks_move_together(canvas: Canvas, hand: Hand, after: After) -> None:
    canvas.select(TROUSERS, 4)
    before = canvas.shown.garments[0]
    hand.click(*before.points[5].tolist(), keys=Qt.KeyboardModifier.ControlModifier)
    assert canvas.selection.landmarks == {4, 5}
    x, y = before.points[4].tolist()
    hand.drag((x, y), (x + 40, y))
    moved = after(hand.edits[0])
    shift = moved.points - before.points
    assert np.allclose(shift[4], shift[5])
    assert shift[4][0] > 30
    hand.click(*before.points[5].tolist(), keys=Qt.KeyboardModifier.ControlModifier)
    assert canvas.selection.landmarks == {4}


def test_a_rubber_band_marks_what_is_inside(canvas: Canvas, hand: Hand) -> None:
    canvas.set_tool("landmarks")
    canvas.select(SKIRT, 0)
    hand.drag((140, 260), (345, 425))
    assert canvas.selection.garment_id == SKIRT
    assert len(canvas.selection.landmarks) == len(canvas.shown.garments[1].points)


def test_the_box_tool_draws_a_new_garment_or_redraws_the_selected_one(
    canvas: Canvas, hand: Hand, after: After
) -> None:
    canvas.set_tool("box")
    hand.drag((560, 700), (480, 600))
    [box] = hand.boxes
    assert np.allclose(box, [*hand.exact(480, 600), *hand.exact(560, 700)], atol=0.02)
    canvas.select(BOXED)
    hand.drag((460, 400), (560, 500))
    redrawn = after(hand.edits[0]).box
    assert redrawn is not None
    assert np.allclose(redrawn, [*hand.exact(460, 400), *hand.exact(560, 500)], atol=0.02)
    hand.drag((470, 420), (470, 600))
    assert len(hand.edits) == 1, "a box without width is none"


def test_a_hidden_garment_is_neither_hit_nor_dragged(canvas: Canvas, hand: Hand) -> None:
    canvas.set_hidden({SKIRT})
    hand.click(250, 370)
    assert hand.selections[-1][0] == TROUSERS


def test_h_hides_while_held_and_switches_on_a_tap(canvas: Canvas, qtbot: object) -> None:
    QTest.keyClick(canvas, Qt.Key.Key_H)
    assert canvas.overlays_are_hidden
    QTest.keyClick(canvas, Qt.Key.Key_H)
    assert not canvas.overlays_are_hidden
    QTest.keyPress(canvas, Qt.Key.Key_H)
    assert canvas.overlays_are_hidden
    QTest.qWait(350)
    QTest.keyRelease(canvas, Qt.Key.Key_H)
    assert not canvas.overlays_are_hidden
