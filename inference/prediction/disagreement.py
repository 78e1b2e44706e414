"""How much a prediction and the annotations of an image disagree, 0..1: what a person should look at first.

Of garments that were **found**: annotations and predictions of one category are matched by the overlap of
their boxes, the surest prediction first, from an IoU of 0.5 on; predictions below a least score (0.5 where
nothing else is said) do not count: nobody looks at them. The disagreement is the mean over the matched pairs
of 1 - IoU, in which each garment without a partner, on either side, counts as 1. A wrong category is thus
two garments without a partner. Crowds and annotations of categories that the model does not know are left
out. Where there is nothing on either side it is 0.

Of garments that were **asked about** (networks that look at crops) it is the mean over the garments of 1 -
the probability of the annotated category. Embeddings alone have none.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from inference.data.slice import Slice
from store.runs.manifest import ModelSpec
from store.runs.measures.boxes import overlap
from store.runs.predicted import SURE_SCORE
from store.runs.predictions import GarmentPrediction, ImagePrediction

LEAST_OVERLAP = 0.5


def disagreement(
    found: ImagePrediction, data: Slice, image: int, spec: ModelSpec, least_score: float = SURE_SCORE
) -> float | None:
    """Of an image of a slice, by its index there; None where there is nothing to say.

    ``spec`` has the store's categories. Detections below ``least_score`` do not count.
    """
    if any(one.garment_id is not None for one in found.garments):
        return _of_asked(found.garments, data, image, spec)
    known = {one.id for one in spec.categories}
    own = [
        garment
        for garment in data.of_image(image)
        if int(data.category_ids[garment]) in known and not data.crowd[garment]
    ]
    sure = sorted(
        (one for one in found.garments if one.score >= least_score and one.box is not None),
        key=lambda one: -one.score,
    )
    if not own and not sure:
        return 0.0
    matched = _matched(sure, data, own)
    alone = len(own) + len(sure) - 2 * len(matched)
    return float((sum(1 - shared for shared in matched) + alone) / (len(matched) + alone))


def _matched(sure: Sequence[GarmentPrediction], data: Slice, own: Sequence[int]) -> list[float]:
    """The overlaps of the pairs."""
    if not own or not sure:
        return []
    shared = overlap([one.box for one in sure if one.box is not None], data.boxes[list(own)])
    alike = np.array([[one.category_id == data.category_ids[garment] for garment in own] for one in sure])
    shared[~alike] = 0.0
    pairs = []
    for row in shared:
        best = int(row.argmax())
        if row[best] >= LEAST_OVERLAP:
            pairs.append(float(row[best]))
            shared[:, best] = 0.0
    return pairs


def _of_asked(
    garments: Sequence[GarmentPrediction], data: Slice, image: int, spec: ModelSpec
) -> float | None:
    places = {one.id: place for place, one in enumerate(spec.categories)}
    kinds = {int(data.garment_ids[g]): int(data.category_ids[g]) for g in data.of_image(image)}
    wrong = []
    for one in garments:
        place = places.get(kinds.get(one.garment_id or 0, 0))
        if place is not None and one.category_scores is not None:
            wrong.append(1 - float(one.category_scores[place]))
    return float(np.clip(np.mean(wrong), 0, 1)) if wrong else None
