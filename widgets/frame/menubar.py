"""The menu bar: the mark at its left, room for a widget at its right."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QMenuBar, QSizePolicy, QWidget

from widgets import style
from widgets.common import FieldButton

_NAME = "DeepFashion Studio"


class _Mark(QWidget):
    """The hanger and the program's name."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(_NAME)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        look = style.tokens()
        text = QFontMetrics(style.font("strong")).horizontalAdvance(_NAME)
        return QSize(look.px(42) + text + look.px(14), look.size("menu_bar") - 1)

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = style.tokens()
        painter = QPainter(self)
        side = look.px(20)
        style.draw(painter, QRect(look.px(14), (self.height() - side) // 2, side, side), "hanger", "acc")
        painter.setFont(style.font("strong"))
        painter.setPen(QPen(look.t1))
        room = self.rect().adjusted(look.px(42), 0, 0, 0)
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), _NAME)


class CommandField(FieldButton):
    """What the right corner is for: a field 264 wide that opens the list of all actions."""

    def __init__(self, text: str = "Search actions", key: str = "Ctrl+K") -> None:
        super().__init__(text, "search", key)
        self.setProperty("compact", True)
        self.set_quiet(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(style.tokens().px(264), style.tokens().px(24))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()


class MenuBar(QMenuBar):
    """A menu bar 32 high inside the window on every platform, so that its corners can hold widgets."""

    def __init__(self) -> None:
        super().__init__()
        self.setNativeMenuBar(False)
        self._mark = _Mark()
        self._right: QWidget | None = None
        self.setCornerWidget(self._mark, Qt.Corner.TopLeftCorner)
        self._fix()
        style.changed.connect(self._fix)

    def _fix(self) -> None:
        high = style.tokens().size("menu_bar")
        self._mark.setFixedSize(self._mark.sizeHint())
        self._mark.update()
        if self._right is not None:
            # Qt puts the right corner below the bar's padding, but the left one at its top.
            self._right.setFixedHeight(high - 1 - 2 * style.tokens().px(3))
        self.setFixedHeight(high)

    def set_right(self, widget: QWidget) -> None:
        """Put a widget into the right corner (see :class:`CommandField`)."""
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 8, 0)
        row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        # Held here: PySide does not hand a corner widget over to Qt.
        self._right = holder
        self._fix()
        self.setCornerWidget(holder, Qt.Corner.TopRightCorner)
