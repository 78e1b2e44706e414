"""``predict`` on the command line: options, JSON, exit codes, and the run it leaves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from app.category_maps import save
from app.cli.outcome import Exit
from app.cli.predicting import category_pairs
from app.cli.program import run
from inference.models import ARCHITECTURES, build, save_model
from resources.taxonomy import categories
from store import importing
from store.db import Store
from store.demo import DemoOptions, write_demo
from store.errors import StudioError
from store.runs import RunFolder
from store.runs.manifest import ModelCategory, ModelManifest, ModelSpec
from store.runs.predicted import KIND, Predictions
from store.runs.predicting import read_predict_config

OWN = tuple(ModelCategory(one.id, one.name, one.schema.size) for one in categories())


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of a few drawn images, with two models."""
    folder = tmp_path_factory.mktemp("predict")
    write_demo(folder / "dataset", DemoOptions(images=10, errors=0.0, size=128))
    with Store.create(folder / "store", "drawn") as store:
        importing.import_dataset(
            store, "deepfashion2", folder / "dataset", importing.ImportOptions(name="drawn")
        )
    _model(folder / "store", "fn", OWN)
    _model(folder / "store", "foreign", (ModelCategory(1, "Tee"), ModelCategory(2, "Jeans")))
    return folder / "store"


def _model(store: Path, name: str, own: tuple[ModelCategory, ...]) -> None:
    torch.manual_seed(1)
    spec = ModelSpec("fashionnet", "small", own, (), "fashion8", 64)
    manifest = ModelManifest(name, spec, ARCHITECTURES["fashionnet"].tasks)
    save_model(build(spec), manifest, store / "models" / name)


def _command(store: Path, *more: str) -> list[str]:
    # Which format is quicker comes out otherwise on a busy machine.
    fixed = ["--device", "cpu", "--workers", "0", "--precision", "32"]
    return ["predict", "--store", str(store), *fixed, *more]


def _said(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    found: dict[str, Any] = json.loads(out)
    return found


def test_json_says_what_came_of_it(drawn: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(_command(drawn, "--model", "fn", "--where", "split = train", "--json")) == Exit.DONE
    said = _said(capsys)
    folder = RunFolder.find(drawn, said["run"])
    with Store.open(drawn, read_only=True) as store:
        train = store.filter_words()["split"]
    assert "train" in train
    assert said["model"] == "fn"
    assert said["images"] > 0
    assert (said["device"], said["precision"]) == ("cpu", "32")
    assert folder.state().kind == KIND
    assert folder.state().state == "done"
    assert folder.state().result["garments"] == said["garments"]
    assert read_predict_config(folder.path).where == "split = train"
    with Predictions.open(folder.path) as found:
        assert found.counts().images == said["images"]
        assert found.facts.sha256
    again = _command(drawn, "--resume", said["run"], "--json")
    assert run(again) == Exit.DONE
    assert _said(capsys)["looked_at"] == 0


def test_a_person_reads_lines(drawn: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(_command(drawn, "--model", str(drawn / "models" / "fn"))) == Exit.DONE
    shown = capsys.readouterr()
    assert "fn on 10 images" in shown.out
    assert "images/s on cpu" in shown.out
    newest = RunFolder.all(drawn, KIND)[0]
    assert Path(read_predict_config(newest.path).model).is_absolute()


def test_foreign_categories_are_mapped(drawn: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(_command(drawn, "--model", "foreign")) == Exit.BAD_INPUT
    shown = capsys.readouterr().err
    assert "Tee, Jeans" in shown
    assert "short sleeve top" in shown
    maps = ["--map", "Tee=short sleeve top", "--map", "Jeans = trousers"]
    assert run(_command(drawn, "--model", "foreign", "--json", *maps)) == Exit.DONE
    folder = RunFolder.find(drawn, _said(capsys)["run"])
    assert read_predict_config(folder.path).categories == {"Tee": "short sleeve top", "Jeans": "trousers"}
    # A run that is resumed knows them.
    assert run(_command(drawn, "--resume", folder.id)) == Exit.DONE


def test_what_was_chosen_in_the_window_counts(drawn: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save(drawn, "foreign", {"Tee": 5, "Jeans": None})
    try:
        assert run(_command(drawn, "--model", "foreign", "--json")) == Exit.DONE
        folder = RunFolder.find(drawn, _said(capsys)["run"])
        assert run(_command(drawn, "--model", "foreign", "--json", "--map", "Jeans=trousers")) == Exit.DONE
        other = RunFolder.find(drawn, _said(capsys)["run"])
    finally:
        (drawn / "category_maps.json").unlink()
    assert read_predict_config(folder.path).categories == {"Tee": "5", "Jeans": ""}
    assert read_predict_config(other.path).categories == {"Tee": "5", "Jeans": "trousers"}
    with Predictions.open(folder.path) as found:
        assert [one.name for one in found.spec.categories] == ["vest"]


def test_a_run_of_the_window_is_evaluated(drawn: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = RunFolder.create(drawn, KIND, [KIND])
    assert run(_command(drawn, "--model", "fn", "--run", str(folder.path))) == Exit.DONE
    assert folder.state().state == "done"
    capsys.readouterr()
    assert run(["evaluate", "run", folder.id, "--store", str(drawn), "--by", "category"]) == Exit.DONE
    assert "Category" in capsys.readouterr().out
    assert (folder.path / "evaluation" / "evaluation.json").is_file()


def test_a_cancelled_run_says_so(drawn: Path) -> None:
    folder = RunFolder.create(drawn, KIND, [KIND])
    folder.cancel()
    assert run(_command(drawn, "--model", "fn", "--run", str(folder.path))) == Exit.CANCELLED
    assert folder.state().state == "cancelled"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "which model"),
        (["--model", "nothing"], "There is no model 'nothing'"),
        (["--resume", "nothing"], "no run"),
        (["--model", "fn", "--where", "split ="], "not finished"),
        (["--model", "fn", "--where", "split = other"], "selects no image"),
        (["--model", "fn", "--device", "cuda:77"], "cuda:77"),
        (["--model", "fn", "--precision", "8"], "precision"),
        (["--model", "fn", "--map", "Tee"], "--map"),
        (["--model", "fn", "--map", "Tee=vest"], "has no category 'Tee'"),
    ],
)
def test_what_cannot_be_is_said(
    drawn: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert run(_command(drawn, *arguments)) == Exit.BAD_INPUT
    assert words in capsys.readouterr().err


def test_a_resumed_run_keeps_its_images(drawn: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(_command(drawn, "--model", "fn", "--json")) == Exit.DONE
    name = _said(capsys)["run"]
    assert run(_command(drawn, "--resume", name, "--where", "split = test")) == Exit.BAD_INPUT
    assert "Leave --model, --where" in capsys.readouterr().err
    assert run(_command(drawn.parent, "--model", "fn")) == Exit.BAD_INPUT
    assert "is no store" in capsys.readouterr().err


def test_a_map_names_each_category_once() -> None:
    assert category_pairs(["Tee = vest", "Romper="]) == {"Tee": "vest", "Romper": ""}
    with pytest.raises(StudioError, match="once for each"):
        category_pairs(["Tee=vest", "Tee=shorts"])
