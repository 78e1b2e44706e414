"""One image as a batch job sees it: through the same datasets, so that both say the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from inference.data.pictures import empty, fitted, read
from inference.data.slice import Slice, boxes_alone
from inference.models.fashionnet import FashionNetOutput
from inference.prediction.crops import crop_predictions
from inference.prediction.detections import image_prediction
from inference.prediction.loading import Batch, GarmentCrops, Looked, WholeImages, together
from inference.serving.messages import Ask
from store.errors import StudioError
from store.pictures import picture_size
from store.runs.manifest import ModelSpec
from store.runs.predicting import PredictConfig
from store.runs.predictions import GarmentPrediction, ImagePrediction

#: What is less likely is in no batch job's results either.
_LEAST_SCORE = PredictConfig("").score


def sized(ask: Ask) -> Ask:
    """The question with the image's width and height, from its file where nobody knows them.

    PictureError, naming the file, where that cannot be read.
    """
    if ask.width > 0 and ask.height > 0:
        return ask
    found = picture_size(Path(ask.path))
    return replace(ask, width=found.width, height=found.height)


def whole_image(ask: Ask, spec: ModelSpec) -> Batch:
    """The image as a detector sees it. PictureError, naming the file, where it cannot be read."""
    return _looked(ask, WholeImages(slice_of(ask), spec)[0])


def garment_crops(ask: Ask, spec: ModelSpec) -> Batch:
    """The garments as a network for crops sees them.

    StudioError where there are none or a box cannot be; PictureError, naming the file, where that cannot be
    read.
    """
    if not ask.garments:
        raise StudioError(
            "This image has no garments, and this model looks at garments, not at whole images.",
            "Draw a box first, or choose a model that finds garments.",
        )
    broken = [one.id for one in ask.garments if not np.isfinite(one.box).all()]
    if broken:
        raise StudioError(f"The box of garment {broken[0]} is not made of numbers.", "Draw it anew.")
    return _looked(ask, GarmentCrops(slice_of(ask), spec)[0])


def detected(ask: Ask, spec: ModelSpec, batch: Batch, found: dict[str, Tensor]) -> ImagePrediction:
    """What a detector found in the image, in its pixels."""
    height, width = batch.pixels[0].shape[:2]
    scale = (width / ask.width, height / ask.height)
    return image_prediction(found, spec, ask.image_id, (ask.width, ask.height), scale, _LEAST_SCORE)


def described(ask: Ask, spec: ModelSpec, batch: Batch, said: FashionNetOutput | Tensor) -> ImagePrediction:
    """What a network for crops says of the garments. An embedding leaves them in their categories."""
    count = len(ask.garments)
    fields = {
        "box": torch.from_numpy(batch.frames.astype(np.float32)),
        "garment_id": torch.tensor([one.id for one in ask.garments]),
        "image_id": torch.full((count,), ask.image_id),
        "category": torch.zeros(count, dtype=torch.int64),
    }
    garments: Sequence[GarmentPrediction] = [one for _, one in crop_predictions(said, fields, spec)]
    if isinstance(said, Tensor):
        kinds = (one.category_id for one in ask.garments)
        garments = [replace(one, category_id=kind) for one, kind in zip(garments, kinds, strict=True)]
    return ImagePrediction(ask.image_id, tuple(garments))


def nothing(spec: ModelSpec, whole: bool) -> Batch:
    """A picture that shows nothing, of a size that networks are given, to warm them up."""
    size = spec.input_size
    width, height = fitted(2, 3, size) if whole else (size, size)
    return together([Looked(0, (empty(width, height),), np.array([[0.0, 0.0, size, size]]))])


def slice_of(ask: Ask) -> Slice:
    """The image with the garments asked about, of which nothing but box and category is known."""
    boxes = np.array([one.box for one in ask.garments], np.float64).reshape(-1, 4)
    kinds = np.array([one.category_id for one in ask.garments], np.int64)
    ids = np.array([one.id for one in ask.garments], np.int64)
    return Slice(
        paths=(ask.path,),
        image_ids=np.array([ask.image_id]),
        sizes=np.array([[ask.width, ask.height]]),
        shop=np.full(1, -1, np.int8),
        review=np.zeros(1, np.int8),
        known={},
        **boxes_alone([len(ask.garments)], boxes, kinds, ids),
    )


def _looked(ask: Ask, looked: Looked) -> Batch:
    """In a batch a picture that cannot be read is passed over with a note; a person is told."""
    if looked.problem:
        # Once more, for the error itself: the note is its text.
        read(ask.path)
        raise StudioError(looked.problem, "Try again.")
    return together([looked])
