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
_TAIL = """\
## Finding an action

<kbd>Ctrl+K</kbd>, or the field at the right of the menu bar, lists every action of every page. A few
letters find one: beginnings of words in any order ("nex dif"), or letters in their order. <kbd>Enter</kbd>
runs it, <kbd>Esc</kbd> goes back. What is not possible now is listed with the reason; what was used lately
comes first.

![The command palette](images/palette.png)

## Other keys

*Keys* in the settings takes the keys of labelme, X-AnyLabeling or CVAT for what means the same here; an
action that loses its only key to that gets it back with <kbd>Alt</kbd> held. *Change keys…* in the menu
File changes single ones: choose an action, press a key in the field. Who has the key already, and on which
page both would listen to it, is said before it is taken. An action may have several keys, or none. Every
change is in force at once, in menus, tool tips and on the buttons; *Reset* and *Reset all* take changes
back. Some keys cannot be had: <kbd>Esc</kbd> and <kbd>Space</kbd>, and outside of the canvas those that
lists and fields need.

![The editor of keys: Ctrl+L is taken](images/keys.png)

## Looking closer

In Annotate <kbd>P</kbd> opens brightness, contrast and gamma of the picture, <kbd>Ctrl+Alt+Arrows</kbd>
change the first two without it, <kbd>Shift+P</kbd> shows the picture as it is. They are for the screen
alone: nothing of them is saved. <kbd>Shift+X</kbd> puts a crosshair at the pointer. <kbd>I</kbd> shows
another image of the selected garment's product beside the one that is edited, those of the other domain
first; <kbd>Shift+I</kbd> goes on to the next. The second image can be moved and zoomed, not changed. The
landmark that is marked is marked there too, and with <kbd>Alt+I</kbd> it shows the same part of the garment.
A picture of more than 64 megapixels is shown with fewer pixels, at its full size: landmarks are where they
are in the file.

![A dark picture is made brighter](images/tools/demo-dark-1280-100/tone.png)

([In light](images/tools/demo-light-1280-100/tone.png).)

![A consumer's image, and the shop's beside it](images/beside-dark.png)

![The same in the light theme](images/beside-light.png)
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
    parts.append(_TAIL)
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
