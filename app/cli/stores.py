"""What commands ask of a folder before they make anything in it."""

from __future__ import annotations

from pathlib import Path

from store.errors import StudioError

#: The file that makes a folder a store.
MARK = "store.toml"


def refuse_no_store(folder: Path) -> None:
    """StudioError where a folder is no store."""
    if not (folder / MARK).is_file():
        raise StudioError(f"{folder} is no store.", "Import a dataset first, or check the path.")
