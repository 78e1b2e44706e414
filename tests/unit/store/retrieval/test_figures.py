"""Shares of queries that are right, whole and by slice."""

from __future__ import annotations

import numpy as np
import pytest

from store.retrieval.figures import by_slice, figures
from store.retrieval.standing import Standing, exact_places
from tests.unit.store.retrieval.small_ranking import ranked, table

#: Two queries on a line, then four shop garments: 1 is nearest to 3, 2 to 5.
LINE = np.array([[0.0], [10.0], [1.0], [2.0], [9.0], [7.0]], np.float32)


def standing(identities: list[int], views: list[int] | None = None) -> Standing:
    lists = ranked(LINE, np.array([1, 2]), np.array([3, 4, 5, 6]), 2)
    return Standing(lists, table(identities, views=views), exact_places(lists, LINE))


def test_right_at_one_and_later() -> None:
    found = figures(standing([0, 1, 0, 2, 2, 1]), (1, 2))
    assert (found.queries, found.missed) == (2, 0)
    assert found.top == {1: 0.5, 2: 1.0}
    assert found.mean_precision == pytest.approx(0.75)


def test_queries_without_a_match_are_not_asked() -> None:
    found = figures(standing([0, 3, 0, 2, 2, 1]), (1,))
    assert (found.queries, found.top[1]) == (1, 1.0)
    nothing = figures(standing([-1, -1, 0, 2, 2, 1]), (1,))
    assert (nothing.queries, nothing.top[1], nothing.mean_precision) == (0, 0.0, 0.0)


def test_slices_hold_the_queries_of_their_level() -> None:
    found = by_slice(standing([0, 1, 0, 2, 2, 1], views=[2, 3, 1, 1, 1, 1]), {1: "vest"}, (1,))
    assert [(one.group, one.level, one.queries, one.top[1]) for one in found] == [
        ("category", "vest", 2, 0.5),
        ("viewpoint", "frontal", 1, 1.0),
        ("viewpoint", "side or back", 1, 0.0),
    ]
