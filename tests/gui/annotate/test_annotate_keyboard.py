"""Where the keys go: from fields, lists and buttons back to the canvas, and nothing typed is lost."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from store.records import Review, Visibility
from tests.gui.annotate.annotate_keeper import SKIRT, TROUSERS, Keeper
from widgets.pages.annotate import AnnotatePage

Key = Qt.Key
LEFT = Qt.MouseButton.LeftButton


def controls(page: AnnotatePage) -> dict[str, QWidget]:
    return {
        "pair": page.facts_panel.pair,
        "category": page.facts_panel.category,
        "occlusion": page.facts_panel.levels["occlusion"],
        "garments": page.garments_panel.view,
        "landmarks": page.landmarks_panel.table,
    }


@pytest.mark.parametrize("key", [Key.Key_Return, Key.Key_Enter, Key.Key_Escape])
@pytest.mark.parametrize("name", ["pair", "category", "occlusion", "garments", "landmarks"])
def test_enter_and_escape_lead_back_to_the_canvas(
    page: AnnotatePage, keeper: Keeper, name: str, key: Key
) -> None:
    control = controls(page)[name]
    control.setFocus()
    assert control.hasFocus()
    QTest.keyClick(control, key)
    assert page.canvas.hasFocus()
    assert not keeper.edits
    assert page.canvas.selection.garment_id == TROUSERS


def test_a_field_takes_over_its_number_and_lets_go(page: AnnotatePage, keeper: Keeper) -> None:
    page.facts_panel.pair.setFocus()
    QTest.keyClicks(page.facts_panel.pair, "27")
    QTest.keyClick(page.facts_panel.pair, Key.Key_Return)
    assert keeper.now(TROUSERS).pair_id == 27
    assert page.canvas.hasFocus()


def test_a_click_into_a_field_lets_its_number_be_written_anew(page: AnnotatePage, keeper: Keeper) -> None:
    field = page.facts_panel.pair
    page.canvas.setFocus()
    QTest.mouseClick(field, LEFT, pos=QPoint(field.width() - 15, field.height() // 2))
    assert field.selectedText() == field.text() == "2417"
    QTest.keyClicks(field, "8")
    assert field.text() == "8"
    QTest.mouseClick(field, LEFT, pos=QPoint(field.width() - 15, field.height() // 2))
    assert not field.hasSelectedText(), "a second click sets the cursor"
    QTest.keyClick(field, Key.Key_Escape)


def test_a_closed_list_of_choices_lets_go(page: AnnotatePage, keeper: Keeper, qtbot: QtBot) -> None:
    page.choose_category()
    category = page.facts_panel.category
    qtbot.waitUntil(lambda: category.view().isVisible())
    QTest.keyClicks(category.view(), "skirt")
    QTest.keyClick(category.view(), Key.Key_Return)
    qtbot.waitUntil(lambda: page.canvas.hasFocus())
    assert keeper.now(TROUSERS).category_id == 9
    page.choose_category()
    qtbot.waitUntil(lambda: category.view().isVisible())
    QTest.keyClick(category.view(), Key.Key_Escape)
    qtbot.waitUntil(lambda: page.canvas.hasFocus())
    assert len(keeper.edits) == 1


def test_every_category_is_seen_without_scrolling(page: AnnotatePage, keeper: Keeper) -> None:
    assert page.facts_panel.category.maxVisibleItems() >= page.facts_panel.category.count()


def test_what_is_being_typed_is_taken_over_before_something_else(page: AnnotatePage, keeper: Keeper) -> None:
    page.select(TROUSERS, 5)
    page.facts_panel.pair.setFocus()
    QTest.keyClicks(page.facts_panel.pair, "31")
    page.landmarks_panel.legend.rows[Visibility.OCCLUDED].click()
    assert keeper.now(TROUSERS).pair_id == 31
    assert keeper.now(TROUSERS).visibility[5] == Visibility.OCCLUDED
    assert page.canvas.hasFocus()


def test_a_click_on_a_button_leaves_the_keys_on_the_canvas(
    page: AnnotatePage, keeper: Keeper, qtbot: QtBot
) -> None:
    page.canvas.setFocus()
    wanted: list[Review] = []
    page.review_wanted.connect(wanted.append)
    buttons = [
        page.filmstrip.second_look_button,
        page.landmarks_panel.legend.rows[Visibility.VISIBLE],
        page.toolbar.layers._buttons["masks"],
        page.toolbar.fit,
        page.strip.buttons["landmarks"],
    ]
    for button in buttons:
        QTest.mouseClick(button, LEFT, pos=QPoint(8, 8))
        assert page.canvas.hasFocus(), button.accessibleName()
    assert wanted == [Review.SECOND_LOOK]


def test_enter_presses_the_button_that_has_the_focus(page: AnnotatePage, keeper: Keeper) -> None:
    wanted: list[Review] = []
    page.review_wanted.connect(wanted.append)
    button = page.filmstrip.reject_button
    button.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyClick(button, Key.Key_Return)
    assert wanted == [Review.REJECTED]


def test_the_editor_of_a_coordinate_shows_the_whole_number(page: AnnotatePage, keeper: Keeper) -> None:
    table = page.landmarks_panel.table
    table.setCurrentIndex(table.model().index(5, 3))
    table.edit(table.model().index(5, 3))
    editor = QApplication.focusWidget()
    assert editor is not None
    assert editor.width() >= editor.fontMetrics().horizontalAdvance("1234.56") + 8
    QTest.keyClick(editor, Key.Key_Escape)


def test_that_all_is_hidden_is_said_and_can_be_ended(page: AnnotatePage, keeper: Keeper) -> None:
    page.toggle_overlays()
    assert page.toolbar.hidden.isVisible()
    assert "hidden" in page.hint
    page.toolbar.hidden.click()
    assert not page.canvas.overlays_are_hidden
    assert not page.toolbar.hidden.isVisible()


def test_what_was_taken_back_is_selected(page: AnnotatePage, keeper: Keeper) -> None:
    before = keeper.now(SKIRT)
    points = before.points.copy()
    points[3] += 5
    page.show_change(before, before.but(points=points))
    assert (page.canvas.selection.garment_id, page.canvas.selection.landmark) == (SKIRT, 3)
    other = keeper.now(TROUSERS)
    page.show_change(other, other.but(pair_id=5))
    assert (page.canvas.selection.garment_id, page.canvas.selection.landmark) == (TROUSERS, -1)
    page.show_change(other, None)
    assert page.canvas.selection.garment_id == TROUSERS
