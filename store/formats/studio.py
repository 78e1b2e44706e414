"""Our own key, ``deepfashion_studio``: what a format has no word for, so that a re-import loses nothing.

Of a garment: ``visibility`` (by landmark number, only "cut off"), ``points`` (coordinates of landmarks
that are written as 0 0 0), ``clothes_category``, ``clothes_type``, ``attributes`` (names where all are
yes, else name to 1, -1 or 0), ``item_id``, ``origin``, and ``extra`` (what other formats said). Of an
image, in an object of its own: ``split``, ``role``, ``review``, ``tags``, ``extra`` and more. What a
newer version of the program wrote there and this one does not know comes back as it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from resources.taxonomy import fine_attributes
from store.formats.landmarks import all_labelled, index_of, is_labelled
from store.formats.values import integer, listed, mapping, places, printable, word
from store.records import REVIEW_WORDS, VISIBILITY_WORDS, Garment, Image, Origin, Review, Visibility

KEY = "deepfashion_studio"

_CUT = int(Visibility.CUT_OFF)
_CUT_OFF = VISIBILITY_WORDS[Visibility.CUT_OFF]
REVIEWS = {words: review for review, words in REVIEW_WORDS.items()}
_GARMENT_KEYS = frozenset(
    {"visibility", "points", "clothes_category", "clothes_type", "attributes", "item_id", "origin", "extra"}
)
_IMAGE_KEYS = frozenset({"split", "role", "review", "tags", "extra"})


def garment_values(garment: Garment, format: str) -> dict[str, Any]:
    """What our key says of a garment in a file of ``format``."""
    values: dict[str, Any] = {}
    if not all_labelled(garment):
        cut = np.flatnonzero(garment.visibility == _CUT).tolist()
        blank = ~is_labelled(garment.visibility)
        placed = np.flatnonzero(blank & garment.points.any(axis=1)).tolist()
        if cut:
            values["visibility"] = {str(i + 1): _CUT_OFF for i in cut}
        if placed:
            values["points"] = {str(i + 1): listed(garment.points[i], "int") for i in placed}
    for name in ("clothes_category", "clothes_type"):
        if getattr(garment, name) is not None:
            values[name] = getattr(garment, name)
    if garment.attributes:
        all_yes = set(garment.attributes.values()) == {1}
        values["attributes"] = list(garment.attributes) if all_yes else dict(garment.attributes)
    if garment.item_id:
        values["item_id"] = garment.item_id
    if garment.origin is not Origin.FILE:
        values["origin"] = str(garment.origin)
    return _with_extra(values, garment.extra, format)


def garment_from(garment: Garment, values: Mapping[str, Any]) -> Garment:
    """The garment with what our key says of it. The file's own ``v > 0`` wins over our key."""
    changes: dict[str, Any] = {}
    if "visibility" in values or "points" in values:
        changes["points"], changes["visibility"] = _landmarks(garment, values)
    for name in ("clothes_category", "clothes_type"):
        if integer(values.get(name)) is not None:
            changes[name] = integer(values[name])
    if "attributes" in values:
        changes["attributes"] = attributes_of(values["attributes"])
    if word(values.get("item_id")):
        changes["item_id"] = word(values["item_id"])
    if values.get("origin") in set(Origin):
        changes["origin"] = Origin(values["origin"])
    if mapping(values.get("extra")):
        changes["extra"] = {**garment.extra, **values["extra"]}
    return garment.but(**changes) if changes else garment


def unknown_garment_values(values: Mapping[str, Any], known: frozenset[str]) -> dict[str, Any]:
    """What neither this module nor the format (its keys in ``known``) understands."""
    return {k: v for k, v in values.items() if k not in _GARMENT_KEYS and k not in known}


def _landmarks(garment: Garment, values: Mapping[str, Any]) -> tuple[Any, Any]:
    points, visibility = garment.points.copy(), garment.visibility.copy()
    free = ~is_labelled(visibility)
    for key, state in mapping(values.get("visibility")).items():
        index = index_of(key, len(points))
        if index is not None and free[index] and state == _CUT_OFF:
            visibility[index] = _CUT
    for key, place in mapping(values.get("points")).items():
        index = index_of(key, len(points))
        array = places(place, 2)
        if index is not None and free[index] and array is not None and len(array) == 1:
            points[index] = array[0]
    return points, visibility


def attributes_of(value: Any) -> dict[str, int]:
    """Attributes as names, as name to value, or as the 26 fine ones in order."""
    if isinstance(value, list):
        names = [name for _, name in fine_attributes()]
        if len(value) == len(names) and all(type(v) is int for v in value):
            return dict(zip(names, value, strict=True))
        return {printable(name): 1 for name in value if isinstance(name, str)}
    said = mapping(value).items()
    return {printable(name): v for name, v in said if type(v) is int and v in (-1, 0, 1)}


def image_values(image: Image, format: str, with_split: bool) -> dict[str, Any]:
    """What our key says of an image in a file of ``format``."""
    values: dict[str, Any] = {}
    if with_split and image.split:
        values["split"] = image.split
    if image.role:
        values["role"] = image.role
    if image.review is not Review.TO_DO:
        values["review"] = REVIEW_WORDS[image.review]
    if image.tags:
        values["tags"] = list(image.tags)
    return _with_extra(values, image.extra, format)


def image_from(image: Image, values: Mapping[str, Any]) -> Image:
    """The image with what our key says of it."""
    changes: dict[str, Any] = {}
    if word(values.get("split")):
        changes["split"] = word(values["split"])
    if isinstance(values.get("role"), str):  # also where it says that there is none
        changes["role"] = word(values["role"])
    if values.get("review") in REVIEWS:
        changes["review"] = REVIEWS[values["review"]]
    tags = values.get("tags")
    if isinstance(tags, list):
        changes["tags"] = tuple(dict.fromkeys(printable(tag) for tag in tags if isinstance(tag, str)))
    if mapping(values.get("extra")):
        changes["extra"] = {**image.extra, **values["extra"]}
    return image.but(**changes) if changes else image


def unknown_image_values(values: Mapping[str, Any], known: frozenset[str]) -> dict[str, Any]:
    """As :func:`unknown_garment_values`."""
    return {k: v for k, v in values.items() if k not in _IMAGE_KEYS and k not in known}


def _with_extra(values: dict[str, Any], extra: Mapping[str, Any], format: str) -> dict[str, Any]:
    others = {name: notes for name, notes in extra.items() if name != format} if extra else {}
    if others:
        values["extra"] = others
    return values
