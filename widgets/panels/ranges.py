"""Numbers from and to, and the part of a file's name: terms of the filter with fields of their own."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QGridLayout, QLineEdit, QSizePolicy

from widgets import style
from widgets.browser.ranges import Limits
from widgets.common import Section, label

#: Fields that have a range, with what they are called.
RANGES: Mapping[str, str] = {
    "garments": "Garments",
    "problems": "Problems",
    "width": "Width",
    "height": "Height",
}
#: Who types is not done before so many milliseconds without a letter.
TYPED_MS = 400
#: The largest whole number that can be typed.
_LARGEST = 99_999_999


class _NumberField(QLineEdit):
    """A whole number or nothing."""

    def __init__(self, hint: str, name: str) -> None:
        super().__init__()
        self.setValidator(QIntValidator(0, _LARGEST, self))
        self.setPlaceholderText(hint)
        self.setAccessibleName(name)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(style.tokens().px(72), super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(style.tokens().px(48), super().minimumSizeHint().height())

    @property
    def number(self) -> int | None:
        """The number, or None where there is none."""
        return int(self.text()) if self.text().isdecimal() else None

    def show_number(self, number: int | None) -> None:
        """Show a number; one that is being typed stays as it is."""
        if number != self.number and not (self.hasFocus() and self.isModified()):
            self.setText("" if number is None else str(number))


class RangePanel(Section):
    """``limits_changed(field, Limits)`` and ``named(part of a file's name)`` after a person typed them.

    The fields follow only what is shown to them: what is typed goes into the filter text and comes back.
    """

    limits_changed = Signal(str, object)
    named = Signal(str)

    def __init__(self) -> None:
        super().__init__("Ranges and file name", is_folded=True)
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        self.name = QLineEdit()
        self.name.setPlaceholderText("part of the name")
        self.name.setAccessibleName("Part of the file name")
        self.name.setClearButtonEnabled(True)
        grid.addWidget(label("File name", "second"), 0, 0)
        grid.addWidget(self.name, 0, 1, 1, 2)
        self.ends: dict[str, tuple[_NumberField, _NumberField]] = {}
        for row, (field, title) in enumerate(RANGES.items(), 1):
            low, high = _NumberField("from", f"{title} from"), _NumberField("to", f"{title} to")
            self.ends[field] = (low, high)
            grid.addWidget(label(title, "second"), row, 0)
            grid.addWidget(low, row, 1)
            grid.addWidget(high, row, 2)
        self.add(grid)
        self._typed = QTimer(self, singleShot=True, interval=TYPED_MS)
        self._typed.timeout.connect(self._tell)
        for line in (self.name, *(one for ends in self.ends.values() for one in ends)):
            line.textEdited.connect(lambda _text: self._typed.start())
            line.returnPressed.connect(self._tell)
        self._shown: dict[str, Limits] = {field: Limits() for field in RANGES}
        self._part = ""

    def show_limits(self, limits: Mapping[str, Limits], part: str) -> None:
        """Show the limits of each field, and the part of a file's name, that are in force."""
        self._shown, self._part = {field: limits.get(field, Limits()) for field in RANGES}, part
        for field, (low, high) in self.ends.items():
            low.show_number(self._shown[field].low)
            high.show_number(self._shown[field].high)
        if part != self.name.text() and not (self.name.hasFocus() and self.name.isModified()):
            self.name.setText(part)
        count = sum(one.given for one in self._shown.values()) + bool(part)
        self.set_note(f"{count} on" if count else "")

    def _tell(self) -> None:
        """Say what has been typed; another field is then shown as the filter has it."""
        self._typed.stop()
        for line in (self.name, *(one for ends in self.ends.values() for one in ends)):
            line.setModified(False)
        # Asked before the first is told: what is told comes back into all fields.
        part, before = self.name.text().strip(), (self._part, self._shown)
        wanted = {field: Limits(low.number, high.number) for field, (low, high) in self.ends.items()}
        if part != before[0]:
            self.named.emit(part)
        for field, one in wanted.items():
            if one != before[1][field]:
                self.limits_changed.emit(field, one)
