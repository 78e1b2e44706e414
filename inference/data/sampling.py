"""The order in which a run sees its data: the same for one process and for many, and taken up anywhere.

A sampler makes batches of :class:`~inference.data.samples.Draw`. The batches of an epoch follow from the seed
and the epoch alone; each of ``world`` processes takes its share of every batch, so that all together see what
one would.
"""

from __future__ import annotations

from abc import abstractmethod
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from torch.utils.data import Sampler

from inference.data.samples import Draw
from inference.data.slice import Longs, Slice, Small
from store.errors import StudioError
from store.runs.predictions import NO_IDENTITY

Weights = NDArray[np.float64]

#: No garment is shown more than so often for each time that it would be without balancing.
_MOST_OFTEN = 10.0


class Batches(Sampler[list[Draw]]):
    """Batches of an epoch, in units that stay together: samples, pairs, or the garments of an identity.

    ``unit`` is how many samples a unit has, ``batch`` the samples of a whole batch over all processes.
    StudioError where a batch cannot be shared out evenly.
    """

    def __init__(self, batch: int, unit: int, seed: int, rank: int, world: int) -> None:
        self._units = batch // unit
        self._seed, self._rank, self._world = seed, rank, world
        self.epoch = 0
        self.step = 0
        if not self._units or self._units % world:
            what = "" if unit == 1 else f" {unit} that stay together, of which"
            raise StudioError(
                f"A batch of {batch} cannot be shared out: it holds{what} {self._units},"
                f" over {world} processes.",
                f"Set training.batch to a multiple of {unit * world}.",
            )

    def set_epoch(self, epoch: int) -> None:
        """The epoch that is gone through next; a new one from its first step."""
        if epoch != self.epoch:
            self.epoch, self.step = epoch, 0

    def set_position(self, epoch: int, step: int) -> None:
        """Go on in an epoch before its step ``step`` (0 is the first)."""
        self.epoch, self.step = epoch, step

    @abstractmethod
    def units(self, epoch: int) -> Longs:
        """The units of an epoch ``(n, unit)``: indices of samples, in order; n fills the last batch."""

    @abstractmethod
    def __len__(self) -> int:
        """Steps of a whole epoch."""

    def __iter__(self) -> Iterator[list[Draw]]:
        """This process's share of every batch from the position on."""
        units = self.units(self.epoch)
        turns = _turns(units.ravel()).reshape(units.shape)
        for first in range(self.step * self._units, len(units), self._units):
            mine = slice(first + self._rank, first + self._units, self._world)
            yield [
                Draw(int(index), self.epoch, int(turn))
                for index, turn in zip(units[mine].ravel(), turns[mine].ravel(), strict=True)
            ]

    def _random(self, epoch: int) -> np.random.Generator:
        return np.random.default_rng([self._seed, epoch])

    def _filled(self, units: Longs, random: np.random.Generator, weights: Weights | None) -> Longs:
        """The units ``(n, unit)`` in a new order, some of them again until the last batch is full.

        With the samples' ``weights (m,)`` a unit comes as often as its weightiest sample asks for.
        """
        heavy = None if weights is None else weights[units].max(axis=1)
        wanted = len(self) * self._units
        parts: list[Longs] = []
        while sum(map(len, parts)) < wanted:
            parts.append(random.permutation(units if heavy is None else units[_drawn(heavy, random)]))
        return np.concatenate(parts)[:wanted]

    def _steps(self, units: int) -> int:
        return -(-units // self._units)


class EpochSampler(Batches):
    """Every sample once an epoch in a new order; with ``weights (n,)`` rare ones more often, others less.

    The last batch is filled up from another order, so that all batches are of one size.
    """

    def __init__(
        self,
        length: int,
        batch: int,
        seed: int,
        rank: int = 0,
        world: int = 1,
        weights: Weights | None = None,
    ) -> None:
        super().__init__(batch, 1, seed, rank, world)
        if length <= 0:
            raise StudioError("There is nothing to learn from.", "Change data.train.")
        self._length = length
        self._weights = weights

    def __len__(self) -> int:
        """Steps of a whole epoch."""
        return self._steps(self._length)

    def units(self, epoch: int) -> Longs:
        """The samples of an epoch ``(n, 1)``."""
        return self._filled(np.arange(self._length)[:, None], self._random(epoch), self._weights)


class InOrder(Batches):
    """Every sample once, in order, each process its share: for what is measured. The last may be short."""

    def __init__(self, length: int, batch: int, rank: int = 0, world: int = 1) -> None:
        super().__init__(max(batch // world, 1) * world, 1, 0, rank, world)
        self._length = length

    def __len__(self) -> int:
        """Batches of this process; another may have one more."""
        whole, rest = divmod(self._length, self._units)
        return whole + (rest > self._rank)

    def units(self, epoch: int) -> Longs:
        """All samples ``(n, 1)``, whatever the epoch."""
        del epoch
        return np.arange(self._length)[:, None]

    def __iter__(self) -> Iterator[list[Draw]]:
        """The batches in which this process has a share."""
        return islice(super().__iter__(), len(self))


class PairBatches(Batches):
    """Samples two by two: one of a consumer, then one of a shop that shows the same product.

    Every sample with a partner opens one pair an epoch, with another partner each time: consumers' with a
    shop's, others with any of the same product; shops' pictures that consumers are paired with come behind
    these only. Samples without a partner follow two by two, so that all are learnt from.

    ``products`` are those that each of n samples shows, ``shop (n,)`` is 1 shop, 0 consumer, -1 unknown.
    StudioError where no two share a product.
    """

    def __init__(
        self,
        products: Sequence[frozenset[int]],
        shop: Small,
        batch: int,
        seed: int,
        rank: int = 0,
        world: int = 1,
        weights: Weights | None = None,
    ) -> None:
        super().__init__(batch, 2, seed, rank, world)
        self._weights = weights
        self._partners, self._lonely = _partners(products, shop)
        if not self._partners:
            raise StudioError(
                "No two images of the training data show the same product, so there are no pairs.",
                "Choose images whose garments have a pair and a style, or train mask-rcnn.",
            )

    def __len__(self) -> int:
        """Steps of a whole epoch."""
        return self._steps(len(self._partners) + (len(self._lonely) + 1) // 2)

    def units(self, epoch: int) -> Longs:
        """The pairs of an epoch ``(n, 2)``."""
        random = self._random(epoch)
        pairs = [[sample, others[random.integers(len(others))]] for sample, others in self._partners]
        alone = random.permutation(self._lonely).tolist()
        if len(alone) % 2:
            alone.append(self._partners[random.integers(len(self._partners))][0])
        pairs.extend([one, other] for one, other in zip(alone[::2], alone[1::2], strict=True))
        return self._filled(np.array(pairs, np.int64), random, self._weights)


def _partners(
    products: Sequence[frozenset[int]], shop: Small
) -> tuple[list[tuple[int, list[int]]], list[int]]:
    """For each sample that opens a pair those that may follow, and the samples without any."""
    shown: dict[int, list[int]] = defaultdict(list)
    for sample, found in enumerate(products):
        for product in found:
            shown[product].append(sample)
    partners, lonely = [], []
    for sample, found in enumerate(products):
        others = sorted({other for product in found for other in shown[product]} - {sample})
        across = [other for other in others if shop[other] == 1 and shop[sample] == 0]
        behind = any(shop[other] == 0 and shop[sample] == 1 for other in others)
        if not others:
            lonely.append(sample)
        elif not behind:
            partners.append((sample, across or others))
    return partners, lonely


def image_products(data: Slice, images: Longs) -> list[frozenset[int]]:
    """The products that each of some images shows."""
    return [
        frozenset(data.identities[list(data.of_image(int(image)))].tolist()) - {NO_IDENTITY}
        for image in images
    ]


def garment_products(data: Slice, garments: Longs) -> list[frozenset[int]]:
    """The product that each of some garments is, or none."""
    return [frozenset({identity} - {NO_IDENTITY}) for identity in data.identities[garments].tolist()]


class IdentityBatches(Batches):
    """Garments of one identity together, ``per_identity`` at a time: for metric learning.

    An identity comes as often as its garments fill such groups; one with fewer garments repeats some.
    ``identities (n,)`` are those of the samples, -1 none. StudioError where no identity has two garments.
    """

    def __init__(
        self,
        identities: Longs,
        per_identity: int,
        batch: int,
        seed: int,
        rank: int = 0,
        world: int = 1,
        weights: Weights | None = None,
    ) -> None:
        super().__init__(batch, per_identity, seed, rank, world)
        self._weights = weights
        self._per_identity = per_identity
        members: dict[int, list[int]] = defaultdict(list)
        for sample, identity in enumerate(identities.tolist()):
            if identity != NO_IDENTITY:
                members[identity].append(sample)
        self._members = [found for found in members.values() if len(found) > 1]
        if len(self._members) < 2:
            raise StudioError(
                f"{len(self._members)} products of the training data have two garments or more; two products"
                " are needed.",
                "Choose images whose garments have a pair and a style, or item ids.",
            )
        self._groups = sum(-(-len(found) // per_identity) for found in self._members)

    def __len__(self) -> int:
        """Steps of a whole epoch."""
        return self._steps(self._groups)

    def units(self, epoch: int) -> Longs:
        """The groups of an epoch ``(n, per_identity)``."""
        random = self._random(epoch)
        groups: list[list[int]] = []
        for members in self._members:
            order = random.permutation(members).tolist()
            while len(order) % self._per_identity:
                order.append(members[random.integers(len(members))])
            groups.extend(_split(order, self._per_identity))
        return self._filled(np.array(groups, np.int64), random, self._weights)


def _drawn(weights: Weights, random: np.random.Generator) -> Longs:
    """Indices ``(n,)``, each as often as its weight of n says, to the next whole number at random."""
    edges = np.cumsum(weights) / weights.sum()
    places = (np.arange(len(weights)) + random.random()) / len(weights)
    return np.minimum(np.searchsorted(edges, places, side="right"), len(weights) - 1)


def _split(order: Sequence[int], size: int) -> Iterator[list[int]]:
    for first in range(0, len(order), size):
        yield list(order[first : first + size])


def _turns(indices: Longs) -> Longs:
    """For each place how often its index came before it."""
    order = np.argsort(indices, kind="stable")
    ranked = indices[order]
    starts = np.flatnonzero(np.concatenate(([True], ranked[1:] != ranked[:-1]))) if len(ranked) else ranked
    lengths = np.diff(np.append(starts, len(ranked)))
    turns = np.empty(len(indices), np.int64)
    turns[order] = np.arange(len(ranked)) - np.repeat(starts, lengths)
    return turns


def garment_weights(data: Slice, balance: str) -> Weights | None:
    """How often each garment should be seen ``(G,)``, 1 on average; None where nothing is to be balanced.

    "category": all categories equally often; "attributes": a garment as often as the rarest attribute that it
    has asks for. No garment more than ten times as often as it would be.
    """
    if balance == "none" or not data.garments:
        return None
    if balance == "category":
        _, column, counts = np.unique(data.category_ids, return_inverse=True, return_counts=True)
        weights = 1.0 / counts[column]
    else:
        has = data.attributes == 1
        counts = has.sum(axis=0)
        rarity = np.where(counts > 0, 1.0 / np.maximum(counts, 1), 0.0)
        weights = (has * rarity).max(axis=1, initial=0.0)
        said = weights > 0
        if not said.any():
            return None
        weights[~said] = weights[said].min()
    weights = weights / weights.mean()
    return np.asarray(np.minimum(weights, _MOST_OFTEN), np.float64)


def image_weights(data: Slice, images: Longs, balance: str) -> Weights | None:
    """How often each of some images should be seen: as its garment that should be seen most often."""
    garments = garment_weights(data, balance)
    if garments is None:
        return None
    return np.array([max((garments[g] for g in data.of_image(int(i))), default=0.0) for i in images])
