"""What a model proposes for the image: which model, from which score on, the differences, what to accept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from resources.taxonomy import Category
from store.proposals import Difference, Part
from widgets import style
from widgets.common import Button, DoubleSpinBox, FieldButton, IconButton, LinkButton, Section, label
from widgets.common.bars import swatch_icon
from widgets.panels.difference_list import DifferenceList

#: How wide the fields of numbers are; the rest is the model's name's.
_NUMBER = 114
_PART_WORDS = {
    Part.BOX: "Box",
    Part.MASK: "Mask",
    Part.LANDMARKS: "All landmarks",
    Part.CATEGORY: "Category",
    Part.ATTRIBUTES: "Attributes",
}


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A model that can be chosen: its folder, its name, and what else is said of it."""

    folder: Path
    name: str
    tip: str = ""


class Standing(StrEnum):
    """How it stands with the proposals of the image."""

    OFF = "off"
    NO_MODEL = "no model"
    LOADING = "loading"
    LOOKING = "looking"
    NOTHING = "nothing"
    FAILED = "failed"
    READY = "ready"


@dataclass(frozen=True, slots=True)
class Target:
    """What Accept and Reject are about now; ``parts`` are those on offer, ``landmark`` names the marked one.

    ``words`` says it in words, "" where there is nothing to accept.
    """

    words: str = ""
    parts: frozenset[Part] = frozenset()
    landmark: str = ""


NO_TARGET = Target()


class PredictionsPanel(Section):
    """Shows what it is given and emits what the person wants."""

    model_chosen = Signal(object)
    score_changed = Signal(float)
    visibility_changed = Signal(float)
    #: A frozenset of category ids, or None for all.
    categories_changed = Signal(object)
    difference_chosen = Signal(int)
    accept_wanted = Signal()
    reject_wanted = Signal()
    accept_all_wanted = Signal()
    #: A ``Part``, or None for the marked landmark alone.
    part_wanted = Signal(object)
    whole_wanted = Signal()
    rejected_wanted = Signal()
    train_wanted = Signal()
    add_wanted = Signal()
    again_wanted = Signal()
    show_wanted = Signal()

    def __init__(self) -> None:
        super().__init__("Predictions", chevron=False, padding=0)
        self._models: tuple[ModelChoice, ...] = ()
        self._model: Path | None = None
        self._categories: Mapping[int, Category] = {}
        self._wanted: frozenset[int] | None = None
        self._target = NO_TARGET
        self._rejected = 0
        self.accept_all_button = Button("Accept all", "checks", look="ghost")
        self.accept_all_button.setToolTip("Accept all that is proposed for this image (Shift+Y)")
        self.accept_all_button.clicked.connect(self.accept_all_wanted)
        self.add_action(self.accept_all_button)
        self.settings_button = IconButton("settings", "Visibility, categories, rejected", checkable=True)
        self.settings_button.toggled.connect(self._show_settings)
        self.add_action(self.settings_button)
        self._build()
        self.set_standing(Standing.NO_MODEL)
        self.set_target(NO_TARGET)
        style.changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        for box in (self.score, self.visibility):
            box.setFixedWidth(style.tokens().px(_NUMBER))

    def _build(self) -> None:
        self.model_button = FieldButton("No model", "cube", end_icon="chevron-down")
        self.model_button.clicked.connect(self.choose_model)
        self.score = DoubleSpinBox(0, 1, 0.5, caption="score", name="Least score")
        self.visibility = DoubleSpinBox(0, 1, 0.5, caption="visible", name="Least visibility of landmarks")
        for box, signal in ((self.score, self.score_changed), (self.visibility, self.visibility_changed)):
            box.setSingleStep(0.05)
            box.setKeyboardTracking(False)
            box.valueChanged.connect(signal)
        self.score.setToolTip("Garments that the model is less sure of are not shown")
        self.visibility.setToolTip("Landmarks that the model is less sure of are not shown")
        self.class_button = FieldButton("All categories", "filter", end_icon="chevron-down")
        self.class_button.clicked.connect(self._choose_categories)
        first = QHBoxLayout()
        first.addWidget(self.model_button, 1)
        first.addWidget(self.score)
        self._more = QFrame()
        second = QHBoxLayout(self._more)
        second.setContentsMargins(0, 0, 0, 0)
        second.addWidget(self.class_button, 1)
        second.addWidget(self.visibility)
        self._more.hide()
        fields = QVBoxLayout()
        fields.setContentsMargins(12, 8, 12, 2)
        fields.setSpacing(6)
        fields.addLayout(first)
        fields.addWidget(self._more)
        self.add(fields)
        self.list = DifferenceList()
        self.list.chosen.connect(self.difference_chosen)
        self.add(self.list)
        self.add(self._said())
        self.add(self._buttons())

    def _said(self) -> QWidget:
        made = QWidget()
        self._words_box = made
        column = QVBoxLayout(made)
        column.setContentsMargins(12, 2, 12, 8)
        column.setSpacing(6)
        self.words = label("", "second", wrap=True)
        self.fix = label("", "note", wrap=True)
        column.addWidget(self.words)
        column.addWidget(self.fix)
        row = QHBoxLayout()
        self.train_button = Button("Train one", "activity")
        self.add_button = Button("Add one", "plus")
        self.again_button = Button("Try again", "refresh")
        self.show_button = Button("Show predictions", "eye", "F8")
        for button, signal in (
            (self.train_button, self.train_wanted),
            (self.add_button, self.add_wanted),
            (self.again_button, self.again_wanted),
            (self.show_button, self.show_wanted),
        ):
            button.clicked.connect(signal)
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        return made

    def _buttons(self) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(12, 4, 12, 10)
        column.setSpacing(4)
        row = QHBoxLayout()
        row.setSpacing(8)
        column.addLayout(row)
        self.accept_button = Button("Accept", "check", "Y")
        self.reject_button = Button("Reject", "x", "X")
        self.part_button = IconButton("dots", "Accept a part of it")
        self.rejected_button = LinkButton("Show rejected")
        self.accept_button.clicked.connect(self.accept_wanted)
        self.reject_button.clicked.connect(self.reject_wanted)
        self.part_button.clicked.connect(self.choose_part)
        self.rejected_button.clicked.connect(self.rejected_wanted)
        for button in (self.accept_button, self.reject_button, self.part_button):
            row.addWidget(button)
        row.addStretch(1)
        # A row of its own: beside the buttons there is no room for it in a narrow panel.
        column.addWidget(self.rejected_button, 0, Qt.AlignmentFlag.AlignLeft)
        self._foot = made
        return made

    # --- what is shown ---------------------------------------------------------------------------

    def show_models(self, models: Sequence[ModelChoice], current: Path | None) -> None:
        """The models that can be chosen, and which one proposes."""
        self._models, self._model = tuple(models), current
        names = {one.folder: one.name for one in models}
        name = names.get(current, current.name) if current is not None else "No model"
        self.model_button.set_face(name, "cube")
        self.model_button.setAccessibleName(f"Model: {name}")
        self.model_button.setEnabled(bool(models))
        tip = f"{name} proposes; press to choose another model" if models else "There is no model yet"
        self.model_button.setToolTip(tip)

    def show_thresholds(self, score: float, visibility: float, wanted: frozenset[int] | None) -> None:
        """What is shown of the proposals, without a signal."""
        for box, value in ((self.score, score), (self.visibility, visibility)):
            box.blockSignals(True)
            box.setValue(value)
            box.blockSignals(False)
        self._wanted = wanted
        self._name_categories()

    def show_categories(self, categories: Mapping[int, Category]) -> None:
        """The categories of the store, for the filter."""
        self._categories = categories
        self._name_categories()

    def _name_categories(self) -> None:
        wanted = self._wanted
        text = "All categories" if wanted is None else f"{len(wanted)} of {len(self._categories)} categories"
        self.class_button.set_face(text, "filter")
        self.class_button.setAccessibleName(f"Proposed categories: {text}")

    def set_standing(self, standing: Standing, words: str = "", fix: str = "") -> None:
        """Say how it stands; ``words`` take the place of what is said as a rule."""
        usual = {
            Standing.OFF: "Predictions are switched off.",
            Standing.NO_MODEL: "No model yet: train one or add one.",
            Standing.LOADING: "Loading the model…",
            Standing.LOOKING: "Looking at the image…",
            Standing.NOTHING: "The model proposes nothing here. A lower score may show more.",
            Standing.FAILED: "The model could not look at this image.",
            Standing.READY: "",
        }
        self.standing = standing
        self.words.setText(words or usual[standing])
        self.fix.setText(fix)
        self.fix.setVisible(bool(fix))
        self.words.setVisible(bool(self.words.text()))
        self.train_button.setVisible(standing is Standing.NO_MODEL)
        self.add_button.setVisible(standing is Standing.NO_MODEL)
        self.again_button.setVisible(standing is Standing.FAILED)
        self.show_button.setVisible(standing is Standing.OFF)
        ready = standing is Standing.READY
        self._words_box.setVisible(bool(self.words.text()))
        self._foot.setVisible(ready or self._rejected > 0)
        if not ready:
            self.list.hide()

    def show_differences(self, rows: Sequence[Difference], marked: int) -> None:
        """The differences of the selected garment, worst first; ``marked`` is a landmark, -1 for none."""
        self.list.show_rows(rows, marked)

    def set_target(self, target: Target, proposals: int = 0, rejected: int = 0) -> None:
        """What Accept and Reject are about; how many proposals are shown, and how many were rejected."""
        self._target, self._rejected = target, rejected
        possible = bool(target.words)
        self.accept_button.setEnabled(possible)
        self.reject_button.setEnabled(possible)
        self.part_button.setEnabled(possible)
        what = target.words or "nothing is selected that a model proposes for"
        self.accept_button.setToolTip(f"Accept {what} (Y)" if possible else what.capitalize())
        self.reject_button.setToolTip(f"Reject {what} (X)" if possible else what.capitalize())
        self.accept_all_button.setEnabled(proposals > 0)
        self.rejected_button.setVisible(rejected > 0)
        self.rejected_button.set_face(f"Show {rejected} rejected")
        self._foot.setVisible(self.standing is Standing.READY or rejected > 0)

    # --- menus -----------------------------------------------------------------------------------

    def _show_settings(self, on: bool) -> None:
        self._more.setVisible(on)

    def _menu(self) -> QMenu:
        made = QMenu(self)
        made.setToolTipsVisible(True)
        made.aboutToHide.connect(made.deleteLater)
        return made

    def choose_model(self) -> None:
        """Open the list of models."""
        menu = self._menu()
        for one in self._models:
            action = menu.addAction(one.name)
            action.setToolTip(one.tip)
            action.setCheckable(True)
            action.setChecked(one.folder == self._model)
            action.triggered.connect(lambda _on=False, one=one: self.model_chosen.emit(one.folder))
        _open(menu, self.model_button)

    def _choose_categories(self) -> None:
        menu = self._menu()
        every = menu.addAction("All categories")
        every.triggered.connect(lambda: self._set_wanted(None))
        menu.addSeparator()
        for one in self._categories.values():
            action = menu.addAction(swatch_icon(one.colour, self.devicePixelRatioF()), one.name)
            action.setCheckable(True)
            action.setChecked(self._wanted is None or one.id in self._wanted)
            action.toggled.connect(lambda on, number=one.id: self._toggle_category(number, on))
        _open(menu, self.class_button)

    def _toggle_category(self, number: int, on: bool) -> None:
        everything = frozenset(self._categories)
        now = everything if self._wanted is None else self._wanted
        wanted = now | {number} if on else now - {number}
        self._set_wanted(None if wanted >= everything else wanted)

    def _set_wanted(self, wanted: Iterable[int] | None) -> None:
        self._wanted = None if wanted is None else frozenset(wanted)
        self._name_categories()
        self.categories_changed.emit(self._wanted)

    def choose_part(self) -> None:
        """Open the list of parts that can be accepted by themselves."""
        menu = self._menu()
        if self._target.parts:
            menu.addAction("Everything of this garment").triggered.connect(lambda: self.whole_wanted.emit())
            menu.addSeparator()
        if self._target.landmark:
            action = menu.addAction(f"Landmark {self._target.landmark}")
            action.triggered.connect(lambda: self.part_wanted.emit(None))
            menu.addSeparator()
        for part, words in _PART_WORDS.items():
            if part in self._target.parts:
                action = menu.addAction(words)
                action.triggered.connect(lambda _on=False, part=part: self.part_wanted.emit(part))
        if menu.isEmpty():
            menu.addAction("Nothing is offered").setEnabled(False)
        _open(menu, self.part_button)


def _open(menu: QMenu, below: QWidget) -> None:
    menu.setMinimumWidth(min(below.width(), style.tokens().px(300)))
    menu.popup(below.mapToGlobal(QPoint(0, below.height())))
