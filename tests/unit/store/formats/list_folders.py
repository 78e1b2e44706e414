"""Folders of lists that tests write, and how they go into the program and out again."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from hypothesis import strategies as st

from resources.taxonomy import categories
from store.formats import registry
from store.formats.base import Reader, ReadOptions, WriteOptions
from store.records import Dataset, ImageRecord


def folder(place: Path, files: Mapping[str, str | bytes]) -> Path:
    """A dataset of some files, by their path."""
    for name, text in files.items():
        path = place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return place


def listed(columns: str, *rows: str, count: int | None = None) -> str:
    """The text of a list."""
    heading = f"{len(rows) if count is None else count}\n{columns}\n" if columns else ""
    return heading + "".join(f"{row}\n" for row in rows)


def read(path: Path, format: str = "auto") -> tuple[Reader, list[ImageRecord]]:
    """All records of a dataset, with ids."""
    reader = registry.reader(format, path, ReadOptions())
    found = [
        record.but(image=record.image.but(id=number, dataset_id=1))
        for number, record in enumerate(reader.records(), 1)
    ]
    assert len(reader) == len(found)
    return reader, found


def write(
    reader: Reader,
    found: list[ImageRecord],
    out: Path,
    format: str = "",
    layout: str = "",
    precise: bool = False,
) -> dict[str, bytes]:
    """What comes out of records that were read, by path; our own files left aside."""
    writer = registry.writer(format or reader.format, out, WriteOptions(layout=layout, precise=precise))
    dataset = Dataset(id=1, name="d", format=reader.format, extra=reader.extra())
    writer.begin([dataset], [*categories(), *reader.categories()], [record.image for record in found])
    for record in found:
        writer.add(record)
    assert len(list(writer.read_back())) == len(found)
    writer.finish()
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in sorted(out.rglob("*"))
        if path.is_file() and not path.name.startswith("deepfashion_studio")
    }


def codes(record: ImageRecord) -> list[str]:
    """The codes of a record's problems."""
    return [problem.code for problem in record.problems]


def damaged(data: st.DataObject, files: Mapping[str, str]) -> dict[str, bytes]:
    """Some of the files, with bytes changed here and there."""
    found = {name: text.encode() for name, text in files.items() if data.draw(st.booleans())}
    for name in found:
        text = bytearray(found[name])
        for _ in range(data.draw(st.integers(0, 3))):
            at = data.draw(st.integers(0, len(text)))
            text[at : at + data.draw(st.integers(0, 12))] = data.draw(
                st.binary(max_size=6)
                | st.sampled_from([b"\n", b" ", b"9" * 30, b"nan", b"\xff\xfe", b"../", b"-", b"\0"])
            )
        found[name] = bytes(text)
    return found


def read_and_written(reader: Reader, out: Path) -> None:
    """All that is there is read, each problem has its place, and what was read can be written."""
    found = list(reader.records())
    assert len(found) == len(reader)
    assert all(problem.file and problem.message for record in found for problem in record.problems)
    write(reader, [one.but(image=one.image.but(id=i)) for i, one in enumerate(found, 1)], out)
