"""The filter line: when it applies, how it complains, what it offers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from widgets.browser import FilterField

Key = Qt.Key


@pytest.fixture
def field(qtbot: QtBot) -> Iterator[FilterField]:
    made = FilterField()
    qtbot.addWidget(made)
    made.resize(600, 30)
    with qtbot.waitExposed(made):
        made.show()
    made.edit.setFocus()
    yield made
    made._popup.hide()
    made.close()


def options(field: FilterField) -> list[str]:
    return field._options.stringList() if field._popup.isVisible() else []


def test_a_text_that_parses_is_applied_when_typing_stops(qtbot: QtBot, field: FilterField) -> None:
    applied: list[str] = []
    field.applied.connect(applied.append)
    qtbot.keyClicks(field.edit, "pair = 3")
    assert applied == []
    qtbot.waitUntil(lambda: bool(applied))
    assert applied == ["pair = 3"]
    assert field.in_force == "pair = 3"


def test_enter_applies_at_once_and_only_once(qtbot: QtBot, field: FilterField) -> None:
    applied: list[str] = []
    field.applied.connect(applied.append)
    qtbot.keyClicks(field.edit, "pair = 3")
    qtbot.keyClick(field.edit, Key.Key_Return)
    qtbot.keyClick(field.edit, Key.Key_Return)
    qtbot.wait(300)
    assert applied == ["pair = 3"]


def test_half_a_text_is_no_mistake_until_enter(qtbot: QtBot, field: FilterField) -> None:
    said: list[str] = []
    qtbot.keyClicks(field.edit, "pair =")
    field.complained.connect(said.append)
    qtbot.wait(300)
    assert said in ([], [""])
    qtbot.keyClick(field.edit, Key.Key_Return)
    assert "value is missing" in said[-1]
    assert field.edit.toolTip() == said[-1]
    assert field.in_force == ""


def test_a_wrong_word_is_named_and_forgiven(qtbot: QtBot, field: FilterField) -> None:
    said: list[str] = []
    field.complained.connect(said.append)
    field.set_text("review = acepted and id > 1")
    field.apply()
    assert 'Did you mean "accepted"?' in said[-1]
    field.set_text("review = accepted and id > 1")
    field.apply()
    assert said[-1] == ""


def test_escape_empties_and_then_leaves(qtbot: QtBot, field: FilterField) -> None:
    field.show_text("pair = 3")
    with qtbot.waitSignal(field.applied) as applied:
        qtbot.keyClick(field.edit, Key.Key_Escape)
    assert applied.args == [""]
    with qtbot.waitSignal(field.left):
        qtbot.keyClick(field.edit, Key.Key_Escape)


def test_showing_a_text_applies_nothing(qtbot: QtBot, field: FilterField) -> None:
    with qtbot.assertNotEmitted(field.applied, wait=300):
        field.show_text("category = vest")
    assert field.in_force == "category = vest"


def test_what_is_typed_can_be_completed(qtbot: QtBot, field: FilterField) -> None:
    qtbot.keyClicks(field.edit, "revi")
    assert options(field) == ["review", "reviewer", "reviewed"]
    qtbot.keyClick(field._popup, Key.Key_Return)
    assert field.text() == "review "
    assert options(field)[0] == "="
    qtbot.keyClicks(field.edit, "= to")
    assert '"to do"' in options(field)
    qtbot.keyClick(field._popup, Key.Key_Return)
    assert field.text() == 'review = "to do" '
    qtbot.keyClick(field.edit, Key.Key_Return)
    assert field.in_force.strip() == 'review = "to do"'


def test_the_words_of_the_store_are_offered(qtbot: QtBot, field: FilterField) -> None:
    field.set_words({"category": ["fashion", "kimono"]})
    qtbot.keyClicks(field.edit, "category = k")
    assert options(field) == ["kimono"]


def test_nothing_is_offered_for_what_stands_already(qtbot: QtBot, field: FilterField) -> None:
    qtbot.keyClicks(field.edit, "domain = shop")
    assert options(field) == []


def test_completing_in_the_middle_keeps_the_rest(qtbot: QtBot, field: FilterField) -> None:
    field.show_text("rev = accepted")
    field.edit.setCursorPosition(3)
    field._insert("review")
    assert field.text() == "review = accepted"
    assert field.edit.cursorPosition() == len("review ")


def test_half_a_word_is_not_applied_while_it_can_be_completed(qtbot: QtBot, field: FilterField) -> None:
    qtbot.keyClicks(field.edit, "category = sho")
    with qtbot.assertNotEmitted(field.applied, wait=350):
        assert options(field)
    field._popup.hide()
    qtbot.keyClick(field.edit, Key.Key_Return)
    assert field.in_force == "category = sho"


def test_enter_in_the_completions_goes_on_typing(qtbot: QtBot, field: FilterField) -> None:
    with qtbot.assertNotEmitted(field.entered):
        qtbot.keyClicks(field.edit, "pair = 3 or ca")
        qtbot.keyClick(field._popup, Key.Key_Return)
    assert field.text() == "pair = 3 or category "
    assert not field.is_wrong


def test_tab_takes_the_first_completion(qtbot: QtBot, field: FilterField) -> None:
    qtbot.keyClicks(field.edit, "spl")
    qtbot.keyClick(field._popup, Key.Key_Tab)
    assert field.text() == "split "
    qtbot.keyClick(field._popup, Key.Key_Tab)
    assert field.text() == "split = "
    assert field.edit.hasFocus()


def test_enter_applies_where_the_word_stands_already(qtbot: QtBot, field: FilterField) -> None:
    field.set_words({"category": ["vest", "vest dress"]})
    qtbot.keyClicks(field.edit, "category = vest")
    assert len(options(field)) == 2
    with qtbot.waitSignal(field.entered):
        qtbot.keyClick(field._popup, Key.Key_Return)
    assert field.in_force == "category = vest"
    assert not field._popup.isVisible()


def test_a_whole_filter_can_be_made_with_enter_alone(qtbot: QtBot, field: FilterField) -> None:
    qtbot.keyClicks(field.edit, "revi")
    for _ in range(3):
        qtbot.keyClick(field._popup, Key.Key_Return)
    assert field.text() == 'review = "to do" '
    with qtbot.waitSignal(field.entered):
        qtbot.keyClick(field._popup, Key.Key_Return)
    assert field.in_force.strip() == 'review = "to do"'


def test_enter_applies_where_nothing_is_marked(qtbot: QtBot, field: FilterField) -> None:
    qtbot.keyClicks(field.edit, "pair = 3 ")
    assert options(field) == ["and", "or"]
    with qtbot.waitSignal(field.entered):
        qtbot.keyClick(field._popup, Key.Key_Return)
    assert field.in_force.strip() == "pair = 3"


def test_the_cross_is_no_stop_of_tab(field: FilterField) -> None:
    field.set_text("pair = 3")
    assert field._clear.isVisible()
    assert field._clear.focusPolicy() is Qt.FocusPolicy.NoFocus
