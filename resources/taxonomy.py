"""The categories and attributes of DeepFashion2 and DeepFashion, read once from ``data/garments.json``."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from resources.schemas import Schema

#: Colours of user-made categories, taken in turn (UI: section 5).
EXTRA_COLOURS = ("#B9B9B9", "#8FA3AD", "#C9B458")


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of garment with its landmark schema.

    Ids 1 to 13 are DeepFashion2's, in every store. Categories that a dataset brings along (FLD's
    "fashion", the 15 in-shop classes) get ids from 1001 and have no ``offset``.
    ``offset`` is the 0-based place of the first landmark in the 294 layout.
    """

    id: int
    name: str
    coco_name: str
    schema: Schema
    colour: str
    offset: int | None = None
    prefix: str = ""
    supercategory: str = "clothes"


@dataclass(frozen=True, slots=True)
class ClothesType:
    """DeepFashion's upper-body (1), lower-body (2) and full-body (3), which fix 6, 4 or 8 landmarks."""

    id: int
    name: str
    schema: Schema


@dataclass(frozen=True, slots=True)
class ClothesCategory:
    """One of DeepFashion's 50 categories; ``type`` is the id of its clothes type."""

    id: int
    name: str
    type: int


def _pairs(values: list[list[int]]) -> tuple[tuple[int, int], ...]:
    return tuple((a - 1, b - 1) for a, b in values)


def _schema(key: str, raw: dict[str, Any]) -> Schema:
    return Schema(
        key=key,
        names=tuple(raw["landmarks"]),
        links=_pairs(raw.get("links", [])),
        swaps=_pairs(raw["swaps"]),
        sigmas=tuple(raw.get("sigmas", [])),
        template=tuple((x, y) for x, y in raw["template"]),
        template_aspect=raw["template_aspect"],
    )


@cache
def _data() -> dict[str, Any]:
    text = files("resources").joinpath("data/garments.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    return data


@cache
def categories() -> tuple[Category, ...]:
    """DeepFashion2's 13 categories in the order of their ids."""
    return tuple(
        Category(
            id=raw["id"],
            name=raw["name"],
            coco_name=raw["coco_name"],
            schema=_schema(raw["name"], raw),
            colour=raw["colour"],
            offset=raw["offset"],
            prefix=raw["prefix"],
        )
        for raw in _data()["categories"]
    )


@cache
def category(category_id: int) -> Category:
    """The DeepFashion2 category of an id from 1 to 13; KeyError for any other."""
    for found in categories():
        if found.id == category_id:
            return found
    raise KeyError(category_id)


@cache
def clothes_types() -> tuple[ClothesType, ...]:
    """DeepFashion's three clothes types with their 6, 4 and 8 landmarks."""
    return tuple(
        ClothesType(raw["id"], raw["name"], _schema(raw["name"], raw)) for raw in _data()["clothes_types"]
    )


@cache
def clothes_categories() -> tuple[ClothesCategory, ...]:
    """DeepFashion's 50 categories; four of them are listed there but never used."""
    return tuple(
        ClothesCategory(raw["id"], raw["name"], raw["type"]) for raw in _data()["clothes_categories"]
    )


@cache
def fine_attributes() -> tuple[tuple[str, str], ...]:
    """DeepFashion's 26 fine attributes as ``(group, name)``, in file order."""
    return tuple((group["group"], name) for group in _data()["fine_attributes"] for name in group["names"])


#: Words for the four DeepFashion2 facts, by level.
LEVELS: dict[str, dict[int, str]] = {
    "scale": {1: "small", 2: "modest", 3: "large"},
    "occlusion": {1: "slight", 2: "medium", 3: "heavy"},
    "zoom_in": {1: "none", 2: "medium", 3: "large"},
    "viewpoint": {1: "no wear", 2: "frontal", 3: "side or back"},
}
