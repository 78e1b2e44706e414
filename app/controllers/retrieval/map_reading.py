"""What the map of an index shows: its points, what colours them, one of them in words. Called in threads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.controllers.retrieval.words import level_words
from resources.taxonomy import Category, categories
from store.db import Store
from store.db.products import GarmentTable
from store.identities import told
from store.progress import Progress
from store.retrieval.index import FILE, FOLDER, IndexFacts, Rows, VectorIndex, all_indices
from store.retrieval.projection import (
    FACETS,
    OUTCOME,
    Colouring,
    axes,
    colouring,
    folded,
    outcomes,
    shown_garments,
)
from store.retrieval.standing import Standing
from widgets.pages.retrieval.map_records import Colours, Level, Points, Told
from widgets.pages.retrieval.records import Shot

NO_INDEX = (
    "No index yet: a model makes vectors of the garments first. The board offers it, "
    "or: deepfashion-studio index --store STORE --model MODEL"
)
#: What points can be coloured by, in the order of the menu.
FACET_WORDS: Mapping[str, str] = {
    **{key: key.replace("_", "-") for key in FACETS},
    OUTCOME: "hit or miss",
}
#: So many levels have a colour; of more the rarest are one.
MOST = 14
#: Colours of levels that have none of their own: those of the categories, which are told apart best, and
#: neighbours among them that differ much.
_COLOURS = tuple(one.colour for one in sorted(categories(), key=lambda one: one.id)[:13])
_TURNS = (2, 0, 9, 12, 4, 11, 1, 6, 8, 3, 10, 5, 7)
_ORDERED = ("scale", "occlusion", "zoom_in")


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """An index as it was drawn. ``garments (R,)`` say what its rows are of; ``stamp`` when it was written."""

    facts: IndexFacts
    stamp: int
    rows: Rows
    garments: NDArray[np.int64]
    table: GarmentTable
    points: Points


def indices(folder: Path) -> tuple[tuple[IndexFacts, int], ...]:
    """The indices of a store, the newest first, and when each was written (nanoseconds)."""
    found = [(facts, _stamp(folder, facts)) for facts in all_indices(folder)]
    return tuple(sorted(found, key=lambda one: -one[1]))


def index_words(facts: IndexFacts) -> str:
    """An index in few words."""
    boxes = f"boxes of {facts.predictions}" if facts.predictions else f"by {facts.crop}"
    return f"{facts.model}, {boxes}"


def _stamp(folder: Path, facts: IndexFacts) -> int:
    """When an index was written last, 0 where it is gone. What is appended is in the file beside it first."""
    files = [folder / FOLDER / facts.name / f"{FILE}{end}" for end in ("", "-wal")]
    return max((file.stat().st_mtime_ns for file in files if file.exists()), default=0)


def draw(store: Store, facts: IndexFacts, stamp: int, progress: Progress) -> Drawn:
    """Read an index and lay it into the plane of its largest variance."""
    with VectorIndex.open(store.folder / FOLDER / facts.name) as index:
        rows, vectors = index.read()
        plane = axes(vectors, rows.rows, progress)
        places = plane.points(vectors, rows.rows)
    first, second = plane.shares.tolist()
    table = store.products.table()
    points = Points(places, rows.image_ids, (first, second))
    return Drawn(facts, stamp, rows, shown_garments(table, rows), table, points)


def coloured(
    drawn: Drawn, facet: str, known: Mapping[int, Category], standing: Standing | None = None
) -> Colours:
    """The colours of a facet of :data:`FACET_WORDS`; without ``standing`` no outcome is known."""
    names = {one.id: one.name for one in known.values()}
    if facet == OUTCOME and standing is not None:
        found = outcomes(standing, drawn.rows.garment_ids)
    elif facet == OUTCOME:
        found = Colouring(facet, (), (), np.full(len(drawn.rows), -1, np.int64))
    elif facet == "category" and drawn.facts.predictions:
        found = _said(drawn.rows, names)
    elif facet in ("split", "domain"):
        found = colouring(drawn.table, drawn.garments, facet, names)
    else:
        found = colouring(drawn.table, drawn.rows.garment_ids, facet, names)
    few = folded(found, MOST)
    counts = np.bincount(few.numbers[few.numbers >= 0], minlength=len(few.labels)).tolist()
    levels = tuple(
        Level(label, _colour(facet, key, number, known), count)
        for number, (label, key, count) in enumerate(zip(few.labels, few.keys, counts, strict=True))
    )
    return Colours(FACET_WORDS[facet], levels, few.numbers)


def _said(rows: Rows, names: Mapping[int, str]) -> Colouring:
    """The categories that were predicted."""
    kinds, numbers = np.unique(rows.category_ids, return_inverse=True)
    keys = tuple(kinds.tolist())
    return Colouring("category", tuple(names.get(key, str(key)) for key in keys), keys, numbers)


def _colour(facet: str, key: int | str, number: int, known: Mapping[int, Category]) -> str:
    if key == "":
        return "t3"
    if facet == OUTCOME:
        return str(key)
    if facet == "category" and isinstance(key, int) and key in known:
        return known[key].colour
    if facet in _ORDERED:
        return f"level {key}"
    return _COLOURS[_TURNS[number % len(_TURNS)]]


def words_of(drawn: Drawn, point: int, store: Store, known: Mapping[int, Category]) -> Told:
    """A point in words. StudioError where its image is gone."""
    rows, table = drawn.rows, drawn.table
    garment, image = int(rows.garment_ids[point]), store.images.get(int(rows.image_ids[point]))
    at = int(table.rows(rows.garment_ids[point : point + 1])[0])
    category = int(table.category_ids[at]) if at >= 0 else int(rows.category_ids[point])
    lines = [image.name]
    if garment:
        number = int(table.identities[at]) if at >= 0 else -1
        lines.append(f"garment {garment}, {told(table.keys[number]) if number >= 0 else 'no product'}")
    else:
        lines.append(f"predicted, score {rows.scores[point]:.2f}")
    lines.append(", ".join(filter(None, (image.split, image.domain.value))))
    lines.append(", ".join(filter(None, (level_words(table, at, column) for column in range(4)))))
    x1, y1, x2, y2 = rows.boxes[point].tolist()
    found = known.get(category)
    title, colour = (found.name, found.colour) if found is not None else (f"category {category}", "#808080")
    return Told(point, title, colour, tuple(filter(None, lines)), Shot(image.id, (x1, y1, x2, y2)))
