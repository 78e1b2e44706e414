"""The first page: what the program is, ways to start, and the stores used lately."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QShowEvent,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from store.settings import RecentStore
from widgets import style
from widgets.common import Card, EmptyState, IconLabel, KeyHint, LinkButton, label, surface
from widgets.pages.welcome_garments import GarmentStrip
from widgets.pages.welcome_recent import RecentList
from widgets.pages.welcome_start import DropZone, StartCard, droppable

_WIDE = 1180


class _Mark(QWidget):
    """The hanger on a raised tile."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        side = style.tokens().px(56)
        return QSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = style.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.line, 1))
        painter.setBrush(look.bg3)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8)
        side = look.px(28)
        corner = (self.width() - side) // 2
        style.draw(painter, QRect(corner, corner, side, side), "hanger", "acc")


class WelcomePage(QWidget):
    """Shown while no store is open. It only says what a person wants; nothing is opened here."""

    demo_wanted = Signal()
    import_wanted = Signal()
    open_wanted = Signal()
    store_chosen = Signal(Path)
    dropped = Signal(Path)
    locate_wanted = Signal(Path)
    forget_wanted = Signal(Path)
    shortcuts_wanted = Signal()
    guide_wanted = Signal()

    def __init__(self, version: str = "") -> None:
        super().__init__()
        surface(self, "page")
        self.setAcceptDrops(True)
        self._recent = RecentList()
        self._recent.chosen.connect(self.store_chosen)
        self._recent.locate_wanted.connect(self.locate_wanted)
        self._recent.forget_wanted.connect(self.forget_wanted)
        self._drop = DropZone()
        self._drop.dropped.connect(self.dropped)
        self._content = QWidget()
        across = QHBoxLayout(self)
        across.setContentsMargins(24, 0, 24, 0)
        across.addStretch(1)
        across.addWidget(self._content, 1000)
        across.addStretch(1)
        column = QVBoxLayout(self._content)
        column.setContentsMargins(0, 20, 0, 16)
        column.setSpacing(0)
        column.addStretch(3)
        column.addLayout(self._head(version))
        column.addSpacing(20)
        column.addStretch(2)
        column.addWidget(GarmentStrip())
        column.addSpacing(18)
        column.addStretch(2)
        column.addLayout(self._ways())
        column.addStretch(5)
        self.show_recent([])
        self._fix()
        style.changed.connect(self._fix)

    def _fix(self) -> None:
        look = style.tokens()
        self._content.setMaximumWidth(look.px(_WIDE))
        self._left.setFixedWidth(look.px(420 if look.scale < 1.3 else 380))
        self._size_recent()

    def _head(self, version: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(18)
        row.addWidget(_Mark())
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addStretch(1)
        words.addWidget(label("DeepFashion Studio", "name"))
        words.addWidget(label("See a clothes dataset, correct it, and hand it out clean", "lead"))
        words.addStretch(1)
        row.addLayout(words, 1)
        row.addWidget(label(f"version {version}" if version else "", "note"), 0, Qt.AlignmentFlag.AlignBottom)
        return row

    def _ways(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(24)
        self._left = QWidget()
        left = QVBoxLayout(self._left)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(10)
        self.demo = StartCard(
            "hanger",
            "Try the demo dataset",
            "240 drawn images, 13 categories, some labels wrong on purpose",
            "Ctrl+D",
        )
        self.demo.clicked.connect(self.demo_wanted)
        self.import_ = StartCard(
            "database-import", "Import a dataset", "DeepFashion2 or COCO; the format is recognised", "Ctrl+I"
        )
        self.import_.clicked.connect(self.import_wanted)
        self.open = StartCard("folder-open", "Open a store", "A folder with a store.toml in it", "Ctrl+O")
        self.open.clicked.connect(self.open_wanted)
        for card in (self.demo, self.import_, self.open, self._drop):
            left.addWidget(card)
        left.addLayout(self._links())
        left.addStretch(1)
        row.addWidget(self._left)
        right = QVBoxLayout()
        right.setSpacing(10)
        right.addWidget(self._recent_card())
        self._facts = QHBoxLayout()
        self._facts.setSpacing(10)
        right.addLayout(self._facts)
        right.addStretch(1)
        row.addLayout(right, 1)
        self.show_facts(machine())
        return row

    def _links(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(0, 2, 0, 0)
        row.setSpacing(6)
        shortcuts = LinkButton("Shortcuts", "keyboard")
        shortcuts.clicked.connect(self.shortcuts_wanted)
        guide = LinkButton("User guide", "book")
        guide.clicked.connect(self.guide_wanted)
        row.addWidget(shortcuts)
        row.addWidget(KeyHint("?"))
        row.addSpacing(12)
        row.addWidget(guide)
        row.addStretch(1)
        return row

    def _recent_card(self) -> Card:
        self._card = Card("Recent stores", padding=0)
        self._card.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._recent)
        self._empty = EmptyState("database", "Stores that you open or make are listed here")
        self._stack.addWidget(self._empty)
        self._card.body.setContentsMargins(1, 0, 1, 1)
        self._card.body.addWidget(self._stack)
        return self._card

    def show_recent(self, stores: Sequence[RecentStore]) -> None:
        """List the stores used lately, the last one first. Without any, the demo is the main action."""
        self._recent.show_stores(stores)
        self._stack.setCurrentWidget(self._recent if stores else self._empty)
        self.demo.set_main(not stores)
        self._size_recent()
        if self.isVisible():
            self._focus()

    def show_facts(self, facts: Sequence[tuple[str, str, str]]) -> None:
        """Small cards below the stores: (icon, text, word at the right)."""
        while (cell := self._facts.takeAt(0)) is not None:
            if (old := cell.widget()) is not None:
                old.deleteLater()
        for icon, text, word in facts:
            card = QFrame()
            card.setProperty("look", "card")
            row = QHBoxLayout(card)
            row.setContentsMargins(14, 13, 14, 13)
            row.setSpacing(10)
            row.addWidget(IconLabel(icon, "t2"))
            row.addWidget(label(text), 1)
            row.addWidget(label(word, "ok"))
            self._facts.addWidget(card, 1)

    def _size_recent(self) -> None:
        rows = self._stack.currentWidget() is self._recent
        wanted = self._recent.sizeHint().height() if rows else style.tokens().px(220)
        self._stack.setMaximumHeight(wanted)
        self._stack.setMinimumHeight(min(wanted, style.tokens().px(150)))

    def _focus(self) -> None:
        first = self._recent if self._stack.currentWidget() is self._recent else self.demo
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._size_recent()
        self._focus()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if droppable(event.mimeData()) is not None:
            self._drop.set_over(True)
            event.acceptProposedAction()

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self._drop.set_over(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self._drop.set_over(False)
        path = droppable(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            self.dropped.emit(path)


def machine() -> list[tuple[str, str, str]]:
    """What is true of this machine without asking anything slow: its cores and its memory."""
    cores = os.cpu_count() or 1
    facts = [("cpu", "1 processor core" if cores == 1 else f"{cores} processor cores", "")]
    if hasattr(os, "sysconf"):
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
        facts.append(("stack-2", f"{memory:.0f}\u2009GB memory", ""))
    return facts
