"""``train`` from the terminal: what is chosen, what is refused, what is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.cli import training
from app.cli.program import run
from resources.presets import presets
from store import importing
from store.db import Store
from store.demo import DemoOptions, write_demo
from store.errors import StudioError
from store.runs import RunFolder
from store.runs.configuring import read_config
from store.runs.manifest import ModelCategory, ModelManifest, ModelSpec, write_manifest

SHORT = (
    "data.image_size=64",
    "data.workers=0",
    "training.batch=8",
    "training.epochs=1",
    "training.samples=0",
    "training.device=cpu",
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A drawn store of 24 images."""
    folder = tmp_path_factory.mktemp("drawn")
    write_demo(folder / "dataset", DemoOptions(images=24, errors=0.0, size=128))
    with Store.create(folder / "store", "drawn") as made:
        importing.import_dataset(made, "deepfashion2", folder / "dataset", importing.ImportOptions())
    return folder / "store"


def _set(*settings: str) -> list[str]:
    return [part for one in settings for part in ("--set", one)]


def test_every_ready_configuration_is_valid_and_says_what_it_is_for() -> None:
    ready = presets()
    assert {"fashionnet-small", "match-rcnn-small", "fashionnet", "match-rcnn", "mask-rcnn"} <= set(ready)
    for name, file in ready.items():
        assert read_config(file).name == name
        assert file.read_text(encoding="utf-8").startswith("# ")
    assert next(iter(ready)).endswith("-small")


def test_a_model_may_be_a_network_a_ready_configuration_or_a_model(store: Path, tmp_path: Path) -> None:
    assert training.chosen(store, "mask-rcnn", None, []).data.image_size == 800
    assert training.chosen(store, "embedding", None, []).model.architecture == "embedding"
    ready = training.chosen(store, "fashionnet-small", None, ["training.epochs=2"])
    assert (ready.model.backbone, ready.training.epochs) == ("small", 2)
    folder = tmp_path / "own"
    folder.mkdir()
    spec = ModelSpec("fashionnet", "small", (ModelCategory(1, "top", 0),), input_size=96)
    write_manifest(ModelManifest("own", spec), folder)
    found = training.chosen(store, str(folder), None, [])
    assert (found.model.architecture, found.model.start_from) == ("fashionnet", str(folder))
    assert found.data.image_size == 96


def test_a_file_comes_before_the_model_and_settings_before_both(store: Path, tmp_path: Path) -> None:
    file = tmp_path / "run.toml"
    file.write_text('[training]\nepochs = 5\nbatch = 4\n[model]\nbackbone = "small"\n', encoding="utf-8")
    found = training.chosen(store, "fashionnet-small", file, ["training.batch=2"])
    assert (found.training.epochs, found.training.batch, found.data.image_size) == (5, 2, 128)


def test_an_unknown_model_lists_those_there_are(store: Path) -> None:
    with pytest.raises(StudioError) as caught:
        training.chosen(store, "fancynet", None, [])
    for part in ("fancynet", "match-rcnn", "fashionnet-small"):
        assert part in str(caught.value)


def test_a_run_is_made_told_and_resumed(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["train", "--store", str(store), "--model", "fashionnet-small", "--json"]
    assert run([*command, *_set(*SHORT, "name=first")]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["model"] == "first"
    folder = RunFolder.find(store, told["run"])
    assert folder.state().state == "done"
    assert read_config(folder.path / "config.toml").name == "first"
    # More epochs than it was made for: it goes on behind its end.
    more = ["train", "--store", str(store), "--resume", folder.id, "--json", *_set("training.epochs=2")]
    assert run(more) == 0
    again = json.loads(capsys.readouterr().out)
    assert again["run"] == folder.id
    assert again["epochs"] == 2
    epochs = [event.data["epoch"] for event in folder.read(0)[0] if event.kind == "epoch"]
    assert epochs == [0, 1, 2]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--model", "fashionnet", "--set", "training.epochs=none"], "training.epochs"),
        (["--model", "fashionnet", "--set", "training.epoch=3"], "training.epoch"),
        (["--model", "fashionnet", "--set", "epochs"], "key=value"),
        (["--resume", "nothing"], "no run"),
        (["--resume", "nothing", "--model", "fashionnet"], "Leave --model"),
        (["--model", "fashionnet", "--set", "training.device=cuda:77"], "cuda:77"),
        (["--model", "fashionnet", "--set", "data.train=split ="], "data.train"),
    ],
)
def test_what_cannot_be_is_said_and_ends_with_2(
    store: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert run(["train", "--store", str(store), *arguments, *_set("data.workers=0")]) == 2
    assert words in capsys.readouterr().err


def test_a_folder_that_is_no_store_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["train", "--store", str(tmp_path), "--model", "fashionnet"]) == 2
    assert "is no store" in capsys.readouterr().err
