"""Counts for facets and for the overview."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sqlalchemy import func, select

from store.db import facets, tables
from store.db.categories import CategoriesRepository
from store.db.datasets import DatasetsRepository
from store.db.engine import Database
from store.db.facets import Facets
from store.db.facts.keeper import FactsKeeper
from store.db.facts.snapshot import Links, note_parts
from store.db.rows import Ids
from store.filters import Expr
from store.records import ImageState, Review


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
        facts: FactsKeeper,
        categories: CategoriesRepository,
        datasets: DatasetsRepository,
    ) -> None:
        self._database, self._facts = database, facts
        self._categories, self._datasets = categories, datasets

    def facets(self, where: Expr | None = None) -> Facets:
        """How many of the images that a filter selects have each value, by facet and word.

        Facets: split, role, domain, review, dataset, problems, problem, tag, state, and of the garments
        category, clothes_type, clothes_category, attribute, scale, occlusion, zoom_in and viewpoint: there
        an image counts once for each value that one of its garments has. What the source does not say
        counts as "unknown". FilterError for a name that the store does not know.
        """
        return facets.facets(*self._facts.images(where), *self._names())

    def facets_held(self, where: Expr | None = None) -> Facets:
        """Those of :meth:`facets` that come at once: all but :data:`store.db.facets.MORE`."""
        return facets.held(*self._facts.images(where), *self._names())

    def facets_more(self, where: Expr | None = None) -> Facets:
        """The others of :meth:`facets`. They take several times as long."""
        return facets.more(*self._facts.images(where))

    def _names(self) -> tuple[dict[int, str], dict[int, str]]:
        """What datasets and categories are called, by id."""
        datasets = {dataset.id: dataset.name for dataset in self._datasets.all()}
        return datasets, {category.id: category.name for category in self._categories.all()}

    def categories_of(self, image_ids: Ids) -> dict[int, int]:
        """How many garments of each category some images have, by category id, the commonest first."""
        facts = self._facts.now()
        rows, known = facts.images.rows_of(np.asarray(image_ids, np.int64))
        chosen = np.zeros(len(facts.images.ids), np.bool_)
        chosen[rows[known]] = True
        counts = np.bincount(facts.garments.categories[chosen[facts.garments.images]])
        by_count = np.argsort(-counts, kind="stable").tolist()
        return {category: int(counts[category]) for category in by_count if counts[category]}

    def splits_and_roles(self) -> dict[str, tuple[str, ...]]:
        """The splits and roles that occur, by name."""
        images = self._facts.now().images
        found = {}
        for name, column in (("split", images.split), ("role", images.role)):
            used = np.bincount(column.codes, minlength=len(column.words))
            found[name] = tuple(sorted(w for w, n in zip(column.words, used, strict=False) if w and n))
        return found

    def attributes(self) -> tuple[str, ...]:
        """The attributes that garments have, the most frequent first."""
        return _commonest_first(self._facts.now().garments.attributes)

    def people(self) -> dict[str, tuple[str, ...]]:
        """Who has reviewed images, and who has written notes, by the fields of the filter."""
        images = self._facts.now().images
        reviewers = tuple(word for word in images.reviewers.words if word)
        return {"reviewer": reviewers, "note_by": tuple(dict.fromkeys(note_parts(images.notes, 1).words))}

    def kinds_of_problems(self) -> tuple[str, ...]:
        """The codes of the problems that images have, the most frequent first."""
        return _commonest_first(self._facts.now().images.findings)

    def totals(self) -> Totals:
        """The whole store in numbers."""
        images = self._facts.now().images
        reviewed = np.isin(images.reviews, [Review.ACCEPTED, Review.REJECTED])
        missing = np.array([word == ImageState.MISSING for word in images.state.words] or [False])
        with self._database.read() as connection:
            problems = connection.execute(select(func.count()).select_from(tables.problems)).scalar_one()
        return Totals(
            images=len(images.ids),
            garments=int(images.garments.sum()),
            reviewed=int(np.count_nonzero(reviewed)),
            problems=problems,
            missing=int(np.count_nonzero(missing[images.state.codes])),
        )


def _commonest_first(links: Links) -> tuple[str, ...]:
    counts = np.bincount(links.codes, minlength=len(links.words))
    by_count = np.argsort(-counts, kind="stable").tolist()
    return tuple(links.words[place] for place in by_count if counts[place])
