"""Images that a dataset has already and that are read again: what changed at the source is taken over.

What a file says now, what it said at the last import and what the store says are three things. Where only
the file has changed, the store follows, with a revision that can be undone. Where only somebody edited, the
edit stays. Where both did, they are in conflict, and :class:`Conflicts` says who wins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from time import perf_counter, sleep
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from store.db import tables
from store.db.change import Change
from store.db.changes import Entry, save_within
from store.db.engine import Database
from store.db.garments import garments_of
from store.db.images import images_of
from store.db.problems import insert_problems
from store.db.revisions import Revision, revisions_of
from store.db.rows import Values, garment_values, image_values, next_touch
from store.db.sides import Three, bases_of, filled, matched
from store.notes import notes_of, with_notes, without_notes
from store.records import Garment, Image, ImageRecord, Origin, Problem, Record, Review

#: How long the write lock is held at most, about, and for how long others may have it then.
_HOLD_SECONDS = 0.012
_PAUSE_SECONDS = 0.002
#: So many images are read for merging at once; fewer are written where that takes long.
_AT_ONCE = 8
_TITLE = "Imported again"
#: The problem of an image whose edits were kept although its file says something else by now.
KEPT = "import-kept"
#: The problem of an image whose annotation cannot be read.
UNREAD = "json"
#: The problem of an image some of whose rows or entries were whole the last time.
SPARED = "damage-spared"
#: Problems with which a part of an image's annotation was not read: what it said before still holds.
_DAMAGE = frozenset(
    {"row-short", "clothes-type", "item-damaged", "fact-damaged", "box-damaged", "landmarks-length"}
    | {"landmarks-damaged", "attributes-length", "polygons-damaged", "mask-damaged", "category-unknown"}
)
#: The problem of an image that had an annotation file of its own, and has none now.
UNSAID = "annotation-gone"

_I, _G, _P = tables.images.c, tables.garments.c, tables.problems.c
#: What the picture file says of itself: it is nobody's edit and always follows.
_PICTURE = ("width", "height", "size_known", "state")
_IMAGE = ("split", "role", "domain", "pair_id", "extra")
_GARMENT = tuple(
    name for name in garment_values(Garment()) if name not in ("image_id", "position", "version", "origin")
)
_PROBLEM = ("code", "message", "severity", "file", "item")


class Conflicts(StrEnum):
    """Who wins where somebody has edited what the file says otherwise by now: the edit, or the file."""

    KEEP = "keep"
    THEIRS = "theirs"


class Again:
    """Takes images that the store has, as their files say them now.

    Counts images: ``same``; ``changed``, as their files say now; ``kept``, with an edit that is in conflict;
    ``overwritten``, with an edit that the file has won over (these are among the changed); ``silent``, whose
    annotation is not there any more, and ``spared``, of which a part is damaged (these are among the changed
    and the same).
    """

    def __init__(self, database: Database, conflicts: Conflicts = Conflicts.KEEP) -> None:
        self._database = database
        self._conflicts = conflicts
        self.same = self.changed = self.kept = self.overwritten = self.silent = self.spared = 0

    def merge(self, records: Sequence[ImageRecord]) -> None:
        """Takes records whose images have the ids that they have in the store.

        Mostly nothing has changed: that is found out without the write lock. StoreError where an image is
        not in the store or it cannot be written.
        """
        with self._database.read() as connection:
            same = _Stored(connection, [record.image.id for record in records])
            rest = [record for record in records if not same.as_in(record)]
        self.same += len(records) - len(rest)
        while rest:
            with self._database.write() as connection:
                done = self._some(connection, rest[:_AT_ONCE])
            del rest[:done]
            sleep(_PAUSE_SECONDS)

    def _some(self, connection: Connection, records: Sequence[ImageRecord]) -> int:
        """Takes the first of these, as many as there is time for; gives back how many."""
        start = perf_counter()
        ids = [record.image.id for record in records]
        images = images_of(connection, ids)
        garments, revisions = garments_of(connection, ids), revisions_of(connection, ids)
        for done, (record, (image, _, counted)) in enumerate(zip(records, images, strict=True), 1):
            merge = _Merge(connection, record, self._conflicts)
            merge.run(image, counted, garments[image.id], revisions[image.id])
            self._count(merge)
            if perf_counter() - start > _HOLD_SECONDS:
                return done
        return len(records)

    def _count(self, merge: _Merge) -> None:
        self.silent += merge.silent
        self.spared += bool(merge.spared)
        if merge.kept:
            self.kept += 1
        elif merge.changed:
            self.changed += 1
            self.overwritten += merge.won
        else:
            self.same += 1


class _Stored:
    """What the store says of some images, as it lies in the tables."""

    def __init__(self, connection: Connection, ids: Sequence[int]) -> None:
        image = select(_I.id, *(_I[name] for name in (*_IMAGE, *_PICTURE))).where(_I.id.in_(ids))
        garment = select(_G.image_id, *(_G[name] for name in _GARMENT)).where(_G.image_id.in_(ids))
        problem = select(_P.image_id, *(_P[name] for name in _PROBLEM)).where(_P.image_id.in_(ids))
        self._images = {row[0]: row[1:] for row in connection.execute(image)}
        self._garments = _grouped(connection.execute(garment.order_by(_G.position, _G.id)))
        self._problems = _grouped(connection.execute(problem.order_by(_P.id)))

    def as_in(self, record: ImageRecord) -> bool:
        """Whether the store says what the file says."""
        image = record.image
        values = image_values(image)
        if image.tags or image.review is not Review.TO_DO:
            return False
        return (
            self._images.get(image.id) == tuple(values[name] for name in (*_IMAGE, *_PICTURE))
            and self._garments[image.id] == [_compared(garment_values(g)) for g in record.garments]
            and self._problems[image.id] == [_told(problem) for problem in record.problems]
        )


def _grouped(rows: Iterable[Row[Any]]) -> defaultdict[int, list[tuple[Any, ...]]]:
    found: defaultdict[int, list[tuple[Any, ...]]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(tuple(row[1:]))
    return found


def _compared(values: Values) -> tuple[Any, ...]:
    return tuple(values[name] for name in _GARMENT)


def _told(problem: Problem) -> tuple[str, ...]:
    return tuple(str(getattr(problem, name)) for name in _PROBLEM)


def _says(garment: Garment | None) -> tuple[Any, ...] | None:
    """What a garment says, in a form that can be compared; None of one that is not there.

    What people note about it is no part of that: it is neither taken over nor in anybody's way.
    """
    if garment is None:
        return None
    return _compared(garment_values(garment.but(extra=without_notes(garment.extra))))


def _noted(mine: Garment | Image, base: Garment | Image | None, theirs: Garment | Image) -> Mapping[str, Any]:
    """``extra`` of ``mine`` with the notes of the file that are new: not there, and not taken away here."""
    had = {note.id for note in (*notes_of(mine), *notes_of(base))}
    new = [note for note in notes_of(theirs) if note.id not in had]
    return with_notes(mine.extra, [*notes_of(mine), *new]) if new else mine.extra


@dataclass(slots=True)
class _Merge:
    """One image, within a writing transaction."""

    connection: Connection
    record: ImageRecord
    conflicts: Conflicts
    changed: bool = False
    won: bool = False
    silent: bool = False
    kept: list[str] = field(default_factory=list)
    spared: list[str] = field(default_factory=list)

    def run(
        self, image: Image, counted: int, garments: Sequence[Garment], revisions: Iterable[Revision]
    ) -> None:
        """Takes the record over; the image has so many problems, these garments and this history."""
        bases, last = bases_of(revisions)
        changes: list[Change] = []
        # A file that cannot be read, or is not there any more, says nothing, and not that there is nothing.
        unread = any(problem.code == UNREAD for problem in self.record.problems)
        self.silent = not unread and _has_file(image) and not _has_file(self.record.image)
        if not (unread or self.silent):
            changes = [*self._image(image, bases), *self._garments(garments, bases, last)]
        if changes:
            save_within(self.connection, Entry(_TITLE, origin=Origin.FILE), changes)
            self.changed = True
        self._picture(image, unread or self.silent)
        self._problems(counted)

    def _wins(self, mine: object, base: object, theirs: object, what: str) -> bool:
        """Whether the file's word is taken over; a conflict is noted."""
        if theirs in (mine, base):
            return False
        if mine == base:
            return True
        if self.conflicts is Conflicts.KEEP:
            self.kept.append(what)
            return False
        self.won = True
        return True

    def _image(self, image: Image, bases: Mapping[int, Record | None]) -> list[Change]:
        base = bases.get(0, image)
        assert isinstance(base, Image)
        said = self.record.image
        # What most files are silent about must not take away what somebody said.
        silent = {"split": "", "review": Review.TO_DO, "tags": ()}
        mine, was, now = _facts(image), _facts(base), _facts(said)
        taken = {
            name: getattr(said, name)
            for name in now
            if getattr(said, name) != silent.get(name, self)
            and self._wins(mine[name], was[name], now[name], name)
        }
        extra = _noted(image, base, said)
        if "extra" in taken:
            taken["extra"] = with_notes(taken["extra"], notes_of(image.but(extra=extra)))
        elif extra is not image.extra:
            taken["extra"] = extra
        return [Change(image, image.but(**taken))] if taken else []

    def _garments(
        self, garments: Sequence[Garment], bases: Mapping[int, Record | None], last: Mapping[int, int]
    ) -> list[Change]:
        return [
            change
            for three in matched(garments, bases, last, self.record.garments)
            for change in self._garment(three)
        ]

    def _garment(self, three: Three) -> list[Change]:
        if self._is_damaged(three):
            theirs = three.base if three.theirs is None else filled(three.theirs, three.base or Garment())
            if theirs is not three.theirs:
                self.spared.append(_name_of(theirs))
                three.theirs = theirs
        mine, theirs = three.mine, three.theirs
        name = _name_of(theirs or three.base)
        if not self._wins(_says(mine), _says(three.base), _says(theirs), name):
            return self._beside(three)
        if theirs is None:
            return [Change(mine, None)]
        image_id = self.record.image.id
        if mine is None:
            # One that somebody had deleted comes back under its id, with its history.
            return [
                Change(None, theirs.but(id=three.garment_id, image_id=image_id, version=max(1, three.last)))
            ]
        notes = notes_of(mine.but(extra=_noted(mine, three.base, theirs)))
        extra = with_notes(theirs.extra, notes)
        return [Change(mine, theirs.but(id=mine.id, image_id=image_id, version=mine.version, extra=extra))]

    @staticmethod
    def _beside(three: Three) -> list[Change]:
        """What is taken over of a garment that says the same, or keeps what it says: its place, new notes."""
        mine, theirs = three.mine, three.theirs
        if mine is None or theirs is None:
            return []
        moved = mine.position != theirs.position and mine.origin is Origin.FILE
        extra = _noted(mine, three.base, theirs)
        if not moved and extra is mine.extra:
            return []
        return [Change(mine, mine.but(position=theirs.position if moved else mine.position, extra=extra))]

    def _is_damaged(self, three: Three) -> bool:
        """Whether the file said a garment, and is damaged where it does."""
        base = three.base
        damage = {problem.item for problem in self.record.problems if problem.code in _DAMAGE}
        # Where a garment has no name of its own, nobody knows which of them the damage is about.
        return base is not None and bool(damage) and (not base.key or base.key in damage)

    def _picture(self, image: Image, unread: bool) -> None:
        """What the picture says of itself; without one, a size is only as large as the annotation needs."""
        now, was = image_values(self.record.image), image_values(image)
        names = ("state",) if unread and not self.record.image.size_known else _PICTURE
        values = {name: now[name] for name in names if now[name] != was[name]}
        if values:
            values["touched"] = next_touch(self.connection)
            self.connection.execute(update(tables.images).where(_I.id == image.id).values(values))
            self.changed = True

    def _left(self) -> Iterator[Problem]:
        """What was left as the store says it, although the files do not say it."""
        name = self.record.image.name
        if self.silent:
            words = "The annotation of the image is not there any more; what it said was left in the store."
            yield Problem(code=UNSAID, message=words, file=name)
        if self.spared:
            words = "What the files said the last time was left in the store, because they are damaged here: "
            words += f"{', '.join(self.spared)}."
            yield Problem(code=SPARED, message=words, file=name, item=self.spared[0])
        if self.kept:
            words = "What was edited here was kept, although the files say something else by now: "
            words += f"{', '.join(self.kept)}."
            yield Problem(code=KEPT, message=words, file=name, item=self.kept[0])

    def _problems(self, counted: int) -> None:
        image = self.record.image
        wanted = [*self.record.problems, *self._left()]
        query = select(*(_P[name] for name in _PROBLEM)).where(_P.image_id == image.id).order_by(_P.id)
        if [tuple(row) for row in self.connection.execute(query)] == [_told(problem) for problem in wanted]:
            return
        self.connection.execute(delete(tables.problems).where(_P.image_id == image.id))
        keyed = self.connection.execute(select(_G.key, _G.id).where(_G.image_id == image.id, _G.key != ""))
        keys = {str(key): int(garment_id) for key, garment_id in keyed}
        if wanted:
            insert_problems(
                self.connection,
                [
                    problem.but(
                        dataset_id=image.dataset_id, image_id=image.id, garment_id=keys.get(problem.item, 0)
                    )
                    for problem in wanted
                ],
            )
        if wanted or counted:
            values = {"problems": len(wanted), "touched": next_touch(self.connection)}
            self.connection.execute(update(tables.images).where(_I.id == image.id).values(values))


def _name_of(garment: Garment | None) -> str:
    some = garment or Garment()
    return some.key or f"garment {some.position + 1}"


def _has_file(image: Image) -> bool:
    """Whether what is said of an image comes from a file of its own, as its format has noted."""
    return any(isinstance(notes, Mapping) and notes.get("file") is True for notes in image.extra.values())


def _facts(image: Image) -> Values:
    values = image_values(image.but(extra=without_notes(image.extra)))
    return {
        **{name: values[name] for name in _IMAGE},
        "review": image.review,
        "tags": tuple(sorted(image.tags)),
    }
