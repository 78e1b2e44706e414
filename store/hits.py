"""What lies under the pointer: landmarks, vertices, edges, boxes and masks of garments.

Coordinates and tolerances are image pixels, as in :mod:`store.geometry`: whoever has a zoom divides by it
first.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from store.geometry import Point, covers, handle_points, segment_distances
from store.outlines.rings import rings
from store.records import Floats, Garment


class HitKind(StrEnum):
    """What a pointer can be over."""

    NONE = "none"
    LANDMARK = "landmark"
    VERTEX = "vertex"
    EDGE = "edge"
    BOX_HANDLE = "box_handle"
    BOX = "box"
    MASK = "mask"


@dataclass(frozen=True, slots=True)
class HitTarget:
    """What lies under a point, and how far from it in image pixels.

    ``index`` is the landmark, the vertex, the vertex an edge starts from, or the handle (see
    :data:`store.geometry.HANDLES`); ``polygon`` is the ring of the vertex, see
    :func:`store.outlines.rings.rings`. -1 where there is none.
    """

    kind: HitKind = HitKind.NONE
    garment_id: int = 0
    index: int = -1
    polygon: int = -1
    distance: float = float("inf")

    def __bool__(self) -> bool:
        return self.kind is not HitKind.NONE


NOTHING = HitTarget()


def _nearest(points: Floats, at: Point, tolerance: float) -> tuple[int, float] | None:
    if not len(points):
        return None
    across, down = points[:, 0] - at[0], points[:, 1] - at[1]
    squares = across * across + down * down
    # Asked of every garment with every move of the pointer: most have nothing near. NaN is not near.
    near = squares <= tolerance * tolerance
    if not near.any():
        return None
    index = int(np.where(near, squares, np.inf).argmin())
    return index, float(squares[index]) ** 0.5


def hit_landmark(garment_id: int, drawn: Floats, at: Point, tolerance: float) -> HitTarget:
    """The nearest landmark; ``drawn`` is what :func:`drawn_points` says."""
    found = _nearest(drawn, at, tolerance)
    if found is None:
        return NOTHING
    return HitTarget(HitKind.LANDMARK, garment_id, found[0], distance=found[1])


def hit_vertex(garment: Garment, at: Point, tolerance: float) -> HitTarget:
    """The nearest vertex of the rings of the garment's mask."""
    best = NOTHING
    for number, polygon in enumerate(rings(garment)):
        found = _nearest(polygon, at, tolerance)
        if found is not None and found[1] < best.distance:
            best = HitTarget(HitKind.VERTEX, garment.id, found[0], number, found[1])
    return best


def hit_edge(garment: Garment, at: Point, tolerance: float) -> HitTarget:
    """The nearest edge of the rings of the garment's mask; ``index`` is the vertex it starts from."""
    best = NOTHING
    for number, polygon in enumerate(rings(garment)):
        if len(polygon) < 2:
            continue
        distances = segment_distances(at, polygon, np.roll(polygon, -1, axis=0))
        index = int(distances.argmin())
        distance = float(distances[index])
        if distance <= tolerance and distance < best.distance:
            best = HitTarget(HitKind.EDGE, garment.id, index, number, distance)
    return best


def hit_box(garment: Garment, at: Point, tolerance: float) -> HitTarget:
    """A handle of the garment's box, or else its border."""
    if garment.box is None:
        return NOTHING
    found = _nearest(handle_points(garment.box), at, tolerance)
    if found is not None:
        return HitTarget(HitKind.BOX_HANDLE, garment.id, found[0], distance=found[1])
    x1, y1, x2, y2 = garment.box
    corners = np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2]])
    distance = float(segment_distances(at, corners, np.roll(corners, -1, axis=0)).min())
    return HitTarget(HitKind.BOX, garment.id, distance=distance) if distance <= tolerance else NOTHING


def hit_mask(garment: Garment, at: Point) -> HitTarget:
    """The inside of the garment: its mask, or its extent where it has no mask."""
    return HitTarget(HitKind.MASK, garment.id, distance=0.0) if covers(garment, at) else NOTHING
