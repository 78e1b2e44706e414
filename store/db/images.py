"""Images: pages of them, their order, their tiles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, bindparam, select, update

from store.db import tables
from store.db.codec import unpack_mapping
from store.db.datasets import DatasetsRepository
from store.db.engine import Database
from store.db.facts.keeper import FactsKeeper
from store.db.facts.ordering import ORDERS, in_order
from store.db.rows import Ids, chunks, image_of, next_touch
from store.errors import StoreError
from store.filters import Expr
from store.pictures import REFUSED, Inside
from store.records import Image, ImageState

_C = tables.images.c

_NAMES = select(_C.id, _C.dataset_id, _C.name, _C.extra)
_LINK, _TAG = tables.image_tags.c, tables.tags.c
_TAGS = (
    select(_LINK.image_id, _TAG.name)
    .join_from(tables.image_tags, tables.tags, _TAG.id == _LINK.tag_id)
    .where(_LINK.image_id.in_(bindparam("wanted", expanding=True)))
    .order_by(_LINK.image_id, _TAG.name)
)


@dataclass(frozen=True, slots=True)
class Tile:
    """What the grid shows of an image: distinct category ids by position, numbers of garments, problems."""

    image: Image
    categories: tuple[int, ...]
    garments: int
    problems: int


class ImagesRepository:
    """The images of a store."""

    def __init__(self, database: Database, facts: FactsKeeper, datasets: DatasetsRepository) -> None:
        self._database = database
        self._facts = facts
        self._datasets = datasets
        self._inside: dict[str, Inside] = {}

    def get(self, image_id: int) -> Image:
        """The image of an id. StoreError when there is none."""
        return self.get_many([image_id])[0]

    def get_many(self, ids: Ids) -> list[Image]:
        """The images of the ids, in their order. StoreError when one is not there."""
        with self._database.read() as connection:
            return [image for image, _, _ in images_of(connection, ids)]

    def named(self, ids: Ids) -> list[Image]:
        """The images of the ids, all different, by id: they say nothing but their datasets, names and notes.

        Several times as quick as :meth:`get_many`. StoreError when one is not there.
        """
        with self._database.read() as connection:
            queries = (_NAMES.where(_C.id.in_(part)).order_by(_C.id) for part in chunks(ids))
            rows = [row for query in queries for row in connection.execute(query).all()]
        if len(rows) != len(ids):
            absent = set(map(int, ids)) - {row.id for row in rows}
            raise _absent(min(absent))
        return [
            Image(number, dataset_id, name, extra=unpack_mapping(extra) if extra else {})
            for number, dataset_id, name, extra in rows
        ]

    def find(self, dataset_id: int, name: str) -> Image | None:
        """The image of a name in a dataset."""
        with self._database.read() as connection:
            wanted = select(_C.id).where(_C.dataset_id == dataset_id, _C.name == name)
            found = connection.execute(wanted).scalar()
            return None if found is None else images_of(connection, [found])[0][0]

    def path(self, image: Image) -> Path:
        """Where the image's picture file should be. StoreError when its name leads out of the dataset.

        A link that leads out is not followed: the place given is one where nothing is.
        """
        dataset = self._datasets.get(image.dataset_id)
        name = PurePosixPath(image.name)
        if name.is_absolute() or ".." in name.parts:
            raise StoreError(
                f'The name "{image.name}" of image {image.id} leads out of the dataset "{dataset.name}".',
                "Correct the name in the dataset's annotation file and import it again.",
            )
        inside = self._inside.get(dataset.images_root)
        if inside is None:
            inside = self._inside[dataset.images_root] = Inside(Path(dataset.images_root))
        if inside.leads_out(image.name):
            return Path(dataset.images_root) / REFUSED / name
        return Path(dataset.images_root) / name

    def count(self, where: Expr | None = None) -> int:
        """How many images a filter selects. FilterError for a name that the store does not know."""
        return int(np.count_nonzero(self._facts.images(where)[1]))

    def ids(self, where: Expr | None = None, order: str = "name") -> NDArray[np.int64]:
        """The ids of all images that a filter selects, ``(n,)`` int64, in one of :data:`ORDERS`.

        ValueError for another order; FilterError for a name that the store does not know.
        """
        if order not in ORDERS:
            raise ValueError(f"no order {order!r}; there are {', '.join(ORDERS)}")
        facts, chosen = self._facts.images(where)
        return facts.images.ids[in_order(facts.images, chosen, order)]

    def tiles(self, ids: Ids) -> list[Tile]:
        """What the grid shows of the images, in the order asked. StoreError when one is not there."""
        with self._database.read() as connection:
            found = images_of(connection, ids)
            categories = _categories(connection, ids)
        return [
            Tile(image, tuple(categories.get(image.id, ())), garments, problems)
            for image, garments, problems in found
        ]

    def set_state(self, image_id: int, state: ImageState, size: tuple[int, int] | None = None) -> None:
        """Notes what became of the picture file, and its size ``(width, height)`` where it was read.

        This is no edit: it has no revision and leaves the version alone.
        """
        values: dict[str, Any] = {"state": str(state)}
        if size is not None:
            values |= {"width": size[0], "height": size[1], "size_known": True}
        with self._database.write() as connection:
            values["touched"] = next_touch(connection)
            connection.execute(update(tables.images).where(_C.id == image_id).values(values))


def images_of(connection: Connection, ids: Ids) -> list[tuple[Image, int, int]]:
    """Each image with its numbers of garments and problems, in the order of the ids."""
    wanted = [int(i) for i in ids]
    found: dict[int, tuple[Image, int, int]] = {}
    for part in chunks(wanted):
        names = tags_of(connection, part)
        for row in connection.execute(select(tables.images).where(_C.id.in_(part))).all():
            found[row.id] = (image_of(row, names.get(row.id, ())), row.garments, row.problems)
    absent = [i for i in wanted if i not in found]
    if absent:
        raise _absent(absent[0])
    return [found[i] for i in wanted]


def _absent(image_id: int) -> StoreError:
    return StoreError(f"The store has no image {image_id}.", "It may have been deleted meanwhile.")


def tags_of(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The tags of each image that has some, by name."""
    found: dict[int, list[str]] = defaultdict(list)
    for image_id, name in connection.execute(_TAGS, {"wanted": list(ids)}):
        found[image_id].append(name)
    return {image_id: tuple(names) for image_id, names in found.items()}


def _categories(connection: Connection, ids: Ids) -> dict[int, dict[int, None]]:
    row = tables.garments.c
    found: dict[int, dict[int, None]] = defaultdict(dict)
    for part in chunks(ids):
        query = (
            select(row.image_id, row.category_id)
            .where(row.image_id.in_(part))
            .order_by(row.image_id, row.position, row.id)
        )
        for image_id, category_id in connection.execute(query):
            found[image_id][category_id] = None
    return found
