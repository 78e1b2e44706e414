"""What is done with runs from their page: deleted, opened elsewhere, compared, found again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pytestqt.qtbot import QtBot

from app.window import MainWindow
from store.runs import RunFolder
from store.runs.results import Evaluation, GarmentResults, write_evaluation
from store.settings import SettingsFile
from tests.gui.app.runs.conftest import Shown
from tests.gui.app.runs.runs_hand import answer, dead_run


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
