"""Two people have changed one garment: what each of them did, part by part, and both together where that
goes.

Parts are what can be told and taken by itself: the category, the box, the mask, each landmark with its
visibility, each fact, each attribute, each note. Both together is possible where no part was changed by both.
Notes are talk about a garment and no version of it: those of both stay, whichever version is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import numpy as np

from store.db.change import State
from store.document.note_parts import NOTE, holds_notes, note_parts, with_note_parts
from store.document.parking import LAST_POINTS, last_points
from store.document.provenance import ACCEPTED, forgotten, noted, said_of, said_of_landmarks
from store.notes import NOTES
from store.outlines.rings import RINGS
from store.records import Garment, Image, Visibility

#: A part of a garment or image: its kind, and which one of that kind (a landmark's index, a name).
Part = tuple[str, Any]

#: Parts that are one field of the record each.
_FIELDS = (
    *("key", "position", "pair_id", "style", "item_id", "scale", "occlusion", "zoom_in", "viewpoint"),
    *("clothes_category", "clothes_type"),
)
_IMAGE_FIELDS = ("review", "tags", "split", "role", "domain", "pair_id")
#: Parts of which it is kept that a model said them, by the name that provenance has for them.
_SAID = {"category_id": "category", "box": "box", "mask": "mask", "attribute": "attributes"}


#: What names a state within its image: the garment's id, 0 for the image itself.
Key = int


def key_of(state: State) -> Key:
    """The name of a state within its image."""
    return state.id if isinstance(state, Garment) else 0


class Choice(StrEnum):
    """What becomes of a clash."""

    MINE = "mine"
    THEIRS = "theirs"
    BOTH = "both"


@dataclass(frozen=True, slots=True, eq=False)
class Clash:
    """A garment, or the image itself, that somebody else has changed since an edit of it was begun.

    ``base`` is what the edit was made from, ``mine`` what it makes of that, ``theirs`` what the store has
    now; None: deleted. ``author``, ``at`` and ``title`` are of the last change that was saved.
    """

    base: State
    mine: State | None
    theirs: State | None
    author: str = ""
    at: datetime | None = None
    title: str = ""

    @property
    def key(self) -> Key:
        """The garment's id, 0 for the image."""
        return key_of(self.base)

    @property
    def settled(self) -> bool:
        """Whether there is nothing to decide: both say the same."""
        if self.mine is None or self.theirs is None:
            return self.mine is self.theirs
        return not any(a != b for a, b in _pairs(_parts(self.mine), _parts(self.theirs)))

    @property
    def mergeable(self) -> bool:
        """Whether both changes can be made together: no part was changed by both."""
        return self.merged() is not None

    def differences(self) -> tuple[Difference, ...]:
        """What the two versions do not agree on, in the order in which a garment is described."""
        base, mine, theirs = _parts(self.base), _parts(self.mine), _parts(self.theirs)
        if self.mine is None or self.theirs is None:
            return ()
        return tuple(
            Difference(part, base.get(part), mine.get(part), theirs.get(part))
            for part in dict.fromkeys([*base, *mine, *theirs])
            if mine.get(part) != theirs.get(part)
        )

    def merged(self) -> State | None:
        """Their version with what was changed in mine; None where that cannot be.

        Its version is theirs: an edit from there on.
        """
        base, mine, theirs = self.base, self.mine, self.theirs
        if mine is None or theirs is None:
            return None
        found = self.differences()
        if any(one.by_both for one in found) or _other_landmarks(found):
            return None
        wanted = [one.part for one in found if one.by_mine]
        if isinstance(mine, Image) and isinstance(theirs, Image):
            return _with_image_parts(theirs, mine, wanted)
        if isinstance(base, Garment) and isinstance(mine, Garment) and isinstance(theirs, Garment):
            return _with_parts(theirs, mine, wanted)
        return None

    def quietly(self) -> State | None:
        """Both together, where one of the two has done nothing but write notes: nobody need be asked then.

        None where somebody has to decide.
        """
        found = self.differences()
        only = [all(one.part[0] == NOTE for one in found if by(one)) for by in (_by_mine, _by_theirs)]
        return self.merged() if any(only) else None

    def chosen(self, choice: Choice) -> State | None:
        """What a choice leaves, as an edit of their version. ValueError for both where that cannot be.

        What the other one has said in notes stays.
        """
        if choice is Choice.BOTH:
            both = self.merged()
            if both is None:
                raise ValueError("the two versions cannot be put together")
            return both
        if choice is Choice.THEIRS:
            return self._noted(self.theirs, self.mine, _by_mine)
        if self.mine is None:
            return None
        # A garment that they deleted comes back as a new version of what it was.
        version = (self.theirs or self.base).version
        return self._noted(self.mine.but(version=version), self.theirs, _by_theirs)

    def _noted(
        self, taken: State | None, other: State | None, by: Callable[[Difference], bool]
    ) -> State | None:
        """The version that is taken with the notes that only the other one has changed."""
        if taken is None or other is None:
            return taken
        parts = [one.part for one in self.differences() if by(one) and not one.by_both]
        extra = with_note_parts(taken.extra, taken, other, parts)
        return taken if extra is taken.extra else taken.but(extra=extra)


@dataclass(frozen=True, slots=True)
class Difference:
    """A part on which two versions do not agree: what it was, and what each makes of it.

    Values compare with ``==``; what they look like follows from the part: ``("landmark", index)`` is
    ``(x, y, visibility, last place)``, ``("box", None)`` four numbers or None, ``("mask", None)`` is opaque.
    """

    part: Part
    base: Any
    mine: Any
    theirs: Any

    @property
    def by_mine(self) -> bool:
        """Whether my version changed it."""
        return bool(self.mine != self.base)

    @property
    def by_theirs(self) -> bool:
        """Whether their version changed it."""
        return bool(self.theirs != self.base)

    @property
    def by_both(self) -> bool:
        """Whether both changed it, and not to the same."""
        return self.by_mine and self.by_theirs

    @property
    def landmark(self) -> int:
        """The 0-based index of the landmark that it speaks of, or -1."""
        return int(self.part[1]) if self.part[0] == "landmark" else -1


def _by_mine(one: Difference) -> bool:
    return one.by_mine


def _by_theirs(one: Difference) -> bool:
    return one.by_theirs


def _other_landmarks(found: Iterable[Difference]) -> bool:
    """Whether one version has other landmarks, and the other has moved some of the old ones.

    Others are another number of them, or as many that another category has arranged anew.
    """
    found = tuple(found)
    moved = [one for one in found if one.landmark >= 0]
    mine, theirs = any(map(_by_mine, moved)), any(map(_by_theirs, moved))
    for one in found:
        if one.part[0] == "landmarks" and ((one.by_mine and theirs) or (one.by_theirs and mine)):
            return True
        if one.part[0] == "category_id" and mine and theirs:
            return True
    return False


def _pairs(a: Mapping[Part, Any], b: Mapping[Part, Any]) -> Iterable[tuple[Any, Any]]:
    return ((a.get(part), b.get(part)) for part in a.keys() | b.keys())


def _parts(state: State | None) -> dict[Part, Any]:
    """What a state says, in parts that compare with ``==``."""
    if state is None:
        return {}
    if isinstance(state, Image):
        of_image: dict[Part, Any] = {(name, None): getattr(state, name) for name in _IMAGE_FIELDS}
        return of_image | _extra_parts(state, ())
    found: dict[Part, Any] = {("category_id", None): state.category_id}
    found["box", None] = None if state.box is None else tuple(state.box.tolist())
    # How many there are is a part too: with another schema every landmark means another place.
    found["landmarks", None] = len(state.points)
    last = last_points(state.extra)
    for index, ((x, y), visibility) in enumerate(
        zip(_plain(state.points), state.visibility.tolist(), strict=True)
    ):
        place = last.get(str(index))
        found["landmark", index] = (x, y, Visibility(visibility), tuple(place) if place else None)
    polygons = tuple(polygon.tobytes() for polygon in state.polygons)
    drawn = repr(state.extra.get(RINGS))
    found["mask", None] = (polygons, repr(dict(state.rle)) if state.rle else "", drawn if state.rle else "")
    found |= {(name, None): getattr(state, name) for name in _FIELDS}
    found |= {("attribute", name): value for name, value in state.attributes.items()}
    return found | _extra_parts(state, (LAST_POINTS, ACCEPTED, RINGS))


def _extra_parts(state: State, own: tuple[str, ...]) -> dict[Part, Any]:
    """What lies in ``extra``, but for ``own``, and each note there."""
    told = (*own, NOTES) if holds_notes(state.extra) else own
    found: dict[Part, Any] = {
        ("extra", name): value for name, value in state.extra.items() if name not in told
    }
    return found | note_parts(state)


def _plain(points: Any) -> list[list[Any]]:
    """Coordinates as numbers that compare; one that is not a number is None."""
    return [[None if np.isnan(value) else value for value in row] for row in points.tolist()]


def _with_image_parts(theirs: Image, mine: Image, parts: list[Part]) -> Image:
    """Their image with these parts of mine."""
    values = {kind: getattr(mine, kind) for kind, _ in parts if kind in _IMAGE_FIELDS}
    return theirs.but(**values, extra=_with_extra(theirs, mine, parts))


def _with_extra(theirs: State, mine: State, parts: list[Part]) -> dict[str, Any]:
    """Their ``extra`` with these parts of mine."""
    extra = dict(theirs.extra)
    for kind, name in parts:
        if kind == "extra":
            _put(extra, name, mine.extra.get(name))
    return dict(with_note_parts(extra, theirs, mine, parts))


def _with_parts(theirs: Garment, mine: Garment, parts: list[Part]) -> Garment:
    """Their garment with these parts of mine."""
    kinds = {kind for kind, _ in parts}
    values: dict[str, Any] = {
        name: getattr(mine, name) for name in ("category_id", *_FIELDS) if name in kinds
    }
    if "box" in kinds:
        values["box"] = mine.box
    extra = _with_extra(theirs, mine, parts)
    if "mask" in kinds:
        values |= {"polygons": mine.polygons, "rle": mine.rle}
        _put(extra, RINGS, mine.extra.get(RINGS))
    if "attribute" in kinds:
        attributes = dict(theirs.attributes)
        for kind, name in parts:
            if kind == "attribute":
                _put(attributes, name, mine.attributes.get(name))
        values["attributes"] = attributes
    if "landmarks" in kinds:
        values |= {"points": mine.points, "visibility": mine.visibility}
        _put(extra, LAST_POINTS, mine.extra.get(LAST_POINTS))
        moved = list(range(max(len(mine.points), len(theirs.points))))
    else:
        moved = [int(index) for kind, index in parts if kind == "landmark"]
        values |= _landmarks(theirs, mine, moved)
        _put(extra, LAST_POINTS, _last_points(theirs, mine, moved))
    told = _said(extra, mine, [_SAID[kind] for kind in _SAID if kind in kinds], moved)
    return theirs.but(**values, extra=told)


def _landmarks(theirs: Garment, mine: Garment, moved: list[int]) -> dict[str, Any]:
    points, visibility = theirs.points.copy(), theirs.visibility.copy()
    points[moved], visibility[moved] = mine.points[moved], mine.visibility[moved]
    return {"points": points, "visibility": visibility}


def _last_points(theirs: Garment, mine: Garment, moved: list[int]) -> dict[str, Any] | None:
    last, own = last_points(theirs.extra), last_points(mine.extra)
    for index in map(str, moved):
        _put(last, index, own.get(index))
    return last or None


def _said(extra: Mapping[str, Any], mine: Garment, parts: list[str], moved: list[int]) -> Mapping[str, Any]:
    """Which of the parts that come from mine a model had said."""
    kept = forgotten(extra, parts, moved)
    for part in parts:
        if (said := said_of(mine.extra, part)) is not None:
            kept = noted(kept, said, [part])
    for index, said in said_of_landmarks(mine.extra).items():
        if index in moved:
            kept = noted(kept, said, (), [index])
    return kept


def _put(mapping: dict[str, Any], name: str, value: Any) -> None:
    """Set a value, or take it out where there is none."""
    if value is None:
        mapping.pop(name, None)
    else:
        mapping[name] = value
