"""The list of jobs, opened from the status bar: what runs, how far it is, what has ended and how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from widgets import style
from widgets.common import ElidedLabel, IconButton, IconLabel, ProgressBar, hline, label

_WIDTH = 420
_STATES = {
    "running": ("loader-2", "acc"),
    "done": ("circle-check", "ok"),
    "failed": ("alert-circle", "bad"),
    "cancelled": ("circle-x", "t3"),
    "lost": ("alert-triangle", "warn"),
}


@dataclass(frozen=True, slots=True)
class JobRow:
    """One job as shown. ``state`` is "running", "done", "failed", "cancelled" or "lost".

    ``detail`` is its message or its result; ``total`` is 0 while it is not known.
    """

    id: str
    title: str
    state: str
    detail: str = ""
    done: int = 0
    total: int = 0


class _JobLine(QWidget):
    def __init__(self, row: JobRow, panel: JobsPanel) -> None:
        super().__init__()
        self.setAccessibleName(f"{row.title}: {row.state}")
        outer = QHBoxLayout(self)
        outer.setContentsMargins(12, 8, 8, 8)
        outer.setSpacing(10)
        self._mark = IconLabel(*_STATES[row.state])
        outer.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(4)
        self._title = label(row.title, "strong")
        self._detail = ElidedLabel(row.detail, "note")
        self._bar = ProgressBar(name=f"Progress of {row.title}")
        self._bar.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        for widget in (self._title, self._bar, self._detail):
            words.addWidget(widget)
        outer.addLayout(words, 1)
        self._log = IconButton("file-text", "Show the log")
        self._log.clicked.connect(lambda: panel.log_wanted.emit(row.id))
        self._stop = IconButton("x", "Cancel this job")
        self._stop.clicked.connect(lambda: panel.stop(row.id))
        outer.addWidget(self._log, 0, Qt.AlignmentFlag.AlignTop)
        outer.addWidget(self._stop, 0, Qt.AlignmentFlag.AlignTop)
        self.row = row
        self.show_row(row)

    def show_row(self, row: JobRow) -> None:
        self.row = row
        running = row.state == "running"
        self._mark.set_icon(*_STATES[row.state])
        self._title.setText(row.title)
        counts = f" {row.done:,} of {row.total:,}" if running and row.total else ""
        self._detail.set_full_text(f"{row.detail}{counts}".strip() or row.state)
        self._bar.setVisible(running)
        self._bar.set_share(row.done / row.total if row.total else 0.0)
        self._stop.setToolTip("Cancel this job" if running else "Remove from the list")
        self._stop.setAccessibleName(self._stop.toolTip())
        self.setAccessibleName(f"{row.title}: {row.state}")


class JobsPanel(QFrame):
    """A small window over the status bar with one line a job; Escape or a click elsewhere closes it.

    ``cancel_wanted(id)`` of a running job, ``dismissed(id)`` of one that has ended.
    """

    cancel_wanted = Signal(str)
    dismissed = Signal(str)
    log_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("look", "card")
        self.setAccessibleName("Jobs")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 6)
        box.setSpacing(0)
        head = QHBoxLayout()
        head.setContentsMargins(12, 10, 12, 8)
        head.addWidget(label("Jobs", "heading"))
        head.addStretch(1)
        box.addLayout(head)
        box.addWidget(hline())
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        box.addLayout(self._list)
        self._none = label("No jobs. Imports and exports show here while they run.", "note", wrap=True)
        self._none.setContentsMargins(12, 12, 12, 8)
        box.addWidget(self._none)
        self._lines: dict[str, _JobLine] = {}

    def show_jobs(self, rows: Sequence[JobRow]) -> None:
        """Show these jobs, in the order given."""
        if [row.id for row in rows] != list(self._lines):
            for line in self._lines.values():
                self._list.removeWidget(line)
                line.hide()
                line.deleteLater()
            self._lines = {row.id: _JobLine(row, self) for row in rows}
            for line in self._lines.values():
                self._list.addWidget(line)
        for row in rows:
            self._lines[row.id].show_row(row)
        self._none.setVisible(not rows)
        self.setFixedWidth(style.tokens().px(_WIDTH))
        if self.isVisible():
            self._stand(self._corner)

    def rows(self) -> tuple[JobRow, ...]:
        """The jobs shown."""
        return tuple(line.row for line in self._lines.values())

    def open_at(self, corner: QPoint) -> None:
        """Show with the lower right corner at a place of the screen."""
        self._corner = corner
        self._stand(corner)
        self.show()

    def stop(self, job: str) -> None:
        """Cancel a job that runs, forget one that has ended."""
        if self._lines[job].row.state == "running":
            self.cancel_wanted.emit(job)
        else:
            self.dismissed.emit(job)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)

    def _stand(self, corner: QPoint) -> None:
        self.adjustSize()
        self.move(corner.x() - self.width(), corner.y() - self.height())
