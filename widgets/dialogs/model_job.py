"""The dialogs that let a model look at images: Predict and Evaluate. Which images, where, how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QWidget

from widgets import style
from widgets.common import Banner, Button, DoubleSpinBox, PrimaryButton, SpinBox, label
from widgets.dialogs.frame import Dialog
from widgets.pages.models.records import DeviceChoice

_WIDTH = 560
#: What is typed must stand so long before its images are counted, in milliseconds.
_SETTLE = 400
_OWN = "own"

Verb = Literal["predict", "evaluate"]


@dataclass(frozen=True, slots=True)
class ImageChoice:
    """Images that can be chosen: in words, and the filter that selects them; None: the command chooses."""

    words: str
    where: str | None


@dataclass(frozen=True, slots=True)
class JobChoice:
    """What was chosen; ``where`` "" is every image, None what the command takes by itself.

    ``batch`` 0 is what suits the device; ``score`` the least that a prediction must have.
    """

    where: str | None
    device: str
    batch: int
    score: float


class ModelJobDialog(Dialog):
    """Asks over which images a model is to go; accepted with :meth:`choice`.

    ``count_wanted(where)``: :meth:`show_count` is awaited. ``mapping_wanted``: the categories should be
    looked at.
    """

    count_wanted = Signal(str)
    mapping_wanted = Signal()

    def __init__(
        self,
        verb: Verb,
        model: str,
        images: Sequence[ImageChoice],
        devices: Sequence[DeviceChoice] = (),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            f"{verb.capitalize()} with {model}" if verb == "predict" else f"Evaluate {model}", _WIDTH, parent
        )
        self._verb = verb
        self._counted = -1
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE)
        self._settle.timeout.connect(self._ask)
        words = (
            "Every image is looked at once. What is found is kept as a run; no annotation is changed."
            if verb == "predict"
            else "What the model says is compared with the annotations, by slice. Choose images that it has "
            "not learnt from."
        )
        self.body.addWidget(label(words, "second", wrap=True))
        self.body.addLayout(self._build_form(images, devices))
        self.map_note = Banner("warn", " ")
        self.map_note.hide()
        self.body.addWidget(self.map_note)
        self.body.addStretch(1)
        cancel = Button("Cancel", key="Esc")
        cancel.clicked.connect(self.reject)
        self.add_button(cancel)
        self.start = PrimaryButton(verb.capitalize())
        self.start.clicked.connect(self.accept)
        self.add_button(self.start, main=True)
        self.images.setFocus(Qt.FocusReason.TabFocusReason)
        self._images_changed()

    def _make_fields(self, images: Sequence[ImageChoice], devices: Sequence[DeviceChoice]) -> None:
        self.images = QComboBox()
        self.images.setAccessibleName("Images")
        for one in images:
            self.images.addItem(one.words, one.where)
        self.images.addItem("A filter of its own", _OWN)
        self.images.currentIndexChanged.connect(lambda _index: self._images_changed())
        self.where = QLineEdit()
        self.where.setAccessibleName("Filter")
        self.where.setPlaceholderText("split = test and occlusion = heavy")
        self.where.textChanged.connect(lambda _text: self._changed())
        self.counted = label("", "note", wrap=True)
        self.device = QComboBox()
        self.device.setAccessibleName("Device")
        self.device.addItem("auto, the best there is", "auto")
        for device in devices:
            self.device.addItem(device.words, device.id)
        self.batch = SpinBox()
        self.batch.setRange(0, 512)
        self.batch.setSpecialValueText("as suits the device")
        self.batch.setAccessibleName("Images at once")
        self.score = DoubleSpinBox()
        self.score.setRange(0.0, 0.99)
        self.score.setSingleStep(0.05)
        self.score.setDecimals(2)
        self.score.setValue(0.05)
        self.score.setAccessibleName("Least score")

    def _build_form(self, images: Sequence[ImageChoice], devices: Sequence[DeviceChoice]) -> QGridLayout:
        self._make_fields(images, devices)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(10)
        grid.setColumnMinimumWidth(0, style.tokens().px(108))
        grid.setColumnStretch(1, 1)
        rows: list[tuple[str, QWidget]] = [("Images", self.images), ("", self.where), ("", self.counted)]
        rows += [("Device", self.device), ("Images at once", self.batch)]
        if self._verb == "predict":
            rows.append(("Least score", self.score))
        for number, (name, part) in enumerate(rows):
            if name:
                grid.addWidget(label(name, "second"), number, 0)
            grid.addWidget(part, number, 1)
        if self._verb == "predict":
            said = label(
                "What scores less is not kept. It can be raised later, not lowered.", "note", wrap=True
            )
            grid.addWidget(said, len(rows), 1)
        return grid

    # -- what others ask ------------------------------------------------------------------------

    def choice(self) -> JobChoice:
        """What is chosen now."""
        return JobChoice(
            self.filter(), str(self.device.currentData()), self.batch.value(), self.score.value()
        )

    def filter(self) -> str | None:
        """The filter of the chosen images; None: the command chooses."""
        data = self.images.currentData()
        if data == _OWN:
            return self.where.text().strip()
        return None if data is None else str(data)

    def show_count(self, where: str, count: int) -> None:
        """Say how many images a filter selects; of one that is not chosen any more nothing is said."""
        if where != self.filter():
            return
        self._counted = count
        self.counted.setText(f"{count:,} images" if count != 1 else "1 image")
        self._allow("" if count else "No image fits the filter")

    def show_refused(self, where: str, why: str) -> None:
        """Say what is wrong with a filter."""
        if where == self.filter():
            self.counted.setText(why)
            self._allow(why)

    def show_devices(self, devices: Sequence[DeviceChoice]) -> None:
        """Offer these devices; the chosen one stays chosen."""
        before = self.device.currentData()
        while self.device.count() > 1:
            self.device.removeItem(1)
        for one in devices:
            self.device.addItem(one.words, one.id)
        self.device.setCurrentIndex(max(0, self.device.findData(before)))

    def show_map(self, text: str) -> None:
        """Say what of the categories should be looked at; an empty text: nothing."""
        self.map_note.setVisible(bool(text))
        if text:
            self.map_note.show_message(
                "warn",
                "The model's categories are not all the store's",
                text,
                [("Categories…", self.mapping_wanted.emit)],
            )

    # -- what happens ---------------------------------------------------------------------------

    def _images_changed(self) -> None:
        own = self.images.currentData() == _OWN
        self.where.setVisible(own)
        if own and self.isVisible():
            self.where.setFocus(Qt.FocusReason.TabFocusReason)
        self._changed(0)

    def _changed(self, wait: int = _SETTLE) -> None:
        self.counted.setText("Counting")
        self._settle.start(wait)

    def _ask(self) -> None:
        where = self.filter()
        if where is None:
            self._counted = -1
            self.counted.setText("Those of the test split; without one, what the model's run has held out")
            self._allow("")
        else:
            self.count_wanted.emit(where)

    def _allow(self, blocked: str) -> None:
        self.start.setEnabled(not blocked)
        self.start.setToolTip(blocked)
        self.start.set_face(self._verb_words() if not blocked else self._verb.capitalize())

    def _verb_words(self) -> str:
        if self._counted < 0:
            return self._verb.capitalize()
        verb = "Predict" if self._verb == "predict" else "Evaluate on"
        return f"{verb} {self._counted:,} image{'' if self._counted == 1 else 's'}"
