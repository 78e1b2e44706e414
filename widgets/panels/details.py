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
from resources.taxonomy import LEVELS, Category, ClothesCategory, ClothesType
from store.records import REVIEW_WORDS, Garment, Image, ImageState, Problem
from widgets import style
from widgets.browser.delegate import DOMAIN_ICONS, REVIEW_MARKS, colour_of
from widgets.browser.thumbnails import Frame, Picture, Thumbnails, ThumbnailSource
from widgets.common import ElidedLabel, EmptyState, IconLabel, LinkButton, Section, Swatch, label
from widgets.panels.problems import ProblemNotes
from widgets.style import tokens

_PREVIEW = QSize(300, 300)
_DASH: Final = "–"
#: Of more attributes than these it is only said how many there are.
_ATTRIBUTES = 8

Kinds = Sequence[ClothesType] | Sequence[ClothesCategory]


@dataclass(frozen=True, slots=True)
class Details:
    """What the panel shows of an image."""

    image: Image
    garments: Sequence[Garment] = ()
    problems: Sequence[Problem] = ()
    dataset: str = ""


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
        painter.fillRect(self.rect(), look.line if missing else look.badbg)
        side = look.px(32)
        icon = QRectF(0, 0, side, side)
        icon.moveCenter(QRectF(self.rect()).center())
        icon.translate(0, -look.px(36))
        style.draw(painter, icon, "photo-off" if missing else "alert-circle", "t2" if missing else "bad")
        painter.setFont(style.font("table"))
        painter.setPen(look.t1)
        room = self.rect().adjusted(16, round(icon.bottom()) + 10, -16, -10)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
        painter.drawText(room, int(flags) | int(Qt.TextFlag.TextWrapAnywhere), found.message)


class _Facts(QWidget):
    """Names and values; a row is made once and shows again what it is given."""

    NAMES = ("Size", "Split", "Dataset", "Folder", "Role", "Pair", "Tags")

    def __init__(self) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 4, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        self._rows = {}
        for row, name in enumerate(self.NAMES):
            self._rows[name] = (label(name, "note"), ElidedLabel("", "table", Qt.TextElideMode.ElideMiddle))
            for column, widget in enumerate(self._rows[name]):
                grid.addWidget(widget, row, column)

    def show_facts(self, facts: Mapping[str, str]) -> None:
        for name, (title, value) in self._rows.items():
            value.set_full_text(facts.get(name, ""))
            title.setVisible(name in facts)
            value.setVisible(name in facts)


class _GarmentRow(QWidget):
    """A garment: its colour, category and facts."""

    def __init__(self) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 4)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        self._swatch = Swatch("#000000")
        self._name = label("")
        self._landmarks = label("", "hint")
        self._facts = label("", "note", wrap=True)
        grid.addWidget(self._swatch, 0, 0)
        grid.addWidget(self._name, 0, 1)
        grid.addWidget(self._landmarks, 0, 2)
        grid.addWidget(self._facts, 1, 1, 1, 2)

    def show_garment(self, garment: Garment, categories: Mapping[int, Category]) -> None:
        known = categories.get(garment.category_id)
        self._swatch.set_colour(colour_of(garment.category_id, categories).name())
        self._name.setText(known.name if known is not None else f"category {garment.category_id}")
        # Unlabelled landmarks have the visibility 0.
        placed = int((garment.visibility > 0).sum())
        self._landmarks.setText(f"{placed} of {len(garment.points)} landmarks" if len(garment.points) else "")
        words = _words_of(garment)
        self._facts.setText(" · ".join(words))
        self._facts.setVisible(bool(words))


class DetailsPanel(QWidget):
    """The current image in full. ``problems_wanted`` asks for all problems of the store."""

    problems_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.categories: Mapping[int, Category] = {c.id: c for c in taxonomy.categories()}
        self._thumbnails = Thumbnails(16 * 1024 * 1024, 1, self)
        self._preview = _Preview(self._thumbnails)
        self._name = ElidedLabel(look="strong", mode=Qt.TextElideMode.ElideMiddle)
        self._review_icon, self._review = IconLabel("circle-dashed"), label("", "second")
        self._domain_icon, self._domain = IconLabel("user", "t3"), label("", "second")
        self._facts = _Facts()
        self._garments = Section("Garments")
        self._rows: list[_GarmentRow] = []
        self._problems = Section("Problems")
        self._notes = ProblemNotes()
        self._problems.add(self._notes)
        every = LinkButton("All problems", "list")
        every.clicked.connect(self.problems_wanted)
        self._problems.add(every)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(EmptyState("photo", "The current image is shown here"))
        self._stack.addWidget(self._make_page())

    def _make_page(self) -> QWidget:
        inner = QWidget()
        inner.setProperty("look", "scrolled")
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = QVBoxLayout()
        head.setContentsMargins(12, 12, 12, 12)
        head.setSpacing(8)
        head.addWidget(self._preview)
        head.addWidget(self._name)
        marks = QHBoxLayout()
        marks.setSpacing(6)
        for widget in (self._review_icon, self._review, self._domain_icon, self._domain):
            marks.addWidget(widget)
        marks.insertSpacing(2, 10)
        marks.addStretch(1)
        head.addLayout(marks)
        head.addWidget(self._facts)
        column.addLayout(head)
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
        self._review_icon.set_icon(*REVIEW_MARKS[image.review])
        self._review.setText(REVIEW_WORDS[image.review])
        self._domain_icon.setVisible(bool(image.domain))
        self._domain.setText(str(image.domain))
        if image.domain:
            self._domain_icon.set_icon(DOMAIN_ICONS[image.domain])
        self._facts.show_facts(_facts_of(details))
        self._show_garments(details.garments)
        self._problems.setVisible(bool(details.problems))
        self._problems.set_note(f"{len(details.problems)}")
        self._notes.show_problems(details.problems)

    def _show_garments(self, garments: Sequence[Garment]) -> None:
        self._garments.set_note(f"{len(garments)}")
        self._garments.set_folded(not garments)
        while len(self._rows) < len(garments):
            self._rows.append(_GarmentRow())
            self._garments.add(self._rows[-1])
        for row, garment in zip(self._rows, garments, strict=False):
            row.show_garment(garment, self.categories)
        for number, row in enumerate(self._rows):
            row.setVisible(number < len(garments))


def _words_of(garment: Garment) -> list[str]:
    words = []
    if garment.pair_id is not None:
        words.append(f"pair {garment.pair_id}")
    if garment.style is not None:
        words.append(f"style {garment.style}")
    if garment.item_id:
        words.append(garment.item_id)
    for name, levels in LEVELS.items():
        level = getattr(garment, name)
        if level in levels:
            words.append(f"{name.replace('_', '-')} {levels[level]}")
    words += [_names(kinds)[kind] for kinds, kind in _clothes_of(garment) if kind in _names(kinds)]
    has = [name for name, said in garment.attributes.items() if said == 1]
    words += has[:_ATTRIBUTES]
    if len(has) > _ATTRIBUTES:
        words.append(f"and {len(has) - _ATTRIBUTES:,} attributes more")
    return words


def _clothes_of(garment: Garment) -> tuple[tuple[Kinds, int | None], ...]:
    return (
        (taxonomy.clothes_types(), garment.clothes_type),
        (taxonomy.clothes_categories(), garment.clothes_category),
    )


def _names(kinds: Kinds) -> dict[int | None, str]:
    return {kind.id: kind.name for kind in kinds}


def _facts_of(details: Details) -> dict[str, str]:
    image = details.image
    size = f"{image.width:,} × {image.height:,}" if image.width else _DASH
    facts = {
        "Size": size if image.size_known or not image.width else f"{size}, from annotations",
        "Split": image.split,
        "Dataset": details.dataset,
        "Folder": image.name.rpartition("/")[0],
        "Role": image.role,
        "Pair": "" if image.pair_id is None else str(image.pair_id),
        "Tags": ", ".join(image.tags),
    }
    return {name: value for name, value in facts.items() if value}
