"""From what a detector gives to garments in pixels of the image."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from pycocotools import mask as coco_masks
from torch import Tensor
from torchvision.models.detection.roi_heads import paste_masks_in_image

from inference.data.crops import PIXEL_CENTRE
from store.runs.manifest import ModelSpec
from store.runs.predictions import GarmentPrediction, ImagePrediction

#: From which probability on a pixel belongs to a garment.
_INSIDE = 0.5


def image_prediction(
    found: dict[str, Tensor],
    spec: ModelSpec,
    image_id: int,
    size: tuple[int, int],
    scale: tuple[float, float],
    least_score: float = 0.0,
) -> ImagePrediction:
    """The garments of one image from a detector's output (see ``inference/models/regions.py``).

    ``size`` is the image's (width, height) in pixels, ``scale`` the network's pixels for a pixel of the
    image, across and down. Garments below ``least_score`` are left out. Masks become run lengths of the
    whole image.
    """
    keep = found["scores"] >= least_score
    kept = {key: value[keep].detach().float().cpu() for key, value in found.items()}
    factor = torch.tensor([*scale, *scale], dtype=torch.float32)
    boxes = kept["boxes"] / factor
    masks = _run_lengths(kept["masks"], boxes, size) if "masks" in kept else [None] * len(boxes)
    garments = []
    for row in range(len(boxes)):
        category = spec.categories[int(kept["labels"][row]) - 1]
        garments.append(
            GarmentPrediction(
                category_id=category.id,
                score=float(kept["scores"][row]),
                box=boxes[row].double().numpy(),
                mask=masks[row],
                landmarks=_landmarks(kept, row, category.landmarks, scale),
                embedding=kept["embeddings"][row].double().numpy() if "embeddings" in kept else None,
            )
        )
    return ImagePrediction(image_id, tuple(garments))


def given_boxes(target: Mapping[str, Any], landmarks: Tensor, spec: ModelSpec) -> ImagePrediction:
    """The landmarks ``(n, 39, 3)`` of an image's garments as perfect detections of them; see
    DetectionDataset."""
    scale = (float(target["scale"][0]), float(target["scale"][1]))
    boxes = target["boxes"] / torch.tensor([*scale, *scale])
    kept = {"landmarks": landmarks.detach().float().cpu()}
    garments = []
    for row, label in enumerate(target["labels"].tolist()):
        category = spec.categories[label - 1]
        places = _landmarks(kept, row, category.landmarks, scale)
        garments.append(
            GarmentPrediction(category.id, 1.0, box=boxes[row].double().numpy(), landmarks=places)
        )
    return ImagePrediction(int(target["image_id"]), tuple(garments))


def _landmarks(
    kept: dict[str, Tensor], row: int, count: int, scale: tuple[float, float]
) -> NDArray[np.float64] | None:
    if "landmarks" not in kept or not count:
        return None
    points = kept["landmarks"][row, :count].double().numpy().copy()
    points[:, :2] = points[:, :2] / np.array(scale) - PIXEL_CENTRE
    return np.asarray(points)


def _run_lengths(masks: Tensor, boxes: Tensor, size: tuple[int, int]) -> list[dict[str, Any] | None]:
    """COCO run lengths of masks (n, 1, 28, 28) of probabilities over boxes (n, 4) of an image of this
    size.

    One after the other: a hundred masks of a large photograph at once would take gigabytes.
    """
    width, height = size
    found: list[dict[str, Any] | None] = []
    for mask, box in zip(masks[:, None], boxes[:, None], strict=True):
        whole = paste_masks_in_image(mask, box, (height, width))[0, 0] >= _INSIDE
        found.append(coco_masks.encode(np.asfortranarray(whole.to(torch.uint8).numpy())))
    return found
