"""A small demo store, drawn once for all tests of networks and their data."""

from __future__ import annotations

from pathlib import Path

import pytest

from store import importing
from store.db import Store
from store.demo import DemoOptions, write_demo

#: Small pictures, but enough for every split, shop and consumer, and two garments in one image.
IMAGES, SIZE = 24, 160


@pytest.fixture(scope="session")
def drawn_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a store of 24 drawn images, 160 pixels high, without wrong labels. Not to be changed."""
    folder = tmp_path_factory.mktemp("drawn")
    write_demo(folder / "dataset", DemoOptions(images=IMAGES, errors=0.0, size=SIZE))
    with Store.create(folder / "store", "drawn") as store:
        importing.import_dataset(
            store, "deepfashion2", folder / "dataset", importing.ImportOptions(name="drawn")
        )
    return folder / "store"
