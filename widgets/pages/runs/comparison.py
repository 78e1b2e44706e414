"""Two runs against each other: tables of differences, and the garments that changed sides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QListView, QStackedLayout, QVBoxLayout, QWidget

from widgets import style
from widgets.common import Button, Card, ElidedLabel, EmptyState, IconLabel, Segmented, label
from widgets.pages.runs.figures import FiguresCard
from widgets.pages.runs.overview import change_title, image_ids, scrolled
from widgets.pages.runs.records import Change, Comparison
from widgets.pages.runs.words import measure

Index = QModelIndex | QPersistentModelIndex


class _Garments(QAbstractListModel):
    """(image id, garment id) pairs; made into words when they are looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.pairs: tuple[tuple[int, int], ...] = ()
        self.labels: Mapping[int, str] = {}

    def show_pairs(self, pairs: tuple[tuple[int, int], ...], labels: Mapping[int, str]) -> None:
        self.beginResetModel()
        self.pairs, self.labels = pairs, labels
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.pairs)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.DisplayRole and index.isValid():
            image, garment = self.pairs[index.row()]
            return self.labels.get(garment) or f"image {image:,}, garment {garment:,}"
        return None


class _List(QListView):
    """Enter or a double click opens an image."""

    opened = Signal(int)

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.garments = _Garments()
        self.setModel(self.garments)
        self.setUniformItemSizes(True)
        self.setProperty("look", "card")
        self.setMinimumHeight(style.tokens().px(160))
        self.doubleClicked.connect(self._open)

    def _open(self, index: Index) -> None:
        if index.isValid():
            self.opened.emit(self.garments.pairs[index.row()][0])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)


#: As in "were fixed".
_PAST = {"fixed": "fixed", "broke": "broken"}


class ChangedCard(Card):
    """The garments that were fixed, or broken. ``opened(ids, title)`` shows all, ``annotated(id)`` one."""

    opened = Signal(object, str)
    annotated = Signal(int)

    def __init__(self, which: str, icon: str, role: str) -> None:
        super().__init__(padding=0)
        self._which = which
        self._change, self._names = Change(""), ("", "")
        head = QHBoxLayout()
        head.setContentsMargins(14, 8, 10, 8)
        head.setSpacing(8)
        head.addWidget(IconLabel(icon, role))
        self.title = label("", "heading")
        head.addWidget(self.title)
        head.addWidget(ElidedLabel("double click: open in Annotate", "note"), 1)
        self.browse = Button("Show in Browse", "layout-grid")
        self.browse.clicked.connect(self._open)
        head.addWidget(self.browse)
        self.list = _List(f"Garments that were {_PAST[which]}")
        self.list.opened.connect(self.annotated)
        self.nothing = label(f"No garment was {_PAST[which]}", "note")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.body.setSpacing(0)
        self.body.addLayout(head)
        self.body.addWidget(self.list, 1)
        self.body.addWidget(self.nothing, 1)

    def show_change(self, change: Change, names: tuple[str, str], labels: Mapping[int, str]) -> None:
        """Show one side of a change."""
        self._change, self._names = change, names
        pairs = change.fixed if self._which == "fixed" else change.broke
        self.title.setText(f"{self._which.capitalize()} {len(pairs):,}")
        self.browse.setEnabled(bool(pairs))
        self.list.setVisible(bool(pairs))
        self.nothing.setVisible(not pairs)
        if pairs != self.list.garments.pairs or labels != self.list.garments.labels:
            self.list.garments.show_pairs(pairs, labels)

    def _open(self) -> None:
        title = change_title(self._which, self._change.measure, self._names)
        self.opened.emit(image_ids(self.list.garments.pairs), title)


class ComparePane(QWidget):
    """Shows a :class:`Comparison`; says how to get one where there is none."""

    cell_opened = Signal(str)
    images_opened = Signal(object, str)
    image_annotated = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._comparison: Comparison | None = None
        self._measure = ""
        self._choice: Segmented | None = None
        self.empty = EmptyState("git-compare", "Choose Compare above to set this run against another one")
        self.figures = FiguresCard()
        self.figures.cell_opened.connect(self.cell_opened)
        self.fixed = ChangedCard("fixed", "circle-check", "hit")
        self.broke = ChangedCard("broke", "circle-x", "miss")
        for card in (self.fixed, self.broke):
            card.opened.connect(self.images_opened)
            card.annotated.connect(self.image_annotated)
        self.title = ElidedLabel("", "heading")
        self.notes = label("", "warn", wrap=True)
        self.unchanged = label("", "note")
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(12)
        column.addWidget(self.title)
        column.addWidget(self.notes)
        column.addWidget(self.figures)
        self._head = QHBoxLayout()
        self._head.setSpacing(10)
        self._head.addWidget(label("Garments that changed", "heading"))
        self._head.addWidget(self.unchanged)
        self._head.addStretch(1)
        column.addLayout(self._head)
        pair = QHBoxLayout()
        pair.setSpacing(12)
        pair.addWidget(self.fixed, 1)
        pair.addWidget(self.broke, 1)
        column.addLayout(pair, 1)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(scrolled(inside))

    def show_comparison(self, comparison: Comparison | None) -> None:
        """Show how two runs differ; None says how to compare."""
        self._stack.setCurrentIndex(0 if comparison is None else 1)
        if comparison is None or comparison is self._comparison:
            self._comparison = comparison
            return
        self._comparison = comparison
        self.title.set_full_text(f"{comparison.second_name} against {comparison.first_name}")
        self.notes.setText("\n".join(comparison.notes))
        self.notes.setVisible(bool(comparison.notes))
        self.figures.setVisible(bool(comparison.differences))
        note = f"{comparison.second_name}, below each: change from {comparison.first_name}"
        self.figures.show_differences(comparison.differences, note)
        self._offer(comparison.changes)

    def _offer(self, changes: Sequence[Change]) -> None:
        if self._choice is not None:
            self._head.removeWidget(self._choice)
            self._choice.hide()
            self._choice.deleteLater()
            self._choice = None
        names = [change.measure for change in changes]
        if self._measure not in names:
            self._measure = names[0] if names else ""
        if len(names) > 1:
            self._choice = Segmented(
                [(name, measure(name).capitalize()) for name in names], self._measure, name="Measure"
            )
            self._choice.chosen.connect(self.choose)
            self._head.addWidget(self._choice)
        self.choose(self._measure)

    def choose(self, key: str) -> None:
        """Show the garments that changed by another measure."""
        self._measure = key
        if self._comparison is None:
            return
        found = next((one for one in self._comparison.changes if one.measure == key), Change(key))
        names = (self._comparison.first_name, self._comparison.second_name)
        self.unchanged.setText(f"{found.unchanged:,} unchanged")
        self.fixed.show_change(found, names, self._comparison.labels)
        self.broke.show_change(found, names, self._comparison.labels)
