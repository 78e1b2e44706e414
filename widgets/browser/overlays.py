"""Boxes, landmarks and masks over thumbnails: read for what is in view, painted with the tile."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QPointF, QRect, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from resources.taxonomy import EXTRA_COLOURS, Category
from store.records import Garment, Image, Visibility
from widgets.browser.courier import Courier, Failure

Floats = NDArray[np.float64]

#: What can be shown, with the words for it.
LAYERS: Mapping[str, str] = {"boxes": "Boxes", "landmarks": "Landmarks", "masks": "Masks"}
#: Of so many images the garments are kept.
KEPT = 2000
#: Every line has a darker one below it, so that it is seen on any picture.
CASING = QColor(0, 0, 0, 150)
#: Widths of lines and the radius of landmarks, in logical pixels: smaller than on the canvas.
LINE, BELOW, RADIUS = 1.3, 2.9, 2.2


class GarmentSource(Protocol):
    """Where garments come from; called in a thread. ``store.garments`` is one."""

    def of_images(self, ids: Sequence[int]) -> dict[int, tuple[Garment, ...]]:
        """The garments of each image."""
        ...


class Overlays(QObject):
    """The garments of images in view. ``arrived(ids)`` when those of some images are there."""

    arrived = Signal(list)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source: GarmentSource | None = None
        self._generation = 0
        self._kept: OrderedDict[int, tuple[Garment, ...]] = OrderedDict()
        self._wanted: list[int] = []
        self._old: set[int] = set()
        self._courier = Courier(1, self)
        self._courier.arrived.connect(self._take)

    def set_source(self, source: GarmentSource | None) -> None:
        """Read garments from here from now on; waits for what the old source still does."""
        self._courier.settle()
        self._generation += 1
        self._source = source
        self._kept.clear()
        self._wanted.clear()
        self._old.clear()

    def get(self, image_id: int) -> tuple[Garment, ...]:
        """The garments of an image as far as they are known: none while they are on their way."""
        return self._kept.get(image_id, ())

    def known(self, image_id: int) -> bool:
        """Whether the garments of an image are here."""
        return image_id in self._kept

    def want(self, ids: Iterable[int]) -> None:
        """Read the garments of these images, and of no others any more."""
        wanted = list(ids)
        for image_id in wanted:
            if image_id in self._kept:
                self._kept.move_to_end(image_id)
        self._wanted = [one for one in wanted if one not in self._kept or one in self._old]
        self._send()

    def forget(self, ids: Iterable[int]) -> None:
        """Read these anew when they are wanted: they were changed. They are shown as they were till then."""
        self._old.update(ids)

    def forget_all(self) -> None:
        """Read all anew when they are wanted."""
        self._old.update(self._kept)

    def settle(self) -> None:
        """Want nothing more, and wait for what runs now."""
        self._wanted.clear()
        self._courier.settle()

    def _send(self) -> None:
        source, ids = self._source, self._wanted
        if source is None or not ids or not self._courier.free:
            return
        self._wanted = []
        self._old.difference_update(ids)
        self._courier.send((self._generation, ids), lambda: source.of_images(ids))

    @Slot(object, object)
    def _take(self, token: tuple[int, list[int]], result: dict[int, tuple[Garment, ...]] | Failure) -> None:
        generation, ids = token
        if generation == self._generation:
            if isinstance(result, Failure):
                if result.error is not None:
                    self.failed.emit(result.error)
            else:
                self._kept.update(result)
                while len(self._kept) > KEPT:
                    self._kept.popitem(last=False)
                self.arrived.emit(ids)
        self._send()


def placing(image: Image, rect: QRect, fill: bool) -> tuple[float, float, float]:
    """How pixels of an image lie in a tile's picture: scale, and where its upper left corner is (x, y).

    As :func:`widgets.browser.thumbnails.cut` does it: of what is too high for it, a third is cut off above.
    """
    across, down = rect.width() / image.width, rect.height() / image.height
    if not fill:
        scale = min(across, down)
        left = rect.x() + (rect.width() - image.width * scale) / 2
        return scale, left, rect.y() + (rect.height() - image.height * scale) / 2
    scale = max(across, down)
    left = rect.x() - (image.width * scale - rect.width()) / 2
    return scale, left, rect.y() - (image.height * scale - rect.height()) / 3


def paint_overlays(
    painter: QPainter,
    rect: QRect,
    image: Image,
    garments: Sequence[Garment],
    categories: Mapping[int, Category],
    layers: frozenset[str],
    fill: bool,
) -> None:
    """Paint what is known of an image's garments over its picture in ``rect``.

    Nothing where the size of the picture is not known: nobody can say then where anything lies.
    """
    if not layers or not garments or not (image.size_known and image.width and image.height):
        return
    scale, left, top = placing(image, rect, fill)
    painter.save()
    painter.setClipRect(rect)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for garment in garments:
        known = categories.get(garment.category_id)
        colour = QColor(known.colour if known is not None else EXTRA_COLOURS[0])
        if "masks" in layers and garment.polygons:
            _paint_mask(painter, [_placed(one, scale, left, top) for one in garment.polygons], colour)
        if "boxes" in layers and garment.box is not None:
            x1, y1, x2, y2 = garment.box.tolist()
            path = QPainterPath()
            path.addRect(QRectF(left + x1 * scale, top + y1 * scale, (x2 - x1) * scale, (y2 - y1) * scale))
            _paint_line(painter, path, colour)
        if "landmarks" in layers and len(garment.points):
            # A landmark names a pixel; it lies in the middle of it.
            points = _placed(garment.points + 0.5, scale, left, top)
            _paint_landmarks(painter, points, garment, known, colour)
    painter.restore()


def _placed(points: Floats, scale: float, left: float, top: float) -> Floats:
    return points * scale + (left, top)


def _paint_line(painter: QPainter, path: QPainterPath, colour: QColor) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(CASING, BELOW))
    painter.drawPath(path)
    painter.setPen(QPen(colour, LINE))
    painter.drawPath(path)


def _paint_mask(painter: QPainter, polygons: Sequence[Floats], colour: QColor) -> None:
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    for points in polygons:
        path.addPolygon(QPolygonF([QPointF(x, y) for x, y in points.tolist()]))
        path.closeSubpath()
    inside = QColor(colour)
    inside.setAlpha(70)
    painter.fillPath(path, inside)
    _paint_line(painter, path, colour)


def _paint_landmarks(
    painter: QPainter, points: Floats, garment: Garment, category: Category | None, colour: QColor
) -> None:
    """Links between what is labelled, filled discs for what is visible and rings for what is occluded."""
    states = garment.visibility
    shown = (states == Visibility.VISIBLE) | (states == Visibility.OCCLUDED)
    if category is not None and category.schema.size == len(points):
        path = QPainterPath()
        for one, other in category.schema.links:
            if shown[one] and shown[other]:
                path.moveTo(*points[one].tolist())
                path.lineTo(*points[other].tolist())
        _paint_line(painter, path, colour)
    for index in np.flatnonzero(shown).tolist():
        painter.setPen(QPen(QColor(17, 17, 17), 0.8))
        visible = states[index] == Visibility.VISIBLE
        painter.setBrush(colour if visible else QColor(17, 17, 17))
        painter.drawEllipse(QPointF(*points[index].tolist()), RADIUS, RADIUS)
        if not visible:
            painter.setPen(QPen(colour, 1.2))
            painter.drawEllipse(QPointF(*points[index].tolist()), RADIUS - 0.6, RADIUS - 0.6)
