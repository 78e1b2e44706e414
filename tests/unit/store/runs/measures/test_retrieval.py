"""Places in a ranking equal a plain sort."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.runs.measures.retrieval import rank, shared_hits, top_k


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 10_000), st.booleans())
def test_places_equal_a_plain_sort(seed: int, leave_one_out: bool) -> None:
    rng = np.random.default_rng(seed)
    # Few whole numbers: equal distances are common and exact in float32.
    gallery = rng.integers(0, 3, (9, 2)).astype(float)
    queries = gallery[:4] if leave_one_out else rng.integers(0, 3, (4, 2)).astype(float)
    identity = rng.integers(0, 3, 9)
    same = np.arange(4) if leave_one_out else None
    ranking = rank(queries, gallery, identity[:4], np.arange(9), identity, same)
    for row, query in enumerate(queries):
        distances = ((gallery - query) ** 2).sum(axis=1)
        order = [i for i in np.argsort(distances, kind="stable") if not (leave_one_out and i == row)]
        places = [place for place, i in enumerate(order, 1) if identity[i] == identity[row]]
        assert ranking.places[row].tolist() == places
        assert ranking.first[row] == (places[0] if places else 0)
        if places:
            precision = np.mean([(i + 1) / place for i, place in enumerate(places)])
            assert ranking.average_precision[row] == pytest.approx(precision)
        else:
            assert np.isnan(ranking.average_precision[row])


def test_an_entry_may_show_several_identities_or_none() -> None:
    gallery = np.array([[0.0], [1.0], [2.0]])
    ranking = rank(
        np.array([[0.0], [0.0]]), gallery, np.array([7, 8]), np.array([1, 1, 2]), np.array([7, 8, 8])
    )
    assert [found.tolist() for found in ranking.places] == [[2], [2, 3]]


def test_mmfashions_recall_is_another_figure() -> None:
    ranking = rank(
        np.array([[0.0]]), np.array([[0.0], [1.0], [5.0]]), np.array([1]), np.array([0, 2]), np.array([1, 1])
    )
    assert top_k(ranking.first, 1).tolist() == [True]
    assert shared_hits(ranking, (1, 3)) == {1: 0.5, 3: 1.0}
    assert (
        shared_hits(rank(np.zeros((1, 1)), np.zeros((1, 1)), np.array([1]), *[np.zeros(0, int)] * 2), (1,))
        == {}
    )
