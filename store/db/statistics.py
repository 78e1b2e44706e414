"""Counts for facets and for the overview."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from store.db import tables
from store.db.categories import CategoriesRepository
from store.db.datasets import DatasetsRepository
from store.db.engine import Database
from store.db.facets import Facets, GarmentFacets, image_facets
from store.db.names import Conditions
from store.filters import Expr
from store.records import ImageState, Review

_I = tables.images.c


@dataclass(frozen=True, slots=True)
class Totals:
    """The whole store in numbers. ``reviewed`` images are accepted or rejected."""

    images: int
    garments: int
    reviewed: int
    problems: int
    missing: int


class StatisticsRepository:
    """Counts over a store."""

    def __init__(
        self,
        database: Database,
        conditions: Conditions,
        categories: CategoriesRepository,
        datasets: DatasetsRepository,
    ) -> None:
        self._database = database
        self._conditions = conditions
        self._categories = categories
        self._datasets = datasets
        self._garment_facets = GarmentFacets()

    def facets(self, where: Expr | None = None) -> Facets:
        """How many of the images that a filter selects have each value, by facet and word.

        Facets: split, domain, review, dataset, problems, state, and of the garments category, scale,
        occlusion, zoom_in and viewpoint: there an image counts once for each value that one of its
        garments has. What the source does not say counts as "unknown". FilterError for a name that the
        store does not know.
        """
        datasets = {dataset.id: dataset.name for dataset in self._datasets.all()}
        categories = {category.id: category.name for category in self._categories.all()}
        chosen = None if where is None else self._conditions.images(where)
        with self._database.read() as connection:
            of_garments = self._garment_facets.count(connection, chosen, categories)
            return image_facets(connection, chosen, datasets) | of_garments

    def splits_and_roles(self) -> dict[str, tuple[str, ...]]:
        """The splits and roles that occur, by name."""
        found: dict[str, tuple[str, ...]] = {}
        with self._database.read() as connection:
            for name in ("split", "role"):
                query = select(_I[name]).distinct().order_by(_I[name])
                found[name] = tuple(word for word in connection.execute(query).scalars() if word)
        return found

    def totals(self) -> Totals:
        """The whole store in numbers."""
        reviewed = _I.review.in_([int(Review.ACCEPTED), int(Review.REJECTED)])
        query = select(
            func.count(),
            func.coalesce(func.sum(_I.garments), 0),
            func.count().filter(reviewed),
            func.count().filter(_I.state == str(ImageState.MISSING)),
        ).select_from(tables.images)
        with self._database.read() as connection:
            images, garments, done, missing = connection.execute(query).one()
            problems = connection.execute(select(func.count()).select_from(tables.problems)).scalar_one()
        return Totals(images, garments, done, problems, missing)
