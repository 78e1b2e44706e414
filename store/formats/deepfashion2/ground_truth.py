"""The ground truth of the retrieval benchmark: which images ask, which answer, their garments once more.

``val_query.json`` and ``val_gallery.json`` have an object a garment; ``list_query.txt`` and
``list_gallery.txt``, which the benchmark had once, an annotation file a line. They lie in
``json_for_validation``, or in the folder of the dataset or of the split. Images go by the number that is
their file name.
"""

from __future__ import annotations

import codecs
import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from json import JSONDecodeError
from pathlib import Path
from typing import Any

from store.formats.base import Complaints
from store.formats.deepfashion2 import FORMAT
from store.formats.deepfashion2.fields import read_box, read_fact
from store.formats.extents import size_from
from store.formats.files import reading
from store.formats.source import Entry
from store.formats.values import integer, listed, loads, mapping, text
from store.geometry import extent
from store.records import Domain, Garment, Image, ImageRecord

QUERY, GALLERY = "query", "gallery"
ROLES = (QUERY, GALLERY)
#: Who asks and who answers.
DOMAINS: Mapping[str, Domain] = {QUERY: Domain.CONSUMER, GALLERY: Domain.SHOP}
#: Among the splits that :func:`find_truth` is given: none of them is the only one. No folder has the name.
NO_SPLIT = "/"
IMAGE_KEYS: Mapping[str, str] = {role: f"{role}_image_id" for role in ROLES}

_TRUTH = re.compile(r"(?:(?P<split>[A-Za-z0-9-]+)_)?(?P<role>query|gallery)(?:_gt)?\.json")
_LIST = re.compile(r"list_(?P<role>query|gallery)\.txt")
_FOLDER = "json_for_"
_NAMED = re.compile(r"(\d{1,15})(?:\.[A-Za-z]{2,5})?")
_LAST_CATEGORY = 13
#: The benchmark's short word, and that of the folders.
_SHORT: Mapping[str, str] = {"validation": "val"}
_LONG: Mapping[str, str] = {short: long for long, short in _SHORT.items()}


@dataclass(frozen=True, slots=True)
class TruthFile:
    """A file of the ground truth: where it lies (``place`` below the dataset), of which split and role.

    ``is_list``: it only names images.
    """

    path: Path
    place: str
    split: str
    role: str
    is_list: bool


def default_place(split: str, role: str, is_list: bool) -> str:
    """Where a file of a split is written; without a split in the folder of the dataset."""
    prefix = "" if "_" in split else f"{_SHORT.get(split, split) or 'val'}_"
    name = f"list_{role}.txt" if is_list else f"{prefix}{role}.json"
    return f"{_FOLDER}{split}/{name}" if split else name


def number_of(stem: str) -> int | None:
    """The number by which the ground truth knows an image; None where its name is not six digits or more."""
    if not stem.isascii() or not stem.isdecimal() or len(stem) > 15:
        return None
    return int(stem) if f"{int(stem):06d}" == stem else None


def is_truth_name(name: str) -> bool:
    """Whether a file of that name may be one of the ground truth."""
    return bool(_TRUTH.fullmatch(name) or _LIST.fullmatch(name))


def is_truth(path: Path) -> bool:
    """Whether a path is a file of the ground truth: by its name, and the JSON is a list."""
    if not is_truth_name(path.name) or not path.is_file():
        return False
    if path.suffix != ".json":
        return True
    with reading(path), path.open("rb") as file:
        return file.read(64).removeprefix(codecs.BOM_UTF8).lstrip().startswith(b"[")


def find_truth(base: Path, splits: Sequence[str]) -> list[TruthFile]:
    """The files of a dataset in ``base`` with images of ``splits`` (none: there are only such files)."""
    if not base.is_dir():
        return []
    folders = [("", base)]
    with reading(base), os.scandir(base) as entries:
        about = sorted(e.name for e in entries if _is_about(e.name, splits) and e.is_dir())
    folders += [(name.removeprefix(_FOLDER), base / name) for name in about]
    if len(splits) == 1 and splits[0] == base.name:
        folders.append((base.name, base.parent / f"{_FOLDER}{base.name}"))
    elif base.name.startswith(_FOLDER):
        folders[0] = (base.name.removeprefix(_FOLDER), base)
    return [file for word, folder in folders for file in _in_folder(base, folder, word, splits)]


def _is_about(folder: str, splits: Sequence[str]) -> bool:
    return folder.startswith(_FOLDER) or folder in splits


def _in_folder(base: Path, folder: Path, word: str, splits: Sequence[str]) -> Iterable[TruthFile]:
    if not folder.is_dir():
        return
    with reading(folder), os.scandir(folder) as entries:
        names = sorted(entry.name for entry in entries if is_truth_name(entry.name))
    paths = [path for name in names if is_truth(path := folder / name)]
    for path in paths:
        truth, plain = _TRUTH.fullmatch(path.name), _LIST.fullmatch(path.name)
        match = truth or plain
        assert match is not None
        prefix = (truth["split"] or "") if truth else ""
        place = path.relative_to(base).as_posix() if path.is_relative_to(base) else path.name
        yield TruthFile(path, place, _split_of(word, prefix, splits), match["role"], plain is not None)


def _split_of(folder: str, prefix: str, splits: Sequence[str]) -> str:
    """The split of a file by the folder it lies in, else by its own name."""
    if not folder and "" in splits:
        return ""
    for said in (folder, prefix):
        for word in (said, _LONG.get(said, said), _SHORT.get(said, said)):
            if word and word in splits:
                return word
    if len(splits) == 1:
        return splits[0]
    if splits and not folder and not prefix:
        return next((word for word in ("validation", "val", "test") if word in splits), "")
    said = folder or prefix
    return _LONG.get(said, said) if said or splits else "validation"


class GroundTruth:
    """What the files say, by split and number. What is wrong with them goes to ``told``."""

    def __init__(self, files: Sequence[TruthFile], told: Complaints) -> None:
        self._told = told
        self._roles: dict[tuple[str, int], str] = {}
        self._entries: dict[tuple[str, int], list[Entry]] = {}
        self._notes: list[dict[str, Any]] = []
        # What asks comes first: an image that is in both is a query.
        for file in sorted(files, key=lambda file: (file.role == GALLERY, file.is_list, file.place)):
            read = self._read_list if file.is_list else self._read_entries
            more = read(file)
            if more is not None:
                about = {"place": file.place, "split": file.split, "role": file.role, "list": file.is_list}
                self._notes.append({**about, **more})

    def __len__(self) -> int:
        return len(self._roles)

    def role(self, split: str, stem: str) -> str:
        """The role of an image; "" where no file names it."""
        number = number_of(stem)
        return self._roles.get((split, number), "") if number is not None else ""

    def entries(self, split: str, stem: str) -> list[Entry] | None:
        """What the files say of an image's garments; None where they say nothing."""
        number = number_of(stem)
        return self._entries.get((split, number)) if number is not None else None

    def images(self) -> list[tuple[str, int]]:
        """Split and number of all images that are named, in order."""
        return sorted(self._roles)

    def notes(self) -> list[dict[str, Any]]:
        """Which files there are and how they are written, for :class:`TruthWriter`."""
        return self._notes

    def _text(self, file: TruthFile) -> str | None:
        self._told.file = file.place
        try:
            return file.path.read_bytes().decode("utf-8").removeprefix("\ufeff")
        except OSError as error:
            self._told.error("ground-truth", f"The file cannot be read: {error.strerror}.")
        except UnicodeDecodeError as error:
            self._told.error("ground-truth", f"The file is not UTF-8 text (byte {error.start}).")
        return None

    def _read_entries(self, file: TruthFile) -> dict[str, Any] | None:
        raw = self._text(file)
        if raw is None:
            return None
        try:
            said = loads(raw, self._told.odd_number)
        except ValueError as error:
            place = f"line {error.lineno}" if isinstance(error, JSONDecodeError) else ""
            self._told.error("ground-truth", f"The file does not parse: {error}.", place)
            return None
        if not isinstance(said, list):
            self._told.error("ground-truth", "The file is not a list of garments.")
            return None
        for number, entry in enumerate(said, 1):
            image = integer(mapping(entry).get(IMAGE_KEYS[file.role]))
            if image is None or image < 0:
                what = f"The entry has no {IMAGE_KEYS[file.role]}; it is not read."
                self._told.error("ground-truth", what, f"entry {number}")
            elif self._name(file, image, f"entry {number}"):
                self._entries.setdefault((file.split, image), []).append(entry)
        return {"compact": '": ' not in raw[:400], "ended": raw.endswith("\n")}

    def _read_list(self, file: TruthFile) -> dict[str, Any] | None:
        raw = self._text(file)
        if raw is None:
            return None
        ending = ""
        for line, row in enumerate(raw.split("\n"), 1):
            name = row.strip()
            match = _NAMED.fullmatch(name)
            if match is not None:
                self._name(file, int(match[1]), f"line {line}")
                ending = ending or name.removeprefix(match[1])
            elif name:
                what = "The line is not the name of an annotation, such as 000001.json; it is not read."
                self._told.error("ground-truth", what, f"line {line}")
        newline = "\r\n" if "\r\n" in raw else "\n"
        return {"ending": ending, "newline": newline, "ended": raw.endswith("\n") or not raw}

    def _name(self, file: TruthFile, number: int, where: str) -> bool:
        """An image is named by a file; whether that counts."""
        role = self._roles.setdefault((file.split, number), file.role)
        if role != file.role:
            what = f"Image {number:06d} is in the {role} already, and stays there."
            self._told.warn("ground-truth", what, where)
        return role == file.role


def entries_of(
    image: Image, garments: Sequence[Garment], number: int, role: str, *, precise: bool = False
) -> list[Entry]:
    """What a ground truth has to say of an image: of a query all garments, of the gallery those with a style.

    Garments without a pair, or without anything to make a box of, cannot be said.
    """
    found: list[Entry] = []
    for garment in garments:
        box = garment.box if garment.box is not None else extent(garment)
        pair_id = garment.pair_id if garment.pair_id is not None else image.pair_id
        style = garment.style or 0
        if box is None or pair_id is None or not 1 <= garment.category_id <= _LAST_CATEGORY:
            continue
        corners = listed(box, "int" if precise else "whole")
        if role == QUERY:
            entry: Entry = {"style": style, "pair_id": pair_id, IMAGE_KEYS[role]: number, "bbox": corners}
            found.append({**entry, "cls": garment.category_id})
        elif style > 0:
            found.append({IMAGE_KEYS[role]: number, "style": style, "pair_id": pair_id, "bbox": corners})
    return found


def entry_text(entry: Entry, *, compact: bool) -> str:
    """The JSON of an entry."""
    return json.dumps(entry, separators=(",", ":") if compact else None)


def differ(one: Sequence[Entry], other: Sequence[Entry]) -> bool:
    """Whether two lists of entries say something else, in whatever order."""

    def said(entries: Sequence[Entry]) -> list[bytes]:
        return sorted(text(dict(sorted(entry.items()))) for entry in entries)

    return said(one) != said(other)


def record_of(
    split: str, number: int, role: str, entries: Sequence[Entry], untyped: int, told: Complaints
) -> ImageRecord:
    """An image of which only the ground truth knows; ``untyped`` is the category of garments without one."""
    garments: list[Garment] = []
    for place, entry in enumerate(entries):
        where = f"{IMAGE_KEYS[role]} {number}"
        kind = integer(entry.get("cls"))
        known = kind is not None and 1 <= kind <= _LAST_CATEGORY
        if role == QUERY and not known:
            what = f"cls is {text(entry.get('cls')).decode()}, not 1 to {_LAST_CATEGORY}."
            told.error("category-unknown", what, where)
        box = read_box({"bounding_box": entry["bbox"]} if "bbox" in entry else {}, where, told)
        garments.append(
            Garment(
                key=f"item{place + 1}",
                position=place,
                category_id=kind if kind is not None and known else untyped,
                box=box,
                pair_id=integer(entry.get("pair_id")),
                style=read_fact("style", entry, where, told),
            )
        )
    pairs = {garment.pair_id for garment in garments}
    image = Image(
        name=f"{number:06d}.jpg",
        split=split,
        role=role,
        domain=DOMAINS[role],
        pair_id=pairs.pop() if len(pairs) == 1 else None,
        extra={FORMAT: {"told_role": role}},
    )
    width, height = size_from(garments)
    return ImageRecord(image.but(width=width, height=height), tuple(garments))
