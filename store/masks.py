"""Masks: COCO run lengths and the union of polygons.

Masks are ``(height, width)`` uint8 arrays of 0 and 1. Run lengths are COCO's
``{"size": [height, width], "counts": str | list}``, column by column, beginning with a run of zeros.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pycocotools import mask as coco_mask

from store.records import Floats, Garment, read_only

Mask = NDArray[np.uint8]
Rle = Mapping[str, Any]

_FEWEST_CORNERS = 3
#: Pictures of more pixels are refused too.
_MOST_PIXELS = 200_000_000


def rle_counts(rle: Rle) -> NDArray[np.int64]:
    """The run lengths, whether written as a list or as COCO's compressed text.

    Raises ValueError, saying what is wrong, for anything that pycocotools would misread: it checks
    neither the text nor that the runs fill the size.
    """
    height, width = rle_size(rle)
    counts = rle.get("counts")
    if isinstance(counts, bytes):
        counts = counts.decode("ascii", "replace")
    runs = _decompressed(counts) if isinstance(counts, str) else _listed(counts)
    if (runs < 0).any():
        raise ValueError("a run length is negative")
    if int(runs.sum()) != height * width:
        raise ValueError(
            f"the runs cover {int(runs.sum())} pixels, the size {width} x {height} has more or fewer"
        )
    return runs


def rle_size(rle: Rle) -> tuple[int, int]:
    """Height and width; ValueError where the size is not two positive whole numbers."""
    size = rle.get("size")
    if (
        not isinstance(size, Sequence)
        or len(size) != 2
        or any(type(side) is not int or side <= 0 for side in size)
        or size[0] * size[1] > _MOST_PIXELS
    ):
        raise ValueError(f"the size is {size!r}, not two numbers from 1 of at most {_MOST_PIXELS:,} pixels")
    return size[0], size[1]


def _listed(counts: Any) -> NDArray[np.int64]:
    if not isinstance(counts, Sequence) or any(type(run) is not int for run in counts):
        raise ValueError("the counts are neither a list of whole numbers nor text")
    if any(abs(run) > 2**40 for run in counts):
        raise ValueError("a run length is too large")
    return np.array(counts, np.int64)


def _decompressed(text: str) -> NDArray[np.int64]:
    """COCO's text: five bits a character, lowest first, signed; from the fourth run on differences."""
    if not text.isascii():
        raise ValueError("the counts hold a character that run lengths never use")
    codes = np.frombuffer(text.encode("ascii"), np.uint8).astype(np.int64) - 48
    if not len(codes):
        return codes
    if codes.min() < 0 or codes.max() > 63 or codes[-1] & 32:
        raise ValueError("the counts are damaged or cut short")
    ends = np.flatnonzero((codes & 32) == 0)
    starts = np.concatenate(([0], ends[:-1] + 1))
    if int((ends - starts).max()) > 7:
        raise ValueError("a run length is too large")
    place = np.arange(len(codes)) - np.repeat(starts, ends - starts + 1)
    values = np.add.reduceat((codes & 31) << (5 * place), starts)
    negative = (codes[ends] & 16) != 0
    values[negative] -= np.int64(1) << (5 * (ends - starts + 1)[negative])
    for first in (1, 2):
        values[first::2] = np.cumsum(values[first::2])
    return values


def rle_mask(rle: Rle) -> Mask:
    """The mask of run lengths. ValueError where they are damaged."""
    runs = rle_counts(rle)
    height, width = rle_size(rle)
    flat = np.repeat(np.arange(len(runs), dtype=np.uint8) & 1, runs)
    return flat.reshape(width, height).T


def rle_area(rle: Rle) -> int:
    """Number of pixels in the mask. ValueError where the run lengths are damaged."""
    return int(rle_counts(rle)[1::2].sum())


def encode(mask: NDArray[Any]) -> dict[str, Any]:
    """The compressed run lengths of a ``(height, width)`` mask, with text that JSON can hold."""
    packed = coco_mask.encode(np.asfortranarray(mask.astype(bool), dtype=np.uint8))
    return {"size": [int(side) for side in packed["size"]], "counts": packed["counts"].decode("ascii")}


def _polygon_rle(polygons: Sequence[Floats], height: int, width: int) -> Any | None:
    whole = [p.ravel().tolist() for p in polygons if len(p) >= _FEWEST_CORNERS]
    if not whole or height <= 0 or width <= 0:
        return None
    return coco_mask.merge(coco_mask.frPyObjects(whole, height, width))


def polygons_mask(polygons: Sequence[Floats], height: int, width: int) -> Mask:
    """The union of polygons of ``(k, 2)`` points; those with fewer than three points cover nothing."""
    rle = _polygon_rle(polygons, height, width)
    if rle is None:
        return np.zeros((height, width), np.uint8)
    return rle_mask({"size": rle["size"], "counts": rle["counts"]})


def polygons_area(polygons: Sequence[Floats], height: int, width: int) -> int:
    """Pixels in the union of polygons, parts outside ``width`` x ``height`` not counted."""
    rle = _polygon_rle(polygons, height, width)
    return 0 if rle is None else int(coco_mask.area(rle))


def garment_area(garment: Garment, width: int, height: int) -> int | None:
    """Pixels of a garment's mask in an image of the given size; None where it has no mask.

    An unknown size (0) is taken from the polygons.
    """
    if garment.polygons:
        if width <= 0 or height <= 0:
            far = np.concatenate(garment.polygons).max(axis=0, initial=0)
            width, height = math.ceil(far[0]) + 1, math.ceil(far[1]) + 1
        return polygons_area(garment.polygons, height, width)
    return rle_area(garment.rle) if garment.rle is not None else None


def rle_outlines(rle: Rle) -> tuple[Floats, ...]:
    """The outer outlines of run lengths as polygons of ``(k, 2)`` pixel centres, largest first.

    For showing, and for formats that know only polygons: holes are filled, slivers of under three
    corners left out. ValueError where the run lengths are damaged.
    """
    from store.cv import cv2  # slow to import, and only masks need it

    mask, corner = _cut_out(rle)
    found, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE, offset=corner)
    outlines = [contour.reshape(-1, 2) for contour in found if len(contour) >= _FEWEST_CORNERS]
    outlines.sort(key=cv2.contourArea, reverse=True)
    return tuple(read_only(outline, np.float64, (-1, 2)) for outline in outlines)


def _cut_out(rle: Rle) -> tuple[Mask, tuple[int, int]]:
    """The smallest piece of the mask that holds all of it, and the x y of its first pixel.

    A large picture is not laid out whole for a garment in a corner of it.
    """
    runs = rle_counts(rle)
    height, _ = rle_size(rle)
    ends = np.cumsum(runs)
    inside = runs[1::2] > 0
    if not inside.any():
        return np.zeros((1, 1), np.uint8), (0, 0)
    first = int((ends - runs)[1::2][inside][0]) // height
    last = (int(ends[1::2][inside][-1]) - 1) // height
    within = np.clip(ends, first * height, (last + 1) * height)
    lengths = np.diff(within, prepend=first * height)
    columns = np.repeat(np.arange(len(runs), dtype=np.uint8) & 1, lengths).reshape(-1, height)
    rows = np.flatnonzero(columns.any(axis=0))
    return np.ascontiguousarray(columns[:, rows[0] : rows[-1] + 1].T), (first, int(rows[0]))
