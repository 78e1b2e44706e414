"""``runs/<id>/ranked.npz``: the ranked lists of a retrieval run, from which every figure is made again.

What is kept says nothing of who is whose match: only which entry of the gallery stands where for which query.
Identities are read from the store when the lists are looked at, so that a repaired one counts at once.
"""

from __future__ import annotations

import zipfile
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal

import numpy as np
import orjson
from numpy.typing import NDArray

from store.errors import StoreError

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Protocol = Literal["consumer-to-shop", "in-shop", "cross-pose"]

FILE = "ranked.npz"
KIND = "retrieve"
PROTOCOLS: tuple[Protocol, ...] = ("consumer-to-shop", "in-shop", "cross-pose")
_FACTS = "facts"
#: What reading a damaged file may raise.
_BROKEN = (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile)


@dataclass(frozen=True, slots=True)
class RankedFacts:
    """What was asked of what.

    ``index`` is the name of the index's folder in ``embeddings``; ``queries`` and ``gallery`` are the filters
    that chose the garments. ``notes`` are sentences about what was left out.
    """

    protocol: Protocol
    index: str
    model: str
    crop: str
    queries: str = ""
    gallery: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """Q queries, N entries of the gallery, and the first K entries of each query.

    ``queries (Q,)`` are garment ids; ``query_rows (Q,)`` the row of the index that speaks for each, -1 where
    its garment was missed. ``entries (N,)`` are rows of the index; entry n shows the garments ``shown`` from
    ``shown_first[n]`` up to ``shown_first[n + 1]`` (one; with detected boxes none or several).
    Behind ``shown_first[N]`` are garments of the gallery that no entry shows: they were not detected.
    ``own (Q,)`` is the entry that is the query itself, -1 for none: like others that show its garment (see
    :func:`own_entries`) it is in no list.

    ``top (Q, K)`` are entries, nearest first, -1 behind the last; ``distances (Q, K)`` Euclidean between
    vectors of unit length, 0..2. Matches that were known when the lists were made have their places wherever
    they stand: those of query q are ``match_entries``, ``match_places`` (from 1) and ``match_distances`` from
    ``match_first[q]`` up to ``match_first[q + 1]``.
    """

    facts: RankedFacts
    queries: Ints
    query_rows: Ints
    entries: Ints
    shown_first: Ints
    shown: Ints
    own: Ints
    top: Ints
    distances: Floats
    match_first: Ints
    match_entries: Ints
    match_places: Ints
    match_distances: Floats

    def __len__(self) -> int:
        """Number of queries."""
        return len(self.queries)

    @property
    def depth(self) -> int:
        """How many entries of each list are kept: K."""
        return int(self.top.shape[1])

    def showing(self, entry: int) -> Ints:
        """The garment ids that an entry shows."""
        return self.shown[self.shown_first[entry] : self.shown_first[entry + 1]]

    def itself(self) -> tuple[Ints, Ints]:
        """See :func:`own_entries`."""
        return own_entries(self.queries, self.own, self.shown_first, self.shown)

    def save(self, run_folder: Path) -> None:
        """Write them into a run's folder. StoreError where that fails."""
        file = run_folder / FILE
        arrays: dict[str, Any] = {
            one.name: getattr(self, one.name) for one in fields(self) if one.name != _FACTS
        }
        arrays["top"] = self.top.astype(np.int32)
        arrays["distances"] = self.distances.astype(np.float32)
        arrays[_FACTS] = np.frombuffer(orjson.dumps(asdict(self.facts)), np.uint8)
        part = file.with_suffix(".part")
        try:
            with part.open("wb") as stream:
                np.savez(stream, **arrays)
            part.replace(file)
        except OSError as error:
            raise StoreError(f"{file} cannot be written: {error.strerror}.", "Check the disk.") from error

    @classmethod
    def load(cls, run_folder: Path) -> Ranked:
        """Those of a run. StoreError where there are none, or they are damaged."""
        file = run_folder / FILE
        try:
            with file.open("rb") as stream, np.load(stream) as held:
                arrays = {name: held[name] for name in held.files}
            facts = _facts(arrays.pop(_FACTS))
            arrays["top"] = arrays["top"].astype(np.int64)
            arrays["distances"] = arrays["distances"].astype(np.float64)
            return cls(facts, **arrays)
        except FileNotFoundError:
            raise StoreError(
                f"{run_folder.name} has no ranked lists.", "It may still be running, or was stopped."
            ) from None
        except _BROKEN as error:
            raise StoreError(f"{file} cannot be read: {error}.", "Make the ranking again.") from error


def read_facts(run_folder: Path) -> RankedFacts:
    """What a run was asked, without its lists. StoreError where there are none, or they are damaged."""
    file = run_folder / FILE
    try:
        with file.open("rb") as stream, np.load(stream) as held:
            return _facts(held[_FACTS])
    except _BROKEN as error:
        raise StoreError(f"{file} cannot be read: {error}.", "Make the ranking again.") from error


def _facts(held: NDArray[np.uint8]) -> RankedFacts:
    said = orjson.loads(held.tobytes())
    return RankedFacts(**{**said, "notes": tuple(said["notes"])})


def own_entries(queries: Ints, own: Ints, shown_first: Ints, shown: Ints) -> tuple[Ints, Ints]:
    """The entries that are each query itself, or show the very garment that asks: several where it was
    detected more than once. Those of query q are the second array's from ``first[q]`` to ``first[q + 1]``.
    """
    entry = np.repeat(np.arange(len(shown_first) - 1), np.diff(shown_first))
    shows = shown[: len(entry)]
    order = np.argsort(shows, kind="stable")
    of, at = spans(*(np.searchsorted(shows[order], queries, side) for side in ("left", "right")))
    known = np.flatnonzero(own >= 0)
    size = max(len(shown_first) - 1, 1)
    both = np.append(of * size + entry[order][at], known * size + own[known])
    of, found = np.divmod(np.unique(both), size)
    return np.searchsorted(of, np.arange(len(queries) + 1)), found


def spans(starts: Ints, ends: Ints) -> tuple[Ints, Ints]:
    """The numbers from each start up to its end, end to end, and the span ``of`` each: (of, numbers)."""
    lengths = ends - starts
    of = np.repeat(np.arange(len(starts)), lengths)
    before = np.cumsum(lengths) - lengths
    return of, np.arange(len(of)) + np.repeat(starts - before, lengths)
