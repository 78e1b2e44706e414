"""Polygon: draw a polygon or a hole corner by corner; move, insert and delete corners."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np
from PySide6.QtCore import Qt

from store.document import mask_edits
from store.geometry import Point
from store.hits import NOTHING, HitKind, HitTarget, hit_edge, hit_vertex
from store.outlines.rings import FEWEST, Part, rings
from store.records import Floats, Garment
from widgets.canvas.tools.base import REACH, Pointer
from widgets.canvas.tools.drags import VertexDrag, placed
from widgets.canvas.tools.drawing import DrawingTool

_Key = Qt.Key
_ENTER = (_Key.Key_Return, _Key.Key_Enter)
#: The arrow keys and where they lead.
_ARROWS = {
    _Key.Key_Left: (-1, 0),
    _Key.Key_Right: (1, 0),
    _Key.Key_Up: (0, -1),
    _Key.Key_Down: (0, 1),
}
#: With Shift lines go in steps of so many degrees.
_STEP = 45.0
#: Two clicks within this many screen pixels are a double click to the polygon.
_SAME = 4.0
#: A polygon less wide or high than this many image pixels covers nothing.
_THINNEST = 0.5


class PolygonTool(DrawingTool):
    """Clicks make corners; a click on the first, Enter or a double click closes the polygon.

    Without a polygon in the making, corners of the selected garment are dragged, edges take new corners,
    Delete or Alt and a click take one away. Ctrl at the first corner, or :attr:`cuts`, makes a hole.
    """

    name: ClassVar[str] = "polygon"

    #: Polygons that are drawn are holes.
    cuts = False
    _corners: tuple[Point, ...] = ()
    _hole = False
    #: Ring and place of the corner that keys move.
    _current: tuple[int, int] | None = None

    # --- what is being drawn ---------------------------------------------------------------------

    def say(self) -> str:
        if not self._corners:
            what = "cut a hole into" if self.cuts else "click corners for"
            return f"Polygon: {what} {self.whose()} (Ctrl: a hole); drag corners, click edges for new ones"
        kind = f"{'Hole' if self._hole else 'Polygon'} of {self.whose()}: {len(self._corners)} corners"
        closes = "Enter or the first corner closes it, " if len(self._corners) >= FEWEST else ""
        return f"{kind}; {closes}Backspace takes the last one back"

    def begin(self, pointer: Pointer) -> None:
        if self._corners or not self.may_draw():
            return
        garment, target = self.selected(), self._target(pointer)
        if garment is None or pointer.ctrl:
            return
        if target.kind is HitKind.VERTEX:
            self._current = (target.polygon, target.index)
            if not pointer.alone:
                size = self.stage.shown.size
                self.grab(VertexDrag(garment, target.polygon, target.index, pointer.at, size))
        elif target.kind is HitKind.EDGE and not pointer.alone:
            size = self.stage.shown.size
            self.grab(VertexDrag(garment, target.polygon, target.index, pointer.at, size, inserted=True))
            self._current = (target.polygon, target.index + 1)

    def release(self, pointer: Pointer) -> None:
        drag, moved = self._drag, self._moved
        if isinstance(drag, VertexDrag) and not moved:
            # A click: on an edge it inserts a corner, on a corner it makes it the current one.
            self._pressed = self._drag = None
            if drag.inserted:
                self.commit(drag.edit)
            self._show_current()
            return
        super().release(pointer)
        self._show_current()

    def click(self, pointer: Pointer) -> None:
        if not self.may_draw():
            return
        garment = self.selected()
        if pointer.alone:
            self._take_away(garment, pointer)
            return
        if self._corners and self._closes(pointer):
            self.finish()
            return
        if self._corners and math.dist(self._corners[-1], pointer.at) <= _SAME * pointer.pixel:
            # The second click of a double click.
            self.finish()
            return
        if not self._corners:
            self._hole = (self.cuts or pointer.ctrl) and garment is not None
            self._current = None
        self._corners = (*self._corners, placed(self._constrained(pointer), self.stage.shown.size))
        self._show(pointer)

    def stretched(self, _start: Point, pointer: Pointer) -> None:
        # A hand that trembled: a click where the button came up.
        self.click(pointer)

    def stretch(self, _start: Point, pointer: Pointer) -> None:
        self._show(pointer)

    def hover(self, pointer: Pointer) -> None:
        if self._corners:
            self._show(pointer)
            self.stage.show_cursor(self.cursor)
            return
        # The corner may have gone with an undo, or belong to a garment that is no longer selected.
        self._show_current()
        target = self._target(pointer)
        self.stage.show_hover(NOTHING, pointer.at)
        over = target.kind in (HitKind.VERTEX, HitKind.EDGE)
        shape = Qt.CursorShape.PointingHandCursor if over and not pointer.ctrl else self.cursor
        self.stage.show_cursor(shape)

    def finish(self) -> None:
        """Close the polygon; one of fewer than three corners is given up."""
        super().finish()
        corners, hole = np.array(self._corners, np.float64).reshape(-1, 2), self._hole
        self._forget()
        if len(corners) < FEWEST:
            return
        if np.ptp(corners, axis=0).min() < _THINNEST:
            self.stage.refuse("The polygon covers nothing of the image")
            return
        garment, size = self.selected(), self.stage.shown.size
        if garment is None:
            self.stage.draw_shape((Part(corners),))
        elif hole:
            nothing = "A hole must lie in the mask"
            self.commit(lambda: mask_edits.cut_hole(garment, corners, size), nothing)
        else:
            self.commit(lambda: mask_edits.add_polygon(garment, corners, size))

    def cancel(self) -> bool:
        drawing = bool(self._corners)
        self._forget()
        self._current = None
        return super().cancel() or drawing

    def leave(self) -> None:
        super().leave()
        if self._corners:
            self.stage.sketch.show_way(self._corners)

    def _forget(self) -> None:
        self._corners, self._hole = (), False
        self.stage.sketch.show_way(())

    def _show(self, pointer: Pointer) -> None:
        closes = self._closes(pointer)
        self.stage.sketch.show_way(self._corners, self._constrained(pointer), closes=closes)

    def _closes(self, pointer: Pointer) -> bool:
        return len(self._corners) >= FEWEST and (
            math.dist(self._corners[0], pointer.at) <= REACH * pointer.pixel
        )

    def _constrained(self, pointer: Pointer) -> Point:
        """Where the next corner goes: with Shift in a direction of whole steps from the last one."""
        if not pointer.shift or not self._corners:
            return pointer.at
        x, y = self._corners[-1]
        dx, dy = pointer.at[0] - x, pointer.at[1] - y
        turn = math.radians(round(math.degrees(math.atan2(dy, dx)) / _STEP) * _STEP)
        along = dx * math.cos(turn) + dy * math.sin(turn)
        return x + along * math.cos(turn), y + along * math.sin(turn)

    # --- corners that are there ------------------------------------------------------------------

    def _target(self, pointer: Pointer) -> HitTarget:
        garment = self.selected()
        if garment is None or not self.stage.has_vertices:
            return NOTHING
        reach = REACH * 0.75 * pointer.pixel
        return hit_vertex(garment, pointer.at, reach) or hit_edge(garment, pointer.at, reach * 0.7)

    def _take_away(self, garment: Garment | None, pointer: Pointer) -> None:
        target = self._target(pointer)
        if garment is None or target.kind is not HitKind.VERTEX:
            self.stage.refuse("No corner of the selected garment is there")
            return
        self._delete(garment, target.polygon, target.index)

    def _delete(self, garment: Garment, ring: int, corner: int) -> None:
        self._current = None
        self.commit(lambda: mask_edits.delete_corner(garment, ring, corner, self.stage.shown.size))
        self._show_current()

    def _delete_ring(self) -> None:
        """Delete the polygon of the current corner with its holes, or fill the hole that it belongs to."""
        garment = self.selected()
        if garment is None or self._current is None:
            return
        ring = self._current[0]
        self._current = None
        self.commit(lambda: mask_edits.delete_ring(garment, ring, self.stage.shown.size))
        self._show_current()

    def _place(self) -> Floats | None:
        """Where the current corner is, if it is still there."""
        garment = self.selected()
        found = rings(garment) if garment is not None else ()
        if self._current is None or self._corners:
            return None
        ring, corner = self._current
        return found[ring][corner] if ring < len(found) and corner < len(found[ring]) else None

    def _show_current(self) -> None:
        place = self._place()
        if not self._corners:
            corners = [] if place is None else [(float(place[0]), float(place[1]))]
            self.stage.sketch.show_corners(corners, 0)

    # --- keys ------------------------------------------------------------------------------------

    def wants(self, key: int, keys: Qt.KeyboardModifier) -> bool:
        shift = keys & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.ShiftModifier
        plain = keys & ~Qt.KeyboardModifier.KeypadModifier == Qt.KeyboardModifier.NoModifier
        if self._corners:
            undo = key == _Key.Key_Z and keys == Qt.KeyboardModifier.ControlModifier
            return undo or (plain and key in (*_ENTER, _Key.Key_Backspace))
        if key in (_Key.Key_Tab, _Key.Key_Backtab):
            garment = self.selected()
            return (plain or shift) and garment is not None and bool(rings(garment))
        if key in _ARROWS:
            return (plain or shift) and self._place() is not None
        whole = key == _Key.Key_Delete and keys == Qt.KeyboardModifier.ControlModifier
        some = plain and key in (_Key.Key_Delete, _Key.Key_Insert)
        return (whole or some) and self._place() is not None

    def press_key(self, key: int, keys: Qt.KeyboardModifier) -> None:
        if key in _ENTER:
            self.finish()
        elif key in (_Key.Key_Backspace, _Key.Key_Z):
            self._corners = self._corners[:-1]
            self.stage.sketch.show_way(self._corners)
        elif key in (_Key.Key_Tab, _Key.Key_Backtab):
            back = key == _Key.Key_Backtab or bool(keys & Qt.KeyboardModifier.ShiftModifier)
            self._step(-1 if back else 1)
        elif self.busy or not self.may_draw():
            return
        elif key == _Key.Key_Delete and keys & Qt.KeyboardModifier.ControlModifier:
            self._delete_ring()
        else:
            self._change(key, 10 if keys & Qt.KeyboardModifier.ShiftModifier else 1)

    def _step(self, by: int) -> None:
        """Make the next corner the current one, round and round through all rings."""
        garment = self.selected()
        if garment is None:
            return
        places = [(n, i) for n, ring in enumerate(rings(garment)) for i in range(len(ring))]
        if not places:
            return
        now = places.index(self._current) if self._current in places else (-1 if by > 0 else 0)
        self._current = places[(now + by) % len(places)]
        self._show_current()

    def _change(self, key: int, by: int) -> None:
        """Move, double or delete the current corner."""
        garment, place, size = self.selected(), self._place(), self.stage.shown.size
        if garment is None or place is None or self._current is None:
            return
        ring, corner = self._current
        if key == _Key.Key_Delete:
            self._delete(garment, ring, corner)
        elif key == _Key.Key_Insert:
            ends = rings(garment)[ring]
            x, y = ((place + ends[(corner + 1) % len(ends)]) / 2).tolist()
            self._current = (ring, corner + 1)
            self.commit(lambda: mask_edits.insert_corner(garment, ring, corner, (x, y), size))
        else:
            dx, dy = _ARROWS[_Key(key)]
            goal = placed((float(place[0]) + by * dx, float(place[1]) + by * dy), size)
            self.commit(lambda: mask_edits.move_corner(garment, ring, corner, goal, size))
        self._show_current()
