"""A document that keeps in hand what cannot be saved: the server is away, or somebody else was first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from store.db import tables
from store.db.change import Change, State
from store.db.changes import Entry as Saved
from store.db.changes import save, save_choice
from store.db.revisions import Revision, RevisionKind
from store.db.rows import chunks
from store.db.store import Store
from store.document.clash import Choice, Clash, Key, key_of
from store.document.document import Document
from store.document.edits import Edit
from store.document.hand import Hand, changed_fields, summed, with_changes
from store.document.journal import Journal, images_left
from store.errors import AwayError, ConflictError
from store.records import Garment, Image, Review

#: What does not count when it is asked whether two states say the same.
_COUNTED = frozenset({"version", "origin"})


def images_in_hand(store: Store) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """The ids of the images with changes that a window had in hand when it ended, and names of files.

    Where the image is in the store no more the changes are put aside: they stay in such a file, which nobody
    takes up again. StoreError where the store cannot be read; then all stays as it is.
    """
    left = images_left(store.folder)
    row = tables.images.c
    there: set[int] = set()
    if left:
        with store.database.read() as connection:
            for some in chunks(left):
                there.update(connection.execute(select(row.id).where(row.id.in_(some))).scalars())
    aside = []
    for image_id in left:
        if image_id not in there:
            journal = Journal(store.folder, image_id)
            journal.adopt()
            aside.append(journal.set_aside())
    # One of another window, which was quicker, has no name here.
    return tuple(one for one in left if one in there), tuple(name for name in aside if name)


class KeepingDocument(Document):
    """A document with a hand: edits that are shown, and in a file, but not in the store yet.

    ``image`` and ``garments`` are as they will be when those are saved. What somebody else saves meanwhile is
    shown where no edit in hand has changed the same garment.
    """

    def __init__(self, store: Store, image_id: int, *, author: str = "") -> None:
        """StoreError when the store has no such image. What a process that is gone had in hand is in hand
        again."""
        self._hand = Hand()
        self._base: tuple[Image, tuple[Garment, ...]]
        self._journal = Journal(store.folder, image_id)
        super().__init__(store, image_id, author=author)
        if not store.read_only:
            self._hand = self._journal.adopt()
            self._set(*self._base)

    @property
    def held(self) -> tuple[Edit, ...]:
        """The edits in hand, oldest first."""
        return tuple(self._hand.edits)

    @property
    def uncertain(self) -> bool:
        """Whether the first edit in hand may be saved already: :meth:`save_held` finds that out."""
        return bool(self._hand.edits and self._hand.uncertain)

    @property
    def stored_garments(self) -> tuple[Garment, ...]:
        """The garments as the store had them when it was read or written last."""
        return self._base[1]

    def apply(self, edit: Edit) -> Revision:
        """As in :class:`Document`; what was taken back before it was saved cannot be made again then."""
        revision = super().apply(edit)
        self._hand.undone.clear()
        return revision

    def hold(self, edit: Edit, *, uncertain: bool = False) -> None:
        """Takes an edit in hand that could not be saved. ``uncertain``: nobody knows whether it was.

        StoreError where it cannot be kept in a file; it is in hand nevertheless.
        """
        if not self._hand.edits:
            self._hand.since, self._hand.uncertain = self._last_edit, int(uncertain)
        before = self.garments
        self._hand.take(edit)
        self._changes += 1
        try:
            self._journal.keep(self._hand)
        finally:
            self._show(before)

    def save_held(self) -> int:
        """Saves what is in hand, one edit after the other; how many were.

        ConflictError where somebody else was first, AwayError where the server is away: the edit and those
        behind it stay in hand.
        """
        count = 0
        while self._hand.edits:
            edit = self._hand.first()
            entry = Saved(edit.title, self._author, edit.origin)
            done = self._already(edit) if self._hand.uncertain else []
            # By now it is known: what was not saved then is an edit like any other, as are those behind it.
            self._hand.uncertain = self._hand.uncertain - 1 if done else 0
            try:
                revisions = done or save(self._store.database, entry, edit.changes)
            except AwayError:
                self._hand.uncertain = 1
                self._journal.keep(self._hand)
                raise
            self._hand.saved(revisions)
            self._hand.since = revisions[-1].edit_id
            count += 1
            self._journal.keep(self._hand)
            self._take(revisions)
        return count

    def undo(self) -> Revision | None:
        """Takes back the last edit. One that is in hand is only let go of: None then, too."""
        if not self._hand.edits:
            self._hand.undone.clear()
            return super().undo()
        self._change_hand(self._hand.take_back)
        return None

    def put_off(self) -> None:
        """Lets go of the last edit in hand for good. IndexError where there is none."""
        self._change_hand(self._hand.edits.pop)

    def redo(self) -> Revision | None:
        """Makes the edit again that was taken back last; one that was in hand is in hand again: None then."""
        if not self._hand.undone:
            return None if self._hand.edits else super().redo()
        self._change_hand(self._hand.make_again)
        return None

    def _change_hand(self, change: Callable[[], object]) -> None:
        before = self.garments
        change()
        self._changes += 1
        self._show(before)
        self._journal.keep(self._hand)

    @property
    def undo_title(self) -> str | None:
        """As in :class:`Document`, saying so where the edit is in hand only."""
        if self._hand.edits:
            return f"{self._hand.edits[-1].title} (not saved yet)"
        return super().undo_title

    @property
    def redo_title(self) -> str | None:
        """As in :class:`Document`; what was taken back before it was saved comes first."""
        if self._hand.undone:
            return f"{self._hand.undone[-1].title} (not saved yet)"
        return None if self._hand.edits else super().redo_title

    def as_edit(self, kind: RevisionKind) -> Edit | None:
        """What an undo or redo that is refused would do to garments of this image, as an edit like any other.

        None where it brings back what was deleted, or changes more than garments of this image.
        """
        stack = self._history.undo if kind is RevisionKind.UNDO else self._history.redo
        if not stack or stack[-1].images != (self._image_id,):
            return None
        revisions = [one for one in self._store.revisions.of_edit(stack[-1].last_id) if one.garment_id]
        if not revisions or any(one.after is None for one in revisions):
            return None
        changes = tuple(Change(one.after, one.before) for one in reversed(revisions))
        return Edit(f"{kind.value.capitalize()}: {stack[-1].title}", changes, revisions[0].origin)

    # -- somebody else was first ----------------------------------------------------------------

    def clashes(self) -> tuple[Clash, ...]:
        """What somebody else has changed of what is in hand, as the store has it now.

        GoneError where the image is in the store no more; StoreError where it cannot be read.
        """
        self.refresh()
        if not self._hand.edits:
            return ()
        found = []
        for change in summed(self._hand.edits).changes:
            theirs = self._now(change)
            if change.before is None or not _clash(change, theirs):
                continue
            clash = Clash(change.before, change.after, theirs, *self._last_change(change))
            if not clash.settled and clash.quietly() is None:
                found.append(clash)
        return tuple(found)

    def settle(self, clashes: tuple[Clash, ...], choices: Mapping[Key, Choice]) -> None:
        """Saves what is in hand as it was decided: of each clash mine, theirs, or both.

        What is not taken stands in the history, with the one that took its place. ConflictError where
        somebody has changed it once more; StoreError where it cannot be saved: all stays in hand.
        """
        edit = summed(self._hand.edits)
        asked = {clash.key: clash for clash in clashes}
        changes, aside = [], []
        for change in edit.changes:
            clash = asked.get(key_of(change.state)) if change.before is not None else None
            if clash is None:
                changes += self._unasked(change)
                continue
            choice, theirs = choices[clash.key], clash.theirs
            taken = clash.chosen(choice)
            if taken is not theirs:
                changes.append(Change(theirs, taken))
            if choice is Choice.THEIRS:
                # After the change, where there is one: of notes that stay.
                now = theirs if taken is theirs or taken is None else taken.but(version=taken.version + 1)
                aside.append(Change(now, clash.chosen(Choice.MINE)))
        entry = Saved(edit.title, self._author, edit.origin)
        if changes or aside:
            try:
                save_choice(self._store.database, entry, changes, aside)
            except AwayError:
                if not aside:
                    self._hold_decided(replace(edit, changes=tuple(changes)))
                raise
        self._let_go()

    def set_aside(self) -> str:
        """Lets go of what is in hand without saving it; the file where it stays, "" where nothing was in
        hand.

        For an image that is in the store no more: there is no history that could keep it. StoreError where it
        cannot be kept; it is in hand then as before.
        """
        if self._hand.edits:
            # The disk may have been full when it was taken in hand.
            self._journal.keep(self._hand)
        kept = self._journal.set_aside()
        self._hand = Hand()
        return kept

    def _hold_decided(self, edit: Edit) -> None:
        """What was decided is in hand in the place of what it was decided of. It may be saved already."""
        self._hand = Hand(since=self._hand.since, uncertain=1)
        self._change_hand(lambda: self._hand.take(edit))

    def _unasked(self, change: Change) -> list[Change]:
        """A change of which nothing was to decide; none where the store says the same already.

        ConflictError where there is something to decide by now.
        """
        now, before = self._now(change), change.before
        if before is None:
            return [change]
        if _clash(change, now):
            clash = Clash(before, change.after, now)
            if clash.settled:
                return []
            if (both := clash.quietly()) is not None:
                return [Change(now, both)]
            what = "" if isinstance(before, Image) else f"garment {before.id} of "
            raise ConflictError(
                f"Nothing was saved: somebody else has changed {what}image {self._image_id} meanwhile.",
                "Look at both versions of it too.",
            )
        if isinstance(now, Image):
            after = with_changes(now, change)
            return [] if after.same_as(now) else [Change(now, after)]
        return [change]

    def _let_go(self) -> None:
        self._hand = Hand()
        self._journal.keep(self._hand)
        self._changes += 1
        self.refresh()

    def _now(self, change: Change) -> State | None:
        """What the store has of what is changed."""
        image, garments = self._base
        state = change.state
        if isinstance(state, Image):
            return image
        return next((garment for garment in garments if garment.id == state.id), None)

    def _last_change(self, change: Change) -> tuple[str, datetime, str] | tuple[()]:
        """Who changed it last, when, and what they called it."""
        revisions = self._store.revisions
        state = change.state
        if isinstance(state, Garment):
            found = revisions.of_garment(state.id)
        else:
            found = tuple(one for one in revisions.of_image(self._image_id) if not one.garment_id)
        return (found[-1].author, found[-1].at, found[-1].title) if found else ()

    # -- what is shown --------------------------------------------------------------------------

    def _set(self, image: Image, garments: tuple[Garment, ...]) -> None:
        self._base = (image, garments)
        super()._set(*self._hand.over(image, garments))

    def _stored(self) -> tuple[Image, tuple[Garment, ...]]:
        return self._base

    def _show(self, before: tuple[Garment, ...]) -> None:
        """Show what is in hand now, and say so."""
        self._set(*self._base)
        known = {garment.id: garment for garment in before}
        now = {garment.id: garment for garment in self.garments}
        self._tell({0, *(i for i in known.keys() | now.keys() if known.get(i) is not now.get(i))})

    def _already(self, edit: Edit) -> list[Revision]:
        """The revisions of an edit that the server had saved before its answer was lost; none where it had
        not."""
        later = [
            one
            for one in self._store.revisions.of_image(self._image_id)
            if one.edit_id > self._hand.since
            and (one.kind, one.author, one.title) == (RevisionKind.EDIT, self._author, edit.title)
        ]
        for edit_id in dict.fromkeys(one.edit_id for one in later):
            revisions = [one for one in later if one.edit_id == edit_id]
            if all(any(_is_of(one, change) for one in revisions) for change in edit.changes):
                return revisions
        return []


def _clash(change: Change, theirs: State | None) -> bool:
    """Whether somebody else has changed what a change is of, as far as it matters to it."""
    before, after = change.before, change.after
    if not isinstance(before, Image) or not isinstance(after, Image) or not isinstance(theirs, Image):
        return theirs is None or before is None or theirs.version != before.version
    for name in changed_fields(before, after):
        base, other = getattr(before, name), getattr(theirs, name)
        # That the first edit begins the review is nobody's decision.
        begun = {base, other} <= {Review.TO_DO, Review.IN_PROGRESS} if name == "review" else base == other
        if not begun and other != getattr(after, name):
            return True
    return False


def _is_of(revision: Revision, change: Change) -> bool:
    """Whether a revision is what a change becomes when it is saved."""
    before, after = change.before, change.after
    if after is None or revision.after is None:
        return after is revision.after and revision.garment_id == change.state.id
    fresh = before is None and isinstance(after, Garment)
    ignored = _COUNTED | {"id"} if fresh else _COUNTED
    if fresh and revision.before is not None:
        return False
    return revision.after.same_as(after, frozenset(ignored))
