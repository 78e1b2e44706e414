"""Records that hypothesis draws, and how they go through a writer and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st

from resources.schemas import Schema
from resources.taxonomy import Category, categories, category
from store import masks
from store.document.provenance import Said, noted
from store.formats import registry
from store.formats.base import Reader, ReadOptions, WriteOptions, Writer
from store.records import Dataset, Domain, Garment, Image, ImageRecord, Origin, Review, Visibility

#: Those of lists of rows.
LISTS = [
    ("landmarks", ""),
    ("category-attribute", "coarse"),
    ("category-attribute", "fine"),
    ("consumer-to-shop", ""),
    ("in-shop", ""),
]
#: Format and layout: every one passes the same suite.
KINDS = [
    ("deepfashion2", "annotations"),
    ("deepfashion2", "retrieval"),
    ("coco", "per-category"),
    ("coco", "294"),
    *LISTS,
]

OWN = Category(
    1001, "scarf", "scarf", Schema("scarf", ("left end", "middle", "right end"), ((0, 1), (1, 2))), "#123456"
)

#: What an accepted proposal leaves in a garment.
PROVENANCE = noted({}, Said("net", 0.75, "20260101-train", "c0ffee"), ["box", "category"], [0, 2])

numbers = st.one_of(
    st.integers(-50, 2_000).map(float), st.floats(-1e4, 1e4, allow_nan=False, allow_subnormal=False)
)
points = st.tuples(numbers, numbers)
words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=8)
facts = st.none() | st.integers(-3, 10**9)


@st.composite
def run_lengths(draw: st.DrawFn) -> dict[str, Any]:
    height, width = draw(st.integers(1, 9)), draw(st.integers(1, 9))
    bits = draw(st.lists(st.integers(0, 1), min_size=height * width, max_size=height * width))
    rle = masks.encode(np.array(bits).reshape(height, width))
    if draw(st.booleans()):
        rle["counts"] = masks.rle_counts(rle).tolist()
    return rle


@st.composite
def garments(draw: st.DrawFn, position: int, own: bool) -> Garment:
    kind = draw(st.sampled_from((*categories(), OWN) if own else categories()))
    size = draw(st.sampled_from((0, kind.schema.size)))
    states = draw(st.lists(st.sampled_from(Visibility), min_size=size, max_size=size))
    places = [
        (0.0, 0.0) if state is Visibility.UNLABELLED and draw(st.booleans()) else draw(points)
        for state in states
    ]
    polygons = draw(st.lists(st.lists(points, max_size=6), max_size=3))
    corners = draw(st.none() | st.tuples(points, points))
    box = None if corners is None else np.sort(np.array(corners), axis=0).ravel()
    return Garment(
        key=f"item{draw(st.integers(0, 3)) * 10 + position + 1}",
        position=position,
        category_id=kind.id,
        box=box,
        points=np.array(places).reshape(-1, 2),
        visibility=np.array(states, np.uint8),
        polygons=tuple(np.array(p).reshape(-1, 2) for p in polygons),
        rle=draw(st.none() | run_lengths()),
        pair_id=draw(facts),
        style=draw(facts),
        item_id=draw(st.just("") | words),
        scale=draw(facts),
        occlusion=draw(facts),
        zoom_in=draw(facts),
        viewpoint=draw(st.none() | st.integers(1, 3)),
        clothes_category=draw(st.none() | st.integers(1, 50)),
        clothes_type=draw(st.none() | st.integers(1, 3)),
        attributes=draw(st.dictionaries(words, st.sampled_from((-1, 0, 1)), max_size=3)),
        origin=draw(st.sampled_from(Origin)),
        extra=draw(st.sampled_from(({}, {"in-shop": {"pose": 3, "text": ["a", 1.5, None]}}, PROVENANCE))),
    )


@st.composite
def records(draw: st.DrawFn, image_id: int, own: bool = False, least: int = 0) -> ImageRecord:
    count = draw(st.integers(least, 3))
    image = Image(
        id=image_id,
        dataset_id=1,
        name=f"{image_id:06d}.jpg",
        width=draw(st.integers(1, 3_000)),
        height=draw(st.integers(1, 3_000)),
        size_known=True,
        split=draw(st.sampled_from(("", "train", "a split/of its own"))),
        role=draw(st.sampled_from(("", "query"))),
        domain=draw(st.sampled_from(Domain)),
        pair_id=draw(facts),
        review=draw(st.sampled_from(Review)),
        tags=tuple(draw(st.lists(words, max_size=2, unique=True))),
        extra=draw(st.sampled_from(({}, {"in-shop": {"name": "x"}}))),
    )
    return ImageRecord(image, tuple(draw(garments(position, own)) for position in range(count)))


DATASET = Dataset(id=1, name="drawn", format="drawn", images_root="/nowhere")


def write(
    kind: tuple[str, str],
    out: Path,
    what: Sequence[ImageRecord],
    dataset: Dataset = DATASET,
    own: Sequence[Category] = (OWN,),
    **options: Any,
) -> tuple[Writer, list[ImageRecord]]:
    """A writer that holds all records and is not finished, and what it read back."""
    writer = registry.writer(kind[0], out, WriteOptions(layout=kind[1], **options))
    writer.begin([dataset], [*categories(), *own], [record.image for record in what])
    for record in what:
        writer.add(record)
    return writer, list(writer.read_back())


def read(kind: tuple[str, str], path: Path, images: Path | None = None) -> tuple[Reader, list[ImageRecord]]:
    """A reader and all its records, numbered from 1."""
    reader = registry.reader(kind[0], path, ReadOptions(images=images))
    found = [
        record.but(image=record.image.but(id=number, dataset_id=1))
        for number, record in enumerate(reader.records(), 1)
    ]
    return reader, found


def dataset_of(reader: Reader) -> Dataset:
    """The dataset that an import would make."""
    return Dataset(
        id=1,
        name="again",
        format=reader.format,
        images_root=str(reader.images_root),
        extra=reader.extra(),
    )


def differences(one: ImageRecord, other: ImageRecord, format: str, unsaid: frozenset[str]) -> list[str]:
    """In what two records differ, ids and what the format keeps for itself left aside."""
    found = _fields(
        "image", one.image, other.image, format, {"id", "dataset_id", "state", "version", *unsaid}
    )
    if len(one.garments) != len(other.garments):
        return [*found, f"{len(one.garments)} garments became {len(other.garments)}"]
    for number, (a, b) in enumerate(zip(one.garments, other.garments, strict=True), 1):
        found += _fields(f"garment {number}", a, b, format, {"id", "image_id", "version"})
    return found


def _fields(what: str, a: Any, b: Any, format: str, ignored: set[str]) -> list[str]:
    a, b = (r.but(extra={k: v for k, v in r.extra.items() if k != format}) for r in (a, b))
    names = [field.name for field in fields(a)]
    return [
        f"{what}.{name}: {getattr(a, name)!r} became {getattr(b, name)!r}"
        for name in names
        if name not in ignored and not a.same_as(b, frozenset(names) - {name})
    ]


def size_of(garment: Garment) -> int:
    """Landmarks of a garment's schema."""
    return OWN.schema.size if garment.category_id == OWN.id else category(garment.category_id).schema.size
