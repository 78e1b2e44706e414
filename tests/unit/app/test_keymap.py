"""Which keys an action has: its own, a preset's, chosen ones; and who meets whom."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.actions.action import Action, Scope
from app.actions.keymap import Keymap, bound, meet, same_key, shown_otherwise
from app.actions.presets import PRESETS
from app.actions.table import actions
from store.settings import Settings

TABLE = actions()
IDS = {one.id for one in TABLE}


def clashes(table: tuple[Action, ...]) -> list[tuple[str, str]]:
    return [
        (a.id, b.id)
        for a, b in combinations(table, 2)
        if meet(a, b) and {same_key(key) for key in a.keys} & {same_key(key) for key in b.keys}
    ]


@pytest.mark.parametrize("preset", PRESETS)
def test_in_no_preset_a_key_means_two_things(preset: str) -> None:
    assert clashes(bound(TABLE, preset, {})) == []


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_names_actions_that_exist_and_takes_no_last_key(preset: str) -> None:
    now = {one.id: one for one in bound(TABLE, preset, {})}
    assert set(PRESETS[preset]) <= IDS
    lost = [one.id for one in TABLE if one.keys and not now[one.id].keys]
    assert lost == []


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_leaves_lists_and_fields_their_keys(preset: str) -> None:
    book = Keymap(TABLE, preset)
    refused = [
        (one, key, why)
        for one in PRESETS[preset]
        for key in PRESETS[preset][one]
        if (why := book.why_not(one, key))
    ]
    assert refused == []


def test_the_settings_offer_each_preset() -> None:
    assert [value for value, _words in Settings.options()["key_preset"].choices] == list(PRESETS)


def test_the_hands_of_labelme_go_on_with_d() -> None:
    now = {one.id: one for one in bound(TABLE, "labelme", {})}
    assert now["image.next"].keys[0] == "D"
    assert now["image.previous"].keys[0] == "A"
    assert "D" not in now["model.next_difference"].keys


def test_a_clash_is_named_with_the_action_and_the_place() -> None:
    book = Keymap(TABLE)
    assert [str(one) for one in book.clashes("tool.box", "Ctrl+L")] == [
        "Ctrl+L is “Second look” on the Annotate page"
    ]
    assert [one.other.id for one in book.clashes("page.browse", "F5")] == [
        "browse.landmarks",
        "view.landmarks",
    ]
    assert book.clashes("browse.accept", "K") == []


def test_shift_and_a_digit_is_the_sign_above_it() -> None:
    book = Keymap(TABLE)
    assert [one.other.id for one in book.clashes("tool.box", "@")] == ["landmark.visible_next"]


def test_a_key_is_taken_from_who_had_it_and_given_back() -> None:
    book = Keymap(TABLE)
    book.add("tool.box", "Ctrl+L")
    assert book.action("tool.box").keys == ("R", "Ctrl+L")
    assert book.action("image.second_look").keys == ()
    book.reset("image.second_look")
    assert book.action("image.second_look").keys == ("Ctrl+L",)
    assert book.action("tool.box").keys == ("R",)
    assert book.own == {}


def test_only_differences_are_kept() -> None:
    book = Keymap(TABLE)
    book.add("tool.box", "Ctrl+Alt+B")
    book.remove("tool.box", "Ctrl+Alt+B")
    assert book.own == {}


def test_some_keys_are_nobodys() -> None:
    book = Keymap(TABLE)
    assert "giving up" in book.why_not("tool.box", "Esc")
    assert "lists" in book.why_not("tool.box", "Return")
    assert book.why_not("view.fit", "Return") == ""
    assert "held" in book.why_not("view.hide", "T, H")


def test_what_controls_show_is_told_by_page() -> None:
    def action(page: str, *keys: str) -> Action:
        return Action(f"{page}.x", "X", lambda _w: None, keys=keys, page=page, scope=Scope.PAGE)

    usual = (action("annotate", "PgDown"), action("browse", "K"), action("", "Q"))
    now = (action("annotate", "D"), action("browse"), action("", "Q"))
    assert shown_otherwise(usual, now, lambda one: " / ".join(one.keys)) == {
        "annotate": {"PgDown": "D", "PgDn": "D"},
        "browse": {"K": ""},
    }


@settings(max_examples=25, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(sorted(IDS)),
        st.lists(st.sampled_from(["A", "D", "Tab", "Ctrl+Z", "F5", "Del"]), max_size=3),
    ),
    st.sampled_from(sorted(PRESETS)),
)
def test_whatever_a_settings_file_says_no_key_means_two_things(
    own: dict[str, list[str]], preset: str
) -> None:
    assert clashes(bound(TABLE, preset, own)) == []
