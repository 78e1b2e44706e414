"""The import dialog: its steps, what it shows, and what it asks for at the end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from resources.taxonomy import categories
from store.records import Garment, Image, ImageRecord, Problem
from widgets.dialogs.import_dialog import ImportChoice, ImportDialog
from widgets.dialogs.import_preview import SIDE, draw
from widgets.dialogs.import_steps import KnownDataset, ProblemLine

CATEGORIES = {category.id: category for category in categories()}


@pytest.fixture
def dialog(qtbot: QtBot) -> ImportDialog:
    made = ImportDialog()
    qtbot.addWidget(made)
    made.offer_store("", "/data/new")
    made.show()
    return made


def test_nothing_can_be_imported_before_something_was_found(dialog: ImportDialog) -> None:
    assert not dialog.next.isEnabled()
    dialog.show_path("/data/set")
    dialog.show_refused("There is no dataset.", "Choose another folder.")
    assert not dialog.next.isEnabled()
    dialog.show_found("coco", "a JSON file", 1200, "set")
    assert dialog.next.isEnabled()


def test_a_path_asks_once_to_be_looked_at(dialog: ImportDialog, qtbot: QtBot) -> None:
    asked: list[str] = []
    dialog.source_changed.connect(lambda: asked.append(dialog.dataset.path.text()))
    dialog.show_path("/data/set")
    dialog.dataset.path.edit.editingFinished.emit()
    assert asked == ["/data/set"]


def test_the_last_button_names_what_it_does(dialog: ImportDialog, qtbot: QtBot) -> None:
    dialog.show_path("/data/set/a.json")
    dialog.show_found("coco", "a JSON file", 1200, "set")
    for _ in range(3):
        assert dialog.next.text() == "Next"
        dialog.next.click()
    assert dialog.next.text() == "Import 1,200 images"
    dialog.details.split.setCurrentText("train")
    with qtbot.waitSignal(dialog.import_wanted) as wanted:
        dialog.next.click()
    assert wanted.args == [
        ImportChoice(Path("/data/set/a.json"), "coco", None, "train", "", Path("/data/new"))
    ]


def test_an_open_store_is_what_it_goes_into_at_first(dialog: ImportDialog) -> None:
    dialog.offer_store("demo", "/data/new")
    dialog.show_path("/data/set")
    dialog.show_found("deepfashion2", "image and annos", 0, "set")
    assert dialog.choice().store is None
    dialog.store.into_new.setChecked(True)
    assert dialog.choice().store == Path("/data/new")


def test_a_store_without_a_folder_blocks(dialog: ImportDialog) -> None:
    dialog.show_path("/data/set")
    dialog.show_found("coco", "", 3, "set")
    dialog.go_to(3)
    dialog.store.folder.set_text("")
    assert not dialog.next.isEnabled()
    assert dialog.next.toolTip() == "Name a folder for the store"


def test_previews_and_problems_are_shown(dialog: ImportDialog, tmp_path: Path) -> None:
    record = ImageRecord(Image(name="a.png", width=10, height=20), (), (Problem(message="x"),))
    previews = [draw(record, tmp_path, CATEGORIES)]
    dialog.show_preview(previews, [ProblemLine("a.png", "x", "warning")], "1 image, 1 problem")
    assert dialog.preview.tiles[0].problems == 1
    assert dialog.preview.state.text() == "1 image, 1 problem"


def test_a_preview_has_the_annotations_drawn_over_the_picture(
    tmp_path: Path, make_garment: Callable[[int], Garment]
) -> None:
    picture = QImage(600, 800, QImage.Format.Format_RGB32)
    picture.fill(QColor("white"))
    picture.save(str(tmp_path / "a.png"))
    bare = draw(ImageRecord(Image(name="a.png")), tmp_path, CATEGORIES)
    drawn = draw(ImageRecord(Image(name="a.png"), (make_garment(8),)), tmp_path, CATEGORIES)
    assert max(drawn.picture.width(), drawn.picture.height()) == SIDE
    assert drawn.picture != bare.picture
    assert drawn.detail == "trousers"


def test_a_missing_picture_is_a_sheet_of_the_known_size(tmp_path: Path) -> None:
    shown = draw(ImageRecord(Image(name="no.png", width=300, height=600)), tmp_path, CATEGORIES)
    assert (shown.picture.width(), shown.picture.height()) == (SIDE // 2, SIDE)


def test_a_dataset_that_is_there_is_brought_up_to_date(dialog: ImportDialog, qtbot: QtBot) -> None:
    dialog.offer_store("demo", "/data/new")
    dialog.show_path("/data/set")
    dialog.show_found("coco", "a JSON file", 1200, "set", KnownDataset("set", 1100, whole=True))
    assert "The open store has it" in dialog.dataset.found.accessibleName()
    dialog.go_to(3)
    assert dialog.next.text() == "Update 1,200 images"
    assert "brought up to date" in dialog.store.summary.accessibleName()
    # What goes and what stays, in so many words.
    assert "No image is deleted; garments" in dialog.store.summary.accessibleName()
    assert dialog.choice().conflicts == "keep"
    dialog.store.conflicts.theirs.setChecked(True)
    with qtbot.waitSignal(dialog.import_wanted) as wanted:
        dialog.next.click()
    assert wanted.args is not None
    assert wanted.args[0].conflicts == "theirs"


def test_under_another_name_or_in_another_store_it_is_a_new_dataset(dialog: ImportDialog) -> None:
    dialog.offer_store("demo", "/data/new")
    dialog.show_path("/data/set")
    dialog.show_found("coco", "", 1200, "set", KnownDataset("set", 1100, whole=True))
    dialog.go_to(3)
    assert dialog.store.conflicts.isVisible()
    dialog.details.name.setText("second")
    assert dialog.next.text() == "Import 1,200 images"
    assert not dialog.store.conflicts.isVisible()
    dialog.details.name.setText("")
    dialog.store.into_new.setChecked(True)
    assert not dialog.store.conflicts.isVisible()


def test_one_that_was_broken_off_goes_on(dialog: ImportDialog) -> None:
    dialog.offer_store("demo", "/data/new")
    dialog.show_path("/data/set")
    dialog.show_found("coco", "", 1200, "set", KnownDataset("set", 300, whole=False))
    dialog.go_to(3)
    assert dialog.next.text() == "Go on with 1,200 images"
    assert "broken off after 300 images" in dialog.store.summary.accessibleName()
    assert not dialog.store.conflicts.isVisible()
