"""The settings dialog, made from what the settings say of themselves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from store.settings import Option, Settings
from widgets import style
from widgets.common import Button, Segmented, SpinBox, label
from widgets.dialogs.frame import Dialog


class _Editor(QObject):
    """One setting's control: tells its value and that it has changed."""

    changed = Signal()

    def __init__(self, name: str, option: Option, value: Any, hint: str) -> None:
        super().__init__()
        self.name = name
        self.widget: QWidget
        if option.choices and len(option.choices) <= 2:
            self._segmented(option, value)
        elif option.choices:
            self._combo(option, value)
        elif isinstance(value, bool):
            self._switch(value)
        elif isinstance(value, int):
            self._number(option, value)
        else:
            self._text(value, hint)
        self.widget.setAccessibleName(option.title)
        self.widget.setAccessibleDescription(option.help)

    def _segmented(self, option: Option, value: Any) -> None:
        made = Segmented(list(option.choices), value, wide=True, name=option.title)
        made.chosen.connect(lambda _key: self.changed.emit())
        self.value, self.show = made.value, made.set_value
        self.widget = made

    def _combo(self, option: Option, value: Any) -> None:
        made = QComboBox()
        for choice, words in option.choices:
            made.addItem(words, choice)
        made.setCurrentIndex(made.findData(value))
        made.currentIndexChanged.connect(lambda _index: self.changed.emit())
        self.value = made.currentData
        self.show = lambda value: made.setCurrentIndex(made.findData(value))
        self.widget = made

    def _switch(self, value: bool) -> None:
        made = QCheckBox("On")
        made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        made.setChecked(value)
        made.toggled.connect(lambda _on: self.changed.emit())
        self.value, self.show = made.isChecked, made.setChecked
        self.widget = made

    def _number(self, option: Option, value: int) -> None:
        made = SpinBox(int(option.minimum), int(option.maximum), value, name=option.title)
        made.setSuffix(f"\u2009{option.unit}" if option.unit else "")
        made.setSingleStep(5 if option.maximum - option.minimum <= 40 else 10)
        made.setKeyboardTracking(False)
        made.valueChanged.connect(lambda _value: self.changed.emit())
        self.value, self.show = made.value, made.setValue
        self.widget = made

    def _text(self, value: str, hint: str) -> None:
        made = QLineEdit(value)
        made.setPlaceholderText(hint)
        made.editingFinished.connect(self.changed.emit)
        self.value = lambda: made.text().strip()
        self.show = made.setText
        self.widget = made


class SettingsDialog(Dialog):
    """Every change is in force at once: ``changed(Settings)`` is emitted for each.

    ``author`` is what stands for the name while none is set. There is nothing to confirm and nothing
    to cancel; "Use defaults" brings back what the program came with.
    """

    changed = Signal(object)

    def __init__(self, settings: Settings, author: str = "", parent: QWidget | None = None) -> None:
        super().__init__("Settings", 640, parent)
        self._settings = settings
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(16)
        grid.setColumnStretch(0, 1)
        self._editors: list[_Editor] = []
        for row, (name, option) in enumerate(Settings.options().items()):
            editor = _Editor(name, option, getattr(settings, name), author)
            editor.changed.connect(self._take)
            self._editors.append(editor)
            grid.addLayout(_words(option), row, 0)
            grid.addWidget(editor.widget, row, 1, Qt.AlignmentFlag.AlignVCenter)
        self._grid = grid
        self.body.addLayout(grid)
        self.body.addStretch(1)
        reset = Button("Use defaults")
        reset.clicked.connect(self._reset)
        self.add_button(reset, left=True)
        close = Button("Close", key="Esc")
        close.clicked.connect(self.reject)
        self.add_button(close)
        self._editors[0].widget.setFocus(Qt.FocusReason.TabFocusReason)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        self._grid.setColumnMinimumWidth(1, style.tokens().px(220))
        super()._make_room()

    def settings(self) -> Settings:
        """What is chosen now."""
        return self._settings

    def editor(self, name: str) -> QWidget:
        """The control of a setting. KeyError for an unknown name."""
        return {each.name: each.widget for each in self._editors}[name]

    def _take(self) -> None:
        new = replace(self._settings, **{each.name: each.value() for each in self._editors})
        if new != self._settings:
            self._settings = new
            self.changed.emit(new)

    def _reset(self) -> None:
        default = Settings(author=self._settings.author)
        for each in self._editors:
            each.widget.blockSignals(True)
            each.show(getattr(default, each.name))
            each.widget.blockSignals(False)
        self._take()


def _words(option: Option) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(1)
    column.addWidget(label(option.title, "strong"))
    column.addWidget(label(option.help, "note", wrap=True))
    return column
