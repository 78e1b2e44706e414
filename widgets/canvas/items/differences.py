"""Arrows from the annotation's landmarks to the model's, coloured by how far that is for people's hands."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF
from PySide6.QtGui import QBrush, QColor, QPainterPath, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPathItem, QGraphicsPixmapItem, QGraphicsScene

from store.proposals import Difference
from widgets.canvas.items import labels, shapes
from widgets.canvas.levels import Level, level

# Above the lines of the selected garment, which would cover them; below its landmarks.
Z_ARROW, Z_LABEL = 59.0, 67.0
#: Colour and width of each level on the canvas, which is dark in both themes where lines are cased.
LOOKS = {Level.SMALL: ("#C9C9C9", 1.2), Level.LARGE: ("#F2B84B", 2.0), Level.HUGE: ("#FF7A59", 2.6)}
#: How near, in screen pixels, the pointer must be to an arrow.
REACH = 8.0

_IGNORES = QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations


class _Arrow:
    """A shaft with its casing, a head and a label."""

    def __init__(self, scene: QGraphicsScene) -> None:
        self.casing, self.shaft, self.head = QGraphicsPathItem(), QGraphicsPathItem(), QGraphicsPathItem()
        self.label = QGraphicsPixmapItem()
        self.labelled = False
        self.head.setFlag(_IGNORES)
        self.head.setPen(shapes.pen(shapes.EDGE_NAME, 1.0))
        self.label.setFlag(_IGNORES)
        for step, item in enumerate((self.casing, self.shaft, self.head)):
            item.setZValue(Z_ARROW + step * 0.1)
            scene.addItem(item)
        self.label.setZValue(Z_LABEL)
        scene.addItem(self.label)

    def hide(self) -> None:
        for item in (self.casing, self.shaft, self.head, self.label):
            item.setVisible(False)

    def show(self, one: Difference, zoom: float, ratio: float) -> None:
        assert one.start is not None
        assert one.end is not None
        colour, width = LOOKS[level(one.sigmas)]
        (x1, y1), (x2, y2) = one.start, one.end
        length = math.hypot(x2 - x1, y2 - y1)
        deep = 5.0 + 2.2 * width
        left = max(0.0, length - 0.7 * deep / zoom) / length if length else 0.0
        path = QPainterPath(QPointF(x1, y1))
        path.lineTo(x1 + (x2 - x1) * left, y1 + (y2 - y1) * left)
        self.casing.setPath(path)
        self.casing.setPen(shapes.casing(width))
        self.shaft.setPath(path)
        self.shaft.setPen(shapes.pen(colour, width))
        half = deep * 0.55
        head = QPainterPath()
        head.addPolygon(QPolygonF([QPointF(0, 0), QPointF(-deep, half), QPointF(-deep, -half)]))
        head.closeSubpath()
        self.head.setPath(head)
        self.head.setBrush(QBrush(QColor(colour)))
        self.head.setPos(x2, y2)
        self.head.setRotation(math.degrees(math.atan2(y2 - y1, x2 - x1)))
        self.labelled = level(one.sigmas) is Level.HUGE
        self.label.setPixmap(labels.coloured(f"{one.sigmas:.1f} σ", colour, ratio))
        self.label.setPos((x1 + x2) / 2, (y1 + y2) / 2)
        self.label.setOffset(10.0, -labels.logical_size(self.label.pixmap())[1] - 2)
        for item in (self.casing, self.shaft, self.head):
            item.setVisible(True)
        self.label.setVisible(self.labelled)


class DifferenceItems:
    """The arrows of one garment at a time; from one sigma up, and of landmarks that both have."""

    def __init__(self, scene: QGraphicsScene) -> None:
        self._scene = scene
        self._arrows: list[_Arrow] = []
        self._shown: list[Difference] = []
        self._hovered = -1

    @property
    def shown(self) -> list[Difference]:
        """What is drawn now."""
        return list(self._shown)

    def show(self, differences: Sequence[Difference], zoom: float, ratio: float) -> None:
        """Draw the arrows of these differences and no others."""
        self._shown = [one for one in differences if _is_drawn(one)]
        self._hovered = -1
        while len(self._arrows) < len(self._shown):
            self._arrows.append(_Arrow(self._scene))
        for arrow, one in zip(self._arrows, self._shown, strict=False):
            arrow.show(one, zoom, ratio)
        for arrow in self._arrows[len(self._shown) :]:
            arrow.hide()

    def hover(self, at: tuple[float, float] | None, zoom: float) -> None:
        """The pointer is at a place of the image, or nowhere: the nearest arrow in reach has its label."""
        found = -1
        if at is not None:
            near = [(_distance(at, one), place) for place, one in enumerate(self._shown)]
            best = min(near, default=(math.inf, -1))
            found = best[1] if best[0] <= REACH / zoom else -1
        if found == self._hovered:
            return
        self._hovered = found
        for place, arrow in enumerate(self._arrows[: len(self._shown)]):
            arrow.label.setVisible(arrow.labelled or place == found)


def _is_drawn(one: Difference) -> bool:
    there = one.start is not None and one.end is not None
    return there and level(one.sigmas) is not Level.NONE


def _distance(at: tuple[float, float], one: Difference) -> float:
    """From a point to the shaft of an arrow, in image pixels."""
    assert one.start is not None
    assert one.end is not None
    (x1, y1), (x2, y2) = one.start, one.end
    dx, dy = x2 - x1, y2 - y1
    along = dx * dx + dy * dy
    t = ((at[0] - x1) * dx + (at[1] - y1) * dy) / along if along else 0.0
    t = min(max(t, 0.0), 1.0)
    return math.hypot(at[0] - x1 - t * dx, at[1] - y1 - t * dy)
