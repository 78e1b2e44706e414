"""How a crop of the wall is painted: the picture, the garment's links, the landmark, where it should be."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from store.geometry import Point
from store.records import VISIBILITY_WORDS, Visibility
from widgets import style
from widgets.canvas.items import shapes
from widgets.pages.retrieval.crops import Cut, Made
from widgets.pages.retrieval.records import Shot
from widgets.pages.sweep.records import Subject, Tile

#: Height of the line below a crop.
CAPTION = 24
_INSET = 4
#: What :class:`Crops` shows around a box, on each side.
_MARGIN = 0.12
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


def frame_in(tile: QRect) -> QRect:
    """Where in a tile its crop is painted; a square."""
    look = style.tokens()
    inset = look.px(_INSET)
    side = tile.width() - 2 * inset
    return QRect(tile.left() + inset, tile.top() + inset, side, side)


def region(tile: Tile, zoom: float) -> QRectF:
    """What of the image a tile shows, in its pixels; it may reach out of the image."""
    side = tile.side / zoom
    return QRectF(tile.anchor[0] - side / 2, tile.anchor[1] - side / 2, side, side)


def cut_of(tile: Tile, zoom: float, pixels: int) -> Cut:
    """The crop to ask for, ``pixels`` device pixels wide."""
    part = region(tile, zoom)
    spare = part.width() * _MARGIN / (1 + 2 * _MARGIN)
    inner = part.adjusted(spare, spare, -spare, -spare)
    box = (inner.left(), inner.top(), inner.right(), inner.bottom())
    return Cut(Shot(tile.image_id, box), pixels, pixels)


def to_image(frame: QRect, part: QRectF, at: QPointF) -> Point:
    """A place in the frame as a place in the image."""
    scale = part.width() / frame.width()
    return part.left() + (at.x() - frame.left()) * scale, part.top() + (at.y() - frame.top()) * scale


def paint(
    painter: QPainter, where: QRect, tile: Tile, subject: Subject, made: Made | None, zoom: float
) -> None:
    """One tile in its rectangle."""
    look = style.tokens()
    frame, part = frame_in(where), region(tile, zoom)
    painter.save()
    painter.setClipRect(frame)
    painter.fillRect(frame, look.canvas)
    scale = frame.width() / part.width()
    if made is not None and made.pixmap is not None:
        corner = QPointF(frame.left(), frame.top()) + (made.part.topLeft() - part.topLeft()) * scale
        target = QRectF(corner.x(), corner.y(), made.part.width() * scale, made.part.height() * scale)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(target, made.pixmap, QRectF(made.pixmap.rect()))
    elif made is not None:
        icon = QRect(0, 0, look.px(24), look.px(24))
        icon.moveCenter(frame.center())
        style.draw(painter, icon, "photo-off", "t2")
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    _paint_landmarks(painter, QPointF(frame.left(), frame.top()), part, scale, tile, subject)
    painter.restore()
    _paint_caption(painter, where, frame, tile, subject)


def _paint_landmarks(
    painter: QPainter, corner: QPointF, part: QRectF, scale: float, tile: Tile, subject: Subject
) -> None:
    colour = QColor(subject.colour)

    def there(x: float, y: float) -> QPointF:
        return corner + QPointF((x - part.left()) * scale, (y - part.top()) * scale)

    places = [there(x, y) for x, y in tile.points.tolist()]
    states = tile.states.tolist()
    drawn = [state in (Visibility.VISIBLE, Visibility.OCCLUDED) for state in states]
    near = {subject.landmark}
    for a, b in subject.schema.links:
        if subject.landmark in (a, b):
            near |= {a, b}
            if drawn[a] and drawn[b]:
                for pen in (QPen(QColor(0, 0, 0, 153), 3.2), QPen(colour, 1.4)):
                    painter.setPen(pen)
                    painter.drawLine(places[a], places[b])
    if tile.expected is not None and not math.isnan(tile.expected[0]):
        _paint_expected(painter, there(*tile.expected))
    for index in sorted(near, key=lambda one: one == subject.landmark):
        if not drawn[index]:
            continue
        own = index == subject.landmark
        painter.save()
        painter.translate(places[index])
        painter.setPen(QPen(shapes.EDGE, 1.2))
        painter.setBrush(colour)
        painter.drawPath(shapes.mark_path(Visibility(states[index]), shapes.RADIUS if own else 3.0))
        if own:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for pen in (QPen(QColor(0, 0, 0, 153), 4.0), QPen(QColor("white"), 2.0)):
                painter.setPen(pen)
                painter.drawEllipse(QPointF(0, 0), 10.0, 10.0)
        painter.restore()


def _paint_expected(painter: QPainter, at: QPointF) -> None:
    """A dashed white circle where the landmark should be."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(0, 0, 0, 153), 3.0))
    painter.drawEllipse(at, 7.0, 7.0)
    dashed = QPen(QColor("white"), 1.4)
    dashed.setDashPattern([3.0, 2.5])
    painter.setPen(dashed)
    painter.drawEllipse(at, 7.0, 7.0)


def paint_tick(painter: QPainter, frame: QRect) -> None:
    """At the top left of a crop: it is marked."""
    look = style.tokens()
    box = QRect(frame.left() + look.px(6), frame.top() + look.px(6), look.px(18), look.px(18))
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.acc)
    painter.drawRoundedRect(box, 4, 4)
    style.draw(painter, box.adjusted(2, 2, -2, -2), "check", "onacc")
    painter.restore()


def _paint_caption(painter: QPainter, where: QRect, frame: QRect, tile: Tile, subject: Subject) -> None:
    look = style.tokens()
    line = QRect(frame.left(), frame.bottom() + 1, frame.width(), where.bottom() - frame.bottom())
    painter.setFont(style.font("small"))
    state = VISIBILITY_WORDS[Visibility(int(tile.states[subject.landmark]))]
    painter.setPen(look.t2)
    painter.drawText(line, _MIDDLE | Qt.AlignmentFlag.AlignLeft, tile.words)
    painter.setPen(look.t3)
    if tile.changed:
        icon = QRect(0, 0, look.px(14), look.px(14))
        icon.moveCenter(line.center())
        icon.moveRight(line.right())
        style.draw(painter, icon, "circle-check", "ok")
        line.adjust(0, 0, -look.px(18), 0)
    painter.drawText(line, _MIDDLE | Qt.AlignmentFlag.AlignRight, state)
