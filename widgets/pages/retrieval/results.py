"""The first results of a query: tiles framed by shape and colour, hit or miss; the keys move among them."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets import style
from widgets.pages.retrieval.crops import Crops, Cut
from widgets.pages.retrieval.heat import Heat
from widgets.pages.retrieval.records import Hit, Query
from widgets.pages.retrieval.tiles import frame_in, paint_selection, paint_tile

_ROWS, _GAP = 3, 10
#: From this width on there are four columns.
_WIDE = 560
#: A fifth column and more, where each has so much.
_TILE = 190
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
        #: Columns, where there is room for so many.
        self.most = 4
        #: Whether tiles say hit or miss.
        self.marked = True
        self._of = -1
        self._hits: tuple[Hit, ...] = ()
        self._heat: Heat | None = None
        self._selected = 0
        style.changed.connect(self.update)

    # -- what is shown --------------------------------------------------------------------------

    def show_query(self, query: Query | None) -> None:
        """Show the results of a query; of the same one the selection stays, of another the first is
        selected."""
        if query is None:
            self.show_hits(-1, ())
        else:
            self.show_hits(query.row.query, query.results)

    def show_hits(self, of: int, hits: tuple[Hit, ...]) -> None:
        """Show results; ``of`` is a number that says of what."""
        if of != self._of:
            self._of, self._selected = of, 0
        self._hits = hits
        self._tell()

    def show_heat(self, heat: Heat | None) -> None:
        """What drove the match, over the selected result."""
        self._heat = heat
        self.update()

    def hits(self, query: Query | None = None) -> tuple[Hit, ...]:
        """The results that there is room for."""
        return (self._hits if query is None else query.results)[: self.columns() * _ROWS]

    def selected(self) -> Hit | None:
        """The selected result."""
        hits = self.hits()
        return hits[self._selected] if self._selected < len(hits) else None

    def columns(self) -> int:
        """How many columns there are at this width."""
        look = style.tokens()
        if self.width() < look.px(_WIDE):
            return 3
        return max(4, min(self.most, self.width() // look.px(_TILE)))

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

    def _cut(self, hit: Hit, number: int) -> Cut:
        ratio, frame = self.devicePixelRatioF(), frame_in(self.tile(number))
        size = (max(1, round(frame.width() * ratio)), max(1, round(frame.height() * ratio)))
        return Cut(hit.shot, *size, whole=self.whole, zoom=self.zoom)

    def _tell(self) -> None:
        hit = self.selected()
        said = "none"
        if hit is not None:
            how = ("hit, " if hit.match else "miss, ") if self.marked else ""
            said = f"{hit.place}, {how}{hit.category}, {hit.product}"
        self.setAccessibleDescription(f"result {said}")
        self.update()

    # -- painting -------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        for number, hit in enumerate(self.hits()):
            made = self.crops.get(self._cut(hit, number)) if self.crops is not None else None
            heat = self._heat if number == self._selected else None
            paint_tile(painter, self.tile(number), hit, made, marked=self.marked, heat=heat)
            if number == self._selected:
                paint_selection(painter, self.tile(number), self.hasFocus())

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
