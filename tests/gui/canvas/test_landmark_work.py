"""Several landmarks under a hand: lasso, frame, corners that go along, mirror, placing, labels."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from resources.taxonomy import Category, category
from store.document.edits import Edit
from store.geometry import box_of
from store.records import Garment, Visibility
from tests.gui.canvas.canvas_hand import SKIRT, TROUSERS, Hand
from widgets.canvas import Canvas
from widgets.canvas.state import Modes
from widgets.canvas.tools.frame import corners, frame_of_marked, grip, widened

After = Callable[[Edit], Garment]
KEYS = Qt.KeyboardModifier
SCHEMA = category(8).schema


def place(canvas: Canvas, index: int, garment_id: int = TROUSERS) -> tuple[float, float]:
    garment = canvas.shown.garment(garment_id)
    assert garment is not None
    x, y = garment.points[index].tolist()
    return x, y


def mark(canvas: Canvas, *indices: int, garment_id: int = TROUSERS) -> np.ndarray:
    """Mark landmarks; their frame as it is drawn, in image pixels."""
    canvas.set_tool("landmarks")
    canvas.select(garment_id, indices[0], indices)
    box = frame_of_marked(canvas.shown, canvas.selection)
    assert box is not None
    return widened(box, 1 / canvas.zoom)


def test_a_lasso_marks_what_is_inside(canvas: Canvas, hand: Hand) -> None:
    canvas.select(SKIRT)
    canvas.set_tool("lasso")
    garment = canvas.shown.garment(SKIRT)
    assert garment is not None
    x1, y1, x2, y2 = box_of(garment.points[[0, 1, 2]]).tolist()
    hand.press(x1 - 20, y1 - 20)
    for x, y in ((x2 + 20, y1 - 20), (x2 + 20, y2 + 12), (x1 - 20, y2 + 12)):
        hand.move(x, y)
    hand.release(x1 - 20, y1 - 15)
    assert canvas.selection.landmarks == {0, 1, 2}
    assert not hand.edits
    # With Shift it adds.
    x, y = place(canvas, 5, SKIRT)
    hand.press(x - 12, y - 25, KEYS.ShiftModifier)
    for dx, dy in ((12, -25), (12, 25), (-12, 25)):
        hand.move(x + dx, y + dy)
    hand.release(x - 12, y - 20, KEYS.ShiftModifier)
    assert canvas.selection.landmarks == {0, 1, 2, 5}


def test_the_frame_has_corners_that_scale(canvas: Canvas, hand: Hand, after: After) -> None:
    wide = mark(canvas, 0, 3, 4, garment_id=TROUSERS)
    start, pivot = corners(wide)[2], corners(wide)[0]
    before = canvas.shown.garment(TROUSERS)
    assert before is not None
    end = pivot + (start - pivot) * 0.5
    hand.drag(tuple(start.tolist()), tuple(end.tolist()))
    (edit,) = hand.edits
    assert edit.title == "Scale 3 landmarks"
    moved = after(edit)
    expected = pivot + (before.points[[0, 3, 4]] - pivot) * 0.5
    assert np.allclose(moved.points[[0, 3, 4]], expected, atol=2.5)
    untouched = [i for i in range(14) if i not in (0, 3, 4)]
    assert (moved.points[untouched] == before.points[untouched]).all()


def test_the_grip_turns_in_steps_with_shift(canvas: Canvas, hand: Hand, after: After) -> None:
    wide = mark(canvas, 0, 3, 4)
    before = canvas.shown.garment(TROUSERS)
    assert before is not None
    at = grip(wide, 1 / canvas.zoom)
    middle = ((wide[0] + wide[2]) / 2, (wide[1] + wide[3]) / 2)
    arm = middle[1] - at[1]
    turn = math.radians(28)
    end = (middle[0] + arm * math.sin(turn), middle[1] - arm * math.cos(turn))
    hand.press(*at, KEYS.ShiftModifier)
    hand.move(*end)
    hand.release(*end, KEYS.ShiftModifier)
    (edit,) = hand.edits
    assert edit.title == "Rotate 3 landmarks"
    moved = after(edit).points[[0, 4]] - middle
    was = before.points[[0, 4]] - middle
    angles = np.degrees(np.arctan2(moved[:, 1], moved[:, 0]) - np.arctan2(was[:, 1], was[:, 0]))
    assert angles % 360 == pytest.approx([30, 30], abs=0.5)


def test_no_frame_round_one_landmark_nor_with_another_tool(canvas: Canvas) -> None:
    mark(canvas, 0, 3, 4)
    assert canvas._overlays._frame.shown
    canvas.set_tool("select")
    assert not canvas._overlays._frame.shown
    canvas.set_tool("landmarks")
    assert canvas._overlays._frame.shown
    canvas.hide_overlays(True)
    assert not canvas._overlays._frame.shown
    canvas.hide_overlays(False)
    canvas.select(TROUSERS, 3)
    assert not canvas._overlays._frame.shown


def outlined(canvas: Canvas, all_categories: dict[int, Category]) -> Garment:
    """The trousers with a corner of their mask on a landmark."""
    garment = canvas.shown.garment(TROUSERS)
    assert garment is not None
    mask = np.array([garment.points[4] + [0.5, -0.5], [420.0, 90.0], [420.0, 720.0]])
    made = garment.but(polygons=(mask,))
    canvas.show_garments([made], all_categories)
    canvas.select(TROUSERS)
    return made


@pytest.mark.parametrize("alone", [False, True])
def test_a_corner_on_a_landmark_goes_along_unless_alt_is_held(
    canvas: Canvas, hand: Hand, after: After, all_categories: dict[int, Category], alone: bool
) -> None:
    garment = outlined(canvas, all_categories)
    canvas.set_tool("landmarks")
    x, y = place(canvas, 4)
    hand.press(x, y)
    hand.move(x + 30, y + 20)
    hand.release(x + 30, y + 20, KEYS.AltModifier if alone else KEYS.NoModifier)
    (edit,) = hand.edits
    moved = after(edit)
    step = moved.points[4] - garment.points[4]
    assert np.hypot(*step) > 20
    expected = garment.polygons[0][0] + (0 if alone else step)
    assert np.allclose(moved.polygons[0][0], expected)
    assert (moved.polygons[0][1:] == garment.polygons[0][1:]).all()


def test_the_other_side_goes_along_in_symmetric_work(canvas: Canvas, hand: Hand, after: After) -> None:
    left, right = next(pair for pair in SCHEMA.swaps if 2 not in pair)
    canvas.select(TROUSERS)
    canvas.set_tool("landmarks")
    canvas.set_modes(Modes(symmetric=True))
    before = canvas.shown.garment(TROUSERS)
    assert before is not None
    x, y = place(canvas, left)
    hand.drag((x, y), (x - 30, y + 20))
    moved = after(hand.edits[0])
    step = moved.points[left] - before.points[left]
    other = moved.points[right] - before.points[right]
    assert other == pytest.approx([-step[0], step[1]], abs=3)
    assert canvas.hint.startswith("Symmetric")


def empty_trousers(canvas: Canvas, all_categories: dict[int, Category]) -> Garment:
    made = Garment(
        id=TROUSERS,
        image_id=1,
        category_id=8,
        box=[100, 100, 400, 700],
        points=np.zeros((14, 2)),
        visibility=np.zeros(14, np.uint8),
    )
    canvas.show_garments([made], all_categories)
    canvas.set_tool("landmarks")
    return made


def commits(canvas: Canvas, all_categories: dict[int, Category], hand: Hand) -> None:
    """Let edits become what is shown, as the page does."""

    def take(edit: Edit) -> None:
        garment = edit.changes[0].after
        assert isinstance(garment, Garment)
        canvas.update_garments([garment], all_categories, [garment.id])

    canvas.edited.connect(take)
    assert not hand.edits


def test_placing_goes_on_to_the_next_that_has_no_place(
    canvas: Canvas, hand: Hand, after: After, all_categories: dict[int, Category]
) -> None:
    empty_trousers(canvas, all_categories)
    commits(canvas, all_categories, hand)
    canvas.select(TROUSERS, 0)
    assert canvas.places
    hand.click(150, 120)
    assert canvas.selection.landmark == 1
    hand.click(200, 120, KEYS.ShiftModifier)
    assert [after(edit).visibility[i] for i, edit in enumerate(hand.edits)] == [
        Visibility.VISIBLE,
        Visibility.OCCLUDED,
    ]
    assert hand.edits[1].title == "Place landmark 2 as occluded"
    # Back at the last, the next one without a place is the third.
    canvas.select(TROUSERS, 13)
    hand.click(300, 600)
    assert canvas.selection.landmark == 2


def test_symmetric_placing_puts_both_sides_down(
    canvas: Canvas, hand: Hand, after: After, all_categories: dict[int, Category]
) -> None:
    empty_trousers(canvas, all_categories)
    commits(canvas, all_categories, hand)
    canvas.set_modes(Modes(symmetric=True))
    left, right = SCHEMA.swaps[0]
    canvas.select(TROUSERS, left)
    hand.click(150, 120)
    made = after(hand.edits[0])
    assert made.visibility[[left, right]].tolist() == [Visibility.VISIBLE] * 2
    assert made.points[right] == pytest.approx([500 - made.points[left][0], made.points[left][1]], abs=0.1)


def test_labels_by_name_do_not_lie_over_each_other(canvas: Canvas) -> None:
    canvas.select(TROUSERS, 4)
    canvas.set_modes(Modes(names=True))
    numbers = canvas._overlays.selected._numbers
    assert 4 in numbers.shown
    frames = []
    for index in numbers.shown:
        item = numbers._labels[index]
        at = QPointF(canvas.map_from_image(item.pos())) + item.offset()
        size = item.pixmap().deviceIndependentSize()
        frames.append((at.x(), at.y(), at.x() + size.width(), at.y() + size.height()))
    for i, a in enumerate(frames):
        for b in frames[i + 1 :]:
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
    wide = numbers._labels[4].pixmap().width()
    canvas.set_modes(Modes())
    assert numbers._labels[4].pixmap().width() < wide
    canvas.set_modes(Modes(names=True))
    canvas.set_zoom(4.0)
    many = len(numbers.shown)
    canvas.set_zoom(canvas.minimum_zoom())
    assert 4 in numbers.shown
    assert len(numbers.shown) < many


def test_escape_gives_up_a_lasso(canvas: Canvas, hand: Hand) -> None:
    canvas.select(SKIRT)
    canvas.set_tool("lasso")
    hand.press(20, 20)
    hand.move(60, 30)
    hand.move(60, 80)
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    hand.release(60, 90)
    assert canvas.selection.landmark < 0
    assert not any(line.isVisible() for line in canvas._overlays._rubber._lines)
    assert canvas.viewport().rect().contains(QPoint(1, 1))
