"""The leaks of the Retrieval page: looked for in a thread, listed, and repaired by joining products."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog

from app.controllers.jobs import JobsController
from app.controllers.retrieval.leaks_reading import (
    Done,
    Garments,
    command_of,
    join_two,
    leave_one,
    state_of,
    undo,
)
from app.controllers.retrieval.looking import Duties, Looking
from app.controllers.retrieval.map_reading import NO_INDEX, index_words, indices
from app.controllers.retrieval.work import LongWork
from app.session import Session
from store.db import Store
from store.errors import StudioError
from store.progress import Progress
from store.retrieval.index import FOLDER, IndexFacts, VectorIndex
from store.retrieval.leaks import LIMIT
from store.retrieval.leaks_found import Found, find_leaks, write_csv
from store.runs import RunFolder, RunState
from widgets.pages.retrieval.leaks_records import LeaksState
from widgets.pages.retrieval.leaks_view import LeaksView
from widgets.pages.retrieval.page import RetrievalPage

if TYPE_CHECKING:
    from app.controllers.retrieval.views import AuditOf

T = TypeVar("T")
_log = logging.getLogger(__name__)


class LeaksController(QObject):
    """Joins the leaks view to the open store and its indices."""

    def __init__(
        self, session: Session, jobs: JobsController, page: RetrievalPage, audit_of: AuditOf, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session, self._page, self._audit_of = session, page, audit_of
        self.view = LeaksView(LIMIT)
        self.work = LongWork(session, self)
        page.add_view("leaks", self.view)
        self.found: Found | None = None
        #: The garments, with the products that they are of now.
        self._garments: Garments | None = None
        self.done: list[Done] = []
        self._wanted = ""
        #: Garments were edited elsewhere since the lists were made; they are being edited from here.
        self._stale = self._own_change = False
        self._connect(jobs)

    def _connect(self, jobs: JobsController) -> None:
        view = self.view
        view.look_wanted.connect(self.find)
        view.join_wanted.connect(self._join)
        view.alone_wanted.connect(self._leave)
        view.undo_wanted.connect(self._undo)
        view.export_wanted.connect(self._choose_file)
        view.copy_wanted.connect(self._copy)
        duties = Duties(self.open, self.look, self._changed, self._job_finished, self._closing)
        Looking(self._session, jobs, self._page, view, self.work, duties, self)

    # -- looking --------------------------------------------------------------------------------

    def open(self, name: str) -> None:
        """Look into this index from now on."""
        self._wanted = name
        if self.found is not None and not self.work.busy():
            self.found = None
            self.view.show_empty(ready=True)

    def look(self) -> None:
        """Look which indices there are; only while the view is seen."""
        store = self._session.store
        if store is not None and self.view.isVisible():
            folder = store.folder
            self.view.set_writable(self._session.writable, self._undoable())
            self._ask("indices", lambda: indices(folder), self._take_indices)

    def _take_indices(self, found: tuple[tuple[IndexFacts, int], ...]) -> None:
        names = [one.name for one, _ in found]
        if not found:
            self.found = None
            self.view.show_indices((), "")
            self.view.show_empty(NO_INDEX, ready=False, icon="photo-search")
            return
        self._wanted = self._wanted if self._wanted in names else names[0]
        self.view.show_indices([(one.name, index_words(one)) for one, _ in found], self._wanted)
        if self.found is None and not self.work.busy():
            self.view.show_empty(ready=True)
        elif self._stale:
            self._refresh()

    def find(self, limit: float, files: bool) -> None:
        """Look for leaks in the index that is chosen."""
        store, name, known = self._session.store, self._wanted, self._session.categories
        if store is None or not name:
            return

        def work(progress: Progress) -> tuple[Found, Garments, LeaksState]:
            with VectorIndex.open(store.folder / FOLDER / name) as index:
                found = find_leaks(store, index, None, limit, files=files, progress=progress)
            garments = Garments(store)
            return found, garments, state_of(found, garments.now(), known)

        self.view.show_message("bad", "")
        self.view.show_working(0, 0, "Reading the index")
        self.work.run(work, self._take_found, self._refused, self.view.show_done)

    def _take_found(self, answer: tuple[Found, Garments, LeaksState]) -> None:
        self.found, self._garments, state = answer
        self._stale = False
        images = self._session.needed().images
        self.view.crops.set_source(lambda image_id: images.path(images.get(image_id)))
        self.view.show_done()
        self.view.show_state(state)
        self.view.list.setFocus()

    def _refused(self, error: StudioError) -> None:
        self.view.show_done()
        self._tell(error)

    def _refresh(self) -> None:
        """What was found stays; products are read anew."""
        garments, found, known = self._garments, self.found, self._session.categories
        if garments is None or found is None:
            return

        def take(state: LeaksState) -> None:
            if found is self.found:
                self._stale = False
                self.view.show_state(state, anew=False)

        self._ask("refresh", lambda: state_of(found, garments.now(), known), take)

    # -- repairs --------------------------------------------------------------------------------

    def _join(self, kept: int, joined: int) -> None:
        self._edit(lambda store, garments, author: join_two(store, garments, author, kept, joined))

    def _leave(self, garment_id: int) -> None:
        self._edit(lambda store, garments, author: leave_one(store, garments, author, garment_id))

    def _edit(self, change: Callable[[Store, Garments, str], Done]) -> None:
        store, author, audit = self._session.store, self._session.settings.author, self._audit_of()
        garments = self._garments
        if store is None or garments is None:
            return

        def work() -> Done:
            done = change(store, garments, author)
            if audit is not None:
                audit.refresh()
            return done

        def take(done: Done) -> None:
            self.done.append(done)
            self._edited()

        self._ask("edit", work, take)

    def _undo(self) -> None:
        store, author, audit = self._session.store, self._session.settings.author, self._audit_of()
        if store is None or not self.done:
            return
        last = self.done[-1]

        def work() -> None:
            undo(store, author, last)
            if audit is not None:
                audit.refresh()

        def take(_none: None) -> None:
            self.done.pop()
            self._edited()

        self._ask("edit", work, take)

    def _edited(self) -> None:
        """Identities have changed: the lists say so, and the figures of the board do."""
        self.view.show_message("bad", "")
        self.view.set_writable(self._session.writable, self._undoable())
        self._refresh()
        self._page.list_wanted.emit(*self._page.listing())
        self._own_change = True
        self._session.images_changed.emit(frozenset())
        self._own_change = False

    def _undoable(self) -> str:
        return self.done[-1].words if self.done else ""

    # -- the list outside -----------------------------------------------------------------------

    def _choose_file(self) -> None:
        chosen, _kind = QFileDialog.getSaveFileName(
            self.view.window(), "Export the list", "leaks.csv", "CSV (*.csv)"
        )
        if chosen:
            self.export(Path(chosen))

    def export(self, file: Path) -> None:
        """Write all that was found as CSV."""
        found = self.found
        if found is not None:
            self._ask(
                "export",
                lambda: write_csv(found, file),
                lambda count: self.view.show_message("ok", f"{count:,} lines in {file}"),
            )

    def _copy(self, limit: float, files: bool) -> None:
        store = self._session.store
        if store is not None and self._wanted:
            QGuiApplication.clipboard().setText(command_of(store.folder, self._wanted, limit, files))
            self.view.show_message("info", "The command is on the clipboard")

    # -- what happens elsewhere -----------------------------------------------------------------

    def _ask(self, key: str, work: Callable[[], T], then: Callable[[T], object]) -> None:
        def done(answer: T) -> None:
            then(answer)

        self._session.desk.ask(f"retrieval.leaks.{key}", work, done, self._tell)

    def _tell(self, error: StudioError) -> None:
        _log.warning("%s", error)
        self.view.show_message("bad", error.what, error.fix)

    def _changed(self) -> None:
        if not self._own_change:
            self._stale = True

    def _job_finished(self, _run: RunFolder, state: RunState) -> None:
        if state.kind == "index":
            self.look()

    def _closing(self) -> None:
        self.found, self._garments, self._wanted = None, None, ""
        self.done.clear()
        self.view.crops.set_source(None)
        self.view.show_done()
        self.view.show_message("bad", "")
        self.view.show_indices((), "")
        self.view.show_empty(ready=False)
