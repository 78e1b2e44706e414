"""Landmarks: drag them, place those that have no place yet, mark several with a rubber band."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from PySide6.QtCore import Qt

from store import geometry
from store.document import edits
from store.geometry import Point
from store.hits import HitKind, HitTarget
from store.records import Garment
from widgets.canvas.state import Selection
from widgets.canvas.tools.base import REACH, Pointer, Tool
from widgets.canvas.tools.drags import HandleDrag, placed


class LandmarksTool(Tool):
    """Moves and places landmarks of the selected garment."""

    name: ClassVar[str] = "landmarks"
    cursor: ClassVar[Qt.CursorShape] = Qt.CursorShape.CrossCursor
    hint: ClassVar[str] = "Landmarks: drag to move, 2 / 1 / 3 / 0 sets the state, Tab goes to the next"

    @property
    def waits(self) -> bool:
        """Whether a landmark waits for its place."""
        return self._waiting() is not None

    def _waiting(self) -> Garment | None:
        """The selected garment, if its current landmark has no place and a click would give it one."""
        garment, index = self.selected(), self.stage.selection.landmark
        if garment is None or not self.stage.layers.landmarks or not 0 <= index < len(garment.points):
            return None
        return None if self.stage.shown.is_drawn(garment, index) else garment

    def say(self) -> str:
        garment = self._waiting()
        if garment is None:
            return self.hint
        index = self.stage.selection.landmark
        name = self.stage.shown.landmark_name(garment, index)
        return f"Landmarks: click where {index + 1} {name} belongs, or Tab to leave it out"

    def hit(self, pointer: Pointer) -> HitTarget:
        if self._waiting() is not None:
            # Placing goes before taking: only a landmark right under the pointer is meant.
            return self.hit_landmark(pointer, REACH * 0.5)
        found = self.hit_landmark(pointer)
        if found:
            return found
        handle = self.hit_handle(pointer)
        return handle if handle.kind is HitKind.BOX_HANDLE else self.hit_garment(pointer)

    def begin(self, pointer: Pointer) -> None:
        target = self.hit(pointer)
        garment = self.selected()
        if target.kind is HitKind.LANDMARK:
            self.take_landmark(target, pointer)
        elif target.kind is HitKind.BOX_HANDLE and garment is not None and garment.box is not None:
            self.grab(HandleDrag(garment, garment.box, target.index, pointer.at, self.stage.shown.size))

    def click(self, pointer: Pointer) -> None:
        garment = self._waiting()
        if garment is None:
            self.choose_garment(pointer)
            return
        index = self.stage.selection.landmark
        place = placed(pointer.at, self.stage.shown.size)
        self.stage.commit(edits.move_landmarks(garment, {index: place}))
        self.stage.choose(Selection(garment.id, (index + 1) % len(garment.points)))

    def stretch(self, start: Point, pointer: Pointer) -> None:
        self.stage.show_rubber(geometry.ordered_box([*start, *pointer.at]))

    def stretched(self, start: Point, pointer: Pointer) -> None:
        garment = self.selected()
        if garment is None:
            return
        drawn = self.stage.shown.drawn(garment)
        x1, y1, x2, y2 = geometry.ordered_box([*start, *pointer.at])
        with np.errstate(invalid="ignore"):
            inside = (drawn[:, 0] >= x1) & (drawn[:, 0] <= x2) & (drawn[:, 1] >= y1) & (drawn[:, 1] <= y2)
        marked = frozenset(int(index) for index in np.flatnonzero(inside))
        if pointer.adds:
            marked |= self.stage.selection.landmarks
        if marked:
            self.stage.choose(Selection(garment.id, min(marked), marked if len(marked) > 1 else frozenset()))
