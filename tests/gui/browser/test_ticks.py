"""The filter text and the check boxes of the facets, each from the other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.errors import FilterError
from store.filters import parse
from widgets.browser.ticks import PROBLEM_WORDS, drop_last, quoted, tick, ticks

WORDS = {
    "category": ("trousers", "short sleeve top", "vest", 'odd "one"'),
    "review": ("to do", "in progress", "second look", "accepted", "rejected"),
    "occlusion": ("slight", "medium", "heavy", "unknown"),
    "domain": ("shop", "consumer"),
    "dataset": ("deepfashion2-train", "and", "x,y"),
    "problems": PROBLEM_WORDS,
}


@pytest.mark.parametrize(
    ("text", "facet", "chosen"),
    [
        ("category = trousers", "category", {"trousers"}),
        ("category in (vest, trousers) and domain = shop", "category", {"vest", "trousers"}),
        ("domain = shop and review != accepted", "review", set(WORDS["review"]) - {"accepted"}),
        ("review not in (accepted, rejected)", "review", {"to do", "in progress", "second look"}),
        ("occlusion >= medium", "occlusion", {"medium", "heavy"}),
        ("occlusion < 2", "occlusion", {"slight"}),
        ("occlusion = 3", "occlusion", {"heavy"}),
        ("problems > 0", "problems", {"with problems"}),
        ("problems = 0", "problems", {"without problems"}),
        ("Category = SHORT_sleeve-top", "category", {"short sleeve top"}),
        # Terms that are not simple are nobody's.
        ("category = trousers or domain = shop", "category", set()),
        ("not category = trousers", "category", set()),
        ("(category = trousers) and domain = shop", "category", set()),
        ("category ~ trou", "category", set()),
        ("category = kimono", "category", set()),
        ("problems > 3", "problems", set()),
        ("category = ", "category", set()),
        ("", "category", set()),
    ],
)
def test_texts_become_ticks(text: str, facet: str, chosen: set[str]) -> None:
    assert ticks(text, WORDS)[facet] == chosen


@pytest.mark.parametrize(
    ("text", "change", "after"),
    [
        ("", ("category", "trousers", True), "category = trousers"),
        ("category = trousers", ("category", "vest", True), "category in (trousers, vest)"),
        ("category in (trousers, vest)", ("category", "vest", False), "category = trousers"),
        ("category = trousers", ("category", "trousers", False), ""),
        ("category = trousers", ("review", "to do", True), 'category = trousers and review = "to do"'),
        ("a", ("category", "vest", True), None),
        (
            "domain = shop and category = vest and pair = 3",
            ("category", "vest", False),
            "domain = shop and pair = 3",
        ),
        ("domain = shop and category = vest", ("category", "vest", False), "domain = shop"),
        ("category = vest  AND  domain = shop", ("category", "vest", False), "domain = shop"),
        (
            "domain = shop or pair = 3",
            ("category", "vest", True),
            "(domain = shop or pair = 3) and category = vest",
        ),
        ("occlusion >= medium", ("occlusion", "heavy", False), "occlusion = medium"),
        ("review != accepted", ("review", "accepted", True), None),
        ("problems > 0", ("problems", "without problems", True), "problems >= 0"),
        ("category = vest", ("category", "vest", True), "category = vest"),
        ('file ~ "and category = vest"', ("category", "vest", False), 'file ~ "and category = vest"'),
    ],
)
def test_ticks_change_texts(text: str, change: tuple[str, str, bool], after: str | None) -> None:
    if text == "a":
        with pytest.raises(FilterError):
            tick(text, *change, WORDS)
        return
    changed = tick(text, *change, WORDS)
    if after is not None:
        assert changed == after
    assert (change[1] in ticks(changed, WORDS)[change[0]]) is change[2]


words = st.sampled_from([(facet, word) for facet, known in WORDS.items() for word in known])
free = st.sampled_from(["", "pair = 3", '(file ~ "and" or id > 4)', "not split = test", "garments in (1, 2)"])


@given(free, st.lists(st.tuples(words, st.booleans()), max_size=14))
def test_every_way_of_ticking_is_read_back(start: str, changes: list[tuple[tuple[str, str], bool]]) -> None:
    text, expected = start, {facet: set[str]() for facet in WORDS}
    for (facet, word), on in changes:
        text = tick(text, facet, word, on, WORDS)
        parse(text)
        (expected[facet].add if on else expected[facet].discard)(word)
        assert ticks(text, WORDS) == expected
    assert start in text


@given(st.text(max_size=60))
def test_any_text_has_ticks(text: str) -> None:
    assert set(ticks(text, WORDS)) == set(WORDS)
    dropped, rest = drop_last(text)
    assert len(dropped) + len(rest) <= len(text)


@pytest.mark.parametrize(
    ("text", "dropped", "rest"),
    [
        ("category = vest", "category = vest", ""),
        ("category = vest and pair = 3", "pair = 3", "category = vest"),
        ("a = vest and (b = 1 and c = 2)", "a = vest and (b = 1 and c = 2)", ""),
        ("id = 1 and (pair = 1 and style = 2)", "(pair = 1 and style = 2)", "id = 1"),
        ("id = 1 or pair = 1 and style = 2", "id = 1 or pair = 1 and style = 2", ""),
        ('id = 1 and file = "x and y"', 'file = "x and y"', "id = 1"),
        ("", "", ""),
    ],
)
def test_the_last_term_can_be_dropped(text: str, dropped: str, rest: str) -> None:
    assert drop_last(text) == (dropped, rest)


@given(st.text(st.characters(exclude_characters="\"'"), min_size=1, max_size=20))
def test_quoted_words_mean_themselves(word: str) -> None:
    expression = parse(f"file = {quoted(word)}")
    assert expression is not None
    assert expression.values[0].text == word
