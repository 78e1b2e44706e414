"""From tables to arrays: all of it, or what has changed since a snapshot."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, Select, case, func, select

from resources.taxonomy import LEVELS
from store.db import tables
from store.db.codec import unpack_mapping
from store.db.columns import columns, texts
from store.db.facts.filenames import FileNames
from store.db.facts.snapshot import (
    NO_LEVEL,
    NO_NUMBER,
    Codes,
    Facts,
    GarmentFacts,
    ImageFacts,
    Integers,
    Links,
    Rows,
    Words,
    note_word,
)

_I = tables.images.c
_TEXTS = ("split", "role", "domain", "state")
#: A level that no int8 holds is one that no dataset has either.
_LEVEL_LIMIT = 100


def stamp_of(connection: Connection) -> int:
    """The last number given to a change; see ``ImageRow.touched``."""
    counter = tables.counters.c
    found = connection.execute(select(counter.value).where(counter.name == "touched")).scalar()
    return int(found or 0)


def read_all(connection: Connection) -> Facts:
    """The facts of the whole store."""
    stamp = stamp_of(connection)
    images = read_images(connection, select(tables.images), whole=True)
    images = images.but(by_name=read_order(connection, images.ids))
    return Facts(stamp, images, read_garments(connection, images.ids, select(tables.garments)))


def read_images(connection: Connection, rows: Select[Any], *, whole: bool = False) -> ImageFacts:
    """The facts of the images of a query, which has all columns of ``images``; their order is not asked.

    ``whole`` says that these are all images there are.
    """
    # Of few rows those are looked for first; of an order by the id itself SQLite would make a walk over all.
    source = rows.order_by(_I.id if whole else _I.id + 0).subquery().c
    numbers = (
        *(source.id, source.dataset_id, source.review, source.garments, source.problems, source.changed),
        *(source.width, source.height, func.coalesce(source.pair_id, NO_NUMBER)),
    )
    found = columns(connection, select(*numbers))
    ids, datasets, reviews, garments, problems, changed, widths, heights, pairs = found
    among = None if whole else select(source.id)
    split, role, domain, state = (_words(texts(connection, select(source[name]))) for name in _TEXTS)
    return ImageFacts(
        ids=ids,
        datasets=datasets.astype(np.int32),
        reviews=reviews.astype(np.int8),
        garments=garments.astype(np.int32),
        problems=problems.astype(np.int32),
        changed=changed,
        widths=widths.astype(np.int32),
        heights=heights.astype(np.int32),
        pairs=pairs,
        split=split,
        role=role,
        domain=domain,
        state=state,
        names=FileNames.of(texts(connection, select(source.name))),
        by_name=np.empty(0, np.int32),
        tags=_tags(connection, ids, among),
        findings=_findings(connection, ids, among),
        **_reviews(connection, ids, among),
        notes=_notes(connection, ids, among),
    )


def read_order(connection: Connection, ids: Integers) -> Rows:
    """The rows of images in the order of their names; ``ids`` are all images, ascending."""
    ordered = columns(connection, select(_I.id).order_by(_I.name, _I.id))[0]
    return np.searchsorted(ids, ordered).astype(np.int32)


def read_garments(connection: Connection, image_ids: Integers, rows: Select[Any]) -> GarmentFacts:
    """The facts of the garments of a query, which has all columns of ``garments``."""
    source = rows.subquery().c
    numbers: list[ColumnElement[Any]] = [source.id, source.image_id, source.position, source.category_id]
    numbers += [func.coalesce(source[name], NO_NUMBER) for name in ("pair_id", "style")]
    numbers += [_level(source[name]) for name in ("clothes_type", "clothes_category", *LEVELS)]
    found = columns(connection, select(*numbers))
    # The database would sort whole rows.
    order = _in_order(found[1], found[2], found[0])
    found = found if order is None else [column[order] for column in found]
    ids, images, _positions, categories, pairs, styles, types, clothes, *levels = found
    by_id = np.argsort(ids, kind="stable")

    def row_of(garment_ids: Integers) -> Rows:
        return by_id[np.searchsorted(ids, garment_ids, sorter=by_id)].astype(np.int32)

    has_item = select(source.id, source.item_id).where(source.item_id != "")
    has_attributes = select(source.id, source.attributes).where(source.attributes.is_not(None))
    return GarmentFacts(
        ids=ids,
        images=np.searchsorted(image_ids, images).astype(np.int32),
        categories=categories.astype(np.int32),
        levels=np.stack(levels, axis=1).astype(np.int8),
        pairs=pairs,
        styles=styles,
        clothes_types=types.astype(np.int8),
        clothes_categories=clothes.astype(np.int8),
        items=_items(connection.execute(has_item), row_of, len(ids)),
        attributes=_attributes(connection.execute(has_attributes), row_of),
    )


def _in_order(first: Integers, second: Integers, third: Integers) -> Integers | None:
    """The order by one column, then another, then the third; None where they are in it already."""
    steps = [np.diff(column) for column in (first, second, third)]
    rises = (steps[0] > 0) | ((steps[0] == 0) & ((steps[1] > 0) | ((steps[1] == 0) & (steps[2] > 0))))
    return None if rises.all() else np.lexsort((third, second, first))


def _level(column: ColumnElement[Any]) -> ColumnElement[int]:
    return case((column.between(0, _LEVEL_LIMIT), column), else_=NO_LEVEL)


def _words(found: Sequence[str]) -> Words:
    places = {word: place for place, word in enumerate(sorted(set(found)))}
    return Words(tuple(places), np.array([places[word] for word in found], np.int32))


def _tags(connection: Connection, ids: Integers, among: Select[Any] | None) -> Links:
    tag, link = tables.tags.c, tables.image_tags.c
    named = connection.execute(select(tag.id, tag.name).order_by(tag.id)).all()
    linked = select(link.image_id, link.tag_id)
    if among is not None:
        linked = linked.where(link.image_id.in_(among))
    images, tags = columns(connection, linked)
    codes = np.searchsorted([row.id for row in named], tags).astype(np.int32)
    return Links(tuple(str(row.name) for row in named), np.searchsorted(ids, images).astype(np.int32), codes)


def _reviews(connection: Connection, ids: Integers, among: Select[Any] | None) -> dict[str, Any]:
    """Who has reviewed each image, and when."""
    review = tables.reviews.c
    query = select(review.image_id, review.at, review.author).order_by(review.image_id)
    if among is not None:
        query = query.where(review.image_id.in_(among))
    source = query.subquery().c
    images, at = columns(connection, select(source.image_id, source.at))
    authors = texts(connection, select(source.author))
    places = {word: place for place, word in enumerate(sorted({"", *authors}))}
    codes: Codes = np.full(len(ids), places[""], np.int32)
    times = np.zeros(len(ids), np.int64)
    rows = np.searchsorted(ids, images).clip(max=max(0, len(ids) - 1))
    known = ids[rows] == images if len(ids) else np.zeros(len(images), np.bool_)
    codes[rows[known]] = np.array([places[author] for author in authors], np.int32)[known]
    times[rows[known]] = at[known]
    return {"reviewers": Words(tuple(places), codes), "reviewed": times}


def _notes(connection: Connection, ids: Integers, among: Select[Any] | None) -> Links:
    """The notes of each image and its garments. They are few: somebody has typed each."""
    note = tables.notes.c
    query = select(note.image_id, note.settled, note.author, note.text).order_by(note.id)
    if among is not None:
        query = query.where(note.image_id.in_(among))
    words: dict[str, int] = {}
    linked = [
        (int(row.image_id), words.setdefault(note_word(row.settled, row.author, row.text), len(words)))
        for row in connection.execute(query)
    ]
    both = np.array(linked, np.int64).reshape(-1, 2)
    both = both[np.isin(both[:, 0], ids)]
    return Links(tuple(words), np.searchsorted(ids, both[:, 0]).astype(np.int32), both[:, 1].astype(np.int32))


def _findings(connection: Connection, ids: Integers, among: Select[Any] | None) -> Links:
    problem = tables.problems.c
    query = select(problem.image_id, problem.code).where(problem.image_id > 0).order_by(problem.id)
    if among is not None:
        query = query.where(problem.image_id.in_(among))
    source = query.subquery().c
    (images,) = columns(connection, select(source.image_id))
    codes = _words(texts(connection, select(source.code)))
    # A problem may outlive its image.
    known = np.isin(images, ids)
    return Links(codes.words, np.searchsorted(ids, images[known]).astype(np.int32), codes.codes[known])


def _items(found: Iterable[Any], row_of: Any, count: int) -> Words:
    """Item ids; the first word is "", for garments without one."""
    pairs = list(found)
    words, places = np.unique([item for _, item in pairs] or [""], return_inverse=True)
    codes: Codes = np.zeros(count, np.int32)
    if pairs:
        codes[row_of(np.array([garment for garment, _ in pairs], np.int64))] = places + 1
    return Words(("", *(str(word) for word in words if word)), codes)


def _attributes(found: Iterable[Any], row_of: Any) -> Links:
    words: dict[str, int] = {}
    garments: list[int] = []
    codes: list[int] = []
    for garment_id, blob in found:
        for name, value in unpack_mapping(blob).items():
            if value == 1:
                garments.append(garment_id)
                codes.append(words.setdefault(name, len(words)))
    rows = row_of(np.array(garments, np.int64)) if garments else np.empty(0, np.int32)
    return Links(tuple(words), rows, np.array(codes, np.int32))
