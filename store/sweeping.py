"""One landmark of many garments, the likeliest mistakes first: a sweep.

A garment's shape is laid onto the mean shape of its category by turn, scale and shift, in a way that a few
strays do not pull along; how far a landmark then is from where the mean shape has it, as a share of the
garment's size, is how odd it is. Or a model's predictions say where it should be. Arrays are of n garments
with L landmarks; places are pixels of the image.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from resources.taxonomy import Category
from store.progress import Progress, silent
from store.records import Bytes, Floats, Garment, Visibility

if TYPE_CHECKING:
    from store.db import Store
    from store.db.garments import Placed
    from store.runs.predicted import Predictions

Ints = NDArray[np.int64]

#: Images that are read at once, and garments that are fitted at once.
_PIECE, _BATCH = 500, 4000
#: Rounds of weighing landmarks anew, and of taking the mean shape from the garments themselves.
_ROUNDS, _MEANS = 5, 2
#: With fewer garments than this the mean shape of the schema is better than theirs.
_FEW = 8
_TINY = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Shapes:
    """Garments of one category: ``garment_ids``, ``image_ids (n,)``, ``points (n, L, 2)``, ``states (n,
    L)``."""

    garment_ids: Ints
    image_ids: Ints
    points: Floats
    states: Bytes

    def __len__(self) -> int:
        """Number of garments."""
        return len(self.garment_ids)

    def row_of(self, garment_id: int) -> int:
        """Where a garment is; -1 where it is not here."""
        found = np.flatnonzero(self.garment_ids == garment_id)
        return int(found[0]) if len(found) else -1

    def put(self, garment: Garment) -> bool:
        """Take over a garment as it is now; False where it is not here, or has other landmarks now."""
        row = self.row_of(garment.id)
        if row < 0 or len(garment.points) != self.points.shape[1]:
            return False
        self.points[row], self.states[row] = garment.points, garment.visibility
        return True


@dataclass(eq=False, slots=True)
class Sweep:
    """One landmark of garments, the worst first.

    ``worth (n,)`` is how odd it is: a share of the garment's size, or sigmas where a model says so
    (``by_model``). ``expected (n, 2)`` is where it should be, ``anchors (n, 2)`` where it was when it was
    read, ``sizes (n,)`` how large the garment is. ``points`` and ``states`` follow what is changed.
    """

    category: Category
    landmark: int
    shapes: Shapes
    worth: Floats
    expected: Floats
    anchors: Floats
    sizes: Floats
    by_model: str = ""

    def __len__(self) -> int:
        """Number of garments."""
        return len(self.shapes)

    def row_of(self, garment_id: int) -> int:
        """Where a garment is; -1 where it is not here."""
        return self.shapes.row_of(garment_id)


def read_shapes(
    store: Store, image_ids: Sequence[int] | Ints, category: Category, progress: Progress = silent
) -> Shapes:
    """The garments of a category in images. Whatever ``progress`` raises ends it."""
    size = category.schema.size
    pieces = [_piece([], size)]
    total = len(image_ids)
    for start in range(0, total, _PIECE):
        progress(start, total, f"Reading garments of {category.name}")
        part = [int(one) for one in image_ids[start : start + _PIECE]]
        # Piece by piece: one array made of a million garments at the end would hold the window up.
        pieces.append(_piece(store.garments.landmarks_of(part, category.id, size), size))
    progress(total, total, f"Reading garments of {category.name}")
    return Shapes(*(np.concatenate(arrays) for arrays in zip(*pieces, strict=True)))


def _piece(found: Sequence[Placed], size: int) -> tuple[Ints, Ints, Floats, Bytes]:
    ids = np.array([(one.garment_id, one.image_id) for one in found], np.int64).reshape(-1, 2)
    points = np.array([one.points for one in found], np.float64).reshape(-1, size, 2)
    states = np.array([one.visibility for one in found], np.uint8).reshape(-1, size)
    return ids[:, 0], ids[:, 1], points, states


def by_shape(shapes: Shapes, category: Category, landmark: int) -> Sweep:
    """The garments whose landmark has a place, the furthest from the mean shape first."""
    there = _there(shapes)
    mean = mean_shape(shapes, category)
    off, expected, sizes = _offs(shapes, there, mean)
    return _sorted(shapes, category, landmark, off[:, landmark], expected[:, landmark], sizes)


def by_predictions(
    shapes: Shapes,
    category: Category,
    landmark: int,
    store: Store,
    run: Path,
    categories: Mapping[int, Category],
    progress: Progress = silent,
) -> Sweep:
    """As :func:`by_shape`, by how far the landmark is from where a prediction run has it, in sigmas.

    Garments that the run says nothing of come last. StoreError where the run cannot be read.
    """
    from store.runs.predicted import Predictions

    worth, expected = np.full(len(shapes), np.nan), np.full((len(shapes), 2), np.nan)
    rows = {int(one): row for row, one in enumerate(shapes.garment_ids)}
    images = np.unique(shapes.image_ids)
    with Predictions.open(run) as predictions:
        model = predictions.model
        for start in range(0, len(images), _PIECE):
            progress(start, len(images), f"Comparing with {model}")
            part = images[start : start + _PIECE].tolist()
            for garment_id, sigmas, place in _compared(store, predictions, part, landmark, categories):
                if garment_id in rows:
                    worth[rows[garment_id]], expected[rows[garment_id]] = sigmas, place
    _, _, sizes = _offs(shapes, _there(shapes), None)
    return replace(_sorted(shapes, category, landmark, worth, expected, sizes), by_model=model)


def _compared(
    store: Store,
    predictions: Predictions,
    image_ids: list[int],
    landmark: int,
    categories: Mapping[int, Category],
) -> Iterator[tuple[int, float, tuple[float, float]]]:
    """Garment, sigmas and place of the landmark, for each that a run has it for."""
    from store.proposals import Source, proposals_of
    from store.proposals.differing import differences
    from store.proposals.matching import match

    garments = store.garments.of_images(image_ids)
    spec, source = predictions.spec, Source(predictions.model)
    for image_id, said in predictions.of_images(image_ids).items():
        # Only landmarks are compared: outlines of masks would take most of the time.
        bare = replace(said, garments=tuple(replace(one, mask=None) for one in said.garments))
        proposals = proposals_of(bare, spec, categories, source)
        for one in match(garments.get(image_id, ()), proposals):
            if one.garment is None:
                continue
            for found in differences(one.garment, one.proposal, categories):
                if found.index == landmark and found.end is not None:
                    yield one.garment.id, found.sigmas, found.end


# --- the mean shape ------------------------------------------------------------------------------


def mean_shape(shapes: Shapes, category: Category) -> Floats | None:
    """The mean shape ``(L, 2)`` of garments, its longer side 1; that of the schema where there are few.

    The mean is the median of each landmark over all garments laid onto each other. None where there is
    neither.
    """
    schema = category.schema
    start: Floats | None = None
    if schema.template:
        start = _unit(np.array(schema.template) * [schema.template_aspect, 1.0])
    there = _there(shapes)
    if len(shapes) < _FEW:
        return start
    some = np.linspace(0, len(shapes) - 1, min(len(shapes), _BATCH)).astype(int)
    points, placed = shapes.points[some], there[some]
    if start is None:
        start = _first_guess(points, placed)
    if start is None:
        return None
    for _ in range(_MEANS):
        fit = _fit(start, points, placed)
        laid = np.where((placed & fit.known[:, None])[..., None], fit.back(points), np.nan)
        counted = np.isfinite(laid[..., 0]).sum(axis=0)
        median = np.array(start)
        enough = counted >= _FEW // 2
        median[enough] = np.nanmedian(laid[:, enough], axis=0)
        start = _unit(median)
    return start


def _first_guess(points: Floats, there: NDArray[np.bool_]) -> Floats | None:
    """Where landmarks lie in the extent of their garment, by the median; None where some lie nowhere."""
    spread = np.where(there[..., None], points, np.nan)
    known = there.sum(axis=1) >= 3
    if not known.any() or not there[known].any(axis=0).all():
        return None
    spread = spread[known]
    low, high = np.nanmin(spread, axis=1), np.nanmax(spread, axis=1)
    sides = np.maximum((high - low).max(axis=1), _TINY)
    guess: Floats = np.nanmedian((spread - low[:, None]) / sides[:, None, None], axis=0)
    return guess


def _unit(shape: Floats) -> Floats:
    low, high = shape.min(axis=0), shape.max(axis=0)
    unit: Floats = (shape - low) / max(float((high - low).max()), _TINY)
    return unit


# --- fits of many --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Fit:
    """How a shape goes onto each of n garments: ``turn (n, 2, 2)`` with the scale in it, ``shift (n, 2)``;
    ``known (n,)`` says for which there is one."""

    turn: Floats
    shift: Floats
    known: NDArray[np.bool_]

    def of(self, shape: Floats) -> Floats:
        """The shape on each garment, ``(n, L, 2)``."""
        placed: Floats = np.einsum("nij,lj->nli", self.turn, shape) + self.shift[:, None]
        return placed

    def back(self, points: Floats) -> Floats:
        """Points of each garment ``(n, L, 2)`` where the shape is."""
        scale = np.maximum((self.turn[:, 0] ** 2).sum(axis=1), _TINY)
        laid: Floats = np.einsum("nji,nlj->nli", self.turn, points - self.shift[:, None])
        laid /= scale[:, None, None]
        return laid

    @property
    def scale(self) -> Floats:
        """How large each garment is, in pixels."""
        size: Floats = np.linalg.norm(self.turn[:, 0], axis=1)
        return size


def _fit(shape: Floats, points: Floats, there: NDArray[np.bool_]) -> _Fit:
    """The turn, scale and shift of one shape ``(L, 2)`` onto many garments ``(n, L, 2)``, where ``there``
    ``(n, L)``, that strays do not pull along: points are weighed anew by how far off they are (Cauchy),
    against the median. Not known where fewer than three points are there, or all are one."""
    weights = there.astype(np.float64)
    fit = _weighted(shape, points, weights)
    for _ in range(_ROUNDS):
        off = np.linalg.norm(fit.of(shape) - points, axis=2)
        # The lower median of those that are there, which come first when the others are infinite.
        ranked = np.sort(np.where(there, off, np.inf), axis=1)
        middle = np.maximum(there.sum(axis=1) - 1, 0)[:, None] // 2
        typical = np.take_along_axis(ranked, middle, axis=1)
        typical = np.where(np.isfinite(typical), np.maximum(typical, _TINY), 1.0)
        weights = there / (1.0 + (off / (2.0 * typical)) ** 2)
        fit = _weighted(shape, points, weights)
    return replace(fit, known=fit.known & (there.sum(axis=1) >= 3))


def _weighted(shape: Floats, points: Floats, weights: Floats) -> _Fit:
    total = np.maximum(weights.sum(axis=1), _TINY)
    middle = weights @ shape / total[:, None]
    target = np.einsum("nl,nlk->nk", weights, points) / total[:, None]
    p, q = shape[None] - middle[:, None], points - target[:, None]
    spread = np.einsum("nl,nlk,nlk->n", weights, p, p)
    known = spread > _TINY * total
    spread = np.where(known, spread, 1.0)
    along = np.einsum("nl,nlk,nlk->n", weights, p, q) / spread
    across = np.einsum("nl,nl->n", weights, p[..., 0] * q[..., 1] - p[..., 1] * q[..., 0]) / spread
    turn = np.stack([np.stack([along, -across], axis=1), np.stack([across, along], axis=1)], axis=1)
    return _Fit(turn, target - np.einsum("nij,nj->ni", turn, middle), known)


def _there(shapes: Shapes) -> NDArray[np.bool_]:
    """``(n, L)``: which landmarks somebody has put somewhere inside the image."""
    there: NDArray[np.bool_] = (shapes.states == Visibility.VISIBLE) | (shapes.states == Visibility.OCCLUDED)
    return there & np.isfinite(shapes.points).all(axis=2)


def _offs(shapes: Shapes, there: NDArray[np.bool_], mean: Floats | None) -> tuple[Floats, Floats, Floats]:
    """How far each landmark is off as a share of the garment's size ``(n, L)``, where each should be
    ``(n, L, 2)``, and sizes ``(n,)``; NaN where the mean shape says nothing."""
    spread = np.where(there[..., None], shapes.points, np.nan)
    sizes = np.ones(len(shapes))
    some = there.any(axis=1)
    if some.any():
        sizes[some] = np.ptp(_filled(spread[some]), axis=1).max(axis=1)
    off, expected = np.full(there.shape, np.nan), np.full(shapes.points.shape, np.nan)
    for start in range(0, len(shapes) if mean is not None else 0, _BATCH):
        part = slice(start, start + _BATCH)
        points = np.nan_to_num(shapes.points[part])
        fit = _fit(np.asarray(mean), points, there[part])
        placed = fit.of(np.asarray(mean))
        known = fit.known[:, None] & there[part]
        size = np.maximum(fit.scale, _TINY)[:, None]
        off[part] = np.where(known, np.linalg.norm(placed - points, axis=2) / size, np.nan)
        expected[part] = np.where(fit.known[:, None, None], placed, np.nan)
    return off, expected, np.maximum(sizes, 1.0)


def _filled(spread: Floats) -> Floats:
    """NaN replaced by the first place of the same garment that is none, so that it widens nothing."""
    first = np.isfinite(spread[..., 0]).argmax(axis=1)
    known = spread[np.arange(len(spread)), first]
    return np.where(np.isfinite(spread), spread, known[:, None])


def _sorted(
    shapes: Shapes, category: Category, landmark: int, worth: Floats, expected: Floats, sizes: Floats
) -> Sweep:
    rows = np.flatnonzero(_there(shapes)[:, landmark])
    order = rows[np.argsort(-np.nan_to_num(worth[rows], nan=-1.0), kind="stable")]
    chosen = Shapes(
        shapes.garment_ids[order],
        shapes.image_ids[order],
        shapes.points[order],
        shapes.states[order],
    )
    return Sweep(
        category,
        landmark,
        chosen,
        worth[order],
        expected[order],
        chosen.points[:, landmark].copy(),
        sizes[order],
    )
