"""What makes looking easier in Annotate: tone, crosshair, a second image of the product, by key and mouse."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from app.window import MainWindow
from store.db import Store
from store.records import Dataset, Domain, Garment, Image, ImageRecord
from tests.gui.app.window_hand import Key, press, stored
from widgets.canvas.tone import NEUTRAL, Tone

CtrlAlt = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
Shift = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def products(tmp_path: Path, make_garment: Callable[[int], Garment]) -> Path:
    """Four images: three of one product, the second in a shop, and one of another product."""
    folder, pictures = tmp_path / "products", tmp_path / "made"
    pictures.mkdir()
    with Store.create(folder) as store:
        dataset = store.datasets.add(
            Dataset(name="made", format="coco", root=str(tmp_path), images_root=str(pictures))
        )
        with store.bulk() as bulk:
            for number, (pair, domain) in enumerate(
                [(1, Domain.CONSUMER), (1, Domain.SHOP), (1, Domain.CONSUMER), (2, Domain.SHOP)]
            ):
                name = f"{number}.png"
                shown = QImage(300, 400, QImage.Format.Format_RGB32)
                shown.fill(QColor(60 * number, 90, 90))
                shown.save(str(pictures / name))
                image = Image(
                    dataset_id=dataset.id, name=name, width=300, height=400, size_known=True,
                    domain=domain, pair_id=pair,
                )  # fmt: skip
                garment = make_garment(1).but(pair_id=pair, style=1)
                bulk.add(ImageRecord(image, (garment,)))
    return folder


@pytest.fixture
def looking(open_window: Callable[[Path], MainWindow], products: Path, qtbot: QtBot) -> MainWindow:
    window = open_window(products)
    window.open_row(0)
    qtbot.waitUntil(lambda: not window.session.desk.busy())
    qtbot.waitUntil(lambda: not window.annotate.canvas.image.isNull())
    window.annotate.canvas.setFocus()
    return window


def test_keys_make_it_brighter_and_nothing_is_saved(looking: MainWindow, qtbot: QtBot) -> None:
    parts, before = looking.annotate.comforting.parts, stored(looking).image.version
    press(qtbot, looking, Key.Key_Up, CtrlAlt)
    press(qtbot, looking, Key.Key_Right, CtrlAlt)
    assert parts.tone == Tone(brightness=10, contrast=10)
    assert parts.button.isChecked()
    assert looking.annotate.hint() == "Contrast +10, on the screen only"
    assert stored(looking).image.version == before
    press(qtbot, looking, Key.Key_P, Shift)
    assert parts.tone == NEUTRAL
    assert not parts.button.isChecked()


def test_sliders_change_the_tone_and_the_next_image_has_it_too(looking: MainWindow, qtbot: QtBot) -> None:
    parts = looking.annotate.comforting.parts
    press(qtbot, looking, Key.Key_P)
    assert parts.popover.isVisible()
    slider = parts.popover.sliders["gamma"]
    slider.setFocus()
    qtbot.keyClick(slider, Key.Key_Right)
    assert parts.tone == Tone(gamma=105)
    qtbot.keyClick(parts.popover, Key.Key_Escape)
    assert not parts.popover.isVisible()
    press(qtbot, looking, Key.Key_PageDown)
    qtbot.waitUntil(lambda: not looking.annotate.canvas.image.isNull())
    canvas = looking.annotate.canvas
    qtbot.waitUntil(lambda: canvas.backdrop.seen.pixelColor(9, 9) != canvas.image.pixelColor(9, 9))


def test_the_crosshair_is_kept_for_the_next_start(looking: MainWindow, qtbot: QtBot) -> None:
    press(qtbot, looking, Key.Key_X, Shift)
    assert looking.annotate.canvas.crosshair.on
    assert looking.actions_["view.crosshair"].isChecked()
    looking.annotate.remember()
    assert looking.session.settings.layout("comfort") == {"crosshair": True}
    press(qtbot, looking, Key.Key_X, Shift)
    assert not looking.annotate.canvas.crosshair.on


def test_another_image_of_the_product_stands_beside(looking: MainWindow, qtbot: QtBot) -> None:
    parts = looking.annotate.comforting.parts
    companion = parts.companion
    press(qtbot, looking, Key.Key_I)
    qtbot.waitUntil(lambda: companion.sibling is not None)
    assert companion.sibling is not None
    # The other domain comes first.
    assert companion.sibling.image.name == "1.png"
    assert companion.place.text() == "shop   1 of 2"
    qtbot.waitUntil(lambda: not companion.canvas.image.isNull())
    assert companion.canvas.selection.garment_id == companion.sibling.garment_id
    press(qtbot, looking, Key.Key_Tab)
    assert companion.canvas.selection.landmark == looking.annotate.canvas.selection.landmark == 0
    press(qtbot, looking, Key.Key_I, Shift)
    assert companion.sibling.image.name == "2.png"
    press(qtbot, looking, Key.Key_I, Shift)
    assert companion.sibling.image.name == "1.png"
    # The image that is edited goes on, and the second one with it.
    press(qtbot, looking, Key.Key_PageDown)
    qtbot.waitUntil(lambda: companion.sibling is not None and companion.sibling.image.name == "0.png")
    press(qtbot, looking, Key.Key_I)
    assert companion.isHidden()


def test_a_product_of_one_image_says_so(looking: MainWindow, qtbot: QtBot) -> None:
    looking.annotate.open_row(3)
    press(qtbot, looking, Key.Key_I)
    companion = looking.annotate.comforting.parts.companion
    qtbot.waitUntil(lambda: companion.nothing.accessibleName() == "No other image shows this product")
    looking.annotate.page.select(0)
    assert companion.nothing.accessibleName().startswith("Select a garment")


def test_linked_it_shows_the_same_part_of_the_garment(looking: MainWindow, qtbot: QtBot) -> None:
    companion = looking.annotate.comforting.parts.companion
    press(qtbot, looking, Key.Key_I)
    qtbot.waitUntil(lambda: companion.sibling is not None and not companion.canvas.image.isNull())
    press(qtbot, looking, Key.Key_I, Qt.KeyboardModifier.AltModifier)
    assert looking.actions_["view.linked"].isChecked()
    canvas = looking.annotate.canvas
    canvas.set_zoom(3.0)
    canvas.centre_on(100, 120)
    middle = companion.canvas.map_to_image(companion.canvas.viewport().rect().center().toPointF())
    assert companion.canvas.zoom == pytest.approx(3.0)
    assert np.allclose([middle.x(), middle.y()], [100, 120], atol=2)


def test_the_second_image_takes_no_edits(looking: MainWindow, qtbot: QtBot) -> None:
    companion = looking.annotate.comforting.parts.companion
    press(qtbot, looking, Key.Key_I)
    qtbot.waitUntil(lambda: companion.sibling is not None)
    view = companion.canvas
    garment = view.shown.garments[0]
    at = view.map_from_image(view.map_to_image(view.viewport().rect().center().toPointF())).toPoint()
    qtbot.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseMove(view.viewport(), at + at / 10)
    qtbot.mouseRelease(view.viewport(), Qt.MouseButton.LeftButton, pos=at + at / 10)
    view.setFocus()
    qtbot.keyClick(view, Key.Key_Left)
    assert view.shown.garments[0].same_as(garment)
    assert stored(looking).image.version == looking.annotate.page.image.version  # type: ignore[union-attr]


def test_what_vanishes_while_it_is_edited_stays_editable_on_a_blank_sheet(
    looking: MainWindow, qtbot: QtBot
) -> None:
    path = looking.session.needed().images.path(looking.annotate.page.image)  # type: ignore[arg-type]
    path.unlink()
    press(qtbot, looking, Key.Key_Tab)
    press(qtbot, looking, Key.Key_Right)
    # The decoded picture is forgotten, as after a look at many others.
    looking.annotate.page.pictures.forget(path)
    press(qtbot, looking, Key.Key_PageDown)
    press(qtbot, looking, Key.Key_PageUp)
    qtbot.waitUntil(
        lambda: looking.annotate.canvas.image.isNull() and looking.annotate.page.notice.isVisible()
    )
    assert looking.annotate.canvas.image_size == (300, 400)
    before = stored(looking).garments[0].points[0].copy()
    press(qtbot, looking, Key.Key_Right)
    assert stored(looking).garments[0].points[0][0] == before[0] + 1
    press(qtbot, looking, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert np.array_equal(stored(looking).garments[0].points[0], before)
