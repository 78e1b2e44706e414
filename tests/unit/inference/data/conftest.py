"""Stores of a few pictures, made to measure, and the slices of the drawn one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest

from inference.data import Slices, select
from store.cv import cv2
from store.db import Store
from store.records import Dataset, Garment, Image, ImageRecord
from store.runs.config import RunConfig
from store.runs.configuring import validated

MakeStore = Callable[..., Store]
MakeRecord = Callable[..., ImageRecord]


@pytest.fixture
def record() -> MakeRecord:
    """One image, 80 x 60, with the garments given; keywords are facts of the image."""

    def make(name: str, *garments: Garment, **facts: object) -> ImageRecord:
        image = Image(name=name, width=80, height=60, size_known=True, split="train")
        return ImageRecord(image.but(**facts), garments)

    return make


@pytest.fixture
def make_store(tmp_path: Path) -> Iterator[MakeStore]:
    """A store of records; each gets a grey picture unless ``pictures`` has its pixels (BGR) or None."""
    opened: list[Store] = []

    def make(
        records: Sequence[ImageRecord],
        pictures: Mapping[str, np.ndarray | None] | None = None,
        format: str = "coco",
    ) -> Store:
        folder = tmp_path / f"pictures{len(opened)}"
        folder.mkdir()
        store = Store.create(tmp_path / f"store{len(opened)}")
        opened.append(store)
        dataset = store.datasets.add(Dataset(name="made", format=format, images_root=str(folder)))
        with store.bulk() as bulk:
            for one in records:
                bulk.add(one.but(image=one.image.but(dataset_id=dataset.id)))
                grey = np.full((one.image.height, one.image.width, 3), 90, np.uint8)
                pixels = (pictures or {}).get(one.image.name, grey)
                if pixels is not None:
                    cv2.imwrite(str(folder / one.image.name), pixels)
        return store

    yield make
    for store in opened:
        store.close()


@pytest.fixture(scope="session")
def drawn(drawn_store: Path) -> Slices:
    """Training and validation of the drawn store."""
    with Store.open(drawn_store, read_only=True) as store:
        return select(store, RunConfig().data, seed=7)


@pytest.fixture(scope="session")
def config() -> RunConfig:
    """Small pictures, small batches, no other process."""
    return validated({"data": {"image_size": 64, "workers": 0}, "training": {"batch": 4}})
