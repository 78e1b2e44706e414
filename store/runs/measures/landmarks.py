"""Landmarks: how near predicted ones are to the true ones.

Object keypoint similarity is COCO's, with a sigma for each landmark. The normalised error is DeepFashion's
(Liu et al., CVPR 2016): the distance where both coordinates are divided by the picture's width and height.
Its pictures are crops round one garment, so here the garment's box takes the picture's place.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

#: Normalised error below which a landmark counts as detected.
DETECTED = 0.1
#: Share of the box's longer side within which MMPose's PCK counts a landmark of FLD as right.
PCK = 0.2


def similarity(predicted: ArrayLike, true: ArrayLike, areas: ArrayLike, sigmas: ArrayLike) -> Floats:
    """OKS of D predictions with G garments of one category, ``(D, G)``; NaN where none is labelled.

    ``predicted`` is ``(D, n, 2+)`` x y, ``true`` ``(G, n, 3)`` x y v in pixels, ``areas`` ``(G,)`` pixels^2,
    ``sigmas`` ``(n,)``. Only landmarks with v > 0 count: the mean of exp(-d^2 / (2 area (2 sigma)^2)).
    """
    found = np.asarray(predicted, dtype=np.float64)[..., :2]
    truth = np.asarray(true, dtype=np.float64)
    widths = (2.0 * np.asarray(sigmas, dtype=np.float64)) ** 2
    room = np.asarray(areas, dtype=np.float64) + np.spacing(1)
    squares = ((found[:, None] - truth[None, :, :, :2]) ** 2).sum(axis=3)
    near = np.exp(-squares / widths / room[None, :, None] / 2.0)
    labelled = (truth[:, :, 2] > 0)[None]
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(labelled, near, 0.0).sum(axis=2) / labelled.sum(axis=2))


def normalised_errors(predicted: ArrayLike, true: ArrayLike, sizes: ArrayLike) -> Floats:
    """The error of each landmark of N garments, ``(N, n)``; NaN where it is not labelled (v = 0).

    ``predicted`` is ``(N, n, 2+)``, ``true`` ``(N, n, 3)`` x y v in pixels, ``sizes`` ``(N, 2)`` the width
    and height by which the coordinates are divided.
    """
    truth = np.asarray(true, dtype=np.float64)
    size = np.asarray(sizes, dtype=np.float64)[:, None, :]
    away = (np.asarray(predicted, dtype=np.float64)[..., :2] - truth[..., :2]) / size
    return np.where(truth[..., 2] > 0, np.hypot(away[..., 0], away[..., 1]), np.nan)


def detected(errors: Floats, within: float = DETECTED) -> Floats:
    """1 where an error is at most ``within``, 0 where it is larger, NaN where there is none."""
    return np.where(np.isnan(errors), np.nan, (errors <= within).astype(np.float64))


def by_landmark(errors: Floats) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Mean error, share detected and count of each landmark, ``(n,)`` each, of errors ``(N, n)``."""
    known = np.isfinite(errors)
    count = known.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(known, errors, 0.0).sum(axis=0) / count
        share = (np.where(known, errors, np.inf) <= DETECTED).sum(axis=0) / count
    return mean, share, count.astype(np.int64)
