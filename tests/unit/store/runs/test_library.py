"""Models are found in the store, in the person's folder and with the program, in this order."""

from __future__ import annotations

from pathlib import Path

import pytest

from store.errors import StudioError
from store.runs import library
from store.runs.library import all_models, find, names, places, refused, user_models
from store.runs.manifest import FILE, WEIGHTS, ModelCategory, ModelManifest, ModelSpec, write_manifest


def put(around: Path, name: str) -> Path:
    """A folder that looks like a model."""
    folder = around / name
    folder.mkdir(parents=True)
    spec = ModelSpec("match-rcnn", "small", (ModelCategory(1, "short sleeve top", 25),))
    write_manifest(ModelManifest(name, spec, ("boxes",)), folder)
    (folder / WEIGHTS).write_bytes(b"")
    return folder


@pytest.fixture
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of what comes with the program, empty."""
    monkeypatch.setattr(library, "shipped_models", lambda: tmp_path / "shipped")
    return tmp_path / "shipped"


def test_a_home_of_its_own_moves_the_models_of_a_person(isolated_home: Path) -> None:
    assert user_models() == isolated_home / "studio" / "models"


def test_without_one_they_lie_where_programs_keep_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEEPFASHION_STUDIO_HOME")
    assert user_models().parts[-2:] == ("deepfashion-studio", "models")


def test_all_places_in_order(tmp_path: Path, shipped: Path) -> None:
    store = tmp_path / "store"
    expected = [
        (put(store / "models", "b"), "store"),
        (put(store / "models", "c"), "store"),
        (put(user_models(), "a"), "user"),
        (put(user_models(), "b"), "user"),
        (put(shipped, "demo"), "shipped"),
    ]
    assert [(model.folder, model.place) for model in all_models(store)] == expected
    assert [model.name for model in all_models(None)] == ["a", "b", "demo"]
    assert names(store) == "b, c, a, demo"
    assert [place for place, _ in places(None)] == ["user", "shipped"]


def test_no_folder_is_no_model(tmp_path: Path, shipped: Path) -> None:
    assert all_models(tmp_path / "nowhere") == ()
    assert refused(tmp_path / "nowhere") == ()


def test_a_name_means_the_first_of_that_name(tmp_path: Path, shipped: Path) -> None:
    store = tmp_path / "store"
    later = put(shipped, "demo")
    assert find("demo", store) == later
    own = put(store / "models", "demo")
    assert find("demo", store) == own
    assert find("demo", None) == later
    assert find(later, store) == later


def test_a_path_is_a_model_too(tmp_path: Path, shipped: Path) -> None:
    elsewhere = put(tmp_path / "elsewhere", "second")
    assert find(str(elsewhere), tmp_path) == elsewhere


@pytest.mark.parametrize("name", ["third", "", "..", "../models/first", "/nowhere"])
def test_what_there_is_is_told_where_a_model_is_not(tmp_path: Path, shipped: Path, name: str) -> None:
    put(tmp_path / "models", "first")
    with pytest.raises(StudioError, match="There is no model") as caught:
        find(name, tmp_path)
    assert "first" in caught.value.fix


def test_refused_folders_say_why_and_stop_nobody(tmp_path: Path, shipped: Path) -> None:
    put(tmp_path / "models", "whole")
    empty = tmp_path / "models" / "empty"
    empty.mkdir()
    broken = put(tmp_path / "models", "broken")
    (broken / FILE).write_text("name =", encoding="utf-8")
    without = put(tmp_path / "models", "without")
    (without / WEIGHTS).unlink()
    put(tmp_path / "models", ".half.new")
    (tmp_path / "models" / "notes.txt").write_text("not a folder", encoding="utf-8")
    assert [model.name for model in all_models(tmp_path)] == ["whole"]
    reasons = dict(refused(tmp_path))
    assert set(reasons) == {empty, broken, without}
    assert "cannot be read" in reasons[empty]
    assert "does not describe a model" in reasons[broken]
    assert WEIGHTS in reasons[without]
