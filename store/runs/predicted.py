"""``runs/<id>/predictions.db``: what a model said of the images of a run, while it is said and afterwards.

One SQLite file. Images come in small transactions, each with all its garments, so a reader sees an image
whole or not at all, and a job that was killed goes on with the images that are not in it. Boxes and
landmarks are kept as float64, scores of categories and attributes and embeddings as float32, which is what
networks give.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, Literal, Self

import numpy as np
import orjson
from numpy.typing import NDArray

from store.errors import StoreError
from store.runs.manifest import ModelCategory, ModelSpec
from store.runs.predicted_rows import GARMENT, garment_row, read_garment
from store.runs.predictions import GarmentPrediction, ImagePrediction

FILE = "predictions.db"
#: The kind of the jobs that write it.
KIND = "predict"
#: From this score on a garment counts as found where predictions and annotations are compared: below it a
#: person would not look. Runs that do not say what they counted from counted from here, too.
SURE_SCORE = 0.5

Order = Literal["image", "score", "disagreement"]

_VERSION = 1
_CHUNK = 500
_WAIT_SECONDS = 30.0
_SCHEMA = """
CREATE TABLE facts (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE images (
  image_id INTEGER PRIMARY KEY, garments INTEGER NOT NULL, best REAL, lowest REAL,
  disagreement REAL, problem TEXT NOT NULL DEFAULT '');
CREATE TABLE garments (
  id INTEGER PRIMARY KEY, image_id INTEGER NOT NULL, place INTEGER NOT NULL, category_id INTEGER NOT NULL,
  score REAL NOT NULL, garment_id INTEGER, box BLOB, mask_height INTEGER, mask_width INTEGER, mask TEXT,
  landmarks BLOB, category_scores BLOB, attribute_scores BLOB, embedding BLOB);
CREATE INDEX by_image ON garments (image_id, category_id, score);
CREATE INDEX by_disagreement ON images (disagreement);
"""
_ORDERS: Mapping[Order, str] = {
    "image": "i.image_id {way}",
    "score": "MAX(g.score) IS NULL, MAX(g.score) {way}, i.image_id",
    # Where all is other, as with a weak model on most images: first where it is surest.
    "disagreement": "i.disagreement IS NULL, i.disagreement {way}, i.best IS NULL, i.best {way}, i.image_id",
}


@dataclass(frozen=True, slots=True)
class PredictionFacts:
    """By what and of what a run's predictions are.

    ``model`` is its name, ``folder`` where it lay, ``sha256`` that of its weights. ``spec`` has the *store's*
    categories, in the order of ``category_scores``; the predictions are in them. ``where`` is the filter that
    chose the images, ``least_score`` what a garment had to reach to be kept, and ``counted_from`` what a
    detection had to reach to count in the disagreement. ``precision`` is the number format, "" before it is
    settled. ``notes`` are sentences for the person.
    """

    model: str
    spec: ModelSpec
    folder: str = ""
    sha256: str = ""
    tasks: tuple[str, ...] = ()
    where: str = ""
    least_score: float = 0.0
    device: str = ""
    precision: str = ""
    notes: tuple[str, ...] = ()
    counted_from: float = SURE_SCORE


@dataclass(frozen=True, slots=True, eq=False)
class PredictedImage:
    """An image as the job writes it.

    ``disagreement`` with the annotations is 0..1 (see :mod:`inference.prediction.disagreement`), None where
    there is none to be had. ``problem`` says why a picture could not be looked at.
    """

    prediction: ImagePrediction
    disagreement: float | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class ImageSummary:
    """One image in a list: how many garments were asked for, the best and lowest of their scores."""

    image_id: int
    garments: int
    best: float | None = None
    lowest: float | None = None
    disagreement: float | None = None


@dataclass(frozen=True, slots=True)
class PredictionCounts:
    """Images that were looked at, those that could not be, those with nothing found, and garments."""

    images: int = 0
    broken: int = 0
    empty: int = 0
    garments: int = 0
    categories: Mapping[int, int] = field(default_factory=dict)


class PredictionWriter:
    """Writes predictions; only one may write at a time. A context manager."""

    def __init__(self, run_folder: Path, facts: PredictionFacts) -> None:
        """Begins a file, or goes on with that of the run.

        StoreError where it cannot be written, or where what is in it was said by another model.
        """
        self._file = run_folder / FILE
        self.facts = facts
        with _guarded(self._file, "written"):
            self._connection = sqlite3.connect(self._file, timeout=_WAIT_SECONDS, isolation_level=None)
            self._connection.execute("PRAGMA journal_mode=WAL")
            self._connection.execute("PRAGMA synchronous=NORMAL")
            self._begin(facts)

    def _begin(self, facts: PredictionFacts) -> None:
        if not _has_facts(self._connection):
            # All at once: who reads meanwhile sees none of it, or all.
            with _transaction(self._connection):
                for statement in _SCHEMA.split(";")[:-1]:
                    self._connection.execute(statement)
                self._say_facts()
        else:
            before = _facts(self._connection, self._file)
            if (before.spec.categories, before.sha256) != (facts.spec.categories, facts.sha256):
                self._connection.close()
                raise StoreError(
                    f"{self._file} has predictions of the model {before.model!r} with other weights or "
                    "categories.",
                    "Begin a new run.",
                )
        self._say_facts()

    def settle(self, device: str, precision: str) -> None:
        """Say on what device and in which number format the predictions are made. StoreError as of add."""
        self.facts = replace(self.facts, device=device, precision=precision)
        with _guarded(self._file, "written"):
            self._say_facts()

    def _say_facts(self) -> None:
        rows = {"version": _VERSION, "facts": asdict(self.facts)}
        self._connection.executemany(
            "INSERT OR REPLACE INTO facts VALUES (?, ?)", [(key, orjson.dumps(v)) for key, v in rows.items()]
        )

    def done(self) -> frozenset[int]:
        """The ids of the images that have been looked at, or that could not be."""
        with _guarded(self._file, "read"):
            return frozenset(i for (i,) in self._connection.execute("SELECT image_id FROM images"))

    def add(self, images: Iterable[PredictedImage]) -> None:
        """Write images in one transaction, in place of what was said of them before. StoreError when full."""
        some = list(images)
        ids = [(one.prediction.image_id,) for one in some]
        with _guarded(self._file, "written"), _transaction(self._connection) as connection:
            connection.executemany("DELETE FROM garments WHERE image_id = ?", ids)
            connection.executemany(
                "INSERT OR REPLACE INTO images VALUES (?, ?, ?, ?, ?, ?)", map(_image, some)
            )
            connection.executemany(
                f"INSERT INTO garments ({GARMENT}) VALUES ({', '.join('?' * 13)})",
                [
                    garment_row(one.prediction.image_id, place, garment)
                    for one in some
                    for place, garment in enumerate(one.prediction.garments)
                ],
            )

    def close(self) -> None:
        """Lets go of the file; what was written is in one file then, unless somebody reads it just now."""
        try:
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._connection.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.OperationalError:
            pass  # a reader is at it: the file stays in two parts, which is as good
        finally:
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def begun(run_folder: Path) -> bool:
    """Whether a run's file can be opened; it lies there for a moment before anything is in it."""
    file = run_folder / FILE
    if not file.is_file():
        return False
    try:
        connection = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, timeout=_WAIT_SECONDS)
        try:
            return _has_facts(connection)
        finally:
            connection.close()
    except sqlite3.Error:
        return True  # opening it tells what is wrong


def _has_facts(connection: sqlite3.Connection) -> bool:
    query = "SELECT 1 FROM sqlite_master WHERE name = 'facts'"
    return connection.execute(query).fetchone() is not None


class Predictions:
    """The predictions of a run, also while they are written. Any thread may ask. A context manager."""

    def __init__(self, connection: sqlite3.Connection, file: Path) -> None:
        self._connection = connection
        self._file = file
        self._lock = Lock()
        self.facts = _facts(connection, file)

    @classmethod
    def open(cls, run_folder: Path) -> Predictions:
        """Those of a run's folder. StoreError where there are none, or where they cannot be read."""
        file = run_folder / FILE
        if not file.is_file():
            raise StoreError(
                f"{run_folder.name} has no predictions.", "Choose a prediction run, or resume it."
            )
        with _guarded(file, "read"):
            uri = f"{file.resolve().as_uri()}?mode=ro"
            connection = sqlite3.connect(uri, uri=True, timeout=_WAIT_SECONDS, check_same_thread=False)
            try:
                return cls(connection, file)
            except (sqlite3.Error, StoreError):
                connection.close()
                raise

    @property
    def spec(self) -> ModelSpec:
        """What the model is, with the store's categories."""
        return self.facts.spec

    @property
    def model(self) -> str:
        """The model's name."""
        return self.facts.model

    def of_image(self, image_id: int) -> ImagePrediction | None:
        """What was said of an image, surest garment first; None where it was not looked at (yet)."""
        return self.of_images([image_id]).get(image_id)

    def of_images(self, image_ids: Sequence[int]) -> dict[int, ImagePrediction]:
        """What was said of images, by id; those that were not looked at are left out."""
        found: dict[int, list[GarmentPrediction]] = {}
        ids = [int(one) for one in image_ids]
        for start in range(0, len(ids), _CHUNK):
            part = ids[start : start + _CHUNK]
            marks = ", ".join("?" * len(part))
            seen = self._rows(
                f"SELECT image_id FROM images WHERE problem = '' AND image_id IN ({marks})", part
            )
            found |= {image: [] for (image,) in seen}
            query = f"SELECT {GARMENT} FROM garments WHERE image_id IN ({marks}) ORDER BY image_id, place"
            for row in self._rows(query, part):
                # An image that came between both questions is not there yet.
                if row[0] in found:
                    found[row[0]].append(read_garment(row))
        return {image: ImagePrediction(image, tuple(found[image])) for image in ids if image in found}

    def rows(
        self,
        *,
        least_score: float = 0.0,
        category: int | None = None,
        order: Order = "image",
        descending: bool = False,
    ) -> list[ImageSummary]:
        """All images that could be looked at, with the count and scores of the garments asked for.

        ``least_score`` leaves out garments below it; with a ``category`` of the store only images come that
        have a garment of it. What has no score or no disagreement comes last.
        """
        join = "JOIN" if category is not None else "LEFT JOIN"
        wanted = " AND g.category_id = ?" if category is not None else ""
        query = (
            "SELECT i.image_id, COUNT(g.score), MAX(g.score) AS best, MIN(g.score), i.disagreement "
            f"FROM images i {join} garments g ON g.image_id = i.image_id AND g.score >= ?{wanted} "
            "WHERE i.problem = '' GROUP BY i.image_id ORDER BY "
        ) + _ORDERS[order].format(way="DESC" if descending else "ASC")
        values: list[Any] = [least_score] if category is None else [least_score, category]
        return [ImageSummary(*row) for row in self._rows(query, values)]

    def problems(self) -> list[tuple[int, str]]:
        """The images that could not be looked at, and why."""
        return self._rows("SELECT image_id, problem FROM images WHERE problem != '' ORDER BY image_id")

    def image_ids(self) -> NDArray[np.int64]:
        """All images, those that could not be looked at too, ascending."""
        ids = [i for (i,) in self._rows("SELECT image_id FROM images ORDER BY image_id")]
        return np.array(ids, np.int64)

    def counts(self) -> PredictionCounts:
        """How much there is."""
        ((images, broken, empty, garments),) = self._rows(
            "SELECT COALESCE(SUM(problem = ''), 0), COALESCE(SUM(problem != ''), 0), "
            "COALESCE(SUM(problem = '' AND garments = 0), 0), COALESCE(SUM(garments), 0) FROM images"
        )
        kinds = self._rows("SELECT category_id, COUNT(*) FROM garments GROUP BY category_id")
        return PredictionCounts(images, broken, empty, garments, dict(kinds))

    def __iter__(self) -> Iterator[ImagePrediction]:
        """All images that could be looked at, by id, some hundred at a time."""
        ids = self.image_ids().tolist()
        for start in range(0, len(ids), _CHUNK):
            yield from self.of_images(ids[start : start + _CHUNK]).values()

    def close(self) -> None:
        """Lets go of the file."""
        with self._lock:
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _rows(self, query: str, values: Collection[Any] = ()) -> list[Any]:
        with self._lock, _guarded(self._file, "read"):
            return self._connection.execute(query, list(values)).fetchall()


def _facts(connection: sqlite3.Connection, file: Path) -> PredictionFacts:
    try:
        rows = dict(connection.execute("SELECT key, value FROM facts"))
        version = orjson.loads(rows["version"])
        raw = orjson.loads(rows["facts"])
        spec = dict(raw["spec"])
        spec["categories"] = tuple(ModelCategory(**one) for one in spec["categories"])
        spec["attributes"] = tuple(spec["attributes"])
        raw |= {"spec": ModelSpec(**spec), "tasks": tuple(raw["tasks"]), "notes": tuple(raw["notes"])}
        if version > _VERSION:
            raise StoreError(f"{file} was written by a newer version of the program.", "Update the program.")
        return PredictionFacts(**raw)
    except (KeyError, TypeError, orjson.JSONDecodeError) as error:
        raise StoreError(f"{file} does not say whose predictions it has.", "Predict again.") from error


def _image(one: PredictedImage) -> tuple[Any, ...]:
    scores = [garment.score for garment in one.prediction.garments]
    best, lowest = (max(scores), min(scores)) if scores else (None, None)
    return one.prediction.image_id, len(scores), best, lowest, one.disagreement, one.problem


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


@contextmanager
def _guarded(file: Path, what: str) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(
            f"{file} cannot be {what}: {error}.",
            "Check that the disk has room and the folder is yours; if the file is broken, predict again.",
        ) from error
