"""One small demo dataset, drawn once for all tests that only read it."""

from __future__ import annotations

import pytest

from store.demo import write_demo
from tests.unit.store.demo.demo_dataset import OPTIONS, Written, read


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    """About a hundred small images with every tenth garment wrong."""
    folder = tmp_path_factory.mktemp("demo") / "data"
    return read(folder, write_demo(folder, OPTIONS))
