"""The plane of a map, and what colours its points."""

from __future__ import annotations

import numpy as np
import pytest

from store.retrieval.index import Rows
from store.retrieval.projection import (
    FACETS,
    Colouring,
    axes,
    colouring,
    folded,
    outcomes,
    project,
    shown_garments,
)
from store.retrieval.standing import Standing, exact_places
from tests.unit.store.retrieval.small_ranking import ranked, table


def test_the_plane_is_that_of_the_largest_variance() -> None:
    random = np.random.default_rng(0)
    plain = random.normal(size=(9000, 3)) * [5.0, 2.0, 0.1]
    turn, _ = np.linalg.qr(random.normal(size=(3, 3)))
    vectors = (plain @ turn + 4).astype(np.float32)
    found = axes(vectors)
    assert found.shares == pytest.approx([25 / 29.01, 4 / 29.01], abs=0.01)
    points = found.points(vectors)
    assert points.shape == (9000, 2)
    assert points.mean(axis=0) == pytest.approx([0, 0], abs=1e-3)
    assert np.abs(np.corrcoef(points[:, 0], plain[:, 0])[0, 1]) > 0.999
    # numpy's own decomposition gives the same, but for the sign
    _, _, right = np.linalg.svd(vectors - vectors.mean(axis=0), full_matrices=False)
    assert np.abs(np.sum(right[:2] * found.directions, axis=1)) == pytest.approx([1, 1], abs=1e-4)


def test_the_sign_is_always_the_same_and_places_choose() -> None:
    vectors = np.random.default_rng(1).normal(size=(50, 6)).astype(np.float32)
    places = np.array([4, 9, 30, 31, 49])
    assert np.array_equal(project(vectors, places), project(vectors[places].copy()))
    directions = axes(vectors).directions
    assert (directions[[0, 1], np.abs(directions).argmax(axis=1)] > 0).all()


@pytest.mark.parametrize("vectors", [np.ones((1, 4)), np.ones((7, 4)), np.empty((0, 4))])
def test_vectors_that_do_not_differ_lie_at_one_point(vectors: np.ndarray) -> None:
    found = axes(vectors.astype(np.float32))
    assert found.shares.tolist() == [0, 0]
    assert not found.points(vectors.astype(np.float32)).any()


def test_one_number_a_vector_gives_a_line() -> None:
    points = project(np.array([[1.0], [2.0], [6.0]], np.float32))
    assert points.tolist() == [[-2, 0], [-1, 0], [3, 0]]


def test_colours_are_of_the_facets_that_occur() -> None:
    known = table([0, 1, 2], shop=[1, 0, -1], views=[2, 3, 0])
    ids = np.array([3, 2, 1, 99])
    domain = colouring(known, ids, "domain", {})
    assert (domain.labels, domain.numbers.tolist()) == (("consumer", "shop"), [-1, 0, 1, -1])
    view = colouring(known, ids, "viewpoint", {})
    assert (view.labels, view.keys) == (("frontal", "side or back"), (2, 3))
    kinds = colouring(known, ids, "category", {1: "vest"})
    assert (kinds.labels, kinds.keys, kinds.numbers.tolist()) == (("vest",), (1,), [0, 0, 0, -1])
    assert colouring(known, ids, "split", {}).numbers.tolist() == [0, 0, 0, -1]
    assert set(FACETS) >= {"scale", "occlusion", "zoom_in"}
    with pytest.raises(ValueError, match="no facet"):
        colouring(known, ids, "colour", {})


def test_rare_labels_become_one() -> None:
    numbers = np.array([0, 1, 1, 2, 2, 2, 3, -1])
    found = folded(Colouring("product", ("a", "b", "c", "d"), (7, 8, 9, 5), numbers), 3)
    assert found.labels == ("c", "b", "2 others")
    assert found.keys == (9, 8, "")
    assert found.numbers.tolist() == [2, 1, 1, 0, 0, 0, 2, -1]
    assert folded(found, 3) is found
    with pytest.raises(ValueError, match="1 labels"):
        folded(found, 1)


def test_products_colour_and_a_ranking_tells_hits() -> None:
    garments = table([0, 0, 1, 1, -1], [0, 1, 0, 1, 0])
    found = colouring(garments, np.array([5, 4, 1, 99]), "product", {})
    assert [found.labels[one] if one >= 0 else "" for one in found.numbers.tolist()] == [
        "", "item 1", "item 0", "",
    ]  # fmt: skip
    vectors = np.array([[1, 0], [1, 0], [1, 0.1], [0, 1], [0, 1]], np.float32)
    lists = ranked(vectors, np.array([1, 3, 5]), np.array([2, 4]), 2)
    outcome = outcomes(Standing(lists, garments, exact_places(lists, vectors)), np.array([1, 2, 3, 5, 77]))
    words = [outcome.labels[one] if one >= 0 else "" for one in outcome.numbers.tolist()]
    assert words == ["hit", "", "miss", "", ""]


def test_a_predicted_box_is_told_by_its_image() -> None:
    garments = table([0, 0, 1])
    count = 3
    rows = Rows(
        np.arange(count), np.array([0, 3, 0]), np.array([2, 3, 9]), np.ones(count, np.int64),
        np.full(count, "c"), np.ones(count, np.int64), np.ones(count), np.zeros((count, 4)),
    )  # fmt: skip
    assert shown_garments(garments, rows).tolist() == [2, 3, 0]
