"""The values inside a DeepFashion2 item, read one by one and forgivingly."""

from __future__ import annotations

from typing import Any

import numpy as np

from resources.taxonomy import LEVELS, Category, categories, category
from store.formats import landmarks
from store.formats.base import Complaints
from store.formats.source import Entry
from store.formats.values import described, integer, listed, places, text
from store.records import Floats

FACTS = ("scale", "viewpoint", "zoom_in", "style", "occlusion")


def known_category(value: Any) -> Category | None:
    """The DeepFashion2 category of an id from a file."""
    found = integer(value)
    return category(found) if found is not None and 1 <= found <= len(categories()) else None


def read_landmarks(
    item: Entry, kind: Category, key: str, told: Complaints | None
) -> landmarks.Triplets | None:
    """The landmarks of an item of a category; None where there are none or their number is wrong."""
    if "landmarks" not in item:
        return None
    size = kind.schema.size
    array = places(item["landmarks"], 3)
    if array is None or len(array) != size:
        if told:
            told.error(
                "landmarks-length",
                f"The landmarks are {described(item['landmarks'])}; {kind.name} has {3 * size} numbers. "
                "The garment is imported without them; they are kept aside.",
                key,
            )
        return None
    marks = landmarks.decode(array)
    if told:
        landmarks.complain(marks, key, told)
    return marks


def read_box(item: Entry, key: str, told: Complaints | None) -> Floats | None:
    """The box with its corners in order; None where there is none or it is not four numbers."""
    if "bounding_box" not in item:
        return None
    box = places(item["bounding_box"], 4)
    if box is None or len(box) != 1:
        if told:
            what = described(item["bounding_box"])
            told.error("box-damaged", f"The box is {what}, not x1 y1 x2 y2; it is kept aside.", key)
        return None
    x1, y1, x2, y2 = box[0].tolist()
    if (x2 < x1 or y2 < y1) and told:
        told.warn(
            "box-corners", f"The corners of the box {listed(box, 'int')} are swapped; put in order.", key
        )
    return np.array([min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)])


def read_polygons(item: Entry, key: str, told: Complaints | None) -> tuple[Floats, ...]:
    """The polygons that are lists of x y pairs, verbatim: closed ones stay closed."""
    value = item.get("segmentation", [])
    if not isinstance(value, list):
        if told:
            told.error("polygons-damaged", "The segmentation is not a list; it is kept aside.", key)
        return ()
    read = [places(polygon, 2) for polygon in value]
    if told:
        for number, polygon in enumerate(read, 1):
            if polygon is None:
                what = described(value[number - 1])
                told.error(
                    "polygons-damaged", f"Polygon {number} is {what}, not x y pairs; it is kept aside.", key
                )
            elif len(polygon) < 3:
                told.warn("polygon-short", f"Polygon {number} has only {len(polygon)} points.", key)
    return tuple(polygon for polygon in read if polygon is not None)


def read_fact(fact: str, item: Entry, key: str, told: Complaints | None) -> int | None:
    """A fact of :data:`FACTS`; None where the item is silent or does not give a whole number."""
    if fact not in item:
        return None
    value = integer(item[fact])
    if told:
        levels = LEVELS.get(fact)
        if value is None:
            told.error("fact-damaged", f"{fact} is {text(item[fact]).decode()}, not a whole number.", key)
        elif (levels and value not in levels) or value < 0:
            told.warn("fact-unknown", f"{fact} is {value}, which DeepFashion2 does not define.", key)
    return value
