"""Edits of a garment's mask: corners, polygons, holes, strokes, and the mask as a whole.

Pure functions, as :mod:`store.document.edits`; they return None where nothing would change. ``size`` is
width and height of the image in pixels, ``(0, 0)`` where it is unknown. Rings are numbered as
:func:`store.outlines.rings.rings` says. A mask of pixels alone (run lengths of a dataset) is painted pixel by
pixel and has no corners; :func:`to_polygons` gives it some.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from store.db.change import Change
from store.document.edits import Edit
from store.document.provenance import forgotten
from store.errors import StudioError
from store.geometry import Point, clip_points
from store.outlines import drawing
from store.outlines.rings import (
    DIGITS,
    FEWEST,
    Outline,
    Part,
    flat,
    is_pixels,
    outline_of,
    rings,
    with_ring,
    without_rings,
)
from store.records import Floats, Garment

Size = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line of a round brush: its points in image pixels, and its radius."""

    points: tuple[Point, ...]
    radius: float


# --- corners -------------------------------------------------------------------------------------


def move_corner(garment: Garment, ring: int, corner: int, place: Point, size: Size) -> Edit:
    """Moves one corner of a ring. IndexError for one that the mask has not."""
    return _done("Move mask vertex", garment, moved(garment, ring, corner, place), size)


def moved(garment: Garment, ring: int, corner: int, place: Point) -> Outline:
    """The outline with a corner at another place."""
    corners = _corners(garment, ring, corner).copy()
    corners[corner] = np.round(place, DIGITS)
    return with_ring(outline_of(garment), ring, corners)


def insert_corner(garment: Garment, ring: int, after: int, place: Point, size: Size) -> Edit:
    """Puts a corner into the edge that begins at corner ``after``. IndexError as :func:`move_corner`."""
    return _done("Insert mask vertex", garment, inserted(garment, ring, after, place), size)


def inserted(garment: Garment, ring: int, after: int, place: Point) -> Outline:
    """The outline with one corner more, behind corner ``after`` of a ring."""
    corners = _corners(garment, ring, after)
    longer = np.insert(corners, after + 1, np.round(place, DIGITS), axis=0)
    return with_ring(outline_of(garment), ring, longer)


def delete_corner(garment: Garment, ring: int, corner: int, size: Size) -> Edit:
    """Takes a corner out. A ring of fewer than three goes: a hole is filled, a polygon deleted with its
    holes. IndexError as :func:`move_corner`."""
    shorter = np.delete(_corners(garment, ring, corner), corner, axis=0)
    title = "Delete mask vertex" if len(shorter) >= FEWEST else "Delete polygon"
    return _done(title, garment, with_ring(outline_of(garment), ring, shorter), size)


def delete_ring(garment: Garment, ring: int, size: Size) -> Edit:
    """Deletes a polygon with its holes, or fills a hole. IndexError for a ring that the mask has not."""
    return _done("Delete polygon", garment, with_ring(outline_of(garment), ring, np.zeros((0, 2))), size)


def _corners(garment: Garment, ring: int, corner: int) -> Floats:
    found = rings(garment)
    if not 0 <= ring < len(found) or not 0 <= corner < len(found[ring]):
        raise IndexError(f"garment {garment.id} has no corner {corner} in ring {ring}")
    return found[ring]


# --- areas ---------------------------------------------------------------------------------------


def add_polygon(garment: Garment, corners: Floats, size: Size) -> Edit | None:
    """Adds a polygon ``(k, 2)`` beside what the mask has; to pixels its area is added."""
    if is_pixels(garment):
        return _repainted("Draw polygon", garment, _area(corners), erases=False)
    inside = np.round(clip_points(corners, *size) if all(size) else corners, DIGITS)
    return _done("Draw polygon", garment, (*outline_of(garment), Part(inside)), size)


def cut_hole(garment: Garment, corners: Floats, size: Size) -> Edit | None:
    """Cuts a polygon ``(k, 2)`` out of the mask; one that lies in a part becomes a hole of it."""
    if is_pixels(garment):
        return _repainted("Cut hole", garment, _area(corners), erases=True)
    from store.outlines import areas

    return _changed("Cut hole", garment, areas.removed(outline_of(garment), _area(corners)), size)


def _area(corners: Floats) -> Any:
    from store.outlines import areas

    return areas.polygon_of(Part(corners))


def paint(garment: Garment, stroke: Stroke, size: Size) -> Edit | None:
    """Adds what a stroke covers."""
    return _stroked("Paint mask", garment, stroke, size, erases=False)


def erase(garment: Garment, stroke: Stroke, size: Size) -> Edit | None:
    """Takes away what a stroke covers."""
    return _stroked("Erase mask", garment, stroke, size, erases=True)


def _stroked(title: str, garment: Garment, stroke: Stroke, size: Size, *, erases: bool) -> Edit | None:
    from store.outlines import areas

    shape = areas.stroke(stroke.points, stroke.radius)
    if is_pixels(garment):
        return _repainted(title, garment, shape, erases=erases)
    before = outline_of(garment)
    after = areas.removed(before, shape) if erases else areas.added(before, shape, _room(size))
    return _changed(title, garment, after, size)


def _room(size: Size) -> Size:
    """Where there is anything to paint on."""
    return size if all(size) else (2**24, 2**24)


def _repainted(title: str, garment: Garment, shape: Any, *, erases: bool) -> Edit | None:
    """A mask of pixels with an area added or taken away. StudioError where its run lengths are damaged."""
    from store.outlines import areas

    if garment.rle is None:
        return None
    try:
        rle = drawing.repainted(garment.rle, areas.parts_of(shape), erases=erases)
    except ValueError as error:
        raise _unreadable(garment, error) from error
    return None if rle is None else _edit(title, garment, garment.but(polygons=(), rle=rle))


def _traced(garment: Garment) -> Outline:
    """The outline of a mask of pixels along their edges."""
    try:
        return drawing.traced_runs(garment.rle or {})
    except ValueError as error:
        raise _unreadable(garment, error) from error


def _unreadable(garment: Garment, error: ValueError) -> StudioError:
    return StudioError(
        f"The mask of garment {garment.id} cannot be read: {error}.", "Draw it anew: delete it first."
    )


def fill_gap(garment: Garment, at: Point, size: Size) -> Edit | None:
    """Fills the empty place at a point that the mask goes all round; None where there is no such."""
    from store.outlines import areas

    before = _outline(garment)
    gap = areas.gap_at(before, at)
    if gap is None:
        return None
    if is_pixels(garment):
        return _repainted("Fill gap", garment, areas.polygon_of(gap), erases=False)
    hole = areas.polygon_of(Part(gap.outer))
    for number, part in enumerate(before):
        for place, ring in enumerate(part.holes):
            if not gap.holes and areas.polygon_of(Part(ring)).equals(hole):
                holes = (*part.holes[:place], *part.holes[place + 1 :])
                whole = (*before[:number], Part(part.outer, holes), *before[number + 1 :])
                return _done("Fill gap", garment, whole, size)
    grown = areas.added(before, areas.polygon_of(gap), _room(size))
    return _changed("Fill gap", garment, grown, size)


def _outline(garment: Garment) -> Outline:
    """The outline, of pixels the one along their edges."""
    return _traced(garment) if is_pixels(garment) else outline_of(garment)


# --- as a whole ----------------------------------------------------------------------------------


def set_outline(title: str, garment: Garment, outline: Outline, size: Size) -> Edit | None:
    """Gives the garment another mask."""
    return _changed(title, garment, outline, size)


def fill_holes(garment: Garment, size: Size) -> Edit | None:
    """Fills all holes; None where there are none."""
    from store.outlines import areas

    before = _outline(garment)
    if is_pixels(garment):
        return _repainted("Fill holes", garment, areas.union_of(areas.filled(before)), erases=False)
    if not any(part.holes for part in before) and len(before) < 2:
        return None
    return _changed("Fill holes", garment, areas.filled(before), size)


def clip_to_box(garment: Garment, size: Size) -> Edit | None:
    """Takes away what of the mask lies outside the box; None without a box, or where nothing does."""
    from store.outlines import areas

    if garment.box is None:
        return None
    if is_pixels(garment):
        height, width = garment.rle["size"] if garment.rle is not None else (0, 0)
        outside = areas.polygon_of(Part(_corners_of(np.array([0, 0, width, height], np.float64))))
        frame = areas.polygon_of(Part(_corners_of(garment.box)))
        return _repainted("Clip mask to box", garment, outside.difference(frame), erases=True)
    return _changed("Clip mask to box", garment, areas.clipped(outline_of(garment), garment.box), size)


def _corners_of(box: Floats) -> Floats:
    x1, y1, x2, y2 = box.tolist()
    return np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2]])


def box_from_mask(garment: Garment) -> Edit | None:
    """Makes the box the extent of the mask; None where there is no mask, or the box is that already."""
    found = rings(garment)
    if not found and garment.rle is not None:
        found = flat(_traced(garment))
    corners = np.concatenate([np.zeros((0, 2)), *found])
    if not len(corners):
        return None
    box = np.concatenate([corners.min(axis=0), corners.max(axis=0)])
    if garment.box is not None and np.array_equal(garment.box, box):
        return None
    after = garment.but(box=box, extra=forgotten(garment.extra, ["box"]))
    return Edit("Box from mask", (Change(garment, after),))


def simplify(garment: Garment, tolerance: float, size: Size) -> tuple[Edit | None, float]:
    """Takes corners out that nobody misses; with how far the outline is from where it was, at most
    ``tolerance`` pixels. None where none can go, or there are none, as in a mask of pixels."""
    from store.outlines import areas

    before = outline_of(garment)
    if not before:
        return None, 0.0
    after = areas.simplified(before, tolerance)
    edit = _changed("Simplify mask", garment, after, size)
    return edit, areas.departure(before, after) if edit is not None else 0.0


def to_polygons(garment: Garment, size: Size) -> tuple[Edit | None, float]:
    """Gives a mask of pixels corners, with how far its outline is from the pixels' edges at most; None for a
    mask that has corners, or is empty."""
    from store.outlines import areas

    if not is_pixels(garment):
        return None, 0.0
    exact = _traced(garment)
    smooth = areas.smoothed(exact)
    edit = _changed("Mask to polygons", garment, smooth, size) if smooth else None
    return edit, areas.departure(exact, smooth) if edit is not None else 0.0


def to_pixels(garment: Garment, size: Size) -> tuple[Edit | None, float]:
    """Makes a mask with corners pixels alone, with how far their edges are from the outline at most; None for
    one that is pixels, or empty. StudioError for an image that is too large."""
    from store.outlines import areas

    before = outline_of(garment)
    if not before:
        return None, 0.0
    whole = drawing.size_for(flat(before), size)
    rle = drawing.drawn_runs(before, whole)
    pixels = drawing.traced_runs(rle)
    if not pixels:
        return None, 0.0
    after = garment.but(polygons=(), rle=rle, extra=without_rings(garment.extra))
    off = areas.departure(areas.mended(before), pixels)
    return _edit("Mask to pixels", garment, after), off


def mend(garment: Garment, size: Size) -> Edit | None:
    """Takes polygons apart where they cross themselves; None where none does, as in a mask of pixels."""
    from store.outlines import areas

    before = outline_of(garment)
    return _changed("Mend mask", garment, areas.mended(before), size) if before else None


def delete_mask(garment: Garment) -> Edit | None:
    """Deletes the whole mask; None where there is none."""
    if not garment.polygons and garment.rle is None:
        return None
    after = garment.but(polygons=(), rle=None, extra=without_rings(garment.extra))
    return _edit("Delete mask", garment, after)


def outline_after(edit: Edit) -> Outline:
    """The mask that an edit leaves its garment; nothing where it deletes it."""
    after = edit.changes[0].after
    return outline_of(after) if isinstance(after, Garment) else ()


# --- shared --------------------------------------------------------------------------------------


def _changed(title: str, garment: Garment, outline: Outline, size: Size) -> Edit | None:
    before = outline_of(garment)
    same = len(before) == len(outline) and all(
        len(a.rings) == len(b.rings) and all(map(np.array_equal, a.rings, b.rings))
        for a, b in zip(before, outline, strict=True)
    )
    if same and not is_pixels(garment):
        return None
    return _done(title, garment, outline, size)


def _done(title: str, garment: Garment, outline: Outline, size: Size) -> Edit:
    return _edit(
        title, garment, drawing.with_outline(garment, outline, drawing.size_for(flat(outline), size))
    )


def _edit(title: str, garment: Garment, after: Garment) -> Edit:
    # Corners that a model said and a person changed are the person's.
    return Edit(title, (Change(garment, after.but(extra=forgotten(after.extra, ["mask"]))),))
