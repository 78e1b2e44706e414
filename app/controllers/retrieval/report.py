"""The report of the Retrieval page: causes by slice as they stand, and the job that writes the page."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QEvent, QObject, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QFileDialog

from app.controllers.jobs import JobsController
from app.controllers.retrieval.report_reading import (
    REPORTS,
    arguments_of,
    command_of,
    save_tables,
    state_of,
)
from app.session import Session
from store.errors import StudioError
from store.retrieval.report import MOST
from store.runs import RunFolder, RunState
from widgets.pages.retrieval.page import RetrievalPage
from widgets.pages.retrieval.report_records import ReportState
from widgets.pages.retrieval.report_view import ReportView

if TYPE_CHECKING:
    from app.controllers.retrieval.views import AuditOf

T = TypeVar("T")
_log = logging.getLogger(__name__)


class ReportController(QObject):
    """Joins the report view to the ranking that is being audited."""

    def __init__(
        self, session: Session, jobs: JobsController, page: RetrievalPage, audit_of: AuditOf, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session, self._jobs, self._page, self._audit_of = session, jobs, page, audit_of
        self.view = ReportView(MOST)
        page.add_view("report", self.view)
        #: Where reports go, as the person chose; None for the store's own folder of them.
        self._folder: Path | None = None
        #: The job that writes now.
        self._job: RunFolder | None = None
        self._connect()

    def _connect(self) -> None:
        view = self.view
        view.write_wanted.connect(self.write)
        view.folder_wanted.connect(self._choose_folder)
        view.stopped.connect(self._stop)
        view.tables_wanted.connect(self._choose_tables)
        view.copy_wanted.connect(self._copy)
        view.query_wanted.connect(self._show_query)
        view.installEventFilter(self)
        self._page.side.report.clicked.connect(lambda: self._page.show_view("report"))
        self._session.closing.connect(self._closing)
        self._jobs.changed.connect(self._job_changed)
        self._jobs.finished.connect(self._job_finished)

    # -- what is shown --------------------------------------------------------------------------

    def look(self) -> None:
        """Show the ranking as it stands; only while the view is seen."""
        audit = self._audit_of()
        if not self.view.isVisible():
            return
        if audit is None:
            self.view.show_empty("No ranking yet: the board says how one is made")
            return
        self.view.show_folder(str(self.folder()))

        def take(state: ReportState) -> None:
            if audit is self._audit_of():
                self.view.show_state(state, writable=self._session.writable)

        self._ask("state", lambda: state_of(audit), take)

    def folder(self) -> Path:
        """Where the report goes: as the person chose, or a folder of the store named like the run."""
        audit = self._audit_of()
        if self._folder is not None or audit is None:
            return self._folder or Path(REPORTS)
        return audit.store.folder / REPORTS / audit.run_id

    def _show_query(self, query: int) -> None:
        """Show a query on the board; one that is not among the failures there is looked for among all."""
        self._page.show_view("board")
        if not self._page.list.choose(query):
            self._page.show_message(
                "info", "This query is no failure now", "All queries above the list shows it too."
            )

    # -- writing --------------------------------------------------------------------------------

    def write(self, failures: int) -> None:
        """Start the job that writes the report."""
        audit, to = self._audit_of(), self.folder()
        if audit is None or self._job is not None:
            return
        self.view.show_message("bad", "")
        try:
            to.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self.view.show_message("bad", f"{to.parent}: {error.strerror}", "Choose another folder.")
            return
        folder = audit.store.folder
        self._job = self._jobs.start(folder, arguments_of(folder, audit.run_id, to, failures))
        if self._job is not None:
            self.view.show_working(0, 0, "Starting")

    def _stop(self) -> None:
        if self._job is not None:
            self._jobs.cancel(self._job)

    def _job_changed(self, run: RunFolder, state: RunState) -> None:
        if self._job is not None and run.id == self._job.id and not state.ended:
            self.view.show_working(state.done, state.total, state.message or "Starting")

    def _job_finished(self, run: RunFolder, state: RunState) -> None:
        if self._job is None or run.id != self._job.id:
            return
        self._job = None
        self.view.show_done()
        if state.state == "done":
            self._tell_written(state)
        elif state.state != "cancelled":
            what = str(state.result.get("what") or "The report was not written; the job's log says more.")
            self.view.show_message("bad", what, str(state.result.get("fix") or ""))

    def _tell_written(self, state: RunState) -> None:
        file = Path(str(state.result.get("report") or self.folder() / "index.html"))
        shown, lost = state.result.get("shown", 0), state.result.get("lost") or []
        failures = "1 failure" if shown == 1 else f"{shown:,} failures"
        told = f"{failures} with pictures in {file.parent}"
        if lost:
            told += f"; {len(lost):,} pictures could not be read, the report names them"
        actions = [("Open report", lambda: _open(file)), ("Show folder", lambda: _open(file.parent))]
        self.view.show_message("warn" if lost else "ok", "The report is written", told, actions)

    def _choose_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(
            self.view.window(), "Folder of the report", str(self.folder().parent)
        )
        if chosen:
            self.set_folder(Path(chosen))

    def set_folder(self, folder: Path) -> None:
        """Write into this folder; one that has other files gets a folder within it."""
        audit = self._audit_of()
        held = folder.is_dir() and any(folder.iterdir()) and not (folder / "index.html").is_file()
        self._folder = folder / f"report-{audit.run_id}" if held and audit is not None else folder
        self.view.show_folder(str(self._folder))

    # -- tables and the command -----------------------------------------------------------------

    def _choose_tables(self) -> None:
        chosen = QFileDialog.getExistingDirectory(
            self.view.window(), "Folder for figures.csv, causes.csv and verdicts.csv"
        )
        if chosen:
            self.save_tables(Path(chosen))

    def save_tables(self, folder: Path) -> None:
        """Write the tables alone into a folder."""
        audit = self._audit_of()
        if audit is not None:
            self._ask(
                "tables",
                lambda: save_tables(audit, folder),
                lambda files: self.view.show_message(
                    "ok",
                    f"{', '.join(file.name for file in files)} are in {folder}",
                    "",
                    [("Show folder", lambda: _open(folder))],
                ),
            )

    def _copy(self, failures: int) -> None:
        audit = self._audit_of()
        if audit is not None:
            told = command_of(audit.store.folder, audit.run_id, self.folder(), failures)
            QGuiApplication.clipboard().setText(told)
            self.view.show_message("info", "The command is on the clipboard")

    # -- what happens elsewhere -----------------------------------------------------------------

    def _ask(self, key: str, work: Callable[[], T], then: Callable[[T], object]) -> None:
        def done(answer: T) -> None:
            then(answer)

        self._session.desk.ask(f"retrieval.report.{key}", work, done, self._tell)

    def _tell(self, error: StudioError) -> None:
        _log.warning("%s", error)
        self.view.show_message("bad", error.what, error.fix)

    def _closing(self) -> None:
        # The job goes on; its end is told by the list of jobs.
        self._job, self._folder = None, None
        self.view.show_done()
        self.view.show_message("bad", "")
        self.view.show_empty("Looking for a ranking")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.view and event.type() == QEvent.Type.Show:
            QTimer.singleShot(0, self, self.look)
        return False


def _open(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
