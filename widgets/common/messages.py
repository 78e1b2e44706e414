"""What a page says instead of, or above, its content."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from widgets.common.buttons import Button, IconButton, LinkButton, PrimaryButton
from widgets.common.texts import IconLabel, label, set_state

_ICONS = {"ok": "circle-check", "info": "info-circle", "warn": "alert-triangle", "bad": "alert-circle"}
_ROLES = {"ok": "ok", "info": "acc", "warn": "warn", "bad": "bad"}


class Banner(QFrame):
    """What happened, what is safe and what to do, across a page.

    ``kind`` is "ok", "info", "warn" or "bad"; ``actions`` are (text, call) buttons at the right.
    """

    closed = Signal()

    def __init__(
        self,
        kind: str,
        title: str,
        text: str = "",
        actions: Sequence[tuple[str, Callable[[], object]]] = (),
        *,
        closable: bool = False,
    ) -> None:
        super().__init__()
        self.setProperty("look", "banner")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 9, 12, 9)
        row.setSpacing(14)
        self._icon = IconLabel(_ICONS[kind], _ROLES[kind], 24)
        row.addWidget(self._icon)
        words = QVBoxLayout()
        words.setSpacing(1)
        self._title = label(title, "heading", wrap=True)
        self._text = label(text, "table", wrap=True)
        words.addWidget(self._title)
        words.addWidget(self._text)
        row.addLayout(words, 1)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        row.addLayout(self._buttons)
        if closable:
            close = IconButton("x", "Close this message")
            close.clicked.connect(self.closed)
            close.clicked.connect(self.hide)
            row.addWidget(close)
        self.show_message(kind, title, text, actions)

    def show_message(
        self,
        kind: str,
        title: str,
        text: str = "",
        actions: Sequence[tuple[str, Callable[[], object]]] = (),
    ) -> None:
        """Say something else."""
        set_state(self, "kind", kind)
        self._icon.set_icon(_ICONS[kind], _ROLES[kind], {"bad": "Error", "warn": "Warning"}.get(kind, ""))
        self._title.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self.setAccessibleName(f"{title}. {text}" if text else title)
        while (found := self._buttons.takeAt(0)) is not None:
            if (old := found.widget()) is not None:
                old.deleteLater()
        for name, call in actions:
            button = Button(name)
            button.clicked.connect(lambda _checked=False, call=call: call())
            self._buttons.addWidget(button)


class EmptyState(QWidget):
    """What belongs here while nothing does: an icon, one sentence, one button, one link."""

    action = Signal()
    link = Signal()

    def __init__(self, icon: str, sentence: str, button: str = "", link: str = "", key: str = "") -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addStretch(2)
        self._icon = IconLabel(icon, "t3", 32)
        column.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignHCenter)
        self._sentence: QLabel = label(sentence, "second", wrap=True)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self._sentence)
        self._button = PrimaryButton(button, key=key)
        self._button.clicked.connect(self.action)
        column.addWidget(self._button, 0, Qt.AlignmentFlag.AlignHCenter)
        self._link = LinkButton(link)
        self._link.clicked.connect(self.link)
        column.addWidget(self._link, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        self.say(sentence, button, link)

    def say(self, sentence: str, button: str = "", link: str = "", icon: str = "") -> None:
        """Another sentence, button and link; an empty one is not shown."""
        self._sentence.setText(sentence)
        self.setAccessibleName(sentence)
        if icon:
            self._icon.set_icon(icon)
        self._button.set_face(button)
        self._button.setVisible(bool(button))
        self._link.set_face(link)
        self._link.setVisible(bool(link))
