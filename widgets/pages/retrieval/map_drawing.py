"""Points stamped into a picture: as quick for a hundred thousand as for a hundred; NumPy alone does it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from widgets import style

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Truths = NDArray[np.bool_]

#: Shapes by turns, so that no level is told by its colour alone.
SHAPES = ("disc", "square", "diamond", "triangle")
#: More points than this in view are drawn smaller and smaller, and more than the last as dots.
_SMALL, _SMALLER, _DOTS = 1000, 4000, 25_000
_DIM = 0.22


def stamp(shape: str, radius: int) -> Truths:
    """The pixels of a shape, ``(2r + 1, 2r + 1)``."""
    y, x = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    if shape == "square":
        return np.maximum(abs(x), abs(y)) <= max(1, round(radius * 0.8))
    if shape == "diamond":
        return abs(x) + abs(y) <= radius
    if shape == "triangle":
        return (abs(x) * 2 <= y + radius) & (y <= round(radius * 0.7))
    return x * x + y * y <= radius * radius + radius * 0.6


def radius_of(count: int, ratio: float) -> int:
    """How large points are drawn when so many are in view, in device pixels."""
    size = 5 if count <= _SMALL else 3 if count <= _SMALLER else 2 if count <= _DOTS else 1
    return max(1, round(size * ratio))


def painted(
    places: Floats,
    looks: Ints,
    colours: Sequence[tuple[QColor, QColor]],
    ground: QColor,
    size: tuple[int, int],
    radius: int,
    dim: int = 0,
) -> QImage:
    """A picture of points at ``places (n, 2)`` device pixels; points with the look i have the shape i by
    turns and the colours i, of themselves and of their edges, and those with -1 the last colour, as small
    discs below the others. Looks less than ``dim`` lie below those from it on.

    Within one shape the order of the points decides what stands on top.
    """
    wide, high = size
    # Points that are partly outside are stamped whole into a canvas that is larger by a margin.
    reach = radius + 1
    margin = 2 * reach
    canvas = np.full((high + 2 * margin, wide + 2 * margin), ground.rgb(), np.uint32)
    pixels = np.rint(places).astype(np.int64) + margin
    far = np.array([canvas.shape[1] - reach, canvas.shape[0] - reach])
    inside = ((pixels >= reach) & (pixels < far)).all(axis=1)
    pixels, looks = pixels[inside], looks[inside]
    below = looks < 0
    _put(canvas, pixels[below], np.uint32(colours[-1][0].rgb()), stamp("disc", max(1, radius - 1)))
    numbers, edges = np.array([(one.rgb(), edge.rgb()) for one, edge in colours], np.uint32).T
    for layer in ((looks >= 0) & (looks < dim), looks >= max(dim, 0)):
        shapes = _by_shape(looks, layer)
        if radius > 1:
            for shape, which in shapes:
                _put(canvas, pixels[which], edges[looks[which]], _around(stamp(shape, radius)))
        for shape, which in shapes:
            _put(canvas, pixels[which], numbers[looks[which]], stamp(shape, radius))
    shown = np.ascontiguousarray(canvas[margin : margin + high, margin : margin + wide])
    return QImage(shown.data, wide, high, 4 * wide, QImage.Format.Format_RGB32).copy()


def _by_shape(looks: Ints, layer: Truths) -> list[tuple[str, Truths]]:
    """The points of a layer ``(n,)`` by their shapes."""
    if not layer.any():
        return []
    return [(shape, layer & (looks % len(SHAPES) == number)) for number, shape in enumerate(SHAPES)]


def _around(core: Truths) -> Truths:
    """The pixels beside a shape, one wider on each side than it."""
    wide = np.pad(core, 1)
    grown = wide.copy()
    for axis in (0, 1):
        for by in (-1, 1):
            grown |= np.roll(wide, by, axis)
    return np.asarray(grown & ~wide)


def _put(
    canvas: NDArray[np.uint32],
    pixels: Ints,
    colour: np.uint32 | NDArray[np.uint32],
    mask: Truths,
) -> None:
    """Write a colour, or one of each, at the pixels of a shape around each place."""
    if not len(pixels):
        return
    flat, width = canvas.ravel(), canvas.shape[1]
    base = pixels[:, 1] * width + pixels[:, 0]
    middle = len(mask) // 2
    for y, x in np.argwhere(mask).tolist():
        flat[base + (y - middle) * width + (x - middle)] = colour


def colour_of(role: str) -> QColor:
    """``#RRGGBB``, a token of the look, or "level 1" to "level 3" for what has an order."""
    look = style.tokens()
    return look.levels[int(role[-1]) - 1] if role.startswith("level ") else look.colour(role)


def dimmed(colour: QColor, ground: QColor) -> QColor:
    """A colour for what is not spoken of."""
    return QColor(*(round(g + (c - g) * _DIM) for c, g in zip(_rgb(colour), _rgb(ground), strict=True)))


def _rgb(colour: QColor) -> tuple[int, int, int]:
    return colour.red(), colour.green(), colour.blue()


def within(places: Floats, outline: Floats) -> Truths:
    """Which places ``(n, 2)`` lie inside of a closed outline ``(m, 2)``, by the even-odd rule."""
    found = np.zeros(len(places), np.bool_)
    low, high = outline.min(axis=0), outline.max(axis=0)
    near = np.flatnonzero(((places >= low) & (places <= high)).all(axis=1))
    x, y = places[near, 0], places[near, 1]
    odd = np.zeros(len(near), np.bool_)
    for (x1, y1), (x2, y2) in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        if y1 == y2:
            continue
        crossed = (y1 > y) != (y2 > y)
        odd ^= crossed & (x < (x2 - x1) * (y - y1) / (y2 - y1) + x1)
    found[near] = odd
    return found


def paint_shape(painter: QPainter, place: QRectF, number: int, colour: QColor) -> None:
    """The shape of a level, for legends."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    outline = style.tokens().outline
    painter.setPen(QPen(outline, 1) if outline is not None else Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    shape, middle = SHAPES[number % len(SHAPES)] if number >= 0 else "disc", place.center()
    half = place.width() / 2
    if shape == "disc":
        painter.drawEllipse(place)
    elif shape == "square":
        painter.drawRect(place.adjusted(1, 1, -1, -1))
    elif shape == "diamond":
        corners = ((0, -half), (half, 0), (0, half), (-half, 0))
        painter.drawPolygon(QPolygonF([middle + QPointF(x, y) for x, y in corners]))
    else:
        corners = ((0, -half), (half, half * 0.8), (-half, half * 0.8))
        painter.drawPolygon(QPolygonF([middle + QPointF(x, y) for x, y in corners]))
    painter.restore()
