"""One image being edited: edits, undo, history."""

from store.db.changes import Change
from store.db.revisions import Revision, RevisionKind
from store.document.document import Document
from store.document.edits import Edit

__all__ = ["Change", "Document", "Edit", "Revision", "RevisionKind"]
