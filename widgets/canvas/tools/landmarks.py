"""Landmarks: drag them, place those that have no place yet, mark several, scale and turn what is marked."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from PySide6.QtCore import Qt

from store import geometry
from store.document.landmark_edits import mirrored_moves, place_landmarks
from store.geometry import Point
from store.hits import NOTHING, HitKind, HitTarget
from store.records import Floats, Garment, Visibility
from widgets.canvas.state import Selection
from widgets.canvas.tools.base import HANDLE_CURSORS, REACH, Pointer, Tool
from widgets.canvas.tools.drags import HandleDrag, placed
from widgets.canvas.tools.frame import GRIP, FrameDrag, frame_of_marked, hit_frame, marked_indices


class LandmarksTool(Tool):
    """Moves and places landmarks of the selected garment."""

    name: ClassVar[str] = "landmarks"
    framed: ClassVar[bool] = True
    cursor: ClassVar[Qt.CursorShape] = Qt.CursorShape.CrossCursor
    hint: ClassVar[str] = "Landmarks: drag to move, 2 / 1 / 3 / 0 sets the state, Tab goes to the next"

    @property
    def waits(self) -> bool:
        """Whether a landmark waits for its place."""
        return self._waiting() is not None

    def _waiting(self) -> Garment | None:
        """The selected garment, if its current landmark has no place and a click would give it one."""
        garment, selection = self.selected(), self.stage.selection
        index = selection.landmark
        if garment is None or not self.stage.layers.landmarks or not 0 <= index < len(garment.points):
            return None
        if len(selection.landmarks) > 1:
            return None
        return None if self.stage.shown.is_drawn(garment, index) else garment

    def say(self) -> str:
        garment = self._waiting()
        if garment is not None:
            index = self.stage.selection.landmark
            name = self.stage.shown.landmark_name(garment, index)
            return (
                f"Landmarks: click where {index + 1} {name} belongs, Shift+click if it is occluded, "
                "Tab to leave it out"
            )
        if self._frame() is not None:
            return "Marked landmarks: drag to move, corners scale, the grip turns (Shift: in step)"
        return f"Symmetric. {self.hint}" if self.stage.modes.symmetric else self.hint

    # --- what lies under the pointer -------------------------------------------------------------

    def _frame(self) -> Floats | None:
        if not self.stage.layers.landmarks:
            return None
        return frame_of_marked(self.stage.shown, self.stage.selection)

    def _hit_frame(self, pointer: Pointer) -> int:
        box = self._frame()
        return -1 if box is None else hit_frame(box, pointer.at, pointer.pixel, REACH)

    def takes(self, pointer: Pointer) -> bool:
        return self._hit_frame(pointer) >= 0

    def hit(self, pointer: Pointer) -> HitTarget:
        if self._waiting() is not None:
            # Placing goes before taking: only a landmark right under the pointer is meant.
            return self.hit_landmark(pointer, REACH * 0.5)
        found = self.hit_landmark(pointer)
        if found:
            return found
        handle = self.hit_handle(pointer)
        return handle if handle.kind is HitKind.BOX_HANDLE else self.hit_garment(pointer)

    def hover(self, pointer: Pointer) -> None:
        handle = self._hit_frame(pointer)
        if handle < 0:
            super().hover(pointer)
            return
        self.stage.show_hover(NOTHING, pointer.at)
        turning = Qt.CursorShape.PointingHandCursor
        self.stage.show_cursor(turning if handle == GRIP else HANDLE_CURSORS[2 * handle])

    # --- press, click, drag ----------------------------------------------------------------------

    def begin(self, pointer: Pointer) -> None:
        garment, size = self.selected(), self.stage.shown.size
        box, handle = self._frame(), self._hit_frame(pointer)
        if garment is not None and box is not None and handle >= 0:
            marked = marked_indices(garment, self.stage.selection)
            self.grab(FrameDrag(garment, marked, box, handle, pointer.at, pointer.pixel, size))
            return
        target = self.hit(pointer)
        if target.kind is HitKind.LANDMARK:
            self.take_landmark(target, pointer)
        elif target.kind is HitKind.BOX_HANDLE and garment is not None and garment.box is not None:
            self.grab(HandleDrag(garment, garment.box, target.index, pointer.at, size))

    def click(self, pointer: Pointer) -> None:
        garment = self._waiting()
        if garment is None:
            self.choose_garment(pointer)
            return
        stage, index = self.stage, self.stage.selection.landmark
        places = {index: placed(pointer.at, stage.shown.size)}
        schema = stage.shown.schema(garment)
        if stage.modes.symmetric and schema is not None:
            both = mirrored_moves(garment, schema, places, stage.shown.size)
            # The other side is put down too where it has no place; one that has been put stays.
            places |= {other: at for other, at in both.items() if not stage.shown.is_drawn(garment, other)}
        state = Visibility.OCCLUDED if pointer.adds else Visibility.VISIBLE
        stage.commit(place_landmarks(garment, places, state))
        now = stage.shown.garment(garment.id) or garment
        stage.choose(Selection(garment.id, self._next(now, index)))

    def _next(self, garment: Garment, index: int) -> int:
        """The next landmark in order that has no place; where all have one, the next."""
        count, shown = len(garment.points), self.stage.shown
        ahead = [(index + step) % count for step in range(1, count)]
        return next((one for one in ahead if not shown.is_drawn(garment, one)), (index + 1) % count)

    def stretch(self, start: Point, pointer: Pointer) -> None:
        self.stage.show_rubber(geometry.ordered_box([*start, *pointer.at]))

    def stretched(self, start: Point, pointer: Pointer) -> None:
        x1, y1, x2, y2 = geometry.ordered_box([*start, *pointer.at])
        garment = self.selected()
        if garment is not None:
            drawn = self.stage.shown.drawn(garment)
            with np.errstate(invalid="ignore"):
                inside = (drawn >= [x1, y1]).all(axis=1) & (drawn <= [x2, y2]).all(axis=1)
            self.mark(garment, np.flatnonzero(inside).tolist(), pointer)

    def mark(self, garment: Garment, found: list[int], pointer: Pointer) -> None:
        """Mark landmarks, in addition to those that are where Ctrl or Shift is held."""
        marked = frozenset(found)
        if pointer.adds:
            marked |= self.stage.selection.landmarks
        if marked:
            self.stage.choose(Selection(garment.id, min(marked), marked if len(marked) > 1 else frozenset()))
