"""Two evaluated runs as the Runs page shows them side by side. Reads files; no Qt here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from store.errors import StudioError
from store.runs.compare import Change as CellChange
from store.runs.compare import TableChange, compare
from store.runs.results import Evaluation, GarmentResults, Table, read_evaluation, read_garments
from widgets.pages.runs.records import Change, Comparison, Difference

if TYPE_CHECKING:
    from store.db import Store

#: More images than these nobody looks through in a list.
_MOST_LABELLED = 5000


@dataclass(frozen=True, slots=True)
class Compared:
    """One of the two: its id, what it is called, and its folder."""

    id: str
    name: str
    folder: Path


def compared(first: Compared, second: Compared) -> Comparison:
    """What the second run does otherwise than the first. StudioError where one has no evaluation."""
    found = [_read(one) for one in (first, second)]
    (before, old_garments), (after, new_garments) = found
    made = compare(before, old_garments, after, new_garments)
    changes = tuple(
        Change(
            turned.measure,
            _pairs(new_garments, turned.fixed),
            _pairs(new_garments, turned.broke),
            turned.unchanged,
        )
        for turned in made.turned
    )
    tables = {table.key: table for table in after.tables}
    differences = tuple(_difference(tables[change.key], change) for change in made.tables)
    return Comparison(first.id, second.id, first.name, second.name, differences, changes, made.notes)


def labelled(comparison: Comparison, store: Store) -> Comparison:
    """The comparison with what its garments are: the image's name and the category.

    Those that the store no longer has stay without; of very many the first are told.
    """
    from store.filters import among

    pairs = [pair for change in comparison.changes for pair in (*change.fixed, *change.broke)]
    images = np.array(sorted({image for image, _ in pairs})[:_MOST_LABELLED], np.int64)
    # Looked for first: an image may have gone since the evaluation.
    images = store.images.ids(among(images)) if len(images) else images
    names = {image.id: image.name for image in store.images.get_many(images)}
    categories = {category.id: category.name for category in store.categories.all()}
    labels = {
        garment.id: f"{names[image]}, {categories.get(garment.category_id, 'unknown category')}"
        for image, garments in store.garments.of_images(images).items()
        for garment in garments
    }
    return replace(comparison, labels=labels)


def _read(one: Compared) -> tuple[Evaluation, GarmentResults]:
    folder = one.folder / "evaluation"
    evaluation = read_evaluation(folder)
    if evaluation is None:
        raise StudioError(
            f"{one.name} has not been evaluated.", "Choose it and press Evaluate, then compare again."
        )
    return evaluation, read_garments(folder)


def _pairs(results: GarmentResults, garments: NDArray[np.int64]) -> tuple[tuple[int, int], ...]:
    """(image id, garment id) of garments that the results have."""
    images = results.image_ids[np.searchsorted(results.garment_ids, garments)]
    return tuple(zip(images.tolist(), garments.tolist(), strict=True))


def _difference(table: Table, change: TableChange) -> Difference:
    columns = {(column.group, column.name): place for place, column in enumerate(change.columns)}
    places = [columns.get((column.group, column.name)) for column in table.columns]
    before: list[tuple[float | None, ...]] = []
    intervals: list[tuple[tuple[float, float] | None, ...]] = []
    for row in table.rows:
        cells = change.cells[change.rows.index(row)] if row in change.rows else None
        found = [None if cells is None or at is None else cells[at] for at in places]
        before.append(tuple(None if cell is None else cell.first for cell in found))
        intervals.append(tuple(_interval(cell) for cell in found))
    return Difference(table, tuple(before), tuple(intervals))


def _interval(cell: CellChange | None) -> tuple[float, float] | None:
    if cell is None or cell.low is None or cell.high is None:
        return None
    return cell.low, cell.high
