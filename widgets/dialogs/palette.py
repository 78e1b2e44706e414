"""The command palette (Ctrl+K): every action of the program, found by a few letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFrame,
    QLabel,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from widgets import style
from widgets.common import SearchField, label
from widgets.common.face import draw_key, key_width
from widgets.common.rows import paint_ground
from widgets.fuzzy import score

Key = Qt.Key
Index = QModelIndex | QPersistentModelIndex
_ENTRY = Qt.ItemDataRole.UserRole
#: Width, distance from the top of the window, height of a row, rows that are seen at once.
WIDE, TOP, ROW, ROWS = 640, 96, 34, 12
#: What an action is worth more for having been used lately, and what is left of one that is impossible now.
_RECENT, _IMPOSSIBLE = 1.0, 0.5


@dataclass(frozen=True, slots=True)
class Entry:
    """An action: ``page`` and ``key`` in words, ``reason`` why it is not possible now ("": it is)."""

    id: str
    title: str
    page: str = ""
    icon: str = ""
    key: str = ""
    reason: str = ""


def found(entries: Sequence[Entry], typed: str, recent: Sequence[str]) -> list[Entry]:
    """The entries that fit what was typed, best first; with nothing typed those used lately come first."""
    typed = typed.casefold()
    rated = []
    for place, entry in enumerate(entries):
        worth = score(typed, f"{entry.title} {entry.page}".casefold())
        if not worth:
            continue
        if entry.reason:
            worth *= _IMPOSSIBLE
        if entry.id in recent:
            worth += _RECENT * (1 - recent.index(entry.id) / (2 * len(recent)))
        rated.append((-worth, place, entry))
    return [entry for _worth, _place, entry in sorted(rated, key=lambda one: one[:2])]


class _Model(QAbstractListModel):
    def __init__(self) -> None:
        super().__init__()
        self.entries: list[Entry] = []

    def show(self, entries: list[Entry]) -> None:
        self.beginResetModel()
        self.entries = entries
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self.entries):
            return None
        entry = self.entries[index.row()]
        if role == _ENTRY:
            return entry
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(part for part in (entry.title, entry.page, entry.key, entry.reason) if part)
        return None


class _Delegate(QStyledItemDelegate):
    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:  # type: ignore[override]
        return QSize(style.tokens().px(200), style.tokens().px(ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:  # type: ignore[override]
        entry: Entry = index.data(_ENTRY)
        look = style.tokens()
        painter.save()
        paint_ground(painter, option)
        whole = option.rect.adjusted(look.px(12), 0, -look.px(12), 0)
        role = "dis" if entry.reason else "t1"
        side = look.px(16)
        middle = whole.center().y() + 1
        style.draw(
            painter, QRect(whole.left(), middle - side // 2, side, side), entry.icon or "command", role
        )
        right = whole.right()
        if entry.key:
            wide = key_width(entry.key)
            where = QRect(right - wide, 0, wide, 0)
            draw_key(painter, where, middle, entry.key, "dis" if entry.reason else "t2", "bg2")
            right -= wide + look.px(12)
        left = whole.left() + side + look.px(10)
        left = self._text(
            painter, entry.title, role, "body", QRect(left, whole.top(), right - left, whole.height())
        )
        said = entry.reason or entry.page
        self._text(painter, said, "t3", "small", QRect(left, whole.top(), right - left, whole.height()))
        painter.restore()

    def _text(self, painter: QPainter, text: str, role: str, font: str, room: QRect) -> int:
        """Draw a text from the left; where the next one begins."""
        look = style.tokens()
        made = style.font(font)
        painter.setFont(made)
        painter.setPen(look.colour(role))
        metrics = QFontMetrics(made)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, room.width()))
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), shown)
        return room.left() + metrics.horizontalAdvance(shown) + look.px(12)


class CommandPalette(QDialog):
    """A field with the actions below it. ``chosen`` is the id of the one that Enter ran, "" for none."""

    #: The person chose an action that is possible.
    run_wanted = Signal(str)

    def __init__(
        self, entries: Sequence[Entry], recent: Sequence[str] = (), parent: QWidget | None = None
    ) -> None:
        super().__init__(parent, Qt.WindowType.Dialog | Qt.WindowType.FramelessWindowHint)
        self.setWindowTitle("Search actions")
        self._entries, self._recent = tuple(entries), tuple(recent)
        self.chosen = ""
        look = style.tokens()
        frame = QFrame()
        frame.setProperty("look", "card")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(frame)
        column = QVBoxLayout(frame)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        self.field = SearchField("Search actions", "Esc", name="Search actions")
        self.field.setFixedHeight(look.px(40))
        self.field.edit.installEventFilter(self)
        self.field.changed.connect(lambda _text: self._search())
        self.field.left.connect(self.reject)
        column.addWidget(self.field)
        self._model = _Model()
        self.list = self._make_list()
        column.addWidget(self.list)
        self._nothing: QLabel = label("", "second")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self._nothing)
        self.list.setFixedHeight(look.px(ROW) * ROWS + 4)
        self._nothing.setFixedHeight(self.list.height())
        self.setFixedWidth(look.px(WIDE))
        self._search()
        self._place()
        self.field.setFocus()

    def _make_list(self) -> QListView:
        made = QListView()
        made.setAccessibleName("Actions")
        made.setModel(self._model)
        made.setItemDelegate(_Delegate(made))
        made.setUniformItemSizes(True)
        made.setFrameShape(QFrame.Shape.NoFrame)
        made.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        made.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        made.clicked.connect(lambda index: self._run(index.row()))
        return made

    def _place(self) -> None:
        parent = self.parentWidget()
        if parent is not None:
            top = style.tokens().px(TOP)
            self.move(parent.mapToGlobal(parent.rect().topLeft()))
            self.move(self.x() + (parent.width() - self.width()) // 2, self.y() + top)

    def entries(self) -> list[Entry]:
        """What is listed, best first."""
        return list(self._model.entries)

    def _search(self) -> None:
        listed = found(self._entries, self.field.text(), self._recent)
        self._model.show(listed)
        self.list.setVisible(bool(listed))
        self._nothing.setVisible(not listed)
        self._nothing.setText(f"No action is called {self.field.text()}")
        if listed:
            self.list.setCurrentIndex(self._model.index(0))
            self.list.scrollToTop()

    def _run(self, row: int) -> None:
        entry = self._model.entries[row] if 0 <= row < len(self._model.entries) else None
        if entry is not None and not entry.reason:
            self.chosen = entry.id
            self.accept()
            self.run_wanted.emit(entry.id)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            watched is self.field.edit
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
        ):
            page = ROWS - 1
            steps = {Key.Key_Down: 1, Key.Key_Up: -1, Key.Key_PageDown: page, Key.Key_PageUp: -page}
            if event.key() in steps:
                self._step(steps[Key(event.key())])
                return True
            if event.key() in (Key.Key_Return, Key.Key_Enter):
                self._run(self.list.currentIndex().row())
                return True
            if event.key() == Key.Key_Escape:
                self.reject()
                return True
        return super().eventFilter(watched, event)

    def _step(self, by: int) -> None:
        count = len(self._model.entries)
        if count:
            row = self.list.currentIndex().row() + by
            # One step goes round, a page stops at the ends.
            row = row % count if abs(by) == 1 else min(max(row, 0), count - 1)
            self.list.setCurrentIndex(self._model.index(row))
