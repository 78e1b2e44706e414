"""How many images have each value of a fact.

Counting distinct images by five facts of their garments in SQL takes seconds for a million garments. So
the facts are kept as two small arrays, read again when the store has changed, and counted by NumPy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Connection, case, func, select

from resources.taxonomy import LEVELS
from store.db import tables
from store.db.columns import columns
from store.filters import UNKNOWN
from store.records import REVIEW_WORDS, Review

_I = tables.images.c
_G = tables.garments.c

Condition = ColumnElement[bool]
Facets = dict[str, dict[str, int]]
Integers = NDArray[np.int64]

#: The two words of the facet "problems".
WITH_PROBLEMS = "with problems"
WITHOUT_PROBLEMS = "without problems"

#: Bits of a level in a code; 0 is unknown.
_BITS = 2
_BY_IMAGE = ("split", "domain", "review", "dataset", "problems", "state")


def image_facets(connection: Connection, chosen: Condition | None, datasets: Mapping[int, str]) -> Facets:
    """The facets of images themselves: one pass over the covering index groups by all of them at once."""
    # In the order of the index, which then needs no sorting.
    by = (_I.split, _I.domain, _I.review, _I.dataset_id, _I.problems, _I.state)
    query = select(*by, func.count()).group_by(*by)
    if chosen is not None:
        query = query.where(chosen)
    facets: Facets = {name: {} for name in _BY_IMAGE}
    for split, domain, review, dataset_id, problems, state, count in connection.execute(query):
        words = (
            split or UNKNOWN,
            domain or UNKNOWN,
            REVIEW_WORDS[Review(review)],
            datasets.get(dataset_id, UNKNOWN),
            WITH_PROBLEMS if problems else WITHOUT_PROBLEMS,
            state,
        )
        for name, word in zip(_BY_IMAGE, words, strict=True):
            facets[name][word] = facets[name].get(word, 0) + count
    return facets


@dataclass(frozen=True, slots=True)
class _Facts:
    """The facts of all garments: image ids and codes of category and levels, as of a stamp."""

    stamp: tuple[tuple[str, int], ...]
    images: Integers
    codes: Integers


class GarmentFacets:
    """Counts images by the facts of their garments. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._facts: _Facts | None = None

    def count(
        self, connection: Connection, chosen: Condition | None, categories: Mapping[int, str]
    ) -> Facets:
        """Category, scale, occlusion, zoom_in and viewpoint: an image counts once for each value."""
        facts = self._read(connection)
        images, codes = facts.images, facts.codes
        if chosen is not None:
            ids = columns(connection, select(_I.id).where(chosen))[0]
            wanted = np.zeros(max(int(images.max(initial=0)), int(ids.max(initial=0))) + 1, np.bool_)
            wanted[ids] = True
            inside = wanted[images]
            images, codes = images[inside], codes[inside]
        facets = {"category": _by_category(images, codes >> (_BITS * len(LEVELS)), categories)}
        for place, (name, words) in enumerate(LEVELS.items()):
            level = codes >> (_BITS * place) & ((1 << _BITS) - 1)
            facets[name] = _counts(images, level, [UNKNOWN, *words.values()])
        return facets

    def _read(self, connection: Connection) -> _Facts:
        # Whatever changes garments takes ids: of revisions for an edit, of garments for an import.
        counter = tables.counters.c
        telling = counter.name.in_(["garments", "revisions"])
        query = select(counter.name, counter.value).where(telling).order_by(counter.name)
        rows = connection.execute(query).all()
        stamp = tuple((row.name, row.value) for row in rows)
        with self._lock:
            if self._facts is None or self._facts.stamp != stamp:
                images, codes = columns(connection, select(_G.image_id, _code()))
                self._facts = _Facts(stamp, images, codes)
            return self._facts


def _code() -> ColumnElement[int]:
    """Category and levels as one number; a level that does not exist counts as unknown."""
    code: ColumnElement[int] = _G.category_id * (1 << (_BITS * len(LEVELS)))
    for place, (name, words) in enumerate(LEVELS.items()):
        column = _G[name]
        known = column.between(min(words), max(words))
        code = code + case((known, column), else_=0) * (1 << (_BITS * place))
    return code


def _by_category(images: Integers, ids: Integers, categories: Mapping[int, str]) -> dict[str, int]:
    # Categories of one name (two datasets brought it) are one value of the facet.
    names = list(dict.fromkeys([UNKNOWN, *categories.values()]))
    known = np.array(sorted(categories), np.int64)
    place = np.array([names.index(categories[int(i)]) for i in known], np.int64)
    at = np.searchsorted(known, ids).clip(max=len(known) - 1)
    return _counts(images, np.where(known[at] == ids, place[at], 0), names)


def _counts(images: Integers, values: Integers, words: Sequence[str]) -> dict[str, int]:
    """How many different images have each value; values nobody has are left out."""
    flags = np.zeros((int(images.max(initial=0)) + 1, len(words)), np.bool_)
    flags[images, values] = True
    return {word: int(n) for word, n in zip(words, flags.sum(axis=0), strict=True) if n}
