"""Landmarks by key in the whole window: what is done is in the store, and one undo takes it back."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.window import MainWindow
from resources.taxonomy import categories
from store.document import Change, Document, Edit
from store.document.edits import add_garment, move_landmarks, set_box, set_facts, set_visibility
from store.masks import encode
from store.records import Garment, Visibility
from tests.gui.app.window_hand import Key, press, stored

Mod = Qt.KeyboardModifier
BOTH = Mod.ControlModifier | Mod.ShiftModifier
SCHEMA = categories()[0].schema


def now(window: MainWindow) -> Garment:
    return stored(window).garments[0]


def there_and_back(qtbot: QtBot, window: MainWindow, before: Garment) -> None:
    """One undo gives what was, one redo what was made."""
    made = now(window)
    ignore = frozenset({"version"})
    assert not made.same_as(before, ignore)
    press(qtbot, window, Key.Key_Z, Mod.ControlModifier)
    assert now(window).same_as(before, ignore)
    press(qtbot, window, Key.Key_Z, BOTH)
    assert now(window).same_as(made, ignore)


def replaced(garment: Garment, **parts: object) -> Edit:
    """An edit that gives a garment other parts."""
    return Edit("Replace", (Change(garment, garment.but(**parts)),))


def settled(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.waitUntil(lambda: not window.session.desk.busy())


def test_states_are_set_and_the_next_landmark_comes(annotating: MainWindow, qtbot: QtBot) -> None:
    press(qtbot, annotating, Key.Key_Tab)
    for key in (Key.Key_1, Key.Key_3, Key.Key_0, Key.Key_2):
        press(qtbot, annotating, key, Mod.ShiftModifier)
    assert now(annotating).visibility[:4].tolist() == [1, 3, 0, 2]
    assert annotating.annotate.canvas.selection.landmark == 4


def test_marked_landmarks_are_turned_and_scaled(annotating: MainWindow, qtbot: QtBot) -> None:
    page = annotating.annotate.page
    before = now(annotating)
    page.select(before.id, 3)
    assert not annotating.actions_["landmark.clockwise"].isEnabled()
    assert "Mark two" in annotating.actions_["landmark.clockwise"].toolTip()
    page.select(before.id, 3, {3, 4, 5, 6})
    press(qtbot, annotating, Key.Key_Period)
    turned = now(annotating)
    assert (turned.points[7:] == before.points[7:]).all()
    there_and_back(qtbot, annotating, before)
    page.select(before.id, 3, {3, 4, 5, 6})
    press(qtbot, annotating, Key.Key_Comma)
    assert np.allclose(now(annotating).points, before.points, atol=0.03)
    press(qtbot, annotating, Key.Key_Period, Mod.ShiftModifier)
    four = slice(3, 7)
    grown = np.ptp(now(annotating).points[four], axis=0) / np.ptp(before.points[four], axis=0)
    assert grown == pytest.approx([1.02, 1.02], abs=0.003)


def test_the_template_fills_what_is_unlabelled_and_the_whole_box(
    annotating: MainWindow, qtbot: QtBot
) -> None:
    document = annotating.annotate.document
    before = document.garments[0]
    document.apply(set_visibility(before, [0, 4], Visibility.UNLABELLED))
    document.apply(move_landmarks(document.garments[0], {9: (11.0, 12.0)}))
    gaps = now(annotating)
    annotating.annotate.page.select(before.id)
    press(qtbot, annotating, Key.Key_T)
    filled = now(annotating)
    assert (filled.visibility == Visibility.VISIBLE).all()
    assert filled.points[9].tolist() == [11.0, 12.0]
    there_and_back(qtbot, annotating, gaps)
    press(qtbot, annotating, Key.Key_T)
    assert "Shift+T" in annotating.annotate.hint()
    press(qtbot, annotating, Key.Key_T, Mod.ShiftModifier)
    assert np.allclose(now(annotating).points, before.points, atol=0.02)
    there_and_back(qtbot, annotating, filled)
    # To a mask of pixels, which has no corners.
    pixels = np.zeros((400, 300), np.uint8)
    pixels[100:200, 50:150] = 1
    document.apply(replaced(document.garments[0], polygons=(), rle=encode(pixels)))
    press(qtbot, annotating, Key.Key_T, Mod.AltModifier)
    fitted = now(annotating).points
    assert np.abs([*fitted.min(axis=0), *fitted.max(axis=0)] - np.array([50, 100, 150, 200])).max() <= 1.5
    press(qtbot, annotating, Key.Key_T, Mod.AltModifier | Mod.ShiftModifier)
    assert annotating.annotate.hint() == "There is no prediction to fit the template to"


def test_landmarks_are_copied_from_the_previous_image(annotating: MainWindow, qtbot: QtBot) -> None:
    first = annotating.annotate.document
    first.apply(move_landmarks(first.garments[0], {3: (100.0, 101.0), 5: (66.0, 77.0)}))
    press(qtbot, annotating, Key.Key_C)
    settled(qtbot, annotating)
    assert annotating.annotate.hint() == "There is no image before this one"
    source = first.garments[0]
    press(qtbot, annotating, Key.Key_PageDown)
    document = annotating.annotate.document
    # The second garment is another category: what has the same name is copied.
    before = now(annotating)
    assert before.category_id != source.category_id
    document.apply(set_box(before, [60, 50, 150, 350]))
    before = document.garments[0]
    annotating.annotate.page.select(before.id)
    press(qtbot, annotating, Key.Key_C)
    settled(qtbot, annotating)
    made = now(annotating)
    own = categories()[1].schema.names.index(SCHEMA.names[3])
    # The other box is half as wide.
    assert made.points[own] == pytest.approx([80.0, 101.0], abs=0.02)
    there_and_back(qtbot, annotating, before)


def test_landmarks_are_copied_from_the_same_product(annotating: MainWindow, qtbot: QtBot) -> None:
    store = annotating.session.needed()
    page = annotating.annotate.page
    press(qtbot, annotating, Key.Key_C, Mod.AltModifier)
    settled(qtbot, annotating)
    assert annotating.annotate.hint().startswith("No other garment of this product")
    for image_id in store.images.ids(None, "id")[[0, 3]].tolist():
        document = Document(store, image_id)
        document.apply(set_facts(document.garments[0], pair_id=7, style=2))
    other = Document(store, int(store.images.ids(None, "id")[3]))
    other.apply(move_landmarks(other.garments[0], {0: (99.0, 98.0)}))
    annotating.annotate.document.refresh()
    page.select(annotating.annotate.document.garments[0].id)
    before = now(annotating)
    press(qtbot, annotating, Key.Key_C, Mod.AltModifier)
    settled(qtbot, annotating)
    own = SCHEMA.names.index(categories()[3].schema.names[0])
    assert now(annotating).points[own] == pytest.approx([99.0, 98.0], abs=0.02)
    there_and_back(qtbot, annotating, before)


def test_a_pair_or_the_garment_is_swapped(annotating: MainWindow, qtbot: QtBot) -> None:
    before = now(annotating)
    left, right = SCHEMA.swaps[0]
    annotating.annotate.page.select(before.id, left)
    press(qtbot, annotating, Key.Key_M, Mod.ShiftModifier)
    assert (now(annotating).points[[left, right]] == before.points[[right, left]]).all()
    there_and_back(qtbot, annotating, before)
    press(qtbot, annotating, Key.Key_M, Mod.ShiftModifier)
    press(qtbot, annotating, Key.Key_M)
    assert (now(annotating).points == before.points[list(SCHEMA.mirrored())]).all()


def test_symmetric_work_is_shown_and_moves_both_sides(annotating: MainWindow, qtbot: QtBot) -> None:
    before = now(annotating)
    left, right = SCHEMA.swaps[0]
    page = annotating.annotate.page
    page.select(before.id, left)
    press(qtbot, annotating, Key.Key_S)
    assert annotating.actions_["view.symmetric"].isChecked()
    assert page.landmarks_panel.symmetric.isChecked()
    press(qtbot, annotating, Key.Key_Right, Mod.ShiftModifier)
    moved = now(annotating).points - before.points
    assert moved[left] == pytest.approx([10, 0], abs=0.01)
    assert moved[right] == pytest.approx([-10, 0], abs=0.6)
    there_and_back(qtbot, annotating, before)
    qtbot.mouseClick(page.landmarks_panel.symmetric, Qt.MouseButton.LeftButton)
    assert not page.canvas.modes.symmetric
    press(qtbot, annotating, Key.Key_L, Mod.ShiftModifier)
    assert page.canvas.modes.names
    assert page.landmarks_panel.names.isChecked()


def test_a_nudge_takes_the_corner_along_or_not(annotating: MainWindow, qtbot: QtBot) -> None:
    document = annotating.annotate.document
    document.apply(move_landmarks(document.garments[0], {2: (60.5, 50.5)}))
    before = now(annotating)
    annotating.annotate.page.select(before.id, 2)
    press(qtbot, annotating, Key.Key_Down, Mod.AltModifier)
    assert now(annotating).polygons[0].tolist() == before.polygons[0].tolist()
    press(qtbot, annotating, Key.Key_Right)
    # The corner lay within reach of where the landmark was before this step too.
    assert now(annotating).polygons[0][0].tolist() == [60.0, 50.0]
    press(qtbot, annotating, Key.Key_Z, Mod.ControlModifier)
    press(qtbot, annotating, Key.Key_Z, Mod.ControlModifier)
    press(qtbot, annotating, Key.Key_Right)
    assert now(annotating).polygons[0][0].tolist() == [61.0, 50.0]


def test_the_guide_shows_what_is_placed_next(annotating: MainWindow, qtbot: QtBot) -> None:
    page = annotating.annotate.page
    document = annotating.annotate.document
    count = len(SCHEMA.names)
    document.apply(set_visibility(document.garments[0], range(count), Visibility.UNLABELLED))
    page.select(document.garments[0].id, 0)
    assert not page.guide.isVisible()
    press(qtbot, annotating, Key.Key_K)
    assert page.guide.isVisible()
    assert SCHEMA.names[0] in page.guide.accessibleDescription()
    press(qtbot, annotating, Key.Key_Tab)
    assert SCHEMA.names[1] in page.guide.accessibleDescription()
    qtbot.mouseClick(page.guide.back, Qt.MouseButton.LeftButton)
    assert page.canvas.selection.landmark == 0
    at = page.canvas.map_from_image(
        page.canvas.map_to_image(page.canvas.rect().center().toPointF())
    ).toPoint()
    qtbot.mouseClick(page.canvas.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert now(annotating).visibility[0] == Visibility.VISIBLE
    assert page.canvas.selection.landmark == 1
    page.select(document.garments[0].id, 0)
    assert not page.guide.isVisible(), "the first one has its place"


def test_nothing_is_changed_in_a_read_only_store(
    open_window: Callable[..., MainWindow], store_folder: object, qtbot: QtBot
) -> None:
    window = open_window(store_folder)
    window.open_row(0)
    settled(qtbot, window)
    window.annotate.page.set_read_only(True)
    before = now(window)
    window.annotate.page.select(before.id, 0, range(25))
    for key, modifier in (
        (Key.Key_T, Mod.ShiftModifier),
        (Key.Key_M, Mod.ShiftModifier),
        (Key.Key_Period, None),
    ):
        press(qtbot, window, key, modifier)
    window.annotate.copying.from_product()
    settled(qtbot, window)
    assert now(window).same_as(before)


@pytest.mark.parametrize("count", [0, 294])
def test_any_number_of_landmarks_is_worked_with(annotating: MainWindow, qtbot: QtBot, count: int) -> None:
    """A garment whose landmarks follow no schema: what cannot be done says so, the rest is done."""
    page, document = annotating.annotate.page, annotating.annotate.document
    rng = np.random.default_rng(1)
    odd = document.garments[0].but(
        id=0, points=rng.uniform(60, 240, (count, 2)).round(2), visibility=np.full(count, 2), position=1
    )
    document.apply(add_garment(odd))
    garment = document.garments[1]
    page.select(garment.id)
    press(qtbot, annotating, Key.Key_K)
    press(qtbot, annotating, Key.Key_A, Mod.ControlModifier)
    page.shaping.toggle_names()
    page.shaping.toggle_symmetric()
    for key in (Key.Key_T, Key.Key_M, Key.Key_S):
        press(qtbot, annotating, key)
        press(qtbot, annotating, key, Mod.ShiftModifier)
    press(qtbot, annotating, Key.Key_C)
    settled(qtbot, annotating)
    before = document.garment(garment.id)
    assert before.points.tolist() == garment.points.tolist()
    press(qtbot, annotating, Key.Key_Period)
    press(qtbot, annotating, Key.Key_Right)
    press(qtbot, annotating, Key.Key_1)
    made = stored(annotating).garment(garment.id)
    assert made is not None
    assert made.visibility.tolist() == [1] * count
    assert (made.points != garment.points).any() == (count > 0)
    assert "mean shape" in annotating.actions_["template.rest"].toolTip()
