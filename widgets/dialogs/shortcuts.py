"""The sheet of shortcuts (``?``)."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from widgets import style
from widgets.common import Button, EmptyState, KeyHint, SearchField, hline, label
from widgets.dialogs.frame import Dialog

Group = tuple[str, Sequence[tuple[str, str]]]

#: Keys that stand for themselves: a comma, a slash or a plus is not a separator.
_ALTERNATIVES = " / "


class ShortcutsDialog(Dialog):
    """All shortcuts by group, with a field to find one.

    ``groups`` are (title, [(keys, what)]); several ways to press it are joined by " / ".
    ``edit_wanted()`` after it has been closed to change keys.
    """

    edit_wanted = Signal()

    def __init__(self, groups: Sequence[Group], parent: QWidget | None = None) -> None:
        super().__init__("Keyboard shortcuts", 960, parent)
        self._groups = [(title, tuple(rows)) for title, rows in groups if rows]
        self._find = SearchField("Find a shortcut", name="Find a shortcut")
        self._find.changed.connect(self._show)
        self._find.left.connect(self.reject)
        self.body.addWidget(self._find)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setAccessibleName("All shortcuts")
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.viewport().setAutoFillBackground(False)
        self._scroll.setMinimumHeight(style.tokens().px(480))
        self.body.addWidget(self._scroll, 1)
        change = Button("Change keys…", "keyboard")
        change.clicked.connect(self.accept)
        change.clicked.connect(self.edit_wanted)
        self.add_button(change, left=True)
        close = Button("Close", key="Esc")
        close.clicked.connect(self.reject)
        self.add_button(close)
        self._show("")
        self._find.setFocus()

    def _show(self, text: str) -> None:
        wanted = text.casefold().split()
        found = []
        for title, rows in self._groups:
            kept = [row for row in rows if all(w in f"{title} {row[0]} {row[1]}".casefold() for w in wanted)]
            if kept:
                found.append((title, kept))
        inner = QWidget()
        inner.setProperty("look", "scrolled")
        if found:
            self._columns(inner, found)
        else:
            QVBoxLayout(inner).addWidget(EmptyState("keyboard", f"No shortcut matches {text}"))
        self._scroll.setWidget(inner)

    def _columns(self, inner: QWidget, groups: Sequence[Group]) -> None:
        across = QHBoxLayout(inner)
        across.setContentsMargins(0, 4, 12, 4)
        across.setSpacing(40)
        columns = [QVBoxLayout(), QVBoxLayout()]
        filled = [0, 0]
        for title, rows in groups:
            shortest = filled.index(min(filled))
            columns[shortest].addLayout(_group(title, rows))
            filled[shortest] += len(rows) + 2
        for column in columns:
            column.setSpacing(20)
            column.addStretch(1)
            across.addLayout(column, 1)


def _group(title: str, rows: Sequence[tuple[str, str]]) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(6)
    column.addWidget(label(title, "heading"))
    column.addWidget(hline())
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(0, 1)
    for number, (keys, what) in enumerate(rows):
        words: QLabel = label(what, "second", wrap=True)
        grid.addWidget(words, number, 0, Qt.AlignmentFlag.AlignVCenter)
        grid.addLayout(_keys(keys), number, 1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    column.addLayout(grid)
    return column


def _keys(keys: str) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(4)
    for number, each in enumerate(keys.split(_ALTERNATIVES)):
        if number:
            row.addWidget(label("or", "hint"))
        row.addWidget(KeyHint(each))
    return row
