"""Edits of one image that are made and not saved: the server was away, or somebody else was first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from secrets import randbits
from typing import TYPE_CHECKING

from store.db.change import Change, State
from store.document.clash import Key, key_of
from store.document.edits import Edit
from store.records import Garment, Image, Review

if TYPE_CHECKING:
    from store.db.revisions import Revision

#: What a garment is called that is in no store yet. Stores count from 1, and Qt's signals end at 2**31.
_TEMPORARY = 2**30


def is_temporary(garment: Garment) -> bool:
    """Whether a garment has been added in hand and is in no store yet."""
    return garment.id >= _TEMPORARY


@dataclass(slots=True)
class Hand:
    """The edits in the order in which they were made, each from what the one before had left.

    ``since`` is the last edit of the image, of anybody, that was known when the first of them was made.
    So many of the first as ``uncertain`` says may have been saved: they were sent to a server that went away,
    or by a process that is gone. ``undone`` were taken back before they were saved, the last one last.
    """

    edits: list[Edit] = field(default_factory=list)
    since: int = 0
    uncertain: int = 0
    undone: list[Edit] = field(default_factory=list)

    def take(self, edit: Edit) -> None:
        """Put an edit behind the others. A garment that is added gets an id for the time being."""
        changes = []
        for change in edit.changes:
            after = change.after
            if change.before is None and isinstance(after, Garment) and not after.id:
                change = replace(change, after=after.but(id=_TEMPORARY + randbits(29)))
            changes.append(change)
        self.edits.append(replace(edit, changes=tuple(changes)))
        self.undone.clear()

    def take_back(self) -> None:
        """Let go of the last edit, which can be made again. IndexError where there is none."""
        self.undone.append(self.edits.pop())

    def make_again(self) -> None:
        """Take the edit in hand again that was taken back last. IndexError where there is none."""
        self.edits.append(self.undone.pop())

    def first(self) -> Edit:
        """The first edit, as it is saved: what it adds has no id. IndexError where there is none."""
        edit = self.edits[0]
        return replace(edit, changes=tuple(_unnamed(change) for change in edit.changes))

    def saved(self, revisions: Iterable[Revision]) -> None:
        """The first edit has become these revisions: those behind it are edits of what was saved."""
        added = [change.after for change in self.edits.pop(0).changes if change.before is None]
        made = [one.after for one in revisions if one.garment_id and one.before is None]
        ids = {
            old.id: new.id
            for old, new in zip(added, made, strict=True)
            if isinstance(old, Garment) and isinstance(new, Garment)
        }
        if ids:
            self.edits = [_renamed(edit, ids) for edit in self.edits]
            self.undone = [_renamed(edit, ids) for edit in self.undone]

    def over(self, image: Image, garments: Sequence[Garment]) -> tuple[Image, tuple[Garment, ...]]:
        """What an image and its garments are with these edits on top, whatever somebody else made of them."""
        found = {garment.id: garment for garment in garments}
        for edit in self.edits:
            changes = [change for change in edit.changes if change.image_id == image.id]
            if image.review is Review.TO_DO and not any(isinstance(one.state, Image) for one in changes):
                # As the store does with the first edit of an image.
                image = image.but(review=Review.IN_PROGRESS, version=image.version + 1)
            for change in changes:
                after = change.after
                if isinstance(after, Image):
                    image = with_changes(image, change).but(version=image.version + 1)
                elif after is None:
                    found.pop(change.state.id, None)
                else:
                    version = 0 if change.before is None else change.before.version
                    found[after.id] = after.but(version=version + 1, origin=edit.origin)
        return image, tuple(sorted(found.values(), key=lambda one: (one.position, one.id)))


def summed(edits: Sequence[Edit]) -> Edit:
    """All edits as one: of each garment what the first began with and the last left. ValueError for none."""
    if not edits:
        raise ValueError("no edits to sum up")
    changes: dict[tuple[int, Key], Change] = {}
    for edit in edits:
        for change in edit.changes:
            key = change.image_id, key_of(change.state)
            if key in changes and isinstance(change.after, Image):
                whole = with_changes(changes[key].after, change)
                changes[key] = Change(changes[key].before, whole)
            elif key in changes:
                changes[key] = Change(changes[key].before, change.after)
            else:
                changes[key] = change
    real = tuple(one for one in changes.values() if one.before is not None or one.after is not None)
    title = edits[0].title if len(edits) == 1 else f"{edits[0].title} and {len(edits) - 1} more"
    return Edit(title, tuple(_unnamed(change) for change in real), edits[-1].origin)


def with_changes(image: State | None, change: Change) -> Image:
    """An image with what a change of it changes. TypeError where one of them is no image."""
    before, after = change.before, change.after
    if not isinstance(image, Image) or not isinstance(before, Image) or not isinstance(after, Image):
        raise TypeError("not a change of an image")
    return image.but(**{name: getattr(after, name) for name in changed_fields(before, after)})


def changed_fields(before: Image, after: Image) -> list[str]:
    """The names of what a person can change of an image and has."""
    names = ("review", "tags", "split", "role", "domain", "pair_id", "extra")
    return [name for name in names if getattr(after, name) != getattr(before, name)]


def _unnamed(change: Change) -> Change:
    after = change.after
    if change.before is None and isinstance(after, Garment) and is_temporary(after):
        return Change(None, after.but(id=0))
    return change


def _renamed(edit: Edit, ids: dict[int, int]) -> Edit:
    def named(state: State | None) -> State | None:
        return state.but(id=ids[state.id]) if isinstance(state, Garment) and state.id in ids else state

    changes = tuple(Change(named(change.before), named(change.after)) for change in edit.changes)
    return replace(edit, changes=changes)
