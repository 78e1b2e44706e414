"""Models are removed into a trash folder, brought back, or deleted; what is in use stays."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from store.errors import StudioError
from store.runs import RunFolder, library
from store.runs.library import all_models, refused, user_models
from store.runs.manifest import WEIGHTS, ModelCategory, ModelManifest, ModelSpec, write_manifest
from store.runs.predicting import PredictConfig, write_predict_config
from store.runs.removing import TRASH, Removed, bring_back, remove, remove_folder


def put(around: Path, name: str, run: str = "") -> Path:
    """A folder that looks like a model."""
    folder = around / name
    folder.mkdir(parents=True)
    spec = ModelSpec("match-rcnn", "small", (ModelCategory(1, "short sleeve top", 25),))
    write_manifest(ModelManifest(name, spec, ("boxes",), run=run), folder)
    (folder / WEIGHTS).write_bytes(b"weights")
    return folder


@pytest.fixture(autouse=True)
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of what comes with the program, empty."""
    monkeypatch.setattr(library, "shipped_models", lambda: tmp_path / "shipped")
    return tmp_path / "shipped"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


def trash_of(removed: Removed) -> Path:
    assert removed.trash is not None
    return removed.trash


def test_a_removed_model_lies_in_the_trash_till_it_is_brought_back(store: Path) -> None:
    folder = put(store / "models", "a")
    gone = remove("a", store)
    assert gone.folder == folder
    assert trash_of(gone).parent == store / "models" / TRASH
    assert (trash_of(gone) / WEIGHTS).read_bytes() == b"weights"
    assert all_models(store) == ()
    assert refused(store) == ()
    assert bring_back(gone) == folder
    assert [one.name for one in all_models(store)] == ["a"]
    assert not (store / "models" / TRASH).exists()


def test_many_of_one_name_lie_there_beside_each_other(store: Path) -> None:
    gone = []
    for _ in range(3):
        put(store / "models", "a")
        gone.append(trash_of(remove("a", store)))
    assert len(set(gone)) == 3
    assert all(one.is_dir() for one in gone)
    put(store / "models", "a")
    assert remove("a", store, for_good=True).trash is None
    assert sorted((store / "models" / TRASH).iterdir()) == sorted(gone)


def test_the_first_of_a_name_goes_and_what_ships_stays(store: Path, shipped: Path) -> None:
    own, ships = put(user_models(), "a"), put(shipped, "a")
    assert remove("a", store).folder == own
    with pytest.raises(StudioError, match="comes with the program"):
        remove("a", store)
    assert ships.is_dir()


@pytest.mark.parametrize("name", ["b", "", "..", TRASH, "../models/a"])
def test_what_is_no_model_cannot_be_removed(store: Path, name: str) -> None:
    put(store / "models", "a")
    trash_of(remove("a", store))
    put(store / "models", "a")
    with pytest.raises(StudioError, match="There is no model") as caught:
        remove(name, store)
    assert "a" in caught.value.fix


def test_a_refused_folder_can_be_removed(store: Path) -> None:
    folder = store / "models" / "half"
    folder.mkdir(parents=True)
    assert bring_back(remove_folder(folder, store)) == folder


def test_it_does_not_come_back_over_another_or_out_of_nothing(store: Path) -> None:
    put(store / "models", "a")
    gone = remove("a", store)
    put(store / "models", "a")
    with pytest.raises(StudioError, match="another model of that name") as caught:
        bring_back(gone)
    assert str(gone.trash) in caught.value.fix
    with pytest.raises(StudioError, match="not in the trash any more"):
        bring_back(remove("a", store, for_good=True))


def job(store: Path, kind: str, *command: str) -> RunFolder:
    run = RunFolder.create(store, kind, [kind, *command])
    run.begin()
    return run


def refused_by(store: Path, run: RunFolder, name: str, words: Sequence[str]) -> None:
    """A live run keeps the model; when it has ended the model can be removed."""
    with pytest.raises(StudioError) as caught:
        remove(name, store)
    for word in (*words, run.id, "Stop that run first"):
        assert word in str(caught.value)
    run.finish("done")
    bring_back(remove(name, store))


def test_what_a_run_uses_stays_till_its_end(store: Path) -> None:
    folder, other = put(store / "models", "a"), put(store / "models", "b")
    run = job(store, "predict", "--model", "a")
    refused_by(store, run, "a", ("predicts in",))
    run = job(store, "predict")
    write_predict_config(PredictConfig(str(folder)), run.path)
    bring_back(remove("b", store))
    refused_by(store, run, "a", ("predicts in",))
    refused_by(store, job(store, "evaluate", "run", str(other)), "b", ("is being evaluated by",))
    run = job(store, "train")
    put(store / "models", "c", run=run.id)
    bring_back(remove("a", store))
    refused_by(store, run, "c", ("is still trained by",))
