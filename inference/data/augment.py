"""Random changes that carry boxes, masks and landmarks along: torchvision's v2 transforms, and a flip.

A sample is a dict with ``image`` (tv_tensors.Image, uint8), ``landmarks`` (tv_tensors.KeyPoints, of shape
``(..., n, 2)``), ``visibility`` and ``swaps`` (int64 ``(..., n)``), and for detectors ``boxes`` and
``masks``. Coordinates are continuous: pixel i covers i to i + 1, so that a flip maps x to width - x for boxes
and landmarks alike. ``swaps`` says for each landmark which one takes its place in a mirror.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torchvision import tv_tensors
from torchvision.transforms import v2
from torchvision.transforms.v2 import functional

from inference.data.pictures import OUTSIDE
from store.runs.config import AugmentConfig

Sample = dict[str, Any]

#: Hue is an angle: a tenth of the circle is already another colour.
_HUE = 0.1
#: What an erased rectangle covers of the picture, and its width over its height.
_ERASED, _RATIO = (0.02, 0.2), (0.4, 2.5)


@contextmanager
def seeded(*key: int) -> Iterator[None]:
    """Torch's random numbers on the processor follow from ``key`` alone; afterwards they go on as before."""
    state = torch.get_rng_state()
    words = np.random.SeedSequence([part & 0xFFFFFFFF for part in key]).generate_state(2, np.uint32)
    torch.default_generator.manual_seed(int(words[0]) << 31 | int(words[1]) >> 1)
    try:
        yield
    finally:
        torch.set_rng_state(state)


class Augmentation:
    """The changes that a configuration asks for, on one sample at a time.

    ``visible`` and ``occluded`` are what the caller's visibilities mean by these words: an erased rectangle
    hides the landmarks under it. ``room`` is how much more than is wanted a roomy one needs on each side, as
    a share of what is wanted, so that what moves in from outside is picture and not grey.
    """

    def __init__(self, config: AugmentConfig, visible: int, occluded: int, *, roomy: bool = False) -> None:
        self._flip = config.flip
        self._erase = config.erase
        self._states = (visible, occluded)
        self.turns = config.rotation > 0
        self.moves = config.scale > 0 or self.turns
        self.room = _room(config.scale, config.rotation) if roomy and self.moves else 0.0
        # Of what is asked for, not of what was cut out with room around it.
        place = config.scale / (1 + 2 * self.room)
        self._affine = v2.RandomAffine(
            degrees=config.rotation,
            translate=(place, place),
            scale=(1 - config.scale, 1 + config.scale),
            interpolation=v2.InterpolationMode.BILINEAR,
            fill={tv_tensors.Image: list(OUTSIDE), "others": 0},
        )
        strength = config.colour
        self._colour = (
            v2.ColorJitter(brightness=strength, contrast=strength, saturation=strength, hue=_HUE * strength)
            if strength
            else None
        )

    def __call__(self, sample: Sample, crop_to: int | None = None) -> Sample:
        """The sample changed; with ``crop_to`` its middle square of that side, in pixels."""
        if self._flip and float(torch.rand(())) < self._flip:
            sample = flipped(sample)
        if self.moves:
            sample = self._affine(sample)
        if crop_to is not None:
            sample = v2.CenterCrop(crop_to)(sample)
        if self._colour is not None:
            sample["image"] = self._colour(sample["image"])
        if self._erase and float(torch.rand(())) < self._erase:
            sample = self._erased(sample)
        return sample

    def _erased(self, sample: Sample) -> Sample:
        image = sample["image"]
        height, width = image.shape[-2:]
        share, shape = (float(torch.empty(()).uniform_(*limits)) for limits in (_ERASED, _RATIO))
        w = min(max(int((share * width * height * shape) ** 0.5), 1), width)
        h = min(max(int((share * width * height / shape) ** 0.5), 1), height)
        x = int(torch.randint(width - w + 1, ()))
        y = int(torch.randint(height - h + 1, ()))
        grey = torch.tensor(OUTSIDE, dtype=image.dtype)[:, None, None]
        points = sample["landmarks"].as_subclass(torch.Tensor)
        under = (
            (points[..., 0] >= x)
            & (points[..., 0] < x + w)
            & (points[..., 1] >= y)
            & (points[..., 1] < y + h)
        )
        visible, occluded = self._states
        visibility = sample["visibility"]
        return {
            **sample,
            "image": functional.erase(image, y, x, h, w, grey),
            "visibility": torch.where(under & (visibility == visible), occluded, visibility),
        }


def flipped(sample: Sample) -> Sample:
    """The sample mirrored left to right, left and right landmarks exchanged. Twice is as before."""
    landmarks, swaps = sample["landmarks"], sample["swaps"]
    width = landmarks.canvas_size[1]
    points = landmarks.as_subclass(torch.Tensor).clone()
    points[..., 0] = width - points[..., 0]
    points = torch.gather(points, -2, swaps[..., None].expand(*swaps.shape, 2))
    changed: Sample = {
        name: functional.horizontal_flip(sample[name])
        for name in ("image", "boxes", "masks")
        if name in sample
    }
    return {
        **sample,
        **changed,
        "landmarks": tv_tensors.wrap(points, like=landmarks),
        "visibility": torch.gather(sample["visibility"], -1, swaps),
    }


def _room(scale: float, rotation: float) -> float:
    """Half of the side at most: the corners of large turns stay grey."""
    angle = math.radians(rotation)
    turned = math.cos(angle) + math.sin(angle)
    return min(0.5, (turned / (1 - scale) - 1) / 2 + scale)


def inside(points: Tensor, size: Sequence[int]) -> Tensor:
    """Which points ``(..., 2)`` lie in a picture of the size (height, width)."""
    x, y = points[..., 0], points[..., 1]
    return (x >= 0) & (y >= 0) & (x < size[1]) & (y < size[0])
