"""The garments of the image as a list: number, colour, category, how many landmarks, shown or hidden."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen
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

from store.document.order_edits import is_locked
from store.records import Visibility
from widgets import style
from widgets.canvas.state import Shown
from widgets.common import IconButton, Section
from widgets.common.bars import draw_swatch

_ROW = Qt.ItemDataRole.UserRole
#: More rows than this scroll inside the section; the second is for low windows.
MOST_ROWS, MOST_LOW = 7, 4
_EYE = 34
_LOCK = 22


@dataclass(frozen=True, slots=True)
class GarmentRow:
    """What the list says of one garment; ``labelled`` of ``size`` landmarks have a state.

    With a ``score`` it is one that a model proposes, without a number and an eye: its ``garment_id`` is then
    negative (:func:`proposal_row`).
    """

    garment_id: int
    number: int
    colour: str
    name: str
    labelled: int
    size: int
    hidden: bool
    score: float | None = None
    locked: bool = False

    @property
    def count(self) -> str:
        if self.score is not None:
            return f"proposed {self.score:.2f}"
        return f"{self.labelled} of {self.size}" if self.size else "no landmarks"


def proposal_id(number: int) -> int:
    """What stands for a proposal where ids of garments stand; its own inverse is :func:`proposal_number`."""
    return -1 - number


def proposal_number(garment_id: int) -> int:
    """The number of the proposal behind an id, -1 for a garment's."""
    return -1 - garment_id if garment_id < 0 else -1


def proposal_row(number: int, colour: str, name: str, score: float) -> GarmentRow:
    """The row of a garment that a model proposes."""
    return GarmentRow(proposal_id(number), 0, colour, name, 0, 0, False, score)


def rows_of(shown: Shown) -> list[GarmentRow]:
    """The rows for the garments of an image, in order."""
    return [
        GarmentRow(
            garment_id=one.id,
            number=number,
            colour=shown.colour(one),
            name=shown.category_name(one),
            labelled=int((one.visibility != Visibility.UNLABELLED).sum()),
            size=len(one.points),
            hidden=one.id in shown.hidden,
            locked=is_locked(one),
        )
        for number, one in enumerate(shown.garments, 1)
    ]


class _Model(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: list[GarmentRow] = []

    def set_rows(self, rows: list[GarmentRow]) -> None:
        if [row.garment_id for row in rows] != [row.garment_id for row in self.rows]:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
        elif rows != self.rows:
            self.rows = rows
            self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row = self.rows[index.row()]
        if role == _ROW:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            if row.score is not None:
                return f"{row.name}, {row.count}"
            hidden = ", hidden" if row.hidden else ""
            locked = ", locked" if row.locked else ""
            return f"{row.number} {row.name}, {row.count} landmarks{hidden}{locked}"
        return None


class _Delegate(QStyledItemDelegate):
    """Paints a row; the eye at its right is a button, and so is the lock of one that is locked or pointed
    at."""

    eye_pressed = Signal(int)
    lock_pressed = Signal(int)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex) -> QSize:  # type: ignore[override]
        return QSize(120, style.tokens().list_row)

    @staticmethod
    def eye(rect: QRect) -> QRect:
        side = style.tokens().px(_EYE)
        return QRect(rect.right() - side, rect.top(), side, rect.height())

    @classmethod
    def lock(cls, rect: QRect) -> QRect:
        """Where the lock is, left of the eye."""
        eye = cls.eye(rect)
        return eye.translated(-style.tokens().px(_LOCK), 0)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:  # type: ignore[override]
        row: GarmentRow = index.data(_ROW)
        look, rect = style.tokens(), option.rect
        current = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        if current:
            painter.fillRect(rect, look.sel)
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), look.acc)
        elif hovered:
            painter.fillRect(rect, look.hover)
        self._paint_kind(painter, rect, row)
        self._paint_words(painter, rect, row, current)
        if row.score is None:
            if row.locked or current or hovered:
                name, role = ("lock", "t1") if row.locked else ("lock-open", "t3")
                style.draw(painter, _icon_in(self.lock(rect)), name, role)
            name, role = ("eye-off", "t3") if row.hidden else ("eye", "t2")
            style.draw(painter, _icon_in(self.eye(rect)), name, role)
        painter.restore()

    @staticmethod
    def _paint_kind(painter: QPainter, rect: QRect, row: GarmentRow) -> None:
        """Number and colour; a proposal has no number, and only an edge."""
        look = style.tokens()
        painter.setFont(style.font("body"))
        painter.setPen(look.t3)
        side = look.px(12)
        swatch = QRectF(rect.left() + look.px(34), rect.center().y() + 1 - side / 2, side, side)
        if row.score is None:
            # Three figures begin further left: they end before the swatch.
            left = rect.left() + look.px(12 if row.number < 100 else 6)
            number = QRect(left, rect.top(), look.px(26), rect.height())
            painter.drawText(
                number, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, str(row.number)
            )
            draw_swatch(painter, swatch, row.colour)
        else:
            painter.setPen(_dashed(row.colour))
            painter.drawRect(swatch.adjusted(0.5, 0.5, -0.5, -0.5))

    def _paint_words(self, painter: QPainter, rect: QRect, row: GarmentRow, current: bool) -> None:
        """What it is called, as far as there is room beside what is counted of it."""
        look, middle = style.tokens(), Qt.AlignmentFlag.AlignVCenter
        count = QRect(self.lock(rect).left() - look.px(80), rect.top(), look.px(82), rect.height())
        if row.score is not None:
            count.translate(self.eye(rect).width() + look.px(_LOCK - 10), 0)
        painter.setFont(style.font("small"))
        painter.setPen(look.t3)
        painter.drawText(count, middle | Qt.AlignmentFlag.AlignRight, row.count)
        painter.setFont(style.font("strong" if current else "body"))
        painter.setPen(look.t3 if row.hidden else look.t1)
        left = rect.left() + look.px(54)
        name = QRect(left, rect.top(), count.left() + look.px(20) - left, rect.height())
        text = painter.fontMetrics().elidedText(row.name, Qt.TextElideMode.ElideRight, name.width())
        painter.drawText(name, middle | Qt.AlignmentFlag.AlignLeft, text)

    def editorEvent(  # type: ignore[override]
        self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: QModelIndex
    ) -> bool:
        if (
            isinstance(event, QMouseEvent)
            and event.type() in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick)
            and index.data(_ROW).score is None
        ):
            at = event.position().toPoint()
            if self.eye(option.rect).contains(at):
                self.eye_pressed.emit(index.row())
                return True
            if self.lock(option.rect).contains(at):
                self.lock_pressed.emit(index.row())
                return True
        return super().editorEvent(event, model, option, index)


def _icon_in(part: QRect) -> QRect:
    """Where the icon of a part of a row is."""
    side = style.tokens().px(16)
    return QRect(part.center().x() - side // 2, part.center().y() - side // 2 + 1, side, side)


def _dashed(colour: str) -> QPen:
    look = style.tokens()
    made = QPen(QColor(colour) if look.outline is None else look.outline, 1.4)
    made.setDashPattern([2.5, 2.0])
    return made


class _List(QListView):
    """Space shows and hides the current garment; Delete asks to delete it."""

    space_pressed = Signal()
    delete_pressed = Signal()
    #: More rows than this scroll.
    most = MOST_ROWS

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            self.space_pressed.emit()
        elif event.key() == Qt.Key.Key_Delete:
            self.delete_pressed.emit()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        rows = min(max(self.model().rowCount(), 1), self.most)
        return QSize(120, rows * style.tokens().list_row + 2 * self.frameWidth() + 4)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()


class GarmentsPanel(Section):
    """The list of garments. Signals carry ids as rows have them; nothing is emitted for what code selects."""

    chosen = Signal(int)
    visibility_toggled = Signal(int)
    lock_toggled = Signal(int)
    #: The selected garment is to go forward (1) or back (-1) among those that overlap.
    move_wanted = Signal(int)
    new_wanted = Signal()
    delete_wanted = Signal()

    def __init__(self) -> None:
        super().__init__("Garments", chevron=False, padding=0)
        self._model = _Model(self)
        self._list = _List()
        self._list.setModel(self._model)
        self._list.setAccessibleName("Garments")
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.setUniformItemSizes(True)
        self._list.setMouseTracking(True)
        self._list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        delegate = _Delegate(self._list)
        self._list.setItemDelegate(delegate)
        delegate.eye_pressed.connect(self._toggle_row)
        delegate.lock_pressed.connect(self._lock_row)
        self._list.space_pressed.connect(lambda: self._toggle_row(self._list.currentIndex().row()))
        self._list.delete_pressed.connect(self.delete_wanted)
        self._list.selectionModel().currentChanged.connect(self._current_changed)
        self._quiet = False
        self.add(self._list)
        self.new_button = IconButton("plus", "New garment: drag a box around it")
        self.new_button.clicked.connect(self.new_wanted)
        self.add_action(self.new_button)
        self.move_buttons = [
            IconButton("stack-forward", "Bring the selected garment forward", "Ctrl+]"),
            IconButton("stack-backward", "Send the selected garment back", "Ctrl+["),
        ]
        for button, by in zip(self.move_buttons, (1, -1), strict=True):
            button.clicked.connect(lambda _on=False, by=by: self.move_wanted.emit(by))
            self.add_action(button)
        self.delete_button = IconButton("trash", "Delete the selected garment", "Delete")
        self.delete_button.clicked.connect(self.delete_wanted)
        self.add_action(self.delete_button)
        style.changed.connect(self._list.updateGeometry)

    @property
    def view(self) -> QListView:
        return self._list

    def set_low(self, low: bool) -> None:
        """Show fewer rows at once: there is little height."""
        self._list.most = MOST_LOW if low else MOST_ROWS
        self._list.updateGeometry()

    def show_rows(self, rows: Iterable[GarmentRow], selected: int) -> None:
        """Show the garments; ``selected`` is the id of the selected one, 0 for none."""
        before = len(self._model.rows)
        self._quiet = True
        self._model.set_rows(list(rows))
        self._quiet = False
        if before != len(self._model.rows):
            self._list.updateGeometry()
        proposed = sum(row.score is not None for row in self._model.rows)
        count = len(self._model.rows) - proposed
        note = str(count) if count else "none yet"
        self.set_note(f"{note}, and {proposed} proposed" if proposed else note)
        self.select(selected)

    def select(self, garment_id: int) -> None:
        """Mark a garment as selected, without a signal."""
        found = next((n for n, row in enumerate(self._model.rows) if row.garment_id == garment_id), -1)
        self._quiet = True
        if found < 0:
            self._list.clearSelection()
            self._list.setCurrentIndex(QModelIndex())
        else:
            self._list.setCurrentIndex(self._model.index(found))
        self._quiet = False
        own = found >= 0 and garment_id > 0
        self.delete_button.setEnabled(own)
        count = sum(row.score is None for row in self._model.rows)
        for button, last in zip(self.move_buttons, (count - 1, 0), strict=True):
            button.setEnabled(own and found != last)

    def _current_changed(self, current: QModelIndex) -> None:
        if not self._quiet and current.isValid():
            self.chosen.emit(self._model.rows[current.row()].garment_id)

    def _lock_row(self, row: int) -> None:
        self.lock_toggled.emit(self._model.rows[row].garment_id)

    def _toggle_row(self, row: int) -> None:
        if 0 <= row < len(self._model.rows) and self._model.rows[row].score is None:
            self.visibility_toggled.emit(self._model.rows[row].garment_id)
