"""A hidden page is made ready in slices, and one whose parts change meanwhile is no trouble."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from app.warming import Warming


def _hidden_page(qtbot: QtBot) -> tuple[QStackedWidget, QWidget, list[QWidget]]:
    stack = QStackedWidget()
    qtbot.addWidget(stack)
    stack.addWidget(QWidget())
    stack.resize(500, 900)
    stack.show()
    page = QWidget()
    column = QVBoxLayout(page)
    rows = [QWidget() for _ in range(40)]
    for row in rows:
        column.addWidget(row)
    stack.addWidget(page)
    return stack, page, rows


def test_children_are_polished_before_the_page_is_shown(qtbot: QtBot) -> None:
    stack, page, rows = _hidden_page(qtbot)
    polished = Qt.WidgetAttribute.WA_WState_Polished
    assert not rows[-1].testAttribute(polished)
    warming = Warming(page)
    warming.begin(stack)
    qtbot.waitUntil(lambda: not warming.running)
    assert all(row.testAttribute(polished) for row in rows)
    assert not page.isVisible()


def test_a_child_that_goes_meanwhile_is_passed_over(qtbot: QtBot) -> None:
    stack, page, rows = _hidden_page(qtbot)
    warming = Warming(page)
    delete(rows.pop())
    warming.begin(stack)
    qtbot.waitUntil(lambda: not warming.running)
    assert all(row.testAttribute(Qt.WidgetAttribute.WA_WState_Polished) for row in rows)
