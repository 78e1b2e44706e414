"""A button that lies over a picture and switches what is drawn on it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from widgets import style


class OverButton(QAbstractButton):
    """Checked: what it names is drawn; an eye says so, a struck one that it is not."""

    def __init__(self, text: str, key: str = "") -> None:
        super().__init__()
        self.setText(text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover, True)
        self.setAccessibleName(text)
        self.setToolTip(f"{text} ({key})" if key else text)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        style.changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        look = style.tokens()
        wide = QFontMetrics(style.font("small", 600)).horizontalAdvance(self.text())
        return QSize(wide + look.px(16 + 5 + 16), look.px(22))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        look, painter = style.tokens(), QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        marked = self.hasFocus() or self.underMouse()
        painter.setPen(QPen(look.acc if marked else look.line2, 2 if self.hasFocus() else 1))
        painter.setBrush(look.bg0)
        painter.drawRoundedRect(room, 4, 4)
        side, left = look.px(14), look.px(8)
        place = QRectF(left, (self.height() - side) / 2, side, side)
        on = self.isChecked()
        style.draw(painter, place, "eye" if on else "eye-off", "acc" if on else "t2")
        painter.setFont(style.font("small", 600 if on else 400))
        painter.setPen(look.t1)
        words = QRectF(self.rect()).adjusted(left + side + look.px(5), 0, 0, 0)
        painter.drawText(words, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), self.text())
