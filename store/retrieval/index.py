"""``embeddings/<name>/`` in a store's folder: what a model says of garments, as vectors.

``vectors.<n>.f32`` has the vectors end to end, E little-endian float32 each; ``index.db`` says which row is
of which garment. Vectors are appended and on the disk before their rows are written, in one transaction, so
that a reader sees whole rows only and a killed job goes on with what is missing; what lies behind the last
row is overwritten. A garment that was changed or deleted leaves its row as a tombstone; :meth:`compact` drops
them into a file with the next number.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
import orjson
from numpy.typing import NDArray

from store.errors import StoreError

Ints = NDArray[np.int64]
Vectors = NDArray[np.float32]
Crop = Literal["box", "mask", "predicted"]

FOLDER = "embeddings"
FILE = "index.db"

_F4 = np.dtype("<f4")
_VERSION = 1
_WAIT_SECONDS = 30.0
_SCHEMA = (
    "CREATE TABLE facts (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE rows (row INTEGER PRIMARY KEY, garment_id INTEGER NOT NULL, image_id INTEGER NOT NULL, "
    "version INTEGER NOT NULL, cut TEXT NOT NULL, category_id INTEGER NOT NULL, score REAL NOT NULL, "
    "x1 REAL NOT NULL, y1 REAL NOT NULL, x2 REAL NOT NULL, y2 REAL NOT NULL, "
    "dead INTEGER NOT NULL DEFAULT 0)",
    "CREATE INDEX by_garment ON rows (garment_id) WHERE dead = 0",
)
_COLUMNS = "row, garment_id, image_id, version, cut, category_id, score, x1, y1, x2, y2"


@dataclass(frozen=True, slots=True)
class IndexFacts:
    """What an index is of.

    ``model`` is its name and ``sha256`` that of its weights; ``crop`` what was looked at: the box, the mask
    with its surroundings greyed, or boxes that the prediction run ``predictions`` found. ``size`` is E. A
    vector has unit length.
    """

    model: str
    sha256: str
    crop: Crop
    size: int
    predictions: str = ""

    @property
    def name(self) -> str:
        """The name of the index's folder: weights or boxes that differ have another."""
        parts = [self.model, self.crop, self.sha256[:8], self.predictions]
        return "-".join(part for part in parts if part)


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """R rows of an index: arrays ``(R,)``, ``boxes (R, 4)`` x1 y1 x2 y2 in image pixels.

    ``rows`` are their places in the file of vectors. ``garment_ids`` is 0 for a box that was predicted,
    ``versions`` that of the garment (of the image for a predicted box), ``cuts`` what was cut out in short:
    equal text, equal crop. ``scores`` are 1 where nothing was predicted.
    """

    rows: Ints
    garment_ids: Ints
    image_ids: Ints
    versions: Ints
    cuts: NDArray[np.str_]
    category_ids: Ints
    scores: NDArray[np.float64]
    boxes: NDArray[np.float64]

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.rows)

    def chosen(self, which: Any) -> Rows:
        """Some of the rows, by indices or truths."""
        return Rows(
            self.rows[which],
            self.garment_ids[which],
            self.image_ids[which],
            self.versions[which],
            self.cuts[which],
            self.category_ids[which],
            self.scores[which],
            self.boxes[which],
        )


class VectorIndex:
    """An index that is open. One may write at a time; a context manager."""

    def __init__(self, folder: Path, facts: IndexFacts, connection: sqlite3.Connection) -> None:
        """Use :meth:`open` or :meth:`begin`."""
        self.folder, self.facts = folder, facts
        self._connection = connection

    @classmethod
    def begin(cls, store_folder: Path, facts: IndexFacts) -> Self:
        """The index of these facts, new where there is none. StoreError where it cannot be written."""
        folder = store_folder / FOLDER / facts.name
        if (folder / FILE).is_file():
            return cls.open(folder)
        if facts.size < 1:
            raise StoreError(
                f"The model {facts.model} has no embedding.", "Choose a model that has one: FashionNet does."
            )
        with _guarded(folder / FILE, "written"):
            folder.mkdir(parents=True, exist_ok=True)
            connection = _connected(folder / FILE)
            held = {"version": _VERSION, "facts": asdict(facts), "file": 1}
            (folder / _vectors(1)).touch()
            connection.execute("BEGIN IMMEDIATE")
            for statement in _SCHEMA:
                connection.execute(statement)
            connection.executemany(
                "INSERT INTO facts VALUES (?, ?)", [(key, orjson.dumps(value)) for key, value in held.items()]
            )
            connection.execute("COMMIT")
        return cls(folder, facts, connection)

    @classmethod
    def open(cls, folder: Path) -> Self:
        """The index in a folder. StoreError where there is none, or one of a newer program."""
        if not (folder / FILE).is_file():
            raise StoreError(
                f"{folder} has no {FILE}, so it is no index.", "Make one: deepfashion-studio index."
            )
        with _guarded(folder / FILE, "read"):
            connection = _connected(folder / FILE)
            held = {key: orjson.loads(value) for key, value in connection.execute("SELECT * FROM facts")}
        if held.get("version") != _VERSION:
            connection.close()
            raise StoreError(
                f"{folder} was made by another version of the program.", "Delete it and index again."
            )
        return cls(folder, IndexFacts(**held["facts"]), connection)

    # -- reading --------------------------------------------------------------------------------

    def rows(self) -> Rows:
        """All rows that stand, by their places."""
        with _guarded(self.folder / FILE, "read"):
            found = self._connection.execute(
                f"SELECT {_COLUMNS} FROM rows WHERE dead = 0 ORDER BY row"
            ).fetchall()
        numbers = np.array([(*row[:4], row[5]) for row in found], np.int64).reshape(-1, 5)
        rows, garments, images, versions, _ = numbers.T
        return Rows(
            rows,
            garments,
            images,
            versions,
            np.array([row[4] for row in found], np.str_),
            numbers[:, 4],
            np.array([row[6] for row in found], np.float64),
            np.array([row[7:] for row in found], np.float64).reshape(-1, 4),
        )

    def counts(self) -> tuple[int, int]:
        """How many rows stand, and how many are tombstones."""
        with _guarded(self.folder / FILE, "read"):
            dead = dict(self._connection.execute("SELECT dead, COUNT(*) FROM rows GROUP BY dead").fetchall())
        return int(dead.get(0, 0)), int(dead.get(1, 0))

    def read(self) -> tuple[Rows, Vectors]:
        """The rows and the vectors that their places speak of, also while another process writes."""
        with _guarded(self.folder / FILE, "read"):
            self._connection.execute("BEGIN")
            try:
                return self.rows(), self.vectors()
            finally:
                self._connection.execute("COMMIT")

    def vectors(self) -> Vectors:
        """All vectors ``(n, E)``, tombstones too, mapped from the disk and read-only."""
        length, file = self._length(), self.folder / _vectors(self._number())
        if length == 0:
            return np.empty((0, self.facts.size), np.float32)
        with _guarded(file, "read"):
            if file.stat().st_size < length * self._stride:
                raise StoreError(f"{file} is shorter than its rows.", "Delete the index and make it again.")
            return np.memmap(file, _F4, "r", shape=(length, self.facts.size))

    # -- writing --------------------------------------------------------------------------------

    def append(self, rows: Rows, vectors: Vectors) -> None:
        """Add rows with their vectors ``(R, E)``; ``rows.rows`` are given anew. What stood of the same
        garments becomes a tombstone. ValueError where the shapes differ, or a number is not finite."""
        if vectors.shape != (len(rows), self.facts.size):
            raise ValueError(f"{len(rows)} rows of {self.facts.size} numbers, not {vectors.shape}")
        if not np.isfinite(vectors).all():
            raise ValueError("a vector has numbers that are not finite")
        first = self._length()
        file = self.folder / _vectors(self._number())
        with _guarded(file, "written"), file.open("r+b") as stream:
            stream.seek(first * self._stride)
            stream.write(np.ascontiguousarray(vectors, _F4).tobytes())
            stream.flush()
            os.fsync(stream.fileno())
        numbers = np.stack([rows.garment_ids, rows.image_ids, rows.versions, rows.category_ids], 1).tolist()
        told = [
            (row, garment, image, version, str(cut), category, score, *box)
            for row, (garment, image, version, category), cut, score, box in zip(
                range(first, first + len(rows)),
                numbers,
                rows.cuts,
                rows.scores.tolist(),
                rows.boxes.tolist(),
                strict=True,
            )
        ]
        with self._writing() as connection:
            connection.executemany(
                "UPDATE rows SET dead = 1 WHERE garment_id = ? AND garment_id > 0 AND dead = 0",
                [(row[0],) for row in numbers],
            )
            marks = ", ".join("?" * 11)
            connection.executemany(f"INSERT INTO rows ({_COLUMNS}) VALUES ({marks})", told)

    def bury(self, rows: Ints) -> None:
        """Make tombstones of rows, by their places."""
        with self._writing() as connection:
            connection.executemany("UPDATE rows SET dead = 1 WHERE row = ?", [(int(row),) for row in rows])

    def confirm(self, rows: Ints, versions: Ints) -> None:
        """Note that rows are as good for these versions: what was cut out is the same."""
        with self._writing() as connection:
            pairs = zip(versions.tolist(), rows.tolist(), strict=True)
            connection.executemany("UPDATE rows SET version = ? WHERE row = ?", list(pairs))

    def compact(self) -> None:
        """Drop the tombstones. Readers that are open keep what they have mapped."""
        before = self._number()
        standing, vectors = self.read()
        new = self.folder / _vectors(before + 1)
        with _guarded(new, "written"), new.open("wb") as stream:
            for start in range(0, len(standing), 4096):
                stream.write(np.ascontiguousarray(vectors[standing.rows[start : start + 4096]]).tobytes())
            stream.flush()
            os.fsync(stream.fileno())
        with self._writing() as connection:
            connection.execute("DELETE FROM rows WHERE dead = 1")
            # Downwards, one after the other: a new place is never above the old one, nor taken.
            places = enumerate(standing.rows.tolist())
            moved = [(place, row) for place, row in places if place != row]
            connection.executemany("UPDATE rows SET row = ? WHERE row = ?", moved)
            connection.execute("UPDATE facts SET value = ? WHERE key = 'file'", (orjson.dumps(before + 1),))
        # Where another process still has it open (Windows), the next compaction takes it away.
        for old in self.folder.glob("vectors.*.f32"):
            if old != new:
                try:
                    old.unlink()
                except PermissionError:
                    continue

    def close(self) -> None:
        """Let go of the files."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def _stride(self) -> int:
        return self.facts.size * _F4.itemsize

    def _number(self) -> int:
        return int(
            orjson.loads(self._connection.execute("SELECT value FROM facts WHERE key = 'file'").fetchone()[0])
        )

    def _length(self) -> int:
        return int(self._connection.execute("SELECT COALESCE(MAX(row) + 1, 0) FROM rows").fetchone()[0])

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with _guarded(self.folder / FILE, "written"):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")


def all_indices(store_folder: Path) -> tuple[IndexFacts, ...]:
    """The indices of a store that can be opened, by name."""
    found = []
    for file in sorted((store_folder / FOLDER).glob(f"*/{FILE}")):
        try:
            with VectorIndex.open(file.parent) as index:
                found.append(index.facts)
        except StoreError:
            continue
    return tuple(found)


def _vectors(number: int) -> str:
    return f"vectors.{number}.f32"


def _connected(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    return connection


@contextmanager
def _guarded(file: Path, verb: str) -> Iterator[None]:
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise StoreError(
            f"{file} cannot be {verb}: {error}.", "Check the disk, or delete the index and make it again."
        ) from error
