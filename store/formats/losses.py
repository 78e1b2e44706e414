"""Losses that DeepFashion2 and COCO have in common: both keep them in our key."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from store.formats.base import Losses
from store.formats.landmarks import all_labelled, is_labelled
from store.records import Garment, Origin, Visibility

_KEY = "in our key"


def common_losses(garments: Sequence[Garment], found: Losses | None = None) -> Losses:
    """What neither format has a word for, counted over the garments that are written, and what was found."""
    found = Losses() if found is None else found
    for garment in garments:
        if not all_labelled(garment):
            blank = ~is_labelled(garment.visibility)
            cut = garment.visibility == Visibility.CUT_OFF
            found["landmarks cut off", True, f"as 0 0 0, and {_KEY}"] += int(cut.sum())
            placed = blank & ~cut & np.asarray(garment.points.any(axis=1), bool)
            found["places of unlabelled landmarks", True, f"as 0 0 0, and {_KEY}"] += int(placed.sum())
        if garment.attributes:
            found["garments with attributes", True, _KEY] += 1
        if garment.clothes_category is not None or garment.clothes_type is not None:
            found["garments with a DeepFashion category or clothes type", True, _KEY] += 1
        if garment.item_id:
            found["garments with an item id", True, _KEY] += 1
        if garment.origin is not Origin.FILE:
            found["garments changed or made here: who did it", True, _KEY] += 1
    return found
