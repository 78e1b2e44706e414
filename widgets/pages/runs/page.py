"""The Runs page: what is trained and was trained, how it goes, and how good it has become."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from widgets import style
from widgets.common import Banner, EmptyState, PrimaryButton, SearchField, hline, surface
from widgets.pages.runs import states
from widgets.pages.runs.head import RunHead
from widgets.pages.runs.list import RunList
from widgets.pages.runs.overview import Overview
from widgets.pages.runs.records import Comparison, RunDetails, RunSummary
from widgets.pages.runs.side import RunsSide
from widgets.pages.runs.views import TABS as TABS
from widgets.pages.runs.views import RunViews

_LEFT, _LEFT_NARROW = 296, 248
#: Below this width of the page the list is narrower, and the side panel hides unless it is asked for.
_NARROW = 1300


class RunsPage(QWidget):
    """Shows runs; knows nothing of stores and processes. Runs are named by their id.

    ``selection_changed(ids)``: these should be shown, the current one first; :meth:`show_details` is
    awaited for each. ``resume_wanted(id, settings)``: settings change the configuration, None changes
    nothing. ``compare_wanted(first, second)``: :meth:`show_comparison` is awaited; the second is the
    current run. ``cell_opened(where)``: Browse should show the images of a filter.
    ``images_opened(ids, title)``: Browse should show these images. ``image_annotated(id)``: open this one
    in Annotate. ``predictions_wanted(RunDetails)``: ``views.predictions`` should show this run.
    """

    new_run_wanted = Signal()
    pause_wanted = Signal(str)
    continue_wanted = Signal(str)
    stop_wanted = Signal(str)
    resume_wanted = Signal(str, object)
    evaluate_wanted = Signal(str)
    delete_wanted = Signal(str)
    folder_wanted = Signal(str)
    selection_changed = Signal(list)
    compare_wanted = Signal(str, str)
    cell_opened = Signal(str)
    images_opened = Signal(object, str)
    image_annotated = Signal(int)
    predictions_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        surface(self, "page")
        self._runs: tuple[RunSummary, ...] = ()
        self._details: dict[str, RunDetails] = {}
        self._comparison: Comparison | None = None
        self._side_shown = True
        self._said: states.Said | None = None
        self.views = RunViews(self)
        self.tabs, self.panes, self.pictures = self.views.tabs, self.views.panes, self.views.pictures
        self.list = RunList()
        self.side = RunsSide()
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._build_left())
        whole.addWidget(self._build_middle(), 1)
        whole.addWidget(self.side)
        self._connect()
        self.setFocusProxy(self.list)
        self._refresh()

    # -- what is shown --------------------------------------------------------------------------

    def show_runs(self, runs: Sequence[RunSummary]) -> None:
        """Show these runs in the list, newest first; what is selected stays selected."""
        self._runs = tuple(runs)
        there = {run.id for run in runs}
        self._details = {run: details for run, details in self._details.items() if run in there}
        self.list.show_runs(runs)
        self._refresh_head()

    def show_details(self, details: RunDetails) -> None:
        """Show a selected run; one that is not selected any more is ignored."""
        if details.id in self.list.ids():
            self._details[details.id] = details
            self._refresh()

    def show_comparison(self, comparison: Comparison) -> None:
        """Show how two runs differ, and go to where it can be read."""
        self._comparison = comparison
        self.show_tab("compare")
        self._refresh()

    def show_message(self, text: str, fix: str = "") -> None:
        """Say across the page what went wrong and what to do; an empty text takes it away."""
        self.message.setVisible(bool(text))
        if text:
            self.message.show_message("bad", text, fix)

    def select(self, run: str) -> None:
        """Make a run current, as if the person had; nothing happens where it is not there."""
        if any(one.id == run for one in self._runs):
            self.search.clear()
            self.list.choose(run)

    def selected(self) -> list[str]:
        """What is shown: the current run first, then those in its charts."""
        return self.list.ids()

    def show_tab(self, name: str) -> None:
        """Go to one of :data:`TABS`. ValueError for another."""
        self.views.show_tab(name)

    @property
    def overview(self) -> Overview:
        """The first view of a training run; made now where it was not yet."""
        return self.views.overview

    # -- how it is built ------------------------------------------------------------------------

    def _build_left(self) -> QWidget:
        left = surface(QWidget(), "leftpanel")
        left.setAccessibleName("Runs")
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 1, 0)
        column.setSpacing(0)
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 9, 12, 9)
        bar.setSpacing(8)
        self.search = SearchField("Filter runs", name="Filter runs")
        self.search.changed.connect(self.list.search)
        self.new_run = PrimaryButton("New run", "plus")
        bar.addWidget(self.search, 1)
        bar.addWidget(self.new_run)
        column.addLayout(bar)
        column.addWidget(hline())
        column.addWidget(self.list, 1)
        self._left = left
        return left

    def _build_middle(self) -> QWidget:
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.message = Banner("bad", " ", closable=True)
        self.message.hide()
        self.banner = Banner("info", " ")
        around = QVBoxLayout()
        around.setContentsMargins(16, 10, 16, 0)
        around.setSpacing(8)
        around.addWidget(self.message)
        around.addWidget(self.banner)
        self._around = around
        self.head = RunHead()
        column.addWidget(self.head)
        column.addWidget(self.views.bar)
        column.addLayout(around)
        column.addWidget(self.panes, 1)
        self.empty = EmptyState(
            "activity", "Runs that learn from this store show here, with their curves and results", "New run"
        )
        self.empty.action.connect(self.new_run_wanted)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.empty)
        self._stack.addWidget(middle)
        return self._stack

    def _connect(self) -> None:
        self.new_run.clicked.connect(self.new_run_wanted)
        self.list.chosen.connect(self._chosen)
        self._connect_views()
        head = self.head
        head.pause_pressed.connect(lambda: self._about_current(self.pause_wanted.emit))
        head.continue_pressed.connect(lambda: self._about_current(self.continue_wanted.emit))
        head.stop_pressed.connect(lambda: self._about_current(self.stop_wanted.emit))
        head.resume_pressed.connect(lambda: self._act(states.RESUME))
        head.evaluate_pressed.connect(lambda: self._act(states.EVALUATE))
        head.delete_pressed.connect(lambda: self._about_current(self.delete_wanted.emit))
        head.folder_pressed.connect(lambda: self._about_current(self.folder_wanted.emit))
        head.compare_chosen.connect(
            lambda other: self._about_current(lambda run: self.compare_wanted.emit(other, run))
        )
        self.side.log_wanted.connect(lambda: self.show_tab("log"))

    def _connect_views(self) -> None:
        views = self.views
        views.turned.connect(self._refresh)
        views.evaluate_wanted.connect(lambda: self._act(states.EVALUATE))
        views.cell_opened.connect(self.cell_opened)
        views.images_opened.connect(self.images_opened)
        views.image_annotated.connect(self.image_annotated)
        views.predictions_wanted.connect(self.predictions_wanted)

    # -- what happens ---------------------------------------------------------------------------

    def _about_current(self, call: object) -> None:
        ids = self.list.ids()
        if ids and callable(call):
            call(ids[0])

    def _act(self, what: str) -> None:
        """What the buttons of banners and of the head do."""
        ids = self.list.ids()
        if not ids:
            return
        details = self._details.get(ids[0])
        if what == states.RESUME:
            self.resume_wanted.emit(ids[0], None)
        elif what == states.SMALLER and details is not None:
            self.resume_wanted.emit(ids[0], dict(details.smaller))
        elif what == states.EVALUATE:
            self.evaluate_wanted.emit(ids[0])
        elif what == states.CONTINUE:
            self.continue_wanted.emit(ids[0])
        elif what == states.LOG:
            self.show_tab("log")

    def _chosen(self, ids: list[str]) -> None:
        self._details = {run: details for run, details in self._details.items() if run in ids}
        comparison = self._comparison
        if comparison is not None and (not ids or comparison.second != ids[0]):
            self._comparison = None
        self.selection_changed.emit(ids)
        self._refresh()

    def _current(self) -> RunSummary | None:
        ids = self.list.ids()
        return next((run for run in self._runs if ids and run.id == ids[0]), None)

    def _refresh(self) -> None:
        """Show what is known of the selected runs, in the view that is seen."""
        self._refresh_head()
        run = self._current()
        details = self._details.get(run.id) if run is not None else None
        self.panes.setVisible(details is not None)
        if details is None:
            return
        self.side.show_run(details)
        shown = [self._details[one] for one in self.list.ids() if one in self._details]
        self.views.show_runs(shown, self._comparison)

    def _refresh_head(self) -> None:
        run = self._current()
        self._stack.setCurrentIndex(0 if run is None else 1)
        # The empty page has its own button.
        self._left.setVisible(bool(self._runs))
        self._arrange()
        if run is None:
            return
        details = self._details.get(run.id)
        evaluated = details is not None and details.evaluation is not None
        self.head.show_run(run, evaluated=evaluated)
        drawn = set(self.list.ids())
        others = [one for one in self._runs if one.id != run.id and one.kind == "train" and not one.live]
        self.head.show_rivals([(one.id, one.name, one.id in drawn) for one in others] if evaluated else [])
        said = states.said_of(details) if details is not None else None
        if said is not None and said.kind == "ok" and self.tabs.currentIndex():
            # Good news are told once, where a run is first looked at.
            said = None
        self.banner.setVisible(said is not None)
        if said is not None and said != self._said:
            actions = [(words, lambda what=what: self._act(what)) for words, what in said.actions]
            self.banner.show_message(said.kind, said.title, said.text, actions)
        self._said = said

    # -- room -----------------------------------------------------------------------------------

    def _arrange(self) -> None:
        """Only a change of room or of emptiness moves the side panel: between them it is the person's."""
        narrow = self.width() < style.tokens().px(_NARROW)
        shown = not narrow and self._current() is not None
        self._left.setFixedWidth(style.tokens().px(_LEFT_NARROW if narrow else _LEFT))
        if shown != self._side_shown:
            self._side_shown = shown
            self.side.setVisible(shown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def close_pictures(self) -> None:
        """Wait for pictures that are being decoded; for the end of the program."""
        self.views.settle()
