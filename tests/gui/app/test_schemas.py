"""Landmark schemas in the window: seen in a dialog, a person's own read when the store is opened."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from pytestqt.qtbot import QtBot

from app.window import MainWindow
from resources.schemas import Schema
from resources.taxonomy import Category, category
from store.db import Store
from store.document.edits import set_category
from tests.gui.app.window_hand import Key, press, stored
from widgets.dialogs.schemas import SchemasDialog

HAT = "categories:\n  - name: hat\n    landmarks: [left brim, right brim]\n    pairs: [[1, 2]]\n"


def test_own_schemas_are_there_and_faults_are_said_with_their_line(
    open_window: Callable[[Path], MainWindow], store_folder: Path, qtbot: QtBot
) -> None:
    (store_folder / "schemas.yaml").write_text(HAT + "  - name: belt\n    landmarks: 7\n")
    window = open_window(store_folder)
    assert window.banner.isVisible()
    assert "schemas.yaml, line 6" in window.banner.accessibleName()
    hat = next(one for one in window.session.categories.values() if one.name == "hat")
    window.open_row(0)
    qtbot.waitUntil(lambda: not window.session.desk.busy())
    document = window.annotate.document
    window.annotate.saving.save(set_category(document.garments[0], hat, category(1)))
    [garment] = stored(window).garments
    assert (garment.category_id, len(garment.points)) == (hat.id, 2)
    window.annotate.page.select(garment.id, 0)
    press(qtbot, window, Key.Key_2)
    assert stored(window).garments[0].visibility.tolist() == [2, 0]


def hat(window: MainWindow) -> Category | None:
    return next((one for one in window.session.categories.values() if one.name == "hat"), None)


def test_a_file_that_is_saved_meanwhile_is_taken_over_and_shown(
    annotating: MainWindow, store_folder: Path, qtbot: QtBot
) -> None:
    file = store_folder / "schemas.yaml"
    file.write_text(HAT)
    qtbot.waitUntil(lambda: hat(annotating) is not None)
    page, made = annotating.annotate.page, hat(annotating)
    assert made is not None
    assert page.categories[made.id] == made
    document = annotating.annotate.document
    annotating.annotate.saving.save(set_category(document.garments[0], made, category(1)))
    page.select(document.garments[0].id, 0)
    assert page.canvas.shown.schema(document.garments[0]).names == ("left brim", "right brim")
    file.write_text(HAT.replace("left brim, right brim", "left rim, right rim"))
    qtbot.waitUntil(lambda: page.categories[made.id].schema.names == ("left rim", "right rim"))
    assert page.canvas.selection.garment_id == document.garments[0].id
    assert page.canvas.shown.schema(document.garments[0]).names == ("left rim", "right rim")
    assert stored(annotating).garments[0].category_id == made.id


def test_what_is_wrong_in_it_is_said_with_its_line_till_it_is_mended(
    window: MainWindow, store_folder: Path, qtbot: QtBot
) -> None:
    file = store_folder / "schemas.yaml"
    file.write_text(HAT + "  - name: belt\n    landmarks: 7\n")
    qtbot.waitUntil(window.banner.isVisible)
    assert "schemas.yaml, line 6" in window.banner.accessibleName()
    assert hat(window) is not None
    file.write_text(HAT)
    qtbot.waitUntil(lambda: not window.banner.isVisible())


def test_what_another_window_makes_of_a_category_is_seen(
    window: MainWindow, store_folder: Path, qtbot: QtBot
) -> None:
    with Store.open(store_folder) as other:
        other.categories.put("hat", Schema("hat", ("crown",)), "#112233")
        qtbot.waitUntil(lambda: hat(window) is not None)
        other.categories.put("hat", Schema("hat", ("crown",)), "#445566")
        qtbot.waitUntil(lambda: hat(window).colour == "#445566")
    assert "hat" in [one.name for one in window.browse.many._categories()]


def test_the_dialog_draws_every_schema(window: MainWindow, qtbot: QtBot) -> None:
    seen: list[SchemasDialog] = []

    def look(dialog: SchemasDialog) -> None:
        seen.append(dialog)
        assert dialog.list.count() == 13
        for row, one in enumerate(sorted(window.session.categories)):
            dialog.list.setCurrentRow(row)
            size = window.session.categories[one].schema.size
            assert dialog.table.rowCount() == len(dialog.diagram.places()) == size
        dialog.list.setCurrentRow(7)
        dialog.table.selectRow(3)
        picture = dialog.diagram.grab().toImage()
        dialog.table.selectRow(4)
        assert dialog.diagram.grab().toImage() != picture
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)

    window.dialog_opened.connect(look)
    action = window.actions_["view.schemas"]
    assert action.shortcut() == QKeySequence("Ctrl+Shift+K")
    action.trigger()
    assert len(seen) == 1
