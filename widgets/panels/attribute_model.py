"""The rows of the attribute list: which are shown, in what order, and what is said of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from store.document.fact_edits import VALUE_WORDS
from widgets import style

ROW = Qt.ItemDataRole.UserRole
#: Icon and colour token of each value.
_MARKS = {1: ("check", "ok"), -1: ("x", "bad"), 0: ("minus", "t3")}


@dataclass(frozen=True, slots=True)
class AttributeRow:
    """A row: the head of a type (``name`` is empty), or an attribute with what is said of it."""

    group: str
    name: str = ""
    value: int = 0


def shown_name(name: str) -> str:
    """An attribute as people read it."""
    return name.replace("_", " ")


def rows_of(
    words: Sequence[tuple[str, str]], said: Mapping[str, int], search: str, everything: bool
) -> list[AttributeRow]:
    """The rows to show: what is said; with a ``search`` the names that have all its words in them, and with
    ``everything`` all. Types stand together with a head each."""
    parts = search.casefold().replace("_", " ").split()
    known = {name for _, name in words}
    listed = [*words, *(("others", name) for name in said if name not in known)]
    rows: list[AttributeRow] = []
    group = None
    for its, name in listed:
        value = said.get(name, 0)
        value = value if value in VALUE_WORDS else 0
        if parts:
            plain = shown_name(name).casefold()
            if not all(part in plain for part in parts):
                continue
        elif not everything and not value:
            continue
        if its != group:
            rows.append(AttributeRow(its))
            group = its
        rows.append(AttributeRow(its, name, value))
    return rows


class AttributeModel(QAbstractListModel):
    """The rows; heads can be neither chosen nor changed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.rows: list[AttributeRow] = []

    def set_rows(self, rows: list[AttributeRow]) -> None:
        """Show other rows; where only values differ, the list stays where it is."""
        if [(one.group, one.name) for one in rows] == [(one.group, one.name) for one in self.rows]:
            self.rows = rows
            if rows:
                self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
            return
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def place(self, name: str) -> int:
        """The row of an attribute, -1 where it is not shown."""
        return next((at for at, row in enumerate(self.rows) if row.name == name), -1)

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def flags(self, index: QModelIndex) -> Qt.ItemFlag:  # type: ignore[override]
        if not index.isValid() or not self.rows[index.row()].name:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # type: ignore[override]
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row = self.rows[index.row()]
        if role == ROW:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{shown_name(row.name)}, {VALUE_WORDS[row.value]}" if row.name else row.group
        return None


class AttributeDelegate(QStyledItemDelegate):
    """A name with a mark for yes, no or unknown before it; the head of a type in small letters."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex) -> QSize:  # type: ignore[override]
        return QSize(80, style.tokens().facet_row)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:  # type: ignore[override]
        row: AttributeRow = index.data(ROW)
        look, rect = style.tokens(), option.rect
        painter.save()
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        left = rect.left() + look.px(12)
        if not row.name:
            painter.setFont(style.font("small"))
            painter.setPen(look.t3)
            painter.drawText(rect.adjusted(look.px(12), 0, 0, 0), middle, row.group)
            painter.restore()
            return
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, look.sel)
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), look.acc)
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, look.hover)
        icon, role = _MARKS[row.value]
        side = look.px(14)
        style.draw(painter, QRect(left, rect.center().y() - side // 2 + 1, side, side), icon, role)
        painter.setFont(style.font("body"))
        painter.setPen(look.t1 if row.value else look.t2)
        names = rect.adjusted(look.px(34), 0, -look.px(60), 0)
        text = painter.fontMetrics().elidedText(
            shown_name(row.name), Qt.TextElideMode.ElideRight, names.width()
        )
        painter.drawText(names, middle, text)
        painter.setFont(style.font("small"))
        painter.setPen(look.t3)
        said = rect.adjusted(0, 0, -look.px(12), 0)
        right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        painter.drawText(said, right, VALUE_WORDS[row.value])
        painter.restore()
