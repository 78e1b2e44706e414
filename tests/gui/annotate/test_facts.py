"""Facts by keyboard: choices by number and by typing, attributes, what geometry suggests."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from store.records import Garment
from tests.gui.annotate.annotate_keeper import SKIRT, TROUSERS, Keeper
from widgets.pages.annotate import AnnotatePage
from widgets.panels.attribute_model import rows_of
from widgets.panels.landmark_table import X

Key = Qt.Key
WORDS = (
    ("texture", "striped"),
    ("texture", "floral print"),
    ("fabric", "denim"),
    ("fabric", "stretch denim"),
    ("part", "pocket"),
)


@pytest.fixture
def facts(page: AnnotatePage, keeper: Keeper) -> AnnotatePage:
    page.more.set_words(WORDS)
    page.select(TROUSERS)
    return page


def test_a_digit_chooses_a_level_and_delete_unsays_it(facts: AnnotatePage, keeper: Keeper) -> None:
    scale = facts.facts_panel.levels["scale"]
    scale.setFocus()
    QTest.keyClick(scale, Key.Key_1)
    assert keeper.now(TROUSERS).scale == 1
    QTest.keyClick(scale, Key.Key_Delete)
    assert keeper.now(TROUSERS).scale is None
    QTest.keyClick(scale, Key.Key_2)
    QTest.keyClick(scale, Key.Key_0)
    assert keeper.now(TROUSERS).scale is None
    assert len(keeper.edits) == 4


@pytest.mark.parametrize(
    ("typed", "category"), [("9", 9), ("12", 12), ("1\r", 1), ("vest d\r", 12), ("sling\r", 6)]
)
def test_a_category_is_found_by_number_or_by_typing(
    facts: AnnotatePage, keeper: Keeper, qtbot: QtBot, typed: str, category: int
) -> None:
    facts.choose_category()
    view = facts.facts_panel.category.view()
    qtbot.waitUntil(view.isVisible)
    for letter in typed:
        QTest.keyClick(view, Key.Key_Return) if letter == "\r" else QTest.keyClicks(view, letter)
    qtbot.waitUntil(facts.canvas.hasFocus)
    assert keeper.now(TROUSERS).category_id == category


def test_the_first_letter_opens_the_list_of_many(facts: AnnotatePage, keeper: Keeper, qtbot: QtBot) -> None:
    facts.more.to_facts()
    category = facts.facts_panel.category
    assert category.hasFocus()
    QTest.keyClicks(category, "k")
    qtbot.waitUntil(category.view().isVisible)
    assert category.view().currentIndex().data() == "skirt"
    QTest.keyClick(category.view(), Key.Key_Escape)
    assert not keeper.edits


def test_one_of_the_fifty_brings_its_type(facts: AnnotatePage, keeper: Keeper, qtbot: QtBot) -> None:
    facts.more.choose_kind()
    view = facts.more.clothes.kind.view()
    qtbot.waitUntil(view.isVisible)
    QTest.keyClicks(view, "leg")
    QTest.keyClick(view, Key.Key_Return)
    qtbot.waitUntil(facts.canvas.hasFocus)
    now = keeper.now(TROUSERS)
    assert facts.more.clothes.kind.currentText() == "Leggings"
    assert now.clothes_type == 2
    facts.more.clothes.item.setFocus()
    QTest.keyClicks(facts.more.clothes.item, "id_00000123")
    QTest.keyClick(facts.more.clothes.item, Key.Key_Return)
    assert keeper.now(TROUSERS).item_id == "id_00000123"


def test_attributes_by_keyboard(facts: AnnotatePage, keeper: Keeper) -> None:
    facts.more.find_attribute()
    panel = facts.more.clothes.attributes
    assert panel.search.edit.hasFocus()
    QTest.keyClicks(panel.search.edit, "denim")
    assert [row.name for row in panel.model.rows] == ["", "denim", "stretch denim"]
    QTest.keyClick(panel.search.edit, Key.Key_Down)
    assert panel.view.hasFocus()
    QTest.keyClick(panel.view, Key.Key_Space)
    assert keeper.now(TROUSERS).attributes == {"denim": 1}
    QTest.keyClick(panel.view, Key.Key_Down)
    QTest.keyClick(panel.view, Key.Key_N)
    assert keeper.now(TROUSERS).attributes == {"denim": 1, "stretch denim": -1}
    QTest.keyClick(panel.view, Key.Key_Up)
    QTest.keyClick(panel.view, Key.Key_Space)
    QTest.keyClick(panel.view, Key.Key_Space)
    assert keeper.now(TROUSERS).attributes == {"stretch denim": -1}
    QTest.keyClick(panel.view, Key.Key_Up)
    assert panel.search.edit.hasFocus()
    QTest.keyClick(panel.search.edit, Key.Key_Escape)
    assert [row.name for row in panel.model.rows] == ["", "stretch denim"], "only what is said"
    QTest.keyClick(panel.search.edit, Key.Key_Escape)
    assert facts.canvas.hasFocus()


def test_a_click_says_yes_no_and_nothing(facts: AnnotatePage, keeper: Keeper) -> None:
    panel = facts.more.clothes.attributes
    facts.more.clothes.set_folded(False)
    panel.all_button.click()
    assert len(panel.model.rows) == len(WORDS) + 3
    index = panel.model.index(panel.model.place("pocket"))
    panel.view.scrollTo(index)
    said = []
    for _ in range(3):
        QTest.mouseClick(
            panel.view.viewport(), Qt.MouseButton.LeftButton, pos=panel.view.visualRect(index).center()
        )
        said.append(keeper.now(TROUSERS).attributes.get("pocket", 0))
    assert said == [1, -1, 0]


def test_a_thousand_attributes_are_grouped_and_searched() -> None:
    words = [(f"type {n // 250}", f"word {n}") for n in range(1000)]
    assert len(rows_of(words, {}, "", everything=True)) == 1004
    assert [row.name for row in rows_of(words, {"word 999": 1, "own": -1}, "", everything=False)] == [
        *("", "word 999"),
        *("", "own"),
    ]


def test_what_geometry_suggests_is_marked_and_taken(facts: AnnotatePage, keeper: Keeper) -> None:
    panel = facts.facts_panel
    assert {hint.fact for hint in panel.hints} == {"occlusion", "zoom_in", "viewpoint"}
    occlusion = panel.levels["occlusion"]
    assert occlusion.hint == 1
    assert "landmarks are occluded" in occlusion.toolTip()
    occlusion.setFocus()
    QTest.keyClicks(occlusion, "=")
    assert keeper.now(TROUSERS).occlusion == 1
    assert occlusion.hint is None
    assert panel.take_button.isEnabled()
    panel.take_button.click()
    now = keeper.now(TROUSERS)
    assert (now.scale, now.zoom_in, now.viewpoint) == (3, 1, 2)
    assert not panel.take_button.isEnabled()
    assert len(keeper.edits) == 2


def test_levels_go_round_by_key(facts: AnnotatePage, keeper: Keeper) -> None:
    for level in (1, 2, 3, 1):
        facts.next_level("viewpoint")
        assert keeper.now(TROUSERS).viewpoint == level
    assert facts.hint == "viewpoint: no wear"


def test_nothing_is_said_without_a_garment_or_read_only(page: AnnotatePage, keeper: Keeper) -> None:
    page.select(0)
    page.next_level("scale")
    page.facts_panel.take()
    assert not page.more.clothes.kind.isEnabled()
    page.select(SKIRT)
    page.set_read_only(True)
    page.next_level("scale")
    assert not page.more.clothes.isEnabled()
    assert not keeper.edits


def test_a_garment_without_anything_has_no_hints(page: AnnotatePage, keeper: Keeper) -> None:
    bare = Garment(id=7, image_id=1, category_id=1, box=None)
    many = Garment(id=8, image_id=1, position=1, points=np.zeros((294, 2)), visibility=np.zeros(294))
    page.update_garments([bare, many], [7, 8])
    page.select(7)
    assert page.facts_panel.hints == ()
    page.select(8)
    assert page.facts_panel.hints == ()


def test_what_is_being_typed_stays_when_a_model_says_something(
    facts: AnnotatePage, keeper: Keeper, qtbot: QtBot
) -> None:
    pair, table = facts.facts_panel.pair, facts.landmarks_panel.table
    pair.setFocus()
    QTest.keyClicks(pair, "42")
    facts.follow_proposals()
    assert pair.text() == "42"
    QTest.keyClick(pair, Key.Key_Return)
    assert keeper.now(TROUSERS).pair_id == 42
    cell = table.model().index(0, X)
    table.setCurrentIndex(cell)
    table.edit(cell)
    editor = table.findChild(QLineEdit)
    assert isinstance(editor, QLineEdit)
    editor.selectAll()
    QTest.keyClicks(editor, "77")
    table.model().dataChanged.emit(table.model().index(0, 0), table.model().index(5, X))
    QTest.keyClick(editor, Key.Key_Return)
    qtbot.waitUntil(lambda: len(keeper.edits) == 2)
    assert keeper.now(TROUSERS).points[0, 0] == 77


def test_what_was_typed_for_another_garment_does_not_stay(facts: AnnotatePage) -> None:
    pair = facts.facts_panel.pair
    pair.setFocus()
    QTest.keyClicks(pair, "42")
    facts.canvas.select(SKIRT)
    facts.follow_selection()
    assert pair.text() == "2417"
