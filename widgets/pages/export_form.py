"""The left of the Export page: what goes out, as what, and where to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from widgets import style
from widgets.common import IconButton, Segment, Segmented, label, set_look
from widgets.pages.export_formats import ChoiceCard, FormatChoices


@dataclass(frozen=True, slots=True)
class Slice:
    """Something that can go out: a name for people, and the filter that selects its images."""

    key: str
    name: str
    where: str = ""
    icon: str = "bookmark"


@dataclass(frozen=True, slots=True)
class ExportChoice:
    """What the person has chosen. ``where`` is the filter with "accepted only" in it.

    ``layout`` is "" where none is to be given. ``out`` is a file for COCO and a folder for the others; None
    while none is named.
    """

    key: str
    where: str
    format: str
    layout: str
    copy_images: bool
    precise: bool
    out: Path | None


def narrowed(where: str, accepted_only: bool) -> str:
    """A filter text, with "accepted only" joined to it."""
    accepted = "review = accepted"
    if not accepted_only:
        return where
    return f"({where}) and {accepted}" if where.strip() else accepted


class ExportForm(QWidget):
    """The choices of an export; ``changed`` after each of them.

    ``table_wanted``: the person wants to see what categories are written as.
    """

    changed = Signal()
    table_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._slices: tuple[Slice, ...] = (Slice("all", "All images", icon="photo"),)
        #: The place the person named, by format: a COCO file is no place for a DeepFashion2 folder.
        self._named: dict[str, str] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(16, 14, 16, 16)
        self._layout.setSpacing(6)
        self._build_slice()
        self._build_format()
        self._build_images()
        self._build_place()
        self._layout.addStretch(1)
        self._follow_format()

    # -- what is chosen -------------------------------------------------------------------------

    def choice(self) -> ExportChoice:
        """What is chosen now."""
        chosen = self._slices[max(0, self._slice.currentIndex())]
        text = self.place.text().strip()
        return ExportChoice(
            key=chosen.key,
            where=narrowed(chosen.where, self.accepted.isChecked()),
            format=self.format(),
            layout=self.formats.layout_key(),
            copy_images=self.pictures.value() == "copy",
            precise=self.precise.isChecked(),
            out=Path(text).expanduser() if text else None,
        )

    def format(self) -> str:
        """The format's name as on the command line."""
        return self.formats.format().key

    @property
    def deepfashion2(self) -> ChoiceCard:
        """The card of DeepFashion2."""
        return self.formats.cards["deepfashion2"]

    def show_slices(self, slices: Sequence[Slice], keep: str = "") -> None:
        """Offer these slices; the one with the key ``keep``, else the one chosen before, stays chosen."""
        wanted = keep or self._slices[max(0, self._slice.currentIndex())].key
        self._slices = tuple(slices)
        with QSignalBlocker(self._slice):
            self._slice.clear()
            for one in self._slices:
                self._slice.addItem(style.icon(one.icon), one.name)
            keys = [one.key for one in self._slices]
            self._slice.setCurrentIndex(keys.index(wanted) if wanted in keys else 0)
            self._slice.setToolTip(self._slices[self._slice.currentIndex()].where)

    def show_places(self, places: dict[str, str]) -> None:
        """Suggest a place for each format, where the person has not named one."""
        for name, text in places.items():
            self._named.setdefault(name, text)
        self._follow_format()

    def show_space(self, text: str, bad: bool = False) -> None:
        """Say how much room there is at the place."""
        self.space.setText(text)
        set_look(self.space, "bad" if bad else "hint")

    def show_running(self, running: bool) -> None:
        """Nothing can be chosen while an export runs."""
        self.setEnabled(not running)

    # -- how it is built ------------------------------------------------------------------------

    def _heading(self, text: str) -> None:
        made = label(text, "second")
        self._layout.addSpacing(8)
        self._layout.addWidget(made)

    def _build_slice(self) -> None:
        self._layout.addWidget(label("View", "second"))
        self._slice = QComboBox()
        self._slice.setAccessibleName("View")
        self._slice.addItem(style.icon("photo"), "All images")
        # A long filter must not widen the panel.
        self._slice.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._slice.setMinimumContentsLength(12)
        self._slice.currentIndexChanged.connect(self._slice_changed)
        self.accepted = QCheckBox("accepted images only")
        self.accepted.toggled.connect(self.changed)
        self._layout.addWidget(self._slice)
        self._layout.addWidget(self.accepted)

    def _build_format(self) -> None:
        self._layout.addSpacing(8)
        self.formats = FormatChoices()
        self.formats.changed.connect(self._format_changed)
        self.formats.table_wanted.connect(self.table_wanted)
        self._layout.addWidget(self.formats)
        self.precise = QCheckBox("decimals where the source has none")
        self.precise.setToolTip("The official files hold whole numbers; other readers may expect them")
        self.precise.toggled.connect(self.changed)
        self._layout.addWidget(self.precise)

    def _build_images(self) -> None:
        self._heading("Images")
        self.pictures = Segmented(
            (
                Segment("leave", "Leave", hint="Refer to the pictures where they lie"),
                Segment("copy", "Copy", hint="Copy the pictures beside the annotations"),
            ),
            "leave",
            name="Images",
        )
        self.pictures.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.pictures.chosen.connect(self.changed)
        self._layout.addWidget(self.pictures)

    def _build_place(self) -> None:
        self._layout.addSpacing(8)
        self._place_label = label("File", "second")
        self._layout.addWidget(self._place_label)
        line = QHBoxLayout()
        line.setSpacing(8)
        self.place = QLineEdit()
        self.place.addAction(style.icon("folder"), QLineEdit.ActionPosition.LeadingPosition)
        self.place.textEdited.connect(self._place_edited)
        self.choose = IconButton("dots", "Choose where to write", look="square")
        self.choose.clicked.connect(self._choose_place)
        line.addWidget(self.place, 1)
        line.addWidget(self.choose)
        self._layout.addLayout(line)
        self.space = label("", "hint", wrap=True)
        self._layout.addWidget(self.space)

    # -- what happens ---------------------------------------------------------------------------

    def _slice_changed(self, index: int) -> None:
        self._slice.setToolTip(self._slices[index].where)
        self.changed.emit()

    def _format_changed(self) -> None:
        self._follow_format()
        self.changed.emit()

    def _follow_format(self) -> None:
        is_file = self.formats.format().is_file
        self.precise.setVisible(not is_file)
        self._place_label.setText("File" if is_file else "Folder")
        self.place.setAccessibleName("File" if is_file else "Folder")
        self.place.setText(self._named.get(self.format(), ""))

    def _place_edited(self, text: str) -> None:
        self._named[self.format()] = text
        self.changed.emit()

    def _choose_place(self) -> None:
        start = self.place.text().strip()
        one = self.formats.format()
        if one.is_file:
            chosen, _kind = QFileDialog.getSaveFileName(self, f"Write {one.name} to", start, "COCO (*.json)")
        else:
            chosen = QFileDialog.getExistingDirectory(self, f"Write {one.name} to", start)
        if chosen:
            self.place.setText(chosen)
            self._place_edited(chosen)
