"""The sweep page: what is looked at, the wall, and what can be done with the current crop."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from widgets.common import (
    Button,
    ElidedLabel,
    EmptyState,
    FootBar,
    IconButton,
    PageToolbar,
    ProgressBar,
    label,
    surface,
)
from widgets.pages.sweep.records import Choice, Subject, Tile
from widgets.pages.sweep.wall import STEP, Wall

_HOW = "Click where it belongs"


class SweepPage(QWidget):
    """``category_chosen(str)``, ``landmark_chosen(str)``, ``order_chosen(str)`` carry keys of choices;
    ``back_wanted()``; ``stop_wanted()`` while it is being read. See :class:`Wall` for what is done there."""

    category_chosen = Signal(str)
    landmark_chosen = Signal(str)
    order_chosen = Signal(str)
    back_wanted = Signal()
    stop_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        surface(self, "page")
        self.setAccessibleName("Sweep")
        self.wall = Wall()
        self.setFocusProxy(self.wall)
        self.category = _choice("Category", self.category_chosen)
        self.landmark = _choice("Landmark", self.landmark_chosen)
        self.order = _choice("Worst first by", self.order_chosen)
        self.empty = EmptyState("photo-search", "")
        self.empty.action.connect(self.back_wanted)
        self._make_bar()
        self.foot = FootBar()
        self._words = ElidedLabel("", "second")
        self._words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.foot.row.addWidget(self._words, 1)
        self.open = Button("Open in Annotate", "vector-triangle", "Enter")
        self.open.clicked.connect(lambda: self.wall.open_wanted.emit(self.wall.current))
        self.foot.add(self.open)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.wall)
        self._pages.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self._pages, 1)
        column.addWidget(self.foot)

    def _make_bar(self) -> None:
        bar = self.bar = PageToolbar()
        back = IconButton("arrow-left", "Back to Browse", "Ctrl+1", "square")
        back.clicked.connect(self.back_wanted)
        bar.add(back)
        for choice in (self.category, self.landmark, self.order):
            bar.add(choice)
        self._count = label("", "second")
        bar.add(self._count)
        bar.row.addStretch(1)
        self._progress = ProgressBar(120, "Reading")
        self._stop = Button("Stop", "player-stop")
        self._stop.clicked.connect(self.stop_wanted)
        for part in (self._progress, self._stop):
            bar.add(part)
        nearer = IconButton("zoom-in", "Look nearer", "+")
        further = IconButton("zoom-out", "Look from further away", "-")
        nearer.clicked.connect(lambda: self.look_nearer(1))
        further.clicked.connect(lambda: self.look_nearer(-1))
        bar.add(further)
        bar.add(nearer)
        self.show_working(None)

    # --- what is shown ---------------------------------------------------------------------------

    def offer(self, box: QComboBox, choices: Sequence[Choice], current: str) -> None:
        """Fill a choice, without telling of it."""
        box.blockSignals(True)
        box.clear()
        for one in choices:
            box.addItem(one.title, one.key)
        box.setCurrentIndex(max(box.findData(current), 0) if choices else -1)
        box.blockSignals(False)

    def show_rows(self, count: int, subject: Subject, tile_of: Callable[[int], Tile]) -> None:
        """Show the crops of a landmark."""
        self.show_working(None)
        self._pages.setCurrentWidget(self.wall)
        self._count.setText(f"{count:,} garments" if count != 1 else "1 garment")
        self.foot.setVisible(True)
        self.wall.show_rows(count, subject, tile_of)

    def show_empty(self, sentence: str, button: str = "Back to Browse") -> None:
        """There is nothing to show: say why."""
        self.show_working(None)
        self.wall.show_rows(0, None, None)
        self.empty.say(sentence, button)
        self._count.setText("")
        self.foot.setVisible(False)
        self._pages.setCurrentWidget(self.empty)

    def show_working(self, share: float | None, words: str = "") -> None:
        """How far the reading is, 0 to 1; None: nothing is being read."""
        for part in (self._progress, self._stop):
            part.setVisible(share is not None)
        if share is not None:
            self._progress.set_share(share)
            self._progress.setToolTip(words)

    def show_words(self, text: str) -> None:
        """What the current crop is, at the foot."""
        self._words.set_full_text(f"{text}   {_HOW}" if text else "")

    def look_nearer(self, steps: int) -> None:
        """See less of each image, larger; or more of it with -1."""
        self.wall.set_zoom(self.wall.zoom * STEP**steps)

    def set_read_only(self, read_only: bool) -> None:
        """The store cannot be written to: a click only selects."""
        self.wall.viewport().setToolTip("The store is read-only" if read_only else "")


def _choice(name: str, chosen: Signal) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setToolTip(name)
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    box.setMaxVisibleItems(25)
    box.activated.connect(lambda _row: chosen.emit(box.currentData()))
    return box
