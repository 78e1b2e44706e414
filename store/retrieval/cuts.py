"""What is cut out of the picture for a garment, in short: equal text, equal crop."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from store import masks
from store.geometry import shown_box
from store.records import Floats, Garment
from store.retrieval.index import Crop


def cut(
    box: Floats, crop: Crop, polygons: Sequence[Floats] = (), runs: Mapping[str, Any] | None = None
) -> str:
    """Of a box ``(4,)`` x1 y1 x2 y2 in image pixels, to a hundredth of a pixel.

    Where the surroundings of the mask are hidden, also of the mask: its ``polygons (k, 2)``, or where it has
    none its ``runs``, run lengths as COCO writes them.
    """
    text = " ".join(f"{value:.2f}" for value in box)
    if crop == "mask":
        outline = b"".join(ring.tobytes() for ring in polygons) + repr(runs or "").encode()
        text += f" {zlib.crc32(outline):08x}"
    return text


def cut_of(garment: Garment, crop: Crop) -> str:
    """Of a garment as it is in the store; "" where nothing of it can be cut out."""
    box = shown_box(garment)
    if box is None:
        return ""
    return cut(box, crop, garment.polygons, None if garment.polygons else _runs(garment))


def _runs(garment: Garment) -> Mapping[str, Any] | None:
    """The run lengths of a garment's mask; those that are damaged hide nothing."""
    if garment.rle is None:
        return None
    try:
        masks.rle_counts(garment.rle)
    except ValueError:
        return None
    return garment.rle
