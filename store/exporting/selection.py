"""The images of an export, fixed when it begins."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from resources.taxonomy import Category
from store.db import Store
from store.db.facets import WITH_PROBLEMS
from store.db.facts.snapshot import NO_NUMBER
from store.exporting.shared import shared_products
from store.filters import Expr, parse
from store.records import Dataset, Image, ImageRecord

_BATCH = 500


class Selection:
    """What a filter selects in a store.

    The ids are read once: whoever edits meanwhile changes what is written of an image, never which
    images are. Iterating costs constant memory. ``with_problems`` counts images with problems.
    """

    def __init__(self, store: Store, where: Expr | str | None) -> None:
        self._store = store
        self.where = parse(where) if isinstance(where, str) else where
        self.ids: NDArray[np.int64] = np.sort(store.images.ids(self.where))
        facets = store.statistics.facets(self.where)
        self._categories = facets.get("category", {})
        self._datasets = facets.get("dataset", {})
        self.with_problems = facets.get("problems", {}).get(WITH_PROBLEMS, 0)

    def __len__(self) -> int:
        return len(self.ids)

    def datasets(self) -> list[Dataset]:
        """The datasets that the images belong to."""
        return [dataset for dataset in self._store.datasets.all() if dataset.name in self._datasets]

    def categories(self) -> list[Category]:
        """The categories that the garments have; all 13 built-in ones where one of them is used.

        A selection from a single COCO file lists only what is used: the file had its own list.
        """
        every = self._store.categories.all()
        used = {category.id for category in every if self._categories.get(category.name)}
        datasets = self.datasets()
        whole = not (len(datasets) == 1 and datasets[0].format == "coco")
        built_in = whole and any(category.id in used for category in every if category.offset is not None)
        return [c for c in every if c.id in used or (built_in and c.offset is not None)]

    def pairs(self) -> set[int]:
        """The numbers of all pairs, whatever dataset and split they belong to."""
        facts = self._store.facts.now()
        rows, known = facts.images.rows_of(self.ids)
        chosen = np.zeros(len(facts.images.ids), np.bool_)
        chosen[rows[known]] = True
        found = (facts.images.pairs[chosen], facts.garments.pairs[chosen[facts.garments.images]])
        return set(np.unique(np.concatenate(found)).tolist()) - {NO_NUMBER}

    def shared_products(self, *, items: bool) -> int:
        """How many garments several datasets have the pair of, or with ``items`` the item id."""
        return shared_products(self._store.facts.now(), self.ids, items=items)

    def _batches(self) -> Iterator[list[int]]:
        for first in range(0, len(self.ids), _BATCH):
            yield self.ids[first : first + _BATCH].tolist()

    def images(self) -> Iterator[Image]:
        """The images by id."""
        for ids in self._batches():
            yield from self._store.images.get_many(ids)

    def named(self) -> Iterator[Image]:
        """The images by id, saying nothing but their datasets, names and notes."""
        for ids in self._batches():
            yield from self._store.images.named(ids)

    def records(self) -> Iterator[ImageRecord]:
        """The images with their garments, by image id."""
        for ids in self._batches():
            yield from records_of(self._store, ids)


def records_of(store: Store, ids: list[int]) -> Iterator[ImageRecord]:
    """Images with their garments, in the order of the ids. StoreError where one is gone."""
    garments = store.garments.of_images(ids)
    for image in store.images.get_many(ids):
        yield ImageRecord(image, garments.get(image.id, ()))
