"""Writes one garment as a DeepFashion2 item."""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping
from typing import Any

import numpy as np

from resources.taxonomy import Category, category
from store import masks
from store.formats import landmarks, source, studio
from store.formats.deepfashion2 import FORMAT
from store.formats.deepfashion2.fields import (
    FACTS,
    known_category,
    read_box,
    read_fact,
    read_landmarks,
    read_polygons,
)
from store.formats.source import Entry, Notes
from store.formats.values import Style, listed, mapping, text
from store.geometry import extent
from store.records import Garment, Origin

#: Our keys inside an item beyond those of :mod:`store.formats.studio`.
OURS = frozenset({"pair_id", "rle", "silent", "image"})


def notes_of(garment: Garment) -> Notes:
    """What was kept of the item that a garment came from."""
    return mapping(garment.extra.get(FORMAT))


def crc(value: Any) -> int:
    """A short fingerprint of a JSON value."""
    return zlib.crc32(text(value))


def encode(
    garment: Garment,
    pair_id: int | None,
    image: Mapping[str, Any],
    *,
    precise: bool,
    notes: Notes | None = None,
) -> Entry:
    """The item of a garment, keys in the official order, verbatim values not yet restored.

    ``pair_id`` is what the file says for all items; ``image`` goes into our key.
    """
    notes = notes_of(garment) if notes is None else notes
    silent: dict[str, Any] = {}
    default: Style = "int" if precise else "whole"

    def numbers_in(key: str) -> Style:
        return source.style(notes, key, default)

    kind = category(garment.category_id)
    item: Entry = {
        "segmentation": _written_polygons(garment, numbers_in("segmentation"), silent),
        "scale": garment.scale,
        "viewpoint": garment.viewpoint,
        "zoom_in": garment.zoom_in,
        "landmarks": _written_landmarks(garment, kind, notes, numbers_in("landmarks"), silent),
        "style": garment.style,
        "bounding_box": _written_box(garment, numbers_in("bounding_box"), silent),
        "category_id": kind.id,
        "occlusion": garment.occlusion,
        "category_name": _name(kind, notes),
    }
    if garment.style is None:
        item["style"] = silent["style"] = 0
    _leave_out(item, silent, notes)
    for key, value in mapping(notes.get("unknown")).items():
        item.setdefault(key, value)
    ours = _our_values(garment, pair_id, image, notes)
    if silent:
        ours["silent"] = {key: crc(value) for key, value in silent.items()}
    if ours:
        item[studio.KEY] = ours
    return item


def _leave_out(item: Entry, silent: dict[str, Any], notes: Notes) -> None:
    """Drops what nobody stated, and what was made up although the source did without."""
    for key in [k for k, v in item.items() if v is None]:
        del item[key]
    for key in [k for k in silent if source.omitted(notes, k)]:
        del item[key], silent[key]
    if not item.get("segmentation", True) and source.omitted(notes, "segmentation"):
        del item["segmentation"]
    if source.omitted(notes, "category_name"):
        del item["category_name"]


def _name(kind: Category, notes: Notes) -> Any:
    """The category's name as the source spelt it, while it is still that category."""
    said = notes.get("category_name")
    return said[1] if isinstance(said, list) and len(said) == 2 and said[0] == kind.id else kind.name


def _our_values(
    garment: Garment, pair_id: int | None, image: Mapping[str, Any], notes: Notes
) -> dict[str, Any]:
    ours = studio.garment_values(garment, FORMAT)
    if garment.pair_id != pair_id:
        ours["pair_id"] = garment.pair_id
    if garment.rle is not None:
        ours["rle"] = dict(garment.rle)
    if image:
        ours["image"] = dict(image)
    ours.update(mapping(notes.get("studio")))
    return ours


def _written_polygons(garment: Garment, style: Style, silent: dict[str, Any]) -> list[list[float]]:
    if garment.polygons or garment.rle is None:
        return [listed(polygon, style) for polygon in garment.polygons]
    try:
        outlines = masks.rle_outlines(garment.rle)
    except ValueError:  # damaged run lengths stay in our key alone
        outlines = ()
    silent["segmentation"] = [listed(outline, "whole") for outline in outlines]
    return [*silent["segmentation"]]


def _written_landmarks(
    garment: Garment, kind: Category, notes: Notes, style: Style, silent: dict[str, Any]
) -> list[float]:
    if len(garment.points):
        return landmarks.write(garment, mapping(notes.get("unlabelled")), style)
    silent["landmarks"] = [0] * (3 * kind.schema.size)
    return [*silent["landmarks"]]


def _written_box(garment: Garment, style: Style, silent: dict[str, Any]) -> list[float]:
    if garment.box is not None:
        return listed(garment.box, style)
    around = extent(garment)
    box = [0, 0, 0, 0] if around is None else [math.floor(v) for v in around.tolist()]
    silent["bounding_box"] = box
    return [*box]


def write(garment: Garment, pair_id: int | None, image: Mapping[str, Any], *, precise: bool) -> Entry:
    """The item as it goes into the file: untouched parts as the source had them."""
    notes = notes_of(garment)
    item = encode(garment, pair_id, image, precise=precise)
    if "verbatim" not in notes:
        return source.ordered(item, notes)

    def unchanged(key: str, value: Any) -> bool:
        return _unchanged(key, value, garment, item.get(studio.KEY))

    # What the source said, however strange, stands for itself and not for something that was made up.
    ours = dict(mapping(item.get(studio.KEY)))
    made_up = mapping(ours.get("silent"))
    verbatim = mapping(notes["verbatim"])
    still = {k: v for k, v in made_up.items() if k not in verbatim or not unchanged(k, verbatim[k])}
    if len(still) < len(made_up):
        ours = {k: v for k, v in {**ours, "silent": still}.items() if k != "silent" or still}
        item = {**item, studio.KEY: ours}
        if not ours:
            del item[studio.KEY]
    return source.restore(item, notes, unchanged)


def _unchanged(key: str, value: Any, garment: Garment, ours: Any) -> bool:
    """Whether a source value still says what the garment says."""
    entry = {key: value}
    if key == "bounding_box":
        return text(read_box(entry, "", None)) == text(garment.box)
    if key == "segmentation":
        return list(map(text, read_polygons(entry, "", None))) == list(map(text, garment.polygons))
    if key in FACTS:
        fact: int | None = getattr(garment, key)
        return read_fact(key, entry, "", None) == fact
    if key == "category_id":
        found = known_category(value)
        return found is not None and found.id == garment.category_id
    if key == "landmarks":
        marks = read_landmarks(entry, category(garment.category_id), "", None)
        if marks is None:
            return not len(garment.points)
        labelled = landmarks.is_labelled(garment.visibility)
        return bool(
            len(labelled) == len(marks.points)
            and np.array_equal(marks.visibility, np.where(labelled, garment.visibility, 0))
            and np.array_equal(marks.points[labelled], garment.points[labelled])
        )
    return key == studio.KEY and _says_the_same(mapping(value), garment, ours)


def _says_the_same(value: Mapping[str, Any], garment: Garment, ours: Any) -> bool:
    """Whether our key, as somebody else wrote it, says what we would write now."""
    labelled = landmarks.is_labelled(garment.visibility)
    bare = garment.but(
        points=np.where(labelled[:, None], garment.points, 0),
        visibility=np.where(labelled, garment.visibility, 0),
        clothes_category=None,
        clothes_type=None,
        attributes={},
        item_id="",
        origin=Origin.FILE,
        extra={name: notes for name, notes in garment.extra.items() if name == FORMAT},
        rle=value.get("rle") if isinstance(value.get("rle"), dict) else None,
    )
    again = _our_values(
        studio.garment_from(bare, value), value.get("pair_id", garment.pair_id), {}, notes_of(garment)
    )
    for key in ("pair_id", "silent", "image"):
        if key in value:
            again[key] = value[key]
    now = mapping(ours)
    return set(again) == set(now) and all(text(again[key]) == text(now[key]) for key in again)
