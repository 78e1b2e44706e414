"""How many images a second are trained: ours against torchvision's reference loop, and the loader against
both.

``python -m benchmarks training``. The same network, batch, pictures and device. The rival is the loop of
torchvision's detection references (one epoch: images and targets to the device, the sum of the losses,
backward, step) over a plain dataset: decode, scale, polygons to masks, flip at random. Ours has the same
changes of the pictures, and once more with all that the configuration has: on a processor the loader and the
network share the cores. All take turns, so that a slow minute of the machine meets each. On a GPU both run
under autocast.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from benchmarks.loader import draw, measure
from store.runs.config import RunConfig
from store.runs.configuring import read_config

TURNS, IMAGES = 5, 160


class PlainImages(Dataset[tuple[Tensor, dict[str, Tensor]]]):
    """What a reference dataset does: a picture, its boxes, labels, masks and landmarks, flipped now and
    then."""

    def __init__(self, data: Any, size: int) -> None:
        self.data, self.size = data, size
        self.labels = {category.id: place + 1 for place, category in enumerate(data.categories())}
        self.images = [i for i in range(len(data)) if len(data.of_image(i))]

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> tuple[Tensor, dict[str, Tensor]]:
        from store.cv import cv2

        image = self.images[index]
        picture = cv2.cvtColor(cv2.imread(self.data.paths[image]), cv2.COLOR_BGR2RGB)
        factor = self.size / max(picture.shape[:2])
        width, height = round(picture.shape[1] * factor), round(picture.shape[0] * factor)
        picture = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
        garments = list(self.data.of_image(image))
        masks = np.stack([self.data.mask(g, width, height) for g in garments])
        boxes = np.clip(self.data.boxes[garments] * factor, 0, [width, height, width, height])
        places = np.zeros((len(garments), 39, 3), np.float32)
        for row, garment in enumerate(garments):
            points, states = self.data.landmarks(garment)
            places[row, : len(points), :2] = points * factor
            places[row, : len(points), 2] = states > 0
        if torch.rand(1) < 0.5:
            picture, masks = picture[:, ::-1], masks[:, :, ::-1]
            boxes = boxes[:, [2, 1, 0, 3]] * [-1, 1, -1, 1] + [width, 0, width, 0]
            places[..., 0] = width - places[..., 0]
        target = {
            "boxes": torch.from_numpy(boxes).float(),
            "labels": torch.tensor([self.labels[int(i)] for i in self.data.category_ids[garments]]),
            "masks": torch.from_numpy(np.ascontiguousarray(masks)),
            "landmarks": torch.from_numpy(places),
            "identities": torch.from_numpy(self.data.identities[garments]),
        }
        pixels = np.ascontiguousarray(picture.transpose(2, 0, 1))
        return torch.from_numpy(pixels).float() / 255, target


def _together(batch: Any) -> tuple[list[Tensor], list[dict[str, Tensor]]]:
    images, targets = zip(*batch, strict=True)
    return list(images), list(targets)


def reference(network: nn.Module, data: Any, config: RunConfig, device: str) -> float:
    """Images a second of the plain loop over one epoch, its first steps left out."""
    loader = DataLoader(
        PlainImages(data, config.data.image_size),
        batch_size=config.training.batch,
        shuffle=True,
        drop_last=True,
        num_workers=config.data.workers,
        collate_fn=_together,
    )
    network.to(device).train()
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-3)
    times: list[float] = []
    for images, targets in loader:
        moved = [{name: value.to(device) for name, value in target.items()} for target in targets]
        with torch.autocast(device, torch.bfloat16, enabled=device == "cuda"):
            losses = network([image.to(device) for image in images], moved)
            total = torch.stack([value.float() for value in losses.values()]).sum()
        optimiser.zero_grad()
        total.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 10.0)
        optimiser.step()
        float(total.detach())
        times.append(time.perf_counter())
    return _rate([(step, when) for step, when in enumerate(times)], config.training.batch)


def ours(store: Path, config: RunConfig) -> float:
    """Images a second of a real run of one epoch, from the events that it writes."""
    from app.cli.reporter import Reporter
    from inference.training import train
    from store.runs import RunFolder

    run = RunFolder.create(store, "train", ["bench"])
    with Reporter(run=run.path) as report:
        train(config, store, run.path, report)
    events = [event for event in run.read(0)[0] if event.kind == "step"]
    return _rate([(int(e.data["step"]), e.at.timestamp()) for e in events], config.training.batch)


def _rate(steps: list[tuple[int, float]], batch: int) -> float:
    """After a few steps in which memory is claimed and the loader's processes begin."""
    counted = [one for one in steps if one[0] >= 3]
    (first, began), (last, ended) = counted[0], counted[-1]
    return (last - first) * batch / (ended - began)


def main() -> None:
    """Print the rates of both, their ratio, and the loader's ratio to ours."""
    from inference.data import select
    from inference.models import build, spec_for
    from resources.presets import presets
    from store.db import Store

    device = "cuda" if torch.cuda.is_available() else "cpu"
    settings = ["training.epochs=1", "training.samples=0", "loss.match=0"]
    config = read_config(presets()["match-rcnn-small"], settings)
    alike = read_config(presets()["match-rcnn-small"], [*settings, "augment.colour=0", "augment.scale=0"])
    rates: dict[str, list[float]] = {"loop": [], "alike": [], "whole": []}
    with tempfile.TemporaryDirectory() as folder:
        store = draw(Path(folder), IMAGES)
        with Store.open(store, read_only=True) as opened:
            data = select(opened, config.data, 7).train
        for turn in range(TURNS):
            # Who came last in one turn is first in the next.
            for who in list(rates)[:: -1 if turn % 2 else 1]:
                if who == "loop":
                    network = build(spec_for(config, data.categories()))
                    rates[who].append(reference(network, data, config, device))
                else:
                    rates[who].append(ours(store, alike if who == "alike" else config))
        loader = measure(store, config)
    size, batch = config.data.image_size, config.training.batch
    print(f"training: Match R-CNN small, {size} px, batch {batch}, {device}, medians of {TURNS} turns")
    print(f"torchvision's loop {statistics.median(rates['loop']):.2f} images/s")
    for who, words in (("alike", "ours, the same changes"), ("whole", "ours, all changes")):
        ratios = sorted(one / other for one, other in zip(rates[who], rates["loop"], strict=True))
        print(
            f"{words} {statistics.median(rates[who]):.2f} images/s, ratio {statistics.median(ratios):.2f} "
            f"({ratios[0]:.2f} to {ratios[-1]:.2f}; >= 1.0)"
        )
    whole = statistics.median(rates["whole"])
    print(f"loader alone {loader:.1f} images/s, {loader / whole:.1f} times the training rate (>= 1.2)")
