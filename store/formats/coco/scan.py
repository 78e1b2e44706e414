"""Finds where in a large JSON file its entries lie, without building them.

A COCO file of all of DeepFashion2 has gigabytes, and an image's annotations may lie anywhere in it.
Knowing the place of each entry, they can be read image by image with little memory; event parsers
such as ijson give no places and are slower on long lists of numbers. Entries themselves are
parsed by orjson.
"""

from __future__ import annotations

import codecs
import mmap
import re
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from store.errors import FormatError
from store.formats.values import loads, too_deep, word

#: Values of these keys are given entry by entry.
ARRAYS = ("images", "annotations", "categories")

_BLANK = re.compile(rb"[ \t\r\n]*")
_STRING = rb'"[^"\\]*(?:\\.[^"\\]*)*"'
_KEY = re.compile(_STRING + rb"[ \t\r\n]*:", re.DOTALL)
#: Skipping to the next mark in one step is faster than searching for it.
_MARK = re.compile(rb'[^"{}\[\]]*(' + _STRING + rb"|[{}\[\]])", re.DOTALL)
_SCALAR = re.compile(_STRING + rb'|[^,\]}\[{"\s]+', re.DOTALL)
#: So many bytes of a file that were read may be kept in memory.
_KEPT = 64 << 20
#: Entries with more braces than this are looked at mark by mark.
_LIKELY_ENDS = 40
_OTHERWISE = {
    codecs.BOM_UTF16_LE: "it is UTF-16 text and must be saved as UTF-8",
    codecs.BOM_UTF16_BE: "it is UTF-16 text and must be saved as UTF-8",
    b"\x1f\x8b": "it is compressed by gzip and must be unpacked",
    b"PK": "it is a ZIP file and must be unpacked",
}
_OPENING, _CLOSING = b"{[", b"}]"


class Place(NamedTuple):
    """Bytes ``start`` to ``end`` hold the value of a top-level key, or one entry of its array.

    ``value`` is the entry where it had to be parsed anyway, else None.
    """

    key: str
    start: int
    end: int
    value: Any = None


class Broken(Exception):
    """The file stops making sense at byte ``at``; what was found before is sound."""

    def __init__(self, what: str, at: int) -> None:
        super().__init__(what)
        self.what = what
        self.at = at


def _key(raw: bytes, at: int) -> str:
    """The text of a key that begins at a byte. :class:`Broken` where it is none."""
    try:
        return word(loads(raw, len))
    except ValueError as error:
        raise Broken("a key was expected", at) from error


def _parsed(raw: bytes, told: Callable[[str], object]) -> Any:
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        # orjson refuses NaN and halves of surrogate pairs, which Python's own module takes.
        return loads(raw, told)
    if too_deep(raw, value):
        raise ValueError("it is nested too deeply")
    return value


class Scan:
    """A file in memory-mapped form. Raises :class:`FormatError` where it cannot be opened or is empty."""

    def __init__(self, path: Path) -> None:
        self.path = path
        #: The last byte whose line was asked for, and that line.
        self._counted = (0, 1)
        self._read = 0
        try:
            with path.open("rb") as file:
                self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except ValueError as error:
            raise FormatError(f"{path} is empty.", "Copy or download the file again.") from error
        except OSError as error:
            raise FormatError(f"{path} cannot be read: {error.strerror}.", "Check the path.") from error

    def __len__(self) -> int:
        return len(self._data)

    def close(self) -> None:
        """Lets go of the file."""
        self._data.close()

    def value(self, start: int, end: int, told: Callable[[str], object] = len) -> Any:
        """The value between two bytes, as :func:`store.formats.values.loads` reads it."""
        return self.read(start, end, told)[0]

    def read(self, start: int, end: int, told: Callable[[str], object] = len) -> tuple[Any, bytes]:
        """As :meth:`value`, and the very bytes."""
        raw = self._data[start:end]
        self._forget(len(raw))
        return _parsed(raw, told), raw

    def _forget(self, count: int) -> None:
        """Notes that so many bytes were read; now and then what was read is let go: it is in the file.

        A file of gigabytes would else seem to be all in the memory of the process.
        """
        self._read += count
        if self._read > _KEPT:
            self._read = 0
            if hasattr(mmap, "MADV_DONTNEED"):
                self._data.madvise(mmap.MADV_DONTNEED)

    def line(self, at: int) -> int:
        """The 1-based line of a byte. Fast where it is asked for one byte after the other."""
        position, lines = self._counted if self._counted[0] <= at else (0, 1)
        while position < at:
            step = self._data[position : min(at, position + (1 << 20))]
            lines += step.count(b"\n")
            position += len(step)
        self._counted = (position, lines)
        return lines

    def places(self) -> Iterator[Place]:
        """All values of the top-level object in file order, arrays of :data:`ARRAYS` by entry.

        Before the entries of an array comes an empty place, so that empty arrays are seen too.
        Raises :class:`Broken` where the file is damaged or ends too early.
        """
        at = 3 if self._data[:3] == b"\xef\xbb\xbf" else 0
        at = self._skip(at)
        if self._byte(at) != b"{":
            raise Broken(self._otherwise() or "it does not begin with an object", at)
        at = self._skip(at + 1)
        while self._byte(at) != b"}":
            found = _KEY.match(self._data, at)
            if found is None:
                raise Broken("a key was expected", at)
            key = _key(found.group().rstrip(b": \t\r\n"), at)
            at = self._skip(found.end())
            if key in ARRAYS and self._byte(at) == b"[":
                yield Place(key, at, at)
                at = yield from self._entries(key, at)
            else:
                end = self._end(at)
                yield Place(key, at, end)
                at = end
            at = self._after(at, b"}")
        if self._byte(self._skip(at + 1)):
            raise Broken("something follows the end of the object", at + 1)

    def _otherwise(self) -> str:
        """What the file is instead of UTF-8 text, if it is known."""
        start = self._data[:4]
        found = (what for mark, what in _OTHERWISE.items() if start.startswith(mark))
        return next(found, "")

    def _entries(self, key: str, at: int) -> Generator[Place, None, int]:
        at = self._skip(at + 1)
        while self._byte(at) != b"]":
            place = self._object(key, at) or Place(key, at, self._end(at))
            self._forget(place.end - place.start)
            yield place
            at = self._after(place.end, b"]")
        return at + 1

    def _object(self, key: str, at: int) -> Place | None:
        """The object that begins at a byte, by parsing up to likely ends; None where none of them is.

        Text from an opening brace on parses only if it ends with the brace that closes that one, so the
        first success is right. This is several times as fast as looking at every mark.
        """
        if self._byte(at) != b"{":
            return None
        end = at
        for _ in range(_LIKELY_ENDS):
            end = self._data.find(b"}", end) + 1
            if not end:
                return None
            raw = self._data[at:end]
            if raw.count(b"{") == raw.count(b"}"):
                try:
                    value = orjson.loads(raw)
                    return Place(key, at, end, None if too_deep(raw, value) else value)
                except orjson.JSONDecodeError:
                    continue
        return None

    def _skip(self, at: int) -> int:
        found = _BLANK.match(self._data, at)
        return at if found is None else found.end()

    def _byte(self, at: int) -> bytes:
        return self._data[at : at + 1]

    def _after(self, at: int, closing: bytes) -> int:
        """The place of the next entry, past a comma, or of the closing bracket."""
        at = self._skip(at)
        mark = self._byte(at)
        if mark == b",":
            return self._skip(at + 1)
        if mark != closing:
            raise Broken("the file ends too early" if not mark else f"{mark!r} was not expected", at)
        return at

    def _end(self, at: int) -> int:
        """The end of the value that begins at a byte."""
        if self._byte(at) not in (b"{", b"["):
            found = _SCALAR.match(self._data, at)
            if found is None:
                raise Broken("a value was expected", at)
            return found.end()
        depth = 0
        while (mark := _MARK.match(self._data, at)) is not None:
            first, at = mark.group(1)[:1], mark.end()
            if first in _OPENING:
                flat = self._flat_end(at) if first == b"[" else -1
                depth += flat < 0
                at = max(at, flat)
            elif first in _CLOSING:
                depth -= 1
            if depth == 0:
                return at
        raise Broken("the file ends too early", len(self._data))

    def _flat_end(self, at: int) -> int:
        """The end of an array that began before ``at`` and holds only numbers; -1 for any other.

        Lists of numbers are most of a COCO file; this steps over them at the speed of memory.
        """
        end = self._data.find(b"]", at)
        if end < 0 or any(self._data.find(mark, at, end) >= 0 for mark in (b'"', b"[", b"{")):
            return -1
        return end + 1
