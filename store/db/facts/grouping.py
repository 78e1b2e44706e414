"""Images by what they show: those of one product together, shop beside consumer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from store.db.facts.keeper import FactsKeeper
from store.db.facts.ordering import in_order
from store.db.facts.snapshot import NO_NUMBER, Facts, Rows
from store.filters import Expr
from store.identities import Key, identity_of
from store.records import Dataset, Domain

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

#: Stands for "no product" where groups are numbered.
_NONE = -1
#: Formats whose pairs are not told apart by split get this for one.
_ANY = 0


@dataclass(frozen=True, eq=False)
class Grouping:
    """Images in groups: ``ids (n,)`` int64, ``starts (g,)`` int64 the places where groups begin.

    The last groups are the images that are ``alone (g,)`` with their product, and those that show none.
    ``shop`` and ``consumer (g,)`` int64 count images by domain. ``examples (g,)`` are rows of a garment of
    each group in ``facts``, -1 where there is no product.
    """

    ids: Integers
    starts: Integers
    alone: Flags
    shop: Integers
    consumer: Integers
    examples: Integers
    facts: Facts
    datasets: Mapping[int, Dataset]

    def key(self, group: int) -> Key | None:
        """What the images of a group share (:func:`store.identities.told`); None for the last groups."""
        garment = int(self.examples[group])
        return None if garment < 0 or self.alone[group] else _key(self.facts, garment, self.datasets)


def grouped(facts: FactsKeeper, datasets: Iterable[Dataset], where: Expr | None, order: str) -> Grouping:
    """The images that a filter selects, by product; groups come as their first image does in the order.

    An image comes once: with the product, of those of its garments that the filter selects (of all of them,
    if it selects none), that most images show. Inside a group images of shops come first. FilterError for a
    name that the store does not know.
    """
    if where is None:
        now = facts.now()
        images, garments = np.ones(len(now.images.ids), np.bool_), np.ones(len(now.garments.ids), np.bool_)
    else:
        asked = facts.matcher(where)
        now, images, garments = asked.facts, asked.images(where), asked.garments(where)
    rows = in_order(now.images, images, order)
    of_images = now.garments.images
    # An image may be selected for something else than a garment.
    garments = images[of_images] & (garments | ~now.any_garment(garments)[of_images])
    known = {dataset.id: dataset for dataset in datasets}
    products, examples = _products(now, garments, known)
    chosen = _most_shown(products, of_images[garments], len(now.images.ids))
    return _arranged(now, rows, chosen, np.flatnonzero(garments)[examples], known)


def _products(facts: Facts, garments: Flags, datasets: Mapping[int, Dataset]) -> tuple[Integers, Integers]:
    """A number for the product of each garment that is flagged, :data:`_NONE` for none; and for each number
    one of these garments."""
    of, images = facts.garments, facts.images
    rows = of.images[garments]
    pairs = np.where(of.pairs[garments] == NO_NUMBER, images.pairs[rows], of.pairs[garments])
    styles, items = of.styles[garments], of.items.codes[garments]
    named = np.array([bool(word) for word in of.items.words] or [False])[items]
    by_split = [one.id for one in datasets.values() if _scoped(one)]
    scoped = np.isin(images.datasets[rows], by_split)
    splits = np.where(scoped, images.split.codes[rows] + 1, _ANY)
    has = named | ((pairs != NO_NUMBER) & (styles != 0))
    # Each column becomes small numbers, and all of them together one number.
    keys = np.zeros(len(rows), np.int64)
    for column in (
        images.datasets[rows],
        named,
        np.where(named, 0, splits),
        np.where(named, items, pairs),
        np.where(named, 0, styles),
    ):
        _, places = np.unique(column, return_inverse=True)
        keys = keys * (int(places.max(initial=0)) + 1) + places
    numbers = np.full(len(rows), _NONE, np.int64)
    if not has.any():
        return numbers, np.empty(0, np.int64)
    _, first, found = np.unique(keys[has], return_index=True, return_inverse=True)
    numbers[has] = found
    return numbers, np.flatnonzero(has)[first]


def _scoped(dataset: Dataset) -> bool:
    """Whether a dataset counts its pairs anew in every split."""
    return identity_of("", 1, 1, "a", dataset) != identity_of("", 1, 1, "b", dataset)


def _most_shown(products: Integers, rows: Rows, images: int) -> Integers:
    """Of each image the product, among those of its garments, that most images show; ``(images,)``."""
    chosen = np.full(images, _NONE, np.int64)
    shown = products != _NONE
    products, rows = products[shown], rows[shown]
    if not len(products):
        return chosen
    once = np.unique(products * np.int64(images) + rows)
    counts = np.bincount(once // images)
    # The last one written stays: of those that are shown as often, that of the first garment.
    by_count = np.lexsort((-np.arange(len(products)), counts[products]))
    chosen[rows[by_count]] = products[by_count]
    return chosen


def _arranged(
    facts: Facts, rows: Rows, chosen: Integers, examples: Integers, datasets: Mapping[int, Dataset]
) -> Grouping:
    """Rows of images, in an order, put into groups."""
    images, count = facts.images, len(rows)
    mine = chosen[rows]
    numbers, first, places, sizes = np.unique(
        mine, return_index=True, return_inverse=True, return_counts=True
    )
    single = (sizes == 1) & (numbers != _NONE)
    # Groups stand where their first image does; what is alone, and then what shows no product, at the end.
    stands = np.where(numbers == _NONE, count + 1, np.where(single, count, first))
    domains = np.array([_side(word) for word in images.domain.words] or [2])[images.domain.codes[rows]]
    alone = single[places]
    order = np.lexsort((np.arange(count), np.where(alone, 0, domains), stands[places]))
    group = stands[places][order]
    starts = np.flatnonzero(np.diff(group, prepend=-1)).astype(np.int64)
    sides = domains[order]
    shop, consumer = (
        np.add.reduceat((sides == side).astype(np.int64), starts) if count else np.empty(0, np.int64)
        for side in (0, 1)
    )
    heads = mine[order][starts]
    lonely = alone[order][starts]
    # The added last one is what the number for "none" finds.
    shown = np.append(examples, _NONE)[heads]
    return Grouping(images.ids[rows[order]], starts, lonely, shop, consumer, shown, facts, datasets)


def _side(domain: str) -> int:
    return {str(Domain.SHOP): 0, str(Domain.CONSUMER): 1}.get(domain, 2)


def _key(facts: Facts, garment: int, datasets: Mapping[int, Dataset]) -> Key | None:
    """What the product of a garment is called; ``garment`` is its row."""
    of, images = facts.garments, facts.images
    row = int(of.images[garment])
    pair = int(of.pairs[garment]) if of.pairs[garment] != NO_NUMBER else int(images.pairs[row])
    style = int(of.styles[garment])
    return identity_of(
        of.items.words[of.items.codes[garment]],
        None if pair == NO_NUMBER else pair,
        None if style == NO_NUMBER else style,
        images.split.words[images.split.codes[row]],
        datasets[int(images.datasets[row])],
    )
