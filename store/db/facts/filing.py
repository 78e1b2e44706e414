"""The facts in a file: NumPy's own format of several arrays, written whole or not at all."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from store.db.facts.filenames import FileNames
from store.db.facts.snapshot import Facts, GarmentFacts, ImageFacts, Links, Words

#: Of another version nothing is read.
_VERSION = 3


def write_file(file: Path, facts: Facts, token: int) -> None:
    """Write the facts. OSError where they cannot be written: the file is as before then."""
    part = file.with_name(f"{file.name}.{os.getpid()}.part")
    head = np.array([_VERSION, token, facts.stamp], np.int64)
    columns = dict(_columns("images", facts.images)) | dict(_columns("garments", facts.garments))
    try:
        with part.open("wb") as out:
            np.savez(out, allow_pickle=False, head=head, **columns)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def read_file(file: Path, token: int) -> Facts | None:
    """The facts of a file; None where there is none, it is damaged, or was written with another token."""
    try:
        with file.open("rb") as source, np.load(source, allow_pickle=False) as found:
            version, written, stamp = (int(value) for value in found["head"])
            if version != _VERSION or written != token:
                return None
            images = ImageFacts(**_values("images", ImageFacts, found))
            return Facts(stamp, images, GarmentFacts(**_values("garments", GarmentFacts, found)))
    except (OSError, EOFError, KeyError, ValueError, TypeError, zipfile.BadZipFile):
        return None


def _columns(name: str, facts: ImageFacts | GarmentFacts) -> Iterator[tuple[str, NDArray[Any]]]:
    for field in fields(facts):
        value, key = getattr(facts, field.name), f"{name}.{field.name}"
        match value:
            case FileNames(text):
                yield key, np.frombuffer(text, np.uint8)
            case Words(words, codes):
                yield f"{key}.words", _packed(words)
                yield f"{key}.codes", codes
            case Links(words, rows, codes):
                yield f"{key}.words", _packed(words)
                yield f"{key}.rows", rows
                yield f"{key}.codes", codes
            case _:
                yield key, value


def _values(name: str, kind: type[ImageFacts] | type[GarmentFacts], found: Any) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for field in fields(kind):
        key = f"{name}.{field.name}"
        if f"{key}.rows" in found:
            words = _unpacked(found[f"{key}.words"])
            values[field.name] = Links(words, found[f"{key}.rows"], found[f"{key}.codes"])
        elif f"{key}.codes" in found:
            values[field.name] = Words(_unpacked(found[f"{key}.words"]), found[f"{key}.codes"])
        elif field.name == "names":
            values[field.name] = FileNames(found[key].tobytes())
        else:
            values[field.name] = found[key]
    return values


def _packed(words: tuple[str, ...]) -> NDArray[np.uint8]:
    return np.frombuffer(FileNames.of(words).text, np.uint8)


def _unpacked(packed: NDArray[np.uint8]) -> tuple[str, ...]:
    names = FileNames(packed.tobytes())
    return tuple(names.name(row) for row in range(len(names)))
