"""Garments as columns: a table that is kept says what a fresh one says."""

from __future__ import annotations

from dataclasses import fields

import numpy as np

from store.db import Store
from store.db.change import Change
from store.db.products import GarmentTable
from store.document import Document, edits
from store.document.edits import Edit
from store.records import Dataset, Domain, Garment, Image, ImageRecord, Review


def fill(store: Store, dataset: Dataset) -> None:
    """Three images of the pairs 1, 2 and 3, with two garments each of the styles 1 and 2."""
    with store.bulk() as bulk:
        for number in (1, 2, 3):
            image = Image(dataset_id=dataset.id, name=f"{number}.jpg", pair_id=number, domain=Domain.SHOP)
            own = tuple(Garment(category_id=1, style=style) for style in (1, 2))
            bulk.add(ImageRecord(image, own))


def same(one: GarmentTable, other: GarmentTable) -> bool:
    """Whether both say the same; identities and pairs may be numbered otherwise."""
    names = {one.name for one in fields(GarmentTable)} - {"keys", "identities", "pairs"}
    columns = all(getattr(one, name).tolist() == getattr(other, name).tolist() for name in names)
    products = [
        [table.keys[number] if number >= 0 else None for number in table.identities.tolist()]
        for table in (one, other)
    ]
    pairs = [np.equal.outer(table.pairs, table.pairs).tolist() for table in (one, other)]
    return columns and products[0] == products[1] and pairs[0] == pairs[1]


def test_a_kept_table_follows_every_kind_of_edit(store: Store, dataset: Dataset) -> None:
    fill(store, dataset)
    live = store.products.live()
    assert same(live.table, store.products.table())
    number = int(live.table.identities[0])
    document = Document(store, 2)
    first, second = document.garments
    document.apply(edits.set_facts(first, style=2))
    assert same(live.refresh(), store.products.table())
    document.apply(edits.delete_garment(second))
    assert same(live.refresh(), store.products.table())
    document.undo()
    document.undo()
    assert same(live.refresh(), store.products.table())
    moved = document.image.but(split="a split with a longer name")
    document.apply(Edit("Move", (Change(document.image, moved),)))
    document.apply(edits.set_review(document.image, Review.ACCEPTED))
    assert same(live.refresh(), store.products.table())
    assert "a split with a longer name" in live.table.splits
    assert live.table.identities[0] == number


def test_what_did_not_change_is_not_copied(store: Store, dataset: Dataset) -> None:
    fill(store, dataset)
    live = store.products.live()
    before = live.table
    assert live.refresh() is before
    document = Document(store, 3)
    document.apply(edits.set_facts(document.garments[0], style=9))
    after = live.refresh()
    assert after.ids is before.ids
    assert after.category_ids is before.category_ids
    assert after.identities is not before.identities
    assert before.keys[before.identities[4]][-1] == 1
