"""The table of actions: keys that do not collide, icons that exist, conditions that say why."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import pytest

from app.actions.action import Action, Scope, State
from app.actions.table import MENUS, actions
from resources.theme import ICONS

TABLE = actions()
BY_ID = {action.id: action for action in TABLE}

#: The default keys that the program promises.
PROMISED = {
    "image.next": "PgDown",
    "image.previous": "PgUp",
    "image.accept_next": "Return",
    "image.accept": "Ctrl+Return",
    "landmark.next": "Tab",
    "landmark.previous": "Shift+Tab",
    "garment.next": "`",
    "landmark.left": "Left",
    "landmark.right10": "Shift+Right",
    "landmark.visible": "2",
    "landmark.occluded": "1",
    "landmark.cut_off": "3",
    "landmark.unlabelled": "0",
    "tool.select": "V",
    "tool.landmarks": "K",
    "tool.box": "R",
    "template.rest": "T",
    "landmark.copy_previous": "C",
    "garment.swap": "M",
    "view.fit": "Home",
    "view.full": "End",
    "view.landmarks": "F5",
    "view.masks": "F6",
    "view.boxes": "F7",
    "view.hide": "H",
    "edit.filter": "/",
    "edit.undo": "Ctrl+Z",
    "edit.redo": "Ctrl+Shift+Z",
    "file.save": "Ctrl+S",
    "page.browse": "Ctrl+1",
    "page.annotate": "Ctrl+2",
    "page.runs": "Ctrl+5",
    "page.export": "Ctrl+8",
    "run.new": "Ctrl+N",
    "view.side": "Ctrl+B",
    "store.open": "Ctrl+O",
    "store.import": "Ctrl+I",
    "store.demo": "Ctrl+D",
    "file.export": "Ctrl+E",
    "help.shortcuts": "?",
    "view.screen": "F11",
    "file.quit": "Ctrl+Q",
}


def test_ids_are_unique() -> None:
    assert [name for name, count in Counter(a.id for a in TABLE).items() if count > 1] == []


@pytest.mark.parametrize(("action", "key"), PROMISED.items())
def test_promised_keys_are_bound(action: str, key: str) -> None:
    assert BY_ID[action].keys[0] == key


def test_no_key_means_two_things_on_one_page() -> None:
    def together(a: Action, b: Action) -> bool:
        return not (a.page and b.page and a.page != b.page)

    clashes = [
        (a.id, b.id, key)
        for a, b in combinations(TABLE, 2)
        for key in set(a.keys) & set(b.keys)
        if together(a, b)
    ]
    assert clashes == []


def test_keys_that_lists_and_fields_need_are_left_to_them() -> None:
    greedy = {"Tab", "Shift+Tab", "Return", "Enter", "Home", "End", "Left", "Right", "Up", "Down", "Del"}
    taken = [a.id for a in TABLE if set(a.keys) & greedy and a.scope is not Scope.CANVAS]
    assert taken == []


def test_menus_and_icons_exist() -> None:
    assert {a.menu for a in TABLE if a.menu} == set(MENUS)
    assert [a.icon for a in TABLE if a.icon and not (ICONS / f"{a.icon}.svg").is_file()] == []


def test_without_a_store_only_ways_to_get_one_are_possible() -> None:
    possible = {a.id for a in TABLE if not a.enabled_when(State())}
    assert {"store.open", "store.import", "store.demo", "file.quit", "help.shortcuts"} <= possible
    assert not possible & {"store.close", "file.export", "page.browse", "image.next", "edit.undo"}


def test_what_is_impossible_says_why() -> None:
    shown = State(page="annotate", store=True, writable=True, images=3, image=True)
    assert BY_ID["landmark.visible"].enabled_when(shown) == "No landmark is selected"
    assert BY_ID["edit.undo"].enabled_when(shown) == "Nothing to undo in this image"
    assert BY_ID["image.next"].enabled_when(shown) == ""


def test_a_read_only_store_can_be_looked_at_but_not_changed() -> None:
    shown = State(
        page="annotate", store=True, image=True, garment=True, landmark=True, undo="Move landmark 1"
    )
    assert BY_ID["image.next"].enabled_when(shown) == ""
    for action in ("edit.undo", "landmark.visible", "image.accept", "landmark.left"):
        assert BY_ID[action].enabled_when(shown) == "The store is open read-only"
