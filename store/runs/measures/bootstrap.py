"""How sure a figure is: 95 % intervals by drawing the images again, with replacement.

Garments of one image are drawn together, because they share its light, its person and its faults. All
figures of an evaluation use the same draws, and so do two evaluations that are compared.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Weights = NDArray[np.float32]

#: Draws of an interval, as long as they fit (see MOST_NUMBERS).
RESAMPLES = 200
#: Numbers of all draws together: fewer draws are made of very many images.
MOST_NUMBERS = 20_000_000
FEWEST = 50


def draws(images: int, seed: int = 0, resamples: int = RESAMPLES) -> Weights:
    """How often each of ``images`` images is in each of B draws, ``(images, B)``; columns sum to ``images``.

    B is ``resamples``, less (at least 50) where the numbers would fill the memory.
    """
    rng = np.random.default_rng(seed)
    count = min(resamples, max(FEWEST, MOST_NUMBERS // max(images, 1)))
    out = np.zeros((images, count), np.float32)
    for column in range(count if images else 0):
        out[:, column] = np.bincount(rng.integers(0, images, images), minlength=images)
    return out


def interval(values: Floats) -> tuple[float | None, float | None]:
    """The middle 95 % of a figure's values over the draws; None where fewer than ten of them are numbers."""
    known = values[np.isfinite(values)]
    if len(known) < 10:
        return None, None
    low, high = np.quantile(known, (0.025, 0.975))
    return float(low), float(high)


def ratios(weights: Weights, parts: Floats, wholes: Floats) -> Floats:
    """The pooled ratio in each draw, ``(B,)``; NaN for 0/0.

    ``parts`` and ``wholes`` are sums by image, ``(I,)``.
    """
    above, below = parts.astype(np.float32) @ weights, wholes.astype(np.float32) @ weights
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(below > 0, above / below, np.nan).astype(np.float64)


def by_image(values: Floats, image: NDArray[np.int64], images: int) -> Floats:
    """Sums of ``values`` ``(n,)`` by image index, ``(images,)``; what is not a number counts as nothing."""
    return np.bincount(image, weights=np.nan_to_num(values), minlength=images).astype(np.float64)


def paired_difference(
    first: Floats, second: Floats, groups: NDArray[np.int64], seed: int = 0, resamples: int = 1000
) -> tuple[float | None, float | None, float | None]:
    """Mean of ``second - first`` over the same garments, with its 95 % interval; None without a pair.

    Both are ``(n,)``, NaN where not measured: only garments that both measured count. ``groups`` ``(n,)`` are
    their images, which are drawn whole.
    """
    both = np.isfinite(first) & np.isfinite(second)
    if not both.any():
        return None, None, None
    difference = (second - first)[both]
    _, image = np.unique(groups[both], return_inverse=True)
    images = int(image.max()) + 1
    weights = draws(images, seed, resamples)
    values = ratios(
        weights, by_image(difference, image, images), by_image(np.ones_like(difference), image, images)
    )
    return float(difference.mean()), *interval(values)
