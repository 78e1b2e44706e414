"""The views of a run under their tabs; each is made, piece by piece, when it is first looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from widgets.common import hline
from widgets.pages.runs.comparison import ComparePane
from widgets.pages.runs.configuration import ConfigurationPane, LogPane
from widgets.pages.runs.evaluation import EvaluationPane
from widgets.pages.runs.machine import MachinePane
from widgets.pages.runs.overview import Overview
from widgets.pages.runs.predicted import PredictedPane
from widgets.pages.runs.records import Comparison, RunDetails
from widgets.pages.runs.samples import SamplePictures, SamplesPane
from widgets.turns import soon

#: The views of a run, in the order of their tabs.
TABS = ("overview", "predictions", "evaluation", "samples", "machine", "configuration", "log", "compare")
#: Those of each kind of runs. What an evaluation finds is shown with the run that it is of.
_OWN: Mapping[str, tuple[str, ...]] = {
    "train": tuple(name for name in TABS if name != "predictions"),
    "predict": ("predictions", "evaluation", "configuration", "log"),
    "evaluate": ("log",),
}
#: Those that have a margin of their own.
_WITH_MARGIN = ("overview", "predictions", "evaluation", "compare")

_View = TypeVar("_View", bound=QWidget)


class RunViews(QObject):
    """Makes the views, and fills the one that is seen; the page lays out :attr:`bar` and :attr:`panes`.

    A view that is asked for by its name is made and filled at once. ``turned``: another tab was chosen. The
    other signals are those of :class:`RunsPage`.
    """

    turned = Signal()
    evaluate_wanted = Signal()
    cell_opened = Signal(str)
    images_opened = Signal(object, str)
    image_annotated = Signal(int)
    predictions_wanted = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.pictures = SamplePictures(self)
        self.tabs = QTabBar()
        self.tabs.setAccessibleName("Views of the run")
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.panes = QStackedWidget()
        for name in TABS:
            self.tabs.addTab(name.capitalize())
            self.panes.addWidget(QWidget())
        self.bar = _over_a_line(self.tabs)
        self._kind = ""
        self._shown: tuple[RunDetails, ...] = ()
        self._comparison: Comparison | None = None
        #: Views that are made, those of them that are in their place, and those that come.
        self._views: dict[str, QWidget] = {}
        self._placed: set[str] = set()
        self._coming: set[str] = set()
        self.show_kind("train")
        self.tabs.currentChanged.connect(self._tab_changed)

    # -- what is shown --------------------------------------------------------------------------

    def show_runs(self, shown: Sequence[RunDetails], comparison: Comparison | None) -> None:
        """Show these runs, the first above all, in the view that is seen; there is at least one."""
        self._shown, self._comparison = tuple(shown), comparison
        self.show_kind(shown[0].kind)
        name = self.tab()
        if name in self._placed:
            self._fill(name)
        elif name not in self._coming:
            self._coming.add(name)
            for step in (self._built, self._place, self._fill):
                soon(self, lambda step=step: step(name))

    def show_tab(self, name: str) -> None:
        """Go to one of :data:`TABS`. ValueError for another."""
        self.tabs.setCurrentIndex(TABS.index(name))

    def tab(self) -> str:
        """Which view is seen."""
        return TABS[self.tabs.currentIndex()]

    def show_kind(self, kind: str) -> None:
        """Only the views that a run of this kind has."""
        if self._kind == kind:
            return
        self._kind = kind
        own = _OWN.get(kind, _OWN["train"])
        # The first view of the one kind stands for the first of the other.
        before = self.tab()
        blocked = self.tabs.blockSignals(True)
        for index, name in enumerate(TABS):
            # Only those that change: QTabBar forgets to lay itself out where the last call changes nothing.
            if self.tabs.isTabVisible(index) != (name in own):
                self.tabs.setTabVisible(index, name in own)
        self.show_tab(before if before in own else own[0])
        self.tabs.blockSignals(blocked)
        self.panes.setCurrentIndex(self.tabs.currentIndex())

    def settle(self) -> None:
        """Wait for pictures that are being decoded; for the end of the program."""
        self.pictures.close()
        found = self._views.get("predictions")
        if isinstance(found, PredictedPane):
            found.settle()

    def _tab_changed(self, index: int) -> None:
        self.panes.setCurrentIndex(index)
        self.turned.emit()

    # -- by their names -------------------------------------------------------------------------

    @property
    def overview(self) -> Overview:
        """Charts, figures, samples."""
        return self._whole("overview", Overview)

    @property
    def predictions(self) -> PredictedPane:
        """What a prediction run has found."""
        return self._whole("predictions", PredictedPane)

    @property
    def evaluation(self) -> EvaluationPane:
        """Everything that the evaluation found."""
        return self._whole("evaluation", EvaluationPane)

    @property
    def samples(self) -> SamplesPane:
        """Sample predictions by epoch."""
        return self._whole("samples", SamplesPane)

    @property
    def machine(self) -> MachinePane:
        """How busy the machine was."""
        return self._whole("machine", MachinePane)

    @property
    def configuration(self) -> ConfigurationPane:
        """How the selected runs were configured."""
        return self._whole("configuration", ConfigurationPane)

    @property
    def log(self) -> LogPane:
        """The end of the log."""
        return self._whole("log", LogPane)

    @property
    def compare(self) -> ComparePane:
        """The run against another one."""
        return self._whole("compare", ComparePane)

    def _whole(self, name: str, kind: type[_View]) -> _View:
        made = self._built(name)
        if name not in self._placed:
            self._place(name)
            self._fill(name)
        assert isinstance(made, kind)
        return made

    # -- how they come --------------------------------------------------------------------------

    def _built(self, name: str) -> QWidget:
        if name not in self._views:
            makers: Mapping[str, Callable[[], QWidget]] = {
                "overview": self._make_overview,
                "predictions": self._make_predictions,
                "evaluation": self._make_evaluation,
                "samples": self._make_samples,
                "machine": MachinePane,
                "configuration": ConfigurationPane,
                "log": LogPane,
                "compare": self._make_compare,
            }
            self._views[name] = makers[name]()
        return self._views[name]

    def _place(self, name: str) -> None:
        """Put a view that was made where it is seen."""
        if name in self._placed:
            return
        self._placed.add(name)
        self._coming.discard(name)
        index, view = TABS.index(name), self._views[name]
        before = self.panes.widget(index)
        self.panes.insertWidget(index, view if name in _WITH_MARGIN else _padded(view))
        if before is not None:
            self.panes.removeWidget(before)
            before.deleteLater()
        self.panes.setCurrentIndex(self.tabs.currentIndex())

    def _fill(self, name: str) -> None:
        """Show in a view what is known of the runs; only where it is a view of theirs, and seen."""
        if not self._shown or name != self.tab():
            return
        run, comparison = self._shown[0], self._comparison
        if name == "overview":
            self.overview.show_runs(self._shown, comparison)
        elif name == "predictions":
            self.predictions_wanted.emit(run)
        elif name == "evaluation":
            self.evaluation.show_run(run, comparison)
        elif name == "samples":
            self.samples.show_samples(run.folder, run.series.samples)
        elif name == "machine":
            self.machine.show_series(run.series)
        elif name == "configuration":
            self.configuration.show_runs(self._shown)
        elif name == "log":
            self.log.show_text(run.log_text)
        else:
            self.compare.show_comparison(comparison)

    def _make_overview(self) -> Overview:
        made = Overview(self.pictures)
        made.compare_wanted.connect(lambda: self.show_tab("compare"))
        made.samples_wanted.connect(lambda: self.show_tab("samples"))
        made.images_opened.connect(self.images_opened)
        made.image_annotated.connect(self.image_annotated)
        made.cell_opened.connect(self.cell_opened)
        return made

    def _make_evaluation(self) -> EvaluationPane:
        made = EvaluationPane()
        made.evaluate_wanted.connect(self.evaluate_wanted)
        made.cell_opened.connect(self.cell_opened)
        return made

    def _make_predictions(self) -> PredictedPane:
        made = PredictedPane()
        made.images_opened.connect(self.images_opened)
        made.image_annotated.connect(self.image_annotated)
        return made

    def _make_samples(self) -> SamplesPane:
        made = SamplesPane(self.pictures)
        made.opened.connect(self.image_annotated)
        return made

    def _make_compare(self) -> ComparePane:
        made = ComparePane()
        made.images_opened.connect(self.images_opened)
        made.image_annotated.connect(self.image_annotated)
        made.cell_opened.connect(self.cell_opened)
        return made


def _padded(inside: QWidget) -> QWidget:
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(16, 12, 16, 12)
    column.addWidget(inside)
    return made


def _over_a_line(tabs: QTabBar) -> QWidget:
    row = QVBoxLayout()
    row.setContentsMargins(8, 0, 8, 0)
    row.addWidget(tabs)
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addLayout(row)
    column.addWidget(hline())
    return holder
