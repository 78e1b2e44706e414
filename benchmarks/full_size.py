"""A store of 800,000 images with 1,300,000 garments, made up, and how quickly it answers.

``python -m benchmarks full_size`` makes it under build/bench once (some minutes; ``IMAGES`` in the
environment makes a smaller one) and then asks what Browse asks: how many images a filter selects and the
first 200 of them, the facet counts, and where a name is. Each question is asked with another value each
time, so that no answer is remembered; the facts that facets are counted from are read once, as in the
program. The figures go to benchmarks/RESULTS.md by hand.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from resources.taxonomy import LEVELS, categories
from store.db import Store
from store.filters import parse
from store.records import Dataset, Domain, Garment, Image, ImageRecord, Origin, Review, Visibility

BUILD = Path(__file__).resolve().parents[1] / "build" / "bench"
IMAGES = int(os.environ.get("IMAGES", "800000"))
#: Garments for each image: the share of DeepFashion2.
A_IMAGE = 1.625
#: Shares of DeepFashion2's 13 categories (train), and of DeepFashion's five benchmarks in the images.
_KINDS = np.array([71645, 36064, 542, 13457, 16095, 1985, 36616, 55387, 30835, 17949, 17211, 7907, 6492.0])
_DATASETS = {
    "deepfashion2": 0.27,
    "category-attribute": 0.36,
    "consumer-to-shop": 0.16,
    "landmarks": 0.15,
    "in-shop": 0.06,
}
_SPLITS, _SPLIT_SHARES = ("train", "validation", "test"), (0.74, 0.11, 0.15)
ROUNDS = 40


def records(store: Store, images: int, seed: int = 11) -> Iterator[ImageRecord]:
    """Images in the order of their files, with garments that lie on the templates of their categories."""
    rng = np.random.default_rng(seed)
    kinds = _KINDS / _KINDS.sum()
    for name, share in _DATASETS.items():
        made = store.datasets.add(Dataset(name=name, format="coco", root="/data", images_root="/data")).id
        count = round(images * share)
        splits = rng.choice(len(_SPLITS), count, p=_SPLIT_SHARES)
        reviews = rng.choice(5, count, p=(0.8, 0.02, 0.03, 0.14, 0.01))
        shop = rng.random(count) < 0.6
        garments = 1 + (rng.random(count) < A_IMAGE - 1)
        clothes = clothes_of(rng, int(garments.sum()), kinds)
        for number in range(count):
            split = _SPLITS[splits[number]]
            image = Image(
                dataset_id=made,
                name=f"{split}/{number // 1000:04}/{name}_{number:06}.jpg",
                width=468,
                height=702,
                size_known=True,
                split=split,
                domain=Domain.SHOP if shop[number] else Domain.CONSUMER,
                pair_id=number // 5,
                review=Review(int(reviews[number])),
            )
            yield ImageRecord(image, tuple(next(clothes) for _ in range(garments[number])))


def clothes_of(rng: Any, count: int, shares: Any = None) -> Iterator[Garment]:
    """Garments that lie on the templates of their categories."""
    known = categories()
    templates = [np.asarray(one.schema.template) for one in known]
    kinds = rng.choice(len(known), count, p=shares)
    corners, sizes = rng.uniform(0, 200, (count, 2)), rng.uniform(120, 260, (count, 2))
    levels = rng.integers(1, 4, (count, len(LEVELS)))
    styles, striped = rng.integers(0, 4, count), rng.random(count) < 0.05
    hidden = rng.random((count, 39)) < 0.2
    for number in range(count):
        kind, corner, size = int(kinds[number]), corners[number], sizes[number]
        points = templates[kind] * size + corner
        states = np.where(hidden[number, : len(points)], Visibility.OCCLUDED, Visibility.VISIBLE)
        yield Garment(
            category_id=known[kind].id,
            box=np.concatenate([corner, corner + size]),
            points=points,
            visibility=states,
            polygons=(points,),
            pair_id=number // 8,
            style=int(styles[number]),
            attributes={"striped": 1} if striped[number] else {},
            origin=Origin.FILE,
            **dict(zip(LEVELS, map(int, levels[number]), strict=True)),
        )


def made(folder: Path, images: int) -> Store:
    """The store of so many images: the one that is there, or a new one."""
    done = folder / "whole"
    if not done.exists():
        shutil.rmtree(folder, ignore_errors=True)
        began = time.perf_counter()
        with Store.create(folder, name="full size") as store, store.bulk() as bulk:
            for record in records(store, images):
                bulk.add(record)
        done.touch()
        took = time.perf_counter() - began
        print(f"made {images:,} images in {took:.0f} s, {images / took:.0f} images/s")
    return Store.open(folder)


#: What is asked, by number of filters; ``{}`` is another value each time.
FILTERS: dict[str, tuple[str, ...]] = {
    "no filter": ("",),
    "one filter": (
        "category = {category}",
        "occlusion = {level}",
        "split = {split}",
        'file ~ "{digits}"',
        "attribute has striped",
    ),
    "four filters": (
        "category = {category} and occlusion = {level} and split = {split} and review = accepted",
        "category = {category} and scale >= {level} and domain = shop and review != accepted",
        'split = {split} and domain = consumer and category = {category} and file ~ "{digits}"',
    ),
}


def filled(rng: Any, pattern: str) -> str:
    """A pattern with values drawn at random."""
    return pattern.format(
        category=f'"{rng.choice([one.name for one in categories()])}"',
        level=int(rng.integers(1, 4)),
        split=rng.choice(_SPLITS),
        digits=int(rng.integers(1000, 9999)),
    )


def tell(name: str, times: list[float], limit: float) -> None:
    """One line: how long it took, in milliseconds, beside what it may take."""
    low, high = np.percentile(times, (50, 95))
    print(f"{name:<58} p50 {low:7.1f} ms  p95 {high:7.1f} ms  (at most {limit:.0f})")


def timed(work: Callable[[], object]) -> float:
    """The milliseconds that something takes."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def ask(store: Store) -> None:
    """Counts, pages and facets of filters."""
    rng = np.random.default_rng(5)
    for title, patterns in FILTERS.items():
        for pattern in patterns:
            counts, pages, facets, lists = [], [], [], []
            for _ in range(ROUNDS):
                where = parse(filled(rng, pattern))
                counts.append(timed(lambda where=where: store.images.count(where)))
                pages.append(timed(lambda where=where: store.images.tiles(store.images.ids(where)[:200])))
            for _ in range(8):
                where = parse(filled(rng, pattern))
                lists.append(timed(lambda where=where: store.images.ids(where)))
                facets.append(timed(lambda where=where: store.statistics.facets(where)))
            short = f"{title}: {pattern}"[:48]
            tell(f"{short} | count", counts, 50)
            tell(f"{short} | page", pages, 50)
            tell(f"{short} | facets", facets, 550)
            tell(f"{short} | all ids", lists, 500)


def main() -> None:
    """Make the store where it is not there, and ask."""
    BUILD.mkdir(parents=True, exist_ok=True)
    with made(BUILD / f"full-{IMAGES}", IMAGES) as store:
        totals = store.statistics.totals()
        print(f"{totals.images:,} images, {totals.garments:,} garments")
        print(f"facts: first {timed(store.facts.now):.0f} ms, then {timed(store.facts.now):.1f} ms")
        ask(store)
