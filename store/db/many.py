"""Edits of many images in one go: each an edit of its image with a history of its own, saved some at a time.

All edits of a group have the first one as their ``of_edit``. So each can be undone at its image, all of them
together by the group, and opening one image never reads what became of the others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, insert, select, update

from store.db import tables
from store.db.change import Change, State
from store.db.changes import TOUCH, Entry, differing, edited_fields, revision_values
from store.db.garments import garments_of
from store.db.images import tags_of
from store.db.reviewing import follow
from store.db.revisions import Revision, RevisionKind
from store.db.rows import Values, garment_values, image_of, image_values, microseconds, next_touch, take_ids
from store.db.views import tag_ids
from store.records import Garment, Image, Review

#: What is to become of an image and its garments; nothing where it is right as it is.
Plan = Callable[[Image, tuple[Garment, ...]], Sequence[Change]]


@dataclass(slots=True)
class Piece:
    """What one transaction did: ids of images that changed, of those that did not; the group's first edit."""

    group: int
    changed: list[int] = field(default_factory=list)
    left: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Made:
    """A state before and after, with the image that it is of."""

    image_id: int
    before: State
    after: State


def save_piece(
    connection: Connection, entry: Entry, image_ids: Sequence[int], plan: Plan, *, worn: bool = True
) -> Piece:
    """Makes the edits that a plan gives for some images, within a writing transaction.

    The plan is asked with what the store holds now, without garments where they are not ``worn``; an image
    that is not there any more is left.
    ``entry.of_edit`` 0 begins a group. ValueError for a plan that adds or deletes garments.
    """
    found = _images(connection, image_ids)
    garments = garments_of(connection, list(found)) if worn else {}
    made: dict[int, list[_Made]] = {}
    for image_id, image in found.items():
        changes = list(plan(image, garments.get(image_id, ())))
        if changes:
            made[image_id] = [*_of_image(image, changes), *_of_garments(entry, changes)]
    return _write(connection, entry, image_ids, made)


def undo_piece(connection: Connection, entry: Entry, revisions: Sequence[Revision]) -> Piece:
    """Takes back edits of a group (``entry.kind`` UNDO), or makes them again (REDO).

    ``revisions`` are those of the edits themselves. An image where something of it is not any more as the
    edit (or its undo) left it stays as it is.
    """
    again = entry.kind is RevisionKind.REDO
    by_image: dict[int, list[Revision]] = defaultdict(list)
    for revision in revisions:
        by_image[revision.image_id].append(revision)
    images = _images(connection, list(by_image))
    with_garments = list(dict.fromkeys(one.image_id for one in revisions if one.garment_id))
    garments = {one.id: one for some in garments_of(connection, with_garments).values() for one in some}
    made: dict[int, list[_Made]] = {}
    for image_id, mine in by_image.items():
        steps = [
            _step(one.before if again else one.after, one.after if again else one.before, images, garments)
            for one in mine
        ]
        if image_id in images and all(steps):
            made[image_id] = [step for step in steps if step is not None]
    return _write(connection, entry, list(by_image), made)


def _images(connection: Connection, ids: Sequence[int]) -> dict[int, Image]:
    tags = tags_of(connection, ids)
    rows = connection.execute(select(tables.images).where(tables.images.c.id.in_(ids))).all()
    found = {row.id: image_of(row, tags.get(row.id, ())) for row in rows}
    return {image_id: found[image_id] for image_id in ids if image_id in found}


def _of_image(image: Image, changes: Sequence[Change]) -> list[_Made]:
    """What becomes of the image itself. Whoever edits its garments has begun to review it."""
    wanted = [change for change in changes if isinstance(change.state, Image)]
    if not wanted and image.review is Review.TO_DO:
        wanted = [Change(image, image.but(review=Review.IN_PROGRESS))]
    after = image
    for change in wanted:
        assert isinstance(change.before, Image)
        assert isinstance(change.after, Image)
        after = after.but(**edited_fields(change.before, change.after))
    return [_Made(image.id, image, after.but(version=image.version + 1))] if wanted else []


def _of_garments(entry: Entry, changes: Sequence[Change]) -> list[_Made]:
    made = []
    for change in changes:
        before, after = change.before, change.after
        if before is None or after is None:
            raise ValueError(f"{entry.title!r} adds or deletes garments")
        if isinstance(before, Garment) and isinstance(after, Garment):
            after = after.but(version=before.version + 1, origin=entry.origin)
            made.append(_Made(before.image_id, before, after))
    return made


def _step(
    from_: State | None, to: State | None, images: Mapping[int, Image], garments: Mapping[int, Garment]
) -> _Made | None:
    """From what should be there to what was; None where something else is there."""
    if isinstance(from_, Image) and isinstance(to, Image):
        current = images.get(from_.id)
        left = edited_fields(to, from_)
        if current is None or any(getattr(current, name) != value for name, value in left.items()):
            return None
        after = current.but(**edited_fields(from_, to)).but(version=current.version + 1)
        return _Made(current.id, current, after)
    if isinstance(from_, Garment) and isinstance(to, Garment):
        here = garments.get(from_.id)
        if here is None or not here.same_as(from_, ignore=frozenset({"version"})):
            return None
        return _Made(here.image_id, here, to.but(version=here.version + 1))
    return None


def _write(
    connection: Connection, entry: Entry, image_ids: Sequence[int], made: Mapping[int, list[_Made]]
) -> Piece:
    piece = Piece(entry.of_edit, list(made), [one for one in image_ids if one not in made])
    everything = [one for some in made.values() for one in some]
    if not everything:
        return piece
    now = datetime.now(UTC)
    first = take_ids(connection, "revisions", len(everything))
    piece.group = entry.of_edit or first
    _update(connection, tables.images, [one for one in everything if isinstance(one.after, Image)])
    _update(connection, tables.garments, [one for one in everything if isinstance(one.after, Garment)])
    _tag(connection, everything)
    follow(connection, entry.author, now, _told(everything))
    said = {"now": microseconds(now), "number": next_touch(connection), "more": 0}
    connection.execute(TOUCH, [{"wanted": image_id, **said} for image_id in made])
    rows, number = [], first
    for image_id, mine in made.items():
        edit_id = number
        for one in mine:
            rows.append(_revision(entry, one, number, (edit_id, piece.group), now))
            number += 1
        assert all(one.image_id == image_id for one in mine)
    connection.execute(insert(tables.revisions), rows)
    return piece


def _told(made: Sequence[_Made]) -> Iterator[tuple[int, int, State, State]]:
    for one in made:
        yield one.image_id, one.after.id if isinstance(one.after, Garment) else 0, one.before, one.after


def _revision(entry: Entry, made: _Made, number: int, edit: tuple[int, int], now: datetime) -> Values:
    revision = Revision(
        id=number,
        edit_id=edit[0],
        of_edit=edit[1],
        kind=entry.kind,
        title=entry.title,
        author=entry.author,
        origin=entry.origin,
        at=now,
        image_id=made.image_id,
        garment_id=made.after.id if isinstance(made.after, Garment) else 0,
        before=made.before,
        after=made.after,
    )
    return revision_values(revision)


def _update(connection: Connection, table: Table, made: Sequence[_Made]) -> None:
    """Writes the columns that differ; rows that differ in the same ones with one statement."""
    alike: dict[tuple[str, ...], list[Values]] = defaultdict(list)
    for one in made:
        values = differing(_values(one.before), _values(one.after))
        alike[tuple(values)].append({"wanted": one.after.id, **{f"new_{n}": v for n, v in values.items()}})
    for names, rows in alike.items():
        changed: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
        connection.execute(update(table).where(table.c.id == bindparam("wanted")).values(changed), rows)


def _values(state: State) -> Values:
    return image_values(state) if isinstance(state, Image) else garment_values(state)


def _tag(connection: Connection, made: Sequence[_Made]) -> None:
    """Makes the tags of the images whose tags have changed what they are now."""
    tagged = {
        one.image_id: one.after.tags
        for one in made
        if isinstance(one.before, Image)
        and isinstance(one.after, Image)
        and one.before.tags != one.after.tags
    }
    if not tagged:
        return
    link = tables.image_tags
    connection.execute(delete(link).where(link.c.image_id.in_(list(tagged))))
    ids = tag_ids(connection, [name for names in tagged.values() for name in names])
    rows = [
        {"image_id": image_id, "tag_id": ids[name]}
        for image_id, names in tagged.items()
        for name in dict.fromkeys(names)
    ]
    if rows:
        connection.execute(insert(link), rows)
