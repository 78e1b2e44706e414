"""What a measure contributes to an evaluation, and its table by slice with intervals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from inference.evaluation.ground import Ground
from store.runs.measures.bootstrap import by_image, ratios
from store.runs.measures.precision import Matches, average_precision, resampled_precision, summary
from store.runs.results import Cell, Confusion, Curve, LandmarkError, Table

Floats = NDArray[np.float64]

#: The figures of an average precision, in the order of COCO's.
PRECISIONS = ("AP", "AP50", "AP75")


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """What one measure found.

    ``metrics`` are headline figures by name; ``scores`` and ``correct`` ``(N,)`` say of each garment how well
    it went; ``protocols`` name the benchmarks whose published figures may stand beside.
    """

    metrics: Mapping[str, float] = field(default_factory=dict)
    tables: tuple[Table, ...] = ()
    curves: tuple[Curve, ...] = ()
    confusion: Confusion | None = None
    landmark_errors: tuple[LandmarkError, ...] = ()
    scores: Mapping[str, Floats] = field(default_factory=dict)
    correct: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    protocols: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A row of shares: what was right and what was asked, summed for each garment, ``(N,)`` each."""

    name: str
    right: Floats
    asked: Floats

    @property
    def value(self) -> float | None:
        """The share over all garments; None where nothing was asked."""
        asked = float(self.asked.sum())
        return float(self.right.sum()) / asked if asked else None


def mean_row(name: str, values: Floats) -> Row:
    """A row whose figure is the mean of ``(N,)`` values, without those that are not numbers."""
    known = np.isfinite(values)
    return Row(name, np.where(known, values, 0.0), known.astype(np.float64))


def share_table(
    ground: Ground,
    key: str,
    title: str,
    rows: list[Row],
    *,
    higher_is_better: bool = True,
    note: str = "",
) -> Table:
    """The rows by slice, each cell with its interval."""
    images = len(ground.images)
    cells = []
    for row in rows:
        line = []
        for column in ground.slices:
            chosen = np.ones(len(ground), bool) if column.chosen is None else column.chosen
            right, asked = np.where(chosen, row.right, 0.0), np.where(chosen, row.asked, 0.0)
            total = float(asked.sum())
            if not total:
                line.append(Cell(None))
                continue
            values = ratios(
                ground.weights, by_image(right, ground.image, images), by_image(asked, ground.image, images)
            )
            share, count = float(right.sum()) / total, int((asked > 0).sum())
            line.append(ground.cell(key, row.name, column.column, share, count, values))
        cells.append(tuple(line))
    columns = tuple(column.column for column in ground.slices)
    return Table(key, title, tuple(row.name for row in rows), columns, tuple(cells), higher_is_better, note)


def precision_table(
    ground: Ground, matches: Matches, overall: Floats, key: str, title: str, note: str
) -> Table:
    """AP, AP50 and AP75 by slice; ``overall`` ``(T, C)`` is pycocotools', for the overall column."""
    lines: list[list[Cell]] = [[], [], []]
    wanted = np.unique(matches.truth_category)
    for column in ground.slices:
        chosen, only = column.chosen, wanted
        if column.column.group == "category" and chosen is not None:
            # As COCO's figures by category: over all images.
            only, chosen = np.unique(matches.truth_category[chosen]), None
        if column.chosen is None:
            values = summary(overall)
        else:
            values = summary(average_precision(matches, chosen, only))
        inside = ~matches.ignored if column.chosen is None else matches.only(column.chosen)
        count = int(inside.sum())
        spread = resampled_precision(matches, ground.weights, chosen, only) if count else np.zeros((0, 3))
        for name, line, value, draws in zip(PRECISIONS, lines, values, spread.T, strict=True):
            line.append(ground.cell(key, name, column.column, value, count, draws))
    columns = tuple(column.column for column in ground.slices)
    return Table(key, title, PRECISIONS, columns, tuple(map(tuple, lines)), True, note)
