"""Zoom, pan and what is drawn."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from resources.taxonomy import Category
from store.records import Garment, Visibility
from tests.gui.canvas.canvas_hand import SIZE, SKIRT, TROUSERS, Hand
from widgets import style
from widgets.canvas import Canvas
from widgets.canvas.items import shapes


def turn(canvas: Canvas, at: QPointF, notches: int, keys: Qt.KeyboardModifier) -> None:
    event = QWheelEvent(
        at,
        canvas.viewport().mapToGlobal(at),
        QPoint(0, 0),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        keys,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas.viewport(), event)


@pytest.mark.parametrize("at", [QPointF(450, 350), QPointF(300, 120), QPointF(700, 600)])
def test_what_is_under_the_cursor_stays_there_while_zooming(canvas: Canvas, at: QPointF) -> None:
    for notches in (1, 3, 4, -2, 1):
        before = canvas.map_to_image(at)
        turn(canvas, at, notches, Qt.KeyboardModifier.ControlModifier)
        now = canvas.map_from_image(before)
        assert abs(now.x() - at.x()) <= 1
        assert abs(now.y() - at.y()) <= 1


def test_the_wheel_alone_pans_and_shift_turns_it_sideways(canvas: Canvas) -> None:
    canvas.set_zoom(3.0)
    before = canvas.map_to_image(QPointF(450, 350))
    turn(canvas, QPointF(450, 350), -1, Qt.KeyboardModifier.NoModifier)
    down = canvas.map_to_image(QPointF(450, 350))
    assert down.y() > before.y()
    assert down.x() == pytest.approx(before.x())
    turn(canvas, QPointF(450, 350), -1, Qt.KeyboardModifier.ShiftModifier)
    across = canvas.map_to_image(QPointF(450, 350))
    assert across.x() > down.x()
    assert across.y() == pytest.approx(down.y())


@pytest.mark.parametrize("space", [False, True])
def test_the_middle_button_or_space_pans(canvas: Canvas, hand: Hand, space: bool) -> None:
    canvas.set_zoom(2.0)
    button = Qt.MouseButton.LeftButton if space else Qt.MouseButton.MiddleButton
    keys = Qt.KeyboardModifier.NoModifier
    if space:
        QTest.keyPress(canvas, Qt.Key.Key_Space)
    under = canvas.map_to_image(QPointF(400, 300))
    QTest.mousePress(canvas.viewport(), button, keys, QPoint(400, 300))
    QTest.mouseMove(canvas.viewport(), QPoint(430, 280))
    assert canvas.map_from_image(under).toPoint() == QPoint(430, 280)
    QTest.mouseRelease(canvas.viewport(), button, keys, QPoint(430, 280))
    if space:
        QTest.keyRelease(canvas, Qt.Key.Key_Space)
    assert not hand.edits
    assert not hand.selections


def test_panning_never_loses_the_picture(canvas: Canvas) -> None:
    canvas.set_zoom(2.0)
    canvas.pan(100_000, -100_000)
    middle = canvas.map_to_image(QPointF(canvas.viewport().rect().center()))
    assert -1 <= middle.x() <= SIZE[0] + 1
    assert -1 <= middle.y() <= SIZE[1] + 1


def test_fit_shows_all_and_stays_fitted_when_the_window_changes(canvas: Canvas) -> None:
    canvas.actual_size()
    assert canvas.zoom == 1.0
    canvas.fit()
    for size in ((900, 700), (400, 900)):
        canvas.resize(*size)
        corners = [canvas.map_from_image(QPointF(x, y)) for x, y in ((0, 0), SIZE)]
        assert all(canvas.viewport().rect().contains(corner.toPoint()) for corner in corners)
    canvas.set_zoom(2.0)
    canvas.resize(700, 700)
    assert canvas.zoom == 2.0


def test_zoom_and_place_are_kept_for_the_next_picture(canvas: Canvas, picture: QImage) -> None:
    canvas.set_zoom(3.0)
    canvas.centre_on(450, 200)
    canvas.show_picture(picture.scaled(1200, 1600), 1200, 1600)
    middle = canvas.map_to_image(QPointF(canvas.viewport().rect().center()))
    assert canvas.zoom == 3.0
    assert (middle.x(), middle.y()) == pytest.approx((900, 400), abs=1.5)


def test_without_a_picture_there_is_a_sheet_of_the_known_size(canvas: Canvas, hand: Hand) -> None:
    canvas.show_picture(None, *SIZE)
    assert canvas.image_size == SIZE
    canvas.select(TROUSERS, 4)
    x, y = canvas.shown.garments[0].points[4].tolist()
    hand.drag((x, y), (x + 50, y))
    assert len(hand.edits) == 1
    at = hand.at(20, 20)
    assert canvas.grab().toImage().pixelColor(at) == style.tokens().bg3


def pixel(canvas: Canvas, x: float, y: float) -> QColor:
    at = canvas.map_from_image(QPointF(x, y)).toPoint()
    return canvas.grab().toImage().pixelColor(at)


def near(a: QColor, b: QColor, by: int = 24) -> bool:
    return all(
        abs(x - y) <= by for x, y in ((a.red(), b.red()), (a.green(), b.green()), (a.blue(), b.blue()))
    )


def test_visibility_is_drawn_as_a_shape(
    canvas: Canvas, garments: list[Garment], all_categories: dict[int, Category]
) -> None:
    colour = QColor(all_categories[8].colour)
    canvas.set_layers(True, False, False)
    canvas.select(TROUSERS)
    canvas.set_zoom(1.0)
    visible, occluded = garments[0].points[5], garments[0].points[1]
    canvas.centre_on(*visible.tolist())
    assert near(pixel(canvas, *visible.tolist()), colour), "a filled disc"
    canvas.centre_on(*occluded.tolist())
    around = [pixel(canvas, occluded[0] + dx, occluded[1] + dy) for dx in (-5, 5) for dy in (-1, 0, 1)]
    assert any(near(one, colour) for one in around), "a ring"
    assert not near(pixel(canvas, occluded[0] + 2, occluded[1] - 1), colour), "that is hollow"
    states = np.array(garments[0].visibility)
    states[5] = Visibility.CUT_OFF
    cut = garments[0].but(visibility=states)
    canvas.show_garments([cut, *garments[1:]], all_categories)
    x, y = canvas.shown.drawn(cut)[5].tolist()
    assert x in (0, SIZE[0]) or y in (0, SIZE[1])


def test_marks_of_the_four_states_differ_in_shape() -> None:
    paths = {state: shapes.mark_path(state, 5.2) for state in Visibility}
    middle = QPointF(0, 0)
    assert paths[Visibility.VISIBLE].contains(middle)
    assert not paths[Visibility.OCCLUDED].contains(middle)
    assert paths[Visibility.OCCLUDED].contains(QPointF(4.8, 0))
    assert paths[Visibility.CUT_OFF].boundingRect().left() == 0
    assert not paths[Visibility.UNLABELLED].contains(middle)


def test_numbers_hide_when_small_and_the_current_one_stays(canvas: Canvas) -> None:
    canvas.select(TROUSERS, 4)
    numbers = canvas._overlays.selected._numbers
    canvas.set_zoom(1.0)
    assert len(numbers.shown) > 5
    assert 2 not in numbers.shown, "an unlabelled landmark has no number on the canvas"
    canvas.resize(300, 300)
    canvas.set_zoom(0.3)
    assert numbers.shown == {4}
    canvas.hide_overlays(True)
    assert not numbers.shown


def test_an_update_of_one_garment_keeps_selection_and_others(
    canvas: Canvas, garments: list[Garment], all_categories: dict[int, Category]
) -> None:
    canvas.select(TROUSERS, 4)
    skirt = canvas._overlays.unselected.marks[0].places
    moved = garments[0].but(points=garments[0].points + 5, version=2)
    canvas.update_garments([moved, *garments[1:]], all_categories, {TROUSERS})
    assert canvas.selection.landmark == 4
    assert canvas.shown.garment(TROUSERS) is moved
    assert canvas._overlays.unselected.marks[0].places == skirt
    canvas.update_garments(garments[1:], all_categories, {TROUSERS})
    assert canvas.selection.garment_id == 0
    assert canvas._overlays.unselected.marks[0].places == skirt
    canvas.select(SKIRT)
    assert not canvas._overlays.unselected.marks[0].places


def test_a_run_length_mask_is_drawn(canvas: Canvas, all_categories: dict[int, Category]) -> None:
    # 4 x 6 pixels, the two middle columns set, as COCO counts them: down the columns.
    mask = Garment(id=5, category_id=1, rle={"size": [4, 6], "counts": [8, 8, 8]})
    outline = shapes.mask_path(mask).boundingRect()
    assert (outline.left(), outline.right(), outline.top(), outline.bottom()) == (2, 4, 0, 4)
    canvas.show_garments([mask], all_categories)
    assert canvas.shown.garments == [mask]


def test_the_ground_is_the_themes_or_a_chosen_one(canvas: Canvas) -> None:
    theme = canvas.backgroundBrush().color()
    canvas.set_ground("#777777")
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    style.apply(app, "light")
    assert canvas.backgroundBrush().color().name() == "#777777"
    style.apply(app, "dark")
    canvas.set_ground("")
    assert canvas.backgroundBrush().color() == theme
