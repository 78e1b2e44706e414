"""Outlines as pixels and back: run lengths of rings, and the rings of a mask with how near they are.

Masks are ``(height, width)`` uint8 arrays of 0 and 1, as in :mod:`store.masks`; outlines as in
:mod:`store.outlines.rings`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco_mask

from store.errors import StudioError
from store.masks import encode, rle_counts, rle_size
from store.outlines.rings import DIGITS, FEWEST, Outline, Part, noted, without_rings
from store.records import Floats, Garment

#: Pictures with more pixels have no run lengths (see :mod:`store.masks`).
MOST_PIXELS = 200_000_000

#: Left, top, right and bottom of a piece of the image, whole pixels.
Window = tuple[int, int, int, int]


def repainted(rle: Mapping[str, Any], outline: Outline, *, erases: bool) -> dict[str, Any] | None:
    """Run lengths with an outline added, or taken away; None where that changes nothing.

    ValueError where the run lengths are damaged.
    """
    height, width = rle_size(rle)
    flips = _flips(rle)
    old, area = _of_flips(flips, height, width), drawn_runs(outline, (width, height))
    changed = coco_mask.merge([old, area], erases)
    # What is taken away lies in the mask: its borders are added to those of the mask.
    after = np.setxor1d(flips, _flips(changed), assume_unique=True) if erases else _flips(changed)
    return None if np.array_equal(after, flips) else _of_flips(after, height, width)


def _of_flips(flips: NDArray[np.int64], height: int, width: int) -> dict[str, Any]:
    """Run lengths of a mask that begins and ends at these places."""
    return _packed(np.diff(flips, prepend=0, append=width * height).tolist(), height, width)


def _flips(rle: Mapping[str, Any]) -> NDArray[np.int64]:
    """Where, counted down the columns, the mask of run lengths begins and ends."""
    height, width = rle_size(rle)
    ends = np.cumsum(rle_counts(rle))[:-1]
    # Two at one place, a run of nothing, undo each other.
    places, counts = np.unique(ends[ends < width * height], return_counts=True)
    found: NDArray[np.int64] = places[counts % 2 == 1]
    return found


def drawn_runs(outline: Outline, size: tuple[int, int]) -> dict[str, Any]:
    """The run lengths of an outline in an image of ``size`` (width, height).

    The pixels are never laid out: what it costs goes by the length of the outline. StudioError for an image
    that is too large for run lengths.
    """
    width, height = _checked(size)
    parts = [_part_runs(part, height, width) for part in outline if len(part.outer) >= FEWEST]
    if not parts:
        return _packed([width * height], height, width)
    whole = coco_mask.merge(parts)
    return {"size": [height, width], "counts": whole["counts"].decode("ascii")}


def _part_runs(part: Part, height: int, width: int) -> dict[str, Any]:
    outer = coco_mask.merge(coco_mask.frPyObjects([part.outer.ravel().tolist()], height, width))
    holes = [hole.ravel().tolist() for hole in part.holes if len(hole) >= FEWEST]
    found: dict[str, Any] = outer
    if holes:
        cut = coco_mask.merge([outer, coco_mask.merge(coco_mask.frPyObjects(holes, height, width))], True)
        # What is cut lies in the polygon: its borders are added to those of the polygon.
        found = _of_flips(np.setxor1d(_flips(outer), _flips(cut), assume_unique=True), height, width)
    return found


def _checked(size: tuple[int, int]) -> tuple[int, int]:
    """Width and height, if run lengths can be kept for them."""
    width, height = size
    if width <= 0 or height <= 0 or width * height > MOST_PIXELS:
        raise StudioError(
            f"The image has {width:,} x {height:,} pixels: a mask with holes, or of single pixels, cannot be "
            f"kept for more than {MOST_PIXELS:,}.",
            "Draw the garment as polygons without holes.",
        )
    return width, height


def _packed(counts: list[int], height: int, width: int) -> dict[str, Any]:
    packed = coco_mask.frPyObjects({"size": [height, width], "counts": counts}, height, width)
    return {"size": [height, width], "counts": packed["counts"].decode("ascii")}


def with_outline(garment: Garment, outline: Outline, size: tuple[int, int]) -> Garment:
    """The garment with another mask, in an image of ``size`` (width, height).

    Without holes it is kept as polygons, else as run lengths with their rings. StudioError as
    :func:`drawn_runs`.
    """
    whole = tuple(part for part in outline if len(part.outer) >= FEWEST)
    extra = without_rings(garment.extra)
    if not any(part.holes for part in whole):
        return garment.but(polygons=tuple(part.outer for part in whole), rle=None, extra=extra)
    # What is kept is rounded: the pixels are those of what will be read again.
    whole = tuple(Part(_rounded(part.outer), tuple(map(_rounded, part.holes))) for part in whole)
    rle = drawn_runs(whole, size)
    return garment.but(polygons=(), rle=rle, extra=noted(extra, whole, rle))


def _rounded(ring: Floats) -> Floats:
    rounded: Floats = np.round(ring, DIGITS)
    return rounded


def previewed(garment: Garment, outline: Outline) -> Garment:
    """As :func:`with_outline` to look at, at once: holes are rings that run the other way round."""
    return garment.but(polygons=wound(outline), rle=None)


def wound(outline: Outline) -> tuple[Floats, ...]:
    """The rings for a painter that fills what is wound round: holes run the other way round."""
    return tuple(_turned(ring, hole=bool(place)) for part in outline for place, ring in enumerate(part.rings))


def _turned(ring: Floats, *, hole: bool) -> Floats:
    return ring[::-1] if (_signed_area(ring) < 0) != hole else ring


def _signed_area(ring: Floats) -> float:
    """Positive where the ring goes clockwise as seen, y down."""
    x, y = ring.T
    return float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2.0


def traced(mask: NDArray[Any], corner: tuple[int, int] = (0, 0)) -> Outline:
    """As :func:`traced_runs`, of a mask ``(height, width)``; ``corner`` is where it begins in the image."""
    if not np.any(mask):
        return ()
    by = np.array(corner, np.float64)
    return tuple(
        Part(part.outer + by, tuple(hole + by for hole in part.holes)) for part in traced_runs(encode(mask))
    )


def traced_runs(rle: Mapping[str, Any]) -> Outline:
    """The borders of run lengths along the edges of their pixels, exactly, largest first.

    Pixels that only touch at a corner belong to different polygons. ValueError where the run lengths are
    damaged.
    """
    found = _borders(*_edges(rle))
    outers = sorted((ring for ring in found if _signed_area(ring) > 0), key=_signed_area)
    holes: list[list[Floats]] = [[] for _ in outers]
    for hole in (ring for ring in found if _signed_area(ring) < 0):
        holes[_around(outers, hole)].append(hole)
    parts = [Part(outer, tuple(inside)) for outer, inside in zip(outers, holes, strict=True)]
    return tuple(reversed(parts))


def _around(outers: Sequence[Floats], hole: Floats) -> int:
    """Which polygon a hole is in: the smallest round the pixel at the right of its first edge."""
    step = np.sign(hole[1] - hole[0])
    at = hole[0] + step / 2 + np.array([-step[1], step[0]]) / 2
    for number, outer in enumerate(outers):
        if (outer.min(axis=0) <= at).all() and (outer.max(axis=0) >= at).all() and _winds(outer, at):
            return number
    raise ValueError("a hole without a polygon round it")


def _winds(ring: Floats, at: Floats) -> bool:
    x, y1 = ring.T
    y2 = np.roll(y1, -1)
    return bool(np.count_nonzero(((y1 > at[1]) != (y2 > at[1])) & (x > at[0])) % 2)


def _borders(starts: NDArray[np.int64], ways: NDArray[np.int64], wide: int) -> list[Floats]:
    """Closed rings along pixel edges, the mask on their right; corners only where they turn."""
    following = _following(starts, ways, wide).tolist()
    seen = bytearray(len(following))
    rings = []
    for first in range(len(following)):
        if seen[first]:
            continue
        ring, at = [], first
        while not seen[at]:
            seen[at] = 1
            ring.append(at)
            at = following[at]
        edges = np.array(ring)
        turns = starts[edges[ways[edges] != ways[np.roll(edges, 1)]]]
        rings += [np.column_stack([part % wide, part // wide]) for part in _apart(turns)]
    return [ring.astype(np.float64) for ring in rings]


def _apart(corners: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """A ring that touches itself at corners as rings that do not: a polygon and holes, most often."""
    if len(np.unique(corners)) == len(corners):
        return [corners]
    found: list[NDArray[np.int64]] = []
    path: list[int] = []
    for corner in corners.tolist():
        if corner in path:
            start = path.index(corner)
            found.append(np.array(path[start:]))
            del path[start:]
        path.append(corner)
    return [*found, np.array(path)]


def _edges(rle: Mapping[str, Any]) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """The edges between pixels in and out of the mask: the corner where each begins, numbered along rows of
    ``wide``, and which way it goes (0 right, 1 down, 2 left, 3 up), the mask on its right; ordered by corner.
    """
    height, width = rle_size(rle)
    wide, tall = width + 1, height + 1
    begins, ends = _columns(_flips(rle), height, width)
    # A row below the image is out of the mask, so that no run goes on from one column to the next.
    flips = np.sort(np.concatenate([begins, ends]))
    across, down = np.divmod(np.concatenate([begins, ends]), tall)
    level = down * wide + across + np.repeat((0, 1), (len(begins), len(ends)))
    # Beside each other columns differ where a border goes down between them.
    differing = np.setxor1d(flips, flips + tall, assume_unique=True)
    lengths = differing[1::2] - differing[::2]
    first = np.repeat(differing[::2], lengths)
    steps = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    across, down = np.divmod(first + steps, tall)
    right = np.searchsorted(flips, first + steps, "right") % 2 == 1
    upright = (down + right) * wide + across
    corners = np.concatenate([level, upright])
    ways = np.concatenate([np.repeat((0, 2), (len(begins), len(ends))), np.where(right, 3, 1)])
    order = np.argsort(corners, kind="stable")
    return corners[order], ways[order], wide


def _columns(
    flips: NDArray[np.int64], height: int, width: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where the runs of each column begin and end, counted down columns of one pixel more than ``height``."""
    begins = flips[::2]
    ends = np.concatenate([flips[1::2], np.full(len(flips) % 2, height * width)])
    pieces = (ends - 1) // height - begins // height + 1
    number = np.arange(pieces.sum()) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    columns = np.repeat(begins // height, pieces) + number
    top = np.maximum(np.repeat(begins, pieces), columns * height) - columns * height
    foot = np.minimum(np.repeat(ends, pieces), (columns + 1) * height) - columns * height
    return columns * (height + 1) + top, columns * (height + 1) + foot


def _following(starts: NDArray[np.int64], ways: NDArray[np.int64], wide: int) -> NDArray[np.int64]:
    """The edge that follows each edge. Where two pixels touch at a corner it is the one round the same
    pixel."""
    ends = starts + np.array([1, wide, -1, -wide])[ways]
    first = np.searchsorted(starts, ends, "left")
    last = np.searchsorted(starts, ends, "right") - 1
    rightwards: NDArray[np.int64] = np.where(ways[last] == (ways + 1) % 4, last, first)
    return rightwards


def size_for(rings: Sequence[Floats], size: tuple[int, int]) -> tuple[int, int]:
    """The size (width, height) for run lengths: the image's, or what holds the rings where that is
    unknown."""
    if all(size):
        return size
    far = np.ceil(np.concatenate([np.zeros((1, 2)), *rings]).max(axis=0)) + 1
    return int(far[0]), int(far[1])
