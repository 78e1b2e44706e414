"""Mask R-CNN and Match R-CNN in training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from torch import Tensor, nn

from inference.prediction.detections import image_prediction
from inference.training.modules.base import GarmentModule
from store.runs.config import RunConfig
from store.runs.manifest import ModelSpec
from store.runs.predictions import GarmentPrediction, ImageTruth

#: torchvision's names of the losses, by ours.
_PARTS = {
    "category": ("loss_classifier",),
    "box": ("loss_box_reg",),
    "mask": ("loss_mask",),
    "proposals": ("loss_objectness", "loss_rpn_box_reg"),
    "landmarks": ("loss_landmarks",),
    "match": ("loss_match",),
}
#: Fewer detections make validation quicker and change AP by nothing that can be seen.
_LEAST_SCORE = 0.05


class DetectorModule(GarmentModule):
    """Batches are torchvision's ``(images, targets)``; see docs/architecture.md."""

    higher_is_better = True

    def __init__(
        self, network: nn.Module, spec: ModelSpec, config: RunConfig, truths: Sequence[ImageTruth]
    ) -> None:
        super().__init__(network, spec, config, truths)
        has_landmarks = spec.architecture == "match-rcnn" and any(one.landmarks for one in spec.categories)
        self.headline = "landmarks/AP" if has_landmarks else "masks/AP"
        self._sizes = {image.image_id: (image.width, image.height) for image in truths}

    def losses(self, batch: Any) -> dict[str, Tensor]:
        """As torchvision's, under the names of the configuration."""
        images, targets = batch
        found: dict[str, Tensor] = self.network(images, targets)
        return {
            name: sum((found[part] for part in parts[1:]), found[parts[0]])
            for name, parts in _PARTS.items()
            if parts[0] in found
        }

    def weights(self) -> Mapping[str, float]:
        """As configured."""
        return {name: getattr(self.config.loss, name) for name in _PARTS}

    def predictions(self, batch: Any) -> list[tuple[int, GarmentPrediction]]:
        """What is detected, in image pixels."""
        images, targets = batch
        found = []
        for output, target in zip(self.network(images), targets, strict=True):
            image = int(target["image_id"])
            scale = (float(target["scale"][0]), float(target["scale"][1]))
            said = image_prediction(output, self.spec, image, self._sizes[image], scale, _LEAST_SCORE)
            found += [(image, garment) for garment in said.garments]
        return found

    def images_of(self, batch: Any) -> list[int]:
        """The ids of the images in a batch."""
        return [int(target["image_id"]) for target in batch[1]]
