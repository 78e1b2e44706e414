"""The quick ways of a COCO export beside the careful ones, which say what is right."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resources.taxonomy import categories
from store.errors import FormatError
from store.formats import registry
from store.formats.base import WriteOptions
from store.formats.coco import annotations, proof
from store.formats.coco.annotations import Ids
from store.formats.coco.categories import ALL_LANDMARKS, Kind
from store.formats.coco.usual import usual
from store.formats.coco.writer import CocoWriter
from store.formats.fingerprint import fingerprint
from store.formats.values import text
from store.records import Domain, Garment, Image, ImageRecord, Origin, Review
from tests.contract.formats.format_records import DATASET, OWN, records

several = settings(max_examples=25 if settings.default.derandomize else 400, deadline=None)
places = st.one_of(
    st.integers(0, 900).map(float), st.floats(-50, 900), st.sampled_from((0.0, -0.0, 1e9, 2.0**53, np.inf))
)
levels = st.one_of(st.none(), st.integers(-1, 4))


@st.composite
def garments(draw: st.DrawFn) -> Garment:
    kind = draw(st.sampled_from(categories()[:4]))
    size = draw(st.sampled_from((kind.schema.size, kind.schema.size, 0)))
    numbers = st.lists(places, min_size=2, max_size=10)
    polygons = draw(st.lists(numbers, max_size=3))
    return Garment(
        key=draw(st.sampled_from(("", "item1"))),
        category_id=kind.id,
        box=None if draw(st.integers(0, 5)) == 0 else draw(st.lists(places, min_size=4, max_size=4)),
        points=draw(st.lists(places, min_size=2 * size, max_size=2 * size)),
        visibility=draw(st.lists(st.sampled_from((1, 2, 2, 2)), min_size=size, max_size=size)),
        polygons=tuple(p[: len(p) // 2 * 2] for p in polygons),
        rle=draw(st.sampled_from((None, None, {"size": [2, 2], "counts": [4]}))),
        pair_id=draw(levels),
        style=draw(levels),
        scale=draw(levels),
        zoom_in=draw(levels),
        item_id=draw(st.sampled_from(("", "id_1"))),
        attributes=draw(st.sampled_from(({}, {"striped": 1}, {"striped": -1}))),
        origin=draw(st.sampled_from(Origin)),
        extra=draw(st.sampled_from(({}, {"in-shop": {"a": 1}}, {"coco": {"iscrowd": 1}}))),
    )


@pytest.mark.parametrize("block", ["own", "all"])
@several
@given(garment=garments(), area=st.one_of(st.none(), st.integers(0, 90_000).map(float), st.floats(0, 1e6)))
def test_the_quick_text_of_a_garment_is_the_careful_one(
    garment: Garment, area: float | None, block: str
) -> None:
    category = categories()[garment.category_id - 1]
    size, offset = (ALL_LANDMARKS, category.offset or 0) if block == "all" else (category.schema.size, 0)
    kind = Kind(category, size, offset)
    quick = usual(garment, kind, Ids(0, 5, 3), area)
    if quick is not None:
        careful = text(annotations.write(garment, kind, Ids(77, 5, 3), area))
        assert quick[0] + b"77" + quick[1] == careful


def test_a_usual_garment_is_written_the_quick_way() -> None:
    category = categories()[0]
    points = np.linspace(1, 80, 2 * category.schema.size).reshape(-1, 2)
    states = np.full(len(points), 2, np.uint8)
    garment = Garment(category_id=1, box=np.array([1.5, 2, 80, 90]), points=points, visibility=states)
    quick = usual(garment.but(polygons=(points,), scale=2), Kind(category, len(points)), Ids(0, 1, 1), 5.0)
    assert quick is not None


def _written(found: Sequence[ImageRecord], out: Path, layout: str) -> CocoWriter:
    writer = registry.writer("coco", out, WriteOptions(layout=layout))
    assert isinstance(writer, CocoWriter)
    writer.begin([DATASET], [*categories(), OWN], [record.image for record in found])
    writer.put(writer.encoder.encode(found, writer.numbers([record.image.id for record in found])))
    return writer


@pytest.mark.parametrize("layout", ["per-category", "294"])
@several
@given(found=st.tuples(records(1, own=True), records(2, least=1), records(3)))
def test_the_quick_reading_finds_what_the_reader_finds(found: tuple[ImageRecord, ...], layout: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        writer = _written(found, Path(folder) / "c.json", layout)
        quick = [writer.proof().read(span).digests for span in writer.spans()]
        careful = [fingerprint(record, "coco", frozenset()) for record in writer.read_back()]
        promised = [fingerprint(writer.promise(record), "coco", frozenset()) for record in found]
        assert b"".join(quick) == b"".join(careful) == b"".join(promised)
        writer.abort()


def _usual_record(number: int) -> ImageRecord:
    image = Image(
        id=number,
        dataset_id=1,
        name=f"train/{number}.jpg",
        width=90,
        height=90,
        size_known=True,
        split="train",
        domain=Domain.SHOP,
        review=Review.ACCEPTED,
    )
    category = categories()[number % 13]
    points = np.linspace(1, 80, 2 * category.schema.size).reshape(-1, 2)
    states = np.full(len(points), 2, np.uint8)
    garment = Garment(category_id=category.id, box=[1.5, 2, 80, 90], points=points, visibility=states)
    return ImageRecord(image, (garment.but(polygons=(points,), style=number),))


def test_what_is_usual_never_meets_the_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = _written([_usual_record(n) for n in range(1, 14)], tmp_path / "c.json", "")
    monkeypatch.setattr(proof, "decode", None)
    found = writer.proof().read(writer.spans()[0])
    assert len(found.digests) == 13 * 16
    writer.abort()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"style":3', b'"style":4'),
        (b"train/5.jpg", b"train/6.jpg"),
        (b'"iscrowd":0,"style":7', b'"iscrowd":0,"stale":7'),
        (b'"bbox":[1.5', b'"bbox":[1.6'),
        (b'"split":"train"', b'"split":"trein"'),
        (b",80.0,2.0]", b",80.0,1.0]"),
        (b",80.0,2.0]", b",80.5,2.0]"),
        (b",80.0,2.0]", b",true,2.0]"),
        (b",80]]", b",81]]"),
    ],
)
def test_any_changed_byte_of_what_matters_is_found(tmp_path: Path, old: bytes, new: bytes) -> None:
    found = [_usual_record(n) for n in range(1, 9)]
    writer = _written(found, tmp_path / "c.json", "")
    reading, span = writer.proof(), writer.spans()[0]
    before = reading.read(span).digests
    raw = reading.path.read_bytes()
    assert old in raw
    reading.path.write_bytes(raw.replace(old, new, 1))
    assert reading.read(span).digests != before
    writer.abort()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"image_id":3', b'"image_id":9'),
        (b'"id":3,', b'"id":x,'),
        (b'"id":3,', b'"id":"",'),
        (b"[1.5,", b"[1.5 "),
        (b"\n{", b"\n["),
    ],
)
def test_a_file_that_makes_no_sense_is_told(tmp_path: Path, old: bytes, new: bytes) -> None:
    writer = _written([_usual_record(n) for n in range(1, 9)], tmp_path / "c.json", "")
    reading, span = writer.proof(), writer.spans()[0]
    reading.path.write_bytes(reading.path.read_bytes().replace(old, new, 1))
    with pytest.raises(FormatError, match="does not read back"):
        reading.read(span)
    writer.abort()


def test_what_stands_around_the_pieces_is_looked_at_too(tmp_path: Path) -> None:
    writer = _written([_usual_record(n) for n in range(1, 9)], tmp_path / "c.json", "")
    path = writer.proof().path
    raw = path.read_bytes()
    path.write_bytes(raw.replace(b'"supercategory"', b'"supracategory"'))
    with pytest.raises(FormatError, match="around"):
        writer.proof()
    writer.abort()


def test_a_gap_for_the_id_is_found_though_the_source_has_the_number(tmp_path: Path) -> None:
    record = _usual_record(1)
    mark = -(2**63) + 1
    notes = {"coco": {"unknown": {"id of another": mark, "more": {"id": mark}}}}
    garment = record.garments[0].but(extra=notes)
    writer = _written([record.but(garments=(garment,))], tmp_path / "c.json", "")
    writer.proof()
    (path,) = writer.finish()
    (entry,) = json.loads(path.read_text())["annotations"]
    assert (entry["id"], entry["more"]) == (1, {"id": mark})
