"""Models as real folders of a real store, and a window that shows them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.controllers import models as controller
from app.jobs import process
from app.window import MainWindow
from resources.taxonomy import categories, clothes_categories
from store.db import Store
from store.records import Dataset, Garment, Image, ImageRecord
from store.runs.manifest import WEIGHTS, ModelCategory, ModelManifest, ModelSpec, write_manifest
from tests.gui.models.models_hand import JOB
from tests.gui.small_windows import done_with, draw, end_jobs, private_home, window_on
from widgets import style

OWN = tuple(ModelCategory(one.id, one.name, one.schema.size) for one in categories())
CLOTHES = tuple(ModelCategory(one.id, one.name) for one in clothes_categories())


@pytest.fixture(autouse=True)
def look(qapp: QApplication) -> None:
    """The program's own look."""
    style.apply(qapp, "dark")


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The person's models and settings are those of the test; nobody asks for devices."""
    # Its models hold no weights: opened in Annotate, each would be tried in a process of its own.
    private_home(tmp_path, monkeypatch)
    monkeypatch.setattr(controller, "_DEVICES_AFTER", 3_600_000)


@pytest.fixture(autouse=True)
def no_jobs_left() -> Iterator[None]:
    """See :func:`end_jobs`."""
    yield
    end_jobs()


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Jobs are done by a stand-in for the commands."""
    script = tmp_path / "job.py"
    script.write_text(JOB)
    monkeypatch.setattr(
        process,
        "command_of",
        lambda arguments, run: [sys.executable, str(script), *arguments, "--run", str(run)],
    )


def make_model(
    folder: Path, name: str, wanted: tuple[ModelCategory, ...] = OWN, architecture: str = "fashionnet"
) -> Path:
    """A folder that is a model as far as the window looks at it: its weights hold nothing."""
    place = folder / name
    place.mkdir(parents=True)
    (place / WEIGHTS).write_bytes(bytes(1_500_000))
    metrics = {"landmarks/AP": 0.5} if architecture == "match-rcnn" else {"category/top3": 0.9, "loss": 3.0}
    spec = ModelSpec(architecture, "small", wanted, schema="own", input_size=64)
    tasks = ("boxes", "masks") if architecture == "match-rcnn" else ("category", "landmarks")
    manifest = ModelManifest(name, spec, tasks, "MIT", "9 images", metrics=metrics)
    write_manifest(manifest, place)
    return place


@pytest.fixture
def store_folder(tmp_path: Path) -> Path:
    """A store of four images and four folders of models: one has foreign categories, one is broken."""
    pictures, folder = tmp_path / "pictures", tmp_path / "store"
    pictures.mkdir()
    with Store.create(folder, "small") as store:
        dataset = store.datasets.add(
            Dataset(name="small", format="coco", root=str(tmp_path), images_root=str(pictures))
        )
        with store.bulk() as bulk:
            for number in range(1, 5):
                name = draw(pictures, number, 60 * number)
                image = Image(
                    dataset_id=dataset.id, name=name, width=60, height=80, size_known=True,
                    split="train" if number % 2 else "test",
                )  # fmt: skip
                bulk.add(ImageRecord(image, (Garment(key="item1", category_id=number),)))
    make_model(folder / "models", "alpha", architecture="match-rcnn")
    make_model(folder / "models", "beta")
    make_model(folder / "models", "clothes", CLOTHES)
    (folder / "models" / "broken").mkdir()
    (folder / "models" / "broken" / "manifest.toml").write_text('name = "broken"\n')
    return folder


@pytest.fixture
def window(qtbot: QtBot, store_folder: Path) -> Iterator[MainWindow]:
    """A window on the store, with Models in front and its models listed."""
    made = window_on(qtbot, store_folder)
    made.go_to("models")
    qtbot.waitUntil(lambda: len(made.models.page.table.rows.rows()) > 0 and not made.session.desk.busy())
    yield made
    done_with(made)
