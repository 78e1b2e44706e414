"""The cloud of points: seen as a picture that is stamped anew whenever the view moves."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets import style
from widgets.pages.retrieval.map_drawing import colour_of, dimmed, painted, radius_of, within
from widgets.pages.retrieval.map_plane import Plane
from widgets.pages.retrieval.map_records import Colours, Points

_NOTHING = Points(np.empty((0, 2), np.float32), np.empty(0, np.int64))
_PLAIN = Colours("", (), np.empty(0, np.int64))
_PADDING, _REACH, _DRAG, _STEP = 34, 12, 4, 5
_ZOOM = 1.25
#: While the view moves no more points than this are drawn, any of them; all follow when it rests so long,
#: in milliseconds.
_MOVING, _REST = 40_000, 120
_CASING = QColor(0, 0, 0, 153)
_WAYS = {
    Qt.Key.Key_Left: (-1.0, 0.0),
    Qt.Key.Key_Right: (1.0, 0.0),
    Qt.Key.Key_Up: (0.0, -1.0),
    Qt.Key.Key_Down: (0.0, 1.0),
}


class Cloud(QWidget):
    """Points that can be moved, zoomed, pointed at and lassoed.

    ``pointed(point)``: another is current, -1 for none. ``opened(point)``: a click or Enter.
    ``selected()``: others are selected. A drag moves, with Shift or as ``lasso`` it selects; the wheel and
    ``+`` ``-`` zoom, ``0`` shows all. Arrows go to the nearest point that way, Space selects it, Ctrl+A all
    that are shown, Escape none.
    """

    pointed = Signal(int)
    opened = Signal(int)
    selected = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Map of garments")
        self.lasso = False
        self.plane = Plane()
        self._points, self._colours = _NOTHING, _PLAIN
        self._order = np.empty(0, np.int64)
        self._chosen: NDArray[np.bool_] = np.empty(0, np.bool_)
        self._only, self._current = -1, -1
        self._picture: QImage | None = None
        self._pressed: QPointF | None = None
        self._last, self._moving = QPointF(), False
        self._outline: list[QPointF] = []
        self._quick = False
        self._rest = QTimer(self, singleShot=True, interval=_REST)
        self._rest.timeout.connect(self._redraw)
        style.changed.connect(self._redraw)

    # -- what is shown --------------------------------------------------------------------------

    def show_points(self, points: Points) -> None:
        """Show these from now on, all of them, none selected."""
        self._points, self._colours = points, _PLAIN
        self._chosen = np.zeros(len(points), np.bool_)
        # Any order, but always the same: no level may lie on top of all others.
        self._order = np.random.default_rng(0).permutation(len(points))
        self._only = self._current = -1
        self.fit()
        self.pointed.emit(-1)
        self.selected.emit()

    def show_colours(self, colours: Colours) -> None:
        """Colour the points; of another number of points nothing is shown."""
        if len(colours.numbers) == len(self._points):
            self._colours, self._only = colours, -1
            self._tell()
            self._redraw()

    def show_only(self, level: int) -> None:
        """Dim all points but those of a level; -1 for none dimmed."""
        self._only = level
        self._tell()
        self._redraw()

    def points(self) -> Points:
        """What is shown."""
        return self._points

    def current(self) -> int:
        """The point that is pointed at, -1 for none."""
        return self._current

    def selection(self) -> NDArray[np.int64]:
        """The points that are selected."""
        return np.flatnonzero(self._chosen)

    def select(self, which: NDArray[np.bool_], *, more: bool = False) -> None:
        """Select points ``(n,)``; ``more``: beside those that are."""
        self._chosen = (self._chosen | which) if more else which.copy()
        self._tell()
        self._redraw()
        self.selected.emit()

    def shown(self) -> NDArray[np.bool_]:
        """The points that are not dimmed by :meth:`show_only`, ``(n,)``."""
        if self._only < 0 or not len(self._colours.numbers):
            return np.ones(len(self._points), np.bool_)
        return self._colours.numbers == self._only

    def fit(self) -> None:
        """Show all points."""
        self.plane.fit(self._points.places, style.tokens().px(_PADDING))
        self._redraw()

    def zoom(self, factor: float) -> None:
        """Nearer by a factor, towards the current point where there is one in view."""
        at = QPointF(self.width() / 2, self.height() / 2)
        if self._current >= 0:
            x, y = self.plane.pixels(self._points.places[self._current : self._current + 1])[0].tolist()
            at = QPointF(x, y) if self.rect().contains(int(x), int(y)) else at
        self.plane.zoom(factor, at.x(), at.y())
        self._redraw()

    def _redraw(self) -> None:
        self._picture, self._quick = None, False
        self.update()

    def _moved(self) -> None:
        """Draw what can be drawn at once; the view moves on."""
        self._redraw()
        self._quick = len(self._points) > _MOVING
        if self._quick:
            self._rest.start()

    def _tell(self) -> None:
        chosen = int(self._chosen.sum())
        told = f"{len(self._points):,} garments, {chosen:,} selected"
        if self._colours.facet:
            told += f", coloured by {self._colours.facet}"
        self.setAccessibleDescription(told)

    # -- painting -------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        ratio = self.devicePixelRatioF()
        if self._picture is None:
            self._picture = self._drawn(ratio)
            self._picture.setDevicePixelRatio(ratio)
        painter = QPainter(self)
        painter.drawImage(0, 0, self._picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._current >= 0:
            x, y = self.plane.pixels(self._points.places[self._current : self._current + 1])[0].tolist()
            for pen in (QPen(_CASING, 5), QPen(style.tokens().acc, 2.4)):
                painter.setPen(pen)
                painter.drawEllipse(QPointF(x, y), style.tokens().px(9), style.tokens().px(9))
        if self._outline:
            for pen in (QPen(_CASING, 3.4), QPen(QColor("#FFFFFF"), 1.6, Qt.PenStyle.DashLine)):
                painter.setPen(pen)
                painter.drawPolyline(QPolygonF([*self._outline, self._outline[0]]))
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setPen(QPen(style.tokens().acc, 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()

    def _drawn(self, ratio: float) -> QImage:
        look = style.tokens()
        size = max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio))
        some = self._order[:_MOVING] if self._quick else self._order
        places = self.plane.pixels(self._points.places[some]) * ratio
        seen = int(((places >= 0) & (places <= size)).all(axis=1).sum())
        levels = self._colours.levels
        plain = [colour_of(level.colour) for level in levels] or [look.acc]
        numbers = self._colours.numbers if levels else np.zeros(len(self._points), np.int64)
        clear = self.shown() & (self._chosen if self._chosen.any() else True)
        # Dimmed ones have looks of their own, with the same shapes.
        turn = -(-len(plain) // 4) * 4
        filled = plain + [look.dis] * (turn - len(plain))
        looks = np.where(numbers < 0, -1, np.where(clear, numbers + turn, numbers))[some]
        edge, ground = look.outline or look.bg1, look.bg1
        dim = [(dimmed(one, ground), dimmed(edge, ground)) for one in filled]
        colours = [*dim, *((one, edge) for one in filled), (look.dis, edge)]
        return painted(places, looks, colours, ground, size, radius_of(seen, ratio), turn)

    # -- the mouse ------------------------------------------------------------------------------

    def nearest(self, at: QPointF) -> int:
        """The point at a pixel, -1 where none is near."""
        if not len(self._points):
            return -1
        away = ((self.plane.pixels(self._points.places) - (at.x(), at.y())) ** 2).sum(axis=1)
        away[~self.shown()] = np.inf
        found = int(away.argmin())
        return found if away[found] <= style.tokens().px(_REACH) ** 2 else -1

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self._pressed = self._last = event.position()
        self._moving = False
        if self.lasso or event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._outline = [event.position()]

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        if self._pressed is None:
            self.point_at(self.nearest(at))
            return
        if not self._moving and (at - self._pressed).manhattanLength() < _DRAG:
            return
        self._moving = True
        if self._outline:
            if (at - self._outline[-1]).manhattanLength() >= _STEP:
                self._outline.append(at)
                self.update()
            return
        self.plane.move(at.x() - self._last.x(), at.y() - self._last.y())
        self._last = at
        self._moved()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton or self._pressed is None:
            super().mouseReleaseEvent(event)
            return
        outline, moved = self._outline, self._moving
        self._pressed, self._outline, self._moving = None, [], False
        if moved and len(outline) > 1:
            outline.append(event.position())
            ring = np.array([(one.x(), one.y()) for one in outline])
            inside = within(self.plane.pixels(self._points.places), ring) & self.shown()
            self.select(inside, more=bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
        elif not moved and (found := self.nearest(event.position())) >= 0:
            self.point_at(found)
            if outline:
                self._toggle(found)
            else:
                self.opened.emit(found)
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        steps = event.angleDelta().y() / 120
        if steps:
            self.plane.zoom(_ZOOM**steps, event.position().x(), event.position().y())
            self._moved()

    # -- keys -----------------------------------------------------------------------------------

    def point_at(self, point: int) -> None:
        """Make a point current, -1 for none."""
        if point != self._current:
            self._current = point
            self.setCursor(Qt.CursorShape.PointingHandCursor if point >= 0 else Qt.CursorShape.ArrowCursor)
            self.update()
            self.pointed.emit(point)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, control = Qt.Key(event.key()), bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if key in _WAYS:
            self._step(*_WAYS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._current >= 0 and not control:
            self.opened.emit(self._current)
        elif key == Qt.Key.Key_Space and self._current >= 0:
            self._toggle(self._current)
        elif key == Qt.Key.Key_A and control:
            self.select(self.shown())
        elif key == Qt.Key.Key_Escape and (self._outline or self._chosen.any()):
            self._outline = []
            self.select(np.zeros(len(self._points), np.bool_))
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self.zoom(1 / _ZOOM if key == Qt.Key.Key_Minus else _ZOOM)
        elif key == Qt.Key.Key_0:
            self.fit()
        else:
            super().keyPressEvent(event)

    def _toggle(self, point: int) -> None:
        which = self._chosen.copy()
        which[point] = not which[point]
        self.select(which)

    def _step(self, right: float, down: float) -> None:
        """Go to the nearest point that way; from nowhere, to the one in the middle."""
        if not len(self._points):
            return
        pixels = self.plane.pixels(self._points.places)
        here = pixels[self._current] if self._current >= 0 else np.array([self.width(), self.height()]) / 2
        away = pixels - here
        along, across = away @ (right, down), np.abs(away @ (down, right))
        cost = np.hypot(along, 2 * across)
        there = self.shown()
        if self._current >= 0:
            there = there & (along > 0) & (across <= along * 1.5)
        if there.any():
            found = int(np.where(there, cost, np.inf).argmin())
            self._bring(pixels[found].tolist())
            self.point_at(found)

    def _bring(self, at: list[float]) -> None:
        """Move the view so that a pixel is seen."""
        edge = style.tokens().px(_PADDING)
        x = min(max(at[0], edge), self.width() - edge) - at[0]
        y = min(max(at[1], edge), self.height() - edge) - at[1]
        if x or y:
            self.plane.move(x, y)
            self._redraw()

    # -- Qt -------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        untouched = self.plane.scale == self.plane.whole
        self.plane.width, self.plane.height = self.width(), self.height()
        if untouched:
            self.fit()
        self._redraw()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(style.tokens().px(700), style.tokens().px(560))
