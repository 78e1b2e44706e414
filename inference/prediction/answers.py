"""From what a network gave for a batch to what is written of its images."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from inference.data.slice import Slice
from inference.prediction.crops import crop_predictions
from inference.prediction.detections import image_prediction
from inference.prediction.disagreement import disagreement
from inference.prediction.engine import Found, Said
from inference.prediction.loading import Batch, asked
from store.runs.manifest import ModelSpec
from store.runs.predicted import SURE_SCORE, PredictedImage
from store.runs.predicting import CategoryMapping
from store.runs.predictions import GarmentPrediction, ImagePrediction


class Answers:
    """What a model says of the images of a slice, in the store's categories, with the disagreement."""

    def __init__(
        self,
        data: Slice,
        spec: ModelSpec,
        mapped: CategoryMapping,
        least_score: float,
        whole: bool,
        counted_from: float = SURE_SCORE,
    ) -> None:
        """``least_score`` is of detections; a garment that was asked about always has an answer.

        Detections from ``counted_from`` on count in the disagreement.
        """
        self._data, self._spec, self._mapped = data, spec, mapped
        self._least_score, self._whole, self._counted_from = least_score, whole, counted_from
        self._none = () if whole else tuple(i for i in range(len(data)) if not asked(data, i))

    @property
    def without(self) -> int:
        """How many images have no garment that a network for crops could be asked about."""
        return len(self._none)

    def unasked(self) -> list[PredictedImage]:
        """The images that no batch has, because there is nothing to ask about."""
        return [self._predicted(index, ()) for index in self._none]

    def of(self, batch: Batch | None, said: Any) -> list[PredictedImage]:
        """What is written of each image of a batch; broken pictures are there with their problem."""
        if batch is None:
            return []
        garments: dict[int, Sequence[GarmentPrediction]] = {}
        if said is not None:
            garments = self._detected(batch, said) if self._whole else self._described(batch, said)
        return [
            self._predicted(index, garments.get(index, ()), problem)
            for index, problem in zip(batch.indices, batch.problems, strict=True)
        ]

    def _predicted(
        self, index: int, garments: Sequence[GarmentPrediction], problem: str = ""
    ) -> PredictedImage:
        own = ImagePrediction(int(self._data.image_ids[index]), tuple(garments))
        if problem:
            return PredictedImage(own, None, problem)
        found = self._mapped.applied(own, self._spec)
        if not self._whole and not found.garments:
            return PredictedImage(found)
        differs = disagreement(found, self._data, index, self._mapped.spec, self._counted_from)
        return PredictedImage(found, differs)

    def _detected(self, batch: Batch, said: Sequence[Found]) -> dict[int, Sequence[GarmentPrediction]]:
        seen = [index for index, count in zip(batch.indices, batch.counts, strict=True) if count]
        garments: dict[int, Sequence[GarmentPrediction]] = {}
        for index, one, pixels in zip(seen, said, batch.pixels, strict=True):
            width, height = (int(side) for side in self._data.sizes[index])
            scale = (pixels.shape[1] / width, pixels.shape[0] / height)
            found = image_prediction(one, self._spec, index, (width, height), scale, self._least_score)
            garments[index] = found.garments
        return garments

    def _described(self, batch: Batch, said: Said) -> dict[int, Sequence[GarmentPrediction]]:
        data = self._data
        images = [
            index for index, count in zip(batch.indices, batch.counts, strict=True) for _ in range(count)
        ]
        rows = [
            garment
            for index, count in zip(batch.indices, batch.counts, strict=True)
            if count
            for garment in asked(data, index)
        ]
        fields = {
            # As the evaluation's loader hands it over.
            "box": torch.from_numpy(batch.frames.astype(np.float32)),
            "garment_id": torch.from_numpy(data.garment_ids[rows]),
            "image_id": torch.tensor(images),
            "category": torch.zeros(len(rows), dtype=torch.int64),
        }
        garments: dict[int, list[GarmentPrediction]] = defaultdict(list)
        answers = crop_predictions(said, fields, self._spec)
        for row, (index, garment) in zip(rows, answers, strict=True):
            if isinstance(said, Tensor):
                garment = replace(garment, category_id=int(data.category_ids[row]))
            garments[index].append(garment)
        return dict(garments)
