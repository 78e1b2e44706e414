"""Leaks: what stands on both sides of a split, what looks the same, and files that are there twice."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from widgets import style
from widgets.common import (
    Banner,
    Button,
    DoubleSpinBox,
    EmptyState,
    FootBar,
    PageToolbar,
    PrimaryButton,
    Segmented,
    label,
    surface,
    vline,
)
from widgets.pages.retrieval.choice import Choice, Working
from widgets.pages.retrieval.crops import Crops
from widgets.pages.retrieval.leaks_list import PairList
from widgets.pages.retrieval.leaks_pair import PairPane
from widgets.pages.retrieval.leaks_records import KINDS, SAYS, LeaksState, Pair

_LIST = 390
#: The lists in which a pair may be one product, or not.
_BY_LOOK = ("across", "alike")
_START = (
    "A test is worth little where its garments were seen in training. "
    "This looks for products and pictures on both sides of a split, and for pictures that are there twice"
)


class LeaksView(QWidget):
    """Knows nothing of stores.

    ``index_wanted(name)``; ``look_wanted(limit, files)``: look for leaks; ``stopped()``;
    ``annotate_wanted(image_id)``; ``join_wanted(kept garment, joined garment)``; ``alone_wanted(garment)``;
    ``undo_wanted()``; ``browse_wanted(image ids, title)``: the images of a list; ``export_wanted()``;
    ``copy_wanted(limit, files)``: the command that finds the same.
    """

    index_wanted = Signal(str)
    look_wanted = Signal(float, bool)
    stopped = Signal()
    annotate_wanted = Signal(int)
    join_wanted = Signal(int, int)
    alone_wanted = Signal(int)
    undo_wanted = Signal()
    browse_wanted = Signal(object, str)
    export_wanted = Signal()
    copy_wanted = Signal(float, bool)

    def __init__(self, limit: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        surface(self, "page")
        self.crops = Crops(self)
        self.list, self.pair = PairList(), PairPane(self.crops)
        self.list.crops = self.crops
        self._state: LeaksState | None = None
        self._build(limit)
        self._connect()
        self.setFocusProxy(self.list)
        self.show_empty(_START, ready=False)

    # -- what is shown --------------------------------------------------------------------------

    def show_empty(self, sentence: str = _START, *, ready: bool, icon: str = "shield-check") -> None:
        """Say why nothing is listed; ``ready``: it can be looked."""
        self._state = None
        self.empty.say(sentence, "Look for leaks" if ready else "", icon=icon)
        self.stack.setCurrentWidget(self.empty)
        self.look.setEnabled(ready)
        self.kinds.setVisible(False)
        self.export.setEnabled(False)

    def show_indices(self, indices: Sequence[tuple[str, str]], current: str) -> None:
        """Which indices there are, (name, words), and which is looked into."""
        self.index.offer(indices, current)
        self.look.setEnabled(bool(indices))
        self.copy.setEnabled(bool(indices))

    def show_working(self, done: int, total: int, message: str) -> None:
        """Say how far the looking is."""
        self.working.tell(done, total, message)
        self.look.hide()

    def show_done(self) -> None:
        """Nothing is being looked for any more."""
        self.working.hide()
        self.look.show()

    def show_state(self, state: LeaksState, *, anew: bool = True) -> None:
        """Show what was found; not ``anew``: garments have changed since, the place in the list stays."""
        self._state = state
        for key, words in KINDS.items():
            self.kinds.set_text(key, f"{words} {state.counts.get(key, 0):,}")
        if anew:
            # What is worst comes first: the first list that has something.
            key = next((one for one in KINDS if state.pairs.get(one)), self.kinds.value())
            self.kinds.set_value(key)
        self.kinds.setVisible(True)
        self.export.setEnabled(any(state.counts.values()))
        self.notes.setText("\n".join(state.notes))
        self.notes.setVisible(bool(state.notes))
        self.stack.setCurrentWidget(self.found)
        self._show_list(anew=anew)

    def show_message(self, kind: str, text: str, fix: str = "") -> None:
        """Say across the view what has happened; an empty text takes it away."""
        self.message.setVisible(bool(text))
        if text:
            self.message.show_message(kind, text, fix)

    def set_writable(self, writable: bool, undoable: str) -> None:
        """Whether garments may be changed, and what the last change was, "" for none."""
        self.pair.set_writable(writable, undoable)

    def kind(self) -> str:
        """The list in front."""
        return self.kinds.value()

    # -- how it is built ------------------------------------------------------------------------

    def _build(self, limit: float) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._build_bar(limit))
        self.message = Banner("bad", " ", closable=True)
        self.message.hide()
        column.addWidget(self.message)
        self.empty = EmptyState("shield-check", "")
        self.found = QWidget()
        row = QHBoxLayout(self.found)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._build_left())
        edge = vline()
        edge.setMinimumHeight(0)
        edge.setMaximumHeight(16777215)
        row.addWidget(edge)
        self.right = QStackedWidget()
        self.nothing = EmptyState("circle-check", "")
        self.right.addWidget(self.pair)
        self.right.addWidget(self.nothing)
        row.addWidget(self.right, 1)
        self.stack = QStackedWidget()
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self.found)
        column.addWidget(self.stack, 1)
        self._later = QTimer(self, singleShot=True, interval=0)

    def _build_bar(self, limit: float) -> QWidget:
        bar = PageToolbar()
        self.index = Choice("Index", "database", 280)
        self.limit = DoubleSpinBox(
            0.0, 2.0, limit, caption="within", name="Distance within which two look the same"
        )
        self.limit.setSingleStep(0.01)
        self.limit.setDecimals(3)
        self.limit.setToolTip("Garments nearer than this look the same: 0 is the same, 2 the opposite")
        self.files = QCheckBox("Compare files")
        self.files.setChecked(True)
        self.files.setToolTip("Read picture files of equal size too, and compare them byte for byte")
        self.look = PrimaryButton("Look for leaks", "search")
        self.working = Working("Looking for leaks")
        self.copy = Button("Copy command", "terminal-2")
        self.export = Button("Export list", "file-export")
        bar.row.addWidget(self.index, 2)
        for part in (self.limit, self.files, self.look, self.working):
            bar.add(part)
        bar.add_stretch()
        bar.add(self.copy)
        bar.add(self.export)
        return bar

    def _build_left(self) -> QWidget:
        self.left = left = surface(QWidget(), "panel")
        self._fix()
        style.changed.connect(self._fix)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = QVBoxLayout()
        head.setContentsMargins(10, 10, 10, 8)
        head.setSpacing(6)
        self.kinds = Segmented(list(KINDS.items()), "across", name="Which list")
        self.says: QLabel = label("", "note", wrap=True)
        self.notes: QLabel = label("", "note", wrap=True)
        self.two = QCheckBox("Only what is not one product yet")
        for part in (self.kinds, self.says, self.notes, self.two):
            head.addWidget(part)
        column.addLayout(head)
        column.addWidget(self.list, 1)
        foot = FootBar()
        self.to_browse = Button("Show all in Browse", "layout-grid", "Ctrl+Enter")
        self.to_browse.setToolTip("All pictures of this list, to be selected, tagged or exported")
        foot.add(self.to_browse)
        foot.add_stretch()
        column.addWidget(foot)
        return left

    def _fix(self) -> None:
        self.left.setFixedWidth(style.tokens().px(_LIST))

    def _connect(self) -> None:
        self.index.chosen.connect(self.index_wanted)
        self.look.clicked.connect(self.ask_look)
        self.empty.action.connect(self.ask_look)
        self.working.stopped.connect(self.stopped)
        self.copy.clicked.connect(lambda: self.copy_wanted.emit(*self.asking()))
        self.export.clicked.connect(self.export_wanted)
        self.to_browse.clicked.connect(self.browse)
        self.kinds.chosen.connect(lambda _key: self._show_list(anew=True))
        self.two.toggled.connect(lambda _on: self._show_list(anew=True))
        self.list.chosen.connect(self._show_pair)
        self.list.verticalScrollBar().valueChanged.connect(lambda _value: self._later.start())
        self.pair.stepped.connect(self.list.step)
        self.pair.wanted.connect(self._later.start)
        self.pair.annotate_wanted.connect(self.annotate_wanted)
        self.pair.join_wanted.connect(self.join_wanted)
        self.pair.alone_wanted.connect(self.alone_wanted)
        self.pair.undo_wanted.connect(self.undo_wanted)
        self._later.timeout.connect(self._want)
        self.crops.arrived.connect(self.list.viewport().update)

    # -- what happens ---------------------------------------------------------------------------

    def asking(self) -> tuple[float, bool]:
        """Within which distance two look the same, and whether files are compared."""
        return round(self.limit.value(), 3), self.files.isChecked()

    def ask_look(self) -> None:
        """Look for leaks as it is set."""
        self.look_wanted.emit(*self.asking())

    def browse(self) -> None:
        """Go on to all images of the list in front."""
        pairs = self.list.pairs.pairs()
        images = sorted({side.image_id for pair in pairs for side in (pair.first, pair.second)} - {0})
        if images:
            self.browse_wanted.emit(images, f"Leaks, {KINDS[self.kinds.value()].lower()}")

    def _show_list(self, *, anew: bool) -> None:
        state, key = self._state, self.kinds.value()
        if state is None:
            return
        pairs = state.pairs.get(key, ())
        says, nothing = SAYS[key]
        more = state.counts.get(key, 0) - len(pairs)
        self.two.setVisible(key in _BY_LOOK)
        if key in _BY_LOOK and self.two.isChecked() and pairs:
            pairs = tuple(one for one in pairs if not one.same)
            nothing = nothing if pairs else "All of these are one product already"
        self.says.setText(f"{says}; {more:,} more in the exported list" if more > 0 else says)
        self.nothing.say(nothing)
        self.right.setCurrentWidget(self.pair if pairs else self.nothing)
        self.to_browse.setEnabled(bool(pairs))
        self.list.show_pairs(pairs, anew=anew)
        self._later.start()

    def _show_pair(self, pair: Pair | None) -> None:
        self.pair.show_pair(pair)
        self._later.start()

    def _want(self) -> None:
        self.crops.want([*self.pair.cuts(), *self.list.in_view()])

    def event(self, event: QEvent) -> bool:
        # The page's own keys go through queries; here they mean pairs.
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._ours(event)
        ):
            event.accept()
            return True
        return super().event(event)

    def _ours(self, event: QKeyEvent) -> bool:
        return self._state is not None and event.matches(QKeySequence.StandardKey.Undo)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if self._state is None:
            super().keyPressEvent(event)
        elif event.matches(QKeySequence.StandardKey.Undo):
            self.undo_wanted.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if control:
                self.browse()
            else:
                (self.pair.second if shift else self.pair.first).go()
        elif event.key() == Qt.Key.Key_J and not event.modifiers():
            self.pair.ask_join()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QEvent) -> None:
        super().showEvent(event)
        self._later.start()
