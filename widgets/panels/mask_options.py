"""The options of the tool that draws masks, over the canvas: what it draws, how large, what else can be
done."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QSlider, QVBoxLayout, QWidget

from widgets import style
from widgets.canvas.brush import LARGEST, SMALLEST
from widgets.common import Button, DoubleSpinBox, IconButton, IconLabel, Segment, Segmented, SpinBox, label

#: Tools with options, and whether they have a size or a mode.
SIZED = ("brush", "eraser", "segment")
MODED = ("polygon",)
TOOLS = ("polygon", "brush", "eraser", "fill", "segment")
#: The slider goes by the logarithm, so that a small brush is set as easily as a large one.
_SLIDES = 1000
#: How far a simplified outline may be from the old one, in pixels, at first.
_TOLERANCE = 0.8
#: No wider than what is left beside a picture of a standing person in a small window.
_WIDE = 232
#: Width of a number's field.
_FIELD = 88

_MODES = (
    Segment("add", "Polygon", hint="Polygons add to the mask"),
    Segment("cut", "Hole", hint="Polygons cut holes into the mask (or Ctrl at the first corner)"),
)


@dataclass(frozen=True, slots=True)
class Operation:
    """A button for the mask as a whole: ``key`` is only shown."""

    name: str
    icon: str
    title: str
    key: str


OPERATIONS = (
    Operation("simplify", "vector", "Simplify: take corners out that nobody misses", "Shift+O"),
    Operation("fill_holes", "bucket-droplet", "Fill all holes", "Ctrl+Shift+B"),
    Operation("clip", "crop", "Take away what lies outside the box", "Ctrl+Shift+R"),
    Operation("box", "square", "Make the box the extent of the mask", "Shift+R"),
)


class MaskOptions(QFrame):
    """A card at the top left of the canvas, slim enough to stand beside the picture. ``wanted(name)``: an
    operation, "mend" or "polygons"."""

    size_chosen = Signal(int)
    cuts_chosen = Signal(bool)
    segmenter_chosen = Signal(str)
    wanted = Signal(str)

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(canvas)
        self.setProperty("look", "card")
        self.setAccessibleName("Options of the tool")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 6)
        column.setSpacing(4)
        self._row, second = QHBoxLayout(), QHBoxLayout()
        for row in (self._row, second):
            row.setSpacing(4)
            column.addLayout(row)
        self.modes = Segmented(_MODES, "add", name="What polygons do")
        self.modes.chosen.connect(lambda key: self.cuts_chosen.emit(key == "cut"))
        self._row.addWidget(self.modes)
        self._make_size()
        self.segmenters = QComboBox()
        self.segmenters.setAccessibleName("What finds the garment")
        self.segmenters.currentTextChanged.connect(self.segmenter_chosen)
        self._row.addStretch(1)
        self._make_operations(second)
        column.addWidget(self.segmenters)
        self._make_notice(column)
        for field in (self.size, self.tolerance):
            field.setFixedWidth(style.tokens().px(_FIELD))
        for part in (self.size, self.tolerance, *self.buttons.values(), self.notice_button):
            # A click leaves the keys on the canvas; the Tab key gets everywhere.
            part.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.size.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.tolerance.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.tool = ""
        self.hide()
        style.changed.connect(self.place)

    def _make_operations(self, row: QHBoxLayout) -> None:
        self.tolerance = DoubleSpinBox(0.1, 20.0, _TOLERANCE, name="How far a simplified outline may be off")
        self.tolerance.setSingleStep(0.1)
        self.tolerance.setDecimals(1)
        self.tolerance.setSuffix("\u202fpx")
        self.tolerance.setToolTip("How far a simplified outline may be off, at most")
        row.addWidget(self.tolerance)
        self.buttons: dict[str, IconButton] = {}
        for one in OPERATIONS:
            button = IconButton(one.icon, one.title, one.key)
            button.clicked.connect(lambda _on=False, name=one.name: self.wanted.emit(name))
            self.buttons[one.name] = button
            row.addWidget(button)
        row.addStretch(1)

    def _make_size(self) -> None:
        self.size = SpinBox(SMALLEST, LARGEST, 24, name="Size of the brush in pixels")
        self.size.setSuffix("\u202fpx")
        self.size.setToolTip("Diameter of the brush (Alt+[ and Alt+], Alt+wheel)")
        self.size.setKeyboardTracking(False)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, _SLIDES)
        self.slider.setAccessibleName("Size of the brush")
        self.slider.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.slider.setFixedWidth(style.tokens().px(90))
        self.size.valueChanged.connect(self.size_chosen)
        self.slider.valueChanged.connect(
            lambda value: self.size_chosen.emit(round(LARGEST ** (value / _SLIDES)))
        )
        self._row.addWidget(self.slider)
        self._row.addWidget(self.size)

    def _make_notice(self, column: QVBoxLayout) -> None:
        self._notice = QWidget()
        below = QVBoxLayout(self._notice)
        below.setContentsMargins(0, 0, 0, 0)
        below.setSpacing(4)
        line = QHBoxLayout()
        line.setSpacing(6)
        below.addLayout(line)
        self._icon = IconLabel("alert-triangle", "warn", 16)
        self.notice_text = label("", "note")
        self.notice_button = Button("Mend", "", "Ctrl+Shift+O")
        self.notice_button.clicked.connect(lambda: self.wanted.emit(self._remedy))
        self._remedy = ""
        line.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.notice_text, 1)
        below.addWidget(self.notice_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self._notice)
        self._notice.hide()

    def show_tool(self, tool: str) -> None:
        """Show the options of a tool; nothing for one that draws no masks."""
        self.tool = tool
        self.modes.setVisible(tool in MODED)
        for part in (self.size, self.slider):
            part.setVisible(tool in SIZED)
        self.tolerance.setVisible(tool in MODED)
        self.segmenters.setVisible(tool == "segment" and self.segmenters.count() > 1)
        self.setVisible(tool in TOOLS)
        self.place()

    def show_segmenters(self, names: Sequence[str]) -> None:
        """Offer these segmenters, the first being asked; a single one is not offered."""
        self.segmenters.blockSignals(True)
        self.segmenters.clear()
        self.segmenters.addItems(list(names))
        self.segmenters.blockSignals(False)
        if self.tool:
            self.show_tool(self.tool)

    def show_size(self, size: int) -> None:
        """The brush has this diameter now."""
        for part, value in ((self.size, size), (self.slider, round(_slide(size)))):
            part.blockSignals(True)
            part.setValue(value)
            part.blockSignals(False)

    def show_cuts(self, cuts: bool) -> None:
        """Whether polygons are holes."""
        self.modes.set_value("cut" if cuts else "add")

    def show_possible(self, names: Sequence[str], why: str) -> None:
        """Enable the operations of these names; the others say why they are not possible."""
        for one in OPERATIONS:
            button = self.buttons[one.name]
            button.setEnabled(one.name in names)
            button.setToolTip(f"{one.title} ({one.key})" if one.name in names else f"{one.title}: {why}")
        self.tolerance.setEnabled("simplify" in names)

    def say(self, text: str, remedy: str = "", button: str = "", key: str = "") -> None:
        """Say something about the mask, with a button for what helps; "" takes it back."""
        self._remedy = remedy
        self.notice_text.setText(text)
        self.notice_button.set_face(button, "", key)
        self.notice_button.setVisible(bool(remedy))
        if self._notice.isVisibleTo(self) != bool(text):
            self._notice.setVisible(bool(text))
        self.place()

    @property
    def said(self) -> str:
        """What is said of the mask."""
        return self.notice_text.text() if self._notice.isVisibleTo(self) else ""

    def place(self) -> None:
        """At the top left of the canvas, as wide as it has to be."""
        parent = self.parentWidget()
        if parent is None or not self.isVisibleTo(parent):
            return
        self.notice_text.setWordWrap(True)
        self.setFixedWidth(min(parent.width() - 16, style.tokens().px(_WIDE)))
        self.layout().activate()
        self.setFixedHeight(
            self.heightForWidth(self.width()) if self.hasHeightForWidth() else self.sizeHint().height()
        )
        self.move(8, 8)


def _slide(size: int) -> float:
    return _SLIDES * math.log(max(size, 1)) / math.log(LARGEST)
