"""Every way to change landmarks in the whole window: stored, undone, made again."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from PySide6.QtCore import Qt

from store.outlines.drawing import with_outline
from store.outlines.rings import Part, rings
from store.records import Garment, Visibility
from tests.gui.app.undo.undo_hand import (
    ALT,
    CTRL,
    HEIGHT,
    NONE,
    SHIFT,
    WIDTH,
    Act,
    Begin,
    Hand,
    Key,
    Place,
    Step,
    after_restart,
    run,
)
from widgets.canvas.tools.frame import corners, frame_of_marked, grip, widened
from widgets.panels.landmark_table import X

#: Landmarks of trousers: a hem, a knee that has another side, the crotch.
HEM, KNEE, CROTCH = 5, 4, 8
LEFT = (3, 4, 5)


def unlabelled(*indices: int) -> Begin:
    """The trousers with landmarks that nobody has placed."""

    def begin(garment: Garment) -> Garment:
        points, states = np.array(garment.points), np.array(garment.visibility)
        points[list(indices)], states[list(indices)] = 0, 0
        return garment.but(points=points, visibility=states)

    return begin


def beyond(place: Place, dx: float, dy: float) -> Place:
    return place[0] + dx, place[1] + dy


# --- mouse ---------------------------------------------------------------------------------------


def dragged(tool: Key, end: Qt.KeyboardModifier = NONE) -> Act:
    def drag(hand: Hand) -> None:
        hand.key(tool)
        start = hand.landmark(KNEE)
        hand.drag(start, beyond(start, -6, 4), beyond(start, -14, 9), end=end)
        moved = np.subtract(hand.landmark(KNEE), start)
        assert np.abs(moved - [-14, 9]).max() < 1.5, moved

    return drag


def drag_marked(hand: Hand) -> None:
    hand.key(Key.Key_K)
    hand.click(hand.landmark(KNEE))
    hand.click(hand.landmark(HEM), CTRL)
    start = hand.landmark(HEM)
    hand.drag(start, beyond(start, 8, -5), beyond(start, 12, -9))


def drag_lassoed(hand: Hand) -> None:
    hand.key(Key.Key_L)
    (x, top), (_, bottom) = hand.landmark(LEFT[0]), hand.landmark(HEM)
    way = [(x - 14, top - 9), (x + 14, top - 9), (x + 14, bottom + 9), (x - 14, bottom + 9)]
    hand.drag(*way, (x - 14, top - 6))
    assert hand.canvas.selection.landmarks == set(LEFT)
    start = hand.landmark(KNEE)
    hand.drag(start, beyond(start, 5, 5), beyond(start, 9, 11))


def drag_banded(hand: Hand) -> None:
    hand.key(Key.Key_K)
    (x, top), (_, bottom) = hand.landmark(LEFT[0]), hand.landmark(HEM)
    hand.drag((x - 14, top - 9), (x, top), (x + 14, bottom + 9))
    assert hand.canvas.selection.landmarks == set(LEFT)
    start = hand.landmark(KNEE)
    hand.drag(start, beyond(start, 5, 5), beyond(start, 9, 11))


def drag_both_sides(hand: Hand) -> None:
    hand.keys("view.symmetric")
    before = hand.garment().points
    start = hand.landmark(HEM)
    hand.drag(start, beyond(start, 3, -5), beyond(start, 10, -10))
    hand.keys("view.symmetric")
    step = hand.garment().points - before
    assert np.flatnonzero(step.any(axis=1)).tolist() == [5, 11]


def framed(hand: Hand) -> np.ndarray:
    """The frame round three marked landmarks as it is drawn."""
    hand.key(Key.Key_K)
    hand.page.select(hand.garment().id, KNEE, {*LEFT, 9})
    box = frame_of_marked(hand.canvas.shown, hand.canvas.selection)
    assert box is not None
    return widened(box, 1 / hand.canvas.zoom)


def scale_by_frame(hand: Hand) -> None:
    held, fixed = (corners(framed(hand))[i] for i in (2, 0))
    hand.drag(tuple(held), tuple(held * 0.9 + fixed * 0.1), tuple(held * 0.7 + fixed * 0.3))


def turn_by_frame(hand: Hand) -> None:
    x, y = grip(framed(hand), 1 / hand.canvas.zoom)
    hand.drag((x, y), (x + 10, y), (x + 25, y + 5))


def place(hand: Hand, keys: Qt.KeyboardModifier = NONE) -> None:
    hand.key(Key.Key_K)
    hand.page.select(hand.garment().id, CROTCH)
    hand.click((118, 150), keys)


def place_occluded(hand: Hand) -> None:
    place(hand, SHIFT)
    assert hand.garment().visibility[CROTCH] == Visibility.OCCLUDED


def place_both_sides(hand: Hand) -> None:
    hand.keys("view.symmetric")
    hand.key(Key.Key_K)
    hand.page.select(hand.garment().id, HEM)
    hand.click((70, 300))
    hand.keys("view.symmetric")
    assert hand.garment().visibility[[5, 11]].tolist() == [Visibility.VISIBLE] * 2


# --- keys and panels -----------------------------------------------------------------------------


def on(action: str, *marked: int) -> Act:
    """The keys of an action, with landmarks marked."""

    def act(hand: Hand) -> None:
        hand.page.select(hand.garment().id, marked[0], marked)
        hand.keys(action)

    return act


def with_corner(garment: Garment) -> Garment:
    """A corner of the mask lies on the hem."""
    mask = np.array(garment.polygons[0])
    mask[4] = garment.points[HEM]
    return garment.but(polygons=(mask,))


def with_corner_of_hole(garment: Garment) -> Garment:
    """A corner of a hole in the mask lies on the crotch."""
    x, y = garment.points[CROTCH].tolist()
    hole = np.array([[x, y], [x + 20, y + 30], [x - 20, y + 30]])
    outer = np.array([[50.0, 70], [190, 70], [190, 330], [50, 330]])
    return with_outline(garment, (Part(outer, (hole,)),), (WIDTH, HEIGHT))


def drag_with_hole(hand: Hand) -> None:
    start = hand.landmark(CROTCH)
    hand.drag(start, beyond(start, 4, -5), beyond(start, 8, -10))
    assert np.abs(rings(hand.garment())[1] - hand.landmark(CROTCH)).max(axis=1).min() < 0.02


def nudges() -> Iterator[Step]:
    """Each of the twelve: a corner of the mask that lies on the landmark goes along, or stays."""
    for way in ("left", "right", "up", "down"):
        for kind, changes in (("", "points polygons"), ("10", "points polygons"), ("_alone", "points")):
            action = f"landmark.{way}{kind}"
            yield Step("Move landmark 6", changes, on(action, HEM), action, with_corner)


def type_a_place(hand: Hand) -> None:
    table = hand.page.landmarks_panel.table
    index = table.model().index(KNEE, X)
    table.setFocus()
    table.setCurrentIndex(index)
    hand.key(Key.Key_F2)
    hand.qtbot.waitUntil(lambda: table.state() == table.State.EditingState)
    hand.window.focusWidget().selectAll()  # type: ignore[union-attr]
    hand.type("61.25")
    hand.key(Key.Key_Return)
    hand.qtbot.waitUntil(lambda: hand.landmark(KNEE)[0] == 61.25)


def state_by_legend(hand: Hand) -> None:
    hand.page.select(hand.garment().id, KNEE, {KNEE, HEM})
    hand.push(hand.page.landmarks_panel.legend.rows[Visibility.CUT_OFF])


def copy_from(action: str) -> Act:
    def act(hand: Hand) -> None:
        hand.keys(action)
        hand.settle()

    return act


STEPS = (
    Step("Move landmark 5", "points", dragged(Key.Key_V)),
    Step("Move landmark 5", "points", dragged(Key.Key_K), "tool.landmarks"),
    Step("Move landmark 5", "points", dragged(Key.Key_L, ALT)),
    Step("Move 2 landmarks", "points", drag_marked),
    Step("Move 3 landmarks", "points", drag_lassoed, "tool.lasso"),
    Step("Move 3 landmarks", "points", drag_banded),
    Step("Move 2 landmarks", "points", drag_both_sides, "view.symmetric"),
    Step("Scale 4 landmarks", "points", scale_by_frame),
    Step("Rotate 4 landmarks", "points", turn_by_frame),
    Step("Place landmark 9", "points visibility", place, begin=unlabelled(CROTCH)),
    Step("Place landmark 9 as occluded", "points visibility", place_occluded, begin=unlabelled(CROTCH)),
    Step("Place 2 landmarks", "points visibility", place_both_sides, begin=unlabelled(5, 11)),
    *nudges(),
    Step("Move landmark 9", "extra points rle", drag_with_hole, begin=with_corner_of_hole),
    Step(
        "Rotate 3 landmarks",
        "extra points rle",
        on("landmark.clockwise", 7, CROTCH, 9),
        begin=with_corner_of_hole,
    ),
    Step("Move landmark 5", "points", type_a_place),
    Step("Set 2 landmarks to cut off", "visibility", state_by_legend),
    Step(
        "Set 2 landmarks to occluded",
        "visibility",
        on("landmark.occluded", KNEE, HEM),
        "landmark.occluded",
    ),
    Step("Set landmark 7 to visible", "visibility", on("landmark.visible", 6), "landmark.visible"),
    Step("Set landmark 5 to cut off", "visibility", on("landmark.cut_off", KNEE), "landmark.cut_off"),
    Step(
        "Set landmark 5 to unlabelled",
        "extra points visibility",
        on("landmark.unlabelled", KNEE),
        "landmark.unlabelled",
    ),
    Step(
        "Set landmark 5 to occluded",
        "visibility",
        on("landmark.occluded_next", KNEE),
        "landmark.occluded_next",
    ),
    Step("Set landmark 7 to visible", "visibility", on("landmark.visible_next", 6), "landmark.visible_next"),
    Step(
        "Set landmark 5 to cut off", "visibility", on("landmark.cut_off_next", KNEE), "landmark.cut_off_next"
    ),
    Step(
        "Set landmark 5 to unlabelled",
        "extra points visibility",
        on("landmark.unlabelled_next", KNEE),
        "landmark.unlabelled_next",
    ),
    Step("Rotate 3 landmarks", "points", on("landmark.clockwise", *LEFT), "landmark.clockwise"),
    Step("Rotate 3 landmarks", "points", on("landmark.counterclockwise", *LEFT), "landmark.counterclockwise"),
    Step("Scale 3 landmarks", "points", on("landmark.larger", *LEFT), "landmark.larger"),
    Step("Scale 3 landmarks", "points", on("landmark.smaller", *LEFT), "landmark.smaller"),
    Step("Swap landmarks 5 and 13", "points", on("landmark.swap_pair", KNEE), "landmark.swap_pair"),
    Step("Swap left and right", "points visibility", action="garment.swap"),
    Step(
        "Fit the template to 2 landmarks",
        "points visibility",
        action="template.rest",
        begin=unlabelled(KNEE, CROTCH),
    ),
    Step("Fit the template to 14 landmarks", "points", action="template.box"),
    Step("Fit the template to 14 landmarks", "points", action="template.mask"),
    Step(
        "Copy 14 landmarks from the previous image",
        "points",
        copy_from("landmark.copy_previous"),
        "landmark.copy_previous",
    ),
    Step(
        "Copy 14 landmarks from image 1",
        "points",
        copy_from("landmark.copy_product"),
        "landmark.copy_product",
    ),
)


def test_every_step_is_stored_undone_and_made_again(hand: Hand) -> None:
    run(hand, STEPS)


def test_the_last_step_is_taken_back_after_a_restart(hand: Hand) -> None:
    after_restart(hand, STEPS[0])
