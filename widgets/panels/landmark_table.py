"""The table of a garment's landmarks: number, name, state, place, and how far a prediction is from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QLocale,
    QModelIndex,
    QPointF,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QDoubleValidator, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QLineEdit,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from store.geometry import has_place
from store.proposals import Difference, DifferenceKind
from store.records import VISIBILITY_WORDS, Garment, Visibility
from widgets import style
from widgets.canvas.levels import Level, level
from widgets.panels.arrows import arrow_look, draw_arrow
from widgets.panels.diagram import paint_state

NUMBER, NAME, STATE, X, Y, DIFFERENCE = range(6)
_HEADS = ("#", "name", "", "x", "y", "diff σ")
_SPOKEN = {STATE: "state", DIFFERENCE: "difference to the prediction in sigma"}
_WIDTHS = {NUMBER: 32, STATE: 22, X: 55, Y: 55, DIFFERENCE: 54}
#: From here on the figure says no more than that it is far.
_FAR = 100.0
#: Texts of so many characters fit into each column.
_SHORT = 6


class LandmarkModel(QAbstractTableModel):
    """One row a landmark. Writing to x or y emits ``moved`` and changes nothing itself."""

    moved = Signal(int, float, float)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.garment: Garment | None = None
        self.names: tuple[str, ...] = ()
        self.colour = "#B9B9B9"
        self._placed = np.zeros(0, bool)
        self._differences: dict[int, Difference] = {}

    def show_garment(
        self,
        garment: Garment | None,
        names: tuple[str, ...],
        colour: str,
        differences: Mapping[int, Difference],
    ) -> None:
        """``names`` and ``colour`` are those of the garment's category; ``differences`` by landmark."""
        before = (self.names, self.colour, self._differences)
        if garment is self.garment and (names, colour, differences) == before:
            return
        same = (
            self.garment is not None
            and garment is not None
            and self.garment.id == garment.id
            and self.names == names
        )
        if not same:
            self.beginResetModel()
        self.garment, self.names, self.colour = garment, names, colour
        self._differences = dict(differences)
        if garment is not None:
            self._placed = has_place(garment.points, garment.visibility)
        if same:
            self.dataChanged.emit(self.index(0, 0), self.index(len(names) - 1, DIFFERENCE))
        else:
            self.endResetModel()

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if self.garment is None or (parent is not None and parent.isValid()) else len(self.names)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(_HEADS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _HEADS[section]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return _SPOKEN.get(section, _HEADS[section])
        if role == Qt.ItemDataRole.ToolTipRole and section == DIFFERENCE:
            return "How far the prediction is, in sigma: how far apart people usually are"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(section)
        return None

    def flags(self, index: QModelIndex) -> Qt.ItemFlag:  # type: ignore[override]
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() in (X, Y) else flags

    def state(self, row: int) -> Visibility:
        if self.garment is None:
            return Visibility.UNLABELLED
        return Visibility(int(self.garment.visibility[row]))

    def difference(self, row: int) -> Difference | None:
        """What is proposed for a landmark beside what it is."""
        return self._differences.get(row)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # type: ignore[override]
        if self.garment is None or not index.isValid() or index.row() >= len(self.names):
            return None
        row, column = index.row(), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(row, column)
        if role == Qt.ItemDataRole.EditRole and column in (X, Y):
            return f"{float(self.garment.points[row][column - X]):.2f}"
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole) and column == STATE:
            return VISIBILITY_WORDS[self.state(row)]
        if role == Qt.ItemDataRole.ToolTipRole and column == NAME:
            return self.names[row]
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole) and column == DIFFERENCE:
            return _told(self.difference(row))
        return None

    def text(self, row: int, column: int) -> str:
        """What a cell says."""
        if column == NUMBER:
            return str(row + 1)
        if column == NAME:
            return self.names[row]
        if column in (X, Y) and self.garment is not None and self._placed[row]:
            return f"{self.garment.points[row][column - X]:.1f}"
        found = self.difference(row) if column == DIFFERENCE else None
        if found is not None and found.kind is DifferenceKind.MOVED:
            return f"{found.sigmas:.1f}" if found.sigmas < _FAR else f"> {_FAR:.0f}"
        return ""

    def setData(self, index: QModelIndex, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:  # type: ignore[override]
        if role != Qt.ItemDataRole.EditRole or self.garment is None or index.column() not in (X, Y):
            return False
        number, understood = QLocale().toDouble(str(value))
        if not understood:
            number, understood = QLocale.c().toDouble(str(value))
        before = self.garment.points[index.row()].tolist()
        place = list(before)
        place[index.column() - X] = round(number, 2)
        if not understood or place == before:
            return False
        self.moved.emit(index.row(), place[0], place[1])
        return True


def _told(found: Difference | None) -> str:
    """A difference in words; "" where nothing is proposed."""
    if found is None:
        return ""
    if found.kind is DifferenceKind.MISSING:
        return "The model sees it; it is not labelled yet"
    if found.kind is DifferenceKind.EXTRA:
        return "The model is not sure of it"
    return f"The model sees it {found.pixels:.0f}\u202fpx away, {found.sigmas:.1f}\u202fσ"


def _alignment(column: int) -> Qt.AlignmentFlag:
    if column in (NUMBER, X, Y, DIFFERENCE):
        return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class _Delegate(QStyledItemDelegate):
    """Paints a landmark's row, its state as the mark of the canvas; edits coordinates."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        style.changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        # Made once for a look: a table of cells is painted at each step from landmark to landmark.
        self._font, self._bold = style.font("table"), style.font("section")
        self._metrics = QFontMetrics(self._font)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:  # type: ignore[override]
        model = index.model()
        if not isinstance(model, LandmarkModel):
            return
        look, rect, row, column = style.tokens(), option.rect, index.row(), index.column()
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        if chosen or option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, look.sel if chosen else look.hover)
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, look.line)
        if column == STATE:
            middle = QPointF(rect.center()) + QPointF(0.5, 0.5)
            paint_state(painter, middle, model.state(row), model.colour, 4.6)
        elif column == DIFFERENCE:
            self._paint_difference(painter, rect, model.difference(row), model.text(row, column))
        elif text := model.text(row, column):
            quiet = column == NUMBER or model.state(row) is Visibility.UNLABELLED
            painter.setPen(look.t3 if quiet else look.t1)
            painter.setFont(self._font)
            room = rect.adjusted(look.px(6), 0, -look.px(4), 0)
            if len(text) > _SHORT:
                # "left sleeve, outer 1" and "left sleeve, outer 2" differ at their ends.
                text = self._metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, room.width())
            painter.drawText(room, _alignment(column), text)
        painter.restore()

    def _paint_difference(self, painter: QPainter, rect: QRect, found: Difference | None, text: str) -> None:
        """The figure; large ones with the arrow of the canvas before it, and in its colour."""
        look = style.tokens()
        if found is None or found.kind is DifferenceKind.EXTRA:
            return
        room = rect.adjusted(look.px(2), 0, -look.px(10), 0)
        if found.kind is DifferenceKind.MISSING:
            side = look.px(14)
            where = QRect(room.right() - side + 1, room.center().y() - side // 2, side, side)
            style.draw(painter, where, "plus", "t2")
            return
        far = level(found.sigmas)
        large = far in (Level.LARGE, Level.HUGE)
        painter.setFont(self._bold if far is Level.HUGE else self._font)
        painter.setPen(arrow_look(found.sigmas)[0] if large else look.t2)
        painter.drawText(room, _alignment(DIFFERENCE), text)
        if large:
            draw_arrow(painter, QRect(room.left(), room.top(), look.px(11), room.height()), found.sigmas)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:  # type: ignore[override]
        return QSize(super().sizeHint(option, index).width(), style.tokens().table_row)

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: QModelIndex) -> QWidget:  # type: ignore[override]
        editor = QLineEdit(parent)
        editor.setProperty("look", "cell")
        editor.setFrame(False)
        editor.setStyleSheet("min-height: 0px; padding: 0px 2px;")
        editor.setValidator(QDoubleValidator(editor))
        editor.setAlignment(Qt.AlignmentFlag.AlignRight)
        editor.setAccessibleName(_HEADS[index.column()])
        return editor

    def updateEditorGeometry(  # type: ignore[override]  # noqa: N802
        self, editor: QWidget, option: QStyleOptionViewItem, _index: QModelIndex
    ) -> None:
        # As wide as a number of six figures wants, which is more than a column has.
        editor.setGeometry(option.rect.adjusted(-style.tokens().px(18), 1, 0, -2))

    def setEditorData(self, editor: QWidget, index: QModelIndex) -> None:  # type: ignore[override]
        # Asked again whenever something of the table changes, such as what a model has just said.
        if not (isinstance(editor, QLineEdit) and editor.isModified()):
            super().setEditorData(editor, index)

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: QModelIndex) -> None:  # type: ignore[override]
        if isinstance(editor, QLineEdit):
            model.setData(index, editor.text(), Qt.ItemDataRole.EditRole)


class LandmarkTable(QTableView):
    """Shows a :class:`LandmarkModel`, a row a landmark."""

    def __init__(self, model: LandmarkModel) -> None:
        super().__init__()
        self.setModel(model)
        self.setItemDelegate(_Delegate(self))
        self.setAccessibleName("Landmarks")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        edit = QAbstractItemView.EditTrigger
        self.setEditTriggers(edit.DoubleClicked | edit.EditKeyPressed)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.verticalHeader().hide()
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setMinimumSectionSize(20)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        style.changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        look = style.tokens()
        for column, width in _WIDTHS.items():
            self.setColumnWidth(column, look.px(width))
        self.verticalHeader().setDefaultSectionSize(look.table_row)
        self.horizontalHeader().setFixedHeight(look.table_row)
        self.setFont(style.font("table"))

    def sizeHint(self) -> QSize:
        return QSize(200, style.tokens().table_row * 7)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, style.tokens().table_row * 4)
