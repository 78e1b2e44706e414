"""What a few typed letters find."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from widgets.fuzzy import score

TITLES = (
    "accept and go on",
    "accept",
    "annotate",
    "annotate the selection",
    "next difference",
    "next image",
    "fit the image",
    "fit the whole template to the box",
    "box tool",
    "swap left and right",
)


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("acc", "accept"),
        ("nex dif", "next difference"),
        ("dif nex", "next difference"),
        ("fit", "fit the image"),
        ("templ box", "fit the whole template to the box"),
        ("slar", "swap left and right"),
        ("annot sel", "annotate the selection"),
        ("bx", "box tool"),
    ],
)
def test_the_best_comes_first(typed: str, first: str) -> None:
    assert max(TITLES, key=lambda text: score(typed, text)) == first


def test_a_letter_that_is_missing_excludes() -> None:
    assert score("box q", "box tool") == 0.0
    assert score("xob", "box") == 0.0
    assert score("", "anything") == 1.0


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=12), st.text(max_size=30))
def test_any_text_has_a_score(typed: str, text: str) -> None:
    assert score(typed.lower(), text.lower()) >= 0.0


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet="abcdef ", min_size=1, max_size=20), st.data())
def test_letters_of_a_text_in_their_order_find_it(text: str, data: st.DataObject) -> None:
    places = data.draw(st.lists(st.integers(0, len(text) - 1), unique=True).map(sorted))
    typed = "".join(text[place] for place in places).replace(" ", "")
    assert score(typed, text) > 0
