"""A model that answers about one image after the other, and makes do where memory is short."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psutil
import torch
from torch import nn

from inference.devices import choose, devices
from inference.models import load_model
from inference.models.registry import architecture
from inference.prediction import engine as batches
from inference.prediction.loading import Batch
from inference.prediction.precision import SURE, chosen
from inference.retrieval.saliency import Heat
from inference.serving.messages import Ask, How, Load, Memory, Notice, Ready, Sight
from inference.serving.sights import Boxes, Sights
from inference.serving.single import described, detected, garment_crops, nothing, sized, whole_image
from store.errors import MemoryShortage
from store.retrieval.index import Vectors
from store.runs.manifest import ModelManifest, ModelSpec
from store.runs.predictions import ImagePrediction

#: More threads than this make a single picture no quicker, and take the window's cores.
_MOST_THREADS = 8
#: Shares of the model's input size that are tried where memory is short; networks for crops have but one.
_SIZES = (1.0, 0.75, 0.5)
_FIX = "Close other programs, then choose the model again."


@dataclass(frozen=True, slots=True)
class Way:
    """How the model is asked: on which device, at which input size."""

    device: str
    size: int


def use_threads() -> None:
    """Leave a core to the window where there are more than a few; a single picture keeps few busy."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    free = cores if cores <= 2 else cores - 1
    torch.set_num_threads(max(1, min(torch.get_num_threads(), free, _MOST_THREADS)))


class Engine:
    """A model on a device, warm. Where memory runs out it goes on with less, and says so with a notice."""

    def __init__(
        self, load: Load, network: nn.Module, manifest: ModelManifest, tell: Callable[[Notice], None]
    ) -> None:
        self._load, self._tell, self.manifest = load, tell, manifest
        self._whole = architecture(manifest.spec.architecture).whole_images
        self._way, *self._others = ways(manifest.spec, self._whole, choose(load.device))
        self._network = network
        self._core = self._made(self._way.device)
        # On a GPU a smaller number format may be quicker; which one is settled on a picture that shows
        # something.
        self._settled = self._core.device.type == "cpu"
        self._seen: Batch | None = None
        self._warm()

    @classmethod
    def load(cls, load: Load, tell: Callable[[Notice], None]) -> Engine:
        """The model of a folder, with a first forward behind it.

        StudioError as of ``load_model`` and ``choose``; MemoryShortage where nothing has room for it.
        """
        network, manifest = load_model(Path(load.folder))
        return cls(load, network, manifest, tell)

    @property
    def spec(self) -> ModelSpec:
        """What the answers are in: the store's categories where those of the model were mapped to them."""
        return self.manifest.spec if self._load.mapped is None else self._load.mapped.spec

    @property
    def way(self) -> Way:
        """How the model is asked now."""
        return self._way

    @property
    def precision(self) -> str:
        """The number format that it computes in: "32", "bf16" or "fp16"."""
        return self._core.precision

    def ready(self) -> Ready:
        """What is loaded, and where."""
        found = devices()
        device = next(one for one in found if one.id == self._way.device)
        made = self.manifest
        folder, number = self._load.folder, self._load.id
        return Ready(made.name, self.spec, device, found, made.run, made.sha256, folder, number)

    def memory(self) -> Memory:
        """What is used of the device's memory."""
        if self._core.device.type == "cpu":
            found = psutil.virtual_memory()
            return Memory(found.total - found.available, found.total)
        free, total = torch.cuda.mem_get_info(self._core.device)
        return Memory(total - free, total)

    def answer(self, ask: Ask) -> ImagePrediction:
        """What the model says of an image: the same as in a batch, unless memory was short.

        StudioError where the picture cannot be read, or there is nothing that the model can be asked about;
        MemoryShortage where no way leads to an answer.
        """
        ask = sized(ask)
        while True:
            batch = self._batch(ask)
            try:
                said = self._said(batch)
            except MemoryShortage as error:
                shortage = error
            else:
                break
            self._give_way(shortage)
        make = detected if self._whole else described
        prediction = make(ask, self.manifest.spec, batch, said)
        self._seen = batch
        mapped = self._load.mapped
        return prediction if mapped is None else mapped.applied(prediction, self.manifest.spec)

    def embed(self, sight: Sight) -> Vectors:
        """The vector ``(E,)`` of unit length of a sight.

        StudioError where it cannot be looked at, or the model has no embedding; MemoryShortage.
        """
        return self._sights().vector(sight)

    def explain(self, sight: Sight, other: Sight | Vectors, how: How) -> tuple[Heat, Boxes]:
        """What in a sight makes it like another, and the frame in pixels of the picture that it lies over.

        StudioError as of :meth:`embed`, and where the other vector is none of this model.
        """
        sights = self._sights()
        wanted = sights.vector(other) if isinstance(other, Sight) else other
        return sights.explained(sight, wanted, how)

    def _sights(self) -> Sights:
        spec = replace(self.manifest.spec, input_size=self._way.size)
        return Sights(self._core, self.manifest, spec, self._whole)

    def settle(self) -> None:
        """Choose the number format as a batch job does, on what was answered last. For when nobody waits."""
        if self._settled or self._seen is None:
            return
        said = self._said(self._seen)
        if self._whole and not bool((said["scores"] >= SURE).any()):
            return  # nothing to compare; another picture will have something
        self._settled = True
        precision, _ = chosen(self._network, self._way.device, self._seen, self._whole)
        self._core = self._made(self._way.device, precision)

    def _batch(self, ask: Ask) -> Batch:
        spec = replace(self.manifest.spec, input_size=self._way.size)
        return whole_image(ask, spec) if self._whole else garment_crops(ask, spec)

    def _said(self, batch: Batch) -> Any:
        return self._core.detect(batch)[0] if self._whole else self._core.describe(batch)

    def _made(self, device: str, precision: str = "32") -> batches.Engine:
        core = batches.Engine(
            self._network,
            device,
            precision,
            say=lambda what, _: self._tell(Notice(what, _FIX)),
            # Smaller pictures are tried first.
            stay=bool(self._others),
        )
        # The network itself may have had no room there.
        self._way = replace(self._way, device=str(core.device))
        return core

    def _warm(self) -> None:
        """The first forward takes much longer than the others: kernels are chosen, memory is claimed."""
        heads = getattr(self._network, "roi_heads", None)
        least = getattr(heads, "score_thresh", None)
        # Nothing is found where nothing is, and then the heads for masks and landmarks would stay cold.
        if heads is not None and least is not None:
            heads.score_thresh = 0.0
        try:
            self._first()
        finally:
            if heads is not None and least is not None:
                heads.score_thresh = least

    def _first(self) -> None:
        while True:
            try:
                self._said(nothing(replace(self.manifest.spec, input_size=self._way.size), self._whole))
            except MemoryShortage as error:
                shortage = error
            else:
                return
            self._give_way(shortage)

    def _give_way(self, shortage: MemoryShortage) -> None:
        """The next way. MemoryShortage after the last."""
        if not self._others:
            raise shortage
        before, self._way = self._way, self._others.pop(0)
        self._settled = True
        if self._way.device != before.device:
            self._tell(
                Notice(f"{before.device} has too little memory: the processor goes on, more slowly.", _FIX)
            )
        else:
            what = f"{before.device} has too little memory for pictures of {before.size} pixels"
            self._tell(Notice(f"{what}: they are made {self._way.size} pixels long, which finds less.", _FIX))
        self._core = self._made(self._way.device)
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


def ways(spec: ModelSpec, whole: bool, device: str) -> list[Way]:
    """How a model can be asked, the best first: with smaller pictures, then on the processor."""
    size = spec.input_size
    found = [Way(device, size)]
    if whole:
        found += [Way(device, max(32, round(size * share / 32) * 32)) for share in _SIZES[1:]]
    return found if device == "cpu" else [*found, Way("cpu", size)]
