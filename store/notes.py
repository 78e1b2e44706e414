"""Notes: what somebody has to say about an image, a garment or a landmark, for others to read.

They lie in the ``extra`` of the image or garment, under :data:`NOTES`, as a list of objects. So they are
saved, undone, kept in history and exported with it, under our own key where a format has no place for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from store.records import Garment, Image

#: The key in ``extra``.
NOTES = "notes"
#: Longer texts are cut when they are read: a file may say anything.
MOST_LETTERS = 10_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Note:
    """One note. ``landmark`` is a 0-based index, -1: the whole garment or image; ``at`` is in UTC.

    ``parked`` names the landmark that a note was on which the category of now does not have.
    """

    id: str
    text: str
    author: str = ""
    at: datetime = _EPOCH
    landmark: int = -1
    settled: bool = False
    parked: str = ""

    @classmethod
    def new(cls, text: str, author: str, landmark: int = -1) -> Note:
        """A note of now. ValueError for one that says nothing."""
        said = text.strip()[:MOST_LETTERS]
        if not said:
            raise ValueError("a note without words")
        now = datetime.now(UTC).replace(microsecond=0)
        return cls(uuid4().hex[:12], said, author, now, landmark)


def notes_of(record: Garment | Image | Mapping[str, Any] | None) -> tuple[Note, ...]:
    """The notes of a garment or image, or of its ``extra``, oldest first. What is no note there, as in a file
    from elsewhere, is left out."""
    extra = record.extra if isinstance(record, Garment | Image) else record or {}
    said = extra.get(NOTES)
    if not isinstance(said, list):
        return ()
    found = [_note(one, place) for place, one in enumerate(said) if isinstance(one, Mapping)]
    return tuple(note for note in found if note is not None)


def with_notes(extra: Mapping[str, Any], notes: Iterable[Note]) -> Mapping[str, Any]:
    """``extra`` with these notes and no others."""
    written = [_written(note) for note in notes]
    others = without_notes(extra)
    return {**others, NOTES: written} if written else others


def without_notes(extra: Mapping[str, Any]) -> Mapping[str, Any]:
    """``extra`` without notes."""
    return {key: value for key, value in extra.items() if key != NOTES} if NOTES in extra else extra


def renumbered_notes(
    extra: Mapping[str, Any], before: Sequence[str], after: Sequence[str]
) -> Mapping[str, Any]:
    """``extra`` with notes on landmarks ``before`` on those of the same name ``after``.

    A note whose landmark has no name there is on the whole garment, and goes back when the name is back.
    """

    def moved(note: Note) -> Note:
        name = before[note.landmark] if 0 <= note.landmark < len(before) else note.parked
        if not name:
            return note
        there = name in after
        return replace(note, landmark=after.index(name) if there else -1, parked="" if there else name)

    notes = notes_of(extra)
    found = tuple(map(moved, notes))
    return extra if found == notes else with_notes(extra, found)


def only_notes_differ(before: Garment, after: Garment) -> bool:
    """Whether two states of a garment differ, and in nothing but their notes (and version)."""
    if before.extra.get(NOTES) == after.extra.get(NOTES):
        return False
    plain = replace(after, extra=before.extra)
    return without_notes(before.extra) == without_notes(after.extra) and before.same_as(
        plain, ignore=frozenset({"version", "origin"})
    )


def _note(value: Mapping[str, Any], place: int) -> Note | None:
    text = value.get("text")
    if not isinstance(text, str) or not text.strip():
        return None
    number = value.get("landmark")
    landmark = number - 1 if type(number) is int and number > 0 else -1
    author, note_id = value.get("author"), value.get("id")
    return Note(
        note_id if isinstance(note_id, str) and note_id else f"note{place + 1}",
        text.strip()[:MOST_LETTERS],
        author if isinstance(author, str) else "",
        _time(value.get("at")),
        landmark,
        value.get("settled") is True,
        parked[:MOST_LETTERS] if isinstance(parked := value.get("parked"), str) else "",
    )


def _time(value: Any) -> datetime:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else _EPOCH
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return _EPOCH


def _written(note: Note) -> dict[str, Any]:
    """In a file landmarks have numbers, from 1."""
    said: dict[str, Any] = {
        "id": note.id,
        "text": note.text,
        "author": note.author,
        "at": note.at.isoformat(),
    }
    if note.landmark >= 0:
        said["landmark"] = note.landmark + 1
    if note.settled:
        said["settled"] = True
    if note.parked:
        said["parked"] = note.parked
    return said
