"""What COCO has no word for."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter

from resources.taxonomy import categories as built_in
from store.formats.base import Losses
from store.formats.coco.annotations import FACTS, FEWEST_CORNERS
from store.formats.losses import common_losses
from store.records import ImageRecord, Review

_KEY = "in our key"
_LEFT_OUT = "garments of categories that the 294 layout does not have", False, "left out"
_REVIEWED = "review state, tags or role of images", True, _KEY
_SPLIT = "splits of images", True, _KEY
_FACTS = "pair, style, scale, occlusion, zoom-in, viewpoint", True, "as extra keys of their names"
_NO_BOX = "garments without a box", True, "with the extent of the rest, and a mark in our key"
_SHORT = "polygons of fewer than three points", True, "in our key; COCO forbids them"

_facts = attrgetter(*FACTS)


def losses_of(records: Iterable[ImageRecord], layout: str) -> Losses:
    """What a layout of the format has no word for in records."""
    found = Losses()
    for record in records:
        _add(found, record, layout)
    return +found


def _add(found: Losses, record: ImageRecord, layout: str) -> None:
    image, garments = record.image, record.garments
    if layout == "294":
        garments = tuple(garment for garment in garments if garment.category_id <= len(built_in()))
        found[_LEFT_OUT] += len(record.garments) - len(garments)
    common_losses(garments, found)
    found[_REVIEWED] += image.review is not Review.TO_DO or bool(image.tags or image.role)
    found[_SPLIT] += bool(image.split)
    for garment in garments:
        found[_FACTS] += any(fact is not None for fact in _facts(garment))
        if garment.box is None:
            found[_NO_BOX] += 1
        for polygon in garment.polygons:
            found[_SHORT] += len(polygon) < FEWEST_CORNERS
