"""The one road by which annotations change: states before and after, checked and saved with history.

Everything here happens in one transaction. It is durable against a kill of the process when
:func:`save` returns (see the pragmas in :mod:`store.db.sqlite`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from store.db import tables
from store.db.change import Change, State
from store.db.engine import Database
from store.db.images import tags_of
from store.db.reviewing import follow
from store.db.revisions import Revision, RevisionKind
from store.db.rows import (
    Values,
    garment_of,
    garment_values,
    image_of,
    image_values,
    microseconds,
    next_touch,
    take_ids,
)
from store.db.states import dump_state
from store.db.views import set_tags
from store.errors import ConflictError, GoneError
from store.notes import only_notes_differ
from store.records import Garment, Image, Origin, Review

_I = tables.images.c
_G = tables.garments.c
# Built once: building a statement costs more than running it, and these run while somebody drags.
_IMAGE = select(tables.images).where(_I.id == bindparam("wanted"))
_GARMENT = select(tables.garments).where(_G.id == bindparam("wanted"))
TOUCH = (
    update(tables.images)
    .where(_I.id == bindparam("wanted"))
    .values(changed=bindparam("now"), garments=_I.garments + bindparam("more"), touched=bindparam("number"))
)
#: What a picture file says of itself; it may change at any time and is nobody's edit.
_NO_EDIT = frozenset({"id", "version", "width", "height", "size_known", "state"})


@dataclass(frozen=True, slots=True)
class Entry:
    """What is said of all changes that are saved together. ``of_edit`` 0: this is an edit itself."""

    title: str
    author: str = ""
    origin: Origin = Origin.PERSON
    kind: RevisionKind = RevisionKind.EDIT
    of_edit: int = 0


def save(
    database: Database, entry: Entry, changes: Sequence[Change], known: Mapping[int, int] | None = None
) -> list[Revision]:
    """Saves changes with their revisions, in one transaction.

    For an edit the version of every ``before`` must be the one in the store. An undo or redo compares
    what the store holds with ``before`` itself, and ``known`` gives the versions that garments had when
    they were read. ConflictError names what somebody else has changed; nothing is written then.
    """
    with database.write() as connection:
        return save_within(connection, entry, changes, known)


def save_within(
    connection: Connection, entry: Entry, changes: Sequence[Change], known: Mapping[int, int] | None = None
) -> list[Revision]:
    """As :func:`save`, within a writing transaction."""
    return _Save(connection, entry, known or {}).run(changes)


def save_choice(
    database: Database, entry: Entry, changes: Sequence[Change], aside: Sequence[Change]
) -> list[Revision]:
    """Saves what somebody decided after a conflict, in one transaction; errors as :func:`save`.

    ``changes`` are made; ``aside`` are made and taken back at once, so that they stand in the history and can
    be made again. Both are made from what is in the store now.
    """
    with database.write() as connection:
        revisions = _Save(connection, entry, {}).run(changes) if changes else []
        if aside:
            made = _Save(connection, entry, {}).run(aside)
            back = replace(entry, kind=RevisionKind.UNDO, of_edit=made[0].edit_id)
            undone = [Change(revision.after, revision.before) for revision in reversed(made)]
            revisions += [*made, *_Save(connection, back, {}).run(undone)]
        return revisions


def edited_fields(before: Image, after: Image) -> dict[str, Any]:
    """What an edit makes of an image: the fields in which both differ, as they are afterwards."""
    return {
        name: getattr(after, name)
        for name in (f.name for f in fields(Image))
        if name not in _NO_EDIT and getattr(before, name) != getattr(after, name)
    }


class _Save:
    def __init__(self, connection: Connection, entry: Entry, known: Mapping[int, int]) -> None:
        self.connection = connection
        self.entry = entry
        self.known = known
        self.is_edit = entry.kind is RevisionKind.EDIT
        self.images: dict[int, Image] = {}
        self.counted: Counter[int] = Counter()
        self.done: list[tuple[int, int, State | None, State | None]] = []

    def run(self, changes: Sequence[Change]) -> list[Revision]:
        for change in changes:
            self.images.setdefault(change.image_id, self._image(change.image_id))
        for change in changes:
            if isinstance(change.state, Image):
                self._save_image(change)
        # What a file says anew is no beginning of a person's review.
        if self.is_edit and self.entry.origin is not Origin.FILE:
            self._start_review(changes)
        for change in changes:
            if isinstance(change.state, Garment):
                self._save_garment(change)
        return self._write_revisions()

    def _image(self, image_id: int) -> Image:
        row = self.connection.execute(_IMAGE, {"wanted": image_id}).one_or_none()
        if row is None:
            raise GoneError(f"Image {image_id} is no longer in the store.", "Go to another image.")
        return image_of(row, tags_of(self.connection, [image_id]).get(image_id, ()))

    def _start_review(self, changes: Sequence[Change]) -> None:
        explicit = {c.image_id for c in changes if isinstance(c.state, Image)}
        for image_id, image in list(self.images.items()):
            if image_id not in explicit and image.review is Review.TO_DO:
                self._write_image(image, image.but(review=Review.IN_PROGRESS))

    def _save_image(self, change: Change) -> None:
        before, after = change.before, change.after
        if not isinstance(before, Image) or not isinstance(after, Image):
            raise ValueError("images are not added or deleted by edits")
        current = self.images[after.id]
        edited = edited_fields(before, after)
        if self.is_edit:
            stale = current.version != before.version
        else:
            stale = not current.same_as(current.but(**{n: getattr(before, n) for n in edited}))
        if stale:
            raise self._conflict(f'image {current.id} ("{current.name}")')
        self._write_image(current, current.but(**edited))

    def _write_image(self, current: Image, after: Image) -> None:
        after = after.but(version=current.version + 1)
        row = tables.images
        values = differing(image_values(current), image_values(after))
        self.connection.execute(update(row).where(_I.id == after.id).values(values))
        if after.tags != current.tags:
            set_tags(self.connection, after.id, after.tags)
        self.images[after.id] = after
        self.done.append((after.id, 0, current, after))

    def _save_garment(self, change: Change) -> None:
        before, after = change.before, change.after
        assert not isinstance(before, Image)
        assert not isinstance(after, Image)
        garment_id = (after or before or Garment()).id
        current = self._current(garment_id)
        self._check(garment_id, current, before)
        if after is None:
            self.connection.execute(delete(tables.garments).where(_G.id == garment_id))
            self.counted[change.image_id] -= 1
        elif before is None or current is None:
            after = self._insert(after)
        else:
            # A note says nothing of the garment: whoever said it, still does.
            said = after.but(origin=current.origin) if only_notes_differ(current, after) else None
            after = (said or self._with_origin(after)).but(version=current.version + 1)
            values = differing(garment_values(current), garment_values(after))
            self.connection.execute(update(tables.garments).where(_G.id == garment_id).values(values))
        self.done.append((change.image_id, (after or before or Garment()).id, current, after))

    def _insert(self, garment: Garment) -> Garment:
        if garment.id:  # Taken back: it keeps its id, and its version goes on from where it was.
            after = garment.but(version=garment.version + 1)
        else:
            new_id = take_ids(self.connection, "garments", 1)
            after = self._with_origin(garment).but(id=new_id, version=1)
        values = {"id": after.id, **garment_values(after)}
        self.connection.execute(insert(tables.garments), values)
        self.counted[after.image_id] += 1
        return after

    def _with_origin(self, garment: Garment) -> Garment:
        return garment.but(origin=self.entry.origin) if self.is_edit else garment

    def _current(self, garment_id: int) -> Garment | None:
        if not garment_id:
            return None
        row = self.connection.execute(_GARMENT, {"wanted": garment_id}).one_or_none()
        return None if row is None else garment_of(row)

    def _check(self, garment_id: int, current: Garment | None, before: Garment | None) -> None:
        """Whether the store still holds the state that the change is made from."""
        if current is None or before is None:
            fresh = current is None and before is None
        elif self.is_edit:
            fresh = current.version == before.version
        else:
            fresh = current.same_as(before, ignore=frozenset({"version"}))
            fresh = fresh and self.known.get(garment_id, current.version) == current.version
        if not fresh:
            image_id = (before or current or Garment()).image_id
            raise self._conflict(f"garment {garment_id} of image {image_id}")

    def _conflict(self, what: str) -> ConflictError:
        if self.is_edit:
            return ConflictError(
                f'"{self.entry.title}" was not saved: somebody else has changed {what} meanwhile.',
                "Look at the change and make yours again.",
            )
        return ConflictError(
            f'"{self.entry.title}" cannot be taken back: {what} has been changed since.',
            "Correct it by hand instead.",
        )

    def _write_revisions(self) -> list[Revision]:
        now = datetime.now(UTC)
        first = edit_id = take_ids(self.connection, "revisions", len(self.done))
        said = {"now": microseconds(now), "number": next_touch(self.connection)}
        for image_id in self.images:
            self.connection.execute(TOUCH, {"wanted": image_id, "more": self.counted[image_id], **said})
        follow(self.connection, self.entry.author, now, self.done)
        revisions = [
            Revision(
                id=first + i,
                edit_id=edit_id,
                of_edit=self.entry.of_edit or edit_id,
                kind=self.entry.kind,
                title=self.entry.title,
                author=self.entry.author,
                origin=self.entry.origin,
                at=now,
                image_id=image_id,
                garment_id=garment_id,
                before=before,
                after=after,
            )
            for i, (image_id, garment_id, before, after) in enumerate(self.done)
        ]
        self.connection.execute(insert(tables.revisions), [revision_values(r) for r in revisions])
        return revisions


def differing(before: Values, after: Values) -> Values:
    """Only these columns are written: an index is then left alone unless something in it changed."""
    return {name: value for name, value in after.items() if value != before[name]}


def revision_values(revision: Revision) -> Values:
    """The columns of a revision."""
    return {
        "id": revision.id,
        "edit_id": revision.edit_id,
        "of_edit": revision.of_edit,
        "kind": str(revision.kind),
        "title": revision.title,
        "author": revision.author,
        "origin": str(revision.origin),
        "at": microseconds(revision.at),
        "image_id": revision.image_id,
        "garment_id": revision.garment_id,
        "before": dump_state(revision.before),
        "after": dump_state(revision.after),
    }
