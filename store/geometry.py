"""Pure functions on points, boxes, polygons and garments.

All coordinates are float64 image pixels (x right, y down); boxes are ``x1 y1 x2 y2``; points are
``(n, 2)``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from resources.schemas import Schema
from store.outlines.rings import outline_of, rings
from store.records import Bytes, Floats, Garment, Visibility

Point = tuple[float, float]

#: The eight handles of a box as fractions of its width and height, clockwise from the top left.
HANDLES: tuple[Point, ...] = (
    (0.0, 0.0),
    (0.5, 0.0),
    (1.0, 0.0),
    (1.0, 0.5),
    (1.0, 1.0),
    (0.5, 1.0),
    (0.0, 1.0),
    (0.0, 0.5),
)


# --- boxes ---------------------------------------------------------------------------------------


def box_of(points: ArrayLike) -> Floats | None:
    """The extent ``(4,)`` of points ``(n, 2)``, or None where there are none."""
    array = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    if not len(array):
        return None
    return np.concatenate([array.min(axis=0), array.max(axis=0)])


def ordered_box(box: ArrayLike) -> Floats:
    """The same box ``(4,)`` with its corners in order."""
    x1, y1, x2, y2 = np.asarray(box, dtype=np.float64)
    return np.array([min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)])


def clip_box(box: ArrayLike, width: float, height: float) -> Floats:
    """The box ``(4,)`` inside an image of that size; it may become empty at the border."""
    return np.clip(np.asarray(box, dtype=np.float64), 0.0, [width, height, width, height])


def clip_points(points: ArrayLike, width: float, height: float) -> Floats:
    """The points ``(n, 2)`` (or one ``(2,)``) moved to the nearest place inside the image."""
    return np.clip(np.asarray(points, dtype=np.float64), 0.0, [width, height])


def box_area(box: ArrayLike) -> float:
    """Width times height, 0 for a box turned inside out."""
    x1, y1, x2, y2 = np.asarray(box, dtype=np.float64)
    return float(max(x2 - x1, 0.0) * max(y2 - y1, 0.0))


def box_contains(box: ArrayLike, point: Point) -> bool:
    """Whether the point is in the box or on its border."""
    x1, y1, x2, y2 = np.asarray(box, dtype=np.float64)
    return bool(x1 <= point[0] <= x2 and y1 <= point[1] <= y2)


def handle_points(box: ArrayLike) -> Floats:
    """The eight handles ``(8, 2)`` of a box, in the order of :data:`HANDLES`."""
    x1, y1, x2, y2 = np.asarray(box, dtype=np.float64)
    fractions = np.array(HANDLES)
    points: Floats = np.array([x1, y1]) + fractions * np.array([x2 - x1, y2 - y1])
    return points


def drag_handle(box: ArrayLike, handle: int, to: Point) -> Floats:
    """The box ``(4,)`` after a handle was pulled to a point; pulled past the far side it turns over."""
    x1, y1, x2, y2 = (float(value) for value in np.asarray(box, dtype=np.float64))
    across, down = HANDLES[handle]
    if across == 0.0:
        x1 = to[0]
    elif across == 1.0:
        x2 = to[0]
    if down == 0.0:
        y1 = to[1]
    elif down == 1.0:
        y2 = to[1]
    return ordered_box([x1, y1, x2, y2])


def move_box(box: ArrayLike, dx: float, dy: float, width: float, height: float) -> Floats:
    """The box ``(4,)`` shifted, but no further than the border of the image; its size stays."""
    x1, y1, x2, y2 = np.asarray(box, dtype=np.float64)
    dx = float(np.clip(dx, min(-x1, 0.0), max(width - x2, 0.0)))
    dy = float(np.clip(dy, min(-y1, 0.0), max(height - y2, 0.0)))
    return np.array([x1 + dx, y1 + dy, x2 + dx, y2 + dy])


# --- polygons ------------------------------------------------------------------------------------


def polygon_area(polygon: ArrayLike) -> float:
    """The area of a simple polygon ``(k, 2)``, whichever way round it goes."""
    array = np.asarray(polygon, dtype=np.float64).reshape(-1, 2)
    if len(array) < 3:
        return 0.0
    x, y = (array - array[0]).T
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2.0)


def polygon_contains(polygon: ArrayLike, point: Point) -> bool:
    """Whether the point is inside a polygon ``(k, 2)``, by the even-odd rule."""
    array = np.asarray(polygon, dtype=np.float64).reshape(-1, 2)
    if len(array) < 3:
        return False
    px, py = point
    below = array[:, 1] > py
    # Few edges cross the height of the point, and none does of most polygons of an image.
    starts = np.flatnonzero(below[1:] != below[:-1])
    if below[0] != below[-1]:
        starts = np.append(starts, len(array) - 1)
    if not len(starts):
        return False
    x1, y1 = array[starts].T
    x2, y2 = array[(starts + 1) % len(array)].T
    at = x1 + (py - y1) / (y2 - y1) * (x2 - x1)
    return bool(np.count_nonzero(px < at) % 2)


def segment_distances(point: Point, starts: Floats, ends: Floats) -> Floats:
    """Distance ``(n,)`` of a point from each segment between ``starts`` and ``ends``, both ``(n, 2)``."""
    along = ends - starts
    squared = np.einsum("ij,ij->i", along, along)
    to_point = np.asarray(point, dtype=np.float64) - starts
    share = np.einsum("ij,ij->i", to_point, along) / np.where(squared > 0, squared, 1.0)
    nearest = starts + np.clip(share, 0.0, 1.0)[:, None] * along
    distances: Floats = np.linalg.norm(np.asarray(point) - nearest, axis=1)
    return distances


# --- landmarks -----------------------------------------------------------------------------------


def has_place(points: Floats, visibility: Bytes) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """``(n,)`` bool: which landmarks are somewhere. DeepFashion2 writes a cut-off one as 0 0."""
    unlabelled = visibility == Visibility.UNLABELLED
    lost = (visibility == Visibility.CUT_OFF) & ~points.any(axis=1)
    place: np.ndarray[tuple[int], np.dtype[np.bool_]] = ~(unlabelled | lost)
    return place


def nearest_border(point: Point, width: float, height: float) -> tuple[Point, Point]:
    """The border point of the image nearest to a point, and the unit vector from there inwards."""
    x, y = (float(value) for value in clip_points(point, width, height))
    sides = (
        (x, (0.0, y), (1.0, 0.0)),
        (width - x, (width, y), (-1.0, 0.0)),
        (y, (x, 0.0), (0.0, 1.0)),
        (height - y, (x, height), (0.0, -1.0)),
    )
    _, at, inwards = min(sides, key=lambda side: side[0])
    return at, inwards


def drawn_points(garment: Garment, schema: Schema | None, width: float, height: float) -> Floats:
    """Where each landmark is drawn, ``(n, 2)``; NaN for those that are not.

    A cut-off landmark is drawn on the border. Where its place is unknown it is taken to lie near
    the landmarks it is linked to, and is not drawn when none of those has a place.
    """
    points = np.array(garment.points)
    placed = has_place(garment.points, garment.visibility)
    points[~placed] = np.nan
    for index in np.flatnonzero(garment.visibility == Visibility.CUT_OFF):
        at = points[index] if placed[index] else _beside(int(index), points, placed, schema)
        if at is not None:
            points[index] = nearest_border((float(at[0]), float(at[1])), width, height)[0]
    return points


def expected_points(garment: Garment, schema: Schema) -> Floats | None:
    """Where each landmark should lie by the mean shape of the schema, ``(n, 2)``.

    The shape is stretched and moved to fit the landmarks that have a place; with fewer than three of
    them, or all on one line, to fill the garment's extent. None where neither is known.
    """
    if not schema.template or schema.size != len(garment.points):
        return None
    template = np.array(schema.template)
    labelled = (garment.visibility == Visibility.VISIBLE) | (garment.visibility == Visibility.OCCLUDED)
    expected: Floats
    if np.count_nonzero(labelled) >= 3:
        # x and y each on their own: with few points a shear would run away.
        found = [_line_through(template[labelled, axis], garment.points[labelled, axis]) for axis in (0, 1)]
        if found[0] is not None and found[1] is not None:
            (ax, bx), (ay, by) = found[0], found[1]
            expected = template * [ax, ay] + np.array([bx, by])
            return expected
    box = extent(garment)
    if box is None:
        return None
    expected = box[:2] + template * (box[2:] - box[:2])
    return expected


def _line_through(x: Floats, y: Floats) -> tuple[float, float] | None:
    """Slope and offset of the least-squares line; None where x does not vary."""
    spread = x - x.mean()
    squared = float(spread @ spread)
    if squared < 1e-6:
        return None
    slope = float(spread @ y) / squared
    return slope, float(y.mean() - slope * x.mean())


def _beside(index: int, points: Floats, placed: np.ndarray, schema: Schema | None) -> Floats | None:
    """The mean of the landmarks linked to this one, going outwards until some have a place."""
    if schema is None or schema.size != len(points):
        return None
    seen, ring = {index}, {index}
    while ring:
        ring = {b for a, b in _both_ways(schema.links) if a in ring} - seen
        seen |= ring
        found = [one for one in ring if placed[one]]
        if found:
            mean: Floats = points[found].mean(axis=0)
            return mean
    return None


def _both_ways(links: Iterable[tuple[int, int]]) -> Iterable[tuple[int, int]]:
    for a, b in links:
        yield a, b
        yield b, a


# --- garments ------------------------------------------------------------------------------------


def extent(garment: Garment) -> Floats | None:
    """The box ``(4,)`` of a garment, or the extent of its mask and landmarks where it has none."""
    if garment.box is not None:
        return garment.box
    parts = [*rings(garment), garment.points[has_place(garment.points, garment.visibility)]]
    return box_of(np.concatenate(parts))


def shown_box(garment: Garment) -> Floats | None:
    """The box ``(4,)`` that a network is shown: the garment's, in order, else the extent of its polygons,
    else of its landmarks. None where there is nothing of them, or the box is not made of numbers."""
    if garment.box is not None:
        return ordered_box(garment.box) if np.isfinite(garment.box).all() else None
    if garment.polygons:
        return box_of(np.concatenate(garment.polygons))
    return box_of(garment.points[has_place(garment.points, garment.visibility)])


def covers(garment: Garment, point: Point) -> bool:
    """Whether the garment lies under the point: its mask where it has one, else its extent."""
    if garment.polygons:
        return any(polygon_contains(polygon, point) for polygon in garment.polygons)
    parts = outline_of(garment)
    if parts:
        # In a hole it is inside of two rings of one part.
        return any(sum(polygon_contains(ring, point) for ring in part.rings) % 2 for part in parts)
    box = extent(garment)
    return box is not None and box_contains(box, point)


def garment_area(garment: Garment) -> float:
    """The area of the mask, or of the extent where there is no mask."""
    if garment.polygons:
        return sum(polygon_area(polygon) for polygon in garment.polygons)
    parts = outline_of(garment)
    if parts:
        return sum(2 * polygon_area(part.outer) - sum(map(polygon_area, part.rings)) for part in parts)
    box = extent(garment)
    return 0.0 if box is None else box_area(box)


def garments_at(garments: Sequence[Garment], point: Point) -> list[Garment]:
    """The garments under a point, the smallest first."""
    return sorted((one for one in garments if covers(one, point)), key=garment_area)


def next_garment_at(garments: Sequence[Garment], point: Point, current: int) -> Garment | None:
    """The garment a click takes: the smallest, or the one after the current where that is there too."""
    under = garments_at(garments, point)
    ids = [one.id for one in under]
    if not under:
        return None
    return under[(ids.index(current) + 1) % len(under)] if current in ids else under[0]
