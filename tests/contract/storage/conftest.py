"""The storage back ends under contract. A new one joins by one more entry in ``BACK_ENDS``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from store.db import Store
from tests.postgres import Server


@dataclass(frozen=True)
class BackEnd:
    """How a test makes a store in a folder and opens it again, as another process would."""

    name: str
    url: str = ""

    def create(self, folder: Path) -> Store:
        return Store.create(folder, "contract", self.url)

    def open(self, folder: Path) -> Store:
        return Store.open(folder)


BACK_ENDS = ("sqlite", "postgresql")


@pytest.fixture(params=BACK_ENDS)
def back_end(request: pytest.FixtureRequest) -> BackEnd:
    if request.param == "sqlite":
        return BackEnd("sqlite")
    server: Server = request.getfixturevalue("server")
    return BackEnd(request.param, server.new())


@pytest.fixture
def store(back_end: BackEnd, tmp_path: Path) -> Iterator[Store]:
    with back_end.create(tmp_path / "store") as made:
        yield made


@pytest.fixture
def other(back_end: BackEnd, store: Store) -> Iterator[Store]:
    """The same store, opened by somebody else."""
    with back_end.open(store.folder) as opened:
        yield opened
