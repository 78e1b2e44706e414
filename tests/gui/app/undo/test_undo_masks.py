"""Every way to change masks in the whole window: stored, undone, made again."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from store.document.order_edits import lock
from store.masks import encode
from store.outlines.drawing import with_outline
from store.outlines.rings import Part, has_holes, is_pixels, rings
from store.records import Garment
from tests.gui.app.undo.undo_hand import (
    ALT,
    CTRL,
    HEIGHT,
    SHIFT,
    SKIRT,
    WIDTH,
    Act,
    Hand,
    Key,
    Step,
    after_restart,
    run,
)

SIZE = (WIDTH, HEIGHT)


def square(x: float, y: float, side: float) -> list[tuple[float, float]]:
    return [(x, y), (x + side, y), (x + side, y + side), (x, y + side)]


# --- how the trousers are before -----------------------------------------------------------------


def holed(garment: Garment) -> Garment:
    """With a hole in the mask, which is kept as run lengths with rings."""
    made = with_outline(
        garment, (Part(np.array(square(60, 90, 80)), (np.array(square(80, 110, 30)),)),), SIZE
    )
    assert has_holes(made)
    return made


def pixels(garment: Garment) -> Garment:
    """With a mask of single pixels, and a gap in it."""
    drawn = np.zeros((HEIGHT, WIDTH), np.uint8)
    drawn[100:300, 60:180] = 1
    drawn[150:180, 80:120] = 0
    made = garment.but(polygons=(), rle=encode(drawn))
    assert is_pixels(made)
    return made


def crossed(garment: Garment) -> Garment:
    """With an outline that crosses itself."""
    return garment.but(polygons=(np.array([[60.0, 90], [160, 200], [160, 90], [60, 200]]),))


def two_parts(garment: Garment) -> Garment:
    return garment.but(polygons=(np.array(square(60, 90, 40)), np.array(square(60, 200, 40))))


def bare(garment: Garment) -> Garment:
    return garment.but(polygons=())


# --- polygon -------------------------------------------------------------------------------------


def draw_polygon(hand: Hand) -> None:
    hand.keys("tool.polygon")
    hand.clicks([(210, 200), (280, 200), (250, 280)])
    hand.key(Key.Key_Return)
    assert len(rings(hand.garment())) == 2


def draw_over_pixels(hand: Hand) -> None:
    hand.keys("tool.polygon")
    hand.clicks([(210, 200), (280, 200), (250, 280), (211, 201)])
    assert is_pixels(hand.garment())


def draw_new(hand: Hand) -> None:
    hand.page.select(0)
    hand.page.to_canvas()
    hand.keys("tool.polygon")
    hand.clicks([(210, 200), (280, 200), (250, 280)])
    hand.key(Key.Key_Return)


def cut_hole(hand: Hand) -> None:
    hand.keys("tool.polygon")
    hand.clicks(square(90, 120, 40), CTRL)
    hand.key(Key.Key_Return)
    assert has_holes(hand.garment())


def cut_hole_by_mode(hand: Hand) -> None:
    hand.keys("tool.polygon")
    hand.keys("tool.holes")
    hand.clicks(square(90, 120, 40))
    hand.key(Key.Key_Return)
    hand.keys("tool.holes")
    assert has_holes(hand.garment())


def drag_corner(hand: Hand) -> None:
    hand.keys("tool.polygon")
    hand.drag((50, 330), (40, 340), (35, 350))
    assert np.abs(hand.garment().polygons[0][4] - [35, 350]).max() < 1.5


def drag_corner_of_hole(hand: Hand) -> None:
    hand.keys("tool.polygon")
    hand.drag((80, 110), (76, 105), (70, 100))


def drag_corner_with_select(hand: Hand) -> None:
    hand.drag((50, 330), (40, 340), (35, 350))


def insert_by_click(hand: Hand) -> None:
    hand.keys("tool.polygon")
    hand.click((50, 250))
    assert len(hand.garment().polygons[0]) == 6


def insert_by_drag(hand: Hand) -> None:
    hand.keys("tool.polygon")
    hand.drag((50, 250), (45, 250), (30, 250))


def insert_by_key(hand: Hand) -> None:
    hand.keys("tool.polygon")
    hand.key(Key.Key_Tab)
    hand.key(Key.Key_Insert)


def nudge_corner(hand: Hand) -> None:
    hand.keys("tool.polygon")
    hand.key(Key.Key_Tab)
    hand.key(Key.Key_Left, SHIFT)
    assert hand.garment().polygons[0][0].tolist() == [40, 70]


def delete_by_click(hand: Hand) -> None:
    hand.keys("tool.polygon")
    hand.click((200, 330), ALT)
    assert len(hand.garment().polygons[0]) == 4


def delete_by_key(hand: Hand) -> None:
    hand.keys("tool.polygon")
    hand.key(Key.Key_Tab)
    hand.key(Key.Key_Delete)


def delete_ring(hand: Hand) -> None:
    hand.keys("tool.polygon")
    hand.click((60, 200))
    hand.key(Key.Key_Delete, CTRL)
    assert len(hand.garment().polygons) == 1


def delete_hole(hand: Hand) -> None:
    hand.keys("tool.polygon")
    hand.click((80, 110))
    hand.key(Key.Key_Delete, CTRL)
    assert not has_holes(hand.garment())


# --- brush, eraser, fill -------------------------------------------------------------------------


def paint(hand: Hand) -> None:
    hand.keys("tool.brush")
    hand.drag((200, 250), (220, 260), (240, 280))


def paint_on(hand: Hand) -> None:
    """A stroke, and a straight line from its end: two edits, of which the last is taken back."""
    hand.keys("tool.brush")
    hand.drag((200, 250), (220, 260))
    first = hand.document.undo_title
    hand.keys("edit.undo")
    assert first == "Paint mask"
    hand.click((260, 300), SHIFT)


def paint_new(hand: Hand) -> None:
    hand.page.select(0)
    hand.page.to_canvas()
    hand.keys("tool.brush")
    hand.drag((230, 250), (240, 300), (260, 320))


def erase(hand: Hand) -> None:
    hand.keys("tool.eraser")
    hand.drag((50, 200), (80, 210), (100, 200))


def erase_inside(hand: Hand) -> None:
    hand.keys("tool.eraser")
    hand.click((110, 200))
    assert has_holes(hand.garment())


def fill(hand: Hand) -> None:
    hand.keys("tool.fill")
    hand.click((95, 125))


def fill_pixels(hand: Hand) -> None:
    hand.keys("tool.fill")
    hand.click((100, 165))


# --- GrabCut -------------------------------------------------------------------------------------


def looked(hand: Hand) -> None:
    """Wait till something was found."""
    tool = hand.canvas._segmenting
    hand.qtbot.waitUntil(lambda: bool(tool._found) and not hand.page.masking.segmenting.busy, timeout=20_000)


def grab_cut(hand: Hand) -> None:
    hand.keys("tool.segment")
    hand.key(Key.Key_Return)
    looked(hand)
    hand.key(Key.Key_Return)
    corners = np.concatenate(hand.garment().polygons)
    assert np.abs([*corners.min(axis=0), *corners.max(axis=0)] - np.array([60, 80, 180, 320])).max() < 4


def grab_cut_with_strokes(hand: Hand) -> None:
    hand.keys("tool.segment")
    hand.drag((80, 150), (120, 200))
    looked(hand)
    hand.drag((70, 280), (150, 280), keys=CTRL)
    looked(hand)
    hand.key(Key.Key_Return)


def grab_cut_new(hand: Hand) -> None:
    hand.page.select(0)
    hand.page.to_canvas()
    hand.keys("tool.segment")
    hand.drag((210, 210), (250, 300), (290, 385))
    looked(hand)
    hand.key(Key.Key_Return)


# --- as a whole ----------------------------------------------------------------------------------


def button(name: str, tool: str = "tool.polygon") -> Act:
    """A click on a button of the tool's options."""

    def act(hand: Hand) -> None:
        hand.keys(tool)
        hand.push(hand.page.masking.options.buttons[name])

    return act


def remedy(hand: Hand) -> None:
    """The button of what is said of the mask."""
    hand.keys("tool.polygon")
    hand.push(hand.page.masking.options.notice_button)


# --- overlapping garments ------------------------------------------------------------------------


def in_front(hand: Hand) -> None:
    hand.keys("garment.forward")
    assert hand.garment(SKIRT).category_id == 8


def to_the_back(hand: Hand) -> None:
    hand.page.select(hand.garment(SKIRT).id)
    hand.page.to_canvas()
    hand.keys("garment.back")


def by_button(which: int) -> Act:
    def act(hand: Hand) -> None:
        if which:
            hand.page.select(hand.garment(SKIRT).id)
        hand.push(hand.page.garments_panel.move_buttons[which])

    return act


def lock_in_list(hand: Hand) -> None:
    view = hand.page.garments_panel.view
    rect = view.visualRect(view.model().index(SKIRT, 0))
    at = view.itemDelegate().lock(rect).center()  # type: ignore[attr-defined]
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)


def locked(garment: Garment) -> Garment:
    edit = lock(garment, True)
    assert edit is not None
    after = edit.changes[0].after
    assert isinstance(after, Garment)
    return after


HOLES = "extra polygons rle"
STEPS = (
    Step("Draw polygon", "polygons", draw_polygon, "tool.polygon"),
    Step("Draw polygon", "rle", draw_over_pixels, "tool.polygon", pixels),
    Step("Add garment", "added", draw_new, "tool.polygon"),
    Step("Cut hole", HOLES, cut_hole, "tool.polygon"),
    Step("Cut hole", HOLES, cut_hole_by_mode, "tool.holes"),
    Step("Move mask vertex", "polygons", drag_corner),
    Step("Move mask vertex", "extra rle", drag_corner_of_hole, begin=holed),
    Step("Move mask vertex", "polygons", drag_corner_with_select),
    Step("Insert mask vertex", "polygons", insert_by_click),
    Step("Insert mask vertex", "polygons", insert_by_drag),
    Step("Insert mask vertex", "polygons", insert_by_key),
    Step("Move mask vertex", "polygons", nudge_corner),
    Step("Delete mask vertex", "polygons", delete_by_click),
    Step("Delete mask vertex", "polygons", delete_by_key),
    Step("Delete polygon", "polygons", delete_ring, begin=two_parts),
    Step("Delete polygon", HOLES, delete_hole, begin=holed),
    Step("Paint mask", "polygons", paint, "tool.brush"),
    Step("Paint mask", "polygons", paint_on, "tool.brush"),
    Step("Paint mask", "rle", paint, "tool.brush", pixels),
    Step("Paint mask", "polygons", paint, "tool.brush", bare),
    Step("Add garment", "added", paint_new, "tool.brush"),
    Step("Erase mask", "polygons", erase, "tool.eraser"),
    Step("Erase mask", HOLES, erase_inside, "tool.eraser"),
    Step("Fill gap", HOLES, fill, "tool.fill", holed),
    Step("Fill gap", "rle", fill_pixels, "tool.fill", pixels),
    Step("Mask from GrabCut", "polygons", grab_cut, "tool.segment"),
    Step("Mask from GrabCut", "polygons", grab_cut_with_strokes, "tool.segment"),
    Step("Mask from GrabCut", "polygons", grab_cut, "tool.segment", bare),
    Step("Add garment", "added", grab_cut_new, "tool.segment"),
    Step("Simplify mask", "polygons", action="mask.simplify"),
    Step("Simplify mask", "polygons", button("simplify")),
    Step("Mend mask", "polygons", action="mask.mend", begin=crossed),
    Step("Mend mask", "polygons", remedy, begin=crossed),
    Step("Fill holes", HOLES, action="mask.fill_holes", begin=holed),
    Step("Fill holes", "rle", button("fill_holes", "tool.fill"), begin=pixels),
    Step("Clip mask to box", "polygons", action="mask.clip"),
    Step("Clip mask to box", "polygons", button("clip")),
    Step("Box from mask", "box", action="mask.box"),
    Step("Box from mask", "box", button("box", "tool.brush"), begin=pixels),
    Step("Mask to polygons", "extra", action="mask.polygons", begin=pixels),
    Step("Mask to polygons", "extra", remedy, begin=pixels),
    Step("Mask to pixels", "polygons rle", action="mask.pixels"),
    Step("Mask to pixels", "extra", action="mask.pixels", begin=holed),
    Step("Delete mask", "polygons", action="mask.delete"),
    Step("Delete mask", "extra rle", action="mask.delete", begin=holed),
    Step("Bring forward", "position", in_front, "garment.forward"),
    Step("Send back", "position", to_the_back, "garment.back"),
    Step("Bring forward", "position", by_button(0)),
    Step("Send back", "position", by_button(1)),
    Step("Lock garment", "extra", action="garment.lock"),
    Step("Unlock garment", "extra", action="garment.lock", begin=locked),
    Step("Unlock garment", "extra", remedy, begin=locked),
    Step("Lock garment", "extra", lock_in_list),
)


def test_every_step_is_stored_undone_and_made_again(hand: Hand) -> None:
    run(hand, STEPS)


def test_the_last_step_is_taken_back_after_a_restart(hand: Hand) -> None:
    after_restart(hand, STEPS[3])


def test_hiding_and_showing_alone_change_nothing(hand: Hand) -> None:
    before, trousers, skirt = hand.held(), hand.garment().id, hand.garment(SKIRT).id
    hand.ready()
    for action, hidden in (("garment.hide", {trousers}), ("garment.solo", {skirt})):
        hand.keys(action)
        assert hand.canvas.shown.hidden == hidden
        hand.keys(action)
        assert not hand.canvas.shown.hidden
    assert hand.held().same_as(before)
    assert not hand.window.actions_["edit.undo"].isEnabled()
