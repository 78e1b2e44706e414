"""Who has reviewed an image, and notes as rows: written beside the edits from which both follow."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from store.db import tables
from store.db.change import State
from store.db.codec import unpack_mapping
from store.db.engine import Database
from store.db.rows import Values, chunks, microseconds, take_ids
from store.notes import NOTES, Note, notes_of
from store.records import Garment, Image, Review

#: States of a review that somebody has said.
SAID = frozenset({Review.SECOND_LOOK, Review.ACCEPTED, Review.REJECTED})
_REVIEW, _NOTE = tables.reviews.c, tables.notes.c
_SIGN = b'"notes":'
#: How compressed mappings begin; see :mod:`store.db.codec`.
_ZLIB = 0x78


@dataclass(frozen=True, slots=True)
class Pace:
    """How many images somebody has reviewed since a time, and when the first and the last one of these
    (microseconds since 1970); the times are 0 where there are none."""

    reviewed: int
    first: int
    last: int


def follow(
    connection: Connection,
    author: str,
    now: datetime,
    done: Iterable[tuple[int, int, State | None, State | None]],
) -> None:
    """Writes what follows from changes that were made, ``(image id, garment id, before, after)``."""
    reviewed: dict[int, Review] = {}
    noted: dict[tuple[int, int], tuple[Note, ...]] = {}
    for image_id, garment_id, before, after in done:
        if isinstance(before, Image) and isinstance(after, Image) and before.review is not after.review:
            reviewed[image_id] = after.review
        was, now_there = (one.extra.get(NOTES) if one is not None else None for one in (before, after))
        if was != now_there:
            noted[image_id, garment_id] = notes_of(after)
    _write_reviews(connection, author, microseconds(now), reviewed)
    for (image_id, garment_id), notes in noted.items():
        mine = (_NOTE.image_id == image_id, _NOTE.garment_id == garment_id)
        connection.execute(delete(tables.notes).where(*mine))
        _insert(connection, [_values(image_id, garment_id, note) for note in notes])


def _write_reviews(connection: Connection, author: str, at: int, reviewed: dict[int, Review]) -> None:
    for part in chunks(list(reviewed)):
        connection.execute(delete(tables.reviews).where(_REVIEW.image_id.in_(part)))
        rows = [{"image_id": i, "author": author, "at": at} for i in part if reviewed[i] in SAID]
        if rows:
            connection.execute(insert(tables.reviews), rows)


def _values(image_id: int, garment_id: int, note: Note) -> Values:
    return {
        "image_id": image_id,
        "garment_id": garment_id,
        "landmark": note.landmark,
        "text": note.text,
        "author": note.author,
        "at": microseconds(note.at),
        "settled": note.settled,
    }


def _insert(connection: Connection, rows: list[Values]) -> None:
    if rows:
        first = take_ids(connection, "notes", len(rows))
        connection.execute(insert(tables.notes), [{"id": first + n, **row} for n, row in enumerate(rows)])


def insert_noted(connection: Connection, rows: Iterable[tuple[int, int, bytes | None]]) -> None:
    """Writes the notes in new rows, given as ``(image id, garment id, extra)``; of most there are none."""
    found: list[Values] = []
    for image_id, garment_id, blob in rows:
        if blob and (_SIGN in blob or blob[0] == _ZLIB):
            record = Garment(extra=unpack_mapping(blob))
            found += [_values(image_id, garment_id, note) for note in notes_of(record)]
    _insert(connection, found)


class ReviewsRepository:
    """Who has reviewed what, and when."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, image_id: int) -> tuple[str, int] | None:
        """Who has said the state of an image's review, and when (microseconds since 1970); None: nobody."""
        query = select(_REVIEW.author, _REVIEW.at).where(_REVIEW.image_id == image_id)
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else (str(row.author), int(row.at))

    def pace(self, author: str, since: int) -> Pace:
        """What somebody has reviewed since a time, in microseconds since 1970."""
        mine = (_REVIEW.author == author, _REVIEW.at >= since)
        query = select(func.count(), func.min(_REVIEW.at), func.max(_REVIEW.at)).where(*mine)
        with self._database.read() as connection:
            count, first, last = connection.execute(query).one()
        return Pace(int(count), int(first or 0), int(last or 0))
