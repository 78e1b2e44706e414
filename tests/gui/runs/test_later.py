"""Work is done one piece an event-loop turn; a chart comes in a turn of its own, or when it is asked for."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from widgets.plots.chart import Line
from widgets.plots.later import LaterChart
from widgets.turns import soon


def line(name: str, *values: float) -> Line:
    return Line(name, np.arange(len(values), dtype=float), np.array(values))


def test_what_is_asked_for_comes_in_order_and_not_for_what_is_gone(qtbot: QtBot) -> None:
    there, gone = QObject(), QObject()
    done: list[str] = []
    soon(there, lambda: done.append("first"))
    soon(gone, lambda: done.append("gone"))
    soon(there, lambda: done.append("second"))
    assert done == []
    delete(gone)
    qtbot.waitUntil(lambda: done == ["first", "second"])


def test_a_chart_comes_with_what_it_was_told_last(qtbot: QtBot) -> None:
    place = LaterChart("step", nothing="Nothing yet")
    qtbot.addWidget(place)
    place.show_lines([line("a", 1, 2)])
    place.show_lines([line("a", 1, 2, 3), line("b", 4)])
    hint = place.sizeHint()
    assert [one.label for one in place.chart.lines()] == ["a", "b"]
    # Its coming moves nothing.
    assert place.sizeHint() == hint
    # Of the same lines new points are shown at once; others wait for a turn, or till somebody asks.
    chart = place.chart
    place.show_lines([line("a", 1, 2, 3, 4), line("b", 4)])
    assert [len(one.x) for one in chart.lines()] == [4, 1]
    place.show_lines([line("c", 1)])
    assert [one.label for one in chart.lines()] == ["a", "b"]
    qtbot.waitUntil(lambda: [one.label for one in chart.lines()] == ["c"])
    place.show_lines([])
    assert place.chart.lines() == ()
    assert place.focusProxy() is chart
