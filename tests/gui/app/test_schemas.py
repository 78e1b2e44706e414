"""Landmark schemas in the window: seen in a dialog, a person's own read when the store is opened."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from pytestqt.qtbot import QtBot

from app.window import MainWindow
from resources.taxonomy import category
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
