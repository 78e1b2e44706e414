"""Masks of models as outlines that a person can correct: few corners, no crumbs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from store.geometry import polygon_area
from store.masks import Rle, rle_outlines
from store.records import Floats, read_only

#: How far, in pixels, an outline may leave the mask: this much, or this share of the mask's extent.
_LEAST_TOLERANCE = 0.7
_TOLERANCE = 0.004
#: Pieces smaller than this share of the largest are crumbs, and so is what is smaller than this in pixels.
_CRUMB = 0.01
_SMALLEST = 4.0
#: Outlines run through the middles of pixels; pixel i covers i to i + 1.
_CENTRE = 0.5


def outlines(mask: Mapping[str, Any] | None) -> tuple[tuple[Floats, ...], Rle | None]:
    """The outlines of a run-length mask (``counts`` text or bytes), largest first, and the mask itself.

    Nothing and None where the mask is empty, without a piece of a few pixels, or damaged.
    """
    if mask is None:
        return (), None
    counts, size = mask.get("counts"), mask.get("size")
    if isinstance(counts, bytes):
        counts = counts.decode("ascii", "replace")
    rle = {**mask, "counts": counts}
    whole = isinstance(size, list | tuple) and all(type(side) is int for side in size)
    if isinstance(counts, str) and whole:
        found = _of_text(counts, *(int(side) for side in size or ()))
    else:
        found = _simple(rle)
    return (found, rle) if found else ((), None)


@lru_cache(maxsize=512)
def _of_text(counts: str, *size: int) -> tuple[Floats, ...]:
    """Kept, because a threshold that is dragged asks for the same masks again and again."""
    return _simple({"size": list(size), "counts": counts})


def _simple(rle: Rle) -> tuple[Floats, ...]:
    """The outlines of the pieces that are no crumbs; nothing for run lengths that are damaged."""
    try:
        found = rle_outlines(rle)
    except ValueError:
        return ()
    areas = [polygon_area(outline) for outline in found]
    least = max(_SMALLEST, _CRUMB * max(areas, default=0.0))
    kept = [outline for outline, area in zip(found, areas, strict=True) if area >= least]
    return tuple(read_only(_edges(simplified(outline)), np.float64, (-1, 2)) for outline in kept)


def simplified(outline: Floats) -> Floats:
    """An outline ``(k, 2)`` with fewer corners, nowhere further from it than a person would see."""
    from store.cv import cv2  # slow to import, and only masks need it

    extent = float(np.ptp(outline, axis=0).max())
    tolerance = max(_LEAST_TOLERANCE, _TOLERANCE * extent)
    closed = outline.astype(np.float32).reshape(-1, 1, 2)
    fewer = cv2.approxPolyDP(closed, tolerance, True).reshape(-1, 2)
    return fewer.astype(np.float64) if len(fewer) >= 3 else outline


def _edges(outline: Floats) -> Floats:
    """From the middles of the outermost pixels to their outer edges: every corner half a pixel outwards."""
    before, after = np.roll(outline, 1, axis=0), np.roll(outline, -1, axis=0)
    area = float(np.dot(outline[:, 0], after[:, 1]) - np.dot(outline[:, 1], after[:, 0]))
    normals = np.zeros_like(outline)
    for a, b in ((before, outline), (outline, after)):
        step = b - a
        length = np.maximum(np.linalg.norm(step, axis=1, keepdims=True), 1e-9)
        normals += np.column_stack([step[:, 1], -step[:, 0]]) / length
    size = np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    # A corner moves further than an edge; a needle's tip not beyond a pixel.
    reach = np.minimum(_CENTRE * 2 / size, 1.0)
    outwards = normals / size * reach * (1 if area > 0 else -1)
    edges: Floats = np.round(outline + _CENTRE + outwards, 2)
    return edges
