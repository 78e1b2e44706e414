"""Counts for facets and for the overview."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from resources.taxonomy import LEVELS
from store.db import tables
from store.db.categories import CategoriesRepository
from store.db.datasets import DatasetsRepository
from store.db.engine import Database
from store.db.names import Conditions
from store.filters import UNKNOWN, Expr
from store.records import REVIEW_WORDS, ImageState, Review

_I = tables.images.c
_G = tables.garments.c

Facets = dict[str, dict[str, int]]
#: The two words of the facet "problems".
WITH_PROBLEMS = "with problems"
WITHOUT_PROBLEMS = "without problems"


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
            facets = _image_facets(connection, chosen, datasets)
            facets["category"] = _garment_facet(connection, chosen, "category_id", categories)
            for name, words in LEVELS.items():
                facets[name] = _garment_facet(connection, chosen, name, words)
        return facets

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


def _image_facets(
    connection: Connection, chosen: ColumnElement[bool] | None, datasets: dict[int, str]
) -> Facets:
    """One pass over the covering index groups by all facets of the image at once."""
    troubled = (_I.problems > 0).label("troubled")
    columns = (_I.split, _I.domain, _I.review, _I.dataset_id, troubled, _I.state)
    query = select(*columns, func.count()).group_by(*columns)
    if chosen is not None:
        query = query.where(chosen)
    names = ("split", "domain", "review", "dataset", "problems", "state")
    facets: Facets = {name: {} for name in names}
    for split, domain, review, dataset_id, has_problems, state, count in connection.execute(query):
        words = (
            split or UNKNOWN,
            domain or UNKNOWN,
            REVIEW_WORDS[Review(review)],
            datasets.get(dataset_id, UNKNOWN),
            WITH_PROBLEMS if has_problems else WITHOUT_PROBLEMS,
            state,
        )
        for name, word in zip(names, words, strict=True):
            facets[name][word] = facets[name].get(word, 0) + count
    return facets


def _garment_facet(
    connection: Connection,
    chosen: ColumnElement[bool] | None,
    column: str,
    words: dict[int, str],
) -> dict[str, int]:
    value: ColumnElement[Any] = _G[column]
    query = select(value, func.count(_G.image_id.distinct())).group_by(value)
    if chosen is not None:
        query = query.where(_G.image_id.in_(select(_I.id).where(chosen)))
    facet: dict[str, int] = {}
    for found, count in connection.execute(query):
        word = words.get(found, UNKNOWN)
        facet[word] = facet.get(word, 0) + count
    return facet
