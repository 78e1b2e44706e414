"""The orders in which images can be asked for."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from store.db.facts.snapshot import ImageFacts, Rows, picked

#: Each is total, so that no image comes twice.
ORDERS = ("name", "name desc", "review", "problems", "garments", "changed", "id")


def in_order(images: ImageFacts, chosen: NDArray[np.bool_], order: str) -> Rows:
    """The rows that are chosen (``(images,)``) in an order; what falls equal is by name.

    ``review`` rises; ``problems``, ``garments`` and ``changed`` fall, what was changed last and was
    stored last first.
    """
    if order == "id":
        return np.flatnonzero(chosen).astype(np.int32)
    if order == "changed":
        rows = np.flatnonzero(chosen)[::-1].astype(np.int32)
        return rows[np.argsort(-images.changed[rows], kind="stable")]
    rows = images.by_name if chosen.all() else picked(images.by_name, chosen.take(images.by_name))
    match order:
        case "review":
            return rows[np.argsort(images.reviews[rows], kind="stable")]
        case "problems":
            return rows[np.argsort(-images.problems[rows], kind="stable")]
        case "garments":
            return rows[np.argsort(-images.garments[rows], kind="stable")]
        case "name desc":
            return rows[::-1]
        case _:
            return rows
