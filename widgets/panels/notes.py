"""Notes on the image, its garments and landmarks: read, written, settled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
)

from store.notes import Note
from widgets import style
from widgets.common import IconButton, SearchField, Section
from widgets.common.list_model import ListModel
from widgets.panels.choices import Word
from widgets.panels.history import when

#: Rows are not higher than so many lines, and the list not than so many pixels.
_LINES, _HIGHEST = 4, 190


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A note with the garment that it is on (0: the image) and what that is called."""

    garment_id: int
    where: str
    note: Note


def _said(row: NoteRow, role: int) -> str | None:
    if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
        state = "settled" if row.note.settled else "open"
        return f"{row.note.text}, on {row.where}, {state}, {row.note.author}"
    return row.note.text if role == Qt.ItemDataRole.ToolTipRole else None


class _Model(ListModel[NoteRow]):
    def set_rows(self, rows: Sequence[NoteRow]) -> None:
        if list(rows) != self.rows:
            super().set_rows(rows)


class _Delegate(QStyledItemDelegate):
    """The text in up to four lines; below it where it is, who wrote it and when."""

    def __init__(self, view: QListView) -> None:
        super().__init__(view)
        self._view = view

    def _text_rect(self, width: int, text: str) -> QRect:
        look = style.tokens()
        metrics = self._view.fontMetrics()
        room = QRect(0, 0, max(40, width - look.px(46)), metrics.height() * _LINES)
        return metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, text).intersected(room)

    def sizeHint(self, _option: QStyleOptionViewItem, index: QModelIndex) -> QSize:  # type: ignore[override]
        width = self._view.viewport().width()
        height = self._text_rect(width, index.data(ListModel.ROW).note.text).height()
        return QSize(width, height + style.tokens().px(16 + 14))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:  # type: ignore[override]
        row: NoteRow = index.data(ListModel.ROW)
        look, rect = style.tokens(), option.rect
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, look.sel)
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), look.acc)
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, look.hover)
        side = look.px(16)
        mark = QRect(rect.left() + look.px(12), rect.top() + look.px(6), side, side)
        style.draw(
            painter, mark, *(("circle-check", "t3") if row.note.settled else ("message-circle", "warn"))
        )
        text = self._text_rect(rect.width(), row.note.text)
        text.moveTopLeft(rect.topLeft())
        text.translate(look.px(36), look.px(5))
        painter.setFont(style.font("body"))
        painter.setPen(look.t3 if row.note.settled else look.t1)
        painter.drawText(text, Qt.TextFlag.TextWordWrap, row.note.text)
        painter.setFont(style.font("small"))
        painter.setPen(look.t3)
        below = QRect(text.left(), text.bottom() + 1, rect.right() - text.left() - look.px(8), look.px(16))
        words = "   ".join(part for part in (row.where, row.note.author, when(row.note.at)) if part)
        said = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, below.width())
        painter.drawText(below, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, said)
        painter.restore()


class _List(QListView):
    """Enter goes to what a note is on, Space settles it, F2 changes its text, Delete takes it away."""

    wanted = Signal(str)

    def event(self, event: QEvent) -> bool:
        mine = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space, Qt.Key.Key_Delete, Qt.Key.Key_F2)
        override = event.type() == QEvent.Type.ShortcutOverride
        if override and isinstance(event, QKeyEvent) and event.key() in mine and not event.modifiers():
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        wishes = {
            Qt.Key.Key_Return: "go",
            Qt.Key.Key_Enter: "go",
            Qt.Key.Key_Space: "settle",
            Qt.Key.Key_F2: "change",
            Qt.Key.Key_Delete: "delete",
        }
        wish = wishes.get(Qt.Key(event.key())) if self.currentIndex().isValid() else None
        if wish:
            self.wanted.emit(wish)
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        height = sum(self.sizeHintForRow(row) for row in range(self.model().rowCount()))
        return QSize(120, min(height + 8, style.tokens().px(_HIGHEST)))

    minimumSizeHint = sizeHint


class NotesPanel(Section):
    """A line to write into, and the notes. Signals carry the id of a garment (0: the image) and of a note.

    ``written(text)``: a new note on what is selected; ``changed(garment, note, text)``;
    ``settled(garment, note, on)``; ``deleted(garment, note)``; ``chosen(garment, landmark)``: go there;
    ``named(name)``: the person has said who they are; ``left()``: done here.
    """

    written = Signal(str)
    changed = Signal(int, str, str)
    settled = Signal(int, str, bool)
    deleted = Signal(int, str)
    chosen = Signal(int, int)
    named = Signal(str)
    left = Signal()

    def __init__(self) -> None:
        super().__init__("Notes", is_folded=True, padding=0)
        self._changing: NoteRow | None = None
        self._target = self._taken = ""
        self.line = SearchField("Write a note", key="Ctrl+M", icon="message-circle", name="Write a note")
        self.line.entered.connect(self._entered)
        self.line.left.connect(self._give_up)
        self.name = Word("your name")
        self.name.changed.connect(self._name_said)
        self.name.setToolTip("Written beside your notes and reviews; change it later in the settings")
        self.model = _Model(_said, self)
        self.view = _List()
        self.view.setModel(self.model)
        self.view.setItemDelegate(_Delegate(self.view))
        self.view.setAccessibleName("Notes")
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setMouseTracking(True)
        self.view.setResizeMode(QListView.ResizeMode.Adjust)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.view.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.view.wanted.connect(self._wish)
        self.view.clicked.connect(lambda _index: self._wish("go"))
        self.settle_button = IconButton("check", "Settle the note, or open it again", "Space")
        self.settle_button.clicked.connect(lambda: self._wish("settle"))
        self.delete_button = IconButton("trash", "Delete the note", "Delete")
        self.delete_button.clicked.connect(lambda: self._wish("delete"))
        self._lay_out()
        self.view.selectionModel().currentChanged.connect(lambda _now, _was: self._enable())
        style.changed.connect(self.view.updateGeometry)
        self.show_notes((), "")

    def _lay_out(self) -> None:
        fields = QVBoxLayout()
        fields.setContentsMargins(12, 8, 12, 6)
        fields.setSpacing(6)
        fields.addWidget(self.name)
        fields.addWidget(self.line)
        self.name.hide()
        self.add(fields)
        self.add(self.view)
        self.add_action(self.settle_button)
        self.add_action(self.delete_button)

    # --- showing -----------------------------------------------------------------------------------

    def show_notes(self, rows: Sequence[NoteRow], target: str) -> None:
        """Show notes; ``target`` is what a new one would be on, "" where none can be written."""
        current = self.current
        self.model.set_rows(rows)
        ids = [row.note.id for row in rows]
        if current is not None and current.note.id in ids:
            self.view.setCurrentIndex(self.model.index(ids.index(current.note.id)))
        opened = sum(not row.note.settled for row in rows)
        settled = f"{len(rows) - opened} settled" if len(rows) > opened else ""
        self.set_note(", ".join(part for part in (f"{opened} open" if opened else "", settled) if part))
        self.view.setVisible(bool(rows))
        self.view.updateGeometry()
        self._target = target
        self.line.setEnabled(bool(target))
        self._say_target()
        self._enable()

    def ask_name(self, name: str | None) -> None:
        """Ask once who is writing; None: that is known."""
        self.name.setVisible(name is not None)
        if name is not None:
            self.name.set_value(name)

    @property
    def current(self) -> NoteRow | None:
        """The note that has the keys."""
        index = self.view.currentIndex()
        return (
            self.model.rows[index.row()] if index.isValid() and index.row() < len(self.model.rows) else None
        )

    def write(self) -> None:
        """Give the keys to the line."""
        self.set_folded(False)
        self.line.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _say_target(self) -> None:
        said = (
            "Change the note"
            if self._changing
            else f"Note on {self._target}"
            if self._target
            else "Write a note"
        )
        self.line.edit.setPlaceholderText(said)
        self.line.edit.setAccessibleName(said)

    def _enable(self) -> None:
        there = self.current is not None
        for button in (self.settle_button, self.delete_button):
            button.setEnabled(there)

    # --- what the person does ----------------------------------------------------------------------

    def finish(self) -> None:
        """Take over what is in the line: the image is going, and the next one has notes of its own."""
        if self.line.text() or self._changing is not None:
            self._take(self.line.text())

    def give_back(self) -> None:
        """Put the words back that were taken over last: they could not be saved."""
        if not self.line.text():
            self.line.set_text(self._taken)

    def _take(self, text: str) -> None:
        said, changing = text.strip(), self._changing
        self._changing, self._taken = None, said
        self.line.clear()
        self._say_target()
        if said and changing is not None:
            self.changed.emit(changing.garment_id, changing.note.id, said)
        elif said:
            self.written.emit(said)

    def _entered(self, text: str) -> None:
        self._take(text)
        self.left.emit()

    def _give_up(self) -> None:
        self._changing = None
        self._say_target()
        self.left.emit()

    def _name_said(self, name: str) -> None:
        if name:
            self.named.emit(name)

    def _wish(self, wish: str) -> None:
        row = self.current
        if row is None:
            return
        if wish == "go":
            self.chosen.emit(row.garment_id, row.note.landmark)
        elif not self.line.isEnabled():
            return
        elif wish == "settle":
            self.settled.emit(row.garment_id, row.note.id, not row.note.settled)
        elif wish == "delete":
            self.deleted.emit(row.garment_id, row.note.id)
        else:
            self._changing = row
            self._say_target()
            self.line.set_text(row.note.text)
            self.line.edit.setFocus(Qt.FocusReason.OtherFocusReason)
