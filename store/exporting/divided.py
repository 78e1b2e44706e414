"""An export in pieces: encoded, and read back, by several processes where there is enough to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

import numpy as np

from store.db import Store
from store.errors import FormatError
from store.exporting.conversion import Conversion
from store.exporting.selection import Selection, records_of
from store.formats.base import Losses
from store.formats.fingerprint import SIZE
from store.formats.piecewise import Piecewise
from store.helping import Helpers, Task, Trade, how_many
from store.progress import Progress

#: Images in a piece.
PIECE = 200
#: Images in a piece where one process does all: it reports after each.
_PIECE_ALONE = 50
_HELP = Trade(
    does="helps with the export",
    did="helped with the export",
    again="export again",
    left="Nothing was left behind. Export again; the log says more.",
    nice=1,
)


class _Part(NamedTuple):
    """Images by their ids in the store, and their ids in the file."""

    image_ids: list[int]
    numbers: list[int]


class _Expected(NamedTuple):
    """What must be found in a piece: digests, and ids as int64."""

    digests: bytes
    image_ids: bytes
    garment_ids: bytes


@dataclass(frozen=True, slots=True)
class _Encoding:
    """Reads and encodes a part: as a task of another process, from a store that it opens itself."""

    folder: Path
    encoder: Any

    def begun(self) -> Callable[[_Part], Any]:
        store = Store.open(self.folder, read_only=True)
        store.database.spare_memory()
        return lambda part: encoded(store, self.encoder, None, part)


@dataclass(frozen=True, slots=True)
class _Reading:
    """Reads back what is in a span."""

    proof: Any

    def begun(self) -> Callable[[Any], Any]:
        read: Callable[[Any], Any] = self.proof.read
        return read


def encoded(store: Store, encoder: Any, conversion: Conversion | None, part: _Part) -> Any:
    """A part as the format writes it."""
    records = list(records_of(store, part.image_ids))
    if conversion is None:
        return encoder.encode(records, part.numbers)
    losses = Losses()
    for record in records:
        losses.update(conversion.losses(record))
    piece = encoder.encode(list(map(conversion.of, records)), part.numbers)
    piece.losses.update(losses)
    return piece


class DividedExport:
    """Writes the images of a selection and compares what was written, to be used in a ``with`` statement."""

    def __init__(
        self,
        store: Store,
        writer: Piecewise,
        selection: Selection,
        conversion: Conversion | None,
        progress: Progress,
        *,
        copies: bool,
    ) -> None:
        self._copies = copies
        self._store = store
        self._writer = writer
        self._selection = selection
        self._conversion = conversion
        self._progress = progress
        # What a product becomes hangs on all those before it: then one process does all.
        count = 0 if conversion is not None else how_many(len(selection))
        self._helpers = Helpers(count, _HELP) if count else None
        self._piece = PIECE if count else _PIECE_ALONE
        self._expected: list[_Expected] = []
        self.garments = 0
        self.losses = Losses()

    def __enter__(self) -> Self:
        if self._helpers is not None:
            # What is exported has been chosen: the facts of a large store would only take up memory.
            self._store.facts.forget()
            self._helpers.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._helpers is not None:
            self._helpers.__exit__(kind, error, trace)

    def _parts(self) -> Iterator[_Part]:
        for first in range(0, len(self._selection), self._piece):
            ids = self._selection.ids[first : first + self._piece].tolist()
            yield _Part(ids, self._writer.numbers(ids))

    def _done(self, task: Task, parts: Iterable[Any], here: Callable[[Any], Any]) -> Iterator[Any]:
        """What becomes of each part, ``here`` where there are no helpers."""
        return self._helpers.done(task, parts) if self._helpers is not None else map(here, parts)

    def write(self) -> None:
        """Writes all records and remembers what must be found in the files."""
        writer, encoder, total = self._writer, self._writer.encoder, len(self._selection)
        task = _Encoding(self._store.folder, encoder)
        pieces = self._done(
            task, self._parts(), lambda part: encoded(self._store, encoder, self._conversion, part)
        )
        done = 0
        for part, piece in zip(self._parts(), pieces, strict=True):
            garments = writer.put(piece)
            numbers = np.array(part.numbers, np.int64).tobytes()
            self._expected.append(_Expected(piece.digests, numbers, garments))
            self.garments += len(garments) // 8
            self.losses.update(piece.losses)
            self._bring(part.image_ids)
            done += len(part.image_ids)
            self._progress(done, total, "Writing")

    def _bring(self, image_ids: list[int]) -> None:
        if self._copies:
            self._writer.bring(self._store.images.get_many(image_ids))

    def compare(self) -> None:
        """Reads everything back. FormatError naming the first image that differs."""
        proof, total, done = self._writer.proof(), len(self._selection), 0
        found = self._done(_Reading(proof), self._writer.spans(), proof.read)
        for expected, piece in zip(self._expected, found, strict=True):
            if (piece.digests, piece.image_ids, piece.annotation_ids) != expected:
                self._refuse(done, expected, piece)
            done += len(expected.digests) // SIZE
            self._progress(done, total, "Reading back")

    def _refuse(self, done: int, expected: _Expected, piece: Any) -> None:
        """FormatError naming the first image of a piece that differs."""
        for place in range(len(expected.digests) // SIZE):
            digest = slice(place * SIZE, (place + 1) * SIZE)
            if piece.digests[digest] != expected.digests[digest]:
                image = self._store.images.get(int(self._selection.ids[done + place]))
                raise differs(image.name, piece.problems.get(place, []))
        first = self._store.images.get(int(self._selection.ids[done]))
        raise differs(f"The ids from {first.name} on", [])


def differs(what: str, problems: list[str]) -> FormatError:
    """What is said of something that does not read back equal."""
    said = f" ({'; '.join(problems)})" if problems else ""
    return FormatError(
        f"{what}: what was written does not read back as what the store says{said}.",
        "Nothing was left behind. Check the disk, and please report this with the image's annotation.",
    )
