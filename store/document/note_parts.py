"""Notes as parts of what two people have changed: each note by itself, so that both people's stay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from store.notes import NOTES, Note, notes_of, with_notes
from store.records import Garment, Image

#: The kind of these parts; a part is named by the note's id.
NOTE = "note"


def note_parts(record: Garment | Image) -> dict[tuple[str, Any], Note]:
    """The notes of a record, by part. A file from elsewhere may give two notes one id: none is left out."""
    found: dict[tuple[str, Any], Note] = {}
    for note in notes_of(record):
        name, again = note.id, 1
        while (NOTE, name) in found:
            again += 1
            name = f"{note.id} ({again})"
        found[NOTE, name] = note
    return found


def holds_notes(extra: Mapping[str, Any]) -> bool:
    """Whether what stands under the key of the notes are notes, and told by :func:`note_parts`."""
    return isinstance(extra.get(NOTES), list)


def with_note_parts(
    extra: Mapping[str, Any],
    theirs: Garment | Image,
    mine: Garment | Image,
    parts: Iterable[tuple[str, Any]],
) -> Mapping[str, Any]:
    """``extra`` with their notes, and of these parts what mine has; oldest first, as ever."""
    wanted = [part for part in parts if part[0] == NOTE]
    if not wanted:
        return extra
    notes, said = note_parts(theirs), note_parts(mine)
    fresh = [part for part in wanted if part in said and part not in notes]
    for part in wanted:
        if part in said:
            notes[part] = said[part]
        else:
            notes.pop(part, None)
    found = list(notes.values())
    return with_notes(extra, sorted(found, key=lambda note: note.at) if fresh else found)
