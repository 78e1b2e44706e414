"""Very many garments: painted into tiles between events, as they look as items."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QImage

from resources.taxonomy import Category
from store.records import Garment, Visibility
from tests.gui.canvas.canvas_hand import template
from widgets.canvas import Canvas
from widgets.canvas.items import unselected
from widgets.canvas.items.crowd import Crowd
from widgets.canvas.items.figures import REACH, Figure

ACROSS, DOWN = 10, 8


@pytest.fixture
def many() -> list[Garment]:
    """80 garments side by side, with every visibility and every kind of mask."""
    return [_garment(place) for place in range(ACROSS * DOWN)]


def _garment(place: int) -> Garment:
    x, y = 60 * (place % ACROSS) + 8, 100 * (place // ACROSS) + 8
    points = template(4, x, y, 80)
    states = np.array([(place + n) % 4 for n in range(len(points))], np.uint8)
    points[states == Visibility.UNLABELLED] = 0
    outline = [[x, y], [x + 40, y], [x + 44, y + 40], [x + 40, y + 80], [x, y + 80]]
    return Garment(
        id=place + 1,
        image_id=1,
        position=place,
        category_id=(4, 8, 9)[place % 3],
        box=[x - 2, y - 2, x + 46, y + 82],
        points=points,
        visibility=states,
        polygons=(outline,),
    )


def crowd_of(canvas: Canvas) -> Crowd:
    return canvas._overlays.unselected.crowd


def seen(canvas: Canvas) -> np.ndarray:
    """What the canvas shows, as ``(h, w, 3)``."""
    image = canvas.viewport().grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine() // 4, 4)
    return pixels[:, : image.width(), :3].astype(np.int16)


@pytest.fixture
def settled(qtbot: object, canvas: Canvas) -> Callable[[], np.ndarray]:
    """What the canvas shows once all tiles are there."""

    def wait() -> np.ndarray:
        canvas.viewport().grab()
        qtbot.waitUntil(lambda: crowd_of(canvas).is_done, timeout=20_000)  # type: ignore[attr-defined]
        return seen(canvas)

    return wait


def test_a_crowd_looks_as_its_items_would(
    canvas: Canvas,
    many: list[Garment],
    all_categories: dict[int, Category],
    settled: Callable[[], np.ndarray],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bare = seen_without(canvas, all_categories)
    canvas.show_garments(many, all_categories)
    canvas.select(14)
    assert crowd_of(canvas).ids == {one.id for one in many} - {14}
    crowd = settled()
    monkeypatch.setattr(unselected, "CROWD", 10**9)
    canvas.show_garments([], {})
    canvas.show_garments(many, all_categories)
    canvas.select(14)
    assert not crowd_of(canvas).ids
    items = seen(canvas)
    drawn = (np.abs(items - bare).sum(axis=2) > 30).mean()
    other = (np.abs(items - crowd).sum(axis=2) > 200).mean()
    assert drawn > 0.1
    # Marks are copied to whole pixels: their edges differ, and nothing else.
    assert other < 0.1 * drawn


def seen_without(canvas: Canvas, categories: dict[int, Category]) -> np.ndarray:
    canvas.show_garments([], categories)
    return seen(canvas)


def test_another_selection_paints_only_the_tiles_of_both(
    canvas: Canvas,
    many: list[Garment],
    all_categories: dict[int, Category],
    settled: Callable[[], np.ndarray],
) -> None:
    canvas.show_garments(many, all_categories)
    canvas.select(1)
    settled()
    tiles = crowd_of(canvas)._tiles
    before = dict(tiles._pictures)
    canvas.select(2)
    now = settled()
    # Those around the view, painted ahead, may have come meanwhile.
    fresh = {place for place, picture in before.items() if tiles.picture(place) is not picture}
    touched = {place for one in many[:2] for place in tiles.places(crowd_area(canvas, one))}
    assert fresh
    assert fresh <= touched
    canvas.show_garments([], {})
    canvas.show_garments(many, all_categories)
    canvas.select(2)
    assert np.array_equal(settled(), now)


def crowd_area(canvas: Canvas, garment: Garment) -> QRectF:
    room = REACH / canvas.zoom
    return Figure(garment, canvas.shown).bounds.adjusted(-room, -room, room, room)


def test_what_a_garment_became_is_painted(
    canvas: Canvas,
    many: list[Garment],
    all_categories: dict[int, Category],
    settled: Callable[[], np.ndarray],
) -> None:
    canvas.show_garments(many, all_categories)
    canvas.select(1)
    settled()
    gone = many[:40] + many[41:]
    canvas.update_garments(gone, all_categories, {41})
    after = settled()
    x, y = (many[40].box[:2] + many[40].box[2:]) / 2
    at = canvas.map_from_image(QPointF(float(x), float(y))).toPoint()
    assert 41 not in crowd_of(canvas).ids
    assert after[at.y(), at.x()].tolist() == [0xAA, 0x99, 0x88]


def test_a_new_zoom_shows_the_old_tiles_stretched_till_its_own_are_there(
    canvas: Canvas,
    many: list[Garment],
    all_categories: dict[int, Category],
    settled: Callable[[], np.ndarray],
) -> None:
    canvas.show_garments(many, all_categories)
    settled()
    canvas.set_zoom(canvas.zoom * 1.3)
    canvas.viewport().grab()
    assert not crowd_of(canvas).is_done
    at_once = seen(canvas)
    crisp = settled()
    sheet = np.array([0xAA, 0x99, 0x88])
    drawn = np.abs(crisp - sheet).sum(axis=2) > 30
    covered = np.abs(at_once - sheet).sum(axis=2) > 30
    assert (drawn & covered).sum() > 0.8 * drawn.sum()
    assert (at_once != crisp).any()


def test_nothing_of_another_image_is_shown(
    canvas: Canvas,
    many: list[Garment],
    all_categories: dict[int, Category],
    settled: Callable[[], np.ndarray],
) -> None:
    bare = seen_without(canvas, all_categories)
    canvas.show_garments(many, all_categories)
    settled()
    far = [one.but(id=one.id + 1000) for one in many]
    canvas.show_garments(far, all_categories)
    assert not len(crowd_of(canvas)._tiles)
    canvas.show_garments([], {})
    assert np.array_equal(seen(canvas), bare)


def test_hidden_overlays_come_back_at_once(
    canvas: Canvas,
    many: list[Garment],
    all_categories: dict[int, Category],
    settled: Callable[[], np.ndarray],
) -> None:
    bare = seen_without(canvas, all_categories)
    canvas.show_garments(many, all_categories)
    before = settled()
    canvas.hide_overlays(True)
    assert np.array_equal(seen(canvas), bare)
    canvas.hide_overlays(False)
    assert np.array_equal(seen(canvas), before)


def test_a_layer_goes_and_comes(
    canvas: Canvas,
    many: list[Garment],
    all_categories: dict[int, Category],
    settled: Callable[[], np.ndarray],
) -> None:
    canvas.show_garments(many, all_categories)
    whole = settled()
    canvas.set_layers(landmarks=False, masks=True, boxes=False)
    fewer = settled()
    assert (fewer != whole).any(axis=2).mean() > 0.05
    canvas.set_layers(landmarks=True, masks=True, boxes=True)
    assert np.array_equal(settled(), whole)


def test_few_garments_are_items(canvas: Canvas, garments: list[Garment]) -> None:
    assert not crowd_of(canvas).ids
    assert len(canvas._overlays.unselected.marks)
