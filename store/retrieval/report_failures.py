"""What a report says of one failure: the query, its first results, its nearest true match."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from resources.taxonomy import LEVELS
from store.db import Store
from store.db.products import FACTS
from store.db.verdicts import Verdict
from store.identities import told
from store.retrieval.crops import Crop, Cropper
from store.retrieval.index import Rows
from store.retrieval.report_page import Failure, Shown
from store.retrieval.standing import Standing

Box = NDArray[np.float64]

#: Results of a failure that are shown.
RESULTS = 5


class Teller:
    """Tells failures of a standing; ``rows`` are those of its index, ``categories`` names by id."""

    def __init__(
        self,
        store: Store,
        standing: Standing,
        rows: Rows,
        categories: Mapping[int, str],
        cropper: Cropper,
    ) -> None:
        self._store, self._standing, self._rows = store, standing, rows
        self._categories, self._cropper = categories, cropper
        self._place = {row: place for place, row in enumerate(rows.rows.tolist())}

    def failure(self, query: int, verdicts: tuple[Verdict, ...]) -> Failure:
        """A query, by its place, with its pictures cut out."""
        standing, ranked = self._standing, self._standing.ranked
        garment = int(ranked.queries[query])
        top = [one for one in ranked.top[query, :RESULTS].tolist() if one >= 0]
        results = [
            self._result(query, entry, place, float(ranked.distances[query, place - 1]))
            for place, entry in enumerate(top, 1)
        ]
        return Failure(
            f"{self.category(garment)}, {self.image_name(query) or f'garment {garment}'}",
            self._facts(query),
            Shown(self._query_crop(query), "query", (self._product(garment),)),
            tuple(results),
            self._match(query, standing.first[query] > len(top)),
            verdicts,
        )

    def category(self, garment: int) -> str:
        """The name of a garment's category; "gone" where there is no such garment any more."""
        row = self._row(garment)
        if row < 0:
            return "gone"
        number = int(self._standing.table.category_ids[row])
        return self._categories.get(number, str(number))

    def image_name(self, query: int) -> str:
        """The name of the image of a query; "" where it is gone."""
        row = self._row(int(self._standing.ranked.queries[query]))
        image = self._cropper.image(int(self._standing.table.image_ids[row])) if row >= 0 else None
        return image.name if image is not None else ""

    def _facts(self, query: int) -> tuple[str, ...]:
        standing = self._standing
        count = len(standing.matches(query).entries)
        if standing.ranked.query_rows[query] < 0:
            first = "The garment was not detected: there are no results."
        elif not count:
            first = "The gallery has no true match."
        else:
            true = "its only true match" if count == 1 else f"the first of its {count:,} true matches"
            first = f"In the list {true} has the place {standing.first[query]:,}."
        row = self._row(int(standing.ranked.queries[query]))
        if row < 0:
            return (first,)
        values = zip(FACTS, standing.table.facts[row].tolist(), strict=True)
        levels = [f"{fact.replace('_', '-')} {LEVELS[fact][level]}" for fact, level in values if level]
        return (first, ", ".join(levels)) if levels else (first,)

    def _result(self, query: int, entry: int, place: int, distance: float) -> Shown:
        hit = self._standing.is_match(query, entry)
        shows = self._standing.ranked.showing(entry).tolist()
        told_ = [self._product(shows[0]), self.category(shows[0])] if shows else ["no garment is there"]
        return Shown(self._entry_crop(entry), f"{place:,}   {distance:.3f}", tuple(told_), hit)

    def _match(self, query: int, beyond: bool) -> Shown | None:
        """The nearest true match where the results do not show it."""
        matches = self._standing.matches(query)
        if not beyond or not len(matches.entries):
            return None
        entry, place = int(matches.entries[0]), int(matches.places[0])
        shown = self._result(query, entry, place, float(matches.distances[0]))
        return Shown(shown.crop, shown.head, ("nearest true match", *shown.lines), True)

    def _product(self, garment: int) -> str:
        row = self._row(garment)
        number = int(self._standing.table.identities[row]) if row >= 0 else -1
        return told(self._standing.table.keys[number]) if number >= 0 else "no product"

    def _row(self, garment: int) -> int:
        return int(self._standing.table.rows(np.array([garment], np.int64))[0])

    def _query_crop(self, query: int) -> Crop:
        """The garment as it is annotated, not what was detected of it."""
        garment = int(self._standing.ranked.queries[query])
        row = self._row(garment)
        if row < 0:
            return Crop("", f"Garment {garment} is not in the store any more.")
        return self._garment_crop(garment, int(self._standing.table.image_ids[row]))

    def _entry_crop(self, entry: int) -> Crop:
        row = int(self._standing.ranked.entries[entry])
        place = self._place.get(row)
        shows = self._standing.ranked.showing(entry).tolist()
        if place is not None and int(self._rows.garment_ids[place]) in (0, *shows):
            image, box = int(self._rows.image_ids[place]), self._rows.boxes[place]
            return self._cropper.crop(f"e{row}", image, box)
        # Embedded anew, or moved, since the lists were made: what it showed then is shown as it is now.
        table_row = self._row(shows[0]) if shows else -1
        if table_row < 0:
            return Crop("", "The index has no such row any more: retrieve again.")
        return self._garment_crop(shows[0], int(self._standing.table.image_ids[table_row]))

    def _garment_crop(self, garment: int, image: int) -> Crop:
        there = self._store.garments.of_image(image)
        box: Box | None = next((one.box for one in there if one.id == garment), None)
        return self._cropper.crop(f"g{garment}", image, box)
