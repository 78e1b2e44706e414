"""Which format an export has, and which of its layouts: cards to choose from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QGridLayout,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from store.formats.titles import TITLES
from widgets import style
from widgets.common import LinkButton, label

#: A card is never narrower.
_NARROWEST = 96


@dataclass(frozen=True, slots=True)
class LayoutChoice:
    """A layout of a format: its name on the command line ("": none is given), and what people read.

    ``has_categories``: it holds certain categories only, so that a table says what others are written as.
    """

    key: str
    name: str
    detail: str
    has_categories: bool = False


@dataclass(frozen=True, slots=True)
class FormatChoice:
    """A format: its name on the command line, what people read, and its layouts (none: there is one)."""

    key: str
    name: str
    detail: str
    layouts: tuple[LayoutChoice, ...] = ()
    is_file: bool = False


FORMATS: Mapping[str, FormatChoice] = MappingProxyType(
    {
        one.key: one
        for one in (
            FormatChoice(
                "coco",
                "COCO",
                "masks, keypoints",
                (
                    LayoutChoice("per-category", "per category", "own names and skeleton each"),
                    LayoutChoice("294", "294", "as the official converter writes it", True),
                ),
                is_file=True,
            ),
            FormatChoice(
                "deepfashion2",
                "DeepFashion2",
                "image, annos",
                (
                    LayoutChoice("", "as it came", "with the ground truth it had", True),
                    LayoutChoice("retrieval", "with ground truth", "queries and gallery, by split", True),
                    LayoutChoice("annotations", "annotations only", "no queries and no gallery", True),
                ),
            ),
            FormatChoice(
                "category-attribute",
                "Attributes",
                "50 categories",
                (
                    LayoutChoice("", "as it came", "else a thousand attributes", True),
                    LayoutChoice("coarse", "coarse", "Anno_coarse, a thousand attributes", True),
                    LayoutChoice("fine", "fine", "Anno_fine, 26 attributes", True),
                ),
            ),
            FormatChoice("in-shop", "In-shop", "products, colours"),
            FormatChoice("consumer-to-shop", "Consumer2shop", "products, pairs"),
            FormatChoice("landmarks", "Landmarks", "4, 6 or 8 of them"),
        )
    }
)


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
        return QSize(style.tokens().px(_NARROWEST), self.sizeHint().height())

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
        painter.drawEllipse(9, middle - 6, 13, 13)
        if on:
            painter.setBrush(look.onacc)
            painter.drawEllipse(13, middle - 2, 5, 5)
        left = 27
        room = frame.width() - left - 2
        painter.setFont(style.font("strong" if on else "body"))
        painter.setPen(look.dis if off else look.t1)
        name = painter.fontMetrics().elidedText(self._name, Qt.TextElideMode.ElideRight, room)
        painter.drawText(left, middle - 3, name)
        painter.setFont(style.font("small"))
        painter.setPen(look.dis if off else look.t2)
        text = painter.fontMetrics().elidedText(self._detail, Qt.TextElideMode.ElideRight, room)
        painter.drawText(left, middle + style.tokens().px(13), text)
        painter.end()


class FormatChoices(QWidget):
    """The formats as cards, and below them the layouts of the chosen one.

    ``changed`` after each choice; ``table_wanted``: what other categories are written as is to be shown.
    """

    changed = Signal()
    table_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(label("Format", "second"))
        self.cards = {one.key: ChoiceCard(one.name, one.detail) for one in FORMATS.values()}
        for key, card in self.cards.items():
            card.setToolTip(TITLES[key])
            card.setAccessibleName(TITLES[key])
            # Both columns are as wide, whatever the names in them.
            card.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        grid = QGridLayout()
        grid.setHorizontalSpacing(4)
        grid.setVerticalSpacing(6)
        for number, card in enumerate(self.cards.values()):
            grid.addWidget(card, number // 2, number % 2)
        column.addLayout(grid)
        self.layouts: dict[str, dict[str, ChoiceCard]] = {}
        self._stack = QStackedWidget()
        self._pages: dict[str, QWidget] = {}
        for one in FORMATS.values():
            if one.layouts:
                self._pages[one.key] = self._build_layouts(one)
                self._stack.addWidget(self._pages[one.key])
        column.addWidget(self._stack)
        self.table = LinkButton("What other categories become", "category")
        self.table.clicked.connect(self.table_wanted)
        column.addWidget(self.table, 0, Qt.AlignmentFlag.AlignLeft)
        self._formats = self._group(tuple(self.cards.values()))
        self._follow()

    def _build_layouts(self, one: FormatChoice) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(6)
        column.addWidget(label("Layout", "second"))
        cards = {layout.key: ChoiceCard(layout.name, layout.detail) for layout in one.layouts}
        self.layouts[one.key] = cards
        for card in cards.values():
            column.addWidget(card)
        column.addStretch(1)
        self._group(tuple(cards.values()))
        return page

    def _group(self, cards: Sequence[ChoiceCard]) -> QButtonGroup:
        group = QButtonGroup(self)
        for card in cards:
            group.addButton(card)
        cards[0].setChecked(True)
        group.buttonToggled.connect(self._toggled)
        return group

    # -- what is chosen -------------------------------------------------------------------------

    def format(self) -> FormatChoice:
        """The chosen format."""
        return FORMATS[next(key for key, card in self.cards.items() if card.isChecked())]

    def layout_key(self) -> str:
        """The chosen layout, as the command line calls it; "" where none is to be given."""
        cards = self.layouts.get(self.format().key, {})
        return next((key for key, card in cards.items() if card.isChecked()), "")

    def _toggled(self, _button: object, checked: bool) -> None:
        # A group tells of both buttons, the one that went out and the one that went in.
        if checked:
            self._follow()
            self.changed.emit()

    def _follow(self) -> None:
        one, key = self.format(), self.layout_key()
        self._stack.setVisible(bool(one.layouts))
        if one.layouts:
            self._stack.setCurrentWidget(self._pages[one.key])
            for name, page in self._pages.items():
                # A stack is as high as its highest page, unless the others do not count.
                policy = QSizePolicy.Policy.Preferred if name == one.key else QSizePolicy.Policy.Ignored
                page.setSizePolicy(QSizePolicy.Policy.Preferred, policy)
        self.table.setVisible(any(layout.key == key and layout.has_categories for layout in one.layouts))
