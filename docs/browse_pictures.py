"""The pictures of the user guide that show Browse at full size, as a list, and images by product.

A store of 800,000 images is made up as for the benchmarks, which takes some minutes where they have not left
one behind. Its images get pictures of the demo, of figures that wear the same: as many as can be seen.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections import defaultdict
from itertools import cycle
from pathlib import Path

import numpy as np
from hand import wait
from model_pictures import Guide

from store.db import Store
from store.filters import parse

IMAGES = 800_000
FILTER = "category = trousers and occlusion >= medium and review != accepted"
TROUSERS = 8
#: More images than a window shows get a picture.
SHOWN = 90


def prepared(folder: Path, demo: Path) -> Path:
    """A store of :data:`IMAGES` images in ``folder``; ``demo`` is the store whose pictures it gets."""
    sys.path.append(str(Path(__file__).resolve().parents[1]))
    from benchmarks import full_size

    kept = full_size.BUILD / f"full-{IMAGES}"
    if (kept / "whole").exists():
        shutil.copytree(kept, folder)
    else:
        full_size.made(folder, IMAGES).close()
    with Store.open(folder) as store, Store.open(demo, read_only=True) as drawn:
        _lay_pictures(store, drawn, folder.with_name(f"{folder.name}-pictures"))
        # What filters ask is read once, and kept beside the store.
        store.statistics.facets()
    return folder


def _lay_pictures(store: Store, drawn: Store, folder: Path) -> None:
    """Give the first images of the filter pictures of who wears the same."""
    worn: dict[frozenset[int], list[Path]] = defaultdict(list)
    for tile in drawn.images.tiles(drawn.images.ids()):
        for key in {frozenset(tile.categories), frozenset({TROUSERS} & set(tile.categories))}:
            worn[key].append(drawn.images.path(tile.image).resolve())
    turns = {key: cycle(files) for key, files in worn.items()}
    for tile in store.images.tiles(store.images.ids(parse(FILTER))[:SHOWN]):
        keys = (frozenset(tile.categories), frozenset({TROUSERS}))
        turn = next((turns[key] for key in keys if key in turns), None)
        if turn is not None:
            target = folder / tile.image.name
            target.parent.mkdir(parents=True, exist_ok=True)
            os.link(next(turn), target)
    for dataset in store.datasets.all():
        store.datasets.update(dataset.but(images_root=str(folder)))


def browse(guide: Guide, store: Path) -> None:
    """The full-size store with filters on and three images selected, in both themes, as a grid and as a
    list."""
    hand, page = guide.hand, guide.window.browse.page
    hand.open_store(store)
    hand.filter(FILTER)
    rows = np.arange(min(len(page.ids), 5))[2:]
    page.grid.select_rows(rows)
    page.select_row(int(rows[1]) if len(rows) > 1 else 0)
    hand.settle()
    guide.shot("browse-full-dark")
    guide.light("browse-full-light")
    page.set_listed(True)
    hand.settle()
    guide.shot("browse-list-dark")
    guide.light("browse-list-light")
    page.set_listed(False)
    page.grid.clear_selection()
    hand.filter("")


def products(guide: Guide) -> None:
    """The open store by product, with what is known of its garments over the pictures."""
    hand, page = guide.hand, guide.window.browse.page
    before = page.save_state()
    overlays = page.toolbar.overlays
    page.set_by_product(True)
    for layer in ("landmarks", "masks"):
        overlays.toggle(layer)
    wait(lambda: page.grid.groups is not None, "the products")
    for look in ("dark", "light"):
        hand.settle()
        wait(page.grid.is_whole, "what lies over the pictures")
        guide.shot(f"browse-products-{look}")
        guide.window.switch_theme()
    page.restore_state(before)
    wait(lambda: page.grid.groups is None, "one image beside the other")
    hand.settle()
