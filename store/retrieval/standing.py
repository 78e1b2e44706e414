"""How each query of a ranking stands with the identities as they are now; no network, NumPy only."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from store.db.products import GarmentTable
from store.retrieval.index import Vectors
from store.retrieval.ranked import Ranked, spans

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]
#: The places (from 1) and distances of entries for a query: (query, entries) to two arrays.
Exact = Callable[[int, Ints], tuple[Ints, Floats]]
#: The entry of a garment of the gallery that no entry shows.
_MISSED = -1
#: Pairs that are looked for in their lists at once.
_AT_ONCE = 1 << 16


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """The true matches of a query in the gallery, nearest first: arrays ``(m,)``, places from 1."""

    entries: Ints
    places: Ints
    distances: Floats


class _Pairs(NamedTuple):
    """Queries and entries that belong together, each pair once, by query and then by entry."""

    queries: Ints
    entries: Ints


class _Placed(NamedTuple):
    """Pairs with the places and distances that the entries have for their queries, by query and place."""

    queries: Ints
    entries: Ints
    places: Ints
    distances: Floats


class Standing:
    """Places of true matches, by query; made again only where identities have changed.

    ``first (Q,)`` is the place of the first true match, 0 for none found; ``precision (Q,)`` average
    precision, 0 where the query was missed; ``asked (Q,)`` whether it is a query at all: it has an identity
    and the gallery has it, detected there or not. ``missed (Q,)``: asked for, but its garment was not
    detected. ``query_rows (Q,)`` and ``shown_rows`` are the rows of the table that the garments
    ``ranked.queries`` and ``ranked.shown`` have, -1 for one that is gone.
    """

    def __init__(self, ranked: Ranked, table: GarmentTable, exact: Exact) -> None:
        """``table`` has the garments of queries and gallery; ``exact`` places what is in no list."""
        self.ranked, self._exact = ranked, exact
        count = len(ranked)
        self.first = np.zeros(count, np.int64)
        self.precision = np.zeros(count)
        self.asked = np.zeros(count, np.bool_)
        self._matches: list[Matches] = [_NONE] * count
        behind = len(ranked.shown) - int(ranked.shown_first[-1])
        self._entry = np.concatenate(
            [np.repeat(np.arange(len(ranked.entries)), np.diff(ranked.shown_first)), np.full(behind, _MISSED)]
        )
        #: Pairs as one number each: the query times this, and the entry.
        self._many = max(len(ranked.entries), 1)
        self._itself = self._numbers(*ranked.itself())
        kept = self._numbers(ranked.match_first, ranked.match_entries)
        self._kept_order = np.argsort(kept, kind="stable")
        self._kept = kept[self._kept_order]
        self._number(table)
        self._take(np.arange(count))

    @property
    def missed(self) -> Truths:
        """Queries that are asked for but whose garment was not detected ``(Q,)``."""
        return self.asked & (self.ranked.query_rows < 0)

    def matches(self, query: int) -> Matches:
        """The true matches of a query, nearest first."""
        return self._matches[query]

    def identity(self, query: int) -> int:
        """The number of a query's identity, -1 for none."""
        return int(self._identity[query])

    def is_match(self, query: int, entry: int) -> bool:
        """Whether an entry of the gallery shows the query's product."""
        return bool((self._matches[query].entries == entry).any())

    def update(self, table: GarmentTable) -> Ints:
        """Take identities as they are now; the queries that stand otherwise than before, ``(n,)``.

        Only queries whose product, or one it could have become, has gained or lost garments are looked at.
        """
        before, shows = self._identity, self._shows
        views, shown_views = self._views()
        first, precision, asked = self.first.copy(), self.precision.copy(), self.asked.copy()
        self._number(table)
        now, shown_now = self._views()
        was, new = np.append(before, shows), np.append(self._identity, self._shows)
        turned = np.append(views != now, shown_views != shown_now)
        old_touched, new_touched = _touched(was, new, turned)
        looked = np.isin(before, old_touched) | np.isin(self._identity, new_touched)
        self._take(np.flatnonzero(looked))
        changed = (first != self.first) | (precision != self.precision) | (asked != self.asked)
        return np.flatnonzero(changed)

    def supposed(self, table: GarmentTable) -> Standing:
        """How all would stand with other identities; this one stays as it is."""
        found = copy(self)
        found.first, found.precision = self.first.copy(), self.precision.copy()
        found.asked, found._matches = self.asked.copy(), self._matches.copy()
        found.update(table)
        return found

    def _number(self, table: GarmentTable) -> None:
        """Each query's and each shown garment's identity, and the shown ones by identity."""
        self.table = table
        self.query_rows, self.shown_rows = table.rows(self.ranked.queries), table.rows(self.ranked.shown)
        identities = np.append(table.identities, -1)
        self._identity, self._shows = identities[self.query_rows], identities[self.shown_rows]
        self._order = np.argsort(self._shows, kind="stable")
        self._sorted = self._shows[self._order]

    def _views(self) -> tuple[Ints, Ints]:
        """The viewpoints of queries ``(Q,)`` and of shown garments, where they decide; else all 0."""
        if self.ranked.facts.protocol != "cross-pose":
            return np.zeros(len(self.query_rows), np.int64), np.zeros(len(self.shown_rows), np.int64)
        views = np.append(self.table.facts[:, 3], 0)
        return views[self.query_rows], views[self.shown_rows]

    def _take(self, queries: Ints) -> None:
        """Place the matches of some queries."""
        relevant, neither, overlooked = self._relevant(queries)
        found = _counted(self._placed(relevant), self._placed(neither))
        starts, ends = (np.searchsorted(found.queries, queries, side) for side in ("left", "right"))
        of, at = spans(starts, ends)
        hits = np.arange(len(at)) - np.repeat(np.cumsum(ends - starts) - (ends - starts), ends - starts) + 1
        summed = np.bincount(of, hits / found.places[at], len(queries))
        there = ends > starts
        self.first[queries] = np.where(there, np.append(found.places, 0)[starts], 0)
        self.precision[queries] = summed / np.maximum(ends - starts, 1)
        self.asked[queries] = overlooked | np.isin(queries, relevant.queries)
        for query, start, end in zip(queries.tolist(), starts.tolist(), ends.tolist(), strict=True):
            part = slice(start, end)
            self._matches[query] = (
                Matches(found.entries[part], found.places[part], found.distances[part])
                if start < end
                else _NONE
            )

    def _relevant(self, queries: Ints) -> tuple[_Pairs, _Pairs, Truths]:
        """The entries that match some queries; those that count neither way: of the same pose, where poses
        are to be crossed; and the queries with a match that no entry shows, as it was not detected."""
        known = self._identity[queries]
        starts, ends = (np.searchsorted(self._sorted, known, side) for side in ("left", "right"))
        of, at = spans(starts, np.where(known >= 0, ends, starts))
        shown = self._order[at]
        # A garment is no match of itself.
        other = self.shown_rows[shown] != self.query_rows[queries[of]]
        of, shown = of[other], shown[other]
        entries, asked = self._entry[shown], queries[of]
        views, shown_views = self._views()
        crossed = np.ones(len(of), np.bool_)
        if self.ranked.facts.protocol == "cross-pose":
            crossed = views[asked] != shown_views[shown]
        missed = entries == _MISSED
        overlooked = np.zeros(len(queries), np.bool_)
        overlooked[of[missed & crossed]] = True
        numbers = asked * self._many + entries
        there = ~missed & ~_among(numbers, self._itself)
        matching = np.unique(numbers[there & crossed])
        others = np.setdiff1d(numbers[there & ~crossed], matching)
        return self._pairs(matching), self._pairs(others), overlooked

    def _placed(self, pairs: _Pairs) -> _Placed:
        """The pairs with their places: kept ones, those in the list, and the rest exactly.

        A query that was missed has none.
        """
        ranked = self.ranked
        speaks = ranked.query_rows[pairs.queries] >= 0
        queries, entries = pairs.queries[speaks], pairs.entries[speaks]
        places, distances = np.zeros(len(queries), np.int64), np.zeros(len(queries))
        numbers = queries * self._many + entries
        if len(self._kept):
            at = np.minimum(np.searchsorted(self._kept, numbers), len(self._kept) - 1)
            kept = self._kept[at] == numbers
            here = self._kept_order[at[kept]]
            places[kept], distances[kept] = ranked.match_places[here], ranked.match_distances[here]
        for start in range(0, len(queries), _AT_ONCE):
            some = slice(start, start + _AT_ONCE)
            pair, column = np.nonzero(ranked.top[queries[some]] == entries[some, None])
            pair += start
            places[pair], distances[pair] = column + 1, ranked.distances[queries[pair], column]
        unknown = np.flatnonzero(places == 0)
        for mine in np.split(unknown, np.flatnonzero(np.diff(queries[unknown])) + 1):
            if len(mine):
                places[mine], distances[mine] = self._exact(int(queries[mine[0]]), entries[mine])
        order = np.lexsort((entries, places, queries))
        return _Placed(queries[order], entries[order], places[order], distances[order])

    def _numbers(self, first: Ints, entries: Ints) -> Ints:
        """Pairs as numbers: the entries of query q from ``first[q]`` to ``first[q + 1]``."""
        return np.repeat(np.arange(len(first) - 1), np.diff(first)) * self._many + entries

    def _pairs(self, numbers: Ints) -> _Pairs:
        return _Pairs(*np.divmod(numbers, self._many))


def _counted(found: _Placed, neither: _Placed) -> _Placed:
    """Pairs with their places among all but those that count neither way."""
    if not len(neither.queries) or not len(found.queries):
        return found
    many = int(max(found.places.max(), neither.places.max())) + 1
    before = neither.queries * many + neither.places
    ahead = np.searchsorted(before, found.queries * many + found.places)
    ahead -= np.searchsorted(before, found.queries * many)
    return found._replace(places=found.places - ahead)


def _among(numbers: Ints, sorted_ones: Ints) -> Truths:
    """Which numbers ``(n,)`` are among some that are in order."""
    if not len(sorted_ones):
        return np.zeros(len(numbers), np.bool_)
    at = np.minimum(np.searchsorted(sorted_ones, numbers), len(sorted_ones) - 1)
    found: Truths = sorted_ones[at] == numbers
    return found


def _touched(was: Ints, now: Ints, turned: NDArray[np.bool_]) -> tuple[Ints, Ints]:
    """Of the identities ``was (n,)`` and ``now (n,)`` of the same garments, however each is numbered, those
    that are not of the same garments as before, and those with one that has ``turned (n,)``."""
    # As one number each: pairs are sorted many times faster so.
    many = int(now.max(initial=0)) + 2
    old, new = np.divmod(np.unique((was + 1) * many + now + 1), many)
    old, new = old - 1, new - 1
    split = np.bincount(old + 1, minlength=1)[old + 1] > 1
    joined = np.bincount(new + 1, minlength=1)[new + 1] > 1
    apart = split | joined | (old < 0) | (new < 0)
    olds, news = np.append(old[apart], was[turned]), np.append(new[apart], now[turned])
    return np.unique(olds[olds >= 0]), np.unique(news[news >= 0])


def exact_places(ranked: Ranked, vectors: Vectors) -> Exact:
    """Places by comparing a query with the whole gallery, as the lists were made: of equal distances the
    earlier entry comes first."""

    first, itself = ranked.itself()

    def placed(query: int, entries: Ints) -> tuple[Ints, Floats]:
        asked = np.asarray(vectors[ranked.query_rows[query]], np.float64)
        # The gallery is read in parts: it may be larger than what memory should hold twice.
        distances = np.concatenate(
            [
                np.linalg.norm(
                    np.asarray(vectors[ranked.entries[start : start + 8192]], np.float64) - asked, axis=1
                )
                for start in range(0, len(ranked.entries), 8192)
            ]
        )
        distances[itself[first[query] : first[query + 1]]] = np.inf
        places = [
            int((distances < distances[one]).sum() + (distances[:one] == distances[one]).sum()) + 1
            for one in entries.tolist()
        ]
        return np.array(places, np.int64), distances[entries]

    return placed


_NO_ENTRIES = np.empty(0, np.int64)
_NONE = Matches(_NO_ENTRIES, _NO_ENTRIES, np.empty(0))
