"""The nearest rows of an index to one vector, exactly; NumPy alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from store.progress import Progress, silent
from store.retrieval.index import Rows, Vectors

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: Rows that are read from the disk at once: some 128 MB of vectors of 512 numbers.
_BLOCK = 1 << 16


def nearest(
    vectors: Vectors, rows: Rows, wanted: Vectors, count: int, progress: Progress = silent
) -> tuple[Ints, Floats]:
    """Which of ``rows (R,)`` are nearest to a vector ``wanted (E,)`` of unit length: their numbers in
    ``rows`` and their Euclidean distances 0..2, nearest first, ``count`` at most; of equal ones the earlier
    is first.

    ``vectors (n, E)`` are those of the index, of unit length. ValueError where the sizes differ; Cancelled
    where ``progress`` raises it.
    """
    if vectors.shape[1:] != wanted.shape:
        raise ValueError(f"vectors of {vectors.shape[1:]} numbers, asked for one of {wanted.shape}")
    asked = np.asarray(wanted, np.float32)
    found, likeness = np.empty(0, np.int64), np.empty(0, np.float32)
    for start in range(0, len(rows), _BLOCK):
        part = np.asarray(vectors[rows.rows[start : start + _BLOCK]]) @ asked
        likeness = np.append(likeness, part)
        found = np.append(found, np.arange(start, start + len(part)))
        best = np.argsort(-likeness, kind="stable")[:count]
        found, likeness = found[best], likeness[best]
        progress(min(start + _BLOCK, len(rows)), len(rows), "Comparing")
    # Once more from the differences: products lose what small ones keep.
    exact = np.asarray(vectors[rows.rows[found]], np.float64) - np.asarray(wanted, np.float64)
    distances = np.linalg.norm(exact, axis=1)
    order = np.lexsort((found, distances))
    return found[order], distances[order]
