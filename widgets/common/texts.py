"""Labels: plain, elided, with an icon, tags and key caps."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from widgets import style
from widgets.common.keycaps import caps


def set_state(widget: QWidget, name: str, value: str | bool) -> None:
    """Set a property that the style sheet reads, and have the widget look like it at once."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
        widget.update()


def set_look(widget: QWidget, look: str) -> None:
    """Give a widget one of the looks of the style sheet ("title", "hint", "primary", ...)."""
    set_state(widget, "look", look)


def label(text: str, look: str = "", *, wrap: bool = False) -> QLabel:
    """A plain label in one of the style sheet's text looks."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setWordWrap(wrap)
    if look:
        made.setProperty("look", look)
    return made


class ElidedLabel(QLabel):
    """A label that shortens its text with an ellipsis and then says all of it in a tooltip."""

    def __init__(
        self, text: str = "", look: str = "", mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight
    ) -> None:
        super().__init__()
        self._mode = mode
        self._full = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        if look:
            self.setProperty("look", look)
        self.set_full_text(text)

    def set_full_text(self, text: str) -> None:
        """Show a text, shortened where there is no room for it."""
        if text != self._full:
            self._full = text
            self.setAccessibleName(text)
            self.updateGeometry()
        self._shorten()

    def full_text(self) -> str:
        """The text without shortening."""
        return self._full

    def sizeHint(self) -> QSize:
        self.ensurePolished()
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._full) + 2, metrics.height())

    def minimumSizeHint(self) -> QSize:
        self.ensurePolished()
        metrics = self.fontMetrics()
        short = min(metrics.horizontalAdvance(self._full), metrics.averageCharWidth() * 4)
        return QSize(short, metrics.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._shorten()

    def _shorten(self) -> None:
        short = self.fontMetrics().elidedText(self._full, self._mode, max(0, self.width()))
        tip = self._full if short != self._full else ""
        if tip != self.toolTip():
            self.setToolTip(tip)
        if short != self.text():
            self.setText(short)


class IconLabel(QWidget):
    """Only an icon, drawn in a colour token; ``name`` is said aloud and shown as tooltip."""

    def __init__(self, icon: str, role: str = "t2", size: int = 16, name: str = "") -> None:
        super().__init__()
        self._icon, self._role, self._size = icon, role, size
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        style.changed.connect(self.updateGeometry)

    def set_icon(self, icon: str, role: str = "", name: str = "") -> None:
        """Show another icon, in another colour if ``role`` is given."""
        self._icon, self._role = icon, role or self._role
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.update()

    def sizeHint(self) -> QSize:
        side = style.tokens().px(self._size)
        return QSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        style.draw(painter, self.rect(), self._icon, self._role if self.isEnabled() else "dis")


class KeyHint(QLabel):
    """A key cap: the shortcut of what stands beside it."""

    def __init__(self, keys: str, *, raised: bool = False) -> None:
        super().__init__(keys)
        self._usual = keys
        caps.changed.connect(self._show_key)
        self.setProperty("look", "key")
        self.setProperty("raised", raised)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def _show_key(self) -> None:
        self.setText(caps.key(self, self._usual))


class Tag(QLabel):
    """A word on a small raised ground, 20 px high."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.setProperty("look", "tag")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
