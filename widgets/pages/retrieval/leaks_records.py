"""What the leaks view shows: records in, nothing of stores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from widgets.pages.retrieval.records import Shot

#: The lists by key, in the order of their switch.
KINDS: Mapping[str, str] = {
    "products": "Products",
    "across": "Splits",
    "alike": "Alike",
    "files": "Files",
}
#: What each list has, in a sentence, and what is said where it has nothing.
SAYS: Mapping[str, tuple[str, str]] = {
    "products": (
        "One product with garments in several splits",
        "No product has garments in several splits",
    ),
    "across": (
        "Pictures of different splits with garments that look the same, nearest first",
        "No pictures of different splits look the same within this distance",
    ),
    "alike": (
        "Pictures with garments that look the same, nearest first",
        "No two pictures look the same within this distance",
    ),
    "files": (
        "Pictures that are the same file, byte for byte",
        "No two pictures are the same file",
    ),
}


@dataclass(frozen=True, slots=True)
class Side:
    """One of two: a garment in its image; ``garment_id`` is 0 where the image is meant."""

    image_id: int
    garment_id: int
    name: str
    split: str
    shot: Shot
    domain: str = ""
    category: str = ""
    colour: str = "#808080"
    product: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two that stand where they should not. ``distance`` is that of their garments, None where none is meant;
    ``words`` say the rest; ``same``: they are one product; ``hindrance`` says why they cannot become one."""

    kind: str
    first: Side
    second: Side
    distance: float | None = None
    words: str = ""
    same: bool = False
    hindrance: str = ""


@dataclass(frozen=True, slots=True)
class LeaksState:
    """All lists by key, how many each has in all, and what was not compared."""

    pairs: Mapping[str, tuple[Pair, ...]] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    title: str = ""
