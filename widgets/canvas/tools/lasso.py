"""Lasso: mark the landmarks inside a line that is drawn by hand; all else as with the landmark tool."""

from __future__ import annotations

import math
from typing import ClassVar

from store.geometry import Point, polygon_contains
from widgets.canvas.tools.base import Pointer
from widgets.canvas.tools.landmarks import LandmarksTool

#: Screen pixels between two points of the line.
_STEP = 3.0


class LassoTool(LandmarksTool):
    """Draws a line round landmarks of the selected garment."""

    name: ClassVar[str] = "lasso"
    hint: ClassVar[str] = "Lasso: draw round landmarks to mark them, with Shift to add to what is marked"

    _way: tuple[Point, ...] = ()

    def stretch(self, start: Point, pointer: Pointer) -> None:
        way = self._way or (start,)
        if math.dist(way[-1], pointer.at) >= _STEP * pointer.pixel:
            way = (*way, pointer.at)
        self._way = way
        self.stage.show_lasso(way)

    def stretched(self, _start: Point, pointer: Pointer) -> None:
        way, garment = (*self._way, pointer.at), self.selected()
        self._forget()
        if garment is None:
            return
        drawn = self.stage.shown.drawn(garment).tolist()
        inside = [i for i, (x, y) in enumerate(drawn) if not math.isnan(x) and polygon_contains(way, (x, y))]
        self.mark(garment, inside, pointer)

    def let_go(self) -> None:
        self._forget()
        super().let_go()

    def cancel(self) -> bool:
        self._forget()
        return super().cancel()

    def _forget(self) -> None:
        self._way = ()
        self.stage.show_lasso(())
