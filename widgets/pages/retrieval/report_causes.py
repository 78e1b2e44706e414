"""The causes of failures by slice: a table whose numbers have bars."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from widgets import style
from widgets.common.bars import draw_bar
from widgets.pages.retrieval.report_records import CauseRow

Index = QModelIndex | QPersistentModelIndex
_ROW = Qt.ItemDataRole.UserRole
#: The columns before the causes.
_COUNTS = ("failures", "judged", "right now", "open", "disagreed")
_FIRST, _NARROWEST, _HEAD = 206, 64, 48


class CausesModel(QAbstractTableModel):
    """Column 0 names the slices; then counts; then the causes."""

    def __init__(self) -> None:
        super().__init__()
        self.causes: tuple[str, ...] = ()
        self.lines: tuple[CauseRow, ...] = ()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else 1 + len(_COUNTS) + len(self.causes)

    def show(self, causes: Sequence[str], rows: Sequence[CauseRow]) -> None:
        """Show these."""
        self.beginResetModel()
        self.causes, self.lines = tuple(causes), tuple(rows)
        self.endResetModel()

    def title(self, column: int) -> str:
        """What a column has."""
        return ("slice", *_COUNTS, *self.causes)[column]

    def value(self, row: int, column: int) -> int:
        """The number of a cell."""
        one = self.lines[row]
        return (one.failures, one.judged, one.repaired, one.open, one.disagreed, *one.counts)[column - 1]

    def share(self, row: int, column: int) -> float:
        """How long the bar of a cell is: failures of those that there are in all, causes of those that were
        judged in the slice, the others of the slice's failures and judged ones."""
        one = self.lines[row]
        if column == 1:
            whole = max(self.lines[0].failures, 1)
        elif column > len(_COUNTS):
            whole = one.judged
        else:
            whole = one.failures + one.repaired
        return self.value(row, column) / whole if whole else 0.0

    def name(self, row: int) -> str:
        """A slice in words."""
        one = self.lines[row]
        return f"{one.group.replace('_', '-')}: {one.level}" if one.group else "all queries"

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.title(section)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        if role == _ROW:
            return self.lines[row]
        if role == Qt.ItemDataRole.DisplayRole:
            return (self.lines[row].level or "all") if column == 0 else f"{self.value(row, column):,}"
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            if column == 0:
                return self.name(row)
            of = f" ({self.share(row, column):.0%} of {self.lines[row].judged:,} judged)"
            more = of if column > len(_COUNTS) and self.lines[row].judged else ""
            return f"{self.name(row)}, {self.title(column)}: {self.value(row, column):,}{more}"
        return None


class _Header(QHeaderView):
    """Titles of two lines; a line stands before the causes."""

    def __init__(self, model: CausesModel) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._model = model
        self.setSectionsClickable(False)
        self.setMinimumSectionSize(style.tokens().px(40))

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), style.tokens().px(_HEAD))

    def paintEvent(self, _event: QPaintEvent) -> None:
        look, painter = style.tokens(), QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), look.bg3)
        painter.setFont(style.font("small"))
        for column in range(self._model.columnCount()):
            left, wide = self.sectionViewportPosition(column), self.sectionSize(column)
            place = QRect(left, 0, wide, self.height()).adjusted(look.px(6), 0, -look.px(6), 0)
            side = Qt.AlignmentFlag.AlignLeft if column == 0 else Qt.AlignmentFlag.AlignRight
            painter.setPen(look.t2)
            wrap = Qt.TextFlag.TextWordWrap
            painter.drawText(
                place, int(side | Qt.AlignmentFlag.AlignVCenter) | int(wrap), self._model.title(column)
            )
            if column == len(_COUNTS) + 1:
                painter.setPen(look.line2)
                painter.drawLine(left, 0, left, self.height())
        painter.setPen(look.line)
        painter.drawLine(0, self.height() - 1, self.viewport().width(), self.height() - 1)
        painter.end()


class _Delegate(QStyledItemDelegate):
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look, rect, model = style.tokens(), option.rect, index.model()
        if not isinstance(model, CausesModel):
            return
        row, column = index.row(), index.column()
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.fillRect(rect, look.sel if selected else look.bg2)
        starts = row == 0 or model.lines[row].group != model.lines[row - 1].group
        painter.setPen(look.line2 if starts and row else look.line)
        if starts and row:
            painter.drawLine(rect.topLeft(), rect.topRight())
        if column == len(_COUNTS) + 1:
            painter.setPen(look.line2)
            painter.drawLine(rect.topLeft(), rect.bottomLeft())
        room = rect.adjusted(look.px(6), 0, -look.px(6), 0)
        if column == 0:
            self._paint_name(painter, room, model, row, starts=starts)
        else:
            self._paint_number(painter, room, model, row, column)
        if selected and option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(look.acc, 2))
            painter.drawRect(rect.adjusted(1, 1, -1, -1))
        painter.restore()

    def _paint_name(
        self, painter: QPainter, room: QRect, model: CausesModel, row: int, *, starts: bool
    ) -> None:
        look, line = style.tokens(), model.lines[row]
        middle = int(Qt.AlignmentFlag.AlignVCenter)
        painter.setFont(style.font("small"))
        painter.setPen(look.t3)
        if starts:
            painter.drawText(room, middle | int(Qt.AlignmentFlag.AlignLeft), line.group.replace("_", "-"))
        lead = look.px(64) if line.group else 0
        painter.setFont(style.font("table" if line.group else "section"))
        painter.setPen(look.t1)
        rest = room.adjusted(lead, 0, 0, 0)
        words = painter.fontMetrics().elidedText(
            line.level or "all queries", Qt.TextElideMode.ElideRight, rest.width()
        )
        painter.drawText(rest, middle | int(Qt.AlignmentFlag.AlignLeft), words)

    def _paint_number(
        self, painter: QPainter, room: QRect, model: CausesModel, row: int, column: int
    ) -> None:
        look, value = style.tokens(), model.value(row, column)
        painter.setFont(style.font("table"))
        painter.setPen(look.t1 if value else look.t3)
        text = f"{value:,}" if value else "·"
        high = look.px(4)
        words = room.adjusted(0, 0, 0, -high - look.px(3))
        painter.drawText(words, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), text)
        if value:
            bar = QRectF(room.left(), room.bottom() - high - look.px(2), room.width(), high)
            role = "t2" if column <= len(_COUNTS) else "acc"
            draw_bar(painter, bar, model.share(row, column), role)


class CausesTable(QTableView):
    """Failures and their causes, a slice a row."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Failure causes by slice")
        self.model_ = CausesModel()
        self.setModel(self.model_)
        self.setItemDelegate(_Delegate(self))
        self.header = _Header(self.model_)
        self.setHorizontalHeader(self.header)
        self.verticalHeader().hide()
        self.setShowGrid(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setTabKeyNavigation(False)
        style.changed.connect(self._arrange)

    def show_rows(self, causes: Sequence[str], rows: Sequence[CauseRow]) -> None:
        """Show these; the cell that was current stays so."""
        before = self.currentIndex()
        place = before.row(), before.column()
        self.model_.show(causes, rows)
        if rows:
            self.setCurrentIndex(self.model_.index(max(0, min(place[0], len(rows) - 1)), max(0, place[1])))
        self._arrange()

    def _arrange(self) -> None:
        look = style.tokens()
        self.verticalHeader().setDefaultSectionSize(look.table_row + look.px(6))
        columns = self.model_.columnCount()
        first = look.px(_FIRST)
        room = self.viewport().width() - first
        wide = max(room // max(1, columns - 1), look.px(_NARROWEST))
        self.setColumnWidth(0, first)
        spare = max(0, room - wide * (columns - 1))
        for column in range(1, columns):
            self.setColumnWidth(column, wide + (1 if column <= spare else 0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()
