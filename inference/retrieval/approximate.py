"""The nearest vectors of a gallery, nearly always, by a graph (HNSW of faiss).

For galleries of many millions, where comparing with all takes too long.

faiss comes with the extra "faiss".
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np

from inference.retrieval.search import ExactSearch, Ints, Search, Vectors
from store.errors import StudioError

#: What searches can be chosen.
SEARCHES = ("exact", "hnsw")
#: Links of a vector in the graph; candidates that are held while it is built and while it is searched.
_LINKS, _BUILDING, _SEARCHING = 32, 200, 128


class HnswSearch:
    """Walks a graph over a gallery ``(N, E)`` of vectors of unit length; on the processor."""

    def __init__(self, gallery: Vectors) -> None:
        """Builds the graph, which takes far longer than a search. StudioError where faiss is missing."""
        try:
            faiss: Any = import_module("faiss")
        except ModuleNotFoundError as error:
            raise StudioError(
                f"faiss is not installed ({error}).",
                'Install the extra: pip install "deepfashion-studio[faiss]", or use the exact search.',
            ) from error
        self._held = np.ascontiguousarray(gallery, np.float32)
        self._graph = faiss.IndexHNSWFlat(self._held.shape[1], _LINKS)
        self._graph.hnsw.efConstruction = _BUILDING
        if len(self._held):
            self._graph.add(self._held)

    def __len__(self) -> int:
        """Number of vectors in the gallery."""
        return len(self._held)

    def nearest(self, queries: Vectors, k: int) -> tuple[Ints, Vectors]:
        """See :class:`Search`; with fewer than k vectors in the gallery there are fewer columns.

        Distances are exact. Where the graph reaches fewer than k, the places left are -1, at infinity.
        """
        k = min(k, len(self))
        asked = np.ascontiguousarray(queries, np.float32)
        if not k or not len(asked):
            return np.empty((len(asked), k), np.int64), np.empty((len(asked), k), np.float32)
        self._graph.hnsw.efSearch = max(_SEARCHING, 2 * k)
        _, found = self._graph.search(asked, k)
        places = np.asarray(found, np.int64)
        # Its own distances are squared in float32, and lose what near vectors differ by.
        apart = np.linalg.norm(self._held[places] - asked[:, None], axis=2)
        apart[places < 0] = np.inf
        order = np.argsort(apart, axis=1, kind="stable")
        return np.take_along_axis(places, order, 1), np.take_along_axis(apart, order, 1).astype(np.float32)


def searcher(kind: str, gallery: Vectors, device: str = "auto") -> Search:
    """A search of a kind of :data:`SEARCHES`. StudioError where there is none, or it is not installed."""
    if kind == "exact":
        return ExactSearch(gallery, device)
    if kind == "hnsw":
        return HnswSearch(gallery)
    raise StudioError(f"There is no search {kind!r}.", f"There are {', '.join(SEARCHES)}.")
