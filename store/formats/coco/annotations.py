"""One garment as COCO writes it, an "annotation"; see :mod:`store.formats.coco.decoding` for the way back."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from resources.taxonomy import LEVELS
from store import masks
from store.formats import landmarks, source, studio
from store.formats.coco import FORMAT
from store.formats.coco.categories import Kind
from store.formats.source import Entry, Notes
from store.formats.values import (
    Style,
    listed,
    mapping,
    number,
    numbers,
    places,
    styled,
    text,
)
from store.geometry import box_of, extent
from store.records import Floats, Garment

#: Keys with numbers, and how they are usually written.
NUMERIC: Mapping[str, Style] = {"bbox": "int", "keypoints": "float", "segmentation": "int", "area": "int"}
FACTS = ("pair_id", "style", "scale", "occlusion", "zoom_in", "viewpoint")
_COUNTED = frozenset({"id", "image_id", "category_id", "iscrowd", "num_keypoints"})
KNOWN = _COUNTED | {*NUMERIC, *FACTS, studio.KEY}
#: Our keys inside an annotation beyond those of :mod:`store.formats.studio`.
OURS = frozenset({"key", "box", "no_box", "no_keypoints", "short_polygons", "rle", "set_aside", "facts"})
FEWEST_CORNERS = 3
#: Of what the store can hold.
_LARGEST = 2**63


@dataclass(frozen=True, slots=True)
class Ids:
    """The numbers an annotation has in its file."""

    annotation: int
    image: int
    category: int


def notes_of(garment: Garment) -> Notes:
    """What was kept of the annotation that a garment came from."""
    return mapping(garment.extra.get(FORMAT))


def fact_of(entry: Entry, fact: str) -> int | None:
    """A DeepFashion2 fact; the same word in another file may mean something else and stays unknown."""
    value = entry.get(fact)
    if type(value) is not int or not 0 <= value < _LARGEST:
        return None
    return value if fact not in LEVELS or value in LEVELS[fact] else None


def encode(garment: Garment, kind: Kind, ids: Ids, area: float | None, notes: Notes) -> Entry:
    """The annotation of a garment, keys in the official converter's order.

    ``kind`` says in which block the keypoints go; ``area`` is worked out from the box where None.
    """
    points = landmarks.encode(garment, mapping(notes.get("unlabelled")))
    written_box = _written_box(garment)
    if area is None:
        area = written_box[2] * written_box[3] if garment.box is None else area_of_box(garment.box)
    entry: Entry = {
        "area": number(area, source.style(notes, "area", NUMERIC["area"])),
        "bbox": styled(written_box, source.style(notes, "bbox", NUMERIC["bbox"])),
        "category_id": ids.category,
        "id": ids.annotation,
        "pair_id": garment.pair_id,
        "image_id": ids.image,
        "iscrowd": notes.get("iscrowd", 0),
        "style": garment.style,
    }
    if len(points) or (kind.block > kind.local.schema.size and not source.omitted(notes, "keypoints")):
        entry["num_keypoints"] = int(np.count_nonzero(points[:, 2] > 0))
        entry["keypoints"] = _block(points, kind, source.style(notes, "keypoints", NUMERIC["keypoints"]))
    segmentation = _written_segmentation(
        garment, source.style(notes, "segmentation", NUMERIC["segmentation"])
    )
    if segmentation is not None:
        entry["segmentation"] = segmentation
    for fact in FACTS[2:]:
        entry[fact] = getattr(garment, fact)
    entry = {key: value for key, value in entry.items() if value is not None}
    for key, value in mapping(notes.get("unknown")).items():
        entry.setdefault(key, value)
    ours = our_values(garment, kind, entry, notes)
    if ours:
        entry[studio.KEY] = ours
    return entry


def our_values(garment: Garment, kind: Kind, entry: Entry, notes: Notes) -> dict[str, Any]:
    """What our key says of a garment whose plain entry is given."""
    ours = studio.garment_values(garment, FORMAT)
    # Values that a reader would not take for DeepFashion2's, because they are none of its levels.
    said = {fact: getattr(garment, fact) for fact in FACTS}
    facts = {fact: value for fact, value in said.items() if fact_of(entry, fact) != value}
    if facts:
        ours["facts"] = facts
    if garment.key:
        ours["key"] = garment.key
    if "bbox" in entry:
        if garment.box is None:
            ours["no_box"] = True
        elif _corners(entry["bbox"]) != garment.box.tolist():
            ours["box"] = listed(garment.box, "int")
    if "keypoints" in entry and not len(garment.points) and kind.local.schema.size:
        ours["no_keypoints"] = True
    short = {
        str(i): listed(polygon, "int")
        for i, polygon in enumerate(garment.polygons)
        if len(polygon) < FEWEST_CORNERS
    }
    if short:
        ours["short_polygons"] = short
    if garment.rle is not None and (len(garment.polygons) > len(short) or not sound(garment.rle)):
        ours["rle"] = dict(garment.rle)
    if mapping(notes.get("set_aside")):
        ours["set_aside"] = dict(notes["set_aside"])
    ours.update(mapping(notes.get("studio")))
    return ours


def sound(rle: Mapping[str, Any]) -> bool:
    """Whether run lengths can be read."""
    try:
        masks.rle_counts(rle)
    except ValueError:
        return False
    return True


def area_of_box(box: Floats) -> float:
    """Width times height of a box ``(4,)``, also of one turned inside out."""
    return float(box[2] - box[0]) * float(box[3] - box[1])


def box_from(bbox: Sequence[float]) -> Floats:
    """The corners ``(4,)`` of COCO's x, y, width and height."""
    return np.array(_corners(bbox), np.float64)


def _corners(bbox: Sequence[float]) -> list[float]:
    x, y, width, height = bbox
    return [x, y, x + width, y + height]


def _written_box(garment: Garment) -> list[float]:
    box = garment.box if garment.box is not None else extent(garment)
    if box is None and garment.rle is not None and sound(garment.rle):
        outlines = masks.rle_outlines(garment.rle)
        box = box_of(np.concatenate(outlines)) if outlines else None
    if box is None:
        return [0.0, 0.0, 0.0, 0.0]
    x1, y1, x2, y2 = box.tolist()
    return [x1, y1, _side(x1, x2), _side(y1, y2)]


def _side(low: float, high: float) -> float:
    """The length that, added to the lower end, gives back the upper end to the last bit where one does."""
    side = high - low
    for near in (side, math.nextafter(side, math.inf), math.nextafter(side, -math.inf)):
        if low + near == high:
            return near
    return side


def _block(points: Floats, kind: Kind, style: Style) -> list[float]:
    if kind.block == len(points):
        return listed(points, style)
    zero = 0.0 if style == "float" else 0
    values = listed(points, style)
    before = 3 * kind.offset
    return [zero] * before + values + [zero] * (3 * kind.block - before - len(values))


def _written_segmentation(garment: Garment, style: Style) -> Any:
    polygons = [listed(polygon, style) for polygon in garment.polygons if len(polygon) >= FEWEST_CORNERS]
    if polygons:
        return polygons
    return dict(garment.rle) if garment.rle is not None and sound(garment.rle) else None


def area_of(garment: Garment, width: int, height: int, layout: str) -> float | None:
    """The area to write; None for the box's.

    The 294 layout always has the box's, as the official converter. Else an area that the source gave
    holds while nothing was changed, then the pixels of the mask count.
    """
    if layout == "294":
        return None
    notes = notes_of(garment)
    stated = numbers([notes.get("area")], 1) if "area" in notes else None
    if stated is not None and garment.version == 1:
        return float(stated[0, 0])
    if garment.rle is not None and not garment.polygons and not sound(garment.rle):
        return None
    area = masks.garment_area(garment, width, height)
    return None if not area else float(area)


def write(garment: Garment, kind: Kind, ids: Ids, area: float | None) -> Entry:
    """The annotation as it goes into the file: untouched parts as the source had them."""
    notes = notes_of(garment)
    entry = encode(garment, kind, ids, area, notes)
    if "verbatim" not in notes:
        return source.ordered(entry, notes)
    return source.restore(entry, notes, lambda key, value: _unchanged(key, value, garment, kind, entry))


def _unchanged(key: str, value: Any, garment: Garment, kind: Kind, entry: Entry) -> bool:
    """Whether a source value still says what the garment says."""
    if key == "bbox":
        found = places(value, 4)
        if found is None or garment.box is None or (found[0, 2:] < 0).any():
            return False
        return np.array_equal(box_from(found[0].tolist()), garment.box)
    if key == "segmentation":
        return list(map(text, (places(p, 2) for p in value))) == list(map(text, garment.polygons))
    if key == "keypoints":
        array, now = places(value, 3), places(entry.get("keypoints"), 3)
        if array is None or now is None or len(array) != len(now):
            return False
        own = slice(kind.offset, kind.offset + kind.local.schema.size)
        known = np.isin(array[own, 2], (0, 1, 2))
        states = np.where(known, array[own, 2], np.where(array[own, :2].any(axis=1), 2, 0))
        return np.array_equal(array[own, :2], now[own, :2]) and np.array_equal(states, now[own, 2])
    if key == studio.KEY:
        return bool(mapping(value) == mapping(entry.get(studio.KEY)))
    return False
