"""Whether a model runs on a device, how fast, and with how much memory: on pictures made for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import psutil
import torch
from torch import Tensor, nn

from inference.devices import choose
from inference.models import ARCHITECTURES, load_model
from store.errors import MemoryShortage
from store.progress import Progress, silent
from store.runs.manifest import ModelSpec

#: Forwards before the clock starts, and at least so many after.
_WARM, _LEAST = 2, 3
#: Height for width of the pictures that are made: as people are photographed.
_TALL = 4 / 3


@dataclass(frozen=True, slots=True)
class TrialResult:
    """What was found: ``memory`` is the most bytes that the model and its work took on the device."""

    device: str
    images_per_second: float
    memory: int
    load_seconds: float
    batch: int
    images: int


def trial(
    folder: Path, device: str = "auto", *, batch: int = 1, seconds: float = 5.0, progress: Progress = silent
) -> TrialResult:
    """Let a model look at drawn noise for some seconds.

    StudioError where the model cannot be loaded, or there is no such device; MemoryShortage where it does
    not fit.
    """
    place = torch.device(choose(device))
    before = psutil.Process().memory_info().rss
    progress(0, 0, "loading the model")
    began = perf_counter()
    try:
        network, manifest = load_model(folder, place)
        forward = _forward(network, manifest.spec, place, batch)
        loaded = perf_counter() - began
        images, spent, resident = _timed(forward, place, batch, seconds, progress)
    except torch.OutOfMemoryError as error:
        fewer = {"batch": batch // 2} if batch > 1 else {}
        raise MemoryShortage(
            f"{folder.name} does not fit into the memory of {place} with {batch} images at once.",
            "Choose fewer images at once, or the processor.",
            fewer,
        ) from error
    memory = torch.cuda.max_memory_allocated(place) if place.type == "cuda" else max(0, resident - before)
    return TrialResult(str(place), images / spent, memory, loaded, batch, images)


def _forward(network: nn.Module, spec: ModelSpec, place: torch.device, batch: int) -> Callable[[], object]:
    """A pass over pictures as the model wants them."""
    chance = torch.Generator().manual_seed(0)

    def made(*shape: int) -> Tensor:
        return torch.rand(*shape, generator=chance).to(place)

    side = spec.input_size
    if ARCHITECTURES[spec.architecture].whole_images:
        pictures = [made(3, side, round(side / _TALL)) for _ in range(batch)]
        return lambda: network(pictures)
    crops = made(batch, 3, side, side)
    return lambda: network(crops)


@torch.inference_mode()
def _timed(
    forward: Callable[[], object], place: torch.device, batch: int, seconds: float, progress: Progress
) -> tuple[int, float, int]:
    """Images, seconds, and the most bytes that this process held."""
    process, resident, passes = psutil.Process(), 0, 0
    for _ in range(_WARM):
        forward()
    _wait(place)
    began = perf_counter()
    while passes < _LEAST or perf_counter() - began < seconds:
        forward()
        _wait(place)
        passes += 1
        resident = max(resident, process.memory_info().rss)
        progress(int(perf_counter() - began), round(seconds), "seconds measured")
    return passes * batch, perf_counter() - began, resident


def _wait(place: torch.device) -> None:
    """What a GPU was told is done later; only then does the clock count."""
    if place.type == "cuda":
        torch.cuda.synchronize(place)
