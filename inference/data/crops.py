"""Garments cut out of their pictures, for networks that look at one garment at a time."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torchvision import tv_tensors

from inference.data.augment import Augmentation, Sample, inside
from inference.data.pictures import Pixels, bordered, empty, read, scaled
from inference.data.samples import StudioDataset
from inference.data.slice import Slice
from resources.correspondence import fashion8, schema_of, to_fashion8
from store.geometry import clip_box
from store.records import Floats, Visibility

#: Visibilities of the crops' landmarks, as DeepFashion numbers them; -1 is ignored by losses and measures.
VISIBLE, OCCLUDED, CUT_OFF, IGNORED = 0, 1, 2, -1
_STATES = np.array([IGNORED, OCCLUDED, VISIBLE, CUT_OFF], np.int64)
#: From where a landmark's number says a pixel to the middle of that pixel.
PIXEL_CENTRE = 0.5

assert [Visibility.UNLABELLED, Visibility.OCCLUDED, Visibility.VISIBLE, Visibility.CUT_OFF] == [0, 1, 2, 3]


class Cut(NamedTuple):
    """A square crop ``(S, S, 3)`` uint8 RGB and what it shows: ``frame (4,)`` x1 y1 x2 y2 in image pixels."""

    pixels: Pixels
    frame: Floats


def frame(box: Floats | Sequence[float], margin: float, *, stretch: bool = False) -> Floats:
    """The square ``(4,)`` around a box ``(4,)``, with ``margin`` of its longer side as room on every side.

    With ``stretch`` it is the box itself with that share of each side as room, to be stretched to a square.
    """
    x1, y1, x2, y2 = (float(value) for value in box)
    sides = np.maximum([x2 - x1, y2 - y1], 1.0)
    half = (sides if stretch else np.repeat(sides.max(), 2)) * (0.5 + margin)
    centre = np.array([x1 + x2, y1 + y2]) / 2
    return np.concatenate([centre - half, centre + half])


def cut(picture: Pixels, square: Floats, size: int, factor: tuple[float, float] = (1.0, 1.0)) -> Cut:
    """The square ``(4,)`` of a picture at ``size`` pixels a side; what is outside the picture is grey.

    ``factor`` is how much smaller the decoded picture is than the image, across and down. The frame of the
    result is the square moved to whole pixels of the decoded picture, exact in image pixels.
    """
    height, width = picture.shape[:2]
    sides = [max(1, round((square[2 + axis] - square[axis]) * factor[axis])) for axis in (0, 1)]
    x1, y1 = round(float(square[0]) * factor[0]), round(float(square[1]) * factor[1])
    x2, y2 = x1 + sides[0], y1 + sides[1]
    inner = picture[max(y1, 0) : max(min(y2, height), 0), max(x1, 0) : max(min(x2, width), 0)]
    if not inner.size:
        inner = empty(sides[0], sides[1])
    elif inner.shape[:2] != (sides[1], sides[0]):
        top, left = max(-y1, 0), max(-x1, 0)
        under, right = sides[1] - top - inner.shape[0], sides[0] - left - inner.shape[1]
        inner = bordered(inner, top, under, left, right)
    shown = np.array([x1 / factor[0], y1 / factor[1], x2 / factor[0], y2 / factor[1]])
    return Cut(scaled(inner, size, size), shown)


def read_cut(path: str, image_size: tuple[int, int], square: Floats, size: int) -> Cut:
    """As :func:`cut`, from a picture file of the image size (width, height), decoded no larger than needed.

    PictureError, naming the file, where it cannot be read.
    """
    picture = read(path, float(min(square[2:] - square[:2])) / size)
    height, width = picture.shape[:2]
    return cut(picture, square, size, (width / image_size[0], height / image_size[1]))


class CropDataset(StudioDataset):
    """The garments of a slice as crops.

    A sample is a dict of ``image (3, S, S)`` float32 RGB 0..1, ``landmarks (8, 2)`` float32 in 0..1 of the
    crop, ``visibility (8,)`` int64 (0 visible, 1 occluded, 2 cut off or outside of the crop, -1 unlabelled or
    without counterpart), ``category`` int64 index into ``categories``, ``attributes (A,)`` float32 (1, 0, NaN
    unknown), ``identity``, ``garment_id``, ``image_id`` int64, ``box (4,)`` float32: the crop in pixels of
    the image, before any random change.
    """

    def __init__(
        self,
        data: Slice,
        categories: Sequence[int],
        attributes: Sequence[str],
        size: int,
        margin: float,
        augmentation: Augmentation | None = None,
        seed: int = 0,
        *,
        stretch: bool = False,
    ) -> None:
        super().__init__(seed, augmentation is not None)
        self.data = data
        self._size, self._margin, self._stretch = size, margin, stretch
        self._augmentation = augmentation
        self._room = 0 if augmentation is None else math.ceil(size * augmentation.room)
        self._category = {number: index for index, number in enumerate(categories)}
        self._columns = data.attribute_columns(attributes)
        known = np.isin(data.category_ids, list(self._category)) & ~data.crowd
        self.garments = np.flatnonzero(known)
        self._swaps = torch.tensor(fashion8().mirrored(), dtype=torch.int64)

    def __len__(self) -> int:
        """Number of garments whose category is among those told apart."""
        return len(self.garments)

    def _load(self, index: int) -> tuple[int, Cut]:
        garment = int(self.garments[index])
        image = int(self.data.images[garment])
        square, size = self._square(garment)
        width, height = (int(side) for side in self.data.sizes[image])
        return garment, read_cut(self.data.paths[image], (width, height), square, size)

    def _blank(self, index: int) -> tuple[int, Cut]:
        garment = int(self.garments[index])
        square, size = self._square(garment)
        return garment, Cut(empty(size, size), square)

    def _square(self, garment: int) -> tuple[Floats, int]:
        """What to cut out in image pixels, room for moves included, and how large to make it."""
        size = self.data.sizes[self.data.images[garment]]
        inner = frame(clip_box(self.data.boxes[garment], *size), self._margin, stretch=self._stretch)
        more = (inner[2:] - inner[:2]) * self._room / self._size
        return inner + np.concatenate([-more, more]), self._size + 2 * self._room

    def _changed(self, loaded: tuple[int, Cut]) -> dict[str, Any]:
        garment, (pixels, shown) = loaded
        whole = pixels.shape[0]
        points, visibility = self._landmarks(garment)
        points = (points - shown[:2]) / (shown[2:] - shown[:2]) * whole
        sample: Sample = {
            "image": tv_tensors.Image(torch.from_numpy(pixels).permute(2, 0, 1)),
            "landmarks": tv_tensors.KeyPoints(
                torch.from_numpy(points.astype(np.float32)), canvas_size=(whole, whole)
            ),
            "visibility": torch.from_numpy(visibility),
            "swaps": self._swaps,
        }
        if self._augmentation is not None:
            sample = self._augmentation(sample, self._size if self._room else None)
        less = (shown[2:] - shown[:2]) * self._room / whole
        box = shown + np.concatenate([less, -less])
        return self._tensors(garment, sample, box)

    def _landmarks(self, garment: int) -> tuple[Floats, NDArray[np.int64]]:
        """FashionNet's eight of a garment: places in image pixels (continuous) and visibilities."""
        points, states = self.data.landmarks(garment)
        schema = schema_of(self.data.schema(garment), len(points))
        places = np.zeros((8, 2))
        visibility = np.full(8, IGNORED, np.int64)
        if schema is not None:
            own = np.array(to_fashion8(schema))
            there = own >= 0
            places[there] = points[own[there]] + PIXEL_CENTRE
            visibility[there] = _STATES[states[own[there]]]
        return places, visibility

    def _tensors(self, garment: int, sample: Sample, box: Floats) -> dict[str, Any]:
        points = sample["landmarks"].as_subclass(torch.Tensor)
        visibility = sample["visibility"]
        placed = (visibility == VISIBLE) | (visibility == OCCLUDED)
        seen = placed & inside(points, (self._size, self._size))
        points = torch.where(seen[:, None], points / self._size, 0.0)
        data = self.data
        return {
            "image": sample["image"].as_subclass(torch.Tensor).contiguous().float().div_(255.0),
            "landmarks": points,
            "visibility": torch.where(placed & ~seen, CUT_OFF, visibility),
            "category": torch.tensor(self._category[int(data.category_ids[garment])]),
            "attributes": torch.from_numpy(data.attribute_values(garment, self._columns)),
            "identity": torch.tensor(int(data.identities[garment])),
            "garment_id": torch.tensor(int(data.garment_ids[garment])),
            "image_id": torch.tensor(int(data.image_ids[data.images[garment]])),
            "box": torch.from_numpy(box.astype(np.float32)),
        }
