"""The database of a store: tables, migrations, and the repositories that give out frozen records.

Names are loaded when they are asked for: the canvas needs :class:`Change`, and must not wait for
SQLAlchemy to get it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from store.db.bulk import BulkWriter
    from store.db.change import Change
    from store.db.facets import WITH_PROBLEMS, WITHOUT_PROBLEMS
    from store.db.facts.ordering import ORDERS
    from store.db.images import Tile
    from store.db.revisions import Revision, RevisionKind
    from store.db.statistics import Totals
    from store.db.store import Store

__all__ = [
    "ORDERS",
    "WITHOUT_PROBLEMS",
    "WITH_PROBLEMS",
    "BulkWriter",
    "Change",
    "Revision",
    "RevisionKind",
    "Store",
    "Tile",
    "Totals",
]

_HOMES = {
    "BulkWriter": "bulk",
    "Change": "change",
    "ORDERS": "facts.ordering",
    "Revision": "revisions",
    "RevisionKind": "revisions",
    "Store": "store",
    "Tile": "images",
    "Totals": "statistics",
    "WITHOUT_PROBLEMS": "facets",
    "WITH_PROBLEMS": "facets",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
