"""What is being drawn and is no garment's yet: a polygon's corners, a brush's circle and stroke, a
preview."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QPolygonF, QTransform
from PySide6.QtWidgets import (
    QGraphicsEllipseItem,
    QGraphicsItem,
    QGraphicsPathItem,
    QGraphicsRectItem,
    QGraphicsScene,
    QStyleOptionGraphicsItem,
    QWidget,
)

from store.geometry import Point
from widgets.canvas.items import shapes
from widgets.canvas.items.cased import CasedPath

Z_STROKE, Z_LINE, Z_CORNER, Z_CIRCLE = 58.0, 72.0, 74.0, 76.0
#: Opacity of what a brush has covered so far, and of a mask that is only proposed.
COVER, PROPOSED = 0.45, 0.35
#: What an eraser has covered.
ERASED = "#FFFFFF"

_IGNORES = QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations


class StrokeLayer(QGraphicsItem):
    """A stroke as it is drawn, in the pixels of the screen: what it costs does not grow with the picture.

    It belongs to one view that does not move while the button is down.
    """

    def __init__(self) -> None:
        super().__init__()
        self._image = QImage()
        self._to_scene = QTransform()
        self._bounds = QRectF()
        self._colour = QColor()
        self.setZValue(Z_STROKE)
        self.hide()

    def begin(self, view: QTransform, size: QSize, ratio: float, colour: QColor) -> None:
        """Start anew: ``view`` leads from the scene to a viewport of ``size`` logical pixels."""
        self.prepareGeometryChange()
        self._image = QImage(size * ratio, QImage.Format.Format_ARGB32_Premultiplied)
        self._image.setDevicePixelRatio(ratio)
        self._image.fill(Qt.GlobalColor.transparent)
        self._to_scene = view.inverted()[0]
        self._bounds = self._to_scene.mapRect(QRectF(0, 0, size.width(), size.height()))
        self._colour = colour
        self.show()

    def add(self, start: QPointF, end: QPointF, width: float) -> None:
        """Cover a piece of the way, in viewport pixels."""
        painter = QPainter(self._image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # The colour replaces what is there: a stroke that crosses itself is no darker for it.
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        painter.setPen(QPen(self._colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        if start == end:
            painter.drawPoint(start)
        else:
            painter.drawLine(start, end)
        painter.end()
        reach = width / 2 + 2
        dirty = QRectF(start, end).normalized().adjusted(-reach, -reach, reach, reach)
        self.update(self._to_scene.mapRect(dirty))

    def end(self) -> None:
        """Show nothing any more."""
        self.hide()
        self._image = QImage()

    def boundingRect(self) -> QRectF:
        return self._bounds

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, _widget: QWidget | None = None
    ) -> None:
        back = self._to_scene.inverted()[0]
        part = back.mapRect(option.exposedRect).toAlignedRect() & QRect(
            0, 0, round(self._image.width() / self._ratio), round(self._image.height() / self._ratio)
        )
        if part.isEmpty():
            return
        painter.save()
        painter.setTransform(self._to_scene, True)
        ratio = self._ratio
        source = QRectF(part.x() * ratio, part.y() * ratio, part.width() * ratio, part.height() * ratio)
        painter.drawImage(QRectF(part), self._image, source)
        painter.restore()

    @property
    def _ratio(self) -> float:
        return max(self._image.devicePixelRatio(), 1e-6)


class Sketch:
    """The items of what is being drawn, on one canvas."""

    def __init__(self, scene: QGraphicsScene) -> None:
        self._scene = scene
        self._way = CasedPath(scene, Z_LINE, 1.6, dashed=True)
        self._mask = CasedPath(scene, Z_LINE - 2, 1.6, dashed=True)
        self._cross = CasedPath(scene, Z_CIRCLE, 2.0, dashed=False)
        self._corners: list[QGraphicsRectItem] = []
        self._marks: list[QGraphicsPathItem] = []
        self._circle = [QGraphicsEllipseItem() for _ in range(2)]
        self._dashed = False
        for item, z in zip(self._circle, (Z_CIRCLE, Z_CIRCLE + 1), strict=True):
            item.setZValue(z)
            item.hide()
            scene.addItem(item)
        self.stroke = StrokeLayer()
        self.stroke.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        scene.addItem(self.stroke)

    def show_way(self, corners: Sequence[Point], to: Point | None = None, *, closes: bool = False) -> None:
        """A polygon that is being drawn: its corners so far, on to the pointer; ``closes``: a click there
        closes it. Nothing where there are no corners."""
        path = QPainterPath()
        line = [*corners, *([corners[0] if closes else to] if corners and to is not None else [])]
        path.addPolygon(QPolygonF([QPointF(*at) for at in line]))
        self._way.show(path if len(line) > 1 else None)
        self.show_corners(corners, current=0 if closes else -1)

    def show_corners(self, corners: Sequence[Point], current: int = -1) -> None:
        """Small squares at corners; the current one is larger."""
        while len(self._corners) < len(corners):
            item = QGraphicsRectItem()
            item.setPen(shapes.pen(shapes.EDGE_NAME, 1.0))
            item.setBrush(QColor("white"))
            item.setFlag(_IGNORES)
            item.setZValue(Z_CORNER)
            self._scene.addItem(item)
            self._corners.append(item)
        for place, item in enumerate(self._corners):
            item.setVisible(place < len(corners))
            if place < len(corners):
                half = 5.0 if place == current else 3.0
                item.setRect(-half, -half, 2 * half, 2 * half)
                item.setPos(*corners[place])

    def show_circle(self, at: Point | None, radius: float = 1.0, *, dashed: bool = False) -> None:
        """The brush at its true size, in image pixels; an eraser's is dashed."""
        pens = (shapes.casing(1.4), shapes.pen("#FFFFFF", 1.4, dashed))
        for item, pen in zip(self._circle, pens, strict=True):
            item.setVisible(at is not None)
            if at is not None:
                item.setRect(at[0] - radius, at[1] - radius, 2 * radius, 2 * radius)
                if item.pen() != pen:
                    item.setPen(pen)

    def show_mask(self, path: QPainterPath | None, colour: str = ERASED) -> None:
        """A mask that is proposed and not accepted; None for none."""
        self._mask.show(path, shapes.fill(colour, PROPOSED))

    def show_marks(self, marks: Sequence[tuple[Sequence[Point], float, str]]) -> None:
        """Strokes that say what is meant: their points, radius and colour."""
        for item in self._marks:
            self._scene.removeItem(item)
        self._marks = []
        for points, radius, colour in marks:
            path = QPainterPath(QPointF(*points[0]))
            for at in points[1:] or [(points[0][0] + 0.01, points[0][1])]:
                path.lineTo(*at)
            item = QGraphicsPathItem(path)
            pen = QPen(shapes.fill(colour, COVER), 2 * radius)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            item.setPen(pen)
            item.setZValue(Z_STROKE)
            self._scene.addItem(item)
            self._marks.append(item)

    def show_crossing(self, at: Point | None, reach: float) -> None:
        """A cross where an outline crosses itself, ``reach`` image pixels large; None for none."""
        if at is None:
            self._cross.show(None)
            return
        x, y = at
        path = QPainterPath()
        for dx in (-reach, reach):
            path.moveTo(x - dx, y - reach)
            path.lineTo(x + dx, y + reach)
        self._cross.show(path)

    def clear(self) -> None:
        """Show nothing."""
        self.show_way(())
        self.show_circle(None)
        self.show_mask(None)
        self.show_marks(())
        self.show_crossing(None, 0.0)
        self.stroke.end()
