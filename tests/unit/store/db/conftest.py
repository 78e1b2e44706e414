"""An empty store, and one with a few images of every kind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.db import Store
from store.records import Dataset


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.create(tmp_path / "store", "wardrobe") as made:
        yield made


@pytest.fixture
def dataset(store: Store, tmp_path: Path) -> Dataset:
    return store.datasets.add(Dataset(name="clothes", format="coco", images_root=str(tmp_path / "pictures")))
