"""Filter expressions as SQL.

A comparison of a garment's field selects an image that has *a* garment for which it holds (also ``!=``).
Garment comparisons that stand side by side in one ``and`` speak of the *same* garment, and so do ``or``
groups of them: ``category = trousers and (occlusion = heavy or scale = small)``. ``not`` in front of
them selects the images that have no such garment. For counting garments every comparison speaks of the
garment counted, or of its image.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

import orjson
from sqlalchemy import ColumnElement, and_, false, func, not_, or_, select

from resources.taxonomy import Category
from store.db import tables
from store.errors import FilterError
from store.filters import FIELDS, And, Comparison, Expr, Kind, Not, Operator, Or, Value, plain
from store.records import Dataset

Condition = ColumnElement[bool]
_Ids = Mapping[str, frozenset[int]]

#: More numbers than these are handed over as one text: SQLite takes only so many parameters.
_MANY = 500
_COLUMNS: Mapping[str, str] = {"file": "name", "pair": "pair_id", "item": "item_id"}
#: Fields of the image that every garment's row repeats.
_REPEATED = frozenset({"split", "domain", "review"})
_COMPARE: Mapping[Operator, Callable[[Any, Any], Any]] = {
    Operator.LESS: operator.lt,
    Operator.AT_MOST: operator.le,
    Operator.MORE: operator.gt,
    Operator.AT_LEAST: operator.ge,
}


@dataclass(frozen=True, slots=True)
class Names:
    """Which ids the names of categories and datasets stand for; keys as :func:`plain` gives them."""

    categories: _Ids = field(default_factory=dict)
    datasets: _Ids = field(default_factory=dict)

    @classmethod
    def of(cls, categories: Iterable[Category], datasets: Iterable[Dataset]) -> Names:
        """The names of a store's categories (also their COCO names) and datasets."""
        found: dict[str, set[int]] = {}
        for category in categories:
            for name in (category.name, category.coco_name):
                found.setdefault(plain(name), set()).add(category.id)
        of_datasets: dict[str, set[int]] = {}
        for dataset in datasets:
            of_datasets.setdefault(plain(dataset.name), set()).add(dataset.id)
        return cls(_frozen(found), _frozen(of_datasets))


def _frozen(ids: Mapping[str, set[int]]) -> _Ids:
    return {name: frozenset(found) for name, found in ids.items() if name}


def condition(expr: Expr, names: Names) -> Condition:
    """The condition over ``images``. FilterError for a category or dataset that the store has not."""
    if _of_garment(expr):
        return _has_garment([expr], (), names)
    match expr:
        case Comparison():
            return _comparison(expr, tables.images.c, names)
        case Not(part):
            return _negated(condition(part, names))
        case Or(parts):
            return or_(*(condition(part, names) for part in parts))
        case And(parts):
            of_garment = [part for part in parts if _of_garment(part)]
            rest = [part for part in parts if not _of_garment(part)]
            conditions = [condition(part, names) for part in rest]
            if of_garment:
                conditions.append(_has_garment(of_garment, rest, names))
            return and_(*conditions)


def garment_condition(expr: Expr, names: Names) -> Condition:
    """The condition over ``garments``. FilterError as in :func:`condition`."""
    match expr:
        case Comparison():
            if FIELDS[expr.field].garment or expr.field in _REPEATED:
                return _comparison(expr, tables.garments.c, names)
            image = tables.images
            fits = _comparison(expr, image.c, names)
            return tables.garments.c.image_id.in_(select(image.c.id).where(fits))
        case Not(part):
            return _negated(garment_condition(part, names))
        case Or(parts):
            return or_(*(garment_condition(part, names) for part in parts))
        case And(parts):
            return and_(*(garment_condition(part, names) for part in parts))


def _negated(fits: Condition) -> Condition:
    # SQL says neither yes nor no of what is unknown; for us an unknown level is simply not "heavy".
    return not_(func.coalesce(fits, false()))


def _of_garment(expr: Expr) -> bool:
    match expr:
        case Comparison():
            return FIELDS[expr.field].garment
        case Not():
            return False
        case And(parts) | Or(parts):
            return all(_of_garment(part) for part in parts)


def _has_garment(parts: Sequence[Expr], beside: Sequence[Expr], names: Names) -> Condition:
    """One garment for which all parts hold.

    What stands beside them about the image and is repeated in the garment's row is asked of the row as
    well: it changes nothing but lets the covering index answer.
    """
    asked = [*parts, *(p for p in beside if isinstance(p, Comparison) and p.field in _REPEATED)]
    row = tables.garments.c
    fits = and_(*(garment_condition(part, names) for part in asked))
    return tables.images.c.id.in_(select(row.image_id).where(fits))


def _comparison(expr: Comparison, row: Any, names: Names) -> Condition:
    if expr.field == "category":
        return _one_of_ids(expr, row.category_id, names.categories)
    if expr.field == "dataset":
        return _one_of_ids(expr, row.dataset_id, names.datasets)
    if expr.field == "tag":
        return _tagged(expr, row.id)
    return _compare(expr, row[_COLUMNS.get(expr.field, expr.field)])


def _compare(expr: Comparison, column: ColumnElement[Any]) -> Condition:
    # Case does not count: nobody remembers "Train". Item ids are exact, and looked up in an index.
    text = FIELDS[expr.field].kind is Kind.TEXT and expr.field != "item"
    side = func.lower(column) if text else column
    meanings = [
        v.meaning.casefold() if text and isinstance(v.meaning, str) else v.meaning for v in expr.values
    ]
    if expr.operator is Operator.CONTAINS:
        return column.icontains(expr.values[0].text, autoescape=True)
    compare = _COMPARE.get(expr.operator)
    if compare is not None:
        found: Condition = compare(side, meanings[0])
        return found
    known = [meaning for meaning in meanings if meaning is not None]
    equal = side == known[0] if len(known) == 1 else _in(side, known) if known else false()
    if expr.field == "file":
        # People read the bare name under a picture: it stands for the path that ends with it.
        equal = or_(equal, *(side.endswith(f"/{name}", autoescape=True) for name in known if name))
    if None in meanings:
        equal = or_(equal, column.is_(None))
    if expr.operator in (Operator.EQUAL, Operator.IN):
        return equal
    # What is unknown is not equal to anything that is known.
    return not_(equal) if None in meanings or not column.nullable else or_(not_(equal), column.is_(None))


def _in(side: ColumnElement[Any], known: Sequence[int | str]) -> Condition:
    if len(known) <= _MANY:
        return side.in_(known)
    listed = func.json_each(orjson.dumps(known).decode()).table_valued("value")
    return side.in_(select(listed.c.value))


def _one_of_ids(expr: Comparison, column: ColumnElement[int], known: _Ids) -> Condition:
    ids: set[int] = set()
    for value in expr.values:
        if expr.operator is Operator.CONTAINS:
            part = plain(value.text)
            ids.update(*(found for name, found in known.items() if part in name))
        else:
            ids.update(_ids_of(expr, value, known))
    inside = column.in_(sorted(ids))
    return not_(inside) if expr.operator in (Operator.NOT_EQUAL, Operator.NOT_IN) else inside


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


def _tagged(expr: Comparison, image_id: ColumnElement[int]) -> Condition:
    join = tables.image_tags.join(tables.tags, tables.tags.c.id == tables.image_tags.c.tag_id)
    positive = Comparison(
        expr.field,
        {Operator.NOT_EQUAL: Operator.EQUAL, Operator.NOT_IN: Operator.IN}.get(expr.operator, expr.operator),
        expr.values,
    )
    has = image_id.in_(
        select(tables.image_tags.c.image_id).select_from(join).where(_compare(positive, tables.tags.c.name))
    )
    return has if positive.operator is expr.operator else not_(has)
