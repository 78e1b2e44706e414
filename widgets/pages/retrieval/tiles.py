"""How a result is painted: its crop in a frame that says hit or miss by shape and colour, a badge, a
caption."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from widgets import style
from widgets.common.bars import draw_swatch
from widgets.pages.retrieval.crops import Made
from widgets.pages.retrieval.heat import Heat, paint_heat
from widgets.pages.retrieval.painting import paint_crop
from widgets.pages.retrieval.records import Hit

_CAPTION, _INSET = 40, 5
_MIDDLE = Qt.AlignmentFlag.AlignVCenter


def frame_in(tile: QRect) -> QRect:
    """Where in a tile its crop is painted."""
    look = style.tokens()
    inset = look.px(_INSET)
    return tile.adjusted(inset, inset, -inset, -look.px(_CAPTION) - inset)


def paint_tile(
    painter: QPainter,
    tile: QRect,
    hit: Hit,
    made: Made | None,
    *,
    marked: bool = True,
    heat: Heat | None = None,
) -> None:
    """A result in its tile. ``marked``: whether it says hit or miss; ``heat`` lies over its crop."""
    frame = frame_in(tile)
    paint_crop(painter, frame, made)
    if heat is not None and made is not None:
        paint_heat(painter, frame, made, heat)
    if marked:
        _paint_frame(painter, frame, hit)
        _paint_badge(painter, frame, hit)
    _paint_caption(painter, frame, hit)


def paint_selection(painter: QPainter, tile: QRect, focused: bool) -> None:
    """The ring around the selected tile."""
    look = style.tokens()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(look.acc if focused else look.line2, 2))
    painter.drawRoundedRect(QRectF(tile).adjusted(1, 1, -1, -1), 6, 6)
    painter.restore()


def _paint_frame(painter: QPainter, frame: QRect, hit: Hit) -> None:
    look = style.tokens()
    pen = QPen(look.hit if hit.match else look.miss, 3 if hit.match else 2)
    if not hit.match:
        pen.setDashPattern([4, 3])
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(QRectF(frame).adjusted(1, 1, -1, -1))


def _paint_badge(painter: QPainter, frame: QRect, hit: Hit) -> None:
    look = style.tokens()
    side = look.px(20)
    place = QRect(frame.left() + look.px(7), frame.top() + look.px(7), side, side)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.hit if hit.match else look.miss)
    if hit.match:
        painter.drawEllipse(place)
    else:
        painter.drawRoundedRect(place, 2, 2)
    painter.restore()
    inner = place.adjusted(look.px(3), look.px(3), -look.px(3), -look.px(3))
    style.draw(painter, inner, "check" if hit.match else "x", "onhit" if hit.match else "onmiss")


def _paint_caption(painter: QPainter, frame: QRect, hit: Hit) -> None:
    look = style.tokens()
    line = look.px(_CAPTION) // 2
    left = int(_MIDDLE | Qt.AlignmentFlag.AlignLeft)
    room = QRectF(frame.left(), frame.bottom() + look.px(3), frame.width(), line)
    painter.setFont(style.font("table", 600))
    painter.setPen(look.t1)
    place = f"{hit.place:,}"
    painter.drawText(room, left, place)
    metrics = painter.fontMetrics()
    after = max(metrics.horizontalAdvance("00"), metrics.horizontalAdvance(place)) + look.px(4)
    painter.setFont(style.font("table"))
    painter.setPen(look.t2)
    told = f"{hit.distance:.3f}"
    painter.drawText(room.adjusted(after, 0, 0, 0), left, told)
    after += painter.fontMetrics().horizontalAdvance(told) + look.px(6)
    rest = room.adjusted(after, 0, 0, 0)
    words = painter.fontMetrics().elidedText(hit.product, Qt.TextElideMode.ElideMiddle, int(rest.width()))
    painter.drawText(rest, int(_MIDDLE | Qt.AlignmentFlag.AlignRight), words)
    side = look.px(10)
    low = room.translated(0, line)
    draw_swatch(painter, QRectF(low.left(), low.center().y() - side / 2, side, side), hit.colour)
    low.adjust(side + look.px(5), 0, 0, 0)
    painter.setFont(style.font("small"))
    painter.setPen(look.t2)
    name = painter.fontMetrics().elidedText(hit.category, Qt.TextElideMode.ElideRight, int(low.width()))
    painter.drawText(low, left, name)
