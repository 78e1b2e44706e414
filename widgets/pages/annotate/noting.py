"""Notes on the page: which there are, what a new one is on, and their marks on the canvas."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from store.document.edits import Edit
from store.document.note_edits import add_note, change_note, delete_note, settle_note
from store.notes import Note, notes_of
from store.records import Garment, Image
from widgets.canvas.items.notes import NoteMark, NoteMarks
from widgets.panels.notes import NoteRow, NotesPanel

if TYPE_CHECKING:
    from widgets.pages.annotate.view import AnnotateView

#: Makes the edit of a note from what the garment or image is by then.
MakeEdit = Callable[[Garment | Image], Edit]


class Noting(QObject):
    """Joins the panel and the canvas. ``wanted(garment id, MakeEdit)``: 0 is the image itself; a note is made
    from whatever is in the store by then, as it says nothing of the rest. ``done()``: back to the canvas."""

    wanted = Signal(int, object)
    done = Signal()
    #: Somebody has said who they are.
    named = Signal(str)

    def __init__(self, view: AnnotateView) -> None:
        super().__init__(view)
        self._view = view
        self.author = ""
        #: What the note is on that is being written: what was selected when its first letter came.
        self._begun: tuple[int, int] = (0, -1)
        self._empty = True
        self.panel = panel = NotesPanel()
        self.marks = NoteMarks(view.canvas.scene())
        panel.written.connect(self._write)
        panel.changed.connect(lambda at, note, text: self._ask(at, lambda it: change_note(it, note, text)))
        panel.settled.connect(lambda at, note, on: self._ask(at, lambda it: settle_note(it, note, on)))
        panel.deleted.connect(lambda at, note: self._ask(at, lambda it: delete_note(it, note)))
        panel.line.edit.textChanged.connect(self._typed)
        panel.chosen.connect(self._go)
        panel.left.connect(self.done)
        panel.named.connect(self.named)
        view.canvas.overlays_hidden.connect(lambda hidden: self.marks.set_visible(not hidden))

    def follow(self) -> None:
        """Show the notes of the image that is in front."""
        rows = list(self._rows())
        self.panel.show_notes(
            rows, "" if self._view.read_only or self._view.image is None else self._target()[2]
        )
        self.marks.show(self._marks(rows), self._view.canvas.devicePixelRatioF())
        self.marks.set_visible(not self._view.canvas.overlays_are_hidden)

    def _rows(self) -> Iterator[NoteRow]:
        image, shown = self._view.image, self._view.canvas.shown
        for note in notes_of(image):
            yield NoteRow(0, "the image", note)
        for garment in shown.garments if image is not None else ():
            for note in notes_of(garment):
                where = self._where(garment, note.landmark)
                yield NoteRow(garment.id, f"{where}, {note.parked}" if note.parked else where, note)

    def _where(self, garment: Garment, landmark: int) -> str:
        shown = self._view.canvas.shown
        name = f"{shown.number(garment.id)} {shown.category_name(garment)}"
        if not 0 <= landmark < len(garment.points):
            return name
        return f"{name}, {landmark + 1} {shown.landmark_name(garment, landmark)}"

    def _marks(self, rows: list[NoteRow]) -> Iterator[NoteMark]:
        shown = self._view.canvas.shown
        for row in rows:
            garment = shown.garment(row.garment_id)
            if garment is None:
                yield NoteMark(row.note, (0.0, 0.0))
            elif garment.id in shown.hidden:
                continue
            elif shown.is_drawn(garment, row.note.landmark):
                x, y = shown.drawn(garment)[row.note.landmark].tolist()
                yield NoteMark(row.note, (x, y), beside=True)
            else:
                yield NoteMark(row.note, _corner(garment))

    def _target(self) -> tuple[int, int, str]:
        """What a new note is on: the id of the garment (0: the image), the landmark, and both in words."""
        selection, shown = self._view.canvas.selection, self._view.canvas.shown
        garment = shown.garment(selection.garment_id)
        if garment is None:
            return 0, -1, "the image"
        landmark = selection.landmark if 0 <= selection.landmark < len(garment.points) else -1
        return garment.id, landmark, self._where(garment, landmark)

    def _typed(self, text: str) -> None:
        if text and self._empty:
            self._begun = self._target()[:2]
        self._empty = not text

    def _write(self, text: str) -> None:
        garment_id, landmark = self._begun
        note = Note.new(text, self.author, landmark)
        self._ask(garment_id, lambda it: add_note(it, note))

    def _ask(self, garment_id: int, make: MakeEdit) -> None:
        if not self._view.read_only:
            self.wanted.emit(garment_id, make)

    def _go(self, garment_id: int, landmark: int) -> None:
        if garment_id:
            self._view.go_to_landmark(garment_id, landmark)
        self.done.emit()


def _corner(garment: Garment) -> tuple[float, float]:
    """Where the mark of a whole garment is: its box's upper left corner, or about where it begins."""
    if garment.box is not None:
        return float(garment.box[0]), float(garment.box[1])
    places = [*garment.polygons, garment.points[garment.visibility > 0]]
    points = np.concatenate(places) if places else np.zeros((0, 2))
    x, y = points.min(axis=0).tolist() if len(points) else (0.0, 0.0)
    return x, y
