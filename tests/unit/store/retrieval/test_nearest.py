"""The nearest rows of an index to one vector."""

from __future__ import annotations

import numpy as np
import pytest

from store.errors import Cancelled
from store.retrieval import nearest as module
from store.retrieval.index import Rows
from store.retrieval.nearest import nearest


def rows_at(places: list[int]) -> Rows:
    count = len(places)
    ones = np.ones(count, np.int64)
    return Rows(
        np.array(places, np.int64), ones, ones, ones, np.full(count, ""), ones, np.ones(count),
        np.zeros((count, 4)),
    )  # fmt: skip


def test_the_nearest_come_first_over_all_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BLOCK", 7)
    vectors = np.random.default_rng(0).normal(size=(50, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    # Tombstones are no rows, so not every vector is one.
    rows = rows_at([one for one in range(50) if one % 3])
    numbers, distances = nearest(vectors, rows, vectors[20], 10)
    all_of_them = np.linalg.norm(vectors[rows.rows].astype(float) - vectors[20], axis=1)
    assert numbers.tolist() == np.argsort(all_of_them, kind="stable")[:10].tolist()
    assert np.allclose(distances, np.sort(all_of_them)[:10])
    assert rows.rows[numbers[0]] == 20
    assert distances[0] == 0


def test_of_equal_ones_the_earlier_is_first() -> None:
    vectors = np.tile(np.array([[1.0, 0.0]], np.float32), (5, 1))
    numbers, _ = nearest(vectors, rows_at([0, 1, 2, 3, 4]), vectors[0], 3)
    assert numbers.tolist() == [0, 1, 2]


def test_nothing_among_nothing() -> None:
    numbers, distances = nearest(np.empty((0, 4), np.float32), rows_at([]), np.zeros(4, np.float32), 3)
    assert len(numbers) == len(distances) == 0


def test_another_size_is_refused_and_it_can_be_stopped() -> None:
    vectors = np.eye(3, dtype=np.float32)
    with pytest.raises(ValueError, match="numbers"):
        nearest(vectors, rows_at([0, 1, 2]), np.zeros(4, np.float32), 1)

    def stop(_done: int, _total: int, _message: str = "") -> None:
        raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        nearest(vectors, rows_at([0, 1, 2]), vectors[0], 1, stop)
