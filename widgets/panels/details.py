"""What is known of one image: its picture, its facts, its garments and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from resources import taxonomy
from resources.taxonomy import LEVELS, Category
from store.records import REVIEW_WORDS, Garment, Image, ImageState, Problem
from widgets import style
from widgets.browser.delegate import DOMAIN_ICONS, REVIEW_MARKS, colour_of
from widgets.browser.thumbnails import Frame, Picture, Thumbnails, ThumbnailSource
from widgets.common import Button, ElidedLabel, EmptyState, IconLabel, Section, Swatch, Tag, label
from widgets.common.flow import FlowLayout
from widgets.panels.problems import ProblemNotes
from widgets.style import tokens

_PREVIEW = QSize(300, 300)
_DASH: Final = "–"


@dataclass(frozen=True, slots=True)
class Details:
    """What the panel shows of an image."""

    image: Image
    garments: Sequence[Garment] = ()
    problems: Sequence[Problem] = ()
    dataset: str = ""
    path: str = ""


class _Preview(QWidget):
    """The picture of one image, as large as the panel allows."""

    def __init__(self, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._thumbnails = thumbnails
        self._image: Image | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Picture")
        thumbnails.arrived.connect(self._on_arrived)

    def show_image(self, image: Image | None) -> None:
        self._image = image
        if image is not None:
            self.setAccessibleDescription(image.name)
            self._thumbnails.want([(image, self._frame())])
        self.update()

    def _frame(self) -> Frame:
        ratio, size = self.devicePixelRatioF(), _PREVIEW
        return Frame(round(size.width() * ratio), round(size.height() * ratio), False, ratio)

    def _on_arrived(self, image_id: int) -> None:
        if self._image is not None and image_id == self._image.id:
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(_PREVIEW.width(), _PREVIEW.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(100, _PREVIEW.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        found = self._thumbnails.get(self._image.id) if self._image is not None else None
        painter.fillRect(event.rect(), tokens().bg1)
        if found is not None and found.pixmap is not None:
            size = found.pixmap.deviceIndependentSize()
            room = QRectF(self.rect())
            if size.width() > room.width() or size.height() > room.height():
                size.scale(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRectF(0, 0, size.width(), size.height())
            place.moveCenter(room.center())
            painter.drawPixmap(place, found.pixmap, QRectF(found.pixmap.rect()))
        elif found is not None:
            self._paint_nothing(painter, found)

    def _paint_nothing(self, painter: QPainter, found: Picture) -> None:
        look = tokens()
        missing = found.state is ImageState.MISSING
        painter.fillRect(self.rect(), look.bg3 if missing else look.badbg)
        side = look.px(32)
        icon = QRectF(0, 0, side, side)
        icon.moveCenter(QRectF(self.rect()).center())
        icon.translate(0, -look.px(36))
        style.draw(painter, icon, "photo-off" if missing else "alert-circle", "t3" if missing else "bad")
        painter.setFont(style.font("table"))
        painter.setPen(look.t1)
        room = self.rect().adjusted(16, round(icon.bottom()) + 10, -16, -10)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
        painter.drawText(room, int(flags) | int(Qt.TextFlag.TextWrapAnywhere), found.message)


class DetailsPanel(QWidget):
    """The current image in full. ``open_wanted`` opens it, ``problems_wanted`` all problems of the store."""

    open_wanted = Signal()
    problems_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.categories: Mapping[int, Category] = {c.id: c for c in taxonomy.categories()}
        self._thumbnails = Thumbnails(16 * 1024 * 1024, 1, self)
        self._preview = _Preview(self._thumbnails)
        self._name = ElidedLabel(look="strong", mode=Qt.TextElideMode.ElideMiddle)
        self._marks = QWidget()
        self._marks_row = QHBoxLayout(self._marks)
        self._marks_row.setContentsMargins(0, 0, 0, 0)
        self._facts = QWidget()
        self._garments = Section("Garments")
        self._problems = Section("Problems")
        self._notes = ProblemNotes()
        self._problems.add(self._notes)
        every = Button("All problems", "list", look="link")
        every.clicked.connect(self.problems_wanted)
        self._problems.add(every)
        self._rows = QWidget()
        self._garments.add(self._rows)
        self._empty = EmptyState("photo", "The current image is shown here")
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self._make_page())

    def _make_page(self) -> QWidget:
        inner = QWidget()
        inner.setProperty("look", "scrolled")
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._head = QVBoxLayout()
        self._head.setContentsMargins(12, 12, 12, 12)
        self._head.setSpacing(8)
        self._head.addWidget(self._preview)
        self._head.addWidget(self._name)
        self._head.addWidget(self._marks)
        self._head.addWidget(self._facts)
        column.addLayout(self._head)
        column.addWidget(self._garments)
        column.addWidget(self._problems)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inner)
        return scroll

    def set_source(self, source: ThumbnailSource | None) -> None:
        """Read pictures from here; empties the panel."""
        self._thumbnails.set_source(source)
        self.show_details(None)

    def set_categories(self, categories: Iterable[Category]) -> None:
        """Know the names and colours of these, beside the 13 that are always known."""
        self.categories = {c.id: c for c in (*taxonomy.categories(), *categories)}

    def settle(self) -> None:
        """Wait for the picture that is being read."""
        self._thumbnails.settle()

    def show_details(self, details: Details | None) -> None:
        """Show an image, or that there is none."""
        self._stack.setCurrentIndex(0 if details is None else 1)
        self._preview.show_image(details.image if details is not None else None)
        if details is None:
            return
        image = details.image
        self._name.set_full_text(image.name.rpartition("/")[2])
        self._show_marks(image)
        self._facts = _swap(self._head, self._facts, _grid(_facts_of(details)))
        self._garments.set_note(f"{len(details.garments)}")
        rows = _list([self._garment(g) for g in details.garments] or [label("No garments", "third")])
        self._rows = _swap(self._garments.body, self._rows, rows)
        self._problems.setVisible(bool(details.problems))
        self._problems.set_note(f"{len(details.problems)}")
        self._notes.show_problems(details.problems)

    def _show_marks(self, image: Image) -> None:
        while (old := self._marks_row.takeAt(0)) is not None:
            if (widget := old.widget()) is not None:
                widget.deleteLater()
        self._marks_row.setSpacing(6)
        icon, role = REVIEW_MARKS[image.review]
        self._marks_row.addWidget(IconLabel(icon, role))
        self._marks_row.addWidget(label(REVIEW_WORDS[image.review], "second"))
        if image.domain:
            self._marks_row.addSpacing(10)
            self._marks_row.addWidget(IconLabel(DOMAIN_ICONS[image.domain], "t3"))
            self._marks_row.addWidget(label(str(image.domain), "second"))
        self._marks_row.addStretch(1)

    def _garment(self, garment: Garment) -> QWidget:
        known = self.categories.get(garment.category_id)
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 6)
        column.setSpacing(4)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(Swatch(colour_of(garment.category_id, self.categories).name()))
        row.addWidget(label(known.name if known is not None else f"category {garment.category_id}"), 1)
        if len(garment.points):
            # Visibility 0 is a landmark that nobody has placed.
            row.addWidget(label(f"{(garment.visibility > 0).sum()} of {len(garment.points)}", "hint"))
        column.addLayout(row)
        tags = [f"{name.replace('_', '-')}: {word}" for name, word in _levels(garment)]
        if garment.pair_id is not None:
            style_words = f", style {garment.style}" if garment.style is not None else ""
            tags.insert(0, f"pair {garment.pair_id}{style_words}")
        if tags:
            flow = FlowLayout()
            for text in tags:
                flow.addWidget(Tag(text))
            flow.setContentsMargins(20, 0, 0, 0)
            column.addLayout(flow)
        return made


def _levels(garment: Garment) -> list[tuple[str, str]]:
    found = []
    for name, words in LEVELS.items():
        level = getattr(garment, name)
        if level in words:
            found.append((name, words[level]))
    return found


def _facts_of(details: Details) -> list[tuple[str, str]]:
    image = details.image
    size = f"{image.width:,} x {image.height:,}" if image.width else _DASH
    facts = [
        ("Size", size if image.size_known or not image.width else f"{size}, from annotations"),
        ("Split", image.split or _DASH),
        ("Dataset", details.dataset or _DASH),
        ("Folder", image.name.rpartition("/")[0] or _DASH),
    ]
    if image.role:
        facts.append(("Role", image.role))
    if image.pair_id is not None:
        facts.append(("Pair", str(image.pair_id)))
    if image.tags:
        facts.append(("Tags", ", ".join(image.tags)))
    return facts


def _grid(facts: Sequence[tuple[str, str]]) -> QWidget:
    made = QWidget()
    grid = QGridLayout(made)
    grid.setContentsMargins(0, 4, 0, 0)
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(4)
    grid.setColumnStretch(1, 1)
    for row, (name, value) in enumerate(facts):
        grid.addWidget(label(name, "note"), row, 0)
        grid.addWidget(ElidedLabel(value, "table", Qt.TextElideMode.ElideMiddle), row, 1)
    return made


def _list(widgets: Sequence[QWidget]) -> QWidget:
    made = QWidget()
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(4)
    for widget in widgets:
        column.addWidget(widget)
    return made


def _swap(layout: QVBoxLayout, old: QWidget, new: QWidget) -> QWidget:
    layout.replaceWidget(old, new)
    old.deleteLater()
    return new
