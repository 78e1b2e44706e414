"""Every action of the program. The order is that of the menus and of the shortcuts sheet."""

from __future__ import annotations

from app.actions import annotating, everywhere
from app.actions.action import Action

#: The menus of the menu bar.
MENUS = ("File", "Edit", "View", "Image", "Garment", "Help")


def actions() -> tuple[Action, ...]:
    """The whole table."""
    return (*everywhere.actions(), *annotating.actions())
