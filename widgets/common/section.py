"""A part of a side panel that folds on its header."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from widgets import style
from widgets.common.texts import ElidedLabel


class _Header(QFrame):
    pressed = Signal()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.pressed.emit()
        else:
            super().mousePressEvent(event)


class Section(QWidget):
    """A header of 32 px with a title, a note and small actions, and a body that folds away.

    ``chevron`` shows which way it folds. Add content with :meth:`add`; signal ``folded(bool)``.
    """

    folded = Signal(bool)

    def __init__(
        self, title: str, note: str = "", *, chevron: bool = True, is_folded: bool = False, padding: int = 12
    ) -> None:
        super().__init__()
        self._chevron = chevron
        self._folded = is_folded
        self.title = title
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._header = self._make_header(title, note)
        column.addWidget(self._header)
        self._body = QFrame()
        self._body.setProperty("look", "sectionbody")
        self.body = QVBoxLayout(self._body)
        self.body.setContentsMargins(padding, 8 if padding else 0, padding, 10 if padding else 0)
        self.body.setSpacing(6)
        column.addWidget(self._body, 1)
        self._refresh()
        style.changed.connect(self._restyle)

    def _make_header(self, title: str, note: str) -> QFrame:
        header = _Header()
        header.setProperty("look", "sectionhead")
        header.pressed.connect(self.toggle)
        row = QHBoxLayout(header)
        row.setContentsMargins(0, 0, 8, 0)
        row.setSpacing(2)
        self._button = QToolButton()
        self._button.setProperty("look", "section")
        self._button.setProperty("plain", not self._chevron)
        self._button.setText(f" {title}" if self._chevron else title)
        self._button.setAccessibleName(title)
        beside = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        self._button.setToolButtonStyle(beside if self._chevron else Qt.ToolButtonStyle.ToolButtonTextOnly)
        self._button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._button.clicked.connect(self.toggle)
        row.addWidget(self._button)
        self._note = ElidedLabel(note, "note")
        row.addWidget(self._note, 1)
        self._actions = QHBoxLayout()
        self._actions.setSpacing(2)
        row.addLayout(self._actions)
        header.setFixedHeight(style.tokens().size("section_header"))
        return header

    def add(self, content: QWidget | QLayout, stretch: int = 0) -> None:
        """Add a widget or a layout below what the body has."""
        if isinstance(content, QWidget):
            self.body.addWidget(content, stretch)
        else:
            self.body.addLayout(content, stretch)

    def add_action(self, widget: QWidget) -> QWidget:
        """Add a small button or label at the right of the header; returns it."""
        self._actions.addWidget(widget)
        return widget

    def set_note(self, text: str) -> None:
        """The text in grey after the title."""
        self._note.set_full_text(text)

    def is_folded(self) -> bool:
        """Whether only the header shows."""
        return self._folded

    def set_folded(self, folded: bool) -> None:
        """Fold or unfold; emits ``folded`` on a change."""
        if folded != self._folded:
            self._folded = folded
            self._refresh()
            self.folded.emit(folded)

    def toggle(self) -> None:
        """Fold if it is open, open if it is folded."""
        self.set_folded(not self._folded)

    def _refresh(self) -> None:
        self._body.setVisible(not self._folded)
        vertical = QSizePolicy.Policy.Fixed if self._folded else QSizePolicy.Policy.Preferred
        self.setSizePolicy(QSizePolicy.Policy.Preferred, vertical)
        if self._chevron:
            self._button.setIcon(style.icon("chevron-right" if self._folded else "chevron-down", "t2"))
            side = style.tokens().px(16)
            self._button.setIconSize(QSize(side, side))
        self._button.setAccessibleDescription("folded" if self._folded else "open")

    def _restyle(self) -> None:
        self._header.setFixedHeight(style.tokens().size("section_header"))
        self._refresh()
