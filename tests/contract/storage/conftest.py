"""The storage back ends under contract. A new one joins by one more entry in ``BACK_ENDS``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from store.db import Store


@dataclass(frozen=True)
class BackEnd:
    """How a test makes a store in a folder and opens it again, as another process would."""

    name: str
    create: Callable[[Path], Store]
    open: Callable[[Path], Store]


BACK_ENDS = [BackEnd("sqlite", lambda folder: Store.create(folder, "contract"), Store.open)]


@pytest.fixture(params=BACK_ENDS, ids=lambda back_end: back_end.name)
def back_end(request: pytest.FixtureRequest) -> BackEnd:
    chosen: BackEnd = request.param
    return chosen


@pytest.fixture
def store(back_end: BackEnd, tmp_path: Path) -> Iterator[Store]:
    with back_end.create(tmp_path / "store") as made:
        yield made


@pytest.fixture
def other(back_end: BackEnd, store: Store) -> Iterator[Store]:
    """The same store, opened by somebody else."""
    with back_end.open(store.folder) as opened:
        yield opened
