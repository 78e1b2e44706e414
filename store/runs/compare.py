"""Two evaluations side by side: what changed, how surely, and which garments were fixed or broken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from store.errors import StudioError
from store.runs.measures.bootstrap import interval, paired_difference
from store.runs.results import (
    Cell,
    Column,
    Draws,
    Evaluation,
    GarmentResults,
    Table,
    draws_key,
    read_evaluation,
    read_garments,
)

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Change:
    """A cell of both: ``value`` is second minus first, with its 95 % interval where the draws are paired.

    None where one of them has no figure. ``better`` says which way it went: 1, -1, or 0 where the interval
    has both, or is not known.
    """

    first: float | None
    second: float | None
    value: float | None
    low: float | None = None
    high: float | None = None
    better: int = 0


@dataclass(frozen=True, slots=True)
class TableChange:
    """A table that both have: rows and columns in common, ``cells[row][column]``."""

    key: str
    title: str
    rows: tuple[str, ...]
    columns: tuple[Column, ...]
    cells: tuple[tuple[Change, ...], ...]
    higher_is_better: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Turned:
    """The garments that both measured, by one measure.

    ``fixed`` were wrong in the first and are right in the second, ``broke`` the other way round: garment ids
    in ascending order, with ``fixed_images`` and ``broke_images``, each image once. ``score`` is the mean
    change of the measure's score with its paired interval (None, None, None: nothing in common).
    """

    measure: str
    fixed: Ints
    broke: Ints
    fixed_images: Ints
    broke_images: Ints
    unchanged: int
    score: tuple[float | None, float | None, float | None]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two evaluations compared; ``notes`` say what could not be, and why."""

    first: Evaluation
    second: Evaluation
    metrics: Mapping[str, Change]
    tables: tuple[TableChange, ...]
    turned: tuple[Turned, ...]
    notes: tuple[str, ...] = ()


def compare_folders(first: Path, second: Path) -> Comparison:
    """Compare the evaluations in two folders. StudioError where one has none or cannot be read."""
    found = []
    for folder in (first, second):
        evaluation = read_evaluation(folder)
        if evaluation is None:
            raise StudioError(
                f"{folder} has no evaluation.", "Evaluate the run first: evaluate run RUN --store S."
            )
        found.append((evaluation, read_garments(folder)))
    return compare(*found[0], *found[1])


def compare(
    first: Evaluation, first_garments: GarmentResults, second: Evaluation, second_garments: GarmentResults
) -> Comparison:
    """Compare two evaluations, garment by garment where their ids are the same."""
    notes = []
    one, other = first_garments.draws, second_garments.draws
    paired = _paired(one, other)
    if not paired:
        notes.append(
            "The two were not measured on the same images with the same seed: differences have no intervals."
        )
    if first.data != second.data:
        notes.append(f"The first was measured on {first.data}, the second on {second.data}.")
    tables = tuple(
        _table(mine, theirs, one if paired else None, other if paired else None)
        for mine in first.tables
        for theirs in second.tables
        if mine.key == theirs.key
    )
    turned, missing = _turned(first_garments, second_garments)
    if missing:
        notes.append(f"{missing:,} garments are in one of the two evaluations only and are not compared.")
    metrics = {
        name: Change(value, second.metrics[name], second.metrics[name] - value)
        for name, value in first.metrics.items()
        if name in second.metrics
    }
    return Comparison(first, second, metrics, tables, turned, tuple(notes))


def _paired(one: Draws | None, other: Draws | None) -> bool:
    return (
        one is not None
        and other is not None
        and one.seed == other.seed
        and np.array_equal(one.image_ids, other.image_ids)
    )


def _table(first: Table, second: Table, one: Draws | None, other: Draws | None) -> TableChange:
    rows = tuple(row for row in first.rows if row in second.rows)
    theirs = {(column.group, column.name): place for place, column in enumerate(second.columns)}
    places = [
        (place, theirs[column.group, column.name], column)
        for place, column in enumerate(first.columns)
        if (column.group, column.name) in theirs
    ]
    cells = []
    for row in rows:
        mine, yours = first.cells[first.rows.index(row)], second.cells[second.rows.index(row)]
        line = []
        for place, other_place, column in places:
            key = draws_key(first.key, row, column)
            draws = None
            if one is not None and other is not None and key in one.cells and key in other.cells:
                draws = other.cells[key].astype(np.float64) - one.cells[key]
            line.append(_change(mine[place], yours[other_place], draws, first.higher_is_better))
        cells.append(tuple(line))
    columns = tuple(column for _, _, column in places)
    return TableChange(first.key, first.title, rows, columns, tuple(cells), first.higher_is_better)


def _change(first: Cell, second: Cell, draws: NDArray[np.float64] | None, higher: bool) -> Change:
    if first.value is None or second.value is None:
        return Change(first.value, second.value, None)
    sure = draws is not None and first.low is not None and second.low is not None
    low, high = interval(draws) if draws is not None and sure else (None, None)
    better = 0
    if low is not None and high is not None and (low > 0 or high < 0):
        better = 1 if (low > 0) == higher else -1
    return Change(first.value, second.value, second.value - first.value, low, high, better)


def _turned(first: GarmentResults, second: GarmentResults) -> tuple[tuple[Turned, ...], int]:
    ids, mine, yours = np.intersect1d(
        first.garment_ids, second.garment_ids, assume_unique=True, return_indices=True
    )
    images = first.image_ids[mine]
    out = []
    for measure in first.scores:
        if measure not in second.scores:
            continue
        before, after = first.scores[measure][mine], second.scores[measure][yours]
        known = np.isfinite(before) & np.isfinite(after)
        was, is_now = first.correct[measure][mine], second.correct[measure][yours]
        fixed, broke = known & ~was & is_now, known & was & ~is_now
        out.append(
            Turned(
                measure,
                ids[fixed],
                ids[broke],
                np.unique(images[fixed]),
                np.unique(images[broke]),
                int((known & (was == is_now)).sum()),
                paired_difference(before, after, images),
            )
        )
    missing = len(first.garment_ids) + len(second.garment_ids) - 2 * len(ids)
    return tuple(out), missing
