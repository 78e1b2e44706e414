"""One table of an evaluation: a figure a row, a slice a column, and the rivals' figures below."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from store.runs.results import Column, Table
from widgets import style
from widgets.pages.runs.records import Difference
from widgets.pages.runs.table_model import LINE, Index, Kind, Line, TableModel, signed

_NARROWEST, _FIRST, _WIDEST_FIRST = 56, 60, 220


class _Header(QHeaderView):
    """Two lines: groups above, levels below; a line stands between two groups."""

    def __init__(self, model: TableModel) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._table = model
        self.setSectionsClickable(False)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(style.tokens().px(30))

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), style.tokens().px(26 if not self._grouped() else 50))

    def _grouped(self) -> bool:
        return any(column.group not in ("", column.name) for column in self._table.table.columns)

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = style.tokens()
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), look.bg3)
        high = self.height()
        lower = QRect(0, high // 2 if self._grouped() else 0, 0, high // 2 if self._grouped() else high)
        centre = int(Qt.AlignmentFlag.AlignCenter)
        columns = self._table.table.columns
        painter.setFont(style.font("table"))
        for section, column in enumerate(columns, start=1):
            place = QRect(
                self.sectionViewportPosition(section), lower.top(), self.sectionSize(section), lower.height()
            )
            painter.setPen(look.t2)
            text = painter.fontMetrics().elidedText(
                column.name, Qt.TextElideMode.ElideRight, place.width() - 2
            )
            painter.drawText(place, centre, text)
        if self._grouped():
            self._paint_groups(painter, columns, high)
        painter.setPen(look.line)
        painter.drawLine(0, high - 1, self.viewport().width(), high - 1)
        painter.end()

    def _paint_groups(self, painter: QPainter, columns: Sequence[Column], high: int) -> None:
        look = style.tokens()
        painter.setFont(style.font("section"))
        start = 0
        for section in range(1, len(columns) + 1):
            if section < len(columns) and columns[section].group == columns[start].group:
                continue
            left = self.sectionViewportPosition(start + 1)
            right = self.sectionViewportPosition(section) + self.sectionSize(section)
            painter.setPen(look.line)
            painter.drawLine(left, 0, left, high)
            painter.drawLine(left, high // 2, right, high // 2)
            painter.setPen(look.t1)
            group = columns[start].group
            words = "" if group == columns[start].name else group.replace("_", " ")
            place = QRect(left, 0, right - left, high // 2)
            painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), words)
            start = section


class _Delegate(QStyledItemDelegate):
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look, rect = style.tokens(), option.rect
        line: Line = index.data(LINE)
        view = self.parent()
        painter.save()
        rival = line.rival
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver) and not rival and index.column() > 0
        ground = look.sel if selected else look.hover if hovered else look.bg1 if rival else look.bg2
        painter.fillRect(rect, ground)
        painter.setPen(look.line)
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if isinstance(view, SliceTable) and view.starts_group(index.column()):
            painter.drawLine(rect.topLeft(), rect.bottomLeft())
        if selected:
            painter.setPen(QPen(look.acc, 2))
            painter.drawRect(rect.adjusted(1, 1, -1, -1))
        if index.column() == 0:
            self._paint_name(painter, rect, line)
        elif rival:
            self._paint_words(painter, rect, line)
        else:
            self._paint_figure(painter, rect, index, line)
        painter.restore()

    def _paint_name(self, painter: QPainter, rect: QRect, line: Line) -> None:
        look = style.tokens()
        painter.setFont(style.font("section" if line.kind is Kind.OURS else "table"))
        painter.setPen(look.t1 if line.kind is Kind.OURS else look.t2)
        room = rect.adjusted(look.px(12), 0, -look.px(6), 0)
        text = painter.fontMetrics().elidedText(line.name, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), text)

    def _paint_words(self, painter: QPainter, rect: QRect, line: Line) -> None:
        look = style.tokens()
        side = look.px(14)
        left = rect.left() + look.px(10)
        icon = "book" if line.kind is Kind.PUBLISHED else "target"
        style.draw(painter, QRect(left, rect.center().y() - side // 2 + 1, side, side), icon, "t3")
        painter.setFont(style.font("table"))
        middle = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        room = rect.adjusted(look.px(30), 0, -look.px(6), 0)
        painter.setPen(look.t1)
        painter.drawText(room, middle, line.words)
        metrics = painter.fontMetrics()
        room.adjust(metrics.horizontalAdvance(line.words) + look.px(14), 0, 0, 0)
        painter.setPen(look.t3)
        says = metrics.elidedText(line.says, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, middle, says)

    def _paint_figure(self, painter: QPainter, rect: QRect, index: Index, line: Line) -> None:
        look, model = style.tokens(), index.model()
        assert isinstance(model, TableModel)
        text, change = str(index.data()), model.change(index)
        strong = index.column() == model.overall() and line.kind is Kind.OURS
        painter.setFont(style.font("section" if strong else "table"))
        painter.setPen(look.t1 if line.kind is Kind.OURS and text != "–" else look.t2)
        centre = int(Qt.AlignmentFlag.AlignCenter)
        if change is None:
            painter.drawText(rect, centre, text)
            return
        half = rect.height() // 2
        painter.drawText(rect.adjusted(0, look.px(3), 0, -half + look.px(2)), centre, text)
        words = signed(change)
        painter.setPen({1: look.hit, -1: look.miss}.get(model.verdict(index), look.t3))
        painter.setFont(style.font("small"))
        painter.drawText(rect.adjusted(0, half - look.px(2), 0, -look.px(3)), centre, words)


class SliceTable(QTableView):
    """Figures by slice. ``cell_opened(where)``: a click or Enter on a cell, with its slice's filter.

    The height is that of all rows; where columns do not fit, it scrolls sideways.
    """

    cell_opened = Signal(str)
    #: A cell became the current one: its row's name and its column, None for none.
    cell_chosen = Signal(str, object)

    def __init__(self, name: str = "Figures by slice") -> None:
        super().__init__()
        self.setAccessibleName(name)
        self._told: tuple[Table, Difference | None, tuple[Line, ...]] | None = None
        self.model_ = TableModel()
        self.setModel(self.model_)
        self.setItemDelegate(_Delegate(self))
        self.header = _Header(self.model_)
        self.setHorizontalHeader(self.header)
        self.verticalHeader().hide()
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.selectionModel().currentChanged.connect(self._chosen)
        style.changed.connect(self._arrange)

    def show_table(
        self, table: Table, difference: Difference | None = None, rivals: Sequence[Line] = ()
    ) -> None:
        """Show a table; see :meth:`TableModel.show_table`. The same once more changes nothing."""
        told = (table, difference, tuple(rivals))
        if told == self._told:
            return
        self._told = told
        self.clearSpans()
        self.model_.show_table(table, difference, rivals)
        columns = len(table.columns)
        for row, line in enumerate(self.model_.lines):
            if line.rival and columns > 1:
                self.setSpan(row, 1, 1, columns)
        self._arrange()

    def starts_group(self, column: int) -> bool:
        """Whether a line stands before a column of the model."""
        columns = self.model_.table.columns
        return column == 1 or (column > 1 and columns[column - 1].group != columns[column - 2].group)

    def _arrange(self) -> None:
        look = style.tokens()
        tall = look.px(38) if self.model_.has_changes() else look.table_row
        for row, line in enumerate(self.model_.lines):
            self.setRowHeight(row, tall if line.kind is Kind.OURS else look.table_row)
        self._share_width()
        self.updateGeometry()

    def _share_width(self) -> None:
        columns = len(self.model_.table.columns)
        if not columns or not self.model_.lines:
            return
        look, metrics = style.tokens(), self.fontMetrics()
        names = max(metrics.horizontalAdvance(line.name) for line in self.model_.lines) + look.px(26)
        first = min(max(names, look.px(_FIRST)), look.px(_WIDEST_FIRST))
        room = self.viewport().width() - first
        wide = max(room // columns, look.px(_NARROWEST))
        self.setColumnWidth(0, first)
        left_over = max(0, room - wide * columns)
        for column in range(1, columns + 1):
            self.setColumnWidth(column, wide + (1 if column <= left_over else 0))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_width()
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        rows = sum(self.rowHeight(row) for row in range(self.model_.rowCount()))
        bar = self.horizontalScrollBar()
        scroll = bar.sizeHint().height() if bar.maximum() > 0 else 0
        return QSize(400, rows + self.header.sizeHint().height() + scroll + 2 * self.frameWidth() + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, self.sizeHint().height())

    def _chosen(self, current: QModelIndex, _before: QModelIndex) -> None:
        column = self.model_.column(current)
        row = self.model_.lines[current.row()].name if current.isValid() else ""
        self.cell_chosen.emit(row, column)

    def _open(self, index: Index) -> None:
        column = self.model_.column(index)
        if column is not None:
            self.cell_opened.emit(column.where)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        at: QPoint = event.position().toPoint()
        if event.button() == Qt.MouseButton.LeftButton and self.indexAt(at) == self.currentIndex():
            self._open(self.indexAt(at))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)
