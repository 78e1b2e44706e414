"""Export: slices to choose from, the look before, and the job that writes."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from app.controllers.browse import BrowseController
from app.controllers.export_preview import (
    annotation_bytes,
    arguments_of,
    preview_of,
    question_of,
    size_of,
)
from app.controllers.export_tables import ExportTables
from app.controllers.jobs import JobsController
from app.places import data_folder
from app.session import Session
from store.db import Store
from store.errors import Cancelled, FilterError, StudioError
from store.exporting import ExportOptions, Loss, Preflight, preflight
from store.filters import UNKNOWN, parse
from store.formats.titles import TITLES
from store.progress import Progress
from store.records import View
from store.runs import Event, RunFolder, RunState
from widgets.dialogs.confirm import ConfirmDialog
from widgets.pages.export import ExportChoice, ExportPage, Preview, Slice

#: A choice must stand so long before it is looked at, in milliseconds.
_SETTLE = 200
#: So many picture files tell how large all are.
_SAMPLE = 50
#: A longer filter goes to the job in a file: a command line has its limits.
_LONGEST_WHERE = 20_000


@dataclass(frozen=True, slots=True)
class Looked:
    """The answer to a choice: the preflight, the splits that go out, and the bytes that are needed."""

    found: Preflight
    splits: tuple[str, ...]
    needed: int


class ExportController(QObject):
    """Joins the Export page to the store and to its job.

    ``show_wanted(str)``: Browse should show the images of a filter. ``dialog_wanted(QDialog)``: show it till
    it is closed.
    """

    failed = Signal(object)
    show_wanted = Signal(str)
    dialog_wanted = Signal(object)

    def __init__(
        self,
        session: Session,
        browse: BrowseController,
        jobs: JobsController,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._browse, self._jobs = session, browse, jobs
        self.page = ExportPage()
        self._selection: list[int] = []
        self._views: tuple[View, ...] = ()
        self._generation = 0
        self._run: RunFolder | None = None
        self._lost: tuple[Loss, ...] = ()
        self.tables = ExportTables(session, self)
        self.tables.failed.connect(self.failed)
        self.tables.changed.connect(self._choice_changed)
        self.tables.dialog_wanted.connect(self.dialog_wanted)
        self._out: Path | None = None
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE)
        self._settle.timeout.connect(self._look)
        page = self.page
        page.changed.connect(self._choice_changed)
        page.check_wanted.connect(self._look)
        page.export_wanted.connect(self._ask)
        page.form.table_wanted.connect(self._show_table)
        page.cancel_wanted.connect(self._cancel)
        page.folder_wanted.connect(self._show_folder)
        page.show_wanted.connect(self.show_wanted)
        jobs.changed.connect(self._job_changed)
        jobs.said.connect(self._job_said)
        jobs.finished.connect(self._job_finished)
        session.closing.connect(self._closing)

    # -- what others ask ------------------------------------------------------------------------

    def show(self) -> None:
        """The page is about to be shown: offer what can go out now, and look at it."""
        store = self._session.needed()
        self._session.desk.ask("export.views", store.views.all, self._take_views, self.failed.emit)
        self._offer()
        self._suggest_places(store)
        self._take_up_running()
        if not self.page.running():
            self._look()

    def offer_selection(self, ids: list[int]) -> None:
        """Offer the selected images of Browse, and choose them."""
        self._selection = list(ids)
        self._offer(keep="selection")

    def start(self) -> None:
        """What the main button does, for its key."""
        self.page.start_export()

    # -- what can go out ------------------------------------------------------------------------

    def _offer(self, keep: str = "") -> None:
        slices = [Slice("all", "All images", icon="photo")]
        where = self._browse.page.filter_text.strip()
        if where and self._browse.listed is None:
            name = f"Filter in Browse: {where if len(where) < 60 else where[:57] + '…'}"
            slices.append(Slice("filter", name, where, "filter"))
        listed = self._browse.listed
        if listed is not None:
            among = f"id in ({', '.join(map(str, sorted(listed.ids)))})"
            within = f"{among} and ({where})" if where else among
            slices.append(Slice("list", f"List in Browse: {listed.title}", within, "list"))
        if self._selection:
            ids = ", ".join(map(str, sorted(self._selection)))
            count = len(self._selection)
            name = f"Selection, {count:,} image{'s' if count > 1 else ''}"
            slices.append(Slice("selection", name, f"id in ({ids})", "square-check"))
        slices += [Slice(f"view {view.id}", view.name, view.where) for view in self._views]
        self.page.show_slices(slices, keep)

    def _take_views(self, views: tuple[View, ...]) -> None:
        if views != self._views:
            self._views = views
            self._offer()

    def _suggest_places(self, store: Store) -> None:
        folder = Path(str(self._session.settings.layout("export folder", Path.home())))
        name = "".join(c if c.isalnum() or c in "-_" else "-" for c in store.name) or "export"
        places = {one: folder / (f"{name}.json" if one == "coco" else f"{name}-{one}") for one in TITLES}
        self.page.form.show_places({one: str(place) for one, place in places.items()})

    # -- the look before ------------------------------------------------------------------------

    def _choice_changed(self) -> None:
        self.page.show_checking()
        self._settle.start()

    def _look(self) -> None:
        store = self._session.store
        if store is None or self.page.running():
            return
        self._settle.stop()
        self._generation += 1
        generation, choice = self._generation, self.page.choice()
        self.page.show_checking()

        def progress(done: int, total: int, message: str = "") -> None:  # noqa: ARG001
            # Somebody has chosen otherwise: nobody waits for this answer.
            if generation != self._generation:
                raise Cancelled

        def work() -> Looked | None:
            try:
                return look(store, choice, progress)
            except Cancelled:
                return None

        self._session.desk.ask(
            "export.look", work, lambda looked: self._show_look(choice, looked), self._look_failed
        )

    def _show_look(self, choice: ExportChoice, looked: Looked | None) -> None:
        store = self._session.store
        if looked is None or store is None:
            return
        categories = self._session.categories
        self._lost = looked.found.lost
        self.page.show_preview(preview_of(looked.found, choice, store.folder, categories, looked.splits))
        self._show_space(choice.out, looked.needed)

    def _look_failed(self, error: StudioError) -> None:
        fix = error.fix if not isinstance(error, FilterError) else "Correct the filter in Browse."
        self.page.show_preview(Preview("bad", error.what, fix, "Export", blocked=error.what))

    def _show_space(self, out: Path | None, needed: int) -> None:
        if out is None:
            self.page.form.show_space("")
            return
        there = next((folder for folder in out.absolute().parents if folder.is_dir()), None)
        if there is None:
            self.page.form.show_space("The folder is not there", bad=True)
            return
        free = shutil.disk_usage(there).free
        words = f"free {size_of(free)}, needs about {size_of(needed)}"
        replaced = out.is_file() or (out.is_dir() and any(out.iterdir()))
        if replaced:
            words += "; what is there will be replaced" if out.is_file() else "; the folder is not empty"
        self.page.form.show_space(words, bad=free < needed)

    # -- the job --------------------------------------------------------------------------------

    def _ask(self) -> None:
        """Export; where something would be lost, only if the person says so."""
        if not self._lost:
            self._start()
            return
        dialog = ConfirmDialog(
            "Export all the same?", question_of(self._lost), "Export with these losses", self.page.window()
        )
        dialog.accepted.connect(self._start)
        self.dialog_wanted.emit(dialog)

    def _show_table(self) -> None:
        choice = self.page.choice()
        self.tables.show(choice.format, choice.layout, self.page.window())

    def _start(self) -> None:
        store, choice = self._session.store, self.page.choice()
        if store is None or choice.out is None:
            return
        arguments = arguments_of(choice, store.folder)
        # A store that may not be written has no room for the job's own folder.
        folder = data_folder() if store.read_only else store.folder
        try:
            if len(choice.where) > _LONGEST_WHERE:
                place = arguments.index("--where") + 1
                arguments[place] = f"@{_where_file(folder, choice.where)}"
            self._session.settings.set_layout(**{"export folder": str(choice.out.absolute().parent)})
        except StudioError as error:
            self.failed.emit(error)
            return
        run = self._jobs.start(folder, arguments)
        if run is not None:
            self._run, self._out = run, choice.out
            self.page.show_running("Starting", 0, 0)

    def _take_up_running(self) -> None:
        """An export that was started before the window was: it goes on being shown."""
        if self._run is None:
            for run in self._jobs.running("export"):
                self._run = run
                command = list(run.about().get("command", ()))
                self._out = Path(command[2]) if len(command) > 2 else None
                self.page.show_running("Running", 0, 0)
                return

    def _cancel(self) -> None:
        if self._run is not None:
            self._jobs.cancel(self._run)

    def _job_changed(self, run: RunFolder, state: RunState) -> None:
        if run is self._run and not state.ended:
            self.page.show_running(state.message or "Starting", state.done, state.total)

    def _job_said(self, run: RunFolder, event: Event) -> None:
        if run is self._run and event.kind == "proof":
            self.page.side.set_proof(str(event.data.get("key")), str(event.data.get("state")))

    def _job_finished(self, run: RunFolder, state: RunState) -> None:
        if run is not self._run:
            return
        self._run = None
        result = state.result
        if state.state == "done":
            self.page.show_end("ok", "Exported", _told(result), folder=True)
        elif state.state == "cancelled":
            self.page.show_end("warn", "Cancelled", "Nothing was written.", folder=False)
        else:
            what = str(result.get("what") or "The export stopped without a word.")
            fix = str(result.get("fix") or f"Nothing was left under the final name. The log is {run.log}.")
            self.page.show_end("bad", what, fix, folder=False)
        self.page.side.show_ready(self.page.side.export.text(), "", "runs as a job, can be cancelled")

    def _show_folder(self) -> None:
        if self._out is not None:
            folder = self._out if self._out.is_dir() else self._out.parent
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def _closing(self) -> None:
        self._generation += 1
        self._settle.stop()
        self._selection, self._views, self._run, self._lost = [], (), None, ()


def look(store: Store, choice: ExportChoice, progress: Progress) -> Looked:
    """What a choice would write. Runs in a thread; errors as :func:`preflight`, Cancelled passes."""
    where = parse(choice.where)
    options = ExportOptions(layout=choice.layout, precise=choice.precise, copy_images=choice.copy_images)
    found = preflight(store, choice.format, where, options, progress)
    known = store.statistics.facets(where).get("split", {})
    splits = tuple("" if split == UNKNOWN else split for split in known)
    needed = annotation_bytes(found, choice)
    if choice.copy_images and found.images:
        sizes = []
        for image in store.images.get_many(store.images.ids(where, "id")[:_SAMPLE].tolist()):
            path = store.images.path(image)
            if path.is_file():
                sizes.append(path.stat().st_size)
        needed += round(sum(sizes) / max(1, len(sizes)) * found.images)
    return Looked(found, splits, needed)


def _where_file(folder: Path, where: str) -> Path:
    path = folder / "runs" / "selection.txt"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(where, encoding="utf-8")
    except OSError as error:
        raise StudioError(
            f"{path} cannot be written: {error.strerror}.", "Export fewer images, or a filter."
        ) from error
    return path


def _told(result: Mapping[str, object]) -> str:
    seconds, verified = result.get("seconds"), result.get("verified")
    files = result.get("files")
    names = ", ".join(str(file) for file in files) if isinstance(files, list) else ""
    time = f" in {seconds:.1f} s" if isinstance(seconds, (int, float)) else ""
    proved = f"; {verified:,} images were read back and are equal" if isinstance(verified, int) else ""
    return f"{names}{time}{proved}."
