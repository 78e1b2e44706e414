"""Two models on one query: a second ranking read beside the one that is audited."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from math import log

from PySide6.QtCore import QObject, Signal

from app.controllers.retrieval.jobs import Second, second_of
from app.controllers.retrieval.reading import Audit
from app.session import Session
from store.errors import StudioError
from widgets.pages.retrieval.page import RetrievalPage
from widgets.pages.retrieval.records import DIFFER, BoardState, Query, QueryRow, RunChoice


class TwoController(QObject):
    """Shows the query of the board in a second ranking too. ``changed()``: the list is another now;
    ``second_wanted(Second)``: a second ranking is to be made."""

    changed = Signal()
    second_wanted = Signal(object)

    def __init__(
        self, session: Session, page: RetrievalPage, audit_of: Callable[[], Audit | None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session, self._page, self._audit_of = session, page, audit_of
        self._view = page.board.two
        self._runs: tuple[RunChoice, ...] = ()
        self._first = self._second = ""
        self._other: Audit | None = None
        self._shown: Query | None = None
        self._could_be = Second()
        self._view.other_wanted.connect(self._choose)
        self._view.second_wanted.connect(lambda: self.second_wanted.emit(self._could_be))
        page.view_changed.connect(self._view_changed)
        session.closing.connect(self._closing)

    def know(self, runs: tuple[RunChoice, ...], first: str) -> None:
        """These rankings there are, and this one is audited."""
        self._runs, self._first = runs, first
        others = [run.id for run in runs if run.id != first]
        if self._second not in others:
            self._forget()
            self._second = next(iter(others), "")
        self._view.show_runs(runs, first, self._second)
        self._read()
        self._look_for_second()

    def arranged(self, state: BoardState, order: str) -> BoardState:
        """The list in an order that may be of both rankings; while both are shown, with the places that the
        second one has. Called in threads."""
        other = self._other
        if other is None:
            return state
        rows = with_places(state.rows, other)
        if order == DIFFER:
            rows = by_difference(rows, len(other.ranked.entries))
        if not self._in_front():
            rows = tuple(replace(row, other=None) for row in rows)
        return replace(state, rows=rows)

    def show(self, query: Query) -> None:
        """The query that is current."""
        self._shown = query
        other, audit = self._other, self._audit_of()
        if not self._in_front() or other is None or audit is None:
            return

        def work() -> tuple[Query | None, tuple[float, float]]:
            number = other.number_of(query.row.garment_id)
            found = other.query(number) if number >= 0 else None
            return found, (audit.top_1(), other.top_1())

        def take(found: tuple[Query | None, tuple[float, float]]) -> None:
            if query is self._shown:
                self._view.show_pair(query, *found)
                self._page.board.want_pictures()

        self._session.desk.ask("retrieval.two.query", work, take, self._refused)

    def refresh(self) -> None:
        """Identities have changed: the second ranking stands otherwise too."""
        other = self._other
        if other is not None:
            self._session.desk.ask(
                "retrieval.two.refresh", other.refresh, lambda _none: self._show_again(), self._refused
            )

    def _look_for_second(self) -> None:
        """Where there is one ranking only: what a second one could be made with."""
        store = self._session.store
        if store is None or self._second or not self._runs or not self._in_front():
            return
        folder, first = store.folder, self._runs[0].id

        def take(found: Second) -> None:
            self._could_be = found
            if not self._second:
                self._view.offer(found.words() if self._session.writable else "")

        self._session.desk.ask("retrieval.two.second", lambda: second_of(folder, first), take, self._refused)

    def _in_front(self) -> bool:
        return self._page.view() == "two"

    def _view_changed(self, view: str) -> None:
        if view == "two":
            self._read()
            self._show_again()
            self._look_for_second()
        if self._other is not None:
            self.changed.emit()

    def _choose(self, run_id: str) -> None:
        self._forget()
        self._second = run_id
        self._view.show_runs(self._runs, self._first, run_id)
        self._read()

    def _read(self) -> None:
        store, run_id = self._session.store, self._second
        if store is None or not run_id or self._other is not None or not self._in_front():
            return
        categories, author = self._session.categories, self._session.settings.author
        self._session.desk.ask(
            "retrieval.two",
            lambda: Audit(store, run_id, categories, author),
            self._take,
            self._refused,
        )

    def _take(self, other: Audit) -> None:
        if other.run_id == self._second and other.store is self._session.store:
            self._other = other
            self._page.pane.offer_order(DIFFER, True)
            self._view.show_runs(self._runs, self._first, self._second)
            self.changed.emit()
            self._show_again()

    def _show_again(self) -> None:
        if self._shown is not None:
            self.show(self._shown)

    def _refused(self, error: StudioError) -> None:
        self._view.say(f"{error.what} {error.fix}".strip())

    def _forget(self) -> None:
        self._other = None
        self._page.pane.offer_order(DIFFER, False)

    def _closing(self) -> None:
        self._forget()
        self._runs, self._first, self._second, self._shown = (), "", "", None


def with_places(rows: Sequence[QueryRow], other: Audit) -> tuple[QueryRow, ...]:
    """Rows with the place of the first true match in another ranking; those that are no queries there
    without."""
    with other.lock:
        numbers = [other.number_of(row.garment_id) for row in rows]
        places = other.standing.first.tolist()
    return tuple(
        replace(row, other=places[number] if number >= 0 else None)
        for row, number in zip(rows, numbers, strict=True)
    )


def by_difference(rows: Sequence[QueryRow], gallery: int) -> tuple[QueryRow, ...]:
    """Rows by how far the places of the two rankings are apart, farthest first; "not found" is behind the
    last of ``gallery`` garments. Places count as shares: 1 and 2 differ as much as 100 and 200."""

    def apart(row: QueryRow) -> float:
        if row.other is None:
            return -1.0
        return abs(log(row.first or gallery + 1) - log(row.other or gallery + 1))

    return tuple(sorted(rows, key=lambda row: -apart(row)))
