"""Import from the window: the dialog on a real dataset, the job, and the store that opens by itself."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from app.window import MainWindow
from store.db import Store
from store.settings import SettingsFile
from widgets.dialogs.import_dialog import ImportDialog


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[MainWindow]:
    made = MainWindow(SettingsFile())
    made.start(None)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.close()
    made.deleteLater()


@pytest.fixture
def dataset(tmp_path: Path, store_folder: Path) -> Path:
    """A COCO file beside the pictures of the small store; its last image is not there."""
    file = store_folder.parent / "pictures" / "set.json"
    images = [{"id": n, "file_name": f"{n:06}.png", "width": 300, "height": 400} for n in range(1, 7)]
    box = {"bbox": [60, 50, 180, 300], "area": 54000, "iscrowd": 0, "category_id": 1}
    annotations = [{"id": n, "image_id": n, **box} for n in range(1, 7)]
    categories = [{"id": 1, "name": "hat"}]
    file.write_text(json.dumps({"images": images, "annotations": annotations, "categories": categories}))
    return file


def in_dialog(window: MainWindow, steps: Callable[[ImportDialog], None]) -> None:
    """Opens the import dialog and does ``steps(dialog)`` in it."""

    def do() -> None:
        dialog = window.importing._dialog
        assert dialog is not None
        steps(dialog)
        if dialog.isVisible():
            dialog.reject()

    QTimer.singleShot(50, do)
    window.import_dataset("")


def test_from_the_dialog_to_the_open_store(
    window: MainWindow, dataset: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    target = tmp_path / "new store"

    def steps(dialog: ImportDialog) -> None:
        dialog.show_path(str(dataset))
        qtbot.waitUntil(lambda: dialog.next.isEnabled())
        assert "COCO, 6 images" in dialog.dataset.found.accessibleName()
        qtbot.waitUntil(lambda: len(dialog.preview.tiles) == 6)
        assert dialog.preview.tiles[0].detail == "hat"
        dialog.go_to(3)
        dialog.store.folder.set_text(str(target))
        assert dialog.next.text() == "Import 6 images"
        dialog.next.click()

    in_dialog(window, steps)
    qtbot.waitUntil(lambda: window.session.store is not None, timeout=60000)
    assert window.session.needed().folder == target
    qtbot.waitUntil(lambda: not window.jobs.running(), timeout=60000)
    qtbot.waitUntil(lambda: len(window.browse.slice.ids) == 6, timeout=10000)
    assert window.shell.page() == "browse"


def test_what_is_no_dataset_is_told_in_the_dialog(window: MainWindow, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "empty").mkdir()

    def steps(dialog: ImportDialog) -> None:
        dialog.show_path(str(tmp_path / "empty"))
        qtbot.waitUntil(lambda: dialog.dataset.found.property("kind") == "bad")
        assert not dialog.next.isEnabled()

    in_dialog(window, steps)
    assert not window.jobs.running()


def test_a_second_dataset_goes_into_the_open_store(
    window: MainWindow, store_folder: Path, dataset: Path, qtbot: QtBot
) -> None:
    window.session.open(store_folder)
    qtbot.waitUntil(lambda: len(window.browse.slice.ids) == 6)

    def steps(dialog: ImportDialog) -> None:
        dialog.show_path(str(dataset))
        qtbot.waitUntil(lambda: dialog.next.isEnabled())
        dialog.details.name.setText("second")
        assert dialog.choice().store is None
        dialog.go_to(3)
        dialog.next.click()

    in_dialog(window, steps)
    qtbot.waitUntil(lambda: len(window.browse.slice.ids) == 12, timeout=60000)
    with Store.open(store_folder) as store:
        assert [one.name for one in store.datasets.all()] == ["small", "second"]


def test_a_dropped_store_is_opened_and_anything_else_imported(
    window: MainWindow, store_folder: Path, dataset: Path, qtbot: QtBot
) -> None:
    def steps(dialog: ImportDialog) -> None:
        assert dialog.dataset.path.text() == str(dataset)

    def do() -> None:
        dialog = window.importing._dialog
        assert dialog is not None
        steps(dialog)
        dialog.reject()

    QTimer.singleShot(50, do)
    window.welcome.page.dropped.emit(dataset)
    assert window.session.store is None
    window.welcome.page.dropped.emit(store_folder)
    qtbot.waitUntil(lambda: window.session.store is not None)
