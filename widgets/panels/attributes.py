"""The attributes of a garment: what is said is shown, the rest is found by typing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QListView,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from store.records import Garment
from widgets import style
from widgets.common import IconButton, SearchField, label
from widgets.panels.attribute_model import ROW, AttributeDelegate, AttributeModel, AttributeRow, rows_of

#: What Space and a click make of a value.
_NEXT = {0: 1, 1: -1, -1: 0}
#: What a key says of the current attribute.
_SAYS = {
    Qt.Key.Key_Y: 1,
    Qt.Key.Key_Plus: 1,
    Qt.Key.Key_1: 1,
    Qt.Key.Key_N: -1,
    Qt.Key.Key_Minus: -1,
    Qt.Key.Key_U: 0,
    Qt.Key.Key_0: 0,
    Qt.Key.Key_Delete: 0,
    Qt.Key.Key_Backspace: 0,
}
#: Fewer and more rows than these are not seen at once.
_LEAST, _MOST = 3, 9


class _List(QListView):
    """Space goes from unknown to yes to no; Y, N and U say it at once. Every other letter is searched for."""

    said = Signal(str, int)
    typed = Signal(str)
    left_above = Signal()

    def current(self) -> AttributeRow | None:
        """The row that has the keys."""
        index = self.currentIndex()
        row: AttributeRow | None = index.data(ROW) if index.isValid() else None
        return row if row is not None and row.name else None

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._mine(event)
        ):
            event.accept()
            return True
        return super().event(event)

    @staticmethod
    def _mine(event: QKeyEvent) -> bool:
        plain = not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
        return plain and (event.key() in _SAYS or (event.text().isprintable() and bool(event.text())))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.current()
        if event.key() == Qt.Key.Key_Space and row is not None:
            self.said.emit(row.name, _NEXT[row.value])
        elif self._mine(event) and event.key() in _SAYS and row is not None:
            self.said.emit(row.name, _SAYS[Qt.Key(event.key())])
        elif event.key() == Qt.Key.Key_Up and self._first():
            self.left_above.emit()
        elif self._mine(event) and event.key() != Qt.Key.Key_Space:
            self.typed.emit(event.text())
        else:
            super().keyPressEvent(event)

    def _first(self) -> bool:
        return not any(
            self.model().index(row, 0).data(ROW).name for row in range(max(0, self.currentIndex().row()))
        )

    def sizeHint(self) -> QSize:
        rows = min(max(self.model().rowCount(), _LEAST), _MOST)
        return QSize(120, rows * style.tokens().facet_row + 2 * self.frameWidth() + 2)

    minimumSizeHint = sizeHint


class AttributesList(QWidget):
    """A search line above the list. ``said(name, value)``: 1 yes, -1 no, 0 unknown; ``left()``: done here."""

    said = Signal(str, int)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._words: Sequence[tuple[str, str]] = ()
        self._said: Mapping[str, int] = {}
        self.search = SearchField("Find an attribute", key="A", name="Find an attribute")
        self.search.changed.connect(lambda _text: self._refresh())
        self.search.entered.connect(lambda _text: self._enter())
        self.search.left.connect(self.left)
        self.all_button = IconButton("list-details", "Show every attribute", checkable=True)
        self.all_button.toggled.connect(lambda _on: self._refresh())
        self.model = AttributeModel(self)
        self.view = _List()
        self.view.setModel(self.model)
        self.view.setItemDelegate(AttributeDelegate(self.view))
        self.view.setAccessibleName("Attributes")
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setUniformItemSizes(True)
        self.view.setMouseTracking(True)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.view.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.view.said.connect(self.said)
        self.view.typed.connect(self._type)
        self.view.left_above.connect(self.search.edit.setFocus)
        self.view.clicked.connect(self._clicked)
        self.nothing = label("", "hint", wrap=True)
        self._lay_out()
        self.search.edit.installEventFilter(self)
        style.changed.connect(self.view.updateGeometry)
        self.show_garment(None)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        row = QHBoxLayout()
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(6)
        row.addWidget(self.search, 1)
        row.addWidget(self.all_button)
        column.addLayout(row)
        self.nothing.setContentsMargins(12, 0, 12, 4)
        column.addWidget(self.nothing)
        column.addWidget(self.view)

    def set_words(self, words: Sequence[tuple[str, str]]) -> None:
        """The attributes that there are, as ``(type, name)``, types together."""
        self._words = tuple(words)
        self._refresh()

    def show_garment(self, garment: Garment | None) -> None:
        """Show what is said of a garment; None: nothing can be said."""
        self._said = garment.attributes if garment is not None else {}
        self.setEnabled(garment is not None)
        self._refresh()

    def _refresh(self) -> None:
        current = self.view.current()
        search, everything = self.search.text().strip(), self.all_button.isChecked()
        self.model.set_rows(rows_of(self._words, self._said, search, everything))
        if current is not None:
            self._go_to(self.model.place(current.name))
        count = len(self.model.rows)
        self.view.setVisible(count > 0)
        self.nothing.setVisible(not count)
        self.nothing.setText(
            f'No attribute has "{search}" in its name'
            if search
            else "Nothing is said; type to find an attribute"
        )
        self.view.updateGeometry()

    def _go_to(self, row: int) -> None:
        if row >= 0:
            self.view.setCurrentIndex(self.model.index(row))

    def _first(self) -> int:
        return next((at for at, row in enumerate(self.model.rows) if row.name), -1)

    def to_search(self) -> None:
        """Give the keys to the search line."""
        self.search.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.edit.selectAll()

    def _type(self, text: str) -> None:
        self.search.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        self.search.edit.setText(text)

    def _enter(self) -> None:
        """The first that was found is so; what is so already goes on to the list."""
        row = self._first()
        if row >= 0 and self.search.text().strip():
            found = self.model.rows[row]
            self._go_to(row)
            self.said.emit(found.name, 0 if found.value == 1 else 1)

    def _clicked(self, index: QModelIndex) -> None:
        row: AttributeRow = index.data(ROW)
        if row.name:
            self.said.emit(row.name, _NEXT[row.value])

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if watched is self.search.edit and isinstance(event, QKeyEvent):
            down = event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Down
            if down and self._first() >= 0:
                self.view.setFocus(Qt.FocusReason.OtherFocusReason)
                self._go_to(self._first())
                return True
        return False
