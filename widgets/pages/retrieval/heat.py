"""What drove a match, laid over a crop: the more a place counts, the brighter and the less transparent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF
from PySide6.QtGui import QImage, QPainter

from widgets.pages.retrieval.crops import Made
from widgets.pages.retrieval.painting import shown_in

#: Red, green, blue and alpha at equal steps of the heat from 0 to 1. Brightness rises all the way.
_STEPS = np.array(
    [(20, 12, 40, 110), (95, 20, 110, 130), (190, 55, 80, 150), (245, 130, 30, 170), (252, 240, 150, 190)],
    np.float64,
)


@dataclass(frozen=True, slots=True, eq=False)
class Heat:
    """A map that is painted: ``image`` lies over ``frame``, in pixels of the image it is about."""

    image: QImage
    frame: QRectF


@dataclass(frozen=True, slots=True, eq=False)
class Reasons:
    """What drove the match of a query and a result: the map of each, None while it is made."""

    query: Heat | None = None
    result: Heat | None = None


def heat_of(values: NDArray[np.float32], frame: tuple[float, float, float, float]) -> Heat:
    """The picture of a map ``(h, w)`` of 0..1 over ``frame``, x1 y1 x2 y2 in pixels of the image."""
    places = np.linspace(0.0, 1.0, len(_STEPS))
    flat = np.clip(values, 0.0, 1.0).astype(np.float64)
    colours = np.stack([np.interp(flat, places, _STEPS[:, channel]) for channel in range(4)], axis=-1)
    pixels = np.ascontiguousarray(colours.round().astype(np.uint8))
    height, width = values.shape
    image = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGBA8888)
    x1, y1, x2, y2 = frame
    # A copy: the picture must not look into an array that goes.
    return Heat(image.copy(), QRectF(QPointF(x1, y1), QPointF(x2, y2)))


def paint_heat(painter: QPainter, frame: QRect, made: Made, heat: Heat) -> None:
    """A map over a crop that is painted in a frame; what lies outside of the crop is cut off."""
    if made.pixmap is None or made.part.isEmpty():
        return
    place, part = shown_in(frame, made), made.part
    across, down = place.width() / part.width(), place.height() / part.height()
    over = QRectF(
        place.left() + (heat.frame.left() - part.left()) * across,
        place.top() + (heat.frame.top() - part.top()) * down,
        heat.frame.width() * across,
        heat.frame.height() * down,
    )
    painter.save()
    painter.setClipRect(place)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(over, heat.image)
    painter.restore()
