"""Where annotation and prediction differ, the worst first: arrow, number, name, pixels, sigmas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from store.proposals import Difference, DifferenceKind
from widgets import style
from widgets.canvas.levels import Level, level
from widgets.panels.arrows import draw_arrow

_ROW = Qt.ItemDataRole.UserRole
#: More rows than this scroll; the second is for low windows.
MOST_ROWS, MOST_LOW = 4, 3


def is_listed(one: Difference) -> bool:
    """Whether a difference is worth a row: from one sigma up, or a landmark that the annotation lacks."""
    if one.kind is DifferenceKind.MISSING:
        return True
    return one.kind is DifferenceKind.MOVED and level(one.sigmas) is not Level.NONE


class _Model(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: list[Difference] = []

    def set_rows(self, rows: Sequence[Difference]) -> None:
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row = self.rows[index.row()]
        if role == _ROW:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            if row.kind is DifferenceKind.MISSING:
                return f"{row.number} {row.name}, not labelled yet"
            return f"{row.number} {row.name}, {row.pixels:.0f} pixels, {row.sigmas:.1f} sigma"
        return None


class _Delegate(QStyledItemDelegate):
    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex) -> QSize:  # type: ignore[override]
        return QSize(120, style.tokens().table_row)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:  # type: ignore[override]
        row: Difference = index.data(_ROW)
        look, rect = style.tokens(), option.rect
        current = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        if current:
            painter.fillRect(rect, look.sel)
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), look.acc)
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, look.hover)
        middle, right = Qt.AlignmentFlag.AlignVCenter, Qt.AlignmentFlag.AlignRight
        left = rect.left() + look.px(12)
        missing = row.kind is DifferenceKind.MISSING
        if missing:
            where = QRect(left, rect.center().y() - look.px(7), look.px(16), look.px(16))
            style.draw(painter, where, "plus", "t2")
        else:
            draw_arrow(painter, QRect(left, rect.top(), look.px(16), rect.height()), row.sigmas)
        painter.setFont(style.font("table"))
        painter.setPen(look.t2)
        number = QRect(left + look.px(20), rect.top(), look.px(20), rect.height())
        painter.drawText(number, middle | right, str(row.number))
        end = rect.right() - look.px(12)
        sigmas = QRect(end - look.px(44), rect.top(), look.px(44), rect.height())
        pixels = QRect(sigmas.left() - look.px(52), rect.top(), look.px(52), rect.height())
        if missing:
            painter.drawText(pixels.united(sigmas), middle | right, "not labelled")
        else:
            painter.drawText(pixels, middle | right, f"{row.pixels:.0f}\u202fpx")
            painter.drawText(sigmas, middle | right, f"{row.sigmas:.1f}\u202fσ")
        painter.setFont(style.font("section" if current else "table"))
        painter.setPen(look.t1)
        name = QRect(number.right() + look.px(8), rect.top(), pixels.left() - number.right(), rect.height())
        name.setRight(pixels.left() - look.px(4))
        text = painter.fontMetrics().elidedText(row.name, Qt.TextElideMode.ElideRight, name.width())
        painter.drawText(name, middle | Qt.AlignmentFlag.AlignLeft, text)
        painter.restore()


class DifferenceList(QListView):
    """The rows. ``chosen(index)`` is a garment's landmark; nothing is emitted for what code marks."""

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._model = _Model(self)
        self.setModel(self._model)
        self.setItemDelegate(_Delegate(self))
        self.setAccessibleName("Differences between annotation and prediction")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        # A click leaves the keys on the canvas, where the landmark may be moved next.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._quiet = False
        self._most = MOST_ROWS
        self.selectionModel().currentChanged.connect(self._current_changed)
        self.clicked.connect(lambda index: self.chosen.emit(self._model.rows[index.row()].index))
        style.changed.connect(self.updateGeometry)

    def set_low(self, low: bool) -> None:
        """Show fewer rows at once: there is little height."""
        self._most = MOST_LOW if low else MOST_ROWS
        self.updateGeometry()

    def show_rows(self, rows: Sequence[Difference], marked: int) -> None:
        """Show differences; ``marked`` is the landmark whose row is the current one, -1 for none."""
        self._quiet = True
        if list(rows) != self._model.rows:
            many = len(rows) != len(self._model.rows)
            self._model.set_rows(rows)
            if many:
                self.updateGeometry()
        place = next((n for n, row in enumerate(rows) if row.index == marked), -1)
        self.setCurrentIndex(self._model.index(place) if place >= 0 else QModelIndex())
        self._quiet = False
        self.setVisible(bool(rows))

    def sizeHint(self) -> QSize:
        rows = min(max(self._model.rowCount(), 1), self._most)
        return QSize(120, rows * style.tokens().table_row + 2 * self.frameWidth() + 2)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def _current_changed(self, current: QModelIndex) -> None:
        if not self._quiet and current.isValid():
            self.chosen.emit(self._model.rows[current.row()].index)
