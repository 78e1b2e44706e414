"""The right panel: machine, configuration, checkpoints and the end of the log."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QGridLayout, QWidget

from store.runs.watched import Checkpoint
from widgets import style
from widgets.common import ElidedLabel, LinkButton, Section, SidePanel, Tag, label
from widgets.pages.runs.configuration import Facts, LogTail
from widgets.pages.runs.machine import MachineBars
from widgets.pages.runs.records import RunDetails, metric_words

_WIDTH = 284
#: So many checkpoints and lines of the log are shown.
_CHECKPOINTS, _LINES = 5, 12


class Checkpoints(QWidget):
    """The newest saved states with their figure; the best is marked."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        self._shown: tuple[Checkpoint, ...] | None = None
        self._parts: list[QWidget] = []

    def show_checkpoints(self, checkpoints: tuple[Checkpoint, ...]) -> None:
        """Show the newest, and the best if it is older."""
        newest = list(reversed(checkpoints))[:_CHECKPOINTS]
        newest += [one for one in checkpoints if one.best and one not in newest]
        shown = tuple(newest)
        if shown == self._shown:
            return
        self._shown = shown
        for part in self._parts:
            self._grid.removeWidget(part)
            part.hide()
            part.deleteLater()
        self._parts = []
        if not shown:
            self._add(label("Nothing was saved yet", "note"), 0, 0)
        for row, one in enumerate(shown):
            name = label(f"epoch {one.epoch}", "section")
            name.setMinimumHeight(style.tokens().px(20))
            value = "" if one.value is None else f"{metric_words(one.metric)} {one.value:.3f}"
            self._add(name, row, 0)
            self._add(ElidedLabel(value or one.file, "table"), row, 1)
            if one.best:
                self._add(Tag("★ best"), row, 2)

    def _add(self, widget: QWidget, row: int, column: int) -> None:
        self._grid.addWidget(widget, row, column, Qt.AlignmentFlag.AlignVCenter)
        self._parts.append(widget)


class RunsSide(SidePanel):
    """What stands beside the charts. ``log_wanted``: show all of the log."""

    log_wanted = Signal()

    def __init__(self) -> None:
        super().__init__(_WIDTH, name="Run")
        self.machine = MachineBars()
        self.facts = Facts()
        self.checkpoints = Checkpoints()
        self.log = LogTail(_LINES)
        self._command = ""
        self.sections: dict[str, Section] = {}
        self.copy = LinkButton("Copy command")
        self.copy.clicked.connect(lambda: QApplication.clipboard().setText(self._command))
        self.open_log = LinkButton("Open log")
        self.open_log.clicked.connect(self.log_wanted)
        for title, part, action in (
            ("Machine", self.machine, None),
            ("Configuration", self.facts, self.copy),
            ("Checkpoints", self.checkpoints, None),
            ("Log", self.log, self.open_log),
        ):
            section = Section(title, chevron=False)
            self.sections[title] = section
            section.add(part)
            if action is not None:
                section.add_action(action)
            self.add(section)

    def show_run(self, run: RunDetails) -> None:
        """Show a run."""
        for title in ("Machine", "Checkpoints"):
            self.sections[title].setVisible(run.kind == "train")
        self.machine.show_series(run.series, live=run.live)
        self.sections["Machine"].set_note("" if run.live or not run.series.machine else "at its end")
        self.facts.show_run(run)
        self.checkpoints.show_checkpoints(run.series.checkpoints)
        self.log.show_text(run.log_text)
        self._command = run.command
        self.copy.setEnabled(bool(run.command))
        self.copy.setToolTip(run.command or "The command is not known.")
