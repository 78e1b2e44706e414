"""Garments as columns: who is the same product, and the facts that retrieval is told apart by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Row, Select, func, select

from store.db import tables
from store.db.datasets import DatasetsRepository
from store.db.engine import Database
from store.db.facts.keeper import FactsKeeper
from store.db.rows import Ids, chunks
from store.filters import Expr
from store.identities import Key, identity_of
from store.records import Dataset, Domain

Ints = NDArray[np.int64]

_G, _I = tables.garments.c, tables.images.c
_SHOP = {Domain.SHOP.value: 1, Domain.CONSUMER.value: 0}
_COLUMNS = (
    *(_G.id, _G.image_id, _G.version, _G.category_id),
    *(_G.scale, _G.occlusion, _G.zoom_in, _G.viewpoint),
    *(_G.item_id, func.coalesce(_G.pair_id, _I.pair_id).label("pair"), _G.style),
    *(_I.split, _I.domain, _I.role, _I.dataset_id),
)
#: The levels among the columns, in the order of :attr:`GarmentTable.facts`.
FACTS = ("scale", "occlusion", "zoom_in", "viewpoint")


@dataclass(frozen=True, slots=True, eq=False)
class GarmentTable:
    """G garments by id: ``ids``, ``image_ids``, ``versions``, ``category_ids (G,)``; ``facts (G, 4)`` levels
    of :data:`FACTS`, 0 unknown; ``shop (G,)`` 1 shop, 0 consumer, -1 unknown; ``splits``, ``roles (G,)``
    words.

    ``identities (G,)`` number the products from 0, -1 for a garment that has none; ``keys`` says what each
    number stands for. ``pairs (G,)`` number the pairs in the same way, whatever the style.
    """

    ids: Ints
    image_ids: Ints
    versions: Ints
    category_ids: Ints
    facts: Ints
    shop: Ints
    splits: NDArray[np.str_]
    roles: NDArray[np.str_]
    identities: Ints
    keys: tuple[Key, ...]
    pairs: Ints

    def __len__(self) -> int:
        """Number of garments."""
        return len(self.ids)

    def chosen(self, which: NDArray[np.bool_]) -> GarmentTable:
        """Some of the garments; numbers of identities and pairs mean the same."""
        arrays = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "keys"}
        return GarmentTable(keys=self.keys, **{name: values[which] for name, values in arrays.items()})

    def rows(self, garment_ids: Ints) -> Ints:
        """Where garments stand, ``(n,)``; -1 for one that is not here."""
        if not len(self.ids):
            return np.full(len(garment_ids), -1, np.int64)
        places = np.minimum(np.searchsorted(self.ids, garment_ids), len(self.ids) - 1)
        return np.where(self.ids[places] == garment_ids, places, -1)


class ProductsRepository:
    """The garments of a store as columns."""

    def __init__(self, database: Database, facts: FactsKeeper, datasets: DatasetsRepository) -> None:
        self._database = database
        self._facts = facts
        self._datasets = datasets

    def table(self, where: Expr | None = None) -> GarmentTable:
        """The garments that a filter selects; each comparison speaks of the garment or of its image.

        FilterError for a name that the store does not know.
        """
        if where is None:
            with self._database.read() as connection:
                return self._made(connection.execute(_query()).all())
        facts, chosen = self._facts.garments(where)
        return self.of(np.sort(facts.garments.ids[chosen]))

    def live(self) -> LiveTable:
        """All garments, in a table that is brought up to date by reading what was edited."""
        return LiveTable(self._database, self._datasets)

    def of(self, garment_ids: Ids) -> GarmentTable:
        """These garments, but for those that are not there any more."""
        rows: list[Row[Any]] = []
        with self._database.read() as connection:
            for part in chunks(garment_ids):
                rows += connection.execute(_query().where(_G.id.in_(part))).all()
        return self._made(sorted(rows, key=lambda row: int(row.id)))

    def _made(self, rows: Iterable[Row[Any]]) -> GarmentTable:
        return table_of(list(rows), _by_id(self._datasets), Numbers())


@dataclass(slots=True)
class Numbers:
    """The numbers that products and pairs have in a table, and in what is read into it later."""

    identities: dict[Key, int] = field(default_factory=dict)
    pairs: dict[Key, int] = field(default_factory=dict)


class LiveTable:
    """All garments of a store as they are now.

    Numbers of identities and pairs go on meaning the same; one may be left without a garment.
    """

    def __init__(self, database: Database, datasets: DatasetsRepository) -> None:
        self._database, self._datasets = database, datasets
        self._numbers = Numbers()
        with database.read() as connection:
            self._seen = _last_revision(connection)
            rows = list(connection.execute(_query()).all())
        self.table = table_of(rows, _by_id(datasets), self._numbers)

    def refresh(self) -> GarmentTable:
        """The table after all edits until now, by anybody; only images that were edited since are read."""
        revised = tables.revisions.c
        with self._database.read() as connection:
            last = _last_revision(connection)
            edited = select(revised.image_id).where(revised.id > self._seen, revised.id <= last).distinct()
            images = np.sort(np.array(connection.execute(edited).scalars().all(), np.int64))
            rows: list[Row[Any]] = []
            for part in chunks(images):
                rows += connection.execute(_query().where(_G.image_id.in_(part))).all()
        if len(images):
            rows.sort(key=lambda row: int(row.id))
            fresh = table_of(rows, _by_id(self._datasets), self._numbers)
            self.table = merged(self.table, fresh, images)
        self._seen = last
        return self.table


def merged(table: GarmentTable, fresh: GarmentTable, image_ids: Ints) -> GarmentTable:
    """A table with all garments of some images as they are in another, which has no garments but those.

    Both number identities and pairs alike, ``fresh`` the more of them. Columns that stay are not copied.
    """
    mine = np.isin(table.image_ids, image_ids)
    names = [one.name for one in fields(table) if one.name != "keys"]
    if np.array_equal(table.ids[mine], fresh.ids):
        columns = {name: _replaced(getattr(table, name), mine, getattr(fresh, name)) for name in names}
        return GarmentTable(keys=fresh.keys, **columns)
    order = np.argsort(np.concatenate([table.ids[~mine], fresh.ids]), kind="stable")
    return GarmentTable(
        keys=fresh.keys,
        **{
            name: np.concatenate([getattr(table, name)[~mine], getattr(fresh, name)])[order] for name in names
        },
    )


def _replaced(old: NDArray[Any], where: NDArray[np.bool_], new: NDArray[Any]) -> NDArray[Any]:
    if np.array_equal(old[where], new):
        return old
    # Words take as much room as the longest does.
    found = old.astype(np.promote_types(old.dtype, new.dtype))
    found[where] = new
    return found


def table_of(rows: list[Row[Any]], datasets: dict[int, Dataset], numbers: Numbers) -> GarmentTable:
    """The table of some rows of the query, in the order of their ids; new products get new ``numbers``."""
    known, couples = numbers.identities, numbers.pairs
    identities, pairs = np.full(len(rows), -1, np.int64), np.full(len(rows), -1, np.int64)
    for place, row in enumerate(rows):
        dataset = datasets[row.dataset_id]
        key = identity_of(row.item_id, row.pair, row.style, row.split, dataset)
        if key is not None:
            identities[place] = known.setdefault(key, len(known))
        couple = identity_of("", row.pair, None, row.split, dataset)
        if couple is not None:
            pairs[place] = couples.setdefault(couple, len(couples))
    numeric = np.array([[value or 0 for value in row[:8]] for row in rows], np.int64).reshape(-1, 8)
    return GarmentTable(
        ids=numeric[:, 0],
        image_ids=numeric[:, 1],
        versions=numeric[:, 2],
        category_ids=numeric[:, 3],
        facts=numeric[:, 4:],
        shop=np.array([_SHOP.get(row.domain, -1) for row in rows], np.int64),
        splits=np.array([row.split for row in rows], np.str_),
        roles=np.array([row.role for row in rows], np.str_),
        identities=identities,
        keys=tuple(known),
        pairs=pairs,
    )


def _query() -> Select[Any]:
    joined = tables.garments.join(tables.images, _I.id == _G.image_id)
    return select(*_COLUMNS).select_from(joined).order_by(_G.id)


def _last_revision(connection: Connection) -> int:
    return int(connection.execute(select(func.coalesce(func.max(tables.revisions.c.id), 0))).scalar_one())


def _by_id(datasets: DatasetsRepository) -> dict[int, Dataset]:
    return {one.id: one for one in datasets.all()}
