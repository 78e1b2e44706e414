"""The pictures of the user guide that show facts, notes and the history of an image."""

from __future__ import annotations

from model_pictures import Guide, worn_alone
from PySide6.QtCore import Qt

from store.db import Store
from store.document import Document
from store.document.edits import move_landmarks
from store.document.note_edits import add_note, settle_note
from store.notes import Note

_CTRL = Qt.KeyboardModifier.ControlModifier


def prepared(store: Store) -> int:
    """An image with notes on a landmark and on the whole, and with landmarks moved; its id."""
    image_id = worn_alone(store)
    document = Document(store, image_id, author="Mira")
    garment = max(document.garments, key=lambda one: len(one.points))
    places = {index: tuple((garment.points[index] + (9, -6)).tolist()) for index in (4, 5, 7)}
    document.apply(move_landmarks(garment, places))
    for text, landmark in (("Is this the seam, or a fold?", 5), ("The hem is behind the bag.", -1)):
        changed = document.garment(garment.id)
        assert changed is not None
        document.apply(add_note(changed, Note.new(text, "Mira", landmark)))
    settled = Note.new("Same product as 000112", "Jonas")
    document.apply(add_note(document.image, settled))
    document.apply(settle_note(document.image, settled.id, True))
    return image_id


def review(guide: Guide) -> None:
    """All of these pictures in both themes; the demo store is open, and in the end as it was."""
    hand, page = guide.hand, guide.window.annotate.page
    store = guide.window.session.needed()
    image_id = prepared(store)
    hand.filter("")
    hand.annotate(image_id)
    garment = max(page.canvas.shown.garments, key=lambda one: len(one.points))
    page.select(garment.id, 5)
    page.more.clothes.set_folded(False)
    page.more.notes.panel.set_folded(False)
    hand.settle()
    guide.shot("review-notes-dark")
    guide.light("review-notes-light")
    page.more.clothes.set_folded(True)
    page.more.notes.panel.set_folded(True)
    hand.press(Qt.Key.Key_H, _CTRL)
    hand.settle()
    view = page.history_panel.view
    moved = next(
        row
        for row, entry in enumerate(page.history_panel.entries)
        if entry.garment_id and entry.title.startswith("Move")
    )
    view.setCurrentIndex(view.model().index(moved, 0))
    hand.settle()
    guide.shot("review-history-dark")
    guide.light("review-history-light")
    hand.press(Qt.Key.Key_H, _CTRL)
    document = Document(store, image_id, author="Mira")
    while document.undo() is not None:
        pass
