"""Two rows of results for one query, one above the other; lines join the same garment."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets import style
from widgets.pages.retrieval.crops import Crops, Cut
from widgets.pages.retrieval.records import Hit, Query
from widgets.pages.retrieval.tiles import frame_in, paint_selection, paint_tile

_GAP, _BETWEEN, _TILE, _CAPTION = 10, 64, 150, 50
#: A crop is so much higher than wide at most: what is left goes to the lines.
_TALL = 1.75
_LEAST, _MOST = 4, 8
_ACROSS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
_DOWN = {Qt.Key.Key_Up: 0, Qt.Key.Key_Down: 1}

Strip = tuple[Hit, ...]


class Strips(QWidget):
    """``chosen()``: another result is selected; ``left()``: Left at the edge leads back to the list.

    Each row has the first results; where no true match is among them, the nearest one stands at its end.
    """

    chosen = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Results of two models")
        self.crops: Crops | None = None
        self.zoom = 1.0
        self._queries: tuple[Query | None, Query | None] = (None, None)
        self._selected = (0, 0)
        style.changed.connect(self.update)

    # -- what is shown --------------------------------------------------------------------------

    def show_queries(self, above: Query | None, below: Query | None) -> None:
        """Show one query as two rankings have it; None where a ranking has it not."""
        if above is None or self._queries[0] is None or above.row.query != self._queries[0].row.query:
            self._selected = (0, 0)
        self._queries = (above, below)
        self._tell()

    def strip(self, row: int) -> Strip:
        """The results of a row, 0 above and 1 below, that there is room for."""
        query = self._queries[row]
        if query is None:
            return ()
        room = self.columns()
        first = query.results[:room]
        if any(hit.match for hit in first) or not query.matches or query.matches[0].place <= len(first):
            return first
        return (*first[: room - 1], query.matches[0])

    def selected(self) -> Hit | None:
        """The selected result."""
        row, number = self._selected
        hits = self.strip(row)
        return hits[number] if number < len(hits) else None

    def joined(self) -> list[tuple[int, int]]:
        """The numbers above and below that are of the same garment."""
        below = {hit.garment_id: number for number, hit in enumerate(self.strip(1)) if hit.garment_id}
        return [
            (number, below[hit.garment_id])
            for number, hit in enumerate(self.strip(0))
            if hit.garment_id in below
        ]

    def columns(self) -> int:
        """How many results a row has at this width."""
        return max(_LEAST, min(_MOST, self.width() // style.tokens().px(_TILE)))

    def cuts(self) -> list[Cut]:
        """The pictures of both rows at the size they are painted."""
        ratio = self.devicePixelRatioF()
        found = []
        for row in (0, 1):
            for number, hit in enumerate(self.strip(row)):
                if hit.shot.image_id:
                    frame = frame_in(self.tile(row, number))
                    size = (max(1, round(frame.width() * ratio)), max(1, round(frame.height() * ratio)))
                    found.append(Cut(hit.shot, *size, zoom=self.zoom))
        return found

    def tile(self, row: int, number: int) -> QRect:
        """Where a result is painted, with its caption."""
        look, columns = style.tokens(), self.columns()
        gap = look.px(_GAP)
        wide = (self.width() - gap * (columns - 1)) // columns
        most = max(1, (self.height() - look.px(_BETWEEN)) // 2)
        high = min(most, round(wide * _TALL) + look.px(_CAPTION))
        return QRect(number * (wide + gap), row * (self.height() - high), wide, high)

    def select(self, row: int, number: int) -> None:
        """Select a result; nothing happens where it is not there."""
        if 0 <= number < len(self.strip(row)) and (row, number) != self._selected:
            self._selected = (row, number)
            self._tell()
            self.chosen.emit()

    def _tell(self) -> None:
        hit = self.selected()
        where = ("above", "below")[self._selected[0]]
        said = "none"
        if hit is not None:
            said = f"{hit.place} {where}, {'hit' if hit.match else 'miss'}, {hit.category}, {hit.product}"
        self.setAccessibleDescription(f"result {said}")
        self.update()

    # -- painting -------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        ready = {(cut.shot, cut.width): cut for cut in self.cuts()}
        ratio = self.devicePixelRatioF()
        for row in (0, 1):
            for number, hit in enumerate(self.strip(row)):
                tile = self.tile(row, number)
                cut = ready.get((hit.shot, max(1, round(frame_in(tile).width() * ratio))))
                made = self.crops.get(cut) if cut is not None and self.crops is not None else None
                paint_tile(painter, tile, hit, made)
                if (row, number) == self._selected:
                    paint_selection(painter, tile, self.hasFocus())
        self._paint_lines(painter)

    def _paint_lines(self, painter: QPainter) -> None:
        look, current = style.tokens(), self.selected()
        above = self.strip(0)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for number, other in self.joined():
            hit = above[number]
            marked = current is not None and current.garment_id == hit.garment_id
            colour = look.acc if marked else look.hit if hit.match else look.line2
            painter.setPen(QPen(colour, 2.6 if marked or hit.match else 1.4))
            start, end = self.tile(0, number), self.tile(1, other)
            begin = QPointF(start.center().x(), start.bottom() + 2)
            last = QPointF(end.center().x(), end.top() - 2)
            half = QPointF(0, (last.y() - begin.y()) / 2)
            path = QPainterPath(begin)
            path.cubicTo(begin + half, last - half, last)
            painter.drawPath(path)

    # -- mouse and keys -------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = event.position().toPoint()
        for row in (0, 1):
            for number in range(len(self.strip(row))):
                if self.tile(row, number).contains(place):
                    self.select(row, number)
                    return
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, (row, number) = Qt.Key(event.key()), self._selected
        if key in _ACROSS:
            if number + _ACROSS[key] < 0:
                self.left.emit()
            self.select(row, number + _ACROSS[key])
        elif key in _DOWN:
            self.select(_DOWN[key], min(number, max(0, len(self.strip(_DOWN[key])) - 1)))
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(style.tokens().px(800), style.tokens().px(640))

    def minimumSizeHint(self) -> QSize:
        return QSize(style.tokens().px(420), style.tokens().px(380))
