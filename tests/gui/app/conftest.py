"""A small real store, and the look of the program."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.jobs import process
from app.window import MainWindow
from resources.taxonomy import categories
from store.db import Store
from store.records import Dataset, Domain, Garment, Image, ImageRecord, Problem
from store.settings import SettingsFile
from widgets import style

WIDTH, HEIGHT = 300, 400
IMAGES = 6


@pytest.fixture(autouse=True)
def look(qapp: QApplication) -> None:
    """The program's own look."""
    style.apply(qapp, "dark")


@pytest.fixture(autouse=True)
def no_jobs_left() -> Iterator[None]:
    """Jobs outlive the window; in a test they end with it."""
    yield
    for child in process._children.values():
        child.wait(20)
    process._children.clear()


def garment(number: int) -> Garment:
    """A garment of category ``number``, its landmarks visible, in a picture of WIDTH x HEIGHT."""
    schema = categories()[number - 1].schema
    points = np.array(schema.template) * [180, 300] + [60, 50]
    return Garment(
        key="item1",
        category_id=number,
        box=np.array([60.0, 50, 240, 350]),
        points=points,
        visibility=np.full(schema.size, 2),
        polygons=(np.array([[60.0, 50], [240, 50], [240, 350], [60, 350]]),),
    )


@pytest.fixture
def make_garment() -> Callable[[int], Garment]:
    """Makes a garment of a category, by its number."""
    return garment


@pytest.fixture
def store_folder(tmp_path: Path) -> Path:
    """A store of IMAGES images with one garment each; the second has a problem, the last no picture."""
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for number in range(1, IMAGES):
        picture = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
        picture.fill(QColor.fromHsv(40 * number, 120, 200))
        picture.save(str(pictures / f"{number:06}.png"))
    folder = tmp_path / "store"
    with Store.create(folder, "small") as store:
        dataset = store.datasets.add(
            Dataset(name="small", format="coco", root=str(tmp_path), images_root=str(pictures))
        )
        with store.bulk() as bulk:
            for number in range(1, IMAGES + 1):
                image = Image(
                    dataset_id=dataset.id,
                    name=f"{number:06}.png",
                    width=WIDTH,
                    height=HEIGHT,
                    size_known=True,
                    split="train" if number % 2 else "test",
                    domain=Domain.SHOP,
                )
                problems = (Problem(code="swapped", message="box corners were swapped", item="item1"),)
                bulk.add(ImageRecord(image, (garment(number),), problems if number == 2 else ()))
    return folder


@pytest.fixture
def store(store_folder: Path) -> Iterator[Store]:
    """The small store, open."""
    with Store.open(store_folder) as opened:
        yield opened


@pytest.fixture
def open_window(qtbot: QtBot) -> Iterator[Callable[[Path | None], MainWindow]]:
    """Opens the window on a store and waits till its images are listed."""
    made: list[MainWindow] = []

    def opened(folder: Path | None) -> MainWindow:
        window = MainWindow(SettingsFile())
        made.append(window)
        window.start(folder)
        window.show()
        qtbot.waitExposed(window)
        window.activateWindow()
        if folder is not None:
            qtbot.waitUntil(lambda: window.session.store is not None and not window.session.desk.busy())
            qtbot.waitUntil(lambda: len(window.browse.slice.ids) > 0)
        return window

    yield opened
    for window in made:
        window.close()
        window.deleteLater()
    QApplication.sendPostedEvents(None, 52)


@pytest.fixture
def window(open_window: Callable[[Path | None], MainWindow], store_folder: Path) -> MainWindow:
    """The window with the small store open."""
    return open_window(store_folder)


@pytest.fixture
def annotating(window: MainWindow, qtbot: QtBot) -> MainWindow:
    """The window with the first image open in Annotate."""
    window.open_row(0)
    qtbot.waitUntil(lambda: not window.session.desk.busy())
    return window
