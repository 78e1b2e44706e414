"""What is wrong with the image in front of the person; not there while nothing is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from store.records import Problem, Severity
from widgets.common import IconLabel, Section, label, set_look

#: More than this many are counted, not shown.
MOST = 5


class _Wrapped(QLabel):
    """Text that takes the height it needs at the width it gets.

    A label that tells its layout "height for width" makes the scrolled panel as high as if all of it
    were squeezed to its narrowest.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        set_look(self, "table")

    def hasHeightForWidth(self) -> bool:
        return False

    def minimumSizeHint(self) -> QSize:
        return QSize(40, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.setFixedHeight(self.heightForWidth(self.width()))


class ImageProblems(Section):
    """The problems of one image."""

    def __init__(self) -> None:
        super().__init__("Problems")
        self._rows: list[QWidget] = []
        self.hide()

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Show problems; an empty list hides the section."""
        for row in self._rows:
            self.body.removeWidget(row)
            row.deleteLater()
        self._rows = [self._row(problem) for problem in problems[:MOST]]
        if len(problems) > MOST:
            self._rows.append(label(f"and {len(problems) - MOST} more", "note"))
        for row in self._rows:
            self.add(row)
        self.set_note(str(len(problems)))
        self.setVisible(bool(problems))

    @staticmethod
    def _row(problem: Problem) -> QWidget:
        made = QWidget()
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        bad = problem.severity is Severity.ERROR
        row.addWidget(
            IconLabel(
                "alert-circle" if bad else "alert-triangle",
                "bad" if bad else "warn",
                name="Error" if bad else "Warning",
            )
        )
        words = f"{problem.item}: {problem.message}" if problem.item else problem.message
        text = _Wrapped(words)
        text.setToolTip(problem.file)
        row.addWidget(text, 1)
        return made
