"""Whether an index still says what the store's garments look like."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from store.db import Store
from store.retrieval.index import Crop, Rows
from store.retrieval.ranked import Ranked

Ints = NDArray[np.int64]


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

    A garment whose version is another is looked at: where its box alone decides what is cut out, only another
    box counts; with masks every change does. Boxes that were predicted are as old as their image's row.
    """
    mine = rows.chosen(rows.garment_ids > 0)
    table = store.products.table()
    if not len(mine):
        here = np.isin(rows.image_ids, table.image_ids)
        return Age(0, int((~here).sum()), 0)
    places = table.rows(mine.garment_ids)
    gone = places < 0
    other = ~gone & (np.append(table.versions, 0)[places] != mine.versions)
    changed = int(other.sum()) if crop == "mask" else _boxes_differ(store, mine.chosen(other))
    return Age(changed, int(gone.sum()), int((~np.isin(table.ids, mine.garment_ids)).sum()))


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


def _boxes_differ(store: Store, rows: Rows) -> int:
    """How many garments have another box than their row, to a hundredth of a pixel."""
    count = 0
    images = np.unique(rows.image_ids)
    was = dict(zip(rows.garment_ids.tolist(), rows.boxes, strict=True))
    for start in range(0, len(images), 500):
        for garments in store.garments.of_images(images[start : start + 500]).values():
            for one in garments:
                if one.id in was:
                    count += one.box is None or not np.allclose(one.box, was[one.id], rtol=0, atol=0.01)
    return count
