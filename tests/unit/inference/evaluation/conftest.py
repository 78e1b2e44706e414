"""Models without any training, beside the drawn store."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch

from inference.data import select_one
from inference.models import ARCHITECTURES, build, save_model
from store.db import Store
from store.records import ImageRecord
from store.runs import RunFolder
from store.runs.config import RunConfig
from store.runs.configuring import validated, write_config
from store.runs.manifest import ModelManifest, ModelSpec

MakeSpec = Callable[[str], ModelSpec]
MakeModel = Callable[..., Path]
MakeRun = Callable[..., RunFolder]
Resplit = Callable[..., Path]


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture
def own_store(drawn_store: Path, tmp_path: Path) -> Path:
    """A copy of the drawn store in which runs and models may be made; the pictures stay where they are."""
    return Path(shutil.copytree(drawn_store, tmp_path / "store"))


@pytest.fixture
def resplit(drawn_store: Path, tmp_path: Path) -> Resplit:
    """A new store of the drawn images in which some splits have other names.

    ``extra`` gives what the garments' file said beside, by the number of the garment.
    """

    def make(extra: Callable[[int], dict[str, Any]] | None = None, **names: str) -> Path:
        folder = tmp_path / "resplit"
        with (
            Store.open(drawn_store, read_only=True) as old,
            Store.create(folder, "resplit") as new,
            new.bulk() as bulk,
        ):
            dataset = new.datasets.add(old.datasets.all()[0].but(id=0))
            for record in old.stream():
                split = names.get(record.image.split, record.image.split)
                image = record.image.but(id=0, dataset_id=dataset.id, split=split)
                garments = tuple(
                    one.but(id=0, image_id=0, extra=extra(one.id) if extra else one.extra)
                    for one in record.garments
                )
                bulk.add(ImageRecord(image, garments))
        return folder

    return make


@pytest.fixture(scope="session")
def make_spec(drawn_store: Path) -> MakeSpec:
    """What a small network of the drawn store's training images is."""
    with Store.open(drawn_store, read_only=True) as store:
        data, _ = select_one(store, "split = train")

    def make(architecture: str) -> ModelSpec:
        return ModelSpec(
            architecture,
            "small",
            data.categories(),
            data.attribute_names() if architecture == "fashionnet" else (),
            {"match-rcnn": "own", "fashionnet": "fashion8"}.get(architecture, ""),
            64,
            {"embedding_size": 16},
        )

    return make


@pytest.fixture
def make_model(make_spec: MakeSpec) -> MakeModel:
    """Writes a model folder with random weights."""

    def make(folder: Path, spec: ModelSpec | str = "fashionnet", run: str = "", seed: int = 3) -> Path:
        spec = make_spec(spec) if isinstance(spec, str) else spec
        torch.manual_seed(seed)
        tasks = ARCHITECTURES[spec.architecture].tasks
        save_model(build(spec), ModelManifest(folder.name, spec, tasks, seed=seed, run=run), folder)
        return folder

    return make


@pytest.fixture
def make_run(make_model: MakeModel) -> MakeRun:
    """A training run of a store with its configuration and a model."""

    def make(
        store: Path, config: RunConfig | None = None, spec: ModelSpec | str = "fashionnet", model: bool = True
    ) -> RunFolder:
        run = RunFolder.create(store, "train", ["train", "--store", str(store)])
        write_config(config or validated({}), run.path / "config.toml")
        if model:
            make_model(run.path / "model", spec, run.id)
        return run

    return make
