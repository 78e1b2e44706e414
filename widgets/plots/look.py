"""How charts look: pens of lines, and pyqtgraph in the colours of the theme in force."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets import style

#: Dashes of the lines after the theme's own, in pixels: the fourth line is told from the first by them.
_MORE_DASHES = ((10, 3, 2, 3), (1, 3))


def line_look(number: int) -> tuple[QColor, tuple[int, ...]]:
    """Colour and dash (pixels) of a line; no two of the first nine look alike."""
    series = style.tokens().series
    colour, dash = series[number % len(series)]
    turn = number // len(series)
    return colour, dash if not turn else _MORE_DASHES[(turn - 1) % len(_MORE_DASHES)]


def line_pen(number: int, width: float = 2.0, *, dashed: bool = True, alpha: float = 1.0) -> QPen:
    """A cosmetic pen for a line of a chart."""
    colour, dash = line_look(number)
    shown = QColor(colour)
    shown.setAlphaF(alpha)
    pen = style.cosmetic_pen(shown, width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    pen.setJoinStyle(Qt.PenJoinStyle.BevelJoin)
    if dash and dashed:
        pen.setDashPattern([length / width for length in dash])
    return pen


def dress(plot: pg.PlotItem) -> None:
    """Give a plot's axes, grid and fonts the look in force."""
    look = style.tokens()
    for side in ("left", "bottom"):
        axis = plot.getAxis(side)
        axis.setPen(look.line2)
        axis.setTextPen(look.t2)
        axis.setTickPen(look.line)
        axis.setTickFont(style.font("small"))
        axis.label.setFont(style.font("small"))
        axis.label.setDefaultTextColor(look.t3)
        axis.enableAutoSIPrefix(False)
    # Only level lines: they are what a value is read by.
    plot.getAxis("left").setGrid(150)
    plot.getAxis("left").setStyle(tickLength=0)
    plot.getAxis("bottom").setStyle(tickLength=-4)


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """One line of a chart by name; ``number`` is its look, -1 a dotted reference."""

    text: str
    number: int


def paint_sample(painter: QPainter, left: float, middle: float, width: float, number: int) -> None:
    """Paint a short piece of a line at a place, for legends and lists."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    pen = line_pen(number) if number >= 0 else reference_pen()
    painter.setPen(pen)
    painter.drawLine(QPointF(left, middle), QPointF(left + width, middle))
    painter.restore()


def reference_pen() -> QPen:
    """For level lines of figures that stay as they are: baselines, published ones, other models."""
    look = style.tokens()
    pen = style.cosmetic_pen(look.t2, 1.5)
    pen.setDashPattern([1.4, 2.6])
    return pen


def short_names(names: Sequence[str]) -> list[str]:
    """Names without the words that all begin with: "run-a-2" and "run-b-2" are "a-2" and "b-2"."""
    parts = [re.findall(r"[^-_ /]*[-_ /]?", name) for name in names]
    same = 0
    # The last word of a name stays: each still says something.
    while (
        len(set(names)) > 1
        and all(same + 2 < len(one) for one in parts)
        and len({o[same] for o in parts}) == 1
    ):
        same += 1
    return ["".join(one[same:]) for one in parts]


class Legend(QWidget):
    """The names of the lines with a sample of each, in one row; names are shortened where room is scarce."""

    _SAMPLE, _GAP, _BETWEEN = 20, 6, 14

    def __init__(self) -> None:
        super().__init__()
        self._entries: tuple[LegendEntry, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        style.changed.connect(self.updateGeometry)

    def show_entries(self, entries: Sequence[LegendEntry]) -> None:
        """Name these lines."""
        self._entries = tuple(entries)
        names = ", ".join(entry.text for entry in entries)
        self.setAccessibleName(f"Lines: {names}" if names else "No lines")
        self.setToolTip(names)
        self.updateGeometry()
        self.update()

    def entries(self) -> tuple[LegendEntry, ...]:
        """What is named."""
        return self._entries

    def names(self) -> list[str]:
        """The names as they are painted: without what they all begin with."""
        return short_names([entry.text for entry in self._entries])

    def _widths(self) -> list[int]:
        metrics, look = QFontMetrics(style.font("small")), style.tokens()
        lead = look.px(self._SAMPLE + self._GAP)
        return [lead + metrics.horizontalAdvance(name) + 2 for name in self.names()]

    def sizeHint(self) -> QSize:
        look = style.tokens()
        between = look.px(self._BETWEEN) * max(0, len(self._entries) - 1)
        return QSize(sum(self._widths()) + between, look.px(18))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, style.tokens().px(18))

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._entries:
            return
        look = style.tokens()
        painter = QPainter(self)
        painter.setFont(style.font("small"))
        metrics = painter.fontMetrics()
        between = look.px(self._BETWEEN)
        widths = self._widths()
        excess = sum(widths) + between * (len(widths) - 1) - self.width()
        if excess > 0:
            share = max(0.0, 1 - excess / sum(widths))
            widths = [int(width * share) for width in widths]
        left = 0
        for entry, name, width in zip(self._entries, self.names(), widths, strict=True):
            sample = look.px(self._SAMPLE)
            paint_sample(painter, left, self.height() / 2, sample, entry.number)
            painter.setPen(look.t2)
            start = left + sample + look.px(self._GAP)
            room = QRect(start, 0, left + width - start, self.height())
            text = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, room.width())
            painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), text)
            left += width + between
        painter.end()
