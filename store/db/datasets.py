"""Datasets: what was imported, and where its pictures lie."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

from sqlalchemy import insert, select, update

from store.db import tables
from store.db.engine import Database
from store.db.rows import dataset_of, dataset_values, take_ids
from store.errors import StoreError
from store.records import Dataset


class DatasetsRepository:
    """The datasets of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # Asked for every picture that is shown; a dataset's folder changes by relocate() alone.
        self._known: dict[int, Dataset] = {}

    def add(self, dataset: Dataset) -> Dataset:
        """Stores a dataset and returns it with its id."""
        with self._database.write() as connection:
            new = dataset.but(id=take_ids(connection, "datasets", 1))
            connection.execute(insert(tables.datasets), {"id": new.id, **dataset_values(new)})
        self._known[new.id] = new
        return new

    def add_named(self, dataset: Dataset) -> Dataset:
        """As :meth:`add`, with a number behind the name where another dataset has it."""
        row = tables.datasets
        with self._database.write() as connection:
            taken = set(connection.execute(select(row.c.name)).scalars())
            name = next(n for n in _numbered(dataset.name) if n not in taken)
            new = dataset.but(name=name, id=take_ids(connection, "datasets", 1))
            connection.execute(insert(row), {"id": new.id, **dataset_values(new)})
        self._known[new.id] = new
        return new

    def all(self) -> tuple[Dataset, ...]:
        """All datasets, oldest first."""
        with self._database.read() as connection:
            rows = connection.execute(select(tables.datasets).order_by(tables.datasets.c.id)).all()
        found = tuple(dataset_of(row) for row in rows)
        self._known = {dataset.id: dataset for dataset in found}
        return found

    def get(self, dataset_id: int) -> Dataset:
        """The dataset of an id. StoreError when there is none."""
        found = self._known.get(dataset_id)
        if found is None:
            self.all()
            found = self._known.get(dataset_id)
        if found is None:
            raise StoreError(f"The store has no dataset {dataset_id}.", "It may have been deleted meanwhile.")
        return found

    def relocate(self, dataset_id: int, images_root: Path | str) -> Dataset:
        """Says that a dataset's pictures now lie elsewhere. StoreError when there is no such dataset."""
        moved = self.get(dataset_id).but(images_root=str(images_root))
        row = tables.datasets
        with self._database.write() as connection:
            connection.execute(
                update(row).where(row.c.id == dataset_id).values(images_root=moved.images_root)
            )
        self._known[dataset_id] = moved
        return moved


def _numbered(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name} {number}" for number in count(2))
