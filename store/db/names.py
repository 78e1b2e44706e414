"""A filter's condition for one store, whose category and dataset names it looks up."""

from __future__ import annotations

from sqlalchemy import true

from store.db.categories import CategoriesRepository
from store.db.conditions import Condition, Names, condition, garment_condition
from store.db.datasets import DatasetsRepository
from store.filters import And, Comparison, Expr, Not, Or

_NAMED = frozenset({"category", "dataset"})


class Conditions:
    """Makes the conditions of a store's queries."""

    def __init__(self, categories: CategoriesRepository, datasets: DatasetsRepository) -> None:
        self._categories = categories
        self._datasets = datasets

    def images(self, where: Expr | None) -> Condition:
        """The condition over ``images``. FilterError for a name that the store does not know."""
        return true() if where is None else condition(where, self._names(where))

    def garments(self, where: Expr | None) -> Condition:
        """The condition over ``garments``. FilterError for a name that the store does not know."""
        return true() if where is None else garment_condition(where, self._names(where))

    def _names(self, where: Expr) -> Names:
        if not _names_something(where):
            return Names()
        return Names.of(self._categories.all(), self._datasets.all())


def _names_something(expr: Expr) -> bool:
    match expr:
        case Comparison():
            return expr.field in _NAMED
        case Not(part):
            return _names_something(part)
        case And(parts) | Or(parts):
            return any(_names_something(part) for part in parts)
