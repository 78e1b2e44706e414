"""What can be dragged: each knows how the garment looks on the way, and the edit at the end."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Protocol

import numpy as np

from resources.schemas import Schema
from store import geometry
from store.document import edits, mask_edits
from store.document.edits import Edit
from store.document.landmark_edits import mirrored_moves, with_corners
from store.geometry import Point
from store.outlines.drawing import previewed
from store.outlines.rings import Outline, rings
from store.records import Floats, Garment

#: Edits keep a hundredth of a pixel: more is noise of the pointer.
DIGITS = 2


def placed(at: Point, size: tuple[int, int]) -> Point:
    """A point inside the image, rounded."""
    x, y = geometry.clip_points(at, *size).tolist()
    return round(x, DIGITS), round(y, DIGITS)


def becomes(edit: Edit) -> Garment:
    """The garment as an edit leaves it, which is what a preview shows."""
    after = edit.changes[0].after
    if not isinstance(after, Garment):
        raise TypeError(f"{edit.title!r} leaves no garment to draw")
    return after


class Drag(Protocol):
    """One thing being dragged. ``landmark`` is the one to look at through the loupe, or -1."""

    garment: Garment
    landmark: int

    def to(self, at: Point) -> Garment:
        """The garment with the thing pulled to a point in image pixels."""

    def edit(self) -> Edit | None:
        """What was done, or None if all is as it was."""


class Heedful:
    """A drag that asks which keys are held: ``adds`` is Ctrl or Shift, ``alone`` is Alt."""

    adds = False
    alone = False

    def heed(self, adds: bool, alone: bool) -> None:
        """These keys are held now."""
        self.adds, self.alone = adds, alone


class LandmarkDrag(Heedful):
    """Landmarks that move together; they keep their distance from the pointer.

    Corners of the mask that lie on them go along, unless Alt is held. With a ``mirror``, the garment's
    schema, the other sides of pairs go the mirrored way.
    """

    def __init__(
        self,
        garment: Garment,
        landmark: int,
        places: Mapping[int, Point],
        start: Point,
        size: tuple[int, int],
        mirror: Schema | None = None,
    ) -> None:
        self.garment = garment
        self.landmark = landmark
        self._places = places
        self._start = start
        self._size = size
        self._mirror = mirror
        self._now: dict[int, Point] = {}

    def to(self, at: Point) -> Garment:
        dx, dy = at[0] - self._start[0], at[1] - self._start[1]
        self._now = {index: placed((x + dx, y + dy), self._size) for index, (x, y) in self._places.items()}
        return becomes(self._moved(looks=True))

    def _moved(self, *, looks: bool = False) -> Edit:
        moves = self._now
        if self._mirror is not None and not self._still():
            moves = mirrored_moves(self.garment, self._mirror, moves, self._size)
        edit = edits.move_landmarks(self.garment, moves)
        return edit if self.alone else with_corners(edit, looks=looks)

    def _still(self) -> bool:
        return all(math.dist(place, self._places[index]) < 1e-9 for index, place in self._now.items())

    def edit(self) -> Edit | None:
        return None if self._still() else self._moved()


class _BoxDrag:
    """Shared by the drags that end with another box."""

    landmark = -1

    def __init__(self, garment: Garment, box: Floats, start: Point, size: tuple[int, int]) -> None:
        self.garment = garment
        self._box = box
        self._start = start
        self._size = size
        self._now = box

    def _box_at(self, at: Point) -> Floats:
        raise NotImplementedError

    def to(self, at: Point) -> Garment:
        self._now = np.round(self._box_at(at), DIGITS)
        return becomes(edits.set_box(self.garment, self._now))

    def edit(self) -> Edit | None:
        if np.allclose(self._now, self._box):
            return None
        return edits.set_box(self.garment, self._now)


class HandleDrag(_BoxDrag):
    """One of the eight handles of a box."""

    def __init__(
        self, garment: Garment, box: Floats, handle: int, start: Point, size: tuple[int, int]
    ) -> None:
        super().__init__(garment, box, start, size)
        self._handle = handle
        self._grip = geometry.handle_points(box)[handle]

    def _box_at(self, at: Point) -> Floats:
        x, y = self._grip + np.subtract(at, self._start)
        to = geometry.clip_points((x, y), *self._size).tolist()
        return geometry.drag_handle(self._box, self._handle, (to[0], to[1]))


class BorderDrag(_BoxDrag):
    """The whole box, taken by its border."""

    def _box_at(self, at: Point) -> Floats:
        dx, dy = np.subtract(at, self._start).tolist()
        return geometry.move_box(self._box, dx, dy, *self._size)


class VertexDrag(Heedful):
    """One vertex of a mask, by its ring and its place in it; with Shift or Ctrl it goes straight across or
    down. With ``inserted`` it stands on an edge and is new: the vertex before it is given."""

    landmark = -1

    def __init__(
        self,
        garment: Garment,
        ring: int,
        vertex: int,
        start: Point,
        size: tuple[int, int],
        *,
        inserted: bool = False,
    ) -> None:
        self.garment = garment
        self._ring = ring
        self._vertex = vertex
        self._start = start
        self._size = size
        self.inserted = inserted
        x, y = rings(garment)[ring][vertex].tolist()
        self._from: Point = placed(start, size) if inserted else (x, y)
        self._now: Point = self._from

    def to(self, at: Point) -> Garment:
        dx, dy = at[0] - self._start[0], at[1] - self._start[1]
        if self.adds:
            dx, dy = (dx, 0.0) if abs(dx) >= abs(dy) else (0.0, dy)
        x, y = self._from
        self._now = placed((x + dx, y + dy), self._size)
        return previewed(self.garment, self._outline())

    def _outline(self) -> Outline:
        if self.inserted:
            return mask_edits.inserted(self.garment, self._ring, self._vertex, self._now)
        return mask_edits.moved(self.garment, self._ring, self._vertex, self._now)

    def edit(self) -> Edit | None:
        if self.inserted:
            return mask_edits.insert_corner(self.garment, self._ring, self._vertex, self._now, self._size)
        if self._now == self._from:
            return None
        return mask_edits.move_corner(self.garment, self._ring, self._vertex, self._now, self._size)
