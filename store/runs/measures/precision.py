"""Average precision as COCO has it, from matches that were made once.

A detection that found one garment is right or wrong in every table alike: slices and resamples only choose
which garments and images count (docs/decisions/0006-slices.md).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Truths = NDArray[np.bool_]

#: COCO's overlaps (IoU or OKS) from which a detection counts as right.
THRESHOLDS: Floats = np.linspace(0.5, 0.95, 10)
#: COCO's recalls at which precision is read.
RECALLS: Floats = np.linspace(0.0, 1.0, 101)


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """Which detection found which garment, at each of T overlaps.

    Of the G garments: ``truth_image`` and ``truth_category`` ``(G,)`` are indices, ``ignored`` ``(G,)`` says
    which count neither way (crowds, garments without a labelled landmark). Of the D detections, in descending
    order of ``score`` ``(D,)``: ``image``, ``category`` ``(D,)`` and ``found`` ``(T, D)``, the index of the
    garment or -1.
    """

    truth_image: Ints
    truth_category: Ints
    ignored: Truths
    score: Floats
    image: Ints
    category: Ints
    found: Ints

    def only(self, truths: Truths) -> Truths:
        """The garments among ``truths`` ``(G,)`` that count."""
        return np.asarray(truths & ~self.ignored)


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """The detections of one category that count in one slice, best first.

    ``hits`` and ``misses`` are ``(T, n)``; ``image`` is ``(n,)``; ``truth_image`` ``(p,)`` has an entry for
    each garment that should be found.
    """

    hits: Truths
    misses: Truths
    image: Ints
    truth_image: Ints


def ranked(matches: Matches, category: int, chosen: Truths | None = None) -> Ranked:
    """The detections of one category, and which are hits and misses where only ``chosen`` ``(G,)`` count.

    Without ``chosen`` all garments and images count. With it: an image counts when it has a chosen garment,
    of any category; a detection that found another garment, at whichever overlap, counts neither way; one
    that found nothing is a miss.
    """
    picked = np.flatnonzero(matches.category == category)
    found, image = matches.found[:, picked], matches.image[picked]
    counts = ~matches.ignored if chosen is None else matches.only(chosen)
    # One more entry, at -1: "nothing found" is no garment that counts, and none that excuses.
    hits = np.append(counts, False)[found]
    excused = np.append(~counts, False)[found]
    misses = ~hits & ~excused
    if chosen is not None:
        misses &= ~np.append(~chosen & ~matches.ignored, False)[found].any(axis=0)
        images = max(int(one.max(initial=-1)) for one in (matches.image, matches.truth_image))
        seen = np.zeros(images + 1, bool)
        seen[matches.truth_image[chosen]] = True
        misses &= seen[image]
    wanted = matches.truth_image[counts & (matches.truth_category == category)]
    return Ranked(hits, misses, image, wanted)


def precision_at_recalls(one: Ranked) -> Floats:
    """Precision at COCO's 101 recalls, ``(T, 101)``; NaN throughout where there is nothing to find.

    The highest precision at this recall or a higher one, 0 where that recall is not reached.
    """
    wanted = len(one.truth_image)
    out = np.full((len(one.hits), len(RECALLS)), np.nan if wanted == 0 else 0.0)
    if wanted == 0 or one.hits.shape[1] == 0:
        return out
    hits, misses = np.cumsum(one.hits, axis=1), np.cumsum(one.misses, axis=1)
    precision = hits / (hits + misses + np.spacing(1))
    precision = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]
    for row, recall, values in zip(out, hits / wanted, precision, strict=True):
        places = np.searchsorted(recall, RECALLS, side="left")
        reached = places < len(values)
        row[reached] = values[places[reached]]
    return out


def average_precision(
    matches: Matches, chosen: Truths | None = None, categories: Ints | None = None
) -> Floats:
    """Average precision by overlap and category, ``(T, C)``; NaN where a category has nothing to find.

    ``categories`` are the indices to look at, by default all that the garments have.
    """
    wanted = np.unique(matches.truth_category) if categories is None else categories
    columns = [precision_at_recalls(ranked(matches, int(one), chosen)).mean(axis=1) for one in wanted]
    return np.stack(columns, axis=1) if columns else np.zeros((len(matches.found), 0))


def summary(values: Floats) -> tuple[float | None, float | None, float | None]:
    """AP, AP50 and AP75 of ``(10, C)`` average precisions; None where nothing was to be found."""
    if values.size == 0 or np.isnan(values).all():
        return None, None, None
    return float(np.nanmean(values)), float(np.nanmean(values[0])), float(np.nanmean(values[5]))


def resampled_precision(
    matches: Matches,
    weights: NDArray[np.float32],
    chosen: Truths | None = None,
    categories: Ints | None = None,
) -> Floats:
    """AP, AP50 and AP75 of each of B resamples of the images, ``(B, 3)``; NaN where nothing was to be found.

    ``weights`` ``(I, B)`` says how often each image was drawn. Recalls are whole hundredths here; COCO's are
    doubles, some a little larger, so that a recall that meets one exactly is read one hundredth apart.
    """
    wanted = np.unique(matches.truth_category) if categories is None else categories
    total = np.zeros((len(matches.found), weights.shape[1]))
    count = np.zeros(weights.shape[1])
    for category in wanted:
        one = ranked(matches, int(category), chosen)
        there = weights[one.truth_image].sum(axis=0)
        total += np.where(there > 0, _weighted(one, weights, there), 0.0)
        count += there > 0
    with np.errstate(invalid="ignore", divide="ignore"):
        values = total / count
    return np.stack([values.mean(axis=0), values[0], values[5]], axis=1)


def _weighted(one: Ranked, weights: NDArray[np.float32], wanted: NDArray[np.float32]) -> Floats:
    """Average precision by overlap and resample, ``(T, B)``, with ``wanted`` ``(B,)`` garments to find.

    Detections are rows and resamples columns throughout, so that sums run over whole rows of memory.
    """
    out = np.zeros((len(one.hits), weights.shape[1]))
    last = np.zeros(0, bool)
    sums = np.zeros((0, weights.shape[1]), np.float32)
    # What comes after the last hit changes nothing.
    end = int(np.flatnonzero(one.hits.any(axis=0)).max(initial=-1)) + 1
    scale = np.float32(len(RECALLS) - 1) / np.maximum(wanted, 1)
    most = int(one.hits.sum(axis=1).max(initial=0))
    room = [np.empty((most, weights.shape[1]), np.float32) for _ in range(3)]
    for level, (hits, misses) in enumerate(zip(one.hits, one.misses, strict=True)):
        places = np.flatnonzero(hits)
        if len(places) == 0:
            continue
        counted = (hits | misses)[:end]
        # A handful of detections count at some overlaps only: not worth new sums for an interval.
        if len(last) != end or np.count_nonzero(counted != last) > end // 100:
            sums = weights[one.image[:end]]
            sums *= counted[:, None]
            np.cumsum(sums, axis=0, out=sums)
            last = counted
        right, precision, other = (array[: len(places)] for array in room)
        np.take(weights, one.image[places], axis=0, out=other, mode="clip")
        np.cumsum(other, axis=0, out=right)
        np.take(sums, places, axis=0, out=precision, mode="clip")
        np.divide(right, np.maximum(precision, np.maximum(right, 1, out=other), out=precision), out=precision)
        backwards = precision[::-1]
        np.maximum.accumulate(backwards, axis=0, out=backwards)
        # How many of the 101 recalls each hit reaches first; precision is 0 before the first of them.
        np.floor(np.add(np.multiply(right, scale, out=other), np.float32(1 + 1e-4), out=other), out=other)
        other *= right > 0
        right[0] = other[0]
        np.subtract(other[1:], other[:-1], out=right[1:])
        out[level] = np.multiply(right, precision, out=right).sum(axis=0) / len(RECALLS)
    return out
