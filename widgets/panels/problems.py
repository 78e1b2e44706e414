"""The problems of one image, in words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from store.records import Problem, Severity
from widgets.common import IconLabel, label

#: Icon and colour token of each severity.
SEVERITY_MARKS = {Severity.ERROR: ("alert-circle", "bad"), Severity.WARNING: ("alert-triangle", "warn")}


class _Note(QWidget):
    def __init__(self) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        self._mark = IconLabel("alert-triangle")
        self._message = label("", "table", wrap=True)
        self._message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._where = label("", "hint", wrap=True)
        grid.addWidget(self._mark, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._message, 0, 1)
        grid.addWidget(self._where, 1, 1)

    def show_problem(self, problem: Problem) -> None:
        self._mark.set_icon(*SEVERITY_MARKS[problem.severity], name=str(problem.severity))
        self._message.setText(problem.message)
        self._where.setText(problem.item)
        self._where.setVisible(bool(problem.item))


class ProblemNotes(QWidget):
    """What is wrong with one image: a mark, the message, and below it where."""

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._notes: list[_Note] = []

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Show these, errors first."""
        while len(self._notes) < len(problems):
            self._notes.append(_Note())
            self._column.addWidget(self._notes[-1])
        for note, problem in zip(self._notes, _worst_first(problems), strict=False):
            note.show_problem(problem)
        for number, note in enumerate(self._notes):
            note.setVisible(number < len(problems))


def _worst_first(problems: Sequence[Problem]) -> list[Problem]:
    return sorted(problems, key=lambda problem: problem.severity is Severity.WARNING)
