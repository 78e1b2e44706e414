"""Jobs from the window's side: watched, cancelled, found again, lost; and the export from its page."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.controllers.jobs import detail_of
from app.jobs import process
from app.jobs.naming import title_of
from app.jobs.watcher import JobWatcher
from app.window import MainWindow
from store.runs import RunFolder, RunState
from store.settings import SettingsFile
from widgets.panels.jobs import JobRow, JobsPanel


@pytest.fixture
def watcher(qtbot: QtBot) -> Iterator[JobWatcher]:
    made = JobWatcher()
    yield made
    made.stop()


def test_a_job_is_watched_from_its_start_to_its_end(
    watcher: JobWatcher, tmp_path: Path, qtbot: QtBot
) -> None:
    run = RunFolder.create(tmp_path, "import", ["import"])
    said: list[str] = []
    watcher.said.connect(lambda _run, event: said.append(event.kind))
    watcher.watch(run)
    job = RunFolder(run.path)
    with qtbot.waitSignal(watcher.changed):
        job.progress(3, 10, "Reading")
    assert watcher.state(run).done == 3
    job.event("proof", key="written")
    with qtbot.waitSignal(watcher.finished):
        job.finish("done", images=10)
    assert said == ["proof"]
    assert watcher.running() == ()
    assert watcher.state(run).result["images"] == 10


def test_a_job_that_ended_before_it_was_watched_is_told_once(
    watcher: JobWatcher, tmp_path: Path, qtbot: QtBot
) -> None:
    run = RunFolder.create(tmp_path, "import", ["import"])
    RunFolder(run.path).finish("done")
    ended: list[RunFolder] = []
    watcher.finished.connect(ended.append)
    watcher.watch(run)
    qtbot.waitUntil(lambda: len(ended) == 1)
    watcher.look()
    assert len(ended) == 1


def test_running_and_lost_jobs_are_found_again_and_ended_ones_are_not(
    watcher: JobWatcher, tmp_path: Path, qtbot: QtBot
) -> None:
    done = RunFolder.create(tmp_path, "import", ["import"])
    RunFolder(done.path).finish("done")
    lives = RunFolder.create(tmp_path, "export", ["export"])
    RunFolder(lives.path).progress(1, 2)
    dead = RunFolder.create(tmp_path, "demo", ["demo"])
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    child.wait()
    (dead.path / "pid").write_text(f"{child.pid} 1")
    found = {run.id for run in watcher.find(tmp_path)}
    assert found == {lives.id, dead.id}
    with qtbot.waitSignal(watcher.finished):
        watcher.look()
    assert [run.id for run in watcher.running()] == [lives.id]
    again = JobWatcher()
    assert {run.id for run in again.find(tmp_path)} == {lives.id}
    again.stop()


def test_a_job_outlives_a_kill_of_nobody_but_itself(
    watcher: JobWatcher, tmp_path: Path, qtbot: QtBot
) -> None:
    """A job in a process of its own, killed: it is told as lost, not awaited for ever."""
    dataset = tmp_path / "a.json"
    dataset.write_text("{}")
    run = process.start(tmp_path, ["import", "coco", str(dataset), "--store", str(tmp_path / "s")])
    qtbot.waitUntil(lambda: (run.path / "pid").exists() or process.exit_code(run) is not None, timeout=20000)
    pid = (run.path / "pid").read_text().split()[0]
    assert os.getsid(int(pid)) != os.getsid(0)
    watcher.watch(run)
    os.kill(int(pid), signal.SIGKILL)
    with qtbot.waitSignal(watcher.finished, timeout=20000):
        pass
    assert watcher.state(run).state in ("lost", "failed")


def test_a_command_that_is_refused_at_once_does_not_stay_waiting(
    watcher: JobWatcher, tmp_path: Path, qtbot: QtBot
) -> None:
    run = process.start(tmp_path, ["frobnicate"])
    with qtbot.waitSignal(watcher.finished, timeout=20000):
        watcher.watch(run)
    state = watcher.state(run)
    assert state.state == "failed"
    assert state.result["what"].startswith("No such command 'frobnicate'.")
    # Others see it too, and so does the next window.
    assert RunFolder(run.path).state() == state


def test_titles_and_details_are_for_people() -> None:
    assert title_of(["import", "coco", "/data/a.json"]) == "Import a.json"
    assert title_of(["demo", "--dir", "/x"]) == "Draw the demo"
    start = RunState("import", "running", 0, 0, "", None)  # type: ignore[arg-type]
    assert detail_of(start) == "starting"
    ended = RunState("import", "done", 1, 1, "", None, {"images": 1200, "garments": 3})  # type: ignore[arg-type]
    assert detail_of(ended) == "1,200 images, 3 garments"


def test_the_list_cancels_what_runs_and_forgets_what_has_ended(qtbot: QtBot) -> None:
    panel = JobsPanel()
    qtbot.addWidget(panel)
    panel.show_jobs([JobRow("a", "Import", "running", "Reading", 1, 2), JobRow("b", "Export", "done")])
    with qtbot.waitSignal(panel.cancel_wanted) as cancelled:
        panel.stop("a")
    with qtbot.waitSignal(panel.dismissed) as dismissed:
        panel.stop("b")
    assert (cancelled.args, dismissed.args) == (["a"], ["b"])
    panel.show_jobs([JobRow("a", "Import", "cancelled")])
    assert [row.state for row in panel.rows()] == ["cancelled"]


def test_a_read_only_store_is_exported_by_a_job_kept_elsewhere(
    qtbot: QtBot, store_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.db.folder.writable", lambda _folder: False)
    window = MainWindow(SettingsFile())
    window.start(store_folder)
    window.show()
    qtbot.waitUntil(lambda: len(window.browse.slice.ids) > 0 and not window.session.desk.busy())
    assert window.session.needed().read_only
    out = tmp_path / "out.json"
    window.go_to("export")
    page = window.export.page
    page.form.place.setText(str(out))
    page.form.place.textEdited.emit(str(out))
    qtbot.waitUntil(lambda: page.side.export.isEnabled() and str(out) in page.side.command.text())
    page.side.export.click()
    qtbot.waitUntil(lambda: not page.running(), timeout=60000)
    assert out.is_file()
    assert not list((store_folder / "runs").glob("*"))
    window.close()
    window.deleteLater()


def test_export_from_the_page_to_the_file(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    window.go_to("export")
    page = window.export.page
    page.form.place.setText(str(out))
    page.form.place.textEdited.emit(str(out))
    page.form.formats.layouts["coco"]["294"].click()
    qtbot.waitUntil(lambda: page.side.export.isEnabled() and str(out) in page.side.command.text())
    assert "--layout 294" in page.side.command.text()
    assert page.side.export.text() == "Export 6 garments"
    page.side.export.click()
    assert page.running()
    qtbot.waitUntil(lambda: not page.running(), timeout=60000)
    assert set(page.side.proofs().values()) == {"held"}
    assert len(json.loads(out.read_text())["annotations"]) == 6
    assert page.side.folder.isVisible()


def test_only_accepted_of_none_is_blocked(window: MainWindow, qtbot: QtBot) -> None:
    window.go_to("export")
    page = window.export.page
    page.form.accepted.click()
    qtbot.waitUntil(lambda: "no images" in page.side.export.toolTip())
    assert not page.side.export.isEnabled()


def test_the_selection_of_browse_goes_out(window: MainWindow, qtbot: QtBot) -> None:
    ids = [int(i) for i in window.browse.slice.ids[:2]]
    window.browse.page.export_wanted.emit(ids)
    page = window.export.page
    qtbot.waitUntil(lambda: page.side.export.text() == "Export 2 garments")
    assert page.choice().where == f"id in ({ids[0]}, {ids[1]})"


def test_an_export_that_fails_says_why(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    window.go_to("export")
    page = window.export.page
    page.form.place.setText(str(tmp_path / "file" / "out.json"))
    page.form.place.textEdited.emit(page.form.place.text())
    qtbot.waitUntil(lambda: page.side.export.isEnabled())
    page.side.export.click()
    qtbot.waitUntil(lambda: not page.running(), timeout=60000)
    assert page.banner.property("kind") == "bad"
