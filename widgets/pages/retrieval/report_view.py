"""The report: why queries failed by slice, who said so, and the page that can be sent to others."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from widgets import style
from widgets.common import (
    Banner,
    Button,
    ElidedLabel,
    EmptyState,
    FieldButton,
    PageToolbar,
    PrimaryButton,
    Section,
    Segmented,
    SidePanel,
    SpinBox,
    label,
    surface,
)
from widgets.pages.retrieval.choice import Working
from widgets.pages.retrieval.report_causes import CausesTable
from widgets.pages.retrieval.report_records import CauseRow, Person, ReportState
from widgets.pages.retrieval.report_verdicts import VerdictsTable

_SIDE, _NARROW = 236, 1300


class ReportView(QWidget):
    """Knows nothing of stores.

    ``write_wanted(failures)``: write the report; ``folder_wanted()``: choose another folder;
    ``stopped()``; ``tables_wanted()``: the tables alone; ``copy_wanted(failures)``: the command that writes
    the same; ``query_wanted(query)``: show it on the board.
    """

    write_wanted = Signal(int)
    folder_wanted = Signal()
    stopped = Signal()
    tables_wanted = Signal()
    copy_wanted = Signal(int)
    query_wanted = Signal(int)

    def __init__(self, most: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        surface(self, "page")
        self.causes, self.verdicts = CausesTable(), VerdictsTable()
        self._build(most)
        self._connect()
        self.setFocusProxy(self.causes)
        self.show_empty("Looking for a ranking")

    # -- what is shown --------------------------------------------------------------------------

    def show_empty(self, sentence: str) -> None:
        """Say why there is nothing to report."""
        self.empty.say(sentence)
        self.stack.setCurrentWidget(self.empty)
        self.side.hide()
        for part in (self.write, self.copy, self.tables, self.folder, self.failures):
            part.setEnabled(False)

    def show_state(self, state: ReportState, *, writable: bool) -> None:
        """Show a ranking's failures; without ``writable`` no job can be started."""
        self.causes.show_rows(state.causes, state.rows)
        self.verdicts.show_rows(state.verdicts)
        count = len(state.verdicts)
        self.which.set_text("verdicts", f"Verdicts {count:,}")
        whole = state.rows[0]
        self._show_counts(whole)
        self._show_people(state.people)
        self._choose(self.which.value())
        for part in (self.copy, self.tables, self.folder, self.failures):
            part.setEnabled(True)
        self.write.setEnabled(writable)
        self.write.setToolTip("" if writable else "The store is open read-only: the copied command writes it")

    def show_folder(self, folder: str) -> None:
        """Where the report goes."""
        self.folder.set_face(folder, "folder")
        self.folder.setToolTip(f"The report goes to {folder}")
        self.folder.setAccessibleName(f"Folder of the report: {folder}")

    def show_working(self, done: int, total: int, message: str) -> None:
        """Say how far the writing is."""
        self.working.tell(done, total, message)
        self.write.hide()

    def show_done(self) -> None:
        """Nothing is being written any more."""
        self.working.hide()
        self.write.show()

    def show_message(
        self, kind: str, text: str, fix: str = "", actions: Sequence[tuple[str, Callable[[], object]]] = ()
    ) -> None:
        """Say across the view what has happened; an empty text takes it away."""
        self.message.setVisible(bool(text))
        if text:
            self.message.show_message(kind, text, fix, actions)

    # -- how it is built ------------------------------------------------------------------------

    def _build(self, most: int) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._build_bar(most))
        self.message = Banner("bad", " ", closable=True)
        self.message.hide()
        column.addWidget(self.message)
        self.empty = EmptyState("file-text", "")
        self.nothing = EmptyState(
            "message-circle", "Nobody has judged a query of this ranking yet: on the board, 1 to 8 say why"
        )
        self.stack = QStackedWidget()
        for part in (self.empty, self.causes, self.verdicts, self.nothing):
            self.stack.addWidget(part)
        rest = QHBoxLayout()
        rest.setSpacing(0)
        rest.addWidget(self.stack, 1)
        rest.addWidget(self._build_side())
        column.addLayout(rest, 1)

    def _build_bar(self, most: int) -> QWidget:
        bar = PageToolbar()
        self.which = Segmented(
            [("causes", "Causes by slice"), ("verdicts", "Verdicts")], "causes", name="What is shown"
        )
        self.failures = SpinBox(0, 10_000, most, caption="failures", name="Failures shown with pictures")
        self.failures.setToolTip("So many failures are shown with pictures, the most suspicious first")
        self.folder = FieldButton("", "folder", end_icon="chevron-down")
        self.folder.setMaximumWidth(style.tokens().px(300))
        self.write = PrimaryButton("Write report", "file-text")
        self.working = Working("Writing the report")
        self.copy = Button("Copy command", "terminal-2")
        self.tables = Button("Save CSV", "table")
        self.tables.setToolTip("figures.csv, causes.csv and verdicts.csv, without pictures")
        bar.add(self.which)
        bar.add_stretch()
        bar.add(self.failures)
        bar.row.addWidget(self.folder, 3)
        for part in (self.write, self.working, self.copy, self.tables):
            bar.add(part)
        return bar

    def _build_side(self) -> QWidget:
        self.side = SidePanel(_SIDE, name="Who judged what")
        counts = Section("All queries", chevron=False)
        self.counts = QGridLayout()
        self.counts.setHorizontalSpacing(8)
        self.counts.setColumnStretch(0, 1)
        counts.add(self.counts)
        self.side.add(counts)
        self.people_section = Section("Who judged", chevron=False)
        self.people = QVBoxLayout()
        self.people.setSpacing(8)
        self.people_section.add(self.people)
        self.side.add(self.people_section)
        self.figures: dict[str, ElidedLabel] = {}
        names = ("failures", "judged", "right now", "open", "disagreed")
        for row, name in enumerate(names):
            self.figures[name] = ElidedLabel("", "strong")
            self.counts.addWidget(label(name, "second"), row, 0)
            self.counts.addWidget(self.figures[name], row, 1)
        return self.side

    def _connect(self) -> None:
        self.which.chosen.connect(self._choose)
        self.write.clicked.connect(lambda: self.write_wanted.emit(self.failures.value()))
        self.copy.clicked.connect(lambda: self.copy_wanted.emit(self.failures.value()))
        self.folder.clicked.connect(self.folder_wanted)
        self.tables.clicked.connect(self.tables_wanted)
        self.working.stopped.connect(self.stopped)
        self.verdicts.opened.connect(self.query_wanted)

    # -- what happens ---------------------------------------------------------------------------

    def _choose(self, key: str) -> None:
        shown: QWidget = self.causes
        if key == "verdicts":
            shown = self.verdicts if self.verdicts.model_.rowCount() else self.nothing
        self.stack.setCurrentWidget(shown)
        self.setFocusProxy(shown if shown is not self.nothing else self.causes)
        self._fold()

    def _show_counts(self, whole: CauseRow) -> None:
        values = (whole.failures, whole.judged, whole.repaired, whole.open, whole.disagreed)
        for shown, value in zip(self.figures.values(), values, strict=True):
            shown.set_full_text(f"{value:,}")

    def _show_people(self, people: Sequence[Person]) -> None:
        while (found := self.people.takeAt(0)) is not None:
            if (old := found.widget()) is not None:
                old.deleteLater()
        self.people_section.set_note("" if people else "nobody yet")
        for one in people:
            held = QWidget()
            column = QVBoxLayout(held)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(1)
            queries = "query" if one.judged == 1 else "queries"
            column.addWidget(ElidedLabel(f"{one.name}, {one.judged:,} {queries}", "strong"))
            column.addWidget(label(one.words, "note", wrap=True))
            self.people.addWidget(held)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        """Where there is little room the table of causes has it; its first row says what the side would."""
        narrow = self.width() < style.tokens().px(_NARROW)
        self.folder.setMaximumWidth(style.tokens().px(170 if narrow else 300))
        shown = self.stack.currentWidget()
        self.side.setVisible(shown is not self.empty and not (narrow and shown is self.causes))
