"""The next failure on the audit board until it is painted, in the real window: p50 under 50 ms is the target.

``python -m benchmarks board``, or ``python -m benchmarks.board --store S`` for a copy of a store of yours.
The drawn dataset gets an index of drawn vectors, in which some products lie near a wrong one, and a ranking.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.window import BUILD, STUDIO, measure, percentile, report, screen
from inference.retrieval.ranking import rank_store
from store.db import Store
from store.retrieval.cuts import cut_of
from store.retrieval.index import IndexFacts, Rows, VectorIndex
from store.runs import RunFolder

STEPS, SIZE = 60, 64
#: How far the vectors of one product lie from each other, in lengths of their middle: some are mistaken.
_SPREAD = 1.8


def ranked(folder: Path) -> int:
    """Give a store an index and a retrieval run; the number of queries."""
    with Store.open(folder) as store:
        table = store.products.table()
        boxed = {
            one.id: one
            for some in store.garments.of_images(np.unique(table.image_ids)).values()
            for one in some
            if one.box is not None
        }
        table = table.chosen(np.isin(table.ids, list(boxed)))
        garments = [boxed[one] for one in table.ids.tolist()]
        chance, count = np.random.default_rng(1), len(table)
        middles = chance.standard_normal((len(table.keys) + 1, SIZE), np.float32)
        vectors = middles[table.identities] + _SPREAD * chance.standard_normal((count, SIZE), np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        rows = Rows(
            np.zeros(count, np.int64),
            table.ids,
            table.image_ids,
            table.versions,
            np.array([cut_of(one, "box") for one in garments], np.str_),
            table.category_ids,
            np.ones(count),
            np.array([one.box for one in garments], np.float64),
        )
        run = RunFolder.create(folder, "retrieve", ["retrieve", "--protocol", "consumer-to-shop"])
        with VectorIndex.begin(folder, IndexFacts("drawn", "bench", "box", SIZE)) as index:
            index.append(rows, vectors)
            lists = rank_store(store, index, "consumer-to-shop", device="cpu")
        lists.save(run.path)
        run.begin()
        run.finish("done", queries=len(lists))
        return len(lists)


def main(arguments: Sequence[str] = ()) -> None:
    """Prepare the store, measure, print."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.board")
    options.add_argument("--store", type=Path, help="a store that is copied; the drawn one by default")
    source = options.parse_args(list(arguments)).store
    BUILD.mkdir(parents=True, exist_ok=True)
    with screen() as environment:
        if source is None:
            source = BUILD / "demo" / "store"
            if not source.is_dir():
                command = [STUDIO, "demo", "--dir", str(source.parent), "--headless"]
                subprocess.run(command, env=environment, check=True)
        store = BUILD / "board"
        shutil.rmtree(store, ignore_errors=True)
        shutil.copytree(source, store)
        queries = ranked(store)
        print(f"{queries:,} queries, load {os.getloadavg()[0]:.2f}")
        found = measure(environment, sys.executable, "-m", "benchmarks.studio_board", str(store), str(STEPS))
    for what, words in (("words", "painted"), ("pictures", "painted with all its crops")):
        for share, name in ((0.5, "p50"), (0.95, "p95")):
            report(f"next failure until {words}, {name}", percentile(found[what], share), None, "ms")


if __name__ == "__main__":
    main(sys.argv[1:])
