"""Precision over recall, or any other lines of an evaluation that belong together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from store.runs.results import Curve
from widgets.common import Card, Segmented, label
from widgets.plots.chart import Chart, Line
from widgets.plots.chooser import Chooser
from widgets.plots.later import LaterChart
from widgets.plots.look import Legend, LegendEntry


class CurvesOfEvaluation(Card):
    """The curves of an evaluation, one chart at a time; the charts are named by ``Curve.chart``."""

    def __init__(self, title: str = "Precision and recall") -> None:
        super().__init__(padding=0)
        self._curves: tuple[Curve, ...] = ()
        self._chosen = ""
        self._choice: Segmented | None = None
        self.classes = Chooser("Class")
        self.classes.chosen.connect(lambda _name: self._draw())
        self._head = QHBoxLayout()
        self._head.setContentsMargins(14, 8, 10, 0)
        self._head.setSpacing(8)
        self._head.addWidget(label(title, "heading"))
        self._head.addStretch(1)
        self._head.addWidget(self.classes)
        self.legend = Legend()
        self.place = LaterChart("recall", "precision", "This evaluation has no curves", least=200)
        inner = QVBoxLayout()
        inner.setContentsMargins(8, 2, 6, 6)
        inner.setSpacing(4)
        inner.addWidget(self.place)
        self.body.setSpacing(4)
        self.body.addLayout(self._head)
        row = QHBoxLayout()
        row.setContentsMargins(14, 0, 14, 0)
        row.addWidget(self.legend)
        self.body.addLayout(row)
        self.body.addLayout(inner, 1)

    @property
    def chart(self) -> Chart:
        """The chart, which is made now where it was not yet."""
        return self.place.chart

    def show_curves(self, curves: Sequence[Curve]) -> None:
        """Show these, beginning with the first chart of theirs; the same once more changes nothing."""
        if tuple(curves) == self._curves:
            return
        self._curves = tuple(curves)
        names = list(dict.fromkeys(curve.chart for curve in curves))
        if self._choice is not None:
            self._head.removeWidget(self._choice)
            self._choice.hide()
            self._choice.deleteLater()
            self._choice = None
        if self._chosen not in names:
            self._chosen = names[0] if names else ""
        if len(names) > 1:
            self._choice = Segmented([(name, name) for name in names], self._chosen, name="Chart")
            self._choice.chosen.connect(self.choose)
            self._head.addWidget(self._choice)
        self._draw()

    def choose(self, chart: str) -> None:
        """Show another chart."""
        self._chosen = chart
        self._draw()

    def chosen(self) -> str:
        """The chart that is shown."""
        return self._chosen

    def _of_class(self, curves: Sequence[Curve]) -> list[Curve]:
        """Those over everything, and those of the class that is chosen: fifteen lines say nothing."""
        classes = list(dict.fromkeys(_class(curve) for curve in curves))
        self.classes.show_choices(classes)
        return [curve for curve in curves if _class(curve) in (classes[0], self.classes.value())]

    def _draw(self) -> None:
        shown = self._of_class([curve for curve in self._curves if curve.chart == self._chosen])
        lines = []
        for number, curve in enumerate(shown):
            x, y = np.asarray(curve.x, float), np.asarray(curve.y, float)
            order = np.argsort(x, kind="stable")
            lines.append(Line(curve.label, x[order], y[order], number))
        if shown:
            self.place.set_names(shown[0].x_name, shown[0].y_name)
        self.legend.show_entries([LegendEntry(curve.label, n) for n, curve in enumerate(shown)])
        self.place.show_lines(lines)


def _class(curve: Curve) -> str:
    """What a curve is of: "skirt" of "skirt, .50"; "all" where it names no class."""
    return curve.label.rpartition(", ")[0] or "all"
