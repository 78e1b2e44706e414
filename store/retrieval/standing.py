"""How each query of a ranking stands with the identities as they are now; no network, NumPy only."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from store.db.products import GarmentTable
from store.retrieval.index import Vectors
from store.retrieval.ranked import Ranked

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
#: The places (from 1) and distances of entries for a query: (query, entries) to two arrays.
Exact = Callable[[int, Ints], tuple[Ints, Floats]]
#: The entry of a garment of the gallery that no entry shows.
_MISSED = -1


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """The true matches of a query in the gallery, nearest first: arrays ``(m,)``, places from 1."""

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
        self._number(table)
        self._take(np.arange(count))

    @property
    def missed(self) -> NDArray[np.bool_]:
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
        """Each query's and each shown garment's identity, and the entries by identity."""
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

    def _showing(self, identity: int) -> tuple[Ints, Ints]:
        """The entries that show garments of an identity, and the garments' rows in the table."""
        start, end = np.searchsorted(self._sorted, [identity, identity + 1])
        mine = self._order[start:end]
        return self._entry[mine], self.shown_rows[mine]

    def _overlooked(self, query: int) -> bool:
        """Whether the gallery has a match of a query that no entry shows, because it was not detected."""
        identity = self._identity[query]
        if identity < 0:
            return False
        found, rows = self._showing(identity)
        rows = rows[found == _MISSED]
        if self.ranked.facts.protocol == "cross-pose" and len(rows):
            rows = rows[self.table.facts[rows, 3] != self.table.facts[self.query_rows[query], 3]]
        return len(rows) > 0

    def _relevant(self, query: int) -> tuple[Ints, Ints]:
        """The entries that match, and those that count neither way: of the same pose, where poses are to
        be crossed."""
        identity = self._identity[query]
        if identity < 0:
            return _NO_ENTRIES, _NO_ENTRIES
        found, rows = self._showing(identity)
        other = (found != self.ranked.own[query]) & (found != _MISSED)
        found, rows = found[other], rows[other]
        if self.ranked.facts.protocol != "cross-pose":
            return np.unique(found), _NO_ENTRIES
        same = self.table.facts[rows, 3] == self.table.facts[self.query_rows[query], 3]
        crossed: Ints = np.unique(found[~same])
        return crossed, np.setdiff1d(found[same], crossed)

    def _take(self, queries: Ints) -> None:
        """Place the matches of some queries."""
        for query in queries.tolist():
            relevant, neither = self._relevant(query)
            self.asked[query] = len(relevant) > 0 or self._overlooked(query)
            found = self._among(query, relevant, neither) if len(relevant) else _NONE
            self._matches[query] = found
            places = found.places
            self.first[query] = places[0] if len(places) else 0
            self.precision[query] = (np.arange(1, len(places) + 1) / places).mean() if len(places) else 0.0

    def _among(self, query: int, relevant: Ints, neither: Ints) -> Matches:
        """The relevant entries with their places among all but those that count neither way."""
        found = self._placed(query, relevant)
        if not len(neither) or not len(found.entries):
            return found
        before = np.searchsorted(self._placed(query, neither).places, found.places)
        return Matches(found.entries, found.places - before, found.distances)

    def _placed(self, query: int, relevant: Ints) -> Matches:
        """The relevant entries with their places: kept ones, those in the list, and the rest exactly."""
        ranked = self.ranked
        if ranked.query_rows[query] < 0:
            return _NONE
        kept = slice(ranked.match_first[query], ranked.match_first[query + 1])
        known = dict(
            zip(
                ranked.match_entries[kept].tolist(),
                zip(ranked.match_places[kept].tolist(), ranked.match_distances[kept].tolist(), strict=True),
                strict=True,
            )
        )
        for place in np.flatnonzero(np.isin(ranked.top[query], relevant)).tolist():
            known[int(ranked.top[query, place])] = (place + 1, float(ranked.distances[query, place]))
        unknown = np.array([one for one in relevant.tolist() if one not in known], np.int64)
        if len(unknown):
            places, distances = self._exact(query, unknown)
            known |= {
                entry: (place, distance)
                for entry, place, distance in zip(
                    unknown.tolist(), places.tolist(), distances.tolist(), strict=True
                )
            }
        entries = np.array(sorted(relevant.tolist(), key=lambda one: known[one][0]), np.int64)
        return Matches(
            entries,
            np.array([known[one][0] for one in entries.tolist()], np.int64),
            np.array([known[one][1] for one in entries.tolist()], np.float64),
        )


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
        if ranked.own[query] >= 0:
            distances[ranked.own[query]] = np.inf
        places = [
            int((distances < distances[one]).sum() + (distances[:one] == distances[one]).sum()) + 1
            for one in entries.tolist()
        ]
        return np.array(places, np.int64), distances[entries]

    return placed


_NO_ENTRIES = np.empty(0, np.int64)
_NONE = Matches(_NO_ENTRIES, _NO_ENTRIES, np.empty(0))
