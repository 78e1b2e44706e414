"""The left of the Export page: what goes out, as what, and where to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from widgets import style
from widgets.common import IconButton, Segment, Segmented, label, set_look


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

    ``out`` is a file for COCO and a folder for DeepFashion2; None while none is named.
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


class ChoiceCard(QAbstractButton):
    """One of a few choices as a card: a radio mark, a name, and a line below it."""

    def __init__(self, name: str, detail: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(name)
        self.setAccessibleDescription(detail)
        self._name, self._detail = name, detail
        style.changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        look = style.tokens()
        words = QFontMetrics(style.font("strong")).horizontalAdvance(self._name)
        return QSize(words + look.px(46), look.px(44))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        look = style.tokens()
        frame = self.rect().adjusted(0, 0, -1, -1)
        on, off = self.isChecked(), not self.isEnabled()
        painter.setPen(look.line if off else look.acc if on or self.hasFocus() else look.line2)
        painter.setBrush(look.sel if on else look.hover if self.underMouse() and not off else look.bg2)
        painter.drawRoundedRect(frame.toRectF().translated(0.5, 0.5), 4, 4)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(frame.toRectF().adjusted(1.5, 1.5, -0.5, -0.5), 3, 3)
        middle = frame.center().y()
        edge = look.dis if off else look.acc if on else look.line2
        painter.setPen(edge)
        painter.setBrush(edge if on else look.input)
        painter.drawEllipse(12, middle - 6, 13, 13)
        if on:
            painter.setBrush(look.onacc)
            painter.drawEllipse(16, middle - 2, 5, 5)
        left = 34
        painter.setFont(style.font("strong" if on else "body"))
        painter.setPen(look.dis if off else look.t1)
        painter.drawText(left, middle - 3, self._name)
        painter.setFont(style.font("small"))
        painter.setPen(look.dis if off else look.t2)
        room = frame.width() - left - 6
        text = painter.fontMetrics().elidedText(self._detail, Qt.TextElideMode.ElideRight, room)
        painter.drawText(left, middle + style.tokens().px(13), text)
        painter.end()


class ExportForm(QWidget):
    """The choices of an export; ``changed`` after each of them."""

    changed = Signal()

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
        self._build_layout()
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
            layout="294" if self.layout_294.isChecked() else "per-category",
            copy_images=self.pictures.value() == "copy",
            precise=self.precise.isChecked(),
            out=Path(text).expanduser() if text else None,
        )

    def format(self) -> str:
        """The format's name as on the command line."""
        return "coco" if self.coco.isChecked() else "deepfashion2"

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
        self._heading("Format")
        self.coco = ChoiceCard("COCO", "masks, keypoints")
        self.deepfashion2 = ChoiceCard("DeepFashion2", "image, annos")
        self._formats = self._group((self.coco, self.deepfashion2), self._format_changed)
        line = QGridLayout()
        line.setSpacing(8)
        line.addWidget(self.coco, 0, 0)
        line.addWidget(self.deepfashion2, 0, 1)
        self._layout.addLayout(line)

    def _build_layout(self) -> None:
        self._layout_box = QWidget()
        box = QVBoxLayout(self._layout_box)
        box.setContentsMargins(0, 8, 0, 0)
        box.setSpacing(6)
        box.addWidget(label("Layout", "second"))
        self.per_category = ChoiceCard("per category", "own names and skeleton each")
        self.layout_294 = ChoiceCard("294", "as the official converter writes it")
        self._layouts = self._group((self.per_category, self.layout_294), self._tell)
        box.addWidget(self.per_category)
        box.addWidget(self.layout_294)
        self._layout.addWidget(self._layout_box)
        self.precise = QCheckBox("decimals where the source has none")
        self.precise.setToolTip("DeepFashion2 files hold whole numbers; other readers may expect them")
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

    def _group(self, cards: Sequence[ChoiceCard], then: object) -> QButtonGroup:
        group = QButtonGroup(self)
        for card in cards:
            group.addButton(card)
        cards[0].setChecked(True)
        group.buttonToggled.connect(then)
        return group

    # -- what happens ---------------------------------------------------------------------------

    def _tell(self, _button: object, checked: bool) -> None:
        # A group tells of both buttons, the one that went out and the one that went in.
        if checked:
            self.changed.emit()

    def _slice_changed(self, index: int) -> None:
        self._slice.setToolTip(self._slices[index].where)
        self.changed.emit()

    def _format_changed(self, _button: object, checked: bool) -> None:
        if checked:
            self._follow_format()
            self.changed.emit()

    def _follow_format(self) -> None:
        coco = self.coco.isChecked()
        self._layout_box.setVisible(coco)
        self.precise.setVisible(not coco)
        self._place_label.setText("File" if coco else "Folder")
        self.place.setAccessibleName("File" if coco else "Folder")
        self.place.setText(self._named.get(self.format(), ""))

    def _place_edited(self, text: str) -> None:
        self._named[self.format()] = text
        self.changed.emit()

    def _choose_place(self) -> None:
        start = self.place.text().strip()
        if self.coco.isChecked():
            chosen, _kind = QFileDialog.getSaveFileName(self, "Write COCO to", start, "COCO (*.json)")
        else:
            chosen = QFileDialog.getExistingDirectory(self, "Write DeepFashion2 to", start)
        if chosen:
            self.place.setText(chosen)
            self._place_edited(chosen)
