"""The quick way through annotations that are just as the official files have them.

Nearly all are: every key is there, all numbers are whole, nothing is odd. Such a text says all there is to
know about itself, so nothing of it need be kept aside and nothing tried out. Whatever else there is goes the
careful way through :mod:`store.formats.deepfashion2.documents`, which gives the same records, only slower.
"""

from __future__ import annotations

from itertools import chain
from typing import Any, TypeVar

import numpy as np
import orjson
from numpy.typing import NDArray

from resources.taxonomy import LEVELS, categories
from store.formats.deepfashion2 import FORMAT
from store.formats.extents import size_from
from store.formats.values import DEEPEST, FARTHEST
from store.records import Domain, Floats, Garment, Image, ImageRecord, ImageState

_Array = TypeVar("_Array", bound="NDArray[Any]")

_DOMAINS = {"user": Domain.CONSUMER, "shop": Domain.SHOP}
#: The keys of an item in the order in which they are written.
_KEYS = (
    *("segmentation", "scale", "viewpoint", "zoom_in", "landmarks", "style", "bounding_box"),
    *("category_id", "occlusion", "category_name"),
)
_KEY_SET = frozenset(_KEYS)
_KINDS = {kind.id: kind for kind in categories()}
_LEVELS = tuple((name, frozenset(LEVELS[name])) for name in ("scale", "viewpoint", "zoom_in", "occlusion"))
_WHOLE = {int}
_STATES = {0, 1, 2}
#: A style has no largest value; what is larger than this is for the careful way.
_LARGEST_STYLE = 2**31


def decode(raw: str, image: Image) -> ImageRecord | None:
    """The record of an annotation's text; None where it must be read with care."""
    if raw.count("[") + raw.count("{") > DEEPEST:
        return None
    try:
        document = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
    if type(document) is not dict:
        return None
    pair_id, source = document.get("pair_id"), document.get("source")
    domain = _DOMAINS.get(source) if type(source) is str else None
    if type(pair_id) is not int or domain is None:
        return None
    garments: list[Garment] = []
    for key, item in document.items():
        if key in ("source", "pair_id"):
            continue
        garment = _garment(key, item, len(garments), pair_id)
        if garment is None:
            return None
        garments.append(garment)
    if not garments or not _is_usual(document, raw):
        return None
    notes: dict[str, Any] = {"file": True}
    keys = list(document)
    if keys[:2] != ["source", "pair_id"]:
        notes["keys"] = keys
    width, height = image.width, image.height
    if image.state is ImageState.MISSING:
        width, height = size_from(garments)
    image = image.but(pair_id=pair_id, domain=domain, width=width, height=height, extra={FORMAT: notes})
    return ImageRecord(image, tuple(garments))


def _is_usual(document: Any, raw: str) -> bool:
    """Whether a text is what Python's own ``json.dumps`` makes of a document, whose words are all known.

    None of these words has a comma or a colon in it: without the blanks behind those the text is orjson's. A
    text that says anything twice, or is spaced otherwise, is another one.
    """
    return (
        raw.count(",") == raw.count(", ")
        and raw.count(":") == raw.count(": ")
        and orjson.dumps(document).decode() == raw.replace(", ", ",").replace(": ", ":")
    )


def _garment(key: str, item: Any, position: int, pair_id: int) -> Garment | None:
    if key[:4] != "item" or not (key.isascii() and key[4:].isdecimal()) or type(item) is not dict:
        return None
    if item.keys() != _KEY_SET:
        return None
    kind = _KINDS.get(item["category_id"]) if type(item["category_id"]) is int else None
    if kind is None or item["category_name"] != kind.name or not _levels_fit(item):
        return None
    places = _places(item, 3 * kind.schema.size)
    if places is None:
        return None
    marks, box, polygons = places
    return Garment(
        key=key,
        position=position,
        category_id=kind.id,
        box=box,
        points=_kept(np.ascontiguousarray(marks[:, :2])),
        visibility=_kept(marks[:, 2].astype(np.uint8)),
        polygons=polygons,
        pair_id=pair_id,
        style=item["style"],
        scale=item["scale"],
        occlusion=item["occlusion"],
        zoom_in=item["zoom_in"],
        viewpoint=item["viewpoint"],
        extra={} if tuple(item) == _KEYS else {FORMAT: {"keys": list(item)}},
    )


def _levels_fit(item: dict[str, Any]) -> bool:
    style = item["style"]
    return (
        all(type(item[name]) is int and item[name] in levels for name, levels in _LEVELS)
        and type(style) is int
        and 0 <= style < _LARGEST_STYLE
    )


def _places(item: dict[str, Any], count: int) -> tuple[Floats, Floats, tuple[Floats, ...]] | None:
    """Landmarks ``(n, 3)``, of ``count`` numbers, box and polygons of an item; None where one of them is odd.

    They are looked at together, as one array: that is quicker than one after the other.
    """
    marks, box, polygons = item["landmarks"], item["bounding_box"], item["segmentation"]
    if not (_is_list(marks, count) and _is_list(box, 4) and type(polygons) is list):
        return None
    if any(type(polygon) is not list or len(polygon) < 6 or len(polygon) % 2 for polygon in polygons):
        return None
    numbers = list(chain(marks, box, *polygons))
    if set(map(type, numbers)) != _WHOLE or max(numbers) > FARTHEST or min(numbers) < -FARTHEST:
        return None
    if box[2] < box[0] or box[3] < box[1] or not set(marks[2::3]) <= _STATES:
        return None
    array = _kept(np.array(numbers, np.float64))
    read = array[:count].reshape(-1, 3)
    # Nothing stands beside a landmark that is none, and none that is one lies in the very corner.
    if ((read[:, 2] > 0) != ((read[:, 0] != 0) | (read[:, 1] != 0))).any():
        return None
    found, at = [], count + 4
    for polygon in polygons:
        found.append(array[at : at + len(polygon)].reshape(-1, 2))
        at += len(polygon)
    return read, array[count : count + 4], tuple(found)


def _is_list(values: Any, count: int) -> bool:
    return type(values) is list and len(values) == count


def _kept(array: _Array) -> _Array:
    """The array, which nobody changes any more: a record need not copy it."""
    array.flags.writeable = False
    return array
