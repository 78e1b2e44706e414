"""What is unlike other data in the whole window: a picture 20,000 px wide, a mask that is hardly one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from app.window import MainWindow
from resources.taxonomy import category
from store.db import Store
from store.records import Dataset, Floats, Garment, Image, ImageRecord
from tests.gui.app.window_hand import Key, press, stored

WIDE, HIGH = 20_000, 300
SKIRT = category(9)
LEFT = Qt.MouseButton.LeftButton
CONTROL = Qt.KeyboardModifier.ControlModifier


def skirt(polygons: tuple[Floats, ...]) -> Garment:
    """A skirt at the far end of the picture."""
    points = np.array(SKIRT.schema.template) * [200, 200] + [19_700, 50]
    states = np.full(len(points), 2)
    return Garment(category_id=9, points=points.round(2), visibility=states, polygons=polygons)


@pytest.fixture
def opened(
    open_window: Callable[[Path], MainWindow], tmp_path: Path, qtbot: QtBot
) -> Callable[[tuple[Floats, ...]], MainWindow]:
    """The window in Annotate, with a picture 20,000 px wide and a skirt with these polygons."""

    def made(polygons: tuple[Floats, ...]) -> MainWindow:
        picture = QImage(WIDE, HIGH, QImage.Format.Format_Grayscale8)
        picture.fill(120)
        assert picture.save(str(tmp_path / "wide.png"))
        with Store.create(tmp_path / "store", "wide") as store:
            dataset = store.datasets.add(
                Dataset(name="d", format="coco", root=str(tmp_path), images_root=str(tmp_path))
            )
            image = Image(dataset_id=dataset.id, name="wide.png", width=WIDE, height=HIGH, size_known=True)
            with store.bulk() as bulk:
                bulk.add(ImageRecord(image, (skirt(polygons),)))
        window = open_window(tmp_path / "store")
        window.open_row(0)
        qtbot.waitUntil(lambda: not window.annotate.canvas.image.isNull())
        window.annotate.page.select(window.annotate.document.garments[0].id)
        return window

    return made


def test_a_picture_of_20000_px_is_worked_on_at_its_own_pixels(
    opened: Callable[[tuple[Floats, ...]], MainWindow], qtbot: QtBot
) -> None:
    square = np.array([[19_700.0, 60], [19_900, 60], [19_900, 240], [19_700, 240]])
    window = opened((square,))
    canvas, before = window.annotate.canvas, stored(window).garments[0]
    assert canvas.image_size == (WIDE, HIGH)
    window.annotate.page.set_tool("landmarks")
    window.actions_["view.full"].trigger()
    canvas.centerOn(QPointF(19_800, 150))
    start = canvas.map_from_image(QPointF(*before.points[0].tolist())).toPoint()
    qtbot.mousePress(canvas.viewport(), LEFT, pos=start)
    qtbot.mouseMove(canvas.viewport(), start + QPoint(10, 5))
    qtbot.mouseMove(canvas.viewport(), start + QPoint(20, 10))
    qtbot.mouseRelease(canvas.viewport(), LEFT, pos=start + QPoint(20, 10))
    moved = stored(window).garments[0].points[0] - before.points[0]
    assert moved / moved[1] == pytest.approx([2, 1], abs=0.2)
    press(qtbot, window, Key.Key_Z, CONTROL)
    assert stored(window).garments[0].same_as(before, frozenset({"version", "origin"}))


SLIVERS = {
    "nothing": np.zeros((0, 2)),
    "a corner": np.array([[19_750.0, 100]]),
    "a line": np.array([[19_750.0, 100], [19_850, 100]]),
    "no area": np.array([[19_750.0, 100], [19_800, 100], [19_850, 100]]),
    "outside": np.array([[-50.0, -50], [-10, -50], [-10, -10]]),
}


@pytest.mark.parametrize("sliver", SLIVERS)
def test_a_mask_that_is_hardly_one_is_worked_with(
    opened: Callable[[tuple[Floats, ...]], MainWindow], qtbot: QtBot, sliver: str
) -> None:
    window = opened((SLIVERS[sliver],))
    before = stored(window).garments[0]
    assert [polygon.tolist() for polygon in before.polygons] == [SLIVERS[sliver].tolist()]
    page = window.annotate.page
    for tool in ("polygon", "brush", "eraser", "fill", "landmarks"):
        page.set_tool(tool)
        window.annotate.canvas.viewport().repaint()
    masking = page.masking
    for what in (
        masking.simplify,
        masking.mend,
        masking.fill_holes,
        masking.box_from_mask,
        masking.to_pixels,
    ):
        what()
    # Each landmark is moved a pixel, whatever became of the mask.
    page.select(before.id, 0)
    page.to_canvas()
    press(qtbot, window, Key.Key_Right)
    after = stored(window).garments[0]
    assert after.points[0, 0] == before.points[0, 0] + 1
    while window.annotate.document.undo_title is not None:
        press(qtbot, window, Key.Key_Z, CONTROL)
    assert stored(window).garments[0].same_as(before, frozenset({"version", "origin"}))
