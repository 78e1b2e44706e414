"""The images of a store that a model is asked about, annotated or not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from inference.data.building import Builder
from inference.data.selection import written
from inference.data.slice import Slice
from store.db import Store
from store.errors import StudioError
from store.filters import parse
from store.progress import Progress, silent

_REPORTED = 500


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """The images of a filter, and by id those whose picture is not there or no picture, with the reason."""

    data: Slice
    lost: Mapping[int, str]


def chosen_images(store: Store, where: str, progress: Progress = silent) -> Chosen:
    """The images that a filter or ``view:NAME`` selects, with the garments they have.

    FilterError for a filter that does not parse; StudioError where there is no such view, or no image.
    """
    expression = parse(written(store, where, "--where"))
    total = store.images.count(expression)
    builder = Builder(store, accepted_only=False)
    lost: dict[int, str] = {}
    for record in store.stream(expression):
        before: Mapping[str, Any] = dict(builder.left_out)
        builder.add(record)
        grown = [reason for reason, count in builder.left_out.items() if count > before.get(reason, 0)]
        if grown:
            lost[record.image.id] = f"{record.image.name}: {grown[0]}"
        if builder.seen % _REPORTED == 0:
            progress(builder.seen, total, "Reading the store")
    if not builder.seen:
        splits = ", ".join(store.filter_words()["split"]) or "none"
        raise StudioError(
            f"--where ({where.strip() or 'all images'}) selects no image.",
            f"Change the filter. The splits of this store: {splits}.",
        )
    data = builder.slice()
    # An image that is there may have lost a garment for a reason of the garment's own.
    there = set(data.image_ids.tolist())
    return Chosen(data, {image: reason for image, reason in lost.items() if image not in there})
