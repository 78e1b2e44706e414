"""Top-k and mAP of a ranking, whole and by slice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from resources.taxonomy import LEVELS
from store.db.products import FACTS
from store.retrieval.standing import Standing
from store.runs.measures.retrieval import top_k

Ints = NDArray[np.int64]
Truths = NDArray[np.bool_]

KS = (1, 5, 10, 15, 20)
#: The k of each protocol's own headline: DeepFashion2 and DeepFashion report these.
HEADLINES: Mapping[str, tuple[int, ...]] = {
    "consumer-to-shop": (1, 5, 10, 20),
    "in-shop": (1, 10, 20),
    "cross-pose": (1, 10, 20),
}


@dataclass(frozen=True, slots=True)
class Figures:
    """Of some queries: how many were asked and missed, the share that is right at each k, and mAP.

    ``group`` and ``level`` name the slice ("occlusion", "heavy"); "" is all. A share of no queries is 0.
    """

    group: str
    level: str
    queries: int
    missed: int
    top: Mapping[int, float]
    mean_precision: float


def figures(standing: Standing, ks: Sequence[int] = KS, which: Truths | None = None) -> Figures:
    """Of all queries that are asked for, or of those among ``which (Q,)``."""
    asked = standing.asked if which is None else standing.asked & which
    return _of(standing, asked, ks, "", "")


def by_slice(
    standing: Standing, categories: Mapping[int, str], ks: Sequence[int] = KS
) -> tuple[Figures, ...]:
    """By category, then by the levels of scale, occlusion, zoom-in and viewpoint; only where queries are.

    ``categories`` are names by id. A query belongs to the slices that its own garment is in.
    """
    return tuple(
        _of(standing, asked, ks, group, level) for group, level, asked in slices(standing, categories)
    )


def slices(standing: Standing, categories: Mapping[int, str]) -> Iterator[tuple[str, str, Truths]]:
    """The slices of :func:`by_slice`: group, level, and which queries are asked for and in it ``(Q,)``."""
    rows = standing.table.rows(standing.ranked.queries)
    there = rows >= 0
    kinds = standing.table.category_ids
    columns = [("category", kinds, {one: categories.get(one, str(one)) for one in np.unique(kinds).tolist()})]
    columns += [(fact, standing.table.facts[:, place], LEVELS[fact]) for place, fact in enumerate(FACTS)]
    for group, values, levels in columns:
        mine = np.append(values, -1)[rows]
        for value, level in levels.items():
            asked = standing.asked & there & (mine == value)
            if asked.any():
                yield group, level, asked


def _of(standing: Standing, asked: Truths, ks: Sequence[int], group: str, level: str) -> Figures:
    count = int(asked.sum())
    first, precision = standing.first[asked], standing.precision[asked]
    top = {k: float(top_k(first, k).mean()) if count else 0.0 for k in ks}
    mean = float(precision.mean()) if count else 0.0
    return Figures(group, level, count, int((standing.missed & asked).sum()), top, mean)
