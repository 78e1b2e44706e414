"""Categories and attributes: is the truth among the first k?

Attributes follow FashionNet's paper (Liu et al., CVPR 2016, 4.2): all attributes are ranked by score, and
recall is the share of the true ones within the first k, pooled over all garments. MMFashion's figures of the
same name are others: see :func:`mean_recall_by_attribute`.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Truths = NDArray[np.bool_]


def ranks(scores: ArrayLike) -> Ints:
    """The place of each score in its row, 1 for the highest, ``(N, C)``; the first of equals comes first."""
    values = np.asarray(scores, dtype=np.float64)
    order = np.argsort(-values, axis=1, kind="stable")
    out = np.empty(values.shape, np.int64)
    np.put_along_axis(out, order, np.arange(1, values.shape[1] + 1)[None], axis=1)
    return out


def true_ranks(scores: ArrayLike, truth: ArrayLike) -> Ints:
    """The place of the true class of each garment, ``(N,)`` from 1; ``truth`` ``(N,)`` are indices."""
    places = ranks(scores)
    return places[np.arange(len(places)), np.asarray(truth, dtype=np.int64)]


def attribute_hits(scores: ArrayLike, truth: ArrayLike, k: int) -> tuple[Truths, Truths]:
    """Which attributes are true and among the first k, and which are true, ``(N, A)`` each.

    ``truth`` is 1, 0, or NaN where nobody said; what nobody said is ranked like the rest but never counted.
    """
    true = np.asarray(truth, dtype=np.float64) == 1.0
    return true & (ranks(scores) <= k), true


def recall(hits: Truths, true: Truths, columns: ArrayLike | None = None) -> float | None:
    """The paper's recall: true attributes found, of all true ones, pooled; of some columns where given."""
    if columns is not None:
        chosen = np.asarray(columns, dtype=np.int64)
        hits, true = hits[:, chosen], true[:, chosen]
    there = int(true.sum())
    return float(hits.sum() / there) if there else None


def mean_recall_by_attribute(hits: Truths, true: Truths) -> float | None:
    """MMFashion's "recall": the mean over attributes of each one's own recall."""
    there = true.sum(axis=0)
    if not there.any():
        return None
    return float((hits.sum(axis=0)[there > 0] / there[there > 0]).mean())


def confusion(truth: ArrayLike, said: ArrayLike, classes: int) -> Ints:
    """``(classes, classes)`` counts: rows are the truth, columns what was said, both indices."""
    pairs = np.asarray(truth, dtype=np.int64) * classes + np.asarray(said, dtype=np.int64)
    return np.bincount(pairs, minlength=classes * classes).reshape(classes, classes).astype(np.int64)
