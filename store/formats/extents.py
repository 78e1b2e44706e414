"""The size of an image whose picture is missing, as far as its annotations show it."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from store.formats.values import FARTHEST
from store.geometry import box_of, has_place
from store.records import Garment


def size_from(garments: Iterable[Garment]) -> tuple[int, int]:
    """Width and height that just hold all boxes, polygons and landmarks; (0, 0) where there are none.

    Coordinates are taken for pixel indices: something at x = 467 needs 468 columns.
    """
    width = height = 0
    for garment in garments:
        parts = [*garment.polygons, garment.points[has_place(garment.points, garment.visibility)]]
        if garment.box is not None:
            parts.append(garment.box.reshape(2, 2))
        around = box_of(np.concatenate(parts))
        if around is not None:
            width = max(width, math.floor(around[2]) + 1)
            height = max(height, math.floor(around[3]) + 1)
        size = None if garment.rle is None else garment.rle.get("size")
        if isinstance(size, list) and len(size) == 2 and all(type(side) is int for side in size):
            width, height = max(width, size[1]), max(height, size[0])
    return min(width, FARTHEST), min(height, FARTHEST)
