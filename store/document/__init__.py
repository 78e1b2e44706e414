"""One image being edited: edits, undo, history.

Names are loaded when they are asked for: who only makes edits does not load the database.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from store.db.change import Change
    from store.db.revisions import Revision, RevisionKind
    from store.document.document import Document
    from store.document.edits import Edit
    from store.document.keeping import KeepingDocument

__all__ = ["Change", "Document", "Edit", "KeepingDocument", "Revision", "RevisionKind"]

_HOMES = {
    "Change": "store.db.change",
    "Document": "store.document.document",
    "Edit": "store.document.edits",
    "KeepingDocument": "store.document.keeping",
    "Revision": "store.db.revisions",
    "RevisionKind": "store.db.revisions",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
