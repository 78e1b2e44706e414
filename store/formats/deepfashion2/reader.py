"""Reads DeepFashion2 folders."""

from __future__ import annotations

import codecs
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain, islice
from pathlib import Path
from typing import Any

from resources.schemas import Schema
from resources.taxonomy import Category
from store.errors import FormatError
from store.formats.base import FIRST_OWN_CATEGORY, Apart, Complaints, ReadOptions, Ready
from store.formats.deepfashion2 import FORMAT
from store.formats.deepfashion2.documents import decode, decode_plainly, decode_with_care, notes_of
from store.formats.deepfashion2.ground_truth import (
    GroundTruth,
    differ,
    entries_of,
    find_truth,
    is_truth,
    number_of,
    record_of,
)
from store.formats.deepfashion2.item_writing import crc
from store.formats.deepfashion2.layout import Found, Listing, Part, find
from store.formats.lists.benchmark import UNTYPED, own_category
from store.formats.values import text, word
from store.records import Image, ImageRecord, ImageState, Problem

#: A part and images of it; -1 and none where there is only a ground truth.
Piece = tuple[int, tuple[Found, ...]]
_PIECE = 64
#: What the gallery's ground truth shows, for it names no categories.
_UNTYPED = own_category(FIRST_OWN_CATEGORY, UNTYPED, Schema(UNTYPED, ()))


class DeepFashion2Reader:
    """Yields the images of a DeepFashion2 folder, split by split, in the order of their file names.

    The ground truth of the retrieval benchmark gives images their role; where there is nothing else it gives
    images with boxes. Raises :class:`store.errors.FormatError` at once where the path holds no such dataset;
    a bad annotation later only puts problems on its image.
    """

    format = FORMAT

    def __init__(self, path: Path, options: ReadOptions) -> None:
        path = path.absolute()
        self._images_given = options.images is not None
        self._told = Complaints(path.name)
        self.images_root, self._parts = _found(path, options)
        several = len({part.prefix for part in self._parts}) < len(self._parts)
        self._names_meet, self._names = self._images_given or several, set[str]()
        base = path.parent if path.name == "annos" or path.is_file() else path
        self._unmet: set[tuple[str, int]] = set()
        self._truth = GroundTruth(find_truth(base, [part.split for part in self._parts]), self._told)

    @staticmethod
    def detects(path: Path) -> bool:
        """Whether a path looks like DeepFashion2."""
        if not path.is_dir():
            return is_truth(path)
        folders = [path, *sorted(child for child in path.iterdir() if child.is_dir())]
        return (
            any((folder / "annos").is_dir() for folder in folders)
            or (path.name == "annos" and any(path.glob("*.json")))
            or bool(find_truth(path, ()))
        )

    @cached_property
    def _listings(self) -> list[Listing]:
        return [Listing(part) for part in self._parts]

    def __len__(self) -> int:
        return sum(map(len, self._listings)) if self._parts else len(self._truth)

    def categories(self) -> tuple[Category, ...]:
        """None: DeepFashion2 has only the 13. But of the gallery alone nobody says what its garments are."""
        return () if self._parts else (_UNTYPED,)

    def extra(self) -> Mapping[str, Any]:
        """How the ground truth is written; else DeepFashion2 says nothing of a whole dataset."""
        notes = self._truth.notes()
        return {FORMAT: {"ground_truth": notes}} if notes else {}

    def problems(self) -> Sequence[Problem]:
        """What is wrong with the ground truth; every other problem has its image."""
        return tuple(self._told.found)

    def records(self) -> Iterator[ImageRecord]:
        """All images, annotated or not, with or without their picture."""
        yield from self._annotated() if self._parts else self._of_truth()

    def _of_truth(self) -> Iterator[ImageRecord]:
        several = len({split for split, _ in self._truth.images()}) > 1
        for split, number in self._truth.images():
            stem = f"{number:06d}"
            told = Complaints(f"{stem}.json")
            role, entries = self._truth.role(split, stem), self._truth.entries(split, stem) or ()
            record = record_of(split, number, role, entries, _UNTYPED.id, told)
            if several:
                image = record.image
                record = record.but(image=image.but(name=f"{split}/{image.name}" if split else image.name))
            yield record.but(problems=tuple(told.found))

    def _annotated(self) -> Iterator[ImageRecord]:
        for found in chain.from_iterable(map(self.read, self.pieces(_PIECE))):
            record = found if isinstance(found, ImageRecord) else found.record()
            other = self.apart(record.image.name, record.image.split)
            yield record if other is None else other.of(record)
        self.ended()

    def pieces(self, size: int) -> Iterator[Piece]:
        """What to read, ``size`` images at a time; which of the ground truth are met is noted here."""
        if not self._parts:
            yield -1, ()
            return
        self._unmet = set(self._truth.images())
        self._names.clear()
        for place, found in enumerate(self._listings):
            rest = iter(found)
            while piece := tuple(islice(rest, size)):
                if self._unmet:
                    split = self._parts[place].split
                    self._unmet -= {(split, number_of(one.stem) or 0) for one in piece}
                yield place, piece

    def read(self, piece: Piece) -> list[ImageRecord | Ready]:
        """The images of a piece, each as if there were no other."""
        place, found = piece
        if place < 0:
            return list(self._of_truth())
        return [self._record(self._parts[place], one) for one in found]

    def apart(self, name: str, split: str) -> Apart | None:
        """Two images of one dataset cannot have one name: the later one is kept under another, as missing."""
        # Folders of their own keep names apart.
        if not self._names_meet:
            return None
        if name not in self._names:
            self._names.add(name)
            return None
        told = Complaints(name)
        told.error("picture-name", "An image of another split has the same name; give each split its folder.")
        self._names.add(f"{split}/{name}")
        return Apart(f"{split}/{name}", ImageState.MISSING, told.found[0])

    def ended(self) -> None:
        """What of the ground truth was not met is told."""
        if self._unmet:
            split, number = min(self._unmet)
            what = f"{len(self._unmet):,} images of the ground truth are not there, such as {number:06d} of "
            self._told.file = self._truth.notes()[0]["place"]
            self._told.warn("ground-truth", f"{what}{split or 'the dataset'}.")

    def _record(self, part: Part, found: Found) -> ImageRecord | Ready:
        name = part.prefix + (found.picture or f"{found.stem}.jpg")
        state = ImageState.PRESENT if found.picture else ImageState.MISSING
        printable = _printable(name)
        told = Complaints(_printable(f"{found.stem}.json") if found.annotated else printable)
        if printable != name:
            told.error(
                "file-name", "The file name is not UTF-8; the picture is kept as missing. Rename the files."
            )
            state = ImageState.MISSING
        role = self._truth.role(part.split, found.stem)
        image = Image(name=printable, split=part.split, state=state, role=role)
        for other in found.others:
            told.warn("picture-name", f"{other} has the same stem as {found.picture}; only that is used.")
        record = ImageRecord(image)
        if found.annotated and part.annotations is not None:
            said = _text(f"{part.annotations}/{found.stem}.json", image, told)
            plain = decode_plainly(said, image) if said is not None else None
            if plain is not None and found.picture and not role and not told.found:
                return plain
            if plain is not None:
                record = plain.record()
            elif said is not None:
                record = decode_with_care(said, image, told)
        if not found.picture and self._images_given:
            record = self._elsewhere(record)
        if role:
            record = self._with_truth(record, part.split, found.stem, told)
        found_wrong = told.found
        return record.but(problems=tuple(found_wrong)) if found_wrong else record

    def _with_truth(self, record: ImageRecord, split: str, stem: str, told: Complaints) -> ImageRecord:
        """Notes what the ground truth says, where the annotation does not say the same."""
        role, number = self._truth.role(split, stem), number_of(stem) or 0
        notes = {**notes_of(record.image), "told_role": role}
        said = self._truth.entries(split, stem)
        if said is not None:
            expected = entries_of(record.image, record.garments, number, role)
            if text(said) != text(expected):
                notes["ground_truth"] = {"role": role, "entries": said, "of": crc(expected)}
            if differ(said, expected):
                what = f"The {role} ground truth says otherwise than the annotation, which counts."
                told.warn("ground-truth", what)
        extra = {**record.image.extra, FORMAT: notes}
        return record.but(image=record.image.but(extra=extra))

    def _elsewhere(self, record: ImageRecord) -> ImageRecord:
        """With a picture folder given, the picture may be there under the name our key remembers."""
        name = word(notes_of(record.image).get("name"))
        if name and ".." not in name.split("/") and (self.images_root / name).is_file():
            return record.but(image=record.image.but(name=name, state=ImageState.PRESENT))
        return record


def _found(path: Path, options: ReadOptions) -> tuple[Path, list[Part]]:
    """As :func:`find`; no parts where there is only a ground truth."""
    if is_truth(path):
        return options.images or path.parent, []
    try:
        return find(path, options)
    except FormatError:
        pictures = options.images
        if not find_truth(path, ()) or (pictures is not None and not pictures.is_dir()):
            raise
        return pictures or path, []


def read_annotation(path: Path, image: Image, told: Complaints) -> ImageRecord:
    """The record of one annotation file; what cannot be read gives the image alone."""
    said = _text(str(path), image, told)
    return ImageRecord(image) if said is None else decode(said, image, told)


def _text(path: str, image: Image, told: Complaints) -> str | None:
    """The text of an annotation file, to whose name ``told`` is set; None where it cannot be read."""
    place = _printable(f"annos/{os.path.basename(path)}")  # noqa: PTH119
    told.file = f"{image.split}/{place}" if image.split else place
    try:
        raw = _contents(path)
        if raw is not None:
            return raw.decode("utf-8").removeprefix("\ufeff")
        told.error("json", "The annotation is no file but a folder, device or pipe.")
    except OSError as error:
        told.error("json", f"The annotation cannot be read: {error.strerror}.")
    except UnicodeDecodeError as error:
        what = f"not UTF-8 text (byte {error.start})"
        if error.object.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            what = "UTF-16 text"
        told.error("json", f"The annotation is {what}. Save it as UTF-8.")
    return None


def _contents(path: str) -> bytes | None:
    """The bytes of a file; None where it is none. Plain calls: a file object takes as long as its bytes."""
    # Opening a pipe would wait for somebody who writes into it.
    number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    try:
        status = os.fstat(number)
        if not stat.S_ISREG(status.st_mode):
            return None
        raw = os.read(number, status.st_size + 1)
        if len(raw) != status.st_size:
            with open(number, "rb", closefd=False) as file:
                raw += file.read()
        return raw
    finally:
        os.close(number)


def _printable(name: str) -> str:
    """A file name as text, with bytes that are not UTF-8 as ``\\xff``."""
    return name if name.isascii() else os.fsencode(name).decode("utf-8", "backslashreplace")
