"""The tree of facets: how its heads and rows are painted, and what mouse and keys do to them."""

from __future__ import annotations

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
)

from widgets import style
from widgets.common.bars import draw_bar, draw_swatch
from widgets.style import tokens

Index = QModelIndex | QPersistentModelIndex

#: Of a row: how many images (None: not counted yet), their share of the largest, a category's colour, the
#: word. Of a head: what is ticked in words, the word, and what the link at its right says.
COUNT_ROLE = int(Qt.ItemDataRole.UserRole) + 1
SHARE_ROLE = COUNT_ROLE + 1
COLOUR_ROLE = COUNT_ROLE + 2
NAME_ROLE = COUNT_ROLE + 3
MORE_ROLE = COUNT_ROLE + 4

_VCENTER = Qt.AlignmentFlag.AlignVCenter


class FacetDelegate(QStyledItemDelegate):
    """Paints section heads and rows."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._restyle()
        style.changed.connect(self._restyle)

    def _restyle(self) -> None:
        # Making a font costs more than writing a row with it.
        self._fonts = {use: style.font(use) for use in ("section", "table", "small", "body")}

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        look = tokens()
        return QSize(100, look.facet_row if index.parent().isValid() else look.size("section_header"))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if index.parent().isValid():
            self._paint_row(painter, option, index)
        else:
            self._paint_head(painter, option, index)
        if option.state & QStyle.StateFlag.State_HasFocus and option.widget.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(tokens().acc, 2))
            painter.drawRoundedRect(QRectF(option.rect).adjusted(1, 1, -1, -1), 4, 4)
        painter.restore()

    def _paint_head(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look, rect = tokens(), option.rect
        hover = option.state & QStyle.StateFlag.State_MouseOver
        painter.fillRect(rect, look.hover if hover else look.bg3)
        painter.fillRect(QRect(rect.left(), rect.top(), rect.width(), 1), look.line)
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), look.line)
        side = look.px(16)
        chevron = QRect(rect.left() + 12, rect.center().y() - side // 2 + 1, side, side)
        open_ = option.widget.isExpanded(index)  # type: ignore[attr-defined]
        style.draw(painter, chevron, "chevron-down" if open_ else "chevron-right", "t2")
        painter.setFont(self._fonts["section"])
        painter.setPen(look.t1)
        painter.drawText(rect.adjusted(12 + side + 8, 0, -12, 0), _VCENTER, index.data())
        painter.setFont(self._fonts["table"])
        right = rect.right() - 12
        for text, colour in (
            (index.data(MORE_ROLE) or "" if open_ else "", look.t2),
            (index.data(COUNT_ROLE) or "", look.acc),
        ):
            painter.setPen(colour)
            area = QRect(rect.left(), rect.top(), right - rect.left(), rect.height())
            painter.drawText(area, _VCENTER | Qt.AlignmentFlag.AlignRight, text)
            right -= painter.fontMetrics().horizontalAdvance(text) + (8 if text else 0)

    def _paint_row(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        look, rect = tokens(), option.rect
        if option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, look.hover)
        count, checked = index.data(COUNT_ROLE), index.data(Qt.ItemDataRole.CheckStateRole)
        on = Qt.CheckState(checked) == Qt.CheckState.Checked
        side = look.px(15)
        box = QRectF(rect.left() + 12.5, rect.center().y() - side // 2 + 0.5, side - 1, side - 1)
        painter.setPen(QPen(look.acc if on else look.line2, 1))
        painter.setBrush(look.acc if on else look.input)
        painter.drawRoundedRect(box, 3, 3)
        if on:
            style.draw(painter, box.adjusted(1, 1, -1, -1), "check", "onacc")
        left = rect.left() + 12 + side + look.px(8)
        colour = index.data(COLOUR_ROLE)
        if colour:
            swatch = look.px(12)
            draw_swatch(painter, QRectF(left, rect.center().y() - swatch // 2 + 1, swatch, swatch), colour)
            left += swatch + look.px(8)
        bar = QRect(rect.right() - 12 - look.px(52), rect.center().y() - 1, look.px(52), 4)
        draw_bar(painter, QRectF(bar), index.data(SHARE_ROLE), "acc" if on else "line2")
        number = "…" if count is None else f"{count:,}"
        numbers = QRect(bar.left() - look.px(68), rect.top(), look.px(60), rect.height())
        painter.setFont(self._fonts["small"])
        painter.setPen(look.t2 if count else look.t3)
        painter.drawText(numbers, _VCENTER | Qt.AlignmentFlag.AlignRight, number)
        painter.setFont(self._fonts["body"])
        painter.setPen(look.t1 if count or on or count is None else look.t3)
        used = painter.fontMetrics().horizontalAdvance(number)
        room = QRect(left, rect.top(), max(0, numbers.right() - used - look.px(6) - left), rect.height())
        shown = painter.fontMetrics().elidedText(
            index.data(NAME_ROLE), Qt.TextElideMode.ElideRight, room.width()
        )
        painter.drawText(room, _VCENTER, shown)


class FacetTree(QTreeView):
    """A tree whose heads fold and whose rows tick at a click or the space bar."""

    pressed_row = Signal(QModelIndex)
    more_wanted = Signal(QModelIndex)

    def __init__(self) -> None:
        super().__init__()
        self.setHeaderHidden(True)
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setExpandsOnDoubleClick(False)
        self.setAccessibleName("Facets")
        self.setItemDelegate(FacetDelegate(self))
        style.changed.connect(self.scheduleDelayedItemsLayout)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        if event.button() != Qt.MouseButton.LeftButton or not index.isValid():
            return
        self.setCurrentIndex(index)
        if index.parent().isValid():
            self.pressed_row.emit(index)
        elif self._on_more(index, event.position().toPoint()):
            self.more_wanted.emit(index)
        else:
            self.setExpanded(index, not self.isExpanded(index))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    def _on_more(self, index: QModelIndex, point: QPoint) -> bool:
        text = index.data(MORE_ROLE)
        if not text or not self.isExpanded(index):
            return False
        width = QFontMetrics(style.font("table")).horizontalAdvance(text)
        return point.x() > self.visualRect(index).right() - width - 16

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter) and index.isValid():
            if index.parent().isValid():
                self.pressed_row.emit(index)
            else:
                self.setExpanded(index, not self.isExpanded(index))
        elif event.key() == Qt.Key.Key_Right and index.data(MORE_ROLE) and self.isExpanded(index):
            self.more_wanted.emit(index)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QEvent) -> None:
        super().focusInEvent(event)  # type: ignore[arg-type]
        if not self.currentIndex().isValid():
            self.setCurrentIndex(self.model().index(0, 0))
