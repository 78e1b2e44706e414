"""What is done to outlines as areas: joined, cut, clipped, mended, with fewer corners. Shapely does the work.

Outlines as in :mod:`store.outlines.rings`. Parts that an operation does not touch come back as they were,
corner for corner. Slow to import: import it where it is needed, not at the top of what the window loads.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import shapely

from store.geometry import Point, polygon_area
from store.outlines.rings import DIGITS, FEWEST, Outline, Part, flat
from store.records import Floats

#: Pieces smaller than this many pixels are crumbs of an operation, no parts of a garment.
CRUMB = 0.5
#: Corners are kept to this part of a pixel.
_GRID = 10.0**-DIGITS
_HARDLY = 1e-9
#: How far the outline of a stroke or a traced mask may leave the true one, in pixels.
TOLERANCE = 0.4


# --- there and back ------------------------------------------------------------------------------


def polygon_of(part: Part) -> Any:
    """The shapely polygon of a part, mended where it crosses itself; an empty one for what covers nothing."""
    if len(part.outer) < FEWEST or not np.isfinite(part.outer).all():
        return shapely.Polygon()
    holes = [_numbers(hole) for hole in part.holes if len(hole) >= FEWEST]
    made = shapely.Polygon(_numbers(part.outer), holes)
    return made if made.is_valid else _areas(shapely.make_valid(made, method="structure"))


def _numbers(ring: Floats) -> Floats:
    """The corners with 0 for what is hardly a number: shapely divides by it."""
    found: Floats = np.where(np.abs(ring) < _HARDLY, 0.0, ring)
    return found


def parts_of(shape: Any) -> Outline:
    """The polygons of a shapely shape, largest first; crumbs, lines and points are left out."""
    # Corner by corner, rounding could fold a spike over its own line again.
    shape = shapely.set_precision(_areas(shape), _GRID)
    found = [one for one in shapely.get_parts(_areas(shape)).tolist() if one.area > CRUMB]
    found.sort(key=lambda one: -one.area)
    return tuple(
        Part(_ring(one.exterior), tuple(_ring(hole) for hole in one.interiors if _size(hole) > CRUMB))
        for one in found
    )


def _size(ring: Any) -> float:
    return float(shapely.Polygon(ring).area)


def _ring(ring: Any) -> Floats:
    corners: Floats = np.round(shapely.get_coordinates(ring)[:-1], DIGITS)
    # Rounding may have put two corners on one place.
    return _apart(corners)


def _apart(corners: Floats) -> Floats:
    """The corners without those that lie where the one before does."""
    kept: Floats = corners[(corners != np.roll(corners, 1, axis=0)).any(axis=1)]
    return kept


def _areas(shape: Any) -> Any:
    """Only what has an area."""
    pieces = shapely.get_parts(shape).tolist()
    inner = [one for piece in pieces for one in shapely.get_parts(piece).tolist()]
    return shapely.union_all([one for one in inner if one.geom_type == "Polygon"])


def union_of(outline: Iterable[Part]) -> Any:
    """The whole mask as one shapely shape."""
    return shapely.union_all([polygon_of(part) for part in outline])


# --- strokes -------------------------------------------------------------------------------------


def stroke(points: Sequence[Point], radius: float) -> Any:
    """What a round brush covers along a line of points, as a shapely shape.

    Its border leaves the true one by less than :data:`TOLERANCE` or a tenth of the radius.
    """
    # Of the line, of the arcs round it and of what comes of both, each may take a third.
    near = min(TOLERANCE, radius / 10) / 3
    # The chord of an arc leaves it by r (1 - cos(pi / 4n)) with n pieces a quarter.
    share = max(1.0 - near / max(radius, 1e-6), -1.0)
    pieces = max(2, math.ceil(math.pi / (4 * math.acos(share))))
    way = np.round(points, DIGITS) + 0.0
    if (way == way[0]).all():
        covered = shapely.buffer(shapely.Point(way[0]), radius, quad_segs=pieces)
    else:
        # Piece by piece: round a line that comes back over itself as a whole, a bite was missing at times.
        line = shapely.get_coordinates(shapely.simplify(shapely.LineString(way), near))
        lines = shapely.linestrings(np.stack([line[:-1], line[1:]], axis=1))
        covered = shapely.union_all(shapely.buffer(lines, radius, quad_segs=pieces))
    return shapely.simplify(covered, near)


def added(outline: Outline, shape: Any, size: tuple[int, int]) -> Outline:
    """The outline with an area added, as far as it lies in the image of ``size`` (width, height)."""
    shape = shapely.intersection(shape, shapely.box(0, 0, *size))
    if shape.is_empty or any(polygon_of(part).covers(shape) for part in outline):
        return outline
    touched = [part for part in outline if polygon_of(part).intersects(shape)]
    joined = parts_of(shapely.union_all([*(polygon_of(part) for part in touched), shape]))
    return _replaced(outline, touched, joined)


def removed(outline: Outline, shape: Any) -> Outline:
    """The outline without an area."""
    touched = [part for part in outline if polygon_of(part).intersects(shape)]
    left = [piece for part in touched for piece in parts_of(polygon_of(part).difference(shape))]
    return _replaced(outline, touched, left)


def _replaced(outline: Outline, old: Sequence[Part], new: Sequence[Part]) -> Outline:
    """The new parts stand where the first of the old ones stood."""
    gone = {id(part) for part in old}
    kept: list[Part] = []
    waiting = list(new)
    for part in outline:
        if id(part) in gone:
            kept += waiting
            waiting = []
        else:
            kept.append(part)
    return (*kept, *waiting)


# --- as a whole ----------------------------------------------------------------------------------


def simplified(outline: Outline, tolerance: float) -> Outline:
    """The outline with fewer corners, nowhere further than ``tolerance`` pixels from where it was.

    A part stays as it is where nothing can go. Parts neither cross themselves nor vanish.
    """
    found: list[Part] = []
    for part in outline:
        shape = polygon_of(part)
        pieces = parts_of(shapely.simplify(shape, tolerance)) if not shape.is_empty else ()
        fewer = sum(map(len, flat(pieces))) < sum(map(len, part.rings))
        found += pieces if pieces and fewer else (part,)
    return tuple(found)


def departure(a: Outline, b: Outline) -> float:
    """How far apart the borders of two outlines are, at most, in pixels (the Hausdorff distance of their
    corners from the other's lines); 0 where neither has any, infinity where only one has."""
    there = [[ring for ring in flat(one) if len(ring) > 1] for one in (a, b)]
    if not all(there):
        return math.inf if any(there) else 0.0
    return max(_furthest(there[0], there[1]), _furthest(there[1], there[0]))


def _furthest(rings: Sequence[Floats], others: Sequence[Floats]) -> float:
    """The distance of that corner which is furthest from the other rings' lines."""
    edges = np.concatenate([np.stack([ring, np.roll(ring, -1, axis=0)], axis=1) for ring in others])
    tree = shapely.STRtree(shapely.linestrings(edges))
    corners = shapely.points(np.concatenate(rings))
    _, distances = tree.query_nearest(corners, return_distance=True, all_matches=False)
    return float(distances.max())


def smoothed(exact: Outline, tolerance: float = TOLERANCE) -> Outline:
    """A traced mask (see :func:`store.outlines.drawing.traced`) as lines that a person would draw.

    Stairs become slopes through the middles of their steps; then corners go that nobody would miss.
    """
    smooth = [polygon_of(Part(_slope(part.outer), tuple(map(_slope, part.holes)))) for part in exact]
    pieces = [parts_of(shapely.simplify(shape, tolerance)) for shape in smooth]
    return tuple(piece for found in pieces for piece in found)


def coarse(exact: Outline, tolerance: float = TOLERANCE) -> Outline:
    """A traced mask to look at: as :func:`smoothed`, but each ring by itself, so that lines may touch."""

    def fewer(ring: Floats) -> Floats:
        line = shapely.simplify(shapely.LinearRing(_slope(ring)), tolerance, preserve_topology=False)
        corners: Floats = shapely.get_coordinates(line)[:-1]
        return corners if len(corners) >= FEWEST else ring

    return tuple(Part(fewer(part.outer), tuple(map(fewer, part.holes))) for part in exact)


def _slope(ring: Floats) -> Floats:
    """A ring of pixel edges with its stairs as slopes; as it is where too little would be left of it."""
    slope = _middles(ring)
    return slope if len(slope) >= FEWEST and polygon_area(slope) > CRUMB else ring


def without_specks(outline: Outline, least: float) -> Outline:
    """The outline without parts and holes smaller than ``least`` square pixels."""
    return tuple(
        Part(part.outer, tuple(hole for hole in part.holes if polygon_area(hole) >= least))
        for part in outline
        if polygon_area(part.outer) >= least
    )


def _middles(ring: Floats) -> Floats:
    """Half a pixel along each edge from both its ends, which for a step of one pixel is its middle."""
    after = np.roll(ring, -1, axis=0)
    half = np.sign(after - ring) / 2
    both = np.stack([ring + half, after - half], axis=1).reshape(-1, 2)
    return _apart(both)


def clipped(outline: Outline, box: Floats) -> Outline:
    """The outline as far as it lies in a box ``(4,)``."""
    frame = shapely.box(*box.tolist())
    found: list[Part] = []
    for part in outline:
        shape = polygon_of(part)
        found += (
            (part,) if frame.covers(shape) and not shape.is_empty else parts_of(shape.intersection(frame))
        )
    return tuple(found)


def filled(outline: Outline) -> Outline:
    """The outline without holes, also without those that several parts leave between them."""
    alone = tuple(Part(part.outer) for part in outline)
    gaps = [Part(_ring(hole)) for one in _pieces(union_of(alone)) for hole in one.interiors]
    return (*alone, *(gap for gap in gaps if polygon_of(gap).area > CRUMB))


def gap_at(outline: Outline, at: Point) -> Part | None:
    """The empty place at a point that the mask goes all round, with the pieces of the mask inside it as
    holes; None where the point is in the mask or outside."""
    point = shapely.Point(at)
    whole = union_of(outline)
    if whole.covers(point):
        return None
    for one in _pieces(whole):
        for hole in one.interiors:
            empty = shapely.Polygon(hole)
            if empty.contains(point):
                found = parts_of(empty.difference(whole))
                return next((part for part in found if polygon_of(part).contains(point)), None)
    return None


def _pieces(shape: Any) -> list[Any]:
    found: list[Any] = shapely.get_parts(_areas(shape)).tolist()
    return found


# --- what is wrong with it -----------------------------------------------------------------------


def crossing(ring: Floats) -> Point | None:
    """Where a ring crosses or touches itself; None where it does not, or has fewer than three corners."""
    if len(ring) < FEWEST:
        return None
    line = shapely.LinearRing(ring)
    if line.is_simple:
        return None
    reason = str(shapely.is_valid_reason(shapely.Polygon(ring)))
    found = reason[reason.find("[") + 1 : reason.find("]")].split()
    if len(found) >= 2:
        return float(found[0]), float(found[1])
    x, y = ring[0].tolist()
    return x, y


def mended(outline: Outline) -> Outline:
    """The outline with every part that crosses itself taken apart where it does; what a self-crossing ring
    went round twice or not at all is in the mask or not as its loops say (each loop is filled)."""
    found: list[Part] = []
    for part in outline:
        sound = all(crossing(ring) is None for ring in part.rings)
        found += (part,) if sound else parts_of(polygon_of(part))
    return tuple(found)
