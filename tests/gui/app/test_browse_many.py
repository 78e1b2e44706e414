"""Changes of many images in the window: asked, done, stopped, undone, made again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog
from pytestqt.qtbot import QtBot

from app.window import MainWindow
from store.document import Document
from store.document.edits import set_review
from store.records import Review
from tests.gui.app.window_hand import press
from widgets.dialogs.many import GarmentsDialog, TagDialog

Control, Shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def many(window: MainWindow, qtbot: QtBot) -> MainWindow:
    """The window on Browse, all images selected."""
    window.go_to("browse")
    window.browse.page.grid.setFocus()
    window.browse.page.grid.selectAll()
    return window


def done(window: MainWindow, qtbot: QtBot) -> None:
    """Waits till nothing is being changed or read any more."""
    qtbot.waitUntil(lambda: not window.browse.many.busy and not window.session.desk.busy())


def in_dialog(
    window: MainWindow, qtbot: QtBot, begin: Callable[[], object], act: Callable[[QDialog], object]
) -> None:
    """Begins something that opens a dialog, and does something in it."""
    seen: list[QDialog] = []

    def opened(dialog: QDialog) -> None:
        seen.append(dialog)
        act(dialog)

    window.dialog_opened.connect(opened)
    begin()
    qtbot.waitUntil(lambda: bool(seen))
    window.dialog_opened.disconnect(opened)
    done(window, qtbot)


def reviews(window: MainWindow) -> set[Review]:
    store = window.session.needed()
    return {image.review for image in store.images.get_many(store.images.ids())}


def test_keys_review_undo_and_make_again(many: MainWindow, qtbot: QtBot) -> None:
    press(qtbot, many, Qt.Key.Key_Return, Control)
    done(many, qtbot)
    assert reviews(many) == {Review.ACCEPTED}
    bar = many.browse.page.work_bar
    assert bar.words == "Set review to accepted in 6 images"
    assert many.actions_["browse.undo"].text() == "Undo in Browse: set review to accepted in 6 images"
    press(qtbot, many, Qt.Key.Key_Z, Control)
    done(many, qtbot)
    assert reviews(many) == {Review.TO_DO}
    assert bar.words == "Taken back: Set review to accepted in 6 images"
    assert not many.actions_["browse.undo"].isEnabled()
    press(qtbot, many, Qt.Key.Key_Z, Control | Shift)
    done(many, qtbot)
    assert reviews(many) == {Review.ACCEPTED}


def test_what_somebody_has_changed_since_is_told(many: MainWindow, qtbot: QtBot) -> None:
    press(qtbot, many, Qt.Key.Key_L, Control)
    done(many, qtbot)
    document = Document(many.session.needed(), many.browse.page.ids[0])
    document.apply(set_review(document.image, Review.REJECTED))
    many.browse.page.work_bar.undo.click()
    done(many, qtbot)
    assert reviews(many) == {Review.TO_DO, Review.REJECTED}
    assert "1 had been changed since and stays" in many.browse.page.work_bar.words


def test_a_tag_is_asked_for_and_can_be_filtered_by(many: MainWindow, qtbot: QtBot) -> None:
    def act(dialog: QDialog) -> None:
        assert isinstance(dialog, TagDialog)
        assert not dialog.start.isEnabled()
        qtbot.keyClicks(dialog.line, " to ask ")
        assert dialog.start.text() == "Tag 6 images"
        dialog.start.click()

    in_dialog(many, qtbot, lambda: press(qtbot, many, Qt.Key.Key_T, Control), act)
    many.browse.page.set_filter('tag has "to ask"', apply=True)
    done(many, qtbot)
    assert len(many.browse.page.ids) == 6
    assert many.browse.page.facets.words()["tag"] == ("to ask",)


def test_the_category_of_the_filter_is_offered_first(many: MainWindow, qtbot: QtBot) -> None:
    page = many.browse.page
    page.set_filter('category = "short sleeve top"', apply=True)
    done(many, qtbot)
    page.grid.selectAll()

    def act(dialog: QDialog) -> None:
        assert isinstance(dialog, GarmentsDialog)
        assert dialog.of == {1}
        dialog.to.setCurrentIndex(dialog.to.findData(2))
        assert dialog.start.text() == "Change 1 garment"
        dialog.start.click()

    in_dialog(many, qtbot, page.wishes.category.emit, act)
    assert page.work_bar.words == "Change category to long sleeve top in 1 image"
    store = many.session.needed()
    kinds = [g.category_id for some in store.garments.of_images(store.images.ids()).values() for g in some]
    assert sorted(kinds) == [2, 2, 3, 4, 5, 6]


def test_sides_are_swapped_and_given_up(many: MainWindow, qtbot: QtBot) -> None:
    store = many.session.needed()
    before = store.garments.of_image(int(many.browse.page.ids[0]))[0]
    in_dialog(many, qtbot, many.browse.page.wishes.swap.emit, lambda dialog: dialog.reject())
    assert store.garments.get(before.id).version == 1

    def act(dialog: QDialog) -> None:
        assert dialog.start.text() == "Swap 6 garments"
        dialog.start.click()

    in_dialog(many, qtbot, many.browse.page.wishes.swap.emit, act)
    after = store.garments.get(before.id)
    order = list(many.session.categories[before.category_id].schema.mirrored())
    assert after.points.tolist() == before.points[order].tolist()


def test_nothing_can_be_changed_while_much_is(many: MainWindow, qtbot: QtBot) -> None:
    ids = many.browse.page.selected_ids()
    many.browse.many.review(ids, Review.ACCEPTED)
    assert many.browse.many.busy
    assert not many.browse.page.selection_bar.review.isEnabled()
    many.browse.many.review(ids, Review.REJECTED)
    done(many, qtbot)
    assert reviews(many) == {Review.ACCEPTED}
    assert many.browse.page.selection_bar.review.isEnabled()


def test_the_last_change_can_be_undone_after_a_start(
    many: MainWindow, open_window: Callable[..., MainWindow], qtbot: QtBot
) -> None:
    press(qtbot, many, Qt.Key.Key_R, Control)
    done(many, qtbot)
    folder = many.session.needed().folder
    many.close()
    again = open_window(folder)
    done(again, qtbot)
    assert again.browse.many.undo_title == "Set review to rejected in 6 images"
    again.browse.many.undo()
    done(again, qtbot)
    assert reviews(again) == {Review.TO_DO}


def test_another_store_has_nothing_to_undo(many: MainWindow, qtbot: QtBot) -> None:
    press(qtbot, many, Qt.Key.Key_R, Control)
    done(many, qtbot)
    assert many.browse.many.undo_title
    many.close_store()
    assert many.browse.many.undo_title == ""
    assert not many.browse.page.work_bar.isVisible()
