"""Garments cut out of their pictures, as small JPEG files; what cannot be read is said, not raised."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from store.db import Store
from store.errors import StoreError
from store.pictures import MAX_PIXELS, PictureError, picture_size
from store.records import Image

Box = NDArray[np.float64]

#: Of a box's longer side, on each side.
_MARGIN = 0.08
_LONGEST = 320
_QUALITY = 85


@dataclass(frozen=True, slots=True)
class Crop:
    """A garment in a picture: its file relative to the folder of the report, or why there is none."""

    file: str
    trouble: str = ""


@dataclass(slots=True)
class Cropper:
    """Cuts garments out and writes each once into ``folder / "pictures"``; ``lost`` are image ids by why."""

    store: Store
    folder: Path
    lost: dict[int, str] = field(default_factory=dict)
    _images: dict[int, Image | None] = field(default_factory=dict)
    _done: dict[str, Crop] = field(default_factory=dict)

    def crop(self, name: str, image_id: int, box: Box | None) -> Crop:
        """The picture ``<name>.jpg`` of a box ``(4,)`` x1 y1 x2 y2 in image pixels; of the whole image for
        None, or for a box that is not on it."""
        if name not in self._done:
            self._done[name] = self._made(name, image_id, box)
        return self._done[name]

    def image(self, image_id: int) -> Image | None:
        """The image of an id; None where the store has it no more."""
        if image_id not in self._images:
            try:
                self._images[image_id] = self.store.images.get(image_id)
            except StoreError:
                self._images[image_id] = None
        return self._images[image_id]

    def _made(self, name: str, image_id: int, box: Box | None) -> Crop:
        try:
            pixels = self._pixels(image_id)
        except (StoreError, PictureError) as error:
            self.lost[image_id] = error.what
            return Crop("", error.what)
        from store.cv import cv2  # slow to import, and only pictures need it

        cut = _cut(pixels, box)
        height, width = cut.shape[:2]
        scale = min(1.0, _LONGEST / max(height, width))
        if scale < 1.0:
            size = max(1, round(width * scale)), max(1, round(height * scale))
            cut = cv2.resize(cut, size, interpolation=cv2.INTER_AREA)
        file = f"pictures/{name}.jpg"
        good, data = cv2.imencode(".jpg", cut, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
        if not good:
            raise StoreError(f"{self.folder / file} cannot be written.", "Check the disk.")
        try:
            (self.folder / file).write_bytes(data.tobytes())
        except OSError as error:
            raise StoreError(
                f"{self.folder / file} cannot be written: {error.strerror}.", "Check the disk."
            ) from error
        return Crop(file)

    def _pixels(self, image_id: int) -> NDArray[Any]:
        """The image ``(h, w, 3)`` uint8 in its file's own grid. StoreError or PictureError says why not."""
        from store.cv import cv2

        image = self.image(image_id)
        if image is None:
            raise StoreError(f"Image {image_id} is not in the store any more.")
        path = self.store.images.path(image)
        picture_size(path)
        try:
            data = np.fromfile(path, np.uint8)
            pixels = cv2.imdecode(data, cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
        except (OSError, cv2.error) as error:
            raise PictureError(f"{path}: cannot be read ({error}).") from error
        if pixels is None or pixels.shape[0] * pixels.shape[1] > MAX_PIXELS:
            raise PictureError(f"{path}: is not a picture that can be read.")
        return pixels


def _cut(pixels: NDArray[Any], box: Box | None) -> NDArray[Any]:
    height, width = pixels.shape[:2]
    if box is None or not np.isfinite(box).all():
        return pixels
    margin = _MARGIN * max(box[2] - box[0], box[3] - box[1])
    left, top = max(0, int(box[0] - margin)), max(0, int(box[1] - margin))
    right, bottom = min(width, int(box[2] + margin) + 1), min(height, int(box[3] + margin) + 1)
    return pixels[top:bottom, left:right] if right - left > 1 and bottom - top > 1 else pixels
