"""A field that offers one choice of several, and the line that says how far long work is."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from widgets import style
from widgets.common import Button, ElidedLabel, FieldButton, ProgressBar


class Choice(FieldButton):
    """Shows what is chosen and drops a menu of the rest. ``chosen(key)``: the person chose another."""

    chosen = Signal(str)

    def __init__(self, name: str, icon: str, width: int) -> None:
        super().__init__("", icon, end_icon="chevron-down")
        self._name, self._icon_name, self._key = name, icon, ""
        self.menu_ = QMenu(self)
        self.menu_.setAccessibleName(name)
        self.setMaximumWidth(style.tokens().px(width))
        self.clicked.connect(lambda: self.menu_.popup(self.mapToGlobal(self.rect().bottomLeft())))
        self.offer((), "")

    def offer(self, options: Sequence[tuple[str, str]], current: str) -> None:
        """Offer (key, words) with this one chosen; nothing is emitted."""
        self.menu_.clear()
        group = QActionGroup(self.menu_)
        for key, words in options:
            action = self.menu_.addAction(words, lambda key=key: self._choose(key))
            action.setData(key)
            action.setCheckable(True)
            group.addAction(action)
        self.setEnabled(bool(options))
        self._mark(current)

    def value(self) -> str:
        """The key of what is chosen, "" for nothing."""
        return self._key

    def _choose(self, key: str) -> None:
        changed = key != self._key
        self._mark(key)
        if changed:
            self.chosen.emit(key)

    def _mark(self, current: str) -> None:
        self._key, words = current, ""
        for action in self.menu_.actions():
            action.setChecked(action.data() == current)
            words = action.text() if action.data() == current else words
        self.set_face(words, self._icon_name)
        self.setAccessibleName(f"{self._name}: {words}" if words else self._name)
        self.setToolTip(f"{self._name}: {words}" if words else self._name)


class Working(QWidget):
    """How far long work is, with a button that stops it; hidden while there is none. ``stopped()``."""

    stopped = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.words = ElidedLabel("", "second")
        self.bar = ProgressBar(120, f"{name}: progress")
        self.cancel = Button("Cancel", "x")
        self.cancel.setAccessibleName(f"Cancel {name.lower()}")
        self.cancel.clicked.connect(self.stopped)
        for part in (self.words, self.bar, self.cancel):
            row.addWidget(part)
        self.hide()

    def tell(self, done: int, total: int, message: str) -> None:
        """Say how far it is; ``total`` 0 while that is not known."""
        self.words.set_full_text(f"{message} {done / total:.0%}" if total else message)
        self.bar.set_share(done / total if total else 0.0)
        self.show()
