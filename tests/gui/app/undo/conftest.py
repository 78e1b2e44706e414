"""A window with trousers and a skirt in Annotate, and a hand to work them with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPainter
from pytestqt.qtbot import QtBot

from app.window import MainWindow
from resources.taxonomy import category
from store.db import Store
from store.records import Dataset, Garment, Image, ImageRecord, Visibility
from tests.gui.app.undo.undo_hand import HEIGHT, WIDTH, Hand


def _garment(number: int, box: tuple[int, ...], mask: list[list[float]], **facts: object) -> Garment:
    """A garment whose landmarks fill its box as the mean shape has them."""
    schema = category(number).schema
    x1, y1, x2, y2 = box
    points = np.round(np.array(schema.template) * [x2 - x1 - 10, y2 - y1 - 10] + [x1 + 5, y1 + 5], 1)
    states = np.full(schema.size, Visibility.VISIBLE, np.uint8)
    return Garment(
        category_id=number, box=box, points=points, visibility=states, polygons=(np.array(mask),), **facts
    )


def _clothes(shift: float) -> tuple[Garment, Garment]:
    """Trousers, whose mask goes beyond the box at the lower right, and a skirt over them."""
    outline = [[50, 70], [120, 70.3], [190, 70], [200, 330], [50, 330]]
    trousers = _garment(8, (50, 70, 190, 330), outline, key="item1", pair_id=7, style=2)
    states = np.array(trousers.visibility)
    states[6] = Visibility.OCCLUDED
    points = np.array(trousers.points) + shift
    skirt_mask = [[160, 40], [290, 40], [290, 160], [160, 160]]
    skirt = _garment(9, (160, 40, 290, 160), skirt_mask, key="item2", position=1)
    return trousers.but(points=points, visibility=states), skirt


@pytest.fixture
def store_folder(tmp_path: Path) -> Path:
    """A store of three images with trousers of one product and a skirt each; the pictures show rectangles."""
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    picture = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    picture.fill(QColor("#8899AA"))
    painter = QPainter(picture)
    painter.fillRect(60, 80, 120, 240, QColor("#CC2222"))
    painter.fillRect(220, 220, 60, 150, QColor("#2222CC"))
    painter.end()
    folder = tmp_path / "store"
    with Store.create(folder, "small") as store:
        dataset = store.datasets.add(
            Dataset(name="small", format="coco", root=str(tmp_path), images_root=str(pictures))
        )
        with store.bulk() as bulk:
            for number in range(3):
                name = f"{number + 1:06}.png"
                assert picture.save(str(pictures / name))
                size = {"width": WIDTH, "height": HEIGHT, "size_known": True}
                bulk.add(ImageRecord(Image(dataset_id=dataset.id, name=name, **size), _clothes(number)))
    return folder


@pytest.fixture
def open_hand(open_window: Callable[[Path | None], MainWindow], qtbot: QtBot) -> Callable[[Path], Hand]:
    """Opens a store in the window, and its second image in Annotate."""

    def opened(folder: Path) -> Hand:
        window = open_window(folder)
        window.open_row(1)
        hand = Hand(window, qtbot)
        hand.settle()
        qtbot.waitUntil(lambda: not hand.canvas.image.isNull())
        return hand

    return opened


@pytest.fixture
def hand(open_hand: Callable[[Path], Hand], store_folder: Path) -> Hand:
    """A hand at the second image of the store."""
    return open_hand(store_folder)
