"""The garments of an image as its file said them last, as the store says them, and as the file says them now.

What the file said last is not kept apart: it is what the store says of a garment that nobody has edited, and
else what stands in its history before the first edit, or after the last import.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from store.db.revisions import Revision, RevisionKind
from store.records import Garment, Origin, Record

#: What is kept where the file says nothing any more because it is damaged.
_PARTS = (
    *("box", "polygons", "rle", "attributes", "clothes_type", "clothes_category", "pair_id", "style"),
    *("scale", "occlusion", "zoom_in", "viewpoint"),
)


@dataclass(slots=True)
class Three:
    """A garment as the file said it last, as the store says it, and as the file says it now."""

    base: Garment | None = None
    mine: Garment | None = None
    theirs: Garment | None = None
    garment_id: int = 0
    last: int = 0


def bases_of(revisions: Iterable[Revision]) -> tuple[dict[int, Record | None], dict[int, int]]:
    """What the file said last of every garment that has a history (0: of the image), and their versions."""
    bases: dict[int, Record | None] = {}
    last: dict[int, int] = {}
    for revision in revisions:
        number = revision.garment_id
        bases.setdefault(number, revision.before)
        if revision.origin is Origin.FILE and revision.kind is RevisionKind.EDIT:
            bases[number] = revision.after
        for state in (revision.before, revision.after):
            if isinstance(state, Garment):
                last[number] = max(last.get(number, 0), state.version)
    return bases, last


def matched(
    garments: Sequence[Garment],
    bases: Mapping[int, Record | None],
    last: Mapping[int, int],
    theirs: Sequence[Garment],
) -> list[Three]:
    """The garments that the file had or has; none that somebody has added, or brought back after the file
    had taken it away."""
    found: dict[tuple[str, int], Three] = {}
    known = {garment.id: garment for garment in garments}
    was: list[Garment] = []
    for number in {*known, *bases} - {0}:
        base = bases[number] if number in bases else known[number]
        if isinstance(base, Garment):
            was.append(base.but(id=number))
    was.sort(key=lambda garment: (garment.position, garment.id))
    for key, base in zip(_keys(was), was, strict=True):
        found[key] = Three(base, known.get(base.id), None, base.id, last.get(base.id, 0))
    placed = [garment.but(position=place) for place, garment in enumerate(theirs)]
    for key, garment in zip(_keys(placed), placed, strict=True):
        found.setdefault(key, Three()).theirs = garment
    return list(found.values())


def _keys(garments: Iterable[Garment]) -> list[tuple[str, int]]:
    """What tells garments of one image apart: their key, and which one of that key it is."""
    counts: dict[str, int] = defaultdict(int)
    keys = []
    for garment in garments:
        keys.append((garment.key, counts[garment.key]))
        counts[garment.key] += 1
    return keys


def filled(theirs: Garment, base: Garment) -> Garment:
    """A garment as a damaged file says it, with what the file said before in place of what is missing now."""
    parts = {
        name: getattr(base, name)
        for name in _PARTS
        if _is_nothing(getattr(theirs, name)) and not _is_nothing(getattr(base, name))
    }
    if "clothes_type" in parts:
        parts["category_id"] = base.category_id
    same_kind = parts.get("category_id", theirs.category_id) == base.category_id
    if same_kind and len(base.points) and not len(theirs.points):
        parts |= {"points": base.points, "visibility": base.visibility}
    return theirs.but(**parts) if parts else theirs


def _is_nothing(value: Any) -> bool:
    return value is None or (isinstance(value, tuple | Mapping) and not value)
