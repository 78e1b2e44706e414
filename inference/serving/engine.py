"""A model that answers about one image after the other, and makes do where memory is short."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import psutil
import torch
from torch import nn

from inference.devices import choose, devices
from inference.models.registry import architecture
from inference.prediction import Predictor, crop_predictions, image_prediction
from inference.serving.messages import Ask, Load, Memory, Notice, Ready
from inference.serving.single import blank, crop_input, detector_input, sized
from store.errors import MemoryShortage
from store.runs.manifest import ModelManifest, ModelSpec
from store.runs.predictions import GarmentPrediction, ImagePrediction

#: More threads than this make a single picture no quicker, and take the window's.
_MOST_THREADS = 8
#: Shares of the model's input size that are tried where memory is short.
_SIZES = (1.0, 0.75, 0.5)
#: How many garments are looked at at once, and where memory is short.
_MANY, _ONE = 16, 1

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Way:
    """How the model is asked: on which device, at which input size, how many garments at once."""

    device: str
    size: int
    many: int = _MANY


def use_threads() -> None:
    """Leave a core to the window where there are more than a few; a single picture keeps few busy."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    torch.set_num_threads(
        max(1, min(torch.get_num_threads(), cores if cores <= 2 else cores - 1, _MOST_THREADS))
    )


class Engine:
    """A model on a device, warm. Where memory runs out it goes on with less, and says so with a notice."""

    def __init__(
        self, load: Load, predictor: Predictor, manifest: ModelManifest, tell: Callable[[Notice], None]
    ) -> None:
        self._load, self._tell = load, tell
        self._predictor, self.manifest = predictor, manifest
        self._whole = architecture(self.spec.architecture).whole_images
        self._way, *self._others = ways(self.spec, self._whole, predictor.device)
        self._within_memory(self._warm)

    @classmethod
    def load(cls, load: Load, tell: Callable[[Notice], None]) -> Engine:
        """The model of a folder, with a first forward behind it.

        StudioError as of ``load_model`` and ``choose``; MemoryShortage where nothing has room for it.
        """
        # Read on the processor: where a device has no room, the model is there all the same.
        predictor, manifest = Predictor.load(Path(load.folder), "cpu")
        predictor.device = torch.device(choose(load.device))
        return cls(load, predictor, manifest, tell)

    @property
    def spec(self) -> ModelSpec:
        """What the model is."""
        return self.manifest.spec

    @property
    def way(self) -> Way:
        """How the model is asked now."""
        return self._way

    def ready(self) -> Ready:
        """What is loaded, and where."""
        found = devices()
        device = next(one for one in found if one.id == self._way.device)
        made = self.manifest
        folder, number = self._load.folder, self._load.id
        return Ready(made.name, made.spec, device, found, made.run, made.sha256, folder, number)

    def memory(self) -> Memory:
        """What is used of the device's memory."""
        if self._way.device == "cpu":
            found = psutil.virtual_memory()
            return Memory(found.total - found.available, found.total)
        free, total = torch.cuda.mem_get_info(self._way.device)
        return Memory(total - free, total)

    def answer(self, ask: Ask) -> ImagePrediction:
        """What the model says of an image: the same as in a batch, unless memory was short.

        StudioError where the picture cannot be read, or there is nothing that the model can be asked about;
        MemoryShortage where no way leads to an answer.
        """
        look = self._detect if self._whole else self._look_at_garments
        return self._within_memory(lambda: look(ask))

    @torch.inference_mode()
    def _detect(self, ask: Ask) -> ImagePrediction:
        image, target = detector_input(ask, self.spec, self._way.size)
        found = self._network([image.to(self._predictor.device)])[0]
        scale = (float(target["scale"][0]), float(target["scale"][1]))
        return image_prediction(found, self.spec, ask.image_id, sized(ask), scale)

    @torch.inference_mode()
    def _look_at_garments(self, ask: Ask) -> ImagePrediction:
        batch = crop_input(ask, self.spec)
        garments: list[GarmentPrediction] = []
        for first in range(0, len(batch["image"]), self._way.many):
            part = {key: value[first : first + self._way.many] for key, value in batch.items()}
            said = self._network(part["image"].to(self._predictor.device))
            garments += (garment for _, garment in crop_predictions(said, part, self.spec))
        return ImagePrediction(ask.image_id, tuple(garments))

    @torch.inference_mode()
    def _warm(self) -> None:
        """The first forward takes much longer than the others: kernels are chosen, memory is claimed."""
        self._predictor.network.to(self._predictor.device)
        picture = blank(self.spec, self._way.size, self._whole).to(self._predictor.device)
        if not self._whole:
            self._network(picture[None])
            return
        heads = getattr(self._network, "roi_heads", None)
        least = getattr(heads, "score_thresh", None)
        if heads is None or least is None:
            self._network([picture])
            return
        # Nothing is found in noise, and then the heads for masks and landmarks would stay cold.
        heads.score_thresh = 0.0
        try:
            self._network([picture])
        finally:
            heads.score_thresh = least

    @property
    def _network(self) -> Any:
        return self._predictor.network

    def _within_memory(self, work: Callable[[], _T]) -> _T:
        """Do it, the next way as long as memory does not suffice. MemoryShortage after the last."""
        while True:
            try:
                return work()
            except (MemoryError, RuntimeError) as error:
                if not no_memory(error):
                    raise
                shortage = str(error) or "out of memory"
            # After the except block: its traceback holds on to the tensors of the failed try.
            self._give_way(shortage)

    def _give_way(self, shortage: str) -> None:
        if not self._others:
            raise MemoryShortage(
                f"There is too little memory for {self.manifest.name} ({shortage.splitlines()[0]}).",
                "Close other programs, or choose a smaller model.",
            )
        before, self._way = self._way, self._others.pop(0)
        self._tell(_notice(before, self._way))
        if self._way.device != before.device:
            self._predictor = Predictor(_emptied(self._predictor), self.spec, self._way.device)
        if before.device != "cpu":
            torch.cuda.empty_cache()


def ways(spec: ModelSpec, whole: bool, device: torch.device) -> list[Way]:
    """How a model can be asked, the best first: smaller pictures, or fewer garments, then the processor."""
    name = str(device)
    if whole:
        found = [Way(name, max(32, round(spec.input_size * share / 32) * 32)) for share in _SIZES]
        found[0] = replace(found[0], size=spec.input_size)
    else:
        found = [Way(name, spec.input_size, many) for many in (_MANY, _ONE)]
    if name != "cpu":
        found.append(Way("cpu", spec.input_size))
    return found


def no_memory(error: MemoryError | RuntimeError) -> bool:
    """Whether an error says that memory has run out. Torch has a type of its own for devices only."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return "allocate memory" in str(error) or "CUDA out of memory" in str(error)


def _emptied(predictor: Predictor) -> nn.Module:
    """The network, off its device."""
    return predictor.network.to("cpu")


def _notice(before: Way, after: Way) -> Notice:
    where = f"{before.device} has too little memory"
    if after.device != before.device:
        return Notice(
            f"{where}: the model goes on on the processor, more slowly.", "Choose the device again."
        )
    if after.size != before.size:
        return Notice(
            f"{where} for pictures of {before.size} pixels: {after.size} are used, which finds less.",
            "Close other programs and choose the model again.",
        )
    return Notice(f"{where} for {before.many} garments at once: they are looked at one by one.")
