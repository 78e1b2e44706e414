"""Notes of two windows: put together without a question, and shown where there is one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from app.window import MainWindow
from store.db import Store
from store.document import Document, edits
from store.document.note_edits import add_note
from store.notes import Note, notes_of
from tests.gui.app.conflict_hand import asked, key, move
from tests.gui.app.window_hand import Key, stored
from widgets.dialogs.conflict import ConflictDialog


@pytest.fixture
def others(annotating: MainWindow, store_folder: Path) -> Iterator[Document]:
    """The image in Annotate, open with somebody else."""
    with Store.open(store_folder) as opened:
        yield Document(opened, annotating.annotate.image_id, author="bert")


@pytest.mark.parametrize("of_image", [True, False])
def test_notes_of_two_windows_both_stay_and_nobody_is_asked(
    annotating: MainWindow, others: Document, qtbot: QtBot, of_image: bool
) -> None:
    annotate = annotating.annotate
    came: list[object] = []
    annotating.dialog_opened.connect(came.append)
    document = annotate.document
    record = document.image if of_image else document.garments[0]
    edit = add_note(record, Note.new("mine", "anna"))
    others.apply(add_note(others.image if of_image else others.garments[0], Note.new("theirs", "bert")))
    annotate.page.edit_wanted.emit(edit)
    qtbot.waitUntil(lambda: annotate.saving.unsaved == "")
    found = stored(annotating)
    assert {note.text for note in notes_of(found.image if of_image else found.garments[0])} == {
        "mine",
        "theirs",
    }
    assert not came
    assert not annotating.banner.isVisible()


def test_their_note_is_shown_beside_what_has_to_be_decided_and_stays(
    annotating: MainWindow, others: Document, qtbot: QtBot
) -> None:
    def cause() -> None:
        edit = move(annotating.annotate.document, 0, 50.0)
        others.apply(move(others, 0, 99.0))
        others.apply(add_note(others.garments[0], Note.new("Hem?", "bert")))
        annotating.annotate.page.edit_wanted.emit(edit)

    def doing(dialog: ConflictDialog) -> None:
        if shot := os.environ.get("SHOT"):
            dialog.grab().save(shot)
        told = [one.text() for one in dialog.blocks[0].findChildren(QLabel)]
        assert told[told.index("Note “Hem?”") :][:3] == ["Note “Hem?”", "as it was", "added"]
        key(qtbot, Key.Key_M, Key.Key_Return)(dialog)

    asked(qtbot, annotating, doing, cause)
    garment = stored(annotating).garments[0]
    assert garment.points[0, 0] == 50
    assert [note.text for note in notes_of(garment)] == ["Hem?"]


def test_a_change_of_theirs_that_is_no_note_is_asked_about_still(
    annotating: MainWindow, others: Document, qtbot: QtBot
) -> None:
    def cause() -> None:
        edit = move(annotating.annotate.document, 0, 50.0)
        others.apply(edits.set_facts(others.garments[0], pair_id=7))
        annotating.annotate.page.edit_wanted.emit(edit)

    assert len(asked(qtbot, annotating, key(qtbot, Key.Key_Return), cause)) == 1
    assert stored(annotating).garments[0].pair_id == 7
