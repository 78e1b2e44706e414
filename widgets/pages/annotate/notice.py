"""What lies over the canvas: why there is no picture, and what is not saved."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from widgets.common import Button, IconLabel, label


class _Card(QFrame):
    """A card over the canvas: an icon, a title, a line of text, a button."""

    pressed = Signal()

    def __init__(self, canvas: QWidget, icon: str, role: str, button_icon: str = "") -> None:
        super().__init__(canvas)
        self.setProperty("look", "card")
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 10, 12, 10)
        row.setSpacing(12)
        row.addWidget(IconLabel(icon, role, 24))
        words = QVBoxLayout()
        words.setSpacing(0)
        self._title = label("", "strong")
        self._text = label("", "note")
        words.addWidget(self._title)
        words.addWidget(self._text)
        row.addLayout(words)
        self._button_icon = button_icon
        self._button = Button("", button_icon)
        self._button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._button.clicked.connect(self.pressed)
        row.addWidget(self._button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.hide()

    def _show(self, title: str, text: str, button: str, key: str = "") -> None:
        self._title.setText(title)
        self._text.setText(text)
        self._button.set_face(button, self._button_icon, key)
        self._button.setVisible(bool(button))
        self.setAccessibleName(f"{title}. {text}")
        self.show()
        self.place()
        self.raise_()

    def place(self) -> None:
        """Where it belongs on the canvas; called again when the canvas has another size."""
        self.adjustSize()
        parent = self.parentWidget()
        if parent is not None:
            self.move(max(8, (parent.width() - self.width()) // 2), self._top(parent))

    def _top(self, _canvas: QWidget) -> int:
        return 12


class Notice(_Card):
    """At the top: there is no picture. ``locate_wanted`` asks for the folder of the pictures."""

    locate_wanted = Signal()

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(canvas, "photo-off", "t3", "folder-search")
        self.pressed.connect(self.locate_wanted)

    def say(self, title: str) -> None:
        """Show the card with what is wrong."""
        self._show(title, "The annotations stay editable on a blank sheet", "Find folder…")


class Unsaved(_Card):
    """At the foot: changes that are in hand and not saved. ``pressed`` asks for what its button says."""

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(canvas, "alert-triangle", "warn")

    def say(self, title: str, text: str, button: str = "", key: str = "") -> None:
        """Show the card; without a button there is nothing to be done but to wait."""
        self._show(title, text, button, key)

    def _top(self, canvas: QWidget) -> int:
        return max(12, canvas.height() - self.height() - 12)
