"""The history of an image: what was changed, when and by whom, newest first; before and after, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QLocale,
    QModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QImage, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from resources.taxonomy import Category
from store.db.change import State
from widgets import style
from widgets.common import Button, EmptyState, IconButton, Section
from widgets.common.list_model import ListModel
from widgets.panels.compare import CompareView, Comparison

_ICONS = {"edit": "pencil", "undo": "arrow-back-up", "redo": "arrow-forward-up", "first": "file-import"}


class Entry(Protocol):
    """A revision with its states; ``at`` knows its time zone, ``kind`` is edit, undo or redo."""

    @property
    def id(self) -> int: ...
    @property
    def edit_id(self) -> int: ...
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
    @property
    def before(self) -> State | None: ...
    @property
    def after(self) -> State | None: ...


@dataclass(frozen=True, slots=True)
class First:
    """What was before the first change: as it was imported."""

    id: int = 0
    edit_id: int = 0
    kind: str = "first"
    title: str = "As imported"
    author: str = ""
    at: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    garment_id: int = 0
    before: State | None = None
    after: State | None = None


def when(at: datetime, now: datetime | None = None) -> str:
    """The time of day, with the date where it was not today."""
    local = at.astimezone()
    today = (now or datetime.now().astimezone()).date()
    clock = local.strftime("%H:%M:%S")
    if local.date() == today:
        return clock
    return f"{QLocale().toString(local.date(), QLocale.FormatType.ShortFormat)}  {clock}"  # type: ignore[call-overload]


def _one_each(entries: Sequence[Entry]) -> list[Entry]:
    """What was saved in one go is one change: it stands for itself by its last garment."""
    found: list[Entry] = []
    for entry in entries:
        if found and entry.edit_id and found[-1].edit_id == entry.edit_id:
            if entry.garment_id or not found[-1].garment_id:
                found[-1] = entry
        else:
            found.append(entry)
    return found


def _facts(entry: Entry) -> list[str]:
    return [part for part in ("" if entry.kind == "first" else when(entry.at), entry.author) if part]


def _said(row: Entry, role: int) -> str | None:
    if role in (
        Qt.ItemDataRole.DisplayRole,
        Qt.ItemDataRole.AccessibleTextRole,
        Qt.ItemDataRole.ToolTipRole,
    ):
        by = f" by {row.author}" if row.author else ""
        return row.title if row.kind == "first" else f"{row.title}, {when(row.at)}{by}"
    return None


class _Delegate(QStyledItemDelegate):
    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex) -> QSize:  # type: ignore[override]
        return QSize(120, style.tokens().px(44))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:  # type: ignore[override]
        entry: Entry = index.data(ListModel.ROW)
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
        painter.drawText(words, middle, "   ".join(_facts(entry)))
        painter.restore()


class _List(QListView):
    """Enter shows the comparison large; with Shift or Ctrl a second change is chosen beside the first.

    Where none is chosen and the keys come here, it is the newest.
    """

    enlarge_wanted = Signal()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() != Qt.FocusReason.MouseFocusReason and not self.selectedIndexes():
            # Qt makes the first row the current one, and what is current already no key chooses.
            index = self.model().index(0, 0)
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def event(self, event: QEvent) -> bool:
        enter = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        override = event.type() == QEvent.Type.ShortcutOverride
        if (
            override
            and isinstance(event, QKeyEvent)
            and event.key() in enter
            and self.currentIndex().isValid()
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.enlarge_wanted.emit()
        else:
            super().keyPressEvent(event)


class HistoryPanel(Section):
    """A drawer over the side panel. ``closed`` asks to put it away, ``garment_chosen`` to select one.

    ``picked()``: other entries are chosen (:attr:`chosen`); ``enlarge_wanted()``; ``restore_wanted(whole)``:
    the garment, or the whole image, is to be again as it was behind the chosen entry.
    """

    closed = Signal()
    garment_chosen = Signal(int)
    picked = Signal()
    enlarge_wanted = Signal()
    restore_wanted = Signal(bool)

    def __init__(self) -> None:
        super().__init__("History", chevron=False, padding=0)
        self._model = ListModel[Entry](_said, self)
        self.view = _List()
        self.view.setModel(self._model)
        self.view.setItemDelegate(_Delegate(self.view))
        self.view.setAccessibleName("History of this image")
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setMouseTracking(True)
        self.view.setUniformItemSizes(True)
        self.view.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.view.clicked.connect(self._clicked)
        self.view.enlarge_wanted.connect(self.enlarge_wanted)
        self.view.doubleClicked.connect(lambda _index: self.enlarge_wanted.emit())
        self.view.selectionModel().selectionChanged.connect(lambda _new, _old: self.picked.emit())
        self._empty = EmptyState("history", "Nothing has been changed in this image")
        self.compare = CompareView()
        self.restore_garment = Button("Restore garment")
        self.restore_image = Button("Restore image")
        self.restore_garment.setToolTip("Make the garment again what it was behind this change (Alt+H)")
        self.restore_image.setToolTip("Make all of the image again what it was then (Alt+Shift+H)")
        self.restore_garment.clicked.connect(lambda: self.restore_wanted.emit(False))
        self.restore_image.clicked.connect(lambda: self.restore_wanted.emit(True))
        self.add(self.view, 1)
        self.add(self._empty, 1)
        self._foot = self._make_foot()
        self.add(self._foot)
        larger = IconButton("maximize", "Compare in a large window", "Enter")
        larger.clicked.connect(self.enlarge_wanted)
        self.add_action(larger)
        close = IconButton("x", "Close the history")
        close.clicked.connect(self.closed)
        self.add_action(close)
        self.show_entries(())

    def _make_foot(self) -> QWidget:
        foot = QWidget()
        column = QVBoxLayout(foot)
        column.setContentsMargins(12, 8, 12, 12)
        column.setSpacing(8)
        column.addWidget(self.compare)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.restore_garment, 1)
        row.addWidget(self.restore_image, 1)
        column.addLayout(row)
        return foot

    def toggle(self) -> None:
        """It does not fold: it is put away as a whole."""

    def show_entries(self, entries: Sequence[Entry]) -> None:
        """Show revisions, given oldest first; what is chosen stays chosen."""
        kept = {one.id for one in self.chosen}
        first: list[Entry] = [First()] if entries else []
        rows = _one_each(entries)
        self._model.set_rows([*reversed(rows), *first])
        count = len(rows)
        self.set_note(
            "" if not count else "1 change" if count == 1 else f"{QLocale().toString(count)} changes"
        )
        self.view.setVisible(count > 0)
        self._empty.setVisible(count == 0)
        selection = self.view.selectionModel()
        for row, entry in enumerate(self._model.rows):
            if entry.id in kept:
                selection.select(self._model.index(row), selection.SelectionFlag.Select)
        self.picked.emit()

    @property
    def entries(self) -> tuple[Entry, ...]:
        """What is listed, newest first."""
        return tuple(self._model.rows)

    @property
    def chosen(self) -> list[Entry]:
        """The chosen entries, oldest first; more than two are the first and the last."""
        rows = sorted((index.row() for index in self.view.selectedIndexes()), reverse=True)
        found = [self._model.rows[row] for row in rows if row < len(self._model.rows)]
        return found if len(found) <= 2 else [found[0], found[-1]]

    def show_comparison(
        self, found: Comparison | None, picture: QImage, categories: Mapping[int, Category], restorable: str
    ) -> None:
        """Show what the chosen entries did; ``restorable`` is "" where nothing can be restored, else why the
        buttons can be pressed: "garment" for both, "image" for the whole image only."""
        self._foot.setVisible(found is not None)
        self.restore_garment.setEnabled(restorable == "garment")
        self.restore_image.setEnabled(restorable != "")
        self.compare.show_comparison(found, picture, categories)

    def _clicked(self, index: QModelIndex) -> None:
        entry: Entry = index.data(ListModel.ROW)
        if entry.garment_id:
            self.garment_chosen.emit(entry.garment_id)
