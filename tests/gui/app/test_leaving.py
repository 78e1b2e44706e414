"""What is being drawn or typed when the image, the store or the window goes: it is saved first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.window import MainWindow
from store.db import Store
from store.document import Document, edits
from store.document.note_edits import delete_note
from store.notes import notes_of
from store.outlines.rings import rings
from store.records import Garment
from tests.gui.app.conflict_hand import asked, key
from tests.gui.app.window_hand import Key, press, stored
from widgets.dialogs.conflict import ConflictDialog

CORNERS = ((0.4, 0.4), (0.6, 0.4), (0.5, 0.6))


def close_store(window: MainWindow) -> None:
    window.close_store()


def close_window(window: MainWindow) -> None:
    window.close()


GOING = pytest.mark.parametrize("going", [close_store, close_window])


def draw(window: MainWindow, garment_id: int = 0) -> None:
    """Three corners of a polygon that is not closed yet."""
    page, canvas = window.annotate.page, window.annotate.canvas
    page.select(garment_id)
    page.set_tool("polygon")
    width, height = canvas.image_size
    for x, y in CORNERS:
        place = canvas.map_from_image(QPointF(x * width, y * height)).toPoint()
        QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=place)


def now(folder: Path, image_id: int) -> tuple[Garment, ...]:
    with Store.open(folder, read_only=True) as store:
        return store.garments.of_image(image_id)


@GOING
def test_a_polygon_that_is_being_drawn_is_saved(
    annotating: MainWindow, store_folder: Path, going: Callable[[MainWindow], None]
) -> None:
    image_id = annotating.annotate.image_id
    [garment] = annotating.annotate.document.garments
    draw(annotating, garment.id)
    going(annotating)
    [after] = now(store_folder, image_id)
    assert len(rings(after)) == len(rings(garment)) + 1


@GOING
def test_what_is_being_typed_is_saved(
    annotating: MainWindow, store_folder: Path, qtbot: QtBot, going: Callable[[MainWindow], None]
) -> None:
    image_id = annotating.annotate.image_id
    annotating.annotate.page.facts_panel.pair.setFocus()
    for one in (Key.Key_4, Key.Key_2):
        press(qtbot, annotating, one)
    going(annotating)
    assert now(store_folder, image_id)[0].pair_id == 42


def test_what_is_being_typed_is_saved_where_another_image_is_opened(
    annotating: MainWindow, qtbot: QtBot
) -> None:
    first, ids = annotating.annotate.image_id, annotating.browse.slice.ids
    annotating.annotate.page.facts_panel.pair.setFocus()
    for one in (Key.Key_4, Key.Key_2):
        press(qtbot, annotating, one)
    assert annotating.annotate.open_image(int(ids[-1]))
    assert annotating.annotate.image_id != first
    assert Document(annotating.session.needed(), first).garments[0].pair_id == 42


@pytest.mark.parametrize("tool", ["landmarks", "brush"])
def test_what_is_in_the_hand_is_saved_before_the_next_image(
    annotating: MainWindow, qtbot: QtBot, tool: str
) -> None:
    first, canvas = annotating.annotate.image_id, annotating.annotate.canvas
    [garment] = annotating.annotate.document.garments
    annotating.annotate.page.select(garment.id)
    annotating.annotate.page.set_tool(tool)
    start = canvas.map_from_image(QPointF(*garment.points[0].tolist())).toPoint()
    QTest.mousePress(canvas.viewport(), Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(canvas.viewport(), start + QPoint(0, -40))
    assert canvas.busy
    press(qtbot, annotating, Key.Key_PageDown)
    assert annotating.annotate.image_id != first
    QTest.mouseRelease(canvas.viewport(), Qt.MouseButton.LeftButton, pos=start)
    [after] = annotating.session.needed().garments.of_image(first)
    if tool == "brush":
        assert sum(map(len, rings(after))) > sum(map(len, rings(garment)))
    else:
        assert after.points[0, 1] < garment.points[0, 1]
    [other] = annotating.annotate.document.garments
    assert other.version == 1, "the next image is as it was"


def test_another_button_does_not_tear_a_drag_from_the_hand(annotating: MainWindow) -> None:
    canvas = annotating.annotate.canvas
    view, left, middle = canvas.viewport(), Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
    [garment] = annotating.annotate.document.garments
    annotating.annotate.page.select(garment.id)
    annotating.annotate.page.set_tool("landmarks")
    start = canvas.map_from_image(QPointF(*garment.points[0].tolist())).toPoint()
    end = start + QPoint(0, -40)
    QTest.mousePress(view, left, pos=start)
    QTest.mouseMove(view, end)
    QTest.mousePress(view, middle, pos=end)
    QTest.mouseRelease(view, left, pos=end)
    QTest.mouseRelease(view, middle, pos=end)
    assert not canvas.busy
    assert stored(annotating).garments[0].points[0, 1] < garment.points[0, 1]


def test_a_drag_whose_end_was_not_told_is_saved_with_the_next_press(annotating: MainWindow) -> None:
    canvas = annotating.annotate.canvas
    [garment] = annotating.annotate.document.garments
    annotating.annotate.page.select(garment.id)
    annotating.annotate.page.set_tool("landmarks")
    start = canvas.map_from_image(QPointF(*garment.points[0].tolist())).toPoint()
    QTest.mousePress(canvas.viewport(), Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(canvas.viewport(), start + QPoint(0, -40))
    # A dialog came, and the button came up there.
    QTest.mousePress(canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    QTest.mouseRelease(canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    now = stored(annotating).garments[0].points[0]
    assert now[1] < garment.points[0, 1]
    assert canvas.shown.garments[0].points[0].tolist() == now.tolist()


def test_a_polygon_goes_on_where_the_end_of_a_click_was_not_told(annotating: MainWindow) -> None:
    canvas, image_id = annotating.annotate.canvas, annotating.annotate.image_id
    [garment] = annotating.annotate.document.garments
    draw(annotating, garment.id)
    QTest.mousePress(canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(300, 300))
    QTest.mouseClick(canvas.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(320, 340))
    assert not canvas.busy
    assert "4 corners" in canvas.hint
    assert annotating.session.needed().revisions.of_image(image_id) == ()


def begin_note(window: MainWindow, qtbot: QtBot, text: str) -> None:
    """Words in the line for notes, without Enter."""
    press(qtbot, window, Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    line = window.annotate.page.more.notes.panel.line
    qtbot.waitUntil(line.edit.hasFocus)
    QTest.keyClicks(line.edit, text)


@GOING
def test_a_note_that_is_being_written_is_saved(
    annotating: MainWindow, store_folder: Path, qtbot: QtBot, going: Callable[[MainWindow], None]
) -> None:
    image_id = annotating.annotate.image_id
    begin_note(annotating, qtbot, "Hem?")
    going(annotating)
    assert [note.text for note in notes_of(now(store_folder, image_id)[0])] == ["Hem?"]


def test_a_note_stays_with_the_image_that_it_was_written_on(annotating: MainWindow, qtbot: QtBot) -> None:
    first, panel = annotating.annotate.image_id, annotating.annotate.page.more.notes.panel
    begin_note(annotating, qtbot, "Hem?")
    annotating.annotate.page.to_canvas()
    press(qtbot, annotating, Key.Key_PageDown)
    assert annotating.annotate.image_id != first
    assert panel.line.text() == ""
    store = annotating.session.needed()
    assert [note.text for note in notes_of(store.garments.of_image(first)[0])] == ["Hem?"]
    assert not any(notes_of(one) for one in store.garments.of_image(annotating.annotate.image_id))


def test_a_note_is_on_what_was_selected_when_it_was_begun(annotating: MainWindow, qtbot: QtBot) -> None:
    page, garment = annotating.annotate.page, stored(annotating).garments[0]
    page.select(0)
    page.select(garment.id, 1)
    begin_note(annotating, qtbot, "wrong seam")
    page.select(0)
    qtbot.keyClick(page.more.notes.panel.line.edit, Key.Key_Return)
    (note,) = notes_of(stored(annotating).garments[0])
    assert (note.text, note.landmark) == ("wrong seam", 1)
    assert notes_of(stored(annotating).image) == ()


def test_a_note_that_was_to_be_changed_is_none_of_the_next_image(
    annotating: MainWindow, qtbot: QtBot
) -> None:
    panel = annotating.annotate.page.more.notes.panel
    begin_note(annotating, qtbot, "Hem?")
    QTest.keyClick(panel.line.edit, Key.Key_Return)
    panel.view.setFocus()
    panel.view.setCurrentIndex(panel.model.index(0))
    QTest.keyClick(panel.view, Key.Key_F2)
    QTest.keyClick(panel.line.edit, Key.Key_Escape)
    annotating.annotate.step(1)
    begin_note(annotating, qtbot, "Another")
    QTest.keyClick(panel.line.edit, Key.Key_Return)
    garments = annotating.session.needed().garments.of_image(annotating.annotate.image_id)
    assert [note.text for one in garments for note in notes_of(one)] == ["Another"]


def test_words_for_a_note_that_is_gone_are_given_back(
    annotating: MainWindow, store_folder: Path, qtbot: QtBot
) -> None:
    panel = annotating.annotate.page.more.notes.panel
    begin_note(annotating, qtbot, "Hem?")
    QTest.keyClick(panel.line.edit, Key.Key_Return)
    panel.view.setFocus()
    panel.view.setCurrentIndex(panel.model.index(0))
    QTest.keyClick(panel.view, Key.Key_F2)
    QTest.keyClicks(panel.line.edit, " Or cuff?")
    with Store.open(store_folder) as opened:
        others = Document(opened, annotating.annotate.image_id, author="bert")
        (note,) = notes_of(others.garments[0])
        others.apply(delete_note(others.garments[0], note.id))
    QTest.keyClick(panel.line.edit, Key.Key_Return)
    assert panel.line.text() == "Hem? Or cuff?"


def test_a_polygon_that_somebody_was_before_is_asked_about_before_the_next_image(
    annotating: MainWindow, store_folder: Path, qtbot: QtBot
) -> None:
    first = annotating.annotate.image_id
    [garment] = annotating.annotate.document.garments
    draw(annotating, garment.id)

    def cause() -> None:
        with Store.open(store_folder) as opened:
            others = Document(opened, first, author="bert")
            others.apply(edits.move_landmarks(others.garments[0], {0: (9.0, 9.0)}))
        annotating.annotate.step(1)

    def doing(dialog: ConflictDialog) -> None:
        assert annotating.annotate.image_id == first, "not before it is decided"
        key(qtbot, Key.Key_Return)(dialog)

    asked(qtbot, annotating, doing, cause)
    [after] = Document(annotating.session.needed(), first).garments
    assert len(rings(after)) == len(rings(garment)) + 1
    assert after.points[0].tolist() == [9, 9]
    assert annotating.annotate.image_id != first
