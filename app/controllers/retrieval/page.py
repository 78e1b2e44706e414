"""Retrieval: a ranking of the open store audited query by query, its labels repaired and counted again."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QEvent, QObject, QTimer, Signal

from app.controllers.jobs import JobsController
from app.controllers.retrieval.eye import Eye
from app.controllers.retrieval.heat import HeatController
from app.controllers.retrieval.jobs import RetrievalJobs
from app.controllers.retrieval.reading import Audit, runs_of
from app.controllers.retrieval.repairing import forecast, repair, undo
from app.controllers.retrieval.similar import SimilarController
from app.controllers.retrieval.two import TwoController
from app.controllers.retrieval.views import make_views
from app.session import Session
from store.db.verdicts import CAUSE_KEYS, Cause
from store.errors import StudioError
from store.retrieval.age import moved_note
from store.retrieval.ranked import KIND
from store.runs import RunFolder, RunState
from widgets.pages.retrieval.page import RetrievalPage
from widgets.pages.retrieval.records import BoardState, Forecast, Query, RunChoice

_log = logging.getLogger(__name__)
T = TypeVar("T")
_NO_RUN = (
    "No ranking yet: garments become vectors (deepfashion-studio index), "
    "then queries are looked for among them (deepfashion-studio retrieve)"
)


class RetrievalController(QObject):
    """Joins the Retrieval page to the rankings of the open store.

    ``annotate_wanted(image_id)``, ``images_wanted(ids, title)``: show these in Browse. ``shown(Query)``
    after the page was told of a query, ``listed(BoardState)`` after it was told of a ranking,
    ``foretold(Forecast)`` after it was told what a repair would do.
    """

    failed = Signal(object)
    annotate_wanted = Signal(int)
    images_wanted = Signal(object, str)
    shown = Signal(object)
    listed = Signal(object)
    foretold = Signal(object)

    def __init__(self, session: Session, jobs: JobsController, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._jobs = session, jobs
        self.page = RetrievalPage()
        self.audit: Audit | None = None
        self._runs: tuple[RunChoice, ...] = ()
        #: The run that is to be shown; the newest where it is "".
        self._wanted = ""
        #: The query that was described ahead.
        self._ahead: Query | None = None
        #: What waits till the list is shown again; a newer list takes over what an older one was to be
        #: followed by.
        self._then: list[Callable[[], object]] = []
        #: Garments were edited elsewhere since the ranking was read; they are being edited from here.
        self._stale = self._own_change = False
        self.starting = RetrievalJobs(session, jobs, self)
        self.page.installEventFilter(self)
        self._connect()
        self.eye = Eye(session, self)
        self.heat = HeatController(session, self.page.board, self.eye, lambda: self.audit, self)
        self.two = TwoController(session, self.page, lambda: self.audit, self)
        self.two.changed.connect(lambda: self._list())
        self.two.second_wanted.connect(self.starting.second)
        self.similar = SimilarController(session, self.page, self.eye, self)
        self.page.similar_wanted.connect(self.find_similar)
        self.views = make_views(session, jobs, self.page, lambda: self.audit, self)
        self._join_store()

    def _connect(self) -> None:
        page = self.page
        page.list_wanted.connect(lambda _order, _everything: self._list())
        page.query_wanted.connect(self._show_query)
        page.run_wanted.connect(self.open)
        page.verdict_said.connect(self._say)
        page.forecast_wanted.connect(self._foretell)
        page.repair_wanted.connect(self._repair)
        page.undo_wanted.connect(self._undo)
        page.annotate_wanted.connect(self.annotate_wanted)
        page.images_wanted.connect(self.images_wanted)
        page.start_wanted.connect(self.starting.start)
        self.starting.said.connect(self._show_starting)
        self._session.opened.connect(self._opened)
        self._session.closing.connect(self._closing)
        self._session.images_changed.connect(lambda _ids: self._changed_elsewhere())
        self._jobs.finished.connect(self._job_finished)

    # -- which ranking --------------------------------------------------------------------------

    def open(self, run_id: str) -> None:
        """Show a ranking by the id of its run."""
        self._wanted = run_id
        self.audit = None
        self.look()

    def look(self) -> None:
        """Look which rankings there are, and read the one that is wanted; only while the page is shown."""
        store = self._session.store
        if store is not None and self.page.isVisible():
            folder = store.folder
            self._ask("runs", lambda: runs_of(folder), self._take_runs)

    def _take_runs(self, runs: tuple[RunChoice, ...]) -> None:
        self._runs = runs
        store = self._session.store
        if store is None:
            return
        if not runs:
            self.audit = None
            self.starting.look()
            return
        ids = [run.id for run in runs]
        wanted = self._wanted if self._wanted in ids else ids[0]
        self.page.show_runs(runs, wanted)
        self.two.know(runs, wanted)
        if self.audit is not None and self.audit.run_id == wanted and not self._stale:
            return
        categories, author = self._session.categories, self._session.settings.author
        if not self.page.list.queries.rowCount():
            self.page.show_empty("Reading the ranking", "")
        self._ask("open", lambda: Audit(store, wanted, categories, author), self._take_audit, self._unread)

    def _take_audit(self, audit: Audit) -> None:
        if audit.store is not self._session.store:
            return
        if self.audit is not None and self.audit.run_id == audit.run_id:
            audit.go_on_from(self.audit)
        self.audit, self._ahead, self._stale = audit, None, False
        self.page.set_writable(self._session.writable)
        self._list()
        self.two.refresh()

    def _unread(self, error: StudioError) -> None:
        _log.warning("%s", error)
        self.page.show_empty(f"{error.what} {error.fix}".strip(), "", icon="alert-circle")

    def _show_starting(self, sentence: str, button: str) -> None:
        if not self._runs:
            self.page.show_empty(f"{_NO_RUN}. {sentence}" if sentence else _NO_RUN, button)

    # -- what is shown --------------------------------------------------------------------------

    def _list(self, then: Callable[[], object] | None = None) -> None:
        audit = self.audit
        if audit is None:
            return
        order, everything = self.page.listing()
        if then is not None:
            self._then.append(then)

        def take(state: BoardState) -> None:
            if audit is self.audit:
                self._take_state(state)
                following, self._then = self._then, []
                for call in following:
                    call()

        two = self.two
        self._ask("list", lambda: two.arranged(audit.state(order, everything=everything), order), take)

    def _take_state(self, state: BoardState) -> None:
        self.page.show_state(state)
        told = state.metrics
        parts = [
            f"The index is older than {told.older:,} garments" if told.older else "",
            f"{told.gone:,} queries are gone from the store" if told.gone else "",
            moved_note(told.moved).rstrip(".") if told.moved else "",
        ]
        if any(parts):
            actions = [("Index again", self._again)] if self._session.writable else []
            self.page.show_message("warn", "; ".join(filter(None, parts)), "", actions)
        elif self.page.message.property("kind") == "warn":
            self.page.show_message("warn", "")
        self.listed.emit(state)

    def _show_query(self, query: int) -> None:
        audit, ahead = self.audit, self._ahead
        if audit is None:
            return
        if ahead is not None and ahead.row.query == query:
            self._take_query(ahead)
        else:
            self._ask("query", lambda: audit.query(query), self._take_query)

    def _take_query(self, query: Query) -> None:
        audit, self._ahead = self.audit, None
        self.page.show_query(query)
        self.two.show(query)
        self.shown.emit(query)
        rows, place = self.page.list.queries.rows(), self.page.list.currentIndex().row() + 1
        if audit is not None and 0 < place < len(rows):
            following = rows[place].query
            self._ask("ahead", lambda: audit.query(following), self._take_ahead)

    def _take_ahead(self, query: Query) -> None:
        self._ahead = query
        self.page.show_ahead(query)

    def _refresh_query(self) -> None:
        row = self.page.current()
        if row is not None:
            self._show_query(row.query)

    # -- verdicts and repairs -------------------------------------------------------------------

    def _say(self, query: int, result_id: int, cause: Cause, note: str) -> None:
        audit = self.audit
        if audit is not None:
            # Each has a key of its own: none of them may be dropped for a newer one.
            key = f"say {query} {cause} {note}"
            self._ask(key, lambda: audit.say(query, result_id, cause, note), lambda _said: self._list())

    def _foretell(self, query: int, result_id: int, cause: Cause) -> None:
        audit = self.audit
        if audit is None:
            return

        def take(found: Forecast) -> None:
            shown = self.page.query()
            if shown is not None and shown.row.query == query:
                self.page.show_forecast(found)
                self.foretold.emit(found)

        self._ask("forecast", lambda: forecast(audit, query, result_id, cause), take)

    def _repair(self, query: int, result_id: int, cause: Cause, note: str) -> None:
        audit = self.audit
        if audit is not None:
            self._ask(
                "repair",
                lambda: repair(audit, query, result_id, cause, note),
                lambda _done: self._repaired(lambda: self._go_on(query)),
            )

    def _go_on(self, query: int) -> None:
        row = self.page.current()
        self.page.step(1)
        now = self.page.current()
        if row is not None and now is not None and row.query == query == now.query:
            # It was the last one: it stays, and stands otherwise now.
            self._refresh_query()

    def _undo(self) -> None:
        audit = self.audit
        if audit is not None and audit.repairs:
            self._ask("repair", lambda: undo(audit), self._undone)

    def _undone(self, query: int | None) -> None:
        def show() -> None:
            if query is not None and self.page.list.choose(query):
                self._refresh_query()

        self._repaired(show)

    def _repaired(self, then: Callable[[], object]) -> None:
        """Identities have changed: nothing that was described ahead is true any more."""
        self._ahead = None
        self._list(then)
        self.two.refresh()
        self._own_change = True
        self._session.images_changed.emit(frozenset())
        self._own_change = False

    def _changed_elsewhere(self) -> None:
        """Garments were edited on another page: the ranking is read anew when it is looked at next."""
        if not self._own_change:
            self._stale = True

    def judge(self, number: int) -> None:
        """Say the cause of a key, 1 to 8, of the current query."""
        self.page.judge(CAUSE_KEYS[number])

    def find_similar(self) -> None:
        """Find what looks like the current garment: the query, or the result that is selected among similar
        ones."""
        query, hit = self.page.query(), self.similar.view.selected()
        index = self.audit.index.name if self.audit is not None else ""
        if self.page.view() == "similar":
            if hit is not None:
                self.similar.of_garment(hit.shot.image_id, hit.garment_id)
        elif query is not None:
            self.similar.of_garment(query.garment.image_id, query.garment.id, index)
        else:
            self.similar.show_nothing()

    # -- jobs, the store and the page -----------------------------------------------------------

    def _again(self) -> None:
        audit = self.audit
        if audit is not None:
            self.starting.index_again(audit.ranked.facts, audit.index)
            self.page.show_message(
                "info", "Indexing again, then ranking", "The list of jobs says how far it is."
            )

    def _job_finished(self, _run: RunFolder, state: RunState) -> None:
        if state.kind == KIND and state.state == "done":
            if self.page.view() == "two" and self.audit is not None:
                # It was made to be compared with: what is audited stays.
                self._wanted = self.audit.run_id
            else:
                self._wanted, self.audit = "", None
            self.look()
        elif state.kind in (KIND, "index") and state.state != "done":
            what = str(state.result.get("what") or f"The {state.kind} job was stopped.")
            self.page.show_message("bad", what, str(state.result.get("fix") or ""))
            self.look()

    def _ask(
        self,
        key: str,
        work: Callable[[], T],
        then: Callable[[T], object],
        failed: Callable[[StudioError], object] | None = None,
    ) -> None:
        def done(answer: T) -> None:
            then(answer)

        def refused(error: StudioError) -> None:
            (failed or self._tell)(error)

        self._session.desk.ask(f"retrieval.{key}", work, done, refused)

    def _tell(self, error: StudioError) -> None:
        _log.warning("%s", error)
        self.page.show_message("bad", error.what, error.fix)

    def _opened(self) -> None:
        self._wanted = ""
        self._join_store()
        self.look()

    def _join_store(self) -> None:
        """Views without a ranking show pictures too."""
        if self._session.store is not None:
            images, dropped = self._session.store.images, self.similar.path_of
            self.page.crops.set_source(
                lambda image_id: dropped(image_id) or images.path(images.get(image_id))
            )

    def _closing(self) -> None:
        self.audit, self._ahead, self._runs = None, None, ()
        self._then.clear()
        self.page.crops.set_source(None)
        self.page.show_message("bad", "")
        self.page.show_empty("Looking for rankings", "")

    def close(self) -> None:
        """Wait for pictures that are being cut, and end what runs beside; the window is going."""
        self.eye.close()
        self.similar.close()
        self.page.crops.set_source(None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.page and event.type() == QEvent.Type.Show:
            QTimer.singleShot(0, self, self.look)
        return False
