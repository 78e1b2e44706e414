"""How large a difference is, drawn in lists as it is on the canvas: an arrow, wider and warmer the larger."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from widgets import style
from widgets.canvas.items.differences import LOOKS
from widgets.canvas.levels import Level, level

#: The arrows' colours on light panels.
_LIGHT = {Level.SMALL: "#5E5E5E", Level.LARGE: "#8A5A00", Level.HUGE: "#A5123D"}


def arrow_look(sigmas: float) -> tuple[QColor, float]:
    """Colour and width of the arrow for a distance; what is below one sigma looks as a small one."""
    found = level(sigmas)
    colour, width = LOOKS.get(found, LOOKS[Level.SMALL])
    if style.tokens().outline is not None:
        colour = _LIGHT.get(found, colour)
    return QColor(colour), width


def draw_arrow(painter: QPainter, rect: QRect, sigmas: float) -> None:
    """Draw an arrow to the right through the middle of ``rect``, as wide as it is."""
    colour, width = arrow_look(sigmas)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    y, tip = rect.center().y() + 0.5, float(rect.right())
    painter.setPen(QPen(colour, width))
    painter.drawLine(rect.left(), round(y), round(tip - 5), round(y))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    half = 2.5 + width / 2
    painter.drawPolygon(
        QPolygonF.fromList([QPointF(tip, y), QPointF(tip - 7, y - half), QPointF(tip - 7, y + half)])
    )
    painter.restore()
