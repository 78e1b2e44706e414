"""A drawn store to change, and what a model might say of its garments."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest

from resources.taxonomy import Category, categories
from store import importing
from store.db import Store
from store.demo import DemoOptions, write_demo
from store.records import Image
from store.runs.manifest import ModelCategory, ModelSpec


@pytest.fixture(scope="session")
def drawn_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("proposals")
    write_demo(folder / "dataset", DemoOptions(images=6, errors=0.0, size=128))
    with Store.create(folder / "store", "drawn") as store:
        importing.import_dataset(store, "deepfashion2", folder / "dataset", importing.ImportOptions())
    return folder / "store"


@pytest.fixture
def drawn(drawn_once: Path, tmp_path: Path) -> Iterator[Store]:
    """Six drawn images without wrong labels, in a store of the test's own."""
    shutil.copytree(drawn_once, tmp_path / "store")
    with Store.open(tmp_path / "store") as store:
        yield store


@pytest.fixture(scope="session")
def known() -> Mapping[int, Category]:
    """DeepFashion2's 13 categories by id."""
    return {category.id: category for category in categories()}


@pytest.fixture(scope="session")
def own_spec() -> ModelSpec:
    """A detector with each category's own landmarks."""
    kinds = tuple(ModelCategory(c.id, c.name, c.schema.size) for c in categories())
    return ModelSpec("match-rcnn", "small", kinds, schema="own")


@pytest.fixture(scope="session")
def eight_spec() -> ModelSpec:
    """A model for crops with DeepFashion's eight landmarks and two attributes."""
    kinds = tuple(ModelCategory(c.id, c.name, c.schema.size) for c in categories())
    return ModelSpec("fashionnet", "small", kinds, ("striped", "cotton"), "fashion8")


@pytest.fixture
def image() -> Image:
    return Image(id=1, dataset_id=1, name="a.jpg", width=400, height=300, size_known=True, pair_id=12)


@pytest.fixture
def disc() -> np.ndarray:
    """A mask of 300 x 400 pixels (height, width): a disc of radius 80 about (200, 150)."""
    rows, columns = np.mgrid[:300, :400]
    return ((columns - 200) ** 2 + (rows - 150) ** 2 < 80**2).astype(np.uint8)
