"""The Runs page on real run folders, with jobs that are processes of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from app.controllers.runs import RunsController
from app.jobs import process
from app.window import MainWindow
from store.runs import RunFolder
from store.runs.config import RunConfig
from store.runs.configuring import read_config, write_config
from store.runs.manifest import ModelManifest, ModelSpec, write_manifest
from store.runs.results import Evaluation, GarmentResults, write_evaluation
from store.settings import SettingsFile
from widgets.common import Button
from widgets.dialogs.confirm import ConfirmDialog
from widgets.dialogs.new_run import NewRunDialog
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
    made = MainWindow(SettingsFile())
    made.start(store_folder)
    made.show()
    qtbot.waitUntil(lambda: len(made.browse.slice.ids) > 0 and not made.session.desk.busy())
    yield made
    for run in RunFolder.all(store_folder, "train"):
        run.cancel()
        run.go_on()
    made.close()
    made.deleteLater()


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


def dead_run(folder: Path, steps: int = 3) -> RunFolder:
    """A run whose process was killed."""
    run = RunFolder.create(folder, "train", ["train", "--store", str(folder)])
    run.event("started", config={"name": "old"}, garments=9, images=8, steps_per_epoch=10, epochs=2, step=0)
    for step in range(1, steps + 1):
        run.event("step", step=step, epoch=step / 10, loss=1 / step, losses={})
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    child.wait()
    (run.path / "pid").write_text(f"{child.pid} 1")
    return run


def answer(window: MainWindow, act: Callable[[], object], choose: Callable[[Any], None]) -> None:
    """Does something that opens a question, and answers it."""

    def reply() -> None:
        dialog = next(d for d in window.findChildren(ConfirmDialog) if d.isVisible())
        choose(dialog)

    QTimer.singleShot(50, reply)
    act()


def test_a_run_is_started_followed_paused_and_stopped(
    window: MainWindow, shown: Shown, started: RunFolder, qtbot: QtBot
) -> None:
    page = window.runs.page
    assert read_config(started.path / "config.toml") == RunConfig(name="tiny")
    arguments = (started.path / "arguments.txt").read_text()
    assert f"--config {started.path / 'config.toml'}" in arguments
    assert window.jobs.title(started) == "Train tiny"
    qtbot.waitUntil(lambda: started.id in shown.details and len(shown.details[started.id].series.losses) > 0)
    before = len(shown.details[started.id].series.losses["loss"])
    qtbot.waitUntil(lambda: len(shown.details[started.id].series.losses["loss"]) > before + 10)
    details = shown.details[started.id]
    assert (details.name, details.standing) == ("tiny", "running")
    assert details.config_text == (started.path / "config.toml").read_text()

    page.pause_wanted.emit(started.id)
    qtbot.waitUntil(lambda: shown.standing(started) == "paused")
    page.continue_wanted.emit(started.id)
    qtbot.waitUntil(lambda: shown.standing(started) == "running")
    page.stop_wanted.emit(started.id)
    qtbot.waitUntil(lambda: shown.standing(started) == "stopped")
    # The person has asked for it: nobody needs to be told.
    assert not window.banner.isVisible()


def test_a_run_is_started_from_the_dialog(
    window: MainWindow, shown: Shown, trainer: None, qtbot: QtBot, store_folder: Path
) -> None:
    model = ModelManifest("older", ModelSpec("fashionnet", "small", ()))
    (store_folder / "models" / "older").mkdir(parents=True)
    write_manifest(model, store_folder / "models" / "older")
    (store_folder / "models" / "older" / "weights.safetensors").touch()
    notes: list[str] = []

    def fill(dialog: NewRunDialog) -> None:
        starts = dialog.editors["model.start_from"].widget
        assert isinstance(starts, QComboBox)
        assert "older" in [starts.itemText(i) for i in range(starts.count())]
        dialog.show_values({"name": "from the dialog", "data.train": "split = train"})
        dialog.editors["data.validation"].show_value("view:nowhere")
        dialog.editors["data.validation"].changed.emit()
        train, validation = dialog.editors["data.train"], dialog.editors["data.validation"]
        qtbot.waitUntil(lambda: train.note() == "3 garments" and "no saved view" in validation.note())
        notes.append(train.note())
        dialog.show_values({"data.validation": "split = test"})
        dialog.start.click()

    window.dialog_opened.connect(fill)
    window.actions_["run.new"].trigger()
    qtbot.waitUntil(lambda: bool(notes) and any(one.name == "from the dialog" for one in shown.runs))
    run = window.jobs.running("train")[0]
    qtbot.waitUntil(lambda: window.runs.page.selected() == [run.id])
    config = read_config(run.path / "config.toml")
    assert (config.name, config.data.validation) == ("from the dialog", "split = test")


def test_a_killed_run_goes_on_with_other_settings_and_its_end_is_told(
    window: MainWindow, shown: Shown, started: RunFolder, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: started.state().state == "running")
    os.kill(int((started.path / "pid").read_text().split()[0]), signal.SIGKILL)
    qtbot.waitUntil(lambda: shown.standing(started) == "killed")
    assert "killed" in shown.details[started.id].reason
    # The person sees it on the page.
    assert not window.banner.isVisible()

    series = shown.details[started.id].series
    steps = len(series.losses["loss"])
    assert steps > 0
    settings = {"training.batch": 4, "training.deterministic": True}
    window.runs.page.resume_wanted.emit(started.id, settings)
    qtbot.waitUntil(lambda: shown.standing(started) == "done", timeout=20000)
    arguments = (started.path / "arguments.txt").read_text()
    assert f"--resume {started.path} --set training.batch=4 --set training.deterministic=true" in arguments
    assert shown.details[started.id].series.step >= 20
    assert next(one.headline for one in shown.runs if one.id == started.id) == "box AP 0.500"


@pytest.mark.parametrize(
    ("outcome", "kind", "said"),
    [("done", "ok", "Train tiny: done"), ("failed", "bad", "Train tiny: No room")],
)
def test_the_end_of_a_run_is_told_on_other_pages(
    window: MainWindow, shown: Shown, store_folder: Path, qtbot: QtBot, outcome: Any, kind: str, said: str
) -> None:
    window.go_to("browse")
    run = RunFolder.create(store_folder, "train", ["train"])
    write_config(RunConfig(name="tiny"), run.path / "config.toml")
    run.begin()
    window.jobs._take_up(run)
    RunFolder(run.path).finish(outcome, what="No room", fix="Make some.")
    qtbot.waitUntil(lambda: window.banner.isVisible())
    assert window.banner.property("kind") == kind
    assert said in window.banner.accessibleName()
    window.banner.findChildren(Button)[-1].click()
    qtbot.waitUntil(lambda: window.shell.page() == "runs" and window.runs.page.selected() == [run.id])


def test_a_run_that_was_killed_while_nobody_looked_is_found(
    window: MainWindow, shown: Shown, store_folder: Path, qtbot: QtBot
) -> None:
    run = dead_run(store_folder)
    qtbot.waitUntil(lambda: shown.standing(run) == "killed")
    window.runs.page.selection_changed.emit([run.id])
    qtbot.waitUntil(lambda: run.id in shown.details)
    assert shown.details[run.id].can_resume
    assert len(shown.details[run.id].series.losses["loss"]) == 3


def test_an_ended_run_is_shown_once_and_not_again(
    window: MainWindow, shown: Shown, store_folder: Path, qtbot: QtBot
) -> None:
    run = dead_run(store_folder)
    smaller = {"training.batch": 2}
    run.finish("failed", what="The loss is not a number.", fix="Lower the rate.", settings=smaller)
    qtbot.waitUntil(lambda: run.id in shown.details and shown.details[run.id].standing == "failed")
    details = shown.details[run.id]
    assert (details.standing, details.reason, details.fix) == (
        "failed",
        "The loss is not a number.",
        "Lower the rate.",
    )
    assert details.smaller == smaller
    times = shown.times
    for _ in range(3):
        window.runs.look()
        qtbot.waitUntil(lambda: not window.session.desk.busy())
    assert shown.times == times


def test_nothing_is_read_while_another_page_is_in_front(
    window: MainWindow, shown: Shown, store_folder: Path, qtbot: QtBot
) -> None:
    window.go_to("browse")
    run = dead_run(store_folder)
    window.runs.look()
    qtbot.wait(700)
    assert shown.standing(run) == ""
    window.go_to("runs")
    qtbot.waitUntil(lambda: shown.standing(run) == "killed")


def test_deleting_asks_first(window: MainWindow, shown: Shown, store_folder: Path, qtbot: QtBot) -> None:
    run = dead_run(store_folder)
    run.finish("failed")
    qtbot.waitUntil(lambda: shown.standing(run) == "failed")
    page = window.runs.page
    answer(window, lambda: page.delete_wanted.emit(run.id), lambda dialog: dialog.reject())
    assert run.path.exists()
    answer(window, lambda: page.delete_wanted.emit(run.id), lambda dialog: dialog.confirm.click())
    qtbot.waitUntil(lambda: not run.path.exists())
    qtbot.waitUntil(lambda: shown.runs == ())


def test_a_run_that_is_being_evaluated_is_left_alone(
    window: MainWindow, shown: Shown, store_folder: Path, qtbot: QtBot
) -> None:
    run = dead_run(store_folder)
    run.finish("done")
    job = RunFolder.create(store_folder, "evaluate", ["evaluate", "run", str(run.path), "--store", "s"])
    job.begin()
    window.jobs._take_up(job)
    qtbot.waitUntil(lambda: shown.standing(run) == "done" and shown.standing(job) == "starting")
    before = len(RunFolder.all(store_folder, "evaluate"))
    window.runs.page.evaluate_wanted.emit(run.id)
    window.runs.page.delete_wanted.emit(run.id)
    assert [message for message in shown.messages if message] == [
        f"Evaluate {run.id}: it is under way.",
    ] * 2
    assert len(RunFolder.all(store_folder, "evaluate")) == before
    RunFolder(job.path).finish("done")
    qtbot.waitUntil(lambda: shown.standing(job) == "")


def test_the_keys_go_round_the_page_and_its_side_panel_hides(
    window: MainWindow, shown: Shown, store_folder: Path, qtbot: QtBot
) -> None:
    window.resize(1600, 1000)
    run = dead_run(store_folder)
    qtbot.waitUntil(lambda: shown.standing(run) == "killed")
    side = window.runs.page.side
    qtbot.waitUntil(lambda: side.isVisible() and run.id in shown.details)
    assert window.runs.page.overview.isVisible()
    window.actions_["view.side"].trigger()
    assert not side.isVisible()
    window.actions_["view.side"].trigger()
    assert side.isVisible()
    window.runs.page.setFocus()
    assert window.runs.page.list.hasFocus()
    for region in (window.runs.page.panes, side):
        window.next_region()
        assert region.isAncestorOf(window.focusWidget())
    for _ in range(2):
        window.next_region(-1)
    assert window.runs.page.list.hasFocus()


def test_what_is_impossible_is_told_on_the_page(
    window: MainWindow, shown: Shown, started: RunFolder, qtbot: QtBot
) -> None:
    window.runs.delete(started)
    qtbot.waitUntil(lambda: any("still runs" in message for message in shown.messages))
    assert started.path.exists()
    # A run that lives is not started a second time.
    window.runs.page.resume_wanted.emit(started.id, None)
    assert window.banner.isVisible()
    assert "still runs" in window.banner.accessibleName()
    assert shown.standing(started) == "running"
    assert [run.id for run in window.jobs.running("train")] == [started.id]


def test_cells_and_lists_open_in_browse_and_annotate(window: MainWindow, shown: Shown, qtbot: QtBot) -> None:
    page = window.runs.page
    page.cell_opened.emit("split = train")
    assert window.shell.page() == "browse"
    qtbot.waitUntil(lambda: len(window.browse.slice.ids) == 3)
    page.images_opened.emit([1, 2], "broken by b")
    qtbot.waitUntil(lambda: window.browse.slice.ids.tolist() == [1, 2])
    assert window.browse.page.counts.chip.title == "broken by b"
    page.image_annotated.emit(2)
    assert window.shell.page() == "annotate"
    assert window.annotate.image_id == 2


def test_another_store_has_other_runs(
    window: MainWindow, shown: Shown, store_folder: Path, qtbot: QtBot
) -> None:
    run = dead_run(store_folder)
    qtbot.waitUntil(lambda: shown.standing(run) == "killed")
    window.close_store()
    assert shown.runs == ()
    assert window.shell.page() == "welcome"


def test_a_run_outlives_the_window_and_is_found_by_the_next(
    window: MainWindow, shown: Shown, started: RunFolder, qtbot: QtBot, store_folder: Path
) -> None:
    window.close()
    assert started.state().state == "running"
    again = MainWindow(SettingsFile())
    again.start(store_folder)
    again.show()
    qtbot.waitUntil(lambda: [run.id for run in again.jobs.running("train")] == [started.id])
    assert again.jobs.title(again.jobs.running()[0]) == "Train tiny"
    again.close()
    again.deleteLater()


def test_two_runs_are_compared_and_what_changed_opens(
    window: MainWindow, shown: Shown, store_folder: Path, qtbot: QtBot
) -> None:
    ids = window.session.needed().images.ids(None, "id")
    runs = []
    for correct in ([True, False], [False, True]):
        run = dead_run(store_folder)
        run.finish("done")
        (run.path / "evaluation").mkdir()
        scores = {"boxes": np.array(correct, np.float64)}
        results = GarmentResults(np.array([7, 8]), ids[:2], scores, {"boxes": np.array(correct)})
        evaluation = Evaluation("m", "held out", "2026-01-01", 2, 2, {"boxes/AP": 0.5})
        write_evaluation(evaluation, results, run.path / "evaluation")
        runs.append(run)
    qtbot.waitUntil(lambda: all(shown.standing(run) == "done" for run in runs))
    page = window.runs.page
    window.runs.select(runs[1].id)
    with qtbot.waitSignal(window.runs.compared, timeout=10000) as compared:
        page.compare_wanted.emit(runs[0].id, runs[1].id)
    (change,) = compared.args[0].changes
    assert (change.fixed, change.broke) == (((int(ids[1]), 8),), ((int(ids[0]), 7),))

    other = dead_run(store_folder)
    qtbot.waitUntil(lambda: shown.standing(other) == "killed")
    page.compare_wanted.emit(runs[0].id, other.id)
    qtbot.waitUntil(lambda: any("has not been evaluated" in message for message in shown.messages))
