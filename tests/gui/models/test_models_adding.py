"""Models that come and go: added by a job, refused, removed, brought back."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from app.window import MainWindow
from store.runs import RunFolder
from store.runs.manifest import WEIGHTS
from tests.gui.models.conftest import make_model
from tests.gui.models.models_hand import answered, arguments, press, select
from widgets.dialogs.add_model import AddChoice, AddModelDialog
from widgets.dialogs.category_mapping import CategoryMappingDialog


def test_a_model_is_added_by_a_job_and_its_foreign_categories_are_asked_about(
    window: MainWindow, qtbot: QtBot, store_folder: Path, stand_in: None
) -> None:
    asked: list[str] = []

    def add(dialog: QDialog) -> None:
        if isinstance(dialog, AddModelDialog):
            assert not dialog.start.isEnabled()
            dialog.show_choice(AddChoice("https://example.org/weights.pth", "clothes", "MIT"))
            assert dialog.note.isVisible()
            dialog.start.click()
        elif isinstance(dialog, CategoryMappingDialog):
            asked.append(dialog.windowTitle())
            dialog.reject()

    window.dialog_opened.connect(add)
    window.models.page.add.click()
    given = arguments(store_folder, "models", qtbot)
    assert given[:3] == ["models", "add", "https://example.org/weights.pth"]
    assert given[given.index("--licence") + 1] == "MIT"
    qtbot.waitUntil(lambda: asked == ["Categories of clothes"], timeout=20000)
    current = window.models.page.current()
    assert current is not None
    assert current.name == "clothes"
    assert window.models.page.adding.isHidden()


def test_a_model_that_is_refused_says_why_and_can_be_tried_again(
    window: MainWindow, qtbot: QtBot, stand_in: None
) -> None:
    page = window.models.page
    run = window.models.adding.start(AddChoice("/somewhere/bad.pth", licence="MIT"))
    assert run is not None
    assert page.adding.isVisible()
    qtbot.waitUntil(page.message.isVisible, timeout=20000)
    assert "bad.pth was not added: bad.pth is no checkpoint." in page.message.accessibleName()
    shown: list[AddChoice] = []

    def keep(dialog: AddModelDialog) -> None:
        shown.append(dialog.choice())
        dialog.reject()

    answered(window, AddModelDialog, keep)
    press(page.message, "Try again")
    assert shown == [AddChoice("/somewhere/bad.pth", licence="MIT")]


def test_a_removed_model_lies_in_the_trash_and_is_brought_back(
    window: MainWindow, qtbot: QtBot, store_folder: Path
) -> None:
    page, models = window.models.page, store_folder / "models"
    select(window, qtbot, "beta")
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: len(page.table.rows.rows()) == 3)
    assert not (models / "beta").exists()
    assert [one.name.partition("-20")[0] for one in (models / ".trash").iterdir()] == ["beta"]
    assert "Removed the model beta" in page.message.accessibleName()
    select(window, qtbot, "alpha")
    page.remove.trigger()
    qtbot.waitUntil(lambda: len(page.table.rows.rows()) == 2)
    # The newest first, by the button or by the key.
    press(page.message, "Undo")
    qtbot.waitUntil(lambda: len(page.table.rows.rows()) == 3)
    assert (models / "alpha" / WEIGHTS).is_file()
    assert page.undo.text() == "Bring back beta"
    qtbot.keyClick(page.table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: len(page.table.rows.rows()) == 4)
    now = page.current()
    assert now is not None
    assert now.name == "beta"
    assert not (models / ".trash").exists()
    assert not page.undo.isEnabled()


def test_a_model_that_is_used_or_ships_stays_and_why_is_said(
    window: MainWindow, qtbot: QtBot, store_folder: Path, tmp_path: Path
) -> None:
    page = window.models.page
    run = RunFolder.create(store_folder, "predict", ["predict", "--model", "beta"])
    run.begin()
    select(window, qtbot, "beta")
    page.remove.trigger()
    qtbot.waitUntil(page.message.isVisible)
    assert f"beta cannot be removed: it predicts in {run.id}" in page.message.accessibleName()
    assert (store_folder / "models" / "beta").is_dir()
    make_model(tmp_path / "shipped", "demo")
    window.models.look()
    qtbot.waitUntil(lambda: len(page.table.rows.rows()) == 5)
    select(window, qtbot, "demo")
    assert not page.remove.isEnabled()
    page.table.setFocus()
    qtbot.keyClick(page.table, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: "comes with the program" in page.message.accessibleName())
    assert (tmp_path / "shipped" / "demo").is_dir()


def test_annotate_takes_another_model_when_its_own_is_removed(window: MainWindow, qtbot: QtBot) -> None:
    asked: list[str] = []
    window.models.removing.proposing = lambda: asked.append("asked") or "beta"  # type: ignore[func-returns-value]
    select(window, qtbot, "beta")
    with qtbot.waitSignal(window.models.changed):
        window.models.page.remove.trigger()
    assert asked
    assert "Annotate has proposed with it" in window.models.page.message.accessibleName()
