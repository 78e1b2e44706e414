"""How busy the machine is: bars for now, lines over the time of the run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from store.runs.series import Series
from store.runs.watched import Machine
from widgets import style
from widgets.common import Card, ProgressBar, label
from widgets.pages.runs.words import size
from widgets.plots.chart import Chart, Line
from widgets.plots.curves import link
from widgets.plots.later import LaterChart
from widgets.plots.look import Legend, LegendEntry


class MachineBars(QWidget):
    """Device, memory, CPU, loader and training as bars with their figures."""

    _NAMES = ("device", "memory", "CPU", "loader", "training")

    def __init__(self) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        self._live = False
        self._names, self._bars, self._values = [], [], []
        for row, name in enumerate(self._NAMES):
            words, bar, value = label(name, "table"), ProgressBar(name=name), label("–", "table")
            bar.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            bar.setMinimumWidth(style.tokens().px(40))
            words.setMinimumWidth(style.tokens().px(58))
            value.setMinimumWidth(style.tokens().px(72))
            value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            for column, widget in enumerate((words, bar, value)):
                grid.addWidget(widget, row, column)
            self._names.append(words)
            self._bars.append(bar)
            self._values.append(value)

    def show_series(self, series: Series, *, live: bool) -> None:
        """Show the newest figures; of a run that has ended, what it reached at its end."""
        now = series.machine[-1] if series.machine else None
        self._names[0].setText((now.device if now else series.device) or "device")
        loader, training = series.loader_throughput, series.throughput
        fastest = max(loader or 0.0, training or 0.0) or 1.0
        # On a processor the device and the CPU are the same.
        for part in (self._names[0], self._bars[0], self._values[0]):
            part.setVisible(self._names[0].text() != "cpu")
        # A bar says what is so now; of a run that has ended the figures are enough.
        self._live = live
        self._set(0, now.device_use if now else None, _percent(now.device_use if now else None))
        self._set_memory(now)
        self._set(2, now.cpu_use if now else None, _percent(now.cpu_use if now else None))
        self._set(3, loader / fastest if loader else None, _rate(loader))
        self._set(4, training / fastest if training else None, _rate(training))

    def _set_memory(self, now: Machine | None) -> None:
        if now is None:
            self._set(1, None, "–")
        elif now.memory_used is not None and now.memory_total:
            words = f"{size(now.memory_used)} of {size(now.memory_total)}\u2009GB"
            self._set(1, now.memory_used / now.memory_total, words)
        else:
            self._set(1, None, "–" if now.rss is None else f"{size(now.rss)}\u2009GB")

    def _set(self, row: int, share: float | None, words: str) -> None:
        self._bars[row].set_share(share or 0.0 if self._live else 0.0)
        self._values[row].setText(words)
        self._bars[row].setAccessibleDescription(words)


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share * 100:.0f}\u2009%"


def _rate(images: float | None) -> str:
    return "–" if images is None else f"{images:.1f}\u2009img/s"


class _LinesCard(Card):
    def __init__(self, title: str, unit: str, nothing: str) -> None:
        super().__init__(padding=0)
        head = QHBoxLayout()
        head.setContentsMargins(14, 10, 10, 0)
        head.setSpacing(8)
        head.addWidget(label(title, "heading"))
        head.addWidget(label(unit, "note"))
        self.legend = Legend()
        head.addWidget(self.legend, 1)
        self.place = LaterChart("minutes", nothing=nothing, least=130)
        inner = QVBoxLayout()
        inner.setContentsMargins(8, 2, 6, 6)
        inner.addWidget(self.place)
        self.body.addLayout(head)
        self.body.addLayout(inner, 1)

    @property
    def chart(self) -> Chart:
        """The chart, which is made now where it was not yet."""
        return self.place.chart

    def show_lines(self, lines: Sequence[Line]) -> None:
        shown = [line for line in lines if np.isfinite(line.y).any()]
        self.legend.show_entries([LegendEntry(line.label, line.look) for line in shown])
        self.place.show_lines(shown)


class MachinePane(QWidget):
    """Use, memory and images a second of one run over its time."""

    def __init__(self) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(12)
        nothing = "The run has not said anything of its machine yet"
        self.use = _LinesCard("Use", "% of the device and of all processors", nothing)
        self.memory = _LinesCard("Memory", "GB", nothing)
        self.rate = _LinesCard("Throughput", "images a second", "No step was made yet")
        self.learning = _LinesCard("Learning rate", "", "No step was made yet")
        self.rate.place.set_x_name("epoch")
        self.learning.place.set_x_name("epoch")
        for number, card in enumerate((self.use, self.memory, self.rate, self.learning)):
            grid.addWidget(card, number // 2, number % 2)
        link(self.use.place, self.memory.place)
        link(self.rate.place, self.learning.place)

    def show_series(self, series: Series) -> None:
        """Show the lines of a run."""
        machine = series.machine
        minutes = np.array([one.seconds / 60 for one in machine])
        device = next((one.device for one in reversed(machine) if one.device), "device")

        def column(values: Sequence[float | None], factor: float) -> np.ndarray:
            return np.array([np.nan if value is None else value * factor for value in values], float)

        self.use.show_lines(
            [
                Line(device, minutes, column([one.device_use for one in machine], 100), 0),
                Line("CPU", minutes, column([one.cpu_use for one in machine], 100), 1),
            ]
        )
        self.memory.show_lines(
            [
                Line(device, minutes, column([one.memory_used for one in machine], 1e-9), 0),
                Line("process", minutes, column([one.rss for one in machine], 1e-9), 1),
            ]
        )
        rates, names = series.rates, {"images_per_second": "training", "loader_images_per_second": "loader"}
        self.rate.show_lines(
            [
                Line(words, rates[name].epochs, rates[name].values, look)
                for look, (name, words) in enumerate(names.items())
                if name in rates
            ]
        )
        learning = rates.get("learning_rate")
        self.learning.show_lines(
            [Line("learning rate", learning.epochs, learning.values, 0)] if learning is not None else []
        )
