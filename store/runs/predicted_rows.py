"""How a predicted garment stands in a row of ``predictions.db``."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from store.runs.predictions import GarmentPrediction

#: The columns of a garment, in the order of :func:`garment_row`.
GARMENT = (
    "image_id, place, category_id, score, garment_id, box, mask_height, mask_width, mask, landmarks, "
    "category_scores, attribute_scores, embedding"
)


def garment_row(image_id: int, place: int, one: GarmentPrediction) -> tuple[Any, ...]:
    """The row of the garment that stands at a place, from 0, among those of an image."""
    height = width = text = None
    if one.mask is not None:
        height, width = (int(side) for side in one.mask["size"])
        counts = one.mask["counts"]
        text = counts.decode("ascii") if isinstance(counts, bytes) else counts
    return (
        image_id,
        place,
        one.category_id,
        one.score,
        one.garment_id,
        _blob(one.box, np.float64),
        height,
        width,
        text,
        _blob(one.landmarks, np.float64),
        _blob(one.category_scores, np.float32),
        _blob(one.attribute_scores, np.float32),
        _blob(one.embedding, np.float32),
    )


def read_garment(row: tuple[Any, ...]) -> GarmentPrediction:
    """The garment of a row; arrays are float64 again."""
    _image_id, _place, category, score, garment, box, height, width, text, landmarks, *vectors = row
    places = _array(landmarks, np.float64)
    categories, attributes, embedding = (_array(one, np.float32) for one in vectors)
    return GarmentPrediction(
        category_id=category,
        score=score,
        box=_array(box, np.float64),
        mask=None if text is None else {"size": [height, width], "counts": text},
        landmarks=None if places is None else places.reshape(-1, 3),
        category_scores=categories,
        attribute_scores=attributes,
        garment_id=garment,
        embedding=embedding,
    )


def _blob(values: NDArray[Any] | None, kind: type[np.floating[Any]]) -> bytes | None:
    return (
        None if values is None else np.ascontiguousarray(values, np.dtype(kind).newbyteorder("<")).tobytes()
    )


def _array(blob: bytes | None, kind: type[np.floating[Any]]) -> NDArray[np.float64] | None:
    return None if blob is None else np.frombuffer(blob, np.dtype(kind).newbyteorder("<")).astype(np.float64)
