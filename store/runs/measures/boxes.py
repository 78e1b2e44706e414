"""Boxes: how much two overlap."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def overlap(first: ArrayLike, second: ArrayLike) -> Floats:
    """Intersection over union of every box with every other, ``(n, m)``; 0 where both are empty.

    ``first`` is ``(n, 4)`` and ``second`` ``(m, 4)``, x1 y1 x2 y2 in pixels. As COCO's: areas are width times
    height, no pixel is added.
    """
    a = np.asarray(first, dtype=np.float64).reshape(-1, 4)
    b = np.asarray(second, dtype=np.float64).reshape(-1, 4)
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, 2:], b[None, :, 2:])
    shared = np.prod(np.clip(high - low, 0.0, None), axis=2)
    union = _areas(a)[:, None] + _areas(b)[None, :] - shared
    return np.asarray(np.divide(shared, union, out=np.zeros_like(shared), where=union > 0), np.float64)


def _areas(boxes: Floats) -> Floats:
    return np.asarray(np.prod(np.clip(boxes[:, 2:] - boxes[:, :2], 0.0, None), axis=1), dtype=np.float64)


def as_width_height(box: ArrayLike) -> list[float]:
    """COCO's ``[x, y, width, height]`` of an x1 y1 x2 y2 box."""
    x1, y1, x2, y2 = (float(value) for value in np.asarray(box).reshape(4))
    return [x1, y1, x2 - x1, y2 - y1]
