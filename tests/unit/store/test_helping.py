"""Processes that share long work."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest

from store import helping
from store.errors import FormatError, StoreError
from store.formats import registry
from store.formats.base import Divisible, ReadOptions
from store.helping import HelperDied, Helpers, Trade
from store.importing.looking import Place
from store.importing.worker import Task
from tests.unit.store.small_dataset import make

TRADE = Trade(does="tests", did="tested", again="test again", left="Look.", nice=1)


def task(folder: Path) -> Task:
    """One that cannot be begun."""
    return Task("coco", folder / "nothing.json", None, "", Place(1, folder, {}))


def test_what_one_meets_with_is_told(tmp_path: Path) -> None:
    with Helpers(1, TRADE) as made, pytest.raises(FormatError, match="nothing"):
        list(made.done(task(tmp_path), [1, 2, 3]))


@pytest.mark.skipif(os.name != "posix", reason="there is no Ctrl+C to send")
def test_ctrl_c_is_for_who_has_started_them(tmp_path: Path) -> None:
    folder = make(tmp_path / "clothes", 8)
    reader = registry.reader("deepfashion2", folder, ReadOptions())
    assert isinstance(reader, Divisible)
    work = Task("deepfashion2", folder, None, "", Place(1, reader.images_root, {}))
    with Helpers(2, TRADE) as made:
        answers = made.done(work, reader.pieces(1))
        names = [one.name for one in next(answers)]
        for process in made._processes:
            process.send_signal(signal.SIGINT)
        names += [one.name for some in answers for one in some]
    assert len(names) == 8


def test_one_that_fails_has_died(tmp_path: Path) -> None:
    # A task that cannot be begun at all is our fault, and ends the process.
    with pytest.raises(HelperDied, match="has ended with 1"), Helpers(1, TRADE) as made:
        list(made.done("no task", [1]))  # type: ignore[arg-type]


def test_those_that_run_are_ended_where_another_cannot_be_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    send, told = Helpers._send, []

    def only_once(helpers: Helpers, process: subprocess.Popen[bytes], what: object) -> None:
        told.append(process)
        if len(told) > 1:
            process.kill()
            process.wait()
        send(helpers, process, what)

    monkeypatch.setattr(Helpers, "_send", only_once)
    with pytest.raises(HelperDied, match="that tested has ended with -9") as died, Helpers(2, TRADE) as made:
        list(made.done(task(tmp_path), [1, 2, 3]))
    assert died.value.fix == "Look."
    assert len(told) == 2
    assert all(process.returncode is not None for process in told)


def test_a_process_that_cannot_be_started_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(helping.sys, "executable", str(tmp_path / "none"))
    with pytest.raises(StoreError, match="A process that tests cannot be started") as told, Helpers(1, TRADE):
        pass
    assert told.value.fix == "Close other programs, then test again."


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
def test_so_many_help_as_there_are_cores_and_images(
    cores: int, images: int, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: set(range(cores)), raising=False)
    assert helping.how_many(images) == count


def test_without_a_word_on_affinity_all_cores_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    assert helping.how_many(100_000) == 3
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert helping.how_many(100_000) == 0


@pytest.mark.parametrize("nice", [True, False])
def test_it_works_where_nobody_can_be_made_to_wait(nice: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    said = []
    if nice:
        monkeypatch.setattr(os, "nice", said.append, raising=False)
    else:
        monkeypatch.delattr(os, "nice", raising=False)
    helping.give_way(3)
    assert said == ([3] if nice else [])
