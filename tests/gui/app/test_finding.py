"""Pictures that lie elsewhere: the dialog, and what becomes of the open store."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from app.window import MainWindow
from store.records import ImageState
from store.settings import SettingsFile
from widgets.dialogs.find_pictures import FindPicturesDialog, PictureSet


@pytest.fixture
def dialog(qtbot: QtBot) -> FindPicturesDialog:
    sets = [PictureSet(4, "clothes", "/old", 240, 12), PictureSet(5, "shop", "/shop", 10, 0)]
    made = FindPicturesDialog(sets)
    qtbot.addWidget(made)
    made.show()
    return made


def test_a_folder_is_looked_through_before_it_can_be_used(dialog: FindPicturesDialog, qtbot: QtBot) -> None:
    assert not dialog.use.isEnabled()
    assert "12 of 240 pictures are missing" in dialog.found.accessibleName()
    with qtbot.waitSignal(dialog.look_wanted) as looked:
        dialog.folder.set_text("/new")
    assert looked.args == [4, "/new"]
    assert not dialog.use.isEnabled()
    dialog.show_found("/new", 230, 240)
    assert "230 of 240 pictures are there" in dialog.found.accessibleName()
    with qtbot.waitSignal(dialog.use_wanted) as used:
        dialog.use.click()
    assert used.args == [4, "/new"]


def test_a_folder_without_pictures_cannot_be_used(dialog: FindPicturesDialog) -> None:
    dialog.folder.set_text("/new")
    dialog.show_found("/new", 0, 240)
    assert not dialog.use.isEnabled()
    dialog.show_refused("/new is not a folder.", "Choose another.")
    assert not dialog.use.isEnabled()


def test_the_folder_beside_that_was_meant_is_used(dialog: FindPicturesDialog, qtbot: QtBot) -> None:
    dialog.folder.set_text("/new/train")
    dialog.show_found("/new", 240, 240)
    assert "They are in /new" in dialog.found.accessibleName()
    with qtbot.waitSignal(dialog.use_wanted) as used:
        dialog.use.click()
    assert used.args == [4, "/new"]


def test_another_dataset_begins_anew(dialog: FindPicturesDialog, qtbot: QtBot) -> None:
    dialog.folder.set_text("/new")
    dialog.show_found("/new", 240, 240)
    dialog.dataset.setCurrentIndex(1)
    assert not dialog.use.isEnabled()
    assert "all 10 pictures are there" in dialog.found.accessibleName().casefold()
    with qtbot.waitSignal(dialog.use_wanted) as used:
        dialog.again.click()
    assert used.args == [5, ""]


@pytest.fixture
def window(qtbot: QtBot, store_folder: Path) -> Iterator[MainWindow]:
    made = MainWindow(SettingsFile())
    made.start(store_folder)
    made.show()
    qtbot.waitExposed(made)
    qtbot.waitUntil(lambda: len(made.browse.slice.ids) == 6)
    yield made
    made.close()
    made.deleteLater()


def test_pictures_that_moved_are_found(
    window: MainWindow, store_folder: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    shutil.move(store_folder.parent / "pictures", tmp_path / "moved")
    used: list[str] = []

    def do() -> None:
        dialog = window.finding._dialog
        assert dialog is not None
        dialog.folder.set_text(str(tmp_path / "moved"))
        qtbot.waitUntil(lambda: dialog.use.isEnabled())
        used.append(dialog.found.accessibleName())
        dialog.use.click()

    window.dialog_opened.connect(lambda _dialog: QTimer.singleShot(0, do))
    window.finding.open()
    qtbot.waitUntil(lambda: bool(used), timeout=20000)
    store = window.session.needed()
    assert store.datasets.get(1).images_root == str(tmp_path / "moved")
    qtbot.waitUntil(lambda: not window.jobs.running(), timeout=60000)
    states = {record.image.state for record in store.stream()}
    assert ImageState.PRESENT in states
