"""What is known of the selected garment: category, pair and style, and the four levels."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, QRect, QRegularExpression, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QRegularExpressionValidator,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QLineEdit,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from resources.taxonomy import LEVELS, Category
from store.document import edits
from store.records import Garment
from widgets import style
from widgets.common import Section
from widgets.common.bars import swatch_icon

_WORDS = {"scale": "scale", "occlusion": "occlusion", "zoom_in": "zoom-in", "viewpoint": "viewpoint"}
_UNKNOWN = "not said"
#: More categories than these scroll in their list.
MOST_CATEGORIES = 20


class _Combo(QComboBox):
    """A choice that shows its own label at the left; the wheel scrolls the panel, not the choice."""

    #: The list of choices was closed, with a choice or without.
    closed = Signal()

    def __init__(self, caption: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._caption = caption
        self.setAccessibleName(caption or "category")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(60)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def showPopup(self) -> None:  # noqa: N802
        super().showPopup()
        # Qt calls no function of ours when the list is closed by Esc or by a click beside it.
        self.view().window().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Hide and watched is self.view().window():
            self.closed.emit()
        return super().eventFilter(watched, event)

    def sizeHint(self) -> QSize:
        return QSize(120, style.tokens().control)

    minimumSizeHint = sizeHint

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._caption:
            super().paintEvent(event)
            return
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        value, option.currentText = option.currentText, ""
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        look = style.tokens()
        rect = self.rect().adjusted(look.px(9), 0, -look.px(26), 0)
        painter.setFont(style.font("body"))
        text = painter.fontMetrics().elidedText(value, Qt.TextElideMode.ElideRight, rect.width())
        said = self.isEnabled() and self.currentData() is not None
        painter.setPen(look.t1 if said else look.t3 if self.isEnabled() else look.dis)
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, text)
        # Where there is not room for both, the value is what one looks for.
        used = painter.fontMetrics().horizontalAdvance(text) + look.px(6)
        _paint_caption(painter, rect.adjusted(0, 0, -used, 0), self._caption)


def _paint_caption(painter: QPainter, rect: QRect, caption: str) -> None:
    """The label inside a field, as far as it fits."""
    painter.setFont(style.font("table"))
    painter.setPen(style.tokens().t3)
    text = painter.fontMetrics().elidedText(caption, Qt.TextElideMode.ElideRight, rect.width())
    painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


class _Number(QLineEdit):
    """A whole number or nothing, with its label inside; Esc takes back what was typed."""

    changed = Signal(object)

    def __init__(self, caption: str) -> None:
        super().__init__()
        self._caption = caption
        self._value: int | None = None
        self._just_entered = False
        self.setAccessibleName(caption)
        self.setPlaceholderText(_UNKNOWN)
        # Nothing is an answer too: a validator of integers would not let an empty field be left.
        self.setValidator(QRegularExpressionValidator(QRegularExpression(r"\d{0,9}"), self))
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.editingFinished.connect(self._finish)

    def sizeHint(self) -> QSize:
        return QSize(120, style.tokens().control)

    def set_value(self, value: int | None) -> None:
        self._value = value
        self.setText("" if value is None else str(value))

    def _finish(self) -> None:
        text = self.text().strip()
        value = int(text) if text else None
        if value != self._value:
            self._value = value
            self.changed.emit(value)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.set_value(self._value)
            # The page leads back to the canvas.
            event.ignore()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._just_entered = event.reason() == Qt.FocusReason.MouseFocusReason
        self.selectAll()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        # The press that brought the focus has put the cursor somewhere; a number is written anew.
        if self._just_entered and not self.hasSelectedText():
            self.selectAll()
        self._just_entered = False

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        look = style.tokens()
        _paint_caption(painter, self.rect().adjusted(look.px(9), 0, 0, 0), self._caption)


class FactsPanel(Section):
    """Shows and changes the facts of one garment; ``edit_wanted`` carries an ``Edit``.

    ``chosen()``: a list of choices was opened and closed again, so the person is done here.
    """

    edit_wanted = Signal(object)
    chosen = Signal()

    def __init__(self) -> None:
        super().__init__("Facts", chevron=False)
        self._garment: Garment | None = None
        self._categories: Mapping[int, Category] = {}
        self._quiet = False
        self.category = _Combo("")
        self.category.setMaxVisibleItems(MOST_CATEGORIES)
        self.category.activated.connect(self._category_chosen)
        self.pair = _Number("pair")
        self.pair.changed.connect(lambda value: self._say(pair_id=value))
        self.style_number = _Number("style")
        self.style_number.changed.connect(lambda value: self._say(style=value))
        self.levels: dict[str, _Combo] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(6)
        grid.addWidget(self.category, 0, 0, 1, 2)
        grid.addWidget(self.pair, 1, 0)
        grid.addWidget(self.style_number, 1, 1)
        for place, (name, word) in enumerate(_WORDS.items()):
            combo = _Combo(word)
            combo.addItem(_UNKNOWN, None)
            for level, text in LEVELS[name].items():
                combo.addItem(text, level)
            combo.activated.connect(lambda _row, name=name: self._level_chosen(name))
            grid.addWidget(combo, 2 + place // 2, place % 2)
            self.levels[name] = combo
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        self.add(grid)
        for choice in (self.category, *self.levels.values()):
            choice.closed.connect(self.chosen)
        style.changed.connect(self._dress)
        self.show_garment(None, {})

    def choose_category(self) -> None:
        """Open the list of categories; letters find one in it."""
        self.category.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.category.showPopup()

    def show_garment(self, garment: Garment | None, categories: Mapping[int, Category]) -> None:
        """Show a garment's facts, or nothing."""
        self._garment = garment
        if categories is not self._categories:
            self._categories = categories
            self._fill_categories()
        self.body_widget_enabled(garment is not None)
        row = self.category.findData(garment.category_id) if garment else -1
        self.category.setCurrentIndex(row)
        self.pair.set_value(garment.pair_id if garment else None)
        self.style_number.set_value(garment.style if garment else None)
        for name, combo in self.levels.items():
            combo.setCurrentIndex(max(combo.findData(getattr(garment, name)), 0) if garment else 0)

    def body_widget_enabled(self, enabled: bool) -> None:
        """Enable all fields, or none while no garment is selected."""
        for field in (self.category, self.pair, self.style_number, *self.levels.values()):
            field.setEnabled(enabled)
            field.setToolTip("" if enabled else "Select a garment first")

    def _fill_categories(self) -> None:
        self.category.clear()
        for one in sorted(self._categories.values(), key=lambda one: one.id):
            self.category.addItem(swatch_icon(one.colour, self.devicePixelRatioF()), one.name, one.id)

    def _dress(self) -> None:
        chosen = self.category.currentIndex()
        self._fill_categories()
        self.category.setCurrentIndex(chosen)

    def _category_chosen(self, _row: int) -> None:
        chosen = self._categories.get(self.category.currentData())
        if self._garment is not None and chosen is not None and chosen.id != self._garment.category_id:
            before = self._categories.get(self._garment.category_id)
            self.edit_wanted.emit(edits.set_category(self._garment, chosen, before))

    def _level_chosen(self, name: str) -> None:
        value = self.levels[name].currentData()
        if self._garment is not None and value != getattr(self._garment, name):
            self._say(**{name: value})

    def _say(self, **facts: int | None) -> None:
        if self._garment is not None:
            self.edit_wanted.emit(edits.set_facts(self._garment, **facts))
