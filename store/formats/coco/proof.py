"""Reads a COCO file that was just written, a piece at a time and in any process, to compare it with what
the store said.

What is usual is taken straight from the parsed text; all else is left to the reader. It knows nothing of how
the file was written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import numpy as np
import orjson

from store.errors import FormatError
from store.formats.base import Complaints
from store.formats.coco import FORMAT, images
from store.formats.coco.annotations import Ids
from store.formats.coco.decoding import decode
from store.formats.coco.usual_reading import Kinds, garments_said, image_said
from store.formats.extents import size_from
from store.formats.fingerprint import digest, fingerprint
from store.formats.source import Entry
from store.formats.values import loads, text, too_deep
from store.records import Garment, ImageRecord

_LARGEST = 2**63


class Span(NamedTuple):
    """Where some images and all of their annotations stand in a file, as bytes."""

    images: tuple[int, int]
    annotations: tuple[int, int]


@dataclass(slots=True)
class Found:
    """What stands in a span: digests of 16 bytes an image, and the ids as int64.

    ``problems`` are what the reader said of some images, by their place.
    """

    digests: bytes
    image_ids: bytes
    annotation_ids: bytes
    problems: dict[int, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Proof:
    """Reads spans of a file. ``kinds`` are the categories of the file and our ids of them, by those there.

    ``root`` is the folder that names of pictures start from.
    """

    path: Path
    kinds: Kinds
    root: Path

    def read(self, span: Span) -> Found:
        """What stands in a span. FormatError where it is not JSON, or holds what belongs elsewhere."""
        entries, annotations = entries_of(self.path, span)
        found = Found(b"", _ids(self.path, entries), _ids(self.path, annotations))
        by_image: dict[int, list[int]] = {entry["id"]: [] for entry in entries}
        positions = []
        for place, annotation in enumerate(annotations):
            owner = annotation.get("image_id")
            if type(owner) is not int or owner not in by_image:
                raise _not_as_written(self.path, f"annotation {annotation['id']} has no image there")
            positions.append(len(by_image[owner]))
            by_image[owner].append(place)
        said = garments_said(annotations, positions, self.kinds)
        digests = []
        for number, entry in enumerate(entries):
            places = by_image[entry["id"]]
            image, garments = image_said(entry), [one for place in places if (one := said[place]) is not None]
            if image is not None and len(garments) == len(places):
                digests.append(digest(image, garments))
            else:
                digests.append(self._read(number, entry, [annotations[place] for place in places], found))
        found.digests = b"".join(digests)
        return found

    def _read(self, place: int, entry: Entry, annotations: Sequence[Entry], found: Found) -> bytes:
        """The digest of an image as the reader reads it."""
        told = Complaints(self.path.name)
        garments: list[Garment] = []
        for annotation in annotations:
            number = annotation.get("category_id")
            kind, own = self.kinds.get(number, (None, 0)) if type(number) is int else (None, 0)
            if kind is None or too_deep(text(annotation), annotation):
                continue
            ids = Ids(annotation["id"], entry["id"], annotation["category_id"])
            garments.append(
                decode(annotation, kind, ids, len(garments), told, noted=False).but(category_id=own)
            )
        image = images.decode(entry, entry["id"], self.root, "", told)
        if not image.width or not image.height:
            width, height = size_from(garments)
            image = image.but(width=width, height=height)
        if told.found:
            found.problems[place] = [problem.message for problem in told.found]
        return fingerprint(ImageRecord(image, tuple(garments)), FORMAT, frozenset())


def entries_of(path: Path, span: Span) -> tuple[list[Entry], list[Entry]]:
    """The images and annotations of a span. FormatError where it does not parse."""
    with path.open("rb") as file:
        read = []
        for start, end in span:
            file.seek(start)
            read.append(_parsed(path, file.read(end - start)))
    return read[0], read[1]


def frame_of(path: Path, spans: Sequence[Span]) -> Entry:
    """What stands around the spans of a file: its top level, with nothing in the two arrays.

    FormatError where that is no JSON, or anything but a comma stands between two spans of an array.
    """
    places = sorted(
        (*place, array) for span in spans for array, place in enumerate(span) if place[0] < place[1]
    )
    frame, at, last = [], 0, -1
    with path.open("rb") as file:
        for start, end, array in places:
            file.seek(at)
            gap = file.read(start - at)
            if array != last:
                frame.append(gap)
            elif gap.strip() != b",":
                raise _not_as_written(path, "entries are not divided by commas")
            at, last = end, array
        file.seek(at)
        frame.append(file.read())
    return _parsed(path, b"".join(frame))[0]


def _parsed(path: Path, raw: bytes) -> list[Entry]:
    raw = b"[" + raw + b"]"
    try:
        try:
            found = orjson.loads(raw)
        except orjson.JSONDecodeError:
            # Halves of surrogate pairs are JSON to the reader.
            found = loads(raw, len)
    except ValueError as error:
        raise _not_as_written(path, f"it does not parse ({error})") from error
    if not all(type(entry) is dict for entry in found):
        raise _not_as_written(path, "an entry is no object")
    return list(found)


def _ids(path: Path, entries: Sequence[Entry]) -> bytes:
    found = [entry.get("id") for entry in entries]
    if not all(type(number) is int and abs(number) < _LARGEST for number in found):
        raise _not_as_written(path, "an id is no whole number")
    return np.array(found, np.int64).tobytes()


def _not_as_written(path: Path, what: str) -> FormatError:
    return FormatError(
        f"What was written does not read back: in {path.name}, {what}.",
        "Nothing was left behind. Check the disk and try again.",
    )
