"""Reads one garment from a DeepFashion2 item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from resources.taxonomy import Category
from store.formats import source, studio
from store.formats.base import Complaints
from store.formats.deepfashion2 import FORMAT
from store.formats.deepfashion2.fields import (
    FACTS,
    known_category,
    read_box,
    read_fact,
    read_landmarks,
    read_polygons,
)
from store.formats.deepfashion2.item_writing import OURS, crc, encode
from store.formats.landmarks import Triplets
from store.formats.source import Entry
from store.formats.values import Style, integer, mapping, text
from store.records import Garment

_NUMERIC: Mapping[str, Style] = {"segmentation": "whole", "landmarks": "whole", "bounding_box": "whole"}
_NO_POINTS = np.empty((0, 2))
_NO_STATES = np.empty(0, np.uint8)
_KNOWN = frozenset({*_NUMERIC, *FACTS, "category_id", "category_name", studio.KEY})


@dataclass(frozen=True, slots=True)
class Item:
    """What an item says of its garment, and what our key in it says of the image."""

    garment: Garment
    image: Mapping[str, Any]


def decode(key: str, item: Entry, position: int, pair_id: int | None, told: Complaints) -> Item | None:
    """The garment of an item; None, with a problem, where its category is not one of the 13."""
    kind = known_category(item.get("category_id"))
    if kind is None:
        said = text(item.get("category_id")).decode()
        told.error(
            "category-unknown",
            f"The category id is {said}; DeepFashion2 has 1 to 13. The item is kept aside unchanged.",
            key,
        )
        return None
    ours = mapping(item.get(studio.KEY))
    silent = _silent(item, ours)
    stated = {k: v for k, v in item.items() if k not in silent}
    marks = read_landmarks(stated, kind, key, told)
    notes = _notes(item, ours, kind, marks)
    rle = ours.get("rle")
    garment = Garment(
        key=key,
        position=position,
        category_id=kind.id,
        points=_NO_POINTS if marks is None else marks.points,
        visibility=_NO_STATES if marks is None else marks.visibility,
        box=read_box(stated, key, told),
        polygons=read_polygons(stated, key, told),
        rle=rle if isinstance(rle, dict) else None,
        pair_id=integer(ours["pair_id"]) if "pair_id" in ours else pair_id,
        scale=read_fact("scale", stated, key, told),
        occlusion=read_fact("occlusion", stated, key, told),
        zoom_in=read_fact("zoom_in", stated, key, told),
        viewpoint=read_fact("viewpoint", stated, key, told),
        style=read_fact("style", stated, key, told),
    )
    garment = studio.garment_from(garment, ours)
    image = mapping(ours.get("image"))
    kept = source.keep(
        lambda tried: encode(garment, pair_id, image, precise=False, notes=tried),
        item,
        _KNOWN,
        _NUMERIC,
        notes,
    )
    if kept:
        garment = garment.but(extra={**garment.extra, FORMAT: kept})
    return Item(garment, image)


def _notes(item: Entry, ours: Mapping[str, Any], kind: Category, marks: Triplets | None) -> Entry:
    """What the garment has no field for."""
    notes: Entry = {}
    if marks is not None and marks.unlabelled:
        notes["unlabelled"] = marks.unlabelled
    unknown = studio.unknown_garment_values(ours, OURS)
    if unknown:
        notes["studio"] = unknown
    if "category_name" in item and item["category_name"] != kind.name:
        notes["category_name"] = [kind.id, item["category_name"]]
    return notes


def _silent(item: Entry, ours: Mapping[str, Any]) -> set[str]:
    """Keys whose values were made up for other tools, and that no tool has changed since."""
    return {
        key for key, said in mapping(ours.get("silent")).items() if key in item and crc(item[key]) == said
    }
