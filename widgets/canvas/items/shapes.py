"""Pens and painter paths of masks, links, boxes and landmark marks.

Paths of garments are in image pixels with cosmetic pens; marks are in screen pixels and ignore the
view's transformation. Every line has a casing below it: the same path, black, a little wider.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainterPath, QPen, QPolygonF

from store.outlines.drawing import traced_runs, wound
from store.outlines.rings import flat, outline_of
from store.records import Floats, Garment, Visibility
from widgets import style

EDGE_NAME = "#111111"
EDGE = QColor(EDGE_NAME)
#: The casing is meant as black at 60 %, 1.8 px wider than its line. It is drawn opaque and as much
#: thinner, which darkens the same: Qt's raster painter strokes translucent pens five times slower.
CASING = QColor("#000000")
CASING_EXTRA = 1.8 * 0.6
#: The outline of a mask of pixels goes along their edges; with more corners it is drawn as slopes, less than
#: a pixel from there.
_MANY = 1500
#: Radius of a selected visible landmark; the other marks keep their proportion to it.
RADIUS = 5.2
#: How much larger marks are with large shapes.
LARGE = 1.25


@cache
def pen(colour: str, width: float, dashed: bool = False) -> QPen:
    """A cosmetic pen: ``width`` is in logical pixels of the screen at any zoom.

    On lines this thin nobody sees how they are joined, and bevels are the fastest to draw.
    """
    made = style.cosmetic_pen(QColor(colour), width)
    made.setJoinStyle(Qt.PenJoinStyle.BevelJoin)
    made.setCapStyle(Qt.PenCapStyle.FlatCap)
    if dashed:
        made.setDashPattern([4.0, 3.0])
    return made


#: Width of the lines of predictions, and their dashes in screen pixels.
DASHED = 1.8
DASH, GAP = 7.0, 5.0


@cache
def dashes(colour: str, width: float = DASHED) -> QPen:
    """The pen of predictions."""
    made = QPen(pen(colour, width))
    # Qt counts dashes in widths of the pen.
    made.setDashPattern([DASH / width, GAP / width])
    return made


@cache
def diamond() -> QPainterPath:
    """The mark of a predicted landmark around the origin: hollow, 9 px from tip to tip of its line."""
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.OddEvenFill)
    for reach in (5.4, 3.0):
        tips = ((0.0, -reach), (reach, 0.0), (0.0, reach), (-reach, 0.0))
        path.addPolygon(QPolygonF([QPointF(x, y) for x, y in tips]))
        path.closeSubpath()
    return path


@cache
def casing(width: float) -> QPen:
    """The pen below a line of ``width``."""
    made = style.cosmetic_pen(CASING, width + CASING_EXTRA)
    made.setJoinStyle(Qt.PenJoinStyle.BevelJoin)
    made.setCapStyle(Qt.PenCapStyle.FlatCap)
    return made


def fill(colour: str, share: float) -> QColor:
    """The category colour at an opacity of 0 to 1."""
    made = QColor(colour)
    made.setAlphaF(min(max(share, 0.0), 1.0))
    return made


def polygon_path(polygons: Iterable[Floats]) -> QPainterPath:
    """Closed outlines of polygons ``(k, 2)``."""
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    for polygon in polygons:
        path.addPolygon(QPolygonF([QPointF(x, y) for x, y in polygon.tolist()]))
        path.closeSubpath()
    return path


def mask_path(garment: Garment) -> QPainterPath:
    """The outline of a garment's mask; empty where it has none."""
    if garment.polygons or garment.rle is None:
        return polygon_path(garment.polygons)
    outline = outline_of(garment)
    return polygon_path(wound(outline)) if outline else _run_length_path(garment.rle)


def _run_length_path(rle: Mapping[str, Any]) -> QPainterPath:
    counts = rle.get("counts")
    height, width = rle.get("size") or (0, 0)
    if not isinstance(counts, str):
        return _path_of_runs(rle)
    return _path_of_text(counts, height, width)


@lru_cache(maxsize=32)
def _path_of_text(counts: str, height: int, width: int) -> QPainterPath:
    """Kept: the same mask is asked for with every change of its garment."""
    return _path_of_runs({"size": [height, width], "counts": counts})


def _path_of_runs(rle: Mapping[str, Any]) -> QPainterPath:
    try:
        outline = traced_runs(rle)
    except ValueError:
        # Damaged run lengths are on the problem list since the import; there is nothing to draw.
        return QPainterPath()
    if sum(map(len, flat(outline))) > _MANY:
        from store.outlines import areas  # slow to import, and only large masks need it

        outline = areas.coarse(outline)
    return polygon_path(wound(outline))


def link_path(drawn: Floats, links: Iterable[tuple[int, int]]) -> QPainterPath:
    """Lines between linked landmarks that are both drawn; ``drawn`` is ``(n, 2)`` with NaN for none."""
    path = QPainterPath()
    places = drawn.tolist()
    there = np.isfinite(drawn).all(axis=1).tolist()
    for a, b in links:
        if a < len(places) and b < len(places) and there[a] and there[b]:
            path.moveTo(*places[a])
            path.lineTo(*places[b])
    return path


def box_path(box: Floats) -> QPainterPath:
    """The outline of a box ``(4,)``."""
    x1, y1, x2, y2 = (float(value) for value in box)
    path = QPainterPath()
    path.addRect(QRectF(QPointF(x1, y1), QPointF(x2, y2)))
    return path


@cache
def disc(radius: float) -> QRectF:
    """The rectangle of a disc around the origin."""
    return QRectF(-radius, -radius, 2 * radius, 2 * radius)


@cache
def mark_path(
    visibility: Visibility, radius: float, inwards: tuple[float, float] = (1.0, 0.0)
) -> QPainterPath:
    """The mark of a landmark around the origin, in screen pixels.

    A disc when visible, a ring when occluded, and when cut off a triangle on the border of the image
    whose tip points ``inwards`` (a unit vector).
    """
    size = radius / RADIUS
    path = QPainterPath()
    if visibility is Visibility.VISIBLE:
        path.addEllipse(disc(radius))
    elif visibility is Visibility.OCCLUDED:
        path.setFillRule(Qt.FillRule.OddEvenFill)
        path.addEllipse(disc(6.0 * size))
        path.addEllipse(disc(3.6 * size))
    elif visibility is Visibility.CUT_OFF:
        x, y = inwards
        half, deep = 8.0 * size, 10.0 * size
        tip = QPointF(x * deep, y * deep)
        path.addPolygon(QPolygonF([QPointF(-y * half, x * half), tip, QPointF(y * half, -x * half)]))
        path.closeSubpath()
    else:
        path.moveTo(-4.0, 0.0)
        path.lineTo(4.0, 0.0)
    return path


def mark_pen(visibility: Visibility) -> QPen:
    """The dark edge of a mark."""
    return pen(EDGE_NAME, 1.5 if visibility is Visibility.VISIBLE else 1.0)
