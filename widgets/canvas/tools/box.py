"""Box: draw the box of a garment, new or selected."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from PySide6.QtCore import Qt

from store import geometry
from store.document import edits
from store.geometry import Point
from store.hits import HitKind, HitTarget
from store.records import Floats
from widgets.canvas.tools.base import Pointer, Tool
from widgets.canvas.tools.drags import DIGITS, BorderDrag, HandleDrag

#: A box thinner than this many image pixels was a slip of the hand.
SMALLEST = 3.0


class BoxTool(Tool):
    """Redraws the selected garment's box; with nothing selected it draws a new garment."""

    name: ClassVar[str] = "box"
    cursor: ClassVar[Qt.CursorShape] = Qt.CursorShape.CrossCursor
    hint: ClassVar[str] = "Box: drag over a new garment, or redraw the box of the selected one"

    def hit(self, pointer: Pointer) -> HitTarget:
        return self.hit_handle(pointer)

    def begin(self, pointer: Pointer) -> None:
        garment, size = self.selected(), self.stage.shown.size
        target = self.hit(pointer)
        if garment is None or garment.box is None:
            return
        if target.kind is HitKind.BOX_HANDLE:
            self.grab(HandleDrag(garment, garment.box, target.index, pointer.at, size))
        elif target.kind is HitKind.BOX:
            self.grab(BorderDrag(garment, garment.box, pointer.at, size))

    def _box(self, start: Point, pointer: Pointer) -> Floats:
        box = geometry.ordered_box([*start, *pointer.at])
        return np.round(geometry.clip_box(box, *self.stage.shown.size), DIGITS)

    def click(self, pointer: Pointer) -> None:
        self.choose_garment(pointer)

    def stretch(self, start: Point, pointer: Pointer) -> None:
        self.stage.show_rubber(self._box(start, pointer))

    def stretched(self, start: Point, pointer: Pointer) -> None:
        box = self._box(start, pointer)
        if min(box[2] - box[0], box[3] - box[1]) < SMALLEST:
            return
        garment = self.selected()
        if garment is None:
            self.stage.draw_garment(box)
        else:
            self.stage.commit(edits.set_box(garment, box))
