"""Adds models: the dialog, the job that reads a checkpoint, how far it is, and why it was refused."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from app.controllers.jobs import JobsController
from app.jobs.naming import name_of_source
from app.session import Session
from store.runs import RunFolder, RunState
from widgets.dialogs.add_model import AddChoice, AddModelDialog
from widgets.pages.models.page import ModelsPage

#: Layouts of checkpoints by their names on the command line: torch must not be loaded to know them.
LAYOUTS = (
    ("mmdetection", "MMDetection"),
    ("torchvision", "torchvision"),
    ("mmfashion", "MMFashion"),
)
#: The kind of the jobs that this starts.
KIND = "models"


class AddingController(QObject):
    """``added(Path)``: a model lies in this folder now. ``dialog_wanted``: show it till it is closed."""

    added = Signal(object)
    dialog_wanted = Signal(object)

    def __init__(
        self, session: Session, jobs: JobsController, page: ModelsPage, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._jobs, self._page = session, jobs, page
        #: What is being added, by the job's id.
        self._asked: dict[str, AddChoice] = {}
        jobs.changed.connect(self._changed)
        jobs.finished.connect(self._finished)
        session.closing.connect(self._asked.clear)

    def open(self, start: AddChoice | None = None) -> None:
        """Open the dialog, with what was chosen before where something was wrong with it."""
        store = self._session.store
        if store is None:
            return
        dialog = AddModelDialog(
            LAYOUTS, store=f"{store.name}, this store", start=start, parent=self._page.window()
        )
        dialog.accepted.connect(lambda: self.start(dialog.choice()))
        self.dialog_wanted.emit(dialog)

    def start(self, choice: AddChoice) -> RunFolder | None:
        """Start the job that adds a model; None where that failed, which was then told."""
        store = self._session.store
        if store is None:
            return None
        self._page.show_message("bad", "")
        run = self._jobs.start(store.folder, arguments_of(choice, store.folder))
        if run is not None:
            self._asked[run.id] = choice
            self._show(run, "starting")
        return run

    # -- how it goes ----------------------------------------------------------------------------

    def _changed(self, run: RunFolder, state: RunState) -> None:
        if run.id in self._asked and not state.ended:
            share = f", {state.done / state.total * 100:.0f}\u2009%" if state.total else ""
            self._show(run, f"{state.message or 'starting'}{share}")

    def _show(self, run: RunFolder, words: str) -> None:
        name = name_of_source(self._asked[run.id].source)
        self._page.show_adding(f"Adding {name}: {words}", lambda: self._jobs.cancel(run))

    def _finished(self, run: RunFolder, state: RunState) -> None:
        choice = self._asked.pop(run.id, None)
        if choice is None:
            return
        if not self._asked:
            self._page.show_adding("")
        self._jobs.forget(run)
        if state.state == "done":
            self.added.emit(Path(str(state.result.get("folder") or state.result.get("name") or "")))
            return
        if state.state == "cancelled":
            return
        again = [("Try again", lambda: self.open(choice)), ("Show log", lambda: self._show_log(run))]
        what = str(state.result.get("what") or "It stopped without a word.")
        fix = str(state.result.get("fix") or "The log says more.")
        self._page.show_message("bad", f"{name_of_source(choice.source)} was not added: {what}", fix, again)

    def _show_log(self, run: RunFolder) -> None:
        from PySide6.QtCore import QUrl
        from PySide6.QtGui import QDesktopServices

        QDesktopServices.openUrl(QUrl.fromLocalFile(str(run.log)))


def arguments_of(choice: AddChoice, store_folder: Path) -> list[str]:
    """The command that adds a model."""
    found = [KIND, "add", choice.source]
    if choice.place == "store":
        found += ["--store", str(store_folder)]
    for name, value in (
        ("--name", choice.name),
        ("--licence", choice.licence),
        ("--format", choice.format),
        ("--names", choice.names),
    ):
        if value:
            found += [name, value]
    return [*found, "--replace"] if choice.replace else found
