"""A small ranking of random vectors with what is needed to look at it."""

from __future__ import annotations

import numpy as np

from store.db.products import GarmentTable
from store.retrieval.ranked import Protocol, Ranked, RankedFacts

Ints = np.ndarray


def table(
    identities: list[int],
    shop: list[int] | None = None,
    views: list[int] | None = None,
    pairs: list[int] | None = None,
) -> GarmentTable:
    """Garments 1, 2, ... with these identities."""
    count = len(identities)
    facts = np.zeros((count, 4), np.int64)
    facts[:, 3] = views if views is not None else 2
    words = np.full(count, "test")
    return GarmentTable(
        np.arange(1, count + 1),
        np.arange(1, count + 1),
        np.ones(count, np.int64),
        np.ones(count, np.int64),
        facts,
        np.array(shop if shop is not None else [-1] * count),
        words,
        words,
        np.array(identities, np.int64),
        tuple(("item", 1, str(one)) for one in range(max(identities, default=-1) + 1)),
        np.array(pairs if pairs is not None else [-1] * count),
    )


def ranked(
    vectors: Ints,
    queries: Ints,
    gallery: Ints,
    depth: int,
    protocol: Protocol = "consumer-to-shop",
    index: str = "fn-box-abc",
    model: str = "fn",
    crop: str = "box",
) -> Ranked:
    """Garment g has the vector ``g - 1``; all are detected. No match is known beforehand."""
    distances = np.linalg.norm(vectors[queries - 1][:, None] - vectors[gallery - 1][None], axis=2)
    own = np.array([np.flatnonzero(gallery == one)[0] if (gallery == one).any() else -1 for one in queries])
    distances[own >= 0, own[own >= 0]] = np.inf
    order = np.argsort(distances, axis=1, kind="stable")[:, :depth]
    near = np.take_along_axis(distances, order, 1)
    nothing = np.empty(0, np.int64)
    return Ranked(
        RankedFacts(protocol, index, model, crop, "split = test", notes=("one", "two")),
        queries,
        queries - 1,
        gallery - 1,
        np.arange(len(gallery) + 1),
        gallery,
        own,
        np.where(np.isinf(near), -1, order),
        near,
        np.zeros(len(queries) + 1, np.int64),
        nothing,
        nothing,
        np.empty(0),
    )
