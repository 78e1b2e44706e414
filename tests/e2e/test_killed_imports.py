"""SIGKILL at random moments of an import: run again, it ends as if it had never been killed."""

from __future__ import annotations

import json
import multiprocessing
import random
import shutil
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.cli.data import opened_or_created
from store.db import Store
from store.document import Document
from store.document.edits import set_facts
from store.importing import ImportOptions, ImportReport, import_dataset, run
from store.records import Record
from tests.unit.store.small_dataset import make

pytestmark = pytest.mark.e2e

IMAGES = 240
KILLS = 10
#: Seconds after its beginning within which an import is killed.
SOON = 0.12
_PROCESSES = multiprocessing.get_context("forkserver")


def _work(dataset: Path, store: Path, said: Connection, workers: int) -> None:
    """What the command does, in a process of its own."""
    if workers:
        run.how_many = lambda _images: workers
    said.send("begun")
    with opened_or_created(store, "killed") as opened:
        import_dataset(opened, "auto", dataset, ImportOptions())


class Killer:
    """Starts imports and kills them."""

    def __init__(self, seed: int, *, workers: int = 0, soon: float = SOON) -> None:
        self._chance = random.Random(seed)
        self._workers = workers
        self._soon = soon
        self.kills = 0
        _PROCESSES.set_forkserver_preload(["app.cli.data", "store.importing", "store.db"])

    def kill(self, dataset: Path, store: Path) -> bool:
        """Imports until some moment; whether it was killed before its end."""
        here, there = _PROCESSES.Pipe(duplex=False)
        process = _PROCESSES.Process(target=_work, args=(dataset, store, there, self._workers))
        process.start()
        there.close()
        assert here.recv() == "begun"
        process.join(self._chance.uniform(0, self._soon))
        killed = process.exitcode is None
        process.kill()
        process.join()
        here.close()
        assert killed or process.exitcode == 0
        self.kills += killed
        return killed


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A drawn dataset in which some pictures are missing or damaged."""
    folder = make(tmp_path_factory.mktemp("killed") / "clothes", IMAGES)
    pictures = folder / "train" / "image"
    for number in range(10, IMAGES, 40):
        (pictures / f"{number:06d}.jpg").unlink()
        (pictures / f"{number + 1:06d}.jpg").write_bytes(b"no picture")
    return folder


def _facts(record: Record, *ignored: str) -> dict[str, Any]:
    fields = (name for name in type(record).__dataclass_fields__ if name not in ("id", "at", *ignored))
    return {name: getattr(record, name) for name in fields}


def _assert_equal(one: Path, other: Path) -> None:
    """Two stores say the same, but for the numbers of problems and the times of revisions."""
    with Store.open(one) as first, Store.open(other) as second:
        for store in (first, second):
            with store.database.read() as connection:
                assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
        datasets = [[_facts(dataset) for dataset in store.datasets.all()] for store in (first, second)]
        assert datasets[0] == datasets[1]
        problems = [sorted(map(str, _problems(store))) for store in (first, second)]
        assert problems[0] == problems[1]
        assert first.images.ids().tolist() == second.images.ids().tolist()
        for a, b in zip(first.stream(), second.stream(), strict=True):
            assert a.image.same_as(b.image)
            assert all(x.same_as(y) for x, y in zip(a.garments, b.garments, strict=True))
            histories = [
                [(r.title, r.garment_id, r.kind) for r in store.revisions.of_image(a.image.id)]
                for store in (first, second)
            ]
            assert histories[0] == histories[1]


def _problems(store: Store) -> list[dict[str, Any]]:
    return [_facts(problem) for problem in store.problems.page(0, 10_000)]


def _imported(dataset: Path, store: Path) -> ImportReport:
    with opened_or_created(store, "killed") as opened:
        return import_dataset(opened, "auto", dataset, ImportOptions())


def test_a_killed_import_goes_on_where_it_was(dataset: Path, tmp_path: Path) -> None:
    _imported(dataset, tmp_path / "never")
    killer, rounds = Killer(7), 0
    while killer.kills < KILLS or rounds == 0:
        rounds += 1
        store = tmp_path / f"killed{rounds}"
        while killer.kill(dataset, store) and killer.kills < KILLS:
            pass
        _imported(dataset, store)
        _assert_equal(store, tmp_path / "never")


def test_processes_that_read_for_a_killed_import_change_nothing(dataset: Path, tmp_path: Path) -> None:
    _imported(dataset, tmp_path / "never")
    killer = Killer(9, workers=2, soon=2.0)
    for _ in range(KILLS // 4):
        killer.kill(dataset, tmp_path / "killed")
    _imported(dataset, tmp_path / "killed")
    _assert_equal(tmp_path / "killed", tmp_path / "never")


def test_a_killed_import_that_renews_goes_on_too(dataset: Path, tmp_path: Path) -> None:
    source = shutil.copytree(dataset, tmp_path / "clothes")
    _imported(source, tmp_path / "never")
    with Store.open(tmp_path / "never") as store:
        for image_id in store.images.ids()[5:60:8].tolist():
            document = Document(store, image_id)
            document.apply(set_facts(document.garments[0], style=4))
    for file in sorted((source / "train" / "annos").iterdir())[::3]:
        raw = json.loads(file.read_text())
        raw["item1"]["style"] = 3
        file.write_text(json.dumps(raw))
    make(source, 1, "validation")
    shutil.copytree(tmp_path / "never", tmp_path / "killed")
    report = _imported(source, tmp_path / "never")
    assert report.again
    assert min(report.images, report.changed, report.kept, report.same) > 0
    killer = Killer(8)
    for _ in range(KILLS // 2):
        killer.kill(source, tmp_path / "killed")
    _imported(source, tmp_path / "killed")
    assert killer.kills
    _assert_equal(tmp_path / "killed", tmp_path / "never")
