"""The garments that a run learns from or is measured on, as plain arrays that go to other processes cheaply.

Everything of all images lies end to end in a few arrays: the forked or spawned loader processes then share
or copy them whole, and hundreds of thousands of images need no object each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resources.schemas import Schema
from resources.taxonomy import LEVELS, Category
from store import masks
from store.records import Floats
from store.runs.manifest import ModelCategory
from store.runs.predictions import NO_IDENTITY, GarmentTruth, ImageTruth

Longs = NDArray[np.int64]
Small = NDArray[np.int8]

#: The facts of a garment, in the order of the columns of :attr:`Slice.facts`.
FACTS = ("scale", "occlusion", "zoom_in", "viewpoint")
#: In :attr:`Slice.attributes`: nobody said.
UNKNOWN = -1
#: How far out a corner of a polygon is believed, in lengths of the picture.
_FARTHEST = 10.0
#: COCO's v of each :class:`Visibility`: what is cut off has no place that could be learnt.
COCO_VISIBILITY = np.array([0, 1, 2, 0], np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Slice:
    """N images with their G garments, image by image.

    Of images: ``paths``; ``image_ids (N,)``; ``sizes (N, 2)`` width and height in pixels; ``shop (N,)`` 1
    shop, 0 consumer, -1 unknown; ``review (N,)``; ``first (N + 1,)``: the garments of image i are
    ``first[i]`` up to ``first[i + 1]``.

    Of garments: ``images (G,)`` index of the image; ``garment_ids``, ``category_ids (G,)``; ``boxes (G, 4)``
    x1 y1 x2 y2 in pixels; ``identities (G,)``, -1 none, numbered from 0 over training and validation;
    ``facts (G, 4)`` levels of :data:`FACTS`, 0 unknown; ``attributes (G, A)`` 1, 0 or :data:`UNKNOWN`, A the
    ``attribute_words``; ``crowd (G,)`` truth.

    Landmarks lie end to end in ``points (P, 2)`` and ``visibility (P,)`` (:class:`Visibility`), those of
    garment g from ``point_first[g]`` to ``point_first[g + 1]``. Polygon r has ``vertices`` from
    ``ring_first[r]`` on; garment g has the polygons from ``polygon_first[g]`` on; ``runs`` are masks given as
    run lengths, by g.
    """

    paths: tuple[str, ...]
    image_ids: Longs
    sizes: Longs
    shop: Small
    review: Small
    first: Longs
    images: Longs
    garment_ids: Longs
    category_ids: Longs
    boxes: Floats
    identities: Longs
    facts: Small
    attributes: Small
    crowd: NDArray[np.bool_]
    points: Floats
    visibility: NDArray[np.uint8]
    point_first: Longs
    vertices: Floats
    ring_first: Longs
    polygon_first: Longs
    runs: Mapping[int, Mapping[str, Any]]
    attribute_words: tuple[str, ...]
    known: Mapping[int, Category]

    def __len__(self) -> int:
        """Number of images."""
        return len(self.paths)

    @property
    def garments(self) -> int:
        """Number of garments."""
        return len(self.garment_ids)

    def categories(self) -> tuple[ModelCategory, ...]:
        """The categories that occur, by id: what a model of this slice tells apart."""
        ids = np.unique(self.category_ids).tolist()
        found = (self.known[i] for i in ids)
        return tuple(ModelCategory(one.id, one.name, one.schema.size) for one in found)

    def attribute_names(self) -> tuple[str, ...]:
        """The attributes of which some garment here says yes or no, the fine ones first."""
        said = (self.attributes != UNKNOWN).any(axis=0)
        return tuple(word for word, one in zip(self.attribute_words, said, strict=True) if one)

    def of_image(self, image: int) -> range:
        """The garments of an image."""
        return range(int(self.first[image]), int(self.first[image + 1]))

    def schema(self, garment: int) -> Schema:
        """The landmark schema of a garment's category."""
        return self.known[int(self.category_ids[garment])].schema

    def landmarks(self, garment: int) -> tuple[Floats, NDArray[np.uint8]]:
        """Points ``(n, 2)`` in pixels and their :class:`Visibility` ``(n,)``; n is 0 without landmarks."""
        rows = slice(int(self.point_first[garment]), int(self.point_first[garment + 1]))
        return self.points[rows], self.visibility[rows]

    def polygons(self, garment: int) -> list[Floats]:
        """The polygons ``(k, 2)`` of a garment; the mask is their union."""
        first, last = int(self.polygon_first[garment]), int(self.polygon_first[garment + 1])
        return [self.vertices[self.ring_first[r] : self.ring_first[r + 1]] for r in range(first, last)]

    @property
    def has_mask(self) -> NDArray[np.bool_]:
        """Whether each garment has a mask ``(G,)``."""
        found = np.diff(self.polygon_first) > 0
        found[list(self.runs)] = True
        return found

    def mask(self, garment: int, width: int, height: int) -> masks.Mask:
        """The garment's mask ``(height, width)`` at the size its image is scaled to; empty without one."""
        image = int(self.images[garment])
        if garment in self.runs:
            from store.cv import cv2

            whole = np.ascontiguousarray(masks.rle_mask(self.runs[garment]))
            return np.asarray(cv2.resize(whole, (width, height), interpolation=cv2.INTER_NEAREST), np.uint8)
        factor = np.array([width, height]) / self.sizes[image]
        # Edges are walked pixel by pixel: a corner at a million would take all memory.
        far = _FARTHEST * max(width, height)
        rings = [np.clip(ring * factor, -far, far) for ring in self.polygons(garment)]
        return masks.polygons_mask(rings, height, width)

    def attribute_columns(self, names: Sequence[str]) -> Longs:
        """The column of each attribute by name, -1 for one that no garment here speaks of."""
        places = {word: column for column, word in enumerate(self.attribute_words)}
        return np.array([places.get(name, -1) for name in names], np.int64)

    def attribute_values(self, garment: int, columns: Longs) -> NDArray[np.float32]:
        """The attributes of a garment in the given columns, ``(A,)``: 1, 0, or NaN where nobody said."""
        values = np.full(len(columns), np.nan, np.float32)
        there = np.flatnonzero(columns >= 0)
        said = self.attributes[garment, columns[there]]
        values[there[said != UNKNOWN]] = said[said != UNKNOWN]
        return values

    def truths(self, attributes: Sequence[str] | None = None) -> tuple[ImageTruth, ...]:
        """The ground truth of all images, in their order, in the store's categories and pixels.

        ``attributes`` names those that a truth's ``attributes`` are of, in order; by default
        :meth:`attribute_names`.
        """
        columns = self.attribute_columns(self.attribute_names() if attributes is None else attributes)
        return tuple(
            ImageTruth(
                image_id=int(self.image_ids[image]),
                width=int(self.sizes[image, 0]),
                height=int(self.sizes[image, 1]),
                garments=tuple(self._truth(garment, columns) for garment in self.of_image(image)),
            )
            for image in range(len(self))
        )

    def _truth(self, garment: int, columns: Longs) -> GarmentTruth:
        points, visibility = self.landmarks(garment)
        states = COCO_VISIBILITY[visibility]
        rings: list[list[float]] = [ring.ravel().tolist() for ring in self.polygons(garment) if len(ring) > 2]
        shop = int(self.shop[self.images[garment]])
        levels = {fact: int(level) for fact, level in zip(FACTS, self.facts[garment], strict=True)}
        return GarmentTruth(
            garment_id=int(self.garment_ids[garment]),
            category_id=int(self.category_ids[garment]),
            box=self.boxes[garment].copy(),
            mask=self.runs.get(garment) or rings or None,
            landmarks=np.column_stack([points * (states > 0)[:, None], states]) if len(points) else None,
            attributes=self.attribute_values(garment, columns).astype(np.float64) if len(columns) else None,
            identity=int(self.identities[garment]),
            shop=None if shop < 0 else bool(shop),
            facts={fact: LEVELS[fact][level] for fact, level in levels.items() if level in LEVELS[fact]},
            crowd=bool(self.crowd[garment]),
        )

    def subset(self, images: Iterable[int]) -> Slice:
        """The slice of some of the images, by index, in the order given."""
        chosen = np.fromiter(images, np.int64)
        garments, first = _spans(self.first, chosen)
        points, point_first = _spans(self.point_first, garments)
        rings, polygon_first = _spans(self.polygon_first, garments)
        vertices, ring_first = _spans(self.ring_first, rings)
        place = {int(old): new for new, old in enumerate(garments)}
        return replace(
            self,
            paths=tuple(self.paths[i] for i in chosen),
            image_ids=self.image_ids[chosen],
            sizes=self.sizes[chosen],
            shop=self.shop[chosen],
            review=self.review[chosen],
            first=first,
            images=np.repeat(np.arange(len(chosen)), np.diff(first)),
            garment_ids=self.garment_ids[garments],
            category_ids=self.category_ids[garments],
            boxes=self.boxes[garments],
            identities=self.identities[garments],
            facts=self.facts[garments],
            attributes=self.attributes[garments],
            crowd=self.crowd[garments],
            points=self.points[points],
            visibility=self.visibility[points],
            point_first=point_first,
            vertices=self.vertices[vertices],
            ring_first=ring_first,
            polygon_first=polygon_first,
            runs={place[old]: runs for old, runs in self.runs.items() if old in place},
        )

    def with_identities(self, identities: Longs) -> Slice:
        """The same slice with the garments' identities ``(G,)`` numbered anew."""
        return replace(self, identities=identities)

    @property
    def identity_set(self) -> frozenset[int]:
        """The identities that occur."""
        return frozenset(np.unique(self.identities[self.identities != NO_IDENTITY]).tolist())


def boxes_alone(
    counts: Sequence[int], boxes: Floats, category_ids: Longs, garment_ids: Longs | None = None
) -> dict[str, Any]:
    """The fields of a slice that speak of garments, where nothing but their boxes ``(G, 4)`` and categories
    ``(G,)`` is known; ``counts (N,)`` says how many each image has. Without ``garment_ids`` they are 0."""
    count = len(boxes)
    return {
        "first": np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        "images": np.repeat(np.arange(len(counts)), counts),
        "garment_ids": np.zeros(count, np.int64) if garment_ids is None else garment_ids,
        "category_ids": category_ids,
        "boxes": boxes,
        "identities": np.full(count, NO_IDENTITY, np.int64),
        "facts": np.zeros((count, len(FACTS)), np.int8),
        "attributes": np.zeros((count, 0), np.int8),
        "crowd": np.zeros(count, np.bool_),
        "points": np.zeros((0, 2)),
        "visibility": np.zeros(0, np.uint8),
        "point_first": np.zeros(count + 1, np.int64),
        "vertices": np.zeros((0, 2)),
        "ring_first": np.zeros(1, np.int64),
        "polygon_first": np.zeros(count + 1, np.int64),
        "runs": {},
        "attribute_words": (),
    }


def _spans(first: Longs, chosen: Longs) -> tuple[Longs, Longs]:
    """What the chosen spans hold, end to end, and where each begins there ``(len(chosen) + 1,)``."""
    lengths = first[chosen + 1] - first[chosen]
    starts = np.concatenate(([0], np.cumsum(lengths))).astype(np.int64)
    inside = np.arange(starts[-1]) - np.repeat(starts[:-1], lengths)
    return np.repeat(first[chosen], lengths) + inside, starts
