"""A card with the curves of several runs: which figure, how smooth, on which scale."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QFont, QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QSlider, QToolButton, QVBoxLayout

from store.runs.lines import Points, smoothed
from widgets import style
from widgets.common import Card, GhostButton, label
from widgets.plots.chart import Chart, Line, Reference
from widgets.plots.later import LaterChart
from widgets.plots.look import Legend, LegendEntry

#: The slider's steps: hundredths of the weight of the past.
_SMOOTHEST = 99


@dataclass(frozen=True, slots=True, eq=False)
class RunCurves:
    """The figures of one run by name; ``look`` numbers its colour and dash.

    ``marks`` are its saved states: (step, epoch, whether it is the best).
    """

    label: str
    look: int
    curves: Mapping[str, Points]
    marks: tuple[tuple[float, float, bool], ...] = ()
    references: Mapping[str, tuple[Reference, ...]] = field(default_factory=dict)


class _TitleButton(GhostButton):
    """The card's heading, which opens the list of figures."""

    def _bold_font(self) -> QFont:
        return style.font("heading")

    def _padding(self) -> int:
        return style.tokens().px(6)


class CurvesCard(Card):
    """One chart of a figure that is chosen from those that the runs have.

    ``words`` turns a figure's name into a title. With ``smooth`` there is a slider, and what was measured
    is drawn faintly behind the smoothed line. ``figure_changed(name)``: another figure was chosen.
    """

    figure_changed = Signal(str)

    def __init__(
        self,
        title: str,
        nothing: str,
        words: Callable[[str], str] = str,
        *,
        smooth: float = 0.0,
        order: Callable[[Sequence[str]], list[str]] = sorted,
    ) -> None:
        super().__init__(padding=0)
        self._fallback, self._words, self._order = title, words, order
        self._runs: tuple[RunCurves, ...] = ()
        self._figure, self._by_step = "", False
        self._preferred = ""
        self._group: QActionGroup | None = None
        self.place = LaterChart("epoch", nothing=nothing)
        self.legend = Legend()
        self.title = _TitleButton(title)
        self.title.setMenu(QMenu(self.title))
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, _SMOOTHEST)
        self.slider.setValue(round(smooth * 100))
        self.slider.setAccessibleName("Smoothing")
        self.slider.setFixedWidth(style.tokens().px(64))
        self.slider.valueChanged.connect(self._smoothing_changed)
        self.slider.setToolTip("Smoothing")
        self.smoothing = label("", "note")
        self.smoothing.setToolTip("Smoothing")
        self.log = _Switch("log", "Logarithmic scale")
        self.log.toggled.connect(lambda on: self.chart.set_log(on))
        self.steps = _Switch("steps", "Over steps instead of epochs")
        self.steps.toggled.connect(self._axis_changed)
        self._build(smooth > 0)
        self._say_smoothing()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def _build(self, smooth: bool) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(8, 8, 10, 0)
        head.setSpacing(6)
        head.addWidget(self.title)
        if smooth:
            head.addWidget(self.slider)
            head.addWidget(self.smoothing)
        head.addStretch(1)
        head.addWidget(self.log)
        head.addWidget(self.steps)
        self._smooth = smooth
        below = QHBoxLayout()
        below.setContentsMargins(14, 0, 14, 0)
        below.addWidget(self.legend)
        inner = QVBoxLayout()
        inner.setContentsMargins(8, 2, 6, 6)
        inner.addWidget(self.place)
        self.body.setSpacing(0)
        self.body.addLayout(head)
        self.body.addLayout(below)
        self.body.addLayout(inner, 1)

    def sizeHint(self) -> QSize:
        return QSize(style.tokens().px(420), style.tokens().px(320))

    @property
    def chart(self) -> Chart:
        """The chart, which is made now where it was not yet."""
        return self.place.chart

    # ------------------------------------------------------------------ what is shown

    def show_runs(self, runs: Sequence[RunCurves], preferred: str = "") -> None:
        """Show the chosen figure of these runs; ``preferred`` is shown until another is chosen."""
        self._runs = tuple(runs)
        names = self.figures()
        if preferred in names and (preferred != self._preferred or self._figure not in names):
            self._figure, self._preferred = preferred, preferred
        elif self._figure not in names:
            self._figure = names[0] if names else ""
        self._offer(names)
        self._draw()

    def figures(self) -> list[str]:
        """The figures that can be chosen."""
        return self._order(list({name for run in self._runs for name in run.curves}))

    def figure(self) -> str:
        """The one that is shown."""
        return self._figure

    def choose(self, name: str) -> None:
        """Show another figure."""
        self._figure = name
        self._offer(self.figures())
        self._draw()
        self.chart.getPlotItem().getViewBox().enableAutoRange()
        self.figure_changed.emit(name)

    def weight(self) -> float:
        """How much the past counts in the smoothed line, 0..1."""
        return self.slider.value() / 100 if self._smooth else 0.0

    def _offer(self, names: Sequence[str]) -> None:
        self.title.set_face(self._words(self._figure) if self._figure else self._fallback)
        menu = self.title.menu()
        if [action.data() for action in menu.actions()] != list(names):
            menu.clear()
            self._group = QActionGroup(menu)
            for name in names:
                action = QAction(self._words(name), menu, checkable=True)
                action.setData(name)
                action.triggered.connect(lambda _on=False, name=name: self.choose(name))
                self._group.addAction(action)
                menu.addAction(action)
        for action in menu.actions():
            action.setChecked(action.data() == self._figure)
        self.title.setEnabled(bool(names))

    def _draw(self) -> None:
        lines: list[Line] = []
        references: list[Reference] = []
        entries: list[LegendEntry] = []
        for run in self._runs:
            points = run.curves.get(self._figure)
            if points is None:
                continue
            x = points.steps if self._by_step else points.epochs
            weight = self.weight()
            marks = tuple((step if self._by_step else epoch, best) for step, epoch, best in run.marks)
            shown = smoothed(points.values, weight) if weight else points.values
            raw = points.values if weight else None
            lines.append(Line(run.label, x, shown, run.look, raw, marks))
            entries.append(LegendEntry(run.label, run.look))
            references += run.references.get(self._figure, ())
        self.legend.show_entries(entries)
        self.place.show_lines(lines, list(dict.fromkeys(references)))

    def _smoothing_changed(self, _value: int) -> None:
        self._say_smoothing()
        self._draw()

    def _say_smoothing(self) -> None:
        self.smoothing.setText(f"smoothing {self.slider.value() / 100:.2f}")

    def _axis_changed(self, by_step: bool) -> None:
        self._by_step = by_step
        self.place.set_x_name("step" if by_step else "epoch")
        self._draw()


class _Switch(QToolButton):
    """A small word that is on or off."""

    def __init__(self, text: str, name: str) -> None:
        super().__init__()
        self.setText(text)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(name)
        self.setToolTip(name)
        self._fix()
        style.changed.connect(self._fix)

    def _fix(self) -> None:
        self.setFont(style.font("small"))
        look, words = style.tokens(), QFontMetrics(style.font("small")).horizontalAdvance(self.text())
        self.setFixedSize(words + look.px(20), look.px(22))


def link(*charts: LaterChart) -> None:
    """Let the cursors of charts over the same x move together."""
    for chart in charts:
        for other in charts:
            if other is not chart:
                chart.cursor_moved.connect(other.set_cursor)
