"""What of a garment's mask a format cannot hold, in words, for whoever is drawing it."""

from __future__ import annotations

from store.formats.titles import TITLES
from store.outlines.rings import has_holes, is_pixels
from store.records import Garment

#: What a report of losses calls them.
HOLES = "garments whose masks have holes"


def mask_limit(format: str, garment: Garment) -> str:
    """What of the mask a dataset of this format will not say; "" where it says all."""
    title = TITLES.get(format, "")
    if format == "deepfashion2" and has_holes(garment):
        return f"{title} knows no holes: it gets the outline filled, and the hole in our key alone"
    if format == "deepfashion2" and is_pixels(garment):
        return f"{title} knows no single pixels: it gets the outline, and the pixels in our key alone"
    drawn = bool(garment.polygons) or garment.rle is not None
    if title and drawn and format not in ("deepfashion2", "coco"):
        return f"{title} knows no masks: they are kept beside its lists alone"
    return ""
