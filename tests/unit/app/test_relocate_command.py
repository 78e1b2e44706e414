"""``relocate`` on the command line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from app.cli.program import run
from tests.unit.store.small_dataset import make


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store of a dataset of which all pictures have gone to ``new``."""
    make(tmp_path / "old", 3)
    assert run(["import", "auto", str(tmp_path / "old"), "--store", str(tmp_path / "store")]) == 0
    shutil.move(tmp_path / "old", tmp_path / "new")
    return tmp_path / "store"


def test_it_says_how_many_are_there_before_anything_is_done(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert run(["relocate", str(tmp_path / "new"), "--store", str(store), "--check", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["found"] == 3
    (tmp_path / "new" / "train" / "image" / "000001.jpg").unlink()
    assert run(["relocate", str(tmp_path / "new"), "--store", str(store), "--check"]) == 1
    assert '2 of 3 pictures of "old"' in capsys.readouterr().out
    assert run(["relocate", "--store", str(store), "--check"]) == 2
    assert "is not a folder" in capsys.readouterr().err


def test_pictures_are_found_where_they_are_now(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert run(["relocate", str(tmp_path / "new" / "train"), "--store", str(store), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["present"], said["missing"], said["folder"]) == (3, 0, str(tmp_path / "new"))


def test_a_folder_without_them_is_refused(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty" / "a" / "b" / "c" / "d").mkdir(parents=True)
    wanted = tmp_path / "empty" / "a" / "b" / "c" / "d"
    assert run(["relocate", str(wanted), "--store", str(store)]) == 2
    assert "None of the 3 pictures" in capsys.readouterr().err
    assert run(["relocate", "--store", str(store), "--dataset", "other"]) == 2
    assert "It has: old" in capsys.readouterr().err
