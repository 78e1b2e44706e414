"""Push buttons. A button that has a key shows it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QStyle, QStyleOptionButton, QStylePainter, QToolButton

from widgets import style
from widgets.common.face import Face
from widgets.common.keycaps import KeyTips, caps
from widgets.common.texts import set_look


class Button(KeyTips, QPushButton):
    """An outlined button with an icon, a text and a key cap.

    ``look`` is "" (outlined), "primary", "ghost", "danger", "link" or "field". The key is only shown;
    the action that owns the shortcut listens to it.
    """

    def __init__(self, text: str, icon: str = "", key: str = "", look: str = "") -> None:
        super().__init__(text)
        self._icon, self._key = icon, key
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)
        if look:
            self.setProperty("look", look)
        self._show_keys()
        caps.changed.connect(self._show_keys)
        style.changed.connect(self.updateGeometry)

    def _show_keys(self) -> None:
        if self._key:
            self.setAccessibleDescription(caps.key(self, self._key))
        self.tip_again()
        self.updateGeometry()
        self.update()

    def set_face(self, text: str, icon: str = "", key: str = "") -> None:
        """Show another text, icon and key."""
        self._icon, self._key = icon, key
        self.setText(text)
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def set_look(self, look: str) -> None:
        """Change the look; see the class."""
        set_look(self, look)
        self.updateGeometry()

    def _face(self) -> Face:
        return Face(self._icon, self.text(), caps.key(self, self._key))

    def _padding(self) -> int:
        kind = self.property("look")
        return style.tokens().px({"ghost": 8, "link": 4, "field": 10}.get(kind, 12))

    def sizeHint(self) -> QSize:
        self.ensurePolished()
        menu = style.tokens().px(20) if self.menu() is not None else 0
        width = self._face().size(self._bold_font()).width() + 2 * self._padding() + 2 + menu
        return QSize(width, style.tokens().control)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _bold_font(self) -> QFont:
        return style.font("strong" if self.property("look") == "primary" else "body")

    def _role(self) -> str:
        if not self.isEnabled():
            return "dis"
        return {"primary": "onacc", "danger": "bad", "link": "acc"}.get(self.property("look"), "t1")

    def paintEvent(self, _event: QPaintEvent) -> None:
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        painter = QStylePainter(self)
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        role = self._role()
        inner = self.rect().adjusted(self._padding(), 0, -self._padding(), 0)
        if self.menu() is not None:
            inner.adjust(0, 0, -style.tokens().px(16), 0)
        left = self.property("look") in ("link", "field")
        align = Qt.AlignmentFlag.AlignLeft if left else Qt.AlignmentFlag.AlignHCenter
        plain = self.property("look") in ("", None)
        self._face().paint(
            painter, inner, self._bold_font(), role, ground="bg3" if plain else "bg2", align=align
        )


class PrimaryButton(Button):
    """The one main action of a page, filled with the accent."""

    def __init__(self, text: str, icon: str = "", key: str = "") -> None:
        super().__init__(text, icon, key, "primary")


class GhostButton(Button):
    """A button without an edge, for bars."""

    def __init__(self, text: str, icon: str = "", key: str = "") -> None:
        super().__init__(text, icon, key, "ghost")


class DangerButton(Button):
    """An action that destroys something: outlined in the colour of errors."""

    def __init__(self, text: str, icon: str = "", key: str = "") -> None:
        super().__init__(text, icon, key, "danger")


class LinkButton(Button):
    """A button that looks like a link."""

    def __init__(self, text: str, icon: str = "", key: str = "") -> None:
        super().__init__(text, icon, key, "link")
        self.setCursor(Qt.CursorShape.PointingHandCursor)


class IconButton(KeyTips, QToolButton):
    """Only an icon. ``name`` is said aloud and is the tooltip, with the key after it.

    ``look`` is "bare" (in rows and headers), "square" (outlined) or "tool" (34 px, icon 20).
    """

    def __init__(
        self, icon: str, name: str, key: str = "", look: str = "bare", *, checkable: bool = False
    ) -> None:
        super().__init__()
        self.setIcon(style.icon(icon, "t1" if look != "bare" else "t2", on="acc" if look == "tool" else ""))
        self.setProperty("look", look)
        self.setCheckable(checkable)
        self.setAccessibleName(name)
        self.setToolTip(f"{name} ({key})" if key else name)
        self._size = 20 if look == "tool" else 16
        self._resize_icon()
        caps.changed.connect(self.tip_again)
        style.changed.connect(self._resize_icon)

    def _resize_icon(self) -> None:
        side = style.tokens().px(self._size)
        self.setIconSize(QSize(side, side))
