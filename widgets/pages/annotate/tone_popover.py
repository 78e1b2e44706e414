"""Brightness, contrast and gamma of the picture on the screen, in a card below their button."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QSlider, QVBoxLayout, QWidget

from widgets import style
from widgets.canvas.tone import NEUTRAL, Tone
from widgets.common import Button, label

#: Name, title, least, most and step of each slider.
_SLIDERS = (
    ("brightness", "Brightness", -100, 100, 5),
    ("contrast", "Contrast", -100, 100, 5),
    ("gamma", "Gamma", 20, 300, 5),
)


def value_words(name: str, value: int) -> str:
    """A value as people read it: gamma as a factor, the others as they are."""
    return f"{value / 100:.2f}" if name == "gamma" else f"{value:+d}" if value else "0"


class TonePopover(QFrame):
    """``changed(Tone)`` with every move of a slider; Esc and a click beside it close it."""

    changed = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setProperty("look", "card")
        self.setAccessibleName("Brightness, contrast and gamma of the picture")
        self._tone = NEUTRAL
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(10)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        self.sliders: dict[str, QSlider] = {}
        self._values: dict[str, QLabel] = {}
        for row, (name, title, least, most, step) in enumerate(_SLIDERS):
            slider = QSlider(Qt.Orientation.Horizontal)
            slider.setRange(least, most)
            slider.setSingleStep(step)
            slider.setPageStep(4 * step)
            slider.setAccessibleName(title)
            slider.setFixedWidth(style.tokens().px(220))
            slider.valueChanged.connect(lambda value, name=name: self._moved(name, value))
            self.sliders[name] = slider
            self._values[name] = label("", "second")
            self._values[name].setMinimumWidth(style.tokens().px(40))
            grid.addWidget(label(title), row, 0)
            grid.addWidget(slider, row, 1)
            grid.addWidget(self._values[name], row, 2)
        column.addLayout(grid)
        foot = QHBoxLayout()
        foot.addWidget(label("On the screen only; the file stays as it is", "note"), 1)
        self.reset = Button("Reset", "restore", "Shift+P")
        self.reset.clicked.connect(lambda: self._take(NEUTRAL))
        foot.addWidget(self.reset)
        column.addLayout(foot)
        self.show_tone(NEUTRAL)

    def show_tone(self, tone: Tone) -> None:
        """Let the sliders say a tone without emitting."""
        self._tone = tone
        for name, slider in self.sliders.items():
            slider.blockSignals(True)
            slider.setValue(getattr(tone, name))
            slider.blockSignals(False)
            self._values[name].setText(value_words(name, getattr(tone, name)))
        self.reset.setEnabled(tone != NEUTRAL)

    def open_below(self, button: QWidget) -> None:
        """Show it below a button, with the keys at the first slider."""
        self.adjustSize()
        corner = button.mapToGlobal(QPoint(button.width() - self.width(), button.height() + 4))
        self.move(corner)
        self.show()
        self.sliders["brightness"].setFocus(Qt.FocusReason.TabFocusReason)

    def _moved(self, name: str, value: int) -> None:
        self._take(replace(self._tone, **{name: value}))

    def _take(self, tone: Tone) -> None:
        self.show_tone(tone)
        self.changed.emit(tone)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.close()
        else:
            super().keyPressEvent(event)
