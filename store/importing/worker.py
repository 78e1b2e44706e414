"""What a process does that reads images for an import; see :mod:`store.helping`.

Nothing here loads SQLAlchemy: it would take longer to begin than to read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from store.db.packing import Packed
from store.formats import registry
from store.formats.base import Divisible, ReadOptions
from store.importing.looking import Looking, Place


@dataclass(frozen=True, slots=True)
class Task:
    """What is imported, and where it goes."""

    format: str
    path: Path
    images: Path | None
    split: str
    place: Place

    def begun(self) -> Callable[[Any], list[Packed]]:
        """Reads a piece after the other."""
        reader = registry.reader(self.format, self.path, ReadOptions(images=self.images, split=self.split))
        assert isinstance(reader, Divisible)
        looking = Looking(self.place)
        return lambda piece: list(looking.pack(reader.read(piece)))
