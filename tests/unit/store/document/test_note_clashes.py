"""Two people write notes on one garment or image: the notes of both stay, whatever becomes of the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from store.db import Store
from store.document import Document, Edit, KeepingDocument, edits
from store.document.clash import Choice, Clash
from store.document.note_edits import add_note, change_note, delete_note, settle_note
from store.notes import NOTES, Note, notes_of, with_notes
from store.records import Garment, Image, Review

FIRST = Note.new("which sleeve", "ada", 1)
MINE = replace(Note.new("mine", "ada"), at=FIRST.at + timedelta(seconds=2))
THEIRS = replace(Note.new("theirs", "bert"), at=FIRST.at + timedelta(seconds=1))


def base() -> Garment:
    return Garment(
        id=3, image_id=1, points=[[1, 2], [3, 4]], visibility=[2, 2], extra={NOTES: "", "coco": {"a": 1}}
    )


def noted(*notes: Note) -> Garment:
    return base().but(extra=with_notes(base().extra, notes))


def texts(record: Garment | Image | None) -> list[str]:
    return [note.text for note in notes_of(record)]


def after(edit: Edit) -> Garment:
    found = edit.changes[0].after
    assert isinstance(found, Garment)
    return found.but(version=2)


def test_notes_of_both_are_put_together_in_the_order_of_their_time() -> None:
    found = Clash(noted(FIRST), noted(FIRST, MINE), noted(FIRST, THEIRS).but(version=2))
    assert [part.part for part in found.differences()] == [("note", MINE.id), ("note", THEIRS.id)]
    both = found.quietly()
    assert isinstance(both, Garment)
    assert texts(both) == ["which sleeve", "theirs", "mine"]
    assert both.version == 2
    assert both.extra["coco"] == {"a": 1}


def test_what_is_done_to_a_note_is_taken_with_what_the_other_did_to_another() -> None:
    garment = noted(FIRST, THEIRS)
    mine = after(settle_note(garment, FIRST.id, True))
    found = Clash(garment, mine, after(delete_note(garment, THEIRS.id))).quietly()
    assert [(note.text, note.settled) for note in notes_of(found)] == [("which sleeve", True)]


def test_a_note_that_both_have_changed_has_to_be_decided() -> None:
    garment = noted(FIRST)
    mine, theirs = after(change_note(garment, FIRST.id, "left")), after(delete_note(garment, FIRST.id))
    found = Clash(garment, mine, theirs)
    assert [part.by_both for part in found.differences()] == [True]
    assert found.quietly() is None
    assert texts(found.chosen(Choice.MINE)) == ["left"]
    assert texts(found.chosen(Choice.THEIRS)) == []


@pytest.mark.parametrize("choice", [Choice.MINE, Choice.THEIRS])
def test_the_version_that_is_not_taken_leaves_its_notes(choice: Choice) -> None:
    mine = noted(MINE).but(points=[[9, 9], [3, 4]])
    theirs = noted(THEIRS).but(points=[[7, 7], [3, 4]], version=2)
    found = Clash(noted(), mine, theirs)
    assert found.quietly() is None
    assert not found.mergeable
    taken = found.chosen(choice)
    assert isinstance(taken, Garment)
    assert texts(taken) == ["theirs", "mine"]
    assert taken.points[0, 0] == (9 if choice is Choice.MINE else 7)


def test_two_notes_of_one_name_are_both_kept() -> None:
    twin = replace(FIRST, text="its twin")
    both = Clash(noted(FIRST, twin), noted(FIRST, twin, MINE), noted(FIRST, twin).but(scale=2)).quietly()
    assert texts(both) == ["which sleeve", "its twin", "mine"]


def test_rings_of_a_mask_go_where_the_mask_goes() -> None:
    rle = {"size": [4, 4], "counts": "x"}
    drawn = base().but(rle=rle, extra={**base().extra, "rings": {"parts": [1]}})
    found = Clash(base(), drawn, base().but(scale=2))
    assert [part.part[0] for part in found.differences()] == ["mask", "scale"]
    both = found.merged()
    assert isinstance(both, Garment)
    assert (both.rle, both.extra["rings"], both.scale) == (rle, {"parts": [1]}, 2)


OF_IMAGE = "image"
OF_GARMENT = "garment"


def record(document: Document, what: str) -> Garment | Image:
    return document.image if what == OF_IMAGE else document.garments[0]


@pytest.mark.parametrize("what", [OF_IMAGE, OF_GARMENT])
def test_notes_that_two_windows_add_are_saved_without_asking(store: Store, what: str) -> None:
    mine, theirs = KeepingDocument(store, 1, author="ada"), Document(store, 1, author="bert")
    theirs.apply(add_note(record(theirs, what), THEIRS))
    mine.hold(add_note(record(mine, what), MINE))
    assert mine.clashes() == ()
    mine.settle((), {})
    assert mine.held == ()
    again = Document(store, 1)
    assert texts(record(again, what)) == ["theirs", "mine"]
    assert again.undo() is not None
    assert texts(record(again, what)) == ["theirs"]
    assert again.redo() is not None
    assert texts(record(again, what)) == ["theirs", "mine"]


def _note(document: Document) -> Edit:
    return add_note(document.garments[0], THEIRS)


def _review(document: Document) -> Edit:
    return edits.set_review(document.image, Review.ACCEPTED)


@pytest.mark.parametrize("theirs", [_note, _review])
def test_an_edit_is_saved_over_their_note_without_asking(
    store: Store, theirs: Callable[[Document], Edit]
) -> None:
    mine, other = KeepingDocument(store, 1, author="ada"), Document(store, 1, author="bert")
    edit = edits.move_landmarks(mine.garments[0], {0: (50.0, 60.0)})
    other.apply(theirs(other))
    mine.hold(edit)
    assert mine.clashes() == ()
    mine.settle((), {})
    found = Document(store, 1)
    assert found.garments[0].points[0, 0] == 50
    assert (texts(found.garments[0]), found.image.review) in (
        (["theirs"], Review.IN_PROGRESS),
        ([], Review.ACCEPTED),
    )


def test_my_note_stays_where_their_version_is_taken_and_mine_is_in_the_history(store: Store) -> None:
    mine, theirs = KeepingDocument(store, 1, author="ada"), Document(store, 1, author="bert")
    move, note = edits.move_landmarks(mine.garments[0], {0: (50.0, 60.0)}), MINE
    theirs.apply(edits.move_landmarks(theirs.garments[0], {0: (70.0, 60.0)}))
    mine.hold(move)
    mine.hold(add_note(mine.garments[0], note))
    clashes = mine.clashes()
    assert len(clashes) == 1
    mine.settle(clashes, {clashes[0].key: Choice.THEIRS})
    stored = Document(store, 1)
    assert stored.garments[0].points[0, 0] == 70
    assert texts(stored.garments[0]) == ["mine"]
    tried = [one.after for one in store.revisions.of_image(1) if isinstance(one.after, Garment)]
    assert any(one.points[0, 0] == 50 and texts(one) == ["mine"] for one in tried)
    assert stored.redo() is not None
    assert stored.garments[0].points[0, 0] == 50
