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
#: So many pairs of bytes are looked at in one go.
_BLOCK = 1 << 17
#: So many answers are kept.
_KEPT = 4
#: Shorter patterns have no pair of bytes at every place where they may stand.
_LEAST = 3


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
        """Which names contain a text, ``(n,)``, read-only; upper and lower case of a to z are the same."""
        pattern = part.encode("utf-8", "replace").lower()
        found = self._found.get(pattern)
        if found is None:
            found = self._look_for(pattern)
            found.setflags(write=False)
            # Images, garments and facets of one filter ask for the same; older ones nobody asks for again.
            if len(self._found) >= _KEPT:
                self._found.clear()
            self._found[pattern] = found
        return found

    def _look_for(self, pattern: bytes) -> Flags:
        found = np.zeros(len(self), np.bool_)
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
    def _found(self) -> dict[bytes, Flags]:
        """What was looked for last."""
        return {}

    @cached_property
    def _ends(self) -> NDArray[np.int64]:
        places = np.flatnonzero(np.frombuffer(self.text, np.uint8) == SEPARATOR[0])
        return places[1:].astype(np.int64)

    @cached_property
    def _lowered(self) -> NDArray[np.uint8]:
        return np.frombuffer(self.text.lower(), np.uint8)

    @cached_property
    def _words(self) -> NDArray[np.uint16]:
        """The same, two bytes each; the last one of an odd number is left out: it ends with a separator."""
        whole = len(self._lowered) // 2 * 2
        return self._lowered[:whole].view("<u2")

    @cached_property
    def _common(self) -> NDArray[np.int64]:
        """How often each byte occurs, about: some of the text tells it well enough."""
        return np.bincount(self._lowered[:: max(1, len(self._lowered) // _SAMPLE)], minlength=256)

    def _rows(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.searchsorted(self._ends, places)

    def _places(self, pattern: bytes) -> NDArray[np.int64]:
        """Where a pattern begins, in any order."""
        if len(pattern) < _LEAST:
            places = np.flatnonzero(self._lowered == pattern[0])
            places = places[places + len(pattern) <= len(self._lowered)]
            return self._where(places, pattern)
        # Two bytes at once, wherever they begin at an even place: a pattern has such a pair at its even bytes
        # or at its odd ones.
        places = np.concatenate([self._pairs(pattern, first) for first in (0, 1)])
        return self._where(places[(places >= 0) & (places + len(pattern) <= len(self._lowered))], pattern)

    def _pairs(self, pattern: bytes, first: int) -> NDArray[np.int64]:
        """Where a pattern may begin of which a pair of bytes lies at an even place: the rarest of those from
        ``first`` on, every second."""
        often, words = self._common, self._words
        at = min(
            range(first, len(pattern) - 1, 2), key=lambda at: int(often[pattern[at]] * often[pattern[at + 1]])
        )
        wanted = np.uint16(int.from_bytes(pattern[at : at + 2], "little"))
        found, flags = [np.empty(0, np.int64)], np.empty(_BLOCK, np.bool_)
        # What is compared at once, and the answer, stay near the processor.
        for start in range(0, len(words), _BLOCK):
            block = words[start : start + _BLOCK]
            found.append(np.flatnonzero(np.equal(block, wanted, out=flags[: len(block)])) + start)
        places: NDArray[np.int64] = 2 * np.concatenate(found) - at
        return places

    def _where(self, places: NDArray[Any], pattern: bytes) -> NDArray[np.int64]:
        """Those of the places where a whole pattern stands."""
        for at, byte in enumerate(pattern):
            places = places[self._lowered[places + at] == byte]
        return places
