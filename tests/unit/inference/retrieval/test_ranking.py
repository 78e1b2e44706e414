"""Ranked lists: the places are those of the measure, and the lists those of all distances."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.retrieval import ranking
from inference.retrieval.ranking import Asked, ranked_lists
from store.retrieval.ranked import Ranked, RankedFacts
from store.runs.measures.retrieval import rank
from tests.unit.inference.retrieval.test_search import unit

FACTS = RankedFacts("in-shop", "index", "fn", "box")


def lists(vectors: np.ndarray, identities: np.ndarray, queries: int, own: bool, depth: int) -> Ranked:
    """The first garments are queries; the gallery is all of them (``own``), or the others."""
    count = len(vectors)
    gallery = np.arange(count) if own else np.arange(queries, count)
    asked = Asked(
        np.arange(1, queries + 1),
        np.arange(queries),
        gallery,
        np.arange(len(gallery) + 1),
        gallery + 1,
        np.arange(queries) if own else np.full(queries, -1),
        identities[:queries],
        identities[gallery],
    )
    return ranked_lists(asked, FACTS, vectors, "cpu", depth)


@given(
    st.lists(st.integers(-1, 4), min_size=3, max_size=30),
    st.booleans(),
    st.integers(1, 8),
    st.integers(0, 40),
)
def test_places_are_those_of_the_measure(said: list[int], own: bool, depth: int, seed: int) -> None:
    identities, queries = np.array(said), max(1, len(said) // 3)
    vectors = unit(len(said), 8, seed)
    found = lists(vectors, identities, queries, own, depth)
    gallery = found.entries
    known = identities[gallery]
    wanted = rank(
        vectors[:queries],
        vectors[gallery],
        identities[:queries],
        np.flatnonzero(known >= 0),
        known[known >= 0],
        np.arange(queries) if own else None,
    )
    for query in range(queries):
        mine = slice(found.match_first[query], found.match_first[query + 1])
        expected = wanted.places[query].tolist() if identities[query] >= 0 else []
        assert sorted(found.match_places[mine].tolist()) == expected
        apart = np.linalg.norm(vectors[gallery].astype(float) - vectors[query], axis=1)
        assert found.match_distances[mine] == pytest.approx(apart[found.match_entries[mine]], abs=1e-5)
        if own:
            apart[query] = np.inf
        near = np.sort(apart)[: found.depth]
        near = near[np.isfinite(near)]
        assert found.distances[query, : len(near)] == pytest.approx(near, abs=1e-5)
        assert (found.top[query, len(near) :] == -1).all()


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    vectors, identities = unit(90, 8, 2), np.arange(90) % 7
    whole = lists(vectors, identities, 40, True, 10)
    monkeypatch.setattr(ranking, "_AT_ONCE", 300)
    parts = lists(vectors, identities, 40, True, 10)
    assert parts.top.tolist() == whole.top.tolist()
    assert parts.match_places.tolist() == whole.match_places.tolist()


def test_a_missed_query_has_no_list() -> None:
    vectors = unit(6, 8, 1)
    asked = Asked(
        np.array([1, 2]),
        np.array([0, -1]),
        np.array([2, 3, 4, 5]),
        np.array([0, 1, 1, 3, 4]),
        np.array([11, 12, 13, 14]),
        np.array([-1, -1]),
        np.array([0, 0]),
        np.array([0, 0, 1, 2]),
    )
    found = ranked_lists(asked, FACTS, vectors, "cpu", 3)
    assert (found.top[1] == -1).all()
    assert found.match_first.tolist() == [0, 2, 2]
    assert set(found.match_entries.tolist()) == {0, 2}
    assert found.showing(2).tolist() == [12, 13]
