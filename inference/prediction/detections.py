"""From what a detector gives to garments in pixels of the image."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from pycocotools import mask as coco_masks
from torch import Tensor
from torchvision.models.detection.roi_heads import expand_boxes, expand_masks

from inference.data.crops import PIXEL_CENTRE
from store.cv import cv2
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

    As torchvision pastes them, but only where the box is: whole images of mostly nothing would take longer
    than a small network.
    """
    width, height = size
    if not len(masks):
        return []
    padded, factor = expand_masks(masks, 1)
    places = expand_boxes(boxes, factor).to(torch.int64).tolist()
    return [
        _runs_in(mask[0], place, width, height) for mask, place in zip(padded.numpy(), places, strict=True)
    ]


def _runs_in(mask: NDArray[np.float32], box: list[int], width: int, height: int) -> dict[str, Any]:
    """The run lengths of a mask ``(m, m)`` stretched over a box x1 y1 x2 y2, corners included."""
    x1, y1, x2, y2 = box
    left, top, right, under = max(x1, 0), max(y1, 0), min(x2 + 1, width), min(y2 + 1, height)
    if right <= left or under <= top:
        return _packed([width * height], width, height)
    # Stretched no further than the image reaches: a box may be far larger.
    sides = (max(x2 - x1 + 1, 1), max(y2 - y1 + 1, 1))
    stretched = cv2.resize(mask, sides, interpolation=cv2.INTER_LINEAR)
    inside = stretched[top - y1 : under - y1, left - x1 : right - x1] >= _INSIDE
    columns = np.zeros((right - left, height), np.uint8)
    columns[:, top:under] = cv2.transpose(inside.view(np.uint8))
    flat = columns.ravel()
    edges = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    start = left * height
    first = [start] if flat[0] else []
    last = [right * height] if flat[-1] and right < width else []
    runs = np.diff(np.concatenate([[0], first, edges + start, last, [width * height]]).astype(np.int64))
    return _packed(runs.tolist(), width, height)


def _packed(runs: list[int], width: int, height: int) -> dict[str, Any]:
    packed: dict[str, Any] = coco_masks.frPyObjects({"size": [height, width], "counts": runs}, height, width)
    return packed
