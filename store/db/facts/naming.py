"""Which ids the names in a filter stand for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches

from resources.taxonomy import Category
from store.errors import FilterError
from store.filters import And, Comparison, Expr, Not, Operator, Or, Value, plain
from store.records import Dataset

_Ids = Mapping[str, frozenset[int]]
#: Fields whose values are names of things that have ids.
NAMED = frozenset({"category", "dataset"})


@dataclass(frozen=True, slots=True)
class Names:
    """What a store's categories and datasets are called; keys as :func:`plain` gives them."""

    categories: _Ids = field(default_factory=dict)
    datasets: _Ids = field(default_factory=dict)

    @classmethod
    def of(cls, categories: Iterable[Category], datasets: Iterable[Dataset]) -> Names:
        """The names of categories (also their COCO names) and datasets."""
        found: dict[str, set[int]] = {}
        for category in categories:
            for name in (category.name, category.coco_name):
                found.setdefault(plain(name), set()).add(category.id)
        of_datasets: dict[str, set[int]] = {}
        for dataset in datasets:
            of_datasets.setdefault(plain(dataset.name), set()).add(dataset.id)
        return cls(_frozen(found), _frozen(of_datasets))

    def ids(self, expr: Comparison) -> frozenset[int]:
        """The ids that a comparison's values stand for. FilterError for a name that there is not."""
        known = self.categories if expr.field == "category" else self.datasets
        if expr.operator is Operator.CONTAINS:
            part = plain(expr.values[0].text)
            return frozenset().union(*(ids for name, ids in known.items() if part in name))
        return frozenset().union(*(_ids_of(expr, value, known) for value in expr.values))


def names_something(expr: Expr) -> bool:
    """Whether a filter has names that only a store knows."""
    match expr:
        case Comparison():
            return expr.field in NAMED
        case Not(part):
            return names_something(part)
        case And(parts) | Or(parts):
            return any(names_something(part) for part in parts)


def _frozen(ids: Mapping[str, set[int]]) -> _Ids:
    return {name: frozenset(found) for name, found in ids.items() if name}


def _ids_of(expr: Comparison, value: Value, known: _Ids) -> frozenset[int]:
    name = plain(value.text)
    if name in known:
        return known[name]
    close = get_close_matches(name, known, 1)
    raise FilterError(
        f'The store has no {expr.field} "{value.text}".',
        f'Did you mean "{close[0]}"?' if close else "",
        position=value.position,
    )
