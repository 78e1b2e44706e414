"""Whose landmarks a garment can take over: the likeliest one among others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from resources.taxonomy import Category
from store.document.landmark_edits import same_names
from store.filters.expressions import Comparison, Operator, Value
from store.identities import Key, identity_key
from store.records import Garment, Image, Visibility

if TYPE_CHECKING:
    from store.db import Store

#: At most so many garments of one product are looked at: more never say anything else.
_MOST = 200


def likeliest(
    garment: Garment, others: Iterable[Garment], categories: Mapping[int, Category]
) -> tuple[Garment, dict[int, int]] | None:
    """The garment whose landmarks say most of another one's, and which of its landmarks means the same as
    each (by index, the other one's first).

    Those of the same category come first, then those that have most landmarks of the same names that are
    labelled. None where nobody has one.
    """
    best: tuple[tuple[bool, int], Garment, dict[int, int]] | None = None
    for other in others:
        same = _same(garment, other, categories)
        labelled = int(np.count_nonzero(other.visibility[list(same.values())] != Visibility.UNLABELLED))
        worth = (other.category_id == garment.category_id, labelled)
        if labelled and (best is None or worth > best[0]):
            best = (worth, other, same)
    return None if best is None else best[1:]


def _same(garment: Garment, other: Garment, categories: Mapping[int, Category]) -> dict[int, int]:
    if other.category_id == garment.category_id and len(other.points) == len(garment.points):
        return {index: index for index in range(len(garment.points))}
    own, theirs = categories.get(garment.category_id), categories.get(other.category_id)
    if own is None or theirs is None:
        return {}
    if own.schema.size != len(garment.points) or theirs.schema.size != len(other.points):
        return {}
    return same_names(own.schema, theirs.schema)


def of_same_product(store: Store, garment: Garment, image: Image) -> list[Garment]:
    """Other garments of the store that are the same product, those of the same image not among them."""
    dataset = next((one for one in store.datasets.all() if one.id == image.dataset_id), None)
    key = identity_key(garment, image, dataset) if dataset is not None else None
    if key is None:
        return []
    table = store.products.table(_where(key))
    number = table.keys.index(key) if key in table.keys else -1
    image_ids = table.image_ids[(table.identities == number) & (table.image_ids != image.id)][:_MOST]
    ids = set(table.ids[table.identities == number].tolist())
    found = store.garments.of_images(np.unique(image_ids).tolist()) if number >= 0 else {}
    return [one for garments in found.values() for one in garments if one.id in ids]


def _where(key: Key) -> Comparison:
    """A filter that finds at least all garments of a product."""
    field, meaning = ("item", key[2]) if key[0] == "item" else ("pair", key[3])
    return Comparison(field, Operator.EQUAL, (Value(str(meaning), meaning),))
