"""``models`` from the terminal: listed, added, removed, and said why not."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch

from app import category_maps
from app.cli.program import run
from inference.models import build, load_model, save_model
from store.db import Store
from store.runs import RunFolder, library
from store.runs.library import user_models
from store.runs.manifest import FILE, ModelCategory, ModelManifest, ModelSpec

SPEC = ModelSpec("embedding", "small", (ModelCategory(9, "Skirt"), ModelCategory(9001, "Bag")), input_size=64)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A small model's folder outside of all places."""
    save_model(build(SPEC), ModelManifest("own", SPEC, ("embedding",)), tmp_path / "own")
    return tmp_path / "own"


@pytest.fixture(autouse=True)
def nothing_ships(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own for the models that come with the program."""
    monkeypatch.setattr(library, "shipped_models", lambda: tmp_path / "shipped")
    return tmp_path / "shipped"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """An empty store."""
    Store.create(tmp_path / "store", "empty").close()
    return tmp_path / "store"


def _answer(capsys: pytest.CaptureFixture[str], *arguments: object) -> dict[str, Any]:
    assert run([*map(str, arguments), "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_a_model_is_added_listed_and_removed(capsys: pytest.CaptureFixture[str], model: Path) -> None:
    made = _answer(capsys, "models", "add", model, "--name", "mine", "--licence", "CC0", "--half")
    assert Path(made["folder"]) == user_models() / "mine"
    assert load_model(user_models() / "mine")[1].licence == "CC0"
    listed = _answer(capsys, "models", "list")
    assert [(one["name"], one["place"]) for one in listed["models"]] == [("mine", "user")]
    assert run(["models", "list"]) == 0
    assert "your models" in capsys.readouterr().out
    assert run(["models", "remove", "mine"]) == 0
    assert not (user_models() / "mine").exists()
    (trash,) = (user_models() / ".trash").iterdir()
    assert str(trash) in capsys.readouterr().out
    assert library.all_models(None) == ()
    assert run(["models", "remove", "mine"]) == 2
    trash.rename(user_models() / "mine")
    gone = _answer(capsys, "models", "remove", "mine", "--for-good")
    assert (gone["removed"], gone["trash"]) == (str(user_models() / "mine"), None)
    assert list(user_models().iterdir()) == []


def test_refused_folders_are_listed_with_the_reason(capsys: pytest.CaptureFixture[str], store: Path) -> None:
    (store / "models" / "half").mkdir(parents=True)
    listed = _answer(capsys, "models", "list", "--store", store)
    assert listed["models"] == []
    assert FILE in listed["refused"][0]["reason"]


def test_what_its_categories_are_in_the_store_is_kept(
    capsys: pytest.CaptureFixture[str], model: Path, store: Path
) -> None:
    made = _answer(capsys, "models", "add", model, "--store", store)
    assert (made["name"], made["unknown_categories"]) == ("own", ["Bag"])
    assert category_maps.read(store, load_model(store / "models" / "own")[1]) == {"Skirt": 9, "Bag": None}
    told = ["--map", "Bag=sling", "--map", "Skirt=", "--replace"]
    made = _answer(capsys, "models", "add", model, "--store", store, *told)
    assert made["unknown_categories"] == []
    assert category_maps.read(store, load_model(store / "models" / "own")[1]) == {"Skirt": None, "Bag": 6}


@pytest.mark.parametrize(("told", "word"), [("Hat=skirt", "'Hat'"), ("Bag=hat", "'hat'"), ("Bag", "--map")])
def test_categories_that_do_not_match_are_named(
    capsys: pytest.CaptureFixture[str], model: Path, store: Path, told: str, word: str
) -> None:
    assert run(["models", "add", str(model), "--store", str(store), "--map", told]) == 2
    assert word in capsys.readouterr().err
    assert library.all_models(store) == ()


def test_what_is_wrong_is_told_to_the_window_too(tmp_path: Path, store: Path) -> None:
    torch.save({"layer.weight": torch.ones(1)}, tmp_path / "c.pth")
    command = ["models", "add", str(tmp_path / "c.pth"), "--store", str(store)]
    job = RunFolder.create(store, "models", command)
    assert run([*command, "--run", str(job.path)]) == 2
    state = RunFolder(job.path).state()
    assert state.state == "failed"
    assert "no network that is known" in state.result["what"]


def test_the_window_hears_that_a_model_was_added(model: Path, store: Path) -> None:
    command = ["models", "add", str(model), "--store", str(store), "--name", "mine"]
    job = RunFolder.create(store, "models", command)
    assert run([*command, "--run", str(job.path)]) == 0
    state = RunFolder(job.path).state()
    assert (state.state, state.result["folder"]) == ("done", str(store / "models" / "mine"))


def test_what_ships_is_not_removed(
    capsys: pytest.CaptureFixture[str], model: Path, nothing_ships: Path
) -> None:
    nothing_ships.mkdir()
    model.rename(nothing_ships / "demo")
    assert run(["models", "remove", "demo"]) == 2
    assert "comes with the program" in capsys.readouterr().err
    assert (nothing_ships / "demo").is_dir()


def test_no_store_is_told(capsys: pytest.CaptureFixture[str], model: Path, tmp_path: Path) -> None:
    assert run(["models", "add", str(model), "--store", str(tmp_path / "nowhere")]) == 2
    assert "is no store" in capsys.readouterr().err
    assert run(["models", "add", str(model), "--map", "Bag=sling"]) == 2
    assert "--store" in capsys.readouterr().err


def test_listing_loads_no_torch() -> None:
    code = (
        "import sys; from app.cli.program import run; code = run(['models', 'list']); "
        "sys.exit(code or 'torch' in sys.modules or 'PySide6' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
