"""The list of pairs: both crops, how near they are, and where each stands."""

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
from widgets.common.rows import paint_ground
from widgets.pages.retrieval.crops import Crops, Cut
from widgets.pages.retrieval.leaks_records import Pair, Side
from widgets.pages.retrieval.painting import paint_crop

Index = QModelIndex | QPersistentModelIndex
_PAIR = Qt.ItemDataRole.UserRole
_HEIGHT, _THUMB, _GAP = 72, (43, 57), 4


def head_of(pair: Pair) -> str:
    """A pair in the fewest words."""
    return pair.words if pair.distance is None else f"distance {pair.distance:.4f}"


def side_words(side: Side) -> str:
    """Where one of the two stands: its name and split."""
    return f"{side.name} ({side.split})" if side.split else side.name


class PairsModel(QAbstractListModel):
    """The pairs that are listed."""

    def __init__(self) -> None:
        super().__init__()
        self._pairs: tuple[Pair, ...] = ()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._pairs)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self._pairs):
            return None
        pair = self._pairs[index.row()]
        if role == _PAIR:
            return pair
        if role == Qt.ItemDataRole.DisplayRole:
            return head_of(pair)
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            same = ", the same product" if pair.same and pair.kind != "products" else ""
            return f"{head_of(pair)}: {side_words(pair.first)} and {side_words(pair.second)}{same}"
        return None

    def show(self, pairs: Sequence[Pair]) -> None:
        """Show these."""
        self.beginResetModel()
        self._pairs = tuple(pairs)
        self.endResetModel()

    def pairs(self) -> tuple[Pair, ...]:
        """What is listed."""
        return self._pairs


class _Delegate(QStyledItemDelegate):
    def __init__(self, view: PairList) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(0, style.tokens().px(_HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look, rect = style.tokens(), option.rect
        pair: Pair = index.data(_PAIR)
        painter.save()
        current, _ = paint_ground(painter, option)
        wide, high = (look.px(one) for one in _THUMB)
        left = rect.left() + look.px(10)
        for side in (pair.first, pair.second):
            frame = QRect(left, rect.top() + (rect.height() - high) // 2, wide, high)
            crops = self._view.crops
            paint_crop(painter, frame, crops.get(self._view.cut_of(side)) if crops is not None else None)
            left += wide + look.px(_GAP)
        room = QRectF(rect.adjusted(left - rect.left() + look.px(8), look.px(7), -look.px(10), -look.px(7)))
        self._paint_words(painter, room, pair, current)
        painter.restore()

    def _paint_words(self, painter: QPainter, room: QRectF, pair: Pair, current: bool) -> None:
        look, line = style.tokens(), room.height() / 3
        left = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        first = QRectF(room.left(), room.top(), room.width(), line)
        if pair.same and pair.kind != "products":
            side = look.px(14)
            mark = QRect(0, 0, side, side)
            mark.moveCenter(QRectF(first.right() - side, first.top(), side, line).center().toPoint())
            style.draw(painter, mark, "link", "ok")
            first.setRight(first.right() - side - look.px(6))
        painter.setFont(style.font("strong" if current else "body"))
        painter.setPen(look.t1)
        metrics = painter.fontMetrics()
        elide = Qt.TextElideMode.ElideMiddle
        painter.drawText(first, left, metrics.elidedText(head_of(pair), elide, int(first.width())))
        painter.setFont(style.font("small"))
        painter.setPen(look.t2 if current else look.t3)
        metrics = painter.fontMetrics()
        for number, one in enumerate((pair.first, pair.second), 1):
            place = QRectF(room.left(), room.top() + number * line, room.width(), line)
            painter.drawText(place, left, metrics.elidedText(side_words(one), elide, int(place.width())))


class PairList(QListView):
    """``chosen(Pair)``: another is current."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Pairs")
        self.crops: Crops | None = None
        self.pairs = PairsModel()
        self.setModel(self.pairs)
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

    def cut_of(self, side: Side) -> Cut:
        """The thumbnail of one of two."""
        look, ratio = style.tokens(), self.devicePixelRatioF()
        return Cut(side.shot, round(look.px(_THUMB[0]) * ratio), round(look.px(_THUMB[1]) * ratio))

    def in_view(self) -> list[Cut]:
        """The thumbnails of the rows that can be seen, and of a few behind them."""
        first = max(0, self.indexAt(self.viewport().rect().topLeft()).row())
        count = self.viewport().height() // max(1, style.tokens().px(_HEIGHT)) + 4
        some = self.pairs.pairs()[first : first + count]
        return [self.cut_of(side) for pair in some for side in (pair.first, pair.second)]

    def current(self) -> Pair | None:
        """The current pair."""
        found = self.currentIndex().data(_PAIR)
        return found if isinstance(found, Pair) else None

    def show_pairs(self, pairs: Sequence[Pair], *, anew: bool) -> None:
        """Show these; ``anew`` the first is current, otherwise that at the place of the one that was."""
        place = 0 if anew else max(0, self.currentIndex().row())
        self.selectionModel().blockSignals(True)
        self.pairs.show(pairs)
        if pairs:
            index = self.pairs.index(min(place, len(pairs) - 1))
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            self.scrollTo(index)
        self.selectionModel().blockSignals(False)
        self.chosen.emit(self.current())
        self.viewport().update()

    def step(self, by: int) -> None:
        """Go to the next pair, or the one before; at the ends nothing happens."""
        place = self.currentIndex().row() + by
        if 0 <= place < self.pairs.rowCount():
            index = self.pairs.index(place)
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            self.scrollTo(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # A letter is a key of the view, not the beginning of a name that is looked for.
        if event.text().isalpha() or event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _current_changed(self, current: QModelIndex, _before: QModelIndex) -> None:
        self.chosen.emit(current.data(_PAIR))
