"""Retrieval: is the same garment among the first k of the gallery?

In-shop and consumer-to-shop (DeepFashion): a query is right at k when any of the first k has its identity.
MMFashion's "recall@k" is another figure: see :func:`shared_hits`. DeepFashion2's protocol is in
:mod:`store.runs.measures.retrieval_boxes`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Queries that are compared with the gallery at once.
_CHUNK = 256


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """For each of Q queries: ``places`` are the 1-based places of all that is relevant, ascending."""

    places: tuple[Ints, ...]

    @property
    def first(self) -> Ints:
        """The place of the first relevant one, ``(Q,)``; 0 where the gallery has none."""
        return np.array([found[0] if len(found) else 0 for found in self.places], np.int64)

    @property
    def average_precision(self) -> Floats:
        """Average precision of each query, ``(Q,)``; NaN where the gallery has nothing relevant."""
        return np.array(
            [
                float((np.arange(1, len(found) + 1) / found).mean()) if len(found) else np.nan
                for found in self.places
            ]
        )


def rank(
    queries: ArrayLike,
    gallery: ArrayLike,
    query_identity: Ints,
    entries: Ints,
    entry_identity: Ints,
    same: Ints | None = None,
) -> Ranking:
    """Where the relevant entries stand when the gallery is ordered by Euclidean distance, nearest first.

    ``queries`` is ``(Q, E)``, ``gallery`` ``(N, E)``; ``query_identity`` ``(Q,)``. ``entries`` and
    ``entry_identity`` ``(m,)`` say which gallery entry shows which identity (an entry may show several, or
    none). ``same`` ``(Q,)`` is the entry that is the query itself, -1 for none: it is left out. Of equal
    distances the earlier entry comes first.
    """
    asked = np.asarray(queries, dtype=np.float32)
    there = np.asarray(gallery, dtype=np.float32)
    order = np.argsort(entry_identity, kind="stable")
    sorted_identity, sorted_entries = entry_identity[order], entries[order]
    starts = np.searchsorted(sorted_identity, query_identity, side="left")
    ends = np.searchsorted(sorted_identity, query_identity, side="right")
    lengths = (there * there).sum(axis=1)
    places: list[Ints] = []
    for begin in range(0, len(asked), _CHUNK):
        block = lengths[None] - 2.0 * (asked[begin : begin + _CHUNK] @ there.T)
        for row, distances in enumerate(block, begin):
            if same is not None and same[row] >= 0:
                distances[same[row]] = np.inf
            relevant = np.unique(sorted_entries[starts[row] : ends[row]])
            if same is not None:
                relevant = relevant[relevant != same[row]]
            found = [
                int((distances < distances[i]).sum() + (distances[:i] == distances[i]).sum()) + 1
                for i in relevant
            ]
            places.append(np.sort(np.array(found, np.int64)))
    return Ranking(tuple(places))


def top_k(first: Ints, k: int) -> NDArray[np.bool_]:
    """Whether each query is right at k, ``(Q,)``, from the places of the first relevant ones (0: none)."""
    return np.asarray((first > 0) & (first <= k))


def shared_hits(ranking: Ranking, ks: Sequence[int]) -> dict[int, float]:
    """MMFashion's "recall@k": the mean over queries of relevant entries within k, of all; empty for none."""
    asked = [found for found in ranking.places if len(found)]
    return {k: float(np.mean([(found <= k).mean() for found in asked])) for k in ks} if asked else {}
