"""What stands where it should not: garments that look the same, products on both sides of a split, and files
that are there twice; NumPy only."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from store.db.products import GarmentTable
from store.identities import told
from store.progress import Progress, silent
from store.retrieval.index import Rows, Vectors

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: Vectors of unit length that are nearer than this count as the same picture (a cosine of 0.989). Of the
#: demo's 436 test garments a FashionNet put 98.6 % within it of their own picture scaled to 0.8 and saved
#: again at quality 70, 2.7 % of the pairs of different pictures of one product, and none of different
#: products. It is a matter of the model: the list is sorted, look where it turns.
LIMIT = 0.15
#: So many pairs are kept, the nearest; the others are counted.
MOST = 10_000

_BLOCK = 2048
#: Products in float32 lose what small differences keep; what is near the limit is looked at exactly.
_SLACK = 1e-5
_CHUNK = 1 << 20
_READING = "Reading files of equal size"


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """The nearest pairs, nearest first: arrays ``(n,)``.

    ``first`` and ``second`` are places among the rows that were asked for (0..R-1), the first the lower;
    ``distances`` Euclidean, 0..2. ``found`` is how many there are in all; not more than ``MOST`` are kept.
    """

    first: Ints
    second: Ints
    distances: Floats
    found: int

    def __len__(self) -> int:
        """Number of pairs that are kept."""
        return len(self.first)


@dataclass(frozen=True, slots=True)
class Straddling:
    """A product whose garments stand in several splits: its name in words and garment ids by split."""

    name: str
    garments: Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class NearImages:
    """Two images with garments that look the same, and by how much the nearest two differ.

    ``garments`` are their ids, 0 for a box that was predicted.
    """

    images: tuple[int, int]
    splits: tuple[str, str]
    garments: tuple[int, int]
    distance: float


@dataclass(frozen=True, slots=True)
class Across:
    """What stands on both sides of a split. ``pairs`` is how many pairs of garments were near in all."""

    identities: tuple[Straddling, ...]
    images: tuple[NearImages, ...]
    pairs: int


@dataclass(frozen=True, slots=True)
class SameFiles:
    """Images whose files have the same bytes, in groups of ids; ``lost`` are those that cannot be read."""

    groups: tuple[tuple[int, ...], ...]
    lost: tuple[int, ...]


def duplicates(
    rows: Rows,
    vectors: Vectors,
    limit: float = LIMIT,
    *,
    apart: Ints | None = None,
    most: int = MOST,
    progress: Progress = silent,
) -> Pairs:
    """Rows of different images whose vectors are at most ``limit`` apart.

    ``vectors (n, E)`` are all of the index, of unit length; they are read in blocks. With ``apart (R,)`` only
    rows with different numbers there are compared, and none with a negative one. ValueError for a limit below
    0.
    """
    if limit < 0:
        raise ValueError(f"a limit of {limit}")
    kept = _Nearest(most)
    starts = range(0, len(rows), _BLOCK)
    total, done = len(starts) * (len(starts) + 1) // 2, 0
    for a in starts:
        left = _block(rows, vectors, a)
        for b in range(a, len(rows), _BLOCK):
            progress(done, total, "Comparing garments")
            done += 1
            right = left if a == b else _block(rows, vectors, b)
            near = 2.0 - 2.0 * (left @ right.T) <= limit * limit + _SLACK
            near &= _comparable(rows, apart, a, b)
            for first, second in _in_parts(near):
                distances = np.linalg.norm(left[first] - right[second], axis=1).astype(np.float64)
                held = distances <= limit
                kept.add(first[held] + a, second[held] + b, distances[held])
    progress(total, total, "Comparing garments")
    return kept.pairs()


def _comparable(rows: Rows, apart: Ints | None, a: int, b: int) -> NDArray[np.bool_]:
    """Which rows of the block at ``a`` are compared with which of that at ``b``; each pair once."""
    images = rows.image_ids
    may: NDArray[np.bool_] = images[a : a + _BLOCK, None] != images[None, b : b + _BLOCK]
    if apart is not None:
        one, other = apart[a : a + _BLOCK, None], apart[None, b : b + _BLOCK]
        may &= (one != other) & (one >= 0) & (other >= 0)
    if a == b:
        may &= np.tri(len(may), dtype=np.bool_).T
    return may


def across_splits(
    table: GarmentTable,
    rows: Rows,
    vectors: Vectors,
    limit: float = LIMIT,
    *,
    most: int = MOST,
    progress: Progress = silent,
) -> Across:
    """Products, and garments that look the same, on both sides of a split.

    ``table`` has the garments whose images count; images without a split are on no side.
    """
    words, label = _splits_of(table, rows.image_ids)
    pairs = duplicates(rows, vectors, limit, apart=label, most=most, progress=progress)
    return Across(straddling(table), near_images(rows, pairs, words, label), pairs.found)


def straddling(table: GarmentTable) -> tuple[Straddling, ...]:
    """Products that stand in several splits, by their number.

    DeepFashion2 counts its pairs anew in every split, so that none of its products can: there
    :func:`across_splits` finds pictures that look the same.
    """
    known = (table.identities >= 0) & (table.splits != "")
    ids, identities, splits = table.ids[known], table.identities[known], table.splits[known]
    order = np.lexsort((splits, identities))
    ids, identities, splits = ids[order], identities[order], splits[order]
    edges = np.append(np.flatnonzero(np.diff(identities, prepend=-1)), len(ids))
    found = []
    for start, end in pairwise(edges.tolist()):
        sides = np.unique(splits[start:end]).tolist()
        if len(sides) > 1:
            here = {side: tuple(ids[start:end][splits[start:end] == side].tolist()) for side in sides}
            found.append(Straddling(told(table.keys[identities[start]]), here))
    return tuple(found)


def near_images(
    rows: Rows, pairs: Pairs, words: tuple[str, ...] = (), label: Ints | None = None
) -> tuple[NearImages, ...]:
    """The pairs by their images, each couple of images once with its nearest garments, nearest first.

    ``label (R,)`` numbers the splits ``words`` of the rows, -1 for none; without them splits are "".
    """
    found: dict[tuple[int, int], NearImages] = {}

    def split(row: int) -> str:
        return words[label[row]] if label is not None and label[row] >= 0 else ""

    for pair in zip(pairs.first.tolist(), pairs.second.tolist(), pairs.distances.tolist(), strict=True):
        a, b = sorted(pair[:2], key=lambda row: (int(rows.image_ids[row]), row))
        images = int(rows.image_ids[a]), int(rows.image_ids[b])
        garments = int(rows.garment_ids[a]), int(rows.garment_ids[b])
        found.setdefault(images, NearImages(images, (split(a), split(b)), garments, pair[2]))
    return tuple(found.values())


def same_files(paths: Mapping[int, Path], progress: Progress = silent) -> SameFiles:
    """Images whose files are the same byte for byte, from paths by image id.

    Only files of equal size are read, in parts. A file that cannot be read is named and left out.
    """
    sizes: dict[int, list[int]] = {}
    lost: list[int] = []
    for done, (image, path) in enumerate(paths.items()):
        if done % 256 == 0:
            progress(done, len(paths), "Looking at files")
        try:
            sizes.setdefault(path.stat().st_size, []).append(image)
        except (OSError, ValueError):
            lost.append(image)
    alike = [image for some in sizes.values() if len(some) > 1 for image in some]
    found: dict[bytes, list[int]] = {}
    for done, image in enumerate(alike):
        digest = _digest(paths[image], done, len(alike), progress)
        if digest is None:
            lost.append(image)
        else:
            found.setdefault(digest, []).append(image)
    progress(len(alike), len(alike), _READING)
    groups = sorted(tuple(sorted(some)) for some in found.values() if len(some) > 1)
    return SameFiles(tuple(groups), tuple(sorted(lost)))


def _digest(path: Path, done: int, total: int, progress: Progress) -> bytes | None:
    """The hash of a file's bytes; None where it cannot be read."""
    held = hashlib.blake2b(digest_size=16)
    try:
        with path.open("rb") as stream:
            while part := stream.read(_CHUNK):
                progress(done, total, _READING)
                held.update(part)
    except OSError:
        return None
    return held.digest()


class _Nearest:
    """The nearest pairs of many, in bounded memory."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._first: list[Ints] = []
        self._second: list[Ints] = []
        self._distances: list[Floats] = []
        self._held = self._found = 0

    def add(self, first: Ints, second: Ints, distances: Floats) -> None:
        self._found += len(first)
        self._held += len(first)
        self._first.append(first)
        self._second.append(second)
        self._distances.append(distances)
        if self._held > 4 * self._most + _CHUNK:
            self._cut()

    def pairs(self) -> Pairs:
        if not self._first:
            nothing = np.empty(0, np.int64)
            return Pairs(nothing, nothing, np.empty(0), 0)
        self._cut()
        return Pairs(self._first[0], self._second[0], self._distances[0], self._found)

    def _cut(self) -> None:
        first, second = np.concatenate(self._first), np.concatenate(self._second)
        distances = np.concatenate(self._distances)
        order = np.lexsort((second, first, distances))[: self._most]
        self._first, self._second, self._distances = [first[order]], [second[order]], [distances[order]]
        self._held = len(order)


def _block(rows: Rows, vectors: Vectors, start: int) -> Vectors:
    return np.asarray(vectors[rows.rows[start : start + _BLOCK]], np.float32)


def _in_parts(near: NDArray[np.bool_]) -> Iterator[tuple[Ints, Ints]]:
    """Where ``near`` is true, few enough at once that their differences fit into memory."""
    first, second = np.nonzero(near)
    for start in range(0, len(first), 16_384):
        yield first[start : start + 16_384], second[start : start + 16_384]


def _splits_of(table: GarmentTable, image_ids: Ints) -> tuple[tuple[str, ...], Ints]:
    """The words of the splits, and the number of each image's ``(n,)``; -1 for none."""
    words = tuple(one for one in np.unique(table.splits).tolist() if one)
    numbers = {word: number for number, word in enumerate(words)}
    by_image = {
        image: numbers.get(split, -1)
        for image, split in zip(table.image_ids.tolist(), table.splits.tolist(), strict=True)
    }
    return words, np.array([by_image.get(image, -1) for image in image_ids.tolist()], np.int64)
