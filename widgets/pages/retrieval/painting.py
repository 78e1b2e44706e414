"""How crops are painted, with the garment's outline and landmarks over them."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from store.records import Garment, Visibility
from widgets import style
from widgets.pages.retrieval.crops import Made

_CASING = QColor(0, 0, 0, 153)


def shown_in(frame: QRect, made: Made) -> QRectF:
    """Where in a frame a picture is painted: as large as fits, in the middle."""
    if made.pixmap is None:
        return QRectF(frame)
    size = made.pixmap.size().scaled(frame.size(), Qt.AspectRatioMode.KeepAspectRatio)
    place = QRectF(0, 0, size.width(), size.height())
    place.moveCenter(QRectF(frame).center())
    return place


def paint_crop(painter: QPainter, frame: QRect, made: Made | None) -> None:
    """A crop in a frame; an empty ground while it is made, an icon where it cannot be had."""
    look = style.tokens()
    painter.fillRect(frame, look.canvas)
    if made is None:
        return
    if made.pixmap is not None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(shown_in(frame, made), made.pixmap, QRectF(made.pixmap.rect()))
        return
    side = min(look.px(24), frame.width() - 4)
    place = QRect(0, 0, side, side)
    place.moveCenter(frame.center())
    style.draw(painter, place, "photo-off", "t2")


def paint_overlay(painter: QPainter, frame: QRect, made: Made, garment: Garment, colour: str) -> None:
    """The outline and the landmarks of a garment over its crop; occluded landmarks are hollow."""
    if made.pixmap is None or made.part.isEmpty():
        return
    place, part = shown_in(frame, made), made.part
    scale_x, scale_y = place.width() / part.width(), place.height() / part.height()

    def there(x: float, y: float) -> QPointF:
        return QPointF(place.left() + (x - part.left()) * scale_x, place.top() + (y - part.top()) * scale_y)

    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    # Beside the crop nothing is seen of the image: what lies there is not shown either.
    painter.setClipRect(place.adjusted(-4, -4, 4, 4).intersected(QRectF(frame)))
    for ring in _rings(garment):
        outline = QPolygonF([there(x, y) for x, y in ring])
        for pen in (QPen(_CASING, 3.2), QPen(QColor(colour), 1.4)):
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolygon(outline)
    for (x, y), state in zip(garment.points.tolist(), garment.visibility.tolist(), strict=True):
        if state == Visibility.UNLABELLED:
            continue
        # A landmark names a pixel: its middle lies half a pixel on.
        middle = there(x + 0.5, y + 0.5)
        painter.setPen(QPen(_CASING, 2))
        painter.setBrush(QColor(colour) if state == Visibility.VISIBLE else QColor("#202020"))
        painter.drawEllipse(middle, 4.0, 4.0)
        if state != Visibility.VISIBLE:
            painter.setPen(QPen(QColor(colour), 1.4))
            painter.drawEllipse(middle, 3.2, 3.2)
    painter.restore()


def _rings(garment: Garment) -> Iterator[list[list[float]]]:
    if garment.polygons:
        yield from (ring.tolist() for ring in garment.polygons)
    elif garment.box is not None:
        x1, y1, x2, y2 = garment.box.tolist()
        yield [[x1, y1], [x2, y1], [x2, y2], [x1, y2]]
