"""Small random models and stores of the drawn pictures, to predict in processes and within this one."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import torch

from inference.data import select_one
from inference.models import ARCHITECTURES, build, save_model
from inference.prediction.job import predict_store
from store.db import Store
from store.errors import Cancelled
from store.runs import RunFolder
from store.runs.manifest import ModelManifest, ModelSpec
from store.runs.predicted import KIND, Predictions
from store.runs.predicting import PredictConfig, write_predict_config
from store.runs.predictions import ImagePrediction
from tests.unit.inference.sure import sure

MakeModel = Callable[..., Path]


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """The machine is shared, and tiny batches gain nothing from more."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def own_store(drawn_store: Path, tmp_path: Path) -> Path:
    """A copy of the drawn store in which runs and models may be made; the pictures stay where they are."""
    return Path(shutil.copytree(drawn_store, tmp_path / "store"))


@pytest.fixture(scope="session")
def specs(drawn_store: Path) -> dict[str, ModelSpec]:
    """What small networks of the drawn store are, by architecture."""
    with Store.open(drawn_store, read_only=True) as store:
        data, _ = select_one(store, "")
    return {
        name: ModelSpec(
            name,
            "small",
            data.categories(),
            data.attribute_names() if name == "fashionnet" else (),
            {"match-rcnn": "own", "fashionnet": "fashion8"}.get(name, ""),
            64,
            {"embedding_size": 16},
        )
        for name in ARCHITECTURES
    }


@pytest.fixture
def make_model(specs: dict[str, ModelSpec], own_store: Path) -> MakeModel:
    """Writes a model with random weights into the store; a detector is as sure as one that has learnt."""

    def make(architecture: str, name: str = "", spec: ModelSpec | None = None, seed: int = 3) -> Path:
        spec = spec or specs[architecture]
        folder = own_store / "models" / (name or architecture)
        torch.manual_seed(seed)
        network = build(spec)
        if ARCHITECTURES[architecture].whole_images:
            sure(network)
        manifest = ModelManifest(folder.name, spec, ARCHITECTURES[architecture].tasks, seed=seed)
        save_model(network, manifest, folder)
        return folder

    return make


@dataclass
class Listener:
    """A report that writes to the run's folder as the command line does, and can be made to stop."""

    run: RunFolder
    stop_at: int | None = None
    said: list[str] = field(default_factory=list)

    def __call__(self, done: int, total: int, message: str = "") -> None:
        if self.stop_at is not None and message.startswith("Predicting") and done >= self.stop_at:
            raise Cancelled("stopped")

    def event(self, kind: str, **data: Any) -> None:
        self.run.event(kind, **data)

    def say(self, text: str) -> None:
        self.said.append(text)


@dataclass
class Predicted:
    """What a run left behind."""

    run: RunFolder
    result: dict[str, Any]
    listener: Listener

    def events(self, kind: str) -> list[Any]:
        """The data of all events of a kind."""
        return [event.data for event in self.run.read(0)[0] if event.kind == kind]

    def images(self) -> dict[int, ImagePrediction]:
        """All predictions, by image."""
        return predictions(self.run.path)


def predictions(folder: Path) -> dict[int, ImagePrediction]:
    """The predictions of a run's folder, by image."""
    with Predictions.open(folder) as found:
        return {one.image_id: one for one in found}


def rows(folder: Path) -> list[tuple[Any, ...]]:
    """All that is said of garments and images, number by number."""
    with Predictions.open(folder) as found:
        images = [tuple(getattr(row, name) for name in row.__slots__) for row in found.rows()]
        garments = [
            (
                one.image_id,
                garment.category_id,
                garment.score,
                garment.garment_id,
                str(garment.mask),
                *(
                    None if value is None else value.tobytes()
                    for value in (
                        garment.box,
                        garment.landmarks,
                        garment.category_scores,
                        garment.attribute_scores,
                        garment.embedding,
                    )
                ),
            )
            for one in found
            for garment in one.garments
        ]
        return [*images, *garments, *found.problems()]


@pytest.fixture
def predict(own_store: Path) -> Callable[..., Predicted]:
    """Predicts with a model on the processor; ``folder`` goes on with a run."""

    def work(
        model: str, folder: RunFolder | None = None, stop_at: int | None = None, **settings: Any
    ) -> Predicted:
        run = folder or RunFolder.create(own_store, KIND, [KIND])
        # Whether a smaller format is quicker, which "auto" asks, may come out otherwise the next time.
        asked = {"device": "cpu", "batch": 4, "workers": 0, "precision": "32", **settings}
        config = PredictConfig(model, **asked)
        write_predict_config(config, run.path)
        listener = Listener(run, stop_at)
        return Predicted(run, predict_store(config, own_store, run.path, listener), listener)

    return work
