"""The landmarks of the selected garment: diagram, legend and table."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import (
    QAbstractItemModel,
    QAbstractTableModel,
    QItemSelectionModel,
    QLocale,
    QModelIndex,
    QPointF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QDoubleValidator, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
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
from store.records import VISIBILITY_WORDS, Garment, Visibility
from widgets import style
from widgets.canvas.state import Selection, Shown
from widgets.common import Section, label
from widgets.panels.diagram import Diagram, Legend, paint_state

NUMBER, NAME, STATE, X, Y = range(5)
_HEADS = ("#", "name", "", "x", "y")
_WIDTHS = {NUMBER: 36, STATE: 26, X: 54, Y: 58}


class _Model(QAbstractTableModel):
    """One row a landmark. Writing to x or y emits ``moved`` and changes nothing itself."""

    moved = Signal(int, float, float)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.garment: Garment | None = None
        self.names: tuple[str, ...] = ()
        self.colour = "#B9B9B9"
        self._placed = np.zeros(0, bool)

    def show_garment(self, garment: Garment | None, names: tuple[str, ...], colour: str) -> None:
        same = (
            self.garment is not None
            and garment is not None
            and self.garment.id == garment.id
            and self.names == names
        )
        if not same:
            self.beginResetModel()
        self.garment, self.names, self.colour = garment, names, colour
        if garment is not None:
            self._placed = has_place(garment.points, garment.visibility)
        if same:
            self.dataChanged.emit(self.index(0, 0), self.index(len(names) - 1, Y))
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
            return _HEADS[section] or "state"
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

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # type: ignore[override]
        if self.garment is None or not index.isValid() or index.row() >= len(self.names):
            return None
        row, column = index.row(), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._text(row, column)
        if role == Qt.ItemDataRole.EditRole and column in (X, Y):
            return f"{float(self.garment.points[row][column - X]):.2f}"
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole) and column == STATE:
            return VISIBILITY_WORDS[self.state(row)]
        if role == Qt.ItemDataRole.ToolTipRole and column == NAME:
            return self.names[row]
        return None

    def _text(self, row: int, column: int) -> str:
        if column == NUMBER:
            return str(row + 1)
        if column == NAME:
            return self.names[row]
        if column in (X, Y) and self.garment is not None and self._placed[row]:
            return f"{self.garment.points[row][column - X]:.1f}"
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


def _alignment(column: int) -> Qt.AlignmentFlag:
    if column in (NUMBER, X, Y):
        return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class _Delegate(QStyledItemDelegate):
    """Paints a landmark's row, its state as the mark of the canvas; edits coordinates."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:  # type: ignore[override]
        model = index.model()
        if not isinstance(model, _Model):
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
        else:
            quiet = column == NUMBER or model.state(row) is Visibility.UNLABELLED
            painter.setPen(look.t3 if quiet else look.t1)
            painter.setFont(style.font("table"))
            room = rect.adjusted(look.px(6), 0, -look.px(10 if column == Y else 4), 0)
            text = painter.fontMetrics().elidedText(
                index.data() or "", Qt.TextElideMode.ElideRight, room.width()
            )
            painter.drawText(room, _alignment(column), text)
        painter.restore()

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

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: QModelIndex) -> None:  # type: ignore[override]
        if isinstance(editor, QLineEdit):
            model.setData(index, editor.text(), Qt.ItemDataRole.EditRole)


class _Table(QTableView):
    def sizeHint(self) -> QSize:
        return QSize(200, style.tokens().table_row * 7)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, style.tokens().table_row * 4)


class LandmarksPanel(Section):
    """Signals: ``chosen(landmark, marked)`` with all marked indices, ``moved(landmark, x, y)``,
    ``state_wanted(Visibility)``. What code selects emits nothing."""

    chosen = Signal(int, object)
    moved = Signal(int, float, float)
    state_wanted = Signal(object)

    def __init__(self) -> None:
        super().__init__("Landmarks", chevron=False, padding=0)
        self._quiet = False
        self.diagram = Diagram()
        self.diagram.chosen.connect(lambda index: self.chosen.emit(index, frozenset()))
        self.legend = Legend()
        self.legend.chosen.connect(self.state_wanted)
        self._head = QWidget()
        row = QHBoxLayout(self._head)
        row.setContentsMargins(6, 4, 8, 4)
        row.setSpacing(4)
        row.addWidget(self.diagram, 1)
        row.addWidget(self.legend, 0, Qt.AlignmentFlag.AlignVCenter)
        self.add(self._head)
        self._none = label("", "note", wrap=True)
        self._none.setContentsMargins(12, 10, 12, 10)
        self._none.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.add(self._none)
        self._model = _Model(self)
        self._model.moved.connect(self.moved)
        self.table = self._make_table()
        self.add(self.table, 1)
        style.changed.connect(self._dress)
        self._dress()

    def _make_table(self) -> _Table:
        table = _Table()
        table.setModel(self._model)
        table.setItemDelegate(_Delegate(table))
        table.setAccessibleName("Landmarks")
        table.setFrameShape(QFrame.Shape.NoFrame)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setTabKeyNavigation(False)
        table.setMouseTracking(True)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        edit = QAbstractItemView.EditTrigger
        table.setEditTriggers(edit.DoubleClicked | edit.EditKeyPressed)
        table.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        table.verticalHeader().hide()
        head = table.horizontalHeader()
        head.setHighlightSections(False)
        head.setMinimumSectionSize(20)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        table.selectionModel().selectionChanged.connect(self._selection_changed)
        return table

    def _dress(self) -> None:
        look = style.tokens()
        for column, width in _WIDTHS.items():
            self.table.setColumnWidth(column, look.px(width))
        self.table.verticalHeader().setDefaultSectionSize(look.table_row)
        self.table.horizontalHeader().setFixedHeight(look.table_row)
        self.table.setFont(style.font("table"))

    def show_garment(self, shown: Shown, selection: Selection) -> None:
        """Show the landmarks of the selected garment, and which are marked."""
        garment = shown.garment(selection.garment_id)
        count = len(garment.points) if garment is not None else 0
        self._head.setVisible(count > 0)
        self.table.setVisible(count > 0)
        self._none.setVisible(count == 0)
        if garment is None or not count:
            self.set_note("")
            self._none.setText(
                "Select a garment to see its landmarks"
                if garment is None
                else "This garment has no landmarks"
            )
            self._model.show_garment(None, (), "")
            return
        name, colour = shown.category_name(garment), shown.colour(garment)
        self.set_note(f"{name}, {count}")
        names = tuple(shown.landmark_name(garment, index) for index in range(count))
        schema = shown.schema(garment)
        self.diagram.setVisible(schema is not None and bool(schema.template))
        self.diagram.show_landmarks(schema, garment.visibility, colour, selection.landmark)
        self.legend.show_counts(garment.visibility, colour)
        self._quiet = True
        self._model.show_garment(garment, names, colour)
        self._quiet = False
        self._select(selection)

    def _select(self, selection: Selection) -> None:
        model = self.table.selectionModel()
        marked = {index.row() for index in model.selectedRows()}
        self._quiet = True
        flag = QItemSelectionModel.SelectionFlag
        if marked != set(selection.landmarks):
            model.clearSelection()
            for row in selection.landmarks:
                model.select(self._model.index(row, 0), flag.Select | flag.Rows)
        if selection.landmark >= 0:
            index = self._model.index(selection.landmark, NAME)
            if self.table.currentIndex().row() != selection.landmark:
                model.setCurrentIndex(index, flag.NoUpdate)
            self.table.scrollTo(index)
        self._quiet = False

    def _selection_changed(self) -> None:
        if self._quiet:
            return
        marked = frozenset(index.row() for index in self.table.selectionModel().selectedRows())
        current = self.table.currentIndex().row()
        if marked and current not in marked:
            current = min(marked)
        self.chosen.emit(current if marked else -1, marked if len(marked) > 1 else frozenset())
