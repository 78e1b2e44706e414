"""Places of true matches: as the measure from vectors has them, and after identities were changed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.errors import StoreError
from store.retrieval.ranked import FILE, Ranked
from store.retrieval.standing import Standing, exact_places
from store.runs.measures.retrieval import rank
from tests.unit.store.retrieval.small_ranking import ranked, table


def _vectors(count: int, seed: int = 0) -> np.ndarray:
    found = np.random.default_rng(seed).normal(size=(count, 6)).astype(np.float32)
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True))


@given(st.lists(st.integers(-1, 5), min_size=6, max_size=24), st.integers(1, 9), st.integers(0, 99))
def test_places_are_those_of_the_measure(identities: list[int], depth: int, seed: int) -> None:
    vectors, half = _vectors(len(identities), seed), len(identities) // 2
    queries, gallery = np.arange(1, half + 1), np.arange(half + 1, len(identities) + 1)
    lists = ranked(vectors, queries, gallery, depth)
    standing = Standing(lists, table(identities), exact_places(lists, vectors))
    known = np.array(identities)
    shown = known[gallery - 1]
    wanted = rank(
        vectors[:half],
        vectors[half:],
        known[:half],
        np.flatnonzero(shown >= 0),
        shown[shown >= 0],
    )
    for query in range(half):
        places = wanted.places[query] if known[query] >= 0 else []
        assert standing.matches(query).places.tolist() == list(places)
        assert standing.asked[query] == (len(places) > 0)
    asked = standing.asked
    assert standing.first[asked].tolist() == wanted.first[asked].tolist()
    assert standing.precision[asked] == pytest.approx(wanted.average_precision[asked])


@given(st.lists(st.integers(-1, 3), min_size=8, max_size=16), st.data())
def test_an_update_is_what_a_fresh_look_finds(identities: list[int], data: st.DataObject) -> None:
    vectors = _vectors(len(identities))
    garments = np.arange(1, len(identities) + 1)
    lists = ranked(vectors, garments, garments, 4, "in-shop")
    standing = Standing(lists, table(identities), exact_places(lists, vectors))
    others = data.draw(st.lists(st.integers(-1, 3), min_size=len(identities), max_size=len(identities)))
    before = standing.first.copy()
    supposed = standing.supposed(table(others))
    assert standing.first.tolist() == before.tolist()
    changed = standing.update(table(others))
    fresh = Standing(lists, table(others), exact_places(lists, vectors))
    assert standing.first.tolist() == supposed.first.tolist() == fresh.first.tolist()
    assert standing.asked.tolist() == fresh.asked.tolist()
    assert standing.precision.tolist() == fresh.precision.tolist()
    assert set(np.flatnonzero(before != fresh.first)) <= set(changed.tolist())
    standing.update(table(identities))
    assert standing.first.tolist() == before.tolist()


@given(
    st.lists(st.tuples(st.integers(-1, 3), st.integers(0, 2)), min_size=8, max_size=16),
    st.lists(st.tuples(st.integers(-1, 3), st.integers(0, 2)), min_size=16, max_size=16),
    st.permutations(range(5)),
)
def test_across_poses_an_update_is_what_a_fresh_look_finds(
    first: list[tuple[int, int]], second: list[tuple[int, int]], numbers: list[int]
) -> None:
    vectors, garments = _vectors(len(first)), np.arange(1, len(first) + 1)
    lists = ranked(vectors, garments[:5], garments, 4, "cross-pose")
    then, now = zip(*first, strict=True), zip(*second[: len(first)], strict=True)
    (identities, views), (others, poses) = (tuple(list(part) for part in one) for one in (then, now))
    standing = Standing(lists, table(identities, views=views), exact_places(lists, vectors))
    # What a product is numbered as says nothing.
    renamed = table([numbers[one] if one >= 0 else -1 for one in others], views=poses)
    standing.update(renamed)
    fresh = Standing(lists, renamed, exact_places(lists, vectors))
    assert standing.first.tolist() == fresh.first.tolist()
    assert standing.asked.tolist() == fresh.asked.tolist()
    for query in range(len(lists)):
        assert standing.matches(query).entries.tolist() == fresh.matches(query).entries.tolist()


def test_the_query_is_no_match_of_itself() -> None:
    vectors = _vectors(4)
    garments = np.arange(1, 5)
    lists = ranked(vectors, garments, garments, 3, "in-shop")
    standing = Standing(lists, table([0, 0, 1, -1]), exact_places(lists, vectors))
    assert standing.asked.tolist() == [True, True, False, False]
    assert not standing.is_match(0, 0)
    assert standing.is_match(0, 1)


def test_across_poses_the_same_pose_counts_neither_way() -> None:
    # On a line: the query, a match of its own pose, a stranger, a match of another pose.
    vectors = np.array([[0.0], [1.0], [2.0], [3.0]], np.float32)
    garments = np.arange(1, 5)
    lists = ranked(vectors, garments[:1], garments, 3, "cross-pose")
    known = table([0, 0, -1, 0], views=[2, 2, 2, 3])
    standing = Standing(lists, known, exact_places(lists, vectors))
    assert standing.matches(0).entries.tolist() == [3]
    assert standing.first.tolist() == [2]


def test_a_missed_query_is_asked_for_and_wrong() -> None:
    vectors = _vectors(4)
    lists = ranked(vectors, np.array([1]), np.array([2, 3, 4]), 2)
    lists.query_rows[0] = -1
    standing = Standing(lists, table([0, 0, 1, 1]), exact_places(lists, vectors))
    assert standing.asked.tolist() == [True]
    assert standing.missed.tolist() == [True]
    assert standing.first.tolist() == [0]


def test_lists_are_kept(tmp_path: Path) -> None:
    lists = ranked(_vectors(8), np.array([1, 2, 3]), np.array([4, 5, 6, 7, 8]), 3)
    lists.save(tmp_path)
    again = Ranked.load(tmp_path)
    assert again.facts == lists.facts
    assert again.top.tolist() == lists.top.tolist()
    assert again.distances == pytest.approx(lists.distances, abs=1e-6)
    assert again.shown.tolist() == lists.shown.tolist()
    (tmp_path / FILE).write_bytes((tmp_path / FILE).read_bytes()[:300])
    with pytest.raises(StoreError, match="cannot be read"):
        Ranked.load(tmp_path)
    (tmp_path / FILE).unlink()
    with pytest.raises(StoreError, match="no ranked lists"):
        Ranked.load(tmp_path)
