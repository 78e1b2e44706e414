"""One list file of a benchmark: its heading, and where the rows of every image lie."""

from __future__ import annotations

import codecs
import re
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from store.formats.base import Complaints
from store.formats.files import reading
from store.formats.lists.style import Style, styled
from store.progress import Progress

#: No row of a benchmark is longer, in bytes: the longest have a thousand short numbers.
LONGEST = 1 << 20
#: So many rows show how a file is spaced.
_LOOKED_AT = 64
#: A field of a row. Python's own split takes more for blanks in text than in bytes.
_FIELDS = re.compile(r"[^ \t\r\n\v\f]+")
_REPORT_EVERY = 20_000


def fields_of(text: str) -> list[str]:
    """The fields of a row."""
    found: list[str] = _FIELDS.findall(text)
    return found


@dataclass(frozen=True, slots=True)
class ListFile:
    """A list of a benchmark: where it lies below the dataset (the first place is where it is written).

    ``columns`` is its column line, "" where it has none; ``counted``: its first line is the number of rows.
    ``column`` is the 0-based column that names what a row is about; ``kinds`` one whose values are collected.
    Rows of a list that does not ``define`` are read only for images that others name; those of a list
    ``beside`` another have no name and stand in its order; a ``view`` is another's file by another column; a
    ``whole`` file has no rows, and the benchmark reads it itself.
    """

    key: str
    places: tuple[str, ...]
    columns: str = ""
    counted: bool = True
    column: int = 0
    kinds: int = -1
    defines: bool = True
    beside: str = ""
    view: bool = False
    whole: bool = False
    style: Style = field(default_factory=Style)


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its file and 1-based line, its text without the end, and the values after the first column."""

    file: str
    line: int
    text: str
    values: tuple[str, ...]

    @property
    def rest(self) -> str:
        """All after the first column, for lists whose values contain spaces."""
        name = fields_of(self.text)[0]
        return self.text[self.text.index(name) + len(name) :].strip(" \t\r\n\v\f")


def row_of(file: str, line: int, text: str) -> Row:
    """A row from its text."""
    return Row(file, line, text, tuple(fields_of(text)[1:]))


class Table:
    """A list file, indexed by the hash of one column: 24 bytes a row stay in memory.

    Raises :class:`store.errors.FormatError` where the file cannot be read; what is odd about it goes to
    ``told``.
    """

    def __init__(
        self, path: Path, shown: str, listed: ListFile, told: Complaints, progress: Progress
    ) -> None:
        self.path, self.shown, self.listed = path, shown, listed
        self.heading: list[str] = []
        self.newline = "\n"
        self.ended = True
        self._comma = False
        self.kinds: set[bytes] = set()
        self._file: BinaryIO | None = None
        self._at = -1
        hashes, offsets, lines = array("q"), array("q"), array("q")
        told.file = shown
        with reading(path), path.open("rb") as file:
            self._scan(file, told, progress, (hashes, offsets, lines))
        self.hashes: NDArray[np.int64] = np.frombuffer(hashes, np.int64) if hashes else np.empty(0, np.int64)
        self._offsets, self._lines = offsets, lines
        self._sort()
        self._complain_of_count(told)
        with self.opened():
            self.style = styled([row.text for row in islice(self, _LOOKED_AT)], listed.style)

    def _sort(self) -> None:
        self._order = np.argsort(self.hashes, kind="stable")
        self._sorted = self.hashes[self._order]

    def __len__(self) -> int:
        return len(self.hashes)

    def __iter__(self) -> Iterator[Row]:
        """All rows in order; only while it is :meth:`opened`."""
        return (self.row(index) for index in range(len(self)))

    def _scan(
        self,
        file: BinaryIO,
        told: Complaints,
        progress: Progress,
        index: tuple[array[int], array[int], array[int]],
    ) -> None:
        hashes, offsets, lines = index
        size, offset, line = self.path.stat().st_size, 0, 0
        column, kinds = self.listed.column, self.listed.kinds
        most = max(column, kinds) + 1
        while raw := file.readline(LONGEST):
            line += 1
            start, offset = offset, offset + len(raw)
            if line == 1 and raw.startswith(codecs.BOM_UTF8):
                start, raw = start + len(codecs.BOM_UTF8), raw.removeprefix(codecs.BOM_UTF8)
            if wrong := _wrong_with(raw, line):
                told.error("list-text", wrong, f"line {line}")
                return
            if line == 1:
                self._begin(raw)
            fields = self._spaced(raw).split(None, most)
            if line <= 2 and b"\0" not in raw and self._is_heading(raw, fields):
                continue
            if missing := _missing(raw, fields, column):
                told.error("list-row", f"{missing}; it is not read.", f"line {line}")
                continue
            if not fields:
                continue
            hashes.append(_hash(fields[column]))
            offsets.append(start)
            lines.append(line)
            if 0 <= kinds < len(fields) and len(self.kinds) < 256:
                self.kinds.add(fields[kinds])
            self.ended = raw.endswith(b"\n")
            if line % _REPORT_EVERY == 0:
                progress(offset, size, f"Reading {self.shown}")

    def _begin(self, raw: bytes) -> None:
        """Takes from the first line how the file is written."""
        self.newline = "\r\n" if raw.endswith(b"\r\n") else "\n"
        # A list without titles has never been a table of somebody; a comma is part of a name there.
        self._comma = bool(self.listed.columns and raw.strip()) and b"," in raw.split(None, 1)[0]

    def _spaced(self, raw: bytes) -> bytes:
        """A line with a blank after the name, also where somebody has made a table with commas of the
        list."""
        return raw.replace(b",", b" ", 1) if self._comma else raw

    def _is_heading(self, raw: bytes, fields: list[bytes]) -> bool:
        first = fields[0].decode("utf-8", "replace") if fields else ""
        columns = self.listed.columns
        titled = bool(columns) and (
            first.casefold() == columns.split()[0].casefold()
            or (bool(self.heading) and _are_titles(raw.split()))
        )
        blank_or_number = first == "" or (first.isdecimal() and len(fields) == 1)
        if not titled and not (self.listed.counted and not self.heading and blank_or_number):
            return False
        self.heading.append(raw.decode("utf-8", "backslashreplace").rstrip("\r\n"))
        return True

    def _complain_of_count(self, told: Complaints) -> None:
        if not self.listed.counted or (not self.heading and not len(self)):
            return
        stated = self.heading[0].strip() if self.heading else ""
        if not stated.isdecimal():
            told.warn(
                "list-count", f"The list does not begin with the number of its rows, {len(self):,}.", "line 1"
            )
        elif stated.lstrip("0") != str(len(self)).lstrip("0"):
            words = f"The list says {stated[:20]} rows and has {len(self):,}."
            # A list that has been cut off has lost something; of too many nothing is lost.
            tell = told.error if len(stated) > 18 or int(stated) > len(self) else told.warn
            tell("list-count", words, "line 1")

    @contextmanager
    def opened(self) -> Iterator[None]:
        """While rows are read; within another such time it does nothing."""
        if self._file is not None:
            yield
            return
        with reading(self.path), self.path.open("rb") as file:
            self._file, self._at = file, -1
            try:
                yield
            finally:
                self._file = None

    def row(self, index: int) -> Row:
        """The row of an index from 0; only while it is :meth:`opened`."""
        assert self._file is not None
        offset = self._offsets[index]
        if offset != self._at:
            self._file.seek(offset)
        raw = self._file.readline(LONGEST)
        self._at = offset + len(raw)
        raw = self._spaced(raw)
        return row_of(self.shown, self._lines[index], raw.decode("utf-8", "backslashreplace").rstrip("\r\n"))

    def name(self, index: int) -> str:
        """What the row of an index is about."""
        return fields_of(self.row(index).text)[self.listed.column]

    def rows(self, name: str) -> list[Row]:
        """All rows about something, in order; only while it is :meth:`opened`."""
        wanted = hash(name.encode())
        first, last = (int(np.searchsorted(self._sorted, wanted, side)) for side in ("left", "right"))
        found = [self.row(index) for index in self._order[first:last].tolist()]
        return [row for row in found if fields_of(row.text)[self.listed.column] == name]


class Aligned(Table):
    """A list without names, whose rows stand in the order of another's; its rows are shown with the name.

    ValueError where it has another number of rows, which ``told`` hears of.
    """

    def __init__(
        self, path: Path, shown: str, listed: ListFile, told: Complaints, progress: Progress, names: Table
    ) -> None:
        self._named = names
        super().__init__(path, shown, listed, told, progress)
        if len(self) != len(names):
            told.error(
                "list-count",
                f"The list has {len(self):,} rows and {names.shown} has {len(names):,}; it is not read.",
            )
            raise ValueError(shown)
        self.hashes = names.hashes
        self._sort()

    @contextmanager
    def opened(self) -> Iterator[None]:
        """With the names."""
        with self._named.opened(), super().opened():
            yield

    def row(self, index: int) -> Row:
        """See :class:`Table`."""
        row = super().row(index)
        name = self._named.name(index) if index < len(self._named) else "?"
        return row_of(row.file, row.line, f"{name} {row.text}")


def _wrong_with(raw: bytes, line: int) -> str:
    """Why nothing from a line on can be read; "" where nothing is wrong."""
    if line == 1 and (raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in raw):
        return "The list is UTF-16 text; it is not read. Save it as UTF-8."
    if len(raw) == LONGEST and not raw.endswith(b"\n"):
        return "A line is longer than any list has; the rest is not read."
    return ""


def _missing(raw: bytes, fields: list[bytes], column: int) -> str:
    """Why a row cannot be read; "" where it can, or is empty."""
    if b"\0" in raw:
        return "The row is no text"
    return f"The row has no column {column + 1}" if fields and len(fields) <= column else ""


def _are_titles(fields: list[bytes]) -> bool:
    """Whether a row names columns, in words of its own: names with ``_``, no numbers, ids or paths."""
    data = (field.lstrip(b"-").isdigit() or b"/" in field or field.startswith(b"id_") for field in fields)
    return bool(fields) and b"_" in fields[0] and not any(data)


def _hash(name: bytes) -> int:
    """The hash of a name as :meth:`Table.name` gives it."""
    return hash(name if name.isascii() else name.decode("utf-8", "backslashreplace").encode())
