"""A hand that clicks through the Runs page."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from widgets.pages.runs.page import RunsPage
from widgets.pages.runs.table import SliceTable


def row(page: RunsPage, run: str) -> Any:
    return page.list.runs.index(page.list.runs.row_of(run))


def click_run(
    page: RunsPage, qtbot: QtBot, run: str, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    rect = page.list.visualRect(row(page, run))
    qtbot.mouseClick(page.list.viewport(), Qt.MouseButton.LeftButton, modifier, rect.center())


def click(qtbot: QtBot, widget: QWidget) -> None:
    # What a layout has just been given is shown by the event loop.
    qtbot.waitUntil(widget.isVisible)
    qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)


def banner_button(page: RunsPage, words: str) -> QPushButton:
    found = [one for one in page.banner.findChildren(QPushButton) if one.text() == words]
    assert found, [one.text() for one in page.banner.findChildren(QPushButton)]
    return found[-1]


def cell_at(table: SliceTable, line: int, column: int) -> QPoint:
    return table.visualRect(table.model_.index(line, column)).center()
