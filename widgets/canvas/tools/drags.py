"""What can be dragged: each knows how the garment looks on the way, and the edit at the end."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Protocol

import numpy as np

from store import geometry
from store.document import edits
from store.document.edits import Edit
from store.geometry import Point
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


class LandmarkDrag:
    """Landmarks that move together; they keep their distance from the pointer."""

    def __init__(
        self,
        garment: Garment,
        landmark: int,
        places: Mapping[int, Point],
        start: Point,
        size: tuple[int, int],
    ) -> None:
        self.garment = garment
        self.landmark = landmark
        self._places = places
        self._start = start
        self._size = size
        self._now: dict[int, Point] = {}

    def to(self, at: Point) -> Garment:
        dx, dy = at[0] - self._start[0], at[1] - self._start[1]
        self._now = {index: placed((x + dx, y + dy), self._size) for index, (x, y) in self._places.items()}
        return becomes(edits.move_landmarks(self.garment, self._now))

    def edit(self) -> Edit | None:
        if all(math.dist(place, self._places[index]) < 1e-9 for index, place in self._now.items()):
            return None
        return edits.move_landmarks(self.garment, self._now)


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


class VertexDrag:
    """One vertex of a polygon."""

    landmark = -1

    def __init__(
        self, garment: Garment, polygon: int, vertex: int, start: Point, size: tuple[int, int]
    ) -> None:
        self.garment = garment
        self._polygon = polygon
        self._vertex = vertex
        self._start = start
        self._size = size
        x, y = garment.polygons[polygon][vertex].tolist()
        self._from: Point = (x, y)
        self._now: Point = self._from

    def to(self, at: Point) -> Garment:
        x, y = self._from
        self._now = placed((x + at[0] - self._start[0], y + at[1] - self._start[1]), self._size)
        return becomes(edits.move_vertex(self.garment, self._polygon, self._vertex, self._now))

    def edit(self) -> Edit | None:
        if self._now == self._from:
            return None
        return edits.move_vertex(self.garment, self._polygon, self._vertex, self._now)
