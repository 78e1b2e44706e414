"""Reviewing in the window: notes by key and mouse, the next unreviewed image, progress and pace."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.window import MainWindow
from store.db import Store
from store.document import Document
from store.document.edits import move_landmarks, set_review
from store.filters import parse
from store.notes import notes_of
from store.records import Review
from tests.gui.app.window_hand import Key, press, stored

CTRL = Qt.KeyboardModifier.ControlModifier


def write(qtbot: QtBot, window: MainWindow, text: str) -> None:
    press(qtbot, window, Key.Key_M, CTRL)
    panel = window.annotate.page.more.notes.panel
    qtbot.waitUntil(panel.line.edit.hasFocus)
    QTest.keyClicks(panel.line.edit, text)
    QTest.keyClick(panel.line.edit, Key.Key_Return)
    qtbot.waitUntil(window.annotate.canvas.hasFocus)


def test_a_note_is_written_by_key_undone_and_made_again(annotating: MainWindow, qtbot: QtBot) -> None:
    page = annotating.annotate.page
    page.select(stored(annotating).garments[0].id, 2)
    write(qtbot, annotating, "Is this the cuff?")
    (note,) = notes_of(stored(annotating).garments[0])
    assert (note.text, note.landmark) == ("Is this the cuff?", 2)
    assert note.author == annotating.session.settings.author
    assert page.more.notes.marks.count == 1
    (row,) = page.more.notes.panel.model.rows
    assert row.where.startswith("1 ")
    assert ", 3 " in row.where
    annotating.annotate.undo()
    assert notes_of(stored(annotating).garments[0]) == ()
    assert page.more.notes.marks.count == 0
    annotating.annotate.redo()
    assert notes_of(stored(annotating).garments[0]) == (note,)
    assert annotating.session.needed().images.count(parse("note ~ cuff")) == 1


def test_a_note_is_settled_changed_and_deleted_by_key(annotating: MainWindow, qtbot: QtBot) -> None:
    page = annotating.annotate.page
    panel = page.more.notes.panel
    page.select(0)
    write(qtbot, annotating, "Too dark")
    assert notes_of(stored(annotating).image)[0].text == "Too dark"
    panel.view.setFocus()
    panel.view.setCurrentIndex(panel.model.index(0))
    QTest.keyClick(panel.view, Key.Key_Space)
    assert notes_of(stored(annotating).image)[0].settled
    assert panel.model.rows[0].note.settled
    QTest.keyClick(panel.view, Key.Key_F2)
    assert panel.line.text() == "Too dark"
    QTest.keyClicks(panel.line.edit, " here")
    QTest.keyClick(panel.line.edit, Key.Key_Return)
    assert notes_of(stored(annotating).image)[0].text == "Too dark here"
    panel.view.setFocus()
    QTest.keyClick(panel.view, Key.Key_Delete)
    assert notes_of(stored(annotating).image) == ()
    annotating.annotate.undo()
    assert notes_of(stored(annotating).image)[0].settled


def test_a_note_is_chosen_and_goes_to_its_landmark(annotating: MainWindow, qtbot: QtBot) -> None:
    page = annotating.annotate.page
    garment = stored(annotating).garments[0].id
    page.select(garment, 4)
    write(qtbot, annotating, "here")
    page.select(0)
    page.more.notes.panel.view.setFocus()
    page.more.notes.panel.view.setCurrentIndex(page.more.notes.panel.model.index(0))
    QTest.keyClick(page.more.notes.panel.view, Key.Key_Return)
    assert (page.canvas.selection.garment_id, page.canvas.selection.landmark) == (garment, 4)
    assert page.canvas.hasFocus()


def test_a_note_is_made_of_what_somebody_else_has_saved(annotating: MainWindow, qtbot: QtBot) -> None:
    garment = stored(annotating).garments[0]
    theirs = Document(annotating.session.needed(), annotating.annotate.image_id, author="Bob")
    theirs.apply(move_landmarks(garment, {0: (11.0, 12.0)}))
    annotating.annotate.page.select(garment.id)
    write(qtbot, annotating, "moved?")
    now = stored(annotating).garments[0]
    assert now.points[0].tolist() == [11, 12]
    assert [note.text for note in notes_of(now)] == ["moved?"]


def test_a_name_is_asked_once(annotating: MainWindow, qtbot: QtBot) -> None:
    panel = annotating.annotate.page.more.notes.panel
    press(qtbot, annotating, Key.Key_M, CTRL)
    assert panel.name.isVisible()
    panel.name.setFocus()
    panel.name.selectAll()
    QTest.keyClicks(panel.name, "Ada")
    QTest.keyClick(panel.name, Key.Key_Return)
    assert annotating.session.settings.author == "Ada"
    assert not panel.name.isVisible()
    annotating.annotate.step(1)
    assert not panel.name.isVisible()
    write(qtbot, annotating, "mine")
    assert notes_of(stored(annotating).garments[0])[0].author == "Ada"


def test_the_next_unreviewed_image_is_one_key_away(annotating: MainWindow, qtbot: QtBot) -> None:
    store = annotating.session.needed()
    ids = [int(i) for i in store.images.ids(order="name")]
    for image_id in ids[1:4]:
        document = Document(store, image_id)
        document.apply(set_review(document.image, Review.ACCEPTED))
    annotating.annotate.canvas.setFocus()
    press(qtbot, annotating, Key.Key_PageDown, CTRL)
    qtbot.waitUntil(lambda: annotating.annotate.image_id == ids[4])
    press(qtbot, annotating, Key.Key_PageUp, CTRL)
    qtbot.waitUntil(lambda: annotating.annotate.image_id == ids[0])
    press(qtbot, annotating, Key.Key_PageUp, CTRL)
    qtbot.waitUntil(lambda: annotating.annotate.image_id == ids[5])
    press(qtbot, annotating, Key.Key_PageDown, CTRL)
    qtbot.waitUntil(lambda: annotating.annotate.image_id == ids[0])
    for image_id in (ids[4], ids[5]):
        document = Document(store, image_id)
        document.apply(set_review(document.image, Review.REJECTED))
    press(qtbot, annotating, Key.Key_PageDown, CTRL)
    qtbot.waitUntil(lambda: "No other image" in annotating.annotate.hint())
    assert annotating.annotate.image_id == ids[0]


def test_progress_is_said(annotating: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    # Nobody is as quick as this test.
    monkeypatch.setattr("store.reviewing._MOST", float("inf"))
    reviewing = annotating.annotate.reviewing
    qtbot.waitUntil(lambda: reviewing.words == "0 of 6 reviewed")
    annotating.annotate.accept(advance=True)
    qtbot.waitUntil(lambda: reviewing.words == "1 of 6 reviewed")
    assert "1 of 6 reviewed" in annotating.annotate.facts()
    for _ in range(3):
        annotating.annotate.accept(advance=True)
    qtbot.waitUntil(lambda: "an hour" in reviewing.words)
    assert reviewing.words.startswith("4 of 6 reviewed, ")


def test_a_read_only_store_takes_no_notes(
    store_folder: Path, open_window: Callable[[Path | None], MainWindow], qtbot: QtBot
) -> None:
    window = open_window(store_folder)
    window.session.needed().database.read_only = True
    window.open_row(0)
    qtbot.waitUntil(lambda: not window.session.desk.busy())
    page = window.annotate.page
    page.set_read_only(True)
    page.more.notes.follow()
    assert not page.more.notes.panel.line.isEnabled()
    page.more.notes.panel.written.emit("no")
    with Store.open(store_folder) as store:
        assert store.images.count(parse("has note")) == 0
