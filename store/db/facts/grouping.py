"""Images by what they show: those of one product together, shop beside consumer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

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
#: Values that lie within so many numbers are told apart by a table of them, others by sorting.
_SPAN = 50_000_000
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
    pairs = of.pairs[garments]
    pairs = np.where(pairs == NO_NUMBER, images.pairs[rows], pairs)
    styles, items = of.styles[garments], of.items.codes[garments]
    named = np.array([bool(word) for word in of.items.words] or [False])[items]
    by_split = [one.id for one in datasets.values() if _scoped(one)]
    scoped = np.isin(images.datasets[rows], by_split)
    splits = np.where(scoped, images.split.codes[rows] + 1, _ANY)
    has = np.flatnonzero(named | ((pairs != NO_NUMBER) & (styles != 0)))
    own = named[has]
    # What a style is where none is said must lie near the others.
    said = np.where(styles[has] == NO_NUMBER, -1, styles[has])
    products = np.zeros(len(has), np.int64)
    for column in (
        images.datasets[rows[has]],
        own.astype(np.int64),
        np.where(own, 0, splits[has]),
        np.where(own, items[has], pairs[has]),
        np.where(own, 0, said),
    ):
        small = column - _least(column)
        products = _numbered(products * (int(small.max(initial=0)) + 1) + small)
    numbers = np.full(len(rows), _NONE, np.int64)
    numbers[has] = products
    return numbers, has[_first(products, int(products.max(initial=-1)) + 1)]


def _least(column: NDArray[Any]) -> int:
    return int(column.min()) if len(column) else 0


def _numbered(values: Integers) -> Integers:
    """The same values as numbers from 0 on without gaps, in their order."""
    low = _least(values)
    span = int(values.max(initial=low)) - low + 1
    if span > _SPAN:
        return np.unique(values, return_inverse=True)[1]
    used = np.zeros(span, np.bool_)
    used[values - low] = True
    return (np.cumsum(used) - 1)[values - low]


def _first(values: Integers, count: int) -> Integers:
    """Where each number below ``count`` stands first; where nowhere, the number of values."""
    places = np.full(count, len(values), np.int64)
    # Of several the one that is written last stays.
    places[values[::-1]] = np.arange(len(values))[::-1]
    return places


def _scoped(dataset: Dataset) -> bool:
    """Whether a dataset counts its pairs anew in every split."""
    return identity_of("", 1, 1, "a", dataset) != identity_of("", 1, 1, "b", dataset)


def _most_shown(products: Integers, rows: Rows, images: int) -> Integers:
    """Of each image the product, among those of its garments, that most images show; ``(images,)``.

    ``rows`` are ascending; of products that are shown as often it is that of the first garment.
    """
    chosen = np.full(images, _NONE, np.int64)
    shown = products != _NONE
    products, rows = products[shown], rows[shown]
    count = len(products)
    if not count:
        return chosen
    once = np.sort(products * np.int64(images) + rows)
    counts = np.bincount(once[np.diff(once, prepend=-1) != 0] // images)
    starts = np.flatnonzero(np.diff(rows, prepend=-1))
    best = np.maximum.reduceat(counts[products] * count + (count - 1 - np.arange(count)), starts)
    chosen[rows[starts]] = products[count - 1 - best % count]
    return chosen


def _arranged(
    facts: Facts, rows: Rows, chosen: Integers, examples: Integers, datasets: Mapping[int, Dataset]
) -> Grouping:
    """Rows of images, in an order, put into groups."""
    images, count = facts.images, len(rows)
    # The last number is that of images without a product.
    none = len(examples)
    mine = np.where(chosen[rows] == _NONE, none, chosen[rows])
    sizes, first = np.bincount(mine, minlength=none + 1), _first(mine, none + 1)
    single = sizes == 1
    single[none] = False
    # Groups stand where their first image does; what is alone, and then what shows no product, at the end.
    stands = np.where(single, count, first)
    stands[none] = count + 1
    domains = np.array([_side(word) for word in images.domain.words] or [2])[images.domain.codes[rows]]
    alone = single[mine]
    order = np.argsort(stands[mine] * 3 + np.where(alone, 0, domains), kind="stable")
    group = stands[mine][order]
    starts = np.flatnonzero(np.diff(group, prepend=-1)).astype(np.int64)
    sides, lonely = domains[order], alone[order][starts]
    shop, consumer = (
        np.add.reduceat((sides == side).astype(np.int64), starts) if count else np.empty(0, np.int64)
        for side in (0, 1)
    )
    shown = np.append(examples, _NONE)[mine[order][starts]]
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
