"""GrabCut and its like: a box and strokes say what is meant, a segmenter finds it, Enter accepts it."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from store import geometry
from store.document import mask_edits
from store.document.mask_edits import Stroke
from store.geometry import Point
from store.outlines.drawing import wound
from store.outlines.rings import Outline
from store.records import Floats, Garment
from store.segmenting import Prompt
from widgets.canvas.items import shapes
from widgets.canvas.items.sketch import COVER
from widgets.canvas.tools.base import Pointer
from widgets.canvas.tools.drawing import DrawingTool

_Key = Qt.Key
_ENTER = (_Key.Key_Return, _Key.Key_Enter)
#: Strokes over what is meant, and over what is not.
KEPT, DROPPED = "#5CC8A1", "#FF8A7A"
#: A box thinner than this many image pixels was a slip of the hand.
_SMALLEST = 3.0


class SegmentTool(DrawingTool):
    """Draws over what belongs to the garment, with Ctrl over what does not, inside of its box.

    Without a garment, or a box of it, the first drag is the box. What is found is shown and belongs to nobody
    until it is accepted.
    """

    name: ClassVar[str] = "segment"

    _garment_id = 0
    _box: Floats | None = None
    _strokes: tuple[tuple[Stroke, bool], ...] = ()
    _way: tuple[Point, ...] = ()
    _drops = False
    _found: Outline = ()

    # --- what is meant ---------------------------------------------------------------------------

    def prompt(self) -> Prompt:
        """What is meant now."""
        garment = self.selected()
        box = self._box if self._box is not None or garment is None else garment.box
        keep = tuple(stroke for stroke, drops in self._strokes if not drops)
        drop = tuple(stroke for stroke, drops in self._strokes if drops)
        return Prompt(None if box is None else geometry.ordered_box(box), keep, drop)

    def say(self) -> str:
        if self._found:
            return "GrabCut: Enter accepts; draw over what belongs to it, with Ctrl over what does not"
        if self.prompt().box is None:
            return f"GrabCut: drag a box round {self.whose()}"
        return f"GrabCut: Enter looks for {self.whose()} in the box; or draw over it, with Ctrl over the rest"

    def _follow(self) -> None:
        """Another garment is selected: begin anew."""
        if self._garment_id != self.stage.selection.garment_id:
            self._forget()
            self._garment_id = self.stage.selection.garment_id

    def _forget(self) -> None:
        self._box, self._strokes, self._way, self._found = None, (), (), ()
        self.stage.sketch.show_mask(None)
        self.stage.sketch.show_marks(())
        self.stage.segment(None)

    # --- the mouse -------------------------------------------------------------------------------

    def press(self, pointer: Pointer) -> None:
        self._follow()
        if not self.may_draw():
            return
        self._pressed, self._moved = pointer.at, False
        if self.prompt().box is not None:
            self._drops = pointer.ctrl
            self._way = (pointer.at,)
            colour = QColor(DROPPED if self._drops else KEPT)
            colour.setAlphaF(COVER)
            self.stage.begin_stroke(colour)
            self._cover(pointer.at, pointer.at)

    def _cover(self, start: Point, end: Point) -> None:
        self.stage.add_stroke(start, end, 2 * self.stage.brush.radius)

    def move(self, pointer: Pointer) -> None:
        if self._pressed is None:
            return
        if not self._way:
            self.stage.show_rubber(geometry.ordered_box([*self._pressed, *pointer.at]))
        elif self._way[-1] != pointer.at:
            self._cover(self._way[-1], pointer.at)
            self._way = (*self._way, pointer.at)
        self._circle(pointer)

    def release(self, pointer: Pointer) -> None:
        if self._pressed is None:
            return
        pressed, way = self._pressed, self._way
        self._pressed, self._way = None, ()
        self.stage.show_rubber(None)
        if way:
            self._strokes = (*self._strokes, (Stroke(way, self.stage.brush.radius), self._drops))
            self._show_marks()
            self.stage.end_stroke()
        else:
            box = geometry.clip_box(geometry.ordered_box([*pressed, *pointer.at]), *self.stage.shown.size)
            if min(box[2:] - box[:2]) < _SMALLEST:
                return
            self._box = np.round(box, 2)
        self.stage.segment(self.prompt())

    def _show_marks(self) -> None:
        marks = [
            (stroke.points, stroke.radius, DROPPED if drops else KEPT) for stroke, drops in self._strokes
        ]
        self.stage.sketch.show_marks(marks)

    def let_go(self) -> None:
        if self._pressed is not None and self._way:
            self.release(Pointer(self._way[-1], 1.0))
        else:
            super().let_go()

    def hover(self, pointer: Pointer) -> None:
        self._follow()
        self._circle(pointer)
        self.stage.show_cursor(self.cursor)

    def _circle(self, pointer: Pointer) -> None:
        there = self.prompt().box is not None
        radius = self.stage.brush.radius
        self.stage.sketch.show_circle(pointer.at if there else None, radius, dashed=pointer.ctrl)

    def turn_wheel(self, steps: float) -> bool:
        self.stage.brush.step(steps)
        return True

    # --- what is found ---------------------------------------------------------------------------

    def take(self, outline: Outline) -> None:
        """Show what a segmenter has found; nothing where it has found nothing."""
        self._found = outline
        garment = self.selected()
        colour = KEPT if garment is None else self.stage.shown.colour(garment)
        path = shapes.polygon_path(wound(outline)) if outline else None
        self.stage.sketch.show_mask(path, colour)

    def wants(self, key: int, keys: Qt.KeyboardModifier) -> bool:
        plain = keys & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier
        if key in _ENTER:
            return plain and (bool(self._found) or not self.prompt().empty)
        undo = key == _Key.Key_Z and keys == Qt.KeyboardModifier.ControlModifier
        return bool(self._strokes) and (undo or (plain and key == _Key.Key_Backspace))

    def press_key(self, key: int, _keys: Qt.KeyboardModifier) -> None:
        self._follow()
        if key in _ENTER and self._found:
            self.accept()
        elif key in _ENTER:
            if self.may_draw():
                self.stage.segment(self.prompt())
        else:
            self._strokes = self._strokes[:-1]
            self._show_marks()
            self.stage.segment(self.prompt())

    def accept(self) -> None:
        """Make what was found the mask of the garment, or a new garment."""
        outline, garment, size = self._found, self.selected(), self.stage.shown.size
        self._forget()
        if not outline or not self.may_draw():
            return
        if garment is None:
            self.stage.draw_shape(outline)
        else:
            self._replace(garment, outline, size)

    def _replace(self, garment: Garment, outline: Outline, size: tuple[int, int]) -> None:
        title = "Mask from GrabCut"
        self.commit(lambda: mask_edits.set_outline(title, garment, outline, size), "The mask is that already")

    def cancel(self) -> bool:
        drawing = bool(self._strokes or self._found or self._box is not None)
        self._forget()
        return super().cancel() or drawing

    def leave(self) -> None:
        self.stage.sketch.show_circle(None)
