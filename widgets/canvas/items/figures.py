"""A garment that is not selected, painted by hand: into a tile, piece by piece."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import isnan

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPixmap

from store.geometry import nearest_border
from store.records import Garment, Visibility
from widgets.canvas.items import shapes
from widgets.canvas.state import Layers, Shown

WIDTH = 1.4
RADIUS = 4.0
#: So far lines and marks reach beyond their places, in screen pixels.
REACH = 14.0

_STATES = tuple(sorted(Visibility))
_ANY = (1.0, 0.0)


@dataclass(frozen=True, slots=True)
class Look:
    """How garments that are not selected look: layers, opacity of fills (0 to 1), radius of marks."""

    layers: Layers
    opacity: float
    radius: float = RADIUS


@dataclass(frozen=True, slots=True)
class _Mark:
    at: tuple[float, float]
    state: Visibility
    inwards: tuple[float, float]


class Figure:
    """The paths and marks of one garment in image pixels, made when they are first asked for."""

    def __init__(self, garment: Garment, shown: Shown) -> None:
        self.garment = garment
        self.colour = shown.colour(garment)
        self.size = shown.size
        self._links = schema.links if (schema := shown.schema(garment)) else ()
        self._drawn = shown.drawn(garment)

    def is_of(self, garment: Garment, shown: Shown) -> bool:
        """Whether that garment still looks like this."""
        same = self.garment is garment and self.size == shown.size
        return same and self.colour == shown.colour(garment)

    @cached_property
    def mask(self) -> QPainterPath:
        return shapes.mask_path(self.garment)

    @cached_property
    def links(self) -> QPainterPath:
        there = self._links and len(self._drawn)
        return shapes.link_path(self._drawn, self._links) if there else QPainterPath()

    @cached_property
    def box(self) -> QPainterPath:
        return QPainterPath() if self.garment.box is None else shapes.box_path(self.garment.box)

    @cached_property
    def marks(self) -> tuple[_Mark, ...]:
        found = []
        for (x, y), value in zip(self._drawn.tolist(), self.garment.visibility.tolist(), strict=True):
            if isnan(x) or isnan(y):
                continue
            state = _STATES[value]
            cut = state is Visibility.CUT_OFF
            found.append(_Mark((x, y), state, nearest_border((x, y), *self.size)[1] if cut else _ANY))
        return tuple(found)

    @cached_property
    def bounds(self) -> QRectF:
        """What all of it takes of the image, without the width of lines and marks."""
        whole = self.mask.boundingRect() | self.box.boundingRect()
        if self.marks:
            xs, ys = zip(*(mark.at for mark in self.marks), strict=True)
            whole |= QRectF(QPointF(min(xs), min(ys)), QPointF(max(xs), max(ys)))
        return whole

    def reaches(self, area: QRectF, zoom: float) -> bool:
        """Whether anything of it is in an area of the image at a zoom."""
        room, bounds = REACH / zoom, self.bounds
        # By hand: a rectangle without width, as of a single mark, intersects nothing to Qt.
        across = bounds.left() - room < area.right() and bounds.right() + room > area.left()
        return across and bounds.top() - room < area.bottom() and bounds.bottom() + room > area.top()


@lru_cache(maxsize=512)
def _stamp(
    state: Visibility, colour: str, radius: float, inwards: tuple[float, float], ratio: float
) -> QPixmap:
    """A mark with its middle in the middle, to be copied."""
    side = 2 * round(REACH * ratio)
    made = QPixmap(side, side)
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(side / ratio / 2, side / ratio / 2)
    painter.setPen(shapes.mark_pen(state))
    painter.setBrush(QColor(colour))
    painter.drawPath(shapes.mark_path(state, radius, inwards))
    painter.end()
    return made


def painting(figures: Sequence[Figure], look: Look, area: QRectF, target: QPixmap) -> Generator[None]:
    """Paints what lies in an area of the image over all of ``target``; stops after each small piece.

    All casings come below all lines, masks below links, boxes and landmarks.
    """
    ratio = target.devicePixelRatio()
    zoom = target.width() / ratio / area.width()
    near = []
    for one in figures:
        fresh = "bounds" not in one.__dict__
        if one.reaches(area, zoom):
            near.append(one)
        if fresh:
            yield
    painter = QPainter(target)
    try:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(zoom, zoom)
        painter.translate(-area.topLeft())
        kinds = (
            (look.layers.masks, [one.mask for one in near], look.opacity),
            (look.layers.landmarks, [one.links for one in near], 0.0),
            (look.layers.boxes, [one.box for one in near], 0.0),
        )
        for drawn, paths, opacity in kinds:
            if drawn:
                yield from _lines(painter, near, paths, opacity)
        if look.layers.landmarks:
            painter.resetTransform()
            for one in near:
                _stamp_marks(painter, one, look.radius, area.topLeft(), zoom, ratio)
                yield
    finally:
        painter.end()


def _lines(
    painter: QPainter, figures: Iterable[Figure], paths: Sequence[QPainterPath], opacity: float
) -> Generator[None]:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(shapes.casing(WIDTH))
    for path in paths:
        if not path.isEmpty():
            painter.drawPath(path)
            yield
    for one, path in zip(figures, paths, strict=True):
        if not path.isEmpty():
            painter.setPen(shapes.pen(one.colour, WIDTH))
            if opacity:
                painter.setBrush(QBrush(shapes.fill(one.colour, opacity)))
            painter.drawPath(path)
            yield


def _stamp_marks(
    painter: QPainter, one: Figure, radius: float, origin: QPointF, zoom: float, ratio: float
) -> None:
    left, top = origin.x(), origin.y()
    for mark in one.marks:
        stamp = _stamp(mark.state, one.colour, radius, mark.inwards, ratio)
        half = stamp.width() / ratio / 2
        x, y = mark.at
        painter.drawPixmap(QPointF((x - left) * zoom - half, (y - top) * zoom - half), stamp)
