"""Pictures, or boxes of them, as vectors, and what in one makes it like another: for a person who waits."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from inference.data.pictures import Pixels
from inference.models.fashionnet import FashionNetOutput
from inference.prediction.engine import Engine
from inference.prediction.loading import Batch
from inference.prediction.memory import no_memory
from inference.retrieval.embedding import in_boxes, unit
from inference.retrieval.saliency import Heat, Region, gradient, occlusion
from inference.serving.messages import Ask, AskedGarment, How, Sight
from inference.serving.single import garment_crops, sized, whole_image
from store.errors import MemoryShortage, StudioError
from store.retrieval.index import Vectors
from store.runs.manifest import ModelManifest, ModelSpec

Boxes = tuple[float, float, float, float]

#: Whole images that a detector looks at together; each is large.
_WHOLE_AT_ONCE = 8


class Seen(NamedTuple):
    """A sight as the network gets it.

    ``picture (H, W, 3)`` uint8; what is meant is its ``region``, which is ``frame`` (x1 y1 x2 y2) in pixels
    of the image. ``box (4,)`` is the garment's in pixels of the picture.
    """

    picture: Pixels
    region: Region
    frame: Boxes
    box: NDArray[np.float64]


class Sights:
    """Looks at sights with a network that has an embedding."""

    def __init__(self, core: Engine, manifest: ModelManifest, spec: ModelSpec, whole: bool) -> None:
        """StudioError where the model has no embedding."""
        if "embedding" not in manifest.tasks:
            raise StudioError(
                f"The model {manifest.name} has no embedding.",
                "Choose FashionNet, an embedding model or Match R-CNN.",
            )
        self._core, self._spec, self._whole = core, spec, whole

    def vector(self, sight: Sight) -> Vectors:
        """The vector ``(E,)`` of unit length. StudioError, naming the file, where it cannot be looked at."""
        seen = self._seen(sight)
        return np.asarray(self._look(seen.picture[None], seen)[0], np.float32)

    def explained(self, sight: Sight, other: Vectors, how: How) -> tuple[Heat, Boxes]:
        """What in a sight makes it like a vector ``(E,)``, and the frame x1 y1 x2 y2 in pixels of the image
        that the map lies over.

        StudioError as of :meth:`vector`, where the vector is of another model, or where there is no slope.
        """
        seen = self._seen(sight)
        size = len(self._look(seen.picture[None], seen)[0])
        if other.shape != (size,):
            raise StudioError(
                f"The vector has {other.size} numbers, those of this model have {size}.",
                "Choose the model that the index was made with.",
            )
        wanted = unit(other[None])[0]
        if how == "gradient":
            if self._whole:
                raise StudioError(
                    "A detector's regions have no slope that could be followed to a pixel.",
                    "Ask for the map of what is hidden.",
                )
            return gradient(self._core.network, seen.picture, wanted, self._core.device), seen.frame
        return occlusion(lambda some: self._look(some, seen), seen.picture, wanted, seen.region), seen.frame

    def _seen(self, sight: Sight) -> Seen:
        ask = sized(Ask(0, 0, sight.path, sight.width, sight.height))
        box = sight.box or (0.0, 0.0, float(ask.width), float(ask.height))
        garment = AskedGarment(0, 0, box)
        if not self._whole:
            batch = garment_crops(Ask(0, 0, ask.path, ask.width, ask.height, (garment,)), self._spec)
            height, width = batch.pixels[0].shape[:2]
            x1, y1, x2, y2 = batch.frames[0].tolist()
            return Seen(batch.pixels[0].numpy(), (0, 0, width, height), (x1, y1, x2, y2), np.zeros(4))
        batch = whole_image(ask, self._spec)
        picture = batch.pixels[0].numpy()
        height, width = picture.shape[:2]
        factor = np.array([width / ask.width, height / ask.height] * 2)
        limits = np.array([width, height] * 2)
        placed = np.clip(np.array(box) * factor, 0, limits)
        if not np.isfinite(placed).all() or (placed[2:] - placed[:2] < 1).any():
            raise StudioError(f"{sight.path}: the box {sight.box} is not in the picture.", "Draw it anew.")
        left, top = (int(value) for value in np.floor(placed[:2]))
        right, bottom = (int(value) for value in np.ceil(placed[2:]))
        x1, y1, x2, y2 = (np.array([left, top, right, bottom]) / factor).tolist()
        return Seen(picture, (left, top, right, bottom), (x1, y1, x2, y2), placed)

    def _look(self, pictures: NDArray[np.uint8], seen: Seen) -> Vectors:
        """The vectors ``(n, E)`` of pictures that are alike but for what is hidden."""
        pixels = torch.from_numpy(pictures)
        count = len(pixels)
        if not self._whole:
            batch = Batch(pixels, (0,), (count,), np.zeros((count, 4)), ("",))
            said = self._core.describe(batch)
            return unit(said.embedding if isinstance(said, FashionNetOutput) else said)
        found: list[Any] = []
        boxes = torch.from_numpy(seen.box.astype(np.float32))[None]
        try:
            for start in range(0, count, _WHOLE_AT_ONCE):
                part = list(pixels[start : start + _WHOLE_AT_ONCE])
                found.append(unit(in_boxes(self._core, part, [boxes] * len(part))))
        except (RuntimeError, MemoryError) as error:
            if not no_memory(error):
                raise
            told = "There is too little memory for several pictures at once."
            raise MemoryShortage(told, "Close other programs, or choose the processor.") from error
        return np.concatenate(found)
