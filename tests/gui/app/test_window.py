"""The main window on a small store: opening and closing it, Browse, theme, problems."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pytestqt.qtbot import QtBot

from app.window import MainWindow
from store.document import Document
from store.document.edits import set_review
from store.records import Review
from store.settings import SettingsFile
from widgets import style

IMAGES = 6


def test_a_store_is_opened_after_the_first_paint_and_listed(window: MainWindow) -> None:
    assert window.shell.page() == "browse"
    assert len(window.browse.page.ids) == IMAGES
    assert window.windowTitle().startswith("small")
    assert not window.banner.isVisible()


def test_without_a_store_there_is_welcome_and_nothing_else(
    open_window: Callable[[Path | None], MainWindow],
) -> None:
    window = open_window(None)
    assert window.shell.page() == "welcome"
    assert not window.actions_["page.browse"].isEnabled()
    assert window.actions_["page.browse"].toolTip() == "No store is open"
    assert window.actions_["store.open"].isEnabled()


def test_the_last_store_is_opened_again(
    open_window: Callable[[Path | None], MainWindow], store_folder: Path, qtbot: QtBot
) -> None:
    open_window(store_folder).close()
    again = MainWindow(SettingsFile())
    qtbot.addWidget(again)
    again.start(None)
    again.show()
    qtbot.waitUntil(lambda: again.session.store is not None)
    assert again.session.needed().folder == store_folder
    again.close()


def test_a_folder_that_is_no_store_is_told_and_welcome_shown(
    open_window: Callable[[Path | None], MainWindow], tmp_path: Path, qtbot: QtBot
) -> None:
    window = MainWindow(SettingsFile())
    qtbot.addWidget(window)
    window.start(tmp_path / "nowhere")
    window.show()
    qtbot.waitUntil(lambda: window.banner.isVisible())
    assert window.shell.page() == "welcome"
    assert "nowhere" in window.banner.accessibleName()
    window.close()


def test_the_review_of_a_selection_is_set_as_edits(window: MainWindow, qtbot: QtBot) -> None:
    ids = [int(i) for i in window.browse.slice.ids[:2]]
    window.browse.page.review_wanted.emit(ids, Review.SECOND_LOOK)
    qtbot.waitUntil(lambda: not window.browse.many.busy and not window.session.desk.busy())
    store = window.session.needed()
    assert {store.images.get(i).review for i in ids} == {Review.SECOND_LOOK}
    assert (
        Document(store, ids[0]).undo_title == set_review(store.images.get(ids[0]), Review.SECOND_LOOK).title
    )


def test_a_missing_picture_that_turns_up_is_noted(
    window: MainWindow, store_folder: Path, qtbot: QtBot
) -> None:
    store = window.session.needed()
    last = int(window.browse.slice.ids[-1])
    window.open_row(IMAGES - 1)
    qtbot.waitUntil(lambda: store.images.get(last).state == "missing")
    pictures = store_folder.parent / "pictures"
    (pictures / "000001.png").rename(pictures / "000006.png")
    window.annotate.step(-1)
    window.annotate.step(1)
    qtbot.waitUntil(lambda: store.images.get(last).state == "present")


def test_the_filter_and_the_current_image_are_remembered(
    open_window: Callable[[Path | None], MainWindow], store_folder: Path, qtbot: QtBot
) -> None:
    first = open_window(store_folder)
    first.browse.page.set_filter("split = train", apply=True)
    qtbot.waitUntil(lambda: len(first.browse.slice.ids) == IMAGES // 2)
    first.browse.page.select_row(1)
    wanted = first.browse.page.current_id
    first.close()
    second = open_window(store_folder)
    assert second.browse.page.filter_text == "split = train"
    qtbot.waitUntil(lambda: second.browse.page.current_id == wanted)


def test_a_filter_that_names_nothing_known_is_told_in_its_place(window: MainWindow, qtbot: QtBot) -> None:
    window.browse.page.set_filter("category = spaceship", apply=True)
    qtbot.waitUntil(lambda: not window.session.desk.busy())
    assert len(window.browse.slice.ids) == IMAGES
    assert not window.banner.isVisible()


def test_the_theme_changes_at_once_and_is_kept(window: MainWindow) -> None:
    window.actions_["view.theme"].trigger()
    assert style.tokens().theme == "light"
    assert SettingsFile().settings.theme == "light"


def test_the_problem_list_opens_its_image(window: MainWindow, qtbot: QtBot) -> None:
    window.actions_["view.problems"].trigger()
    dialog = window.problems.dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.list.model.rowCount() == 1)
    dialog.list.table.selectRow(0)
    qtbot.waitUntil(lambda: dialog.list.current_image > 0)
    dialog.open_wanted.emit(dialog.list.current_image)
    assert window.shell.page() == "annotate"
    assert window.session.needed().problems.of_image(window.annotate.image_id)
    window.close_store()
    assert not dialog.isVisible()
