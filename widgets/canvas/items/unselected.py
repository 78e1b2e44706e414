"""The garments that are not selected: two items each for mask, links and box, and the landmarks.

One path for several garments would be fewer items, and was measured to be drawn four times slower.
Items are used again for the next image. Where there are very many, a :class:`Crowd` shows them instead.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QPainterPath
from PySide6.QtWidgets import QGraphicsPathItem, QGraphicsScene

from store.records import Garment
from widgets.canvas.items import shapes
from widgets.canvas.items.crowd import Crowd
from widgets.canvas.items.figures import RADIUS, WIDTH, Look
from widgets.canvas.items.landmarks import LandmarkMarks
from widgets.canvas.state import NO_LAYERS, Layers, Shown

Z_MASK, Z_LINK, Z_BOX, Z_LANDMARK = 10.0, 20.0, 30.0, 40.0
#: From so many landmarks and corners on, of all garments of an image, they are a crowd. As items these take
#: some 20 ms to be painted.
CROWD = 1500
_RUN_LENGTHS = 100

_NO_BRUSH = QBrush(Qt.BrushStyle.NoBrush)


class _Lines:
    """Paths of one kind, each with a casing below all the lines."""

    def __init__(self, scene: QGraphicsScene, z: float) -> None:
        self._scene = scene
        self._z = z
        self._pairs: list[tuple[QGraphicsPathItem, QGraphicsPathItem]] = []
        self._in_use = 0

    def show(self, paths: Sequence[tuple[str, QPainterPath]], filled: float = 0.0) -> None:
        while len(self._pairs) < len(paths):
            self._pairs.append((self._item(self._z), self._item(self._z + 1)))
            self._pairs[-1][0].setPen(shapes.casing(WIDTH))
        for (casing, line), (colour, path) in zip(self._pairs, paths, strict=False):
            casing.setPath(path)
            line.setPath(path)
            line.setPen(shapes.pen(colour, WIDTH))
            line.setBrush(QBrush(shapes.fill(colour, filled)) if filled else _NO_BRUSH)
            casing.setVisible(True)
            line.setVisible(True)
        for pair in self._pairs[len(paths) : self._in_use]:
            for item in pair:
                item.setVisible(False)
        self._in_use = len(paths)

    def _item(self, z: float) -> QGraphicsPathItem:
        made = QGraphicsPathItem()
        made.setZValue(z)
        self._scene.addItem(made)
        return made


class UnselectedItems:
    """Draws all garments but the selected one."""

    def __init__(self, scene: QGraphicsScene) -> None:
        self._scene = scene
        self._masks = _Lines(scene, Z_MASK)
        self._links = _Lines(scene, Z_LINK)
        self._boxes = _Lines(scene, Z_BOX)
        self.marks: list[LandmarkMarks] = []
        self._radius = RADIUS
        self._paths: dict[int, tuple[Garment, QPainterPath]] = {}
        self.crowd = Crowd(scene)

    def set_size(self, factor: float) -> None:
        """How large landmarks are, 1.0 as usual; in force with the next ``show``."""
        self._radius = RADIUS * factor
        for marks in self.marks:
            marks.set_radius(self._radius)

    def show(self, shown: Shown, but: int, layers: Layers, opacity: float) -> None:
        """``but`` is the id of the selected garment, ``opacity`` that of fills, 0 to 1."""
        garments = [one for one in shown.visible if one.id != but]
        if not _is_crowd(shown.garments):
            self.crowd.clear()
        elif layers == NO_LAYERS:
            garments = []
            self.crowd.pause()
        else:
            self.crowd.show_all(garments, shown, Look(layers, opacity, self._radius))
            garments = []
        self._show_items(garments, shown, layers, opacity)

    def _show_items(self, garments: Sequence[Garment], shown: Shown, layers: Layers, opacity: float) -> None:
        self._paths = {key: value for key, value in self._paths.items() if shown.garment(key)}
        masks = [(shown.colour(one), self._mask(one)) for one in garments] if layers.masks else []
        self._masks.show([pair for pair in masks if not pair[1].isEmpty()], opacity)
        links = []
        if layers.landmarks:
            for one in garments:
                schema = shown.schema(one)
                if schema and schema.links and len(one.points):
                    links.append((shown.colour(one), shapes.link_path(shown.drawn(one), schema.links)))
        self._links.show(links)
        boxes = [(shown.colour(one), shapes.box_path(one.box)) for one in garments if one.box is not None]
        self._boxes.show(boxes if layers.boxes else [])
        self._show_marks(shown, garments if layers.landmarks else [])

    def _mask(self, garment: Garment) -> QPainterPath:
        kept = self._paths.get(garment.id)
        if kept is None or kept[0] is not garment:
            kept = (garment, shapes.mask_path(garment))
            self._paths[garment.id] = kept
        return kept[1]

    def _show_marks(self, shown: Shown, garments: Sequence[Garment]) -> None:
        with_landmarks = [one for one in garments if len(one.points)]
        while len(self.marks) < len(with_landmarks):
            self.marks.append(LandmarkMarks(self._scene, Z_LANDMARK, self._radius))
        for marks, one in zip(self.marks, with_landmarks, strict=False):
            marks.show(one, shown.drawn(one), shown.colour(one), shown.size)
        for marks in self.marks[len(with_landmarks) :]:
            marks.clear()


def _is_crowd(garments: Sequence[Garment]) -> bool:
    """Whether there is too much of them to be painted with every step."""
    return sum(map(_weight, garments)) >= CROWD


def _weight(garment: Garment) -> int:
    """Landmarks and corners. How many corners run lengths have is known only once they are traced."""
    pixels = _RUN_LENGTHS if garment.rle is not None and not garment.polygons else 0
    return len(garment.points) + sum(map(len, garment.polygons)) + pixels
