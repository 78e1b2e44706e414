"""What comes and goes with the pointer: hover, the rubber band and the leader of the loupe."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QBrush, QPainterPath, QPolygonF
from PySide6.QtWidgets import (
    QAbstractGraphicsShapeItem,
    QGraphicsItem,
    QGraphicsPathItem,
    QGraphicsPixmapItem,
    QGraphicsScene,
)

from store.geometry import Point
from store.hits import HitKind, HitTarget
from store.records import Floats, Visibility
from widgets.canvas.items import labels, shapes
from widgets.canvas.items.landmarks import mark
from widgets.canvas.state import Layers, Shown

Z_HOVER, Z_HOVER_MARK, Z_TAG, Z_RUBBER, Z_LEADER = 46.0, 64.0, 68.0, 70.0, 48.0
#: Radius of the mark of a hovered landmark.
RADIUS = 6.0

_IGNORES = QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations


class HoverItems:
    """The garment or landmark under the pointer."""

    def __init__(self, scene: QGraphicsScene) -> None:
        self._scene = scene
        self._casing = QGraphicsPathItem()
        self._casing.setPen(shapes.casing(2.0))
        self._casing.setZValue(Z_HOVER)
        self._line = QGraphicsPathItem()
        self._line.setZValue(Z_HOVER + 1)
        self._tag = QGraphicsPixmapItem()
        self._tag.setFlag(_IGNORES)
        self._tag.setZValue(Z_TAG)
        self._mark: QAbstractGraphicsShapeItem | None = None
        self._radius = RADIUS
        for one in (self._casing, self._line, self._tag):
            one.hide()
            scene.addItem(one)

    def set_size(self, factor: float) -> None:
        """How large the mark of a hovered landmark is, 1.0 as usual."""
        self._radius = RADIUS * factor

    def hide(self) -> None:
        for one in (self._casing, self._line, self._tag):
            one.hide()
        if self._mark is not None:
            self._scene.removeItem(self._mark)
            self._mark = None

    def show(
        self, target: HitTarget, at: QPointF, shown: Shown, selected: int, layers: Layers, ratio: float
    ) -> None:
        """Mark what is hovered, with a tag near ``at`` (image pixels) or at the landmark."""
        self.hide()
        garment = shown.garment(target.garment_id)
        if garment is None:
            return
        colour = shown.colour(garment)
        if target.kind is HitKind.LANDMARK:
            drawn = shown.drawn(garment)[target.index]
            state = Visibility(int(garment.visibility[target.index]))
            if state is not Visibility.CUT_OFF:
                self._mark = mark(state, colour, self._radius, (1.0, 0.0))
                self._mark.setZValue(Z_HOVER_MARK)
                self._mark.setPos(*drawn.tolist())
                self._scene.addItem(self._mark)
            name = shown.landmark_name(garment, target.index)
            self._show_tag(f"{target.index + 1}  {name}", colour, QPointF(*drawn.tolist()), ratio)
        elif target.kind is HitKind.MASK and garment.id != selected:
            path = QPainterPath()
            if layers.masks:
                path = shapes.mask_path(garment)
            elif layers.boxes and garment.box is not None:
                path = shapes.box_path(garment.box)
            self._casing.setPath(path)
            self._line.setPath(path)
            self._line.setPen(shapes.pen(colour, 2.0))
            filled = QBrush(shapes.fill(colour, 0.12)) if layers.masks else QBrush(Qt.BrushStyle.NoBrush)
            self._line.setBrush(filled)
            self._casing.show()
            self._line.show()
            text = f"{shown.number(garment.id)}  {shown.category_name(garment)}"
            self._show_tag(text, colour, at, ratio)

    def _show_tag(self, text: str, colour: str, at: QPointF, ratio: float) -> None:
        self._tag.setPixmap(labels.tag(text, colour, ratio))
        self._tag.setPos(at)
        self._tag.setOffset(14.0, 12.0)
        self._tag.show()

    def move_tag(self, at: QPointF) -> None:
        if self._tag.isVisible() and self._mark is None:
            self._tag.setPos(at)


class RubberBand:
    """A dashed white rectangle with its casing, until the button is released."""

    def __init__(self, scene: QGraphicsScene) -> None:
        self._lines = []
        for z, pen in (
            (Z_RUBBER, shapes.casing(1.6)),
            (Z_RUBBER + 1, shapes.pen("#FFFFFF", 1.6, dashed=True)),
        ):
            line = QGraphicsPathItem()
            line.setPen(pen)
            line.setZValue(z)
            line.hide()
            scene.addItem(line)
            self._lines.append(line)

    def show(self, box: Floats | None) -> None:
        for line in self._lines:
            line.setVisible(box is not None)
            if box is not None:
                line.setPath(shapes.box_path(box))

    def show_way(self, way: Sequence[Point]) -> None:
        """A line through points of the image that closes itself; none for fewer than two."""
        path = QPainterPath()
        path.addPolygon(QPolygonF([QPointF(*at) for at in way]))
        path.closeSubpath()
        for line in self._lines:
            line.setVisible(len(way) > 1)
            line.setPath(path)


class Leader:
    """The thin line from a landmark to the loupe, in image pixels."""

    def __init__(self, scene: QGraphicsScene) -> None:
        self._lines = []
        for z, pen in ((Z_LEADER, shapes.casing(1.0)), (Z_LEADER + 1, shapes.pen("#FFFFFF", 1.0))):
            line = QGraphicsPathItem()
            line.setPen(pen)
            line.setZValue(z)
            line.hide()
            scene.addItem(line)
            self._lines.append(line)

    def show(self, ends: tuple[QPointF, QPointF] | None) -> None:
        for line in self._lines:
            line.setVisible(ends is not None)
            if ends is not None:
                path = QPainterPath(ends[0])
                path.lineTo(ends[1])
                line.setPath(path)
