"""Text on the canvas as ready-made pixmaps: numbers with a halo, and tags.

A label is the same at any zoom, so it is drawn once per text and then only copied.
"""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPixmap

from widgets import style
from widgets.canvas.items.shapes import EDGE

#: Height of a garment's tag.
TAG_HEIGHT = 20


def _font(pixels: float) -> QFont:
    made = style.font("small_strong")
    made.setPixelSize(round(pixels * style.tokens().scale))
    return made


def _blank(width: float, height: float, ratio: float) -> QPixmap:
    made = QPixmap(round(width * ratio), round(height * ratio))
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    return made


@lru_cache(maxsize=1024)
def _number(text: str, ratio: float, _scale: float, colour: str = "white") -> QPixmap:
    font = _font(11)
    metrics = QFontMetricsF(font)
    width, height = metrics.horizontalAdvance(text) + 4, metrics.ascent() + 3
    made = _blank(width, height, ratio)
    path = QPainterPath()
    path.addText(QPointF(2, metrics.ascent()), font, text)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    halo = QPen(EDGE, 3.0)
    halo.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.strokePath(path, halo)
    painter.fillPath(path, QColor(colour))
    painter.end()
    return made


def number(index: int, ratio: float) -> QPixmap:
    """The 1-based number of a landmark, white with a dark halo."""
    return _number(str(index + 1), ratio, style.tokens().scale)


def name(text: str, ratio: float) -> QPixmap:
    """The name of a landmark, as its number is drawn."""
    return _number(text, ratio, style.tokens().scale)


def coloured(text: str, colour: str, ratio: float) -> QPixmap:
    """A few words in a colour with a dark halo."""
    return _number(text, ratio, style.tokens().scale, colour)


@lru_cache(maxsize=256)
def _proposal_tag(text: str, ratio: float, scale: float) -> QPixmap:
    font = _font(11.5)
    metrics = QFontMetricsF(font)
    height = TAG_HEIGHT * scale
    width = metrics.horizontalAdvance(text) + 16
    made = _blank(width, height, ratio)
    painter = QPainter(made)
    painter.fillRect(QRectF(0, 0, width, height), QColor("black"))
    edge = QPen(QColor("white"), 1.0)
    edge.setDashPattern([4.0, 3.0])
    painter.setPen(edge)
    painter.drawRect(QRectF(0.5, 0.5, width - 1, height - 1))
    painter.setFont(font)
    painter.setPen(QColor("white"))
    painter.drawText(QRectF(0, 0, width, height), Qt.AlignmentFlag.AlignCenter, text)
    painter.end()
    return made


def proposal_tag(text: str, ratio: float) -> QPixmap:
    """The tag of a proposal: white on black, with a dashed edge."""
    return _proposal_tag(text, ratio, style.tokens().scale)


@lru_cache(maxsize=256)
def _tag(text: str, colour: str, ratio: float, scale: float) -> QPixmap:
    font = _font(11.5)
    metrics = QFontMetricsF(font)
    height = TAG_HEIGHT * scale
    width = metrics.horizontalAdvance(text) + 16
    made = _blank(width, height, ratio)
    painter = QPainter(made)
    painter.fillRect(QRectF(0, 0, width, height), QColor(colour))
    painter.setFont(font)
    painter.setPen(QColor("black"))
    painter.drawText(QRectF(0, 0, width, height), Qt.AlignmentFlag.AlignCenter, text)
    painter.end()
    return made


def tag(text: str, colour: str, ratio: float) -> QPixmap:
    """A label in the category's colour with black text."""
    return _tag(text, colour, ratio, style.tokens().scale)


def logical_size(pixmap: QPixmap) -> tuple[float, float]:
    """Width and height in logical pixels."""
    size = pixmap.deviceIndependentSize()
    return size.width(), size.height()
