"""The problem list of a store: which file, which part of it, what is wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QStackedLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from store.records import Problem
from widgets import style
from widgets.browser.paging import Pages
from widgets.common import Button, EmptyState, PrimaryButton, label
from widgets.panels.problems import SEVERITY_MARKS

Index = QModelIndex | QPersistentModelIndex

_COLUMNS = ("File", "Where", "What is wrong")
#: Copying more rows than these would not be read by anybody.
MOST_COPIED = 1000


class ProblemSource(Protocol):
    """Where problems come from; called in a thread. ``store.problems`` is one."""

    def page(self, offset: int, limit: int) -> Sequence[Problem]:
        """Problems from ``offset``, at most ``limit``, in a lasting order."""
        ...


class ProblemModel(QAbstractTableModel):
    """A row a problem, fetched as they come into view."""

    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pages: Pages[Problem] = Pages(page_size=100, parent=self)
        self._pages.arrived.connect(self._on_arrived)
        self._pages.failed.connect(self.failed)

    def show_problems(self, source: ProblemSource | None, count: int) -> None:
        """Show the ``count`` problems of a source."""
        self._pages.settle()
        self.beginResetModel()
        self._pages.reset(source.page if source is not None else None, count)
        self.endResetModel()

    def problem(self, row: int) -> Problem | None:
        """The problem of a row if it is here."""
        return self._pages.get(row)

    def ask(self, first: int, last: int) -> None:
        """Fetch rows ``first`` up to but not including ``last``."""
        self._pages.ask(first, last)

    def settle(self) -> None:
        """Wait for the fetch that runs now."""
        self._pages.settle()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._pages)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(_COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _COLUMNS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole and orientation == Qt.Orientation.Horizontal:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        problem = self._pages.get(index.row())
        if problem is None:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            short = role == Qt.ItemDataRole.DisplayRole
            file = problem.file.replace("\\", "/").rpartition("/")[2] if short else problem.file
            return (file, problem.item, problem.message)[index.column()]
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0:
            return style.icon(*SEVERITY_MARKS[problem.severity])
        if role == Qt.ItemDataRole.AccessibleTextRole and index.column() == 0:
            return f"{problem.severity}: {problem.file}, {problem.item}, {problem.message}"
        return None

    def _on_arrived(self, first: int, last: int) -> None:
        self.dataChanged.emit(self.index(first, 0), self.index(last - 1, len(_COLUMNS) - 1))


class _ProblemTable(QTableView):
    """A table that asks for the rows it shows, and opens on Enter and on a double click."""

    opened = Signal(int)

    def __init__(self, model: ProblemModel) -> None:
        super().__init__()
        self._problems = model
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setAccessibleName("Problems")
        self.verticalHeader().setVisible(False)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        head.setStretchLastSection(True)
        head.resizeSection(0, style.tokens().px(220))
        head.resizeSection(1, style.tokens().px(130))
        self._ask = QTimer(self, singleShot=True, interval=0)
        self._ask.timeout.connect(self._want_visible)
        self.verticalScrollBar().valueChanged.connect(lambda _value: self._ask.start())
        model.modelReset.connect(self._ask.start)
        self.doubleClicked.connect(lambda index: self.opened.emit(index.row()))
        self._fix()
        style.changed.connect(self._fix)

    def _fix(self) -> None:
        self.verticalHeader().setDefaultSectionSize(style.tokens().table_row)

    def _want_visible(self) -> None:
        first = max(0, self.rowAt(0))
        last = self.rowAt(self.viewport().height() - 1)
        self._problems.ask(first, (last if last >= 0 else self._problems.rowCount() - 1) + 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._ask.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit(self.currentIndex().row())
        else:
            super().keyPressEvent(event)


class ProblemList(QWidget):
    """The problems of a store. ``open_wanted(image id)`` on a double click or Enter."""

    open_wanted = Signal(int)
    current_changed = Signal()
    failed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.model = ProblemModel(self)
        self.model.failed.connect(self.failed)
        self.table = _ProblemTable(self.model)
        self.table.opened.connect(self._open)
        self.table.selectionModel().currentRowChanged.connect(lambda _new, _old: self.current_changed.emit())
        copy = QShortcut(QKeySequence(QKeySequence.StandardKey.Copy), self.table)
        copy.setContext(Qt.ShortcutContext.WidgetShortcut)
        copy.activated.connect(self.copy)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.table)
        self._stack.addWidget(EmptyState("circle-check", "No problems: everything was read as it stands"))

    def show_problems(self, source: ProblemSource | None, count: int) -> None:
        """Show the ``count`` problems of a source; None before its store is closed."""
        self.model.show_problems(source, count)
        self._stack.setCurrentIndex(0 if count else 1)
        self.current_changed.emit()

    @property
    def current_image(self) -> int:
        """The id of the image that the current problem is about; 0 for none."""
        problem = self.model.problem(self.table.currentIndex().row())
        return problem.image_id if problem is not None else 0

    def copy(self) -> None:
        """Put the selected rows on the clipboard, as lines with tabs."""
        rows = sorted(index.row() for index in self.table.selectionModel().selectedRows())[:MOST_COPIED]
        found = [problem for row in rows if (problem := self.model.problem(row)) is not None]
        lines = [f"{p.severity}\t{p.file}\t{p.item}\t{p.message}" for p in found]
        QGuiApplication.clipboard().setText("\n".join(lines))

    def settle(self) -> None:
        """Wait for the fetch that runs now."""
        self.model.settle()

    def _open(self, row: int) -> None:
        problem = self.model.problem(row)
        if problem is not None and problem.image_id:
            self.open_wanted.emit(problem.image_id)


class ProblemsDialog(QDialog):
    """The problem list in a window of its own, which stays open while images are corrected."""

    open_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Problems")
        self.resize(style.tokens().px(960), style.tokens().px(640))
        self.list = ProblemList()
        self.list.open_wanted.connect(self.open_wanted)
        self.list.current_changed.connect(self._on_current)
        self._title = label("Problems", "title")
        self._hint = label("", "second", wrap=True)
        copy = Button("Copy selected", "copy")
        copy.clicked.connect(self.list.copy)
        close = Button("Close")
        close.clicked.connect(self.reject)
        self._open = PrimaryButton("Open image", "vector-triangle", "Enter")
        self._open.clicked.connect(lambda: self.open_wanted.emit(self.list.current_image))
        for button in (copy, close, self._open):
            button.setAutoDefault(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(8)
        column.addWidget(self._title)
        column.addWidget(self._hint)
        column.addSpacing(4)
        column.addWidget(self.list, 1)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(copy)
        row.addStretch(1)
        row.addWidget(close)
        row.addWidget(self._open)
        column.addSpacing(4)
        column.addLayout(row)
        self._on_current()

    def show_problems(self, source: ProblemSource | None, count: int) -> None:
        """Show the ``count`` problems of a source; None before its store is closed."""
        self._title.setText(f"{count:,} problem{'' if count == 1 else 's'}")
        said = "What could not be read as it stands. Everything else was imported; files are never changed."
        self._hint.setText(said if count else "")
        self._hint.setVisible(bool(count))
        self.list.show_problems(source, count)
        self.list.table.setFocus()

    def settle(self) -> None:
        """Wait for the fetch that runs now."""
        self.list.settle()

    def _on_current(self) -> None:
        self._open.setEnabled(self.list.current_image > 0)
        none = "This problem is not about one image of the store"
        self._open.setToolTip("" if self._open.isEnabled() else none)
