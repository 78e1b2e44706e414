"""Number fields and the filter text, each from the other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.filters import parse
from widgets.browser.ranges import Limits, limits, named, with_limits, with_named


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Limits()),
        ("garments >= 2", Limits(2)),
        ("garments > 2 and garments <= 5", Limits(3, 5)),
        ("garments < 4", Limits(None, 3)),
        ("garments = 2", Limits(2, 2)),
        ("garments >= 1 and garments >= 3", Limits(3)),
        # Not alone among terms joined by and, or no range.
        ("garments >= 2 or id = 1", Limits()),
        ("not garments >= 2", Limits()),
        ("garments in (1, 2)", Limits()),
        ("garments != 2", Limits()),
        ("garments >=", Limits()),
    ],
)
def test_texts_become_limits(text: str, expected: Limits) -> None:
    assert limits(text, "garments") == expected


@pytest.mark.parametrize(
    ("text", "wanted", "after"),
    [
        ("", Limits(2, 4), "garments >= 2 and garments <= 4"),
        ("garments = 2", Limits(), ""),
        ("split = test and garments > 2 and domain = shop", Limits(1, 1), None),
        ("split = test or id = 1", Limits(3), "(split = test or id = 1) and garments >= 3"),
        ("garments > 2", Limits(3), "garments > 2"),
    ],
)
def test_limits_change_texts(text: str, wanted: Limits, after: str | None) -> None:
    changed = with_limits(text, "garments", wanted)
    assert changed == (after if after is not None else "split = test and domain = shop and garments = 1")


numbers = st.none() | st.integers(0, 50)
free = st.sampled_from(["", "pair = 3", "(file ~ x or id > 4)", "width > 3 and not split = test", "a ="])


@given(free, st.lists(st.tuples(st.sampled_from(["garments", "width"]), numbers, numbers), max_size=6))
def test_limits_are_read_back(start: str, changes: list[tuple[str, int | None, int | None]]) -> None:
    if start == "a =":
        start = ""
    text = start
    for field, low, high in changes:
        text = with_limits(text, field, Limits(low, high))
        parse(text)
        assert limits(text, field) == Limits(low, high)


@pytest.mark.parametrize("part", ["0012", "a b", "it's", 'so "called"', "and"])
def test_part_of_a_name(part: str) -> None:
    text = with_named("split = test", part)
    assert named(text) == part
    assert parse(text) is not None
    assert with_named(with_named(text, "other"), "") == "split = test"
