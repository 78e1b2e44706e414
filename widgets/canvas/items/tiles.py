"""Pictures of one size side by side that cover an image at one zoom."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import floor

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap, QTransform

#: Side of a tile in pixels of the screen.
SIDE = 256

Place = tuple[int, int]


class Tiles:
    """What is painted at one zoom, by place: column and row, from the top left of the image.

    A stale tile is shown till there is a new one.
    """

    def __init__(self, zoom: float, ratio: float) -> None:
        self.zoom, self.ratio = zoom, ratio
        self.side = SIDE / ratio / zoom
        self._pictures: dict[Place, QPixmap] = {}
        self._stale: set[Place] = set()

    def __len__(self) -> int:
        return len(self._pictures)

    def is_at(self, zoom: float, ratio: float) -> bool:
        """Whether these are for that zoom on a screen of that ratio."""
        return abs(self.zoom - zoom) < 1e-9 * zoom and self.ratio == ratio

    def area(self, place: Place) -> QRectF:
        """What a tile covers, in image pixels."""
        return QRectF(place[0] * self.side, place[1] * self.side, self.side, self.side)

    def places(self, area: QRectF, more: int = 0) -> list[Place]:
        """The places that an area of the image touches, and ``more`` around them."""
        left, top = floor(area.left() / self.side) - more, floor(area.top() / self.side) - more
        right, bottom = floor(area.right() / self.side) + more, floor(area.bottom() / self.side) + more
        return [(x, y) for y in range(top, bottom + 1) for x in range(left, right + 1)]

    def picture(self, place: Place) -> QPixmap | None:
        return self._pictures.get(place)

    def is_fresh(self, place: Place) -> bool:
        """Whether there is a tile that is not stale."""
        return place in self._pictures and place not in self._stale

    def covers(self, area: QRectF) -> bool:
        """Whether there are tiles, stale or not, for all of an area."""
        return all(place in self._pictures for place in self.places(area))

    def blank(self) -> QPixmap:
        """A tile to be painted."""
        made = QPixmap(SIDE, SIDE)
        made.setDevicePixelRatio(self.ratio)
        made.fill(Qt.GlobalColor.transparent)
        return made

    def put(self, place: Place, picture: QPixmap) -> None:
        self._pictures[place] = picture
        self._stale.discard(place)

    def spoil(self, areas: Iterable[QRectF] | None = None) -> None:
        """The tiles that touch one of these areas are stale; None: all of them."""
        if areas is None:
            self._stale.update(self._pictures)
            return
        for area in areas:
            self._stale.update(place for place in self.places(area) if place in self._pictures)

    def keep(self, places: Iterable[Place]) -> None:
        """Drop what is not among these."""
        kept = set(places)
        self._pictures = {place: one for place, one in self._pictures.items() if place in kept}
        self._stale &= kept

    def paint(self, painter: QPainter, place: Place, to_screen: QTransform) -> bool:
        """Copy a tile to where it belongs, in logical pixels; whether there is one.

        The painter is not transformed itself.
        """
        picture = self._pictures.get(place)
        if picture is not None:
            painter.drawPixmap(to_screen.map(self.area(place).topLeft()), picture)
        return picture is not None

    def stretch(self, painter: QPainter, area: QRectF, to_screen: QTransform) -> None:
        """Paint an area of the image from tiles that are for another zoom."""
        painter.save()
        painter.setClipRect(_snapped(to_screen.mapRect(area)), Qt.ClipOperation.IntersectClip)
        for _place, target, picture in self._seen(area, to_screen):
            painter.drawPixmap(target, picture)
        painter.restore()

    def _seen(self, area: QRectF, to_screen: QTransform) -> Iterator[tuple[Place, QRect, QPixmap]]:
        for place in self.places(area):
            picture = self._pictures.get(place)
            if picture is not None:
                yield place, _snapped(to_screen.mapRect(self.area(place))), picture


def _snapped(area: QRectF) -> QRect:
    """Edges on whole pixels: neighbours neither overlap nor leave a gap."""
    corner = QPoint(round(area.left()), round(area.top()))
    return QRect(corner, QPoint(round(area.right()) - 1, round(area.bottom()) - 1))
