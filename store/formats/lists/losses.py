"""What the lists have no column for, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from store.formats.base import Losses
from store.formats.lists.sidecar import LINES
from store.formats.values import mapping

_KEPT = f"beside the lists, in {LINES}"
_OF_IMAGES = {
    "review state, tags or role of images": ("review", "tags", "role"),
    "splits that the lists do not know": ("split",),
    "where images were taken (shop or consumer)": ("domain",),
    "pairs of whole images": ("pair_id",),
    "image names that are unfit for a list": ("name",),
}
_OF_GARMENTS = {
    "garments of categories that the lists do not have": ("category",),
    "garments with a DeepFashion2 pair, style, scale, occlusion, zoom-in or viewpoint": (
        *("pair_id", "style", "scale", "occlusion", "zoom_in", "viewpoint"),
    ),
    "garments with a DeepFashion category or clothes type": ("clothes_category", "clothes_type"),
    "garments with attributes": ("attributes",),
    "garments with an item id": ("item_id",),
    "garments with masks": ("polygons", "rle"),
    "garments whose box has no row": ("box",),
    "garments with landmarks of another schema, or unlabelled ones": ("points", "visibility"),
    "garments changed or made here: who did it": ("origin",),
}


def losses_of(line: Mapping[str, Any], made_up: frozenset[str]) -> Losses:
    """What a line of the sidecar holds, counted; and what rows had to say although nobody did."""
    found = Losses()
    for what, keys in _OF_IMAGES.items():
        found[what, True, _KEPT] += any(key in line for key in keys)
    entries = [mapping(entry) for entry in line.get("garments", ())]
    for what, keys in _OF_GARMENTS.items():
        found[what, True, _KEPT] += sum(any(key in entry for key in keys) for entry in entries[:1])
    found["garments beyond the first of their image", True, _KEPT] += max(0, len(entries) - 1)
    for fact in sorted(made_up):
        found[f"rows that must state a {fact} which nobody stated", True, f"as 1; told apart {_KEPT}"] += 1
    return +found
