"""The garment of one COCO annotation; what cannot be read is kept beside it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from store import masks
from store.formats import landmarks, source, studio
from store.formats.base import Complaints
from store.formats.coco import FORMAT
from store.formats.coco.annotations import (
    FACTS,
    FEWEST_CORNERS,
    KNOWN,
    NUMERIC,
    OURS,
    Ids,
    area_of_box,
    encode,
    fact_of,
)
from store.formats.coco.categories import Kind
from store.formats.source import Entry, Notes
from store.formats.values import (
    described,
    integer,
    listed,
    mapping,
    numbers,
    places,
    word,
)
from store.records import Floats, Garment

_NO_MARKS = landmarks.decode(np.zeros((0, 3)))


def decode(
    entry: Entry, kind: Kind, ids: Ids, position: int, told: Complaints, *, noted: bool = True
) -> Garment:
    """The garment of an annotation; what cannot be read is set aside in its notes, if it is to have some."""
    where = f"annotation {ids.annotation}"
    ours = mapping(entry.get(studio.KEY))
    aside = dict(mapping(ours.get("set_aside")))
    polygons, rle = _segmentation(entry, ours, aside, told, where)
    facts = {fact: _stated(entry, ours, fact) for fact in FACTS}
    box = None if ours.get("no_box") is True else _box(entry, ours, aside, told, where)
    none = ours.get("no_keypoints") is True
    marks = _NO_MARKS if none else _keypoints(entry, kind, aside, told, where) or _NO_MARKS
    garment = Garment(
        key=word(ours.get("key")),
        position=position,
        category_id=kind.local.id,
        box=box,
        points=marks.points,
        visibility=marks.visibility,
        polygons=polygons,
        rle=rle,
        pair_id=facts["pair_id"],
        style=facts["style"],
        scale=facts["scale"],
        occlusion=facts["occlusion"],
        zoom_in=facts["zoom_in"],
        viewpoint=facts["viewpoint"],
    )
    garment = studio.garment_from(garment, ours)
    return _noted(garment, entry, kind, ids, aside, marks) if noted else garment


def _noted(
    garment: Garment, entry: Entry, kind: Kind, ids: Ids, aside: Entry, marks: landmarks.Triplets
) -> Garment:
    """The garment with its notes: what the annotation says and a garment has no field for."""
    ours = mapping(entry.get(studio.KEY))
    notes: Entry = {"id": ids.annotation}
    if marks.unlabelled:
        notes["unlabelled"] = marks.unlabelled
    if aside:
        notes["set_aside"] = aside
    unknown = studio.unknown_garment_values(ours, OURS)
    if unknown:
        notes["studio"] = unknown
    if integer(entry.get("iscrowd")):
        notes["iscrowd"] = entry["iscrowd"]
    return _with_notes(garment, entry, kind, ids, notes)


def _stated(entry: Entry, ours: Mapping[str, Any], fact: str) -> int | None:
    return integer(mapping(ours.get("facts")).get(fact, fact_of(entry, fact)))


def _with_notes(garment: Garment, entry: Entry, kind: Kind, ids: Ids, notes: Entry) -> Garment:
    known = KNOWN - {fact for fact in FACTS if fact in entry and getattr(garment, fact) is None}
    box_area = None if garment.box is None else area_of_box(garment.box)
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
        if len(points) < FEWEST_CORNERS and points.size:
            told.warn("polygon-short", f"Polygon {index} has only {len(points)} points.", where)
        if points.size or len(value) > 1:
            found.append(points)
    return found


def _valid(segmentation: Any) -> bool:
    """Whether pycocotools takes it; ``[]``, ``[[]]`` and polygons of two points it does not."""
    if not isinstance(segmentation, list) or not segmentation:
        return False
    return all(
        (points := places(polygon, 2)) is not None and len(points) >= FEWEST_CORNERS
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
