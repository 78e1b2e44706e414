"""A box to choose one of several names."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QSizePolicy


class Chooser(QComboBox):
    """``chosen(name)`` when the person takes another; what was chosen stays while it is still there."""

    chosen = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.activated.connect(lambda _index: self.chosen.emit(self.currentText()))

    def show_choices(self, names: Sequence[str]) -> None:
        """Offer these; emits nothing."""
        old = self.currentText()
        if [self.itemText(index) for index in range(self.count())] != list(names):
            self.clear()
            self.addItems(list(names))
            if old in names:
                self.setCurrentText(old)
        self.setVisible(len(names) > 1)

    def value(self) -> str:
        """What is chosen, "" where there is nothing to choose."""
        return self.currentText()
