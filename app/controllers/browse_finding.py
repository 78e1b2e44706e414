"""What Browse asks of a store: the images of a filter in order or by product, their facets, one in full."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from store.filters import Expr
from store.identities import told
from widgets.browser.groups import Groups
from widgets.panels.details import Details

if TYPE_CHECKING:
    from store.db import Store
    from store.db.facts.grouping import Grouping
    from store.records import Dataset


@dataclass(frozen=True, slots=True)
class Slice:
    """The answer to a filter: ids ``(n,)`` int64 in order, garments in them, and the milliseconds it took.

    ``groups`` where the images are to be shown by product.
    """

    ids: NDArray[np.int64]
    garments: int
    milliseconds: float
    groups: Groups | None = None


@dataclass(frozen=True, slots=True)
class ImageList:
    """Images that somebody has listed: Browse then shows only these, with whatever filter beside.

    ``ids`` are those of images of the open store; one that is not there any more is not shown.
    """

    title: str
    ids: tuple[int, ...]


def find(store: Store, where: Expr | None, order: str, by_product: bool = False) -> Slice:
    """The images that a filter selects. FilterError for a name that the store does not know."""
    start = perf_counter()
    if by_product:
        from store.db.facts.grouping import grouped

        found = grouped(store.facts, _datasets(store), where, order)
        ids, groups = found.ids, groups_of(found)
    else:
        ids, groups = store.images.ids(where, order), None
    garments = store.garments.count(where)
    return Slice(ids, garments, (perf_counter() - start) * 1000, groups)


def _datasets(store: Store) -> Iterator[Dataset]:
    """The datasets as they are when the first is asked for: after the facts, so that none is missing that
    another process has added between the two."""
    yield from store.datasets.all()


def groups_of(found: Grouping) -> Groups:
    """What the heads of groups say."""
    sizes = np.diff(found.starts, append=len(found.ids))

    def title(group: int) -> str:
        if found.alone[group]:
            return "Alone with their product"
        key = found.key(group)
        return "No product" if key is None else told(key)

    def note(group: int) -> str:
        shop, consumer = int(found.shop[group]), int(found.consumer[group])
        other = int(sizes[group]) - shop - consumer
        counts = ((shop, "shop"), (consumer, "consumer"), (other, "of unknown domain"))
        return ", ".join(f"{count:,} {word}" for count, word in counts if count)

    return Groups(found.starts, title, note)


def details(store: Store, image_id: int) -> Details:
    """An image with all that is shown beside it. StoreError when it is not there."""
    image = store.images.get(image_id)
    return Details(
        image,
        store.garments.of_image(image_id),
        store.problems.of_image(image_id),
        store.datasets.get(image.dataset_id).name,
    )
