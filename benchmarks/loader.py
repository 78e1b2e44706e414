"""How many images a second the loader alone delivers: ``python -m benchmarks loader``.

A drawn store of pictures of 512 pixels, the processor alone, as many loader processes as the configuration
says. ``measure`` is what the measurement of training divides by its own rate.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from store.runs.config import RunConfig
from store.runs.configuring import validated

IMAGES, SEED = 96, 7
#: The small configurations of both networks that train on a processor.
CONFIGURATIONS = {
    "Match R-CNN small, 320 px, batch 8": {
        "model": {"architecture": "match-rcnn", "backbone": "small"},
        "data": {"image_size": 320},
        "training": {"batch": 8},
    },
    "FashionNet small, 224 px crops, batch 16": {
        "model": {"architecture": "fashionnet", "backbone": "small"},
        "data": {"image_size": 224},
        "training": {"batch": 16},
    },
}


def draw(folder: Path, images: int = IMAGES) -> Path:
    """A drawn store in ``folder``; its path."""
    from store import importing
    from store.db import Store
    from store.demo import DemoOptions, write_demo

    write_demo(folder / "dataset", DemoOptions(images=images, seed=SEED, errors=0.0))
    with Store.create(folder / "store", "bench") as store:
        options = importing.ImportOptions(name="bench")
        importing.import_dataset(store, "deepfashion2", folder / "dataset", options)
    return folder / "store"


def measure(store: Path, config: RunConfig, seconds: float = 15.0) -> float:
    """Images a second (crops, for networks that take crops) of the training loader alone.

    An epoch warms the loader up, then whole epochs are counted until ``seconds`` are over.
    """
    from inference.data import crop_loader, pair_loader, select
    from store.db import Store

    with Store.open(store, read_only=True) as opened:
        train = select(opened, config.data, config.training.seed).train
    if config.model.architecture in ("match-rcnn", "mask-rcnn"):
        loader = pair_loader(train, config)
    else:
        ids = [one.id for one in train.categories()]
        loader = crop_loader(train, config, True, ids, train.attribute_names())
    done = epoch = 0
    began = time.perf_counter()
    while not epoch or time.perf_counter() - began < seconds:
        loader.batch_sampler.set_epoch(epoch)
        steps = sum(1 for _ in loader)
        if epoch:
            done += steps * config.training.batch
        else:
            began = time.perf_counter()
        epoch += 1
    rate = done / (time.perf_counter() - began)
    loader.close()
    return rate


def main() -> None:
    """Print the rate of each configuration."""
    with tempfile.TemporaryDirectory() as folder:
        store = draw(Path(folder))
        for name, values in CONFIGURATIONS.items():
            config = validated(values)
            rate = measure(store, config)
            print(f"loader: {name}, {config.data.workers} process: {rate:.1f} images/s")
