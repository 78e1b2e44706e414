"""The names of all images as one text, and finding parts of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]

#: Stands before the first name, between names and behind the last one.
SEPARATOR = b"\x1f"
#: So many bytes say which are rare.
_SAMPLE = 500_000


@dataclass(frozen=True)
class FileNames:
    """Names in the order of the image rows: ``text`` is UTF-8, each name between two separators."""

    text: bytes

    @classmethod
    def of(cls, names: Iterable[str]) -> FileNames:
        """The names as one text; a separator inside a name becomes a question mark."""
        known = list(names)
        separator = SEPARATOR.decode()
        joined = separator.join(known)
        if joined.count(separator) != max(0, len(known) - 1):
            joined = separator.join(name.replace(separator, "?") for name in known)
        # All in one go: names come by the hundred thousand.
        text = joined.encode("utf-8", "replace")
        return cls(SEPARATOR + text + SEPARATOR if known else SEPARATOR)

    def __len__(self) -> int:
        return len(self._ends)

    def name(self, row: int) -> str:
        """The name of a row."""
        start = int(self._ends[row - 1]) + 1 if row else 1
        return self.text[start : int(self._ends[row])].decode("utf-8", "replace")

    def with_more(self, names: Iterable[str]) -> FileNames:
        """These names and others behind them."""
        return FileNames(self.text + FileNames.of(names).text[1:])

    def containing(self, part: str) -> Flags:
        """Which names contain a text, ``(n,)``; upper and lower case of a to z are the same."""
        found = np.zeros(len(self), np.bool_)
        pattern = part.encode("utf-8", "replace").lower()
        if not pattern:
            found[:] = True
        elif SEPARATOR not in pattern:
            found[self._rows(self._places(pattern))] = True
        return found

    def called(self, name: str) -> Flags:
        """Which names are this one, or end with it as the name of a file in some folder, ``(n,)``."""
        found = np.zeros(len(self), np.bool_)
        pattern = name.encode("utf-8", "replace").lower()
        if SEPARATOR in pattern:
            return found
        # A separator is the end of the name before: the row is that of the place behind it.
        found[self._rows(self._places(SEPARATOR + pattern + SEPARATOR) + 1)] = True
        if pattern:
            found[self._rows(self._places(b"/" + pattern + SEPARATOR))] = True
        return found

    @cached_property
    def _ends(self) -> NDArray[np.int64]:
        places = np.flatnonzero(np.frombuffer(self.text, np.uint8) == SEPARATOR[0])
        return places[1:].astype(np.int64)

    @cached_property
    def _lowered(self) -> NDArray[np.uint8]:
        return np.frombuffer(self.text.lower(), np.uint8)

    @cached_property
    def _common(self) -> NDArray[np.int64]:
        """How often each byte occurs, about: some of the text tells it well enough."""
        return np.bincount(self._lowered[:: max(1, len(self._lowered) // _SAMPLE)], minlength=256)

    def _rows(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.searchsorted(self._ends, places)

    def _places(self, pattern: bytes) -> NDArray[np.int64]:
        """Where a pattern begins: first where its rarest byte is, then those where the others fit."""
        text = self._lowered
        rarest = min(range(len(pattern)), key=lambda at: int(self._common[pattern[at]]))
        places: NDArray[Any] = np.flatnonzero(text == pattern[rarest]) - rarest
        places = places[(places >= 0) & (places + len(pattern) <= len(text))]
        for at, byte in enumerate(pattern):
            if at != rarest and len(places):
                places = places[text[places + at] == byte]
        return places
