"""Browse at 800,000 images: filters, facets, products, changes of many images, and scrolling anywhere.

``python -m benchmarks browse``, or ``python -m benchmarks.browse --store S`` for another store than that of
``full_size``. The store is copied, because pictures are laid where the window will look and images are
changed. The figures go to benchmarks/RESULTS.md by hand.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from time import process_time

import numpy as np

from app.controllers.browse_finding import find
from benchmarks.full_size import FILTERS, IMAGES, filled, made, tell, timed
from benchmarks.window import BUILD, measure, percentile, report, screen
from store.cv import cv2
from store.db import Store
from store.document import Document
from store.document.edits import set_review
from store.document.many import Outcome, change_many, reviewed, undo_many
from store.filters import Expr, parse
from store.records import Review
from store.thumbnails import stamp_of
from widgets.browser.thumbnails import SIZES

ROUNDS, SCROLLS = 40, 60
#: So many rows round each place that is scrolled to have a picture: more than the window shows.
AROUND = 90
MANY = 10_000
_PICTURES = 24


def ask(store: Store) -> None:
    """What Browse asks when a filter changes: how many, the first 200, facets; always with other values."""
    rng = np.random.default_rng(5)
    asked: dict[str, Callable[[Expr | None], object]] = {
        "count": store.images.count,
        "page of 200": lambda where: store.images.tiles(store.images.ids(where)[:200]),
        "facets that are held": store.statistics.facets_held,
        "the other facets": store.statistics.facets_more,
    }
    for title, patterns in FILTERS.items():
        for what, ask_one in asked.items():
            times, work = [], []
            for pattern in patterns:
                for _ in range(ROUNDS if what in ("count", "page of 200") else ROUNDS // 4):
                    where, began = parse(filled(rng, pattern)), process_time()
                    times.append(timed(lambda ask_one=ask_one, where=where: ask_one(where)))
                    work.append((process_time() - began) * 1000)
            tell(f"{title} | {what}", times, 500 if what == "the other facets" else 50)
            tell(f"{title} | {what}, processor time", work, 500 if what == "the other facets" else 50)


def change(store: Store) -> None:
    """Images by product; an edit till filters and facets know it; many images in one go and back."""
    tell("by product, all images", [timed(lambda: find(store, None, "name", True)) for _ in range(3)], 2000)
    where = parse("category = trousers")
    tell("by product, one filter", [timed(lambda: find(store, where, "name", True)) for _ in range(5)], 500)
    ids, rng = store.images.ids(), np.random.default_rng(2)
    known = []
    for image_id in rng.choice(ids, 20).tolist():
        document = Document(store, image_id)
        other = Review.REJECTED if document.image.review is Review.ACCEPTED else Review.ACCEPTED
        document.apply(set_review(document.image, other))
        known.append(timed(store.statistics.facets))
    tell("one edit until all facets know it", known, 500)
    some = ids[:MANY].tolist()
    done: list[Outcome] = []
    took = timed(lambda: done.append(change_many(store, reviewed(Review.SECOND_LOOK), some)))
    report(f"review of {MANY:,} images", MANY / took * 1000, None, "images/s")
    report("the same undone", MANY / timed(lambda: undo_many(store, done[0])) * 1000, None, "images/s")


def lay_pictures(store: Store, folder: Path, rows: Sequence[int]) -> int:
    """Give the images round some rows of the grid a picture and cached thumbnails; how many there are."""
    rng = np.random.default_rng(4)
    folder.mkdir(parents=True)
    drawn = []
    for number in range(_PICTURES):
        picture = cv2.resize(rng.integers(0, 255, (14, 10, 3)).astype(np.uint8), (468, 702))
        file = folder / f"drawn-{number}.jpg"
        cv2.imwrite(str(file), picture)
        small = (cv2.resize(picture, (round(size * 468 / 702), size)) for size in SIZES)
        drawn.append((file, [cv2.imencode(".jpg", one)[1].tobytes() for one in small]))
    for dataset in store.datasets.all():
        store.datasets.update(dataset.but(images_root=str(folder)))
    ids = store.images.ids()
    wanted = np.unique(np.concatenate([ids[max(0, row - AROUND // 3) : row + AROUND] for row in rows]))
    kept = []
    for place, image in enumerate(store.images.get_many(wanted)):
        source, thumbnails = drawn[place % _PICTURES]
        target = folder / image.name
        target.parent.mkdir(parents=True, exist_ok=True)
        os.link(source, target)
        stamp = stamp_of(target)
        assert stamp is not None
        kept += [(image.id, size, stamp, data) for size, data in zip(SIZES, thumbnails, strict=True)]
    store.thumbnails.put_many(kept)
    return len(wanted)


def scroll(folder: Path, rows: Sequence[int]) -> None:
    """The real window: from the call that a drag of the scroll bar makes until pictures are painted."""
    words = {"first": "first cached thumbnails painted", "all": "all in view painted"}
    for layout in ("grid", "list"):
        driver = (
            sys.executable,
            "-m",
            "benchmarks.studio_browse",
            str(folder),
            json.dumps(list(rows)),
            layout,
        )
        with screen() as environment:
            found = measure(environment, *driver)
        for what, said in words.items():
            for share, name in ((0.5, "p50"), (0.95, "p95"), (1.0, "most")):
                report(
                    f"{layout} scrolled anywhere: {said}, {name}", percentile(found[what], share), None, "ms"
                )


def main(arguments: Sequence[str] = ()) -> None:
    """Copy the store, ask it, change it, scroll through it."""
    options = argparse.ArgumentParser(prog="python -m benchmarks.browse")
    options.add_argument("--store", type=Path, help="a store that is copied; that of full_size by default")
    source = options.parse_args(list(arguments)).store
    BUILD.mkdir(parents=True, exist_ok=True)
    if source is None:
        source = BUILD / f"full-{IMAGES}"
        made(source, IMAGES).close()
    copy, pictures = BUILD / "browse", BUILD / "browse-pictures"
    for folder in (copy, pictures):
        shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(source, copy)
    with Store.open(copy) as store:
        totals = store.statistics.totals()
        print(f"{totals.images:,} images, {totals.garments:,} garments, load {os.getloadavg()[0]:.2f}")
        store.statistics.facets()
        rows = np.random.default_rng(3).integers(0, totals.images, SCROLLS).tolist()
        ask(store)
        change(store)
        laid = lay_pictures(store, pictures, rows)
    print(f"{laid:,} pictures round {len(rows)} places")
    scroll(copy, rows)
    for folder in (copy, pictures):
        shutil.rmtree(folder)


if __name__ == "__main__":
    main(sys.argv[1:])
