"""How many images a second a prediction run gives: against the bare forward and torchvision's plain loop.

``python -m benchmarks prediction``. Three networks, each at its size: Match R-CNN small (the model that
ships, else random weights), Mask R-CNN with ResNet-50, FashionNet with VGG-16. Three ways over the same
pictures:

*bare*: the forward alone, same batch, same number format, inputs lying ready as floats on the device.
*loop*: what one writes with torchvision: a dataset that decodes and scales, the network in eager mode, masks
pasted into the whole image, results kept in a list.
*ours*: the whole job: decoding in a process of its own, the network, run lengths, disagreement, the database,
from the first forward to the last image that is written.

All take turns in one run, so that a slow minute of the machine meets each.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset
from torchvision.models.detection.roi_heads import paste_masks_in_image

from benchmarks.loader import draw
from store.runs.manifest import ModelCategory, ModelManifest, ModelSpec


@dataclass(frozen=True, slots=True)
class Case:
    """A network at its size: how many images a way looks at, how many at once, how many turns."""

    name: str
    architecture: str
    backbone: str
    size: int
    images: int
    batch: int
    turns: int


CPU = (
    Case("Match R-CNN small, 320 px", "match-rcnn", "small", 320, 64, 8, 5),
    Case("Mask R-CNN ResNet-50, 512 px", "mask-rcnn", "resnet50", 512, 8, 2, 3),
    Case("FashionNet VGG-16, 224 px", "fashionnet", "vgg16", 224, 32, 8, 3),
)
GPU = (
    Case("Match R-CNN small, 320 px", "match-rcnn", "small", 320, 960, 16, 5),
    Case("Mask R-CNN ResNet-50, 512 px", "mask-rcnn", "resnet50", 512, 480, 8, 5),
    Case("FashionNet VGG-16, 224 px", "fashionnet", "vgg16", 224, 960, 32, 5),
)
SHIPPED = "demo-match-rcnn-s"


class PlainImages(Dataset[Any]):
    """Pictures, or the crops of all garments, decoded and scaled as everybody does."""

    def __init__(self, data: Any, size: int, crops: bool) -> None:
        self.data, self.size, self.crops = data, size, crops
        self.rows = range(data.garments) if crops else range(len(data))

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, row: int) -> Any:
        from store.cv import cv2

        image = int(self.data.images[row]) if self.crops else row
        picture = cv2.cvtColor(cv2.imread(self.data.paths[image]), cv2.COLOR_BGR2RGB)
        height, width = picture.shape[:2]
        if self.crops:
            x1, y1, x2, y2 = (max(0, round(float(one))) for one in self.data.boxes[row])
            picture = cv2.resize(picture[y1:y2, x1:x2], (self.size, self.size), interpolation=cv2.INTER_AREA)
        else:
            factor = self.size / max(height, width)
            sides = (round(width * factor), round(height * factor))
            picture = cv2.resize(picture, sides, interpolation=cv2.INTER_AREA)
        return torch.from_numpy(picture).permute(2, 0, 1).contiguous().float() / 255, (height, width)


@torch.no_grad()
def loop(network: nn.Module, data: Any, case: Case, device: str) -> float:
    """Images a second of the plain loop."""
    crops = case.architecture == "fashionnet"
    network.to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
    source: Any = DataLoader(
        PlainImages(data, case.size, crops),
        batch_size=case.batch,
        num_workers=1 if device == "cpu" else 8,
        collate_fn=lambda some: tuple(zip(*some, strict=True)),
    )
    kept: list[Any] = []
    times = []
    for pictures, sizes in source:
        images = [one.to(device) for one in pictures]
        if crops:
            said = network(torch.stack(images))
            kept.append([one.cpu() for one in said])
        else:
            for found, picture, (height, width) in zip(network(images), images, sizes, strict=True):
                own = {key: value.cpu() for key, value in found.items()}
                boxes = own["boxes"] * (width / picture.shape[-1])
                masks = paste_masks_in_image(own["masks"], boxes, (height, width)) >= 0.5
                kept.append((own["boxes"], own["scores"], masks))
                # All masks of many images would fill the memory of any machine.
                del kept[: -case.batch]
        times.append((time.perf_counter(), len(pictures)))
    rate = sum(count for _, count in times[1:]) / (times[-1][0] - times[0][0])
    # Crops are counted as the images that they are of.
    return rate * len(data) / data.garments if crops else rate


def bare(network: nn.Module, batches: list[Any], images: int, device: str, precision: str) -> float:
    """Images a second of the forward alone."""
    from inference.prediction.engine import Engine

    engine = Engine(network, device, precision)
    with torch.inference_mode(), engine.number_format():
        network(batches[0])
        _wait(device)
        began = time.perf_counter()
        for batch in batches:
            network(batch)
        _wait(device)
    return images / (time.perf_counter() - began)


def ready(data: Any, spec: ModelSpec, case: Case, device: str) -> list[Any]:
    """The inputs of all batches as the run makes them, as floats on the device."""
    from inference.prediction.loading import batches_of, loader, packed

    whole = case.architecture != "fashionnet"
    found = []
    for batch in batches_of(loader(data, spec, packed(data, spec, case.batch, whole), whole, 0, False)):
        images = [one.to(device).permute(2, 0, 1).float().div_(255) for one in batch.pixels]
        found.append(images if whole else torch.stack(images))
    return found


class Timed:
    """A report that keeps when the first forward began, and when how many images were done."""

    def __init__(self) -> None:
        self.began, self.ended, self.done = 0.0, 0.0, 0

    def __call__(self, done: int, total: int, message: str = "") -> None:
        del total
        if message.startswith(("Predicting", "Embedding")):
            self.ended, self.done = time.perf_counter(), done

    def event(self, kind: str, **data: Any) -> None:
        """The network is there and the first pictures are decoded."""
        del data
        if kind == "started":
            self.began = time.perf_counter()

    def say(self, text: str) -> None:
        print(text)

    @property
    def rate(self) -> float:
        """Images a second, from the first forward to the last image that is written."""
        return self.done / (self.ended - self.began)


def ours(store: Path, case: Case, device: str) -> tuple[float, str]:
    """Images a second of a real run, and the number format that it chose."""
    from inference.prediction.job import predict_store
    from store.runs import RunFolder
    from store.runs.predicting import PredictConfig

    run = RunFolder.create(store, "predict", ["bench"])
    report = Timed()
    config = PredictConfig(case.architecture, f"id <= {case.images}", device, case.batch)
    found = predict_store(config, store, run.path, report)
    return report.rate, str(found["precision"])


@contextmanager
def model(store: Path, case: Case, data: Any) -> Iterator[tuple[nn.Module, ModelSpec]]:
    """The network of a case, and the same as a model of the store."""
    from inference.models import build, load_model, save_model
    from store.runs.library import shipped_models

    shipped = shipped_models() / SHIPPED
    if case.architecture == "match-rcnn" and (shipped / "manifest.toml").is_file():
        network, manifest = load_model(shipped)
        spec = manifest.spec
    else:
        own: tuple[ModelCategory, ...] = data.categories()
        schema = {"match-rcnn": "own", "fashionnet": "fashion8"}.get(case.architecture, "")
        spec = ModelSpec(case.architecture, case.backbone, own, (), schema, case.size)
        torch.manual_seed(7)
        network = build(spec)
    save_model(network, ModelManifest(case.architecture, spec), store / "models" / case.architecture)
    yield network.eval(), spec


def measure(store: Path, case: Case, device: str) -> None:
    """Print one case."""
    from inference.prediction.slices import chosen_images
    from store.db import Store

    with Store.open(store, read_only=True) as opened:
        data = chosen_images(opened, f"id <= {case.images}").data
    rates: dict[str, list[float]] = {"bare": [], "loop": [], "ours": []}
    precision = "32"
    with model(store, case, data) as (network, spec):
        network.to(device)
        batches = ready(data, spec, case, device)
        bare(network, batches[:2], 1, device, "32")
        for turn in range(case.turns):
            # Who came last in one turn is first in the next.
            for who in list(rates)[:: -1 if turn % 2 else 1]:
                if who == "ours":
                    rate, precision = ours(store, case, device)
                elif who == "loop":
                    rate = loop(network, data, case, device)
                else:
                    rate = bare(network, batches, len(data), device, precision)
                rates[who].append(rate)
    medians = {who: statistics.median(some) for who, some in rates.items()}
    print(f"{case.name}, batch {case.batch}, {precision} on {device}, medians of {case.turns} turns")
    print("  " + ", ".join(f"{who} {rate:.2f} images/s" for who, rate in medians.items()))
    for other, least in (("bare", 0.9), ("loop", 1.0)):
        ratios = sorted(one / two for one, two in zip(rates["ours"], rates[other], strict=True))
        middle = statistics.median(ratios)
        print(f"  ours to {other}: {middle:.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f}; >= {least})")


def main() -> None:
    """Print the rates of all cases, and the ratios of ours to the others."""
    device = "cuda:0" if torch.cuda.is_available() else "cpu"
    cases = CPU if device == "cpu" else GPU
    with tempfile.TemporaryDirectory() as folder:
        store = draw(Path(folder), max(case.images for case in cases))
        for case in cases:
            measure(store, case, device)


def _wait(device: str) -> None:
    if device != "cpu":
        torch.cuda.synchronize()
