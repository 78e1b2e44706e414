"""The configurations for training runs that come with the program, as TOML files in ``resources/runs``."""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files
from pathlib import Path


@cache
def presets() -> dict[str, Path]:
    """The file of each ready configuration by its name; those for processors ("small") first."""
    with as_file(files("resources") / "runs") as folder:
        found = sorted(folder.glob("*.toml"), key=lambda file: (not file.stem.endswith("-small"), file.stem))
        return {file.stem: file for file in found}
