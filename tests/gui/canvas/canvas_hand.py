"""Three garments, and a hand to work a canvas with."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from resources.taxonomy import category
from store.document.edits import Edit
from store.records import Garment, Visibility
from widgets.canvas import Canvas

SIZE = (600, 800)
TROUSERS, SKIRT, BOXED = 11, 12, 13


def template(category_id: int, x: float, y: float, height: float) -> np.ndarray:
    """Landmarks of a category's mean shape at a place, rounded to whole pixels."""
    schema = category(category_id).schema
    shape = np.array(schema.template) * [height * schema.template_aspect, height]
    return np.round(shape + np.array([x, y]))


def make_garments() -> list[Garment]:
    """Trousers with a mask; a small skirt that lies inside them; a box without landmarks."""
    points = template(8, 100, 100, 600)
    states = np.full(len(points), Visibility.VISIBLE, np.uint8)
    states[1] = Visibility.OCCLUDED
    states[2], points[2] = Visibility.UNLABELLED, 0
    skirt = template(9, 180, 300, 100)
    return [
        Garment(
            id=TROUSERS,
            image_id=1,
            position=0,
            category_id=8,
            box=[90, 90, 420, 720],
            points=points,
            visibility=states,
            polygons=([[90, 90], [420, 90], [420, 720], [90, 720]],),
        ),
        Garment(
            id=SKIRT,
            image_id=1,
            position=1,
            category_id=9,
            box=[170, 290, 330, 410],
            points=skirt,
            visibility=np.full(len(skirt), Visibility.VISIBLE, np.uint8),
            polygons=([[170, 290], [330, 290], [330, 410], [170, 410]],),
        ),
        Garment(id=BOXED, image_id=1, position=2, category_id=1, box=[450, 100, 580, 300]),
    ]


class Hand:
    """Real mouse events at image pixels, and the edits that come of them."""

    def __init__(self, canvas: Canvas) -> None:
        self.canvas = canvas
        self.edits: list[Edit] = []
        self.boxes: list[np.ndarray] = []
        self.selections: list[tuple[int, int]] = []
        canvas.edited.connect(self.edits.append)
        canvas.garment_drawn.connect(self.boxes.append)
        canvas.selected.connect(lambda garment, landmark: self.selections.append((garment, landmark)))

    def at(self, x: float, y: float) -> QPoint:
        """The viewport pixel of an image point."""
        return self.canvas.map_from_image(QPointF(x, y)).toPoint()

    def exact(self, x: float, y: float) -> tuple[float, float]:
        """The image point of the viewport pixel that an image point falls on."""
        place = self.canvas.map_to_image(QPointF(self.at(x, y)))
        return place.x(), place.y()

    def press(self, x: float, y: float, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.mousePress(self.canvas.viewport(), Qt.MouseButton.LeftButton, keys, self.at(x, y))

    def move(self, x: float, y: float) -> None:
        QTest.mouseMove(self.canvas.viewport(), self.at(x, y))

    def release(self, x: float, y: float, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.mouseRelease(self.canvas.viewport(), Qt.MouseButton.LeftButton, keys, self.at(x, y))

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        self.press(*start)
        self.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        self.move(*end)
        self.release(*end)

    def click(self, x: float, y: float, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        self.press(x, y, keys)
        self.release(x, y, keys)
