"""Pictures that lie elsewhere: the dialog, and what becomes of the open store."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from app.window import MainWindow
from store import relocating
from store.db import Store
from store.errors import Cancelled
from store.progress import Progress
from store.records import ImageState
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
    dialog.show_found((4, "/new"), "/new", 230, 240)
    assert "230 of 240 pictures are there" in dialog.found.accessibleName()
    with qtbot.waitSignal(dialog.use_wanted) as used:
        dialog.use.click()
    assert used.args == [4, "/new"]


def test_a_folder_without_pictures_cannot_be_used(dialog: FindPicturesDialog) -> None:
    dialog.folder.set_text("/new")
    dialog.show_found((4, "/new"), "/new", 0, 240)
    assert not dialog.use.isEnabled()
    dialog.folder.set_text("/none")
    dialog.show_refused((4, "/none"), "/none is not a folder.", "Choose another.")
    assert not dialog.use.isEnabled()


def test_the_folder_beside_that_was_meant_is_used(dialog: FindPicturesDialog, qtbot: QtBot) -> None:
    dialog.folder.set_text("/new/train")
    dialog.show_found((4, "/new/train"), "/new", 240, 240)
    assert "They are in /new" in dialog.found.accessibleName()
    with qtbot.waitSignal(dialog.use_wanted) as used:
        dialog.use.click()
    assert used.args == [4, "/new"]


def test_another_dataset_begins_anew(dialog: FindPicturesDialog, qtbot: QtBot) -> None:
    dialog.folder.set_text("/new")
    dialog.show_found((4, "/new"), "/new", 240, 240)
    dialog.dataset.setCurrentIndex(1)
    assert not dialog.use.isEnabled()
    assert "all 10 pictures are there" in dialog.found.accessibleName().casefold()
    with qtbot.waitSignal(dialog.use_wanted) as used:
        dialog.again.click()
    assert used.args == [5, ""]


def test_an_answer_about_another_dataset_comes_too_late(dialog: FindPicturesDialog, qtbot: QtBot) -> None:
    dialog.folder.set_text("/new")
    with qtbot.waitSignal(dialog.look_unwanted):
        dialog.dataset.setCurrentIndex(1)
    dialog.show_found((4, "/new"), "/new", 240, 240)
    assert not dialog.use.isEnabled()
    dialog.show_refused((4, "/new"), "/new is not a folder.", "Choose another.")
    assert "all 10 pictures are there" in dialog.found.accessibleName().casefold()
    # Nor does one about another folder of the same dataset count.
    dialog.folder.set_text("/first")
    dialog.folder.set_text("/second")
    dialog.show_found((5, "/first"), "/first", 10, 10)
    assert not dialog.use.isEnabled()
    dialog.show_looking(4, 10)
    assert "4 of 10 images" in dialog.found.accessibleName()
    dialog.show_found((5, "/second"), "/second", 10, 10)
    with qtbot.waitSignal(dialog.use_wanted) as used:
        dialog.use.click()
    assert used.args == [5, "/second"]


def test_closing_ends_the_looking(dialog: FindPicturesDialog, qtbot: QtBot) -> None:
    dialog.folder.set_text("/new")
    with qtbot.waitSignal(dialog.look_unwanted):
        dialog.reject()


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
    qtbot.waitUntil(lambda: store.datasets.get(1).images_root == str(tmp_path / "moved"))
    qtbot.waitUntil(lambda: bool(window.jobs.running()))
    qtbot.waitUntil(lambda: not window.jobs.running(), timeout=60000)
    states = {record.image.state for record in store.stream()}
    assert ImageState.PRESENT in states


def test_looking_ends_with_another_question_and_with_the_dialog(
    window: MainWindow, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[Path] = []
    ended: list[Path] = []

    def look(_store: Store, _dataset_id: int, folder: Path, progress: Progress) -> relocating.Found:
        begun.append(folder)
        try:
            while True:
                progress(1, 6, "")
                time.sleep(0.005)
        except Cancelled:
            ended.append(folder)
            raise

    monkeypatch.setattr(relocating, "look", look)
    first, second = tmp_path / "first", tmp_path / "second"

    def do() -> None:
        dialog = window.finding._dialog
        assert dialog is not None
        dialog.folder.set_text(str(first))
        qtbot.waitUntil(lambda: "1 of 6 images" in dialog.found.accessibleName())
        # Browse has its answers meanwhile.
        assert not window.session.desk.busy()
        dialog.folder.set_text(str(second))
        qtbot.waitUntil(lambda: begun == [first, second])
        dialog.reject()

    window.dialog_opened.connect(lambda _dialog: QTimer.singleShot(0, do))
    window.finding.open()
    qtbot.waitUntil(lambda: ended == [first, second], timeout=20000)
