"""The one command that opens a window, and so the only one that imports Qt."""

from __future__ import annotations

from pathlib import Path


def show(store: Path | None) -> int:
    """Open the window on a store, on the last one for None; gives back the exit code when it closes."""
    from app.start import run

    return run(store)
