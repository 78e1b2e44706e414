"""What is read for a sweep, by what it can be sorted, and what the wall shows of a garment."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from resources.taxonomy import Category
from store.errors import StudioError
from store.progress import Progress
from widgets.pages.sweep import Choice, Tile

if TYPE_CHECKING:
    from store.db import Store
    from store.sweeping import Shapes, Sweep

_log = logging.getLogger(__name__)
#: So much of a garment's size is seen in a crop at zoom 1, and no less than so many pixels of the image.
_SHARE, _LEAST = 0.4, 48.0
BY_SHAPE = Choice("shape", "by the mean shape")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be looked at: a category and a landmark by index, and by what ("shape" or a run's
    folder)."""

    category_id: int = 0
    landmark: int = 0
    order: str = BY_SHAPE.key


def reading(
    store: Store,
    wish: Wish,
    category: Category,
    categories: Mapping[int, Category],
    ids: NDArray[np.int64],
    shapes: Shapes | None,
) -> Callable[[Progress], tuple[Shapes, Sweep]]:
    """The work of reading what is wanted of the images ``ids``; ``shapes`` are their garments where they have
    been read already."""

    def work(progress: Progress) -> tuple[Shapes, Sweep]:
        from store import sweeping

        read = shapes if shapes is not None else sweeping.read_shapes(store, ids, category, progress)
        if wish.order == BY_SHAPE.key:
            return read, sweeping.by_shape(read, category, wish.landmark)
        run = store.folder / "runs" / wish.order
        made = sweeping.by_predictions(read, category, wish.landmark, store, run, categories, progress)
        return read, made

    return work


def tile_of(sweep: Sweep, row: int, changed: Set[int]) -> Tile:
    """The crop of a row; ``changed`` are the ids of garments that were corrected here."""
    x, y = sweep.anchors[row].tolist()
    there = bool(np.isfinite(sweep.expected[row]).all())
    expected_x, expected_y = sweep.expected[row].tolist()
    garment_id = int(sweep.shapes.garment_ids[row])
    return Tile(
        garment_id,
        int(sweep.shapes.image_ids[row]),
        sweep.shapes.points[row],
        sweep.shapes.states[row],
        (x, y),
        _side(sweep, row),
        (expected_x, expected_y) if there else None,
        _words(float(sweep.worth[row]), sweep.by_model),
        garment_id in changed,
    )


def _side(sweep: Sweep, row: int) -> float:
    """How much of an image a crop shows: enough for the landmark and for where it should be."""
    size = float(sweep.sizes[row])
    away = float(np.abs(sweep.expected[row] - sweep.anchors[row]).max())
    wanted = size * _SHARE if np.isnan(away) else max(size * _SHARE, 2.4 * away)
    return max(_LEAST, min(wanted, 2.4 * size))


def _words(value: float, model: str) -> str:
    """How odd a landmark is, in words."""
    if np.isnan(value):
        return "nothing to compare with"
    return f"{value:.1f} \u03c3 from {model}" if model else f"{value * 100:.0f}\u202f% off"


def runs_of(folder: Path) -> tuple[Choice, ...]:
    """The prediction runs of a store, newest first."""
    from store.runs.folder import RunFolder
    from store.runs.predicted import Predictions, begun

    found = []
    for run in RunFolder.all(folder, "predict"):
        if not begun(run.path):
            continue
        try:
            with Predictions.open(run.path) as predictions:
                found.append(Choice(run.path.name, f"by {predictions.model}, {run.path.name[:13]}"))
        except StudioError as error:
            _log.warning("%s", error)
    return tuple(found)
