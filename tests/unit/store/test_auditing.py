"""The audit trail: complete, in order, filtered, and never half written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli.program import program
from store.auditing import write_trail
from store.db import Store
from store.document import Document
from store.document.edits import delete_garment, move_landmarks, set_review
from store.errors import Cancelled, StoreError
from store.filters import parse
from store.records import Dataset, Garment, Image, ImageRecord, Review


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two images; of the first a landmark was moved and that taken back, the second lost its garment."""
    with Store.create(tmp_path / "store") as store:
        dataset = store.datasets.add(Dataset(name="shop", format="coco"))
        with store.bulk() as bulk:
            for name in ("a.jpg", "ünï.jpg"):
                worn = Garment(category_id=9, points=[[5.0, 5]], visibility=[2])
                bulk.add(ImageRecord(Image(dataset_id=dataset.id, name=name), (worn,)))
        first, second = (int(i) for i in store.images.ids(order="id"))
        document = Document(store, first, author="Ada")
        document.apply(move_landmarks(document.garments[0], {0: (7.0, 8.5)}))
        document.undo()
        document = Document(store, second, author="Bob")
        document.apply(delete_garment(document.garments[0]))
        document.apply(set_review(document.image, Review.REJECTED))
    return tmp_path / "store"


def lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_every_change_is_a_line(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.auditing._AT_ONCE", 2)
    with Store.open(folder, read_only=True) as store:
        done = write_trail(store, tmp_path / "trail.jsonl")
        assert done.revisions == store.revisions.count()
    found = lines(tmp_path / "trail.jsonl")
    assert done.images == 2
    assert done.bytes == (tmp_path / "trail.jsonl").stat().st_size
    assert [one["revision"] for one in found] == sorted(one["revision"] for one in found)
    moved = next(one for one in found if one["title"] == "Move landmark 1" and one["garment"])
    assert (moved["author"], moved["kind"], moved["file"], moved["dataset"]) == (
        "Ada",
        "edit",
        "a.jpg",
        "shop",
    )
    assert moved["before"]["garment"]["points"] == [[5.0, 5.0]]
    assert moved["after"]["garment"]["points"] == [[7.0, 8.5]]
    assert moved["at"].endswith("+00:00")
    undone = next(one for one in found if one["kind"] == "undo" and one["garment"])
    assert undone["of_edit"] == moved["edit"]
    deleted = next(one for one in found if one["title"] == "Delete garment" and one["garment"])
    assert deleted["after"] is None
    assert deleted["file"] == "ünï.jpg"


def test_only_some_images_and_only_since(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "trail.jsonl"
    with Store.open(folder, read_only=True) as store:
        assert write_trail(store, out, parse("reviewer = Bob")).images == 1
        assert {one["author"] for one in lines(out)} == {"Bob"}
        with pytest.raises(StoreError, match="is there already"):
            write_trail(store, out)
        assert write_trail(store, out, since=2**60, force=True).revisions == 0
        assert out.read_bytes() == b""


def test_what_was_cancelled_or_cannot_be_written_leaves_nothing(folder: Path, tmp_path: Path) -> None:
    def stop(_done: int, _total: int, _message: str = "") -> None:
        raise Cancelled

    with Store.open(folder, read_only=True) as store:
        with pytest.raises(Cancelled):
            write_trail(store, tmp_path / "trail.jsonl", progress=stop)
        with pytest.raises(StoreError, match="cannot be written"):
            write_trail(store, tmp_path / "absent" / "trail.jsonl")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["store"]


def test_the_command(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "trail.jsonl"
    arguments = ["audit", "--store", str(folder), "--out", str(out), "--since", "today", "--json"]
    ran = CliRunner().invoke(program, arguments)
    assert ran.exit_code == 0, ran.output
    assert json.loads(ran.stdout)["revisions"] == len(lines(out)) > 3
    ran = CliRunner().invoke(program, [*arguments[:-2], "soon"])
    assert isinstance(ran.exception, StoreError)
