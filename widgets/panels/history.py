"""The history of an image: what was changed, when and by whom, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from PySide6.QtCore import QAbstractListModel, QLocale, QModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from widgets import style
from widgets.common import EmptyState, IconButton, Section

_ENTRY = Qt.ItemDataRole.UserRole
_ICONS = {"edit": "pencil", "undo": "arrow-back-up", "redo": "arrow-forward-up"}


class Entry(Protocol):
    """What is shown of a revision; ``at`` knows its time zone, ``kind`` is edit, undo or redo."""

    @property
    def kind(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def author(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def garment_id(self) -> int: ...


def when(at: datetime, now: datetime | None = None) -> str:
    """The time of day, with the date where it was not today."""
    local = at.astimezone()
    today = (now or datetime.now().astimezone()).date()
    clock = local.strftime("%H:%M:%S")
    if local.date() == today:
        return clock
    return f"{QLocale().toString(local.date(), QLocale.FormatType.ShortFormat)}  {clock}"  # type: ignore[call-overload]


class _Model(QAbstractListModel):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.entries: list[Entry] = []

    def set_entries(self, entries: Sequence[Entry]) -> None:
        self.beginResetModel()
        self.entries = list(entries)
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.entries)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # type: ignore[override]
        if not index.isValid() or index.row() >= len(self.entries):
            return None
        entry = self.entries[index.row()]
        if role == _ENTRY:
            return entry
        if role in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.AccessibleTextRole,
            Qt.ItemDataRole.ToolTipRole,
        ):
            by = f" by {entry.author}" if entry.author else ""
            return f"{entry.title}, {when(entry.at)}{by}"
        return None


class _Delegate(QStyledItemDelegate):
    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex) -> QSize:  # type: ignore[override]
        return QSize(120, style.tokens().px(44))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:  # type: ignore[override]
        entry: Entry = index.data(_ENTRY)
        look, rect = style.tokens(), option.rect
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, look.sel)
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), look.acc)
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, look.hover)
        side = look.px(16)
        icon = QRect(rect.left() + look.px(12), rect.center().y() - side // 2, side, side)
        style.draw(painter, icon, _ICONS.get(str(entry.kind), "pencil"), "t3")
        left = icon.right() + look.px(12)
        words = QRect(left, rect.top() + look.px(5), rect.right() - look.px(12) - left, look.px(18))
        taken_back = str(entry.kind) == "undo"
        title = f"Undo: {entry.title}" if taken_back and not entry.title.startswith("Undo") else entry.title
        painter.setFont(style.font("body"))
        painter.setPen(look.t2 if taken_back else look.t1)
        middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        text = painter.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, middle, text)
        words.translate(0, look.px(18))
        painter.setFont(style.font("small"))
        painter.setPen(look.t3)
        painter.drawText(words, middle, "   ".join(part for part in (when(entry.at), entry.author) if part))
        painter.restore()


class HistoryPanel(Section):
    """A drawer over the side panel. ``closed`` asks to put it away, ``garment_chosen`` to select one."""

    closed = Signal()
    garment_chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__("History", chevron=False, padding=0)
        self._model = _Model(self)
        self.view = QListView()
        self.view.setModel(self._model)
        self.view.setItemDelegate(_Delegate(self.view))
        self.view.setAccessibleName("History of this image")
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setMouseTracking(True)
        self.view.setUniformItemSizes(True)
        self.view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.view.clicked.connect(self._clicked)
        self._empty = EmptyState("history", "Nothing has been changed in this image")
        self.add(self.view, 1)
        self.add(self._empty, 1)
        close = IconButton("x", "Close the history")
        close.clicked.connect(self.closed)
        self.add_action(close)
        self.show_entries(())

    def toggle(self) -> None:
        """It does not fold: it is put away as a whole."""

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Show revisions, given oldest first."""
        self._model.set_entries(list(reversed(entries)))
        count = len(entries)
        self.set_note(
            "" if not count else "1 change" if count == 1 else f"{QLocale().toString(count)} changes"
        )
        self.view.setVisible(count > 0)
        self._empty.setVisible(count == 0)

    def _clicked(self, index: QModelIndex) -> None:
        entry: Entry = index.data(_ENTRY)
        if entry.garment_id:
            self.garment_chosen.emit(entry.garment_id)
