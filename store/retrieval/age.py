"""Whether an index still says what the store's garments look like."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from store.db import Store
from store.db.products import GarmentTable
from store.retrieval.cuts import cut_of
from store.retrieval.index import Crop, Rows
from store.retrieval.ranked import Ranked

Ints = NDArray[np.int64]
Truths = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Age:
    """How many rows of an index are older than their garments: ``changed`` look otherwise now, ``gone`` are
    not in the store any more. ``unknown``: garments of the store that were never looked at."""

    changed: int
    gone: int
    unknown: int

    def notes(self) -> tuple[str, ...]:
        """What is to be said of it, in sentences; nothing where the index is up to date."""
        told = []
        if self.changed:
            are = "garment was" if self.changed == 1 else "garments were"
            told.append(f"{self.changed:,} {are} changed since the index was made: index again.")
        if self.gone:
            told.append(f"{self.gone:,} of the index {'is' if self.gone == 1 else 'are'} not there any more.")
        return tuple(told)


def age(store: Store, rows: Rows, crop: Crop) -> Age:
    """How old the rows of an index are.

    Boxes that were predicted are as old as their image's row.
    """
    mine = rows.chosen(rows.garment_ids > 0)
    table = store.products.table()
    if not len(mine):
        here = np.isin(rows.image_ids, table.image_ids)
        return Age(0, int((~here).sum()), 0)
    gone = table.rows(mine.garment_ids) < 0
    changed = older(store, mine, table, crop)
    return Age(int(changed.sum()), int(gone.sum()), int((~np.isin(table.ids, mine.garment_ids)).sum()))


def older(store: Store, rows: Rows, table: GarmentTable, crop: Crop) -> Truths:
    """Which rows ``(R,)`` are of garments that look otherwise now; ``table`` has those of the store.

    Only a garment whose version is another is looked at, and only what is cut out of its picture counts:
    another style leaves the vector good. What is gone is not older.
    """
    places = table.rows(rows.garment_ids)
    found: Truths = (places >= 0) & (np.append(table.versions, 0)[places] != rows.versions)
    at = np.flatnonzero(found)
    place = dict(zip(rows.garment_ids[at].tolist(), at.tolist(), strict=True))
    images = np.unique(table.image_ids[places[at]])
    for start in range(0, len(images), 500):
        for garments in store.garments.of_images(images[start : start + 500]).values():
            for one in garments:
                if one.id in place:
                    found[place[one.id]] = cut_of(one, crop) != rows.cuts[place[one.id]]
    return found


def moved(ranked: Ranked, rows: Rows) -> int:
    """How many entries of a ranking are rows that are of other garments by now: tombstones were dropped, and
    the exact places of what is in no list cannot be trusted."""
    place = {row: at for at, row in enumerate(rows.rows.tolist())}
    count = 0
    for entry, row in enumerate(ranked.entries.tolist()):
        at = place.get(row)
        if at is not None and (garment := int(rows.garment_ids[at])) > 0:
            count += garment not in ranked.showing(entry)
    return count


def moved_note(count: int) -> str:
    """What is to be said of rows that moved."""
    are = (
        "row of the index is of another garment" if count == 1 else "rows of the index are of other garments"
    )
    return f"{count:,} {are} than when the lists were made: retrieve again."
