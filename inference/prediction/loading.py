"""Pictures for prediction alone: decoded in other processes, handed over as bytes, nothing else beside.

Training and evaluation need masks and landmarks with their pictures; a prediction does not, and drawing them
takes longer than decoding. What the network sees is the same, pixel by pixel.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from inference.data import processes
from inference.data.crops import cut, frame
from inference.data.pictures import Pixels, empty, fitted, read, scaled
from inference.data.slice import Slice
from store.errors import StudioError
from store.geometry import clip_box
from store.pictures import PictureError
from store.runs.manifest import ModelSpec

Floats = NDArray[np.float64]

#: JPEG is decoded at one of these shares of its sides; see :func:`inference.data.pictures.read`.
_STEPS = (8, 4, 2, 1)


class Looked(NamedTuple):
    """An image of a slice as a network gets it: pictures ``(H, W, 3)`` uint8 RGB.

    For detectors one picture and ``frames`` of nothing; else one for each garment, with ``frames (k, 4)`` in
    image pixels. ``problem`` says why there are none.
    """

    image: int
    pictures: tuple[Pixels, ...] = ()
    frames: Floats = np.empty((0, 4))
    problem: str = ""


class Batch(NamedTuple):
    """Images that go through the network together.

    ``pixels`` is ``(n, H, W, 3)`` where all pictures are of one size, else a list of ``(H, W, 3)``, uint8.
    ``indices`` are the images' places in the slice, ``counts`` how many of the pictures are each one's,
    ``problems`` a sentence for each ("" where there is none). ``frames (n, 4)`` are of crops alone.
    """

    pixels: Tensor | list[Tensor]
    indices: tuple[int, ...]
    counts: tuple[int, ...]
    frames: Floats
    problems: tuple[str, ...]


class WholeImages(Dataset[Looked]):
    """The images of a slice, the longer side ``size`` pixels."""

    def __init__(self, data: Slice, spec: ModelSpec) -> None:
        self._data, self._size = data, spec.input_size

    def __len__(self) -> int:
        return len(self._data)

    def __getitem__(self, index: int) -> Looked:
        width, height = (int(side) for side in self._data.sizes[index])
        try:
            pixels = read(self._data.paths[index], max(width, height) / self._size)
        except PictureError as error:
            return Looked(index, problem=str(error))
        return Looked(index, (scaled(pixels, *fitted(width, height, self._size)),))


class GarmentCrops(Dataset[Looked]):
    """The garments of each image of a slice, cut out of a picture that is decoded once.

    ``masked``: what is outside of a garment's mask is grey, where it has one.
    """

    def __init__(self, data: Slice, spec: ModelSpec, *, masked: bool = False) -> None:
        self._data, self._size, self._masked = data, spec.input_size, masked
        self._margin = float(spec.options.get("crop_margin", 0.1))
        self._stretch = spec.options.get("crop") == "stretch"

    def __len__(self) -> int:
        return len(self._data)

    def __getitem__(self, index: int) -> Looked:
        data = self._data
        width, height = (int(side) for side in data.sizes[index])
        decoded: dict[int, Pixels] = {}
        pictures, frames = [], []
        try:
            for garment in asked(data, index):
                box = clip_box(data.boxes[garment], width, height)
                square = frame(box, self._margin, stretch=self._stretch)
                step = _step(float(min(square[2:] - square[:2])) / self._size)
                if step not in decoded:
                    decoded[step] = read(data.paths[index], float(step))
                tall, wide = decoded[step].shape[:2]
                seen = self._without_others(decoded[step], garment) if self._masked else decoded[step]
                pixels, shown = cut(seen, square, self._size, (wide / width, tall / height))
                pictures.append(pixels)
                frames.append(shown)
        except PictureError as error:
            return Looked(index, problem=str(error))
        return Looked(index, tuple(pictures), np.array(frames).reshape(-1, 4))

    def _without_others(self, picture: Pixels, garment: int) -> Pixels:
        height, width = picture.shape[:2]
        mask = self._data.mask(garment, width, height)
        return np.where(mask[..., None] > 0, picture, empty(1, 1)) if mask.any() else picture


def asked(data: Slice, image: int) -> list[int]:
    """The garments of an image that a network for crops is asked about: all but crowds."""
    return [garment for garment in data.of_image(image) if not data.crowd[garment]]


def packed(data: Slice, spec: ModelSpec, batch: int, whole: bool) -> list[list[int]]:
    """The images of a slice in batches of at most so many pictures; what has no garment to cut out is in
    none.

    Pictures of like size come together: where sizes differ, a batch is as large as its largest. An image with
    more garments than a batch is one of its own. The same slice gives the same batches, whoever asks.
    """
    if whole:
        sizes = [fitted(int(w), int(h), spec.input_size) for w, h in data.sizes]
        order = sorted(range(len(data)), key=lambda index: sizes[index])
        return [order[start : start + batch] for start in range(0, len(order), batch)]
    batches: list[list[int]] = []
    room = 0
    for index in range(len(data)):
        count = len(asked(data, index))
        if not count:
            continue
        if count > room or not batches:
            batches.append([])
            room = batch
        batches[-1].append(index)
        room -= count
    return batches


def loader(
    data: Slice,
    spec: ModelSpec,
    batches: Sequence[Sequence[int]],
    whole: bool,
    workers: int,
    pin: bool,
    *,
    masked: bool = False,
) -> DataLoader[Any]:
    """The batches in their order; see :class:`Batch`. ``pin``: into memory that a GPU reads by itself."""
    dataset = WholeImages(data, spec) if whole else GarmentCrops(data, spec, masked=masked)
    more: dict[str, Any] = {"prefetch_factor": 3, "worker_init_fn": processes.begin} if workers else {}
    return DataLoader(
        dataset,
        batch_sampler=[list(batch) for batch in batches],
        collate_fn=together,
        num_workers=workers,
        pin_memory=pin,
        **more,
    )


def batches_of(source: DataLoader[Any]) -> Iterator[Batch]:
    """All batches of a loader. StudioError where one of its processes was killed."""
    batches = iter(source)
    while True:
        try:
            batch: Batch = next(batches)
        except StopIteration:
            return
        except (RuntimeError, OSError, EOFError) as error:
            # Torch has no error of its own for a lost process; what one raised itself begins with "Caught".
            if source.num_workers == 0 or str(error).startswith("Caught"):
                raise
            raise StudioError(
                f"A process that decodes pictures ended: {error or type(error).__name__}.",
                "Most often memory has run out: use a smaller --batch or --workers 0, then resume.",
            ) from error
        yield batch


def together(some: Sequence[Looked]) -> Batch:
    """The pictures of several images, as one tensor where they are of one size."""
    pictures = [torch.from_numpy(picture) for one in some for picture in one.pictures]
    alike = len({picture.shape for picture in pictures}) == 1
    return Batch(
        torch.stack(pictures) if alike else pictures,
        tuple(one.image for one in some),
        tuple(len(one.pictures) for one in some),
        np.concatenate([np.empty((0, 4)), *(one.frames for one in some)]),
        tuple(one.problem for one in some),
    )


def _step(factor: float) -> int:
    return next(step for step in _STEPS if step == 1 or step <= factor)
