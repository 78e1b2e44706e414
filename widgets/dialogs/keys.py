"""The editor of keys: every action with its keys, a field that takes the next key that is pressed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QEvent, QKeyCombination, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from store.settings import Settings
from widgets import style
from widgets.common import Banner, Button, IconButton, SearchField, label
from widgets.dialogs.frame import Dialog

_ROLE = Qt.ItemDataRole.UserRole
_MODIFIERS = (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr)


@dataclass(frozen=True, slots=True)
class KeyRow:
    """An action: its id, title, where it works, icon, keys as (portable text, words), whether chosen."""

    id: str
    title: str
    where: str
    icon: str
    keys: tuple[tuple[str, str], ...]
    chosen: bool


class KeyBook(Protocol):
    """What the editor shows and changes; each change is in force and saved when the call returns."""

    @property
    def preset(self) -> str: ...
    def rows(self) -> Sequence[KeyRow]: ...
    def refusal(self, action_id: str, key: str) -> str: ...
    def clash(self, action_id: str, key: str) -> str: ...
    def add(self, action_id: str, key: str) -> None: ...
    def remove(self, action_id: str, key: str) -> None: ...
    def reset(self, action_id: str) -> None: ...
    def reset_all(self) -> None: ...
    def set_preset(self, name: str) -> None: ...


class KeyField(QLineEdit):
    """Takes the next key that is pressed and says it as Qt's portable text: ``pressed_key(str)``.

    Tab and Shift+Tab are taken too while it has the focus; Esc gives the keys back to the list (``left``).
    """

    pressed_key = Signal(str)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setPlaceholderText("Press a key")
        self.setAccessibleName("New key: press it")

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        # Tab would go on to the next control before keyPressEvent sees it.
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            self._take(event)
            return True
        return super().event(event)

    def _take(self, event: QKeyEvent) -> None:
        if event.key() in _MODIFIERS or event.key() == Qt.Key.Key_unknown:
            return
        if event.key() == Qt.Key.Key_Escape and not event.modifiers():
            self.left.emit()
            return
        # Qt has a key of its own for Shift+Tab.
        key = Qt.Key.Key_Tab if event.key() == Qt.Key.Key_Backtab else Qt.Key(event.key())
        sequence = QKeySequence(QKeyCombination(_meant(event), key))
        self.pressed_key.emit(sequence.toString(QKeySequence.SequenceFormat.PortableText))


def _meant(event: QKeyEvent) -> Qt.KeyboardModifier:
    """The modifiers that were meant: Shift does not count where it was only needed to type a sign."""
    held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    sign = event.text()
    if sign and sign.isprintable() and not sign.isalnum() and not sign.isspace():
        held &= ~Qt.KeyboardModifier.ShiftModifier
    return held


class KeysDialog(Dialog):
    """Search, choose an action, press a key. Who has the key already is said before it is taken."""

    def __init__(self, book: KeyBook, parent: QWidget | None = None) -> None:
        super().__init__("Change keys", 960, parent)
        self._book = book
        self._asked = ("", "")
        self._find = SearchField("Find an action or a key", name="Find an action or a key")
        self._find.changed.connect(lambda _text: self._filter())
        self._find.left.connect(self.reject)
        self._find.entered.connect(lambda _text: self.list.setFocus())
        self.preset = QComboBox()
        self.preset.setAccessibleName("Whose keys")
        for value, words in Settings.options()["key_preset"].choices:
            self.preset.addItem(words, value)
        self.preset.setCurrentIndex(self.preset.findData(book.preset))
        self.preset.currentIndexChanged.connect(self._preset_chosen)
        head = QHBoxLayout()
        head.addWidget(self._find, 1)
        head.addWidget(self.preset)
        self.body.addLayout(head)
        self._make_list()
        self._make_editing()
        self._make_foot()
        self._show()
        self._find.setFocus()

    def _make_list(self) -> None:
        self.list = QTreeWidget()
        self.list.setAccessibleName("Actions and their keys")
        self.list.setHeaderLabels(["Action", "Where", "Keys", ""])
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setMinimumHeight(style.tokens().px(400))
        header = self.list.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2, 3):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self.list.currentItemChanged.connect(lambda _now, _before: self._follow())
        self.list.itemActivated.connect(lambda _item, _column: self.field.setFocus())
        self.body.addWidget(self.list, 1)

    def _make_editing(self) -> None:
        self._title = label("", "strong")
        self._chips = QHBoxLayout()
        self._chips.setSpacing(6)
        self.field = KeyField()
        self.field.setFixedWidth(style.tokens().px(150))
        self.field.pressed_key.connect(self.press_key)
        self.field.left.connect(lambda: self.list.setFocus(Qt.FocusReason.TabFocusReason))
        self.reset = Button("Reset", "restore")
        self.reset.setAccessibleName("Reset the keys of this action")
        self.reset.clicked.connect(self._reset)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self._title)
        row.addLayout(self._chips)
        row.addStretch(1)
        row.addWidget(self.field)
        row.addWidget(self.reset)
        self.body.addLayout(row)
        self.message = Banner("info", "")
        self.body.addWidget(self.message)
        self._quiet()

    def _make_foot(self) -> None:
        everything = Button("Reset all")
        everything.clicked.connect(self._reset_all)
        self.add_button(everything, left=True)
        close = Button("Close", key="Esc")
        close.clicked.connect(self.reject)
        self.add_button(close)

    # --- what is shown ---------------------------------------------------------------------------

    @property
    def action_id(self) -> str:
        """The action that is chosen, or ""."""
        item = self.list.currentItem()
        return str(item.data(0, _ROLE)) if item is not None else ""

    def choose(self, action_id: str) -> None:
        """Choose an action in the list."""
        for item in self._items():
            if item.data(0, _ROLE) == action_id:
                self.list.setCurrentItem(item)

    def _items(self) -> list[QTreeWidgetItem]:
        found = (self.list.topLevelItem(place) for place in range(self.list.topLevelItemCount()))
        return [item for item in found if item is not None]

    def _show(self) -> None:
        kept = self.action_id
        self._rows = {row.id: row for row in self._book.rows()}
        self.list.blockSignals(True)
        self.list.clear()
        for row in self._rows.values():
            keys = "   ".join(words for _key, words in row.keys)
            item = QTreeWidgetItem([row.title, row.where, keys, "changed" if row.chosen else ""])
            item.setData(0, _ROLE, row.id)
            item.setSizeHint(0, QSize(0, style.tokens().table_row))
            item.setIcon(0, style.icon(row.icon or "keyboard", "t2" if row.icon else "t3"))
            self.list.addTopLevelItem(item)
        self.list.blockSignals(False)
        self._filter()
        if kept:
            self.choose(kept)
        self._follow()

    def _filter(self) -> None:
        wanted = self._find.text().casefold().split()
        first = None
        for item in self._items():
            text = " ".join(item.text(column) for column in range(4)).casefold()
            item.setHidden(not all(word in text for word in wanted))
            if first is None and not item.isHidden():
                first = item
        now = self.list.currentItem()
        if first is None:
            self._say("info", f"No action and no key matches {self._find.text()}")
        elif now is None or now.isHidden():
            self.list.setCurrentItem(first)
        elif not self._asked[0]:
            self._quiet()

    def _follow(self) -> None:
        self._quiet()
        row = self._rows.get(self.action_id)
        self._title.setText(row.title if row else "")
        while (found := self._chips.takeAt(0)) is not None:
            if (old := found.widget()) is not None:
                old.hide()
                old.deleteLater()
        for key, words in row.keys if row else ():
            self._chips.addWidget(_Chip(words, lambda _on=False, key=key: self._remove(key)))
        self.field.setEnabled(row is not None)
        self.reset.setEnabled(row is not None and row.chosen)
        self.reset.setToolTip("" if row is not None and row.chosen else "These are its usual keys")

    # --- what the person does --------------------------------------------------------------------

    def press_key(self, key: str) -> None:
        """A key for the chosen action was pressed (Qt's portable text); who has it already is said first."""
        action = self.action_id
        if refusal := self._book.refusal(action, key):
            self._say("warn", refusal)
        elif clash := self._book.clash(action, key):
            self._asked = (action, key)
            self._say("warn", clash, [("Use it here", self._take)])
            button = self.message.findChild(Button)
            if button is not None:
                button.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self._add(action, key)

    def _take(self) -> None:
        """The key that somebody else has is taken from him."""
        self._add(*self._asked)

    def _add(self, action: str, key: str) -> None:
        self._book.add(action, key)
        self._show()
        self.field.setFocus()

    def _remove(self, key: str) -> None:
        self._book.remove(self.action_id, key)
        self._show()
        self.list.setFocus()

    def _reset(self) -> None:
        self._book.reset(self.action_id)
        self._show()
        self.list.setFocus()

    def _reset_all(self) -> None:
        self._book.reset_all()
        self._show()

    def _preset_chosen(self, _index: int) -> None:
        self._book.set_preset(self.preset.currentData())
        self._show()

    def _say(self, kind: str, text: str, actions: Sequence = ()) -> None:
        self.message.show_message(kind, text, "", actions)
        self.message.show()
        QTimer.singleShot(0, self, self._make_room)

    def _quiet(self) -> None:
        self._asked = ("", "")
        self.message.hide()


class _Chip(QWidget):
    """A key of the action, with a cross that takes it away."""

    def __init__(self, words: str, remove: Callable[[bool], object]) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(label(words, "key"))
        cross = IconButton("x", f"Take {words} away")
        cross.clicked.connect(remove)
        row.addWidget(cross)
