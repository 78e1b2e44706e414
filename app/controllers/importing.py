"""Import: the dialog, what it shows before anything is stored, and the job that does it; also the demo."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from app.cli.demo import default_folder, is_whole, store_of
from app.controllers.jobs import JobsController
from app.places import data_folder
from app.session import Session
from resources import taxonomy
from resources.taxonomy import Category
from store.errors import StudioError
from store.formats import registry
from store.formats.base import Reader, ReadOptions
from store.formats.titles import REASONS
from store.records import Dataset, ImageRecord
from store.runs import RunFolder, RunState
from store.settings import is_store
from widgets.dialogs.import_dialog import ImportChoice, ImportDialog
from widgets.dialogs.import_preview import Preview, draw
from widgets.dialogs.import_steps import KnownDataset, ProblemLine

if TYPE_CHECKING:
    from app.paged_window import PagedWindow
    from store.db import Store

_log = logging.getLogger(__name__)
#: So many records are read before the import, and so many of them are drawn.
READ_FIRST, DRAWN_FIRST = 200, 20
#: More problems than these are only counted.
_PROBLEMS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class First:
    """What the first records of a dataset are: previews, problems, and how many were read."""

    previews: tuple[Preview, ...]
    problems: tuple[ProblemLine, ...]
    read: int
    found: int


def read_first(reader: Reader) -> First:
    """Read and draw the first records of a dataset. Runs in a thread."""
    categories: dict[int, Category] = {c.id: c for c in (*taxonomy.categories(), *reader.categories())}
    previews: list[Preview] = []
    problems: list[ProblemLine] = []
    read = found = 0
    for record in islice(reader.records(), READ_FIRST):
        read += 1
        found += len(record.problems)
        problems.extend(_lines(record)[: _PROBLEMS_SHOWN - len(problems)])
        if len(previews) < DRAWN_FIRST:
            previews.append(draw(record, reader.images_root, categories))
    return First(tuple(previews), tuple(problems), read, found)


def _lines(record: ImageRecord) -> list[ProblemLine]:
    return [
        ProblemLine(" ".join(part for part in (one.file, one.item) if part), one.message, str(one.severity))
        for one in record.problems
    ]


class ImportController(QObject):
    """Opens the import dialog and follows the jobs that bring something in."""

    failed = Signal(object)
    #: An import that was started here has come to its end; its result, as ``import --json`` has it.
    told = Signal(object)
    #: A job has begun to bring images into the open store, or no job does any more.
    importing = Signal(bool)

    def __init__(self, session: Session, jobs: JobsController, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._jobs = jobs
        self._dialog: ImportDialog | None = None
        #: Where the images of a job go, while it runs.
        self._targets: dict[str, Path] = {}
        jobs.changed.connect(self._job_changed)
        jobs.finished.connect(self._job_finished)

    def open(self, path: str = "") -> None:
        """Open the dialog, on a dataset if one is given."""
        store = self._session.store
        parent = self.parent()
        dialog = ImportDialog(parent if isinstance(parent, QWidget) else None)
        self._dialog = dialog
        writable = store is not None and not store.read_only
        dialog.offer_store(store.name if store is not None and writable else "", str(_free_folder()))
        dialog.source_changed.connect(self._look)
        dialog.import_wanted.connect(self._start)
        if path:
            dialog.show_path(path)
        dialog.exec()
        self._dialog = None
        dialog.deleteLater()
        if isinstance(parent, QWidget):
            parent.activateWindow()

    def open_demo(self) -> None:
        """Open the demo; draw it first, as a job, where it is not there."""
        folder = default_folder()
        try:
            if is_whole(folder):
                self._session.open(store_of(folder))
                return
            folder.mkdir(parents=True, exist_ok=True)
        except StudioError as error:
            self.failed.emit(error)
            return
        except OSError as error:
            self.failed.emit(StudioError(f"{folder} cannot be made: {error.strerror}."))
            return
        if not self._jobs.running("demo"):
            run = self._jobs.start(folder, ["demo", "--dir", str(folder), "--headless"])
            if run is not None:
                self._targets[run.id] = store_of(folder)

    # -- before ---------------------------------------------------------------------------------

    def _look(self) -> None:
        dialog = self._dialog
        if dialog is None:
            return
        choice, wanted = dialog.choice(), dialog.wanted_format()
        options = ReadOptions(images=choice.images, split=choice.split)

        store = self._session.store

        def work() -> tuple[Reader, int, KnownDataset | None]:
            reader = registry.reader(wanted, choice.path, options)
            known = None if store is None else known_dataset(store, reader, choice.path, choice.split)
            return reader, len(reader), known

        self._session.desk.ask("import.look", work, self._found, self._refused)

    def _found(self, found: tuple[Reader, int, KnownDataset | None]) -> None:
        reader, count, known = found
        if self._dialog is None:
            return
        path = self._dialog.choice().path
        name = path.stem if path.suffix.lower() == ".json" else path.name
        self._dialog.show_found(reader.format, REASONS.get(reader.format, ""), count, name, known)
        self._session.desk.ask("import.first", lambda: read_first(reader), self._show_first, self._refused)

    def _show_first(self, first: First) -> None:
        if self._dialog is not None:
            problems = "no problems" if not first.found else f"{first.found:,} problems"
            if first.found == 1:
                problems = "1 problem"
            more = f"; the first {len(first.previews)} are shown" if first.read > len(first.previews) else ""
            self._dialog.show_preview(
                first.previews, first.problems, f"The first {first.read:,} images have {problems}{more}"
            )

    def _refused(self, error: StudioError) -> None:
        if self._dialog is not None:
            self._dialog.show_refused(error.what, error.fix)

    # -- the job --------------------------------------------------------------------------------

    def _start(self, choice: ImportChoice) -> None:
        store = self._session.store
        folder = choice.store or (store.folder if store is not None else None)
        if folder is None:
            return
        arguments = ["import", choice.format, str(choice.path.absolute()), "--store", str(folder.absolute())]
        for option, value in (
            ("--images", choice.images),
            ("--split", choice.split),
            ("--name", choice.name),
            ("--conflicts", choice.conflicts if choice.conflicts != "keep" else ""),
        ):
            if value:
                arguments += [option, str(value)]
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            self.failed.emit(
                StudioError(f"{folder} cannot be made: {error.strerror}.", "Choose another folder.")
            )
            return
        run = self._jobs.start(folder.absolute(), arguments)
        if run is not None:
            self._targets[run.id] = folder.absolute()
            self.importing.emit(True)

    def _job_changed(self, run: RunFolder, state: RunState) -> None:
        """Open a new store as soon as there is something in it to see."""
        target = self._targets.get(run.id)
        if target is not None and state.kind == "import" and state.done and is_store(target):
            self._show(target)

    def _job_finished(self, run: RunFolder, state: RunState) -> None:
        target = self._targets.pop(run.id, None)
        if state.kind in ("import", "demo") and state.state in ("failed", "lost"):
            what = str(state.result.get("what") or f"{self._jobs.title(run)} stopped without a word.")
            self.failed.emit(StudioError(what, str(state.result.get("fix") or f"The log is {run.log}.")))
        elif target is not None and is_store(target):
            self._show(target)
            if state.kind == "import" and state.state == "done":
                self.told.emit(state.result)
        if not self._jobs.running("import"):
            self.importing.emit(False)

    def _show(self, folder: Path) -> None:
        store = self._session.store
        if self._session.opening != folder and (store is None or store.folder != folder):
            self._session.open(folder)


def known_dataset(store: Store, reader: Reader, path: Path, split: str) -> KnownDataset | None:
    """The dataset of a store that an import of this would bring up to date. Runs in a thread."""
    from store import unfinished

    asked = {unfinished.ASKED: {"split": split}} if split else {}
    wanted = Dataset(format=reader.format, root=str(path.absolute()), extra=asked)
    found = unfinished.known(store, wanted)
    if found is None:
        return None
    images, _ = store.datasets.extent(found.id)
    return KnownDataset(found.name, images, not unfinished.is_unfinished(store, found))


def result_words(result: Mapping[str, Any]) -> tuple[str, str, str]:
    """A banner's kind, title and text for what an import says it did."""

    def count(name: str) -> int:
        found = result.get(name)
        return found if isinstance(found, int) else 0

    name = str(result.get("dataset", ""))
    problems = count("problems")
    kind = "warn" if problems else "ok"
    words = f"{problems:,} problems are listed; nothing else was held up by them" if problems else ""
    if problems == 1:
        words = "One problem is listed; nothing else was held up by it"
    if not result.get("again"):
        return kind, f"{name}: {count('images'):,} images, {count('garments'):,} garments imported", words
    parts = [f"{count('images'):,} added", f"{count('changed'):,} changed", f"{count('same'):,} as they were"]
    if count("gone"):
        parts.append(f"{count('gone'):,} not in the files any more")
    if count("kept"):
        words = f"{count('kept'):,} images were edited here and changed in the files: the edits were kept"
    return kind, f"{name} is up to date: {', '.join(parts)}", words


def tell(window: PagedWindow, result: Mapping[str, Any]) -> None:
    """Say above the page what an import did, and offer what may be done next."""
    dataset = str(result.get("dataset", ""))
    calls: list[tuple[str, Callable[[], object]]] = []
    if result.get("problems"):
        calls.append(("Show problems", window.show_problems))
    if not {'"', "'"} <= set(dataset):
        quote = "'" if '"' in dataset else '"'
        calls.append(("Browse it", lambda: window.show_filter(f"dataset = {quote}{dataset}{quote}")))
    window.banner.show_message(*result_words(result), calls)
    window.banner.show()


def _free_folder() -> Path:
    """A folder for a new store that is not there yet."""
    base = data_folder() / "stores"
    number = 1
    while (base / f"store-{number}").exists():
        number += 1
    return base / f"store-{number}"
