"""Processes that read images for an import."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from store import importing
from store.db import Store
from store.db.packing import Packed
from store.errors import Cancelled, StoreError
from store.importing import ImportOptions, run, worker, workers
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


def test_one_that_dies_is_told(tmp_path: Path) -> None:
    task = Task("coco", tmp_path / "nothing.json", None, "", run.Place(1, tmp_path, {}))
    with pytest.raises(StoreError, match="has ended with"), workers.Workers(1, task) as made:
        list(made.read([1, 2, 3]))


@pytest.mark.usefixtures("two")
def test_what_was_read_before_one_dies_is_in_the_store(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    received, calls = workers._received, []

    def one_piece(process: subprocess.Popen[bytes]) -> list[Packed]:
        calls.append(process)
        if len(calls) > 1:
            process.kill()
        return received(process)

    # The answers that lie in the pipe already are no longer asked for.
    monkeypatch.setattr(workers, "_IN_HAND", 1)
    monkeypatch.setattr(workers, "_received", one_piece)
    monkeypatch.setattr(run, "_PIECE", 20)
    with Store.create(tmp_path / "s") as store:
        with pytest.raises(StoreError, match="has ended with") as told:
            importing.import_dataset(store, "auto", folder, NONE)
        assert "What was read is in the store" in told.value.fix
        kept = store.images.count()
        assert kept >= 20
        monkeypatch.setattr(workers, "_received", received)
        assert importing.import_dataset(store, "auto", folder, NONE).before == kept
        assert store.images.count() == IMAGES + 3


def test_those_that_run_are_ended_where_another_cannot_be_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    send, told = workers._send, []

    def only_once(process: subprocess.Popen[bytes], what: object) -> None:
        told.append(process)
        if len(told) > 1:
            process.kill()
            process.wait()
        send(process, what)

    monkeypatch.setattr(workers, "_send", only_once)
    task = Task("coco", tmp_path / "nothing.json", None, "", run.Place(1, tmp_path, {}))
    with pytest.raises(StoreError, match="has ended with"), workers.Workers(2, task):
        pass
    assert len(told) == 2
    assert all(process.returncode is not None for process in told)


def test_a_process_that_cannot_be_started_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers.sys, "executable", str(tmp_path / "none"))
    task = Task("coco", tmp_path / "nothing.json", None, "", run.Place(1, tmp_path, {}))
    with pytest.raises(StoreError, match="cannot be started"), workers.Workers(1, task):
        pass


@pytest.mark.parametrize(
    ("cores", "images", "count"),
    [
        (1, 100_000, 0),
        (2, 100_000, 2),
        (8, 100_000, 4),
        (8, 2_999, 0),
        (8, 3_000, 4),
    ],
)
def test_so_many_read_as_there_are_cores_and_images(
    cores: int, images: int, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: set(range(cores)), raising=False)
    assert workers.how_many(images) == count


def test_without_a_word_on_affinity_all_cores_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    assert workers.how_many(100_000) == 3
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert workers.how_many(100_000) == 0


@pytest.mark.parametrize("nice", [True, False])
def test_it_reads_where_nobody_can_be_made_to_wait(nice: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    said = []
    if nice:
        monkeypatch.setattr(os, "nice", said.append, raising=False)
    else:
        monkeypatch.delattr(os, "nice", raising=False)
    worker.give_way()
    assert bool(said) == nice
