"""The wall: as many crops as fit, worst first; a click in one moves its landmark there."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QWidget

from widgets import style
from widgets.pages.retrieval.crops import Crops
from widgets.pages.sweep import painting
from widgets.pages.sweep.records import Subject, Tile

TILE, GAP, PADDING = 190, 8, 12
#: How near the crops can be looked at, and how far one step goes.
NEAREST, FURTHEST, STEP = 6.0, 0.4, 1.3

#: Crops are cut in multiples of so many device pixels.
_ROUND = 32

_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class Wall(QAbstractScrollArea):
    """Paints what is in view only. ``moved(row, x, y)``: the landmark belongs there, in image pixels;
    ``current_changed(row)``; ``open_wanted(row)``: Enter, or a double click beside a crop.

    Several rows can be marked, to be changed together: Ctrl+click, Shift+click, Ctrl+A; Esc unmarks them.
    ``marked_changed()`` then.
    """

    moved = Signal(int, float, float)
    current_changed = Signal(int)
    open_wanted = Signal(int)
    marked_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Crops of the landmark")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setMouseTracking(True)
        self.crops = Crops(self)
        self.crops.arrived.connect(self.viewport().update)
        self.current = -1
        self.marked: frozenset[int] = frozenset()
        self.zoom = 1.0
        self._count = 0
        #: Whether the last press has scrolled what it selected into view.
        self._scrolled = False
        self._subject: Subject | None = None
        self._tile_of: Callable[[int], Tile] | None = None
        self.verticalScrollBar().valueChanged.connect(lambda _value: self._want())
        style.changed.connect(self._lay_out)

    # --- what to show ----------------------------------------------------------------------------

    def show_rows(self, count: int, subject: Subject | None, tile_of: Callable[[int], Tile] | None) -> None:
        """Show so many rows; each tile is asked for when it is painted."""
        self._count, self._subject, self._tile_of = count, subject, tile_of
        self.current = 0 if count else -1
        self.mark(())
        self.verticalScrollBar().setValue(0)
        self._lay_out()
        self.current_changed.emit(self.current)

    def mark(self, rows: Iterable[int]) -> None:
        """Mark these rows and no others."""
        rows = frozenset(rows)
        if rows != self.marked:
            self.marked = rows
            self.viewport().update()
            self.marked_changed.emit()

    def refresh(self) -> None:
        """A garment is another now."""
        self.viewport().update()
        self._describe()

    @property
    def count(self) -> int:
        """Number of rows."""
        return self._count

    def set_zoom(self, zoom: float) -> None:
        """How near the crops are looked at; 1 as usual."""
        self.zoom = min(max(zoom, FURTHEST), NEAREST)
        self._want()
        self.viewport().update()

    def select(self, row: int) -> None:
        """Make a row the current one, and bring it into view."""
        row = min(max(row, 0), self._count - 1)
        if row < 0 or row == self.current:
            return
        self.current = row
        frame, bar = self.rect_of(row), self.verticalScrollBar()
        if frame.top() < 0:
            bar.setValue(bar.value() + frame.top() - PADDING)
        elif frame.bottom() > self.viewport().height():
            bar.setValue(bar.value() + frame.bottom() - self.viewport().height() + PADDING)
        self.viewport().update()
        self._describe()
        self.current_changed.emit(row)

    def _describe(self) -> None:
        if self._tile_of is None or not 0 <= self.current < self._count:
            self.setAccessibleDescription("")
            return
        tile = self._tile_of(self.current)
        self.setAccessibleDescription(f"{self.current + 1} of {self._count}, {tile.words}")

    # --- where things are ------------------------------------------------------------------------

    @property
    def columns(self) -> int:
        """Crops beside each other."""
        return max(1, self._room() // (style.tokens().px(TILE) + GAP))

    def _room(self) -> int:
        """The width that tiles share, with a gap after each."""
        return self.viewport().width() - 2 * PADDING + GAP

    def _size(self) -> QSize:
        """A tile: as wide as fills the line."""
        side = max(style.tokens().px(TILE), self._room() // self.columns - GAP)
        return QSize(side, side + style.tokens().px(painting.CAPTION))

    def rect_of(self, row: int) -> QRect:
        """Where a row is painted in the viewport."""
        size, line = self._size(), row // self.columns
        x = PADDING + (row % self.columns) * (size.width() + GAP)
        y = PADDING + line * (size.height() + GAP) - self.verticalScrollBar().value()
        return QRect(x, y, size.width(), size.height())

    def row_at(self, at: QPointF) -> int:
        """The row at a place of the viewport; -1 for none."""
        size = self._size()
        x, y = at.x() - PADDING, at.y() - PADDING + self.verticalScrollBar().value()
        column, line = int(x // (size.width() + GAP)), int(y // (size.height() + GAP))
        row = line * self.columns + column
        inside = 0 <= column < self.columns and 0 <= row < self._count
        return row if inside and self.rect_of(row).contains(at.toPoint()) else -1

    def visible_rows(self) -> range:
        """The rows that are in view, at least in part."""
        height = self._size().height() + GAP
        first = max(0, (self.verticalScrollBar().value() - PADDING) // height)
        last = (self.verticalScrollBar().value() + self.viewport().height() - PADDING) // height
        return range(min(first * self.columns, self._count), min((last + 1) * self.columns, self._count))

    def _lay_out(self) -> None:
        lines = -(-self._count // self.columns)
        height = 2 * PADDING + lines * (self._size().height() + GAP) - GAP
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, height - self.viewport().height()))
        bar.setPageStep(self.viewport().height())
        bar.setSingleStep(self._size().height() // 2)
        self._want()
        self.viewport().update()
        self._describe()

    def _want(self) -> None:
        """Ask for the crops in view, then for those of the next screen."""
        tile_of = self._tile_of
        if tile_of is None:
            self.crops.want(())
            return
        seen = self.visible_rows()
        ahead = range(seen.stop, min(seen.stop + len(seen), self._count))
        pixels = self._pixels()
        self.crops.want(painting.cut_of(tile_of(row), self.zoom, pixels) for row in (*seen, *ahead))

    def _pixels(self) -> int:
        """How large crops are cut: in steps, so that not every width of the window wants others."""
        side = painting.frame_in(QRect(0, 0, self._size().width(), self._size().height())).width()
        return math.ceil(side * self.devicePixelRatioF() / _ROUND) * _ROUND

    # --- events ----------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(self.viewport().rect(), style.tokens().bg1)
        subject, tile_of = self._subject, self._tile_of
        if subject is None or tile_of is None:
            painter.end()
            return
        look, pixels = style.tokens(), self._pixels()
        for row in self.visible_rows():
            where, tile = self.rect_of(row), tile_of(row)
            painter.fillRect(where, look.sel if row == self.current or row in self.marked else look.bg2)
            made = self.crops.get(painting.cut_of(tile, self.zoom, pixels))
            painting.paint(painter, where, tile, subject, made, self.zoom)
            if row in self.marked:
                painting.paint_tick(painter, painting.frame_in(where))
            if row == self.current:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(look.acc if self.hasFocus() else look.line2, 2))
                painter.drawRect(QRectF(where).adjusted(1, 1, -1, -1))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self.row_at(event.position())
        if row < 0 or self._tile_of is None:
            return
        # Before the wall scrolls to what is selected.
        frame, before = painting.frame_in(self.rect_of(row)), self.current
        scrolled = self.verticalScrollBar().value()
        self.select(row)
        self._scrolled = self.verticalScrollBar().value() != scrolled
        left = event.button() == Qt.MouseButton.LeftButton
        if left and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.mark(self.marked ^ {row})
        elif left and event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.mark(self.marked | set(range(min(before, row), max(before, row) + 1)))
        elif left and frame.contains(event.position().toPoint()):
            part = painting.region(self._tile_of(row), self.zoom)
            self.moved.emit(row, *painting.to_image(frame, part, event.position()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        row = self.row_at(event.position())
        if row >= 0 and not painting.frame_in(self.rect_of(row)).contains(event.position().toPoint()):
            self.open_wanted.emit(row)
        elif not self._scrolled:
            self.mousePressEvent(event)
        # Else the first click has brought another place below the pointer, which nobody means.

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        row = self.row_at(event.position())
        inside = row >= 0 and painting.frame_in(self.rect_of(row)).contains(event.position().toPoint())
        self.viewport().setCursor(Qt.CursorShape.CrossCursor if inside else Qt.CursorShape.ArrowCursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        lines = max(1, self.viewport().height() // (self._size().height() + GAP))
        steps = {
            **_STEPS,
            Qt.Key.Key_Up: -self.columns,
            Qt.Key.Key_Down: self.columns,
            Qt.Key.Key_PageUp: -self.columns * lines,
            Qt.Key.Key_PageDown: self.columns * lines,
            Qt.Key.Key_Home: -self._count,
            Qt.Key.Key_End: self._count,
        }
        key = Qt.Key(event.key())
        if plain and key in steps:
            self.select(self.current + steps[key])
        elif event.matches(QKeySequence.StandardKey.SelectAll):
            self.mark(range(self._count))
        elif plain and key == Qt.Key.Key_Escape and self.marked:
            self.mark(())
        elif plain and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current >= 0:
            self.open_wanted.emit(self.current)
        else:
            event.ignore()
