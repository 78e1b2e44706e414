"""One image in front of a person: its garments, and the one road by which they change."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from store.db import tables
from store.db.change import Change
from store.db.changes import Entry as Saved
from store.db.changes import save
from store.db.garments import garments_of
from store.db.images import images_of
from store.db.revisions import Revision, RevisionKind, Step, steps_of
from store.db.store import Store
from store.document.edits import Edit
from store.document.history import Entry, History
from store.errors import ConflictError, GoneError
from store.records import Garment, Image

Listener = Callable[[frozenset[int]], None]


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What the store had of an image: itself, its garments, what was done to it. ``changes``: how often the
    document had been changed here before it was read."""

    image: Image
    garments: tuple[Garment, ...]
    steps: tuple[Step, ...]
    changes: int


class Document:
    """An image with its garments and history, as the store has them.

    Every edit is saved at once. Undo and redo are saved as revisions of their own and go as far back as
    the revisions of the image do, over restarts, whoever made them. An edit that changed other images too
    is undone there as well; :attr:`undo_images` says which. Listeners in ``on_change`` are called with
    the ids of the garments that changed, 0 for the image itself.
    """

    def __init__(self, store: Store, image_id: int, *, author: str = "") -> None:
        """StoreError when the store has no such image."""
        self._store = store
        self._author = author
        self._image_id = image_id
        self._last_edit = self._changes = self._checked = 0
        #: The edits from ``_checked`` on that are known: the last that was read, and those made here.
        self._known: set[int] = set()
        self.on_change: list[Listener] = []
        #: The image and its garments as they are shown: as the store has them.
        self.image: Image
        self.garments: tuple[Garment, ...]
        self.saved_at: datetime | None = None
        self._history = History()
        self._know(self._read())

    def apply(self, edit: Edit) -> Revision:
        """Saves an edit. When it returns, a kill of the program does not lose it.

        Returns the revision of the edit's first garment (or of the image). ConflictError when somebody
        else has changed one of the garments meanwhile; StoreError when it cannot be saved.
        """
        if not edit.changes:
            raise ValueError(f"the edit {edit.title!r} changes nothing")
        entry = Saved(edit.title, self._author, edit.origin)
        return self._take(save(self._store.database, entry, edit.changes))

    def undo(self) -> Revision | None:
        """Takes back the last edit that stands; None when there is none.

        ConflictError when what it made has been changed since by somebody else.
        """
        return self._back(RevisionKind.UNDO, self._history.undo)

    def redo(self) -> Revision | None:
        """Makes the edit again that was taken back last; None when there is none, errors as in undo."""
        return self._back(RevisionKind.REDO, self._history.redo)

    @property
    def undo_title(self) -> str | None:
        """The title of what :meth:`undo` would take back, saying so where it changes other images too."""
        return self._title(self._history.undo)

    @property
    def redo_title(self) -> str | None:
        """The title of what :meth:`redo` would make again, as :attr:`undo_title`."""
        return self._title(self._history.redo)

    @property
    def undo_images(self) -> tuple[int, ...]:
        """The ids of other images that :meth:`undo` would change."""
        return self._others(self._history.undo)

    @property
    def redo_images(self) -> tuple[int, ...]:
        """The ids of other images that :meth:`redo` would change."""
        return self._others(self._history.redo)

    def garment(self, garment_id: int) -> Garment | None:
        """The garment of an id, if the image has it."""
        return next((garment for garment in self.garments if garment.id == garment_id), None)

    def refresh(self) -> bool:
        """Reads the image again; True when it is not as this document knew it. Errors as in :meth:`read`."""
        return self.take(self.read())

    def read(self) -> Seen:
        """What the store has of the image now, for :meth:`take`; any thread may read.

        GoneError where the image is in the store no more.
        """
        with self._store.database.read() as connection:
            there = select(tables.images.c.id).where(tables.images.c.id == self._image_id)
            if connection.execute(there).scalar() is None:
                raise GoneError(f"Image {self._image_id} is no longer in the store.", "Go to another image.")
        return self._read()

    def knows_all(self) -> bool:
        """Whether nobody has saved an edit of the image that is not known here; any thread may ask.

        It costs what was saved since it was asked last, however long the history is.
        """
        row = tables.revisions.c
        later = select(row.edit_id).where(row.image_id == self._image_id, row.id > self._checked)
        with self._store.database.read() as connection:
            found = set(connection.execute(later).scalars())
        if not found <= self._known:
            return False
        self._checked = max(found, default=self._checked)
        return True

    def take(self, seen: Seen) -> bool:
        """Takes over what was read; True when it is not as this document knew it.

        What was read before a change was made here is old, and not taken.
        """
        if seen.changes != self._changes:
            return False
        image, garments, last = self.image, self.garments, self._last_edit
        self._know(seen)
        changed = _differing(garments, self.garments)
        if not image.same_as(self.image):
            changed |= {0}
        if changed:
            self._tell(changed)
        return bool(changed) or last != self._last_edit

    def _read(self) -> Seen:
        changes = self._changes
        with self._store.database.read() as connection:
            image = images_of(connection, [self._image_id])[0][0]
            garments = garments_of(connection, [self._image_id])[self._image_id]
            return Seen(image, garments, tuple(steps_of(connection, self._image_id)), changes)

    def _know(self, seen: Seen) -> None:
        self._history = History.of(seen.steps)
        if seen.steps:
            self.saved_at, self._last_edit = seen.steps[-1].at, seen.steps[-1].edit_id
        self._checked, self._known = self._last_edit, {self._last_edit}
        self._set(seen.image, seen.garments)

    def _set(self, image: Image, garments: tuple[Garment, ...]) -> None:
        """This is what the store has."""
        self.image, self.garments = image, garments

    def _stored(self) -> tuple[Image, tuple[Garment, ...]]:
        """The image and its garments as the store had them when it was read or written last."""
        return self.image, self.garments

    def _back(self, kind: RevisionKind, stack: list[Entry]) -> Revision | None:
        if not stack:
            return None
        entry = stack[-1]
        revisions = self._store.revisions.of_edit(entry.last_id)
        # In reverse, as the changes were made; what was after is what should still be there.
        changes = [Change(revision.after, revision.before) for revision in reversed(revisions)]
        saved = Saved(entry.title, self._author, revisions[0].origin, kind, entry.edit_id)
        known = {garment.id: garment.version for garment in self.garments}
        self._expect_known(changes, known, entry)
        return self._take(save(self._store.database, saved, changes, known))

    def _expect_known(self, changes: Iterable[Change], known: dict[int, int], entry: Entry) -> None:
        for change in changes:
            before = change.before
            gone = isinstance(before, Garment) and before.id not in known
            if gone and change.image_id == self._image_id:
                raise ConflictError(
                    f'"{entry.title}" cannot be taken back: garment {change.state.id} of image '
                    f"{self._image_id} has been deleted since.",
                    "Correct it by hand instead.",
                )

    def _take(self, revisions: list[Revision]) -> Revision:
        """Brings the document to what was saved, without reading it again."""
        images = tuple(dict.fromkeys(revision.image_id for revision in revisions))
        own = [revision for revision in revisions if revision.image_id == self._image_id]
        image, before = self._stored()
        garments = {garment.id: garment for garment in before}
        for revision in own:
            if isinstance(revision.after, Image):
                image = revision.after
            elif revision.after is None:
                garments.pop(revision.garment_id, None)
            else:
                garments[revision.garment_id] = revision.after
        self._changes += 1
        self._known |= {revision.edit_id for revision in own}
        self._set(image, tuple(sorted(garments.values(), key=lambda g: (g.position, g.id))))
        first = next((revision for revision in revisions if revision.garment_id), revisions[0])
        if own:
            entry = Entry(first.of_edit, first.edit_id, first.title, images)
            self._history.take(first.kind, entry)
            self.saved_at, self._last_edit = first.at, first.edit_id
            self._tell({revision.garment_id for revision in own})
        return first

    def _title(self, stack: list[Entry]) -> str | None:
        if not stack:
            return None
        others = len(self._others(stack))
        if not others:
            return stack[-1].title
        return f"{stack[-1].title} (also changes {others} other image{'s' if others > 1 else ''})"

    def _others(self, stack: list[Entry]) -> tuple[int, ...]:
        return tuple(i for i in stack[-1].images if i != self._image_id) if stack else ()

    def _tell(self, changed: Iterable[int]) -> None:
        ids = frozenset(changed)
        for listener in list(self.on_change):
            listener(ids)


def _differing(before: tuple[Garment, ...], after: tuple[Garment, ...]) -> set[int]:
    old = {garment.id: garment for garment in before}
    new = {garment.id: garment for garment in after}
    return {i for i in old.keys() | new.keys() if i not in old or i not in new or not old[i].same_as(new[i])}
