"""Rankings that are made by hand: an index of vectors that the test says, and a run with its lists."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from store.db import Store
from store.retrieval.index import IndexFacts, Rows, VectorIndex, Vectors
from store.runs import RunFolder
from tests.unit.store.retrieval.small_ranking import ranked

#: The depth of the lists.
DEPTH = 5


def index_of(
    store: Path, vectors: Vectors, model: str = "fn", sha256: str = "abc", predictions: str = ""
) -> IndexFacts:
    """An index of all garments of a store, whose ids are 1, 2, ...; ``vectors (G, E)`` are of unit length.

    Where it is of a prediction run, each garment was detected four pixels to the right, with a score of 0.9.
    """
    with Store.open(store) as opened:
        table = opened.products.table()
        garments = [opened.garments.get(one) for one in table.ids.tolist()]
    count = len(table)
    assert table.ids.tolist() == list(range(1, count + 1))
    facts = IndexFacts(model, sha256, "predicted" if predictions else "box", vectors.shape[1], predictions)
    boxes = np.array([one.box if one.box is not None else (0, 0, 1, 1) for one in garments], np.float64)
    if predictions:
        boxes[:, ::2] += 4
    rows = Rows(
        np.zeros(count, np.int64),
        np.zeros(count, np.int64) if predictions else table.ids,
        table.image_ids,
        table.versions,
        np.full(count, "cut"),
        table.category_ids,
        np.full(count, 0.9) if predictions else np.ones(count),
        boxes,
    )
    with VectorIndex.begin(store, facts) as index:
        index.append(rows, vectors)
    return facts


def ranking_of(
    store: Path, vectors: Vectors, queries: np.ndarray, gallery: np.ndarray, facts: IndexFacts | None = None
) -> str:
    """A run whose lists follow from an index of :func:`index_of`, made where it is not given; its id."""
    made = facts if facts is not None else index_of(store, vectors)
    run = RunFolder.create(store, "retrieve", ["retrieve", "--protocol", "consumer-to-shop"])
    ranked(vectors, queries, gallery, DEPTH, index=made.name, model=made.model, crop=made.crop).save(run.path)
    return run.id
