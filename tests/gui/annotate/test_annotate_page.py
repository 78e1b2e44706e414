"""The Annotate page: one selection everywhere, and wishes that become edits."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from store.records import Visibility
from tests.gui.annotate.annotate_keeper import CATEGORIES, SKIRT, TROUSERS, Keeper
from widgets.pages.annotate import AnnotatePage
from widgets.panels.landmark_table import STATE, X, Y

LEFT = Qt.MouseButton.LeftButton
NO_KEYS = Qt.KeyboardModifier.NoModifier


def marked(page: AnnotatePage) -> set[int]:
    return {index.row() for index in page.landmarks_panel.table.selectionModel().selectedRows()}


def click_landmark(page: AnnotatePage, index: int) -> None:
    found = page.garment
    assert found is not None
    at = page.canvas.map_from_image(QPointF(*found.points[index].tolist())).toPoint()
    QTest.mouseClick(page.canvas.viewport(), LEFT, NO_KEYS, at)


def test_the_first_garment_is_selected_and_everything_says_so(page: AnnotatePage, keeper: Keeper) -> None:
    assert page.canvas.selection.garment_id == TROUSERS
    assert page.garments_panel.view.currentIndex().row() == 0
    assert page.facts_panel.category.currentText() == "trousers"
    assert page.facts_panel.pair.text() == "2417"
    assert page.landmarks_panel.table.model().rowCount() == 14
    assert page.selection_words() == "garment 1"


def test_lists_follow_the_canvas(page: AnnotatePage, keeper: Keeper) -> None:
    seen: list[tuple[int, int]] = []
    page.selection_changed.connect(lambda one, landmark: seen.append((one, landmark)))
    click_landmark(page, 5)
    assert page.canvas.selection.landmark == 5
    assert marked(page) == {5}
    assert page.landmarks_panel.diagram._current == 5
    assert seen == [(TROUSERS, 5)]
    assert page.selection_words() == "garment 1   landmark 6   visible"


def test_the_canvas_follows_the_lists(page: AnnotatePage, keeper: Keeper) -> None:
    table = page.landmarks_panel.table
    place = table.visualRect(table.model().index(7, 1)).center()
    QTest.mouseClick(table.viewport(), LEFT, NO_KEYS, place)
    assert page.canvas.selection.landmark == 7
    view = page.garments_panel.view
    QTest.mouseClick(view.viewport(), LEFT, NO_KEYS, view.visualRect(view.model().index(1, 0)).center())
    assert page.canvas.selection.garment_id == SKIRT
    assert page.facts_panel.category.currentText() == "skirt"
    diagram = page.landmarks_panel.diagram
    x, y = diagram.places()[4].tolist()
    QTest.mouseClick(diagram, LEFT, NO_KEYS, QPointF(x, y).toPoint())
    assert page.canvas.selection.landmark == 4
    assert marked(page) == {4}


def test_several_rows_of_the_table_are_marked_on_the_canvas(page: AnnotatePage, keeper: Keeper) -> None:
    table = page.landmarks_panel.table
    for row, keys in ((4, NO_KEYS), (6, Qt.KeyboardModifier.ControlModifier)):
        place = table.visualRect(table.model().index(row, 1)).center()
        QTest.mouseClick(table.viewport(), LEFT, keys, place)
    assert page.canvas.selection.landmarks == {4, 6}
    assert page.selection_words() == "garment 1   2 landmarks"


def test_tab_goes_through_all_landmarks_and_backquote_through_garments(
    page: AnnotatePage, keeper: Keeper
) -> None:
    seen = []
    for _ in range(15):
        page.next_landmark()
        seen.append(page.canvas.selection.landmark)
    assert seen == [*range(14), 0], "unlabelled ones too, and round again"
    page.next_landmark(-1)
    assert page.canvas.selection.landmark == 13
    page.next_garment()
    assert page.canvas.selection.garment_id == SKIRT
    page.next_garment()
    assert page.canvas.selection.garment_id == TROUSERS


@pytest.mark.parametrize("visibility", list(Visibility))
def test_states_are_set_on_the_selection(page: AnnotatePage, keeper: Keeper, visibility: Visibility) -> None:
    page.select(TROUSERS, 2)
    page.set_visibility(visibility)
    assert keeper.now(TROUSERS).visibility[2] == visibility
    assert len(keeper.edits) == (visibility is not Visibility.UNLABELLED), "what is so already is no edit"
    page.select(TROUSERS, 5, {5, 6})
    page.set_visibility(visibility)
    assert set(keeper.now(TROUSERS).visibility[[5, 6]]) == {visibility}


@pytest.mark.parametrize("visibility", [Visibility.VISIBLE, Visibility.OCCLUDED])
def test_a_landmark_without_a_place_comes_where_the_shape_expects_it(
    page: AnnotatePage, keeper: Keeper, visibility: Visibility
) -> None:
    before = keeper.now(TROUSERS)
    template = np.array(CATEGORIES[8].schema.template[2])
    expected = np.array([60, 100]) + template * [600 * CATEGORIES[8].schema.template_aspect, 600]
    page.select(TROUSERS, 2)
    page.set_visibility(visibility)
    [edit] = keeper.edits
    assert edit.changes[0].before is before
    after = keeper.now(TROUSERS)
    assert after.visibility[2] == visibility
    assert np.linalg.norm(after.points[2] - expected) < 5
    assert np.array_equal(np.delete(after.points, 2, axis=0), np.delete(before.points, 2, axis=0))


def test_the_legend_counts_and_sets_states(page: AnnotatePage, keeper: Keeper) -> None:
    rows = page.landmarks_panel.legend.rows
    assert rows[Visibility.VISIBLE].accessibleName() == "visible: 13"
    assert rows[Visibility.UNLABELLED].accessibleName() == "unlabelled: 1"
    page.select(TROUSERS, 5)
    QTest.mouseClick(rows[Visibility.OCCLUDED], LEFT)
    assert keeper.now(TROUSERS).visibility[5] == Visibility.OCCLUDED
    assert rows[Visibility.OCCLUDED].accessibleName() == "occluded: 1"


def test_a_nudge_is_an_edit_at_once_and_shows_the_loupe(page: AnnotatePage, keeper: Keeper) -> None:
    page.select(TROUSERS, 5)
    before = keeper.now(TROUSERS).points[5].copy()
    page.nudge(1, 0)
    page.nudge(0, -10)
    assert len(keeper.edits) == 2
    assert keeper.now(TROUSERS).points[5].tolist() == (before + np.array([1, -10])).tolist()
    assert page.canvas._glass.loupe.isVisible()
    page.select(TROUSERS, 2)
    page.nudge(1, 0)
    assert len(keeper.edits) == 2, "an unlabelled landmark has no place to be nudged from"


def test_left_and_right_are_swapped(page: AnnotatePage, keeper: Keeper) -> None:
    before = keeper.now(TROUSERS)
    page.select(TROUSERS, 0)
    page.swap_sides()
    order = list(CATEGORIES[8].schema.mirrored())
    assert np.array_equal(keeper.now(TROUSERS).points, before.points[order])
    assert page.canvas.selection.landmark == 0
    page.select(0)
    page.swap_sides()
    assert len(keeper.edits) == 1


def test_undo_is_shown_as_garments_that_changed_back(page: AnnotatePage, keeper: Keeper) -> None:
    page.select(TROUSERS, 5)
    before = keeper.now(TROUSERS)
    page.nudge(10, 0)
    page.update_garments([before, keeper.now(SKIRT)], {TROUSERS})
    assert page.canvas.shown.garment(TROUSERS) is before
    assert page.canvas.selection.landmark == 5
    text = page.landmarks_panel.table.model().index(5, X).data()
    assert text == f"{before.points[5][0]:.1f}"


def test_coordinates_can_be_typed(page: AnnotatePage, keeper: Keeper, qtbot: object) -> None:
    table = page.landmarks_panel.table
    index = table.model().index(5, Y)
    table.scrollTo(index)
    place = table.visualRect(index).center()
    QTest.mouseClick(table.viewport(), LEFT, NO_KEYS, place)
    QTest.mouseDClick(table.viewport(), LEFT, NO_KEYS, place)
    editor = table.findChild(QLineEdit)
    assert editor is not None
    editor.setText("123.45")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(keeper.edits))  # type: ignore[attr-defined]
    assert keeper.now(TROUSERS).points[5][1] == 123.45
    assert not table.model().setData(index, "no number")
    assert len(keeper.edits) == 1


def test_the_state_of_each_landmark_is_said_in_words(page: AnnotatePage, keeper: Keeper) -> None:
    model = page.landmarks_panel.table.model()
    assert model.index(2, STATE).data(Qt.ItemDataRole.AccessibleTextRole) == "unlabelled"
    assert model.index(2, X).data() == ""
    assert "13 of 14" in page.garments_panel.view.model().index(0, 0).data()


def test_facts_become_edits(page: AnnotatePage, keeper: Keeper) -> None:
    facts = page.facts_panel
    facts.pair.setText("99")
    QTest.keyClick(facts.pair, Qt.Key.Key_Return)
    assert keeper.now(TROUSERS).pair_id == 99
    facts.style_number.setText("")
    QTest.keyClick(facts.style_number, Qt.Key.Key_Return)
    assert keeper.now(TROUSERS).style is None
    combo = facts.levels["occlusion"]
    combo.setCurrentIndex(combo.findData(3))
    combo.activated.emit(combo.currentIndex())
    assert keeper.now(TROUSERS).occlusion == 3
    facts.category.setCurrentIndex(facts.category.findText("skirt"))
    facts.category.activated.emit(facts.category.currentIndex())
    changed = keeper.now(TROUSERS)
    assert changed.category_id == 9
    assert len(changed.points) == CATEGORIES[9].schema.size
    assert len(keeper.edits) == 4


def test_escape_in_a_field_takes_back_what_was_typed(page: AnnotatePage, keeper: Keeper) -> None:
    field = page.facts_panel.pair
    field.setFocus()
    QTest.keyClicks(field, "55")
    QTest.keyClick(field, Qt.Key.Key_Escape)
    assert page.canvas.hasFocus()
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert field.text() == "2417"
    assert not keeper.edits


def test_a_new_garment_is_drawn_selected_and_ready_for_its_landmarks(
    page: AnnotatePage, keeper: Keeper
) -> None:
    QTest.mouseClick(page.garments_panel.new_button, LEFT)
    assert page.canvas.tool == "box"
    assert page.garment is None
    view = page.canvas.viewport()
    start, end = (page.canvas.map_from_image(QPointF(x, y)).toPoint() for x, y in ((430, 500), (560, 700)))
    QTest.mousePress(view, LEFT, NO_KEYS, start)
    QTest.mouseMove(view, end)
    QTest.mouseRelease(view, LEFT, NO_KEYS, end)
    new = page.garment
    assert new is not None
    assert new.id not in (TROUSERS, SKIRT)
    assert new.category_id == 8, "the category that was worked on"
    assert not new.visibility.any()
    assert (page.canvas.tool, page.canvas.selection.landmark) == ("landmarks", 0)
    QTest.mouseClick(view, LEFT, NO_KEYS, (start + end) / 2)
    assert keeper.now(new.id).visibility[0] == Visibility.VISIBLE
    assert page.canvas.selection.landmark == 1


def test_a_garment_is_deleted_by_wish(page: AnnotatePage, keeper: Keeper) -> None:
    page.garments_panel.view.setFocus()
    QTest.keyClick(page.garments_panel.view, Qt.Key.Key_Delete)
    assert [one.id for one in keeper.garments] == [SKIRT]
    assert page.garment is None
    assert not page.facts_panel.category.isEnabled()


def test_a_read_only_store_gets_no_edits(page: AnnotatePage, keeper: Keeper) -> None:
    page.set_read_only(True)
    page.select(TROUSERS, 5)
    page.nudge(1, 0)
    page.set_visibility(Visibility.OCCLUDED)
    page.delete_garment()
    assert not keeper.edits
    assert not page.filmstrip.accept_button.isEnabled()
