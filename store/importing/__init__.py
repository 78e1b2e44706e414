"""A whole dataset into a store, and again when its files have changed.

Names are loaded when they are asked for: the processes that read must not wait for the database.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from store.db.again import Conflicts
    from store.importing.run import ImportOptions, ImportReport, import_dataset

__all__ = ["Conflicts", "ImportOptions", "ImportReport", "import_dataset"]

_HOMES = {
    "Conflicts": "store.db.again",
    "ImportOptions": "store.importing.run",
    "ImportReport": "store.importing.run",
    "import_dataset": "store.importing.run",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
