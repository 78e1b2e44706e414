"""The order of an epoch: the same for one process and for several, and taken up anywhere."""

from __future__ import annotations

from collections import Counter
from itertools import chain

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.data import Slices
from inference.data.sampling import (
    Batches,
    EpochSampler,
    IdentityBatches,
    InOrder,
    PairBatches,
    garment_weights,
    image_products,
    image_weights,
)
from store.errors import StudioError

IDENTITIES = np.array([0, 0, 1, 1, 1, 2, 2, 2, 2, -1, 3])


def _merged(parts: list[Batches]) -> list[set[tuple[int, int]]]:
    """What all processes together see in each step."""
    steps = zip(*(list(part) for part in parts), strict=True)
    return [{(draw.index, draw.turn) for draw in chain(*step)} for step in steps]


@given(
    st.integers(1, 40), st.integers(1, 6), st.sampled_from([1, 2, 3]), st.integers(0, 99), st.integers(0, 5)
)
@settings(max_examples=60, deadline=None)
def test_several_processes_see_the_batches_of_one(
    length: int, share: int, world: int, seed: int, epoch: int
) -> None:
    batch = share * world
    one = EpochSampler(length, batch, seed)
    parts: list[Batches] = [EpochSampler(length, batch, seed, rank, world) for rank in range(world)]
    for sampler in (one, *parts):
        sampler.set_epoch(epoch)
        assert len(list(sampler)) == len(sampler) == len(one) == -(-length // batch)
    alone = list(one)
    assert all(len(step) == batch for step in alone)
    assert _merged(parts) == [{(draw.index, draw.turn) for draw in step} for step in alone]
    seen = Counter(draw.index for draw in chain(*alone))
    assert set(seen) == set(range(length))
    assert max(seen.values()) - min(seen.values()) <= 1


@given(st.integers(1, 30), st.integers(1, 5), st.integers(0, 4), st.data())
@settings(max_examples=40, deadline=None)
def test_an_epoch_is_taken_up_where_it_was_left(
    length: int, batch: int, epoch: int, data: st.DataObject
) -> None:
    whole = EpochSampler(length, batch, seed=3)
    whole.set_epoch(epoch)
    steps = list(whole)
    step = data.draw(st.integers(0, len(steps)))
    resumed = EpochSampler(length, batch, seed=3)
    resumed.set_position(epoch, step)
    resumed.set_epoch(epoch)  # what a trainer says at the start of every epoch
    assert list(resumed) == steps[step:]
    assert len(resumed) == len(steps)
    resumed.set_epoch(epoch + 1)
    whole.set_epoch(epoch + 1)
    assert list(resumed) == list(whole)


def test_every_epoch_and_every_seed_has_an_order_of_its_own() -> None:
    def order(seed: int, epoch: int) -> list[int]:
        sampler = EpochSampler(50, 10, seed)
        sampler.set_epoch(epoch)
        return [draw.index for draw in chain(*sampler)]

    assert order(1, 0) == order(1, 0)
    assert order(1, 0) != order(1, 1)
    assert order(1, 0) != order(2, 0)


def test_turns_tell_one_showing_of_a_sample_from_the_next() -> None:
    draws = list(chain(*EpochSampler(2, 6, seed=0)))
    assert sorted((draw.index, draw.turn) for draw in draws) == [(i, t) for i in (0, 1) for t in (0, 1, 2)]


@given(st.lists(st.floats(0.1, 10), min_size=2, max_size=30), st.integers(0, 20))
@settings(max_examples=40, deadline=None)
def test_weights_say_how_often_a_sample_comes(weights: list[float], seed: int) -> None:
    wanted = np.array(weights) / sum(weights) * len(weights)
    drawn = EpochSampler(len(weights), 1, seed, weights=np.array(weights))
    seen = Counter(draw.index for draw in chain(*drawn))
    for index, times in enumerate(wanted):
        assert np.floor(times) - 1e-6 <= seen[index] + 1e-6
        assert seen[index] <= np.ceil(times) + 1e-6


def test_balanced_categories_come_equally_often(drawn: Slices) -> None:
    data = drawn.train
    weights = garment_weights(data, "category")
    assert weights is not None
    sums = {kind: weights[data.category_ids == kind].sum() for kind in set(data.category_ids.tolist())}
    assert max(sums.values()) == pytest.approx(min(sums.values()))
    images = image_weights(data, np.arange(len(data)), "category")
    assert images is not None
    assert images.tolist() == [max(weights[list(data.of_image(i))]) for i in range(len(data))]
    assert garment_weights(data, "none") is None


def test_rare_attributes_come_more_often(drawn: Slices) -> None:
    data = drawn.train
    weights = garment_weights(data, "attributes")
    assert weights is not None
    counts = (data.attributes == 1).sum(axis=0)
    rarest = np.array([counts[has].min() for has in data.attributes == 1])
    for low, high in zip(np.argsort(rarest)[:-1], np.argsort(rarest)[1:], strict=True):
        assert weights[low] >= weights[high]


def test_what_is_measured_comes_once_and_in_order() -> None:
    assert [[d.index for d in step] for step in InOrder(5, 2)] == [[0, 1], [2, 3], [4]]
    parts = [InOrder(5, 4, rank, 2) for rank in (0, 1)]
    found = [[[d.index for d in step] for step in part] for part in parts]
    assert found == [[[0, 2], [4]], [[1, 3]]]
    assert [len(part) for part in parts] == [2, 1]
    assert sorted(chain(*chain(*found))) == list(range(5))
    assert list(InOrder(1, 4, 1, 2)) == []


def test_pairs_show_one_product_across_domains(drawn: Slices) -> None:
    data = drawn.train
    products = image_products(data, np.arange(len(data)))
    sampler = PairBatches(products, data.shop, 4, seed=1)
    assert len(list(sampler)) == len(sampler)
    shops, consumers = ({*np.flatnonzero(data.shop == domain).tolist()} for domain in (1, 0))
    joined = 0
    for step in sampler:
        assert len(step) == 4
        for one, other in zip(step[::2], step[1::2], strict=True):
            if products[one.index] & products[other.index]:
                joined += 1
                if any(products[one.index] & products[i] for i in shops):
                    assert (data.shop[one.index], data.shop[other.index]) == (0, 1)
    assert joined >= sum(bool(products[i] & {*chain(*(products[s] for s in shops))}) for i in consumers)
    seen = {draw.index for draw in chain(*sampler)}
    assert consumers <= seen


def test_pairs_are_shared_out_whole(drawn: Slices) -> None:
    data = drawn.train
    products = image_products(data, np.arange(len(data)))
    parts: list[Batches] = [PairBatches(products, data.shop, 4, 1, rank, 2) for rank in (0, 1)]
    alone = list(PairBatches(products, data.shop, 4, 1))
    assert _merged(parts) == [{(draw.index, draw.turn) for draw in step} for step in alone]
    pairs = {(a.index, b.index) for step in alone for a, b in zip(step[::2], step[1::2], strict=True)}
    for part in parts:
        assert {tuple(draw.index for draw in step) for step in part} <= pairs


@pytest.mark.parametrize("per_identity", [2, 3])
def test_a_batch_has_several_garments_of_each_of_its_identities(per_identity: int) -> None:
    sampler = IdentityBatches(IDENTITIES, per_identity, 2 * per_identity, seed=2)
    steps = list(sampler)
    assert len(steps) == len(sampler)
    for step in steps:
        for first in range(0, len(step), per_identity):
            group = {int(IDENTITIES[draw.index]) for draw in step[first : first + per_identity]}
            assert len(group) == 1
    assert {draw.index for draw in chain(*steps)} == set(range(9))


def test_weights_bring_rare_pairs_and_identities_more_often() -> None:
    weights = np.where(np.arange(10) < 2, 9.0, 1.0)
    pairs = PairBatches(
        [frozenset({n // 2}) for n in range(10)], np.full(10, -1, np.int8), 2, 3, weights=weights
    )
    groups = IdentityBatches(np.arange(10) // 2, 2, 2, 3, weights=weights)
    for sampler, times in ((pairs, 2), (groups, 1)):
        seen = Counter(draw.index // 2 for draw in chain(*sampler))
        assert sum(seen.values()) == 10 * times
        assert seen[0] >= max(seen[product] for product in range(1, 5)) * 3


def test_identities_are_shared_out_whole() -> None:
    parts: list[Batches] = [IdentityBatches(IDENTITIES, 2, 4, 2, rank, 2) for rank in (0, 1)]
    alone = list(IdentityBatches(IDENTITIES, 2, 4, 2))
    assert _merged(parts) == [{(draw.index, draw.turn) for draw in step} for step in alone]
    for part in parts:
        assert all(len({IDENTITIES[draw.index] for draw in step}) == 1 for step in part)


def test_what_cannot_be_shared_out_is_refused() -> None:
    with pytest.raises(StudioError, match=r"training\.batch to a multiple of 2"):
        EpochSampler(10, 3, 0, 0, 2)
    with pytest.raises(StudioError, match="multiple of 4"):
        IdentityBatches(IDENTITIES, 4, 3, 0)
    with pytest.raises(StudioError, match="nothing to learn from"):
        EpochSampler(0, 3, 0)
    with pytest.raises(StudioError, match="1 products"):
        IdentityBatches(np.array([0, 0, -1, 1]), 2, 2, 0)


def test_no_pairs_are_said(drawn: Slices) -> None:
    with pytest.raises(StudioError, match="no pairs"):
        PairBatches([frozenset(), frozenset({1}), frozenset({2})], drawn.train.shop[:3], 4, 0)


PRODUCTS = st.lists(
    st.tuples(st.frozensets(st.integers(0, 5), max_size=2), st.sampled_from([-1, 0, 1])), min_size=2
)


@given(PRODUCTS, st.integers(0, 9))
@settings(max_examples=60, deadline=None)
def test_in_pairs_nothing_is_lost_but_shops_that_consumers_stand_for(
    samples: list[tuple[frozenset[int], int]], seed: int
) -> None:
    products, shop = [found for found, _ in samples], np.array([domain for _, domain in samples], np.int8)
    try:
        sampler = PairBatches(products, shop, 2, seed)
    except StudioError:
        assert not any(a & b for n, a in enumerate(products) for b in products[:n])
        return
    seen = {draw.index for draw in chain(*sampler)}
    for sample in set(range(len(samples))) - seen:
        assert shop[sample] == 1
        assert any(shop[other] == 0 and products[other] & products[sample] for other in range(len(samples)))
