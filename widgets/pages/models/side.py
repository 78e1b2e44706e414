"""The right panel of the Models page: what a model is, how good it is, where it runs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from widgets import style
from widgets.common import Button, ElidedLabel, IconLabel, LinkButton, Section, SidePanel, Swatch, Tag, label
from widgets.pages.models.records import (
    DeviceChoice,
    MapLine,
    Measured,
    ModelRow,
    StoreCategory,
    Trial,
    facts,
    memory_words,
)
from widgets.pages.runs.records import metric_words

_WIDTH = 324
_LEFT = 84
#: More categories than these are folded into a count; the dialog shows them all.
_LINES = 10


class _Grid(QWidget):
    """Rows of small widgets that are replaced as a whole."""

    def __init__(self, columns: int, stretch: int) -> None:
        super().__init__()
        self.grid = QGridLayout(self)
        self.grid.setContentsMargins(0, 0, 0, 0)
        self.grid.setHorizontalSpacing(10)
        self.grid.setVerticalSpacing(5)
        self.grid.setColumnStretch(stretch, 1)
        self._columns = columns
        self._parts: list[QWidget] = []

    def clear(self) -> None:
        for part in self._parts:
            self.grid.removeWidget(part)
            part.hide()
            part.deleteLater()
        self._parts = []

    def put(self, widget: QWidget, row: int, column: int, align: Qt.AlignmentFlag | None = None) -> None:
        if align is None:
            self.grid.addWidget(widget, row, column)
        else:
            self.grid.addWidget(widget, row, column, align)
        self._parts.append(widget)

    def put_across(self, widget: QWidget, row: int) -> None:
        self.grid.addWidget(widget, row, 0, 1, self._columns)
        self._parts.append(widget)


class ManifestFacts(_Grid):
    """What the manifest says."""

    def __init__(self) -> None:
        super().__init__(2, 1)
        self._shown: list[tuple[str, str]] = []

    def show_row(self, row: ModelRow) -> None:
        """Show the facts of a model."""
        rows = facts(row)
        if rows == self._shown:
            return
        self._shown = rows
        self.clear()
        for number, (name, value) in enumerate(rows):
            left = label(name, "note")
            left.setMinimumWidth(style.tokens().px(_LEFT))
            mode = Qt.TextElideMode.ElideMiddle if name == "folder" else Qt.TextElideMode.ElideRight
            right = ElidedLabel(value, "table", mode)
            right.setAccessibleName(f"{name}: {value}")
            self.put(left, number, 0)
            self.put(right, number, 1)

    def rows(self) -> list[tuple[str, str]]:
        """What is shown."""
        return list(self._shown)


class Metrics(_Grid):
    """Figures under what they were measured on."""

    def __init__(self) -> None:
        super().__init__(2, 0)
        self._shown: tuple[Measured, ...] | None = None

    def show_measured(self, measured: tuple[Measured, ...]) -> None:
        """Show all that was measured, in the order given."""
        if measured == self._shown:
            return
        self._shown = measured
        self.clear()
        row = 0
        for one in measured:
            self.put_across(label(one.title, "section"), row)
            row += 1
            if one.on:
                self.put_across(label(one.on, "note", wrap=True), row)
                row += 1
            for name, value in one.metrics.items():
                self.put(ElidedLabel(metric_words(name), "table"), row, 0)
                figure = label(f"{value:.3f}", "table")
                figure.setAccessibleName(f"{metric_words(name)} {value:.3f}")
                self.put(figure, row, 1, Qt.AlignmentFlag.AlignRight)
                row += 1
        if not any(one.metrics for one in measured):
            self.put_across(
                label("Nothing was measured yet. Evaluate it on this store.", "note", wrap=True), row
            )


class CategoryLines(_Grid):
    """What each category of the model becomes in the store."""

    def __init__(self) -> None:
        super().__init__(3, 2)
        self.summary = ""

    def show_lines(self, lines: Sequence[MapLine], categories: Sequence[StoreCategory]) -> None:
        """Show a map; categories that are the store's own are not listed one by one."""
        self.clear()
        known = {one.id: one for one in categories}
        same = [one for one in lines if one.target is not None and _is_same(one, known)]
        lost = sum(one.target is None for one in lines)
        changed = [one for one in lines if one not in same]
        self.summary = f"{len(lines) - lost} of {len(lines)} used" if lost else f"all {len(lines)} used"
        row = 0
        if same:
            words = "All are" if len(same) == len(lines) else f"{len(same)} are"
            self.put_across(label(f"{words} the store's own, under the same name", "note", wrap=True), row)
            row += 1
        changed.sort(key=lambda one: one.target is not None)
        for one in changed[:_LINES]:
            self._put_line(row, one, known)
            row += 1
        if len(changed) > _LINES:
            self.put_across(label(f"and {len(changed) - _LINES} more", "note"), row)

    def _put_line(self, row: int, line: MapLine, known: dict[int, StoreCategory]) -> None:
        target = known.get(line.target) if line.target is not None else None
        self.put(ElidedLabel(line.source.name, "table"), row, 0)
        if target is None:
            self.put(IconLabel("alert-triangle", "warn", 12), row, 1)
            words = ElidedLabel("left out", "note")
        else:
            self.put(Swatch(target.colour or style.tokens().t3.name()), row, 1)
            words = ElidedLabel(target.name, "table")
        words.setAccessibleName(f"{line.source.name} becomes {target.name if target else 'nothing'}")
        self.put(words, row, 2)


def _is_same(line: MapLine, known: dict[int, StoreCategory]) -> bool:
    target = known.get(line.target) if line.target is not None else None
    return target is not None and target.name.casefold() == line.source.name.casefold()


class DeviceTest(QWidget):
    """Chooses a device and says how a model runs there. ``wanted(device)``, ``stop_wanted``."""

    wanted = Signal(str)
    stop_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.device = QComboBox()
        self.device.setAccessibleName("Device to test on")
        self.device.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.device.setMinimumContentsLength(12)
        self.start = Button("Test", "gauge")
        self.start.setToolTip("Runs the model in a process of its own, on pictures made for it")
        self.start.clicked.connect(self._press)
        row.addWidget(self.device, 1)
        row.addWidget(self.start)
        column.addLayout(row)
        self.said = label("", "note", wrap=True)
        column.addWidget(self.said)
        self._running = False
        self.show_devices(())

    def show_devices(self, devices: Sequence[DeviceChoice]) -> None:
        """Offer these beside the best one; the chosen one stays chosen."""
        before = self.device.currentData()
        self.device.clear()
        self.device.addItem("auto, the best there is", "auto")
        for one in devices:
            self.device.addItem(one.words, one.id)
        self.device.setCurrentIndex(max(0, self.device.findData(before)))

    def show_running(self, running: bool) -> None:
        """Whether a test runs now: then it can be stopped."""
        self._running = running
        self.device.setEnabled(not running)
        self.start.set_face("Stop" if running else "Test", "player-stop" if running else "gauge")
        if running:
            self._say("Testing: it loads the model first", "note")

    def show_trial(self, trial: Trial | None) -> None:
        """What was found; None: nothing yet."""
        if trial is None:
            self._say("How many images a second it does, and the memory it takes, is not known yet", "note")
            return
        told = [
            f"{trial.images_per_second:,.1f} images/s on {trial.device}, batch {trial.batch}",
            f"{memory_words(trial.memory)} of memory at most, loaded in {trial.load_seconds:.1f}\u2009s",
            *trial.notes,
        ]
        self._say("\n".join(told), "table")

    def show_failure(self, what: str, fix: str) -> None:
        """Why it could not be tested."""
        self._say(f"{what} {fix}".strip(), "bad")

    def text(self) -> str:
        """What is said."""
        return self.said.text()

    def _press(self) -> None:
        if self._running:
            self.stop_wanted.emit()
        else:
            self.wanted.emit(str(self.device.currentData()))

    def _say(self, text: str, look: str) -> None:
        self.said.setText(text)
        self.said.setAccessibleName(text)
        self.said.setProperty("look", look)
        self.said.style().polish(self.said)


class ModelsSide(SidePanel):
    """Everything about the current model. ``mapping_wanted``: its categories should be changed.

    ``run_wanted(id)``: its training run should be shown.
    """

    mapping_wanted = Signal()
    run_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__(_WIDTH, name="Model")
        self._run = ""
        self.title = ElidedLabel("", "title", Qt.TextElideMode.ElideMiddle)
        self.tag = Tag("")
        self.refusal = label("", "bad", wrap=True)
        self.facts, self.metrics = ManifestFacts(), Metrics()
        self.categories, self.test = CategoryLines(), DeviceTest()
        self.change = LinkButton("Change")
        self.change.clicked.connect(self.mapping_wanted)
        self.show_run = LinkButton("Show run")
        self.show_run.clicked.connect(lambda: self.run_wanted.emit(self._run))
        self.set_top(self._build_top())
        self.sections: dict[str, Section] = {}
        for title, part, action in (
            ("Refused", self.refusal, None),
            ("Model", self.facts, self.show_run),
            ("Metrics", self.metrics, None),
            ("Categories", self.categories, self.change),
            ("Test on a device", self.test, None),
        ):
            section = Section(title)
            section.add(part)
            if action is not None:
                section.add_action(action)
            self.sections[title] = section
            self.add(section)

    def _build_top(self) -> QWidget:
        top = QWidget()
        column = QVBoxLayout(top)
        column.setContentsMargins(12, 11, 12, 11)
        column.setSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.title, 1)
        row.addWidget(self.tag)
        column.addLayout(row)
        return top

    def show_model(self, row: ModelRow) -> None:
        """Show a model, or why a folder is refused."""
        self.title.set_full_text(row.name)
        self.tag.setText(row.place if row.place != "user" else "yours")
        self.refusal.setText(row.reason)
        self.sections["Refused"].setVisible(bool(row.reason))
        self.facts.show_row(row)
        self.metrics.show_measured(row.measured)
        for title in ("Metrics", "Categories", "Test on a device"):
            self.sections[title].setVisible(row.manifest is not None)
        self._run = row.run
        self.show_run.setVisible(bool(row.run))

    def show_map(
        self, lines: Sequence[MapLine], categories: Sequence[StoreCategory], *, unsure: bool = False
    ) -> None:
        """Show what the categories become; ``unsure``: nobody has looked at it yet."""
        self.categories.show_lines(lines, categories)
        note = self.categories.summary
        self.sections["Categories"].set_note(f"{note.removesuffix(' used')}, unchecked" if unsure else note)
