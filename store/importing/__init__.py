"""A whole dataset into a store, and again when its files have changed."""

from store.db.again import Conflicts
from store.importing.run import ImportOptions, ImportReport, import_dataset

__all__ = ["Conflicts", "ImportOptions", "ImportReport", "import_dataset"]
