"""A list of records for a view that paints them itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, Qt

R = TypeVar("R")


class ListModel(QAbstractListModel, Generic[R]):
    """``rows`` are the records; ``said`` makes words of one for a role of Qt, or None."""

    #: The role under which an index has its record, for the delegate.
    ROW = Qt.ItemDataRole.UserRole

    def __init__(self, said: Callable[[R, int], str | None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._said = said
        self.rows: list[R] = []

    def set_rows(self, rows: Sequence[R]) -> None:
        """Show other records."""
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # type: ignore[override]
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row = self.rows[index.row()]
        return row if role == self.ROW else self._said(row, role)
