"""How an image was at any moment of its history, and edits that make it so again.

Everything follows from the revisions of an image and from what it is now: the first revision of a garment
has what was before anybody changed it, each later one what became of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from store.db.change import Change, State
from store.document.edits import Edit
from store.notes import notes_of, with_notes
from store.records import Garment, Image

#: Fields of an image that come back with it. How far its review is belongs to now, and so do notes.
_IMAGE = ("split", "role", "domain", "pair_id", "tags")


class Told(Protocol):
    """What is asked of a revision."""

    @property
    def id(self) -> int: ...
    @property
    def edit_id(self) -> int: ...
    @property
    def garment_id(self) -> int: ...
    @property
    def before(self) -> State | None: ...
    @property
    def after(self) -> State | None: ...


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """An image with its garments, by id, as they were at a moment."""

    image: Image
    garments: Mapping[int, Garment]


def moment(now: Moment, revisions: Sequence[Told], upto: int) -> Moment:
    """How it was when the revision of the id ``upto`` had been saved and none behind it; 0: at first.

    ``revisions`` are all of the image, oldest first; ``now`` is what it is behind the last of them. A garment
    that is not there now has the last version that it ever had: brought back, it must not take one again that
    somebody may still have in front of them.
    """
    found: dict[int, State | None] = {0: now.image, **now.garments}
    settled: set[int] = set()
    for revision in reversed(revisions):
        if revision.id > upto:
            found[revision.garment_id] = revision.before
        elif revision.garment_id not in settled:
            settled.add(revision.garment_id)
            found[revision.garment_id] = revision.after
    image = found.pop(0)
    last = _last_versions(revisions)
    garments = {
        key: one if key in now.garments else one.but(version=last.get(key, one.version))
        for key, one in found.items()
        if isinstance(one, Garment)
    }
    in_order = sorted(garments.items(), key=lambda item: (item[1].position, item[0]))
    return Moment(image if isinstance(image, Image) else now.image, dict(in_order))


def _last_versions(revisions: Iterable[Told]) -> dict[int, int]:
    last: dict[int, int] = {}
    for revision in revisions:
        for state in (revision.before, revision.after):
            if isinstance(state, Garment):
                last[revision.garment_id] = max(last.get(revision.garment_id, 0), state.version)
    return last


def around(revisions: Iterable[Told], revision: Told) -> tuple[int, int]:
    """The ids up to which the image was before the edit of a revision, and after it: all that was saved in
    one go counts as one."""
    together = [one.id for one in revisions if one.edit_id == revision.edit_id] or [revision.id]
    return min(together) - 1, max(together)


def restore_garment(now: Moment, then: Moment, garment_id: int, title: str) -> Edit | None:
    """Makes one garment what it was then: also deletes it, or brings it back. None: it is so already."""
    change = _change(now.garments.get(garment_id), then.garments.get(garment_id))
    return Edit(title, (change,)) if change is not None else None


def restore_image(now: Moment, then: Moment, title: str) -> Edit | None:
    """Makes all garments and the facts of the image what they were then. None: all is so already."""
    ids = dict.fromkeys([*then.garments, *now.garments])
    changes = [_change(now.garments.get(one), then.garments.get(one)) for one in ids]
    kept = [change for change in changes if change is not None]
    facts = {name: getattr(then.image, name) for name in _IMAGE}
    if any(getattr(now.image, name) != value for name, value in facts.items()):
        kept.append(Change(now.image, now.image.but(**facts)))
    return Edit(title, tuple(kept)) if kept else None


def _change(now: Garment | None, then: Garment | None) -> Change | None:
    if now is None:
        # Brought back under its id, with its history.
        return Change(None, then) if then is not None else None
    if then is None:
        return Change(now, None)
    wanted = then.but(version=now.version, extra=with_notes(then.extra, notes_of(now)), origin=now.origin)
    return None if wanted.same_as(now) else Change(now, wanted)
