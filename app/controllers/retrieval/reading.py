"""A ranking being audited: read, described query by query, repaired and counted again. Called in threads."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.controllers.retrieval.words import far_words, level_words, short, signs_words
from resources.taxonomy import Category
from store.db import Store
from store.db.verdicts import Cause, Verdict, standing
from store.errors import StoreError
from store.geometry import shown_box
from store.identities import told
from store.records import Garment
from store.retrieval.age import moved, older
from store.retrieval.causes import causes
from store.retrieval.figures import figures
from store.retrieval.index import FOLDER, Rows, VectorIndex
from store.retrieval.ranked import FILE, Ranked, read_facts
from store.retrieval.standing import Standing, exact_places
from store.retrieval.suspicion import Suspicion
from store.runs.measures.boxes import overlap
from widgets.pages.retrieval.records import BoardState, Box, Hit, Metrics, Query, QueryRow, RunChoice, Shot

Ints = NDArray[np.int64]
#: So many results of a query are shown, and so many of its true matches.
RESULTS, MATCHES = 12, 12
_KS = (1, 5, 10, 20)


def runs_of(store_folder: Path) -> tuple[RunChoice, ...]:
    """The retrieval runs of a store that have lists, newest first."""
    found = []
    for file in sorted((store_folder / "runs").glob(f"*/{FILE}"), reverse=True):
        try:
            facts = read_facts(file.parent)
            told = f"{facts.model}, {facts.protocol}"
        except StoreError:
            # It is offered all the same: what is wrong with it is said when it is opened.
            told = "damaged"
        found.append(RunChoice(file.parent.name, f"{told}, {_when(file.parent.name)}"))
    return tuple(found)


def _when(run_id: str) -> str:
    """When a run began, from its folder's name: "21 Nov 14:30"; the name itself where it says no time."""
    try:
        began = datetime.strptime(run_id[:15], "%Y%m%d-%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return run_id
    return f"{began.astimezone():%d %b %H:%M:%S}"


@dataclass(frozen=True, slots=True)
class Repair:
    """A repair of this audit: what undoes it."""

    query: int
    edit_id: int
    image_id: int
    verdict_id: int


class Audit:
    """One ranking with the identities as they are now. Its calls may come from any thread."""

    def __init__(self, store: Store, run_id: str, categories: Mapping[int, Category], author: str) -> None:
        """StoreError where the lists or their index are gone or damaged, or do not belong together."""
        self.lock = threading.RLock()
        self.store, self.run_id, self.author = store, run_id, author
        self.categories = categories
        self.ranked = Ranked.load(store.folder / "runs" / run_id)
        with VectorIndex.open(store.folder / FOLDER / self.ranked.facts.index) as index:
            self._rows, vectors = index.read()
            self.index = index.facts
        self._refuse_foreign(self._rows)
        self._moved = moved(self.ranked, self._rows)
        self._live = store.products.live()
        self.table = self._live.table
        self.standing = Standing(self.ranked, self.table, exact_places(self.ranked, vectors))
        self._numbers = {one: number for number, one in enumerate(self.ranked.queries.tolist())}
        self.repairs: list[Repair] = []
        self._verdicts = store.verdicts.of(self.ranked.queries.tolist())
        self._older = self._count_older()
        self._judge()
        self._start = figures(self.standing, _KS).top[1]

    def _refuse_foreign(self, rows: Rows) -> None:
        """The index may have been made anew since: then its rows are of other garments."""
        place = np.minimum(np.searchsorted(rows.rows, self.ranked.query_rows), max(len(rows) - 1, 0))
        if len(rows):
            here = (rows.rows[place] == self.ranked.query_rows) & (rows.garment_ids[place] > 0)
            if (rows.garment_ids[place][here] != self.ranked.queries[here]).any():
                raise StoreError(
                    f"The index {self.ranked.facts.index} was put in order after the run {self.run_id}.",
                    "Make the ranking again: deepfashion-studio retrieve.",
                )

    def _count_older(self) -> int:
        """How many garments of the ranking look otherwise than when they were indexed."""
        among = np.isin(self._rows.rows, np.append(self.ranked.entries, self.ranked.query_rows))
        return int(older(self.store, self._rows.chosen(among), self.table, self.index.crop).sum())

    def _judge(self) -> None:
        self.suspicion = Suspicion(self.standing)
        self._scores = self.suspicion.scores()
        self._first = self.standing.first.copy()

    # -- the list -------------------------------------------------------------------------------

    def state(self, order: str, *, everything: bool) -> BoardState:
        """All failures, or all queries, in an order of ``ORDERS``, with the figures as they are now.

        What was repaired in this audit stays in the list: the person is to see what became of it.
        """
        with self.lock:
            now, asked = self.standing, self.standing.asked
            touched = np.zeros(len(self.ranked), np.bool_)
            touched[[one.query for one in self.repairs]] = True
            failed = asked & (now.first != 1)
            there = self.table.rows(self.ranked.queries) >= 0
            which = there & (asked if everything else failed | touched)
            chosen = np.flatnonzero(which)
            rows = tuple(self._row(query) for query in self._ordered(chosen, order).tolist())
            whole = figures(now, _KS)
            metrics = Metrics(
                whole.top, self._start, whole.queries, len(self.ranked.entries), int((failed & there).sum()),
                len(self.repairs), self._older, int((~there).sum()), self._moved,
            )  # fmt: skip
            why = causes(now, self._verdicts)
            said = sorted(((n, cause.value) for cause, n in why.counts.items() if n), key=lambda one: -one[0])
            counts = {cause: n for n, cause in said}
            return BoardState(rows, metrics, counts, why.judged, self.ranked.facts.notes)

    def _ordered(self, queries: Ints, order: str) -> Ints:
        # As it was at the start: a repair should not move what one is looking at.
        first = self._first[queries]
        keys: tuple[NDArray[Any], ...]
        worst = -np.where(first == 0, np.iinfo(np.int64).max, first)
        if order == "suspicion":
            keys = (worst, -self._scores[queries])
        elif order == "category":
            rows = self.table.rows(self.ranked.queries[queries])
            keys = (worst, self.table.category_ids[rows])
        elif order == "confidence":
            near = self.ranked.distances[queries, 0] if self.ranked.depth else np.zeros(len(queries))
            keys = (worst, np.where(first == 1, np.inf, near))
        else:
            keys = (-self._scores[queries], worst)
        return queries[np.lexsort((queries, *keys))]

    def _row(self, query: int) -> QueryRow:
        garment_id = int(self.ranked.queries[query])
        at = int(self.table.rows(self.ranked.queries[query : query + 1])[0])
        name, colour = self._category(int(self.table.category_ids[at]))
        occlusion = level_words(self.table, at, 1)
        product = ", ".join(filter(None, (self._told(at), occlusion)))
        said = self._verdicts.get(garment_id, ())
        return QueryRow(
            query,
            garment_id,
            Shot(int(self.table.image_ids[at]), self._box(int(self.ranked.query_rows[query]))),
            name,
            colour,
            int(self.standing.first[query]),
            bool(self.standing.asked[query] and self.standing.first[query] != 1),
            bool(self.standing.missed[query]),
            product,
            any(one.query == query for one in self.repairs),
            said[-1].cause.value if said else "",
        )

    def _told(self, at: int) -> str:
        number = int(self.table.identities[at])
        return told(self.table.keys[number]) if number >= 0 else "no product"

    def _category(self, category_id: int) -> tuple[str, str]:
        found = self.categories.get(category_id)
        return (found.name, found.colour) if found is not None else (f"category {category_id}", "#808080")

    def _box(self, row: int) -> Box | None:
        """What was cut out for a row of the index; None where it is not there any more, or of another
        garment."""
        place = int(np.searchsorted(self._rows.rows, row))
        if self._moved or row < 0 or place >= len(self._rows) or self._rows.rows[place] != row:
            return None
        x1, y1, x2, y2 = self._rows.boxes[place].tolist()
        return x1, y1, x2, y2

    # -- one query ------------------------------------------------------------------------------

    def query(self, query: int) -> Query:
        """One query with its results, true matches and verdicts. StoreError where its garment is gone."""
        with self.lock:
            row = self._row(query)
            results = self._listed(query)
            matches = self.standing.matches(query)
            true = list(
                zip(
                    matches.entries[:MATCHES].tolist(),
                    matches.places[:MATCHES].tolist(),
                    matches.distances[:MATCHES].tolist(),
                    strict=True,
                )
            )
            entries = [entry for entry, _, _ in (*results, *true)]
            shown = [
                int(self.ranked.showing(entry)[0]) for entry in entries if len(self.ranked.showing(entry))
            ]
            garments = self._garments(np.array([row.garment_id, *shown], np.int64))
            if row.garment_id not in garments:
                raise StoreError(
                    f"Garment {row.garment_id} of the run {self.run_id} is gone.", "Make the ranking again."
                )
            garment = garments[row.garment_id]
            image = self.store.images.get(garment.image_id)
            own = standing(self._verdicts.get(row.garment_id, ()))
            facts = self._facts(row, garment)
            signs = self.suspicion.signs(query) if row.failed and not row.missed else None
            return Query(
                replace(row, shot=Shot(row.shot.image_id, row.shot.box or _box_of(garment))),
                garment,
                image.name,
                image.domain.value,
                facts,
                tuple(self._hit(query, *one, garments) for one in results),
                tuple(self._hit(query, *one, garments) for one in true),
                far_words(matches, results) + signs_words(signs),
                own.pop(self.author, None),
                tuple(own.values()),
            )

    def number_of(self, garment_id: int) -> int:
        """The number of the query of a garment, -1 where it is none."""
        return self._numbers.get(garment_id, -1)

    def top_1(self) -> float:
        """The share of queries that find a true match first, now."""
        with self.lock:
            return figures(self.standing, (1,)).top[1]

    def _facts(self, row: QueryRow, garment: Garment) -> tuple[tuple[str, str], ...]:
        at = int(self.table.rows(np.array([garment.id]))[0])
        levels = [words for column in range(4) if (words := level_words(self.table, at, column))]
        predicted = self.ranked.facts.crop == "predicted"
        seen = (
            self._detected(row.query, garment) if predicted else f"{self.index.crop} of garment {garment.id}"
        )
        return (
            ("product", self._told(at)),
            ("detected" if predicted else "crop", seen),
            ("slice", ", ".join(levels) or "not said"),
        )

    def _detected(self, query: int, garment: Garment) -> str:
        """What the detection that speaks for a query was: "vest dress 0.94, IoU 0.81"."""
        row = int(self.ranked.query_rows[query])
        box, own = self._box(row), shown_box(garment)
        if box is None:
            return "missed" if row < 0 else "not in the index any more"
        place = int(np.searchsorted(self._rows.rows, row))
        name, _ = self._category(int(self._rows.category_ids[place]))
        words = f"{name} {self._rows.scores[place]:.2f}"
        return words if own is None else f"{words}, IoU {overlap(own[None], [box])[0, 0]:.2f}"

    def _listed(self, query: int) -> list[tuple[int, int, float]]:
        """The first results: entry, place from 1, distance."""
        if self.ranked.query_rows[query] < 0:
            return []
        top = self.ranked.top[query, :RESULTS].tolist()
        near = self.ranked.distances[query, :RESULTS].tolist()
        return [(entry, place, near[place - 1]) for place, entry in enumerate(top, 1) if entry >= 0]

    def _hit(
        self, query: int, entry: int, place: int, distance: float, garments: Mapping[int, Garment]
    ) -> Hit:
        match = self.standing.is_match(query, entry)
        box = self._box(int(self.ranked.entries[entry]))
        shown = self.ranked.showing(entry)
        garment = garments.get(int(shown[0])) if len(shown) else None
        if garment is None:
            return Hit(place, distance, 0, Shot(0, box), match, "gone" if len(shown) else "no garment")
        at = int(self.table.rows(np.array([garment.id]))[0])
        name, colour = self._category(garment.category_id)
        number = int(self.table.identities[at]) if at >= 0 else -1
        product = short(self.table.keys[number]) if number >= 0 else "no product"
        shot = Shot(garment.image_id, box or _box_of(garment))
        return Hit(place, distance, garment.id, shot, match, name, colour, product, garment)

    def _garments(self, garment_ids: Ints) -> dict[int, Garment]:
        """Garments by id, but for those that are gone."""
        at = self.table.rows(garment_ids)
        images = np.unique(self.table.image_ids[at[at >= 0]]).tolist()
        found = self.store.garments.of_images(images)
        wanted = set(garment_ids.tolist())
        return {one.id: one for some in found.values() for one in some if one.id in wanted}

    # -- verdicts and what has changed ----------------------------------------------------------

    def say(self, query: int, result_id: int, cause: Cause, note: str, edit_id: int = 0) -> Verdict:
        """Keep a verdict. StoreError where that fails."""
        with self.lock:
            garment_id = int(self.ranked.queries[query])
            said = self.store.verdicts.say(
                Verdict(0, garment_id, result_id, cause, note, self.author, self.run_id, edit_id=edit_id)
            )
            self._verdicts[garment_id] = (*self._verdicts.get(garment_id, ()), said)
            return said

    def take_back(self, query: int, verdict_id: int) -> None:
        """Forget a verdict on a query."""
        with self.lock:
            self.store.verdicts.take_back(verdict_id)
            garment_id = int(self.ranked.queries[query])
            left = tuple(one for one in self._verdicts.get(garment_id, ()) if one.id != verdict_id)
            self._verdicts[garment_id] = left

    def go_on_from(self, before: Audit) -> None:
        """This is the same ranking, read again: the audit goes on."""
        self.repairs, self._start = before.repairs, before._start

    def refresh(self) -> None:
        """Identities are as the store says now, whoever has edited: everything is counted again."""
        with self.lock:
            self.table = self._live.refresh()
            self.standing.update(self.table)


def _box_of(garment: Garment) -> Box | None:
    if garment.box is None:
        return None
    x1, y1, x2, y2 = garment.box.tolist()
    return x1, y1, x2, y2
