"""The database of a store: tables, migrations, and the repositories that give out frozen records."""

from store.db.bulk import BulkWriter
from store.db.changes import Change
from store.db.facets import WITH_PROBLEMS, WITHOUT_PROBLEMS
from store.db.images import ORDERS, Tile
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
