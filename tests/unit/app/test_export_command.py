"""``export``: what is said before anything is written, and tables of categories."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.cli.program import run
from store import importing
from store.db import Store
from tests.unit.store.formats.list_folders import folder, listed

TEE, ROMPER = "img/a/img_00000001.jpg", "img/a/img_00000002.jpg"
FILES = {
    "Anno_coarse/list_category_img.txt": listed("image_name  category_label", f"{TEE}  18", f"{ROMPER}  48"),
    "Anno_coarse/list_bbox.txt": listed("image_name  x_1  y_1  x_2  y_2", f"{TEE}  001 002 040 061"),
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tee and a romper of the attribute benchmark."""
    place = tmp_path_factory.mktemp("fifty")
    with Store.create(place / "store") as made:
        importing.import_dataset(made, "auto", folder(place / "in", FILES), importing.ImportOptions())
    return place / "store"


def test_what_is_lost_is_said_before_it_is_written(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["export", "deepfashion2", str(tmp_path / "out"), "--store", str(store)]) == 1
    said = capsys.readouterr()
    before, _, after = said.err.partition("Writing")
    assert "What the format cannot hold:" in before
    assert "lost: 1 garments of categories that DeepFashion2 does not have: left out" in before
    assert after
    assert "lost: 1 garments of categories" in said.out


def test_strict_writes_nothing(store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    assert run(["export", "deepfashion2", str(out), "--store", str(store), "--strict"]) == 1
    assert "Nothing was written" in capsys.readouterr().out
    assert not out.exists()
    assert run(["export", "category-attribute", str(out), "--store", str(store), "--strict"]) == 0


def test_a_table_may_be_given(store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "table.toml"
    table.write_text('[deepfashion2]\nTee = "vest"\nRomper = "vest dress"\n')
    out = tmp_path / "out.json"
    call = ["export", "coco", str(out), "--store", str(store), "--layout", "294", "--categories", str(table)]
    assert run(call) == 1
    assert [one["category_id"] for one in json.loads(out.read_text())["annotations"]] == [5, 12]
    table.write_text('[deepfashion2]\nTee = "boots"\n')
    assert run(call) == 2
    assert "boots" in capsys.readouterr().err


def test_a_layout_of_another_format_is_refused(store: Path, tmp_path: Path) -> None:
    call = ["export", "deepfashion2", str(tmp_path / "out"), "--store", str(store), "--layout"]
    assert run([*call, "294"]) == 2
    assert run([*call, "retrieval"]) == 1


@pytest.mark.parametrize("format", ["in-shop", "consumer-to-shop", "landmarks"])
def test_a_format_with_one_layout_refuses_others(format: str, store: Path, tmp_path: Path) -> None:
    call = ["export", format, str(tmp_path / "out"), "--store", str(store), "--layout", "fine"]
    assert run(call) == 2
