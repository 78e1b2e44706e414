"""The frame round several marked landmarks: pulled by a corner it scales them, by its grip it turns them."""

from __future__ import annotations

import math

import numpy as np

from store.document.edits import Edit
from store.document.landmark_edits import transform_landmarks, with_corners
from store.geometry import Point, box_of
from store.records import Floats, Garment, Visibility
from widgets.canvas.state import Selection, Shown
from widgets.canvas.tools.drags import Heedful, becomes

#: The frame stands off the landmarks, and the grip off the frame, by so many screen pixels.
OFF, ABOVE = 16.0, 24.0
#: Number of the grip; the corners are 0 to 3, clockwise from the top left.
GRIP = 4
#: With Shift or Ctrl it turns in steps of so many degrees.
STEP = 15.0
#: The least that a side may be scaled to: what is folded to nothing cannot be unfolded.
_LEAST = 0.02


def marked_indices(garment: Garment, selection: Selection) -> list[int]:
    """Which of the marked landmarks can be scaled and turned: visible and occluded ones."""
    states = (Visibility.VISIBLE, Visibility.OCCLUDED)
    return [
        i for i in sorted(selection.landmarks) if i < len(garment.points) and garment.visibility[i] in states
    ]


def frame_of_marked(shown: Shown, selection: Selection) -> Floats | None:
    """The extent ``(4,)`` of what is marked in image pixels; None where there is nothing to scale or turn."""
    if len(selection.landmarks) < 2:
        return None
    garment = shown.garment(selection.garment_id)
    if garment is None or garment.id in shown.hidden:
        return None
    points = garment.points[marked_indices(garment, selection)]
    box = box_of(points) if len(points) > 1 else None
    return box if box is not None and bool((box[2:] > box[:2]).any()) else None


def widened(box: Floats, pixel: float) -> Floats:
    """The frame as it is drawn: off the landmarks by :data:`OFF`; ``pixel`` is a screen pixel in image
    pixels."""
    return box + np.array([-OFF, -OFF, OFF, OFF]) * pixel


def corners(box: Floats) -> Floats:
    """The corners ``(4, 2)`` of a box, clockwise from the top left."""
    x1, y1, x2, y2 = box.tolist()
    return np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2]])


def grip(wide: Floats, pixel: float) -> Point:
    """Where the grip is, above the middle of the drawn frame."""
    return float(wide[0] + wide[2]) / 2, float(wide[1]) - ABOVE * pixel


def hit_frame(box: Floats, at: Point, pixel: float, reach: float) -> int:
    """The corner or grip within ``reach`` screen pixels of a point; -1 for none."""
    wide = widened(box, pixel)
    places = np.vstack([corners(wide), grip(wide, pixel)])
    away = np.linalg.norm(places - np.asarray(at), axis=1)
    nearest = int(away.argmin())
    return nearest if away[nearest] <= reach * pixel else -1


class FrameDrag(Heedful):
    """A frame pulled by a corner or by its grip. With Shift or Ctrl the sides keep their proportion, and it
    turns in steps; corners of the mask that lie on a landmark go along, unless Alt is held."""

    landmark = -1

    def __init__(
        self,
        garment: Garment,
        indices: list[int],
        box: Floats,
        handle: int,
        start: Point,
        pixel: float,
        size: tuple[int, int],
    ) -> None:
        self.garment = garment
        self._indices = indices
        self._wide = widened(box, pixel)
        self._handle, self._start, self._size = handle, start, size
        self._now: Edit | None = None

    def to(self, at: Point) -> Garment:
        edit = self._turned(at) if self._handle == GRIP else self._scaled(at)
        self._now = edit
        if edit is None:
            return self.garment
        return becomes(edit if self.alone else with_corners(edit, looks=True))

    def edit(self) -> Edit | None:
        return self._now if self._now is None or self.alone else with_corners(self._now)

    def _turned(self, at: Point) -> Edit | None:
        middle = ((self._wide[0] + self._wide[2]) / 2, (self._wide[1] + self._wide[3]) / 2)
        pivot = (float(middle[0]), float(middle[1]))
        degrees = _bearing(pivot, at) - _bearing(pivot, self._start)
        if self.adds:
            degrees = round(degrees / STEP) * STEP
        return transform_landmarks(self.garment, self._indices, pivot, self._size, degrees=degrees)

    def _scaled(self, at: Point) -> Edit | None:
        places = corners(self._wide)
        pivot, held = places[(self._handle + 2) % 4], places[self._handle]
        pulled = held + np.subtract(at, self._start)
        across, down = np.maximum((pulled - pivot) / (held - pivot), _LEAST).tolist()
        if self.adds:
            across = down = max(across, down)
        x, y = pivot.tolist()
        return transform_landmarks(self.garment, self._indices, (x, y), self._size, scale=(across, down))


def _bearing(middle: Point, at: Point) -> float:
    return math.degrees(math.atan2(at[1] - middle[1], at[0] - middle[0]))


def about_middle(
    garment: Garment, selection: Selection, size: tuple[int, int], *, degrees: float = 0.0, by: float = 1.0
) -> Edit | None:
    """The edit that turns or scales the marked landmarks about their middle, as a key does; corners of the
    mask go along. None where there is nothing to turn."""
    indices = marked_indices(garment, selection)
    if len(indices) < 2:
        return None
    # Their mean, not the middle of their frame: it stays where it is, so that the other key turns them back.
    x, y = garment.points[indices].mean(axis=0).tolist()
    edit = transform_landmarks(garment, indices, (x, y), size, degrees=degrees, scale=(by, by))
    return None if edit is None else with_corners(edit)
