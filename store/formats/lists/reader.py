"""Reads a benchmark's lists: joined by image name, one image at a time."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
from numpy.typing import NDArray

from resources.taxonomy import Category
from store.errors import FormatError
from store.formats.base import FIRST_OWN_CATEGORY, Complaints, ReadOptions
from store.formats.coco.images import safe_name
from store.formats.lists import sidecar
from store.formats.lists.benchmark import Benchmark, Rows
from store.formats.lists.table import Aligned, ListFile, Row, Table
from store.formats.lists.values import where
from store.formats.values import loads, mapping, word
from store.records import Image, ImageRecord, ImageState, Problem

#: Folders of a benchmark, any of which may be named instead of the dataset's own.
_PARTS = ("anno", "anno_coarse", "anno_fine", "eval", "img")
_LOOKED_AT = 20
_LARGEST_HEAD = 1 << 26
#: Own categories of an export come after those of the benchmark, of which there are 51 at most.
_FIRST_OTHER = FIRST_OWN_CATEGORY + 100
_SIDECAR = ListFile("sidecar", (sidecar.LINES,), counted=False)


def home_of(path: Path) -> Path:
    """The folder of the dataset, of which a part or a list may have been named."""
    folder = path if path.is_dir() else path.parent
    return folder.parent if folder.name.casefold() in _PARTS else folder


def found(path: Path, listed: ListFile) -> Path | None:
    """Where a list lies: in its place, or beside the others."""
    home = home_of(path)
    folder = path if path.is_dir() else path.parent
    places = [home / place for place in listed.places]
    places += [base / Path(place).name for place in listed.places for base in (folder, home)]
    return next((place for place in places if place.is_file()), None)


def said_format(path: Path) -> str:
    """The format of an export of this program, as its head says; "" for any other folder."""
    head = home_of(path) / sidecar.HEAD
    if not head.is_file() or head.stat().st_size > _LARGEST_HEAD:
        return ""
    try:
        return word(mapping(loads(head.read_bytes(), len)).get("format"))
    except (OSError, ValueError):
        return ""


class ListsReader:
    """Yields the images of a benchmark in the order of its master list, then those that only others name.

    Of each list 24 bytes a row stay in memory. Raises :class:`FormatError` where there is no list at all.
    """

    def __init__(self, path: Path, options: ReadOptions, benchmark: Benchmark) -> None:
        path = path.absolute()
        if not path.exists():
            raise FormatError(f"{path} does not exist.", "Give the folder that holds Anno and Img.")
        self.format = benchmark.format
        self.home = home_of(path)
        self._benchmark = benchmark
        self._split = options.split
        self._told = Complaints(self.home.name)
        #: By the hash of a name that is not the listed one that of the listed one.
        self._given: dict[int, int] = {}
        self.tables: dict[str, Table] = {}
        #: Where the files lie that are no lists.
        self._wholes: dict[str, str] = {}
        for listed in benchmark.lists:
            place = found(path, listed)
            if listed.whole:
                if place is not None:
                    self._wholes[listed.key] = self._shown(place)
                    benchmark.read_whole(place, self._shown(place), self._told)
                continue
            table = self._table(place, listed, options) if place is not None else None
            if table is not None:
                self.tables[listed.key] = table
        about = [listed.key for listed in benchmark.about_images()]
        self._images = {key: self.tables[key] for key in about if key in self.tables}
        if self._is_nothing(path):
            raise FormatError(
                f"{path} holds no list of a {benchmark.format} dataset.",
                f"Give the folder that holds {benchmark.lists[0].places[0]}.",
            )
        self._head = self._read_head()
        lines = self.home / sidecar.LINES
        self._lines = self._table(lines, _SIDECAR, options) if lines.is_file() else None
        benchmark.prepare(self.tables, self._told)
        self._others = self._own_categories()
        self._order = self._ordered()
        self.images_root = self._root(options.images)

    def _table(self, place: Path, listed: ListFile, options: ReadOptions) -> Table | None:
        shown = self._shown(place)
        if not listed.beside:
            return Table(place, shown, listed, self._told, options.progress)
        names = self.tables.get(listed.beside)
        try:
            return names and Aligned(place, shown, listed, self._told, options.progress, names)
        except ValueError:  # it does not fit the names, and has said so
            return None

    def _is_nothing(self, path: Path) -> bool:  # noqa: ARG002
        """Whether a path holds nothing to read."""
        return not self._images and not (self.home / sidecar.LINES).is_file()

    def _shown(self, place: Path) -> str:
        """A file as problems name it: by its path below the dataset."""
        return place.relative_to(self.home).as_posix() if place.is_relative_to(self.home) else place.name

    def _read_head(self) -> Mapping[str, Any]:
        place = self.home / sidecar.HEAD
        if not place.is_file():
            return {}
        self._told.file = place.name
        try:
            return mapping(loads(place.read_bytes(), self._told.odd_number))
        except (OSError, ValueError) as error:
            self._told.error("json", f"What the program kept beside the lists does not parse: {error}.")
            return {}

    def _own_categories(self) -> dict[str, Category]:
        said = mapping(self._head.get("categories"))
        entries = [
            (key, sidecar.category_from(mapping(e), _FIRST_OTHER + i))
            for i, (key, e) in enumerate(said.items())
        ]
        return {key: category for key, category in entries if category is not None}

    def _ordered(self) -> list[tuple[Table, NDArray[np.intp]]]:
        """The tables in the order in which they name images, with the rows that name a new one."""
        tables = [table for table in self._images.values() if table.listed.defines]
        master = self._images.get(self._benchmark.master)
        if master is not None:
            tables.insert(0, tables.pop(tables.index(master)))
        if self._lines is not None:
            tables.insert(0 if self._head.get("order") is True else len(tables), self._lines)
        parts = []
        seen: NDArray[np.int64] = np.empty(0, np.int64)
        for table in tables:
            _, first = np.unique(table.hashes, return_index=True)
            first.sort()
            fresh = first[~np.isin(table.hashes[first], seen)]
            seen = np.concatenate([seen, table.hashes[fresh]])
            parts.append((table, fresh))
        return parts

    def __len__(self) -> int:
        return sum(len(fresh) for _, fresh in self._order)

    @cached_property
    def _ids(self) -> dict[sidecar.CategoryKey, int]:
        """Local ids of the categories by the keys that lines use."""
        built_in: dict[sidecar.CategoryKey, int] = {number: number for number in range(1, 14)}
        return built_in | {key: category.id for key, category in self._others.items()}

    def categories(self) -> tuple[Category, ...]:
        """Those of the benchmark that may occur, and those of an export's own garments."""
        used: set[int] = set()
        stated: NDArray[np.int64] = np.empty(0, np.int64)
        for key, table in self._images.items():
            if table.listed.kinds >= 0 and np.setdiff1d(table.hashes, stated).size:
                words = (kind.decode("utf-8", "replace") for kind in table.kinds)
                used |= {self._benchmark.category_of(key, word) for word in words}
                stated = np.concatenate([stated, table.hashes])
        defining = (table for table in self._images.values() if table.listed.defines)
        if any(np.setdiff1d(table.hashes, stated).size for table in defining):
            used.add(self._benchmark.own[-1].id)
        found = (category for category in self._benchmark.own if category.id in used)
        return (*found, *self._others.values())

    def extra(self) -> Mapping[str, Any]:
        """The headings and the spacing of the lists, and what an export kept of its dataset."""
        files = {
            key: {
                "place": table.shown,
                "heading": table.heading,
                "newline": table.newline,
                "ended": table.ended,
                "style": table.style.noted(),
            }
            for key, table in self.tables.items()
        }
        notes = {"files": files, **self._benchmark.extra()}
        if self._wholes:
            notes["wholes"] = {key: {"place": place} for key, place in self._wholes.items()}
        return {**mapping(self._head.get("extra")), self.format: notes}

    def problems(self) -> Sequence[Problem]:
        """What is wrong with a list as a whole."""
        return tuple(self._told.found)

    def records(self) -> Iterator[ImageRecord]:
        """All images that any of the lists names."""
        with self._opened():
            for name in self._names():
                yield self._record(name)

    def named(self, names: Iterable[str]) -> Iterator[ImageRecord]:
        """The images of these names in the lists."""
        with self._opened():
            for name in names:
                yield self._record(name)

    def _opened(self) -> ExitStack:
        with ExitStack() as stack:
            for table in (*self.tables.values(), *([self._lines] if self._lines else ())):
                stack.enter_context(table.opened())
            return stack.pop_all()

    def _names(self) -> Iterator[str]:
        for table, fresh in self._order:
            for index in fresh.tolist():
                yield table.name(index)

    # -- one image ------------------------------------------------------------------------------

    def _record(self, name: str) -> ImageRecord:
        told = Complaints(name)
        rows = {key: table.rows(name) for key, table in self._images.items()}
        for key, several in rows.items():
            if len(several) > 1 and key not in self._benchmark.several:
                rows[key] = several[:1]
                for row in several[1:]:
                    told.file = row.file
                    told.error(
                        "row-twice", f"{name} stands there already in line {several[0].line}.", where(row)
                    )
        record = self._benchmark.decode(name, rows, told)
        if self._split and not record.image.split:
            record = record.but(image=record.image.but(split=self._split))
        record = self._with_notes(record, name, rows)
        record = self._beyond(record, name, rows, told)
        record = self._with_picture(record, name, told)
        if record.image.name != name:
            record = record.but(image=record.image.but(name=self._apart(name, record.image.name)))
        return record.but(problems=tuple(told.found))

    def _apart(self, listed: str, name: str) -> str:
        """The name of an image that is listed as another, told apart from those of all other images."""
        path, number, own = PurePosixPath(name), 2, hash(listed)
        while self._given.get(hash(name), own) != own or self._is_kept_by_another(name):
            name, number = str(path.with_name(f"{path.stem}~{number}{path.suffix}")), number + 1
        self._given[hash(name)] = own
        return name

    @cached_property
    def _hashes(self) -> NDArray[np.int64]:
        """The hashes of all names in the lists, in order."""
        found = [table.hashes[fresh] for table, fresh in self._order]
        return np.sort(np.concatenate(found)) if found else np.empty(0, np.int64)

    def _is_kept_by_another(self, name: str) -> bool:
        """Whether an image is listed under a name and keeps it."""
        wanted = hash(name.encode("utf-8", "surrogatepass"))
        place = int(np.searchsorted(self._hashes, wanted))
        if place == len(self._hashes) or self._hashes[place] != wanted:
            return False
        line = next(iter(self._lines.rows(name)), None) if self._lines is not None else None
        return line is None or _name_in(line) in ("", name)

    def _with_notes(self, record: ImageRecord, name: str, rows: Rows) -> ImageRecord:
        """Keeps the rows that would be written in another way."""
        encoded = self._benchmark.encode(record, precise=False)
        aside: dict[str, list[str]] = {}
        for key, several in rows.items():
            style = self._images[key].style
            said = [row.text for row in several]
            if (
                said
                and key not in self._benchmark.derived
                and said != [style.row(name, values) for values in encoded.rows.get(key, ())]
            ):
                aside[key] = said
        if not aside:
            return record
        image = record.image
        notes = {**mapping(image.extra.get(self.format)), "rows": aside}
        return record.but(image=image.but(extra={**image.extra, self.format: notes}))

    def _beyond(self, record: ImageRecord, name: str, rows: Rows, told: Complaints) -> ImageRecord:
        """With what the sidecar says of the image."""
        line = next(iter(self._lines.rows(name)), None) if self._lines is not None else None
        if line is None:
            return record
        told.file = line.file
        try:
            values = mapping(loads(line.rest, told.odd_number))
        except ValueError as error:
            told.error("json", f"What the program kept of the image does not parse: {error}.", where(line))
            return record
        changed = "rows" in values and values["rows"] != checksum(self._benchmark, rows)
        if changed:
            told.warn("row-changed", "The rows of the image were changed elsewhere; they count.", where(line))
        record = _without(record, values.get("made_up"), self.format)
        record = sidecar.applied(record, values, self._ids, changed)
        return record.but(image=record.image.but(name=self._remembered(record.image, values)))

    def _remembered(self, image: Image, values: Mapping[str, Any]) -> str:
        """The name that an image had before it was listed, unless the picture lies where the list says."""
        name, inside = safe_name(word(values.get("name")), self.images_root)
        if not word(values.get("name")) or not inside or name == image.name:
            return image.name
        listed = (self.images_root / image.name).is_file() and not (self.images_root / name).is_file()
        return image.name if listed else name

    def _with_picture(self, record: ImageRecord, name: str, told: Complaints) -> ImageRecord:
        image = record.image
        if image.name != name:
            return record
        safe, inside = safe_name(name, self.images_root)
        if inside and "\\x" not in name:
            return record.but(image=image.but(name=safe))
        told.file = name
        what = "leads out of the picture folder" if not inside else "is not UTF-8"
        told.error("file-name", f"{name} {what}; it is not read and kept as missing.")
        return record.but(image=image.but(name=safe, state=ImageState.MISSING))

    def _root(self, images: Path | None) -> Path:
        """The folder that image names are relative to: the one that holds ``img``."""
        places = [self.home / "Img", self.home]
        if images is not None:
            if not images.is_dir():
                raise FormatError(f"{images} is not a folder.", "Give the folder that holds the pictures.")
            places = [images.absolute(), images.absolute().parent, images.absolute() / "Img"]
        elif word(self._head.get("images")):
            places.insert(0, Path(os.path.normpath(self.home / word(self._head["images"]))))
        names = self._first_names()
        for place in places:
            if any(
                safe_name(name, place)[1] and (place / safe_name(name, place)[0]).is_file() for name in names
            ):
                return place
        return next((place for place in places if place.is_dir()), self.home)

    def _first_names(self) -> list[str]:
        names = []
        with self._opened():
            for _, name in zip(range(_LOOKED_AT), self._names(), strict=False):
                names.append(name)
                line = next(iter(self._lines.rows(name)), None) if self._lines is not None else None
                names += [_name_in(line)] if line is not None else []
        return [name for name in names if name]


def _name_in(line: Row) -> str:
    try:
        return word(mapping(loads(line.rest, len)).get("name"))
    except ValueError:
        return ""


def _without(record: ImageRecord, made_up: Any, format: str) -> ImageRecord:
    """Without facts that nobody stated, but that a row has to have."""
    if not isinstance(made_up, list) or not record.garments:
        return record
    garment = record.garments[0]
    notes = {key: value for key, value in mapping(garment.extra.get(format)).items() if key not in made_up}
    extra = {name: said for name, said in garment.extra.items() if name != format}
    garment = garment.but(extra={**extra, format: notes} if notes else extra)
    return record.but(garments=(garment, *record.garments[1:]))


def checksum(benchmark: Benchmark, rows: Rows) -> int:
    """A fingerprint of the rows that a line vouches for."""
    said = [row.text for key in benchmark.signed for row in rows.get(key, ())]
    return zlib.crc32("\n".join(said).encode("utf-8", "surrogatepass"))
