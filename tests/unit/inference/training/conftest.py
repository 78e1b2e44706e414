"""Tiny training runs on a drawn store: a few steps of small crops, in seconds."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import torch

from inference.training import train
from store.errors import Cancelled
from store.runs import RunFolder
from store.runs.config import RunConfig
from store.runs.configuring import read_config

#: Of every run here, unless a test says otherwise.
SETTINGS = (
    "model.architecture=fashionnet",
    "data.image_size=64",
    "data.workers=0",
    "training.batch=8",
    "training.epochs=3",
    "training.samples=2",
    "training.device=cpu",
    "optimiser.learning_rate=1e-3",
)


@dataclass
class Listener:
    """A report that writes to the run's folder as the command line does, and can be made to stop."""

    run: RunFolder
    stop_at: int | None = None
    said: list[str] = field(default_factory=list)

    def __call__(self, done: int, total: int, message: str = "") -> None:
        if self.stop_at is not None and message == "Training" and done >= self.stop_at:
            raise Cancelled

    def event(self, kind: str, **data: Any) -> None:
        self.run.event(kind, **data)

    def say(self, text: str) -> None:
        self.said.append(text)


@dataclass
class Finished:
    """What a run left behind."""

    run: RunFolder
    result: dict[str, Any]
    listener: Listener

    def events(self, kind: str) -> list[Any]:
        """The data of all events of a kind."""
        return [event.data for event in self.run.read(0)[0] if event.kind == kind]


Runner = Callable[..., Finished]


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """The machine is shared, and tiny batches gain nothing from more."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(autouse=True)
def always_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether to stop is asked after every step, however quick the steps are."""
    monkeypatch.setattr("inference.training.control._ASK_EVERY", 0.0)


@pytest.fixture
def store_copy(drawn_store: Path, tmp_path: Path) -> Path:
    """A store of the test's own: models are put into it."""
    return Path(shutil.copytree(drawn_store, tmp_path / "store"))


@pytest.fixture
def settled() -> Callable[..., RunConfig]:
    """The configuration of a tiny run with changes."""
    return lambda *changes: read_config(None, [*SETTINGS, *changes])


@pytest.fixture
def training(store_copy: Path) -> Runner:
    """Trains with changed settings; ``folder`` goes on with a run, ``stop_at`` stops after that step."""

    def work(*changes: str, folder: RunFolder | None = None, stop_at: int | None = None) -> Finished:
        run = folder or RunFolder.create(store_copy, "train", ["train"])
        listener = Listener(run, stop_at)
        config = read_config(None, [*SETTINGS, *changes])
        result = train(config, store_copy, run.path, listener, resume=folder is not None)
        return Finished(run, result, listener)

    return work
