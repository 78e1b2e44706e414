"""History: one saved change of one garment or image, who made it, when, and both states."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, func, select

from store.db import tables
from store.db.change import State
from store.db.engine import Database
from store.db.rows import Ids, chunks, when
from store.db.states import load_state
from store.records import Origin, Record

_C = tables.revisions.c


class RevisionKind(StrEnum):
    """Whether a revision is somebody's edit, or takes one back or makes it again."""

    EDIT = "edit"
    UNDO = "undo"
    REDO = "redo"


@dataclass(frozen=True, slots=True, eq=False)
class Revision(Record):
    """One saved change of one garment, or of the image itself (``garment_id`` 0).

    Revisions with the same ``edit_id`` were saved together. ``of_edit`` is the edit that an undo or
    redo is of, or the edit itself; where many images were changed in one go, each by an edit of its own,
    it is the first of these (:mod:`store.document.many`). ``at`` is in UTC. ``before`` is None where a
    garment was added, ``after`` where it was deleted.
    """

    id: int = 0
    edit_id: int = 0
    of_edit: int = 0
    kind: RevisionKind = RevisionKind.EDIT
    title: str = ""
    author: str = ""
    origin: Origin = Origin.PERSON
    at: datetime = field(default=datetime(1970, 1, 1, tzinfo=UTC))
    image_id: int = 0
    garment_id: int = 0
    before: State | None = None
    after: State | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """An edit, undo or redo in the history of an image; ``images`` are all that it changed."""

    edit_id: int
    of_edit: int
    kind: RevisionKind
    title: str
    at: datetime
    images: tuple[int, ...]


class RevisionsRepository:
    """The history of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_image(self, image_id: int) -> tuple[Revision, ...]:
        """All revisions of an image and of its garments, oldest first."""
        return self._where(_C.image_id == image_id)

    def of_garment(self, garment_id: int) -> tuple[Revision, ...]:
        """All revisions of a garment, oldest first, also of one that was deleted."""
        return self._where(_C.garment_id == garment_id)

    def of_edit(self, edit_id: int) -> tuple[Revision, ...]:
        """The revisions that were saved together under an edit's id."""
        return self._where(_C.edit_id == edit_id)

    def of_group(self, of_edit: int, after: int = 0, limit: int = 500) -> tuple[Revision, ...]:
        """The edits of a group in their order: whole edits, from the revision behind ``after`` on.

        At least one edit, and else no more than ``limit`` revisions; none where there are no more.
        """
        mine = (_C.of_edit == of_edit, _C.kind == str(RevisionKind.EDIT), _C.id > after)
        query = select(tables.revisions).where(*mine).order_by(_C.id)
        with self._database.read() as connection:
            rows = connection.execute(query.limit(limit)).all()
            if len(rows) == limit:
                # The last edit may go on behind the limit.
                whole = [row for row in rows if row.edit_id != rows[-1].edit_id]
                rows = whole or connection.execute(query.where(_C.edit_id == rows[0].edit_id)).all()
        return tuple(_revision(row) for row in rows)

    def last_group(self, author: str) -> tuple[int, str, tuple[int, ...]] | None:
        """The group of edits, its title and its images, of which the newest revision is one that stands.

        None where the last thing that was done is something else, or was to take something back, and where
        it or one of the edits is not by ``author``.
        """
        last = select(_C.of_edit, _C.kind, _C.title, _C.author).order_by(_C.id.desc()).limit(1)
        with self._database.read() as connection:
            row = connection.execute(last).one_or_none()
            if row is None or row.kind == str(RevisionKind.UNDO) or row.author != author:
                return None
            mine = (_C.of_edit == row.of_edit, _C.kind == str(RevisionKind.EDIT))
            wanted = select(_C.edit_id, _C.image_id, _C.author)
            edits = connection.execute(wanted.where(*mine).distinct()).all()
        if len({one.edit_id for one in edits}) < 2 or any(one.author != author for one in edits):
            return None
        return int(row.of_edit), str(row.title), tuple(sorted({int(one.image_id) for one in edits}))

    def count(self) -> int:
        """How many revisions there are."""
        with self._database.read() as connection:
            return int(connection.execute(select(func.count()).select_from(tables.revisions)).scalar_one())

    def _where(self, condition: Any) -> tuple[Revision, ...]:
        with self._database.read() as connection:
            return _revisions(connection, condition)


def revisions_of(connection: Connection, ids: Ids) -> dict[int, tuple[Revision, ...]]:
    """All revisions of each image and of its garments, oldest first, within a transaction."""
    found: dict[int, list[Revision]] = {int(image_id): [] for image_id in ids}
    for part in chunks(ids):
        for revision in _revisions(connection, _C.image_id.in_(part)):
            found[revision.image_id].append(revision)
    return {image_id: tuple(revisions) for image_id, revisions in found.items()}


def _revisions(connection: Connection, condition: Any) -> tuple[Revision, ...]:
    rows = connection.execute(select(tables.revisions).where(condition).order_by(_C.id)).all()
    return tuple(_revision(row) for row in rows)


def _revision(row: Row[Any]) -> Revision:
    return Revision(
        id=row.id,
        edit_id=row.edit_id,
        of_edit=row.of_edit,
        kind=RevisionKind(row.kind),
        title=row.title,
        author=row.author,
        origin=Origin(row.origin),
        at=when(row.at),
        image_id=row.image_id,
        garment_id=row.garment_id,
        before=load_state(row.before),
        after=load_state(row.after),
    )


def steps_of(connection: Connection, image_id: int) -> list[Step]:
    """What was done to an image, oldest first, without the states; within a transaction."""
    query = (
        select(_C.edit_id, _C.of_edit, _C.kind, _C.title, _C.at, _C.image_id)
        .where(_C.edit_id.in_(select(_C.edit_id).where(_C.image_id == image_id)))
        .order_by(_C.id)
    )
    found: dict[int, tuple[Any, dict[int, None]]] = {}
    for row in connection.execute(query):
        found.setdefault(row.edit_id, (row, {}))[1][row.image_id] = None
    return [
        Step(row.edit_id, row.of_edit, RevisionKind(row.kind), row.title, when(row.at), tuple(images))
        for row, images in found.values()
    ]
