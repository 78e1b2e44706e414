"""The problems of one image, in words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from store.records import Problem, Severity
from widgets.common import IconLabel, label

#: Icon and colour token of each severity.
SEVERITY_MARKS = {Severity.ERROR: ("alert-circle", "bad"), Severity.WARNING: ("alert-triangle", "warn")}


class ProblemNotes(QWidget):
    """What is wrong with one image: a mark, the message, and below it where."""

    def __init__(self) -> None:
        super().__init__()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(10)
        self._rows: QWidget | None = None

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Show these, errors first."""
        if self._rows is not None:
            self._column.removeWidget(self._rows)
            self._rows.deleteLater()
        self._rows = QWidget()
        grid = QGridLayout(self._rows)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        for number, problem in enumerate(sorted(problems, key=lambda p: p.severity is Severity.WARNING)):
            icon, role = SEVERITY_MARKS[problem.severity]
            mark = IconLabel(icon, role, name=str(problem.severity))
            grid.addWidget(mark, 3 * number, 0, Qt.AlignmentFlag.AlignTop)
            words = label(problem.message, "table", wrap=True)
            words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(words, 3 * number, 1)
            if problem.item:
                grid.addWidget(label(problem.item, "hint", wrap=True), 3 * number + 1, 1)
            grid.setRowMinimumHeight(3 * number + 2, 6)
        self._column.addWidget(self._rows)
