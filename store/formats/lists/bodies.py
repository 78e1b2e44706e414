"""The rows of an export while it runs: a file a list, which becomes the list when its heading is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

from store.formats.files import writing
from store.formats.lists.style import Style, is_blank
from store.formats.lists.table import ListFile
from store.formats.values import mapping, texts, word

_ENDING = ".body.part"


class Bodies:
    """Rows by list, in a folder of their own; ``out`` is the folder that errors name.

    All methods that write raise :class:`store.errors.FormatError` where that cannot be done.
    """

    def __init__(self, work: Path, out: Path) -> None:
        self._work = work
        self._out = out
        self._open: dict[str, BinaryIO] = {}
        self._keys: set[str] = set()
        self.counts: Counter[str] = Counter()

    def path(self, key: str) -> Path:
        """The file of the rows of a list."""
        return self._work / f"{key}{_ENDING}"

    def put(self, key: str, rows: Iterable[str]) -> None:
        """Adds rows to a list."""
        said = [f"{row}\n" for row in rows]
        if not said:
            return
        with writing(self._out):
            if key not in self._open:
                self._open[key] = self.path(key).open("ab", buffering=1 << 18)
                self._keys.add(key)
            self._open[key].write("".join(said).encode("utf-8", "surrogatepass"))
        self.counts[key] += len(said)

    def add(self, key: str, rows: Iterable[str]) -> None:
        """As :meth:`put`, for rows that are made one by one."""
        for row in rows:
            self.put(key, (row,))

    def close(self) -> None:
        """All rows are in their files."""
        while self._open:
            _, body = self._open.popitem()
            with writing(self._out):
                body.close()

    def lines(self, key: str) -> Iterator[str]:
        """The rows of a list that is closed."""
        if not self.counts[key]:
            return
        with self.path(key).open("rb") as rows:
            for row in rows:
                yield row[:-1].decode("utf-8", "surrogatepass")

    def drop(self, key: str) -> None:
        """Forgets the rows of a list."""
        self.path(key).unlink(missing_ok=True)
        self.counts[key] = 0

    def remove(self, *but: str) -> None:
        """Deletes the files of all lists but some."""
        for key in self._keys - set(but):
            self.path(key).unlink(missing_ok=True)

    def write_list(self, listed: ListFile, notes: Any, style: Style, width: int) -> None:
        """A list from its rows, as ``notes`` say that it was: heading first, and ``width`` values a row."""
        notes = mapping(notes)
        end = "\r\n" if notes.get("newline") == "\r\n" else "\n"
        place = word(notes.get("place"))
        place = place if place in listed.places else listed.places[0]
        target, count = self._work / place, self.counts[listed.key]
        with writing(self._out / place):
            target.parent.mkdir(parents=True, exist_ok=True)
            self.path(listed.key).touch()
            with self.path(listed.key).open("rb") as rows, target.open("wb", buffering=1 << 18) as file:
                heading = _heading(listed, notes, count)
                file.write("".join(f"{line}{end}" for line in heading).encode("utf-8", "surrogatepass"))
                for number, row in enumerate(rows, 1):
                    said = _widened(row[:-1], style, width)
                    if listed.beside:
                        said = said.partition(b" ")[2]
                    last = number == count and notes.get("ended") is False
                    file.write(said + (b"" if last else end.encode()))
            self.path(listed.key).unlink()


def _widened(row: bytes, style: Style, width: int) -> bytes:
    """A row with zeros after its values, so that there are ``width`` of them; 0: as it is."""
    fields = row.split()
    missing = width - len(fields) + 1
    if not width or missing <= 0:
        return row
    if len(fields) == 1:
        name = fields[0].decode("utf-8", "surrogatepass")
        return style.row(name, ["0"] * width).encode("utf-8", "surrogatepass")
    return row.rstrip() + f"{style.more(missing)}{style.end}".encode()


def _heading(listed: ListFile, notes: Mapping[str, Any], count: int) -> Sequence[str]:
    """The heading as it was, with the true number of rows."""
    said = texts(notes.get("heading"))
    stated = said[0].strip() if said else ""
    as_it_was = stated.isdecimal() and stated.lstrip("0") == str(count)
    heading = [said[0] if as_it_was else str(count)] if listed.counted else []
    if listed.columns:
        titled = [line for line in said if not is_blank(line) and not line.strip().isdecimal()]
        heading.append(titled[0] if titled else listed.columns)
    return heading
