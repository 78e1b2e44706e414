"""A row of joined buttons: one choice of several, or several switches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QSizePolicy,
    QStyle,
    QStyleOptionToolButton,
    QStylePainter,
    QToolButton,
    QWidget,
)

from widgets import style
from widgets.common.face import Face
from widgets.common.keycaps import KeyTips, caps
from widgets.common.texts import set_state


@dataclass(frozen=True, slots=True)
class Segment:
    """One button: ``key`` names it in code, ``shortcut`` is shown as a key cap, ``hint`` as tooltip."""

    key: str
    text: str = ""
    icon: str = ""
    shortcut: str = ""
    hint: str = ""


class _SegmentButton(KeyTips, QToolButton):
    def __init__(self, segment: Segment, place: str) -> None:
        super().__init__()
        self._segment = segment
        self._keys_shown = True
        self.setCheckable(True)
        self.setProperty("seg", place)
        name = segment.text or segment.hint
        self.setAccessibleName(name)
        self.setToolTip(segment.hint or (f"{name} ({segment.shortcut})" if segment.shortcut else ""))
        self.setSizePolicy(QSizePolicy.Policy.MinimumExpanding, QSizePolicy.Policy.Fixed)
        caps.changed.connect(self._show_keys)
        style.changed.connect(self.updateGeometry)

    @property
    def _face(self) -> Face:
        segment = self._segment
        key = caps.key(self, segment.shortcut) if self._keys_shown else ""
        return Face(segment.icon, segment.text, key)

    def _show_keys(self) -> None:
        self.tip_again()
        self.updateGeometry()
        self.update()

    def show_key(self, shown: bool) -> None:
        self._keys_shown = shown
        self.updateGeometry()
        self.update()

    def set_text(self, text: str) -> None:
        self._segment = replace(self._segment, text=text)
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        look = style.tokens()
        wide = self._face.size(style.font("strong")).width() + look.px(20)
        return QSize(max(wide, look.px(36)), look.control)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        option.text = ""
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)
        chosen = self.isChecked()
        role = "dis" if not self.isEnabled() else "t1" if chosen else "t2"
        font = style.font("strong" if chosen else "body")
        self._face.paint(painter, self.rect(), font, role, ground="sel" if chosen else "bg3")


class Segmented(QWidget):
    """Joined buttons. Exclusive ones emit ``chosen(key)``, others ``switched(key, on)``.

    Setting a value in code emits nothing. ``wide`` ones share all the room there is.
    """

    chosen = Signal(str)
    switched = Signal(str, bool)

    def __init__(
        self,
        segments: Sequence[Segment | tuple[str, str]],
        value: str = "",
        *,
        exclusive: bool = True,
        wide: bool = False,
        name: str = "",
    ) -> None:
        super().__init__()
        self.setAccessibleName(name)
        across = QSizePolicy.Policy.Expanding if wide else QSizePolicy.Policy.Maximum
        self.setSizePolicy(across, QSizePolicy.Policy.Fixed)
        self._buttons: dict[str, _SegmentButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        self._group = QButtonGroup(self)
        self._group.setExclusive(exclusive)
        for number, given in enumerate(segments):
            segment = given if isinstance(given, Segment) else Segment(*given)
            button = _SegmentButton(segment, _place(number, len(segments)))
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self._buttons[segment.key] = button
            self._group.addButton(button)
            row.addWidget(button)
            button.clicked.connect(lambda on, key=segment.key: self._clicked(key, on))
        self.setFocusProxy(next(iter(self._buttons.values())))
        if value:
            self.set_value(value)

    def _clicked(self, key: str, on: bool) -> None:
        if self._group.exclusive():
            self.setFocusProxy(self._buttons[key])
            self.chosen.emit(key)
        else:
            self.switched.emit(key, on)

    def value(self) -> str:
        """The key of the chosen segment, or "" if none is."""
        return next((key for key, button in self._buttons.items() if button.isChecked()), "")

    def set_value(self, key: str) -> None:
        """Choose a segment. KeyError for one that is not there."""
        self._buttons[key].setChecked(True)
        self.setFocusProxy(self._buttons[key])

    def set_on(self, key: str, on: bool) -> None:
        """Switch a segment of a row that is not exclusive."""
        self._buttons[key].setChecked(on)

    def is_on(self, key: str) -> bool:
        """Whether a segment is switched on."""
        return self._buttons[key].isChecked()

    def set_shown(self, key: str, shown: bool) -> None:
        """Offer a segment, or leave it out; those that are left close up."""
        self._buttons[key].setVisible(shown)
        left = [button for button in self._buttons.values() if not button.isHidden()]
        for number, button in enumerate(left):
            set_state(button, "seg", _place(number, len(left)))

    def is_shown(self, key: str) -> bool:
        """Whether a segment is offered."""
        return not self._buttons[key].isHidden()

    def set_text(self, key: str, text: str) -> None:
        """Another text on a segment."""
        self._buttons[key].set_text(text)

    def show_keys(self, shown: bool) -> None:
        """Draw the key caps, or leave them out where there is little room."""
        for button in self._buttons.values():
            button.show_key(shown)

    def set_enabled(self, key: str, enabled: bool, reason: str = "") -> None:
        """Enable a segment, or disable it with the reason as its tooltip."""
        self._buttons[key].setEnabled(enabled)
        if reason:
            self._buttons[key].setToolTip(reason)


def _place(number: int, count: int) -> str:
    if count == 1:
        return "only"
    return "first" if number == 0 else "last" if number == count - 1 else "mid"
