"""The problem list."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from store.db import Store
from store.records import Problem, Severity
from widgets.pages.problems import ProblemsDialog


@pytest.fixture
def dialog(qtbot: QtBot) -> Iterator[ProblemsDialog]:
    made = ProblemsDialog()
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    yield made
    made.close()
    made.settle()


class Many:
    def __init__(self) -> None:
        self.asked: list[tuple[int, int]] = []

    def page(self, offset: int, limit: int) -> list[Problem]:
        self.asked.append((offset, limit))
        return [
            Problem(
                id=i,
                message=f"problem {i}",
                file=f"/annos/{i:06}.json",
                item=f"item{i % 3}",
                image_id=i % 2 and i,
                severity=Severity.ERROR,
            )
            for i in range(offset, offset + limit)
        ]


def cell(dialog: ProblemsDialog, row: int, column: int) -> object:
    return dialog.list.model.index(row, column).data()


def test_problems_of_a_store_open_their_image(qtbot: QtBot, dialog: ProblemsDialog, store: Store) -> None:
    dialog.show_problems(store.problems, store.problems.count())
    qtbot.waitUntil(lambda: cell(dialog, 0, 0) is not None)
    assert [cell(dialog, 1, c) for c in range(3)] == ["000020.json", "item1", "Something is odd in 20."]
    table = dialog.list.table
    where = table.visualRect(dialog.list.model.index(1, 2)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=where)
    with qtbot.waitSignal(dialog.open_wanted) as wanted:
        qtbot.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert store.images.get(wanted.args[0]).name == "000020.jpg"
    with qtbot.waitSignal(dialog.open_wanted):
        qtbot.keyClick(table, Qt.Key.Key_Return)
    dialog.show_problems(None, 0)


def test_only_what_is_in_view_is_read(qtbot: QtBot, dialog: ProblemsDialog) -> None:
    many = Many()
    dialog.show_problems(many, 300_000)
    qtbot.waitUntil(lambda: cell(dialog, 0, 0) is not None)
    dialog.list.table.verticalScrollBar().setValue(200_050)
    qtbot.waitUntil(lambda: cell(dialog, 200_050, 2) == "problem 200050")
    assert {offset for offset, _ in many.asked} <= {0, 200_000, 200_100}


def test_a_problem_without_an_image_cannot_be_opened(qtbot: QtBot, dialog: ProblemsDialog) -> None:
    dialog.show_problems(Many(), 50)
    qtbot.waitUntil(lambda: cell(dialog, 0, 0) is not None)
    dialog.list.table.selectRow(2)
    assert not dialog._open.isEnabled()
    with qtbot.assertNotEmitted(dialog.open_wanted):
        qtbot.keyClick(dialog.list.table, Qt.Key.Key_Return)
    dialog.list.table.selectRow(3)
    assert dialog._open.isEnabled()


def test_rows_can_be_copied(qtbot: QtBot, dialog: ProblemsDialog) -> None:
    dialog.show_problems(Many(), 50)
    qtbot.waitUntil(lambda: cell(dialog, 0, 0) is not None)
    dialog.list.table.selectRow(1)
    dialog.list.copy()
    assert QGuiApplication.clipboard().text() == "error\t/annos/000001.json\titem1\tproblem 1"


def test_no_problems_is_good_news(dialog: ProblemsDialog) -> None:
    dialog.show_problems(Many(), 0)
    assert not dialog.list.table.isVisible()
    assert not dialog._open.isEnabled()
