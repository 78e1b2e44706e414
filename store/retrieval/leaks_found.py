"""All that :mod:`store.retrieval.leaks` finds of a store with one of its indices, and its list as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from store.db import Store
from store.db.products import GarmentTable
from store.errors import StoreError
from store.filters import Expr
from store.progress import Progress, silent
from store.records import Image
from store.retrieval.age import age
from store.retrieval.index import Rows, VectorIndex
from store.retrieval.leaks import (
    LIMIT,
    Across,
    NearImages,
    SameFiles,
    across_splits,
    duplicates,
    near_images,
    same_files,
)

_HEAD = ("list", "distance", "image_1", "name_1", "split_1", "garment_1")
_SECOND = ("image_2", "name_2", "split_2", "garment_2", "what")


@dataclass(frozen=True, slots=True)
class Found:
    """What was looked for in an index of ``garments`` rows.

    ``pairs`` are all near pairs of garments, ``images`` those of them by image, nearest first; ``known`` the
    images that were looked at, by id. ``notes`` say what was not compared.
    """

    index: str
    garments: int
    limit: float
    across: Across
    pairs: int
    images: tuple[NearImages, ...]
    files: SameFiles
    known: Mapping[int, Image]
    rows: Rows
    notes: tuple[str, ...]

    def sides(self, group: tuple[int, ...]) -> tuple[str, ...]:
        """The splits that images of a group are of, by name."""
        return tuple(sorted({self.known[one].split for one in group if one in self.known} - {""}))

    def leaking_files(self) -> int:
        """Groups of equal files with images of several splits."""
        return sum(len(self.sides(group)) > 1 for group in self.files.groups)


def find_leaks(
    store: Store,
    index: VectorIndex,
    where: Expr | None = None,
    limit: float = LIMIT,
    *,
    files: bool = True,
    progress: Progress = silent,
) -> Found:
    """Look for leaks and doubles among the images of a filter; ``files``: compare picture files too.

    StudioError where the index cannot be read; Cancelled where ``progress`` raises it.
    """
    rows, vectors = index.read()
    aged = age(store, rows, index.facts.crop)
    table = store.products.table(where)
    ids = store.images.ids(where, order="id")
    rows = rows.chosen(np.isin(rows.image_ids, ids))
    notes = [*aged.notes(), *_missing(table, rows, index)]
    across = across_splits(table, rows, vectors, limit, progress=progress)
    pairs = duplicates(rows, vectors, limit, progress=progress)
    if pairs.found > len(pairs):
        notes.append(f"Of {pairs.found:,} near pairs the nearest {len(pairs):,} are told.")
    known: dict[int, Image] = {}
    for start in range(0, len(ids), 500):
        progress(start, len(ids), "Reading the store")
        known |= {one.id: one for one in store.images.get_many(ids[start : start + 500])}
    same = SameFiles((), ())
    if files:
        same = same_files({one.id: store.images.path(one) for one in known.values()}, progress)
    near = near_images(rows, pairs)
    return Found(
        index.facts.name, len(rows), limit, across, pairs.found, near, same, known, rows, tuple(notes)
    )


def _missing(table: GarmentTable, rows: Rows, index: VectorIndex) -> Iterator[str]:
    """What an index, or the store, lacks to compare everything."""
    without = int((~np.isin(table.ids, rows.garment_ids)).sum())
    if without and index.facts.crop != "predicted":
        are = "garment is" if without == 1 else "garments are"
        yield f"{without:,} {are} not in the index: not compared."
    if not len(rows):
        yield "The index has nothing of these images: nothing was compared."
    if not (table.splits != "").any():
        yield "No image has a split: nothing can stand on both sides."


def write_csv(found: Found, file: Path) -> int:
    """Write all that was found, a line each, and return how many. StoreError where that fails.

    ``list`` is "product across splits", "pictures across splits", "same look" or "same file"; a product has
    one line for each of its garments but the first, a group of files one for each file but the first.
    """
    count = 0
    try:
        with file.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow((*_HEAD, *_SECOND))
            for line in _lines(found):
                writer.writerow(line)
                count += 1
    except OSError as error:
        raise StoreError(f"{file} cannot be written: {error.strerror}.", "Choose another file.") from error
    return count


def _lines(found: Found) -> Iterator[tuple[Any, ...]]:
    def image(number: int) -> tuple[Any, ...]:
        known = found.known.get(number)
        return (number, known.name, known.split) if known is not None else ("", "", "")

    image_of = dict(zip(found.rows.garment_ids.tolist(), found.rows.image_ids.tolist(), strict=True))
    for product in found.across.identities:
        first, *others = [
            (garment, split) for split, garments in product.garments.items() for garment in garments
        ]
        for other in others:
            sides = [
                (*(image(image_of.get(garment, 0))[:2]), split, garment) for garment, split in (first, other)
            ]
            yield "product across splits", "", *sides[0], *sides[1], product.name
    for words, pairs in (("pictures across splits", found.across.images), ("same look", found.images)):
        for one in pairs:
            (a, b), (g, h) = one.images, one.garments
            yield words, f"{one.distance:.4f}", *image(a), g or "", *image(b), h or "", ""
    for group in found.files.groups:
        for number in group[1:]:
            yield "same file", "", *image(group[0]), "", *image(number), "", ""
