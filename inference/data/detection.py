"""Whole pictures with all their garments, as torchvision's detectors take them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torchvision import tv_tensors

from inference.data.augment import Augmentation, Sample, inside
from inference.data.crops import PIXEL_CENTRE
from inference.data.pictures import Pixels, empty, fitted, read, scaled
from inference.data.samples import StudioDataset
from inference.data.slice import COCO_VISIBILITY, Longs, Slice
from resources.correspondence import schema_of
from store.geometry import clip_box
from store.records import Floats

#: The most landmarks that a category of DeepFashion2 has; those of others are filled up with v = 0.
MOST_LANDMARKS = 39
#: COCO's v.
UNLABELLED, OCCLUDED, VISIBLE = 0, 1, 2

#: A garment of which less is left in the picture after a move is no example any more.
_LEAST_LEFT = 0.2
_SMALLEST = 1.0

Target = dict[str, Any]


class DetectionDataset(StudioDataset):
    """The images of a slice with the garments whose category is told apart.

    A sample is ``(image, target)``: ``image (3, H, W)`` float32 RGB 0..1, its longer side ``size`` pixels,
    and the target's ``boxes (n, 4)`` float32 xyxy, ``labels (n,)`` int64 from 1 in the order of
    ``categories``, ``masks (n, H, W)`` uint8, ``landmarks (n, 39, 3)`` float32 x y v, ``garment_ids (n,)``,
    ``identities (n,)`` int64 (-1 none), ``has_mask (n,)`` bool (the mask of a garment without one is empty),
    ``crowd (n,)`` bool, ``image_id`` and ``scale (2,)`` float32: pixels here for a pixel of the image, across
    and down.

    Places are continuous pixels of the scaled picture: pixel i covers i to i + 1. A landmark of the store
    names a pixel, so it lies at its middle: ``x = (stored + 0.5) * scale``.

    In training images without a garment, and crowds, are left out.
    """

    def __init__(
        self,
        data: Slice,
        categories: Sequence[int],
        size: int,
        augmentation: Augmentation | None = None,
        seed: int = 0,
    ) -> None:
        super().__init__(seed, augmentation is not None)
        self.data = data
        self._size = size
        self._augmentation = augmentation
        self._label = {number: index + 1 for index, number in enumerate(categories)}
        self._wanted = np.isin(data.category_ids, list(self._label))
        if self._training:
            self._wanted &= ~data.crowd
        per_image = np.bincount(data.images[self._wanted], minlength=len(data))
        self.images = np.flatnonzero(per_image) if self._training else np.arange(len(data))

    def __len__(self) -> int:
        """Number of images."""
        return len(self.images)

    def _load(self, index: int) -> tuple[int, Pixels]:
        image = int(self.images[index])
        width, height = self._fitted(image)
        longest = int(self.data.sizes[image].max())
        return image, scaled(read(self.data.paths[image], longest / self._size), width, height)

    def _blank(self, index: int) -> tuple[int, Pixels]:
        image = int(self.images[index])
        return image, empty(*self._fitted(image))

    def _fitted(self, image: int) -> tuple[int, int]:
        return fitted(int(self.data.sizes[image, 0]), int(self.data.sizes[image, 1]), self._size)

    def _changed(self, loaded: tuple[int, Pixels]) -> tuple[Tensor, Target]:
        image, pixels = loaded
        garments = [garment for garment in self.data.of_image(image) if self._wanted[garment]]
        size = (pixels.shape[0], pixels.shape[1])
        scale = np.array([size[1], size[0]]) / self.data.sizes[image]
        sample = self._sample(garments, pixels, scale)
        if self._augmentation is not None:
            sample = self._augmentation(sample)
        kept, boxes = self._kept(sample, size)
        numbers = np.array(garments, np.int64)[kept.numpy()]
        target = {
            "boxes": boxes[kept],
            "labels": torch.tensor([self._label[int(i)] for i in self.data.category_ids[numbers]]).long(),
            "masks": sample["masks"].as_subclass(torch.Tensor)[kept],
            "landmarks": _landmarks(sample, size)[kept],
            "garment_ids": torch.from_numpy(self.data.garment_ids[numbers]),
            "identities": torch.from_numpy(self.data.identities[numbers]),
            "has_mask": torch.from_numpy(self._has_mask(numbers)),
            "crowd": torch.from_numpy(self.data.crowd[numbers]),
            "image_id": int(self.data.image_ids[image]),
            "scale": torch.from_numpy(scale.astype(np.float32)),
        }
        return sample["image"].as_subclass(torch.Tensor).contiguous().float().div_(255.0), target

    def _has_mask(self, garments: Longs) -> NDArray[np.bool_]:
        first = self.data.polygon_first
        polygons: NDArray[np.bool_] = first[garments + 1] > first[garments]
        return polygons | np.isin(garments, list(self.data.runs))

    def _sample(self, garments: Sequence[int], pixels: Pixels, scale: Floats) -> Sample:
        height, width = pixels.shape[:2]
        count = len(garments)
        boxes = np.zeros((count, 4), np.float32)
        masks = np.zeros((count, height, width), np.uint8)
        points = np.zeros((count, MOST_LANDMARKS, 2), np.float32)
        states = np.zeros((count, MOST_LANDMARKS), np.int64)
        swaps = np.tile(np.arange(MOST_LANDMARKS), (count, 1))
        for row, garment in enumerate(garments):
            boxes[row] = clip_box(self.data.boxes[garment] * np.tile(scale, 2), width, height)
            masks[row] = self.data.mask(garment, width, height)
            places, visibility = self.data.landmarks(garment)
            schema = schema_of(self.data.schema(garment), len(places))
            if schema is None or schema.size > MOST_LANDMARKS:
                continue
            points[row, : schema.size] = (places + PIXEL_CENTRE) * scale
            states[row, : schema.size] = COCO_VISIBILITY[visibility]
            swaps[row, : schema.size] = schema.mirrored()
        canvas = (height, width)
        return {
            "image": tv_tensors.Image(torch.from_numpy(pixels).permute(2, 0, 1)),
            # Not clamped on the way: how much of a garment is left is asked afterwards.
            "boxes": tv_tensors.BoundingBoxes(
                torch.from_numpy(boxes), format="XYXY", canvas_size=canvas, clamping_mode=None
            ),
            "masks": tv_tensors.Mask(torch.from_numpy(masks)),
            "landmarks": tv_tensors.KeyPoints(torch.from_numpy(points), canvas_size=canvas),
            "visibility": torch.from_numpy(states),
            "swaps": torch.from_numpy(swaps),
        }

    def _kept(self, sample: Sample, size: tuple[int, int]) -> tuple[Tensor, Tensor]:
        """Which garments are still in the picture ``(n,)``, and the boxes ``(n, 4)`` inside of it."""
        whole = sample["boxes"].as_subclass(torch.Tensor)
        if self._augmentation is not None and self._augmentation.turns:
            whole = _tight(sample["masks"].as_subclass(torch.Tensor), whole)
        limits = torch.tensor([size[1], size[0], size[1], size[0]], dtype=whole.dtype)
        boxes = torch.minimum(whole.clamp(min=0), limits)
        sides = boxes[:, 2:] - boxes[:, :2]
        large = (sides >= _SMALLEST).all(dim=1)
        if self._augmentation is None:
            # What is measured is never left out; a detector only refuses boxes without any size.
            return torch.ones_like(large), boxes
        before = (whole[:, 2:] - whole[:, :2]).prod(dim=1).clamp(min=_SMALLEST)
        return large & (sides.prod(dim=1) >= _LEAST_LEFT * before), boxes


def _tight(masks: Tensor, boxes: Tensor) -> Tensor:
    """The boxes of turned garments: the extent of what is seen of a mask, else the turned box's extent."""
    boxes = boxes.clone()
    for row in range(len(boxes)):
        ys, xs = torch.nonzero(masks[row], as_tuple=True)
        if len(xs):
            edges = [xs.min(), ys.min(), xs.max() + 1, ys.max() + 1]
            boxes[row] = torch.stack(edges).to(boxes.dtype)
    return boxes


def _landmarks(sample: Sample, size: tuple[int, int]) -> Tensor:
    """``(n, 39, 3)`` x y v; what is unlabelled or has left the picture is 0 0 0."""
    points = sample["landmarks"].as_subclass(torch.Tensor)
    states = sample["visibility"]
    states = torch.where(inside(points, size), states, UNLABELLED)
    placed = torch.where((states > UNLABELLED)[..., None], points, 0.0)
    return torch.cat([placed, states[..., None].to(points.dtype)], dim=-1)
