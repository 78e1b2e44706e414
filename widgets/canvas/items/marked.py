"""Round several marked landmarks: the frame to scale and turn them by, and the axis of symmetric work."""

from __future__ import annotations

import numpy as np
from PySide6.QtGui import QColor, QPainterPath
from PySide6.QtWidgets import (
    QAbstractGraphicsShapeItem,
    QGraphicsEllipseItem,
    QGraphicsItem,
    QGraphicsRectItem,
    QGraphicsScene,
)

from store.fitting import axis_of
from store.geometry import extent
from store.records import Floats, Garment
from widgets.canvas.items import shapes
from widgets.canvas.items.cased import CasedPath
from widgets.canvas.state import Shown
from widgets.canvas.tools.frame import corners, grip, widened

#: The frame lies over box and links, and under tags and numbers, which are to be read.
Z_AXIS, Z_FRAME, Z_GRIP = 49.0, 54.9, 69.0
#: How far the axis stands out above and below the garment, as a share of the garment's size.
_OUT = 0.06

_IGNORES = QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations


class MarkedFrame:
    """A dashed frame with a square at each corner, to scale by, and a round grip above it, to turn by."""

    def __init__(self, scene: QGraphicsScene) -> None:
        self._lines = CasedPath(scene, Z_FRAME, 1.2)
        self._grips: list[QAbstractGraphicsShapeItem] = [QGraphicsRectItem(-4, -4, 8, 8) for _ in range(4)]
        self._grips.append(QGraphicsEllipseItem(shapes.disc(5.0)))
        for item in self._grips:
            item.setPen(shapes.pen(shapes.EDGE_NAME, 1.0))
            item.setBrush(QColor("white"))
            item.setFlag(_IGNORES)
            item.setZValue(Z_GRIP)
            item.hide()
            scene.addItem(item)
        self.shown = False

    def show(self, box: Floats | None, zoom: float) -> None:
        """Round a box ``(4,)`` in image pixels, at a zoom; None for none."""
        if box is None and not self.shown:
            return
        self.shown = box is not None
        for item in self._grips:
            item.setVisible(box is not None)
        if box is None:
            self._lines.show(None)
            return
        wide = widened(box, 1.0 / zoom)
        places = [*corners(wide).tolist(), grip(wide, 1.0 / zoom)]
        for item, (x, y) in zip(self._grips, places, strict=True):
            item.setPos(x, y)
        path = shapes.box_path(wide)
        path.moveTo((float(wide[0]) + float(wide[2])) / 2, float(wide[1]))
        path.lineTo(*places[-1])
        self._lines.show(path)


class AxisLine:
    """The line that pairs of landmarks mirror each other in, through the whole garment."""

    def __init__(self, scene: QGraphicsScene) -> None:
        self._line = CasedPath(scene, Z_AXIS, 1.0)

    def show(self, garment: Garment | None, shown: Shown) -> None:
        """The axis of a garment, where it has one; None for none."""
        self._line.show(None if garment is None else _path(garment, shown))


def _path(garment: Garment, shown: Shown) -> QPainterPath | None:
    schema = shown.schema(garment)
    axis = axis_of(garment, schema) if schema is not None and schema.swaps else None
    box = extent(garment) if axis is not None else None
    if axis is None or box is None:
        return None
    along = np.array([-axis.across[1], axis.across[0]])
    reach = (corners(box) - axis.at) @ along
    spare = _OUT * float(reach.max() - reach.min())
    path = QPainterPath()
    path.moveTo(*(np.array(axis.at) + along * (reach.min() - spare)).tolist())
    path.lineTo(*(np.array(axis.at) + along * (reach.max() + spare)).tolist())
    return path
