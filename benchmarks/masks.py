"""Strokes and corners of masks in the real canvas: what a step of the mouse takes until it is painted.

Usage: python -m benchmarks masks. A brush stroke on a mask of 4000 x 3000 pixels, as polygons and as run
lengths, with the end of the stroke (the edit) told apart; a corner dragged beside 200 garments.
"""

from __future__ import annotations

import os
from time import perf_counter

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from resources.taxonomy import categories, category
from store import masks
from store.outlines import areas
from store.records import Garment, Visibility
from widgets import style
from widgets.canvas import Canvas

SIZE = (4000, 3000)
_STEPS = 300
_BRUSH = 120


def _canvas(garments: list[Garment], size: tuple[int, int]) -> Canvas:
    known = {one.id: one for one in categories()}
    canvas = Canvas()
    canvas.resize(1180, 760)
    canvas.show()
    picture = QImage(*size, QImage.Format.Format_RGB32)
    picture.fill(QColor("#8899AA"))
    canvas.show_picture(picture, *size)
    canvas.show_garments(garments, known)
    QTest.qWaitForWindowExposed(canvas)
    _paint()

    def apply(edit: object) -> None:
        after = edit.changes[0].after  # type: ignore[attr-defined]
        left = [after if one.id == after.id else one for one in canvas.shown.garments]
        canvas.update_garments(left, known, [after.id])

    canvas.edited.connect(apply)
    return canvas


def _paint() -> None:
    """Paint what is to be painted, as the event loop would next: the scene says what, then the window
    paints."""
    for _ in range(3):
        QApplication.sendPostedEvents()


def _drag(canvas: Canvas, way: list[tuple[float, float]]) -> tuple[list[float], float]:
    """Milliseconds of each step until it is painted, and of letting go."""
    view = canvas.viewport()
    places = [canvas.map_from_image(QPointF(*at)).toPoint() for at in way]
    QTest.mousePress(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, places[0])
    steps = []
    for place in places[1:]:
        began = perf_counter()
        QTest.mouseMove(view, place)
        _paint()
        steps.append((perf_counter() - began) * 1000)
    began = perf_counter()
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, places[-1])
    _paint()
    return steps, (perf_counter() - began) * 1000


def _said(name: str, steps: list[float], end: float) -> None:
    p50, p95 = np.percentile(steps, (50, 95))
    print(f"{name:46} step p50 {p50:6.2f} ms   p95 {p95:6.2f} ms   end {end:7.1f} ms")


def _ellipse(x: float, y: float, across: float, down: float, corners: int) -> np.ndarray:
    angles = np.arange(corners) / corners * 2 * np.pi
    return np.column_stack([x + across * np.cos(angles), y + down * np.sin(angles)])


def _stroke(name: str, garment: Garment) -> None:
    canvas = _canvas([garment], SIZE)
    canvas.brush.set_size(_BRUSH)
    for tool in ("brush", "eraser"):
        canvas.select(1)
        canvas.set_tool(tool)
        turns = np.linspace(0, 6 * np.pi, _STEPS)
        way = list(zip(2000 + 1500 * np.cos(turns / 3), 1500 + 900 * np.sin(turns), strict=True))
        _said(f"{tool} on {name}", *_drag(canvas, way))
    canvas.close()


def _corner(count: int) -> None:
    garments = []
    schema = category(4).schema
    for place in range(count):
        x, y = 100 + 190 * (place % 20), 150 + 280 * (place // 20)
        points = np.column_stack([np.linspace(x - 80, x + 80, schema.size), np.full(schema.size, y)])
        states = np.full(schema.size, Visibility.VISIBLE, np.uint8)
        outline = _ellipse(x, y, 85, 130, 60)
        garments.append(
            Garment(
                id=place + 1,
                category_id=4,
                position=place,
                box=[x - 85, y - 130, x + 85, y + 130],
                points=points,
                visibility=states,
                polygons=(outline,),
            )
        )
    canvas = _canvas(garments, SIZE)
    canvas.select(1)
    canvas.set_tool("polygon")
    x, y = garments[0].polygons[0][15].tolist()
    way = [(x + 40 * np.sin(turn), y + turn) for turn in np.linspace(0, 20, _STEPS)]
    _said(f"a corner beside {count} garments of 39 landmarks", *_drag(canvas, way))
    canvas.close()


def main() -> None:
    """Measure and print."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication.instance() or QApplication([])
    style.apply(app, "dark")
    areas.union_of(())
    outline = _ellipse(2000, 1500, 1300, 1000, 400)
    _stroke("400 corners at 4000 x 3000", Garment(id=1, category_id=4, polygons=(outline,)))
    mask = masks.polygons_mask([outline], SIZE[1], SIZE[0])
    _stroke("run lengths at 4000 x 3000", Garment(id=1, category_id=4, rle=masks.encode(mask)))
    _corner(200)


if __name__ == "__main__":
    main()
