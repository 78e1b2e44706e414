"""What a model proposes for an image, and how that stands beside the annotation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import numpy as np

from resources.schemas import Schema
from store.records import Bytes, Floats, Garment, Record, Visibility, read_only

#: Of a category whose landmarks nobody has named.
NO_SCHEMA = Schema("", ())


class Part(StrEnum):
    """What of a garment can be accepted by itself; the words are those of titles and provenance."""

    BOX = "box"
    MASK = "mask"
    LANDMARKS = "landmarks"
    CATEGORY = "category"
    ATTRIBUTES = "attributes"


@dataclass(frozen=True, slots=True)
class Source:
    """Which model proposed: its name, the run that kept it or "", the digest of its weights or ""."""

    model: str
    run: str = ""
    sha256: str = ""


def _no_places() -> Floats:
    return read_only([], np.float64, (-1, 2))


def _no_states() -> Bytes:
    return read_only([], np.uint8, (-1,))


def _no_scores() -> Floats:
    return read_only([], np.float64, (-1,))


@dataclass(frozen=True, slots=True, eq=False)
class Proposal(Record):
    """One garment as a model would annotate it.

    ``number`` is its place among the model's garments of the image, from 0, best score first.
    ``category_id`` is the store's, 0 where the store has no such category. ``score`` is 0..1. ``box`` is
    ``(4,)`` x1 y1 x2 y2 in image pixels or None. ``polygons`` (``(k, 2)`` each) outline the mask, ``rle`` is
    the mask itself. ``points`` ``(n, 2)`` are image pixels in the model's own ``schema``, n its size or 0;
    ``visibility`` ``(n,)`` is VISIBLE where the model is sure enough of the landmark, else UNLABELLED;
    ``point_scores`` ``(n,)`` are 0..1. ``attributes`` maps a name to its probability. ``garment_id`` is the
    garment that a model for crops was asked about. ``withheld`` are parts that are shown and not offered.
    """

    number: int
    category_id: int
    score: float
    box: Floats | None = None
    polygons: tuple[Floats, ...] = ()
    rle: Mapping[str, Any] | None = None
    points: Floats = field(default_factory=_no_places)
    visibility: Bytes = field(default_factory=_no_states)
    point_scores: Floats = field(default_factory=_no_scores)
    schema: Schema = NO_SCHEMA
    attributes: Mapping[str, float] = field(default_factory=dict)
    source: Source = Source("")
    garment_id: int | None = None
    withheld: frozenset[Part] = frozenset()

    def __post_init__(self) -> None:
        if self.box is not None:
            object.__setattr__(self, "box", read_only(self.box, np.float64, (4,)))
        object.__setattr__(self, "points", read_only(self.points, np.float64, (-1, 2)))
        object.__setattr__(self, "visibility", read_only(self.visibility, np.uint8, (-1,)))
        object.__setattr__(self, "point_scores", read_only(self.point_scores, np.float64, (-1,)))
        polygons = tuple(read_only(p, np.float64, (-1, 2)) for p in self.polygons)
        object.__setattr__(self, "polygons", polygons)
        if not len(self.points) == len(self.visibility) == len(self.point_scores):
            raise ValueError("points, visibility and scores of a proposal differ in number")
        if len(self.points) not in (0, self.schema.size):
            raise ValueError(f"{len(self.points)} landmarks in a schema of {self.schema.size}")

    @property
    def parts(self) -> frozenset[Part]:
        """What of it can be accepted."""
        there = {
            Part.BOX: self.box is not None,
            Part.MASK: bool(self.polygons),
            Part.LANDMARKS: bool((self.visibility != Visibility.UNLABELLED).any()),
            Part.CATEGORY: self.category_id != 0,
            Part.ATTRIBUTES: bool(self.attributes),
        }
        return frozenset(part for part, is_there in there.items() if is_there) - self.withheld


@dataclass(frozen=True, slots=True)
class Match:
    """A proposal with the garment it is about; None: with none, accepting adds one. ``iou`` is of the
    boxes."""

    proposal: Proposal
    garment: Garment | None = None
    iou: float = 0.0


class DifferenceKind(StrEnum):
    """How annotation and proposal differ in a landmark."""

    MOVED = "moved"
    MISSING = "missing"
    EXTRA = "extra"


@dataclass(frozen=True, slots=True)
class Difference:
    """One landmark in the annotation and in the proposal.

    ``index`` (0-based), ``number`` (1-based) and ``name`` are the garment's, ``proposed`` the index among the
    proposal's own landmarks, as :func:`store.proposals.accept` takes it. ``start`` is the annotation's place,
    ``end`` the proposal's, in image pixels. "moved": both are there (and may be at one place); "missing": the
    annotation has none, ``start`` is None; "extra": the model is not sure of one, ``end`` is None.
    ``pixels`` is their distance, ``sigmas`` the same in standard deviations of people who label that
    landmark: pixels / (2 sigma sqrt(area)), as in OKS. Both are 0 unless "moved".
    """

    index: int
    number: int
    name: str
    start: tuple[float, float] | None
    end: tuple[float, float] | None
    pixels: float
    sigmas: float
    kind: DifferenceKind
    proposed: int
