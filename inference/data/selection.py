"""From filters to slices: what is trained on, what is held out, and what was wrong with either."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from inference.data.building import Builder
from inference.data.slice import Slice
from store.db import Store
from store.errors import FilterError, StudioError
from store.filters import Expr, parse
from store.identities import Key, told
from store.progress import Progress, silent
from store.runs.config import DataConfig
from store.runs.predictions import NO_IDENTITY

_VIEW = "view:"
_NAMED = 3
_REPORTED = 500


@dataclass(frozen=True, slots=True, eq=False)
class Slices:
    """What is learnt from and what it is measured on; ``problems`` are sentences for the person."""

    train: Slice
    validation: Slice
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """A slice whose identities are not numbered yet, with its garments' products and its images' ties."""

    slice: Slice
    products: Sequence[Key | None]
    ties: Sequence[frozenset[Key]]
    problems: Sequence[str] = ()

    def part(self, images: Sequence[int]) -> _Side:
        garments = [garment for image in images for garment in self.slice.of_image(image)]
        products = [self.products[garment] for garment in garments]
        return _Side(self.slice.subset(images), products, [self.ties[image] for image in images])


def select(store: Store, config: DataConfig, seed: int, progress: Progress = silent) -> Slices:
    """The slices that a configuration asks for. It takes a third of a millisecond an image.

    With ``split = "identity"`` a share of the identities of the first filter is held out: images that share
    a product, or are pictures of one pair, never come on both sides. FilterError for a filter that does not
    parse; StudioError where a view does not exist, nothing is selected, or nothing can be held out.
    """
    train = _read(store, config.train, config.accepted_only, "data.train", progress)
    problems = list(train.problems)
    if config.split == "identity":
        learnt, held = held_out(train.ties, config.validation_share, seed)
        train, validation = train.part(learnt), train.part(held)
        _refuse_empty(validation.slice, "What is held out", "data.validation_share")
        _refuse_empty(train.slice, "What is not held out", "data.validation_share")
    else:
        validation = _read(store, config.validation, config.accepted_only, "data.validation", progress)
        problems.extend(validation.problems)
    problems.extend(_leaks(train, validation))
    problems.extend(_doubts(train.slice, "training"))
    learnt_slice, held_slice = _numbered(train, validation)
    return Slices(learnt_slice, held_slice, tuple(problems))


def select_one(
    store: Store, where: str, *, accepted_only: bool = False, progress: Progress = silent
) -> tuple[Slice, tuple[str, ...]]:
    """One slice alone, as for an evaluation, and its problems. Errors as of :func:`select`."""
    side = _read(store, where, accepted_only, "The slice", progress)
    found, _ = _numbered(side, side.part([]))
    return found, tuple(side.problems)


def held_out(ties: Sequence[frozenset[Key]], share: float, seed: int) -> tuple[list[int], list[int]]:
    """Indices of the images that are learnt from and of those held out, each in their order.

    Images that share a tie, directly or over others, stay together; an image without ties is on its own.
    ``share`` of these groups is held out, at least one and not all. StudioError where all hang together.
    """
    groups = _groups(ties)
    if len(groups) < 2:
        raise StudioError(
            "No identity can be held out: all images of the training data show the same one.",
            'Choose more images in data.train, or set data.split to "dataset".',
        )
    count = min(max(round(share * len(groups)), 1), len(groups) - 1)
    chosen = np.random.default_rng([seed, len(groups)]).permutation(len(groups))[:count]
    held = sorted(image for group in chosen for image in groups[group])
    learnt = sorted(set(range(len(ties))).difference(held))
    return learnt, held


def _groups(ties: Sequence[frozenset[Key]]) -> list[list[int]]:
    """The images by what hangs together, in the order of their first."""
    parent: dict[Key, Key] = {}

    def root(key: Key) -> Key:
        parent.setdefault(key, key)
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    for keys in ties:
        for one, other in pairwise(keys):
            parent[root(other)] = root(one)
    found: dict[Key, list[int]] = {}
    for image, keys in enumerate(ties):
        name: Key = root(next(iter(keys))) if keys else ("image", image)
        found.setdefault(name, []).append(image)
    return list(found.values())


def written(store: Store, text: str, setting: str) -> str:
    """The filter that a text or the view it names says; StudioError where there is no such view."""
    name = text.strip()
    if not name.startswith(_VIEW):
        return text
    wanted = name.removeprefix(_VIEW).strip()
    views = {view.name.casefold(): view for view in store.views.all()}
    view = views.get(wanted.casefold())
    if view is None:
        there = ", ".join(view.name for view in views.values()) or "none"
        raise StudioError(
            f"{setting} names the view {wanted!r}, which this store does not have.",
            f"Its views: {there}. Save one in Browse, or give a filter.",
        )
    return view.where


def _where(store: Store, text: str, setting: str) -> Expr | None:
    try:
        return parse(written(store, text, setting))
    except FilterError as error:
        raise FilterError(f"{setting}: {error.what}", error.fix, error.position) from error


def _read(store: Store, text: str, accepted_only: bool, setting: str, progress: Progress) -> _Side:
    builder = Builder(store, accepted_only)
    where = _where(store, text, setting)
    total = store.images.count(where)
    for record in store.stream(where):
        builder.add(record)
        if builder.seen % _REPORTED == 0:
            progress(builder.seen, total, "Reading annotations")
    found = builder.slice()
    what = f"{setting} ({text.strip() or 'all images'})"
    if not builder.seen:
        splits = ", ".join(store.filter_words()["split"]) or "none"
        raise StudioError(
            f"{what} selects no image.", f"Change the filter. The splits of this store: {splits}."
        )
    if not len(found):
        raise StudioError(f"{what} leaves nothing: {_left_out(builder)}.", "Change the filter or mend these.")
    if not found.garments:
        raise StudioError(
            f"{what} selects {builder.seen} images without any garment that can be used.",
            "Choose images with garments.",
        )
    problems = []
    if builder.left_out:
        problems.append(f"{what}: left out {_left_out(builder)}.")
    if builder.rejected:
        problems.append(
            f"{what} has {builder.rejected} rejected images; add 'not review = rejected' to leave them out."
        )
    return _Side(found, builder.products, builder.ties, problems)


def _left_out(builder: Builder) -> str:
    return "; ".join(
        f"{count} {reason} (first: {builder.example[reason]})" for reason, count in builder.left_out.items()
    )


def _refuse_empty(found: Slice, what: str, setting: str) -> None:
    if not found.garments:
        raise StudioError(
            f"{what} has no garment.", f"Change {setting}, or choose more images in data.train."
        )


def _leaks(train: _Side, validation: _Side) -> list[str]:
    """What is on both sides, though a figure on what was learnt from says nothing."""
    problems = []
    images = np.intersect1d(train.slice.image_ids, validation.slice.image_ids)
    if len(images):
        problems.append(
            f"{len(images)} images are in both the training and the validation data (image"
            f" {_some(images.tolist())}): what is measured on them is no evidence."
        )
    both = _set(train.products) & _set(validation.products)
    if both:
        names = sorted(told(key) for key in both)
        problems.append(
            f"{len(both)} products are in both the training and the validation data ({_some(names)});"
            ' set data.split to "identity" to hold whole products out.'
        )
    return problems


def _doubts(train: Slice, side: str) -> list[str]:
    """What makes learning odd, though not impossible."""
    problems = []
    categories = train.categories()
    if len(categories) == 1:
        problems.append(
            f"The {side} data has one category only ({categories[0].name}): there is nothing to tell it from."
        )
    without = int((~train.has_mask).sum())
    if 0 < without < train.garments:
        problems.append(f"{without} of {train.garments} garments of the {side} data have no mask.")
    return problems


def _numbered(train: _Side, validation: _Side) -> tuple[Slice, Slice]:
    """Both slices with identities from 0, those of the training data first."""
    numbers: dict[Key, int] = {}
    found = []
    for side in (train, validation):
        values = [
            NO_IDENTITY if key is None else numbers.setdefault(key, len(numbers)) for key in side.products
        ]
        found.append(side.slice.with_identities(np.array(values, np.int64)))
    return found[0], found[1]


def _set(products: Iterable[Key | None]) -> set[Key]:
    return {key for key in products if key is not None}


def _some(names: Sequence[object]) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(str(name) for name in names[:_NAMED]) + more
