"""Datasets: what was imported, and where its pictures lie."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

from sqlalchemy import func, insert, select, update

from store.db import tables
from store.db.engine import Database
from store.db.rows import dataset_of, dataset_values, take_ids
from store.errors import StoreError
from store.records import Dataset, ImageState


class DatasetsRepository:
    """The datasets of a store."""

    def __init__(self, database: Database) -> None:
        self._database = database
        # Asked for every picture that is shown; a dataset changes by update() alone.
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
        return self.update(self.get(dataset_id).but(images_root=str(images_root)))

    def update(self, dataset: Dataset) -> Dataset:
        """Stores what is now known of a dataset. StoreError when there is none of its id."""
        self.get(dataset.id)
        row = tables.datasets
        with self._database.write() as connection:
            connection.execute(update(row).where(row.c.id == dataset.id).values(dataset_values(dataset)))
        self._known[dataset.id] = dataset
        return dataset

    def extent(self, dataset_id: int) -> tuple[int, int]:
        """How many images a dataset has, and the highest of their ids (0: none)."""
        row = tables.images.c
        query = select(func.count(), func.coalesce(func.max(row.id), 0)).where(row.dataset_id == dataset_id)
        with self._database.read() as connection:
            images, last = connection.execute(query).one()
        return int(images), int(last)

    def missing(self, dataset_id: int) -> int:
        """How many images of a dataset have no picture."""
        row = tables.images.c
        query = select(func.count()).where(row.dataset_id == dataset_id, row.state == str(ImageState.MISSING))
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())

    def some_names(self, dataset_id: int, count: int) -> tuple[str, ...]:
        """The names of up to so many images of a dataset, from all over it."""
        row = tables.images.c
        images, _ = self.extent(dataset_id)
        query = select(row.name).where(row.dataset_id == dataset_id, row.id % max(1, images // count) == 0)
        with self._database.read() as connection:
            return tuple(connection.execute(query.limit(count)).scalars())


def _numbered(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name} {number}" for number in count(2))
