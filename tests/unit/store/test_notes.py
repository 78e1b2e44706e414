"""Notes in what a file or the store says: read with care, written so that they come back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from store.document.note_edits import add_note, change_note
from store.notes import NOTES, Note, notes_of, only_notes_differ, with_notes, without_notes
from store.records import Garment, Image


def test_what_is_written_is_read() -> None:
    notes = (Note.new("a", "Ada", 3), Note("n2", "b", "Bob", datetime(2026, 1, 2, tzinfo=UTC), settled=True))
    garment = Garment(extra=with_notes({"coco": 1}, notes))
    assert notes_of(garment) == notes
    assert garment.extra[NOTES][0]["landmark"] == 4, "numbers in files begin at 1"
    assert without_notes(garment.extra) == {"coco": 1}
    assert with_notes(garment.extra, ()) == {"coco": 1}


@pytest.mark.parametrize(
    "value",
    [None, 7, "text", {}, [], [3], [{}], [{"text": 5}], [{"text": "  "}], [["text"]]],
)
def test_what_is_no_note_is_none(value: object) -> None:
    assert notes_of(Image(extra={NOTES: value})) == ()


def test_half_a_note_is_read_as_far_as_it_goes() -> None:
    odd = {"text": " x ", "author": 3, "at": "yesterday", "landmark": "7", "settled": "yes", "id": 0}
    (note,) = notes_of(Image(extra={NOTES: [odd]}))
    assert (note.text, note.author, note.landmark, note.settled, note.id) == ("x", "", -1, False, "note1")
    (aware,) = notes_of(Image(extra={NOTES: [{"text": "x", "at": "2026-01-01T02:00:00+02:00"}]}))
    assert aware.at == datetime(2026, 1, 1, tzinfo=UTC)


def test_empty_notes_and_landmarks_that_are_not_there() -> None:
    with pytest.raises(ValueError, match="without words"):
        Note.new("  ", "Ada")
    with pytest.raises(IndexError):
        add_note(Garment(points=[[1, 1]], visibility=[2]), Note.new("x", "Ada", 1))
    with pytest.raises(IndexError):
        add_note(Image(), Note.new("x", "Ada", 0))
    noted = Image(extra=with_notes({}, [Note.new("x", "Ada")]))
    with pytest.raises(ValueError, match="without words"):
        change_note(noted, notes_of(noted)[0].id, " ")


def test_a_note_is_told_from_a_change() -> None:
    garment = Garment(points=[[1, 1]], visibility=[2])
    noted = garment.but(extra=with_notes({}, [Note.new("x", "Ada")]))
    assert only_notes_differ(garment, noted)
    assert not only_notes_differ(garment, garment)
    assert not only_notes_differ(garment, noted.but(style=3))
    assert not only_notes_differ(garment, noted.but(extra={**noted.extra, "other": 1}))
