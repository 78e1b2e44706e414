"""The import dialog: four steps in one window, from a path to "Import 1,200 images"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QStackedWidget, QVBoxLayout, QWidget

from widgets import style
from widgets.common import Button, PrimaryButton, surface
from widgets.dialogs.import_preview import Preview
from widgets.dialogs.import_steps import (
    FORMATS,
    DatasetStep,
    DetailsStep,
    KnownDataset,
    PreviewStep,
    ProblemLine,
    Step,
    StoreStep,
)

_WIDTH, _HEIGHT, _STEPS_WIDTH = 960, 620, 200


@dataclass(frozen=True, slots=True)
class ImportChoice:
    """What to import and into which store (None: the open one); ``images`` None is the format's own place.

    ``conflicts``: "keep" or "theirs", what becomes of edits where the files of a known dataset changed too.
    """

    path: Path
    format: str
    images: Path | None
    split: str
    name: str
    store: Path | None
    conflicts: str = "keep"


class ImportDialog(QDialog):
    """Asks what to import; knows nothing of formats and stores.

    ``source_changed`` (path, format, images or split are others): :meth:`show_found` or
    :meth:`show_refused`, then :meth:`show_preview` are awaited. ``import_wanted(ImportChoice)`` at the end.
    """

    source_changed = Signal()
    import_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Import a dataset")
        look = style.tokens()
        self.resize(look.px(_WIDTH), look.px(_HEIGHT))
        self._format = ""
        self._images = 0
        self._known: KnownDataset | None = None
        self.dataset, self.details = DatasetStep(), DetailsStep()
        self.preview, self.store = PreviewStep(), StoreStep()
        self._steps: tuple[Step, ...] = (self.dataset, self.details, self.preview, self.store)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self._build_list())
        self._stack = QStackedWidget()
        for step in self._steps:
            self._stack.addWidget(step)
        middle.addWidget(self._stack, 1)
        whole.addLayout(middle, 1)
        whole.addWidget(self._build_buttons())
        self.dataset.path.changed.connect(self._source_changed)
        self.dataset.format.currentIndexChanged.connect(self._source_changed)
        self.details.images.changed.connect(self._source_changed)
        self.details.split.currentTextChanged.connect(self._follow)
        self.details.name.textChanged.connect(self._follow)
        self.store.changed.connect(self._follow)
        self.go_to(0)

    # -- what is chosen and shown ---------------------------------------------------------------

    def choice(self) -> ImportChoice:
        """What is chosen now; the format is the one that was found."""
        images, into_new = self.details.images.text(), self.store.into_new.isChecked()
        return ImportChoice(
            path=Path(self.dataset.path.text()).expanduser(),
            format=self._format or self.dataset.chosen_format(),
            images=Path(images).expanduser() if images else None,
            split=self.details.split.currentText().strip(),
            name=self.details.name.text().strip(),
            store=Path(self.store.folder.text()).expanduser() if into_new else None,
            conflicts=self.store.conflicts.choice(),
        )

    def wanted_format(self) -> str:
        """The format as chosen, or "auto"."""
        return self.dataset.chosen_format()

    def show_path(self, path: str) -> None:
        """Begin with this dataset."""
        self.dataset.path.set_text(path)

    def offer_store(self, open_name: str, folder: str) -> None:
        """Offer the open store by name ("": none), and a folder for a new one."""
        self.store.offer(open_name, folder)

    def show_looking(self) -> None:
        """The dataset is being looked at."""
        self._format, self._images, self._known = "", 0, None
        self.dataset.found.show_message("info", "Looking at the dataset")
        self.preview.show_preview((), (), "Reading the first images")
        self._follow()

    def show_found(
        self, format: str, reason: str, images: int, name: str, known: KnownDataset | None = None
    ) -> None:
        """The dataset can be read: its format and why, how many images (0: not known), a name for it.

        ``known``: the open store has it already.
        """
        self._format, self._images, self._known = format, images, known
        title = dict(FORMATS).get(format, format)
        count = f", {images:,} images" if images else ""
        there = ""
        if known is not None:
            there = f'. The open store has it as "{known.name}", with {known.images:,} images.'
        self.dataset.found.show_message("ok", f"{title}{count}", f"{reason}{there}".removeprefix(". "))
        self.details.name.setPlaceholderText(name)
        self._follow()

    def show_refused(self, what: str, fix: str) -> None:
        """The dataset cannot be read, and what to do."""
        self._format, self._images = "", 0
        self.dataset.found.show_message("bad", what, fix)
        self.preview.show_preview((), (), "Nothing to show yet")
        self._follow()

    def show_preview(self, previews: Sequence[Preview], problems: Sequence[ProblemLine], state: str) -> None:
        """Show the first records and what is wrong with them."""
        self.preview.show_preview(previews, problems, state)

    def go_to(self, step: int) -> None:
        """Show a step, 0 to 3."""
        self._stack.setCurrentIndex(step)
        self._list.setCurrentRow(step)
        self._follow()
        (self.dataset.path.edit if step == 0 else self.next).setFocus()

    # -- how it is built ------------------------------------------------------------------------

    def _build_list(self) -> QWidget:
        side = surface(QWidget(), "leftpanel")
        side.setFixedWidth(style.tokens().px(_STEPS_WIDTH))
        box = QVBoxLayout(side)
        box.setContentsMargins(0, 12, 1, 12)
        self._list = QListWidget()
        self._list.setAccessibleName("Steps")
        for number, step in enumerate(self._steps, start=1):
            self._list.addItem(f"{number}  {step.title}")
        self._list.currentRowChanged.connect(self._row_chosen)
        box.addWidget(self._list)
        return side

    def _build_buttons(self) -> QWidget:
        foot = surface(QWidget(), "footbar")
        line = QHBoxLayout(foot)
        line.setContentsMargins(16, 12, 16, 12)
        line.setSpacing(8)
        self.back = Button("Back")
        self.cancel = Button("Cancel")
        self.next = PrimaryButton("Next")
        for button in (self.back, self.cancel):
            button.setAutoDefault(False)
        self.next.setDefault(True)
        self.back.clicked.connect(lambda: self.go_to(self._stack.currentIndex() - 1))
        self.cancel.clicked.connect(self.reject)
        self.next.clicked.connect(self._go_on)
        line.addWidget(self.back)
        line.addStretch(1)
        line.addWidget(self.cancel)
        line.addWidget(self.next)
        return foot

    # -- what happens ---------------------------------------------------------------------------

    def _source_changed(self, *_args: object) -> None:
        if self.dataset.path.text():
            self.show_looking()
            self.source_changed.emit()

    def _row_chosen(self, row: int) -> None:
        if row >= 0 and row != self._stack.currentIndex():
            self.go_to(row)

    def _go_on(self) -> None:
        if self._stack.currentWidget() is not self.store:
            self.go_to(self._stack.currentIndex() + 1)
        elif not self._blocked():
            self.import_wanted.emit(self.choice())
            self.accept()

    def _blocked(self) -> str:
        """Why the import cannot start; empty when it can."""
        if not self._format:
            return "Choose a dataset first"
        if self.store.into_new.isChecked() and not self.store.folder.text():
            return "Name a folder for the store"
        return ""

    def _follow(self, *_args: object) -> None:
        step = self._stack.currentIndex()
        last = step == len(self._steps) - 1
        self.back.setEnabled(step > 0)
        what = f"{self._images:,} images" if self._images else "the dataset"
        again = self._again()
        verb = "Import" if again is None else "Update" if again.whole else "Go on with"
        self.next.set_face(f"{verb} {what}" if last else "Next")
        self.store.conflicts.setVisible(again is not None and again.whole)
        blocked = self._blocked() if last else "" if self._format else "Choose a dataset first"
        self.next.setEnabled(not blocked)
        self.next.setToolTip(blocked)
        for row in range(1, len(self._steps)):
            item = self._list.item(row)
            if item is not None:
                flags = item.flags()
                usable = flags | item.flags().ItemIsEnabled
                item.setFlags(usable if self._format else flags & ~item.flags().ItemIsEnabled)
        self._summarise(what)

    def _again(self) -> KnownDataset | None:
        """The dataset that is brought up to date; None where a new one comes in."""
        choice, known = self.choice(), self._known
        return known if known is not None and not choice.store and choice.name in ("", known.name) else None

    def _summarise(self, what: str) -> None:
        blocked = self._blocked()
        if blocked:
            self.store.summary.show_message("warn", blocked)
            return
        choice, again = self.choice(), self._again()
        if again is not None:
            whole = f'"{again.name}" is in the store already and will be brought up to date'
            rest = (
                f'The import of "{again.name}" was broken off after {again.images:,} images; it goes on there'
            )
            self.store.summary.show_message(
                "info",
                whole if again.whole else rest,
                "New images come in, and what changed in the files. No image is deleted; garments that the "
                "files have no more go, and undo brings them back, image by image. With another name it "
                "comes in a second time.",
            )
            return
        into = "the open store" if choice.store is None else str(choice.store)
        split = f" as {choice.split}" if choice.split else ""
        self.store.summary.show_message(
            "info",
            f"{what[0].upper()}{what[1:]}{split} will be read into {into}",
            "It runs as a job: you can go on working, or cancel it. Records with problems are listed.",
        )
