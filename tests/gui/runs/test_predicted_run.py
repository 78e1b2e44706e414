"""A prediction run on the Runs page of the real window, with a real store and a real file of predictions."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from app.window import MainWindow
from resources.taxonomy import categories
from store.db import Store
from store.records import Dataset, Garment, Image, ImageRecord
from store.runs import RunFolder
from store.runs.manifest import ModelCategory, ModelSpec
from store.runs.predicted import ImageSummary, PredictedImage, PredictionFacts, PredictionWriter
from store.runs.predicting import PredictConfig, write_predict_config
from store.runs.predictions import GarmentPrediction, ImagePrediction
from store.settings import SettingsFile
from tests.gui.small_windows import done_with, window_on
from widgets.pages.runs.predicted import MOST_LISTED, PredictedPane, PredictedQuery
from widgets.pages.runs.views import TABS

IMAGES = 6
SPEC = ModelSpec(
    "match-rcnn", "small", tuple(ModelCategory(one.id, one.name, one.schema.size) for one in categories())
)


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPFASHION_STUDIO_HOME", str(tmp_path / "home"))
    SettingsFile().set_layout(annotate={"predictions": False})


@pytest.fixture
def store_folder(tmp_path: Path) -> Path:
    """A store of a few images with pictures."""
    pictures, folder = tmp_path / "pictures", tmp_path / "store"
    pictures.mkdir()
    with Store.create(folder, "small") as store:
        dataset = store.datasets.add(
            Dataset(name="small", format="coco", root=str(tmp_path), images_root=str(pictures))
        )
        with store.bulk() as bulk:
            for number in range(1, IMAGES + 1):
                picture = QImage(60, 80, QImage.Format.Format_RGB32)
                picture.fill(QColor.fromHsv(40 * number, 120, 200))
                picture.save(str(pictures / f"{number:03}.png"))
                image = Image(
                    dataset_id=dataset.id, name=f"{number:03}.png", width=60, height=80, size_known=True
                )
                bulk.add(ImageRecord(image, (Garment(key="item1", category_id=1),)))
    return folder


def predicted(image_id: int, *found: tuple[int, float], disagreement: float) -> PredictedImage:
    garments = tuple(GarmentPrediction(kind, score, np.array([1.0, 2, 30, 40])) for kind, score in found)
    return PredictedImage(ImagePrediction(image_id, garments), disagreement)


def write(run: RunFolder, images: list[PredictedImage]) -> None:
    with PredictionWriter(run.path, PredictionFacts("tiny", SPEC, least_score=0.1)) as writer:
        writer.add(images)


def new_run(store_folder: Path, **asked: Any) -> RunFolder:
    run = RunFolder.create(store_folder, "predict", ["predict", "--store", str(store_folder)])
    write_predict_config(PredictConfig("models/tiny", **asked), run.path)
    return run


@pytest.fixture
def run(store_folder: Path) -> RunFolder:
    """A prediction run that is done: image n has n garments' worth of trouble."""
    made = new_run(store_folder, where="split = test", score=0.1)
    made.progress(IMAGES, IMAGES, "Predicting")
    some = [
        predicted(1, (1, 0.9), disagreement=0.1),
        predicted(2, (2, 0.6), (1, 0.2), disagreement=0.9),
        predicted(3, (8, 0.3), disagreement=0.5),
        predicted(4, disagreement=1.0),
        PredictedImage(ImagePrediction(5), None, "005.png is cut short."),
    ]
    write(made, some)
    made.finish("done", images=5, garments=4)
    return made


@pytest.fixture
def window(qtbot: QtBot, store_folder: Path) -> Iterator[MainWindow]:
    made = window_on(qtbot, store_folder)
    yield made
    done_with(made)


@pytest.fixture
def pane(window: MainWindow, run: RunFolder, qtbot: QtBot) -> PredictedPane:
    """The view of the run, filled."""
    window.show_run(run.id)
    qtbot.waitUntil(lambda: window.shell.page() == "runs" and window.runs.page.selected() == [run.id])
    qtbot.waitUntil(lambda: len(window.runs.page.views.predictions.table.ids()) == 4, timeout=10000)
    return window.runs.page.views.predictions


def test_a_prediction_run_says_what_it_found_and_shows_where_it_disagrees(
    window: MainWindow, pane: PredictedPane, run: RunFolder, qtbot: QtBot
) -> None:
    page = window.runs.page
    assert page.head.title.full_text() == "tiny on split = test"
    assert page.head.tag.standing() == "done"
    assert [name for n, name in enumerate(TABS) if page.tabs.isTabVisible(n)] == [
        "predictions", "evaluation", "configuration", "log",
    ]  # fmt: skip
    shown = {name: card.value() for name, card in pane.figures.items()}
    assert shown == {"images": "4", "garments": "4", "nothing found": "1", "not readable": "1"}
    assert pane.table.ids() == [4, 2, 3, 1]
    assert dict(page.side.facts.rows())["images"] == "split = test"
    model = pane.table.images
    qtbot.waitUntil(lambda: model.index(1, 1).data() == "002.png")
    assert [model.index(1, column).data() for column in (2, 3, 4, 5)] == ["2", "0.60", "0.20", "0.90"]
    assert model.index(0, 3).data() == "–"
    told = model.headerData(5, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
    assert "a score of 0.50 or more" in str(told)
    qtbot.waitUntil(lambda: model.index(1, 0).data(Qt.ItemDataRole.DecorationRole) is not None)


def test_images_are_filtered_and_ordered(pane: PredictedPane, qtbot: QtBot) -> None:
    pane.order._buttons["score"].click()
    qtbot.waitUntil(lambda: pane.table.ids() == [3, 2, 1, 4])
    pane.score.setValue(0.5)
    qtbot.waitUntil(lambda: pane.table.images.summary(0) == ImageSummary(2, 1, 0.6, 0.6, 0.9))
    pane.category.setCurrentIndex(pane.category.findData(8))
    qtbot.waitUntil(lambda: pane.table.ids() == [])
    assert pane.count.full_text() == "No images"
    assert not pane.browse.isEnabled()
    pane.score.setValue(0.0)
    qtbot.waitUntil(lambda: pane.table.ids() == [3])
    # Below what was kept there is nothing to ask for.
    assert pane.query() == PredictedQuery(0.1, 8, "score")


def test_an_image_opens_in_annotate_and_all_in_browse(
    window: MainWindow, pane: PredictedPane, qtbot: QtBot
) -> None:
    pane.browse.click()
    assert window.shell.page() == "browse"
    qtbot.waitUntil(lambda: sorted(window.browse.slice.ids) == [1, 2, 3, 4])
    assert window.browse.listed is not None
    assert window.browse.listed.title == "4 predicted images"
    window.go_to("runs")
    table = pane.table
    table.setFocus()
    table.selectRow(2)
    qtbot.keyClick(table, Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: sorted(window.browse.slice.ids) == [2, 3])
    window.go_to("runs")
    table.selectRow(1)
    qtbot.keyClick(table, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: window.shell.page() == "annotate")
    assert window.annotate.page.isVisible()


def test_a_run_that_goes_on_fills_and_an_image_that_is_gone_does_not_hurt(
    window: MainWindow, store_folder: Path, qtbot: QtBot
) -> None:
    run = new_run(store_folder)
    run.progress(0, 4, "Predicting")
    window.show_run(run.id)
    qtbot.waitUntil(lambda: window.shell.page() == "runs" and window.runs.page.selected() == [run.id])
    pane = window.runs.page.views.predictions
    qtbot.waitUntil(lambda: pane.empty.isVisible())
    write(run, [predicted(1, (1, 0.9), disagreement=0.2), predicted(999, (1, 0.8), disagreement=0.9)])
    run.finish("cancelled")
    qtbot.waitUntil(lambda: pane.table.ids() == [999, 1], timeout=15000)
    qtbot.waitUntil(lambda: pane.table.images.index(1, 1).data() == "001.png")
    assert pane.table.images.index(0, 1).data() == ""
    page = window.runs.page
    qtbot.waitUntil(page.head.resume.isVisible)
    assert page.head.tag.standing() == "stopped"


def test_a_broken_file_of_predictions_is_told(window: MainWindow, store_folder: Path, qtbot: QtBot) -> None:
    run = new_run(store_folder)
    (run.path / "predictions.db").write_bytes(b"this is no database" * 100)
    run.finish("done", images=1)
    window.show_run(run.id)
    qtbot.waitUntil(lambda: window.shell.page() == "runs" and window.runs.page.message.isVisible())
    assert "predictions.db cannot be read" in window.runs.page.message.accessibleName()


def test_a_run_that_ended_without_anything_says_so(
    window: MainWindow, store_folder: Path, qtbot: QtBot
) -> None:
    run = new_run(store_folder)
    run.finish("failed", what="The model and the store have no category in common.", fix="Say what is what.")
    window.show_run(run.id)
    qtbot.waitUntil(lambda: window.shell.page() == "runs" and window.runs.page.selected() == [run.id])
    page = window.runs.page
    qtbot.waitUntil(lambda: "before it had found" in page.views.predictions.empty.accessibleName())
    assert "no category in common" in page.banner.accessibleName()


def test_a_hundred_thousand_images_are_a_list_that_is_fetched_where_it_is_looked_at(qtbot: QtBot) -> None:
    pane = PredictedPane()
    qtbot.addWidget(pane)
    pane.resize(900, 700)
    asked: list[int] = []

    def images(ids: Any) -> list[Image]:
        asked.extend(ids)
        return [Image(id=one, name=f"{one:06}.jpg") for one in ids]

    pane.set_source(images, None)
    pane.show()
    pane._stack.setCurrentIndex(1)
    rows = [ImageSummary(n, 1, 0.5, 0.5, n / 100_000) for n in range(1, 100_001)]
    pane.show_rows(rows, pane.query())
    assert pane.count.full_text() == "100,000 images"
    qtbot.waitUntil(lambda: pane.table.images.index(3, 1).data() == "000004.jpg")
    pane.table.scrollToBottom()
    qtbot.waitUntil(lambda: pane.table.images.index(99_999, 1).data() == "100000.jpg")
    assert len(asked) < 2000
    with qtbot.waitSignal(pane.images_opened) as caught:
        pane.browse.click()
    assert caught.args is not None
    assert len(caught.args[0]) == MOST_LISTED
    assert caught.args[1] == "the first 10,000 predicted images of 100,000"
    pane.settle()


def test_a_run_that_goes_on_is_paused_goes_on_and_is_stopped(
    window: MainWindow, store_folder: Path, qtbot: QtBot
) -> None:
    run = new_run(store_folder)
    run.begin()
    run.event("started", config={"model": "tiny"}, images=400, device="cpu", done=0)
    run.event("step", step=100, images_per_second=2.5, seconds_left=120.0)
    run.event("progress", done=100, total=400, message="Predicting")
    write(run, [predicted(1, (1, 0.9), disagreement=0.1)])
    window.show_run(run.id)
    page = window.runs.page
    qtbot.waitUntil(lambda: page.head.tag.standing() == "running" and page.head.pause.isVisible())
    pane = page.views.predictions
    qtbot.waitUntil(lambda: pane.progress.isVisible() and len(pane.table.ids()) == 1)
    assert pane.how_far.text() == "100 of 400 images, 2.5 images/s, 2 min left"
    page.head.pause.setFocus()
    page.head.pause.click()
    # It does so when what is computed just now is written.
    qtbot.waitUntil(lambda: page.head.tag.standing() == "pausing")
    assert run.paused()
    # Who presses once more takes it back; the keys did not go on to Stop.
    assert window.focusWidget() is page.head.go_on
    run.event("phase", phase="paused")
    qtbot.waitUntil(lambda: page.head.tag.standing() == "paused")
    assert pane.how_far.text() == "100 of 400 images"
    page.head.go_on.click()
    assert not run.paused()
    run.event("phase", phase="predicting")
    qtbot.waitUntil(lambda: page.head.tag.standing() == "running")
    page.head.stop.click()
    qtbot.waitUntil(lambda: page.head.tag.standing() == "stopping")
    run.finish("cancelled")
    qtbot.waitUntil(lambda: page.head.tag.standing() == "stopped" and not pane.progress.isVisible())
    assert page.head.resume.isVisible()
    assert len(pane.table.ids()) == 1


def test_a_run_that_was_killed_says_that_it_can_go_on(
    window: MainWindow, store_folder: Path, qtbot: QtBot
) -> None:
    run = new_run(store_folder)
    run.progress(1, 400, "Predicting")
    # A process of that id that began at another time: its own is gone.
    (run.path / "pid").write_text(f"{os.getpid()} 1")
    write(run, [predicted(1, (1, 0.9), disagreement=0.1)])
    window.show_run(run.id)
    page = window.runs.page
    qtbot.waitUntil(lambda: page.head.tag.standing() == "killed" and page.banner.isVisible())
    assert "What it has found is kept" in page.banner.accessibleName()
    assert page.head.resume.isVisible()
    assert not page.head.pause.isVisible()
    assert not page.views.predictions.progress.isVisible()
