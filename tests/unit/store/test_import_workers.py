"""Processes that read images for an import."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from store import helping, importing
from store.db import Store
from store.db.packing import Packed
from store.errors import Cancelled, FormatError, StoreError
from store.importing import ImportOptions, run
from store.importing.worker import Task
from tests.unit.store.small_dataset import make, skirt

NONE = ImportOptions()
IMAGES = 150


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A dataset in two splits, with a missing picture, a damaged annotation and an odd garment."""
    made = make(make(tmp_path / "clothes", IMAGES, item2=skirt(scale=9)), 3, "validation")
    (made / "train" / "image" / "000070.jpg").unlink()
    (made / "train" / "annos" / "000071.json").write_text("{")
    return made


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes read, however few images there are."""
    monkeypatch.setattr(run, "how_many", lambda _images: 2)


def test_what_they_read_is_what_one_reads_alone(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.create(tmp_path / "one") as one, Store.create(tmp_path / "two") as other:
        alone = importing.import_dataset(one, "auto", folder, NONE)
        monkeypatch.setattr(run, "how_many", lambda _images: 2)
        together = importing.import_dataset(other, "auto", folder, NONE)
        for name in ("images", "garments", "problems", "missing"):
            assert getattr(alone, name) == getattr(together, name)
        assert alone.problems == 3
        for a, b in zip(one.stream(), other.stream(), strict=True):
            assert a.image.same_as(b.image)
            assert all(x.same_as(y) for x, y in zip(a.garments, b.garments, strict=True))
            assert all(x.same_as(y) for x, y in zip(a.problems, b.problems, strict=True))


@pytest.mark.usefixtures("two")
def test_cancelling_ends_them(folder: Path, tmp_path: Path) -> None:
    def stop(done: int, _total: int, _message: str = "") -> None:
        if done >= 50:
            raise Cancelled

    with Store.create(tmp_path / "s") as store:
        with pytest.raises(Cancelled, match="50 of 153 images are in the store"):
            importing.import_dataset(store, "auto", folder, NONE, stop)
        assert store.images.count() == 50
        assert importing.import_dataset(store, "auto", folder, NONE).before == 50
        assert store.images.count() == IMAGES + 3


@pytest.mark.usefixtures("two")
def test_a_dataset_that_one_cannot_read_any_more_is_told_as_it_says(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "Task", lambda format, _path, *more: Task(format, tmp_path / "gone", *more))
    with Store.create(tmp_path / "s") as store, pytest.raises(FormatError, match="gone"):
        importing.import_dataset(store, "auto", folder, NONE)


@pytest.mark.usefixtures("two")
def test_what_was_read_before_one_dies_is_in_the_store(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    received, calls = helping.Helpers._received, []

    def one_piece(helpers: helping.Helpers, process: subprocess.Popen[bytes]) -> list[Packed]:
        calls.append(process)
        if len(calls) > 1:
            process.kill()
        return received(helpers, process)

    # The answers that lie in the pipe already are no longer asked for.
    monkeypatch.setattr(helping, "_IN_HAND", 1)
    monkeypatch.setattr(helping.Helpers, "_received", one_piece)
    monkeypatch.setattr(run, "_PIECE", 20)
    with Store.create(tmp_path / "s") as store:
        with pytest.raises(StoreError, match="has ended with") as told:
            importing.import_dataset(store, "auto", folder, NONE)
        assert "What was read is in the store" in told.value.fix
        kept = store.images.count()
        assert kept >= 20
        monkeypatch.setattr(helping.Helpers, "_received", received)
        assert importing.import_dataset(store, "auto", folder, NONE).before == kept
        assert store.images.count() == IMAGES + 3
