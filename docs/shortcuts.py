"""Writes the page of shortcuts from the program's own table: ``python docs/shortcuts.py``."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from app.actions.action import Action, Scope
from app.actions.binding import key_words
from app.actions.table import GESTURES, actions

PAGE = Path(__file__).with_name("shortcuts.md")
_PAGES = ("Everywhere", "Browse", "Annotate", "Retrieval", "Models", "Runs", "Export")
_HEAD = """\
# Shortcuts

This page is written by `docs/shortcuts.py` from the program's own table of actions. The program shows the
same list with `?`, and a field to search it.

![The sheet of shortcuts](images/shortcuts.png)

Keys of a page work while that page is shown; a text field that is being typed into keeps its keys. Those
marked with * need the focus on the canvas of Annotate, where a click into the image or <kbd>Ctrl+2</kbd>
puts it: lists and tables want the same keys for themselves.
"""


def page() -> str:
    """The whole page as Markdown."""
    table = [action for action in actions() if action.keys]
    parts = [_HEAD]
    for name in _PAGES:
        rows = [_row(action) for action in table if (action.page.capitalize() or "Everywhere") == name]
        rows += [_line(keys, what, "") for keys, what in GESTURES.get(name, ())]
        head = (f"## {name}", "", "| keys | what they do | menu |", "|---|---|---|")
        parts.append("\n".join((*head, *rows, "")))
    parts.append("[Back to the guide](README.md)\n")
    return "\n".join(parts)


def _row(action: Action) -> str:
    mark = " *" if action.scope is Scope.CANVAS else ""
    return _line(key_words(action), action.title.rstrip("…"), action.menu, mark)


def _line(keys: str, what: str, menu: str, mark: str = "") -> str:
    return f"| {' or '.join(_keys(keys.split(' / ')))}{mark} | {what} | {menu} |"


def _keys(ways: Iterable[str]) -> list[str]:
    return [f"<kbd>{one.replace('|', '&#124;').replace('`', '&#96;')}</kbd>" for one in ways]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
