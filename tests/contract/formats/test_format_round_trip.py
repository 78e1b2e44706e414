"""What every format promises of what it writes."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings

from store.formats.fingerprint import fingerprint
from store.records import Dataset, Garment, Image, ImageRecord, Review
from tests.contract.formats.format_records import (
    KINDS,
    OWN,
    dataset_of,
    differences,
    read,
    records,
    write,
)

#: Few in the suite, many where `make fuzz` draws others.
EXAMPLES = 12 if settings.default.derandomize else 40
several = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _target(folder: str, kind: tuple[str, str]) -> Path:
    return Path(folder) / ("out.json" if kind[0] == "coco" else "out")


@pytest.mark.parametrize("kind", KINDS, ids=" ".join)
@several
@given(record=records(1, least=1), other=records(2, least=1))
def test_all_that_is_written_comes_back(
    kind: tuple[str, str], record: ImageRecord, other: ImageRecord
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        writer, found = write(kind, _target(folder, kind), [record, other], precise=True)
        for before, after in zip([record, other], found, strict=True):
            assert differences(before, after, kind[0], writer.unsaid) == []
            promised = fingerprint(writer.promise(before), kind[0], writer.unsaid)
            assert promised == fingerprint(after, kind[0], writer.unsaid)
        writer.abort()
        assert list(Path(folder).iterdir()) == []


@pytest.mark.parametrize("kind", KINDS, ids=" ".join)
@several
@given(record=records(1, own=True))
def test_what_is_lost_is_said_and_the_rest_is_as_promised(kind: tuple[str, str], record: ImageRecord) -> None:
    with tempfile.TemporaryDirectory() as folder:
        writer, (found,) = write(kind, _target(folder, kind), [record])
        promised = writer.promise(record)
        assert differences(promised, found, kind[0], writer.unsaid) == []
        lost = [what for what, kept, _ in writer.losses(record) if not kept]
        assert bool(differences(record, found, kind[0], writer.unsaid)) == bool(lost)
        writer.abort()


def _plain(number: int, *garments: Garment) -> ImageRecord:
    image = Image(id=number, dataset_id=1, name=f"{number:06d}.jpg", width=1, height=1, size_known=True)
    return ImageRecord(image, garments)


#: What Python takes for a blank in text, and no tool does in a list.
ODD_NAMES = {"\x1f": -1, "0": -1, "\x85": 1, "\u2028": 1}


@pytest.mark.parametrize("kind", KINDS, ids=" ".join)
@several
@given(record=records(1, own=True), other=records(2, own=True, least=1))
@example(record=_plain(1), other=_plain(2, Garment(key="item1", category_id=8, attributes=ODD_NAMES)))
def test_untouched_comes_back_byte_for_byte(
    kind: tuple[str, str], record: ImageRecord, other: ImageRecord
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        first, second = Path(folder) / "first", Path(folder) / "second"
        for place in (first, second):
            place.mkdir()
        out = _target(str(first), kind)
        writer, _ = write(kind, out, [record, other], precise=True)
        writer.finish()
        reader, found = read(kind, out, first)
        again = _target(str(second), kind)
        writer, _ = write(kind, again, found, dataset_of(reader), reader.categories())
        writer.finish()
        names = sorted(path.relative_to(first) for path in first.rglob("*") if path.is_file())
        assert names == sorted(path.relative_to(second) for path in second.rglob("*") if path.is_file())
        for name in names:
            assert _without_root((second / name).read_bytes()) == _without_root((first / name).read_bytes())


def _without_root(data: bytes) -> bytes:
    """A file without the folder of the pictures, which is another after the first time."""
    return re.sub(rb'"(\.\./)+(first|nowhere)"', b'"pictures"', data)


@pytest.mark.parametrize("kind", KINDS, ids=" ".join)
def test_an_export_of_nothing_but_an_image_is_read(kind: tuple[str, str], tmp_path: Path) -> None:
    record = ImageRecord(Image(id=1, dataset_id=1, name="a.jpg", width=3, height=4, size_known=True))
    writer, found = write(kind, _target(str(tmp_path), kind), [record], own=())
    assert [one.image.name for one in found] == ["a.jpg"]
    assert found[0].image.review is Review.TO_DO
    assert OWN.id not in {garment.category_id for garment in found[0].garments}
    writer.abort()


@pytest.mark.parametrize("kind", KINDS, ids=" ".join)
@pytest.mark.parametrize("extra", [{}, {"of another format": {"name": "x"}}], ids=["plain", "noted"])
def test_an_export_of_nothing_is_read_as_nothing(
    kind: tuple[str, str], extra: dict[str, Any], tmp_path: Path
) -> None:
    out = _target(str(tmp_path), kind)
    writer, found = write(kind, out, [], Dataset(id=1, name="none", format=kind[0], extra=extra), own=())
    assert found == []
    writer.finish()
    reader, found = read(kind, out)
    assert (len(reader), found, list(reader.problems())) == (0, [], [])
