"""A chart of lines over pyqtgraph, with a cursor that reads every line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QLabel, QWidget

from widgets import style
from widgets.common import label
from widgets.plots.lines import Line as Line
from widgets.plots.lines import Reference as Reference
from widgets.plots.lines import alike
from widgets.plots.look import dress, line_look, line_pen, reference_pen, short_names
from widgets.plots.readout import Readout

pg.setConfigOptions(antialias=True)


@dataclass(slots=True)
class _Drawn:
    """The items of one line."""

    curve: pg.PlotDataItem
    raw: pg.PlotDataItem
    marks: pg.ScatterPlotItem


@dataclass(slots=True)
class _Content:
    lines: tuple[Line, ...] = ()
    references: tuple[Reference, ...] = ()
    drawn: list[_Drawn] = field(default_factory=list)
    levels: list[pg.InfiniteLine] = field(default_factory=list)


class _Axis(pg.AxisItem):
    """One level of ticks, so that all their texts have as many decimals."""

    def tickSpacing(self, low: float, high: float, size: float) -> list[tuple[float, float]]:  # noqa: N802
        span = abs(high - low)
        if not span or not np.isfinite(span) or self.logMode:
            found: list[tuple[float, float]] = super().tickSpacing(low, high, size)
            return found
        least = span * style.tokens().px(36 if self.orientation == "bottom" else 26) / max(size, 1.0)
        power = 10.0 ** np.floor(np.log10(least))
        step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= least)
        return [(float(step), 0.0)]


class Chart(pg.PlotWidget):
    """Lines over a common x. Ctrl+wheel zooms, a drag zooms into a rectangle, a double click shows all.

    ``cursor_moved(x)``: the cursor was put somewhere, NaN for nowhere; give it to charts beside this one
    with :meth:`set_cursor`. Left and Right move the cursor, Escape takes it away.
    """

    cursor_moved = Signal(float)

    def __init__(
        self, x_name: str = "epoch", y_name: str = "", nothing: str = "Nothing measured yet"
    ) -> None:
        super().__init__(axisItems={side: _Axis(side) for side in ("left", "bottom")}, enableMenu=False)
        self._x_name = x_name
        self._content = _Content()
        self._log = False
        self._cursor = float("nan")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(pg.PlotWidget.Shape.NoFrame)
        plot = self.getPlotItem()
        plot.hideButtons()
        plot.setContentsMargins(0, 4, 10, 0)
        plot.getViewBox().setMouseMode(pg.ViewBox.RectMode)
        plot.getViewBox().setDefaultPadding(0.02)
        if y_name:
            plot.setLabel("left", y_name)
        self._name_x()
        self._line = pg.InfiniteLine(angle=90, movable=False)
        self._dots = pg.ScatterPlotItem(size=8)
        self._line.setZValue(20)
        self._dots.setZValue(21)
        for item in (self._line, self._dots):
            plot.addItem(item, ignoreBounds=True)
            item.hide()
        self.readout = Readout(self)
        self._nothing: QLabel = label(nothing, "note")
        self._nothing.setParent(self)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.scene().sigMouseMoved.connect(self._moved)
        plot.getViewBox().sigRangeChanged.connect(lambda *_: self._place_readout())
        self._dress()
        style.changed.connect(self._dress)
        self._show((), ())

    # ------------------------------------------------------------------ what is shown

    def show_lines(self, lines: Sequence[Line], references: Sequence[Reference] = ()) -> None:
        """Show these lines in place of those before; the zoom is kept. What is the same stays untouched."""
        before = self._content.lines
        changed = [not alike(line, old) for line, old in zip(lines, before, strict=False)]
        if len(lines) != len(before) or any(changed) or tuple(references) != self._content.references:
            self._show(lines, references, changed)

    def _show(
        self, lines: Sequence[Line], references: Sequence[Reference], changed: Sequence[bool] = ()
    ) -> None:
        """Draw lines anew; where ``changed`` says so of each, only those that have changed."""
        content = self._content
        same = [line.look for line in lines] == [line.look for line in content.lines]
        levels = tuple(references) != content.references
        content.lines, content.references = tuple(lines), tuple(references)
        if not same or not content.drawn:
            self._remake()
        for place, (line, drawn) in enumerate(zip(content.lines, content.drawn, strict=True)):
            if not same or not changed or changed[place]:
                self._fill(line, drawn)
        if levels:
            self._draw_levels()
        empty = not any(len(line.x) for line in lines)
        self._nothing.setVisible(empty)
        self.getPlotItem().setVisible(not empty)
        names = ", ".join(line.label for line in lines if len(line.x))
        self.setAccessibleName(f"Chart over {self._x_name}: {names}" if names else self._nothing.text())
        self._show_cursor()

    def lines(self) -> tuple[Line, ...]:
        """What is shown."""
        return self._content.lines

    def set_log(self, log: bool) -> None:
        """Whether y is on a logarithmic scale; values that are not positive are then gaps."""
        if log != self._log:
            self._log = log
            self.getPlotItem().setLogMode(y=log)
            self._dress()
            self._show(self._content.lines, self._content.references)
            self._draw_levels()
            self.getPlotItem().getViewBox().enableAutoRange()

    def set_x_name(self, name: str) -> None:
        """Another name of the x axis; all of x is shown."""
        if name != self._x_name:
            self._x_name = name
            self._name_x()
            self.getPlotItem().getViewBox().enableAutoRange()

    # ------------------------------------------------------------------ the cursor

    def cursor(self) -> float:
        """Where the cursor is on x; NaN for nowhere."""
        return self._cursor

    def set_cursor(self, x: float) -> None:
        """Put the cursor somewhere, NaN for nowhere; emits nothing."""
        self._cursor = x
        self._show_cursor()

    def values_at(self, x: float) -> list[tuple[Line, float | None]]:
        """What each line says at x: its last value at or before; None outside of the line."""
        found: list[tuple[Line, float | None]] = []
        for line in self._content.lines:
            index = int(np.searchsorted(line.x, x, side="right")) - 1
            if index >= 0 and index + 1 < len(line.x) and line.x[index + 1] - x < x - line.x[index]:
                index += 1
            inside = len(line.x) > 0 and index >= 0 and x <= line.x[-1] + self._slack()
            value = float(line.y[index]) if inside else float("nan")
            found.append((line, value if np.isfinite(value) else None))
        return found

    def _slack(self) -> float:
        low, high = self.getPlotItem().getViewBox().viewRange()[0]
        return 0.01 * float(high - low)

    def _show_cursor(self) -> None:
        found = [] if np.isnan(self._cursor) else self.values_at(self._cursor)
        shown = [(line, value) for line, value in found if value is not None]
        for item in (self._line, self._dots):
            item.setVisible(bool(shown))
        self.readout.setVisible(bool(shown))
        if not shown:
            return
        self._line.setPos(self._cursor)
        spots = [
            {"pos": (self._cursor, self._scaled(value)), "brush": line_look(line.look)[0]}
            for line, value in shown
        ]
        self._dots.setData(spots, pen=pg.mkPen(style.tokens().bg2, width=1))
        self.readout.show_values(
            f"{self._x_name} {_short(self._cursor)}",
            [
                (line.look, name, None if value is None else figure(value))
                for name, (line, value) in zip(
                    short_names([line.label for line, _ in found]), found, strict=True
                )
            ],
        )
        self._place_readout()

    def _place_readout(self) -> None:
        if self.readout.isVisibleTo(self):
            at = self.getPlotItem().getViewBox().mapViewToScene(QPointF(self._cursor, 0)).x()
            self.readout.stand(round(at))

    def _scaled(self, value: float) -> float:
        return float(np.log10(value)) if self._log and value > 0 else value

    def _moved(self, place: QPointF) -> None:
        box = self.getPlotItem().getViewBox()
        inside = box.sceneBoundingRect().contains(place)
        x = float(box.mapSceneToView(place).x()) if inside else float("nan")
        self._put_cursor(x)

    def _put_cursor(self, x: float) -> None:
        self.set_cursor(x)
        self.cursor_moved.emit(x)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._put_cursor(float("nan"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        ways = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        if event.key() in ways:
            self._step(ways[Qt.Key(event.key())])
        elif event.key() == Qt.Key.Key_Escape and not np.isnan(self._cursor):
            self._put_cursor(float("nan"))
        else:
            super().keyPressEvent(event)

    def _step(self, way: int) -> None:
        """To the next point of the line that has the most; some 100 steps from end to end."""
        longest = max(self._content.lines, key=lambda line: len(line.x), default=None)
        if longest is None or not len(longest.x):
            return
        stride = max(1, len(longest.x) // 100)
        if np.isnan(self._cursor):
            index = len(longest.x) - 1 if way < 0 else 0
        else:
            index = int(np.abs(longest.x - self._cursor).argmin()) + way * stride
        self._put_cursor(float(longest.x[min(max(index, 0), len(longest.x) - 1)]))

    # ------------------------------------------------------------------ the mouse

    def wheelEvent(self, event: QWheelEvent) -> None:
        # Without Ctrl the wheel belongs to the page, which scrolls.
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            super().wheelEvent(event)
        else:
            event.ignore()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.getPlotItem().getViewBox().enableAutoRange()
        event.accept()

    def close(self) -> bool:
        """As any widget. pyqtgraph would empty the scene under the items that Python still holds."""
        return QWidget.close(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if hasattr(self, "_nothing"):
            self._nothing.setGeometry(self.rect())
            self._show_cursor()

    # ------------------------------------------------------------------ drawing

    def _name_x(self) -> None:
        self.getPlotItem().setLabel("bottom", self._x_name)

    def _remake(self) -> None:
        plot, content = self.getPlotItem(), self._content
        for drawn in content.drawn:
            for item in (drawn.curve, drawn.raw, drawn.marks):
                plot.removeItem(item)
        content.drawn = []
        for line in content.lines:
            raw, curve = pg.PlotDataItem(), pg.PlotDataItem()
            for item, method in ((raw, "peak"), (curve, "subsample")):
                item.setDownsampling(auto=True, method=method)
                item.setClipToView(True)
                plot.addItem(item)
            marks = pg.ScatterPlotItem()
            plot.addItem(marks, ignoreBounds=True)
            # The first run is the one looked at: it lies on top.
            depth = 10 - line.look
            raw.setZValue(depth - 10)
            curve.setZValue(depth)
            marks.setZValue(depth + 0.5)
            content.drawn.append(_Drawn(curve, raw, marks))

    def _fill(self, line: Line, drawn: _Drawn) -> None:
        drawn.curve.setPen(line_pen(line.look))
        drawn.curve.setData(line.x, self._plain(line.y), connect="finite")
        drawn.raw.setPen(line_pen(line.look, 1.0, dashed=False, alpha=0.35))
        if line.raw is None:
            drawn.raw.setData([], [])
        else:
            drawn.raw.setData(line.x, self._plain(line.raw), connect="finite")
        drawn.marks.setData(self._spots(line))

    def _plain(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.where(values > 0, values, np.nan) if self._log else values

    def _spots(self, line: Line) -> list[dict[str, object]]:
        """Saved states as small diamonds on the line, the best a larger star."""
        if not len(line.x):
            return []
        look, colour = style.tokens(), line_look(line.look)[0]
        spots: list[dict[str, object]] = []
        for x, best in line.marks:
            index = int(np.abs(line.x - x).argmin())
            y = self._scaled(float(line.y[index]))
            spot: dict[str, object] = {"pos": (float(line.x[index]), y), "pen": pg.mkPen(colour, width=1.2)}
            spot |= (
                {"symbol": "star", "size": 13, "brush": colour}
                if best
                else {"symbol": "d", "size": 8, "brush": look.bg2}
            )
            spots.append(spot)
        return spots

    def _draw_levels(self) -> None:
        plot, content = self.getPlotItem(), self._content
        for old in content.levels:
            plot.removeItem(old)
        content.levels = []
        for place, reference in enumerate(content.references):
            if self._log and reference.value <= 0:
                continue
            level = pg.InfiniteLine(
                self._scaled(reference.value),
                angle=0,
                pen=reference_pen(),
                label=f"{reference.label} {figure(reference.value)}",
                labelOpts={
                    # Levels near each other: their names stand beside each other, and no line goes through.
                    "position": 0.98 - 0.4 * (place % 2),
                    # Below a line in the upper half of the view, above one in the lower: both stay inside.
                    "anchors": [(1, -0.05), (1, 1.05)],
                    "color": style.tokens().t2,
                    "fill": style.tokens().bg2,
                },
            )
            level.label.setFont(style.font("small"))
            # Levels are low in most charts, names above them: a name covers the line of the next level up.
            level.setZValue(sum(other.value > reference.value for other in content.references))
            plot.addItem(level)
            content.levels.append(level)

    def _dress(self) -> None:
        look = style.tokens()
        self.setBackground(look.bg2)
        dress(self.getPlotItem())
        pen = style.cosmetic_pen(look.t3, 1)
        pen.setDashPattern([3, 3])
        self._line.setPen(pen)
        for line, drawn in zip(self._content.lines, self._content.drawn, strict=True):
            self._fill(line, drawn)
        self._draw_levels()


def figure(value: float) -> str:
    """A figure with three decimals, or in powers of ten where that would hide it."""
    if value and (abs(value) < 0.001 or abs(value) >= 10_000):
        return f"{value:.2e}"
    return f"{value:.3f}" if abs(value) < 100 else f"{value:,.1f}"


def _short(x: float) -> str:
    return f"{x:,.0f}" if abs(x) >= 100 else f"{x:.1f}" if abs(x) >= 1 or not x else f"{x:.2f}"
