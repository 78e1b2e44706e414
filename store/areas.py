"""How many pixels lie in each of many polygons: what pycocotools counts, at a fraction of its time.

pycocotools walks round an outline in fifths of a pixel and looks where it passes from the third fifth of a
column to the fourth; what lies between two such passages of a column is inside. Here all passages of all
outlines are worked out at once, with the same roundings, so that each number is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from store.records import Floats

Wholes = NDArray[np.int64]

_STEPS = 5
#: A step of a column after which its middle is passed.
_MIDDLE = 2
#: Coordinates and sides beyond this are left to pycocotools.
_FARTHEST = 20_000
#: So many polygons are worked out together: more do not fit into the processor's cache.
_AT_ONCE = 24


class _Edges(NamedTuple):
    """Edges by their ends in steps, ``x1 <= x2`` or ``y1 <= y2`` in the longer direction; their polygons."""

    x1: Wholes
    y1: Wholes
    x2: Wholes
    y2: Wholes
    of: Wholes

    def only(self, which: NDArray[np.bool_]) -> _Edges:
        return _Edges(*(side[which] for side in self))


class _Passed(NamedTuple):
    """Columns that edges pass: the first of each edge, and for each passage the edge and how much further
    on it is.
    """

    first: Wholes
    edge: Wholes
    further: Wholes


def can_count(polygon: Floats, width: int, height: int) -> bool:
    """Whether a polygon of ``(k, 2)`` points in an image of a size can be given to :func:`pixels_inside`."""
    if len(polygon) < 3 or not (0 < width <= _FARTHEST and 0 < height <= _FARTHEST):
        return False
    return bool(polygon.min() >= 0 and polygon.max() <= _FARTHEST)


def pixels_inside(polygons: Sequence[Floats], sizes: Sequence[tuple[int, int]]) -> list[int]:
    """The pixels inside each polygon of ``(k, 2)`` points, in images of ``(width, height)``.

    All of them must be such that :func:`can_count` holds.
    """
    if not polygons:
        return []
    found: list[int] = []
    for first in range(0, len(polygons), _AT_ONCE):
        part = slice(first, first + _AT_ONCE)
        found += _counted(polygons[part], np.array(sizes[part], np.int64))
    return found


def _counted(polygons: Sequence[Floats], sides: Wholes) -> list[int]:
    edges = _edges(polygons)
    wide = edges.x2 - edges.x1 >= np.abs(edges.y2 - edges.y1)
    bits = int((sides[:, 0] * sides[:, 1]).max()).bit_length()
    parts = [
        _places(one, _passed(one, sides), low, sides, bits)
        for one, low in ((edges.only(wide), _low_across), (edges.only(~wide), _low_along))
    ]
    # An outline is closed, so that it passes each column an even number of times.
    places = np.sort(np.concatenate(parts))
    pixels = places[1::2] - places[::2]
    found: list[int] = np.bincount(places[::2] >> bits, pixels, len(sides)).astype(np.int64).tolist()
    return found


def _edges(polygons: Sequence[Floats]) -> _Edges:
    counts = np.array([len(polygon) for polygon in polygons])
    # Coordinates are not below 0: cutting off is rounding down.
    ends = (_STEPS * np.concatenate(polygons) + 0.5).astype(np.int64)
    first = np.cumsum(counts) - counts
    following = np.arange(1, len(ends) + 1)
    following[first + counts - 1] = first
    x1, y1, x2, y2 = ends[:, 0], ends[:, 1], ends[following, 0], ends[following, 1]
    wide = np.abs(x2 - x1) >= np.abs(y2 - y1)
    turned = np.where(wide, x1 > x2, y1 > y2)
    x1, x2 = np.where(turned, x2, x1), np.where(turned, x1, x2)
    y1, y2 = np.where(turned, y2, y1), np.where(turned, y1, y2)
    return _Edges(x1, y1, x2, y2, np.repeat(np.arange(len(polygons)), counts))


def _passed(edges: _Edges, sides: Wholes) -> _Passed:
    left, right = np.minimum(edges.x1, edges.x2), np.maximum(edges.x1, edges.x2)
    first = (left + _STEPS - 1 - _MIDDLE) // _STEPS
    last = np.minimum((right - _MIDDLE - 1) // _STEPS, sides[edges.of, 0] - 1)
    count = np.maximum(last - first + 1, 0)
    edge = np.repeat(np.arange(len(first)), count)
    return _Passed(first, edge, np.arange(len(edge)) - (np.cumsum(count) - count)[edge])


def _places(
    edges: _Edges, passed: _Passed, low: Callable[[_Edges, _Passed], Wholes], sides: Wholes, bits: int
) -> Wholes:
    """Where columns are passed, as pixels down the picture column by column, above ``bits`` the polygon."""
    height = sides[edges.of, 1]
    start = (edges.of << bits) + passed.first * height
    height = height[passed.edge]
    # The first row whose middle is not above the outline; rows and steps are whole numbers.
    rows = np.minimum((low(edges, passed) + _MIDDLE) // _STEPS, height)
    places: Wholes = start[passed.edge] + passed.further * height + rows
    return places


def _low_across(edges: _Edges, passed: _Passed) -> Wholes:
    """The lower of the steps in y before and after each column is passed by edges wider than high."""
    slope = (edges.y2 - edges.y1) / np.maximum(edges.x2 - edges.x1, 1)
    # Going down it is the one after; cutting off does not change which is the lower.
    start = _STEPS * passed.first + _MIDDLE - edges.x1 + (slope < 0)
    step = start[passed.edge] + _STEPS * passed.further
    low: Wholes = (edges.y1[passed.edge] + slope[passed.edge] * step + 0.5).astype(np.int64)
    return low


def _low_along(edges: _Edges, passed: _Passed) -> Wholes:
    """As :func:`_low_across` for edges that are higher than wide."""
    slope = ((edges.x2 - edges.x1) / (edges.y2 - edges.y1))[passed.edge]
    x1, beyond = edges.x1[passed.edge], (_STEPS * passed.first + _MIDDLE + 1)[passed.edge]
    beyond = beyond + _STEPS * passed.further

    def is_passed(step: Wholes) -> NDArray[np.bool_]:
        passed: NDArray[np.bool_] = ((x1 + slope * step + 0.5).astype(np.int64) >= beyond) == (slope > 0)
        return passed

    # The division may be off by a step; the same sum as pycocotools' decides.
    step = np.ceil((beyond - 0.5 - x1) / slope).astype(np.int64) - 1
    for _ in range(3):
        step += ~is_passed(step)
    low: Wholes = edges.y1[passed.edge] + step - 1
    return low
