"""Records in the categories, landmarks and pairs of DeepFashion2, for formats that know nothing else."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import numpy as np

from resources.correspondence import pairs, schema_of
from resources.taxonomy import Category, categories
from store.exporting.products import ProductNumbers
from store.exporting.tables import THIRTEEN, Table, names_in
from store.formats.base import Losses
from store.records import Garment, ImageRecord, Visibility

_BUILT_IN = len(categories())

_CATEGORY = "garments of categories that DeepFashion2 does not have"
_LANDMARKS = "landmarks that DeepFashion2's category does not have"
_PRODUCT = "garments with an item id and no pair"


class Conversion:
    """Turns records for DeepFashion2's folders and the 294 layout, as ``table`` says.

    A garment gets the category that the table gives its own, those of its landmarks that mean the same, and
    of its product a pair and a style, which is none of the pairs ``taken``. What the table does not know, or
    leaves out, stays as it is; the writer leaves it out and says so.
    """

    def __init__(self, known: Iterable[Category], table: Table, taken: Collection[int] = ()) -> None:
        ours = {name: number for number, name in enumerate(names_in(THIRTEEN), 1)}
        self._known = {one.id: one for one in known}
        self._targets = {
            one.id: categories()[ours[name] - 1]
            for one in self._known.values()
            if (name := table.get(one.name, "")) in ours and one.id > _BUILT_IN
        }
        self._products = ProductNumbers(taken)

    def of(self, record: ImageRecord) -> ImageRecord:
        """The record as DeepFashion2 can say it, the same one where it can."""
        dataset_id = record.image.dataset_id
        garments = tuple(self._garment(garment, dataset_id) for garment in record.garments)
        same = all(one is other for one, other in zip(garments, record.garments, strict=True))
        return record if same else record.but(garments=garments)

    def _garment(self, garment: Garment, dataset_id: int) -> Garment:
        target = self._targets.get(garment.category_id)
        changed = garment if target is None else self._converted(garment, target)
        held = target is not None or garment.category_id <= _BUILT_IN
        if not held or not garment.item_id or garment.pair_id is not None:
            return changed
        pair_id, style = self._products.of(dataset_id, garment.item_id)
        return changed.but(pair_id=pair_id, style=style)

    def _converted(self, garment: Garment, target: Category) -> Garment:
        same = self._same(garment, target)
        size = target.schema.size if same else 0
        points, visibility = np.zeros((size, 2)), np.full(size, Visibility.UNLABELLED, np.uint8)
        for theirs, ours in same:
            points[ours], visibility[ours] = garment.points[theirs], garment.visibility[theirs]
        return garment.but(category_id=target.id, points=points, visibility=visibility)

    def _same(self, garment: Garment, target: Category) -> tuple[tuple[int, int], ...]:
        """Pairs of indices of the landmarks that mean the same in the garment and in a category."""
        schema = schema_of(self._known[garment.category_id].schema, len(garment.points))
        return pairs(schema, target.schema) if schema is not None else ()

    def losses(self, record: ImageRecord) -> Losses:
        """What of a record changes on the way."""
        found = Losses()
        for garment in record.garments:
            target = self._targets.get(garment.category_id)
            if target is not None:
                found[_CATEGORY, False, "written as another, by the table of categories"] += 1
                labelled = garment.visibility != Visibility.UNLABELLED
                matched = {theirs for theirs, _ in self._same(garment, target)}
                gone = sum(index not in matched for index in np.flatnonzero(labelled).tolist())
                found[_LANDMARKS, False, "left out"] += gone
            held = target is not None or garment.category_id <= _BUILT_IN
            paired = held and bool(garment.item_id) and garment.pair_id is None
            found[_PRODUCT, True, "a number is written as its pair, and the id in our key"] += paired
        return +found
