"""Reading picture files for networks: no more pixels than are needed, EXIF orientation not applied."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from store.cv import cv2
from store.errors import StudioError
from store.pictures import PictureError

Pixels = NDArray[np.uint8]

#: What lies outside of a picture, RGB: the mean colour of ImageNet, which networks take for nothing.
OUTSIDE = (124, 116, 104)

_REDUCED = {
    8: cv2.IMREAD_REDUCED_COLOR_8,
    4: cv2.IMREAD_REDUCED_COLOR_4,
    2: cv2.IMREAD_REDUCED_COLOR_2,
    1: cv2.IMREAD_COLOR,
}


def read(path: str, factor: float = 1.0) -> Pixels:
    """The picture ``(h, w, 3)`` uint8 RGB, at least ``1 / factor`` of its size each way.

    JPEG is decoded at a half, a quarter or an eighth where that is enough, which saves most of the time.
    PictureError, naming the file, where it is missing or no picture.
    """
    try:
        data = np.fromfile(path, np.uint8)
    except OSError as error:
        raise PictureError(f"{path}: cannot be read ({error.strerror}).", "Check the path.") from error
    # Only JPEG is quicker when it is decoded smaller; of others OpenCV would drop pixels.
    steps = (8, 4, 2, 1) if data[:2].tobytes() == b"\xff\xd8" else (1,)
    reduction = next(step for step in steps if step == 1 or step <= factor)
    pixels = None
    if len(data):
        try:
            pixels = cv2.imdecode(data, _REDUCED[reduction] | cv2.IMREAD_IGNORE_ORIENTATION)
        except cv2.error as error:
            raise PictureError(f"{path}: is not a picture that can be read ({error.err}).") from error
    if pixels is None:
        raise PictureError(f"{path}: is not a picture.", "Copy or download the file again.")
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB), np.uint8)


def scaled(pixels: Pixels, width: int, height: int) -> Pixels:
    """The picture at another size ``(height, width, 3)``; shrunk by area, so that nothing flickers."""
    if pixels.shape[:2] == (height, width):
        return pixels
    smaller = pixels.shape[0] > height or pixels.shape[1] > width
    how = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=how), np.uint8)


def empty(width: int, height: int) -> Pixels:
    """A picture ``(height, width, 3)`` that shows nothing."""
    return np.full((height, width, 3), OUTSIDE, np.uint8)


def bordered(pixels: Pixels, top: int, under: int, left: int, right: int) -> Pixels:
    """The picture with so many pixels of nothing around it."""
    around = cv2.copyMakeBorder(pixels, top, under, left, right, cv2.BORDER_CONSTANT, value=OUTSIDE)
    return np.asarray(around, np.uint8)


def fitted(width: int, height: int, longer: int) -> tuple[int, int]:
    """Width and height of a picture whose longer side is made ``longer`` pixels."""
    if width <= 0 or height <= 0:
        raise StudioError(f"A picture of {width} x {height} pixels cannot be scaled.")
    factor = longer / max(width, height)
    return max(1, round(width * factor)), max(1, round(height * factor))
