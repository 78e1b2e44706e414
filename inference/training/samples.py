"""Pictures with what the network says of them, after each epoch, for the Runs page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from lightning.pytorch import Callback, Trainer
from lightning.pytorch.trainer.states import TrainerFn
from numpy.typing import NDArray

from inference.data.pictures import fitted, read, scaled
from inference.data.slice import Slice
from inference.training.modules import GarmentModule
from inference.training.watch import Report
from store import masks
from store.cv import cv2
from store.errors import StudioError
from store.runs.predictions import GarmentPrediction, GarmentTruth

_SIDE = 320
#: Of garments one after the other; blue, orange, green, purple and so on, as RGB.
_COLOURS = ((64, 132, 244), (240, 140, 40), (70, 170, 90), (160, 100, 210), (215, 80, 100), (40, 170, 180))
_TRUTH = (255, 255, 255)
_EDGE = (20, 20, 20)
_LEAST_SCORE = 0.5
#: A landmark of which the network is less sure is drawn hollow.
_SURE = 0.2

Pixels = NDArray[np.uint8]


class Samples(Callback):
    """Draws the same validation images after each validation: what is true in white, what is said in
    colour."""

    def __init__(self, report: Report, folder: Path, data: Slice, count: int) -> None:
        self._report = report
        self._folder = folder
        self._data = data
        spread = np.linspace(0, len(data) - 1, min(count, len(data))).round().astype(int)
        self._images = {int(data.image_ids[index]): int(index) for index in spread}

    def on_validation_end(self, trainer: Trainer, pl_module: Any) -> None:
        """Writes the pictures of the epoch that has ended; epoch 0 is before training."""
        module: GarmentModule = pl_module
        self.draw(module, trainer.current_epoch + 1 if trainer.state.fn is TrainerFn.FITTING else 0)

    def draw(self, module: GarmentModule, epoch: int) -> None:
        """The pictures of an epoch from what the module said in its last validation."""
        if not self._images:
            return
        said = module.said
        truths = {image.image_id: image.garments for image in module.truths}
        folder = self._folder / "samples" / f"epoch-{epoch:03d}"
        folder.mkdir(parents=True, exist_ok=True)
        written = []
        for image, index in self._images.items():
            try:
                picture = drawn(self._data, index, truths.get(image, ()), said.get(image, []))
            except StudioError as error:
                self._report.event("trouble", what=error.what, fix=error.fix)
                continue
            name = f"{image}.png"
            if not cv2.imwrite(str(folder / name), cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)):
                raise StudioError(f"{folder / name} cannot be written.", "Make room, then resume.")
            written.append({"file": f"samples/{folder.name}/{name}", "image_id": image, "garment_id": None})
        self._report.event("samples", epoch=epoch, images=written)


def drawn(
    data: Slice, index: int, truth: Sequence[GarmentTruth], said: Sequence[GarmentPrediction]
) -> Pixels:
    """An image of a slice ``(h, w, 3)`` RGB with its garments. PictureError where it cannot be read."""
    width, height = (int(side) for side in data.sizes[index])
    size = fitted(width, height, _SIDE)
    picture = np.ascontiguousarray(scaled(read(data.paths[index], max(width, height) / _SIDE), *size))
    factor = np.array(size) / np.array([width, height])
    for garment in truth:
        if garment.landmarks is not None:
            _dots(picture, garment.landmarks[garment.landmarks[:, 2] > 0], factor, _TRUTH, 1)
    shown = [one for one in said if one.score >= _LEAST_SCORE or one.garment_id is not None]
    for number, one in enumerate(sorted(shown, key=lambda one: -one.score)):
        _garment(picture, one, factor, _COLOURS[number % len(_COLOURS)])
    return picture


def _garment(
    picture: Pixels, one: GarmentPrediction, factor: NDArray[np.float64], colour: tuple[int, int, int]
) -> None:
    if one.mask is not None:
        whole = cv2.resize(masks.rle_mask(one.mask), picture.shape[1::-1], interpolation=cv2.INTER_NEAREST)
        inside = whole > 0
        picture[inside] = (0.65 * picture[inside] + 0.35 * np.array(colour)).astype(np.uint8)
        outlines, _ = cv2.findContours(whole, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        cv2.drawContours(picture, outlines, -1, colour, 1, cv2.LINE_AA)
    if one.box is not None:
        corners = (one.box.reshape(2, 2) * factor).round().astype(int)
        cv2.rectangle(picture, corners[0].tolist(), corners[1].tolist(), colour, 1, cv2.LINE_AA)
    if one.landmarks is not None:
        sure = one.landmarks[:, 2] >= _SURE
        _dots(picture, one.landmarks[sure], factor, colour, 3)
        _dots(picture, one.landmarks[~sure], factor, colour, 3, hollow=True)


def _dots(
    picture: Pixels,
    points: NDArray[np.float64],
    factor: NDArray[np.float64],
    colour: tuple[int, int, int],
    radius: int,
    *,
    hollow: bool = False,
) -> None:
    for x, y in (points[:, :2] * factor).round().astype(int).tolist():
        if hollow:
            cv2.circle(picture, (x, y), radius, colour, 1, cv2.LINE_AA)
            continue
        cv2.circle(picture, (x, y), radius + 1, _EDGE, -1, cv2.LINE_AA)
        cv2.circle(picture, (x, y), radius, colour, -1, cv2.LINE_AA)
