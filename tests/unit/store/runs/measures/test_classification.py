"""Top-k, the paper's recall and MMFashion's, each beside a plain count."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.runs.measures.classification import (
    attribute_hits,
    confusion,
    mean_recall_by_attribute,
    ranks,
    recall,
    true_ranks,
)


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 10_000))
def test_ranks_equal_a_plain_count(seed: int) -> None:
    scores = np.random.default_rng(seed).integers(0, 4, (3, 6)).astype(float)
    places = ranks(scores)
    for row, found in zip(scores, places, strict=True):
        for index, value in enumerate(row):
            before = sum(other > value for other in row) + sum(other == value for other in row[:index])
            assert found[index] == before + 1


def test_the_place_of_the_truth() -> None:
    scores = [[0.1, 0.7, 0.2], [0.5, 0.5, 0.4]]
    assert true_ranks(scores, [2, 1]).tolist() == [2, 2]


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 10_000), st.integers(1, 6))
def test_recall_pools_over_garments(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    scores = rng.random((5, 6))
    truth = rng.choice([0.0, 1.0, np.nan], (5, 6))
    hits, true = attribute_hits(scores, truth, k)
    found = there = 0
    for row, said in zip(truth, scores, strict=True):
        best = set(np.argsort(-said)[:k].tolist())
        wanted = {i for i, value in enumerate(row) if value == 1.0}
        found, there = found + len(best & wanted), there + len(wanted)
    assert recall(hits, true) == (pytest.approx(found / there) if there else None)


def test_recall_of_a_type_and_mmfashions_mean_are_other_figures() -> None:
    # Attribute 0 is common and always found, attribute 2 rare and never.
    truth = np.array([[1.0, 0, 0]] * 9 + [[1.0, 0, 1]])
    scores = np.array([[0.9, 0.5, 0.1]] * 10)
    hits, true = attribute_hits(scores, truth, 1)
    assert recall(hits, true) == pytest.approx(10 / 11)
    assert recall(hits, true, [2]) == 0.0
    assert recall(hits, true, [1]) is None
    assert mean_recall_by_attribute(hits, true) == pytest.approx(0.5)
    assert mean_recall_by_attribute(hits[:, 1:2], true[:, 1:2]) is None


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=20))
def test_confusion_counts_pairs(pairs: list[tuple[int, int]]) -> None:
    counts = confusion([a for a, _ in pairs], [b for _, b in pairs], 4)
    assert counts.sum() == len(pairs)
    for row in range(4):
        for column in range(4):
            assert counts[row, column] == pairs.count((row, column))
