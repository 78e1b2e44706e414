"""A screen, and a demo store that tests may change."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from store.db import Store
from store.demo import DemoOptions, write_demo
from store.importing import ImportOptions, import_dataset
from store.progress import silent
from tests.e2e.desktop import Desktop, desktop, missing_tools


@pytest.fixture(autouse=True)
def no_predictions(predictions_as_asked: None) -> None:
    """The program starts no process that predicts, but where the test asks for it."""


@pytest.fixture(scope="session")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small drawn dataset and a store of it; copied, never changed."""
    folder = tmp_path_factory.mktemp("drawn")
    write_demo(folder / "dataset", DemoOptions(images=24, errors=0.1))
    with Store.create(folder / "store", "demo") as store:
        import_dataset(store, "deepfashion2", folder / "dataset", ImportOptions(name="demo"), silent)
    return folder


@pytest.fixture
def demo_store(drawn: Path, tmp_path: Path) -> Path:
    """A store of the drawn dataset, the test's own."""
    return Path(shutil.copytree(drawn / "store", tmp_path / "store"))


@pytest.fixture
def screen(isolated_home: Path) -> Iterator[Desktop]:
    """A screen of 1600x1000 pixels; skips where the machine cannot have one."""
    if missing := missing_tools():
        pytest.skip(f"{' and '.join(missing)} not installed; ./setup.sh test installs them")
    with desktop(isolated_home) as screen:
        yield screen
