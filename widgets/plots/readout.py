"""The small card beside a chart's cursor: what each line says there."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from widgets import style
from widgets.plots.look import paint_sample

_PADDING, _SAMPLE, _GAP, _TOP = 10, 20, 8, 8


class Readout(QWidget):
    """Painted over a chart, out of the mouse's way; a line without a value there shows a dash."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._chart = parent
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._title = ""
        self._rows: tuple[tuple[int, str, str | None], ...] = ()
        self.hide()

    def show_values(self, title: str, rows: Sequence[tuple[int, str, str | None]]) -> None:
        """``rows`` are (look of the line, its name, the value)."""
        self._title, self._rows = title, tuple(rows)
        self.setAccessibleName(title)
        self.setAccessibleDescription(", ".join(f"{name} {value or 'nothing'}" for _, name, value in rows))
        self.resize(self.sizeHint())
        self.update()

    def rows(self) -> tuple[tuple[int, str, str | None], ...]:
        """What is shown."""
        return self._rows

    def stand(self, x: int) -> None:
        """At the right of a place, or at its left where there is no room."""
        left = x + style.tokens().px(8)
        if left + self.width() > self._chart.width() - 4:
            left = x - style.tokens().px(8) - self.width()
        self.move(max(2, left), style.tokens().px(_TOP))
        self.raise_()

    def sizeHint(self) -> QSize:
        look = style.tokens()
        names, values = QFontMetrics(style.font("small")), QFontMetrics(style.font("small_strong"))
        # Room for six digits, so that the card keeps its width while the cursor moves.
        value = max(
            [
                values.horizontalAdvance("0.00000"),
                *(values.horizontalAdvance(v or "–") for _, _, v in self._rows),
            ]
        )
        name = min(max((names.horizontalAdvance(n) for _, n, _ in self._rows), default=0), look.px(160))
        row = look.px(_SAMPLE + _GAP) + name + look.px(16) + value
        width = max(row, names.horizontalAdvance(self._title)) + 2 * look.px(_PADDING)
        return QSize(width, self._line() * (len(self._rows) + 1) + look.px(12))

    def _line(self) -> int:
        return style.tokens().px(17)

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = style.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.line2, 1))
        painter.setBrush(look.bg3)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        pad, high = look.px(_PADDING), self._line()
        inner = QRect(pad, look.px(6), self.width() - 2 * pad, high)
        painter.setFont(style.font("small"))
        painter.setPen(look.t2)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(inner, int(middle | Qt.AlignmentFlag.AlignLeft), self._title)
        for number, name, value in self._rows:
            inner.translate(0, high)
            paint_sample(painter, inner.left(), inner.center().y() + 0.5, look.px(_SAMPLE), number)
            painter.setFont(style.font("small_strong"))
            painter.setPen(look.t1)
            painter.drawText(inner, int(middle | Qt.AlignmentFlag.AlignRight), value or "–")
            taken = painter.fontMetrics().horizontalAdvance(value or "–") + look.px(8)
            painter.setFont(style.font("small"))
            painter.setPen(look.t2)
            room = inner.adjusted(look.px(_SAMPLE + _GAP), 0, -taken, 0)
            short = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, room.width())
            painter.drawText(room, int(middle | Qt.AlignmentFlag.AlignLeft), short)
        painter.end()
