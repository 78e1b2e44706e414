"""Runs: training runs started, followed while the page is shown, paused, resumed, evaluated, compared."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from app.controllers.jobs import JobsController
from app.controllers.runs_comparing import Compared, compared, labelled
from app.controllers.runs_new import NewRunController
from app.controllers.runs_predicted import PredictedController
from app.controllers.runs_reading import Found, RunsReader
from app.session import Session
from store.errors import StudioError
from store.runs import RunFolder
from store.runs.series import Series
from widgets.dialogs.confirm import ConfirmDialog
from widgets.pages.runs.page import RunsPage
from widgets.pages.runs.records import RESUMABLE, Comparison, RunDetails, RunSummary, standing_of, summary_of

if TYPE_CHECKING:
    from store.runs.config import RunConfig

_log = logging.getLogger(__name__)
#: How often the runs are looked at while the page is shown, in milliseconds.
_EVERY = 500


class RunsController(QObject):
    """Joins the Runs page to the runs of the open store and to their jobs.

    ``show_wanted(where)``: Browse should show the images of a filter; ``images_wanted(ids, title)``: these
    images. ``annotate_wanted(image_id)``. ``dialog_wanted(dialog)``: show it till it is closed.
    ``listed(summaries)``, ``detailed(details)`` and ``compared(comparison)`` after the page was told.
    """

    failed = Signal(object)
    show_wanted = Signal(str)
    images_wanted = Signal(object, str)
    annotate_wanted = Signal(int)
    dialog_wanted = Signal(object)
    listed = Signal(object)
    detailed = Signal(object)
    compared = Signal(object)

    def __init__(self, session: Session, jobs: JobsController, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._jobs = session, jobs
        self.page = RunsPage()
        self._new = NewRunController(session, self)
        self.predicted = PredictedController(session, self)
        self._reader: RunsReader | None = None
        self._found: dict[str, Found] = {}
        self._series: dict[str, Series] = {}
        self._shown: tuple[RunSummary, ...] | None = None
        self._details: dict[str, tuple[object, ...]] = {}
        self._selected: tuple[str, ...] = ()
        #: To be selected as soon as it is listed.
        self._wanted = ""
        self._looking = False
        self._again = False
        self._timer = QTimer(self, interval=_EVERY)
        self._timer.timeout.connect(self.look)
        self.page.installEventFilter(self)
        self._connect()

    def _connect(self) -> None:
        page = self.page
        self._new.chosen.connect(self.start)
        self._new.dialog_wanted.connect(self.dialog_wanted)
        self._new.failed.connect(self.failed)
        page.new_run_wanted.connect(lambda: self.new_run())
        page.pause_wanted.connect(lambda run: self._tell(run, RunFolder.pause))
        page.continue_wanted.connect(lambda run: self._tell(run, RunFolder.go_on))
        page.stop_wanted.connect(lambda run: self._tell(run, RunFolder.cancel))
        page.resume_wanted.connect(self.resume)
        page.evaluate_wanted.connect(self.evaluate)
        page.delete_wanted.connect(self._ask_to_delete)
        page.folder_wanted.connect(self._show_folder)
        page.selection_changed.connect(self._select)
        page.compare_wanted.connect(self.compare)
        page.cell_opened.connect(self.show_wanted)
        page.images_opened.connect(self.images_wanted)
        page.image_annotated.connect(self.annotate_wanted)
        page.predictions_wanted.connect(lambda run: self.predicted.follow(run, page.views.predictions))
        self.predicted.failed.connect(self._change_failed)
        self._session.closing.connect(self._closing)
        self._session.opened.connect(self._opened)
        self._jobs.finished.connect(lambda _run, _state: self.look())

    # -- what others ask ------------------------------------------------------------------------

    def look(self) -> None:
        """Read what is new, in a thread; only while the page is shown. One look at a time."""
        store = self._session.store
        if store is None or not self.page.isVisible():
            return
        if self._looking:
            self._again = True
            return
        if self._reader is None:
            self._reader = RunsReader(store.folder)
        reader, selected = self._reader, frozenset(self._selected)
        self._looking = True
        # An answer must not be lost: it carries events that are read once. So none is asked for twice.
        self._session.desk.ask("runs.look", lambda: reader.look(selected), self._take, self._look_failed)

    def new_run(self, start: Mapping[str, Any] | None = None) -> None:
        """Open the dialog of a new run; ``start`` are values that it begins with."""
        self._new.open(self.page.window(), start)

    def start(self, config: RunConfig) -> RunFolder | None:
        """Start a run; None where that failed, which was then told."""
        from store.runs.configuring import write_config

        store = self._session.needed()

        def prepare(folder: Path) -> Sequence[str]:
            file = folder / "config.toml"
            try:
                write_config(config, file)
            except OSError as error:
                raise StudioError(
                    f"{file} cannot be written: {error.strerror}.", "Check that the disk has room."
                ) from error
            return ["--config", str(file)]

        run = self._jobs.start(store.folder, ["train", "--store", str(store.folder)], prepare)
        if run is not None:
            self._wanted = run.id
        self.look()
        return run

    def resume(self, run_id: str, settings: Mapping[str, Any] | None = None) -> None:
        """Go on with a run that has ended, with other ``settings`` ({"training.batch": 4}) where given."""
        run, store = self._run(run_id), self._session.store
        if run is None or store is None:
            return
        changes = [part for name, value in (settings or {}).items() for part in ("--set", _set(name, value))]
        kind = self._found[run_id].state.kind
        self._jobs.resume(run, [kind, "--store", str(store.folder), "--resume", str(run.path), *changes])
        self.look()

    def evaluate(self, run_id: str) -> None:
        """Evaluate a run's model, as a job."""
        run, store = self._run(run_id), self._session.store
        if run is not None and store is not None and not self._evaluated_now(run):
            self._jobs.start(store.folder, ["evaluate", "run", str(run.path), "--store", str(store.folder)])
            self.look()

    def delete(self, run: RunFolder) -> None:
        """Delete a run with all its files, in a thread: the person has been asked."""

        def gone(_none: object) -> None:
            self._jobs.forget(run)
            self.look()

        self._session.desk.ask(f"runs.delete.{run.id}", run.delete, gone, self._change_failed)

    def compare(self, first: str, second: str) -> None:
        """Show what the second run does otherwise than the first."""
        both = [
            Compared(one.run.id, one.name, one.run.path)
            for one in (self._found.get(first), self._found.get(second))
            if one is not None
        ]
        store = self._session.store
        if len(both) == 2 and store is not None:
            self._session.desk.ask(
                "runs.compare",
                lambda: labelled(compared(*both), store),
                self._show_comparison,
                self._change_failed,
            )

    def select(self, run_id: str) -> None:
        """Select a run, as if the person had; one that is not listed yet is when it is."""
        self._wanted = run_id
        self._select_wanted()

    def shows(self, run_id: str) -> bool:
        """Whether a run is selected."""
        return run_id in self._selected

    def close(self) -> None:
        """Wait for the page's threads; the window is going."""
        self._timer.stop()
        self.predicted.close()
        self.page.close_pictures()

    # -- what was read --------------------------------------------------------------------------

    def _take(self, found: tuple[Found, ...]) -> None:
        self._looking = False
        self._found = {one.run.id: one for one in found}
        for one in found:
            if one.series is not None:
                self._series[one.run.id] = one.series
            elif one.summary is None:
                self._series[one.run.id].update(one.events)
        followed = {one.run.id for one in found if one.summary is None}
        self._series = {run: series for run, series in self._series.items() if run in followed}
        self._show()
        if self._again:
            self._again = False
            self.look()

    def _look_failed(self, error: StudioError) -> None:
        self._looking = False
        self._timer.stop()
        self.page.show_message(error.what, error.fix)

    def _show(self) -> None:
        runs = tuple(self._summary(one) for one in self._found.values())
        if runs != self._shown:
            self._shown = runs
            self.page.show_runs(runs)
            self.listed.emit(runs)
            self._select_wanted()
        for run in self._selected:
            self._show_details(run)

    def _select_wanted(self) -> None:
        if self._wanted in self._found:
            wanted, self._wanted = self._wanted, ""
            self.page.select(wanted)

    def _summary(self, one: Found) -> RunSummary:
        if one.summary is not None:
            return one.summary
        series = self._series[one.run.id]
        return summary_of(one.run.id, one.name, one.state, series, stopping=one.stopping, pausing=one.pausing)

    def _show_details(self, run: str) -> None:
        one, series = self._found.get(run), self._series.get(run)
        if one is None or series is None or one.texts is None:
            return
        told = (series, one.texts, one.state, one.stopping, one.pausing)
        before = self._details.get(run)
        if before is not None and not one.events and before == told:
            return
        self._details[run] = told
        details = details_of(one, series)
        self.page.show_details(details)
        self.detailed.emit(details)
        if one.texts.problem is not None and (before is None or before[1] is not one.texts):
            self.page.show_message(one.texts.problem.what, one.texts.problem.fix)

    def _show_comparison(self, comparison: Comparison) -> None:
        self.page.show_comparison(comparison)
        self.compared.emit(comparison)

    # -- what the person wants ------------------------------------------------------------------

    def _select(self, runs: list[str]) -> None:
        self._selected = tuple(runs)
        # The page awaits the details of each, also of those that it was given before.
        self._details = {}
        self._show()
        self.look()

    def _run(self, run_id: str) -> RunFolder | None:
        one = self._found.get(run_id)
        return one.run if one is not None else None

    def _tell(self, run_id: str, call: Callable[[RunFolder], object]) -> None:
        run = self._run(run_id)
        if run is None:
            return
        try:
            call(run)
        except StudioError as error:
            self._change_failed(error)
        self.look()

    def _change_failed(self, error: StudioError) -> None:
        _log.warning("%s", error)
        self.page.show_message(error.what, error.fix)

    def _ask_to_delete(self, run_id: str) -> None:
        one = self._found.get(run_id)
        if one is None or self._evaluated_now(one.run):
            return
        dialog = ConfirmDialog(
            f"Delete the run {one.name}?",
            f"Its figures, checkpoints, samples and log in {one.run.path} are deleted for good. "
            "A model that it has made stays with the store.",
            "Delete the run",
            self.page.window(),
        )
        dialog.accepted.connect(lambda: self.delete(one.run))
        self.dialog_wanted.emit(dialog)

    def _evaluated_now(self, run: RunFolder) -> bool:
        """Whether an evaluation of a run is under way, which is then told: two would write the same files."""
        for job in self._jobs.running("evaluate"):
            if str(run.path) in job.about().get("command", ()):
                self.page.show_message(
                    f"{self._jobs.title(job)}: it is under way.", "Wait for its end, or stop it first."
                )
                return True
        return False

    def _show_folder(self, run_id: str) -> None:
        run = self._run(run_id)
        if run is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(run.path)))

    # -- the store and the page -----------------------------------------------------------------

    def _opened(self) -> None:
        self.look()

    def _closing(self) -> None:
        self._reader = None
        self.predicted.close()
        self._found, self._series, self._details = {}, {}, {}
        self._selected, self._shown, self._wanted = (), None, ""
        self._looking = self._again = False
        self.page.show_runs(())
        self.page.show_message("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.page:
            if event.type() == QEvent.Type.Show:
                self._timer.start()
                # Not before the page stands there: what is read comes into a page that is laid out.
                QTimer.singleShot(0, self, self.look)
            elif event.type() == QEvent.Type.Hide:
                self._timer.stop()
        return False


def details_of(one: Found, series: Series) -> RunDetails:
    """Everything about a followed run."""
    texts, state = one.texts, one.state
    assert texts is not None
    standing = standing_of(state, series, stopping=one.stopping, pausing=one.pausing)
    reason, fix = "", ""
    if standing == "failed":
        reason = str(state.result.get("what") or "It failed without saying why.")
        fix = str(state.result.get("fix") or "The log says more.")
    elif standing == "killed":
        reason = "The process was killed, or the machine went down."
        fix = "Resume goes on from what is saved." if state.kind in RESUMABLE else "Start it again."
    return RunDetails(
        id=one.run.id,
        name=one.name,
        standing=standing,
        started=state.started,
        folder=one.run.path,
        series=series,
        evaluation=texts.evaluation,
        config_text=texts.config,
        log_text=texts.log,
        command=texts.command,
        reason=reason,
        fix=fix,
        smaller=smaller_of(state.result),
        kind=state.kind,
        done=state.done,
        total=state.total,
        message=state.message,
    )


def smaller_of(result: Mapping[str, Any]) -> Mapping[str, Any]:
    """The settings with which a run that ran out of memory can go on, as it has said itself."""
    offered = result.get("settings")
    return dict(offered) if isinstance(offered, Mapping) else {}


def _set(name: str, value: Any) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"{name}={text}"
