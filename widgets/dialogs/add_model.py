"""The Add model dialog: a file, a folder or an address, and what a checkpoint does not say of itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QGridLayout, QHBoxLayout, QLineEdit, QWidget

from widgets import style
from widgets.common import Banner, Button, PrimaryButton, label
from widgets.dialogs.frame import Dialog

_WIDTH = 560
_FILES = "Checkpoints (*.pth *.pt *.ckpt *.safetensors *.tar *.bin);;All files (*)"
#: Licences that models are often given under, to choose from; others are typed.
_LICENCES = (
    "",
    "Apache-2.0",
    "MIT",
    "BSD-3-Clause",
    "CC-BY-4.0",
    "CC-BY-NC-4.0",
    "Non-commercial research only",
)


@dataclass(frozen=True, slots=True)
class AddChoice:
    """What is to be added: a path or an address, and what was said of it ("" where nothing was).

    ``format`` is the layout of the checkpoint, "" where it is found out. ``place`` is "store" or "user".
    ``names`` are its categories in the order of its outputs, with commas between. ``replace``: a model of
    that name is replaced.
    """

    source: str
    name: str = ""
    licence: str = ""
    format: str = ""
    place: str = "store"
    names: str = ""
    replace: bool = False

    @property
    def is_address(self) -> bool:
        """Whether it has to be fetched first."""
        return is_address(self.source)


def is_address(source: str) -> bool:
    """Whether a source is an address of the web."""
    return urlsplit(source).scheme in ("http", "https")


class AddModelDialog(Dialog):
    """Asks what model to add; accepted with :meth:`choice`. ``formats``: (name, words) of known layouts."""

    def __init__(
        self,
        formats: Sequence[tuple[str, str]] = (),
        *,
        store: str = "this store",
        start: AddChoice | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("Add a model", _WIDTH, parent)
        self.body.addWidget(
            label(
                "A checkpoint, a model folder, or the address of either. It is read as numbers only: no "
                "code in it is ever run. What does not fit is refused, with what is missing.",
                "second",
                wrap=True,
            )
        )
        self.body.addLayout(self._build_form(formats, store))
        self.note = Banner("info", " ")
        self.note.hide()
        self.body.addWidget(self.note)
        self.body.addStretch(1)
        cancel = Button("Cancel", key="Esc")
        cancel.clicked.connect(self.reject)
        self.add_button(cancel)
        self.start = PrimaryButton("Add model", "plus")
        self.start.clicked.connect(self.accept)
        self.add_button(self.start, main=True)
        if start is not None:
            self.show_choice(start)
        self._follow()
        self.source.setFocus(Qt.FocusReason.TabFocusReason)

    def _make_fields(self, formats: Sequence[tuple[str, str]], store: str) -> None:
        self.source = QLineEdit()
        self.source.setAccessibleName("File, folder or address")
        self.source.setPlaceholderText("https://… or a path")
        self.source.textChanged.connect(lambda _text: self._follow())
        self.name = QLineEdit()
        self.name.setAccessibleName("Name")
        self.name.setPlaceholderText("as the file is called")
        self.licence = QComboBox()
        self.licence.setEditable(True)
        self.licence.setAccessibleName("Licence")
        self.licence.addItems(_LICENCES)
        line = self.licence.lineEdit()
        if line is not None:
            line.setPlaceholderText("as the model says, else not said")
        self.format = QComboBox()
        self.format.setAccessibleName("Layout")
        self.format.addItem("Found out by itself", "")
        for name, words in formats:
            self.format.addItem(words, name)
        self.names = QLineEdit()
        self.names.setAccessibleName("Categories in the order of its outputs")
        self.names.setPlaceholderText("as is known of its layout; else name, name, …")
        self.replace = QCheckBox("Replace a model of the same name")
        self.place = QComboBox()
        self.place.setAccessibleName("Keep it with")
        self.place.addItem(store, "store")
        self.place.addItem("your models, for every store", "user")

    def _build_form(self, formats: Sequence[tuple[str, str]], store: str) -> QGridLayout:
        self._make_fields(formats, store)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(10)
        grid.setColumnMinimumWidth(0, style.tokens().px(96))
        grid.setColumnStretch(1, 1)
        rows = [
            ("Name", self.name),
            ("Licence", self.licence),
            ("Layout", self.format),
            ("Categories", self.names),
            ("Keep it with", self.place),
            ("", self.replace),
        ]
        grid.addWidget(label("From", "second"), 0, 0)
        grid.addLayout(self._build_source(), 0, 1)
        for number, (name, part) in enumerate(rows, 1):
            if name:
                grid.addWidget(label(name, "second"), number, 0)
            grid.addWidget(part, number, 1)
        return grid

    def _build_source(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.source, 1)
        for text, icon, call in (
            ("File", "file", self._choose_file),
            ("Folder", "folder-open", self._choose_folder),
        ):
            button = Button(text, icon)
            button.setAutoDefault(False)
            button.clicked.connect(call)
            row.addWidget(button)
        return row

    # -- what others ask ------------------------------------------------------------------------

    def choice(self) -> AddChoice:
        """What is chosen now."""
        return AddChoice(
            self.source.text().strip(),
            self.name.text().strip(),
            self.licence.currentText().strip(),
            str(self.format.currentData()),
            str(self.place.currentData()),
            self.names.text().strip(),
            self.replace.isChecked(),
        )

    def show_choice(self, choice: AddChoice) -> None:
        """Put values into the form."""
        self.source.setText(choice.source)
        self.name.setText(choice.name)
        self.licence.setCurrentText(choice.licence)
        self.format.setCurrentIndex(max(0, self.format.findData(choice.format)))
        self.place.setCurrentIndex(max(0, self.place.findData(choice.place)))
        self.names.setText(choice.names)
        self.replace.setChecked(choice.replace)

    # -- what happens ---------------------------------------------------------------------------

    def _follow(self) -> None:
        source = self.source.text().strip()
        scheme = urlsplit(source).scheme
        wrong = (
            ""
            if len(scheme) < 2 or is_address(source)
            else f"Addresses begin with http or https, not {scheme}"
        )
        blocked = wrong if source else "Name a file, a folder or an address"
        self.start.setEnabled(not blocked)
        self.start.setToolTip(blocked)
        self.note.setVisible(bool(source and (wrong or is_address(source))))
        if wrong:
            self.note.show_message("bad", wrong)
        elif is_address(source):
            self.note.show_message(
                "info",
                f"It is fetched from {urlsplit(source).hostname or 'there'}",
                "Nothing else is sent there.",
            )

    def _choose_file(self) -> None:
        chosen, _kind = QFileDialog.getOpenFileName(self, "A model's file", self.source.text(), _FILES)
        if chosen:
            self.source.setText(chosen)

    def _choose_folder(self) -> None:
        if chosen := QFileDialog.getExistingDirectory(self, "A model's folder", self.source.text()):
            self.source.setText(chosen)
