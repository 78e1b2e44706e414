"""Filter expressions asked of the facts.

A comparison of a garment's field selects an image that has *a* garment for which it holds (also ``!=``).
Garment comparisons that stand side by side in one ``and`` speak of the *same* garment, and so do ``or``
groups of them: ``category = trousers and (occlusion = heavy or scale = small)``. ``not`` in front of
them selects the images that have no such garment. For counting garments every comparison speaks of the
garment counted, or of its image.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resources.taxonomy import LEVELS
from store.db.facts.naming import Names
from store.db.facts.snapshot import NO_LEVEL, NO_NUMBER, Facts, Links, Words, note_parts, picked
from store.filters import FIELDS, UNKNOWN, And, Comparison, Expr, Kind, Not, Operator, Or, plain
from store.filters.dates import span

Flags = NDArray[np.bool_]

_COMPARE: Mapping[Operator, Callable[[Any, Any], Any]] = {
    Operator.LESS: operator.lt,
    Operator.AT_MOST: operator.le,
    Operator.MORE: operator.gt,
    Operator.AT_LEAST: operator.ge,
}
_NEGATIVE = {Operator.NOT_EQUAL, Operator.NOT_IN}


class Matcher:
    """Asks the facts of one snapshot; ``names`` are what its categories and datasets are called."""

    def __init__(self, facts: Facts, names: Names) -> None:
        self.facts, self._names = facts, names

    def images(self, expr: Expr) -> Flags:
        """Which images are selected, ``(images,)``. FilterError for a name that the store has not."""
        if _of_garment(expr):
            return self.facts.any_garment(self.garments(expr))
        match expr:
            case Comparison():
                return self._image(expr)
            case Not(part):
                return ~self.images(part)
            case Or(parts):
                return reduce(operator.or_, (self.images(part) for part in parts))
            case And(parts):
                found = [self.images(part) for part in parts if not _of_garment(part)]
                if same := [self.garments(part) for part in parts if _of_garment(part)]:
                    found.append(self.facts.any_garment(reduce(operator.and_, same)))
                return reduce(operator.and_, found)

    def garments(self, expr: Expr) -> Flags:
        """Which garments are selected, ``(garments,)``. FilterError as above."""
        match expr:
            case Comparison():
                if FIELDS[expr.field].garment:
                    return self._garment(expr)
                return self._image(expr).take(self.facts.garments.images)
            case Not(part):
                return ~self.garments(part)
            case Or(parts):
                return reduce(operator.or_, (self.garments(part) for part in parts))
            case And(parts):
                return reduce(operator.and_, (self.garments(part) for part in parts))

    def _image(self, expr: Comparison) -> Flags:
        images = self.facts.images
        match expr.field:
            case "dataset":
                return _one_of(expr, images.datasets, self._names.ids(expr))
            case "file":
                return self._file(expr)
            case "tag":
                return _linked(expr, images.tags, len(images.ids))
            case "problem":
                return _linked(expr, images.findings, len(images.ids))
            case "split" | "role" | "domain" | "state":
                return _said(expr, getattr(images, expr.field))
            case "review":
                return _number(expr, images.reviews, NO_NUMBER)
            case "reviewer" | "reviewed" | "changed" | "notes" | "note" | "note_by":
                return self._of_review(expr)
            case "garments" | "problems":
                return _number(expr, getattr(images, expr.field), NO_NUMBER)
            case "width" | "height":
                return _number(expr, getattr(images, f"{expr.field}s"), NO_NUMBER)
            case _:
                return _number(expr, images.ids, NO_NUMBER)

    def _of_review(self, expr: Comparison) -> Flags:
        """Who reviewed and when, and what is noted."""
        images = self.facts.images
        match expr.field:
            case "reviewer":
                return _said(expr, images.reviewers)
            case "reviewed" | "changed":
                return _dated(expr, getattr(images, expr.field))
            case "notes":
                return _noted(expr, note_parts(images.notes, 0), len(images.ids))
            case _:
                part = 2 if expr.field == "note" else 1
                return _linked(expr, note_parts(images.notes, part), len(images.ids))

    def _garment(self, expr: Comparison) -> Flags:
        garments = self.facts.garments
        match expr.field:
            case "category":
                return _one_of(expr, garments.categories, self._names.ids(expr))
            case "item":
                return _said(expr, garments.items)
            case "attribute":
                return _linked(expr, garments.attributes, len(garments.ids))
            case "pair":
                return _number(expr, garments.pairs, NO_NUMBER)
            case "clothes_type":
                return _number(expr, garments.clothes_types, NO_LEVEL)
            case "clothes_category":
                return _number(expr, garments.clothes_categories, NO_LEVEL)
            case "style":
                return _number(expr, garments.styles, NO_NUMBER)
            case _:
                return _number(expr, self.facts.level_columns[[*LEVELS].index(expr.field)], NO_LEVEL)

    def _file(self, expr: Comparison) -> Flags:
        names = self.facts.images.names
        if expr.operator is Operator.CONTAINS:
            return names.containing(expr.values[0].text)
        # People read the bare name under a picture: it stands for the path that ends with it.
        found = reduce(operator.or_, (names.called(value.text) for value in expr.values))
        return ~found if expr.operator in _NEGATIVE else found


def _of_garment(expr: Expr) -> bool:
    match expr:
        case Comparison():
            return FIELDS[expr.field].garment
        case Not():
            return False
        case And(parts) | Or(parts):
            return all(_of_garment(part) for part in parts)


def _one_of(expr: Comparison, column: NDArray[np.int32], ids: frozenset[int]) -> Flags:
    # One id is the usual case, and many times quicker to look for.
    found: Flags = column == next(iter(ids)) if len(ids) == 1 else np.isin(column, sorted(ids))
    return ~found if expr.operator in _NEGATIVE else found


def _number(expr: Comparison, column: NDArray[Any], unknown: int) -> Flags:
    meanings = [value.meaning for value in expr.values]
    compare = _COMPARE.get(expr.operator)
    if compare is not None:
        # What is unknown has no place in an order.
        ordered: Flags = compare(column, meanings[0]) & (column != unknown)
        return ordered
    wanted = [unknown if meaning is None else meaning for meaning in meanings]
    found: Flags = column == wanted[0] if len(wanted) == 1 else np.isin(column, wanted)
    # What is unknown is not equal to anything that is known.
    return ~found if expr.operator in _NEGATIVE else found


def _dated(expr: Comparison, column: NDArray[np.int64]) -> Flags:
    """Times in microseconds, 0 for never, which is in no order. A day is a stretch: later than it is after
    its end, from it on is from its beginning on."""
    spans = [None if value.meaning is None else span(str(value.meaning)) for value in expr.values]
    begin, end = spans[0] or (0, 0)
    known: Flags = column > 0
    match expr.operator:
        case Operator.LESS:
            return known & (column < begin)
        case Operator.AT_MOST:
            return known & (column < end)
        case Operator.MORE:
            return known & (column >= end)
        case Operator.AT_LEAST:
            return known & (column >= begin)
    found = np.zeros(len(column), np.bool_)
    for one in spans:
        found |= ~known if one is None else known & (column >= one[0]) & (column < one[1])
    return ~found if expr.operator in _NEGATIVE else found


def _noted(expr: Comparison, states: Links, count: int) -> Flags:
    """Whether there are open or settled notes, or none."""
    found = np.zeros(count, np.bool_)
    for value in expr.values:
        if value.meaning is None:
            there = np.zeros(count, np.bool_)
            there[states.rows] = True
            found |= ~there
        else:
            fitting = np.array([word == value.meaning for word in states.words] or [False])
            found[states.rows[fitting[states.codes]]] = True
    return ~found if expr.operator in _NEGATIVE else found


def _said(expr: Comparison, column: Words) -> Flags:
    fitting = [place for place, word in enumerate(column.words) if _fits(expr, word)]
    # One word is the usual case, and many times quicker to look for.
    found: Flags = (
        column.codes == fitting[0]
        if len(fitting) == 1
        else np.isin(np.arange(max(1, len(column.words))), fitting).take(column.codes)
    )
    return ~found if expr.operator in _NEGATIVE else found


def _linked(expr: Comparison, links: Links, count: int) -> Flags:
    fitting = np.array([_fits(expr, word) for word in links.words] or [False])
    found = np.zeros(count, np.bool_)
    found[picked(links.rows, fitting.take(links.codes))] = True
    return ~found if expr.operator in _NEGATIVE else found


def _fits(expr: Comparison, word: str) -> bool:
    """Whether a word is among the values, or has the value in it. Any word fits where there is no value."""
    if not expr.values:
        return True
    # Case does not count: nobody remembers "Train". Item ids are exact.
    loose = FIELDS[expr.field].kind in (Kind.TEXT, Kind.SEVERAL)
    exact = not loose or (expr.field == "item" and expr.operator is not Operator.CONTAINS)
    side = word if exact else word.casefold()
    if expr.operator is Operator.CONTAINS or (expr.field == "note" and expr.operator is Operator.HAS):
        return expr.values[0].text.casefold() in word.casefold()
    meanings = ["" if value.meaning is None else str(value.meaning) for value in expr.values]
    if not word and FIELDS[expr.field].kind is Kind.TEXT and any(plain(one) == UNKNOWN for one in meanings):
        return True
    return any(side == (meaning if exact else meaning.casefold()) for meaning in meanings)
