"""The quick way through annotations that are just as the official files have them.

Nearly all are: every key is there, all numbers are whole (fractions may stand in outlines), nothing is odd.
Such a text says all there is to know about itself, so nothing of it need be kept aside and nothing tried out.
Whatever else there is goes the careful way through :mod:`store.formats.deepfashion2.documents`, which gives
the same records, only slower.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from struct import pack
from typing import Any

import numpy as np
import orjson

from resources.taxonomy import LEVELS, Category, categories
from store.db.packing import Packed, Row, file_garment_row, seen_image_row
from store.formats.deepfashion2 import FORMAT
from store.formats.extents import size_from
from store.formats.values import DEEPEST, FARTHEST, Style
from store.records import Domain, Garment, Image, ImageRecord, ImageState, sealed

_Item = dict[str, Any]

_DOMAINS = {"user": Domain.CONSUMER, "shop": Domain.SHOP}
#: The keys of an item in the order in which they are written.
_KEYS = (
    *("segmentation", "scale", "viewpoint", "zoom_in", "landmarks", "style", "bounding_box"),
    *("category_id", "occlusion", "category_name"),
)
_KEY_SET = frozenset(_KEYS)
_KINDS = {kind.id: kind for kind in categories()}
_LEVELS = tuple((name, frozenset(LEVELS[name])) for name in ("scale", "viewpoint", "zoom_in", "occlusion"))
_FACTS = ("style", "scale", "occlusion", "zoom_in", "viewpoint")
_WHOLE, _NUMBERS = {int}, {int, float}
_STATES = {0, 1, 2}
#: Words of JSON that stand for no number, and are taken for one here and there.
_WORDS = ("true", "false", "null")
#: Of polygons whose numbers come back only where they are kept verbatim. (None is ever noted as whole.)
_ODD: Style = "whole"
#: Smaller fractions are written with an exponent, and that in several ways.
_SMALLEST = 1e-4
#: A style has no largest value; what is larger than this is for the careful way.
_LARGEST_STYLE = 2**31


@dataclass(frozen=True, slots=True)
class Plain:
    """An annotation without anything odd, as a record or as the values of its rows.

    ``numbers`` holds x and y of all items one after the other: of an item the landmarks, then the box's two
    corners, then the polygons. ``reach`` is the largest x, the largest y and the smallest number. ``styles``
    are how the numbers of the polygons of each item are written, None where all are whole.
    """

    image: Image
    pair_id: int
    domain: Domain
    notes: Mapping[str, Any]
    items: Mapping[str, _Item]
    numbers: Sequence[float]
    reach: tuple[float, float, float]
    styles: Sequence[Style | None]

    def record(self) -> ImageRecord:
        """The record of the annotation, its picture not looked at."""
        garments = tuple(self._garments())
        width, height = self.image.width, self.image.height
        if self.image.state is ImageState.MISSING:
            width, height = size_from(garments)
        image = self.image.but(
            pair_id=self.pair_id, domain=self.domain, width=width, height=height, extra={FORMAT: self.notes}
        )
        return ImageRecord(image, garments)

    def packed(self, dataset_id: int, size: tuple[int, int]) -> Packed:
        """The rows of an image whose picture is there and has this size, as :meth:`record` would give them.

        Records are not made for it: they would take twice as long as all the rest.
        """
        row = seen_image_row(
            self.image, dataset_id, size, str(self.domain), self.pair_id, {FORMAT: self.notes}
        )
        return Packed(row, list(self._rows()))

    def _rows(self) -> Iterator[Row]:
        places, begin = pack(f"<{len(self.numbers)}d", *self.numbers), 0
        for position, (key, item) in enumerate(self.items.items()):
            states, sizes = bytes(item["landmarks"][2::3]), [len(part) // 2 for part in item["segmentation"]]
            end = begin + 16 * (len(states) + 2 + sum(sizes))
            facts = (item["category_id"], self.pair_id, *map(item.get, _FACTS))
            extra = self._extra(item, position)
            yield file_garment_row(key, position, facts, (places[begin:end], states, sizes), extra)
            begin = end

    def _garments(self) -> Iterator[Garment]:
        pairs, begin = sealed(np.array(self.numbers, np.float64)).reshape(-1, 2), 0
        for position, (key, item) in enumerate(self.items.items()):
            states = sealed(np.array(item["landmarks"][2::3], np.uint8))
            box = begin + len(states)
            end, polygons = box + 2, []
            for part in item["segmentation"]:
                polygons.append(pairs[end : end + len(part) // 2])
                end += len(part) // 2
            yield Garment(
                key=key,
                position=position,
                box=pairs[box : box + 2].reshape(4),
                points=pairs[begin:box],
                visibility=states,
                polygons=tuple(polygons),
                category_id=item["category_id"],
                pair_id=self.pair_id,
                extra=self._extra(item, position),
                **{fact: item[fact] for fact in _FACTS},
            )
            begin = end

    def _extra(self, item: _Item, position: int) -> dict[str, Any]:
        notes: dict[str, Any] = {}
        style = self.styles[position]
        if style is not None:
            notes["styles"] = {"segmentation": style}
        if tuple(item) != _KEYS:
            notes["keys"] = list(item)
        return {FORMAT: notes} if notes else {}


def decode(raw: str, image: Image) -> Plain | None:
    """What an annotation's text says; None where it must be read with care."""
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
    order = list(document)
    items = {key: document[key] for key in order if key not in ("source", "pair_id")}
    if not items or not all(_is_usual_item(key, item) for key, item in items.items()):
        return None
    whole = "." not in raw and not any(word in raw for word in _WORDS)
    places = _places(items.values(), whole=whole)
    if places is None or not _is_usual_text(document, raw, whole=whole):
        return None
    notes: dict[str, Any] = {"file": True}
    if order[:2] != ["source", "pair_id"]:
        notes["keys"] = order
    return Plain(image, pair_id, domain, notes, items, *places)


def _is_usual_text(document: Any, raw: str, *, whole: bool) -> bool:
    """Whether a text is what Python's own ``json.dumps`` makes of a document, whose words are all known.

    None of these words has a comma or a colon in it: without the blanks behind those the text is orjson's. A
    text that says anything twice, or is spaced otherwise, is another one. With ``whole`` numbers alone there
    is no shorter way to write it, so another one is longer.
    """
    commas, colons = raw.count(","), raw.count(":")
    if commas != raw.count(", ") or colons != raw.count(": "):
        return False
    written = orjson.dumps(document)
    if whole:
        # A number with an exponent and no point is none.
        return len(written) + commas + colons == len(raw) and b"." not in written
    return written.decode() == raw.replace(", ", ",").replace(": ", ":")


def _is_usual_item(key: str, item: Any) -> bool:
    if key[:4] != "item" or not (key.isascii() and key[4:].isdecimal()) or type(item) is not dict:
        return False
    if item.keys() != _KEY_SET:
        return False
    kind = _KINDS.get(item["category_id"]) if type(item["category_id"]) is int else None
    if kind is None or item["category_name"] != kind.name:
        return False
    return _levels_fit(item) and _is_shaped(item, kind)


def _levels_fit(item: _Item) -> bool:
    style = item["style"]
    if type(style) is not int or not 0 <= style < _LARGEST_STYLE:
        return False
    return all(type(item[name]) is int and item[name] in levels for name, levels in _LEVELS)


def _is_shaped(item: _Item, kind: Category) -> bool:
    """Whether there are as many values in each list as there should be."""
    marks, box, polygons = item["landmarks"], item["bounding_box"], item["segmentation"]
    if type(marks) is not list or len(marks) != 3 * kind.schema.size:
        return False
    if type(box) is not list or len(box) != 4 or type(polygons) is not list:
        return False
    return all(type(part) is list and len(part) >= 6 and not len(part) % 2 for part in polygons)


def _places(
    items: Collection[_Item], *, whole: bool
) -> tuple[list[Any], tuple[float, float, float], list[Style | None]] | None:
    """Numbers, reach and styles as :class:`Plain` has them; None where one of them is odd.

    ``whole``: nothing in the text is a fraction, nor a truth.
    """
    numbers: list[Any] = []
    try:
        styles = [None if whole else _style(item) for item in items]
        if _ODD in styles or any(map(_is_odd, items)):
            return None
        for item in items:
            marks = list(item["landmarks"])
            del marks[2::3]
            numbers += marks
            numbers += item["bounding_box"]
            for part in item["segmentation"]:
                numbers += part
        reach = max(numbers[0::2]), max(numbers[1::2]), min(numbers)
        far = reach[0] > FARTHEST or reach[1] > FARTHEST or reach[2] < -FARTHEST
    except TypeError:  # texts or lists among the numbers
        return None
    return None if far else (numbers, reach, styles)


def _is_odd(item: _Item) -> bool:
    """Whether the corners of the box are swapped, something stands beside a landmark that is none, or one
    that is one lies in the very corner."""
    marks, box = item["landmarks"], item["bounding_box"]
    states = marks[2::3]
    if box[0] > box[2] or box[1] > box[3] or not set(states) <= _STATES:
        return True
    triplets = zip(marks[0::3], marks[1::3], states, strict=True)
    return any((v > 0) != (x != 0 or y != 0) for x, y, v in triplets)


def _style(item: _Item) -> Style | None:
    """How the numbers of an item's polygons are written; None: as whole ones."""
    drawn = [number for part in item["segmentation"] for number in part]
    types = set(map(type, drawn))
    if set(map(type, [*item["landmarks"], *item["bounding_box"]])) != _WHOLE or not types <= _NUMBERS:
        return _ODD
    fractions = [number for number in drawn if type(number) is float]
    if not fractions:
        return None
    if any(0 < abs(number) < _SMALLEST for number in fractions):
        return _ODD
    if not any(map(float.is_integer, fractions)):
        return "int"
    return "float" if len(fractions) == len(drawn) else _ODD
