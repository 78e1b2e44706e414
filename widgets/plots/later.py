"""The place of a chart that is made in an event-loop turn of its own: each takes as long as a page."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from widgets import style
from widgets.plots.chart import Chart, Line, Reference
from widgets.turns import soon


class LaterChart(QWidget):
    """Shows what it was told last as soon as its chart is there; who asks for :attr:`chart` has it at once.

    ``cursor_moved(x)`` as of :class:`Chart`.
    """

    cursor_moved = Signal(float)

    def __init__(self, x_name: str, y_name: str = "", nothing: str = "", least: int = 150) -> None:
        """``least`` is the lowest height in pixels of the smallest text size."""
        super().__init__()
        self._x_name, self._y_name, self._nothing = x_name, y_name, nothing
        self._shown: tuple[tuple[Line, ...], tuple[Reference, ...]] = ((), ())
        #: Whether the chart has not been told yet what to show.
        self._waits = True
        self._least = style.tokens().px(least)
        self.setMinimumHeight(self._least)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        soon(self, lambda: self._made)
        soon(self, lambda: self.chart)

    def sizeHint(self) -> QSize:
        # The same without and with a chart: its coming moves nothing.
        return QSize(style.tokens().px(320), self._least)

    @property
    def chart(self) -> Chart:
        """The chart, with what is to be shown in it."""
        made = self._made
        if self._waits:
            self._waits = False
            made.show_lines(*self._shown)
        return made

    @cached_property
    def _made(self) -> Chart:
        made = Chart(self._x_name, self._y_name, self._nothing)
        made.cursor_moved.connect(self.cursor_moved)
        self._column.addWidget(made)
        self.setFocusProxy(made)
        return made

    def show_lines(self, lines: Sequence[Line], references: Sequence[Reference] = ()) -> None:
        """As of :meth:`Chart.show_lines`, at once or as soon as there is a chart."""
        before, self._shown = self._shown, (tuple(lines), tuple(references))
        # Other lines are drawn in a turn of their own; of the same ones only some points are new.
        self._waits = self._waits or [line.label for line in lines] != [line.label for line in before[0]]
        if self._waits:
            soon(self, lambda: self.chart)
        else:
            self._made.show_lines(lines, references)

    def set_x_name(self, name: str) -> None:
        """Another name of the x axis; all of x is shown."""
        self._x_name = name
        if "_made" in self.__dict__:
            self._made.set_x_name(name)

    def set_names(self, x_name: str, y_name: str) -> None:
        """Other names of both axes."""
        self.set_x_name(x_name)
        if y_name != self._y_name:
            self._y_name = y_name
            if "_made" in self.__dict__:
                self._made.getPlotItem().setLabel("left", y_name)

    def set_cursor(self, x: float) -> None:
        """Put the cursor somewhere, NaN for nowhere; emits nothing."""
        if "_made" in self.__dict__:
            self._made.set_cursor(x)
