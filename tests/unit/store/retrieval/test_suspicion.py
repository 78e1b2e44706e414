"""A wrong label stands out among right ones."""

from __future__ import annotations

import numpy as np

from store.retrieval.standing import Standing, exact_places
from store.retrieval.suspicion import Suspicion
from tests.unit.store.retrieval.small_ranking import ranked, table

PRODUCTS, SHOTS = 30, 4


def _many(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Vectors of garments around their product's, and the product of each: consumers first, then shops."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(PRODUCTS, 8))
    products = np.tile(np.arange(PRODUCTS), SHOTS)
    found = centres[products] + rng.normal(size=(len(products), 8)) * 0.35
    return (found / np.linalg.norm(found, axis=1, keepdims=True)).astype(np.float32), products


def test_wrong_identities_come_first() -> None:
    vectors, products = _many(1)
    queries = np.arange(1, 2 * PRODUCTS + 1)
    gallery = np.arange(2 * PRODUCTS + 1, len(products) + 1)
    said = products.copy()
    wrong = np.arange(0, 40, 8)
    said[wrong] = (said[wrong] + 11) % PRODUCTS
    lists = ranked(vectors, queries, gallery, 10)
    standing = Standing(lists, table(said.tolist()), exact_places(lists, vectors))
    scores = Suspicion(standing).scores()
    order = np.argsort(-scores)
    assert set(order[: len(wrong)].tolist()) == set(wrong.tolist())
    assert np.isneginf(scores[standing.first == 1]).all()


def test_the_signs_say_why() -> None:
    line = np.array([[0.0], [0.1], [0.2], [5.0]], np.float32)
    lists = ranked(line, np.array([1]), np.array([2, 3, 4]), 3)
    known = table([0, 1, 1, 0], pairs=[7, 7, 7, 7])
    known.category_ids[3] = 2
    signs = Suspicion(Standing(lists, known, exact_places(lists, line))).signs(0)
    assert signs is not None
    assert signs.same_pair
    assert signs.other_category
    assert signs.one_product == 2 / 3
    assert signs.margin > 10


def test_labels_that_lead_nowhere_are_signs() -> None:
    line = np.array([[0.0], [1.0], [0.1], [3.0], [0.2]], np.float32)
    lists = ranked(line, np.array([1, 2]), np.array([3, 4, 5]), 3)
    # The first query's product is in no shop, its first result's is of no query; the second has its match.
    judged = Suspicion(Standing(lists, table([0, 1, 2, 1, -1]), exact_places(lists, line)))
    first, second = judged.signs(0), judged.signs(1)
    assert first is not None
    assert second is not None
    assert first.nothing_to_find
    assert first.nobody_asks
    assert not second.nothing_to_find
    assert first.suspicion > second.suspicion


def test_a_query_said_to_have_no_counterpart_is_judged_by_how_near_its_first_result_is() -> None:
    line = np.array([[0.0], [10.0], [20.0], [0.1], [10.5], [25.0]], np.float32)
    lists = ranked(line, np.array([1, 2, 3]), np.array([4, 5, 6]), 3)
    # A right first result is 0.5 away: nearer than that, and yet no counterpart, is suspicious.
    judged = Suspicion(Standing(lists, table([-1, 1, -1, 2, 1, 3]), exact_places(lists, line)))
    near, _, far = judged.scores()
    assert near > 0 > far


def test_a_missed_query_is_not_judged() -> None:
    line = np.array([[0.0], [0.1], [0.2]], np.float32)
    lists = ranked(line, np.array([1]), np.array([2, 3]), 2)
    lists.query_rows[0] = -1
    judged = Suspicion(Standing(lists, table([0, 1, 0]), exact_places(lists, line)))
    assert np.isneginf(judged.scores()).all()
