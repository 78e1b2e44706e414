"""No action that edits is without a gesture that is stored, undone and made again; nor a stretch of work."""

from __future__ import annotations

from dataclasses import replace

from app.actions.action import State
from app.actions.table import actions
from tests.gui.app.undo import (
    test_undo_facts,
    test_undo_garments,
    test_undo_history,
    test_undo_landmarks,
    test_undo_masks,
)
from tests.gui.app.undo.test_undo_many import BROWSE, SWEEP
from tests.gui.app.undo.undo_hand import CTRL, Hand, Key

TABLES = (test_undo_facts, test_undo_garments, test_undo_history, test_undo_landmarks, test_undo_masks)
#: These need a store that can be written, and make no edit of their own.
NO_EDITS = {
    *(f"{page}.{way}" for page in ("edit", "browse", "sweep") for way in ("undo", "redo")),
    # Where one looks, and what a model says.
    *("sweep.next", "sweep.nearer", "sweep.further", "model.reject"),
}


def test_every_action_that_edits_has_a_step() -> None:
    able = State(
        **dict.fromkeys(("store", "image", "garment", "landmark", "proposed", "acceptable"), True),
        **dict.fromkeys(("hints", "recalled", "template", "pairs", "crop", "writable"), True),
        **dict.fromkeys(("undo", "redo", "undo_crop", "redo_crop", "undo_many", "redo_many"), "something"),
        images=3,
        selected=3,
        marked=3,
        mask="polygons",
    )
    edits = {
        one.id
        for one in actions()
        if one.page in ("annotate", "sweep", "browse")
        and one.enabled_when(replace(able, writable=False)) == "The store is open read-only"
    }
    tools = {one.id for one in actions() if one.id.startswith("tool.")}
    shown = {step.action for table in TABLES for step in table.STEPS}
    shown |= {step.action for step in (*SWEEP, *BROWSE)}
    assert len(edits) > 60
    assert edits | tools == (shown & (edits | tools)) | (NO_EDITS & edits), sorted(
        (edits | tools) - shown - NO_EDITS
    )


#: Actions whose first gesture can be made whatever was done before.
STRETCH = (
    *("facts.scale", "facts.viewpoint", "facts.attributes", "image.note", "image.second_look"),
    *("garment.new", "landmark.visible", "landmark.clockwise", "template.box", "garment.swap"),
    *("tool.brush", "tool.eraser", "mask.clip", "garment.lock"),
)


def test_a_stretch_of_work_is_taken_back_and_made_again_key_by_key(hand: Hand) -> None:
    steps = [step for table in TABLES for step in table.STEPS if step.begin is None]
    states = [hand.held()]
    for action in STRETCH:
        step = next(step for step in steps if step.action == action)
        hand.ready()
        step.do(hand)
        assert hand.document.undo_title == step.title
        states.append(hand.held())
    hand.page.to_canvas()
    for held in reversed(states[:-1]):
        hand.keys("edit.undo")
        assert hand.held().same_as(held)
    assert not hand.window.actions_["edit.undo"].isEnabled()
    for held in states[1:]:
        hand.keys("edit.redo")
        assert hand.held().same_as(held)
    assert not hand.window.actions_["edit.redo"].isEnabled()


def test_undo_in_the_middle_of_a_drag_gives_the_drag_up(hand: Hand) -> None:
    first = hand.held()
    hand.ready()
    hand.keys("garment.swap")
    hand.ready()
    hand.press(hand.landmark(4))
    hand.move((90, 200))
    hand.key(Key.Key_Z, CTRL)
    assert hand.held().same_as(first)
    hand.move((95, 210))
    hand.release((95, 210))
    assert hand.held().same_as(first)
    assert all(a is b for a, b in zip(hand.canvas.shown.garments, hand.document.garments, strict=True))
    hand.keys("edit.redo")
    assert hand.document.undo_title == "Swap left and right"
