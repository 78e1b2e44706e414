"""The quick way to write an annotation: the same text as :mod:`store.formats.coco.annotations` makes, from
arrays, where nothing about a garment is out of the ordinary.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from store.formats import studio
from store.formats.coco import FORMAT
from store.formats.coco.annotations import FACTS, FEWEST_CORNERS, Ids, area_of_box, fact_of
from store.formats.coco.categories import Kind
from store.formats.landmarks import all_labelled
from store.formats.source import Entry
from store.formats.values import styled, text
from store.records import Floats, Garment

_EXACT = 2**53


def usual(garment: Garment, kind: Kind, ids: Ids, area: float | None) -> tuple[bytes, bytes] | None:
    """The text of an annotation before its id and after it; None for a garment that is not usual.

    Such a garment has notes of this format, or lacks a box, or has what only our key can say of places.
    """
    if garment.rle is not None or garment.extra.get(FORMAT) or not all_labelled(garment):
        return None
    box = _box(garment.box)
    polygons = [_whole(polygon) for polygon in garment.polygons if len(polygon) >= FEWEST_CORNERS]
    if box is None or len(polygons) != len(garment.polygons):
        return None
    if area is None:
        area = area_of_box(box[0])
    head = {"area": styled([area], "int")[0], "bbox": box[1], "category_id": ids.category}
    tail = _rest(garment, kind, ids, polygons)
    return None if tail is None else (text(head)[:-1] + b',"id":', b"," + text(tail)[1:])


def _rest(garment: Garment, kind: Kind, ids: Ids, polygons: list[Any]) -> Entry | None:
    """What stands after the id."""
    facts = {fact: value for fact in FACTS if (value := getattr(garment, fact)) is not None}
    if any(fact_of(facts, fact) != value for fact, value in facts.items()):
        return None
    entry: Entry = {}
    if "pair_id" in facts:
        entry["pair_id"] = facts["pair_id"]
    entry["image_id"], entry["iscrowd"] = ids.image, 0
    if "style" in facts:
        entry["style"] = facts["style"]
    if len(garment.points) or kind.block > kind.local.schema.size:
        entry["num_keypoints"] = len(garment.points)
        entry["keypoints"] = _block(garment, kind)
    if polygons:
        entry["segmentation"] = polygons
    entry.update(facts)
    ours = studio.garment_values(garment, FORMAT)
    if garment.key:
        ours["key"] = garment.key
    if "keypoints" in entry and not len(garment.points) and kind.local.schema.size:
        ours["no_keypoints"] = True
    if ours:
        entry[studio.KEY] = ours
    return entry


def _box(box: Floats | None) -> tuple[Floats, list[Any]] | None:
    """The box beside what COCO writes of it; None where the one does not follow from the other exactly."""
    if box is None:
        return None
    x1, y1, x2, y2 = box.tolist()
    width, height = x2 - x1, y2 - y1
    if x1 + width != x2 or y1 + height != y2:
        return None
    return box, styled([x1, y1, width, height], "int")


def _whole(polygon: Floats) -> Any:
    """A polygon as orjson takes it: whole numbers without a point, the others with their decimals."""
    flat = polygon.ravel()
    whole = np.count_nonzero(flat == np.floor(flat))
    if not whole:
        return flat
    if whole == len(flat) and flat.max() < _EXACT and flat.min() > -_EXACT:
        return flat.astype(np.int64)
    return styled(flat.tolist(), "int")


def _block(garment: Garment, kind: Kind) -> Floats:
    """The triplets ``x y v`` where they belong among those of the file, as ``(3 * n,)``."""
    count = len(garment.points)
    # Where all are the garment's own, there are as many as it has, whatever its category says.
    size, first = (count, 0) if kind.block == count else (kind.block, kind.offset)
    block = np.zeros((max(size, first + count), 3))
    block[first : first + count, :2] = garment.points
    block[first : first + count, 2] = garment.visibility
    return block.ravel()
