"""Edits of notes: pure functions from a garment or image to it with other notes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from store.db.change import Change
from store.document.edits import Edit
from store.notes import MOST_LETTERS, Note, notes_of, with_notes
from store.records import Garment, Image


def add_note(record: Garment | Image, note: Note) -> Edit:
    """Adds a note. IndexError for a landmark that the record has not."""
    size = len(record.points) if isinstance(record, Garment) else 0
    if note.landmark >= size:
        raise IndexError(f"there is no landmark index {note.landmark} to put a note on")
    return _edit(f"Note: {_short(note.text)}", record, [*notes_of(record), note])


def change_note(record: Garment | Image, note_id: str, text: str) -> Edit:
    """Gives a note another text; its author and time stay. ValueError for no text, KeyError for no note."""
    said = text.strip()[:MOST_LETTERS]
    if not said:
        raise ValueError("a note without words")
    return _edit(
        f"Change note: {_short(said)}", record, _with(record, note_id, lambda one: replace(one, text=said))
    )


def settle_note(record: Garment | Image, note_id: str, settled: bool) -> Edit:
    """Says of a note that it is settled, or open again. KeyError for no note."""
    notes = _with(record, note_id, lambda one: replace(one, settled=settled))
    text = next(one.text for one in notes if one.id == note_id)
    return _edit(f"{'Settle' if settled else 'Open'} note: {_short(text)}", record, notes)


def delete_note(record: Garment | Image, note_id: str) -> Edit:
    """Takes a note away. KeyError for no note."""
    gone = _found(record, note_id)
    return _edit(
        f"Delete note: {_short(gone.text)}", record, [one for one in notes_of(record) if one.id != note_id]
    )


def _edit(title: str, record: Garment | Image, notes: Iterable[Note]) -> Edit:
    return Edit(title, (Change(record, record.but(extra=with_notes(record.extra, notes))),))


def _found(record: Garment | Image, note_id: str) -> Note:
    for note in notes_of(record):
        if note.id == note_id:
            return note
    raise KeyError(note_id)


def _with(record: Garment | Image, note_id: str, change: Callable[[Note], Note]) -> list[Note]:
    _found(record, note_id)
    return [change(note) if note.id == note_id else note for note in notes_of(record)]


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 40 else f"{line[:39]}…"
