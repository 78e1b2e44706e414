"""Two that look the same, large and side by side, with what can be done about them."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from widgets.common import (
    Button,
    ElidedLabel,
    FootBar,
    IconButton,
    PrimaryButton,
    Segmented,
    Swatch,
    label,
    surface,
)
from widgets.pages.retrieval.crop_view import CropView
from widgets.pages.retrieval.crops import Crops, Cut
from widgets.pages.retrieval.leaks_list import head_of
from widgets.pages.retrieval.leaks_records import Pair, Side


class SidePane(QWidget):
    """One of the two. ``annotate(image_id)``; ``alone(garment_id)``: it has no counterpart."""

    annotate = Signal(int)
    alone = Signal(int)

    def __init__(self, crops: Crops, name: str, key: str) -> None:
        super().__init__()
        self._side: Side | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self.crop = CropView(crops, name)
        column.addWidget(self.crop, 1)
        head = QHBoxLayout()
        head.setSpacing(6)
        self.swatch, self.title = Swatch("#808080"), ElidedLabel("", "strong")
        head.addWidget(self.swatch)
        head.addWidget(self.title, 1)
        column.addLayout(head)
        self.lines = [ElidedLabel("", "second") for _ in range(3)]
        for line in self.lines:
            column.addWidget(line)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.open = Button("Annotate", "vector-triangle", key)
        self.open.setAccessibleName(f"Open the {name.lower()} in Annotate")
        self.leave = Button("No counterpart")
        self.leave.setToolTip("Say that this garment is no product that others have: style 0, or no item")
        self.leave.setAccessibleName(f"The {name.lower()} has no counterpart")
        self.open.clicked.connect(self.go)
        self.leave.clicked.connect(self._leave)
        row.addWidget(self.open)
        row.addWidget(self.leave)
        row.addStretch(1)
        column.addLayout(row)

    def show_side(self, side: Side, *, writable: bool) -> None:
        """Show this one."""
        self._side = side
        told = side.category or "picture"
        self.swatch.set_colour(side.colour)
        self.swatch.setVisible(bool(side.category))
        self.title.set_full_text(told)
        stands = ", ".join(filter(None, (side.split or "no split", side.domain)))
        garment = f"garment {side.garment_id}, {side.product or 'no product'}" if side.garment_id else ""
        for line, words in zip(self.lines, (side.name, stands, garment), strict=True):
            line.set_full_text(words)
        self.crop.show_shot(side.shot, f"{told}, {side.name}, {stands}")
        self.leave.setVisible(bool(side.garment_id))
        self.leave.setEnabled(writable and bool(side.product))

    def go(self) -> None:
        """Open it in Annotate."""
        if self._side is not None:
            self.annotate.emit(self._side.image_id)

    def _leave(self) -> None:
        if self._side is not None:
            self.alone.emit(self._side.garment_id)


class PairPane(QWidget):
    """``annotate_wanted(image_id)``; ``join_wanted(kept garment, joined garment)``;
    ``alone_wanted(garment)``; ``undo_wanted()``; ``stepped(by)``; ``wanted()``: other pictures are shown,
    :meth:`cuts`."""

    annotate_wanted = Signal(int)
    join_wanted = Signal(int, int)
    alone_wanted = Signal(int)
    undo_wanted = Signal()
    stepped = Signal(int)
    wanted = Signal()

    def __init__(self, crops: Crops) -> None:
        super().__init__()
        surface(self, "page")
        self._pair: Pair | None = None
        self._writable = True
        self.first, self.second = SidePane(crops, "First", "Enter"), SidePane(crops, "Second", "Shift+Enter")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._build(), 1)
        column.addWidget(self._build_foot())
        for side in (self.first, self.second):
            side.annotate.connect(self.annotate_wanted)
            side.alone.connect(self.alone_wanted)
            side.crop.wanted.connect(self.wanted)

    def _build(self) -> QWidget:
        held = QWidget()
        column = QVBoxLayout(held)
        column.setContentsMargins(12, 10, 12, 12)
        column.setSpacing(10)
        head = QHBoxLayout()
        head.setSpacing(8)
        self.title, self.said = label("", "heading"), ElidedLabel("", "second")
        self.looks = Segmented([("crop", "Crop"), ("whole", "Whole image")], "crop", name="What is shown")
        self.looks.chosen.connect(self._look)
        head.addWidget(self.title)
        head.addWidget(self.said, 1)
        head.addWidget(self.looks)
        column.addLayout(head)
        both = QHBoxLayout()
        both.setSpacing(12)
        both.addWidget(self.first, 1)
        both.addWidget(self.second, 1)
        column.addLayout(both, 1)
        return held

    def _build_foot(self) -> QWidget:
        foot = FootBar()
        self.before = IconButton("chevron-left", "Pair before", "Up", look="square")
        self.after = IconButton("chevron-right", "Next pair", "Down", look="square")
        self.before.clicked.connect(lambda: self.stepped.emit(-1))
        self.after.clicked.connect(lambda: self.stepped.emit(1))
        self.what = ElidedLabel("", "second")
        self.undo = Button("Undo", "arrow-back-up", "Ctrl+Z")
        self.undo.setEnabled(False)
        self.undo.clicked.connect(self.undo_wanted)
        self.join = PrimaryButton("Same product: join", "link", "J")
        self.join.clicked.connect(self.ask_join)
        foot.add(self.before)
        foot.add(self.after)
        foot.row.addWidget(self.what, 1)
        foot.add(self.undo)
        foot.add(self.join)
        return foot

    def show_pair(self, pair: Pair | None) -> None:
        """Show these two; None keeps what is shown but lets nothing be done."""
        self._pair = pair
        if pair is not None:
            self.title.setText(head_of(pair))
            self.said.set_full_text(pair.words if pair.distance is not None else "")
            for pane, side in ((self.first, pair.first), (self.second, pair.second)):
                pane.show_side(side, writable=self._writable)
        self._offer()

    def set_writable(self, writable: bool, undoable: str) -> None:
        """Whether garments may be changed, and what the last change was, "" for none."""
        self._writable = writable
        self.undo.setEnabled(writable and bool(undoable))
        self.what.set_full_text(undoable)
        self._offer()

    def cuts(self) -> list[Cut]:
        """The pictures of both, at the size they are painted."""
        return [cut for side in (self.first, self.second) if (cut := side.crop.cut()) is not None]

    def ask_join(self) -> None:
        """Make one product of the two, where they can be."""
        pair = self._pair
        if pair is not None and self.join.isEnabled():
            self.join_wanted.emit(pair.first.garment_id, pair.second.garment_id)

    def _offer(self) -> None:
        pair = self._pair
        garments = pair is not None and pair.first.garment_id > 0 and pair.second.garment_id > 0
        same = pair is not None and pair.same
        why = "" if pair is None else pair.hindrance
        if same or not garments:
            why = "They are one product already" if same else "No two garments are meant here"
        self.join.setEnabled(self._writable and pair is not None and not why)
        self.join.setToolTip(why)

    def _look(self, key: str) -> None:
        for side in (self.first, self.second):
            side.crop.whole = key == "whole"
            side.crop.update()
        self.wanted.emit()
