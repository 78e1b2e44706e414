"""Facts, review and notes in the whole window: stored, undone, made again."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from store.notes import Note, notes_of, with_notes
from store.records import Garment, Review
from tests.gui.app.undo.undo_hand import CTRL, Act, Hand, Key, Step, after_restart, run

# --- facts ---------------------------------------------------------------------------------------


def typed(name: str, text: str) -> Act:
    """A click into a field, and what is typed there."""

    def act(hand: Hand) -> None:
        panel = hand.page.facts_panel
        field: QLineEdit = {"pair": panel.pair, "style": panel.style_number}[name]
        hand.push(field)
        hand.type(text)
        hand.key(Key.Key_Return)

    return act


def typed_and_left(hand: Hand) -> None:
    """What is typed counts when the hand goes elsewhere, here by the keys of the facts and Tab."""
    hand.keys("facts.focus")
    hand.key(Key.Key_Tab)
    assert hand.page.facts_panel.pair.hasFocus()
    hand.type("42")
    hand.key(Key.Key_Tab)


def emptied(hand: Hand) -> None:
    hand.push(hand.page.facts_panel.style_number)
    hand.key(Key.Key_Backspace)
    hand.key(Key.Key_Return)
    assert hand.garment().style is None


def item_typed(hand: Hand) -> None:
    clothes = hand.page.more.clothes
    clothes.set_folded(False)
    clothes.item.setFocus()
    hand.type("id_00000123")
    hand.key(Key.Key_Return)


def level(fact: str, key: Key) -> Act:
    """A digit in the field of a level."""

    def act(hand: Hand) -> None:
        hand.page.facts_panel.levels[fact].setFocus()
        hand.key(key)

    return act


def level_in_list(hand: Hand) -> None:
    """The list of a level opened by a click, and a row of it chosen."""
    combo = hand.page.facts_panel.levels["viewpoint"]
    hand.push(combo)
    hand.qtbot.waitUntil(combo.view().isVisible)
    for key in (Key.Key_Down, Key.Key_Down, Key.Key_Return):
        QTest.keyClick(combo.view(), key)
    hand.qtbot.waitUntil(lambda: not combo.view().isVisible())
    assert hand.garment().viewpoint == 2


def unsaid(garment: Garment) -> Garment:
    return garment.but(scale=2)


def kind(hand: Hand) -> None:
    hand.keys("facts.clothes")
    view = hand.page.more.clothes.kind.view()
    hand.qtbot.waitUntil(view.isVisible)
    QTest.keyClicks(view, "17")
    hand.qtbot.waitUntil(lambda: not view.isVisible())


def clothes_type(hand: Hand) -> None:
    clothes = hand.page.more.clothes
    clothes.set_folded(False)
    clothes.type.setFocus()
    hand.key(Key.Key_3)


def attribute_found(hand: Hand) -> None:
    hand.keys("facts.attributes")
    search = hand.page.more.clothes.attributes.search.edit
    hand.qtbot.waitUntil(search.hasFocus)
    hand.type("striped")
    hand.key(Key.Key_Return)
    assert hand.garment().attributes == {"striped": 1}
    left(hand)


def attribute_clicked(hand: Hand) -> None:
    """A click on what is said of the garment: yes becomes no."""
    hand.keys("facts.attributes")
    panel = hand.page.more.clothes.attributes
    hand.qtbot.waitUntil(panel.search.edit.hasFocus)
    index = panel.model.index(panel.model.place("striped"))
    panel.view.scrollTo(index)
    at = panel.view.visualRect(index).center()
    QTest.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert hand.garment().attributes == {"striped": -1}
    left(hand)


def left(hand: Hand) -> None:
    """Back from the attributes to the canvas."""
    hand.page.more.clothes.attributes.search.edit.clear()
    hand.page.to_canvas()


def striped(garment: Garment) -> Garment:
    return garment.but(attributes={"striped": 1})


# --- review --------------------------------------------------------------------------------------


def gone_on(hand: Hand) -> None:
    """Accept, which goes to the next image, and back."""
    image_id = hand.window.annotate.image_id
    hand.keys("image.accept_next")
    assert hand.window.annotate.image_id != image_id
    hand.keys("image.previous")
    hand.settle()
    assert hand.window.annotate.image_id == image_id


def second_look_by_button(hand: Hand) -> None:
    hand.push(hand.page.filmstrip.second_look_button)


def accept_by_button(hand: Hand) -> None:
    """Ctrl and a click on Accept stay at the image."""
    QTest.mouseClick(hand.page.filmstrip.accept_button, Qt.MouseButton.LeftButton, CTRL)


def reject_by_button(hand: Hand) -> None:
    hand.push(hand.page.filmstrip.reject_button)


# --- notes ---------------------------------------------------------------------------------------


def write(hand: Hand) -> None:
    hand.keys("image.note")
    hand.qtbot.waitUntil(hand.page.more.notes.panel.line.edit.hasFocus)
    hand.type("Is this cuff & hem?")
    hand.key(Key.Key_Return)
    hand.qtbot.waitUntil(hand.canvas.hasFocus)
    # A single & would be the mark of a key in the menu.
    assert hand.window.actions_["edit.undo"].text() == "Undo: note: Is this cuff && hem?"


def write_on_landmark(hand: Hand) -> None:
    hand.page.select(hand.garment().id, 4)
    write(hand)
    assert notes_of(hand.garment())[0].landmark == 4


def write_on_image(hand: Hand) -> None:
    hand.page.select(0)
    hand.page.to_canvas()
    write(hand)


def noted(garment: Garment) -> Garment:
    return garment.but(extra=with_notes(garment.extra, [Note("n1", "Too short", "Ada")]))


def in_notes(*keys: Key) -> Act:
    """Keys in the list of notes, with its first note current."""

    def act(hand: Hand) -> None:
        panel = hand.page.more.notes.panel
        panel.set_folded(False)
        panel.view.setFocus()
        panel.view.setCurrentIndex(panel.model.index(0))
        for key in keys:
            hand.key(key)

    return act


def reword(hand: Hand) -> None:
    in_notes(Key.Key_F2)(hand)
    hand.type(" by far")
    hand.key(Key.Key_Return)
    assert notes_of(hand.garment())[0].text == "Too short by far"


def note_button(which: str) -> Act:
    def act(hand: Hand) -> None:
        in_notes()(hand)
        hand.push(getattr(hand.page.more.notes.panel, which))

    return act


def moved(garment: Garment) -> Garment:
    return garment.but(points=np.array(garment.points) + 3, occlusion=2)


GEOMETRY = "Take from geometry: scale modest, occlusion slight, zoom-in none, viewpoint frontal"
STEPS = (
    Step("Change pair", "pair_id", typed("pair", "12")),
    Step("Change style", "style", typed("style", "4")),
    Step("Change pair", "pair_id", typed_and_left, "facts.focus"),
    Step("Change style", "style", emptied),
    Step("Change item", "item_id", item_typed),
    Step("Change scale", "scale", level("scale", Key.Key_3)),
    Step("Change occlusion", "occlusion", level("occlusion", Key.Key_1)),
    Step("Change zoom-in", "zoom_in", level("zoom_in", Key.Key_2)),
    Step("Change viewpoint", "viewpoint", level_in_list),
    Step("Change scale", "scale", level("scale", Key.Key_Delete), begin=unsaid),
    Step("Set scale to small", "scale", action="facts.scale"),
    Step("Set occlusion to slight", "occlusion", action="facts.occlusion"),
    Step("Set zoom-in to none", "zoom_in", action="facts.zoom_in"),
    Step("Set viewpoint to no wear", "viewpoint", action="facts.viewpoint"),
    Step(GEOMETRY, "occlusion scale viewpoint zoom_in", action="facts.hints"),
    Step("Set the DeepFashion category to Tank", "clothes_category clothes_type", kind, "facts.clothes"),
    Step("Change clothes type", "clothes_type", clothes_type),
    Step("Say yes to striped", "attributes", attribute_found, "facts.attributes"),
    Step("Say no to striped", "attributes", attribute_clicked, "facts.attributes", striped),
    Step("Set review to accepted", "image.review", action="image.accept"),
    Step("Set review to accepted", "image.review", accept_by_button),
    Step("Set review to accepted", "image.review", gone_on, "image.accept_next"),
    Step("Set review to second look", "image.review", action="image.second_look"),
    Step("Set review to second look", "image.review", second_look_by_button),
    Step("Set review to rejected", "image.review", action="image.reject"),
    Step("Set review to rejected", "image.review", reject_by_button),
    Step("Set review to to do", "image.review", action="image.to_do", begin=moved),
    Step("Note: Is this cuff & hem?", "extra", write, "image.note"),
    Step("Note: Is this cuff & hem?", "extra", write_on_landmark, "image.note"),
    Step("Note: Is this cuff & hem?", "image.extra", write_on_image, "image.note"),
    Step("Settle note: Too short", "extra", in_notes(Key.Key_Space), begin=noted),
    Step("Settle note: Too short", "extra", note_button("settle_button"), begin=noted),
    Step("Change note: Too short by far", "extra", reword, begin=noted),
    Step("Delete note: Too short", "extra", in_notes(Key.Key_Delete), begin=noted),
    Step("Delete note: Too short", "extra", note_button("delete_button"), begin=noted),
)


def test_every_step_is_stored_undone_and_made_again(hand: Hand) -> None:
    run(hand, STEPS)


def test_a_note_is_taken_back_after_a_restart(hand: Hand) -> None:
    after_restart(hand, next(step for step in STEPS if step.act is write_on_image))


def test_what_is_typed_is_undone_in_the_field_first(hand: Hand) -> None:
    """Ctrl+Z takes back letters where letters are typed, and edits everywhere else."""
    hand.ready()
    hand.key(Key.Key_Tab)
    hand.key(Key.Key_Right)
    before = hand.held()
    hand.push(hand.page.facts_panel.pair)
    hand.type("99")
    hand.key(Key.Key_Z, CTRL)
    assert hand.held().same_as(before)
    hand.key(Key.Key_Escape)
    assert hand.canvas.hasFocus()
    assert hand.held().same_as(before)
    hand.key(Key.Key_Z, CTRL)
    assert hand.document.undo_title is None
    assert hand.document.image.review is Review.TO_DO


def test_what_a_lock_forbids_is_not_shown_as_done(hand: Hand) -> None:
    """Fields go back to what is stored."""
    hand.ready()
    hand.keys("garment.lock")
    before = hand.held()
    facts, clothes = hand.page.facts_panel, hand.page.more.clothes
    clothes.set_folded(False)
    for field, keys in (
        (facts.category, "9"),
        (facts.pair, "12"),
        (facts.levels["scale"], "3"),
        (clothes.type, "2"),
        (clothes.item, "id_1"),
    ):
        field.setFocus()
        hand.type(keys)
        hand.page.to_canvas()
        assert "locked" in hand.page.hint
    shown = facts.category.currentText(), facts.pair.text(), facts.levels["scale"].currentData()
    assert shown == ("trousers", "7", None)
    assert (clothes.type.currentData(), clothes.item.text()) == (None, "")
    assert hand.held().same_as(before)


def test_a_field_with_nothing_to_take_back_leaves_the_keys_of_undo(hand: Hand) -> None:
    """Typed, on to the next field by Tab, and taken back there."""
    first = hand.held()
    hand.ready()
    typed_and_left(hand)
    made = hand.held()
    style = hand.page.facts_panel.style_number
    assert style.hasFocus()
    hand.key(Key.Key_Z, CTRL)
    assert hand.held().same_as(first)
    hand.key(Key.Key_Y, CTRL)
    assert hand.held().same_as(made)
    hand.type("9")
    hand.key(Key.Key_Z, CTRL)
    assert (style.text(), hand.held().same_as(made)) == ("2", True)
