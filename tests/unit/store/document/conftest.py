"""A store with two images, three garments in the first and one in the second."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from store.db import Store
from store.records import Dataset, Garment, Image, ImageRecord


def trousers(key: str, **facts: object) -> Garment:
    numbers = np.arange(28, dtype=np.float64).reshape(14, 2) + 0.25
    states = np.array([2, 1, 3, 0, *[2] * 10], np.uint8)
    numbers[3] = 0
    values = {
        "key": key,
        "category_id": 8,
        "box": np.array([1.0, 2.0, 30.0, 40.5]),
        "points": numbers,
        "visibility": states,
        "polygons": (np.array([[1.0, 1.0], [5.0, 1.0], [5.0, 7.5]]), np.array([[0.1, 0.2]] * 3)),
        "pair_id": 7,
        "style": 1,
        "scale": 2,
        "extra": {"deepfashion2": {"z": 1, "a": [2]}},
    }
    return Garment(**{**values, **facts})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.create(tmp_path / "store") as made:
        dataset = made.datasets.add(Dataset(name="clothes"))
        with made.bulk() as bulk:
            three = (trousers("item1"), trousers("item2", scale=None), trousers("item3", polygons=()))
            bulk.add(ImageRecord(Image(dataset_id=dataset.id, name="a.jpg", split="train"), three))
            bulk.add(ImageRecord(Image(dataset_id=dataset.id, name="b.jpg"), (trousers("item1"),)))
        yield made


@pytest.fixture
def garment() -> Garment:
    return trousers("item1", id=5, image_id=1)
