"""Garments, as they are read; they change only by edits (:mod:`store.db.changes`) and imports."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

import numpy as np
from sqlalchemy import Connection, select

from store.db import tables
from store.db.codec import unpack_points
from store.db.engine import Database
from store.db.facts.keeper import FactsKeeper
from store.db.rows import Ids, chunks, garment_of
from store.errors import StoreError
from store.filters import Expr
from store.records import Bytes, Floats, Garment

_C = tables.garments.c


class Placed(NamedTuple):
    """Where the landmarks of a garment are: ``points (L, 2)``, ``visibility (L,)``."""

    garment_id: int
    image_id: int
    points: Floats
    visibility: Bytes


class GarmentsRepository:
    """The garments of a store."""

    def __init__(self, database: Database, facts: FactsKeeper) -> None:
        self._database = database
        self._facts = facts

    def get(self, garment_id: int) -> Garment:
        """The garment of an id. StoreError when there is none."""
        with self._database.read() as connection:
            row = connection.execute(select(tables.garments).where(_C.id == garment_id)).one_or_none()
        if row is None:
            raise StoreError(f"The store has no garment {garment_id}.", "It may have been deleted meanwhile.")
        return garment_of(row)

    def of_image(self, image_id: int) -> tuple[Garment, ...]:
        """The garments of an image, by position; none for an image that is not there."""
        return self.of_images([image_id])[image_id]

    def of_images(self, ids: Ids) -> dict[int, tuple[Garment, ...]]:
        """The garments of each image, by position; every id that was asked is a key."""
        with self._database.read() as connection:
            return garments_of(connection, ids)

    def landmarks_of(self, ids: Ids, category_id: int, size: int) -> list[Placed]:
        """The landmarks of the garments of a category in images, where they have ``size`` of them.

        Nothing else of the garments is read: a sweep asks for those of a million.
        """
        columns = select(_C.id, _C.image_id, _C.points).where(_C.category_id == category_id)
        found: list[Placed] = []
        with self._database.read() as connection:
            for part in chunks(ids):
                query = columns.where(_C.image_id.in_(part)).order_by(_C.image_id, _C.position, _C.id)
                for number, image_id, blob in connection.execute(query).all():
                    points, visibility = unpack_points(blob)
                    if len(points) == size:
                        found.append(Placed(number, image_id, points, visibility))
        return found

    def count(self, where: Expr | None = None) -> int:
        """How many garments a filter selects; each comparison speaks of the garment or of its image.

        FilterError for a name that the store does not know.
        """
        return int(np.count_nonzero(self._facts.garments(where)[1]))


def garments_of(connection: Connection, ids: Ids) -> dict[int, tuple[Garment, ...]]:
    """The garments of each image, by position, within a transaction."""
    found: dict[int, list[Garment]] = defaultdict(list)
    for part in chunks(ids):
        query = select(tables.garments).where(_C.image_id.in_(part)).order_by(_C.image_id, _C.position, _C.id)
        for garment in map(garment_of, connection.execute(query).all()):
            found[garment.image_id].append(garment)
    return {int(i): tuple(found.get(int(i), ())) for i in ids}
