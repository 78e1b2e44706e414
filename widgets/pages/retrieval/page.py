"""The Retrieval page: queries at the left, one of them with its results, the verdict at the right."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QActionGroup, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from store.db.verdicts import Cause
from widgets import style
from widgets.common import Banner, EmptyState, FieldButton, IconButton, PageToolbar, Segmented, label, surface
from widgets.pages.retrieval.board import Board
from widgets.pages.retrieval.crops import Crops
from widgets.pages.retrieval.records import (
    JOINING,
    ORDERS,
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


class RetrievalPage(QWidget):
    """Shows a ranking; knows nothing of stores.

    ``list_wanted(order, everything)``; ``query_wanted(query)``: it is current; ``run_wanted(id)``;
    ``verdict_said(query, result_id, Cause, note)``; ``forecast_wanted`` and ``repair_wanted`` with the same
    arguments but for the forecast's note; ``undo_wanted``; ``annotate_wanted(image_id)``; ``start_wanted``:
    the button of the empty page.
    """

    list_wanted = Signal(str, bool)
    query_wanted = Signal(int)
    run_wanted = Signal(str)
    verdict_said = Signal(int, int, object, str)
    forecast_wanted = Signal(int, int, object)
    repair_wanted = Signal(int, int, object, str)
    undo_wanted = Signal()
    annotate_wanted = Signal(int)
    start_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        surface(self, "page")
        self.crops = Crops(self)
        self.board, self.side = Board(self.crops), VerdictSide()
        self.list = self.board.list
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
        self.run_menu.clear()
        group = QActionGroup(self.run_menu)
        for run in runs:
            action = self.run_menu.addAction(run.title)
            action.setCheckable(True)
            action.setChecked(run.id == current)
            group.addAction(action)
            action.triggered.connect(lambda _on=False, run=run: self.run_wanted.emit(run.id))
        title = next((run.title for run in runs if run.id == current), "")
        self.run.set_face(title, "database")
        self.run.setToolTip(title)

    def show_state(self, state: BoardState) -> None:
        """Show a ranking as it stands now; the current query stays current where it is still listed."""
        self._state = state
        self._busy = False
        told = state.metrics
        self._tell_figures()
        self.which.set_text("failures", f"Failures {told.failures:,}")
        self.which.set_text("all", f"All {told.queries:,}")
        self.side.show_causes(state.causes)
        self.side.show_repairs(told.repairs, told.start, told.top.get(1, 0.0))
        self.board.show_gallery(told.gallery)
        if not state.rows:
            self.list.show_rows(())
            self.empty.say(self._nothing(state), "", icon="circle-check")
            self._show_place(board=False, bar=True)
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
        if self._query is None or not self._writable or self._busy:
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
        found = self._forecast
        if found is not None and not found.hindrance and self._cause is not None:
            self._busy = True
            note = self.side.note.text().strip()
            self.repair_wanted.emit(self._query.row.query, self._result_id(), self._cause, note)
        elif not self._waits():
            self.step(1)

    def _waits(self) -> bool:
        """Whether a repair is chosen that is still being counted."""
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
        column.addWidget(self._build_bar())
        self.message = Banner("bad", " ", closable=True)
        self.message.hide()
        column.addWidget(self.message)
        self.empty = EmptyState("photo-search", "", "", "")
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.board)
        rest = QHBoxLayout()
        rest.setSpacing(0)
        rest.addWidget(self.stack, 1)
        rest.addWidget(self.side)
        column.addLayout(rest, 1)
        self._later = QTimer(self, singleShot=True, interval=_FORECAST_AFTER)
        self._later.timeout.connect(self._want_forecast)

    def _build_bar(self) -> QWidget:
        self.bar = PageToolbar()
        self.before = IconButton("chevron-left", "Query before", "Page Up", look="square")
        self.after = IconButton("chevron-right", "Next query", "Page Down", look="square")
        self.before.clicked.connect(lambda: self.step(-1))
        self.after.clicked.connect(lambda: self.step(1))
        self.count = label("", "strong")
        self.run, self.run_menu = FieldButton("", "database", end_icon="chevron-down"), QMenu(self)
        self.run.clicked.connect(lambda: self._drop(self.run, self.run_menu))
        self.run.setMaximumWidth(style.tokens().px(290))
        self.order, self.order_menu = FieldButton("", end_icon="chevron-down"), QMenu(self)
        self.order.clicked.connect(lambda: self._drop(self.order, self.order_menu))
        self.order.setMaximumWidth(style.tokens().px(220))
        self._order = "suspicion"
        for key, words in ORDERS.items():
            self.order_menu.addAction(words, lambda key=key: self._set_order(key))
        self.order.set_face(ORDERS[self._order], "sort-descending")
        self.which = Segmented([("failures", "Failures"), ("all", "All")], "failures", name="Which queries")
        self.figures = label("", "second")
        for part in (self.before, self.after, self.count):
            self.bar.add(part)
        self.bar.add_line()
        self.bar.row.addWidget(self.run, 3)
        self.bar.add(self.which)
        self.bar.row.addWidget(self.order, 2)
        self.bar.add_stretch()
        self.bar.add(self.figures)
        return self.bar

    def _drop(self, button: FieldButton, menu: QMenu) -> None:
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    def _connect(self) -> None:
        self.empty.action.connect(self.start_wanted)
        self.list.chosen.connect(self._query_changed)
        self.board.result_changed.connect(self._result_changed)
        self.which.chosen.connect(lambda _key: self._want_list())
        self.side.said.connect(self.judge)
        self.side.noted.connect(self._note)
        self.side.go.connect(self.go)
        self.side.undo.connect(self.undo)
        self.side.annotate.connect(self._annotate)

    # -- what happens ---------------------------------------------------------------------------

    def listing(self) -> tuple[str, bool]:
        """The order of the list, and whether all queries are in it."""
        return self._order, self.which.value() == "all"

    def _set_order(self, order: str) -> None:
        self._order = order
        self.order.set_face(ORDERS[order], "sort-descending")
        self._want_list()

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
        self.count.setText(f"Query {place:,} of {count:,} {kind}")

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

    def _show_place(self, *, board: bool, bar: bool = False) -> None:
        self.stack.setCurrentIndex(1 if board else 0)
        self.side.setVisible(board)
        self.bar.setVisible(board or bar)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # What no part of the board has taken, such as Escape in the note, leads back to the list.
        if event.key() == Qt.Key.Key_Escape:
            self.list.setFocus()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.board.fold(self.width() < style.tokens().px(_NARROW))
        self._tell_figures()
