"""Corrections made on the wall: each an edit of its image, with an undo and a redo of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.controllers import away
from app.controllers.retrieval.work import LongWork
from app.session import Session
from store.document.edits import Edit
from store.document.order_edits import is_locked
from store.errors import ConflictError, StudioError
from store.progress import Progress
from store.records import Garment, Image

if TYPE_CHECKING:
    from store.db.change import Change
    from store.document.many import Outcome

#: Makes the edit of a garment as it is now, in its image.
Make = Callable[[Garment, Image], Edit]
#: So many corrections are remembered, to be taken back.
_MOST = 1000
_VERSION = frozenset({"version"})


@dataclass(frozen=True, slots=True)
class _Done:
    """What was done to a garment, and what it was afterwards."""

    title: str
    garment: Garment


@dataclass(frozen=True, slots=True)
class _Many:
    """What was done to garments of many images at once."""

    title: str
    outcome: Outcome


class SweepEdits(QObject):
    """Saves edits of images that are not open in Annotate. ``saved(Garment)`` after each, ``failed(error)``;
    ``many_saved(Sequence[Garment])`` after a change of many images.

    Undo takes back what was done here, in any image, the last first; what somebody has changed since is left.
    """

    saved = Signal(object)
    many_saved = Signal(object)
    failed = Signal(object)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.work = LongWork(session, self)
        self._undo: list[_Done | _Many] = []
        self._redo: list[_Done | _Many] = []
        #: While it is told of, what changed is known here already.
        self.telling = False

    @property
    def undo_title(self) -> str:
        """What undo would take back, "" for nothing."""
        return self._undo[-1].title if self._undo else ""

    @property
    def redo_title(self) -> str:
        """What redo would make again, "" for nothing."""
        return self._redo[-1].title if self._redo else ""

    def forget(self) -> None:
        """Another store: nothing of this one can be undone."""
        self._undo.clear()
        self._redo.clear()

    def _is_away(self) -> bool:
        """Whether the database is known not to answer; says so. To ask it would hold the window up."""
        if self._session.others.away:
            self.failed.emit(away.refusal())
        return self._session.others.away

    # -- one garment ----------------------------------------------------------------------------

    def apply(self, image_id: int, garment_id: int, size: int, make: Make) -> bool:
        """Save an edit of a garment as it is in the store now; False where that could not be.

        ``size`` is how many landmarks it must have: with others a place would mean another landmark.
        """
        from store.document import Document

        if self.work.busy() or self._is_away():
            return False
        try:
            document = Document(self._session.needed(), image_id, author=self._session.settings.author)
            garment = document.garment(garment_id)
            if garment is None or len(garment.points) != size:
                raise ConflictError(
                    f"Garment {garment_id} of image {image_id} was deleted or has another category now.",
                    "Open the sweep again.",
                )
            if is_locked(garment):
                raise StudioError(f"Garment {garment_id} is locked.", "Unlock it in Annotate first.")
            edit = make(garment, document.image)
            if all(_same(change) for change in edit.changes):
                # It is so already: nothing is saved, and nothing to be taken back.
                return True
            document.apply(edit)
        except StudioError as error:
            self.failed.emit(error)
            return False
        self._redo.clear()
        self._took(self._undo, document.garment(garment_id), edit.title)
        return True

    def undo(self) -> None:
        """Take back the last one."""
        self._back(self._undo, self._redo, undoes=True)

    def redo(self) -> None:
        """Make the last one again that was taken back."""
        self._back(self._redo, self._undo, undoes=False)

    def _back(self, stack: list[_Done | _Many], other: list[_Done | _Many], *, undoes: bool) -> None:
        if not stack or self.work.busy() or self._is_away():
            return
        done = stack[-1]
        if isinstance(done, _Many):
            self._back_many(done, stack, other, undoes=undoes)
            return
        try:
            after = self._back_one(done, undoes=undoes)
        except StudioError as error:
            if isinstance(error, ConflictError):
                # It stays as somebody has made it since; for anything else it can be tried again.
                stack.pop()
            self.failed.emit(error)
            return
        stack.pop()
        self._took(other, after, done.title)

    def _back_one(self, done: _Done, *, undoes: bool) -> Garment | None:
        from store.document import Document

        image_id = done.garment.image_id
        document = Document(self._session.needed(), image_id, author=self._session.settings.author)
        garment = document.garment(done.garment.id)
        title = document.undo_title if undoes else document.redo_title
        same = garment is not None and garment.same_as(done.garment, _VERSION)
        if not same or title != done.title:
            raise ConflictError(
                f'"{done.title}" in image {image_id} has been changed since; it stays.',
                "Open the image in Annotate to correct it.",
            )
        document.undo() if undoes else document.redo()
        return document.garment(done.garment.id)

    def _took(self, stack: list[_Done | _Many], garment: Garment | None, title: str) -> None:
        if garment is None:
            return
        self._keep(stack, _Done(title, garment))
        self._tell({garment.image_id})
        self.saved.emit(garment)

    @staticmethod
    def _keep(stack: list[_Done | _Many], done: _Done | _Many) -> None:
        stack.append(done)
        del stack[:-_MOST]

    def _tell(self, image_ids: Set[int]) -> None:
        self.telling = True
        self._session.images_changed.emit(frozenset(image_ids))
        self.telling = False

    # -- many garments --------------------------------------------------------------------------

    def apply_many(self, chosen: Mapping[int, Set[int]], size: int, make: Make) -> None:
        """Make an edit of many garments: ``chosen`` are their ids by that of their image.

        It is saved some images at a time in a thread, and taken back as one. Those that are locked, or have
        another number of landmarks than ``size`` by now, are left as they are.
        """
        if self.work.busy() or not chosen or self._is_away():
            return
        count = sum(len(ids) for ids in chosen.values())
        title = ""

        def plan(image: Image, garments: tuple[Garment, ...]) -> Sequence[Change]:
            nonlocal title
            changes: list[Change] = []
            for garment in garments:
                if garment.id not in chosen[image.id] or len(garment.points) != size or is_locked(garment):
                    continue
                edit = make(garment, image)
                title = edit.title
                changes += [one for one in edit.changes if not _same(one)]
            return changes

        store, author = self._session.needed(), self._session.settings.author

        def work(progress: Progress) -> tuple[Outcome, list[Garment]]:
            from store.document.many import Wish, change_many

            words = f"Correct {count} garments in the sweep"
            outcome = change_many(store, Wish(words, plan), list(chosen), author=author, progress=progress)
            return outcome, self._read(outcome)

        def kept(outcome: Outcome) -> None:
            if len(outcome.changed):
                self._keep(self._undo, _Many(title, outcome))

        self._redo.clear()
        self._run(work, kept)

    def _back_many(
        self, done: _Many, stack: list[_Done | _Many], other: list[_Done | _Many], *, undoes: bool
    ) -> None:
        store, author = self._session.needed(), self._session.settings.author

        def work(progress: Progress) -> tuple[Outcome, list[Garment]]:
            from store.document.many import redo_many, undo_many

            back = undo_many if undoes else redo_many
            outcome = back(store, done.outcome, author=author, progress=progress)
            return outcome, self._read(outcome)

        def moved(part: Outcome) -> None:
            from store.document.many import joined, without

            stack.remove(done)
            if part.stopped:
                stack.append(_Many(done.title, without(done.outcome, part)))
            above = other[-1] if other else None
            if isinstance(above, _Many) and above.outcome.group == part.group:
                other[-1] = _Many(done.title, joined(above.outcome, part))
            elif len(part.changed):
                self._keep(other, _Many(done.title, part))

        self._run(work, moved)

    def _read(self, outcome: Outcome) -> list[Garment]:
        """The garments of what was changed, as they are now."""
        found = self._session.needed().garments.of_images(outcome.changed.tolist())
        return [garment for garments in found.values() for garment in garments]

    def _run(
        self, work: Callable[[Progress], tuple[Outcome, list[Garment]]], then: Callable[[Outcome], None]
    ) -> None:
        """Do it in a thread; ``then`` with what became of it, before that is told."""

        def take(answer: tuple[Outcome, list[Garment]]) -> None:
            outcome, garments = answer
            then(outcome)
            if outcome.error is not None:
                self.failed.emit(outcome.error)
            if len(outcome.changed):
                self._tell(set(outcome.changed.tolist()))
            self.many_saved.emit(garments)

        self.work.run(work, take, self.failed.emit, lambda: None)


def _same(change: Change) -> bool:
    """Whether a change leaves a garment as it was."""
    return (
        change.before is not None
        and change.after is not None
        and change.before.same_as(change.after, _VERSION)
    )
