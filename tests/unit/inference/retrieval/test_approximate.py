"""The graph finds nearly what comparing with all finds, behind the same interface."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from inference.retrieval.approximate import HnswSearch, searcher
from inference.retrieval.search import ExactSearch
from store.errors import StudioError
from tests.unit.inference.retrieval.test_search import unit


def test_it_finds_what_is_near() -> None:
    pytest.importorskip("faiss", reason="the extra faiss is not installed")
    gallery, asked = unit(2000, 16, 1), unit(20, 16, 2)
    found, near = HnswSearch(gallery).nearest(asked, 10)
    wanted, _ = ExactSearch(gallery, "cpu").nearest(asked, 10)
    shared = [len(set(one) & set(two)) for one, two in zip(found.tolist(), wanted.tolist(), strict=True)]
    assert np.mean(shared) > 9.5
    distances = np.linalg.norm(gallery[found].astype(float) - asked[:, None], axis=2)
    assert near == pytest.approx(distances, abs=1e-5)
    assert (np.diff(near, axis=1) >= 0).all()


@pytest.mark.parametrize("count", [0, 1, 3])
def test_small_galleries_have_short_lists(count: int) -> None:
    pytest.importorskip("faiss", reason="the extra faiss is not installed")
    places, distances = searcher("hnsw", unit(4, 8, 1)[:count]).nearest(unit(2, 8, 2), 5)
    assert places.shape == distances.shape == (2, count)
    assert sorted(places[0].tolist()) == list(range(count))


def test_a_search_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(searcher("exact", unit(4, 8, 1), "cpu"), ExactSearch)
    with pytest.raises(StudioError, match="no search 'lsh'"):
        searcher("lsh", unit(4, 8, 1))
    monkeypatch.setitem(sys.modules, "faiss", None)
    with pytest.raises(StudioError, match="faiss is not installed") as refused:
        searcher("hnsw", unit(4, 8, 1))
    assert "[faiss]" in refused.value.fix
