"""Predict and Evaluate: the dialog that asks over which images a model is to go, and the job that does it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app import category_maps
from app.controllers.browse import BrowseController
from app.controllers.jobs import JobsController
from app.session import Session
from store.errors import StudioError
from store.filters import parse
from store.records import View
from widgets.dialogs.model_job import ImageChoice, JobChoice, ModelJobDialog, Verb
from widgets.pages.models.records import DeviceChoice, ModelRow

if TYPE_CHECKING:
    from store.db import Store

#: A longer filter goes to the job in a file: a command line has its limits.
_LONGEST_WHERE = 20_000
_SHORT = 48


class ModelJobs(QObject):
    """Opens the dialogs and starts the jobs. ``started(RunFolder)`` when one has begun."""

    started = Signal(object)
    failed = Signal(object)
    dialog_wanted = Signal(object)
    mapping_wanted = Signal()
    devices_wanted = Signal()

    def __init__(
        self,
        session: Session,
        browse: BrowseController,
        jobs: JobsController,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._browse, self._jobs = session, browse, jobs
        self._dialog: ModelJobDialog | None = None

    def open(self, verb: Verb, row: ModelRow, devices: Sequence[DeviceChoice], map_words: str) -> None:
        """Open the dialog of a verb for a model; ``map_words``: what of its categories is to be checked."""
        store = self._session.store
        if store is None or self._dialog is not None:
            return
        self.devices_wanted.emit()
        self._session.desk.ask(
            "models.views",
            store.views.all,
            lambda views: self._show(verb, row, devices, map_words, views),
            self.failed.emit,
        )

    def show_devices(self, devices: Sequence[DeviceChoice]) -> None:
        """What devices there are is known now."""
        if self._dialog is not None:
            self._dialog.show_devices(devices)

    def show_map(self, words: str) -> None:
        """What of the model's categories should be looked at has changed."""
        if self._dialog is not None:
            self._dialog.show_map(words)

    def start(self, verb: Verb, row: ModelRow, choice: JobChoice) -> None:
        """Start the job of a choice."""
        store, manifest = self._session.store, row.manifest
        if store is None or manifest is None:
            return

        def prepare(folder: Path) -> list[str]:
            return ["--where", _where(folder, choice.where)] if choice.where else []

        arguments = arguments_of(verb, row, choice, store.folder)
        if verb == "predict" and category_maps.needed(manifest.spec.categories, self._session.categories):
            chosen = category_maps.in_force(store.folder, manifest, self._session.categories)
            for name, target in chosen.items():
                arguments += ["--map", f"{name}={'' if target is None else target}"]
        run = self._jobs.start(store.folder, arguments, prepare)
        if run is not None:
            self.started.emit(run)

    def close(self) -> None:
        """Close the dialog where one is open; the window is going."""
        if self._dialog is not None:
            self._dialog.reject()

    # -- the dialog -----------------------------------------------------------------------------

    def _show(
        self,
        verb: Verb,
        row: ModelRow,
        devices: Sequence[DeviceChoice],
        map_words: str,
        views: tuple[View, ...],
    ) -> None:
        dialog = ModelJobDialog(
            verb, row.name, self._images(verb, views), devices, self._browse.page.window()
        )
        self._dialog = dialog
        dialog.show_map(map_words)
        dialog.count_wanted.connect(self._count)
        dialog.mapping_wanted.connect(self.mapping_wanted)
        dialog.accepted.connect(lambda: self.start(verb, row, dialog.choice()))
        dialog.finished.connect(self._closed)
        self.dialog_wanted.emit(dialog)

    def _closed(self, _result: int) -> None:
        self._dialog = None

    def _images(self, verb: Verb, views: Sequence[View]) -> list[ImageChoice]:
        """What is offered: all, what Browse shows, saved views."""
        found = [ImageChoice("All images of the store", "")]
        if verb == "evaluate":
            found.insert(0, ImageChoice("What it has not learnt from", None))
        where, listed = self._browse.page.filter_text.strip(), self._browse.listed
        if listed is not None:
            among = f"id in ({', '.join(map(str, sorted(listed.ids)))})"
            within = f"{among} and ({where})" if where else among
            found.append(ImageChoice(f"The list in Browse: {listed.title}", within))
        elif where:
            short = where if len(where) < _SHORT else f"{where[: _SHORT - 1]}…"
            found.append(ImageChoice(f"What Browse shows now: {short}", where))
        return found + [ImageChoice(f"The view {view.name}", view.where) for view in views]

    def _count(self, where: str) -> None:
        store, dialog = self._session.store, self._dialog
        if store is None or dialog is None:
            return

        def told(count: int) -> None:
            if dialog is self._dialog:
                dialog.show_count(where, count)

        def refused(error: StudioError) -> None:
            if dialog is self._dialog:
                dialog.show_refused(where, str(error))

        self._session.desk.ask("models.count", lambda: count_of(store, where), told, refused)


def count_of(store: Store, where: str) -> int:
    """How many images a filter selects. FilterError as for Browse."""
    return store.images.count(parse(where))


def arguments_of(verb: Verb, row: ModelRow, choice: JobChoice, store_folder: Path) -> list[str]:
    """The command of a job; which images it takes is said where its folder is known."""
    same = ["--store", str(store_folder), "--device", choice.device]
    if choice.batch:
        same += ["--batch", str(choice.batch)]
    if verb == "evaluate":
        return ["evaluate", "run", str(row.folder), *same]
    return ["predict", *same, "--model", str(row.folder), "--score", f"{choice.score:g}"]


def _where(folder: Path, where: str) -> str:
    """A filter for the command line: itself, or ``@`` and the file that it stands in."""
    if len(where) <= _LONGEST_WHERE:
        return where
    file = folder / "where.txt"
    try:
        file.write_text(where, encoding="utf-8")
    except OSError as error:
        raise StudioError(
            f"{file} cannot be written: {error.strerror}.", "Check that the disk has room."
        ) from error
    return f"@{file}"
