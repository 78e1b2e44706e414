"""The page rail at the left of the window."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QSizePolicy, QVBoxLayout, QWidget

from widgets import style
from widgets.common import surface
from widgets.common.keycaps import KeyTips, caps


@dataclass(frozen=True, slots=True)
class RailEntry:
    """A page on the rail. ``shortcut`` is said in the tooltip; ``foot`` puts it at the bottom."""

    key: str
    title: str
    icon: str
    enabled: bool = True
    shortcut: str = ""
    foot: bool = False


class _RailButton(KeyTips, QAbstractButton):
    def __init__(self, entry: RailEntry) -> None:
        super().__init__()
        self.entry = entry
        self._icons_only = False
        self.setText(entry.title)
        self.setCheckable(True)
        self.setAccessibleName(entry.title)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover, True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_enabled(entry.enabled)
        caps.changed.connect(self.tip_again)

    def set_enabled(self, enabled: bool, reason: str = "") -> None:
        self.setEnabled(enabled)
        keys = f" ({self.entry.shortcut})" if self.entry.shortcut else ""
        self.setToolTip(self.entry.title + keys if enabled else f"{self.entry.title}: {reason}".strip(": "))

    def set_icons_only(self, icons_only: bool) -> None:
        self._icons_only = icons_only
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        look = style.tokens()
        if self._icons_only:
            return QSize(look.size("rail_icons_only"), look.px(46))
        return QSize(look.size("rail"), look.size("rail_entry"))

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()
        super().enterEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = style.tokens()
        painter = QPainter(self)
        current, whole = self.isChecked(), self.rect()
        role = "t1" if current else "t2"
        if not self.isEnabled():
            role = "dis"
        if current:
            painter.fillRect(whole, look.bg3)
            painter.fillRect(QRect(0, 0, look.px(3), whole.height()), look.acc)
        elif self.isEnabled() and self.underMouse():
            painter.fillRect(whole, look.hover)
        side = look.px(20)
        top = (whole.height() - side) // 2 if self._icons_only else look.px(10)
        icon = QRect((whole.width() - side) // 2, top, side, side)
        style.draw(painter, icon, self.entry.icon, "acc" if current and self.isEnabled() else role)
        if not self._icons_only:
            painter.setFont(style.font("small_strong" if current else "small"))
            painter.setPen(look.colour(role))
            under = QRect(0, top + side + look.px(7), whole.width(), look.px(14))
            painter.drawText(under, int(Qt.AlignmentFlag.AlignCenter), self.entry.title)
        if self.hasFocus():
            painter.setPen(Qt.PenStyle.NoPen)
            for edge in _ring(whole):
                painter.fillRect(edge, look.acc)


def _ring(whole: QRect, width: int = 2) -> tuple[QRect, QRect, QRect, QRect]:
    inner = whole.adjusted(1, 1, -1, -1)
    return (
        QRect(inner.left(), inner.top(), inner.width(), width),
        QRect(inner.left(), inner.bottom() - width + 1, inner.width(), width),
        QRect(inner.left(), inner.top(), width, inner.height()),
        QRect(inner.right() - width + 1, inner.top(), width, inner.height()),
    )


class PageRail(QWidget):
    """The pages that work, one below the other. Emits ``chosen(key)`` when a person picks one."""

    chosen = Signal(str)

    def __init__(self, entries: Sequence[RailEntry | tuple[str, str, str, bool]]) -> None:
        super().__init__()
        surface(self, "rail")
        self.setAccessibleName("Pages")
        self._buttons: dict[str, _RailButton] = {}
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._icons_only = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 1, 4)
        column.setSpacing(2)
        made = [entry if isinstance(entry, RailEntry) else RailEntry(*entry) for entry in entries]
        for entry in (entry for entry in made if not entry.foot):
            column.addWidget(self._button(entry))
        column.addStretch(1)
        for entry in (entry for entry in made if entry.foot):
            column.addWidget(self._button(entry))
        self._fix()
        style.changed.connect(self._fix)

    def _button(self, entry: RailEntry) -> _RailButton:
        button = _RailButton(entry)
        self._buttons[entry.key] = button
        if not entry.foot:
            self._group.addButton(button)
        else:
            # What is at the foot opens something; it is not a page that stays chosen.
            button.setCheckable(False)
        button.clicked.connect(lambda _on=False, key=entry.key: self.chosen.emit(key))
        return button

    def _fix(self) -> None:
        name = "rail_icons_only" if self._icons_only else "rail"
        self.setFixedWidth(style.tokens().size(name))

    def set_current(self, key: str) -> None:
        """Show a page as the current one without emitting; "" or one at the foot shows none."""
        button = self._buttons.get(key)
        if button is not None and button.isCheckable():
            button.setChecked(True)
            return
        self._group.setExclusive(False)
        for each in self._group.buttons():
            each.setChecked(False)
        self._group.setExclusive(True)

    def current(self) -> str:
        """The key of the current page, or ""."""
        return next((key for key, button in self._buttons.items() if button.isChecked()), "")

    def set_enabled(self, key: str, enabled: bool, reason: str = "") -> None:
        """Enable a page, or disable it and say why in its tooltip. KeyError for an unknown page."""
        self._buttons[key].set_enabled(enabled, reason)

    def set_icons_only(self, icons_only: bool) -> None:
        """48 px wide without titles (narrow windows), or 76 with them."""
        self._icons_only = icons_only
        for button in self._buttons.values():
            button.set_icons_only(icons_only)
        self._fix()
