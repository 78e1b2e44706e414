"""Renders the pictures of the user guide: ``python docs/screenshots.py OUT [options of the demo command]``.

``--no-full-size`` leaves out those of a store of 800,000 images, which takes minutes to make up. The
program's own window is worked offscreen, on a demo that is drawn for the purpose, with settings of its own.
Everything lies in a temporary folder that is removed again.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import browse_pictures
import comfort_pictures
import landmark_pictures
import mask_pictures
import model_pictures
import numpy as np
import retrieval_pictures
import review_pictures
from broken import make_broken
from hand import Hand, isolate, wait, working
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from app.controllers.browse import set_reviews
from store.db import Store
from store.records import Garment, Review, Visibility
from store.settings import SettingsFile
from widgets.dialogs.import_dialog import ImportDialog
from widgets.dialogs.new_run import NewRunDialog
from widgets.pages.runs.page import TABS

LARGE, SMALL = (1600, 1000), (1280, 800)
AUTHOR = "Ada"
NO_FULL_SIZE = "--no-full-size"
FILTER = "category = trousers and occlusion >= medium"
#: The runs that the guide shows, with their seeds: small enough for a processor to be done with in a minute.
RUNS = {"first": 7, "second": 8}
NETWORK = "fashionnet-small"
SETTINGS = ("data.image_size=64", "data.workers=0", "training.epochs=16", "training.batch=16")


class Guide:
    """The pictures, in the order of the guide. ``work`` is where datasets, stores and exports lie."""

    def __init__(self, hand: Hand, work: Path, out: Path) -> None:
        self.hand, self.work, self.out = hand, work, out
        self.window = hand.window

    def shot(self, name: str, *over: QWidget) -> None:
        """One picture, and a line that says so."""
        self.hand.settle()
        path = self.hand.shot(self.out / f"{name}.png", over)
        sys.stdout.write(f"{path}\n")

    def browse(self) -> None:
        """A filter in force and a few images selected, in both themes; then an image's details."""
        hand, page = self.hand, self.window.browse.page
        hand.open_store(self.work / "demo" / "store")
        hand.filter(FILTER)
        rows = len(page.ids)
        page.grid.select_rows(np.array([row for row in (1, 2, 4) if row < rows]))
        page.select_row(min(2, rows - 1))
        hand.settle()
        self.shot("browse-dark")
        self.light("browse-light")
        page.grid.clear_selection()
        hand.resize(*SMALL)
        self._details()
        self._completions()
        hand.filter("")
        hand.resize(*LARGE)

    def _details(self) -> None:
        page = self.window.browse.page
        state = page.save_state()
        page.restore_state({**state, "tab": 1})
        self.hand.settle()
        self.shot("browse-details")
        page.restore_state(state)

    def _completions(self) -> None:
        """A filter half typed, with what may come next."""
        hand, page = self.hand, self.window.browse.page
        hand.filter("category = trousers")
        page.focus_filter()
        hand.press(Qt.Key.Key_End)
        hand.type(" and occlusion >= ")
        wait(lambda: QApplication.activePopupWidget() is not None, "the completions")
        hand.settle()
        popup = QApplication.activePopupWidget()
        assert popup is not None
        self.shot("filter-completions", popup)
        popup.close()

    def annotate(self) -> None:
        """A landmark held, so that the loupe shows it; a history; the smallest window."""
        hand, canvas = self.hand, self.window.annotate.canvas
        hand.annotate(showpiece(self.window.session.needed()))
        document = self.window.annotate.document
        assert document is not None
        garment = max(document.garments, key=lambda one: len(one.points))
        index = lonely(garment)
        self.window.annotate.page.select(garment.id, index)
        hand.settle()
        x, y = garment.points[index].tolist()
        hand.take(x, y)
        self.shot("annotate-dark")
        hand.let_go(x, y)
        self.light("annotate-light", held=(x, y))
        hand.drag((x, y), (x + 9, y - 6))
        hand.press(Qt.Key.Key_1)
        hand.undo()
        hand.press(Qt.Key.Key_Right, times=2)
        self.window.annotate.page.toolbar.history.setChecked(True)
        hand.settle()
        hand.resize(*SMALL)
        self.shot("annotate-history")
        self.window.annotate.page.toolbar.history.setChecked(False)
        for _ in range(4):
            hand.undo()
        canvas.fit()
        hand.resize(*LARGE)

    def import_broken(self) -> None:
        """The import dialog step by step, and the problems of a dataset that has many."""
        broken = make_broken(self.work / "demo" / "dataset", self.work / "scraped")
        self.window.go_to("browse")
        self.hand.resize(*SMALL)
        self.hand.in_dialog(lambda: self.window.import_dataset(str(broken)), self._import)
        target = self.work / "scraped-store"
        session = self.window.session
        wait(lambda: session.store is not None and session.store.folder == target, "the import's store")
        wait(lambda: not self.window.jobs.running("import"), "the import to end")
        self.hand.filter("problems > 0")
        self.hand.resize(*LARGE)
        self.window.show_problems()
        self.hand.settle()
        dialog = self.window.problems.dialog
        assert dialog is not None
        wait(lambda: dialog.list.model.problem(2), "the problems")
        self.hand.settle()
        dialog.list.table.selectRow(2)
        self.shot("problems", dialog)
        dialog.close()
        self.hand.resize(*SMALL)
        self.hand.filter("state = missing")
        self.hand.annotate(int(self.window.browse.slice.ids[0]))
        self.shot("missing-picture")
        self.window.go_to("browse")
        self.hand.filter("")
        self.hand.resize(*LARGE)

    def _import(self, dialog: QDialog) -> None:
        assert isinstance(dialog, ImportDialog)
        wait(lambda: dialog.preview.tiles, "the first images")
        self.shot("import-dataset", dialog)
        dialog.go_to(2)
        self.shot("import-preview", dialog)
        dialog.go_to(3)
        dialog.store.into_new.setChecked(True)
        dialog.store.folder.set_text(str(self.work / "scraped-store"))
        self.shot("import-store", dialog)
        dialog.next.click()

    def export(self) -> None:
        """The Export page before and after."""
        hand = self.hand
        hand.open_store(self.work / "demo" / "store")
        self.window.go_to("export")
        hand.settle()
        self.shot("export-dark")
        page = self.window.export.page
        hand.press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        wait(page.running, "the export to start")
        wait(lambda: not page.running(), "the export to end")
        hand.settle()
        self.shot("export-done")
        page.form.deepfashion2.click()
        hand.settle()
        hand.resize(*SMALL)
        self.shot("export-deepfashion2")
        hand.resize(*LARGE)

    def runs(self, store: Path, runs: Sequence[str]) -> None:
        """Two runs in one chart, in both themes; an evaluation, a comparison, and the form of a new run."""
        self.hand.open_store(store)
        self.window.go_to("runs")
        page, (first, second) = self.window.runs.page, runs
        wait(lambda: {first, second} <= {one.id for one in page.list.runs.all()}, "the runs")
        page.list.choose(second, [first])
        self.hand.settle()
        page.list.setFocus()
        self._samples()
        self.shot("runs-curves-dark")
        self.light("runs-curves-light")
        page.show_tab("evaluation")
        self.shot("runs-evaluation")
        other = next(one for one in page.head.compare.menu().actions() if one.data() == first)
        other.trigger()
        wait(lambda: page.tabs.currentIndex() == TABS.index("compare"), "the comparison")
        self.shot("runs-compare")
        page.show_tab("overview")
        self.hand.resize(*SMALL)
        self._new_run()
        self.hand.resize(*LARGE)

    def _samples(self) -> None:
        """Wait for the pictures below the charts."""
        page = self.window.runs.page
        tiles = page.overview.samples.strip.tiles()
        wait(lambda: all(page.pictures.get(tile.path() or Path()) for tile in tiles), "the samples")

    def _new_run(self) -> None:
        seen: list[QDialog] = []

        def work(dialog: QDialog) -> None:
            assert isinstance(dialog, NewRunDialog)
            seen.append(dialog)
            dialog.preset.setCurrentText("match-rcnn-small")
            dialog.preset.textActivated.emit("match-rcnn-small")
            dialog.editors["name"].show_value("corrected")
            rows = [dialog.sections.item(row).text() for row in range(dialog.sections.count())]
            dialog.sections.setCurrentRow(rows.index("Data"))
            self.shot("runs-new", dialog)

        def open_it() -> None:
            # What the form offers is read in a thread; then it is shown till it is closed.
            self.window.runs.new_run()
            wait(lambda: seen, "the form of a new run")

        self.hand.in_dialog(open_it, work)

    def dialogs(self) -> None:
        """The sheet of shortcuts and the settings, over Browse."""
        self.window.go_to("browse")
        self.hand.resize(*SMALL)
        self.hand.in_dialog(self.window.show_shortcuts, lambda dialog: self.shot("shortcuts", dialog))
        self.hand.in_dialog(self.window.show_settings, lambda dialog: self.shot("settings", dialog))
        self.hand.resize(*LARGE)

    def welcome(self) -> None:
        """What is there to begin with, once stores have been used."""
        self.window.close_store()
        self.hand.settle()
        self.shot("welcome-dark")
        self.light("welcome-light")

    def light(self, name: str, held: tuple[float, float] | None = None) -> None:
        """The same in the light theme, with a landmark held if one is to be."""
        self.window.switch_theme()
        self.hand.settle()
        if held is not None:
            self.hand.take(*held)
        self.shot(name)
        if held is not None:
            self.hand.let_go(*held)
        self.window.switch_theme()
        self.hand.settle()


def showpiece(store: Store) -> int:
    """The id of an image with three garments on a figure, of which much is seen."""
    best, most = 0, -1
    for record in store.stream(None):
        seen = sum(int((one.visibility == Visibility.VISIBLE).sum()) for one in record.garments)
        whole = sum(int((one.visibility == Visibility.CUT_OFF).sum()) == 0 for one in record.garments)
        points = seen + 20 * whole if len(record.garments) == 3 and record.image.domain else 0
        if points > most:
            best, most = record.image.id, points
    return best


def lonely(garment: Garment) -> int:
    """The index of the visible landmark farthest to the side that has no other near it."""
    points, side = garment.points, garment.box
    assert side is not None
    middle = (side[0] + side[2]) / 2
    best, most = 0, -1.0
    for index in np.flatnonzero(garment.visibility == Visibility.VISIBLE).tolist():
        apart = np.sort(np.linalg.norm(points - points[index], axis=1))
        away = abs(float(points[index, 0]) - middle)
        if apart[1] > 12 and away > most:
            best, most = index, away
    return best


def draw_demo(folder: Path, options: Sequence[str] = ()) -> None:
    """The demo as everybody gets it, with part of its review done. CalledProcessError if it fails."""
    command = [sys.executable, "-P", "-m", "app", "demo", "--dir", str(folder), "--headless", *options]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with Store.open(folder / "store") as store:
        ids = store.images.ids(order="id").tolist()
        for start, step, review in (
            (0, 1, Review.ACCEPTED),
            (7, 19, Review.SECOND_LOOK),
            (11, 37, Review.REJECTED),
        ):
            set_reviews(store, ids[start : 2 * len(ids) // 3 : step], review, AUTHOR)


def store_to_learn_from(demo: Path, folder: Path) -> Path:
    """A copy of the demo's store, so that nothing runs in the one that the other pictures are of."""
    shutil.copytree(demo / "store", folder)
    settings = folder / "store.toml"
    settings.write_text(settings.read_text("utf-8").replace('name = "demo"', 'name = "learning"'), "utf-8")
    return folder


def trained(store: Path, name: str) -> str:
    """A run of that name, evaluated on the test images; its id. CalledProcessError if either fails."""
    settings = (*SETTINGS, f"training.seed={RUNS[name]}", f"name={name}")
    changes = [part for one in settings for part in ("--set", one)]
    said = _command("train", "--store", str(store), "--model", NETWORK, *changes, "--json")
    run = str(json.loads(said)["run"])
    _command("evaluate", "run", run, "--store", str(store), "--workers", "0")
    return run


def _command(*arguments: str) -> str:
    """What a command of the program prints; it takes one core, because two runs are made at once."""
    command = [sys.executable, "-P", "-m", "app", *arguments]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        command, env=environment, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    return done.stdout.decode()


@contextmanager
def workplace() -> Iterator[Path]:
    """A folder that is gone afterwards, with a name that looks well in a picture where that is free."""
    folder = Path(tempfile.gettempdir()) / "clothes"
    try:
        folder.mkdir()
    except FileExistsError:
        folder = Path(tempfile.mkdtemp(prefix="clothes-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main(out: Path, options: Sequence[str] = (), *, full_size: bool = True) -> None:
    """Make all pictures; those of a store at full size where they are asked for."""
    with workplace() as work, ThreadPoolExecutor(len(RUNS)) as beside:
        isolate(work / ".home")
        draw_demo(work / "demo", options)
        learning = store_to_learn_from(work / "demo", work / "learning")
        runs: list[Future[str]] = [beside.submit(trained, learning, name) for name in RUNS]
        possible = model_pictures.possible()
        audited = beside.submit(retrieval_pictures.prepared, work / "audit") if possible else None
        (work / "exports").mkdir()
        settings = SettingsFile()
        settings.change(author=AUTHOR)
        settings.set_layout(**{"export folder": str(work / "exports"), "annotate": {"predictions": False}})
        with working(settings, LARGE) as hand:
            guide = Guide(hand, work, out)
            guide.browse()
            browse_pictures.products(guide)
            if full_size:
                full = browse_pictures.prepared(work / "full size", work / "demo" / "store")
                browse_pictures.browse(guide, full)
                hand.open_store(work / "demo" / "store")
            guide.annotate()
            landmark_pictures.landmarks(guide)
            mask_pictures.masks(guide)
            review_pictures.review(guide)
            comfort_pictures.comfort(guide)
            if audited is not None:
                model_pictures.predictions(guide, model_pictures.worn_alone(hand.window.session.needed()))
                model_pictures.models(guide)
                retrieval_pictures.retrieval(guide, audited.result())
                hand.open_store(work / "demo" / "store")
            guide.import_broken()
            guide.export()
            guide.runs(learning, [run.result() for run in runs])
            hand.open_store(work / "demo" / "store")
            guide.dialogs()
            guide.welcome()


if __name__ == "__main__":
    said = [one for one in sys.argv[2:] if one != NO_FULL_SIZE]
    full = NO_FULL_SIZE not in sys.argv
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/images"), said, full_size=full)
