"""Another image of the same product beside the one that is edited: to be looked at, not to be changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from resources.taxonomy import Category
from store.geometry import extent
from store.records import Garment, Image
from widgets.canvas.pictures import Picture
from widgets.canvas.state import Selection
from widgets.canvas.view import CanvasView
from widgets.common import ElidedLabel, EmptyState, IconButton, label, surface

#: Screen pixels that an arrow key pans.
_STEP = 60
_ARROWS = {
    Qt.Key.Key_Left: (-_STEP, 0),
    Qt.Key.Key_Right: (_STEP, 0),
    Qt.Key.Key_Up: (0, -_STEP),
    Qt.Key.Key_Down: (0, _STEP),
}


@dataclass(frozen=True, slots=True, eq=False)
class Sibling:
    """An image of the same product: its garments, and which of them it is."""

    image: Image
    path: Path
    garments: Sequence[Garment]
    garment_id: int


class SecondCanvas(CanvasView):
    """A canvas that shows and takes no edits: mouse and arrows pan, wheel, ``+``, ``-`` and Home zoom."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Another image of the product")
        self.setAccessibleDescription("It can be looked at, not changed; its name says which it is")
        # Boxes have handles, which nobody can drag here.
        self.set_layers(landmarks=True, masks=True, boxes=False)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.focus_shown = False
        if event.button() == Qt.MouseButton.LeftButton:
            self._space = True
        self.start_pan(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._space = False
        super().mouseReleaseEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.focus_shown = event.reason() is not Qt.FocusReason.MouseFocusReason
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _ARROWS and not event.modifiers():
            self.pan(*_ARROWS[key])
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_in()
        elif key == Qt.Key.Key_Minus:
            self.zoom_out()
        elif key == Qt.Key.Key_Home:
            self.fit()
        else:
            super().keyPressEvent(event)


class Companion(QWidget):
    """The image beside the canvas, with its name, arrows to the others, and whether it zooms along.

    ``step_wanted(±1)``: another one; ``closed()``: it is to go. Linked, it shows the part of its garment that
    the main canvas shows of the garment that is edited.
    """

    step_wanted = Signal(int)
    closed = Signal()

    def __init__(self, main: CanvasView) -> None:
        super().__init__()
        surface(self, "page")
        self.setAccessibleName("Another image of the product")
        self._main = main
        self._sibling: Sibling | None = None
        self.canvas = SecondCanvas()
        self.nothing = EmptyState("photo-search", "")
        self.name = ElidedLabel("", "strong", mode=Qt.TextElideMode.ElideLeft)
        self.place = label("", "note")
        self.back = IconButton("chevron-left", "Previous image of the product")
        self.on = IconButton("chevron-right", "Next image of the product", "Shift+I")
        self.linked = IconButton("link", "Zoom and pan along", "Alt+I", checkable=True)
        close = IconButton("x", "Close the second image", "I")
        self.back.clicked.connect(lambda: self.step_wanted.emit(-1))
        self.on.clicked.connect(lambda: self.step_wanted.emit(1))
        self.linked.toggled.connect(lambda _on: self.follow())
        close.clicked.connect(self.closed)
        head = QHBoxLayout()
        head.setContentsMargins(10, 4, 6, 4)
        head.setSpacing(6)
        head.addWidget(self.name)
        head.addWidget(self.place)
        head.addStretch(1)
        for button in (self.back, self.on, self.linked, close):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            head.addWidget(button)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.nothing)
        self._stack.addWidget(self.canvas)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._stack, 1)
        main.zoom_changed.connect(lambda _zoom: self.follow())
        for bar in (main.horizontalScrollBar(), main.verticalScrollBar()):
            bar.valueChanged.connect(lambda _value: self.follow())
        self.hide()

    @property
    def sibling(self) -> Sibling | None:
        """What is shown."""
        return self._sibling

    def say_nothing(self, sentence: str) -> None:
        """There is no other image: say why."""
        self._sibling = None
        self.name.set_full_text("")
        self.place.setText("")
        self.back.setEnabled(False)
        self.on.setEnabled(False)
        self.linked.setEnabled(False)
        self.canvas.show_garments([], {})
        self.nothing.say(sentence)
        self._stack.setCurrentWidget(self.nothing)

    def show_sibling(
        self, sibling: Sibling, categories: Mapping[int, Category], number: int, count: int
    ) -> None:
        """Show one of them, the ``number``-th of ``count``; its picture comes by :meth:`show_picture`."""
        image = sibling.image
        self._sibling = sibling
        self.name.set_full_text(Path(image.name).name)
        word = f"{image.domain}   " if image.domain else ""
        self.place.setText(f"{word}{number} of {count}")
        for button in (self.back, self.on):
            button.setEnabled(count > 1)
        self.linked.setEnabled(True)
        self.canvas.show_picture(None, image.width or 1000, image.height or 1000)
        self.canvas.show_garments(sibling.garments, categories, Selection(sibling.garment_id))
        self._stack.setCurrentWidget(self.canvas)
        self.canvas.fit()
        self.follow()

    def show_picture(self, picture: Picture) -> None:
        """The picture was decoded, or could not be; that stays a blank sheet."""
        if self._sibling is None or picture.path != self._sibling.path:
            return
        image = self._sibling.image
        if picture.error:
            self.place.setText(f"{self.place.text()}   {picture.error}")
        else:
            self.canvas.show_picture(picture.image, image.width, image.height)
        self.follow()

    def follow(self) -> None:
        """Mark the same landmark; linked, show the same part of the garment in the same size."""
        main, mine = self._main, self.canvas
        if self._sibling is None or not self.isVisible():
            return
        ours = main.shown.garment(main.selection.garment_id)
        theirs = mine.shown.garment(self._sibling.garment_id)
        if ours is not None and theirs is not None and ours.category_id == theirs.category_id:
            mine.select(theirs.id, main.selection.landmark)
        if not self.linked.isChecked():
            return
        here, there = (extent(one) if one is not None else None for one in (ours, theirs))
        if here is None or there is None:
            return
        middle = main.map_to_image(QPointF(main.viewport().rect().center()))
        x1, y1, x2, y2 = here.tolist()
        u1, v1, u2, v2 = there.tolist()
        if min(x2 - x1, y2 - y1, u2 - u1, v2 - v1) <= 0:
            return
        mine.set_zoom(main.zoom * (y2 - y1) / (v2 - v1))
        across, down = (middle.x() - x1) / (x2 - x1), (middle.y() - y1) / (y2 - y1)
        mine.centre_on(u1 + across * (u2 - u1), v1 + down * (v2 - v1))
