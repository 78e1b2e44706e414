"""Names as one text find the same as names one by one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from store.db.facts.filenames import FileNames

NAMES = st.lists(st.text("abA/._üß\x1f", max_size=6), max_size=8)
PARTS = st.text("abA/._üß\x1f", max_size=3)


def lower(text: str) -> str:
    """Lower case of a to z only."""
    return text.encode().lower().decode().replace("\x1f", "?")


@given(NAMES, PARTS)
def test_parts_are_found_as_in_each_name(names: list[str], part: str) -> None:
    found = FileNames.of(names).containing(part).tolist()
    assert found == ["\x1f" not in part and lower(part) in lower(name) for name in names]


@given(NAMES, PARTS)
def test_a_name_is_found_whole_or_behind_its_folder(names: list[str], name: str) -> None:
    found = FileNames.of(names).called(name).tolist()
    wanted = lower(name)
    assert found == [
        "\x1f" not in name and (lower(one) == wanted or (wanted != "" and lower(one).endswith(f"/{wanted}")))
        for one in names
    ]


@given(NAMES, NAMES)
def test_names_come_back_also_those_put_behind(names: list[str], more: list[str]) -> None:
    both = FileNames.of(names).with_more(more)
    assert [both.name(row) for row in range(len(both))] == [one.replace("\x1f", "?") for one in names + more]


def test_what_was_asked_before_is_answered_the_same() -> None:
    names = FileNames.of(f"shop/{number:04}.jpg" for number in range(2000))
    for _ in range(2):
        for part in ("1234", "7", "JPG", "99.j", "op/00", "x"):
            assert names.containing(part).tolist() == [
                part.lower() in names.name(row) for row in range(len(names))
            ]
