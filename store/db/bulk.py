"""Many images at once, politely: each transaction holds the write lock for about 20 ms."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from time import perf_counter, sleep
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Dialect, Table, insert, select
from sqlalchemy.exc import IntegrityError

from store.db import tables
from store.db.engine import Database
from store.db.problems import insert_problems
from store.db.rows import Values, garment_values, image_values, next_touch, take_ids
from store.db.views import tag_ids
from store.records import ImageRecord, Problem, Severity

_HOLD_SECONDS = 0.015
#: A gap for others between two transactions: longer than they take to ask again.
_PAUSE_SECONDS = 0.002
_FIRST_BATCH = 100
_SMALLEST, _LARGEST = 10, 5_000
#: The log is folded into the database after so many images, outside of any transaction.
_CHECKPOINT_EVERY = 2_000


class BulkWriter:
    """Takes image records, gives them ids and writes them in batches.

    ``images``, ``garments`` and ``problems`` count what is in the store; ``skipped`` counts images whose
    name the dataset already had: they are left out, with a problem of code ``image-exists``. Where the
    ``with`` block ends by an exception, the batch that is being collected is dropped and earlier ones stay.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._records: list[tuple[ImageRecord, list[Values] | None]] = []
        self._loose: list[Problem] = []
        self._batch = _FIRST_BATCH
        self._since_checkpoint = 0
        self.images = 0
        self.garments = 0
        self.problems = 0
        self.skipped = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.flush()
        self._records.clear()
        self._loose.clear()

    def add(self, record: ImageRecord) -> None:
        """Takes an image with its garments and problems; their ids are given when it is written.

        Problems whose ``item`` is the key of a garment are tied to that garment. ValueError for an
        image without a dataset.
        """
        self.add_packed(record, None)

    def add_packed(self, record: ImageRecord, garments: list[Values] | None) -> None:
        """As :meth:`add`; ``garments`` are the values of the rows of the record's, if they are known."""
        if not record.image.dataset_id:
            raise ValueError(f"image {record.image.name!r} belongs to no dataset")
        self._records.append((record, garments))
        if len(self._records) >= self._batch:
            self._write_all()

    def add_problem(self, problem: Problem) -> None:
        """Takes a problem of no image."""
        self._loose.append(problem)

    def flush(self) -> None:
        """Writes what has been collected. StoreError when it cannot be written."""
        self._write_all()
        if self._loose:
            for start in range(0, len(self._loose), _FIRST_BATCH):
                with self._database.write() as connection:
                    insert_problems(connection, self._loose[start : start + _FIRST_BATCH])
            self.problems += len(self._loose)
            self._loose.clear()

    def _write_all(self) -> None:
        while self._records:
            part, self._records = self._records[: self._batch], self._records[self._batch :]
            # What takes long without the database is done before the lock is taken.
            packed = [_Packed(record, garments) for record, garments in part]
            try:
                new, problems = self._transaction(packed, _all)
            except IntegrityError:
                # Some are there already. That is rare, so only now is it asked which.
                new, problems = self._transaction(packed, _only_new)
            sleep(_PAUSE_SECONDS)
            self.images += len(new)
            self.garments += sum(len(p.garments) for p in new)
            self.skipped += len(part) - len(new)
            self.problems += problems
            self._since_checkpoint += len(part)
            if self._since_checkpoint >= _CHECKPOINT_EVERY:
                self._database.checkpoint()
                self._since_checkpoint = 0

    def _transaction(self, packed: list[_Packed], choose: _Choose) -> tuple[list[_Packed], int]:
        with self._database.write() as connection:
            start = perf_counter()
            new, problems = choose(connection, packed)
            problems.extend(_write(connection, new))
            if problems:
                insert_problems(connection, problems)
        self._adapt(perf_counter() - start, len(packed))
        return new, len(problems)

    def _adapt(self, seconds: float, count: int) -> None:
        """The next batch is as large as would have fitted, but never jumps: times are noisy."""
        fitting = count * _HOLD_SECONDS / max(seconds, 1e-6)
        wanted = min(max(fitting, self._batch / 2), self._batch * 1.5)
        self._batch = int(min(max(wanted, _SMALLEST), _LARGEST))


class _Packed:
    """A record as the values of its rows, ids missing."""

    def __init__(self, record: ImageRecord, garments: list[Values] | None) -> None:
        self.record = record
        self.garments = list(map(garment_values, record.garments)) if garments is None else garments
        self.image: Values = {
            **image_values(record.image),
            "garments": len(self.garments),
            "problems": len(record.problems),
            "changed": 0,
        }

    def give_ids(self, image_id: int, first_garment: int, touched: int) -> None:
        self.image |= {"id": image_id, "touched": touched}
        for i, garment in enumerate(self.garments):
            garment["id"] = first_garment + i
            garment["image_id"] = image_id
            garment["position"] = i

    def problems(self) -> list[Problem]:
        keys = {values["key"]: values["id"] for values in self.garments if values["key"]}
        return [
            problem.but(
                dataset_id=self.record.image.dataset_id,
                image_id=self.image["id"],
                garment_id=keys.get(problem.item, 0),
            )
            for problem in self.record.problems
        ]


_Choose = Callable[[Connection, list[_Packed]], tuple[list[_Packed], list[Problem]]]


def _write(connection: Connection, new: list[_Packed]) -> list[Problem]:
    """Writes the rows of a batch but for the problems, which it returns with their ids."""
    image_id = take_ids(connection, "images", len(new))
    garment_id = take_ids(connection, "garments", sum(len(one.garments) for one in new))
    touched = next_touch(connection)
    tags = tag_ids(connection, sorted({name for one in new for name in one.record.image.tags}))
    links: list[Values] = []
    problems: list[Problem] = []
    for i, one in enumerate(new):
        one.give_ids(image_id + i, garment_id, touched)
        garment_id += len(one.garments)
        problems.extend(one.problems())
        links.extend({"image_id": image_id + i, "tag_id": tags[name]} for name in set(one.record.image.tags))
    _insert(connection, tables.images, [one.image for one in new])
    _insert(connection, tables.garments, [values for one in new for values in one.garments])
    _insert(connection, tables.image_tags, links)
    return problems


def _insert(connection: Connection, table: Table, rows: list[Values]) -> None:
    """Inserts rows that all have the same keys.

    The statement is compiled only once and the driver takes the rows as they are: SQLAlchemy's own handling
    of each row would double the time for which the lock is held.
    """
    if not rows:
        return
    sql, names = _statement(table, connection.dialect)
    if names is None:
        connection.exec_driver_sql(sql, rows)
    else:
        connection.exec_driver_sql(sql, [tuple(row[name] for name in names) for row in rows])


@lru_cache(maxsize=16)
def _statement(table: Table, dialect: Dialect) -> tuple[str, list[str] | None]:
    """An insert of all columns in the driver's words, and the order of its parameters, if they have one."""
    compiled = insert(table).compile(dialect=dialect)
    return str(compiled), compiled.positiontup


def _all(_: Connection, packed: list[_Packed]) -> tuple[list[_Packed], list[Problem]]:
    """All of them, on the chance that they are new. A second one within the batch fails as well."""
    return packed, []


def _only_new(connection: Connection, packed: list[_Packed]) -> tuple[list[_Packed], list[Problem]]:
    """Those whose name their dataset has not yet, and a problem for each of the others."""
    known = _known(connection, packed)
    new: list[_Packed] = []
    problems: list[Problem] = []
    for one in packed:
        image = one.record.image
        key = (image.dataset_id, image.name)
        if key not in known:
            known.add(key)
            new.append(one)
            continue
        problems.append(
            Problem(
                code="image-exists",
                message=f'The dataset already has an image "{image.name}"; the second one was left out.',
                severity=Severity.ERROR,
                file=image.name,
                dataset_id=image.dataset_id,
            )
        )
    return new, problems


def _known(connection: Connection, packed: list[_Packed]) -> set[tuple[int, str]]:
    names: dict[int, list[str]] = {}
    for one in packed:
        names.setdefault(one.record.image.dataset_id, []).append(one.record.image.name)
    row = tables.images.c
    found: set[tuple[int, str]] = set()
    for dataset_id, wanted in names.items():
        query = select(row.name).where(row.dataset_id == dataset_id, row.name.in_(wanted))
        found.update((dataset_id, name) for name in connection.execute(query).scalars())
    return found
