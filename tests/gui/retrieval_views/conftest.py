"""The window on a small ranking, as for the board."""

from __future__ import annotations

from tests.gui.retrieval.conftest import (
    bare_store,
    look,
    open_window,
    own_home,
    store_folder,
    window,
)

__all__ = ["bare_store", "look", "open_window", "own_home", "store_folder", "window"]
