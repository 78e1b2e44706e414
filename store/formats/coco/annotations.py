"""One garment as COCO writes it, an "annotation"."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from resources.taxonomy import LEVELS
from store import masks
from store.formats import landmarks, source, studio
from store.formats.base import Complaints
from store.formats.coco import FORMAT
from store.formats.coco.categories import Kind
from store.formats.source import Entry, Notes
from store.formats.values import (
    Style,
    described,
    integer,
    listed,
    mapping,
    number,
    numbers,
    places,
    text,
    word,
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
_FEWEST_CORNERS = 3


@dataclass(frozen=True, slots=True)
class Ids:
    """The numbers an annotation has in its file."""

    annotation: int
    image: int
    category: int


def notes_of(garment: Garment) -> Notes:
    """What was kept of the annotation that a garment came from."""
    return mapping(garment.extra.get(FORMAT))


# --- reading ------------------------------------------------------------------------------------


def decode(entry: Entry, kind: Kind, ids: Ids, position: int, told: Complaints) -> Garment:
    """The garment of an annotation; what cannot be read is set aside in its notes."""
    where = f"annotation {ids.annotation}"
    ours = mapping(entry.get(studio.KEY))
    aside = dict(mapping(ours.get("set_aside")))
    notes: Entry = {"id": ids.annotation}
    polygons, rle = _segmentation(entry, ours, aside, told, where)
    facts = {fact: _stated(entry, ours, fact) for fact in FACTS}
    garment = Garment(
        key=word(ours.get("key")),
        position=position,
        category_id=kind.local.id,
        box=None if ours.get("no_box") is True else _box(entry, ours, aside, told, where),
        polygons=polygons,
        rle=rle,
        pair_id=facts["pair_id"],
        style=facts["style"],
        scale=facts["scale"],
        occlusion=facts["occlusion"],
        zoom_in=facts["zoom_in"],
        viewpoint=facts["viewpoint"],
    )
    marks = None if ours.get("no_keypoints") is True else _keypoints(entry, kind, aside, told, where)
    if marks is not None:
        garment = garment.but(points=marks.points, visibility=marks.visibility)
        if marks.unlabelled:
            notes["unlabelled"] = marks.unlabelled
    garment = studio.garment_from(garment, ours)
    if aside:
        notes["set_aside"] = aside
    unknown = studio.unknown_garment_values(ours, OURS)
    if unknown:
        notes["studio"] = unknown
    if integer(entry.get("iscrowd")):
        notes["iscrowd"] = entry["iscrowd"]
    return _with_notes(garment, entry, kind, ids, notes)


def _stated(entry: Entry, ours: Mapping[str, Any], fact: str) -> int | None:
    return integer(mapping(ours.get("facts")).get(fact, _fact(entry, fact)))


def _with_notes(garment: Garment, entry: Entry, kind: Kind, ids: Ids, notes: Entry) -> Garment:
    known = KNOWN - {fact for fact in FACTS if fact in entry and getattr(garment, fact) is None}
    box_area = None if garment.box is None else _box_area(garment.box)
    area = numbers([entry.get("area")], 1)
    if area is not None and area[0, 0] != box_area:
        notes["area"] = entry["area"]
    stated = None if area is None else float(area[0, 0])

    def tried(notes: Notes) -> Entry:
        return encode(garment, kind, ids, stated, notes)

    kept = source.keep(tried, entry, known, NUMERIC, notes)
    # These are worked out anew when written, and a wrong one is of no use to anybody.
    verbatim = {
        k: v for k, v in mapping(kept.get("verbatim")).items() if k in ("bbox", "keypoints", studio.KEY)
    }
    verbatim |= {k: v for k, v in mapping(kept.get("verbatim")).items() if k == "segmentation" and _valid(v)}
    kept = {key: value for key, value in kept.items() if key != "verbatim"}
    if verbatim:
        kept["verbatim"] = verbatim
    return garment.but(extra={**garment.extra, FORMAT: kept})


def _fact(entry: Entry, fact: str) -> int | None:
    """A DeepFashion2 fact; the same word in another file may mean something else and stays unknown."""
    value = entry.get(fact)
    if type(value) is not int or integer(value) is None or value < 0:
        return None
    return value if fact not in LEVELS or value in LEVELS[fact] else None


def _box(entry: Entry, ours: Mapping[str, Any], aside: Entry, told: Complaints, where: str) -> Floats | None:
    if entry.get("bbox") is None:
        return None
    found = places(entry["bbox"], 4)
    if found is None or len(found) != 1:
        what = described(entry["bbox"])
        told.error("box-damaged", f"bbox is {what}, not x y width height; it is set aside.", where)
        aside["bbox"] = entry["bbox"]
        return None
    x, y, width, height = found[0].tolist()
    if width < 0 or height < 0:
        told.warn("box-corners", f"bbox has a negative side ({listed(found, 'int')}); put in order.", where)
    box = np.array([min(x, x + width), min(y, y + height), max(x, x + width), max(y, y + height)])
    exact = places(ours.get("box"), 4)
    if exact is not None and len(exact) == 1 and np.allclose(exact[0], box, rtol=1e-9, atol=1e-6):
        box = exact[0]
    return box


def _segmentation(
    entry: Entry, ours: Mapping[str, Any], aside: Entry, told: Complaints, where: str
) -> tuple[tuple[Floats, ...], Mapping[str, Any] | None]:
    value = entry.get("segmentation")
    rle = ours.get("rle") if isinstance(ours.get("rle"), dict) else None
    polygons: list[Floats] = []
    if isinstance(value, dict):
        try:
            masks.rle_counts(value)
        except ValueError as error:
            told.error("mask-damaged", f"The mask is not read: {error}. It is set aside.", where)
            aside["segmentation"] = value
        else:
            rle = value
    elif isinstance(value, list) and value and numbers(value, 1) is not None:
        told.error(
            "polygons-damaged", "segmentation is one list of numbers, not one of polygons; set aside.", where
        )
        aside["segmentation"] = value
    elif isinstance(value, list):
        polygons = _polygons(value, told, where)
        if len(polygons) != len(value):
            aside["segmentation"] = value
    elif value is not None:
        told.error("mask-damaged", "segmentation is neither polygons nor run lengths.", where)
        aside["segmentation"] = value
    for place, short in mapping(ours.get("short_polygons")).items():
        points = places(short, 2)
        if points is not None and place.isdecimal():
            polygons.insert(int(place[:6]), points)
    return tuple(polygons), rle


def _polygons(value: list[Any], told: Complaints, where: str) -> list[Floats]:
    found: list[Floats] = []
    for index, polygon in enumerate(value, 1):
        points = places(polygon, 2)
        if points is None:
            what = described(polygon)
            told.error("polygons-damaged", f"Polygon {index} is {what}, not x y pairs; set aside.", where)
            continue
        if len(points) < _FEWEST_CORNERS and points.size:
            told.warn("polygon-short", f"Polygon {index} has only {len(points)} points.", where)
        if points.size or len(value) > 1:
            found.append(points)
    return found


def _valid(segmentation: Any) -> bool:
    """Whether pycocotools takes it; ``[]``, ``[[]]`` and polygons of two points it does not."""
    if not isinstance(segmentation, list) or not segmentation:
        return False
    return all(
        (points := places(polygon, 2)) is not None and len(points) >= _FEWEST_CORNERS
        for polygon in segmentation
    )


def _keypoints(
    entry: Entry, kind: Kind, aside: Entry, told: Complaints, where: str
) -> landmarks.Triplets | None:
    value = entry.get("keypoints")
    if value is None or value == []:
        return None
    array = places(value, 3)
    if array is None or len(array) != kind.block:
        told.error(
            "landmarks-length",
            f"keypoints are {described(value)}; {kind.local.name} has {3 * kind.block} numbers. "
            "The garment is imported without them; they are set aside.",
            where,
        )
        aside["keypoints"] = value
        return None
    size = kind.local.schema.size
    marks = landmarks.decode(array[kind.offset : kind.offset + size])
    landmarks.complain(marks, where, told)
    if len(array) > size and np.delete(array, np.s_[kind.offset : kind.offset + size], axis=0).any():
        told.warn(
            "landmarks-elsewhere", f"keypoints outside the block of {kind.local.name} are ignored.", where
        )
    return marks


# --- writing ------------------------------------------------------------------------------------


def encode(garment: Garment, kind: Kind, ids: Ids, area: float | None, notes: Notes) -> Entry:
    """The annotation of a garment, keys in the official converter's order.

    ``kind`` says in which block the keypoints go; ``area`` is worked out from the box where None.
    """
    box, points = garment.box, landmarks.encode(garment, mapping(notes.get("unlabelled")))
    written_box = _written_box(garment)
    if area is None:
        area = _box_area(box) if box is not None else written_box[2] * written_box[3]
    entry: Entry = {
        "area": number(area, source.style(notes, "area", NUMERIC["area"])),
        "bbox": listed(np.array(written_box), source.style(notes, "bbox", NUMERIC["bbox"])),
        "category_id": ids.category,
        "id": ids.annotation,
        "pair_id": garment.pair_id,
        "image_id": ids.image,
        "iscrowd": notes.get("iscrowd", 0),
        "style": garment.style,
    }
    if len(points) or (kind.block > kind.local.schema.size and not source.omitted(notes, "keypoints")):
        entry["num_keypoints"] = int((points[:, 2] > 0).sum())
        entry["keypoints"] = _block(points, kind, source.style(notes, "keypoints", NUMERIC["keypoints"]))
    segmentation = _written_segmentation(
        garment, source.style(notes, "segmentation", NUMERIC["segmentation"])
    )
    if segmentation is not None:
        entry["segmentation"] = segmentation
    entry.update({fact: getattr(garment, fact) for fact in FACTS[2:]})
    for key in [key for key, value in entry.items() if value is None]:
        del entry[key]
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
    facts = {fact: getattr(garment, fact) for fact in FACTS if _fact(entry, fact) != getattr(garment, fact)}
    if facts:
        ours["facts"] = facts
    if garment.key:
        ours["key"] = garment.key
    if "bbox" in entry:
        if garment.box is None:
            ours["no_box"] = True
        elif not np.array_equal(_read_box(entry["bbox"]), garment.box):
            ours["box"] = listed(garment.box, "int")
    if "keypoints" in entry and not len(garment.points) and kind.local.schema.size:
        ours["no_keypoints"] = True
    short = {
        str(i): listed(polygon, "int")
        for i, polygon in enumerate(garment.polygons)
        if len(polygon) < _FEWEST_CORNERS
    }
    if short:
        ours["short_polygons"] = short
    if garment.rle is not None and (len(garment.polygons) > len(short) or not _sound(garment.rle)):
        ours["rle"] = dict(garment.rle)
    if mapping(notes.get("set_aside")):
        ours["set_aside"] = dict(notes["set_aside"])
    ours.update(mapping(notes.get("studio")))
    return ours


def _sound(rle: Mapping[str, Any]) -> bool:
    try:
        masks.rle_counts(rle)
    except ValueError:
        return False
    return True


def _box_area(box: Floats) -> float:
    return float(box[2] - box[0]) * float(box[3] - box[1])


def _read_box(bbox: Sequence[float]) -> Floats:
    x, y, width, height = bbox
    return np.array([x, y, x + width, y + height], np.float64)


def _written_box(garment: Garment) -> list[float]:
    box = garment.box if garment.box is not None else extent(garment)
    if box is None and garment.rle is not None and _sound(garment.rle):
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
    polygons = [listed(polygon, style) for polygon in garment.polygons if len(polygon) >= _FEWEST_CORNERS]
    if polygons:
        return polygons
    return dict(garment.rle) if garment.rle is not None and _sound(garment.rle) else None


def area_of(garment: Garment, width: int, height: int, layout: str) -> float | None:
    """The area to write; None for the box's.

    The 294 layout always has the box's, as the official converter. Else an area that the source gave
    holds while nothing was changed, then the pixels of the mask count.
    """
    if layout == "294":
        return None
    stated = numbers([notes_of(garment).get("area")], 1)
    if stated is not None and garment.version == 1:
        return float(stated[0, 0])
    if garment.rle is not None and not garment.polygons and not _sound(garment.rle):
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
        return np.array_equal(_read_box(found[0].tolist()), garment.box)
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
