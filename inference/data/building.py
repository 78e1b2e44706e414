"""From records of the store to the arrays of a slice."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from inference.data.slice import FACTS, UNKNOWN, Slice
from resources.taxonomy import fine_attributes
from store import masks
from store.db import Store
from store.errors import StoreError
from store.geometry import clip_box, shown_box
from store.identities import Key, identity_key, pair_key
from store.pictures import PictureError, picture_size
from store.records import Domain, Floats, Garment, Image, ImageRecord, ImageState, Review
from store.runs.predictions import NO_IDENTITY

_SHOP = {Domain.SHOP: 1, Domain.CONSUMER: 0, Domain.UNKNOWN: -1}
_SMALLEST = 1.0
#: How many garments are kept as records before they become arrays.
_AT_ONCE = 5_000


class Builder:
    """Takes images one after the other and makes a slice of them.

    ``left_out`` counts what was left out by reason, with the first example of each.
    """

    def __init__(self, store: Store, accepted_only: bool) -> None:
        self._store = store
        self._accepted_only = accepted_only
        self._datasets = {dataset.id: dataset for dataset in store.datasets.all()}
        self._parts: list[Slice] = []
        self._images: list[tuple[str, int, int, int, int, int]] = []
        self._counts: list[int] = []
        self._garments: list[Garment] = []
        self._boxes: list[Floats] = []
        self._runs: dict[int, Mapping[str, Any]] = {}
        self.products: list[Key | None] = []
        self.ties: list[frozenset[Key]] = []
        self.left_out: Counter[str] = Counter()
        self.example: dict[str, str] = {}
        self.rejected = 0
        self.seen = 0

    def add(self, record: ImageRecord) -> None:
        """Take an image with its garments, unless it is not accepted or its picture cannot be read."""
        image = record.image
        self.seen += 1
        if self._accepted_only and image.review is not Review.ACCEPTED:
            self._leave("images that nobody has accepted", image.name)
            return
        path, size = self._picture(image)
        if path is None:
            return
        self.rejected += image.review is Review.REJECTED
        before = len(self._garments)
        for garment in record.garments:
            self._garment(garment, image, size)
        self._counts.append(len(self._garments) - before)
        self._images.append((str(path), image.id, *size, _SHOP[image.domain], int(image.review)))
        self.ties.append(frozenset(key for one in record.garments for key in self._ties(one, image)))
        if len(self._garments) >= _AT_ONCE:
            self._parts.append(self._part())

    def slice(self) -> Slice:
        """All that was added. Identities are -1 until they are numbered."""
        return joined([*self._parts, self._part()])

    def _part(self) -> Slice:
        """What was added since the last part: records take ten times the memory of arrays."""
        images = np.array([row[1:] for row in self._images], np.int64).reshape(-1, 5)
        garments = self._garments
        words = _words(garments)
        rings = [garment.polygons for garment in garments]
        flat = [ring for some in rings for ring in some]
        categories = {garment.category_id for garment in garments}
        part = Slice(
            paths=tuple(row[0] for row in self._images),
            image_ids=images[:, 0],
            sizes=images[:, 1:3],
            shop=images[:, 3].astype(np.int8),
            review=images[:, 4].astype(np.int8),
            first=_starts(self._counts),
            images=np.repeat(np.arange(len(self._counts)), self._counts).astype(np.int64),
            garment_ids=np.array([garment.id for garment in garments], np.int64),
            category_ids=np.array([garment.category_id for garment in garments], np.int64),
            boxes=np.array(self._boxes, np.float64).reshape(-1, 4),
            identities=np.full(len(garments), NO_IDENTITY, np.int64),
            facts=np.array([_facts(garment) for garment in garments], np.int8).reshape(-1, len(FACTS)),
            attributes=_attributes(garments, words),
            crowd=np.array([_is_crowd(garment) for garment in garments], np.bool_),
            points=_joined([garment.points for garment in garments]),
            visibility=np.concatenate([np.empty(0, np.uint8), *(one.visibility for one in garments)]),
            point_first=_starts([len(garment.points) for garment in garments]),
            vertices=_joined(flat),
            ring_first=_starts([len(ring) for ring in flat]),
            polygon_first=_starts([len(some) for some in rings]),
            runs=self._runs,
            attribute_words=words,
            known={number: self._store.categories.get(number) for number in sorted(categories)},
        )
        self._images, self._counts, self._garments, self._boxes, self._runs = [], [], [], [], {}
        return part

    def _leave(self, reason: str, example: str) -> None:
        self.left_out[reason] += 1
        self.example.setdefault(reason, example)

    def _picture(self, image: Image) -> tuple[Path | None, tuple[int, int]]:
        """Where the picture is, and its size; None, counted, where it is not there."""
        try:
            path = self._store.images.path(image)
        except StoreError as error:
            self._leave("pictures whose name leads out of their dataset", str(error.what))
            return None, (0, 0)
        if not path.is_file():
            self._leave("pictures that are missing", str(path))
            return None, (0, 0)
        if image.size_known and image.state is ImageState.PRESENT:
            return path, (image.width, image.height)
        try:
            size = picture_size(path)
        except PictureError as error:
            self._leave("pictures that cannot be read", str(error.what))
            return None, (0, 0)
        return path, (size.width, size.height)

    def _garment(self, garment: Garment, image: Image, size: tuple[int, int]) -> None:
        box = shown_box(garment)
        name = f"{garment.key or garment.id} of {image.name}"
        if box is None:
            self._leave("garments without a box, a mask or landmarks", name)
            return
        inside = clip_box(box, *size)
        if (inside[2:] - inside[:2] < _SMALLEST).any():
            self._leave("garments whose box has less than a pixel in the picture", name)
            return
        if garment.rle is not None and not garment.polygons:
            try:
                masks.rle_counts(garment.rle)
            except ValueError as error:
                self._leave("masks that are damaged", f"{name}: {error}")
            else:
                self._runs[len(self._garments)] = garment.rle
        self._garments.append(garment)
        self._boxes.append(box)
        self.products.append(identity_key(garment, image, self._datasets[image.dataset_id]))

    def _ties(self, garment: Garment, image: Image) -> list[Key]:
        """What must not be torn apart by a split: products, and the pictures of one pair."""
        dataset = self._datasets[image.dataset_id]
        found = [identity_key(garment, image, dataset), pair_key(garment, image, dataset)]
        return [key for key in found if key is not None]


def joined(parts: Sequence[Slice]) -> Slice:
    """The images of several slices, one slice after the other."""
    words = _ordered({word for part in parts for word in part.attribute_words})
    before = _starts([part.garments for part in parts])
    images = _starts([len(part) for part in parts])
    runs = {
        garment + int(first): run
        for part, first in zip(parts, before, strict=False)
        for garment, run in part.runs.items()
    }

    def together(name: str) -> NDArray[Any]:
        return np.concatenate([getattr(part, name) for part in parts])

    def starts(name: str) -> NDArray[np.int64]:
        return np.concatenate([[0], np.cumsum(np.concatenate([np.diff(getattr(p, name)) for p in parts]))])

    return Slice(
        paths=tuple(path for part in parts for path in part.paths),
        image_ids=together("image_ids"),
        sizes=together("sizes"),
        shop=together("shop"),
        review=together("review"),
        first=starts("first"),
        images=np.concatenate([part.images + first for part, first in zip(parts, images, strict=False)]),
        garment_ids=together("garment_ids"),
        category_ids=together("category_ids"),
        boxes=together("boxes"),
        identities=together("identities"),
        facts=together("facts"),
        attributes=_in_columns(parts, words),
        crowd=together("crowd"),
        points=together("points"),
        visibility=together("visibility"),
        point_first=starts("point_first"),
        vertices=together("vertices"),
        ring_first=starts("ring_first"),
        polygon_first=starts("polygon_first"),
        runs=runs,
        attribute_words=words,
        known={number: kind for part in parts for number, kind in part.known.items()},
    )


def _in_columns(parts: Sequence[Slice], words: Sequence[str]) -> NDArray[np.int8]:
    """The attributes of all garments, a column a word; those that a part does not know are unknown there."""
    column = {word: place for place, word in enumerate(words)}
    found = []
    for part in parts:
        values = np.full((part.garments, len(words)), UNKNOWN, np.int8)
        values[:, [column[word] for word in part.attribute_words]] = part.attributes
        found.append(values)
    return np.concatenate(found)


def _facts(garment: Garment) -> list[int]:
    return [getattr(garment, fact) or 0 for fact in FACTS]


def _is_crowd(garment: Garment) -> bool:
    notes = garment.extra.get("coco")
    return bool(isinstance(notes, Mapping) and notes.get("iscrowd"))


def _words(garments: list[Garment]) -> tuple[str, ...]:
    """The attributes of which anybody says anything: the fine ones in their order, then the others."""
    said = {word for garment in garments for word in garment.attributes}
    fine = [name for _, name in fine_attributes()]
    return _ordered(said.union(fine) if said.intersection(fine) else said)


def _ordered(said: set[str]) -> tuple[str, ...]:
    fine = [name for _, name in fine_attributes()]
    return (*(name for name in fine if name in said), *sorted(said.difference(fine)))


def _attributes(garments: list[Garment], words: tuple[str, ...]) -> NDArray[np.int8]:
    """``(G, A)``: 1, 0 or unknown. Of a group of fine attributes one is true: then the others are not."""
    column = {word: place for place, word in enumerate(words)}
    groups: dict[str, list[int]] = defaultdict(list)
    group_of: dict[str, str] = {}
    for group, name in fine_attributes():
        group_of[name] = group
        if name in column:
            groups[group].append(column[name])
    values = np.full((len(garments), len(words)), UNKNOWN, np.int8)
    for row, garment in enumerate(garments):
        for word, value in garment.attributes.items():
            if value > 0 and word in group_of:
                values[row, groups[group_of[word]]] = 0
        for word, value in garment.attributes.items():
            if value:
                values[row, column[word]] = value > 0
    return values


def _joined(parts: list[Floats]) -> Floats:
    return np.concatenate([np.empty((0, 2), np.float64), *parts])


def _starts(lengths: list[int]) -> NDArray[np.int64]:
    return np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
