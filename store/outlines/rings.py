"""How a garment keeps its mask, seen as rings: polygons, and holes in them.

A mask without holes is kept as ``polygons``, as every format knows them. One with holes is kept as run
lengths, which every reader of masks takes for what they are; the rings that they were drawn from stay beside
them in ``extra`` under :data:`RINGS`, so that their corners can go on being dragged. They count only while
the run lengths are those that were drawn from them (``docs/decisions/0010-holes.md``). Run lengths of
anybody else have no rings.

Coordinates are float64 image pixels ``(k, 2)``, x right, y down; pixel i covers i to i + 1. A ring is named
by its number among :func:`rings`: the polygon, then its holes, then the next polygon. Of a garment with
polygons that is the polygon's place. Nothing here loads more than NumPy.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from store.records import Floats, Garment, read_only

#: The key in a garment's ``extra``.
RINGS = "rings"
#: A ring with fewer corners covers nothing.
FEWEST = 3
#: Places are kept to a hundredth of a pixel.
DIGITS = 2


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """One polygon ``(k, 2)`` and the holes in it, ``(k, 2)`` each."""

    outer: Floats
    holes: tuple[Floats, ...] = ()

    @property
    def rings(self) -> tuple[Floats, ...]:
        """The polygon, then its holes."""
        return (self.outer, *self.holes)


#: A mask is the union of its parts.
Outline = tuple[Part, ...]


def outline_of(garment: Garment) -> Outline:
    """The rings of a garment's mask; nothing where it has none, or run lengths that were not drawn here."""
    if garment.polygons or garment.rle is None:
        return tuple(Part(polygon) for polygon in garment.polygons)
    return _kept(garment.extra.get(RINGS), garment.rle)


def rings(garment: Garment) -> tuple[Floats, ...]:
    """All rings of a garment's mask, in the order of their numbers."""
    if garment.polygons or garment.rle is None:
        return garment.polygons
    return flat(outline_of(garment))


def flat(outline: Iterable[Part]) -> tuple[Floats, ...]:
    """The rings of an outline, in the order of their numbers."""
    return tuple(ring for part in outline for ring in part.rings)


def has_holes(garment: Garment) -> bool:
    """Whether the mask is known to have holes; run lengths of others are not looked into."""
    return any(part.holes for part in outline_of(garment))


def is_pixels(garment: Garment) -> bool:
    """Whether the mask is run lengths without corners that could be dragged."""
    return not garment.polygons and garment.rle is not None and not outline_of(garment)


def place_of(outline: Sequence[Part], ring: int) -> tuple[int, int]:
    """The part of a ring, by its number, and its place in :attr:`Part.rings`. IndexError for no such ring."""
    left = ring
    for number, part in enumerate(outline):
        if 0 <= left < len(part.rings):
            return number, left
        left -= len(part.rings)
    raise IndexError(f"the outline has no ring {ring}")


def with_ring(outline: Outline, ring: int, corners: Floats) -> Outline:
    """The outline with a ring replaced; one of fewer than three corners goes, a polygon with its holes."""
    number, place = place_of(outline, ring)
    part = outline[number]
    there = len(corners) >= FEWEST
    kept: list[Part] = []
    if place and there:
        kept = [Part(part.outer, (*part.holes[: place - 1], corners, *part.holes[place:]))]
    elif place:
        kept = [Part(part.outer, (*part.holes[: place - 1], *part.holes[place:]))]
    elif there:
        kept = [Part(corners, part.holes)]
    return (*outline[:number], *kept, *outline[number + 1 :])


def noted(extra: Mapping[str, Any], outline: Outline, rle: Mapping[str, Any]) -> dict[str, Any]:
    """``extra`` with the rings that run lengths were drawn from."""
    parts = [[np.round(ring, DIGITS).tolist() for ring in part.rings] for part in outline]
    return {**extra, RINGS: {"of": _digest(rle), "parts": parts}}


def without_rings(extra: Mapping[str, Any]) -> Mapping[str, Any]:
    """``extra`` without rings."""
    return {key: value for key, value in extra.items() if key != RINGS} if RINGS in extra else extra


def _kept(said: Any, rle: Mapping[str, Any]) -> Outline:
    """The rings in ``extra``; nothing where they are damaged or were drawn for another mask."""
    if not isinstance(said, Mapping) or said.get("of") != _digest(rle):
        return ()
    try:
        found = tuple(
            Part(*(_first_and_rest([read_only(ring, np.float64, (-1, 2)) for ring in part])))
            for part in said["parts"]
        )
    except (KeyError, TypeError, ValueError, IndexError):
        return ()
    return found if all(np.isfinite(ring).all() for ring in flat(found)) else ()


def _first_and_rest(found: list[Floats]) -> tuple[Floats, tuple[Floats, ...]]:
    return found[0], tuple(found[1:])


def _digest(rle: Mapping[str, Any]) -> int:
    counts = rle.get("counts")
    text = counts if isinstance(counts, str) else repr(counts)
    return zlib.crc32(f"{list(rle.get('size') or ())}{text}".encode())
