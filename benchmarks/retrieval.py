"""Retrieval beside what it cannot do without: the raw products and the raw forward, in one run.

``python -m benchmarks retrieval``, or ``python -m benchmarks.retrieval --share 0.01`` for smaller sizes where
memory or time is short (a gallery of a million takes some 5 GB). Three measurements:

*one query*: the first 20 of 1,000,000 x 512, against a bfloat16 product and ``topk`` (which leaves the order
of what is near to rounding; ours puts it right in float32).
*evaluation*: 12,550 queries in a gallery of 37,183: lists, the places of all matches, figures and slices,
against float32 products and ``topk`` of the same depth, in blocks of the same size.
*embedding*: the whole job of ``index``, decoding and writing included, against the forward alone with its
inputs lying ready.

Ours and the raw take turns. The figures go to benchmarks/RESULTS.md by hand.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from benchmarks.loader import draw
from benchmarks.prediction import Case, Timed, bare, model, ready
from inference.devices import choose
from inference.models import ARCHITECTURES, save_model
from inference.retrieval.ranking import DEPTH, Asked, ranked_lists
from inference.retrieval.search import ExactSearch
from store.db.products import GarmentTable
from store.retrieval.figures import by_slice, figures
from store.retrieval.ranked import RankedFacts
from store.retrieval.standing import Standing, exact_places
from store.runs.manifest import ModelManifest

GALLERY, SIZE, K = 1_000_000, 512, 20
#: DeepFashion2's validation set.
QUERIES, SHOPS = 12_550, 37_183
#: Queries that are compared at once by the raw loop, as by ours.
AT_ONCE = 512
#: Turns of each measurement, and queries of a turn.
TURNS, SINGLE = 5, 10
IMAGES = {"cpu": 64, "cuda": 960}

Vectors = NDArray[np.float32]


def drawn(count: int, size: int, seed: int) -> Vectors:
    """Vectors ``(count, size)`` of unit length, in no order."""
    found = np.random.default_rng(seed).standard_normal((count, size), np.float32)
    found /= np.linalg.norm(found, axis=1, keepdims=True)
    return found


def seconds(work: Callable[[], object], device: str) -> float:
    """How long it takes, what it has begun on a GPU included."""
    _wait(device)
    began = time.perf_counter()
    work()
    _wait(device)
    return time.perf_counter() - began


def compared(
    name: str, ours: Callable[[], object], raw: Callable[[], object], device: str, most: float
) -> None:
    """Both in turn, after one of each that does not count; prints medians and the ratio of the turns."""
    ours(), raw()
    times: list[tuple[float, float]] = []
    for turn in range(TURNS):
        if turn % 2:
            second = seconds(raw, device)
            times.append((seconds(ours, device), second))
        else:
            first = seconds(ours, device)
            times.append((first, seconds(raw, device)))
    ratios = sorted(one / two for one, two in times)
    mine, theirs = (statistics.median(some) for some in zip(*times, strict=True))
    print(f"{name} on {device}: ours {mine * 1000:.1f} ms, raw {theirs * 1000:.1f} ms, medians of {TURNS}")
    middle = statistics.median(ratios)
    print(f"  ours / raw: {middle:.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f}; target at most {most})")


def one_query(share: float, device: str) -> None:
    """The first 20 of a large gallery."""
    count = max(K, round(GALLERY * share))
    gallery, asked = drawn(count, SIZE, 1), drawn(SINGLE, SIZE, 2)
    search = ExactSearch(gallery, device)
    held = torch.from_numpy(gallery).to(device).bfloat16()
    queries = torch.from_numpy(asked).to(device).bfloat16()

    def ours() -> None:
        for one in asked:
            search.nearest(one[None], K)

    @torch.inference_mode()
    def raw() -> None:
        for one in queries:
            (one[None] @ held.T).topk(K, dim=1).indices.cpu()

    compared(f"{SINGLE} single queries, top-{K} of {count:,} x {SIZE}", ours, raw, device, 1.2)


def evaluation(share: float, device: str) -> None:
    """All queries of a benchmark, to the figures."""
    queries, shops = max(2, round(QUERIES * share)), max(DEPTH, round(SHOPS * share))
    vectors = drawn(queries + shops, SIZE, 3)
    table = _table(queries, shops)
    asked = Asked(
        table.ids[:queries],
        np.arange(queries),
        np.arange(queries, queries + shops),
        np.arange(shops + 1),
        table.ids[queries:],
        np.full(queries, -1, np.int64),
        table.identities[:queries],
        table.identities[queries:],
    )
    facts = RankedFacts("consumer-to-shop", "bench", "drawn", "box")
    names = {kind: str(kind) for kind in range(1, 14)}

    def ours() -> None:
        ranked = ranked_lists(asked, facts, vectors, device)
        standing = Standing(ranked, table, exact_places(ranked, vectors))
        figures(standing)
        by_slice(standing, names)

    @torch.inference_mode()
    def raw() -> None:
        gallery = torch.from_numpy(vectors[queries:]).to(device)
        for start in range(0, queries, AT_ONCE):
            block = torch.from_numpy(vectors[start : min(start + AT_ONCE, queries)]).to(device)
            values, places = (block @ gallery.T).topk(DEPTH, dim=1)
            values.cpu(), places.cpu()

    compared(f"Evaluation of {queries:,} x {shops:,} x {SIZE}, top-{DEPTH}", ours, raw, device, 1.5)


def _table(queries: int, shops: int) -> GarmentTable:
    """Consumers' garments and then those of shops, some three of each product, with facts."""
    chance, count = np.random.default_rng(4), queries + shops
    kinds = max(1, shops // 3)
    identities = chance.integers(0, kinds, count)
    return GarmentTable(
        ids=np.arange(1, count + 1),
        image_ids=np.arange(1, count + 1),
        versions=np.ones(count, np.int64),
        category_ids=1 + identities % 13,
        facts=chance.integers(0, 4, (count, 4)),
        shop=np.repeat([0, 1], [queries, shops]),
        splits=np.full(count, "validation"),
        roles=np.full(count, ""),
        identities=identities,
        keys=tuple(("pair", 1, "validation", one, 1) for one in range(kinds)),
        pairs=identities,
    )


def embedding(share: float, device: str) -> None:
    """Crops of a drawn store a second: ``index`` against the forward alone."""
    from inference.prediction.slices import chosen_images
    from inference.retrieval.job import index_store
    from inference.retrieval.upkeep import IndexConfig
    from store.db import Store

    images = max(8, round(IMAGES[device.partition(":")[0]] * share))
    case = Case(
        "FashionNet VGG-16, 224 px", "fashionnet", "vgg16", 224, images, 8 if device == "cpu" else 32, 3
    )
    with tempfile.TemporaryDirectory() as folder:
        store = draw(Path(folder), images)
        with Store.open(store, read_only=True) as opened:
            data = chosen_images(opened, "").data
        rates: list[tuple[float, float]] = []
        with model(store, case, data) as (network, spec):
            tasks = ARCHITECTURES[case.architecture].tasks
            manifest = ModelManifest(case.architecture, spec, tasks)
            save_model(network, manifest, store / "models" / case.architecture)
            network.to(device)
            inputs = ready(data, spec, case, device)
            bare(network, inputs[:1], 1, device, "32")
            for turn in range(case.turns):
                shutil.rmtree(store / "embeddings", ignore_errors=True)
                forward = bare(network, inputs, len(data), device, "32") if turn % 2 else 0.0
                report = Timed()
                config = IndexConfig(case.architecture, device=device, batch=case.batch)
                index_store(config, store, report)
                rates.append((report.rate, forward or bare(network, inputs, len(data), device, "32")))
    ours, raw = (statistics.median(some) for some in zip(*rates, strict=True))
    ratios = sorted(one / two for one, two in rates)
    print(
        f"Embedding {images} images, {case.name}, batch {case.batch} on {device}, "
        f"medians of {case.turns} turns"
    )
    print(f"  ours {ours:.2f} images/s, bare forward {raw:.2f} images/s")
    middle = statistics.median(ratios)
    print(f"  ours / bare: {middle:.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f}; target at least 0.85)")


def main(arguments: Sequence[str] = ()) -> None:
    """Print the three ratios."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.retrieval")
    options.add_argument("--share", type=float, default=1.0, help="of the sizes: 0.01 is a hundredth")
    options.add_argument("--device", default="auto")
    said = options.parse_args(list(arguments))
    device = choose(said.device)
    for measure in (one_query, evaluation, embedding):
        measure(said.share, device)


def _wait(device: str) -> None:
    if device != "cpu":
        torch.cuda.synchronize()


if __name__ == "__main__":
    main(sys.argv[1:])
