"""The store: a folder with a database, and the repositories over it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from store.db import folder as folders
from store.db import opening
from store.db.bulk import BulkWriter
from store.db.categories import CategoriesRepository
from store.db.datasets import DatasetsRepository
from store.db.engine import Database
from store.db.facts.keeper import FactsKeeper
from store.db.garments import GarmentsRepository, garments_of
from store.db.images import ImagesRepository, images_of
from store.db.news import News, news_since
from store.db.problems import ProblemsRepository, problems_of
from store.db.products import ProductsRepository
from store.db.reviewing import ReviewsRepository
from store.db.revisions import RevisionsRepository
from store.db.statistics import StatisticsRepository
from store.db.verdicts import VerdictsRepository
from store.db.views import TagsRepository, ViewsRepository
from store.errors import StoreError
from store.filters import Expr
from store.records import ImageRecord
from store.thumbnails import ThumbnailCache


class Store:
    """An open store. It may be used from several threads; each public call is one transaction."""

    def __init__(self, folder: Path, settings: folders.Settings, database: Database) -> None:
        """Use :meth:`create` or :meth:`open`."""
        self.folder = folder
        self.name = settings.name
        self.database = database
        self.datasets = DatasetsRepository(database)
        self.categories = CategoriesRepository(database)
        self.facts = facts = FactsKeeper(database, self.categories.all, self.datasets.all)
        self.images = ImagesRepository(database, facts, self.datasets)
        self.garments = GarmentsRepository(database, facts)
        self.revisions = RevisionsRepository(database)
        self.reviews = ReviewsRepository(database)
        self.problems = ProblemsRepository(database)
        self.products = ProductsRepository(database, facts, self.datasets)
        self.verdicts = VerdictsRepository(database)
        self.views = ViewsRepository(database)
        self.tags = TagsRepository(database)
        self.statistics = StatisticsRepository(database, facts, self.categories, self.datasets)

    @classmethod
    def create(cls, folder: Path, name: str = "", url: str = "") -> Store:
        """Makes a new store in a folder, which may exist already, and opens it.

        With ``url`` the data is kept on a PostgreSQL server; where a store is there already, it is joined.
        StoreError when there is a store already in the folder, it cannot be written or is on a network, or
        the server cannot be reached.
        """
        folder = folder.absolute()
        settings = folders.Settings(name or folder.name, url)
        return cls(folder, settings, opening.create(folder, settings))

    @classmethod
    def open(cls, folder: Path, *, read_only: bool = False) -> Store:
        """Opens the store in a folder; one of an older schema is upgraded.

        It opens read-only when asked to, and when it may not be written. StoreError when the folder is
        no store, the schema is newer than the program's, the folder is on a network file system, or its
        server cannot be reached.
        """
        folder = folder.absolute()
        settings = folders.read_settings(folder)
        return cls(folder, settings, opening.open_(folder, settings, read_only=read_only))

    @property
    def read_only(self) -> bool:
        """Whether nothing can be changed."""
        return self.database.read_only

    @cached_property
    def thumbnails(self) -> ThumbnailCache:
        """The cache of encoded thumbnails."""
        return ThumbnailCache(self.folder, read_only=self.read_only)

    def bulk(self) -> BulkWriter:
        """A writer of many images, to be used in a ``with`` statement. StoreError if read-only."""
        if self.read_only:
            raise StoreError(f"The store {self.folder} is open read-only.", "Import into another store.")
        return BulkWriter(self.database)

    def stream(self, where: Expr | None = None, batch: int = 500) -> Iterator[ImageRecord]:
        """The images that a filter selects with their garments and problems, by image id.

        Which images is decided at the beginning. No transaction stays open between batches: an image that
        is edited meanwhile comes as it is when its batch is read. FilterError for a name the store does not
        know.
        """
        return self._stream(self.images.ids(where, "id"), batch)

    def news(self, since: int | None = None) -> News:
        """What anybody has written after the change of that number; without one: which the last one is."""
        return news_since(self.database, since)

    def filter_words(self) -> dict[str, Sequence[str]]:
        """The values that fields without fixed words have in this store, for completion."""
        facets = self.statistics.splits_and_roles()
        return {
            "category": tuple(dict.fromkeys(category.name for category in self.categories.all())),
            "dataset": tuple(dict.fromkeys(dataset.name for dataset in self.datasets.all())),
            "tag": self.tags.all(),
            "attribute": self.statistics.attributes(),
            "problem": self.statistics.kinds_of_problems(),
            **self.statistics.people(),
            **facets,
        }

    def close(self) -> None:
        """Lets go of the files. The store cannot be used afterwards."""
        self.facts.keep()
        self.database.close()
        if "thumbnails" in self.__dict__:
            self.thumbnails.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _stream(self, wanted: NDArray[np.int64], batch: int) -> Iterator[ImageRecord]:
        for start in range(0, len(wanted), batch):
            ids = wanted[start : start + batch].tolist()
            with self.database.read() as connection:
                images = images_of(connection, ids)
                garments = garments_of(connection, ids)
                problems = problems_of(connection, ids)
            for image, _, _ in images:
                yield ImageRecord(image, garments[image.id], problems.get(image.id, ()))
