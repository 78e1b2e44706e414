"""What lies over a blank sheet: why there is no picture, and what can be done."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from widgets.common import Button, IconLabel, label


class Notice(QFrame):
    """A card at the top of the canvas. ``locate_wanted`` asks for the folder of the pictures."""

    locate_wanted = Signal()

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(canvas)
        self.setProperty("look", "card")
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 10, 12, 10)
        row.setSpacing(12)
        row.addWidget(IconLabel("photo-off", "t3", 24))
        words = QVBoxLayout()
        words.setSpacing(0)
        self._title = label("", "strong")
        self._text = label("The annotations stay editable on a blank sheet", "note")
        words.addWidget(self._title)
        words.addWidget(self._text)
        row.addLayout(words)
        self._locate = Button("Locate folder", "folder-search")
        self._locate.clicked.connect(self.locate_wanted)
        row.addWidget(self._locate, 0, Qt.AlignmentFlag.AlignVCenter)
        self.hide()

    def say(self, title: str) -> None:
        """Show the card with what is wrong."""
        self._title.setText(title)
        self.setAccessibleName(title)
        self.show()
        self.place()
        self.raise_()

    def place(self) -> None:
        """In the middle of the top edge; called again when the canvas has another size."""
        self.adjustSize()
        parent = self.parentWidget()
        if parent is not None:
            self.move(max(8, (parent.width() - self.width()) // 2), 12)
