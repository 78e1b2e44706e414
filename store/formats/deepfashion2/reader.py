"""Reads DeepFashion2 folders."""

from __future__ import annotations

import codecs
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from resources.taxonomy import Category
from store.formats.base import Complaints, ReadOptions
from store.formats.deepfashion2 import FORMAT
from store.formats.deepfashion2.documents import decode, notes_of
from store.formats.deepfashion2.layout import Found, Part, find, listing
from store.formats.values import word
from store.records import Image, ImageRecord, ImageState, Problem


class DeepFashion2Reader:
    """Yields the images of a DeepFashion2 folder, split by split, in the order of their file names.

    Raises :class:`store.errors.FormatError` at once where the path holds no such dataset; a bad
    annotation later only puts problems on its image.
    """

    format = FORMAT

    def __init__(self, path: Path, options: ReadOptions) -> None:
        self._images_given = options.images is not None
        self.images_root, self._parts = find(path.absolute(), options)

    @staticmethod
    def detects(path: Path) -> bool:
        """Whether a path looks like DeepFashion2."""
        if not path.is_dir():
            return False
        folders = [path, *sorted(child for child in path.iterdir() if child.is_dir())]
        return any((folder / "annos").is_dir() for folder in folders) or (
            path.name == "annos" and any(path.glob("*.json"))
        )

    @cached_property
    def _listings(self) -> list[list[Found]]:
        return [listing(part) for part in self._parts]

    def __len__(self) -> int:
        return sum(map(len, self._listings))

    def categories(self) -> tuple[Category, ...]:
        """None: DeepFashion2 has only the 13."""
        return ()

    def extra(self) -> Mapping[str, Any]:
        """Nothing: DeepFashion2 says nothing of a whole dataset."""
        return {}

    def problems(self) -> Sequence[Problem]:
        """None: every problem has its image."""
        return ()

    def records(self) -> Iterator[ImageRecord]:
        """All images, annotated or not, with or without their picture."""
        names: set[str] = set()
        for part, found in zip(self._parts, self._listings, strict=True):
            for one in found:
                record = self._record(part, one)
                name = record.image.name
                if name in names:
                    record = _renamed(record, part.split, name)
                names.add(record.image.name)
                yield record

    def _record(self, part: Part, found: Found) -> ImageRecord:
        name = part.prefix + (found.picture or f"{found.stem}.jpg")
        state = ImageState.PRESENT if found.picture else ImageState.MISSING
        printable = _printable(name)
        told = Complaints(_printable(f"{found.stem}.json") if found.annotated else printable)
        if printable != name:
            told.error(
                "file-name", "The file name is not UTF-8; the picture is kept as missing. Rename the files."
            )
            state = ImageState.MISSING
        image = Image(name=printable, split=part.split, state=state)
        for other in found.others:
            told.warn("picture-name", f"{other} has the same stem as {found.picture}; only that is used.")
        record = ImageRecord(image)
        if found.annotated and part.annotations is not None:
            record = read_annotation(part.annotations / f"{found.stem}.json", image, told)
        if not found.picture and self._images_given:
            record = self._elsewhere(record)
        return record.but(problems=tuple(told.found))

    def _elsewhere(self, record: ImageRecord) -> ImageRecord:
        """With a picture folder given, the picture may be there under the name our key remembers."""
        name = word(notes_of(record.image).get("name"))
        if name and ".." not in name.split("/") and (self.images_root / name).is_file():
            return record.but(image=record.image.but(name=name, state=ImageState.PRESENT))
        return record


def read_annotation(path: Path, image: Image, told: Complaints) -> ImageRecord:
    """The record of one annotation file; what cannot be read gives the image alone."""
    place = _printable(f"annos/{path.name}")
    told.file = f"{image.split}/{place}" if image.split else place
    raw = b""
    try:
        if stat.S_ISREG(path.stat().st_mode):
            raw = path.read_bytes()
        else:
            told.error("json", "The annotation is no file but a folder, device or pipe.")
            return ImageRecord(image)
        text = raw.decode("utf-8")
    except OSError as error:
        told.error("json", f"The annotation cannot be read: {error.strerror}.")
        return ImageRecord(image)
    except UnicodeDecodeError as error:
        what = f"not UTF-8 text (byte {error.start})"
        if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            what = "UTF-16 text"
        told.error("json", f"The annotation is {what}. Save it as UTF-8.")
        return ImageRecord(image)
    return decode(text.removeprefix("\ufeff"), image, told)


def _printable(name: str) -> str:
    """A file name as text, with bytes that are not UTF-8 as ``\\xff``."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _renamed(record: ImageRecord, split: str, name: str) -> ImageRecord:
    """Two images of one dataset cannot have one name: the later one is kept under another."""
    told = Complaints(name)
    told.error("picture-name", "An image of another split has the same name; give each split its folder.")
    image = record.image.but(name=f"{split}/{name}", state=ImageState.MISSING)
    return record.but(image=image, problems=(*record.problems, *told.found))
