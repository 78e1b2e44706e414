"""The facts as arrays: of images, of garments, and what links both to words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from resources.taxonomy import LEVELS
from store.db.facts.filenames import FileNames

Integers = NDArray[np.int64]
Rows = NDArray[np.int32]
Codes = NDArray[np.int32]
Small = NDArray[np.int8]

#: What stands for NULL: in levels, and in whole numbers.
NO_LEVEL = -1
NO_NUMBER = int(np.iinfo(np.int64).min)
#: Bits of a fact with levels in :attr:`Facts.level_bits`.
LEVEL_BITS = 4
#: Ids of clothes types and categories are below this: they are int8.
_MOST_IDS = 128
#: What :class:`Facts` find out of garments alone.
_OF_GARMENTS = frozenset({"starts", "kinds", "level_columns", "level_bits", "attributes", "clothes"})


@dataclass(frozen=True)
class Words:
    """A text column with few different words: ``codes (n,)`` are places in ``words``."""

    words: tuple[str, ...]
    codes: Codes


@dataclass(frozen=True)
class Links:
    """Which rows have which words: ``rows`` and ``codes`` side by side, several to a row."""

    words: tuple[str, ...]
    rows: Rows
    codes: Codes


def picked(column: NDArray[Any], flags: NDArray[np.bool_]) -> NDArray[Any]:
    """What of a column is flagged, both ``(n,)``: several times as quick as to index it by flags."""
    return column.take(np.flatnonzero(flags))


def distinct(words: tuple[str, ...], rows: Rows, codes: Codes, most: int = 0) -> Links:
    """Links without repetition. Codes are below ``most``, which is the number of words where it is 0."""
    many = np.int64(most or len(words) or 1)
    # Whole numbers that hold both are many times quicker to tell apart than pairs.
    # They are nearly in order already, which this way of sorting makes use of.
    keys = np.sort(rows * many + codes, kind="stable")
    keys = keys[np.diff(keys, prepend=-1) != 0]
    return Links(words, (keys // many).astype(np.int32), (keys % many).astype(np.int32))


def note_word(settled: bool, author: str, text: str) -> str:
    """A note as one word: whether it is open, who wrote it, what it says, with a tab between them."""
    parts = ("settled" if settled else "open", author, text)
    return "\t".join(" ".join(part.split()) for part in parts)


def note_parts(notes: Links, part: int) -> Links:
    """Notes by one part of their word: 0 open or settled, 1 the author, 2 the text."""
    return Links(tuple(word.split("\t")[part] for word in notes.words), notes.rows, notes.codes)


@dataclass(frozen=True)
class ImageFacts:
    """Facts of images, rows ascending by id."""

    ids: Integers
    datasets: Codes
    reviews: Small
    garments: Codes
    problems: Codes
    changed: Integers
    #: Of the picture, in pixels.
    widths: Codes
    heights: Codes
    #: What is said of the whole image; :data:`NO_NUMBER` where nothing is.
    pairs: Integers
    split: Words
    role: Words
    domain: Words
    state: Words
    names: FileNames
    #: The rows in the order of names.
    by_name: Rows
    tags: Links
    #: Codes of problems; an image may have one several times.
    findings: Links
    #: Who has reviewed it, "" for nobody, and when (microseconds since 1970, 0: never).
    reviewers: Words
    reviewed: Integers
    #: Notes of the image and its garments, as :func:`note_word` puts them.
    notes: Links

    def but(self, **changes: Any) -> Self:
        """A copy with some columns changed."""
        return replace(self, **changes)

    def rows_of(self, ids: Integers) -> tuple[Rows, NDArray[np.bool_]]:
        """The rows of ids, and which of the ids there are; the row of one that is not there is any."""
        if not len(self.ids):
            return np.zeros(len(ids), np.int32), np.zeros(len(ids), np.bool_)
        rows = np.searchsorted(self.ids, ids).clip(max=len(self.ids) - 1)
        return rows.astype(np.int32), self.ids[rows] == ids


@dataclass(frozen=True)
class GarmentFacts:
    """Facts of garments, rows ascending by the row of their image."""

    ids: Integers
    images: Rows
    categories: Codes
    #: ``(n, levels)`` in the order of :data:`LEVELS`; :data:`NO_LEVEL` where the source is silent.
    levels: Small
    pairs: Integers
    styles: Integers
    #: Ids of DeepFashion's 3 clothes types and 50 categories; :data:`NO_LEVEL` where the source is silent.
    clothes_types: Small
    clothes_categories: Small
    items: Words
    #: Only what is said to be so: of DeepFashion's 1,000 attributes a garment has three or four.
    attributes: Links


@dataclass(frozen=True)
class Facts:
    """The whole store as of ``stamp``, the last number in ``images.touched``."""

    stamp: int
    images: ImageFacts
    garments: GarmentFacts

    def heir_of(self, old: Facts) -> Facts:
        """These facts, which need not find out again what ``old`` has found out of the same garments."""
        names: set[str] = set()
        if self.garments is old.garments and len(self.images.ids) == len(old.images.ids):
            names |= _OF_GARMENTS
        if self.images.findings is old.images.findings:
            names.add("findings")
        # Where cached properties keep what they have found.
        self.__dict__.update({name: old.__dict__[name] for name in names & old.__dict__.keys()})
        return self

    @cached_property
    def starts(self) -> tuple[Rows, Rows]:
        """The image rows that have garments, and where the first garment of each stands."""
        rows = self.garments.images
        first = np.flatnonzero(np.diff(rows, prepend=-1))
        return rows[first], first.astype(np.int32)

    @cached_property
    def kinds(self) -> tuple[tuple[int, ...], NDArray[np.uint64]]:
        """The category ids that occur, and for each image a bit for each that one of its garments has.

        Of more than 64 categories the rest share the last bit.
        """
        used = np.unique(self.garments.categories)
        place = np.searchsorted(used, self.garments.categories).clip(max=63)
        return tuple(map(int, used)), self._bits(np.uint64(1) << place.astype(np.uint64))

    @cached_property
    def level_columns(self) -> tuple[Small, ...]:
        """The levels of garments, one array for each of :data:`LEVELS`: together they are slow to compare."""
        return tuple(np.ascontiguousarray(column) for column in self.garments.levels.T)

    @cached_property
    def level_bits(self) -> NDArray[np.uint64]:
        """For each image :data:`LEVEL_BITS` bits for each fact with levels, of all its garments.

        The lowest stands for unknown, the next for level 1, and so on.
        """
        bits = np.zeros(len(self.garments.ids), np.uint64)
        for place, (name, words) in enumerate(LEVELS.items()):
            assert max(words) < LEVEL_BITS, name
            level = self.garments.levels[:, place].astype(np.int64)
            known = (level >= min(words)) & (level <= max(words))
            bits |= np.uint64(1) << (np.where(known, level, 0) + LEVEL_BITS * place).astype(np.uint64)
        return self._bits(bits)

    @cached_property
    def attributes(self) -> Links:
        """The attributes of each image's garments, each once; rows are those of images."""
        links = self.garments.attributes
        return distinct(links.words, self.garments.images[links.rows], links.codes)

    @cached_property
    def findings(self) -> Links:
        """The codes of each image's problems, each once."""
        links = self.images.findings
        return distinct(links.words, links.rows, links.codes)

    @cached_property
    def clothes(self) -> tuple[Links, Links]:
        """The clothes types and the clothes categories of each image's garments, each once.

        Words are left out: a code is an id, 0 for unknown.
        """
        rows, garments = self.garments.images, self.garments
        types, kinds = (
            distinct((), rows, np.maximum(column, 0).astype(np.int32), _MOST_IDS)
            for column in (garments.clothes_types, garments.clothes_categories)
        )
        return types, kinds

    def _bits(self, of_garments: NDArray[np.uint64]) -> NDArray[np.uint64]:
        found = np.zeros(len(self.images.ids), np.uint64)
        rows, first = self.starts
        if len(rows):
            found[rows] = np.bitwise_or.reduceat(of_garments, first)
        return found

    def any_garment(self, flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which images have a garment that is flagged, ``(images,)``; ``flags (garments,)``."""
        found = np.zeros(len(self.images.ids), np.bool_)
        found[picked(self.garments.images, flags)] = True
        return found
