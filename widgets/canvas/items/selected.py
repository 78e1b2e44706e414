"""The selected garment: stronger lines, numbers, box handles, vertices, its tag and the current ring."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QPainterPath
from PySide6.QtWidgets import (
    QGraphicsEllipseItem,
    QGraphicsItem,
    QGraphicsPathItem,
    QGraphicsPixmapItem,
    QGraphicsRectItem,
    QGraphicsScene,
)

from store.geometry import Point, extent, handle_points
from store.outlines.rings import rings
from store.records import Floats, Garment
from widgets.canvas.items import labels, shapes
from widgets.canvas.items.landmarks import LandmarkMarks, Numbers
from widgets.canvas.state import Layers, Selection, Shown

Z_MASK, Z_LINK, Z_BOX, Z_TAG, Z_HANDLE, Z_LANDMARK, Z_RING, Z_NUMBER = (50.0 + n for n in range(0, 16, 2))
WIDTH = 1.6
RING = 10.0

_IGNORES = QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations


class _Line:
    """One path with its casing."""

    def __init__(self, scene: QGraphicsScene, z: float, width: float = WIDTH) -> None:
        self._width = width
        self.casing = QGraphicsPathItem()
        self.casing.setPen(shapes.casing(width))
        self.casing.setZValue(z)
        self.line = QGraphicsPathItem()
        self.line.setZValue(z + 1)
        self._of: tuple[object, ...] = ()
        self._look = ("", -1.0)
        scene.addItem(self.casing)
        scene.addItem(self.line)

    def show(
        self, of: tuple[object, ...], path: Callable[[], QPainterPath], colour: str, filled: float = 0.0
    ) -> None:
        """Show a path. It is made only where ``of``, the very objects it is made from, are others: a drag
        changes one thing of many."""
        if len(of) != len(self._of) or any(a is not b for a, b in zip(of, self._of, strict=True)):
            self._of, made = of, path()
            self.casing.setPath(made)
            self.line.setPath(made)
        if (colour, filled) != self._look:
            self._look = (colour, filled)
            self.line.setPen(shapes.pen(colour, self._width))
            brush = QBrush(shapes.fill(colour, filled)) if filled else QBrush(Qt.BrushStyle.NoBrush)
            self.line.setBrush(brush)
        self.set_visible(True)

    def set_visible(self, visible: bool) -> None:
        self.casing.setVisible(visible)
        self.line.setVisible(visible)


class _Squares:
    """White squares of one size in screen pixels, as handles and vertices are."""

    def __init__(self, scene: QGraphicsScene, z: float, side: float) -> None:
        self._scene = scene
        self._z = z
        self._side = side
        self._squares: list[QGraphicsRectItem] = []
        self._in_use = 0

    def show(self, places: list[list[float]]) -> None:
        while len(self._squares) < len(places):
            half = self._side / 2
            square = QGraphicsRectItem(-half, -half, self._side, self._side)
            square.setPen(shapes.pen(shapes.EDGE_NAME, 1.0))
            square.setBrush(QColor("white"))
            square.setFlag(_IGNORES)
            square.setZValue(self._z)
            self._scene.addItem(square)
            self._squares.append(square)
        for square, (x, y) in zip(self._squares, places, strict=False):
            square.setPos(x, y)
            square.setVisible(True)
        # Kept for the next garment: hiding costs less than making new ones.
        for square in self._squares[len(places) : self._in_use]:
            square.setVisible(False)
        self._in_use = len(places)


class _Ring:
    """The white ring of the current landmark, or the thin one of others marked with it."""

    def __init__(self, scene: QGraphicsScene, radius: float, width: float) -> None:
        self._rings = []
        for z, pen in ((Z_RING, shapes.casing(width)), (Z_RING + 1, shapes.pen("#FFFFFF", width))):
            ring = QGraphicsEllipseItem(shapes.disc(radius))
            ring.setPen(pen)
            ring.setFlag(_IGNORES)
            ring.setZValue(z)
            ring.hide()
            scene.addItem(ring)
            self._rings.append(ring)

    def show(self, place: list[float] | None) -> None:
        for ring in self._rings:
            ring.setVisible(place is not None)
            if place is not None:
                ring.setPos(*place)

    def remove(self, scene: QGraphicsScene) -> None:
        for ring in self._rings:
            scene.removeItem(ring)


class SelectedItems:
    """Draws the selected garment. ``show`` is cheap enough to be called for every mouse move."""

    def __init__(self, scene: QGraphicsScene) -> None:
        self._scene = scene
        self._mask = _Line(scene, Z_MASK)
        self._links = _Line(scene, Z_LINK)
        self._box = _Line(scene, Z_BOX)
        self._handles = _Squares(scene, Z_HANDLE, 8.0)
        self._vertices = _Squares(scene, Z_HANDLE, 6.0)
        self._marks = LandmarkMarks(scene, Z_LANDMARK, shapes.RADIUS)
        self._numbers = Numbers(scene, Z_NUMBER)
        self._ring = _Ring(scene, RING, 2.2)
        self._others: dict[int, _Ring] = {}
        self._tag = QGraphicsPixmapItem()
        self._tag.setFlag(_IGNORES)
        self._tag.setZValue(Z_TAG)
        scene.addItem(self._tag)
        self.hide()

    def set_size(self, factor: float) -> None:
        """How large landmarks are, 1.0 as usual; in force with the next ``show``."""
        self._marks.set_radius(shapes.RADIUS * factor)

    def hold(self, held: bool) -> None:
        """Keep the mask as it is painted while a stroke is drawn over it: an outline of thousands of corners
        is not painted anew for each step."""
        mode = QGraphicsItem.CacheMode
        for item in (self._mask.casing, self._mask.line):
            item.setCacheMode(mode.DeviceCoordinateCache if held else mode.NoCache)

    def hide(self) -> None:
        for line in (self._mask, self._links, self._box):
            line.set_visible(False)
        self._handles.show([])
        self._vertices.show([])
        self._marks.clear()
        self._numbers.clear()
        self._ring.show(None)
        self._show_others(None, frozenset())
        self._tag.hide()

    def show(
        self,
        shown: Shown,
        selection: Selection,
        layers: Layers,
        *,
        opacity: float,
        handles: bool,
        zoom: float,
        ratio: float,
        names: bool = False,
    ) -> None:
        """``opacity`` is that of the mask's fill; ``handles`` asks for the box even where boxes are off;
        ``names``: landmarks are labelled by name instead of by number."""
        garment = shown.garment(selection.garment_id)
        if garment is None or garment.id in shown.hidden:
            self.hide()
            return
        colour = shown.colour(garment)
        self._mask.set_visible(layers.masks)
        if layers.masks:
            made_from = (*garment.polygons, garment.rle, garment.extra if garment.rle else None)
            self._mask.show(made_from, partial(shapes.mask_path, garment), colour, opacity)
        box = garment.box if layers.boxes or handles else None
        self._box.set_visible(box is not None)
        if box is not None:
            self._box.show((box,), partial(shapes.box_path, box), colour)
        self._handles.show([] if box is None else handle_points(box).tolist())
        self._show_landmarks(shown, garment, selection, layers, zoom, ratio, names)
        self._show_tag(shown, garment, layers, zoom, ratio)

    def show_vertices(self, garment: Garment | None, at: Point | None, reach: float) -> None:
        """Draw the vertices of a garment within ``reach`` of a point, in image pixels; None for none."""
        near: list[list[float]] = []
        if garment is not None and at is not None:
            for polygon in rings(garment):
                near += polygon[np.hypot(*(polygon - at).T) <= reach].tolist()
        self._vertices.show(near)

    def _show_landmarks(
        self,
        shown: Shown,
        garment: Garment,
        selection: Selection,
        layers: Layers,
        zoom: float,
        ratio: float,
        names: bool,
    ) -> None:
        schema = shown.schema(garment)
        self._links.set_visible(layers.landmarks and schema is not None)
        if not layers.landmarks:
            self._marks.clear()
            self._numbers.clear()
            self._ring.show(None)
            self._show_others(None, frozenset())
            return
        drawn = shown.drawn(garment)
        colour = shown.colour(garment)
        if schema is not None:
            self._links.show((drawn, schema), partial(shapes.link_path, drawn, schema.links), colour)
        self._marks.show(garment, drawn, colour, shown.size)
        self._numbers.show(drawn, selection.landmark, zoom, ratio, shown.labels(garment) if names else ())
        current = shown.is_drawn(garment, selection.landmark)
        self._ring.show(drawn[selection.landmark].tolist() if current else None)
        self._show_others(drawn, selection.others - {selection.landmark})

    def _show_others(self, drawn: Floats | None, others: frozenset[int]) -> None:
        for index in self._others.keys() - others:
            self._others.pop(index).remove(self._scene)
        for index in others:
            if drawn is None or index >= len(drawn):
                continue
            ring = self._others.setdefault(index, _Ring(self._scene, RING - 1.5, 1.2))
            place = drawn[index].tolist()
            ring.show(None if math.isnan(place[0]) else place)

    def update_zoom(
        self,
        shown: Shown,
        selection: Selection,
        layers: Layers,
        zoom: float,
        ratio: float,
        names: bool = False,
    ) -> None:
        """What depends on the zoom: which numbers have room, and where the tag goes."""
        garment = shown.garment(selection.garment_id)
        if garment is None or garment.id in shown.hidden:
            return
        if layers.landmarks:
            said = shown.labels(garment) if names else ()
            self._numbers.show(shown.drawn(garment), selection.landmark, zoom, ratio, said)
        if self._tag.isVisible():
            self._show_tag(shown, garment, layers, zoom, ratio)

    def _show_tag(self, shown: Shown, garment: Garment, layers: Layers, zoom: float, ratio: float) -> None:
        box = extent(garment)
        self._tag.setVisible(box is not None)
        if box is None:
            return
        text = f"{shown.number(garment.id)}  {shown.category_name(garment)}"
        self._tag.setPixmap(labels.tag(text, shown.colour(garment), ratio))
        width, height = labels.logical_size(self._tag.pixmap())
        self._tag.setPos(float(box[0]), float(box[1]))
        # Above the box, or inside where the image begins; never over the right border of the image.
        right = max(0.0, width - (shown.size[0] - float(box[0])) * zoom)
        drawn = (shown.drawn(garment) - box[:2]) * zoom
        with np.errstate(invalid="ignore"):
            close = (drawn[:, 0] < width + 8 - right) & (drawn[:, 0] > -8 - right) & (drawn[:, 1] < 12)
        # Numbers of landmarks at the top of the box want their place just above it.
        lift = 16.0 if layers.landmarks and close.any() else 0.0
        above = float(box[1]) * zoom + 16 >= height + lift
        self._tag.setOffset(-1.0 - right, -height - 1 - lift if above else 1.0)
