"""Where the pictures of a dataset lie now: how many are in a folder is said before it is taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QWidget

from widgets.common import Banner, Button, ElidedLabel, PrimaryButton, label
from widgets.dialogs.frame import Dialog
from widgets.dialogs.import_steps import PathField

LOOKING = "Looking through the folder"


@dataclass(frozen=True, slots=True)
class PictureSet:
    """A dataset: where its pictures should be, how many images it has and how many have none."""

    dataset_id: int
    name: str
    folder: str
    images: int
    missing: int


class FindPicturesDialog(Dialog):
    """Asks where pictures are; knows nothing of stores.

    ``look_wanted(dataset id, folder)``: :meth:`show_found` or :meth:`show_refused` is awaited, with the
    question; answers to one that is not asked any more change nothing. ``look_unwanted()``: none is awaited
    any more. ``use_wanted(dataset id, folder)`` at the end; the folder is "" where they are to be looked for
    again in the one that is known.
    """

    look_wanted = Signal(int, str)
    look_unwanted = Signal()
    use_wanted = Signal(int, str)

    def __init__(self, sets: Sequence[PictureSet], first: int = 0, parent: QWidget | None = None) -> None:
        """``first`` is the dataset to begin with, the first of all for 0."""
        super().__init__("Find pictures", 720, parent)
        self._sets = {one.dataset_id: one for one in sets}
        self._use = ""
        self._asked: tuple[int, str] | None = None
        self.dataset = QComboBox()
        self.dataset.setAccessibleName("Dataset")
        for one in sets:
            self.dataset.addItem(f"{one.name} ({_lost(one)})", one.dataset_id)
        self.dataset.setCurrentIndex(max(0, self.dataset.findData(first)))
        self.now = ElidedLabel("", "table")
        self.folder = PathField("Folder of the pictures")
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(10)
        grid.setColumnStretch(1, 1)
        for row, (name, widget) in enumerate(
            (("Dataset", self.dataset), ("Looked for in", self.now), ("Folder now", self.folder))
        ):
            grid.addWidget(label(name, "second"), row, 0)
            grid.addWidget(widget, row, 1)
        self.body.addLayout(grid)
        self.found = Banner("info", "")
        self.body.addWidget(self.found)
        self.again = self.add_button(Button("Look there again"), left=True)
        cancel = self.add_button(Button("Cancel"))
        self.use = PrimaryButton("Use this folder")
        self.add_button(self.use, main=True)
        cancel.clicked.connect(self.reject)
        self.again.clicked.connect(lambda: self._take(""))
        self.use.clicked.connect(lambda: self._take(self._use))
        self.dataset.currentIndexChanged.connect(lambda _index: self._begin())
        self.folder.changed.connect(self._look)
        self.finished.connect(lambda _result: self._forget())
        self._begin()
        self.folder.edit.setFocus()

    def dataset_id(self) -> int:
        """The dataset that is shown."""
        return int(self.dataset.currentData())

    def show_looking(self, done: int, total: int) -> None:
        """So many images of the dataset have been looked for."""
        if self._asked is not None and total:
            self._say("info", LOOKING, f"{done:,} of {total:,} images")

    def show_found(self, asked: tuple[int, str], folder: str, found: int, images: int) -> None:
        """So many images of a dataset have their picture in a folder, which may be another than the one
        asked.

        ``asked`` is what ``look_wanted`` said: the id of the dataset and the folder.
        """
        if asked != self._asked:
            return
        self._asked = None
        where = "" if folder == self.folder.text() else f"They are in {folder}. "
        if not found:
            self._say("bad", f"None of the {images:,} pictures is in there", "Choose another folder.")
            return
        self._use = folder
        if found < images:
            rest = f"{where}{images - found:,} are not; their images keep their annotations."
            self._say("warn", f"{found:,} of {images:,} pictures are there", rest)
        else:
            self._say("ok", f"All {images:,} pictures are there", f"{where}Nothing has been changed yet.")

    def show_refused(self, asked: tuple[int, str], what: str, fix: str) -> None:
        """The folder that was asked cannot be looked into, and what to do."""
        if asked != self._asked:
            return
        self._asked = None
        self._say("bad", what, fix)

    def _say(self, kind: str, title: str, text: str) -> None:
        self.found.show_message(kind, title, text)
        self.use.setEnabled(bool(self._use))
        self._make_room()

    def _begin(self) -> None:
        one = self._sets[self.dataset_id()]
        self._use = ""
        self._forget()
        self.now.set_full_text(one.folder)
        self.folder.set_text("")
        self._say(
            "warn" if one.missing else "ok",
            f"{_lost(one)[0].upper()}{_lost(one)[1:]}",
            "Name the folder that holds them now; it is looked through before anything is changed.",
        )

    def _look(self, folder: str) -> None:
        self._use = ""
        self._forget()
        if folder:
            self._asked = (self.dataset_id(), folder)
            self._say("info", LOOKING, "")
            self.look_wanted.emit(*self._asked)

    def _forget(self) -> None:
        """Await no answer any more."""
        if self._asked is not None:
            self._asked = None
            self.look_unwanted.emit()

    def _take(self, folder: str) -> None:
        self.use_wanted.emit(self.dataset_id(), folder)
        self.accept()


def _lost(one: PictureSet) -> str:
    if not one.missing:
        return f"all {one.images:,} pictures are there"
    return f"{one.missing:,} of {one.images:,} pictures are missing"
