"""A model over the images of a slice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch
from torch import nn

from inference.data import Slice, StudioLoader, crop_loader, detection_loader
from inference.devices import choose
from inference.models import ARCHITECTURES, load_model
from inference.prediction.crops import by_image, crop_predictions
from inference.prediction.detections import given_boxes, image_prediction
from store.progress import Progress, silent
from store.runs.config import RunConfig
from store.runs.configuring import validated
from store.runs.manifest import ModelManifest, ModelSpec
from store.runs.predictions import GarmentPrediction, ImagePrediction


class Predictor:
    """A network with what is known of it, on a device."""

    def __init__(self, network: nn.Module, spec: ModelSpec, device: str = "cpu") -> None:
        self.spec = spec
        self.device = torch.device(device)
        self.network = network.to(self.device).eval()

    @classmethod
    def load(cls, folder: Path, device: str = "auto") -> tuple[Predictor, ModelManifest]:
        """The predictor of a model folder, and its manifest. StudioError as of ``load_model``."""
        network, manifest = load_model(folder)
        return cls(network, manifest.spec, choose(device)), manifest

    def predict(
        self, data: Slice, *, batch: int = 8, workers: int = 1, progress: Progress = silent
    ) -> tuple[tuple[ImagePrediction, ...], tuple[str, ...]]:
        """What the model says of all images of a slice, and sentences about pictures that cannot be read.

        Detectors find garments; the others are asked about the garments that are there, in their true boxes.
        """
        config = _config(self.spec, batch, workers)
        if ARCHITECTURES[self.spec.architecture].whole_images:
            ids = [category.id for category in self.spec.categories]
            loader = detection_loader(data, config, False, categories=ids)
            return tuple(self._detected(loader, data, progress)), tuple(loader.problems)
        loader = crop_loader(
            data, config, False, [one.id for one in self.spec.categories], self.spec.attributes
        )
        return by_image(self._asked(loader, progress)), tuple(loader.problems)

    @torch.inference_mode()
    def _detected(self, loader: StudioLoader, data: Slice, progress: Progress) -> Iterator[ImagePrediction]:
        sizes = {int(i): (int(w), int(h)) for i, (w, h) in zip(data.image_ids, data.sizes, strict=True)}
        done = 0
        try:
            for images, targets in loader:
                outputs = self.network([image.to(self.device) for image in images])
                for found, target in zip(outputs, targets, strict=True):
                    scale = (float(target["scale"][0]), float(target["scale"][1]))
                    image = int(target["image_id"])
                    yield image_prediction(found, self.spec, image, sizes[image], scale)
                done += len(images)
                progress(done, len(data), "images looked at")
        finally:
            loader.close()

    @torch.inference_mode()
    def landmarks_in_true_boxes(
        self, data: Slice, *, batch: int = 8, workers: int = 1, progress: Progress = silent
    ) -> tuple[ImagePrediction, ...]:
        """Where Match R-CNN puts the landmarks of the garments that are there, in their true boxes.

        What it would reach if its detections were perfect: to be read beside a template that is given the
        boxes.
        """
        ids = [category.id for category in self.spec.categories]
        loader = detection_loader(data, _config(self.spec, batch, workers), False, categories=ids)
        network: Any = self.network
        found = []
        try:
            for images, targets in loader:
                seen, _ = network.transform([image.to(self.device) for image in images])
                features = network.backbone(seen.tensors)
                boxes = [target["boxes"].to(self.device) for target in targets]
                labels = [target["labels"].to(self.device) for target in targets]
                parts = network.roi_heads.landmarks_in(features, boxes, labels, seen.image_sizes)
                for target, part in zip(targets, parts, strict=True):
                    found.append(given_boxes(target, part, self.spec))
                progress(len(found), len(data), "images looked at, given their boxes")
        finally:
            loader.close()
        return tuple(found)

    @torch.inference_mode()
    def _asked(self, loader: StudioLoader, progress: Progress) -> Iterator[tuple[int, GarmentPrediction]]:
        done, total = 0, len(loader.dataset)  # type: ignore[arg-type]
        try:
            for batch in loader:
                said = self.network(batch["image"].to(self.device))
                yield from crop_predictions(said, batch, self.spec)
                done += len(batch["image"])
                progress(done, total, "garments looked at")
        finally:
            loader.close()


def _config(spec: ModelSpec, batch: int, workers: int) -> RunConfig:
    """What the loaders need to know of a model's input."""
    margin = float(spec.options.get("crop_margin", 0.1))
    crop = str(spec.options.get("crop", "square"))
    data = {"image_size": spec.input_size, "crop": crop, "crop_margin": margin, "workers": workers}
    return validated({"data": data, "training": {"batch": batch}})
