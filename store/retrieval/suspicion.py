"""Which failures are likely the labels' fault, not the model's.

A model that has learnt from many right labels is seldom sure of a wrong match. So a failure is suspicious
where the model is surer of what it found than of what it should have found, where several of the first
results are one product, where the first result is of the same pair under another style, and where the query
and its true matches are called different categories. Labels that lead nowhere are suspicious too: a query
whose product the gallery does not have, and a first result whose product nobody asks for. A query that is
said to have no counterpart is judged by its first result alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from store.retrieval.standing import Standing

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: So many of the first results are looked at.
_FIRST = 5
#: What each sign weighs beside the margin, which is counted in its own usual sizes.
_ONE_PRODUCT, _SAME_PAIR, _OTHER_CATEGORY, _NOTHING_TO_FIND, _NOBODY_ASKS = 0.5, 1.5, 0.5, 1.0, 1.0


@dataclass(frozen=True, slots=True)
class Signs:
    """Why a query is suspicious: the parts of its suspicion.

    ``margin``: how much nearer the first result is than the nearest true match, in usual distances of a right
    first result (of a query without an identity: than a right first result usually is); ``one_product``: the
    share of the first five results that are one product; ``same_pair``: the first result is of the query's
    pair, under another style; ``other_category``: the nearest true match is of another category than the
    query; ``nothing_to_find``: the query has an identity, and no garment of the gallery has the same;
    ``nobody_asks``: the first result has an identity that no query has.
    """

    margin: float
    one_product: float
    same_pair: bool
    other_category: bool
    nothing_to_find: bool
    nobody_asks: bool

    @property
    def suspicion(self) -> float:
        """The parts together; higher is more suspicious."""
        extra = _ONE_PRODUCT * self.one_product
        extra += _SAME_PAIR * self.same_pair + _OTHER_CATEGORY * self.other_category
        extra += _NOTHING_TO_FIND * self.nothing_to_find + _NOBODY_ASKS * self.nobody_asks
        return self.margin + extra


class Suspicion:
    """Judges the queries of a standing, by what it usually finds now."""

    def __init__(self, standing: Standing) -> None:
        self._standing = standing
        self._ranked = standing.ranked
        self._usual = _usual_distance(standing)
        #: The identities that queries have.
        self._asked = {standing.identity(query) for query in range(len(self._ranked))}
        first, counts = self._ranked.shown_first, np.diff(self._ranked.shown_first)
        #: Which of the shown garments is the first that each entry shows, -1 for none.
        self._entry_shows = np.where(counts > 0, first[:-1], -1)

    def scores(self) -> Floats:
        """The suspicion of each query ``(Q,)``; -inf for one that is right, missed, or has no vector."""
        found = np.full(len(self._ranked), -np.inf)
        for query in range(len(found)):
            if self._ranked.query_rows[query] >= 0 and self._standing.first[query] != 1:
                signs = self.signs(query)
                if signs is not None:
                    found[query] = signs.suspicion
        return found

    def signs(self, query: int) -> Signs | None:
        """Why a query is suspicious; None where it has no result.

        A query whose product the gallery does not have counts as one whose match is as far away as any.
        """
        top = self._ranked.top[query]
        top = top[top >= 0]
        if not len(top) or self._standing.query_rows[query] < 0:
            return None
        matches, first = self._standing.matches(query), int(top[0])
        return Signs(
            self._margin(query) / self._usual,
            self._one_product(top[:_FIRST]),
            self._same_pair(query, first),
            len(matches.entries) > 0 and self._other_category(query, int(matches.entries[0])),
            self._standing.identity(query) >= 0 and not len(matches.entries),
            self._nobody_asks(first),
        )

    def _margin(self, query: int) -> float:
        near = float(self._ranked.distances[query, 0])
        if self._standing.identity(query) < 0:
            return self._usual - near
        matches = self._standing.matches(query)
        return (float(matches.distances[0]) if len(matches.distances) else self._farthest(query)) - near

    def _farthest(self, query: int) -> float:
        kept = self._ranked.distances[query][self._ranked.top[query] >= 0]
        return float(kept[-1])

    def _row(self, entry: int) -> int:
        """The row of the table of the first garment that an entry shows, -1 for none."""
        shows = int(self._entry_shows[entry])
        return int(self._standing.shown_rows[shows]) if shows >= 0 else -1

    def _one_product(self, entries: Ints) -> float:
        shows = self._entry_shows[entries]
        rows = self._standing.shown_rows[shows[shows >= 0]]
        products = self._standing.table.identities[rows[rows >= 0]]
        products = products[products >= 0]
        if len(products) < 2:
            return 0.0
        _, counts = np.unique(products, return_counts=True)
        return float(counts.max() / len(entries)) if counts.max() > 1 else 0.0

    def _same_pair(self, query: int, entry: int) -> bool:
        row = self._row(entry)
        if row < 0:
            return False
        table = self._standing.table
        asked, there = int(self._standing.query_rows[query]), row
        return bool(
            table.pairs[asked] >= 0
            and table.pairs[asked] == table.pairs[there]
            and table.identities[asked] != table.identities[there]
        )

    def _nobody_asks(self, entry: int) -> bool:
        row = self._row(entry)
        product = int(self._standing.table.identities[row]) if row >= 0 else -1
        return product >= 0 and product not in self._asked

    def _other_category(self, query: int, entry: int) -> bool:
        row = self._row(entry)
        kinds = self._standing.table.category_ids
        return row >= 0 and bool(kinds[row] != kinds[self._standing.query_rows[query]])


def _usual_distance(standing: Standing) -> float:
    """The median distance of a first result that is right; of any first result where none is."""
    near = standing.ranked.distances[:, 0] if standing.ranked.depth else np.empty(0)
    right = near[(standing.first == 1) & np.isfinite(near)]
    chosen = right if len(right) else near[np.isfinite(near)]
    return max(float(np.median(chosen)), 1e-6) if len(chosen) else 1.0
