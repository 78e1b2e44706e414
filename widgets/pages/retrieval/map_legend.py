"""What the colours of the map mean: a list of levels, one of which can be looked at alone."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets import style
from widgets.pages.retrieval.map_drawing import colour_of, paint_shape
from widgets.pages.retrieval.map_records import Level

_ROW = 24


class MapLegend(QWidget):
    """``only(level)``: the person wants to see one level by its number, -1 all of them again.

    A click or Enter looks at a level alone and, once more, at all; Up and Down go to another.
    """

    only = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._levels: tuple[Level, ...] = ()
        self._unknown = self._row = 0
        self._only = -1
        style.changed.connect(self.updateGeometry)
        self.show_levels((), 0)

    def show_levels(self, levels: tuple[Level, ...], unknown: int) -> None:
        """Name these levels; ``unknown`` points have none of them. All are looked at."""
        self._levels, self._unknown, self._row, self._only = levels, unknown, 0, -1
        self._tell()
        self.updateGeometry()
        self.update()

    def levels(self) -> tuple[Level, ...]:
        """What is named."""
        return self._levels

    def choose(self, level: int) -> None:
        """Look at a level alone, or at all where that is so already."""
        self._row, self._only = level, -1 if level == self._only else level
        self._tell()
        self.update()
        self.only.emit(self._only)

    def _tell(self) -> None:
        self.setAccessibleName(f"Legend, {len(self._levels)} levels")
        if self._row < len(self._levels):
            level = self._levels[self._row]
            alone = ", shown alone" if self._only == self._row else ""
            self.setAccessibleDescription(f"{level.name}, {level.count:,} garments{alone}")

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter, look = QPainter(self), style.tokens()
        for number, level in enumerate(self._levels):
            dim = self._only >= 0 and number != self._only
            self._paint_row(painter, number, level, dim=dim)
        if self._unknown:
            rest = Level("not known", "dis", self._unknown)
            self._paint_row(painter, len(self._levels), rest, dim=self._only >= 0)
        if self.hasFocus() and self._levels:
            painter.setPen(QPen(look.acc, 2))
            painter.drawRect(self._place(self._row).adjusted(1, 1, -1, -1))
        painter.end()

    def _place(self, row: int) -> QRectF:
        high = style.tokens().px(_ROW)
        return QRectF(0, row * high, self.width(), high)

    def _paint_row(self, painter: QPainter, row: int, level: Level, *, dim: bool) -> None:
        look, place = style.tokens(), self._place(row)
        if row == self._only:
            painter.fillRect(place, look.sel)
        side = look.px(11)
        mark = QRectF(look.px(6), place.center().y() - side / 2, side, side)
        number = row if row < len(self._levels) else -1
        painter.setOpacity(0.4 if dim else 1.0)
        paint_shape(painter, mark, number, colour_of(level.colour))
        painter.setOpacity(1.0)
        painter.setFont(style.font("table"))
        count = f"{level.count:,}"
        room = place.adjusted(mark.right() + look.px(8), 0, -look.px(6), 0)
        painter.setPen(look.t3 if dim else look.t2)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(room, int(middle | Qt.AlignmentFlag.AlignRight), count)
        room.setRight(room.right() - painter.fontMetrics().horizontalAdvance(count) - look.px(8))
        painter.setPen(look.t3 if dim else look.t1)
        name = painter.fontMetrics().elidedText(level.name, Qt.TextElideMode.ElideMiddle, int(room.width()))
        painter.drawText(room, int(middle | Qt.AlignmentFlag.AlignLeft), name)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = int(event.position().y() // style.tokens().px(_ROW))
        if event.button() == Qt.MouseButton.LeftButton and 0 <= row < len(self._levels):
            self.choose(row)
        else:
            super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        by = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if by is not None and self._levels:
            self._row = min(max(self._row + by, 0), len(self._levels) - 1)
            self._tell()
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._levels:
            self.choose(self._row)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def sizeHint(self) -> QSize:
        rows = len(self._levels) + bool(self._unknown)
        return QSize(style.tokens().px(200), rows * style.tokens().px(_ROW))

    def minimumSizeHint(self) -> QSize:
        return QSize(style.tokens().px(120), self.sizeHint().height())
