"""The number of a row, typed digit by digit."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal

#: More digits than these no list has rows.
_MOST = 9


class Jump(QObject):
    """``typed(digits)`` while a number is typed, "" when it is not any more; ``wanted(number)`` at G."""

    typed = Signal(str)
    wanted = Signal(int)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._digits = ""

    @property
    def typing(self) -> bool:
        """Whether there are digits."""
        return bool(self._digits)

    def take(self, key: Qt.Key, text: str) -> bool:
        """What a key means for the number; whether it meant something."""
        digits = self._digits
        if len(text) == 1 and text in "0123456789":
            digits = (digits + text)[:_MOST]
        elif not digits:
            return False
        elif key == Qt.Key.Key_Backspace:
            digits = digits[:-1]
        elif key in (Qt.Key.Key_G, Qt.Key.Key_Escape):
            digits = ""
        else:
            return False
        before, self._digits = self._digits, digits
        self.typed.emit(digits)
        if key == Qt.Key.Key_G:
            self.wanted.emit(int(before))
        return True
