"""Bars and colour swatches, painted."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QProgressBar, QSizePolicy, QWidget

from widgets import style


def draw_bar(painter: QPainter, rect: QRectF, share: float, role: str = "acc", track: str = "bg3") -> None:
    """Paint a rounded bar filled to ``share`` (0 to 1), for delegates and widgets."""
    look = style.tokens()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    radius = rect.height() / 2
    painter.setBrush(look.colour(track))
    painter.drawRoundedRect(rect, radius, radius)
    if share > 0:
        filled = QRectF(rect)
        filled.setWidth(max(rect.height(), rect.width() * min(share, 1.0)))
        painter.setBrush(look.colour(role))
        painter.drawRoundedRect(filled, radius, radius)
    painter.restore()


def draw_swatch(painter: QPainter, rect: QRectF, colour: str | QColor) -> None:
    """Paint a category's swatch; in the light theme with its dark outline."""
    look = style.tokens()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(QColor(colour))
    if look.outline is None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(rect, 2, 2)
    else:
        painter.setPen(QPen(look.outline, 1))
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 2, 2)
    painter.restore()


def swatch_icon(colour: str | QColor, ratio: float) -> QIcon:
    """A category's swatch for menus and lists, on a screen of ``ratio`` pixels a logical pixel.

    It is as large as their icons, of which it fills the middle: on a fine screen Qt enlarges what is smaller.
    """
    look = style.tokens()
    whole, side = look.px(16), look.px(12)
    made = QPixmap(round(whole * ratio), round(whole * ratio))
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    edge = (whole - side) // 2
    draw_swatch(painter, QRectF(edge, edge, side, side), colour)
    painter.end()
    icon = QIcon()
    for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):
        # Else Qt tints it in the row that is chosen, and it is another category's colour.
        icon.addPixmap(made, mode)
    return icon


class ProgressBar(QProgressBar):
    """A bar 4 px high without text; ``set_share`` takes 0 to 1."""

    def __init__(self, width: int = 96, name: str = "Progress") -> None:
        super().__init__()
        self._width = width
        self._role = "acc"
        self.setRange(0, 1000)
        self.setValue(0)
        self.setTextVisible(False)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_share(self, share: float, role: str = "acc") -> None:
        """Fill the bar to ``share`` (0 to 1) in a colour token."""
        self._role = role
        self.setValue(round(min(max(share, 0.0), 1.0) * 1000))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(style.tokens().px(self._width), style.tokens().px(5))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        share = self.value() / max(1, self.maximum())
        draw_bar(painter, QRectF(self.rect()), share, self._role if self.isEnabled() else "dis")


class Swatch(QWidget):
    """A category's colour, 12 px; never alone: the name or number stands beside it."""

    def __init__(self, colour: str, size: int = 12) -> None:
        super().__init__()
        self._colour, self._size = colour, size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_colour(self, colour: str) -> None:
        """Show another colour, ``#RRGGBB``."""
        self._colour = colour
        self.update()

    def sizeHint(self) -> QSize:
        side = style.tokens().px(self._size)
        return QSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        draw_swatch(QPainter(self), QRectF(self.rect()), self._colour)
