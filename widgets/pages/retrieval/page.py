"""The Retrieval page: queries at the left, one of them with its results, the verdict at the right."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from store.db.verdicts import Cause
from widgets import style
from widgets.common import Banner, surface
from widgets.pages.retrieval.bar import OF_QUERIES, RetrievalBar
from widgets.pages.retrieval.board import Board
from widgets.pages.retrieval.crops import Crops
from widgets.pages.retrieval.records import (
    JOINING,
    SPLITTING,
    BoardState,
    Forecast,
    Query,
    QueryRow,
    RunChoice,
)
from widgets.pages.retrieval.verdict import VerdictSide

#: A repair is counted beforehand when a person has stayed with a query so long, in milliseconds.
_FORECAST_AFTER = 150
#: Below this width the list folds to its thumbnails, and the bar says less.
_NARROW = 1300
#: Below this one, which takes a large font, the bar has the views and little else.
_TIGHT = 1100


class RetrievalPage(QWidget):
    """Shows a ranking, and other views of the same garments; knows nothing of stores.

    ``list_wanted(order, everything)``; ``query_wanted(query)``: it is current; ``run_wanted(id)``;
    ``verdict_said(query, result_id, Cause, note)``; ``forecast_wanted`` and ``repair_wanted`` with the same
    arguments but for the forecast's note; ``undo_wanted``; ``annotate_wanted(image_id)``;
    ``images_wanted(ids, title)``: show these images in Browse; ``start_wanted``: the button of the empty
    page; ``similar_wanted``: find what looks like the current garment; ``view_changed(key)``: another view
    is in front, by a key of ``bar.VIEWS``.
    """

    list_wanted = Signal(str, bool)
    query_wanted = Signal(int)
    run_wanted = Signal(str)
    verdict_said = Signal(int, int, object, str)
    forecast_wanted = Signal(int, int, object)
    repair_wanted = Signal(int, int, object, str)
    undo_wanted = Signal()
    annotate_wanted = Signal(int)
    images_wanted = Signal(object, str)
    start_wanted = Signal()
    similar_wanted = Signal()
    view_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        surface(self, "page")
        self.crops = Crops(self)
        self.board, self.side = Board(self.crops), VerdictSide()
        self.pane, self.list, self.empty = self.board.pane, self.board.list, self.board.empty
        self.which = self.pane.which
        self._view = "board"
        self._views: dict[str, QWidget] = {}
        self._state: BoardState | None = None
        self._query: Query | None = None
        self._cause: Cause | None = None
        self._forecast: Forecast | None = None
        self._busy = False
        self._writable = True
        self._build()
        self._connect()
        self.setFocusProxy(self.list)
        self.show_empty("Looking for rankings", "")

    # -- what is shown --------------------------------------------------------------------------

    def show_empty(self, sentence: str, button: str, icon: str = "photo-search") -> None:
        """Say why there is no board, and what can be done about it."""
        self._state = self._query = None
        self.list.show_rows(())
        self.empty.say(sentence, button, icon=icon)
        self._show_place(board=False)

    def show_runs(self, runs: Sequence[RunChoice], current: str) -> None:
        """Which rankings there are to choose from."""
        self.pane.show_runs(runs, current)

    def show_state(self, state: BoardState) -> None:
        """Show a ranking as it stands now; the current query stays current where it is still listed."""
        self._state = state
        self._busy = False
        told = state.metrics
        self._tell_figures()
        self.pane.show_counts(told.failures, told.queries)
        self.side.show_causes(state.causes, state.judged)
        self.side.show_repairs(told.repairs, told.start, told.top.get(1, 0.0))
        self.board.show_gallery(told.gallery)
        if not state.rows:
            self.list.show_rows(())
            self.empty.say(self._nothing(state), "", icon="circle-check")
            self._show_place(board=False)
            self._count()
            return
        self._show_place(board=True)
        self.list.show_rows(state.rows)
        self._count()

    def show_query(self, query: Query) -> None:
        """Show a query with its results; one that is not current any more is not shown."""
        row = self.list.current()
        if row is None or row.query != query.row.query:
            return
        self._query = query
        self.board.show_query(query)
        self._cause = query.own.cause if query.own is not None else None
        self.side.show_verdict(query.own)
        self.side.show_others(query.others)
        self._result_changed()

    def show_ahead(self, query: Query) -> None:
        """Have the pictures of the next query ready."""
        self.board.show_ahead(query)

    def show_forecast(self, found: Forecast) -> None:
        """What the repair of the chosen cause would do."""
        self._forecast = found
        self.side.show_forecast(self._cause, found)

    def show_message(
        self, kind: str, text: str, fix: str = "", actions: Sequence[tuple[str, Callable[[], object]]] = ()
    ) -> None:
        """Say across the page what has happened; an empty text takes it away."""
        self._busy = False
        self.message.setVisible(bool(text))
        if text:
            self.message.show_message(kind, text, fix, actions)

    def set_writable(self, writable: bool) -> None:
        """Whether verdicts and repairs can be kept."""
        self._writable = writable
        self.side.set_writable(writable)

    def query(self) -> Query | None:
        """The query that is shown."""
        return self._query

    def current(self) -> QueryRow | None:
        """The query that is current in the list."""
        return self.list.current()

    # -- what keys and buttons do ---------------------------------------------------------------

    def judge(self, cause: Cause) -> None:
        """Say why the current query failed; it is kept at once."""
        if self._query is None or not self._writable or self._busy or self._view != "board":
            return
        self._cause = cause
        self.verdict_said.emit(self._query.row.query, self._result_id(), cause, self.side.note.text().strip())
        for one, button in self.side.buttons.items():
            button.setChecked(one is cause)
        self._ask_forecast()

    def go(self) -> None:
        """The main action: the repair that is shown and the next query, or only the next one."""
        if self._busy or self._query is None:
            return
        found = self._forecast if self._view == "board" else None
        if found is not None and not found.hindrance and self._cause is not None:
            self._busy = True
            note = self.side.note.text().strip()
            self.repair_wanted.emit(self._query.row.query, self._result_id(), self._cause, note)
        elif not self._waits():
            self.step(1)

    def _waits(self) -> bool:
        """Whether a repair is chosen that is still being counted."""
        if self._view != "board":
            return False
        return self._forecast is None and (self._cause in JOINING or self._cause in SPLITTING)

    def undo(self) -> None:
        """Take back the last repair."""
        if not self._busy:
            self.undo_wanted.emit()

    def step(self, by: int) -> None:
        """Go to the next query, or the one before."""
        self.list.step(by)

    def zoom_in(self) -> None:
        """Show all crops nearer, in step; after the nearest as at first."""
        self.board.zoom_in()

    # -- how it is built ------------------------------------------------------------------------

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.bar = RetrievalBar()
        self.count, self.figures = self.bar.count, self.bar.figures
        column.addWidget(self.bar)
        self.message = Banner("bad", " ", closable=True)
        self.message.hide()
        column.addWidget(self.message)
        self.body = QStackedWidget()
        column.addWidget(self.body, 1)
        desk = QWidget()
        rest = QHBoxLayout(desk)
        rest.setContentsMargins(0, 0, 0, 0)
        rest.setSpacing(0)
        rest.addWidget(self.board, 1)
        rest.addWidget(self.side)
        self.add_view("board", desk)
        self.add_view("two", desk)
        self._later = QTimer(self, singleShot=True, interval=_FORECAST_AFTER)
        self._later.timeout.connect(self._want_forecast)

    # -- the views ------------------------------------------------------------------------------

    def add_view(self, key: str, widget: QWidget) -> None:
        """Have a view of ``bar.VIEWS`` in the switch; KeyError for another."""
        self.bar.offer_view(key)
        self._views[key] = widget
        self.body.addWidget(widget)

    def show_view(self, key: str) -> None:
        """Bring a view to the front, with the keys; KeyError for one that was not added."""
        widget = self._views[key]
        self.bar.views.set_value(key)
        if key == self._view:
            return
        self._view = key
        if key in OF_QUERIES:
            self.board.compare(key == "two")
            self.side.setVisible(key == "board" and self.list.queries.rowCount() > 0)
        self.body.setCurrentWidget(widget)
        self.setFocusProxy(self.list if key in OF_QUERIES else widget)
        self._tell_view()
        (self.list if key in OF_QUERIES else widget).setFocus()
        self.view_changed.emit(key)

    def offer(self, key: str) -> None:
        """Bring a view to the front if there is one of that key."""
        if self.has_view(key):
            self.show_view(key)

    def view(self) -> str:
        """The key of the view in front."""
        return self._view

    def has_view(self, key: str) -> bool:
        """Whether a view has been added."""
        return key in self._views

    def _tell_view(self) -> None:
        self.bar.show_queries(self._state is not None, self._view in OF_QUERIES)

    def _connect(self) -> None:
        self.empty.action.connect(self.start_wanted)
        self.bar.stepped.connect(self.step)
        self.bar.view_chosen.connect(self.show_view)
        self.bar.similar_wanted.connect(self.similar_wanted)
        self.pane.run_wanted.connect(self.run_wanted)
        self.pane.changed.connect(self._want_list)
        self.list.chosen.connect(self._query_changed)
        self.board.result_changed.connect(self._result_changed)
        self.side.said.connect(self.judge)
        self.side.noted.connect(self._note)
        self.side.go.connect(self.go)
        self.side.undo.connect(self.undo)
        self.side.annotate.connect(self._annotate)

    # -- what happens ---------------------------------------------------------------------------

    def listing(self) -> tuple[str, bool]:
        """The order of the list, and whether all queries are in it."""
        return self.pane.listing()

    def _tell_figures(self) -> None:
        """The shares that are right; where there is little room only the first, and all in the tooltip."""
        state = self._state
        if state is not None:
            told = [f"top-{k} {value:.3f}" for k, value in state.metrics.top.items()]
            narrow = self.width() < style.tokens().px(_NARROW)
            self.figures.setText("   ".join(told[:2] if narrow else told))
            lines = (f"{state.metrics.queries:,} queries: {', '.join(told)}", *state.notes)
            self.figures.setToolTip("\n".join(lines))

    def _want_list(self) -> None:
        self.list_wanted.emit(*self.listing())

    def _query_changed(self, query: int) -> None:
        self._query, self._forecast, self._cause = None, None, None
        self._later.stop()
        self._count()
        self.query_wanted.emit(query)

    def _count(self) -> None:
        place, count = self.list.currentIndex().row() + 1, self.list.queries.rowCount()
        kind = "queries" if self.which.value() == "all" else "failures"
        self.count.setText(f"Query {place:,} of {count:,} {kind}" if count else f"No {kind}")

    def _result_changed(self) -> None:
        query, hit = self._query, self.board.results.selected()
        if query is not None:
            self.board.query.show_agreement(query, hit)
        self.side.show_selected(hit.place if hit is not None else 0)
        self._ask_forecast()

    def _ask_forecast(self) -> None:
        self._forecast = None
        self.side.show_forecast(self._cause, None)
        if self._query is not None and (self._cause in JOINING or self._cause in SPLITTING):
            self._later.start()
        else:
            self._later.stop()

    def _want_forecast(self) -> None:
        if self._query is not None and self._cause is not None:
            self.forecast_wanted.emit(self._query.row.query, self._result_id(), self._cause)

    def _result_id(self) -> int:
        hit = self.board.results.selected()
        return hit.garment_id if hit is not None else 0

    def _note(self, text: str) -> None:
        if self._query is not None and self._cause is not None:
            self.verdict_said.emit(self._query.row.query, self._result_id(), self._cause, text)

    def _annotate(self) -> None:
        if self._query is not None:
            self.annotate_wanted.emit(self._query.garment.image_id)

    def _nothing(self, state: BoardState) -> str:
        if state.metrics.gone and not state.metrics.queries:
            return f"The {state.metrics.gone:,} queries of this run are gone from the store: rank anew"
        if not state.metrics.queries:
            return "No query of this run has a true match in its gallery, so there is nothing to look for"
        return f"No failures: all {state.metrics.queries:,} queries find a true match first"

    def _show_place(self, *, board: bool) -> None:
        self.board.show_place(board, self._state is not None)
        self.side.setVisible(board and self._view != "two")
        self._tell_view()

    def regions(self) -> tuple[QWidget, list[QWidget]]:
        """What takes the keys in this view: its home, and the regions behind it."""
        if self._view in OF_QUERIES:
            return self.list, [self.board.results, self.board.two.strips, self.side]
        return self._views[self._view], []

    def toggle_side(self) -> None:
        """Show or hide the verdict, where there is something to judge."""
        if self._view == "board" and self._state is not None:
            self.side.setVisible(self.side.isHidden())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # What no part of the board has taken, such as Escape in the note, leads back to the list.
        if event.key() == Qt.Key.Key_Escape:
            self.list.setFocus()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        look = style.tokens()
        self.pane.fold(self.width() < look.px(_NARROW))
        self.bar.set_compact(self.width() < look.px(_TIGHT))
        self._tell_figures()
