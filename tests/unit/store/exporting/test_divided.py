"""Exports that several processes share."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from store import exporting, importing
from store.db import Store
from store.errors import Cancelled, StoreError
from store.exporting import divided
from store.helping import Helpers
from tests.unit.store.small_dataset import make


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.create(tmp_path / "store") as made:
        folder = make(tmp_path / "clothes", 7)
        importing.import_dataset(made, "auto", folder, importing.ImportOptions())
        yield made


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """The processes of the exports of a test, each of which has one unless it says more."""
    started: list[subprocess.Popen[bytes]] = []
    start = Helpers._started

    def noted(helpers: Helpers) -> subprocess.Popen[bytes]:
        started.append(start(helpers))
        return started[-1]

    monkeypatch.setattr(Helpers, "_started", noted)
    monkeypatch.setattr(divided, "how_many", lambda images: 1)
    monkeypatch.setattr(divided, "PIECE", 1)
    return started


def test_the_file_is_the_same_whoever_writes_it(
    store: Store, processes: list[subprocess.Popen[bytes]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(divided, "how_many", lambda images: 2)
    out = tmp_path / "c.json"
    report = exporting.export(store, "coco", out)
    shared = out.read_bytes()
    assert (report.images, report.verified, len(processes)) == (7, 7, 2)
    monkeypatch.setattr(divided, "how_many", lambda images: 0)
    alone = exporting.export(store, "coco", out)
    assert out.read_bytes() == shared
    assert (alone.garments, alone.losses, len(processes)) == (report.garments, report.losses, 2)
    assert all(process.poll() == 0 for process in processes)


def test_a_killed_process_is_told_and_nothing_is_left_behind(
    store: Store, processes: list[subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    def kill(done: int, total: int, message: str = "") -> None:
        if message == "Reading back":
            for process in processes:
                process.kill()
                process.wait()

    with pytest.raises(StoreError, match="has ended with -9"):
        exporting.export(store, "coco", tmp_path / "e" / "c.json", progress=kill)
    assert not (tmp_path / "e").exists()


def test_a_cancelled_export_takes_its_processes_along(
    store: Store, processes: list[subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    def stop(done: int, total: int, message: str = "") -> None:
        if message == "Writing":
            raise Cancelled

    with pytest.raises(Cancelled):
        exporting.export(store, "coco", tmp_path / "e" / "c.json", progress=stop)
    assert [process.poll() is not None for process in processes] == [True]
    assert not (tmp_path / "e").exists()


def test_what_a_process_meets_with_is_told(tmp_path: Path) -> None:
    task = divided._Encoding(tmp_path / "nothing", None)
    with Helpers(1, divided._HELP) as hands, pytest.raises(StoreError, match="nothing"):
        list(hands.done(task, [([1], [1])]))
