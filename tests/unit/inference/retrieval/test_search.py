"""The nearest of a gallery: what comparing all distances in float64 finds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.retrieval import search
from inference.retrieval.search import ExactSearch


def unit(count: int, size: int, seed: int) -> np.ndarray:
    found = np.random.default_rng(seed).normal(size=(count, size))
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32)


@given(st.integers(1, 60), st.integers(1, 9), st.integers(1, 20), st.booleans(), st.integers(0, 50))
def test_it_is_exact(count: int, queries: int, k: int, half: bool, seed: int) -> None:
    gallery, asked = unit(count, 16, seed), unit(queries, 16, seed + 1)
    found, near = ExactSearch(gallery, "cpu", half=half).nearest(asked, k)
    distances = np.linalg.norm(asked[:, None].astype(np.float64) - gallery[None], axis=2)
    wanted = np.sort(distances, axis=1)[:, : min(k, count)]
    assert found.shape == wanted.shape
    assert near == pytest.approx(wanted, abs=1e-5)
    assert np.take_along_axis(distances, found, 1) == pytest.approx(wanted, abs=1e-5)


@pytest.mark.parametrize("half", [True, False])
def test_a_gallery_in_blocks_is_searched_whole(half: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    gallery, asked = unit(500, 8, 1), unit(7, 8, 2)
    whole = ExactSearch(gallery, "cpu", half=half).nearest(asked, 12)[0]
    monkeypatch.setattr(search, "_BLOCK", 7 * 60)
    monkeypatch.setattr(search, "_QUERIES", 7)
    assert ExactSearch(gallery, "cpu", half=half).nearest(asked, 12)[0].tolist() == whole.tolist()


def test_few_and_many_queries_agree() -> None:
    gallery, asked = unit(3000, 32, 3), unit(40, 32, 4)
    searched = ExactSearch(gallery, "cpu")
    many = searched.nearest(asked, 20)[0]
    single = np.concatenate([searched.nearest(one[None], 20)[0] for one in asked])
    assert many.tolist() == single.tolist()
