"""Jobs in the window: started, shown in the status bar and its list, cancelled, and told of when they end."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QPoint, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from app.jobs import process
from app.jobs.naming import title_of_run
from app.jobs.watcher import JobWatcher, unfinished
from app.session import Session
from store.errors import StudioError
from store.runs import Event, RunFolder, RunState
from widgets.frame import StatusBar
from widgets.panels.jobs import JobRow, JobsPanel

_log = logging.getLogger(__name__)


def detail_of(state: RunState) -> str:
    """What is said below a job's title."""
    result = state.result
    if state.state == "done":
        images, garments = result.get("images"), result.get("garments")
        if isinstance(images, int) and isinstance(garments, int):
            return f"{images:,} images, {garments:,} garments"
        return "done"
    if state.state == "failed":
        return str(result.get("what") or "failed; see the log")
    if state.state == "lost":
        return "stopped without a word; see the log"
    if state.state == "cancelled":
        return str(result.get("what") or "cancelled")
    return state.message or "starting"


def notice_of(title: str, state: RunState) -> tuple[str, str, str] | None:
    """What is said across the window when a job has ended that its own page need not show: a banner's
    kind, title and text. None for jobs whose page says it, and for what the person has stopped."""
    if state.kind not in ("train", "evaluate", "predict") or state.state == "cancelled":
        return None
    if state.state == "done":
        return "ok", f"{title}: done", ""
    if state.state == "failed":
        fix = str(state.result.get("fix") or "The log says more.")
        return "bad", f"{title}: {state.result.get('what') or 'failed'}", fix
    return "warn", f"{title}: stopped without a word", "It was killed, or the machine went down."


class JobsController(QObject):
    """Joins the watcher of jobs to the status bar and the list of jobs.

    ``changed(RunFolder, RunState)``, ``said(RunFolder, Event)`` and ``finished(RunFolder, RunState)``
    are for those who started a job. ``found()`` after the running jobs of a store are known again.
    """

    changed = Signal(object, object)
    said = Signal(object, object)
    finished = Signal(object, object)
    found = Signal()
    failed = Signal(object)

    def __init__(self, session: Session, status: StatusBar, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._status = status
        self._panel: JobsPanel | None = None
        self._titles: dict[str, str] = {}
        self.watcher = JobWatcher(self)
        self.watcher.changed.connect(self._changed)
        self.watcher.said.connect(self._said)
        self.watcher.finished.connect(self._finished)
        session.opened.connect(self._find)
        status.jobs_pressed.connect(self.show_panel)

    def start(
        self,
        folder: Path,
        arguments: Sequence[str],
        prepare: Callable[[Path], Sequence[str]] | None = None,
    ) -> RunFolder | None:
        """Start a job whose folder lies under ``folder``; None where that failed, which was then told.

        ``prepare`` as in :func:`app.jobs.process.start`.
        """
        try:
            run = process.start(folder, arguments, prepare)
        except StudioError as error:
            self.failed.emit(error)
            return None
        _log.info("started %s: %s", run.id, " ".join(arguments))
        self._take_up(run)
        return run

    def resume(self, run: RunFolder, arguments: Sequence[str]) -> bool:
        """Start a job again in its own folder; false where that failed, which was then told."""
        try:
            process.resume(run, arguments)
        except StudioError as error:
            self.failed.emit(error)
            return False
        self.watcher.forget(run)
        _log.info("resumed %s: %s", run.id, " ".join(arguments))
        self._take_up(run)
        return True

    def forget(self, run: RunFolder) -> None:
        """Do not list a job any more; one that runs goes on."""
        self.watcher.forget(run)
        self._show()

    def _take_up(self, run: RunFolder) -> None:
        self._titles[run.id] = title_of_run(run)
        self.watcher.watch(run)
        self._show()

    def running(self, kind: str = "") -> tuple[RunFolder, ...]:
        """The jobs that run, of one kind or of all."""
        return tuple(run for run in self.watcher.running() if kind in ("", self.watcher.state(run).kind))

    def cancel(self, run: RunFolder) -> None:
        """Ask a job to stop."""
        try:
            self.watcher.cancel(run)
        except StudioError as error:
            self.failed.emit(error)

    def title(self, run: RunFolder) -> str:
        """What a job is called."""
        return self._titles.get(run.id, run.id)

    def show_panel(self) -> None:
        """Open the list of jobs over the right of the status bar."""
        panel = self._made_panel()
        panel.show_jobs(self._rows())
        panel.open_at(self._status.mapToGlobal(QPoint(self._status.width() - 8, -4)))

    def close(self) -> None:
        """Look no more; the jobs go on."""
        self.watcher.stop()

    # -- what happens ---------------------------------------------------------------------------

    def _find(self) -> None:
        folder = self._session.needed().folder

        def work() -> list[tuple[RunFolder, str]]:
            return [(run, title_of_run(run)) for run in unfinished(folder)]

        self._session.desk.ask("jobs.find", work, self._take_found, self.failed.emit)

    def _take_found(self, found: list[tuple[RunFolder, str]]) -> None:
        for run, title in found:
            self._titles.setdefault(run.id, title)
            self.watcher.watch(run)
        self._show()
        self.found.emit()

    def _changed(self, run: RunFolder) -> None:
        self._show()
        self.changed.emit(run, self.watcher.state(run))

    def _said(self, run: RunFolder, event: Event) -> None:
        self.said.emit(run, event)

    def _finished(self, run: RunFolder) -> None:
        state = self.watcher.state(run)
        _log.info("%s: %s %s", run.id, state.state, detail_of(state))
        self._show()
        self.finished.emit(run, state)

    def _made_panel(self) -> JobsPanel:
        if self._panel is None:
            self._panel = JobsPanel(self._status.window())
            self._panel.cancel_wanted.connect(lambda job: self._with(job, self.cancel))
            self._panel.dismissed.connect(lambda job: self._with(job, self.forget))
            self._panel.log_wanted.connect(lambda job: self._with(job, self._show_log))
        return self._panel

    def _with(self, job: str, call: Callable[[RunFolder], None]) -> None:
        for run, _state in self.watcher.known():
            if run.id == job:
                call(run)
                return

    def _show_log(self, run: RunFolder) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(run.log)))

    def _rows(self) -> list[JobRow]:
        rows = []
        for run, state in self.watcher.known():
            shown = "running" if state.state == "queued" else state.state
            rows.append(JobRow(run.id, self.title(run), shown, detail_of(state), state.done, state.total))
        return rows

    def _show(self) -> None:
        running = self.watcher.running()
        if running:
            state = self.watcher.state(running[0])
            share = state.done / state.total if state.total else 0.0
            count = f"{len(running)} jobs" if len(running) > 1 else "1 job"
            percent = f" {share:.0%}" if state.total else ""
            self._status.set_jobs(f"{count}: {self.title(running[0])}{percent}", share)
        else:
            self._status.set_jobs("", 0.0)
        if self._panel is not None and self._panel.isVisible():
            self._panel.show_jobs(self._rows())
