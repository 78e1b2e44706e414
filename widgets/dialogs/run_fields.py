"""The controls of the New run form: one for each kind of field, with its help and what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from store.errors import FilterError
from store.runs.form import FormField
from widgets import style
from widgets.browser import FilterField
from widgets.common import Segmented, SpinBox, label, set_state

#: Choices as a person reads them; the others are shown as they are.
_WORDS = {
    "fashionnet": "FashionNet",
    "mask-rcnn": "Mask R-CNN",
    "match-rcnn": "Match R-CNN",
    "embedding": "Embedding",
    "resnet50": "ResNet-50",
    "resnet50-v2": "ResNet-50 v2",
    "vgg16": "VGG-16",
    "adamw": "AdamW",
    "sgd": "SGD",
    "dataset": "By the dataset",
    "identity": "By identity",
    "proxy-anchor": "Proxy-Anchor",
    "16-mixed": "16 bit, mixed",
    "bf16-mixed": "bf16, mixed",
    "32": "32 bit",
}
#: Fields that hold a filter.
FILTERS = ("data.train", "data.validation")
_MODEL = "model.start_from"
_RANDOM = "Random weights"


class _Where(FilterField):
    """A filter, or the name of a saved view."""

    def __init__(self) -> None:
        super().__init__()
        self._key.hide()
        self.edit.setPlaceholderText("split = train and review = accepted, or view:NAME")

    def _complain(self, error: FilterError | None) -> None:
        super()._complain(None if self.text().strip().startswith("view:") else error)


class FieldEditor(QObject):
    """One field: :meth:`value`, :meth:`show_value`, and ``changed`` on every change by the person.

    ``widget`` is its control, ``words`` the title with its help, ``right`` the control with what is said
    below it.
    """

    changed = Signal()

    def __init__(self, field: FormField, models: Sequence[str] = ()) -> None:
        super().__init__()
        self.field = field
        self.widget: QWidget
        self.value: Callable[[], Any]
        self._show: Callable[[Any], object]
        if field.name == _MODEL:
            self._start_from(models)
        elif field.name in FILTERS:
            self._filter()
        elif field.kind == "choice":
            self._choice()
        elif field.kind == "switch":
            self._switch()
        elif field.kind == "whole":
            self._whole()
        else:
            self._line()
        self.widget.setAccessibleName(field.title)
        self.widget.setAccessibleDescription(field.description)
        if isinstance(self.widget, QComboBox | SpinBox):
            # Not by the wheel.
            self.widget.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.widget.installEventFilter(self)
        self.words = QWidget()
        self.right = QWidget()
        self._note = label("", "note", wrap=True)
        self._fault = label("", "bad", wrap=True)
        self._build()

    def _build(self) -> None:
        left = QVBoxLayout(self.words)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(1)
        left.addWidget(label(self.field.title, "strong"))
        left.addWidget(label(self.field.description, "note", wrap=True))
        left.addStretch(1)
        right = QVBoxLayout(self.right)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(3)
        for widget in (self.widget, self._note, self._fault):
            right.addWidget(widget)
        right.addStretch(1)
        self._note.hide()
        self._fault.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The wheel scrolls the form; it changes only the control that has the keys."""
        if event.type() == QEvent.Type.Wheel and watched is self.widget and not self.widget.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    # -- what is shown --------------------------------------------------------------------------

    def show_value(self, value: Any) -> None:
        """Put a value into the control; emits nothing."""
        blocked = self.blockSignals(True)
        self._show(value)
        self.blockSignals(blocked)

    def show_fault(self, message: str) -> None:
        """Say below the control what is wrong, "" for nothing."""
        self._fault.setText(message)
        self._fault.setVisible(bool(message))
        set_state(self.widget, "state", "bad" if message else "")

    def fault(self) -> str:
        """What is said to be wrong."""
        return self._fault.text()

    def show_note(self, text: str) -> None:
        """Say something below the control, "" for nothing."""
        self._note.setText(text)
        self._note.setVisible(bool(text))

    def note(self) -> str:
        """What is said below the control."""
        return self._note.text()

    def show_shown(self, shown: bool) -> None:
        """Whether the field is there at all."""
        self.words.setVisible(shown)
        self.right.setVisible(shown)

    def offer(self, choices: Sequence[str]) -> None:
        """Only these choices; the first where what was chosen is not among them."""
        box = self.widget
        if not isinstance(box, QComboBox) or [box.itemData(i) for i in range(box.count())] == list(choices):
            return
        old = box.currentData()
        blocked = box.blockSignals(True)
        box.clear()
        for choice in choices:
            box.addItem(_WORDS.get(choice, choice), choice)
        box.setCurrentIndex(max(0, box.findData(old)))
        box.blockSignals(blocked)

    # -- the controls ---------------------------------------------------------------------------

    def _choice(self) -> None:
        choices = self.field.choices
        if len(choices) <= 2 or (len(choices) == 3 and sum(map(len, choices)) < 22):
            segments = Segmented(
                [(one, _WORDS.get(one, one.capitalize())) for one in choices],
                str(self.field.default),
                wide=True,
                name=self.field.title,
            )
            segments.chosen.connect(lambda _key: self.changed.emit())
            self.value, self._show, self.widget = segments.value, segments.set_value, segments
            return
        box = QComboBox()
        self.widget = box
        self.offer(choices)
        box.currentIndexChanged.connect(lambda _index: self.changed.emit())
        self.value = box.currentData

        def show(value: Any) -> None:
            if box.findData(value) < 0:
                # Not allowed here: shown nevertheless, so that what is said of it can be understood.
                box.addItem(str(value), value)
            box.setCurrentIndex(box.findData(value))

        self._show = show

    def _switch(self) -> None:
        box = QCheckBox("On")
        box.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        box.toggled.connect(lambda _on: self.changed.emit())
        self.value, self._show, self.widget = box.isChecked, box.setChecked, box

    def _whole(self) -> None:
        low = int(self.field.minimum) if self.field.minimum is not None else -(2**31)
        high = int(self.field.maximum) if self.field.maximum is not None else 2**31 - 1
        box = SpinBox(low, high, int(self.field.default), name=self.field.title)
        box.setGroupSeparatorShown(high > 9999)
        box.valueChanged.connect(lambda _value: self.changed.emit())
        self.value, self._show, self.widget = box.value, box.setValue, box

    def _line(self) -> None:
        line = QLineEdit()
        line.textEdited.connect(lambda _text: self.changed.emit())
        self.widget = line
        if self.field.kind == "number":
            self.value = lambda: _number(line.text())
            self._show = lambda value: line.setText(f"{value:g}" if isinstance(value, float) else str(value))
        else:
            self.value, self._show = lambda: line.text().strip(), line.setText

    def _filter(self) -> None:
        line = _Where()
        line.changed.connect(lambda _text: self.changed.emit())
        self.value = lambda: line.text().strip()
        self._show = line.show_text
        self.widget = line

    def _start_from(self, models: Sequence[str]) -> None:
        box = QComboBox()
        box.setEditable(True)
        box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        box.addItem(_RANDOM, "")
        for model in models:
            box.addItem(model, model)
        box.currentTextChanged.connect(lambda _text: self.changed.emit())

        def value() -> str:
            text = box.currentText().strip()
            return "" if text == _RANDOM else text

        self.value, self._show, self.widget = value, lambda text: box.setCurrentText(text or _RANDOM), box


def _number(text: str) -> Any:
    """A number as it is typed; a text that is none is left to the configuration, which says so."""
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return text


def control_width() -> int:
    """How wide the controls stand beside their words."""
    return style.tokens().px(300)


def align_top() -> Qt.AlignmentFlag:
    """Where a title stands beside a control that says something below it."""
    return Qt.AlignmentFlag.AlignTop
