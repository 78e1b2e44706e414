"""The matrix of what was taken for what: counts, shaded by their share of the row."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from store.runs.results import Confusion
from widgets import style

_CELL_WIDTH, _CELL_HEIGHT, _NAME_WIDTH = 46, 26, 150


class ConfusionMatrix(QWidget):
    """Rows are what garments are, columns what they were said to be; the diagonal is what was right.

    ``cell_chosen(row, column)`` on a click or Enter; arrows move the marked cell. Every cell says its
    number: the shade only helps to find the large ones.
    """

    cell_chosen = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self._confusion = Confusion((), ())
        self._current: tuple[int, int] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._hover: tuple[int, int] | None = None
        style.changed.connect(self.updateGeometry)

    def show_confusion(self, confusion: Confusion | None) -> None:
        """Show a matrix; None shows nothing."""
        self._confusion = confusion or Confusion((), ())
        self._current = self._hover = None
        size = len(self._confusion.names)
        self.setAccessibleName(f"Confusion matrix of {size} classes" if size else "No confusion matrix")
        self.updateGeometry()
        self.update()

    def confusion(self) -> Confusion:
        """What is shown."""
        return self._confusion

    # ------------------------------------------------------------------ places

    def _rows(self) -> int:
        return len(self._confusion.counts)

    def _columns(self) -> int:
        return len(self._confusion.names)

    def _top(self) -> int:
        """Height of the names above, which stand on their heads' side."""
        metrics = QFontMetrics(style.font("small"))
        longest = max((metrics.horizontalAdvance(name) for name in self._confusion.names), default=0)
        return min(longest, style.tokens().px(_NAME_WIDTH)) + style.tokens().px(10)

    def _left(self) -> int:
        return style.tokens().px(_NAME_WIDTH)

    def _cell_width(self) -> float:
        room = (self.width() - self._left() - style.tokens().px(2)) / max(1, self._columns())
        return min(max(room, style.tokens().px(30)), style.tokens().px(76))

    def cell_rect(self, row: int, column: int) -> QRectF:
        """Where a cell is painted."""
        wide, high = self._cell_width(), style.tokens().px(_CELL_HEIGHT)
        return QRectF(self._left() + column * wide, self._top() + row * high, wide, high)

    def _cell_at(self, at: QPointF) -> tuple[int, int] | None:
        row = int((at.y() - self._top()) // style.tokens().px(_CELL_HEIGHT))
        column = int((at.x() - self._left()) // self._cell_width())
        inside = 0 <= row < self._rows() and 0 <= column < len(self._confusion.counts[row])
        return (row, column) if inside else None

    def sizeHint(self) -> QSize:
        look = style.tokens()
        wide = self._left() + self._columns() * look.px(_CELL_WIDTH)
        return QSize(wide, self._top() + self._rows() * look.px(_CELL_HEIGHT) + 2 if self._rows() else 0)

    def minimumSizeHint(self) -> QSize:
        wide = self._left() + self._columns() * style.tokens().px(30)
        return QSize(wide, self.sizeHint().height())

    # ------------------------------------------------------------------ painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_names(painter)
        for row, counts in enumerate(self._confusion.counts):
            total = sum(counts) or 1
            for column, count in enumerate(counts):
                self._paint_cell(painter, row, column, count, count / total)
        if self._current is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(style.tokens().acc, 2))
            painter.drawRect(self.cell_rect(*self._current).adjusted(1, 1, -2, -2))
        painter.end()

    def _paint_names(self, painter: QPainter) -> None:
        look, names = style.tokens(), self._confusion.names
        painter.setFont(style.font("small"))
        metrics = painter.fontMetrics()
        painter.setPen(look.t2)
        gap = look.px(8)
        for row, name in enumerate(names[: self._rows()]):
            place = self.cell_rect(row, 0)
            room = QRectF(0, place.top(), self._left() - gap, place.height())
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(room.width()))
            painter.drawText(room, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), text)
        for column, name in enumerate(names):
            place = self.cell_rect(0, column)
            painter.save()
            painter.translate(place.center().x(), self._top() - look.px(6))
            painter.rotate(-90)
            room = QRectF(0, -place.width() / 2, self._top() - look.px(6), place.width())
            text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, int(room.width()))
            painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), text)
            painter.restore()

    def _paint_cell(self, painter: QPainter, row: int, column: int, count: int, share: float) -> None:
        look, place = style.tokens(), self.cell_rect(row, column)
        right = row == column
        fill = QColor(look.hit if right else look.miss)
        fill.setAlphaF(0.06 + 0.55 * share if count else 0.0)
        inner = place.adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.hover if (row, column) == self._hover else look.bg2)
        painter.drawRect(inner)
        painter.setBrush(fill)
        painter.drawRect(inner)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(look.t2 if right else look.line, 1))
        painter.drawRect(inner)
        painter.setFont(style.font("small_strong" if right else "small"))
        painter.setPen(look.t1 if count else look.t3)
        text = f"{count:,}" if count < 100_000 else f"{count / 1000:,.0f}k"
        painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter), text if count else "·")

    # ------------------------------------------------------------------ what the person does

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        found = self._cell_at(event.position())
        if found != self._hover:
            self._hover = found
            self.setCursor(Qt.CursorShape.PointingHandCursor if found else Qt.CursorShape.ArrowCursor)
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover = None
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        found = self._cell_at(event.position())
        if found is not None and event.button() == Qt.MouseButton.LeftButton:
            self._current = found
            self.update()
            self.cell_chosen.emit(*found)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        moves = {
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
        }
        if event.key() in moves and self._rows():
            row, column = self._current or (0, 0)
            down, right = moves[Qt.Key(event.key())]
            if self._current is not None:
                row = min(max(row + down, 0), self._rows() - 1)
                column = min(max(column + right, 0), len(self._confusion.counts[row]) - 1)
            self._current = (row, column)
            self.setAccessibleDescription(self.words(row, column))
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._current is not None:
            self.cell_chosen.emit(*self._current)
        else:
            super().keyPressEvent(event)

    def words(self, row: int, column: int) -> str:
        """A cell as a sentence."""
        names, counts = self._confusion.names, self._confusion.counts[row]
        count, total = counts[column], sum(counts)
        share = f" ({count / total:.0%} of {total:,})" if total else ""
        if row == column:
            return f"{names[row]}: {count:,} right{share}"
        return f"{names[row]} taken for {names[column]}: {count:,}{share}"

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            found = self._cell_at(QPointF(event.pos()))
            text = (
                f"{self.words(*found)}\nClick: images with {self._confusion.names[found[0]]}" if found else ""
            )
            QToolTip.showText(QPoint(event.globalPos()), text, self)
            return True
        return super().event(event)
