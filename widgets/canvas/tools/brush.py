"""Brush, eraser and bucket: the mask painted, rubbed out and filled."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from store.document import mask_edits
from store.document.mask_edits import Stroke
from store.geometry import Point
from store.records import Garment
from widgets.canvas.items.sketch import COVER, ERASED
from widgets.canvas.tools.base import Pointer
from widgets.canvas.tools.drawing import DrawingTool

#: A circle smaller than this on the screen, in pixels, is not seen: the pointer is a cross then.
_LEAST = 6.0


class BrushTool(DrawingTool):
    """Paints what the round brush passes over; a stroke is one edit. Shift and a click go straight on from
    where the last stroke ended. With nothing selected the first stroke is a new garment's."""

    name: ClassVar[str] = "brush"
    erases: ClassVar[bool] = False
    verb: ClassVar[str] = "paint on"

    _way: tuple[Point, ...] = ()
    _end: Point | None = None

    def say(self) -> str:
        size = f"{self.stage.brush.size} px (Alt+wheel, Alt+[ Alt+])"
        return f"{self.name.capitalize()}: {self.verb} {self.whose()}; {size}; Shift+click: a straight line"

    def enter(self) -> None:
        self._end = None

    def press(self, pointer: Pointer) -> None:
        if not self.may_draw() or (self.erases and self.mask_owner() is None):
            return
        self._pressed, self._moved = pointer.at, True
        starts = (self._end,) if pointer.shift and self._end is not None else ()
        self._way = (*starts, pointer.at)
        self.stage.begin_stroke(self._colour())
        self._cover(self._way[0], pointer.at)

    def _colour(self) -> QColor:
        garment = self.selected()
        colour = QColor(ERASED if garment is None or self.erases else self.stage.shown.colour(garment))
        colour.setAlphaF(COVER)
        return colour

    def _cover(self, start: Point, end: Point) -> None:
        self.stage.add_stroke(start, end, 2 * self.stage.brush.radius)

    def move(self, pointer: Pointer) -> None:
        if self._pressed is None or not self._way:
            return
        if self._way[-1] != pointer.at:
            self._cover(self._way[-1], pointer.at)
            self._way = (*self._way, pointer.at)
        self._circle(pointer)

    def release(self, pointer: Pointer) -> None:
        if self._pressed is None:
            return
        stroke = Stroke(self._way, self.stage.brush.radius)
        self._pressed, self._way, self._end = None, (), pointer.at
        garment, size = self.selected(), self.stage.shown.size
        if garment is not None:
            self._stroke(garment, stroke)
        elif not self.erases:
            new = self.attempt(lambda: mask_edits.paint(Garment(), stroke, size))
            if new is not None:
                self.stage.draw_shape(mask_edits.outline_after(new))
        # Only now: the mask as it is follows the stroke without a gap.
        self.stage.end_stroke()

    def let_go(self) -> None:
        if self._pressed is not None and self._way:
            self.release(Pointer(self._way[-1], 1.0))

    def _stroke(self, garment: Garment, stroke: Stroke) -> None:
        size = self.stage.shown.size
        self.commit(lambda: mask_edits.paint(garment, stroke, size))

    def hover(self, pointer: Pointer) -> None:
        self._circle(pointer)

    def _circle(self, pointer: Pointer) -> None:
        radius = self.stage.brush.radius
        self.stage.sketch.show_circle(pointer.at, radius, dashed=self.erases)
        tiny = 2 * radius < _LEAST * pointer.pixel
        self.stage.show_cursor(Qt.CursorShape.CrossCursor if tiny else Qt.CursorShape.BlankCursor)

    def turn_wheel(self, steps: float) -> bool:
        self.stage.brush.step(steps)
        return True

    def cancel(self) -> bool:
        self._way = ()
        return super().cancel()


class EraserTool(BrushTool):
    """Takes away what the round brush passes over."""

    name: ClassVar[str] = "eraser"
    erases: ClassVar[bool] = True
    verb: ClassVar[str] = "rub out of"

    def _stroke(self, garment: Garment, stroke: Stroke) -> None:
        size = self.stage.shown.size
        self.commit(lambda: mask_edits.erase(garment, stroke, size))


class FillTool(DrawingTool):
    """A click into a gap that the mask goes all round fills it."""

    name: ClassVar[str] = "fill"

    def say(self) -> str:
        return f"Fill: click into a gap that the mask of {self.whose()} goes all round"

    def click(self, pointer: Pointer) -> None:
        garment = self.mask_owner() if self.may_draw() else None
        if garment is not None:
            size = self.stage.shown.size
            nothing = "There is no gap here that the mask goes all round"
            self.commit(lambda: mask_edits.fill_gap(garment, pointer.at, size), nothing)

    def hover(self, _pointer: Pointer) -> None:
        self.stage.show_cursor(self.cursor)
