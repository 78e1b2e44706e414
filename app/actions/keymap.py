"""Which keys an action has: its own, those of a preset, or those that the person has chosen. No Qt here.

What the person chose goes before a preset, a preset before an action's own keys: who comes later gives up
the keys that somebody before him has where both are listened to. An action that loses its last key to a
preset gets it back with Alt, or more, held.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from app.actions.action import Action, Scope
from app.actions.presets import OWN, PRESETS

#: What the canvas does with a key itself: no action that is listened to there can have it.
RESERVED: Mapping[str, str] = {"Esc": "giving up a drag", "Space": "dragging the image about"}
#: Keys that every list, field and button wants: only actions that need the canvas can have them.
_GREEDY = frozenset(
    {
        *("Tab", "Shift+Tab", "Backtab", "Return", "Enter", "Home", "End", "Del", "Backspace"),
        *("Left", "Right", "Up", "Down", "Shift+Left", "Shift+Right", "Shift+Up", "Shift+Down"),
        *("Ctrl+C", "Ctrl+V", "Ctrl+X", "Ctrl+A"),
    }
)
#: What is typed with Shift on the row of digits, and beside it, on most keyboards.
_SHIFTED = {
    **dict(zip("!@#$%^&*()", (f"Shift+{digit}" for digit in "1234567890"), strict=True)),
    "<": "Shift+,",
    ">": "Shift+.",
    "~": "Shift+`",
}


@dataclass(frozen=True, slots=True)
class Clash:
    """Two actions that would listen to one key: ``where`` says the page on which both do."""

    key: str
    other: Action
    where: str

    def __str__(self) -> str:
        return f"{self.key} is “{self.other.title.rstrip('…')}” {self.where}"


def meet(one: Action, other: Action) -> bool:
    """Whether two actions are listened to at the same time: on one page, or one of them everywhere."""
    return not (one.page and other.page and one.page != other.page)


def same_key(key: str) -> str:
    """What tells one key from another: ``!`` and ``Shift+1`` are the same."""
    return _SHIFTED.get(key, key)


def bound(table: Sequence[Action], preset: str, own: Mapping[str, Sequence[str]]) -> tuple[Action, ...]:
    """The table with the keys that hold now. An unknown preset counts as our own keys."""
    chosen = PRESETS.get(preset, PRESETS[OWN])
    ranks = [0 if one.id in own else 1 if one.id in chosen else 2 for one in table]
    given = [tuple(own.get(one.id, chosen.get(one.id, one.keys))) for one in table]
    taken: dict[str, list[Action]] = {}
    kept: dict[str, tuple[str, ...]] = {}
    for place in sorted(range(len(table)), key=lambda place: (ranks[place], place)):
        action = table[place]
        keys = [
            key
            for key in dict.fromkeys(given[place])
            if not any(meet(action, other) for other in taken.get(same_key(key), ()))
        ]
        for key in keys:
            taken.setdefault(same_key(key), []).append(action)
        kept[action.id] = tuple(keys)
    for action, rank, wanted in zip(table, ranks, given, strict=True):
        if rank and wanted and not kept[action.id]:
            kept[action.id] = _another(action, wanted[0], taken)
    return tuple(replace(one, keys=kept[one.id]) for one in table)


def _another(action: Action, key: str, taken: dict[str, list[Action]]) -> tuple[str, ...]:
    """Another key for an action whose only one is taken: the same with more held, where that is free."""
    base = key.rsplit("+", 1)[-1] or "+"
    for held in ("Alt+", "Ctrl+Alt+", "Ctrl+Alt+Shift+"):
        others = taken.setdefault(f"{held}{base}", [])
        if not any(meet(action, other) for other in others):
            others.append(action)
            return (f"{held}{base}",)
    return ()


class Keymap:
    """The keys of a table, and changes of them. ``own`` are what the person has chosen, by action id.

    Only differences are kept: an action that is given back what it has anyway is no difference.
    """

    def __init__(
        self, table: Sequence[Action], preset: str = OWN, own: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self._table = tuple(table)
        self.preset = preset if preset in PRESETS else OWN
        self.own: dict[str, tuple[str, ...]] = {name: tuple(keys) for name, keys in (own or {}).items()}

    def actions(self) -> tuple[Action, ...]:
        """The table with the keys that hold now."""
        return bound(self._table, self.preset, self.own)

    def action(self, action_id: str) -> Action:
        """An action with the keys that it has now. KeyError for an unknown one."""
        return {one.id: one for one in self.actions()}[action_id]

    def usual(self, action_id: str) -> tuple[str, ...]:
        """The keys an action has with nothing chosen."""
        return next(one.keys for one in bound(self._table, self.preset, {}) if one.id == action_id)

    def clashes(self, action_id: str, key: str) -> list[Clash]:
        """Who has the key already where the action would be listened to too."""
        wanted = self.action(action_id)
        return [
            Clash(key, other, _where(wanted, other))
            for other in self.actions()
            if other.id != action_id
            and meet(wanted, other)
            and same_key(key) in {same_key(one) for one in other.keys}
        ]

    def why_not(self, action_id: str, key: str) -> str:
        """Why an action can never have a key; "" where it can."""
        action = self.action(action_id)
        if key == "Esc" or (key in RESERVED and action.page in ("", "annotate")):
            return f"{key} is for {RESERVED[key]} and stays so"
        if key in _GREEDY and action.scope is not Scope.CANVAS:
            return f"{key} is needed by lists and fields; only what works on the canvas can have it"
        if not action.listened and "," in key[:-1]:
            return "This works while its key is held: it can have no sequence of keys"
        return ""

    def add(self, action_id: str, key: str) -> None:
        """Give an action one more key, and take it from whoever has it."""
        for clash in self.clashes(action_id, key):
            self.remove(clash.other.id, key)
        keys = self.action(action_id).keys
        if same_key(key) not in {same_key(one) for one in keys}:
            self._set(action_id, (*keys, key))

    def remove(self, action_id: str, key: str) -> None:
        """Take a key from an action."""
        left = (one for one in self.action(action_id).keys if same_key(one) != same_key(key))
        self._set(action_id, tuple(left))

    def reset(self, action_id: str) -> None:
        """Give an action its usual keys back; who has them now gives them up."""
        self.own.pop(action_id, None)
        for key in self.usual(action_id):
            for clash in self.clashes(action_id, key):
                self.remove(clash.other.id, key)

    def reset_all(self) -> None:
        """Give every action its usual keys back."""
        self.own.clear()

    def _set(self, action_id: str, keys: Iterable[str]) -> None:
        keys = tuple(keys)
        if keys == self.usual(action_id):
            self.own.pop(action_id, None)
        else:
            self.own[action_id] = keys


def where(action: Action) -> str:
    """Where an action is listened to, in words."""
    page = action.page.capitalize() or "Everywhere"
    return f"{page}, on the canvas" if action.scope is Scope.CANVAS else page


def _where(one: Action, other: Action) -> str:
    page = one.page or other.page
    return f"on the {page.capitalize()} page" if page else "everywhere"


def shown_otherwise(
    usual: Sequence[Action], now: Sequence[Action], words: Callable[[Action], str]
) -> dict[str, dict[str, str]]:
    """What controls have to show instead of usual keys: by page, the usual key to the first one now.

    ``words`` says the keys of an action as people read them, ways to press it joined by " / ".
    """
    told: dict[str, dict[str, str]] = {}
    for before, after in zip(usual, now, strict=True):
        if before.keys == after.keys:
            continue
        first = words(after).split(" / ")[0]
        for key in words(before).split(" / "):
            for name in (key, *_SECOND_NAMES.get(key, ())):
                told.setdefault(before.page, {})[name] = first
    return told


#: How controls write keys that Qt writes otherwise.
_SECOND_NAMES = {"PgDown": ("PgDn",), "Del": ("Delete",)}
