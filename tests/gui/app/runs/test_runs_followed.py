"""The Runs page on real run folders, with jobs that are processes of their own: begun, followed, ended."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot

from app.window import MainWindow
from store.runs import RunFolder
from store.runs.config import RunConfig
from store.runs.configuring import read_config, write_config
from store.runs.manifest import ModelManifest, ModelSpec, write_manifest
from tests.gui.app.runs.conftest import Shown
from tests.gui.app.runs.runs_hand import dead_run
from widgets.common import Button
from widgets.dialogs.new_run import NewRunDialog


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
