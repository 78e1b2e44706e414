"""Products of the retrieval benchmarks: their ids, in names of images and in lists."""

from __future__ import annotations

import re

from store.formats.lists.table import fields_of
from store.records import Garment

_ITEM = re.compile(r"id_\d+")


def item_in(name: str) -> str:
    """The product that the path of an image names, "" where it names none."""
    return next((part for part in name.split("/") if _ITEM.fullmatch(part)), "")


def item_of(garment: Garment) -> str:
    """The id that a garment's product is written with; "" where it has none.

    A pair of DeepFashion2 is a product by its style; style 0 says that there is no counterpart.
    """
    if garment.item_id:
        return garment.item_id if fields_of(garment.item_id) == [garment.item_id] else ""
    if garment.pair_id is None or garment.pair_id < 0 or garment.style == 0:
        return ""
    style = f"_{garment.style}" if garment.style is not None and garment.style > 0 else ""
    return f"id_{garment.pair_id:08d}{style}"
