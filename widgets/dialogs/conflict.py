"""Asks what becomes of a garment that somebody else has changed meanwhile: both versions, side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeySequence, QMouseEvent, QResizeEvent, QShortcut
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QToolButton, QVBoxLayout, QWidget

from resources.taxonomy import Category
from store.document.clash import Choice, Clash, Key
from store.geometry import extent
from store.records import Floats, Garment
from widgets import style
from widgets.canvas import Selection
from widgets.canvas.view import CanvasView
from widgets.common import Button, PrimaryButton, Segment, Segmented, hline, label
from widgets.dialogs.conflict_rows import Row, rows_of
from widgets.dialogs.frame import Dialog
from widgets.panels.history import when

_WIDTH, _HEIGHT, _MIDDLE = 960, 640, 352
_CHOICES = (
    Segment("mine", "Mine", shortcut="M", hint="Save my version; theirs stays in the history (M)"),
    Segment("theirs", "Theirs", shortcut="T", hint="Leave theirs; mine stays in the history (T)"),
    Segment("both", "Both", shortcut="B", hint="Save both: they have changed different parts (B)"),
)
_VERBS = {Choice.MINE: "Save mine", Choice.THEIRS: "Take theirs", Choice.BOTH: "Save both"}
#: What becomes of each version, mine first.
_BECOMES: dict[Choice | None, tuple[str, str]] = {
    Choice.MINE: ("will be saved", "stays in the history only"),
    Choice.THEIRS: ("goes into the history only", "stays"),
    Choice.BOTH: ("will be added to theirs", "stays, with your changes"),
}
#: Room around the garment, as a share of its larger side, and the least in pixels.
_AROUND, _LEAST_AROUND = 0.12, 12.0


@dataclass(frozen=True, slots=True)
class Scene:
    """What is behind both versions: the picture (null: a blank sheet of ``size``), all garments as they are
    in each, the store's categories by id."""

    picture: QImage
    size: tuple[int, int]
    mine: Sequence[Garment]
    theirs: Sequence[Garment]
    categories: Mapping[int, Category]


class ConflictDialog(Dialog):
    """Accepted with :meth:`choices`, one a clash; rejected, as by Esc, where nothing was decided.

    Where no part was changed by both, both together are marked; else nothing is, and has to be chosen.
    """

    def __init__(self, clashes: Sequence[Clash], scene: Scene, parent: QWidget | None = None) -> None:
        """ValueError without a clash."""
        if not clashes:
            raise ValueError("nothing to decide")
        super().__init__(_title(clashes), _WIDTH, parent)
        self._clashes = tuple(clashes)
        self.body.addWidget(label("Whatever you choose, the other version stays in the history.", "second"))
        self.mine = _Pane("Yours, not saved", scene, scene.mine)
        self.theirs = _Pane(_by(clashes), scene, scene.theirs)
        self.mine.view.follow(self.theirs.view)
        self.theirs.view.follow(self.mine.view)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.mine, 1)
        row.addWidget(self._list(scene.categories))
        row.addWidget(self.theirs, 1)
        self.body.addLayout(row, 1)
        hand = Button("Keep in hand", key="Esc")
        hand.setToolTip("Decide later: your version stays in front of you, and is not saved")
        hand.clicked.connect(self.reject)
        self.add_button(hand, left=True)
        self.save = PrimaryButton("Save", key="Enter")
        self.save.clicked.connect(self.accept)
        self.add_button(self.save, main=True)
        for key, choice in (("M", Choice.MINE), ("T", Choice.THEIRS), ("B", Choice.BOTH)):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.activated.connect(lambda choice=choice: self.choose(choice))
        self._current = -1
        self._go(0)
        # Where nothing is marked the first button must not look as if it were.
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        first = self.blocks[0]
        (first.choice if first.choice.value() else self).setFocus(Qt.FocusReason.OtherFocusReason)
        style.changed.connect(self._size)
        self._size()

    def _list(self, categories: Mapping[int, Category]) -> QScrollArea:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 10, 0)
        column.setSpacing(10)
        self.blocks: list[_Block] = []
        for number, clash in enumerate(self._clashes):
            if number:
                column.addWidget(hline())
            block = _Block(clash, categories)
            block.choice.chosen.connect(lambda _key: self._follow())
            block.entered.connect(lambda number=number: self._go(number))
            self.blocks.append(block)
            column.addWidget(block)
        column.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setAccessibleName("What differs")
        self._scroll.setWidget(inner)
        return self._scroll

    def _size(self) -> None:
        look = style.tokens()
        self._scroll.setFixedWidth(look.px(_MIDDLE))
        self.resize(look.px(_WIDTH), look.px(_HEIGHT))

    def sizeHint(self) -> QSize:
        look = style.tokens()
        return QSize(look.px(_WIDTH), look.px(_HEIGHT))

    # -- choosing -------------------------------------------------------------------------------

    def choices(self) -> dict[Key, Choice]:
        """What was chosen, by the key of the clash; one of which nothing was chosen is not in it."""
        found = {one.clash.key: one.choice.value() for one in self.blocks}
        return {key: Choice(value) for key, value in found.items() if value}

    def choose(self, choice: Choice) -> None:
        """Choose for the current garment; nothing happens where both together cannot be."""
        block = self.blocks[self._current]
        if choice is not Choice.BOTH or block.clash.mergeable:
            block.choice.set_value(choice.value)
            self._follow()

    def _go(self, number: int) -> None:
        """Show a garment in both pictures."""
        if number == self._current:
            return
        self._current = number
        block = self.blocks[number]
        self._scroll.ensureWidgetVisible(block)
        self.mine.show_clash(block.clash)
        self.theirs.show_clash(block.clash)
        self._follow()

    def _follow(self) -> None:
        choices = self.choices()
        self.save.setEnabled(len(choices) == len(self._clashes))
        kinds = set(choices.values())
        self.save.set_face(_VERBS[kinds.pop()] if len(kinds) == 1 else "Save", key="Enter")
        chosen = choices.get(self.blocks[self._current].clash.key)
        mine, theirs = _BECOMES.get(chosen, ("", ""))
        self.mine.say(mine)
        self.theirs.say(theirs)


class _Block(QWidget):
    """One garment: its name, what is chosen, and a row for each part that differs. ``entered()``: it has the
    keys."""

    entered = Signal()

    def __init__(self, clash: Clash, categories: Mapping[int, Category]) -> None:
        super().__init__()
        self.clash = clash
        name = _name(clash, categories)
        self.setAccessibleName(name)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(label(name, "heading", wrap=True))
        self.choice = Segmented(_CHOICES, wide=True, name=f"What becomes of {name}")
        self.choice.set_shown("both", clash.mergeable)
        if clash.mergeable:
            self.choice.set_value("both")
        column.addWidget(self.choice)
        for button in self.choice.findChildren(QToolButton):
            button.installEventFilter(self)
        if not clash.mergeable:
            deleted = clash.mine is None or clash.theirs is None
            why = "One of you has deleted it" if deleted else "Both of you have changed the same"
            column.addWidget(label(f"{why}: choose one version.", "note", wrap=True))
        column.addLayout(self._table(rows_of(clash, categories)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.FocusIn:
            self.entered.emit()
        return super().eventFilter(watched, event)

    @staticmethod
    def _table(rows: Sequence[Row]) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(5)
        for column, (title, stretch) in enumerate((("What", 5), ("Yours", 4), ("Theirs", 4))):
            grid.addWidget(label(title, "hint"), 0, column)
            grid.setColumnStretch(column, stretch)
        for number, row in enumerate(rows, 1):
            for column, text in enumerate((row.what, row.mine, row.theirs)):
                plain = "second" if not column or text == "as it was" else "table"
                told = label(text, "strong" if row.both else plain, wrap=True)
                told.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
                told.setToolTip("Both have changed this" if row.both else "")
                grid.addWidget(told, number, column)
        return grid


class _Pane(QWidget):
    """One version: a heading, what becomes of it, the picture with its garments."""

    def __init__(self, title: str, scene: Scene, garments: Sequence[Garment]) -> None:
        super().__init__()
        self._garments, self._categories = garments, scene.categories
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(label(title, "strong", wrap=True))
        self._note = label("", "note")
        column.addWidget(self._note)
        self.view = ComparedView()
        self.view.setAccessibleName(title)
        self.view.show_picture(scene.picture, *scene.size)
        column.addWidget(self.view, 1)

    def show_clash(self, clash: Clash) -> None:
        """Show the garment of a clash, with the landmarks that differ marked."""
        differing = frozenset(one.landmark for one in clash.differences() if one.landmark >= 0)
        self.view.show_garments(self._garments, self._categories, Selection(clash.key, -1, differing))
        states = (state for state in (clash.mine, clash.theirs) if isinstance(state, Garment))
        self.view.look_at([found for state in states if (found := extent(state)) is not None])

    def say(self, text: str) -> None:
        """Say what becomes of this version."""
        self._note.setText(text)


class ComparedView(CanvasView):
    """A picture with its garments that is looked at, not changed; it shows the same place as its twin."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMinimumSize(120, 120)
        self._region: Floats | None = None
        self._twin: ComparedView | None = None
        self._following = False

    def follow(self, twin: ComparedView) -> None:
        """Go wherever the other one goes."""
        self._twin = twin
        twin.zoom_changed.connect(lambda _zoom: self._go_along())
        for bar in (twin.horizontalScrollBar(), twin.verticalScrollBar()):
            bar.valueChanged.connect(lambda _value: self._go_along())

    def look_at(self, boxes: Sequence[Floats]) -> None:
        """Show the part of the picture with these boxes, ``x1 y1 x2 y2`` each; all of it for none."""
        found = np.array([box for box in boxes if np.isfinite(box).all()]).reshape(-1, 4)
        if len(found):
            x1, y1, x2, y2 = (*found[:, :2].min(axis=0).tolist(), *found[:, 2:].max(axis=0).tolist())
            room = max(_AROUND * max(x2 - x1, y2 - y1), _LEAST_AROUND)
            self._region = np.array([x1 - room, y1 - room, x2 + room, y2 + room])
        else:
            self._region = None
        self._look()

    def _look(self) -> None:
        if self._region is None:
            self.fit()
            return
        x1, y1, x2, y2 = self._region.tolist()
        view = self.viewport().rect()
        self.set_zoom(min(view.width() / (x2 - x1), view.height() / (y2 - y1)))
        self.centre_on((x1 + x2) / 2, (y1 + y2) / 2)

    def _go_along(self) -> None:
        twin = self._twin
        if twin is None or twin._following or self._following:
            return
        self._following = True
        self.set_zoom(twin.zoom)
        middle = twin.map_to_image(twin.viewport().rect().center().toPointF())
        self.centre_on(middle.x(), middle.y())
        self._following = False

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._look()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self.start_pan(event) and event.button() == Qt.MouseButton.LeftButton:
            self._pan_from = event.position().toPoint()
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)


def _title(clashes: Sequence[Clash]) -> str:
    what = "this image" if not clashes[0].key else "this garment"
    return (
        f"Somebody else has changed {what} too"
        if len(clashes) == 1
        else (f"Somebody else has changed {len(clashes)} of these garments too")
    )


def _by(clashes: Sequence[Clash]) -> str:
    last = max(clashes, key=lambda one: one.at.timestamp() if one.at is not None else 0.0)
    if last.at is None:
        return "Theirs, saved"
    who = last.author or "somebody else"
    return f"Theirs, saved by {who} at {when(last.at)}"


def _name(clash: Clash, categories: Mapping[int, Category]) -> str:
    state = clash.base
    if not isinstance(state, Garment):
        return "The image"
    category = categories.get(state.category_id)
    return f"{category.name.capitalize()}, garment {state.id}" if category else f"Garment {state.id}"
