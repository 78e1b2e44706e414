"""Fields to type into or to press, with an icon before the text and a key cap after it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
)

from widgets import style
from widgets.common.buttons import Button, IconButton
from widgets.common.face import Face, draw_key, key_width
from widgets.common.keycaps import caps
from widgets.common.texts import IconLabel, KeyHint, set_state


class SearchField(QFrame):
    """A line to type into: icon, text, key cap, and a cross that empties it.

    ``changed(str)`` on every letter, ``entered(str)`` on Enter; Escape empties it and then gives the
    focus back (``left``). ``edit`` is the line itself.
    """

    changed = Signal(str)
    entered = Signal(str)
    left = Signal()

    def __init__(self, placeholder: str, key: str = "", icon: str = "search", name: str = "") -> None:
        super().__init__()
        self.setProperty("look", "field")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 6, 0)
        row.setSpacing(8)
        row.addWidget(IconLabel(icon))
        self.edit = QLineEdit()
        self.edit.setProperty("look", "bare")
        self.edit.setPlaceholderText(placeholder)
        self.edit.setAccessibleName(name or placeholder)
        self.edit.installEventFilter(self)
        row.addWidget(self.edit, 1)
        self._key = KeyHint(key)
        row.addWidget(self._key)
        # Behind it: shown without a parent it would be a window for a moment, and take the keys.
        self._key.setVisible(bool(key))
        self._clear = IconButton("x", "Clear")
        # Escape is its key; as a stop of Tab it would be one Space away from losing the text.
        self._clear.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._clear.setVisible(False)
        self._clear.clicked.connect(self.clear)
        row.addWidget(self._clear)
        self.edit.textChanged.connect(self._text_changed)
        self.edit.returnPressed.connect(lambda: self.entered.emit(self.edit.text()))
        self.setFocusProxy(self.edit)
        self._fix()
        style.changed.connect(self._fix)

    def _fix(self) -> None:
        self.setFixedHeight(style.tokens().control)

    def text(self) -> str:
        """What is in the line."""
        return self.edit.text()

    def set_text(self, text: str) -> None:
        """Put a text into the line; emits ``changed`` if it is another one."""
        self.edit.setText(text)

    def clear(self) -> None:
        """Empty the line."""
        self.edit.clear()

    def set_bad(self, bad: bool) -> None:
        """Draw the edge in the colour of errors."""
        set_state(self, "state", "bad" if bad else "")

    def _text_changed(self, text: str) -> None:
        self._clear.setVisible(bool(text))
        self.changed.emit(text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.edit:
            if event.type() == QEvent.Type.FocusIn:
                set_state(self, "focused", True)
            elif event.type() == QEvent.Type.FocusOut:
                set_state(self, "focused", False)
            elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
                return self._escape(event)
        return super().eventFilter(watched, event)

    def _escape(self, event: QKeyEvent) -> bool:
        if event.key() != Qt.Key.Key_Escape:
            return False
        if self.edit.text():
            self.clear()
        else:
            self.left.emit()
        return True


class FieldButton(Button):
    """A button drawn like a field: icon, text, and at its right a key cap or another icon.

    What is too long loses its middle: names of models and files differ at their ends.
    """

    def __init__(self, text: str, icon: str = "", key: str = "", end_icon: str = "") -> None:
        super().__init__(text, icon, key, "field")
        self._end_icon = end_icon
        self._quiet = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_quiet(self, quiet: bool) -> None:
        """Draw the text like a placeholder."""
        self._quiet = quiet
        self.update()

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return hint + QSize(style.tokens().px(24), 0) if self._end_icon else hint

    def minimumSizeHint(self) -> QSize:
        return QSize(style.tokens().px(80), style.tokens().control)

    def paintEvent(self, _event: QPaintEvent) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        painter = QStylePainter(self)
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        look = style.tokens()
        inner = self.rect().adjusted(look.px(10), 0, -look.px(6), 0)
        if self._end_icon:
            side = look.px(16)
            end = inner.adjusted(inner.width() - side - look.px(2), 0, -look.px(2), 0)
            end.setTop(inner.center().y() - side // 2 + 1)
            end.setHeight(side)
            style.draw(painter, end, self._end_icon, "t2")
            inner.adjust(0, 0, -side - look.px(8), 0)
        key = caps.key(self, self._key)
        if key:
            wide = key_width(key)
            where = inner.adjusted(inner.width() - wide, 0, 0, 0)
            middle = self.height() / 2
            draw_key(painter, where, middle, key, "t2", "input")
            inner.adjust(0, 0, -wide - look.px(8), 0)
        role = "dis" if not self.isEnabled() else "t3" if self._quiet else "t1"
        face = Face(self._icon, self.text())
        font = style.font("body")
        face.paint(
            painter,
            inner,
            font,
            role,
            icon_role="t2",
            align=Qt.AlignmentFlag.AlignLeft,
            elide=Qt.TextElideMode.ElideMiddle,
        )
