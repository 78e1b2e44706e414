"""Finding pictures that lie elsewhere by now: the dialog, and the job that looks at each of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.controllers.jobs import JobsController
from app.controllers.retrieval.work import LongWork
from app.session import Session
from store.db import Store
from store.errors import StudioError
from store.progress import Progress
from store.runs import RunFolder, RunState
from widgets.dialogs.find_pictures import FindPicturesDialog, PictureSet


class FindingController(QObject):
    """Opens the dialog on the datasets of the open store.

    The folder is noted at once, so that pictures show; which of them are there is found out by a job.
    """

    failed = Signal(object)
    #: The pictures of a dataset may be elsewhere now, or turn out to be there.
    moved = Signal()
    dialog_wanted = Signal(object)

    def __init__(self, session: Session, jobs: JobsController, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._jobs = jobs
        self._dialog: FindPicturesDialog | None = None
        self._looking = LongWork(session, self)
        self._looking.told.connect(self._looked)
        jobs.finished.connect(self._job_finished)

    def open(self, dataset_id: int = 0) -> None:
        """Ask where pictures are, of one dataset first."""
        store = self._session.needed()
        self._session.desk.ask(
            "finding.sets",
            lambda: sets_of(store),
            lambda sets: self._show(sets, dataset_id),
            self.failed.emit,
        )

    def _show(self, sets: list[PictureSet], dataset_id: int) -> None:
        if not sets:
            self.failed.emit(StudioError("The store has no dataset.", "Import one first."))
            return
        parent = self.parent()
        dialog = FindPicturesDialog(sets, dataset_id, parent if isinstance(parent, QWidget) else None)
        self._dialog = dialog
        dialog.look_wanted.connect(self._look)
        dialog.look_unwanted.connect(self._looking.stop)
        dialog.use_wanted.connect(self._use)
        self.dialog_wanted.emit(dialog)
        self._dialog = None

    def _look(self, dataset_id: int, folder: str) -> None:
        """Look through a folder in a thread of its own; another question, or none any more, ends it."""
        store = self._session.needed()
        asked = (dataset_id, folder)

        def work(progress: Progress) -> tuple[str, int, int]:
            # Imported here, in the thread.
            from store.relocating import look

            found = look(store, dataset_id, Path(folder).expanduser(), progress)
            return str(found.folder), found.found, found.images

        def then(found: tuple[str, int, int]) -> None:
            self._in_dialog(lambda dialog: dialog.show_found(asked, *found))

        def refused(error: StudioError) -> None:
            self._in_dialog(lambda dialog: dialog.show_refused(asked, error.what, error.fix))

        self._looking.run(work, then, refused, lambda: None)

    def _looked(self, done: int, total: int, _message: str) -> None:
        self._in_dialog(lambda dialog: dialog.show_looking(done, total))

    def _in_dialog(self, call: Callable[[FindPicturesDialog], None]) -> None:
        if self._dialog is not None:
            call(self._dialog)

    def _use(self, dataset_id: int, folder: str) -> None:
        store = self._session.needed()
        self._session.desk.ask(
            "finding.use",
            lambda: noted(store, dataset_id, folder),
            lambda name: self._relocate(store, name),
            self.failed.emit,
        )

    def _relocate(self, store: Store, name: str) -> None:
        """Pictures show from where they are now; a job looks at each of them."""
        self._jobs.start(store.folder, ["relocate", "--store", str(store.folder), "--dataset", name])
        self._session.images_changed.emit(frozenset())
        self.moved.emit()

    def _job_finished(self, _run: RunFolder, state: RunState) -> None:
        if state.kind == "relocate" and self._session.store is not None:
            self._session.images_changed.emit(frozenset())
            self._session.refresh_totals()
            self.moved.emit()
            if state.state == "failed":
                self.failed.emit(
                    StudioError(str(state.result.get("what")), str(state.result.get("fix") or ""))
                )


def sets_of(store: Store) -> list[PictureSet]:
    """The datasets of a store, those with missing pictures first. Runs in a thread."""
    found = []
    for dataset in store.datasets.all():
        images, _ = store.datasets.extent(dataset.id)
        missing = store.datasets.missing(dataset.id)
        found.append(PictureSet(dataset.id, dataset.name, dataset.images_root, images, missing))
    return sorted(found, key=lambda one: not one.missing)


def noted(store: Store, dataset_id: int, folder: str) -> str:
    """Notes where the pictures of a dataset lie now ("": where they should be); its name. Runs in a
    thread."""
    dataset = store.datasets.get(dataset_id)
    if folder:
        from store.relocating import moved_root

        root = moved_root(dataset, Path(folder))
        dataset = store.datasets.update(dataset.but(root=root, images_root=folder))
    return dataset.name
