"""The first results of a query: tiles framed by shape and colour, hit or miss; the keys move among them."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets import style
from widgets.common.bars import draw_swatch
from widgets.pages.retrieval.crops import Crops, Cut
from widgets.pages.retrieval.painting import paint_crop
from widgets.pages.retrieval.records import Hit, Query

_ROWS, _GAP, _CAPTION, _INSET = 3, 10, 40, 5
#: From this width on there are four columns.
_WIDE = 560
ZOOMS = (1.0, 1.8, 3.0)
_STEPS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class ResultsGrid(QWidget):
    """``chosen(number)``: another result is selected; ``left()``: Left at the edge leads back to the list."""

    chosen = Signal(int)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Results")
        self.crops: Crops | None = None
        self.whole, self.zoom = False, 1.0
        self._query: Query | None = None
        self._selected = 0
        style.changed.connect(self.update)

    # -- what is shown --------------------------------------------------------------------------

    def show_query(self, query: Query | None) -> None:
        """Show the results of a query; of the same one the selection stays, of another the first is
        selected."""
        before = self._query
        self._query = query
        if query is None or before is None or before.row.query != query.row.query:
            self._selected = 0
        self._tell()

    def hits(self, query: Query | None = None) -> tuple[Hit, ...]:
        """The results that there is room for."""
        of = query or self._query
        return of.results[: self.columns() * _ROWS] if of is not None else ()

    def selected(self) -> Hit | None:
        """The selected result."""
        hits = self.hits()
        return hits[self._selected] if self._selected < len(hits) else None

    def columns(self) -> int:
        """How many columns there are at this width."""
        return 4 if self.width() >= style.tokens().px(_WIDE) else 3

    def select(self, number: int) -> None:
        """Select a result by its number from 0; nothing happens where it is not there."""
        if 0 <= number < len(self.hits()) and number != self._selected:
            self._selected = number
            self._tell()
            self.chosen.emit(number)

    def cuts(self, query: Query | None = None) -> list[Cut]:
        """The pictures of the results of a query, at the size they are painted."""
        return [self._cut(hit, number) for number, hit in enumerate(self.hits(query)) if hit.shot.image_id]

    def tile(self, number: int) -> QRect:
        """Where a result is painted, with its caption."""
        look, columns = style.tokens(), self.columns()
        gap = look.px(_GAP)
        wide = (self.width() - gap * (columns - 1)) // columns
        high = (self.height() - gap * (_ROWS - 1)) // _ROWS
        return QRect((number % columns) * (wide + gap), (number // columns) * (high + gap), wide, high)

    def _frame(self, number: int) -> QRect:
        look = style.tokens()
        inset = look.px(_INSET)
        return self.tile(number).adjusted(inset, inset, -inset, -look.px(_CAPTION) - inset)

    def _cut(self, hit: Hit, number: int) -> Cut:
        ratio, frame = self.devicePixelRatioF(), self._frame(number)
        size = (max(1, round(frame.width() * ratio)), max(1, round(frame.height() * ratio)))
        return Cut(hit.shot, *size, whole=self.whole, zoom=self.zoom)

    def _tell(self) -> None:
        hit = self.selected()
        said = "none"
        if hit is not None:
            said = f"{hit.place}, {'hit' if hit.match else 'miss'}, {hit.category}, {hit.product}"
        self.setAccessibleDescription(f"result {said}")
        self.update()

    # -- painting -------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        for number, hit in enumerate(self.hits()):
            self._paint_tile(painter, number, hit)

    def _paint_tile(self, painter: QPainter, number: int, hit: Hit) -> None:
        look, frame = style.tokens(), self._frame(number)
        crops = self.crops
        made = crops.get(self._cut(hit, number)) if crops is not None and hit.shot.image_id else None
        paint_crop(painter, frame, made)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        pen = QPen(look.hit if hit.match else look.miss, 3 if hit.match else 2)
        if not hit.match:
            pen.setDashPattern([4, 3])
        painter.setPen(pen)
        painter.drawRect(QRectF(frame).adjusted(1, 1, -1, -1))
        self._paint_badge(painter, frame, hit)
        if number == self._selected:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(look.acc if self.hasFocus() else look.line2, 2))
            painter.drawRoundedRect(QRectF(self.tile(number)).adjusted(1, 1, -1, -1), 6, 6)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self._paint_caption(painter, number, hit)

    def _paint_badge(self, painter: QPainter, frame: QRect, hit: Hit) -> None:
        look = style.tokens()
        side = look.px(20)
        place = QRect(frame.left() + look.px(7), frame.top() + look.px(7), side, side)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.hit if hit.match else look.miss)
        if hit.match:
            painter.drawEllipse(place)
        else:
            painter.drawRoundedRect(place, 2, 2)
        painter.restore()
        inner = place.adjusted(look.px(3), look.px(3), -look.px(3), -look.px(3))
        style.draw(painter, inner, "check" if hit.match else "x", "onhit" if hit.match else "onmiss")

    def _paint_caption(self, painter: QPainter, number: int, hit: Hit) -> None:
        look, frame = style.tokens(), self._frame(number)
        line = look.px(_CAPTION) // 2
        room = QRectF(frame.left(), frame.bottom() + look.px(3), frame.width(), line)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(style.font("table", 600))
        painter.setPen(look.t1)
        painter.drawText(room, int(middle | Qt.AlignmentFlag.AlignLeft), str(hit.place))
        after = painter.fontMetrics().horizontalAdvance("00") + look.px(4)
        painter.setFont(style.font("table"))
        painter.setPen(look.t2)
        told = f"{hit.distance:.3f}"
        painter.drawText(room.adjusted(after, 0, 0, 0), int(middle | Qt.AlignmentFlag.AlignLeft), told)
        after += painter.fontMetrics().horizontalAdvance(told) + look.px(6)
        rest = room.adjusted(after, 0, 0, 0)
        words = painter.fontMetrics().elidedText(hit.product, Qt.TextElideMode.ElideMiddle, int(rest.width()))
        painter.drawText(rest, int(middle | Qt.AlignmentFlag.AlignRight), words)
        side = look.px(10)
        low = room.translated(0, line)
        draw_swatch(painter, QRectF(low.left(), low.center().y() - side / 2, side, side), hit.colour)
        low.adjust(side + look.px(5), 0, 0, 0)
        painter.setFont(style.font("small"))
        painter.setPen(look.t2)
        name = painter.fontMetrics().elidedText(hit.category, Qt.TextElideMode.ElideRight, int(low.width()))
        painter.drawText(low, int(middle | Qt.AlignmentFlag.AlignLeft), name)

    # -- mouse and keys -------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = event.position().toPoint()
        for number in range(len(self.hits())):
            if self.tile(number).contains(place):
                self.select(number)
                return
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        columns = self.columns()
        across = self._selected % columns + step[0]
        if across < 0:
            self.left.emit()
        elif across < columns:
            self.select(self._selected + step[0] + step[1] * columns)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def sizeHint(self) -> QSize:
        look = style.tokens()
        return QSize(look.px(620), look.px(720))

    def minimumSizeHint(self) -> QSize:
        look = style.tokens()
        return QSize(look.px(380), look.px(420))
