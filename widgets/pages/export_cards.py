"""The middle of the Export page: cards with checks, losses, and the garments that go out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from widgets import style
from widgets.common import Card, ElidedLabel, IconLabel, LinkButton, label


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a card: an icon with its colour role, what it is of, how many, and what happens.

    ``mark`` is a word set before ``text`` ("kept", "lost"), in ``role``'s colour. ``where`` is a filter
    that shows what the line is about, empty where nothing does.
    """

    icon: str
    role: str
    title: str
    count: str
    text: str
    mark: str = ""
    strong: bool = False
    where: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """One category of the chart: its name, colour ``#RRGGBB`` and number of garments."""

    name: str
    colour: str
    count: int


class RowsCard(Card):
    """A card that is a small table: icon, what, how many, what happens.

    ``show_wanted(str)``: the images that a line is about, as a filter, should be shown.
    """

    show_wanted = Signal(str)

    def __init__(
        self, heading: str, columns: tuple[str, str, str], stretch: tuple[int, int] = (1, 2)
    ) -> None:
        """``stretch`` shares the room between what it is of and what happens."""
        super().__init__(heading, padding=0)
        self._stretch = stretch
        self._columns = columns
        self._table: QWidget | None = None

    def show_rows(self, rows: Sequence[Row], foot: str = "") -> None:
        """Show these rows in place of the ones before, and a last line in grey."""
        if self._table is not None:
            self._table.hide()
            self._table.deleteLater()
        self._table = QWidget(self)
        grid = QGridLayout(self._table)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.setColumnStretch(1, self._stretch[0])
        grid.setColumnStretch(3, self._stretch[1])
        self._add_head(grid)
        for number, row in enumerate(rows, start=1):
            self._add_row(grid, number, row)
        if foot:
            grid.addWidget(_cell(label(foot, "note")), len(rows) + 1, 0, 1, 4)
        self.body.addWidget(self._table)

    def _add_head(self, grid: QGridLayout) -> None:
        for column, text in enumerate(("", *self._columns)):
            head = label(text, "section")
            cell = _cell(head, look="sectionhead", right=column == 2)
            grid.addWidget(cell, 0, column)

    def _add_row(self, grid: QGridLayout, number: int, row: Row) -> None:
        mark = IconLabel(row.icon, row.role)
        grid.addWidget(_cell(mark, lined=True), number, 0)
        grid.addWidget(_cell(_Title(row.title, "section" if row.strong else "table"), lined=True), number, 1)
        grid.addWidget(_cell(label(row.count, "table"), lined=True, right=True), number, 2)
        last = QWidget()
        line = QHBoxLayout(last)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(12)
        if row.mark:
            word = label(row.mark, row.role if row.role in ("ok", "warn", "bad") else "table")
            word.setMinimumWidth(style.tokens().px(36))
            line.addWidget(word)
        line.addWidget(ElidedLabel(row.text, "note"), 1)
        if row.where:
            link = LinkButton("Show")
            link.setAccessibleName(f"Show {row.title}")
            link.clicked.connect(lambda: self.show_wanted.emit(row.where))
            line.addWidget(link)
        grid.addWidget(_cell(last, lined=True), number, 3)


#: Titles are not shortened below this width.
_TITLE = 150


class _Title(ElidedLabel):
    """What a line is of: the short ones are always read in full."""

    def minimumSizeHint(self) -> QSize:
        full = self.sizeHint()
        return QSize(min(full.width(), style.tokens().px(_TITLE)), full.height())


class _Cell(QFrame):
    """As high as a row of a table at the font scale and density in force."""

    def __init__(self) -> None:
        super().__init__()
        self._fix()
        style.changed.connect(self._fix)

    def _fix(self) -> None:
        self.setMinimumHeight(style.tokens().table_row)


def _cell(widget: QWidget, *, look: str = "", lined: bool = False, right: bool = False) -> QFrame:
    """A widget with a cell's padding; ``lined`` draws the hairline above it."""
    cell = _Cell()
    box = QVBoxLayout(cell)
    box.setContentsMargins(0, 0, 0, 0)
    box.setSpacing(0)
    if look:
        cell.setProperty("look", look)
    if lined:
        line = QFrame()
        line.setProperty("look", "line")
        box.addWidget(line)
    inner = QHBoxLayout()
    inner.setContentsMargins(14, 0, 10, 0)
    if right:
        inner.addStretch(1)
    inner.addWidget(widget, 0 if right else 1)
    box.addStretch(1)
    box.addLayout(inner)
    box.addStretch(1)
    return cell


class CategoryBars(QWidget):
    """Garments by category as bars in the categories' colours, each with its name and number."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars: tuple[Bar, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        style.changed.connect(self.updateGeometry)

    def show_bars(self, bars: Sequence[Bar]) -> None:
        """Show these categories, in the order given."""
        self._bars = tuple(bars)
        words = ", ".join(f"{bar.name} {bar.count:,}" for bar in bars)
        self.setAccessibleName("Garments by category")
        self.setAccessibleDescription(words)
        self.setToolTip(words)
        self.update()

    def bars(self) -> tuple[Bar, ...]:
        """What is shown."""
        return self._bars

    def sizeHint(self) -> QSize:
        return QSize(600, style.tokens().px(150))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, style.tokens().px(150))

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._bars:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        look = style.tokens()
        painter.setFont(style.font("small"))
        metrics = painter.fontMetrics()
        column = (self.width() - 24) / len(self._bars)
        names, numbers = metrics.height() * 2 + 6, metrics.height() + 4
        room = self.height() - names - numbers - 8
        most = max(bar.count for bar in self._bars) or 1
        base = self.height() - names - 8
        for index, bar in enumerate(self._bars):
            left = 12 + index * column
            height = max(2.0, room * bar.count / most) if bar.count else 0.0
            width = min(26.0, column - 6)
            shape = QRectF(left + (column - width) / 2, base - height, width, height)
            painter.setPen(QPen(look.outline) if look.outline is not None else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(bar.colour))
            if bar.count:
                painter.drawRect(shape)
            painter.setPen(look.t2 if bar.count else look.t3)
            above = QRectF(left, shape.top() - numbers, column, numbers)
            painter.drawText(above, Qt.AlignmentFlag.AlignCenter, f"{bar.count:,}")
            self._draw_name(painter, QRectF(left, base + 4, column, names), bar.name, metrics)
        painter.end()

    def _draw_name(self, painter: QPainter, place: QRectF, name: str, metrics: QFontMetrics) -> None:
        """The name on at most two lines, each cut to the width of its column."""
        if metrics.horizontalAdvance("sleeve outwear") > place.width() - 4:
            name = name.replace("sleeve", "sl.")
        words, lines = name.split(), [""]
        for word in words:
            longer = f"{lines[-1]} {word}".strip()
            if metrics.horizontalAdvance(longer) <= place.width() - 4 or not lines[-1]:
                lines[-1] = longer
            else:
                lines.append(word)
        if len(lines) > 2:
            lines = [lines[0], " ".join(lines[1:])]
        cut = [
            metrics.elidedText(line, Qt.TextElideMode.ElideRight, int(place.width()) - 4) for line in lines
        ]
        painter.drawText(
            place, int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop), "\n".join(cut)
        )
