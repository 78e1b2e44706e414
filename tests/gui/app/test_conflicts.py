"""Somebody else was first: the dialog with both versions, and what becomes of them, by real events."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt, QTimer
from pytestqt.qtbot import QtBot
from sqlalchemy import delete

from app.window import MainWindow
from store.db import Store, tables
from store.document import Document, edits
from store.document.journal import FOLDER
from store.records import Garment, Review
from tests.gui.app.conflict_hand import asked, first_moved, key, move
from tests.gui.app.window_hand import Key, press, stored
from widgets.dialogs.conflict import ConflictDialog


@pytest.fixture
def others(annotating: MainWindow, store_folder: Path) -> Iterator[Document]:
    """The image in Annotate, open with somebody else."""
    with Store.open(store_folder) as opened:
        yield Document(opened, annotating.annotate.image_id, author="bert")


def test_both_is_marked_where_the_parts_differ_and_enter_takes_it(
    annotating: MainWindow, others: Document, qtbot: QtBot
) -> None:
    def doing(dialog: ConflictDialog) -> None:
        assert dialog.save.isEnabled()
        assert dialog.save.text() == "Save both"
        assert dialog.mine.view.shown.garments[0].points[0, 0] == 50
        assert dialog.theirs.view.shown.garments[0].points[3, 0] == 99
        assert dialog.mine.view.zoom == pytest.approx(dialog.theirs.view.zoom)
        qtbot.keyClick(dialog.focusWidget() or dialog, Key.Key_Return)

    asked(qtbot, annotating, doing, first_moved(annotating, others, 3))
    assert stored(annotating).garments[0].points[[0, 3], 0].tolist() == [50, 99]
    assert annotating.annotate.canvas.shown.garments[0].points[[0, 3], 0].tolist() == [50, 99]
    assert annotating.annotate.saving.unsaved == ""
    assert not annotating.annotate.page.unsaved.isVisible()
    assert not annotating.banner.isVisible()


@pytest.mark.parametrize(("letter", "x"), [(Key.Key_M, 50), (Key.Key_T, 99)])
def test_nothing_is_marked_where_both_moved_the_same(
    annotating: MainWindow, others: Document, qtbot: QtBot, letter: Key, x: float
) -> None:
    def doing(dialog: ConflictDialog) -> None:
        assert not dialog.save.isEnabled()
        qtbot.keyClick(dialog.focusWidget() or dialog, Key.Key_B)
        qtbot.keyClick(dialog.focusWidget() or dialog, Key.Key_Return)
        assert dialog.isVisible(), "nothing is decided yet"
        qtbot.keyClick(dialog.focusWidget() or dialog, letter)
        qtbot.keyClick(dialog.focusWidget() or dialog, Key.Key_Return)

    asked(qtbot, annotating, doing, first_moved(annotating, others))
    assert stored(annotating).garments[0].points[0, 0] == x
    assert annotating.annotate.canvas.shown.garments[0].points[0, 0] == x
    history = annotating.session.needed().revisions.of_image(annotating.annotate.image_id)
    tried = {one.after.points[0, 0] for one in history if one.garment_id and one.after is not None}
    assert {50, 99} <= tried, "the version not taken stays in the history"
    if letter is Key.Key_T:
        press(qtbot, annotating, Key.Key_Y, Qt.KeyboardModifier.ControlModifier)
        assert stored(annotating).garments[0].points[0, 0] == 50


def test_a_choice_by_mouse(annotating: MainWindow, others: Document, qtbot: QtBot) -> None:
    def doing(dialog: ConflictDialog) -> None:
        button = dialog.blocks[0].choice._buttons["theirs"]
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert dialog.save.text() == "Take theirs"
        qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)

    asked(qtbot, annotating, doing, first_moved(annotating, others))
    assert stored(annotating).garments[0].points[0, 0] == 99


def test_escape_keeps_mine_in_hand_and_it_can_be_decided_later(
    annotating: MainWindow, others: Document, qtbot: QtBot
) -> None:
    annotate = annotating.annotate
    first = annotate.image_id
    asked(qtbot, annotating, key(qtbot, Key.Key_Escape), first_moved(annotating, others))
    assert annotate.canvas.shown.garments[0].points[0, 0] == 50
    assert stored(annotating).garments[0].points[0, 0] == 99
    assert annotate.page.unsaved.isVisible()
    assert "Not saved" in annotating.shell.status.saved.text()
    assert list((annotating.session.needed().folder / FOLDER).glob("*.json"))
    # One does not leave the image with it.
    asked(
        qtbot,
        annotating,
        key(qtbot, Key.Key_Escape),
        lambda: press(qtbot, annotating, Key.Key_PageDown),
    )
    assert annotate.image_id == first
    # What is done meanwhile comes on top of it.
    asked(
        qtbot,
        annotating,
        key(qtbot, Key.Key_Escape),
        lambda: press(qtbot, annotating, Key.Key_Right),
    )
    assert annotate.canvas.shown.garments[0].points[0, 0] == 51
    control = Qt.KeyboardModifier.ControlModifier
    asked(
        qtbot,
        annotating,
        key(qtbot, Key.Key_M, Key.Key_Return),
        lambda: press(qtbot, annotating, Key.Key_S, control),
    )
    assert stored(annotating).garments[0].points[0, 0] == 51
    assert not annotate.page.unsaved.isVisible()
    assert annotating.shell.status.saved.text().startswith("Saved ")
    assert not (annotating.session.needed().folder / FOLDER).exists()


def test_undo_lets_go_of_what_is_in_hand(annotating: MainWindow, others: Document, qtbot: QtBot) -> None:
    asked(qtbot, annotating, key(qtbot, Key.Key_Escape), first_moved(annotating, others))
    press(qtbot, annotating, Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert annotating.annotate.canvas.shown.garments[0].points[0, 0] == 99
    assert not annotating.annotate.page.unsaved.isVisible()
    press(qtbot, annotating, Key.Key_PageDown)
    assert annotating.annotate.image_id == int(annotating.browse.slice.ids[1])


def test_a_garment_that_they_deleted_comes_back_or_stays_away(
    annotating: MainWindow, others: Document, qtbot: QtBot
) -> None:
    def cause() -> None:
        edit = move(annotating.annotate.document, 0, 50.0)
        others.apply(edits.delete_garment(others.garments[0]))
        annotating.annotate.page.edit_wanted.emit(edit)

    def doing(dialog: ConflictDialog) -> None:
        assert dialog.theirs.view.shown.garments == []
        key(qtbot, Key.Key_M, Key.Key_Return)(dialog)

    asked(qtbot, annotating, doing, cause)
    assert stored(annotating).garments[0].points[0, 0] == 50


def test_an_undo_of_what_they_changed_since_takes_back_my_part_only(
    annotating: MainWindow, others: Document, qtbot: QtBot
) -> None:
    annotate = annotating.annotate
    annotate.page.select(annotate.document.garments[0].id, 0)
    before = annotate.document.garments[0].points[0].tolist()
    press(qtbot, annotating, Key.Key_Right)
    annotating.session.others._timer.stop()
    others.refresh()
    others.apply(move(others, 3, 99.0))
    control = Qt.KeyboardModifier.ControlModifier

    def undo() -> None:
        press(qtbot, annotating, Key.Key_Z, control)

    asked(qtbot, annotating, key(qtbot, Key.Key_Escape), undo)
    assert annotate.saving.unsaved == "", "an undo that is put off leaves nothing in hand"
    assert stored(annotating).garments[0].points[0].tolist() != before
    document = Document(annotating.session.needed(), annotate.image_id)
    assert document.undo_title == "Move landmark 4"
    annotating.session.others._timer.start()
    qtbot.waitUntil(lambda: annotate.document.garments[0].points[3, 0] == 99)


def test_two_garments_are_decided_one_by_one(
    annotating: MainWindow, others: Document, qtbot: QtBot, make_garment: Callable[[int], Garment]
) -> None:
    annotate = annotating.annotate
    second = make_garment(1).but(image_id=annotate.image_id, position=1)
    others.apply(edits.add_garment(second))
    qtbot.waitUntil(lambda: len(annotate.document.garments) == 2)
    first, last = (garment.id for garment in annotate.document.garments)

    def cause() -> None:
        mine = [edits.move_landmarks(one, {0: (50.0, 12.0)}) for one in annotate.document.garments]
        theirs = [edits.move_landmarks(one, {0: (99.0, 12.0)}) for one in others.garments]
        others.apply(edits.together("Move both", theirs))
        annotate.page.edit_wanted.emit(edits.together("Move both", mine))

    def doing(dialog: ConflictDialog) -> None:
        assert dialog.windowTitle() == "Somebody else has changed 2 of these garments too"
        qtbot.keyClick(dialog.focusWidget() or dialog, Key.Key_M)
        assert not dialog.save.isEnabled()
        dialog.blocks[1].choice.setFocus()
        assert dialog.mine.view.selection.garment_id == last
        qtbot.keyClick(dialog.focusWidget() or dialog, Key.Key_T)
        assert dialog.choices() == {first: "mine", last: "theirs"}
        qtbot.keyClick(dialog.focusWidget() or dialog, Key.Key_Return)

    asked(qtbot, annotating, doing, cause)
    assert [garment.points[0, 0] for garment in stored(annotating).garments] == [50, 99]


def test_what_they_save_while_it_is_decided_is_asked_about_too(
    annotating: MainWindow, others: Document, qtbot: QtBot, make_garment: Callable[[int], Garment]
) -> None:
    annotate = annotating.annotate
    others.apply(edits.add_garment(make_garment(1).but(image_id=annotate.image_id, position=1)))
    qtbot.waitUntil(lambda: len(annotate.document.garments) == 2)
    asked_of: list[int] = []

    def answer(dialog: object) -> None:
        assert isinstance(dialog, ConflictDialog)
        asked_of.append(len(dialog.blocks))
        QTimer.singleShot(0, dialog, lambda: doing(dialog))

    def doing(dialog: ConflictDialog) -> None:
        if len(asked_of) == 1:
            others.apply(edits.move_landmarks(others.garments[1], {0: (98.0, 12.0)}))
            # Longer than the watch needs to see it.
            qtbot.wait(600)
        for block in dialog.blocks:
            block.choice.setFocus()
            qtbot.keyClick(block.choice, Key.Key_M)
        qtbot.mouseClick(dialog.save, Qt.MouseButton.LeftButton)

    annotating.dialog_opened.connect(answer)
    mine = [edits.move_landmarks(one, {0: (50.0, 12.0)}) for one in annotate.document.garments]
    others.apply(move(others, 0, 99.0))
    annotate.page.edit_wanted.emit(edits.together("Move both", mine))
    qtbot.waitUntil(lambda: bool(asked_of) and annotate.saving.unsaved == "", timeout=15_000)
    assert asked_of == [1, 2]
    assert [garment.points[0, 0] for garment in stored(annotating).garments] == [50, 50]


def test_what_the_server_had_saved_before_it_went_is_not_saved_again_by_hand(
    annotating: MainWindow, qtbot: QtBot, make_garment: Callable[[int], Garment]
) -> None:
    annotate, store = annotating.annotate, annotating.session.needed()
    assert annotate.document is not None
    add = edits.add_garment(make_garment(1).but(image_id=annotate.image_id, position=1))
    annotating.session.others._timer.stop()
    annotate.document.hold(add, uncertain=True)
    Document(store, annotate.image_id, author=annotating.session.settings.author).apply(add)
    annotate.saving.decide()
    assert annotate.saving.unsaved == ""
    assert len(stored(annotating).garments) == 2


def test_what_is_being_dragged_is_not_lost(annotating: MainWindow, others: Document, qtbot: QtBot) -> None:
    canvas = annotating.annotate.canvas
    annotating.annotate.page.set_tool("landmarks")
    garment = annotating.annotate.document.garments[0]
    annotating.annotate.page.select(garment.id, 0)
    start = canvas.map_from_image(_point(garment.points[0])).toPoint()
    left = Qt.MouseButton.LeftButton
    viewport = canvas.viewport()

    def cause() -> None:
        qtbot.mousePress(viewport, left, pos=start)
        qtbot.mouseMove(viewport, start + QPoint(20, 20))
        qtbot.mouseMove(viewport, start + QPoint(30, 30))
        others.apply(move(others, 3, 99.0))
        qtbot.wait(500)
        assert canvas.busy, "what they saved waits till the drag is over"
        qtbot.mouseRelease(viewport, left, pos=start + QPoint(30, 30))

    asked(qtbot, annotating, key(qtbot, Key.Key_Return), cause)
    after = stored(annotating).garments[0]
    assert after.points[3, 0] == 99
    assert not np.array_equal(after.points[0], garment.points[0])


def _point(at: np.ndarray) -> object:
    from PySide6.QtCore import QPointF

    return QPointF(*at.tolist())


def test_what_is_being_typed_is_not_taken_away(
    annotating: MainWindow, others: Document, qtbot: QtBot
) -> None:
    field = annotating.annotate.page.facts_panel.pair
    field.setFocus()
    qtbot.keyClicks(field, "4")

    def cause() -> None:
        others.apply(edits.set_facts(others.garments[0], pair_id=7))
        qtbot.wait(500)
        assert field.text() == "4"
        qtbot.keyClicks(field, "2")
        qtbot.keyClick(field, Key.Key_Return)

    asked(qtbot, annotating, key(qtbot, Key.Key_M, Key.Key_Return), cause)
    assert stored(annotating).garments[0].pair_id == 42


def test_a_review_by_both_is_asked_about(annotating: MainWindow, others: Document, qtbot: QtBot) -> None:
    def cause() -> None:
        others.apply(edits.set_review(others.image, Review.REJECTED))
        annotating.annotate.page.accept_wanted.emit(False)

    def doing(dialog: ConflictDialog) -> None:
        assert dialog.windowTitle() == "Somebody else has changed this image too"
        key(qtbot, Key.Key_T, Key.Key_Return)(dialog)

    asked(qtbot, annotating, doing, cause)
    assert stored(annotating).image.review is Review.REJECTED
    assert annotating.annotate.document.image.review is Review.REJECTED


def test_an_image_that_was_removed_leaves_my_change_in_a_file(
    annotating: MainWindow, others: Document, qtbot: QtBot
) -> None:
    annotate, store = annotating.annotate, annotating.session.needed()
    gone = annotate.image_id
    edit = move(annotate.document, 0, 50.0)
    with store.database.write() as connection:
        connection.execute(delete(tables.problems).where(tables.problems.c.image_id == gone))
        connection.execute(delete(tables.garments).where(tables.garments.c.image_id == gone))
        connection.execute(delete(tables.images).where(tables.images.c.id == gone))
    annotate.page.edit_wanted.emit(edit)
    qtbot.waitUntil(lambda: "taken out" in annotate.page.unsaved.accessibleName())
    assert annotate.canvas.shown.garments[0].points[0, 0] == 50
    annotate.saving.decide()
    assert annotate.image_id == 0
    assert len(list((store.folder / FOLDER).glob("*.kept"))) == 1
    assert annotating.annotate.open_image(int(annotating.browse.slice.ids[2]))


def test_what_was_in_hand_when_the_window_closed_is_found_again(
    annotating: MainWindow,
    others: Document,
    qtbot: QtBot,
    store_folder: Path,
    open_window: Callable[[Path | None], MainWindow],
) -> None:
    first = annotating.annotate.image_id
    asked(qtbot, annotating, key(qtbot, Key.Key_Escape), first_moved(annotating, others, 3))
    annotating.close()
    again = open_window(store_folder)
    qtbot.waitUntil(again.banner.isVisible)
    assert "not saved yet" in again.banner.accessibleName()

    asked(qtbot, again, key(qtbot, Key.Key_Return), lambda: again.open_image(first))
    assert stored(again).garments[0].points[[0, 3], 0].tolist() == [50, 99]


def test_lists_follow_what_others_do(window: MainWindow, store_folder: Path, qtbot: QtBot) -> None:
    window.browse.page.set_filter('review = "to do"', apply=True)
    qtbot.waitUntil(lambda: not window.session.desk.busy())
    count = len(window.browse.slice.ids)
    image_id = int(window.browse.slice.ids[0])
    with Store.open(store_folder) as opened:
        document = Document(opened, image_id, author="bert")
        document.apply(edits.set_review(document.image, Review.ACCEPTED))
    qtbot.waitUntil(lambda: len(window.browse.slice.ids) == count - 1)
    totals = window.session
    qtbot.waitUntil(lambda: totals.totals is not None and totals.totals.reviewed == 1)
