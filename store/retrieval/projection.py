"""Vectors as points of a plane: the two directions in which they differ most (PCA), and what colours them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from resources.taxonomy import LEVELS
from store.db.products import FACTS, GarmentTable
from store.identities import told
from store.progress import Progress, silent
from store.retrieval.index import Rows, Vectors
from store.retrieval.standing import Standing

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: What points can be coloured by.
FACETS = ("category", "split", "domain", *FACTS, "product")
#: What they can be coloured by beside these where there is a ranking; see :func:`outcomes`.
OUTCOME = "outcome"

_BLOCK = 8192
_DOMAINS = {0: "consumer", 1: "shop"}


@dataclass(frozen=True, slots=True, eq=False)
class Axes:
    """A plane through vectors: their ``mean (E,)``, two ``directions (2, E)`` of unit length, and the
    ``shares (2,)`` of all variance that these explain, the larger first."""

    mean: Floats
    directions: Floats
    shares: Floats

    def points(self, vectors: Vectors, places: Ints | None = None) -> NDArray[np.float32]:
        """Where vectors ``(n, E)``, or those at ``places (m,)`` of them, lie in the plane: ``(n, 2)``."""
        count = len(vectors) if places is None else len(places)
        found = np.zeros((count, 2), np.float32)
        for start, block in _blocks(vectors, places):
            found[start : start + len(block)] = (block - self.mean) @ self.directions.T
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Colouring:
    """What colours n points: ``numbers (n,)`` are places in ``labels``, -1 where it is not known.

    ``keys`` are what the labels stand for: category ids, levels, or numbers of products; for splits and
    outcomes the words themselves, "" for labels that were folded into one.
    """

    facet: str
    labels: tuple[str, ...]
    keys: tuple[int | str, ...]
    numbers: Ints


def axes(vectors: Vectors, places: Ints | None = None, progress: Progress = silent) -> Axes:
    """The plane in which vectors ``(n, E)``, or those at ``places (m,)`` of them, differ most.

    It is found from the covariance of the numbers, in blocks, so that vectors may lie on the disk. The sign
    is such that the number of each direction that is farthest from 0 is positive: the same vectors give the
    same picture. Directions that do not exist (one vector, or vectors of one number) are 0.
    """
    count, size = len(vectors) if places is None else len(places), vectors.shape[1]
    if count == 0:
        return Axes(np.zeros(size), np.zeros((2, size)), np.zeros(2))
    total = np.zeros(size)
    for start, block in _blocks(vectors, places):
        progress(start, 2 * count, "Drawing the map")
        total += block.sum(axis=0)
    mean = total / count
    spread = np.zeros((size, size))
    for start, block in _blocks(vectors, places):
        progress(count + start, 2 * count, "Drawing the map")
        centred = block - mean
        spread += centred.T @ centred
    values, columns = np.linalg.eigh(spread)
    values = np.maximum(values[::-1][:2], 0.0)
    directions = np.zeros((2, size))
    directions[: len(values)] = columns.T[::-1][:2]
    farthest = np.abs(directions).argmax(axis=1)
    directions *= np.where(directions[[0, 1], farthest] < 0, -1.0, 1.0)[:, None]
    # What rounding leaves of vectors that are all alike is no direction.
    whole = float(np.trace(spread))
    shares = np.zeros(2)
    if whole > 1e-12 * count:
        shares[: len(values)] = values / whole
    directions[shares < 1e-12] = 0.0
    progress(2 * count, 2 * count, "Drawing the map")
    return Axes(mean, directions, shares)


def project(vectors: Vectors, places: Ints | None = None, progress: Progress = silent) -> NDArray[np.float32]:
    """Vectors ``(n, E)``, or those at ``places (m,)`` of them, as points ``(n, 2)`` of their own plane."""
    return axes(vectors, places, progress).points(vectors, places)


def colouring(table: GarmentTable, garment_ids: Ints, facet: str, categories: Mapping[int, str]) -> Colouring:
    """What each garment is by a facet of :data:`FACETS`; only labels that occur, in their own order.

    ``categories`` are names by id. A garment that is not in the table is not known. ValueError for another
    facet.
    """
    if facet not in FACETS:
        raise ValueError(f"no facet {facet!r}; there are {', '.join(FACETS)}")
    rows = table.rows(garment_ids)
    if facet == "split":
        words = np.append(table.splits, "")[rows]
        sides = tuple(one for one in np.unique(words).tolist() if one)
        number = {word: place for place, word in enumerate(sides)}
        return Colouring(
            facet, sides, sides, np.array([number.get(one, -1) for one in words.tolist()], np.int64)
        )
    values, names = _values(table, facet, categories)
    mine = np.append(values, -1)[rows]
    keys = tuple(key for key in np.unique(mine).tolist() if key in names)
    number_of = {key: place for place, key in enumerate(keys)}
    numbers = np.array([number_of.get(value, -1) for value in mine.tolist()], np.int64)
    return Colouring(facet, tuple(names[key] for key in keys), keys, numbers)


def outcomes(standing: Standing, garment_ids: Ints) -> Colouring:
    """Garments that are queries of a ranking by whether their first result is right: "hit", "miss".

    What is not asked for, the gallery above all, is not known.
    """
    asked = standing.asked
    queries = standing.ranked.queries[asked]
    order = np.argsort(queries, kind="stable")
    queries, wrong = queries[order], (standing.first[asked] != 1)[order].astype(np.int64)
    if not len(queries):
        return Colouring(OUTCOME, (), (), np.full(len(garment_ids), -1, np.int64))
    places = np.minimum(np.searchsorted(queries, garment_ids), len(queries) - 1)
    numbers = np.where(queries[places] == garment_ids, wrong[places], -1)
    return Colouring(OUTCOME, ("hit", "miss"), ("hit", "miss"), numbers)


def folded(colouring: Colouring, most: int) -> Colouring:
    """The same with at most ``most`` labels: of more the commonest stay, commonest first, and the rest
    become one, the last. ValueError for fewer than two."""
    if most < 2:
        raise ValueError(f"{most} labels")
    count = len(colouring.labels)
    if count <= most:
        return colouring
    known = colouring.numbers[colouring.numbers >= 0]
    order = np.argsort(-np.bincount(known, minlength=count), kind="stable")
    kept = order[: most - 1].tolist()
    number = np.full(count + 1, most - 1, np.int64)
    number[kept] = np.arange(most - 1)
    number[-1] = -1
    return replace(
        colouring,
        labels=(*(colouring.labels[one] for one in kept), f"{count - most + 1:,} others"),
        keys=(*(colouring.keys[one] for one in kept), ""),
        numbers=number[colouring.numbers],
    )


def shown_garments(table: GarmentTable, rows: Rows) -> Ints:
    """A garment that says what a row of an index is of, ``(R,)``: its own; for a predicted box, whose row
    names none, the first of its image, 0 where there is none. It tells split and domain, nothing else."""
    images, first = np.unique(table.image_ids, return_index=True)
    if not len(images):
        return rows.garment_ids
    places = np.minimum(np.searchsorted(images, rows.image_ids), len(images) - 1)
    of_image = np.where(images[places] == rows.image_ids, table.ids[first[places]], 0)
    return np.where(rows.garment_ids > 0, rows.garment_ids, of_image)


def _values(table: GarmentTable, facet: str, categories: Mapping[int, str]) -> tuple[Ints, Mapping[int, str]]:
    """The numbers of a facet by garment, and what they are called."""
    if facet == "category":
        kinds = table.category_ids
        return kinds, {one: categories.get(one, str(one)) for one in np.unique(kinds).tolist()}
    if facet == "domain":
        return table.shop, _DOMAINS
    if facet == "product":
        return table.identities, {number: told(key) for number, key in enumerate(table.keys)}
    return table.facts[:, FACTS.index(facet)], LEVELS[facet]


def _blocks(vectors: Vectors, places: Ints | None) -> Iterator[tuple[int, Floats]]:
    """Vectors as float64, a block at a time, with where each begins."""
    for start in range(0, len(vectors) if places is None else len(places), _BLOCK):
        chosen = (
            vectors[start : start + _BLOCK] if places is None else vectors[places[start : start + _BLOCK]]
        )
        yield start, np.asarray(chosen, np.float64)
