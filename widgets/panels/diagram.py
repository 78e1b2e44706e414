"""The mean shape of a category with the state of each landmark, and the legend that counts them."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QToolTip, QVBoxLayout, QWidget

from resources.schemas import Schema
from store.records import VISIBILITY_WORDS, Bytes, Floats, Visibility
from widgets import style
from widgets.canvas.items import shapes
from widgets.common.face import draw_key, key_width

#: The states in the order of the legend, with the keys that set them.
STATES = (
    (Visibility.VISIBLE, "2"),
    (Visibility.OCCLUDED, "1"),
    (Visibility.CUT_OFF, "3"),
    (Visibility.UNLABELLED, "0"),
)


def paint_state(painter: QPainter, at: QPointF, visibility: Visibility, colour: str, radius: float) -> None:
    """Paint the mark of a state as the canvas draws it, on the ground of a panel."""
    look = style.tokens()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(at)
    edge = QColor(look.outline) if look.outline is not None else QColor("#111111")
    if visibility is Visibility.UNLABELLED:
        painter.setPen(QPen(look.t3, 1.6))
        painter.drawLine(QPointF(-radius * 0.85, 0), QPointF(radius * 0.85, 0))
    else:
        if visibility is Visibility.CUT_OFF:
            # The triangle stands on its border; here there is none, so it is centred.
            painter.translate(-radius, 0)
        painter.setPen(QPen(edge, 1.0))
        painter.setBrush(QColor(colour))
        painter.drawPath(shapes.mark_path(visibility, radius))
    painter.restore()


class Diagram(QWidget):
    """The template of a schema; a click selects the landmark. Emits its index."""

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Diagram of the landmarks")
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._schema: Schema | None = None
        self._states: Bytes = np.zeros(0, np.uint8)
        self._colour = "#B9B9B9"
        self._current = -1
        style.changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        return QSize(style.tokens().px(128), style.tokens().px(122))

    def show_landmarks(self, schema: Schema | None, states: Bytes, colour: str, current: int) -> None:
        """``states`` is ``(n,)``; a schema without a template, or of another size, shows nothing."""
        fits = schema is not None and len(schema.template) == len(states) == schema.size
        self._schema = schema if fits else None
        self._states, self._colour, self._current = states, colour, current
        self.update()

    def places(self) -> Floats:
        """Where the landmarks are painted, ``(n, 2)`` in widget pixels."""
        if self._schema is None:
            return np.empty((0, 2))
        room = QRectF(self.rect()).adjusted(12, 10, -12, -10)
        height = min(room.height(), room.width() / self._schema.template_aspect)
        width = height * self._schema.template_aspect
        corner = np.array([room.center().x() - width / 2, room.center().y() - height / 2])
        places: Floats = corner + np.array(self._schema.template) * [width, height]
        return places

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._schema is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        points = [QPointF(x, y) for x, y in self.places().tolist()]
        painter.setPen(QPen(style.tokens().t3, 1.0))
        for a, b in self._schema.links:
            painter.drawLine(points[a], points[b])
        for index, point in enumerate(points):
            state = Visibility(int(self._states[index]))
            if state is Visibility.UNLABELLED:
                painter.fillRect(QRectF(point.x() - 3, point.y() - 2, 6, 4), style.tokens().bg2)
            paint_state(painter, point, state, self._colour, 3.0)
        if 0 <= self._current < len(points):
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(style.tokens().t1, 1.8))
            painter.drawEllipse(points[self._current], 6.0, 6.0)
        painter.end()

    def _at(self, position: QPointF) -> int:
        places = self.places()
        if not len(places):
            return -1
        distances = np.linalg.norm(places - [position.x(), position.y()], axis=1)
        nearest = int(distances.argmin())
        return nearest if distances[nearest] <= 9 else -1

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self._at(event.position())
        if found >= 0:
            self.chosen.emit(found)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and self._schema:
            found = self._at(QPointF(event.pos()))
            text = f"{found + 1}  {self._schema.names[found]}" if found >= 0 else ""
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)


class _LegendRow(QAbstractButton):
    """One state with its mark, its word, how many there are, and its key; pressing it sets the state."""

    def __init__(self, visibility: Visibility, key: str) -> None:
        super().__init__()
        self._visibility, self._key = visibility, key
        self._colour, self._count = "#B9B9B9", 0
        self.setToolTip(f"Set the marked landmarks to {VISIBILITY_WORDS[visibility]} ({key})")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.show_count("#B9B9B9", 0)
        style.changed.connect(self.updateGeometry)

    def show_count(self, colour: str, count: int) -> None:
        self._colour, self._count = colour, count
        self.setAccessibleName(f"{VISIBILITY_WORDS[self._visibility]}: {count}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(style.tokens().px(176), style.tokens().px(27))

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = style.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = self.rect()
        if self.isEnabled() and self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.press if self.isDown() else look.hover)
            painter.drawRoundedRect(rect, 4, 4)
        if self.hasFocus():
            painter.setPen(QPen(look.acc, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), 4, 4)
        at = QPointF(look.px(16), rect.height() / 2)
        paint_state(painter, at, self._visibility, self._colour, 5.2)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(style.font("body"))
        painter.setPen(look.t1)
        painter.drawText(rect.adjusted(look.px(32), 0, 0, 0), middle, VISIBILITY_WORDS[self._visibility])
        cap = key_width(self._key)
        end = rect.right() - look.px(6)
        draw_key(painter, QRect(end - cap, rect.top(), cap, rect.height()), at.y(), self._key, "t2", "bg2")
        painter.setFont(style.font("body"))
        painter.setPen(look.t2)
        count = QRect(rect.left(), rect.top(), end - cap - look.px(12) - rect.left(), rect.height())
        painter.drawText(count, middle | Qt.AlignmentFlag.AlignRight, str(self._count))
        painter.end()


class Legend(QWidget):
    """The four states and how many landmarks are in each; emits the state that was pressed."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        self.rows: dict[Visibility, _LegendRow] = {}
        for visibility, key in STATES:
            row = _LegendRow(visibility, key)
            row.clicked.connect(lambda _on=False, state=visibility: self.chosen.emit(state))
            column.addWidget(row)
            self.rows[visibility] = row

    def show_counts(self, states: Bytes, colour: str) -> None:
        for visibility, row in self.rows.items():
            row.show_count(colour, int((states == visibility).sum()))
