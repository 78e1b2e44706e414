"""DeepFashion2's retrieval protocol: detected garments of consumers, found again in the pictures of shops.

The steps are those of the benchmark's own script: every detection in a query image belongs to the true
garment that it overlaps most (however little; the first of equals); of the detections of a garment that say
its category the one with the highest score speaks for it; none: the garment is missed, which is wrong. It is
right at k when one of the first k results names an image of the gallery and a box there that overlaps a
garment of the same identity by half or more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from store.runs.measures.boxes import overlap

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Overlap from which a result's box is on a relevant garment.
OVERLAP = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Queries:
    """The true garments of the query images: arrays ``(n,)``, ``boxes`` ``(n, 4)``.

    ``identity`` is -1 where a garment has no counterpart: it is not asked for, but detections may be its.
    """

    image: Ints
    category: Ints
    identity: Ints
    boxes: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """What was detected in the query images: arrays ``(m,)``, ``boxes`` ``(m, 4)``."""

    image: Ints
    category: Ints
    score: Floats
    boxes: Floats


def speakers(queries: Queries, detections: Detections) -> Ints:
    """The detection that speaks for each query garment, ``(n,)``; -1 where it is missed or not asked for."""
    out = np.full(len(queries.image), -1, np.int64)
    truths, found = _groups(queries.image), _groups(detections.image)
    for image, rows in truths.items():
        mine = found.get(image)
        if mine is None:
            continue
        owner = overlap(detections.boxes[mine], queries.boxes[rows]).argmax(axis=1)
        for place, row in enumerate(rows):
            if queries.identity[row] < 0:
                continue
            fitting = mine[(owner == place) & (detections.category[mine] == queries.category[row])]
            if len(fitting):
                out[row] = fitting[np.argmax(detections.score[fitting])]
    return out


def first_right(
    results: Sequence[tuple[Ints, Floats]],
    wanted: Mapping[int, Mapping[int, Floats]],
    identities: Sequence[int],
) -> Ints:
    """The 1-based place of the first right result of each query, ``(q,)``; 0 where none is right.

    ``results`` has for each query its gallery images ``(k,)`` and boxes ``(k, 4)``, best first; ``wanted``
    the boxes ``(g, 4)`` of an identity by image; ``identities`` what each query looks for.
    """
    out = np.zeros(len(results), np.int64)
    for query, ((images, boxes), identity) in enumerate(zip(results, identities, strict=True)):
        relevant = wanted.get(identity, {})
        for place, image in enumerate(images.tolist()):
            there = relevant.get(image)
            if there is not None and overlap(boxes[place], there).max() >= OVERLAP:
                out[query] = place + 1
                break
    return out


def _groups(values: Ints) -> dict[int, Ints]:
    """The rows of each value, in their order."""
    order = np.argsort(values, kind="stable")
    kinds, starts = np.unique(values[order], return_index=True)
    return {int(kind): rows for kind, rows in zip(kinds, np.split(order, starts[1:]), strict=True)}
