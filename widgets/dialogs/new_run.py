"""The New run dialog, made from what the configuration of runs says of itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from store.errors import StudioError
from store.runs import form
from store.runs.config import RunConfig
from store.runs.configuring import read_config, write_config
from widgets import style
from widgets.common import Button, ElidedLabel, PrimaryButton, label
from widgets.dialogs.frame import Dialog
from widgets.dialogs.run_fields import FILTERS, FieldEditor, align_top, control_width

_WIDTH, _HEIGHT, _SECTIONS = 960, 640, 176
#: Milliseconds without a change after which the form is looked at, and its slices are counted.
_CHECK, _COUNT = 120, 400
_ARCHITECTURE, _BACKBONE = "model.architecture", "model.backbone"
_OWN = "Own settings"


class NewRunDialog(Dialog):
    """Asks how a run is to be; accepted with a configuration that fits.

    ``models`` can be started from. ``presets`` are configuration files by name (:func:`form.presets`).
    ``count`` tells how many garments a filter selects; a StudioError of it is shown at the field.
    ``start`` are values by name ("training.batch") that the form begins with.
    """

    def __init__(
        self,
        models: Sequence[str] = (),
        presets: Mapping[str, Path] | None = None,
        count: Callable[[str], int] | None = None,
        start: Mapping[str, Any] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("New run", _WIDTH, parent)
        self._presets = dict(presets or {})
        self._count = count
        self.editors: dict[str, FieldEditor] = {}
        self._faults: dict[str, str] = {}
        self._check_timer = QTimer(self, singleShot=True, interval=_CHECK)
        self._check_timer.timeout.connect(self.check)
        self._count_timer = QTimer(self, singleShot=True, interval=_COUNT)
        self._count_timer.timeout.connect(self.count_slices)
        self.body.addLayout(self._build_bar())
        self.body.addLayout(self._build_form(models), 1)
        self._build_foot()
        self.show_values({field.name: field.default for field in form.fields()} | dict(start or {}))
        self.editors["name"].widget.setFocus(Qt.FocusReason.TabFocusReason)

    # -- what others ask ------------------------------------------------------------------------

    def values(self) -> dict[str, Any]:
        """The configuration as tables, for RunConfig; only what means something to the network."""
        return form.nested(self._flat())

    def config(self) -> RunConfig | None:
        """The configuration; None while something does not fit."""
        made = form.apply(self._flat())
        return made if isinstance(made, RunConfig) else None

    def show_values(self, values: Mapping[str, Any]) -> None:
        """Put values by name into the form; names that it does not have are left out."""
        for name, value in values.items():
            if name in self.editors:
                self.editors[name].show_value(value)
        self._fit_network()
        self.check()
        self._count_timer.start()

    def load(self, path: Path) -> None:
        """Put a TOML file into the form; what is wrong with it is said below the form."""
        try:
            config = read_config(path)
        except StudioError as error:
            self._say(str(error), bad=True)
            return
        self.show_values(form.flat(config.model_dump()))
        self._say(f"{path.name} is loaded")

    def save(self, path: Path) -> None:
        """Write the form as a TOML file; says so, or why not, below the form."""
        config = self.config()
        if config is None:
            self._say("Mend what is marked first", bad=True)
            return
        try:
            write_config(config, path)
        except OSError as error:
            self._say(f"{path} cannot be written: {error.strerror}", bad=True)
            return
        self._say(f"Saved as {path.name}")

    # -- how it is built ------------------------------------------------------------------------

    def _build_bar(self) -> QHBoxLayout:
        bar = QHBoxLayout()
        bar.setSpacing(8)
        self.preset = QComboBox()
        self.preset.setAccessibleName("Begin with")
        self.preset.addItem(_OWN)
        self.preset.addItems(list(self._presets))
        self.preset.setMinimumWidth(style.tokens().px(220))
        self.preset.textActivated.connect(self._take_preset)
        bar.addWidget(label("Begin with", "second"))
        bar.addWidget(self.preset)
        bar.addStretch(1)
        load, save = Button("Load TOML…", "folder-open"), Button("Save TOML…", "device-floppy")
        load.clicked.connect(self._ask_load)
        save.clicked.connect(self._ask_save)
        for button in (load, save):
            button.setAutoDefault(False)
            bar.addWidget(button)
        return bar

    def _build_form(self, models: Sequence[str]) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(16)
        self.sections = QListWidget()
        self.sections.setAccessibleName("Sections")
        self.sections.setFixedWidth(style.tokens().px(_SECTIONS))
        self.pages = QStackedWidget()
        for section in form.sections():
            item = QListWidgetItem(section.title)
            item.setData(Qt.ItemDataRole.UserRole, section.key)
            self.sections.addItem(item)
            self.pages.addWidget(self._build_page(section, models))
        self.sections.currentRowChanged.connect(self.pages.setCurrentIndex)
        self.sections.setCurrentRow(0)
        row.addWidget(self.sections)
        row.addWidget(self.pages, 1)
        return row

    def _build_page(self, section: form.FormSection, models: Sequence[str]) -> QWidget:
        inside = QWidget()
        inside.setProperty("look", "scrolled")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 12, 0)
        column.setSpacing(14)
        column.addWidget(label(section.title, "heading"))
        column.addWidget(label(section.description, "second", wrap=True))
        grid = QGridLayout()
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(14)
        grid.setColumnStretch(0, 1)
        grid.setColumnMinimumWidth(1, control_width())
        for row, field in enumerate(section.fields):
            editor = FieldEditor(field, models)
            editor.setParent(self)
            editor.changed.connect(lambda name=field.name: self._changed(name))
            self.editors[field.name] = editor
            editor.right.setFixedWidth(control_width())
            grid.addWidget(editor.words, row, 0, align_top())
            grid.addWidget(editor.right, row, 1, align_top())
        column.addLayout(grid)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inside)
        scroll.viewport().setAutoFillBackground(False)
        return scroll

    def _build_foot(self) -> None:
        self.said = ElidedLabel("", "note")
        self._buttons.insertWidget(0, self.said, 1)
        cancel = Button("Cancel", key="Esc")
        cancel.clicked.connect(self.reject)
        self.start = PrimaryButton("Start run")
        self.start.clicked.connect(self._start)
        self.add_button(cancel)
        self.add_button(self.start, main=True)

    def sizeHint(self) -> QSize:
        look = style.tokens()
        return QSize(look.px(_WIDTH), look.px(_HEIGHT))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """The form scrolls: its height is what the screen has room for, not what all fields want."""
        self.resize(self.sizeHint().boundedTo(self.screen().availableSize()))

    # -- what happens ---------------------------------------------------------------------------

    def _architecture(self) -> str:
        return str(self.editors[_ARCHITECTURE].value())

    def _flat(self) -> dict[str, Any]:
        architecture = self._architecture()
        return {
            name: editor.value() for name, editor in self.editors.items() if editor.field.fits(architecture)
        }

    def _changed(self, name: str) -> None:
        self._say("")
        if name == _ARCHITECTURE:
            self._fit_network()
        if name in FILTERS:
            self._count_timer.start()
        self.preset.setCurrentIndex(0)
        self._check_timer.start()

    def _fit_network(self) -> None:
        """Show only what means something to the network that is chosen."""
        architecture = self._architecture()
        self.editors[_BACKBONE].offer(form.backbones(architecture))
        for editor in self.editors.values():
            editor.show_shown(editor.field.fits(architecture))
        for row, section in enumerate(form.sections()):
            empty = not any(field.fits(architecture) for field in section.fields)
            self.sections.item(row).setHidden(empty)
            if empty and self.sections.currentRow() == row:
                self.sections.setCurrentRow(0)

    def check(self) -> None:
        """Say at each field what is wrong with it, and in the list where something is."""
        self._check_timer.stop()
        made = form.apply(self._flat())
        faults = {} if isinstance(made, RunConfig) else dict(made)
        # What does not fit together in the model is mended by its backbone.
        if "model" in faults:
            faults[_BACKBONE] = faults.pop("model")
        self._faults = faults
        for name, editor in self.editors.items():
            editor.show_fault(faults.get(name, ""))
        for row, section in enumerate(form.sections()):
            wrong = sum(field.name in faults for field in section.fields)
            item = self.sections.item(row)
            item.setText(f"{section.title} ({wrong} wrong)" if wrong else section.title)
        elsewhere = [f"{name}: {text}" for name, text in faults.items() if name not in self.editors]
        if elsewhere:
            self._say("; ".join(elsewhere), bad=True)
        self.start.setEnabled(not faults)
        self.start.setToolTip("Mend what is marked first" if faults else "")

    def faults(self) -> dict[str, str]:
        """What is wrong, by field."""
        return dict(self._faults)

    def count_slices(self) -> None:
        """Say at each filter how many garments it selects."""
        self._count_timer.stop()
        if self._count is None:
            return
        for name in FILTERS:
            editor = self.editors[name]
            try:
                found = self._count(str(editor.value()))
            except StudioError as error:
                editor.show_note(str(error))
                continue
            editor.show_note(f"{found:,} garments" if found else "No garments: the run would stop at once")

    def _take_preset(self, name: str) -> None:
        file = self._presets.get(name)
        if file is not None:
            # A preset says how; what the run is called is the person's.
            called = self.editors["name"].value()
            self.load(file)
            if called:
                self.editors["name"].show_value(called)
            self.preset.setCurrentText(name)
            self._say("")

    def _ask_load(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Load a configuration", "", "TOML (*.toml)")
        if name:
            self.load(Path(name))

    def _ask_save(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, "Save the configuration", "run.toml", "TOML (*.toml)")
        if name:
            self.save(Path(name))

    def _start(self) -> None:
        self.check()
        if self._faults:
            wrong = next((name for name in self._faults if name in self.editors), "")
            self._go_to(wrong)
            return
        self.accept()

    def _go_to(self, name: str) -> None:
        for row, section in enumerate(form.sections()):
            if any(field.name == name for field in section.fields):
                self.sections.setCurrentRow(row)
                self.editors[name].widget.setFocus(Qt.FocusReason.TabFocusReason)

    def _say(self, text: str, *, bad: bool = False) -> None:
        self.said.set_full_text(text)
        self.said.setProperty("look", "bad" if bad else "note")
        self.said.style().polish(self.said)
