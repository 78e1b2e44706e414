"""What the wall shows of a garment, and what can be chosen."""

from __future__ import annotations

from dataclasses import dataclass

from resources.schemas import Schema
from store.geometry import Point
from store.records import Bytes, Floats


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several: its key, and its title for people."""

    key: str
    title: str


@dataclass(frozen=True, slots=True, eq=False)
class Tile:
    """One crop. ``points (L, 2)``, image pixels, and ``states (L,)`` are the landmarks as they are now.

    ``anchor`` is the middle of the crop and ``side`` its size at zoom 1, in image pixels. ``expected`` is
    where the landmark should be, or None. ``words`` say how odd it is; ``changed``: it was corrected here.
    """

    garment_id: int
    image_id: int
    points: Floats
    states: Bytes
    anchor: Point
    side: float
    expected: Point | None = None
    words: str = ""
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Subject:
    """Which landmark of which category is looked at."""

    schema: Schema
    landmark: int
    colour: str
    category: str

    @property
    def title(self) -> str:
        """As people read it: "trousers, 6 left leg hem, outer"."""
        return f"{self.category}, {self.landmark + 1} {self.schema.names[self.landmark]}"
