"""What the map shows: records in, nothing of stores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from widgets.pages.retrieval.records import Shot


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """n garments as points of a plane: ``places (n, 2)`` x y, y upwards; ``images (n,)`` ids of their images.

    ``shares`` are how much of all variance the two axes explain, 0..1.
    """

    places: NDArray[np.float32]
    images: NDArray[np.int64]
    shares: tuple[float, float] = (0.0, 0.0)

    def __len__(self) -> int:
        """Number of points."""
        return len(self.places)


@dataclass(frozen=True, slots=True)
class Level:
    """One colour of the map: its name, its colour as ``map_drawing.colour_of`` takes it, and how many
    points have it."""

    name: str
    colour: str
    count: int


@dataclass(frozen=True, slots=True, eq=False)
class Colours:
    """What colours n points: ``numbers (n,)`` are places among the ``levels``, -1 where it is not known."""

    facet: str
    levels: tuple[Level, ...]
    numbers: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Told:
    """A point in words: ``point`` is its number, ``shot`` what is cut out of its image."""

    point: int
    title: str
    colour: str
    lines: tuple[str, ...]
    shot: Shot
