"""The quick way to read what images and their annotations say, to compare it.

They are read as :mod:`store.formats.coco.images` and :mod:`store.formats.coco.decoding` read them, but many
at a time, where nothing is out of the ordinary.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from store.formats import studio
from store.formats.coco import FORMAT
from store.formats.coco.annotations import FACTS, FEWEST_CORNERS, fact_of
from store.formats.coco.categories import Kind
from store.formats.fingerprint import Said, others
from store.formats.source import Entry
from store.formats.values import FARTHEST, printable, text, too_deep
from store.pictures import MAX_PIXELS
from store.records import Domain, Floats, Origin, Review

Kinds = Mapping[int, tuple[Kind, int]]

#: What our key may say of a garment or image that is usual. Of the rest, the reader knows what it means.
_SIMPLE = frozenset({"key", "item_id", "clothes_category", "clothes_type", "attributes", "origin", "extra"})
_SIMPLE_OF_IMAGE = frozenset({"split", "role", "review", "tags", "extra", "number"})
_ORIGINS = frozenset(map(str, Origin))
#: A name that is the same however it is looked at.
_PLAIN = re.compile(r"(?:[\w-][\w .,&'()+-]*/)*[\w-][\w .,&'()+-]*", re.ASCII)
_DOMAINS = {"user": str(Domain.CONSUMER), "shop": str(Domain.SHOP)}
_NUMBERS = frozenset({int, float})
_LARGEST = 2**63


class _Usual(NamedTuple):
    """A garment that looks usual: its values up to its attributes' extra, and where its places are.

    ``marks`` and ``corners`` are the first and the one past the last row in all marks and corners.
    """

    values: list[Any]
    marks: tuple[int, int]
    corners: tuple[int, int]


def image_said(entry: Entry) -> list[Any] | None:
    """The values of :func:`store.formats.fingerprint.image_values`; None where the entry is not usual."""
    name, width, height, pair_id = map(entry.get, ("file_name", "width", "height", "pair_id"))
    if type(name) is not str or _PLAIN.fullmatch(name) is None:
        return None
    if type(width) is not int or type(height) is not int or width <= 0 or height <= 0:
        return None
    if width * height > MAX_PIXELS or not _is_whole(pair_id):
        return None
    ours = _ours_of_image(entry.get(studio.KEY))
    if ours is None:
        return None
    split, role, review, tags, extra = ours
    source = entry.get("source")
    domain = _DOMAINS.get(source, "") if type(source) is str else ""
    return [name, width, height, True, split, role, domain, pair_id, review, tags, extra]


def _ours_of_image(said: Any) -> tuple[Any, ...] | None:
    """What our key says of an image: split, role, review, tags, extra."""
    if said is None:
        return "", "", Review.TO_DO, (), []
    if type(said) is not dict or not said.keys() <= _SIMPLE_OF_IMAGE or too_deep(text(said), said):
        return None
    split, role = said.get("split", ""), said.get("role", "")
    tags, extra = said.get("tags", []), said.get("extra", {})
    if type(tags) is not list or type(extra) is not dict or not all(map(_is_word, (split, role, *tags))):
        return None
    review = studio.REVIEWS.get(said.get("review", "to do"))
    if review is None or len(set(tags)) != len(tags):
        return None
    return split, role, review, tags, others(extra, FORMAT)


def _is_word(value: Any) -> bool:
    return type(value) is str and printable(value) == value


def _is_whole(value: Any) -> bool:
    """Whether it is a whole number that the store can hold, or None."""
    return value is None or (type(value) is int and abs(value) < _LARGEST)


def garments_said(annotations: Sequence[Entry], positions: Sequence[int], kinds: Kinds) -> list[Said | None]:
    """What annotations say that have ``positions`` in their images; None for one that is not usual.

    ``kinds`` are categories and our ids of them, by those in the file.
    """
    marks: list[Any] = []
    corners: list[Any] = []
    boxes: list[Any] = []
    found: list[_Usual | None] = []
    for entry, position in zip(annotations, positions, strict=True):
        garment = _looked_at(entry, position, kinds, len(marks) // 3, len(corners) // 2)
        found.append(garment)
        if garment is not None:
            marks += entry.get("keypoints") or ()
            boxes += entry["bbox"]
            for polygon in entry.get("segmentation") or ():
                corners += polygon
    arrays = _Arrays.of(marks, corners, boxes)
    if arrays is None:
        return [None] * len(found)
    numbers = iter(range(len(found)))
    return [None if garment is None else arrays.said(next(numbers), garment) for garment in found]


def _looked_at(entry: Entry, position: int, kinds: Kinds, mark: int, corner: int) -> _Usual | None:
    """A garment whose lists have the usual form; what is in them is not looked at yet."""
    number = entry.get("category_id")
    kind, own = kinds.get(number, (None, 0)) if type(number) is int else (None, 0)
    ours = _ours(entry.get(studio.KEY))
    polygons, points, box = entry.get("segmentation") or [], entry.get("keypoints") or [], entry.get("bbox")
    if kind is None or ours is None or type(box) is not list or len(box) != 4:
        return None
    if type(points) is not list or len(points) not in (0, 3 * kind.block) or type(polygons) is not list:
        return None
    if not all(type(one) is list and len(one) >= 2 * FEWEST_CORNERS and not len(one) % 2 for one in polygons):
        return None
    key, item_id, category, type_, origin, attributes, extra = ours
    sizes = [len(one) // 2 for one in polygons]
    size, first = (kind.local.schema.size, mark + kind.offset) if points else (0, mark)
    pair_id, style, scale, occlusion, zoom_in, viewpoint = [fact_of(entry, fact) for fact in FACTS]
    values = [
        *(key, position, own, pair_id, style, item_id, scale, occlusion, zoom_in, viewpoint),
        *(category, type_, origin, attributes, None, extra, size, False, sizes),
    ]
    return _Usual(values, (first, first + size), (corner, corner + sum(sizes)))


class _Arrays(NamedTuple):
    """The places of many garments as bytes, and which rows are not usual."""

    points: bytes
    states: bytes
    corners: bytes
    boxes: bytes
    odd_marks: Any
    odd_boxes: Any

    @classmethod
    def of(cls, marks: list[Any], corners: list[Any], boxes: list[Any]) -> _Arrays | None:
        """None where there is anything among the numbers that is no coordinate."""
        triplets, pairs, sides = _places(marks, 3), _places(corners, 2), _places(boxes, 4)
        if triplets is None or pairs is None or sides is None:
            return None
        points, states = triplets[:, :2] + 0.0, triplets[:, 2]
        usual = (states == 1) | (states == 2) | ((states == 0) & ~points.any(axis=1))
        odd = ~usual if not usual.all() else None
        narrow = (sides[:, 2:] < 0).any(axis=1)
        sides[:, 2:] += sides[:, :2]
        whole = np.where(usual, states, 0).astype(np.uint8)
        parts = (points.tobytes(), whole.tobytes(), (pairs + 0.0).tobytes(), (sides + 0.0).tobytes())
        return cls(*parts, odd, narrow if narrow.any() else None)

    def said(self, number: int, garment: _Usual) -> Said | None:
        """What a garment says, the ``number``-th of those that look usual."""
        first, end = garment.marks
        if self.odd_marks is not None and self.odd_marks[first:end].any():
            return None
        if self.odd_boxes is not None and self.odd_boxes[number]:
            return None
        corner, last = garment.corners
        points, corners = self.points[16 * first : 16 * end], self.corners[16 * corner : 16 * last]
        box = self.boxes[32 * number : 32 * number + 32]
        return Said(garment.values, (points, corners, box, self.states[first:end]))


def _places(values: list[Any], columns: int) -> Floats | None:
    """Coordinates as ``(n, columns)``; None where one is anything else."""
    if not set(map(type, values)) <= _NUMBERS:
        return None
    array = np.array(values, np.float64).reshape(-1, columns)
    return array if np.abs(array).max(initial=0) <= FARTHEST else None


def _ours(said: Any) -> tuple[Any, ...] | None:
    """What our key says of a garment: key, item id, clothes category and type, origin, attributes, extra."""
    if said is None:
        return "", "", None, None, "file", {}, []
    if type(said) is not dict or not said.keys() <= _SIMPLE or too_deep(text(said), said):
        return None
    key, item_id, origin = said.get("key", ""), said.get("item_id", ""), said.get("origin", "file")
    category, kind, extra = said.get("clothes_category"), said.get("clothes_type"), said.get("extra", {})
    if not _is_word(key) or not _is_word(item_id) or type(origin) is not str or origin not in _ORIGINS:
        return None
    if not _is_whole(category) or not _is_whole(kind) or type(extra) is not dict:
        return None
    attributes = studio.attributes_of(said.get("attributes"))
    return key, item_id, category, kind, origin, attributes, others(extra, FORMAT)
