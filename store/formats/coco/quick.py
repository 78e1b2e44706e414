"""The quick way through annotations and images as nearly all COCO files have them.

What is looked at here says all there is to know about itself: writing its garment again gives the very same
entry, so nothing of it need be kept aside and nothing tried out. Whatever else there is goes the careful way
through :mod:`store.formats.coco.decoding` and :mod:`store.formats.coco.images`, which give the same records.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from resources.taxonomy import LEVELS
from store.formats import studio
from store.formats.coco import FORMAT
from store.formats.coco.annotations import Ids
from store.formats.coco.categories import Kind
from store.formats.source import Entry
from store.formats.values import FARTHEST, Style, printable
from store.records import Bytes, Floats, Garment, sealed

#: The keys of an annotation in the order in which they are written.
_KEYS = (
    *("area", "bbox", "category_id", "id", "pair_id", "image_id", "iscrowd", "style", "num_keypoints"),
    *("keypoints", "segmentation", "scale", "occlusion", "zoom_in", "viewpoint", studio.KEY),
)
_PLACES = {key: place for place, key in enumerate(_KEYS)}
_NEEDED = frozenset({"area", "bbox", "category_id", "id", "image_id", "iscrowd", "segmentation"})
_FACTS = tuple((name, frozenset(LEVELS[name])) for name in ("scale", "occlusion", "zoom_in", "viewpoint"))
_OURS = (["key"], ["extra", "key"], ["extra"])
_WHOLE, _FRACTIONS, _MIXED = {int}, {float}, {int, float}
_STATES = {0, 1, 2}
_LARGEST = 2**53
#: Of numbers that come back only where they are kept verbatim. (None is ever noted as whole.)
_ODD: Style = "whole"
_FEWEST_NUMBERS = 6
_KEYPOINTS = re.compile(rb'"keypoints": ?\[')
#: How a landmark's zeros may be written, with what follows each.
_ZEROS = ((b"0.0", float), (b"0", int))
_COMMAS = (b",", b", ")

_NO_POINTS = sealed(np.empty((0, 2)))
_NO_STATES = sealed(np.empty(0, np.uint8))


class _Marks(NamedTuple):
    """Landmarks ``(n, 2)`` and states ``(n,)``, and how their numbers are written where not as usual."""

    points: Floats = _NO_POINTS
    states: Bytes = _NO_STATES
    style: Style | None = None


def decode(
    raw: bytes, entry: Entry, kind: Kind, ids: Ids, position: int, *, noted: bool = True
) -> Garment | None:
    """The garment of an annotation that is ``entry`` in words ``raw``; None where it must be read with care.

    Without ``noted`` it has no notes, as that of :func:`store.formats.coco.decoding.decode`.
    """
    if not _NEEDED <= entry.keys() <= _PLACES.keys() or b"-0" in raw or b"\\" in raw:
        return None
    if (
        entry["category_id"] != ids.category
        or entry["id"] != ids.annotation
        or entry["image_id"] != ids.image
    ):
        return None
    if not _counts_fit(entry):
        return None
    ours = entry.get(studio.KEY)
    if studio.KEY in entry and not _are_simple(ours):
        return None
    box, marks, polygons = _box(entry["bbox"]), _marks(raw, entry, kind), _polygons(entry["segmentation"])
    area = _area_style(entry["area"])
    if box is None or marks is None or polygons is None or area == _ODD:
        return None
    extra: dict[str, Any] = dict(ours.get("extra", {})) if ours else {}
    if noted:
        styles = {"bbox": box[1], "keypoints": marks.style, "segmentation": polygons[1], "area": area}
        extra[FORMAT] = _notes(entry, ids, box[0], {k: v for k, v in styles.items() if v is not None})
    return Garment(
        key=ours.get("key", "") if ours else "",
        position=position,
        category_id=kind.local.id,
        box=box[0],
        points=marks.points,
        visibility=marks.states,
        polygons=polygons[0],
        pair_id=entry.get("pair_id"),
        style=entry.get("style"),
        scale=entry.get("scale"),
        occlusion=entry.get("occlusion"),
        zoom_in=entry.get("zoom_in"),
        viewpoint=entry.get("viewpoint"),
        extra=extra,
    )


def _notes(entry: Entry, ids: Ids, box: Floats, styles: Mapping[str, Style]) -> dict[str, Any]:
    notes: dict[str, Any] = {"id": ids.annotation}
    x1, y1, x2, y2 = box.tolist()
    if float(entry["area"]) != (x2 - x1) * (y2 - y1):
        notes["area"] = entry["area"]
    if styles:
        notes["styles"] = dict(styles)
    keys = list(entry)
    if keys != sorted(keys, key=_PLACES.__getitem__):
        notes["keys"] = keys
    return notes


def _counts_fit(entry: Entry) -> bool:
    """Whether ids, levels and all else that is no place are whole numbers that mean what they say."""
    for key in ("category_id", "id", "image_id", "iscrowd", "pair_id", "style"):
        value = entry.get(key, 0)
        if type(value) is not int or not 0 <= value < _LARGEST:
            return False
    for key, levels in _FACTS:
        if key in entry and (type(entry[key]) is not int or entry[key] not in levels):
            return False
    return int(entry["iscrowd"]) == 0


def _are_simple(ours: Any) -> bool:
    """Whether our key only says what a garment is called, and what other formats said of it."""
    if type(ours) is not dict or list(ours) not in _OURS:
        return False
    key, extra = ours.get("key", "item1"), ours.get("extra")
    if type(key) is not str or not key or printable(key) != key:
        return False
    return "extra" not in ours or (type(extra) is dict and bool(extra) and FORMAT not in extra)


def _style(numbers: Sequence[Any], usual: Style) -> Style | None:
    """How numbers are written, None where that is as ``usual``."""
    types = set(map(type, numbers))
    if types == _WHOLE:
        return None if usual == "int" else "int"
    even = any(n.is_integer() for n in numbers if type(n) is float)
    if types == _FRACTIONS:
        return "float" if even and usual != "float" else None
    return _ODD if even or types != _MIXED else None if usual == "int" else "int"


def _area_style(area: Any) -> Style | None:
    if type(area) not in _MIXED or not 0 <= area < _LARGEST:
        return _ODD
    return _style([area], "int")


def _near(numbers: Sequence[float]) -> bool:
    return min(numbers) >= -FARTHEST and max(numbers) <= FARTHEST


def _box(bbox: Any) -> tuple[Floats, Style | None] | None:
    """The box ``(4,)`` of x, y, width and height, where these come back from it to the last bit."""
    if type(bbox) is not list or len(bbox) != 4 or not set(map(type, bbox)) <= _MIXED or not _near(bbox):
        return None
    style = _style(bbox, "int")
    x, y, width, height = map(float, bbox)
    if style == _ODD or width < 0 or height < 0:
        return None
    if x + width - x != width or y + height - y != height:
        return None
    return sealed(np.array([x, y, x + width, y + height])), style


def _polygons(value: Any) -> tuple[tuple[Floats, ...], Style | None] | None:
    if type(value) is not list or not value:
        return None
    numbers: list[Any] = []
    for polygon in value:
        if type(polygon) is not list or len(polygon) < _FEWEST_NUMBERS or len(polygon) % 2:
            return None
        numbers += polygon
    if not set(map(type, numbers)) <= _MIXED or not _near(numbers):
        return None
    style = _style(numbers, "int")
    if style == _ODD:
        return None
    array, found, at = sealed(np.array(numbers, np.float64)), [], 0
    for polygon in value:
        found.append(array[at : at + len(polygon)].reshape(-1, 2))
        at += len(polygon)
    return tuple(found), style


def _marks(raw: bytes, entry: Entry, kind: Kind) -> _Marks | None:
    """The landmarks; of those of all categories one after the other only the category's own are looked at."""
    size = kind.local.schema.size
    if "keypoints" not in entry:
        return None if "num_keypoints" in entry or kind.block > size else _Marks()
    value, seen = entry["keypoints"], entry.get("num_keypoints")
    if type(value) is not list or len(value) != 3 * kind.block or not size or type(seen) is not int:
        return None
    own = value[3 * kind.offset : 3 * (kind.offset + size)]
    types = set(map(type, own))
    if types not in (_WHOLE, _FRACTIONS) or not _near(own) or not set(own[2::3]) <= _STATES:
        return None
    if kind.block > size and not _nothing_beside(raw, types.pop(), kind):
        return None
    array = np.array(own, np.float64).reshape(-1, 3)
    points, states = sealed(np.ascontiguousarray(array[:, :2])), sealed(array[:, 2].astype(np.uint8))
    placed = (array[:, 0] != 0) | (array[:, 1] != 0)
    if np.count_nonzero(states) != seen or (placed != (states > 0)).any():
        return None
    return _Marks(points, states, "int" if type(own[0]) is int else None)


def _nothing_beside(raw: bytes, kind_of_number: type, kind: Kind) -> bool:
    """Whether the landmarks of all other categories are zeros, written as numbers of the type.

    Comparing text with text is a hundred times as fast as looking at hundreds of numbers.
    """
    begin = _KEYPOINTS.search(raw)
    if begin is None or raw.count(b'"keypoints"') != 1:
        return False
    end = raw.find(b"]", begin.end())
    zero = next(text for text, of in _ZEROS if of is kind_of_number)
    before, after = 3 * kind.offset, 3 * (kind.block - kind.offset - kind.local.schema.size)
    return any(
        raw.startswith((zero + comma) * before, begin.end()) and raw.endswith((comma + zero) * after, 0, end)
        for comma in _COMMAS
    )
