"""The list of stores used lately."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from store.settings import RecentStore
from widgets import style
from widgets.common.bars import draw_bar
from widgets.common.face import Face, draw_key, key_width

_Index = QModelIndex | QPersistentModelIndex
_TABBED = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
_STORE = Qt.ItemDataRole.UserRole
_MIDDLE_LEFT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
_MIDDLE_RIGHT = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def when(then: datetime | None, now: datetime) -> str:
    """When something was, in as few words as a person needs."""
    if then is None:
        return ""
    then = then.astimezone(now.tzinfo)
    days = (now.date() - then.date()).days
    if days <= 0:
        return f"today {then:%H:%M}"
    if days == 1:
        return "yesterday"
    if days < 7:
        return _WEEKDAYS[then.weekday()]
    weeks, months, years = days // 7, days // 30, days // 365
    for number, word in ((years, "year"), (months, "month"), (weeks, "week")):
        if number:
            return f"{number} {word}s ago" if number > 1 else f"a {word} ago"
    return ""


class _Model(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.stores: list[RecentStore] = []

    def show(self, stores: Sequence[RecentStore]) -> None:
        self.beginResetModel()
        self.stores = list(stores)
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.stores)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        store = self.stores[index.row()]
        if role == _STORE:
            return store
        if role == Qt.ItemDataRole.DisplayRole:
            return store.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return str(store.path)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            if not store.found:
                return f"{store.name}, not found at {store.path}"
            return f"{store.name}, {store.images:,} images, {store.garments:,} garments"
        return None


class _Delegate(QStyledItemDelegate):
    #: Whether the list was reached with the Tab key, so that the current row shows the focus.
    ring = False

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        look = style.tokens()
        return QSize(look.px(420), look.px(66 if look.density == "compact" else 76))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        look = style.tokens()
        store: RecentStore = index.data(_STORE)
        room = option.rect
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        over = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        if chosen:
            painter.fillRect(room, look.sel)
            painter.fillRect(QRect(room.left(), room.top(), look.px(3), room.height()), look.acc)
        elif over:
            painter.fillRect(room, look.hover)
        if chosen and self.ring:
            painter.setPen(QPen(look.acc, 2))
            painter.drawRect(room.adjusted(1, 1, -1, -2))
        if index.row() + 1 < index.model().rowCount():
            painter.fillRect(QRect(room.left(), room.bottom(), room.width(), 1), look.line)
        self._name(painter, store, room)
        if store.found:
            self._counts(painter, store, room)
            self._reviewed(painter, store, room)
        else:
            self._missing(painter, room)
        self._date(painter, store, room, chosen)
        painter.restore()

    def _name(self, painter: QPainter, store: RecentStore, room: QRect) -> None:
        look = style.tokens()
        side = look.px(20)
        icon = QRect(room.left() + look.px(16), room.center().y() - side // 2, side, side)
        style.draw(
            painter, icon, "database" if store.found else "database-off", "t1" if store.found else "bad"
        )
        left = room.left() + look.px(54)
        wide = columns(room)[0] - left - look.px(12)
        line = look.px(20)
        _text(painter, QRect(left, room.center().y() - line, wide, line), store.name, "heading", "t1")
        _text(
            painter,
            QRect(left, room.center().y() + look.px(1), wide, line),
            str(store.path),
            "small",
            "t2" if store.found else "t3",
            Qt.TextElideMode.ElideMiddle,
        )

    def _counts(self, painter: QPainter, store: RecentStore, room: QRect) -> None:
        look = style.tokens()
        counts, reviewed, _ = columns(room)
        line, wide = look.px(16), reviewed - counts - look.px(8)
        top = room.center().y() - line
        _text(painter, QRect(counts, top, wide, line), _count(store.images, "image"), "table", "t2")
        _text(
            painter, QRect(counts, top + line, wide, line), _count(store.garments, "garment"), "table", "t2"
        )

    def _reviewed(self, painter: QPainter, store: RecentStore, room: QRect) -> None:
        look = style.tokens()
        _, left, date = columns(room)
        wide = min(look.px(130), date - left - look.px(12))
        if wide < look.px(40):
            return
        line = look.px(16)
        words = f"reviewed {store.reviewed * 100:.1f}\u2009%"
        top = room.center().y() - line + look.px(1)
        _text(painter, QRect(left, top, wide + look.px(10), line), words, "table", "t2")
        bar = QRectF(left, top + line + look.px(5), wide, look.px(5))
        draw_bar(painter, bar, store.reviewed, track="bg0" if look.theme == "light" else "bg3")

    def _missing(self, painter: QPainter, room: QRect) -> None:
        look = style.tokens()
        counts, _, _ = columns(room)
        wide = QFontMetrics(style.font("table")).horizontalAdvance("Not found there") + 4
        words = QRect(counts, room.top(), wide, room.height())
        _text(painter, words, "Not found there", "table", "bad")
        button = locate_rect(room)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.line2, 1))
        painter.setBrush(look.bg3)
        painter.drawRoundedRect(QRectF(button).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        Face("folder-search", "Locate").paint(painter, button, style.font("table"), "t1")

    def _date(self, painter: QPainter, store: RecentStore, room: QRect, chosen: bool) -> None:
        look = style.tokens()
        left = columns(room)[2]
        words = when(store.opened, datetime.now().astimezone())
        where = QRect(left, room.top(), room.right() - look.px(16) - left, room.height())
        if not chosen:
            _text(painter, where, words, "table", "t2", align=_MIDDLE_RIGHT)
            return
        line = look.px(18)
        upper = QRect(where.left(), room.center().y() - line - look.px(1), where.width(), line)
        _text(painter, upper, words, "table", "t2", align=_MIDDLE_RIGHT)
        cap = key_width("Enter")
        key = QRect(where.right() - cap + 1, 0, cap, 0)
        draw_key(painter, key, room.center().y() + look.px(12), "Enter", "t1", "sel")


def columns(room: QRect) -> tuple[int, int, int]:
    """Where in a row the counts, the reviewed share and the date begin, in pixels."""
    return tuple(room.left() + round(room.width() * share) for share in (0.435, 0.655, 0.835))  # type: ignore[return-value]


def locate_rect(room: QRect) -> QRect:
    """Where in a row of a missing store the Locate button is."""
    look = style.tokens()
    words = QFontMetrics(style.font("table")).horizontalAdvance("Not found there")
    wide = Face("folder-search", "Locate").size(style.font("table")).width() + look.px(22)
    high = look.px(26)
    return QRect(columns(room)[0] + words + look.px(14), room.center().y() - high // 2, wide, high)


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def _text(
    painter: QPainter,
    room: QRect,
    text: str,
    use: str,
    role: str,
    elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    align: int = _MIDDLE_LEFT,
) -> None:
    font = style.font(use)
    painter.setFont(font)
    painter.setPen(style.tokens().colour(role))
    painter.drawText(room, align, QFontMetrics(font).elidedText(text, elide, room.width()))


class RecentList(QListView):
    """Stores used lately. Up, Down and Enter; a missing one can only be located or forgotten (Del).

    Signals: ``chosen(Path)``, ``locate_wanted(Path)``, ``forget_wanted(Path)``.
    """

    chosen = Signal(Path)
    locate_wanted = Signal(Path)
    forget_wanted = Signal(Path)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = _Model()
        self.setModel(self._model)
        self._delegate = _Delegate(self)
        self.setItemDelegate(self._delegate)
        self.setProperty("look", "recent")
        self.setAccessibleName("Recent stores")
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        style.changed.connect(self.scheduleDelayedItemsLayout)

    def show_stores(self, stores: Sequence[RecentStore]) -> None:
        """Show these, the first one selected."""
        self._model.show(stores)
        if stores:
            self.setCurrentIndex(self._model.index(0, 0))

    def sizeHint(self) -> QSize:
        rows = self._model.rowCount() * max(1, self.sizeHintForRow(0))
        return QSize(style.tokens().px(600), rows + 2 * self.frameWidth())

    def _act(self, index: _Index) -> None:
        if index.isValid():
            store: RecentStore = index.data(_STORE)
            (self.chosen if store.found else self.locate_wanted).emit(store.path)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._delegate.ring = event.reason() in _TABBED

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._delegate.ring = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._act(self.currentIndex())
        elif event.key() == Qt.Key.Key_Delete and self.currentIndex().isValid():
            self.forget_wanted.emit(self.currentIndex().data(_STORE).path)
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._act(self.indexAt(event.position().toPoint()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        spot = event.position().toPoint()
        index = self.indexAt(spot)
        if index.isValid() and not index.data(_STORE).found and self._on_locate(index, event):
            self.locate_wanted.emit(index.data(_STORE).path)

    def _on_locate(self, index: _Index, event: QMouseEvent) -> bool:
        return locate_rect(self.visualRect(index)).contains(event.position().toPoint())

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseMove:
            index = self.indexAt(event.position().toPoint())
            locate = index.isValid() and not index.data(_STORE).found and self._on_locate(index, event)
            shape = Qt.CursorShape.PointingHandCursor if locate else Qt.CursorShape.ArrowCursor
            self.viewport().setCursor(shape)
        return super().viewportEvent(event)
