"""How each query of a ranking stands with the identities as they are now; no network, NumPy only."""

from __future__ import annotations

from collections.abc import Callable
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
    detected.
    """

    def __init__(self, ranked: Ranked, table: GarmentTable, exact: Exact) -> None:
        """``table`` has the garments of queries and gallery; ``exact`` places what is in no list."""
        self.ranked, self._exact = ranked, exact
        count = len(ranked)
        self.first = np.zeros(count, np.int64)
        self.precision = np.zeros(count)
        self.asked = np.zeros(count, np.bool_)
        self._matches: list[Matches] = [_NONE] * count
        self.table = table
        behind = len(ranked.shown) - int(ranked.shown_first[-1])
        self._entry = np.concatenate(
            [np.repeat(np.arange(len(ranked.entries)), np.diff(ranked.shown_first)), np.full(behind, _MISSED)]
        )
        self._take(table, range(count))

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
        before = self._groups()
        first, precision, asked = self.first.copy(), self.precision.copy(), self.asked.copy()
        self._number(table)
        after = self._groups()
        looked = [query for query in range(len(self.ranked)) if before[query] != after[query]]
        self._take(table, looked, numbered=True)
        changed = (first != self.first) | (precision != self.precision) | (asked != self.asked)
        return np.flatnonzero(changed)

    def _number(self, table: GarmentTable) -> None:
        """Each query's and each shown garment's identity, and the entries by identity."""
        self.table = table
        rows = table.rows(self.ranked.queries)
        self._identity = np.where(rows >= 0, np.append(table.identities, -1)[rows], -1)
        self._query_rows = rows
        shown = table.rows(self.ranked.shown)
        shows = np.where(shown >= 0, np.append(table.identities, -1)[shown], -1)
        order = np.argsort(shows, kind="stable")
        self._sorted, self._sorted_entries, self._sorted_rows = shows[order], self._entry[order], shown[order]

    def _groups(self) -> list[bytes]:
        """For each query the entries that match it, as bytes that compare."""
        return [
            b"|".join([*(one.tobytes() for one in self._relevant(q)), b"+" if self._overlooked(q) else b""])
            for q in range(len(self.ranked))
        ]

    def _overlooked(self, query: int) -> bool:
        """Whether the gallery has a match of a query that no entry shows, because it was not detected."""
        identity = self._identity[query]
        if identity < 0:
            return False
        start, end = np.searchsorted(self._sorted, [identity, identity + 1])
        rows = self._sorted_rows[start:end][self._sorted_entries[start:end] == _MISSED]
        if self.ranked.facts.protocol == "cross-pose" and len(rows):
            rows = rows[self.table.facts[rows, 3] != self.table.facts[self._query_rows[query], 3]]
        return len(rows) > 0

    def _relevant(self, query: int) -> tuple[Ints, Ints]:
        """The entries that match, and those that count neither way: of the same pose, where poses are to
        be crossed."""
        identity = self._identity[query]
        if identity < 0:
            return _NO_ENTRIES, _NO_ENTRIES
        start, end = np.searchsorted(self._sorted, [identity, identity + 1])
        found, rows = self._sorted_entries[start:end], self._sorted_rows[start:end]
        other = (found != self.ranked.own[query]) & (found != _MISSED)
        found, rows = found[other], rows[other]
        if self.ranked.facts.protocol != "cross-pose":
            return np.unique(found), _NO_ENTRIES
        same = self.table.facts[rows, 3] == self.table.facts[self._query_rows[query], 3]
        crossed: Ints = np.unique(found[~same])
        return crossed, np.setdiff1d(found[same], crossed)

    def _take(self, table: GarmentTable, queries: range | list[int], *, numbered: bool = False) -> None:
        if not numbered:
            self._number(table)
        for query in queries:
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
