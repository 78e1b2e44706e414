"""A snapshot brought up to date from the images that were touched since, without reading the others."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, func, select

from store.db import tables
from store.db.facts.reading import read_all, read_garments, read_images, read_order, stamp_of
from store.db.facts.snapshot import Facts, GarmentFacts, ImageFacts, Links, Rows, Words

_I = tables.images.c
_G = tables.garments.c
#: Where more than this share of the images was touched, and more than a few, all is read anew.
_MOST, _FEW = 0.2, 200

Flags = NDArray[np.bool_]


def up_to_date(connection: Connection, facts: Facts) -> Facts:
    """The facts as they are now: the same object where nothing was touched."""
    stamp = stamp_of(connection)
    if stamp == facts.stamp:
        return facts
    since = _I.touched > facts.stamp
    count = connection.execute(select(func.count()).select_from(tables.images).where(since)).scalar_one()
    if stamp < facts.stamp or count > max(_MOST * len(facts.images.ids), _FEW):
        return read_all(connection)
    new = read_images(connection, select(tables.images).where(since))
    rows, known = facts.images.rows_of(new.ids)
    if _moved(facts.images, new, rows, known):
        return read_all(connection)
    images = _images(facts.images, new, rows[known], known)
    if not known.all():
        images = images.but(by_name=read_order(connection, images.ids))
    touched = _G.image_id.in_(select(_I.id).where(since))
    garments = read_garments(connection, new.ids, select(tables.garments).where(touched))
    # Rows of the images that were read become rows of all images.
    of_new, _ = images.rows_of(new.ids)
    return Facts(stamp, images, _garments(facts.garments, garments, of_new, len(images.ids))).heir_of(facts)


def _moved(old: ImageFacts, new: ImageFacts, rows: Rows, known: Flags) -> bool:
    """Whether an image has another name than it had, or a new one stands among the old ones."""
    fresh = new.ids[~known]
    if len(fresh) and len(old.ids) and fresh[0] < old.ids[-1]:
        return True
    return any(
        new.names.name(int(at)) != old.names.name(int(rows[at])) for at in np.flatnonzero(known).tolist()
    )


def _images(old: ImageFacts, new: ImageFacts, rows: Rows, known: Flags) -> ImageFacts:
    """The old images with those at ``rows`` replaced by the known new ones, and the others behind them."""

    def joined(before: NDArray[Any], after: NDArray[Any]) -> NDArray[Any]:
        both = np.concatenate([before, after[~known]])
        both[rows] = after[known]
        return both

    def coded(before: Words, after: Words) -> Words:
        words, codes = _translated(before.words, after.words, after.codes)
        return Words(words, joined(before.codes, codes))

    fresh = np.flatnonzero(~known).tolist()
    found = ImageFacts(
        ids=np.concatenate([old.ids, new.ids[~known]]),
        datasets=joined(old.datasets, new.datasets),
        reviews=joined(old.reviews, new.reviews),
        garments=joined(old.garments, new.garments),
        problems=joined(old.problems, new.problems),
        changed=joined(old.changed, new.changed),
        widths=joined(old.widths, new.widths),
        heights=joined(old.heights, new.heights),
        pairs=joined(old.pairs, new.pairs),
        split=coded(old.split, new.split),
        role=coded(old.role, new.role),
        domain=coded(old.domain, new.domain),
        state=coded(old.state, new.state),
        names=old.names.with_more(new.names.name(at) for at in fresh) if fresh else old.names,
        by_name=old.by_name,
        tags=old.tags,
        findings=old.findings,
        reviewers=coded(old.reviewers, new.reviewers),
        reviewed=joined(old.reviewed, new.reviewed),
        notes=old.notes,
    )
    of_new, _ = found.rows_of(new.ids)
    return found.but(
        tags=_relinked(old.tags, new.tags, rows, None, of_new),
        findings=_findings(old.findings, new.findings, rows, of_new),
        notes=_findings(old.notes, new.notes, rows, of_new),
    )


def _findings(old: Links, new: Links, replaced: Rows, of_new: Rows) -> Links:
    """The problems, or notes, of both; the very same object where there were none and are none."""
    if not len(new.rows) and not np.isin(old.rows, replaced).any():
        return old
    return _relinked(old, new, replaced, None, of_new)


def _garments(old: GarmentFacts, new: GarmentFacts, of_new: Rows, images: int) -> GarmentFacts:
    """Garments of the touched images taken out, what they are now put in their place."""
    touched = np.zeros(images, np.bool_)
    touched[of_new] = True
    kept = ~touched[old.images]
    new_images = of_new[new.images]
    if _unchanged(old, new, np.flatnonzero(~kept), new_images):
        return old
    kept_images = old.images[kept]
    places = np.searchsorted(kept_images, new_images)
    # Where each kept and each new garment stands afterwards.
    new_rows = (places + np.arange(len(places))).astype(np.int32)
    is_new = np.zeros(len(kept_images) + len(places), np.bool_)
    is_new[new_rows] = True
    kept_rows = np.full(len(old.ids), -1, np.int32)
    kept_rows[kept] = np.flatnonzero(~is_new)

    def joined(before: NDArray[Any], after: NDArray[Any]) -> NDArray[Any]:
        both = np.empty((len(is_new), *before.shape[1:]), before.dtype)
        both[~is_new], both[is_new] = before[kept], after
        return both

    words, codes = _translated(old.items.words, new.items.words, new.items.codes)
    return GarmentFacts(
        ids=joined(old.ids, new.ids),
        images=joined(old.images, new_images),
        categories=joined(old.categories, new.categories),
        levels=joined(old.levels, new.levels),
        pairs=joined(old.pairs, new.pairs),
        styles=joined(old.styles, new.styles),
        clothes_types=joined(old.clothes_types, new.clothes_types),
        clothes_categories=joined(old.clothes_categories, new.clothes_categories),
        items=Words(words, joined(old.items.codes, codes)),
        attributes=_relinked(old.attributes, new.attributes, np.empty(0, np.int32), kept_rows, new_rows),
    )


def _unchanged(old: GarmentFacts, new: GarmentFacts, rows: NDArray[np.int64], new_images: Rows) -> bool:
    """Whether the garments at some rows are what the new ones say: most edits are of something else."""
    if not np.array_equal(old.ids[rows], new.ids) or not np.array_equal(old.images[rows], new_images):
        return False
    for name in ("categories", "levels", "pairs", "styles", "clothes_types", "clothes_categories"):
        if not np.array_equal(getattr(old, name)[rows], getattr(new, name)):
            return False
    items = [old.items.words[code] for code in old.items.codes[rows].tolist()]
    if items != [new.items.words[code] for code in new.items.codes.tolist()]:
        return False
    mine = np.isin(old.attributes.rows, rows)
    places = np.searchsorted(rows, old.attributes.rows[mine])
    return _told(places, old.attributes.codes[mine], old.attributes.words) == _told(
        new.attributes.rows, new.attributes.codes, new.attributes.words
    )


def _told(rows: NDArray[Any], codes: NDArray[np.int32], words: tuple[str, ...]) -> set[tuple[int, str]]:
    return {(row, words[code]) for row, code in zip(rows.tolist(), codes.tolist(), strict=True)}


def _relinked(old: Links, new: Links, replaced: Rows, moved: Rows | None, of_new: Rows) -> Links:
    """The links of both.

    Old ones of rows that are ``replaced`` are left out; ``moved`` says where an old row stands now, -1 for
    nowhere; ``of_new`` where a new one does.
    """
    kept = ~np.isin(old.rows, replaced)
    rows, codes = old.rows[kept], old.codes[kept]
    if moved is not None:
        rows = moved[rows]
        rows, codes = rows[rows >= 0], codes[rows >= 0]
    words, new_codes = _translated(old.words, new.words, new.codes)
    return Links(words, np.concatenate([rows, of_new[new.rows]]), np.concatenate([codes, new_codes]))


def _translated(
    old: tuple[str, ...], new: tuple[str, ...], codes: NDArray[np.int32]
) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """The words of both, the old ones first, and the codes of the new ones among them."""
    places = {word: place for place, word in enumerate(old)}
    of_new = [places.setdefault(word, len(places)) for word in new]
    return tuple(places), np.array(of_new or [0], np.int32)[codes]
