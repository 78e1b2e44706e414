"""Slices: their order, their filters, and what is said of those that are missing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resources.taxonomy import LEVELS
from resources.taxonomy import categories as built_in
from store.errors import StudioError
from store.filters import parse
from store.runs.measures.slices import GROUPS, USUAL, checked, quoted, slices, within

FACTS = [
    {"occlusion": "heavy", "category": "vest dress", "variation": "large pose"},
    {"occlusion": "slight", "category": "trousers", "variation": "normal pose"},
    {"category": "trousers", "variation": "large pose"},
]
IMAGES = np.array([4, 4, 9])


def test_levels_are_in_their_order_and_the_overall_column_is_last() -> None:
    found, notes = slices(("category", "occlusion"), FACTS, IMAGES)
    names = [(one.column.group, one.column.name) for one in found]
    assert names == [
        ("occlusion", "slight"),
        ("occlusion", "medium"),
        ("occlusion", "heavy"),
        ("category", "trousers"),
        ("category", "vest dress"),
        ("", "overall"),
    ]
    assert [None if one.chosen is None else one.chosen.tolist() for one in found][2:4] == [
        [True, False, False],
        [False, True, True],
    ]
    assert found[-1].chosen is None
    assert notes == ["1 garments have no occlusion and are in none of its slices."]


def test_what_the_ground_truth_does_not_say_is_told() -> None:
    found, notes = slices(("zoom_in", "scale"), FACTS, IMAGES)
    assert [one.column.name for one in found] == ["overall"]
    assert notes == ["There are no slices by scale, zoom-in: the ground truth does not say."]


def test_filters_lead_back_to_the_images_of_the_slice() -> None:
    found, _ = slices(GROUPS, FACTS, IMAGES, "split = test or split = validation")
    filters = {one.column.name: one.column.where for one in found}
    assert filters["heavy"] == "(split = test or split = validation) and occlusion = heavy"
    assert filters["vest dress"].endswith('category = "vest dress"')
    assert filters["large pose"] == "id in (4, 9)"
    assert filters["overall"] == "split = test or split = validation"
    for text in filters.values():
        assert parse(text) is not None


@pytest.mark.parametrize("group", USUAL)
def test_every_level_has_a_filter_that_parses(group: str) -> None:
    facts = [{group: word} for word in LEVELS[group].values()]
    found, _ = slices((group,), facts, np.arange(1, len(facts) + 1))
    for one in found[:-1]:
        assert parse(one.column.where) is not None


def test_every_category_has_a_filter_that_parses() -> None:
    for one in built_in():
        assert parse(f"category = {quoted(one.name)}") is not None


@settings(deadline=None, max_examples=50)
@given(
    st.text(
        alphabet=st.characters(codec="utf-8", exclude_characters="\"'", exclude_categories=["C"]), min_size=1
    )
)
def test_quoted_words_are_one_value(word: str) -> None:
    assert parse(f"tag = {quoted(word)}") is not None


def test_long_lists_of_images_are_not_filters() -> None:
    facts = [{"pose": "side"}] * 3000
    found, _ = slices(("pose",), facts, np.arange(1, 3001), "split = test")
    assert {one.column.where for one in found if one.column.name == "side"} == {"split = test"}


def test_unknown_groups_are_named() -> None:
    with pytest.raises(StudioError, match=r"'colour'.*Choose among scale"):
        checked(("scale", "colour"))
    assert checked(("pose", "scale")) == ("scale", "pose")
    assert within("", "a = b") == "a = b"
