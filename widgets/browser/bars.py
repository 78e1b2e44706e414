"""The bars above the grid: size of tiles, counts and order."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSizePolicy, QSlider, QWidget

from widgets import style
from widgets.browser.layout import MAX_COLUMNS, MIN_COLUMNS
from widgets.common import ElidedLabel, GhostButton, IconButton, IconLabel, label

#: Orders of images with the words for them; the first is the usual one.
ORDER_WORDS = {
    "name": "name, A to Z",
    "name desc": "name, Z to A",
    "problems": "problems, most first",
    "garments": "garments, most first",
    "review": "review, to do first",
    "changed": "changed, latest first",
    "id": "as imported",
}


class SizeSlider(QWidget):
    """Columns of the grid as a size: few columns at the right, because their tiles are large."""

    columns_wanted = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(IconLabel("photo", "t2"))
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(MIN_COLUMNS, MAX_COLUMNS)
        self.slider.setInvertedAppearance(False)
        self.slider.setPageStep(1)
        self.slider.setFixedWidth(style.tokens().px(92))
        self.slider.setAccessibleName("Tile size")
        self.slider.setToolTip("Tile size (Ctrl+wheel)")
        self.slider.valueChanged.connect(lambda value: self.columns_wanted.emit(self._turned(value)))
        row.addWidget(self.slider)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @staticmethod
    def _turned(value: int) -> int:
        return MIN_COLUMNS + MAX_COLUMNS - value

    def show_columns(self, columns: int) -> None:
        """Show how many columns there are now."""
        self.slider.blockSignals(True)
        self.slider.setValue(self._turned(columns))
        self.slider.blockSignals(False)


class ListChip(QWidget):
    """Says that only the images of a list are shown, and of which; hidden without one. Can be closed."""

    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 8, 0)
        row.setSpacing(4)
        row.addWidget(IconLabel("list", "acc"))
        self._title = ElidedLabel("", "tag")
        row.addWidget(self._title)
        self.close_button = IconButton("x", "Close the list")
        self.close_button.clicked.connect(self.closed)
        row.addWidget(self.close_button)
        self.show_list("")

    def show_list(self, title: str) -> None:
        """Show the title of the list in force; "" for none."""
        self._title.set_full_text(title)
        self.setAccessibleName(f"Only the images of the list: {title}" if title else "")
        self.setVisible(bool(title))

    @property
    def title(self) -> str:
        """The title of the list in force, or ""."""
        return self._title.full_text()


class CountRow(QWidget):
    """How much the filter selects and how long that took, or what is wrong with it; and the order."""

    #: A person has chosen an order; and after any order is shown as the one in force.
    order_changed = Signal(str)
    order_shown = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 8, 2)
        row.setSpacing(8)
        self._warning = IconLabel("alert-circle", "bad", name="Error")
        self._images = label("", "strong")
        self._garments = label("", "second")
        self._time = label("", "third")
        self._message = label("", "bad")
        self._jump = label("", "acc")
        self._jump.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.chip = ListChip()
        row.addWidget(self.chip)
        for widget in (self._warning, self._message, self._images, self._garments, self._time):
            row.addWidget(widget)
        self._message.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row.setStretchFactor(self._message, 1)
        row.addStretch(0)
        row.addWidget(self._jump)
        self._order = next(iter(ORDER_WORDS))
        self._button = GhostButton("", "sort-descending")
        self._button.setMenu(self._make_menu())
        row.addWidget(self._button)
        self.show_order(self._order)
        self.complain("")

    def show_counts(self, images: int, garments: int, milliseconds: float) -> None:
        """Say what the filter selects, and how long the store took."""
        self._images.setText(f"{images:,} image{'' if images == 1 else 's'}")
        self._garments.setText(f"{garments:,} garment{'' if garments == 1 else 's'}")
        self._time.setText(f"{milliseconds:,.0f} ms" if milliseconds >= 1 else "under 1 ms")

    def complain(self, message: str) -> None:
        """Say what is wrong with the filter instead; the counts come back with ""."""
        self._message.setText(message)
        self._message.setToolTip(message)
        for widget in (self._warning, self._message):
            widget.setVisible(bool(message))
        for widget in (self._images, self._garments, self._time):
            widget.setVisible(not message)

    def show_digits(self, digits: str) -> None:
        """Show the number that is being typed, and what to do with it."""
        self._jump.setText(f"Go to image {int(digits):,}: press G" if digits else "")

    @property
    def order(self) -> str:
        """The order in force."""
        return self._order

    def show_order(self, order: str) -> None:
        """Show an order as the one in force; an unknown one as the usual."""
        self._order = order if order in ORDER_WORDS else next(iter(ORDER_WORDS))
        self._button.set_face(ORDER_WORDS[self._order], "sort-descending")
        self._button.setAccessibleName(f"Order: {ORDER_WORDS[self._order]}")
        for action in self._button.menu().actions():
            action.setChecked(action.data() == self._order)
        self.order_shown.emit(self._order)

    def _make_menu(self) -> QMenu:
        menu = QMenu(self)
        group = QActionGroup(menu)
        for key, words in ORDER_WORDS.items():
            action = QAction(words, menu, checkable=True)
            action.setData(key)
            action.triggered.connect(lambda _on=False, key=key: self.choose(key))
            group.addAction(action)
            menu.addAction(action)
        return menu

    def choose(self, order: str) -> None:
        """Order the images so; ``order_changed`` is emitted."""
        if order != self._order:
            self.show_order(order)
            self.order_changed.emit(order)
