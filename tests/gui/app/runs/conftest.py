"""The Runs page of a real window, and training runs that a stand-in makes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from app.controllers.runs import RunsController
from app.jobs import process
from app.window import MainWindow
from store.runs import RunFolder
from store.runs.config import RunConfig
from tests.gui.small_windows import done_with, window_on
from widgets.pages.runs.records import RunDetails, RunSummary

#: Stands in for ``train``: says what a training run says, waits and stops when asked, goes on after a kill.
TRAINER = """
import sys, time, tomllib
from pathlib import Path
from store.runs import RunFolder

arguments = sys.argv[1:]
run = RunFolder(Path(arguments[arguments.index("--run") + 1]))
run.begin()
(run.path / "arguments.txt").write_text(" ".join(arguments))
steps = [event.data["step"] for event in run.read(0)[0] if event.kind == "step"]
first = max(steps, default=0)
run.event("started", config={"name": "tiny", "model": {"architecture": "match-rcnn"}}, garments=9, images=8,
          device="cpu", steps_per_epoch=10, epochs=2, step=first)
paused = False
for step in range(first + 1, 21 if "--resume" in arguments else 100_000):
    while run.paused():
        if not paused:
            paused = True
            run.event("phase", phase="paused")
        time.sleep(0.01)
    if paused:
        paused = False
        run.event("phase", phase="training")
    if run.cancelled():
        run.finish("cancelled")
        sys.exit(130)
    run.event("step", step=step, epoch=step / 10, loss=1 / step, losses={})
    time.sleep(0.02)
run.event("epoch", epoch=2, step=20, metrics={"boxes/AP": 0.5}, headline="boxes/AP", best=True)
run.finish("done", model="tiny")
"""


@pytest.fixture
def trainer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Training runs are the stand-in's."""
    script = tmp_path / "trainer.py"
    script.write_text(TRAINER)
    real = process.command_of

    def command_of(arguments: Any, run: Path) -> list[str]:
        if arguments[0] != "train":
            return real(arguments, run)
        return [sys.executable, str(script), *arguments, "--run", str(run)]

    monkeypatch.setattr(process, "command_of", command_of)


@pytest.fixture
def window(qtbot: QtBot, store_folder: Path) -> Iterator[MainWindow]:
    made = window_on(qtbot, store_folder)
    yield made
    for run in RunFolder.all(store_folder, "train"):
        run.cancel()
        run.go_on()
    done_with(made)


class Shown:
    """What the page was last told."""

    def __init__(self, runs: RunsController, monkeypatch: pytest.MonkeyPatch) -> None:
        self.runs: tuple[RunSummary, ...] = ()
        self.details: dict[str, RunDetails] = {}
        self.messages: list[str] = []
        self.times = 0
        page = runs.page
        show_runs, show_details, show_message = page.show_runs, page.show_details, page.show_message

        def keep_runs(found: Any) -> None:
            self.runs = tuple(found)
            show_runs(found)

        def keep_details(details: RunDetails) -> None:
            self.times += 1
            self.details[details.id] = details
            show_details(details)

        def keep_message(text: str, fix: str = "") -> None:
            self.messages.append(text)
            show_message(text, fix)

        monkeypatch.setattr(page, "show_runs", keep_runs)
        monkeypatch.setattr(page, "show_details", keep_details)
        monkeypatch.setattr(page, "show_message", keep_message)

    def standing(self, run: RunFolder) -> str:
        return next((one.standing for one in self.runs if one.id == run.id), "")


@pytest.fixture
def shown(window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Shown:
    """The Runs page in front."""
    window.go_to("runs")
    qtbot.waitUntil(lambda: window.shell.page() == "runs")
    return Shown(window.runs, monkeypatch)


@pytest.fixture
def started(window: MainWindow, shown: Shown, trainer: None, qtbot: QtBot) -> RunFolder:
    """A run that was started from the page, and is selected."""
    run = window.runs.start(RunConfig(name="tiny"))
    assert run is not None
    window.runs.page.selection_changed.emit([run.id])
    qtbot.waitUntil(lambda: shown.standing(run) == "running", timeout=20000)
    return run
