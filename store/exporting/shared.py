"""Products of several datasets that an export cannot tell apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from store.db.facts.snapshot import NO_NUMBER, Facts

Rows = NDArray[np.int64]


def shared_products(facts: Facts, ids: NDArray[np.int64], *, items: bool) -> int:
    """How many garments of images ``ids (n,)`` have a pair, or with ``items`` an item id, that garments of
    another dataset among them have too: imported again, they would be one product.
    """
    rows, known = facts.images.rows_of(ids)
    chosen = np.zeros(len(facts.images.ids), np.bool_)
    chosen[rows[known]] = True
    garments = np.flatnonzero(chosen[facts.garments.images])
    images = facts.garments.images[garments]
    datasets = facts.images.datasets[images].astype(np.int64)
    codes = facts.garments.items.codes[garments].astype(np.int64)
    named = np.array([bool(word) for word in facts.garments.items.words], np.bool_)[codes]
    pairs = facts.garments.pairs[garments]
    pairs = np.where(pairs == NO_NUMBER, facts.images.pairs[images], pairs)
    # Style 0 says that a garment has no counterpart.
    paired = (pairs != NO_NUMBER) & (facts.garments.styles[garments] != 0)
    found = np.zeros(len(garments), np.bool_)
    if items:
        found[named] = _shared(codes[named], datasets[named])
        paired &= ~named
    found[paired] = _shared(pairs[paired], datasets[paired])
    return int(np.count_nonzero(found))


def _shared(numbers: Rows, datasets: Rows) -> NDArray[np.bool_]:
    """``(n,)``: which numbers are there with several datasets."""
    distinct = np.unique(np.stack([numbers, datasets]), axis=1)[0]
    several = distinct[1:][distinct[1:] == distinct[:-1]]
    return np.isin(numbers, several)
