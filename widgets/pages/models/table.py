"""The table of models: one line a model, what is refused in the colour of errors with its reason."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractTableModel,
    QByteArray,
    QModelIndex,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHeaderView, QTableView

from widgets import style
from widgets.pages.models.records import (
    PLACES,
    ModelRow,
    headline,
    headline_words,
    network_words,
    size_words,
    task_words,
)

Index = QModelIndex | QPersistentModelIndex

COLUMNS = ("Name", "Tasks", "Categories", "Licence", "Size", "Best metric", "Source")
_NAME, _TASKS, _CATEGORIES, _LICENCE, _SIZE, _METRIC, _SOURCE = range(len(COLUMNS))
_WIDTHS = (220, 220, 84, 110, 72, 150, 118)
#: What is left of the room goes to the tasks, till the person has moved a column.
_MOST_TASKS = 320
_RIGHT = (_CATEGORIES, _SIZE)
#: The row itself, and by what a column is sorted.
ROW, _SORT = int(Qt.ItemDataRole.UserRole), int(Qt.ItemDataRole.UserRole) + 1


class ModelsModel(QAbstractTableModel):
    """Models as rows."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[ModelRow, ...] = ()

    def show_rows(self, rows: Sequence[ModelRow]) -> None:
        """Show these."""
        if tuple(rows) == self._rows:
            return
        self.beginResetModel()
        self._rows = tuple(rows)
        self.endResetModel()

    def rows(self) -> tuple[ModelRow, ...]:
        """What is shown, as it was given."""
        return self._rows

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section in _RIGHT else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], index.column()
        if role == ROW:
            return row
        if role == _SORT:
            return _sort_key(row, column)
        if role == Qt.ItemDataRole.DisplayRole:
            return _text(row, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return _tip(row, column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return _spoken(row) if column == _NAME else f"{COLUMNS[column]}: {_text(row, column)}"
        if role == Qt.ItemDataRole.ForegroundRole and row.reason:
            return style.tokens().bad
        if role == Qt.ItemDataRole.DecorationRole and column == _NAME:
            return style.icon("alert-circle", "bad") if row.reason else style.icon("cube", "t2")
        if role == Qt.ItemDataRole.TextAlignmentRole and column in _RIGHT:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        return None


def _text(row: ModelRow, column: int) -> str:
    manifest = row.manifest
    if manifest is None:
        reason = row.reason.replace(f"{row.folder}/", "").replace(str(row.folder), row.name)
        return {_NAME: row.name, _TASKS: f"refused: {reason}", _SOURCE: PLACES[row.place]}.get(column, "")
    if column == _NAME:
        return row.name
    if column == _TASKS:
        return task_words(manifest)
    if column == _CATEGORIES:
        return f"{len(manifest.spec.categories):,}"
    if column == _LICENCE:
        return manifest.licence or "not said"
    if column == _SIZE:
        return size_words(row.size)
    if column == _METRIC:
        return headline_words(manifest.metrics)
    return PLACES[row.place]


def _tip(row: ModelRow, column: int) -> str:
    if row.manifest is None:
        return f"{row.folder}\n{row.reason}"
    if column == _METRIC:
        on = next((one.on for one in row.measured if one.on), "")
        return f"{headline_words(row.manifest.metrics)}\n{on}".strip()
    if column == _NAME:
        return f"{row.name}\n{network_words(row.manifest)}"
    return str(row.folder) if column == _SOURCE else _text(row, column)


def _spoken(row: ModelRow) -> str:
    if row.manifest is None:
        return f"{row.name}, refused: {row.reason}"
    told = (row.name, network_words(row.manifest), task_words(row.manifest), PLACES[row.place])
    return ", ".join(told)


def _sort_key(row: ModelRow, column: int) -> object:
    manifest = row.manifest
    if column == _SIZE:
        return row.size
    if column == _CATEGORIES:
        return len(manifest.spec.categories) if manifest is not None else -1
    if column == _METRIC:
        best = headline(manifest.metrics) if manifest is not None else None
        # Figures of different kinds are not better or worse than each other: kind by kind.
        return f"{best[0]} {best[1]:012.6f}" if best else ""
    return _text(row, column).casefold()


class _Fitting(QSortFilterProxyModel):
    """Models that have all the words of a search; refused ones are found like the others."""

    def __init__(self, rows: ModelsModel) -> None:
        super().__init__()
        self._words: list[str] = []
        self.setSourceModel(rows)
        self.setSortRole(_SORT)

    def search(self, text: str) -> None:
        self._words = text.casefold().split()
        self.invalidate()

    def filterAcceptsRow(self, row: int, _parent: Index) -> bool:  # noqa: N802
        model = self.sourceModel()
        one: ModelRow = model.index(row, 0).data(ROW)
        told = " ".join(_text(one, column) for column in range(len(COLUMNS))).casefold()
        if one.manifest is not None:
            told += f" {network_words(one.manifest)}".casefold()
        return all(word in told for word in self._words)


class ModelsTable(QTableView):
    """``chosen(ModelRow | None)``: another row is current. ``opened(ModelRow)``: Enter or a double click.

    ``removal_wanted``: the person pressed Delete.
    """

    chosen = Signal(object)
    opened = Signal(object)
    removal_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Models")
        self.rows = ModelsModel()
        self._fitting = _Fitting(self.rows)
        self.setModel(self._fitting)
        self._key = ""
        self._arranged = False
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.verticalHeader().setVisible(False)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionsMovable(True)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        head.setStretchLastSection(True)
        for column, width in enumerate(_WIDTHS):
            head.resizeSection(column, style.tokens().px(width))
        self.setSortingEnabled(True)
        self.sortByColumn(_NAME, Qt.SortOrder.AscendingOrder)
        self.selectionModel().currentRowChanged.connect(self._current_changed)
        self.doubleClicked.connect(lambda index: self.opened.emit(index.data(ROW)))
        self._fix()
        style.changed.connect(self._fix)

    def _fix(self) -> None:
        self.verticalHeader().setDefaultSectionSize(style.tokens().table_row)
        self.viewport().update()

    # -- what is shown --------------------------------------------------------------------------

    def show_rows(self, rows: Sequence[ModelRow]) -> None:
        """Show these; the current one stays current, else the first becomes so."""
        before = self.current()
        chooser = self.selectionModel()
        blocked = chooser.blockSignals(True)
        self.rows.show_rows(rows)
        self._choose(self._key)
        chooser.blockSignals(blocked)
        if self.current() != before:
            self._tell()

    def search(self, text: str) -> None:
        """Only models that fit a text."""
        key = self._key
        self._fitting.search(text)
        self._choose(key)

    def choose(self, key: str) -> bool:
        """Make a model current by its key; false where it is not there."""
        there = any(row.key == key for row in self.rows.rows())
        if there:
            self._choose(key)
        return there

    def current(self) -> ModelRow | None:
        """The current model."""
        index = self.currentIndex()
        found = index.data(ROW) if index.isValid() else None
        return found if isinstance(found, ModelRow) else None

    def _choose(self, key: str) -> None:
        count = self._fitting.rowCount()
        keys = [self._fitting.index(row, 0).data(ROW).key for row in range(count)]
        if not count:
            self._tell()
            return
        # Not first what cannot be used.
        good = (n for n in range(count) if not self._fitting.index(n, 0).data(ROW).reason)
        self.selectRow(keys.index(key) if key in keys else next(good, 0))

    def _current_changed(self, _new: QModelIndex, _before: QModelIndex) -> None:
        self._tell()

    def _tell(self) -> None:
        now = self.current()
        self._key = now.key if now is not None else self._key
        self.chosen.emit(now)

    # -- remembered -----------------------------------------------------------------------------

    def layout_text(self) -> str:
        """Widths and order of the columns and what is sorted by, as a text for the settings."""
        return base64.b64encode(self.horizontalHeader().saveState().data()).decode("ascii")

    def restore_layout(self, text: object) -> None:
        """The columns as they were; what is no such text changes nothing."""
        if not isinstance(text, str):
            return
        try:
            data = base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            return
        head = self.horizontalHeader()
        if head.restoreState(QByteArray(data)):
            self._arranged = True
            self.sortByColumn(head.sortIndicatorSection(), head.sortIndicatorOrder())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self._arranged:
            look = style.tokens()
            others = sum(look.px(width) for width in _WIDTHS[_CATEGORIES:])
            room = self.viewport().width() - others
            name = max(look.px(150), min(look.px(_WIDTHS[_NAME]), room // 2))
            left = room - name
            self.setColumnWidth(_NAME, name)
            self.setColumnWidth(_TASKS, max(look.px(140), min(look.px(_MOST_TASKS), left)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.current()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and row is not None:
            self.opened.emit(row)
        elif event.key() == Qt.Key.Key_Delete and row is not None:
            self.removal_wanted.emit()
        else:
            super().keyPressEvent(event)
