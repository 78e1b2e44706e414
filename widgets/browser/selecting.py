"""Which tile is current, and which are selected: rows of a list, however long it is."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, Signal
from PySide6.QtWidgets import QAbstractItemView, QWidget

from widgets.browser.model import Ids, TileModel
from widgets.browser.placed import Index, PlacedView

Flag = QItemSelectionModel.SelectionFlag


class SelectedView(PlacedView):
    """A current row and selected rows, each without the other; what keys and mouse do is others' work.

    An extended selection goes from its anchor, the last row that was selected by itself or gone to.
    """

    current_row_changed = Signal(int)
    selection_changed = Signal()

    def __init__(self, model: TileModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tiles = model
        self._anchor = -1
        self._extending = False
        self.setModel(model)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)

    def forget_anchor(self) -> None:
        """Extend from nowhere: other rows are here now."""
        self._anchor = -1
        self._extending = False

    @property
    def current_row(self) -> int:
        """The row of the current tile, or -1."""
        return self.currentIndex().row()

    def set_current_row(self, row: int, scroll: bool = True) -> None:
        """Make a row current, without selecting it; -1 for none."""
        index = self._tiles.index(row) if 0 <= row < self.count else QModelIndex()
        self.selectionModel().setCurrentIndex(index, Flag.NoUpdate)
        if scroll and index.isValid():
            self.scrollTo(index)

    def selected_count(self) -> int:
        """How many rows are selected."""
        return sum(part.height() for part in self.selectionModel().selection().toList())

    def selected_rows(self) -> Ids:
        """The selected rows, ``(n,)`` int64 ascending."""
        parts = self.selectionModel().selection().toList()
        spans = [np.arange(part.top(), part.bottom() + 1) for part in parts]
        return np.sort(np.concatenate(spans)) if spans else np.empty(0, np.int64)

    def selected_ids(self) -> list[int]:
        """The image ids of the selected rows, in the order shown."""
        ids: list[int] = self._tiles.ids[self.selected_rows()].tolist()
        return ids

    def select_rows(self, rows: Ids) -> None:
        """Select exactly these rows, ``(n,)`` int64 ascending."""
        selection = QItemSelection()
        for part in np.split(rows, np.flatnonzero(np.diff(rows) != 1) + 1) if len(rows) else ():
            selection.select(self._tiles.index(int(part[0])), self._tiles.index(int(part[-1])))
        self._extending = False
        self.selectionModel().select(selection, Flag.ClearAndSelect)

    def selectAll(self) -> None:  # noqa: N802
        """Select every row of the slice, seen or not."""
        self._extending = False
        if self.count:
            whole = QItemSelection(self._tiles.index(0), self._tiles.index(self.count - 1))
            self.selectionModel().select(whole, Flag.ClearAndSelect)

    def clear_selection(self) -> None:
        """Select nothing; the current tile stays."""
        self._extending = False
        self.selectionModel().clearSelection()

    def toggle(self, row: int) -> None:
        """Select a row, or no longer."""
        self._extending = False
        self._anchor = row
        self.selectionModel().select(self._tiles.index(row), Flag.Toggle)

    def extend_to(self, row: int) -> None:
        """Select from where the extending began up to a row, beside what was selected before."""
        selection = self.selectionModel()
        if not self._extending:
            # What was selected last is made firm; the range alone follows the cursor from here on.
            selection.select(QItemSelection(), Flag.Select)
            self._extending = True
            if self._anchor < 0:
                self._anchor = max(0, self.current_row)
        first, last = sorted((self._anchor, row))
        span = QItemSelection(self._tiles.index(first), self._tiles.index(last))
        selection.select(span, Flag.Select | Flag.Current)
        self.set_current_row(row)

    def go(self, row: int, extend: bool) -> None:
        """Make a row current; ``extend`` selects all up to it."""
        if extend:
            self.extend_to(row)
            return
        self._extending = False
        self._anchor = row
        self.set_current_row(row)

    def currentChanged(self, current: Index, previous: Index) -> None:  # noqa: N802
        super().currentChanged(current, previous)
        self.update_row(current.row())
        self.update_row(previous.row())
        self.current_row_changed.emit(current.row())

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:  # noqa: N802
        super().selectionChanged(selected, deselected)
        self.selection_changed.emit()
