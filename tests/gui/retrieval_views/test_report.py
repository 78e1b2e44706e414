"""The report in the window: causes by slice, who judged what, the page written by a job, the tables alone."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.controllers.retrieval.report import ReportController
from app.window import MainWindow
from store.db import Store
from store.db.verdicts import Cause, Verdict
from store.runs import RunFolder, RunState
from tests.gui.retrieval.conftest import quiet

Key = Qt.Key


def report_of(window: MainWindow) -> ReportController:
    """The controller of the report."""
    return next(one for one in window.retrieval.views if isinstance(one, ReportController))


def shown(window: MainWindow, qtbot: QtBot) -> ReportController:
    """The view in front."""
    window.retrieval.page.show_view("report")
    quiet(qtbot, window)
    return report_of(window)


@pytest.fixture
def judged(store_folder: Path) -> Path:
    """The store with verdicts of two people, who disagree about one query."""
    with Store.open(store_folder) as store:
        for garment, author, cause in (
            (1, "anna", Cause.MODEL),
            (1, "anna", Cause.MISSING_MATCH),
            (1, "ben", Cause.HARD_VIEW),
            (3, "ben", Cause.HARD_VIEW),
        ):
            store.verdicts.say(Verdict(0, garment, 0, cause, "so" if garment == 3 else "", author, "run"))
    return store_folder


@pytest.fixture
def window(open_window: object, judged: Path) -> MainWindow:
    """A window on the ranking with verdicts."""
    return open_window(judged)


def test_causes_stand_by_slice(window: MainWindow, qtbot: QtBot) -> None:
    view = shown(window, qtbot).view
    model = view.causes.model_
    assert [(one.group, one.level) for one in model.lines] == [("", ""), ("category", "short sleeve top")]
    whole = model.lines[0]
    assert (whole.failures, whole.judged, whole.repaired, whole.open, whole.disagreed) == (2, 2, 1, 1, 1)
    told = dict(zip(model.causes, whole.counts, strict=True))
    assert {cause: count for cause, count in told.items() if count} == {"missing match": 1, "hard view": 2}
    place = 6 + model.causes.index("hard view")
    assert model.title(place) == "hard view"
    assert model.share(0, place) == 1.0
    assert model.data(model.index(0, place), Qt.ItemDataRole.ToolTipRole) == (
        "all queries, hard view: 2 (100% of 2 judged)"
    )
    assert view.figures["failures"].full_text() == "2"


def test_who_judged_what_leads_to_the_board(window: MainWindow, qtbot: QtBot) -> None:
    view = shown(window, qtbot).view
    view.which.set_value("verdicts")
    view.which.chosen.emit("verdicts")
    rows = view.verdicts.model_.lines
    assert [(one.author, one.cause, one.stands) for one in rows] == [
        ("ben", "hard view", True),
        ("ben", "hard view", True),
        ("anna", "missing match", True),
        ("anna", "model's fault", False),
    ]
    assert rows[0].note == "so"
    names = [view.people.itemAt(number).widget() for number in range(view.people.count())]
    assert len(names) == 2
    window.activateWindow()
    view.verdicts.setFocus()
    for _ in range(2):
        QTest.keyClick(view.verdicts, Key.Key_Down)
    QTest.keyClick(view.verdicts, Key.Key_Return)
    quiet(qtbot, window)
    page = window.retrieval.page
    assert page.view() == "board"
    current = page.current()
    assert current is not None
    assert current.garment_id == 1


def test_the_board_leads_to_the_report(window: MainWindow, qtbot: QtBot) -> None:
    page = window.retrieval.page
    page.side.report.click()
    quiet(qtbot, window)
    assert page.view() == "report"


def test_a_job_writes_the_report(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    made = shown(window, qtbot)
    to = tmp_path / "report"
    made.set_folder(to)
    made.view.failures.setValue(1)
    assert str(to) in made.view.folder.accessibleName()
    made.view.write.click()
    assert made.view.working.isVisible()
    assert not made.view.write.isVisible()
    qtbot.waitUntil(lambda: made.view.write.isVisible(), timeout=60_000)
    assert "The report is written" in made.view.message.accessibleName()
    assert "1 failure with pictures" in made.view.message.accessibleName()
    assert (to / "index.html").is_file()
    assert len(list((to / "pictures").iterdir())) > 0


def test_a_report_that_cannot_be_written_says_why(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    made = shown(window, qtbot)
    file = tmp_path / "file"
    file.write_text("x")
    made.set_folder(file / "report")
    made.view.write.click()
    assert made.view.message.isVisible()
    assert made.view.write.isVisible()


def test_a_stopped_job_is_no_error(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    made = shown(window, qtbot)
    made._job = RunFolder(tmp_path / "job")
    made.view.show_working(1, 4, "Writing the report")
    assert made.view.working.words.full_text() == "Writing the report 25%"
    window.jobs.finished.emit(
        made._job, RunState("retrieval-report", "cancelled", 1, 4, "", datetime.now(UTC))
    )
    assert made.view.write.isVisible()
    assert not made.view.message.isVisible()


def test_a_folder_with_other_files_gets_one_within(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    made = shown(window, qtbot)
    held = tmp_path / "held"
    held.mkdir()
    made.set_folder(held)
    assert made.folder() == held
    (held / "letter.txt").write_text("x")
    made.set_folder(held)
    assert made.folder().parent == held
    assert made.folder().name.startswith("report-")


def test_tables_alone_and_the_command(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    made = shown(window, qtbot)
    made.save_tables(tmp_path / "tables")
    quiet(qtbot, window)
    with (tmp_path / "tables" / "causes.csv").open(encoding="utf-8") as stream:
        first = next(csv.DictReader(stream))
    assert (first["failures"], first["judged"], first["hard view"]) == ("2", "2", "2")
    assert sorted(one.name for one in (tmp_path / "tables").iterdir()) == [
        "causes.csv",
        "figures.csv",
        "verdicts.csv",
    ]
    made.view.copy.click()
    told = QGuiApplication.clipboard().text()
    assert told.startswith("deepfashion-studio retrieval-report ")
    assert told.endswith("--failures 100")


def test_without_a_ranking_it_says_so(window: MainWindow, qtbot: QtBot) -> None:
    window.retrieval.audit = None
    made = report_of(window)
    window.retrieval.page.show_view("report")
    qtbot.waitUntil(lambda: made.view.empty.accessibleName().startswith("No ranking"))
    assert not made.view.write.isEnabled()
