"""What buttons carry: an icon, a text and the key that presses them, painted in one row."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen

from widgets import style

GAP = 8


@dataclass(frozen=True, slots=True)
class Face:
    """Icon name, text and key hint; each may be empty."""

    icon: str = ""
    text: str = ""
    key: str = ""
    icon_size: int = 16

    def size(self, font: QFont) -> QSize:
        """The room it takes in a font, in logical pixels."""
        look = style.tokens()
        metrics = QFontMetrics(font)
        widths = []
        if self.icon:
            widths.append(look.px(self.icon_size))
        if self.text:
            widths.append(metrics.horizontalAdvance(self.text) + 1)
        if self.key:
            widths.append(key_width(self.key))
        height = max(metrics.height(), look.px(self.icon_size) if self.icon else 0)
        return QSize(sum(widths) + look.px(GAP) * max(0, len(widths) - 1), height)

    def paint(
        self,
        painter: QPainter,
        rect: QRect,
        font: QFont,
        role: str,
        *,
        icon_role: str = "",
        ground: str = "bg3",
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignHCenter,
        elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        """Paint into ``rect`` in the colour token ``role``; ``ground`` is what lies under a key cap."""
        look = style.tokens()
        width = min(self.size(font).width(), rect.width())
        left = rect.left() if align == Qt.AlignmentFlag.AlignLeft else rect.center().x() + 1 - width // 2
        right = left + width
        middle = rect.top() + rect.height() / 2
        if self.icon:
            side = look.px(self.icon_size)
            style.draw(
                painter, QRect(left, round(middle - side / 2), side, side), self.icon, icon_role or role
            )
            left += side + look.px(GAP)
        if self.key:
            wide = key_width(self.key)
            draw_key(painter, QRect(right - wide, 0, wide, 0), middle, self.key, role, ground)
            right -= wide + look.px(GAP)
        if self.text:
            painter.setFont(font)
            painter.setPen(look.colour(role))
            room = QRect(left, rect.top(), max(0, right - left), rect.height())
            shown = QFontMetrics(font).elidedText(self.text, elide, room.width())
            painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), shown)


def key_width(key: str) -> int:
    """Width of a key cap in logical pixels."""
    look = style.tokens()
    text = QFontMetrics(style.font("small")).horizontalAdvance(key)
    return max(look.px(18), text + look.px(12))


def draw_key(painter: QPainter, where: QRect, middle: float, key: str, role: str, ground: str) -> None:
    """Paint a key cap between the left and right of ``where``, centred on ``middle``."""
    look = style.tokens()
    high = look.px(18)
    box = QRectF(where.left() + 0.5, round(middle - high / 2) + 0.5, where.width() - 1, high - 1)
    on_accent = role == "onacc"
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if on_accent:
        painter.setPen(QPen(look.onacc, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
    else:
        painter.setPen(QPen(look.line2 if look.theme == "light" else look.line, 1))
        painter.setBrush(look.bg3 if ground != "bg3" else look.bg2)
    painter.drawRoundedRect(box, 3, 3)
    painter.setFont(style.font("small"))
    painter.setPen(look.colour(role if role in ("onacc", "dis") else "t2"))
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), key)
    painter.restore()
