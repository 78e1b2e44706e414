"""What is restored from the history in the whole window: stored, undone, made again."""

from __future__ import annotations

from collections.abc import Callable

from store.db import Store
from store.document import Edit
from store.document.edits import delete_garment
from store.records import Review
from tests.gui.app.undo.test_undo_facts import moved
from tests.gui.app.undo.undo_hand import SKIRT, Act, Hand, Key, Step, run


def from_history(hand: Hand, act: Callable[[], object]) -> None:
    """The history is opened by key, what was imported chosen, something done, and the history put away."""
    hand.keys("view.history")
    hand.settle()
    hand.page.history_panel.view.setFocus()
    hand.key(Key.Key_End)
    act()
    hand.keys("view.history")


def restore(action: str) -> Act:
    def act(hand: Hand) -> None:
        from_history(hand, lambda: hand.keys(action))

    return act


def restore_by_button(which: str) -> Act:
    def act(hand: Hand) -> None:
        from_history(hand, lambda: hand.push(getattr(hand.page.history_panel, which)))

    return act


GARMENT, IMAGE = "Restore the garment as imported", "Restore the image as imported"
BACK = "occlusion points"
STEPS = (
    Step(GARMENT, BACK, restore("history.restore_garment"), "history.restore_garment", moved),
    Step(IMAGE, BACK, restore("history.restore_image"), "history.restore_image", moved),
    Step(GARMENT, BACK, restore_by_button("restore_garment"), begin=moved),
    Step(IMAGE, BACK, restore_by_button("restore_image"), begin=moved),
)


def test_every_step_is_stored_undone_and_made_again(hand: Hand) -> None:
    run(hand, STEPS)


def test_a_garment_that_was_deleted_comes_back_from_the_history(hand: Hand) -> None:
    first = hand.held()
    hand.ready()
    hand.page.select(hand.garment(SKIRT).id)
    hand.keys("garment.delete")
    without = hand.held()
    restore("history.restore_image")(hand)
    restored = hand.held()
    # How far the review is belongs to now.
    assert restored.since(first) == ""
    assert restored.image.review is Review.IN_PROGRESS
    hand.page.to_canvas()
    hand.keys("edit.undo")
    assert hand.held().same_as(without)
    hand.keys("edit.undo")
    assert hand.held().same_as(first)
    for held in (without, restored):
        hand.keys("edit.redo")
        assert hand.held().same_as(held)
    with Store.open(hand.window.session.needed().folder) as other:
        assert hand.on_disk(other).same_as(restored)


def test_nothing_is_restored_from_the_history_of_another_image(hand: Hand) -> None:
    """The wish comes before the history of the next image is read."""
    hand.ready()
    hand.keys("landmark.all")
    hand.keys("landmark.left10")
    hand.keys("view.history")
    hand.settle()
    hand.page.history_panel.view.setFocus()
    hand.key(Key.Key_End)
    assert hand.page.recalled.possible
    wished: list[Edit] = []
    hand.page.edit_wanted.connect(wished.append)
    hand.window.annotate.step(1)
    assert hand.page.history_panel.chosen
    assert not hand.page.recalled.possible
    hand.page.recalled.restore(whole=True)
    assert not wished
    hand.qtbot.waitUntil(lambda: not hand.page.history_panel.chosen)


def test_a_history_that_is_being_read_restores_nothing_yet(hand: Hand) -> None:
    """What was changed last is not listed yet: what is listed would restore it wrongly."""
    hand.ready()
    hand.keys("view.history")
    hand.keys("landmark.all")
    hand.keys("landmark.left10")
    hand.settle()
    hand.page.history_panel.view.setFocus()
    hand.key(Key.Key_End)
    before = hand.garment()
    hand.document.apply(delete_garment(hand.garment(SKIRT)))
    hand.page.recalled.restore(whole=True)
    assert "being read" in hand.page.hint
    assert hand.garment() is before
    hand.settle()
    hand.page.recalled.restore(whole=True)
    assert len(hand.held().garments) == 2
