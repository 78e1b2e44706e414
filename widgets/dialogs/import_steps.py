"""The four steps of the import dialog, a widget each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from store.formats.titles import TITLES
from widgets import style
from widgets.common import Banner, Button, FlowLayout, IconLabel, label
from widgets.dialogs.import_preview import Preview, PreviewTile

#: The formats offered: name on the command line, name for people.
FORMATS = (("auto", "Found out by itself"), *TITLES.items())
SPLITS = ("", "train", "validation", "test")


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """One problem of the first records: where, what, and whether it is an error or a warning."""

    where: str
    text: str
    severity: str


class Step(QWidget):
    """A page of the dialog: a title, a sentence, and a column for the rest."""

    def __init__(self, title: str, sentence: str) -> None:
        super().__init__()
        self.title = title
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(24, 20, 24, 12)
        self.column.setSpacing(8)
        self.column.addWidget(label(title, "title"))
        self.column.addWidget(label(sentence, "second", wrap=True))
        self.column.addSpacing(8)


class PathField(QWidget):
    """A line for a path, with buttons that choose one; ``changed`` after typing is done or a choice."""

    changed = Signal(str)

    def __init__(self, name: str, *, folder: bool = True, file: str = "") -> None:
        super().__init__()
        self._file = file
        self._name = name
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        self.edit = QLineEdit()
        self.edit.setAccessibleName(name)
        self.edit.addAction(style.icon("folder"), QLineEdit.ActionPosition.LeadingPosition)
        self.edit.editingFinished.connect(self._tell)
        self._last = ""
        line.addWidget(self.edit, 1)
        if folder:
            button = Button("Folder", "folder-open")
            button.clicked.connect(self._choose_folder)
            button.setAutoDefault(False)
            line.addWidget(button)
        if file:
            button = Button("File", "file")
            button.clicked.connect(self._choose_file)
            button.setAutoDefault(False)
            line.addWidget(button)

    def text(self) -> str:
        """The path as typed."""
        return self.edit.text().strip()

    def set_text(self, text: str) -> None:
        """Put a path in, and tell if it is another one."""
        self.edit.setText(text)
        self._tell()

    def _tell(self) -> None:
        if self.text() != self._last:
            self._last = self.text()
            self.changed.emit(self._last)

    def _choose_folder(self) -> None:
        if chosen := QFileDialog.getExistingDirectory(self, self._name, self.text()):
            self.set_text(chosen)

    def _choose_file(self) -> None:
        chosen, _kind = QFileDialog.getOpenFileName(self, self._name, self.text(), self._file)
        if chosen:
            self.set_text(chosen)


class DatasetStep(Step):
    """What to import; the format is found out."""

    def __init__(self) -> None:
        super().__init__(
            "Dataset", "The folder of a DeepFashion or DeepFashion2 dataset, or a COCO JSON file."
        )
        self.path = PathField("Folder or file of the dataset", file="COCO (*.json);;All files (*)")
        self.column.addWidget(self.path)
        self.column.addSpacing(8)
        self.column.addWidget(label("Format", "second"))
        self.format = QComboBox()
        self.format.setAccessibleName("Format")
        for _key, name in FORMATS:
            self.format.addItem(name)
        self.column.addWidget(self.format)
        self.column.addSpacing(8)
        self.found = Banner("info", "Choose a folder or a file", "The format is recognised by what is in it.")
        self.column.addWidget(self.found)
        self.column.addStretch(1)

    def chosen_format(self) -> str:
        """The format's name on the command line, or "auto"."""
        return FORMATS[self.format.currentIndex()][0]


class DetailsStep(Step):
    """Where the pictures are, and what the dataset does not say of itself."""

    def __init__(self) -> None:
        super().__init__("Pictures and names", "Needed only where the dataset does not say so itself.")
        self.images = PathField("Folder of the pictures")
        self.split = QComboBox()
        self.split.setEditable(True)
        self.split.setAccessibleName("Split")
        self.split.addItems(list(SPLITS))
        self.name = QLineEdit()
        self.name.setAccessibleName("Name of the dataset")
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        fields = (
            ("Folder of the pictures", self.images, "Empty: beside the annotations, as the format has it."),
            ("Split", self.split, "Empty: as the folders or files are named."),
            ("Name", self.name, "How the dataset is called in this store."),
        )
        for row, (name, widget, hint) in enumerate(fields):
            grid.addWidget(label(name, "second"), 3 * row, 0)
            grid.addWidget(widget, 3 * row + 1, 0)
            grid.addWidget(label(hint, "hint"), 3 * row + 2, 0)
        self.column.addLayout(grid)
        self.column.addStretch(1)


class PreviewStep(Step):
    """The first records as they would come in, and what is wrong with them."""

    def __init__(self) -> None:
        super().__init__("Preview", "The first images, with what their annotations say.")
        self.state = label("", "strong", wrap=True)
        self.column.addWidget(self.state)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.column.addWidget(self._area, 1)
        self.tiles: tuple[Preview, ...] = ()
        self.problems: tuple[ProblemLine, ...] = ()

    def show_preview(self, previews: Sequence[Preview], problems: Sequence[ProblemLine], state: str) -> None:
        """Show these in place of the ones before."""
        self.tiles, self.problems = tuple(previews), tuple(problems)
        self.state.setText(state)
        inside = QWidget()
        inside.setProperty("look", "scrolled")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 4, 8, 4)
        column.setSpacing(12)
        tiles = QWidget()
        flow = FlowLayout(tiles, spacing=8)
        for preview in previews:
            flow.addWidget(PreviewTile(preview))
        if previews:
            column.addWidget(tiles)
        for problem in problems:
            column.addLayout(_problem_line(problem))
        column.addStretch(1)
        self._area.setWidget(inside)
        self._area.viewport().setAutoFillBackground(False)


def _problem_line(problem: ProblemLine) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setSpacing(8)
    error = problem.severity == "error"
    mark = IconLabel(
        "alert-circle" if error else "alert-triangle", "bad" if error else "warn", name=problem.severity
    )
    line.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
    line.addWidget(label(problem.where, "table"), 0, Qt.AlignmentFlag.AlignTop)
    line.addWidget(label(problem.text, "note", wrap=True), 1)
    return line


@dataclass(frozen=True, slots=True)
class KnownDataset:
    """A dataset that the open store has already: its name, its images, and whether all of it came in."""

    name: str
    images: int
    whole: bool


class ConflictBox(QWidget):
    """Asks what becomes of edits where the files have changed too."""

    def __init__(self) -> None:
        super().__init__()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        box.addWidget(label("Where somebody has edited what the files say otherwise by now", "second"))
        self.keep = QRadioButton("Keep the edits, and list these images as problems")
        self.theirs = QRadioButton("Take what the files say; undo brings the edits back, image by image")
        self._group = QButtonGroup(self)
        for button in (self.keep, self.theirs):
            self._group.addButton(button)
            box.addWidget(button)
        self.keep.setChecked(True)

    def choice(self) -> str:
        """ "keep" or "theirs"."""
        return "theirs" if self.theirs.isChecked() else "keep"


class StoreStep(Step):
    """Into which store, and what will happen."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__("Store", "The pictures stay where they are; only the annotations are copied.")
        self.into_open = QRadioButton("Into the open store")
        self.into_new = QRadioButton("Into a new store, or one that is there, in this folder")
        self._group = QButtonGroup(self)
        for button in (self.into_open, self.into_new):
            self._group.addButton(button)
            self.column.addWidget(button)
        self.folder = PathField("Folder of the store")
        self.column.addWidget(self.folder)
        self.column.addSpacing(8)
        self.conflicts = ConflictBox()
        self.conflicts.hide()
        self.column.addWidget(self.conflicts)
        self.column.addSpacing(8)
        self.summary = Banner("info", "")
        self.column.addWidget(self.summary)
        self.column.addStretch(1)
        self._group.buttonToggled.connect(self._follow)
        self.folder.changed.connect(self._follow)
        self.folder.edit.textEdited.connect(self._follow)

    def offer(self, open_name: str, folder: str) -> None:
        """Offer the open store by its name ("": none is open), and a folder for a new one."""
        self.into_open.setText(f"Into the open store: {open_name}")
        self.into_open.setVisible(bool(open_name))
        (self.into_open if open_name else self.into_new).setChecked(True)
        self.folder.set_text(folder)
        self._follow()

    def _follow(self, *_args: object) -> None:
        self.folder.setEnabled(self.into_new.isChecked())
        self.changed.emit()
