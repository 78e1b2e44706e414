"""Who judged what: all verdicts on the queries of a ranking."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from widgets import style
from widgets.common.bars import swatch_icon
from widgets.pages.retrieval.report_records import VerdictRow

Index = QModelIndex | QPersistentModelIndex
_TITLES = ("query", "image", "cause", "who", "when", "note")
_WIDTHS = (170, 190, 170, 130, 130)


class VerdictsModel(QAbstractTableModel):
    """The verdicts that are listed; ``ratio`` is that of the screen."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: tuple[VerdictRow, ...] = ()
        self.ratio = 1.0

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(_TITLES)

    def show(self, rows: Sequence[VerdictRow]) -> None:
        """Show these."""
        self.beginResetModel()
        self.lines = tuple(rows)
        self.endResetModel()

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _TITLES[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row = self.lines[index.row()]
        cells = (row.category, row.image, row.cause, row.author, row.at, row.note)
        if role == Qt.ItemDataRole.DisplayRole:
            return cells[index.column()]
        if role == Qt.ItemDataRole.DecorationRole and index.column() == 0:
            return swatch_icon(row.colour, self.ratio)
        if role == Qt.ItemDataRole.ForegroundRole:
            return QColor(style.tokens().t1 if row.stands else style.tokens().t3)
        if role == Qt.ItemDataRole.FontRole and not row.stands:
            font = QFont(style.font("table"))
            font.setStrikeOut(index.column() == 2)
            return font
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            was = "" if row.stands else ", said otherwise since"
            repaired = ", repaired" if row.repaired else ""
            note = f": {row.note}" if row.note else ""
            return f"{row.category}, {row.image}: {row.cause}{repaired}, {row.author}, {row.at}{was}{note}"
        return None


class VerdictsTable(QTableView):
    """``opened(query)``: a double click or Enter on a verdict, with its query's number."""

    opened = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Verdicts")
        self.model_ = VerdictsModel()
        self.setModel(self.model_)
        self.verticalHeader().hide()
        self.setShowGrid(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        header = self.horizontalHeader()
        header.setSectionsClickable(False)
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.doubleClicked.connect(self._open)
        self._fix()
        style.changed.connect(self._fix)

    def show_rows(self, rows: Sequence[VerdictRow]) -> None:
        """Show these; the place in the list stays."""
        place = max(0, self.currentIndex().row())
        self.model_.ratio = self.devicePixelRatioF()
        self.model_.show(rows)
        if rows:
            self.setCurrentIndex(self.model_.index(min(place, len(rows) - 1), 0))

    def _fix(self) -> None:
        look = style.tokens()
        self.verticalHeader().setDefaultSectionSize(look.table_row)
        for column, wide in enumerate(_WIDTHS):
            self.setColumnWidth(column, look.px(wide))

    def _open(self, index: Index) -> None:
        if index.isValid():
            self.opened.emit(self.model_.lines[index.row()].query)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)
