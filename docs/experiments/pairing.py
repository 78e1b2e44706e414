"""How sure a difference between two ways of training is, from runs in pairs: same seed, same test images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import t as student

from store.runs.results import Column, Evaluation, GarmentResults, draws_key

Floats = NDArray[np.float64]

#: The table and the row of a headline figure, and whether more of it is better.
FIGURES: Mapping[str, tuple[str, str, bool]] = {
    "landmarks/NE": ("landmark_error", "NE", False),
    "landmarks/detected": ("landmark_detection", "detected", True),
    "landmarks/AP": ("landmarks", "AP", True),
    "boxes/AP": ("boxes", "AP", True),
    "boxes/AP50": ("boxes", "AP50", True),
    "masks/AP": ("masks", "AP", True),
    "category/top1": ("category", "top-1", True),
    "category/top3": ("category", "top-3", True),
    "attributes/top3": ("attributes", "top-3", True),
    "attributes/top5": ("attributes", "top-5", True),
    "retrieval/top1": ("retrieval", "top-1", True),
    "retrieval/mAP": ("retrieval", "mAP", True),
}
_LEVEL = 0.95
_RESAMPLES = 20_000
#: Draws of the images that an interval needs.
_FEWEST = 40


@dataclass(frozen=True, slots=True)
class Measured:
    """What one run reached: figures by name, and each of them in B draws of the test images, ``(B,)``."""

    figures: Mapping[str, float]
    draws: Mapping[str, Floats]
    garments: int


@dataclass(frozen=True, slots=True)
class Line:
    """A figure of both ways, as means over the seeds, and their difference, first minus second.

    ``over_seeds`` is Student's interval over the seeds (these test images); ``over_both`` draws seeds and
    images again. ``better`` counts the seeds in which the first was better.
    """

    name: str
    first: float
    second: float
    difference: float
    over_seeds: tuple[float, float] | None
    over_both: tuple[float, float] | None
    better: int
    seeds: int
    higher_is_better: bool


def measured(evaluation: Evaluation, garments: GarmentResults) -> Measured:
    """The figures of an evaluation with their draws."""
    cells = garments.draws.cells if garments.draws is not None else {}
    draws = {}
    for name, (table, row, _) in FIGURES.items():
        key = draws_key(table, row, Column("", "overall"))
        if name in evaluation.metrics and key in cells:
            draws[name] = np.asarray(cells[key], np.float64)
    figures = {name: evaluation.metrics[name] for name in FIGURES if name in evaluation.metrics}
    return Measured(figures, draws, evaluation.garments)


def compared(first: Sequence[Measured], second: Sequence[Measured]) -> list[Line]:
    """A line for each figure that all runs have; run i of one way has the seed of run i of the other."""
    lines = []
    for name, (_, _, higher) in FIGURES.items():
        if not first or not all(name in one.figures for one in (*first, *second)):
            continue
        a, b = (np.array([one.figures[name] for one in way]) for way in (first, second))
        drawn = None
        if all(name in one.draws for one in (*first, *second)):
            drawn = np.array([x.draws[name] - y.draws[name] for x, y in zip(first, second, strict=True)])
        lines.append(
            Line(
                name,
                float(a.mean()),
                float(b.mean()),
                float((a - b).mean()),
                interval_over_seeds(a - b),
                interval_over_both(drawn) if drawn is not None else None,
                int(((a > b) if higher else (a < b)).sum()),
                len(a),
                higher,
            )
        )
    return lines


def interval_over_seeds(differences: ArrayLike) -> tuple[float, float] | None:
    """Student's 95 % interval of the mean of ``(S,)`` differences; None of fewer than two."""
    values = np.asarray(differences, np.float64)
    if len(values) < 2:
        return None
    half = float(student.ppf((1 + _LEVEL) / 2, len(values) - 1)) * values.std(ddof=1) / np.sqrt(len(values))
    return float(values.mean() - half), float(values.mean() + half)


def interval_over_both(drawn: ArrayLike, seed: int = 0) -> tuple[float, float] | None:
    """The middle 95 % of the mean difference where seeds and test images are drawn again.

    ``drawn`` is ``(S, B)``: the difference of each seed in each draw of the images; all seeds are measured on
    the same images, so a resample takes one draw of the images for all its seeds. None of fewer than two
    seeds, or where too few draws are numbers.
    """
    values = np.asarray(drawn, np.float64)
    # A draw of few images may have nothing to measure.
    values = values[:, np.isfinite(values).all(axis=0)]
    seeds, draws = values.shape
    if seeds < 2 or draws < _FEWEST:
        return None
    rng = np.random.default_rng(seed)
    chosen = rng.integers(0, seeds, (_RESAMPLES, seeds))
    means = values[chosen, rng.integers(0, draws, (_RESAMPLES, 1))].mean(axis=1)
    low, high = np.quantile(means, ((1 - _LEVEL) / 2, (1 + _LEVEL) / 2))
    return float(low), float(high)


def table(lines: Sequence[Line], first: str, second: str) -> str:
    """The lines as a Markdown table."""
    head = (
        f"| figure | {first} | {second} | difference | 95 % over seeds | 95 % over seeds and images "
        f"| {first} better in |"
    )
    rows = [head, "|---|---:|---:|---:|---:|---:|---:|"]
    for one in lines:
        name = one.name if one.higher_is_better else f"{one.name} (lower is better)"
        rows.append(
            f"| {name} | {one.first:.4f} | {one.second:.4f} | {one.difference:+.4f} "
            f"| {_interval(one.over_seeds)} | {_interval(one.over_both)} | {one.better} of {one.seeds} |"
        )
    return "\n".join(rows) + "\n"


def _interval(found: tuple[float, float] | None) -> str:
    return "-" if found is None else f"{found[0]:+.4f} to {found[1]:+.4f}"
