"""The queries at the left: a crop, what it is, where its first true match stands."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyledItemDelegate, QStyleOptionViewItem

from widgets import style
from widgets.common.bars import draw_swatch
from widgets.common.rows import paint_ground
from widgets.pages.retrieval.crops import Crops, Cut
from widgets.pages.retrieval.painting import paint_crop
from widgets.pages.retrieval.records import QueryRow

Index = QModelIndex | QPersistentModelIndex
_ROW = Qt.ItemDataRole.UserRole
_HEIGHT, _THUMB = 70, (43, 57)


def place_words(row: QueryRow) -> tuple[str, str]:
    """How a query stands, in words: what comes before, and the number."""
    if row.missed:
        return "detector missed it", ""
    if row.other is not None:
        return "true match at ", f"{_place(row.first)} and {_place(row.other)}"
    if row.first:
        return "first true match at ", f"{row.first:,}"
    return "no true match in the gallery", ""


def _place(first: int) -> str:
    return f"{first:,}" if first else "none"


class QueriesModel(QAbstractListModel):
    """The queries that are listed."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[QueryRow, ...] = ()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row = self._rows[index.row()]
        if role == _ROW:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return row.category
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            said = f", {row.cause}" if row.cause else ""
            repaired = ", repaired" if row.repaired else ""
            return f"{row.category}, {''.join(place_words(row))}, {row.product}{said}{repaired}"
        return None

    def show(self, rows: Sequence[QueryRow]) -> None:
        """Show these; the same queries in the same order are only told anew."""
        same = [one.query for one in rows] == [one.query for one in self._rows]
        if same and rows:
            self._rows = tuple(rows)
            self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self._rows = tuple(rows)
        self.endResetModel()

    def rows(self) -> tuple[QueryRow, ...]:
        """What is listed."""
        return self._rows

    def place(self, query: int) -> int:
        """Where a query is listed, -1 for nowhere."""
        return next((place for place, row in enumerate(self._rows) if row.query == query), -1)


class _Delegate(QStyledItemDelegate):
    def __init__(self, view: QueryList) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(0, style.tokens().px(_HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look, rect = style.tokens(), option.rect
        row: QueryRow = index.data(_ROW)
        painter.save()
        current, _ = paint_ground(painter, option)
        wide, high = (look.px(one) for one in _THUMB)
        frame = QRect(rect.left() + look.px(10), rect.top() + (rect.height() - high) // 2, wide, high)
        made = self._view.crops.get(self._view.cut_of(row)) if self._view.crops is not None else None
        paint_crop(painter, frame, made)
        room = rect.adjusted(frame.right() - rect.left() + look.px(12), look.px(7), -look.px(10), -look.px(7))
        if room.width() > look.px(24):
            self._paint_words(painter, QRectF(room), row, current)
        self._paint_mark(painter, rect, row)
        painter.restore()

    def _paint_words(self, painter: QPainter, room: QRectF, row: QueryRow, current: bool) -> None:
        look = style.tokens()
        line, side = room.height() / 3, look.px(11)
        left = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        draw_swatch(painter, QRectF(room.left(), room.top() + (line - side) / 2, side, side), row.colour)
        painter.setPen(look.t1)
        painter.setFont(style.font("strong" if current else "body"))
        place = QRectF(room.left() + side + look.px(6), room.top(), room.width() - side - look.px(24), line)
        name = painter.fontMetrics().elidedText(row.category, Qt.TextElideMode.ElideRight, int(place.width()))
        painter.drawText(place, left, name)
        before, number = place_words(row)
        painter.setFont(style.font("table"))
        second = QRectF(room.left(), room.top() + line, room.width(), line)
        painter.setPen(look.t2)
        painter.drawText(second, left, before)
        second.setLeft(second.left() + painter.fontMetrics().horizontalAdvance(before))
        painter.setFont(style.font("table", 600))
        painter.setPen(look.t1)
        painter.drawText(second, left, number)
        painter.setFont(style.font("small"))
        painter.setPen(look.t2 if current else look.t3)
        third = QRectF(room.left(), room.top() + 2 * line, room.width(), line)
        words = painter.fontMetrics().elidedText(row.product, Qt.TextElideMode.ElideRight, int(third.width()))
        painter.drawText(third, left, words)

    def _paint_mark(self, painter: QPainter, rect: QRect, row: QueryRow) -> None:
        look = style.tokens()
        icon, role = ("link", "ok") if row.repaired else ("message-circle", "t2") if row.cause else ("", "")
        if icon:
            side = look.px(14)
            style.draw(
                painter,
                QRect(rect.right() - look.px(8) - side, rect.top() + look.px(10), side, side),
                icon,
                role,
            )


class QueryList(QListView):
    """``chosen(query)``: another is current, by its number; ``entered()``: Right leads on to the results."""

    chosen = Signal(int)
    entered = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Queries")
        self.crops: Crops | None = None
        self.queries = QueriesModel()
        self.setModel(self.queries)
        self.setItemDelegate(_Delegate(self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setProperty("look", "recent")
        self.selectionModel().currentChanged.connect(self._current_changed)
        style.changed.connect(self.doItemsLayout)

    def cut_of(self, row: QueryRow) -> Cut:
        """The thumbnail of a row."""
        look, ratio = style.tokens(), self.devicePixelRatioF()
        return Cut(row.shot, round(look.px(_THUMB[0]) * ratio), round(look.px(_THUMB[1]) * ratio))

    def in_view(self) -> list[Cut]:
        """The thumbnails of the rows that can be seen, and of a few behind them."""
        rows = self.queries.rows()
        first = max(0, self.indexAt(self.viewport().rect().topLeft()).row())
        count = self.viewport().height() // max(1, style.tokens().px(_HEIGHT)) + 4
        return [self.cut_of(row) for row in rows[first : first + count]]

    def current(self) -> QueryRow | None:
        """The current query."""
        found = self.currentIndex().data(_ROW)
        return found if isinstance(found, QueryRow) else None

    def show_rows(self, rows: Sequence[QueryRow]) -> None:
        """Show these; the current one stays so, or the one at its place takes over. ``chosen`` says so."""
        before, place = self.current(), self.currentIndex().row()
        self.selectionModel().blockSignals(True)
        self.queries.show(rows)
        found = self.queries.place(before.query) if before is not None else -1
        self._set_place(found if found >= 0 else min(max(place, 0), len(rows) - 1))
        self.selectionModel().blockSignals(False)
        now = self.current()
        if now is not None and (before is None or now.query != before.query):
            self.chosen.emit(now.query)
        self.viewport().update()

    def choose(self, query: int) -> bool:
        """Make a query current; false where it is not listed."""
        place = self.queries.place(query)
        if place >= 0:
            self._set_place(place)
        return place >= 0

    def step(self, by: int) -> None:
        """Go to the next query, or the one before; at the ends nothing happens."""
        place = self.currentIndex().row() + by
        if 0 <= place < self.queries.rowCount():
            self._set_place(place)

    def _set_place(self, place: int) -> None:
        index = self.queries.index(place)
        if place >= 0:
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            self.scrollTo(index)

    def _current_changed(self, current: QModelIndex, _before: QModelIndex) -> None:
        row = current.data(_ROW)
        if row is not None:
            self.chosen.emit(row.query)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Right:
            self.entered.emit()
        else:
            super().keyPressEvent(event)
