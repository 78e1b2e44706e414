"""Records to rows and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Row, bindparam, update

from resources.schemas import Schema
from resources.taxonomy import Category
from store.db import tables
from store.db.codec import (
    dump_json,
    load_json,
    pack_mapping,
    unpack_box,
    unpack_mapping,
    unpack_points,
    unpack_polygons,
)
from store.db.engine import note_touch
from store.db.packing import GARMENT_COLUMNS, IMAGE_COLUMNS, garment_row, image_row
from store.records import Dataset, Domain, Garment, Image, ImageState, Origin, Problem, Review, Severity

Values = dict[str, Any]
Ids = Sequence[int] | NDArray[np.int64]

#: SQLite takes at most 32,766 parameters in a statement; far fewer are just as fast.
_CHUNK = 500

_COUNTER = tables.counters.c
#: Built once: it runs for every edit.
_TAKE = (
    update(tables.counters)
    .where(_COUNTER.name == bindparam("of"))
    .values(value=_COUNTER.value + bindparam("more"))
    .returning(_COUNTER.value)
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: By their words: asking an enumeration costs several times as much.
_ORIGINS = {str(origin): origin for origin in Origin}
_DOMAINS = {str(domain): domain for domain in Domain}
_STATES = {str(state): state for state in ImageState}
_REVIEWS = {int(review): review for review in Review}


def chunks(ids: Ids) -> Iterator[list[int]]:
    """The ids as plain integers, as many at a time as go well into one statement."""
    for start in range(0, len(ids), _CHUNK):
        yield [int(i) for i in ids[start : start + _CHUNK]]


def take_ids(connection: Connection, name: str, count: int) -> int:
    """The first of ``count`` consecutive new ids of a table. To be called in a writing transaction."""
    last = connection.execute(_TAKE, {"of": name, "more": count}).scalar()
    if last is None:
        connection.execute(tables.counters.insert(), {"name": name, "value": count})
        return 1
    return int(last) - count + 1


def next_touch(connection: Connection) -> int:
    """The number for ``ImageRow.touched`` of all images that a transaction changes."""
    number = take_ids(connection, "touched", 1)
    note_touch(connection, number)
    return number


def microseconds(time: datetime) -> int:
    """A time as whole microseconds since 1970 (UTC)."""
    return (time - _EPOCH) // timedelta(microseconds=1)


def when(value: int) -> datetime:
    """The time of :func:`microseconds`, in UTC."""
    return _EPOCH + timedelta(microseconds=value)


def image_values(image: Image) -> Values:
    """The columns of an image but for its id and what is counted."""
    return dict(zip(IMAGE_COLUMNS, image_row(image), strict=True))


def image_of(row: Row[Any], tags: tuple[str, ...] = ()) -> Image:
    """The image of a full row of ``images``, its columns in the table's order."""
    number, dataset_id, name, width, height, size_known, state, split, role, domain, *rest = tuple(row)
    pair_id, review, extra, version = rest[:4]
    return Image(
        id=number,
        dataset_id=dataset_id,
        name=name,
        width=width,
        height=height,
        size_known=bool(size_known),
        state=_STATES.get(state) or ImageState(state),
        split=split,
        role=role,
        domain=_DOMAINS[domain] if domain in _DOMAINS else Domain(domain),
        pair_id=pair_id,
        review=_REVIEWS[review] if review in _REVIEWS else Review(review),
        tags=tags,
        extra=unpack_mapping(extra) if extra else {},
        version=version,
    )


def garment_values(garment: Garment) -> Values:
    """The columns of a garment but for its id."""
    row = garment_row(garment, garment.position)
    return {"image_id": garment.image_id, **dict(zip(GARMENT_COLUMNS, row, strict=True))}


def garment_of(row: Row[Any]) -> Garment:
    """The garment of a full row of ``garments``, its columns in the table's order."""
    # A million rows are read for an export: taking a row apart is a fifth of asking it for each column.
    number, image_id, key, position, category_id, pair_id, style, item_id, *rest = tuple(row)
    scale, occlusion, zoom_in, viewpoint, clothes_category, clothes_type, origin, version, *blobs = rest
    box, marks, polygons, rle, attributes, extra = blobs
    points, visibility = unpack_points(marks)
    return Garment(
        id=number,
        image_id=image_id,
        key=key,
        position=position,
        category_id=category_id,
        box=unpack_box(box),
        points=points,
        visibility=visibility,
        polygons=unpack_polygons(polygons),
        rle=unpack_mapping(rle) if rle else None,
        pair_id=pair_id,
        style=style,
        item_id=item_id,
        scale=scale,
        occlusion=occlusion,
        zoom_in=zoom_in,
        viewpoint=viewpoint,
        clothes_category=clothes_category,
        clothes_type=clothes_type,
        attributes=unpack_mapping(attributes) if attributes else {},
        origin=_ORIGINS.get(origin) or Origin(origin),
        extra=unpack_mapping(extra) if extra else {},
        version=version,
    )


def problem_values(problem: Problem) -> Values:
    """The columns of a problem but for its id."""
    return {
        "code": problem.code,
        "message": problem.message,
        "severity": str(problem.severity),
        "file": problem.file,
        "item": problem.item,
        "dataset_id": problem.dataset_id,
        "image_id": problem.image_id,
        "garment_id": problem.garment_id,
    }


def problem_of(row: Row[Any]) -> Problem:
    """The problem of a full row of ``problems``."""
    return Problem(
        id=row.id,
        code=row.code,
        message=row.message,
        severity=Severity(row.severity),
        file=row.file,
        item=row.item,
        dataset_id=row.dataset_id,
        image_id=row.image_id,
        garment_id=row.garment_id,
    )


def dataset_values(dataset: Dataset) -> Values:
    """The columns of a dataset but for its id."""
    return {
        "name": dataset.name,
        "format": dataset.format,
        "root": dataset.root,
        "images_root": dataset.images_root,
        "extra": pack_mapping(dataset.extra),
    }


def dataset_of(row: Row[Any]) -> Dataset:
    """The dataset of a full row of ``datasets``."""
    return Dataset(
        id=row.id,
        name=row.name,
        format=row.format,
        root=row.root,
        images_root=row.images_root,
        extra=unpack_mapping(row.extra),
    )


def schema_blob(schema: Schema) -> bytes:
    """A landmark schema as JSON."""
    return dump_json(
        {
            "key": schema.key,
            "names": schema.names,
            "links": schema.links,
            "swaps": schema.swaps,
            "sigmas": schema.sigmas,
            "template": schema.template,
            "template_aspect": schema.template_aspect,
        }
    )


def schema_of(blob: bytes) -> Schema:
    """The schema of :func:`schema_blob`."""
    raw: Mapping[str, Any] = load_json(blob)
    return Schema(
        key=raw["key"],
        names=tuple(raw["names"]),
        links=tuple((a, b) for a, b in raw["links"]),
        swaps=tuple((a, b) for a, b in raw["swaps"]),
        sigmas=tuple(raw["sigmas"]),
        template=tuple((x, y) for x, y in raw["template"]),
        template_aspect=raw["template_aspect"],
    )


def category_of(row: Row[Any]) -> Category:
    """The category of a full row of ``categories``."""
    return Category(
        id=row.id,
        name=row.name,
        coco_name=row.coco_name,
        schema=schema_of(row.landmarks),
        colour=row.colour,
        supercategory=row.supercategory,
    )
