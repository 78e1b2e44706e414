"""Losses that DeepFashion2 and COCO have in common: both keep them in our key."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from store.formats.base import Losses
from store.formats.landmarks import is_labelled
from store.records import Garment, Origin, Visibility

_KEY = "in our key"


def common_losses(garments: Sequence[Garment]) -> Losses:
    """What neither format has a word for, counted over the garments that are written."""
    found = Losses()
    for garment in garments:
        blank = ~is_labelled(garment.visibility)
        cut = garment.visibility == Visibility.CUT_OFF
        found["landmarks cut off", True, f"as 0 0 0, and {_KEY}"] += int(cut.sum())
        placed = blank & ~cut & np.asarray(garment.points.any(axis=1), bool)
        found["places of unlabelled landmarks", True, f"as 0 0 0, and {_KEY}"] += int(placed.sum())
        found["garments with attributes", True, _KEY] += bool(garment.attributes)
        deepfashion = garment.clothes_category is not None or garment.clothes_type is not None
        found["garments with a DeepFashion category or clothes type", True, _KEY] += deepfashion
        found["garments with an item id", True, _KEY] += bool(garment.item_id)
        found["garments changed or made here: who did it", True, _KEY] += garment.origin is not Origin.FILE
    return found
