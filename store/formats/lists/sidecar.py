"""What the lists have no column for, beside them: one line an image, which other tools pass over.

A line says in what an image and its garments differ from what the lists alone say of them, so that an
import brings all of it back. ``rows`` is a checksum of the image's rows: where somebody has changed those
since, they count, and of the line only what the lists do not say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from resources.schemas import Schema
from resources.taxonomy import EXTRA_COLOURS, Category, categories
from store.formats.base import FIRST_OWN_CATEGORY
from store.formats.values import integer, listed, mapping, numbers, places, printable, text, word
from store.records import (
    REVIEW_WORDS,
    Domain,
    Floats,
    Garment,
    Image,
    ImageRecord,
    ImageState,
    Origin,
    Review,
)

#: Names of the two files, in the folder of the dataset.
HEAD, LINES = "deepfashion_studio.json", "deepfashion_studio.txt"

#: A category as a line names it: the id of one of the 13, or the key of one in the head.
CategoryKey = int | str

_REVIEWS = {words: review for review, words in REVIEW_WORDS.items()}
_FACTS = (
    "pair_id",
    "style",
    "scale",
    "occlusion",
    "zoom_in",
    "viewpoint",
    "clothes_category",
    "clothes_type",
)
#: What the lists may say of a garment, and so not to be taken from a line whose rows have changed.
_SAID = frozenset(
    {"box", "points", "visibility", "clothes_category", "clothes_type", "attributes", "item_id", "category"}
)
_SAID_OF_IMAGE = frozenset({"split", "domain"})
_BLANK_GARMENT, _BLANK_IMAGE = Garment(), Image()


def image_values(plain: Image, image: Image, format: str) -> dict[str, Any]:
    """In what an image differs from ``plain``, the image as the lists say it."""
    found: dict[str, Any] = {}
    for name in ("name", "split", "role", "pair_id"):
        if getattr(image, name) != getattr(plain, name):
            found[name] = getattr(image, name)
    if image.domain is not plain.domain:
        found["domain"] = str(image.domain)
    if image.review is not Review.TO_DO:
        found["review"] = REVIEW_WORDS[image.review]
    if image.tags:
        found["tags"] = list(image.tags)
    if image.size_known and image.state is not ImageState.PRESENT:
        found["size"] = [image.width, image.height]
    others = {name: notes for name, notes in image.extra.items() if name != format}
    if others:
        found["extra"] = others
    return found


def garment_values(
    plain: Garment | None, garment: Garment, keys: Mapping[int, CategoryKey], format: str
) -> dict[str, Any]:
    """In what a garment differs from ``plain``, the one that the lists say; None: they say none.

    ``keys`` are those of the categories by id.
    """
    base = _BLANK_GARMENT if plain is None else plain
    found: dict[str, Any] = {}
    key = keys.get(garment.category_id)
    if key is not None and (plain is None or key != keys.get(plain.category_id)):
        found["category"] = key
    for name in (*_FACTS, "key", "item_id"):
        if getattr(garment, name) != getattr(base, name):
            found[name] = getattr(garment, name)
    if garment.origin is not base.origin:
        found["origin"] = str(garment.origin)
    if dict(garment.attributes) != dict(base.attributes):
        found["attributes"] = dict(garment.attributes)
    if garment.rle is not None:
        found["rle"] = dict(garment.rle)
    if garment.polygons:
        found["polygons"] = [listed(polygon, "int") for polygon in garment.polygons]
    if not _equal(garment.box, base.box):
        found["box"] = None if garment.box is None else listed(garment.box, "int")
    if not _equal(garment.points, base.points):
        found["points"] = listed(garment.points, "int")
    if not _equal(garment.visibility, base.visibility):
        found["visibility"] = garment.visibility.tolist()
    others = {name: notes for name, notes in garment.extra.items() if name != format or plain is None}
    if others:
        found["extra"] = others
    return found


def _equal(one: Any, other: Any) -> bool:
    if one is None or other is None:
        return one is other
    return bool(np.array_equal(one, other))


def differing(
    plain: ImageRecord, record: ImageRecord, keys: Mapping[int, CategoryKey], format: str
) -> dict[str, Any]:
    """What a line says of an image; empty where the lists say it all. Garments are in their order."""
    found = image_values(plain.image, record.image, format)
    image = record.image
    if image.size_known and any(garment.polygons or garment.rle for garment in record.garments):
        # A mask means nothing without the size of its picture.
        found["size"] = [image.width, image.height]
    first = plain.garments[0] if plain.garments else None
    said = [
        garment_values(first if place == 0 else None, garment, keys, format)
        for place, garment in enumerate(record.garments)
    ]
    if len(record.garments) != len(plain.garments) or any(said):
        found["garments"] = said
    return found


def applied(
    plain: ImageRecord, values: Mapping[str, Any], ids: Mapping[CategoryKey, int], changed: bool
) -> ImageRecord:
    """The record of the lists with what a line says beyond them. Never trusts the line.

    ``ids`` are those of the categories by key; ``changed``: the rows are not those the line was made with.
    """
    image = _image(plain.image, values, changed)
    said = values.get("garments")
    if not isinstance(said, list) or (changed and not said):
        return plain.but(image=image)
    first = plain.garments[0] if plain.garments else None
    garments: list[Garment] = []
    for place, entry in enumerate(said):
        base = first if place == 0 else None
        found = _garment(base, mapping(entry), ids, changed and base is not None)
        if found is not None:
            garments.append(found.but(position=len(garments)))
    return plain.but(image=image, garments=tuple(garments))


def _image(image: Image, values: Mapping[str, Any], changed: bool) -> Image:
    skipped = _SAID_OF_IMAGE if changed else frozenset()
    changes: dict[str, Any] = {}
    for name in ("split", "role"):
        if name in values and name not in skipped:
            changes[name] = word(values[name])
    if "pair_id" in values:
        changes["pair_id"] = integer(values["pair_id"])
    if "domain" not in skipped and values.get("domain") in set(Domain):
        changes["domain"] = Domain(values["domain"])
    if word(values.get("review")) in _REVIEWS:
        changes["review"] = _REVIEWS[values["review"]]
    tags = values.get("tags")
    if isinstance(tags, list):
        changes["tags"] = tuple(dict.fromkeys(word(tag) for tag in tags if isinstance(tag, str)))
    size = values.get("size")
    if (
        isinstance(size, list)
        and len(size) == 2
        and all(type(side) is int and 0 < side < 10**6 for side in size)
    ):
        changes |= {"width": size[0], "height": size[1], "size_known": True}
    if mapping(values.get("extra")):
        changes["extra"] = {**image.extra, **values["extra"]}
    return image.but(**changes) if changes else image


def _garment(
    plain: Garment | None, values: Mapping[str, Any], ids: Mapping[CategoryKey, int], changed: bool
) -> Garment | None:
    """A garment with what a line says; None where nothing tells its category."""
    values = {key: value for key, value in values.items() if not changed or key not in _SAID}
    garment = _BLANK_GARMENT if plain is None else plain
    changes: dict[str, Any] = {}
    key = values.get("category")
    if isinstance(key, int | str) and key in ids:
        changes["category_id"] = ids[key]
    elif plain is None:
        return None
    changes |= {name: integer(values[name]) for name in _FACTS if name in values}
    changes |= {name: word(values[name]) for name in ("key", "item_id") if name in values}
    if values.get("origin") in set(Origin):
        changes["origin"] = Origin(values["origin"])
    if "attributes" in values:
        said = mapping(values["attributes"]).items()
        changes["attributes"] = {printable(name): v for name, v in said if type(v) is int and v in (-1, 0, 1)}
    if isinstance(values.get("rle"), dict):
        changes["rle"] = values["rle"]
    if mapping(values.get("extra")):
        changes["extra"] = {**garment.extra, **values["extra"]}
    return garment.but(**changes, **_shapes(garment, values))


def _shapes(garment: Garment, values: Mapping[str, Any]) -> dict[str, Any]:
    """Box, landmarks and polygons of a line, as far as they are what they should be."""
    changes: dict[str, Any] = {}
    if "box" in values:
        box = places(values["box"], 4)
        changes["box"] = box[0] if box is not None and len(box) == 1 else None
    if isinstance(values.get("polygons"), list):
        read = [places(polygon, 2) for polygon in values["polygons"]]
        changes["polygons"] = tuple(polygon for polygon in read if polygon is not None)
    points = places(values["points"], 2) if "points" in values else garment.points
    states = _states(values["visibility"]) if "visibility" in values else garment.visibility
    if points is not None and states is not None and len(points) == len(states):
        changes |= {"points": points, "visibility": states}
    return changes


def _states(value: Any) -> Any:
    found = numbers(value, 1)
    if found is None or not np.isin(found, (0, 1, 2, 3)).all():
        return None
    return found.ravel().astype(np.uint8)


# -- categories ---------------------------------------------------------------------------------


def category_keys(known: Iterable[Category]) -> tuple[dict[int, CategoryKey], dict[str, Category]]:
    """The key of each category by its id, and the own ones by their key: their name, numbered if taken."""
    keys: dict[int, CategoryKey] = {}
    own: dict[str, Category] = {}
    for category in known:
        if category.id <= len(categories()):
            keys[category.id] = category.id
            continue
        name, number = category.name, 2
        while name in own and own[name].schema != category.schema:
            name, number = f"{category.name} {number}", number + 1
        own.setdefault(name, category)
        keys[category.id] = name
    return keys, own


def category_entry(category: Category) -> dict[str, Any]:
    """A category as the head says it."""
    schema = category.schema
    return {
        "name": category.name,
        "coco_name": category.coco_name,
        "supercategory": category.supercategory,
        "schema": schema.key,
        "landmarks": list(schema.names),
        "links": [list(pair) for pair in schema.links],
        "swaps": [list(pair) for pair in schema.swaps],
        "sigmas": list(schema.sigmas),
        "template": [list(place) for place in schema.template],
        "template_aspect": schema.template_aspect,
    }


def category_from(entry: Mapping[str, Any], number: int) -> Category | None:
    """A category of the head with a local id; None where the entry makes no sense."""
    names = entry.get("landmarks")
    if (
        not word(entry.get("name"))
        or not isinstance(names, list)
        or not all(isinstance(n, str) for n in names)
    ):
        return None
    sigmas = numbers(entry.get("sigmas", []), 1)
    schema = Schema(
        key=word(entry.get("schema")) or word(entry["name"]),
        names=tuple(map(word, names)),
        links=_pairs(entry.get("links"), len(names)),
        swaps=_pairs(entry.get("swaps"), len(names)),
        sigmas=() if sigmas is None or len(sigmas) != len(names) else tuple(sigmas.ravel().tolist()),
        template=_template(entry.get("template"), len(names)),
        template_aspect=_aspect(entry.get("template_aspect")),
    )
    name = word(entry["name"])
    return Category(
        id=number,
        name=name,
        coco_name=word(entry.get("coco_name")) or name,
        schema=schema,
        colour=EXTRA_COLOURS[(number - FIRST_OWN_CATEGORY) % len(EXTRA_COLOURS)],
        supercategory=word(entry.get("supercategory")) or "clothes",
    )


def _pairs(value: Any, size: int) -> tuple[tuple[int, int], ...]:
    found: Sequence[Any] = value if isinstance(value, list) else ()
    return tuple(
        (pair[0], pair[1])
        for pair in found
        if isinstance(pair, list) and len(pair) == 2 and all(type(i) is int and 0 <= i < size for i in pair)
    )


def _template(value: Any, size: int) -> tuple[tuple[float, float], ...]:
    found: Sequence[Any] = value if isinstance(value, list) else ()
    array: list[Floats | None] = [numbers(place, 2) for place in found]
    if len(array) != size or any(place is None or len(place) != 1 for place in array):
        return ()
    return tuple((float(place[0, 0]), float(place[0, 1])) for place in array if place is not None)


def _aspect(value: Any) -> float:
    return float(value) if type(value) in (int, float) and 0 < value < 1e6 else 1.0


def line(values: Mapping[str, Any]) -> str:
    """The JSON of a line; no line ends in it."""
    return text(values).decode()
