"""Many images at once, politely: each transaction holds the write lock for about 10 ms."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from operator import itemgetter
from time import monotonic, perf_counter, sleep
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Dialect, Table, insert, select
from sqlalchemy.exc import IntegrityError

from store.db import tables
from store.db.engine import Database
from store.db.packing import GARMENT_COLUMNS, IMAGE_COLUMNS, Packed, Row, pack
from store.db.problems import insert_problems
from store.db.reviewing import insert_noted
from store.db.rows import next_touch, take_ids
from store.db.views import tag_ids
from store.records import ImageRecord, Problem, Severity

_HOLD_SECONDS = 0.008
#: A gap for others between two transactions: longer than they take to ask again.
_PAUSE_SECONDS = 0.002
#: The first writing of a process is slow, whatever it writes.
_FIRST_BATCH = 20
_SMALLEST, _LARGEST = 10, 5_000
_PROBLEMS_AT_ONCE = 100
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
        with database.read() as connection:
            # Compiled for the first time while nobody waits for the lock.
            for table in (tables.images, tables.garments, tables.image_tags):
                _statement(table, connection.dialect)
        self._records: list[Packed] = []
        self._loose: list[Problem] = []
        self._batch = _FIRST_BATCH
        self._since_checkpoint = 0
        self._free_at = 0.0
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
        # What takes long without the database is done before the lock is taken.
        self.add_packed(pack(record))

    def add_packed(self, packed: Packed) -> None:
        """As :meth:`add`, of what is packed already."""
        if not packed.dataset_id:
            raise ValueError(f"image {packed.name!r} belongs to no dataset")
        self._records.append(packed)
        if len(self._records) >= self._batch:
            self._write_all()

    def add_problem(self, problem: Problem) -> None:
        """Takes a problem of no image."""
        self._loose.append(problem)

    def flush(self) -> None:
        """Writes what has been collected. StoreError when it cannot be written."""
        self._write_all()
        if self._loose:
            for start in range(0, len(self._loose), _PROBLEMS_AT_ONCE):
                with self._database.write() as connection:
                    insert_problems(connection, self._loose[start : start + _PROBLEMS_AT_ONCE])
            self.problems += len(self._loose)
            self._loose.clear()

    def _write_all(self) -> None:
        while self._records:
            part, self._records = self._records[: self._batch], self._records[self._batch :]
            # Mostly others have had their time while this one was read.
            sleep(max(0.0, self._free_at - monotonic()))
            try:
                new, problems = self._transaction(part, _all)
            except IntegrityError:
                # Some are there already. That is rare, so only now is it asked which.
                new, problems = self._transaction(part, _only_new)
            self._free_at = monotonic() + _PAUSE_SECONDS
            self.images += len(new)
            self.garments += sum(len(p.garments) for p in new)
            self.skipped += len(part) - len(new)
            self.problems += problems
            self._since_checkpoint += len(part)
            if self._since_checkpoint >= _CHECKPOINT_EVERY:
                self._database.checkpoint()
                self._since_checkpoint = 0

    def _transaction(self, packed: list[Packed], choose: _Choose) -> tuple[list[Packed], int]:
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


_Choose = Callable[[Connection, list[Packed]], tuple[list[Packed], list[Problem]]]
_IMAGE_NAMES = ("id", *IMAGE_COLUMNS, "garments", "problems", "changed", "touched")
_GARMENT_NAMES = ("id", "image_id", *GARMENT_COLUMNS)
_TAG_NAMES = ("image_id", "tag_id")
#: Where an image's ``extra`` stands; that of a garment is its last value.
_EXTRA = _IMAGE_NAMES.index("extra")


def _write(connection: Connection, new: list[Packed]) -> list[Problem]:
    """Writes the rows of a batch but for the problems, which it returns with their ids."""
    image_id = take_ids(connection, "images", len(new))
    garment_id = take_ids(connection, "garments", sum(len(one.garments) for one in new))
    touched = next_touch(connection)
    tags = tag_ids(connection, sorted({name for one in new for name in one.tags}))
    images: list[Row] = []
    garments: list[Row] = []
    links: list[Row] = []
    problems: list[Problem] = []
    for number, one in enumerate(new, image_id):
        images.append((number, *one.image, len(one.garments), len(one.problems), 0, touched))
        garments.extend((place, number, *row) for place, row in enumerate(one.garments, garment_id))
        links.extend((number, tags[name]) for name in dict.fromkeys(one.tags))
        if one.problems:
            problems.extend(_problems(one, number, garment_id))
        garment_id += len(one.garments)
    _insert(connection, tables.images, _IMAGE_NAMES, images)
    _insert(connection, tables.garments, _GARMENT_NAMES, garments)
    _insert(connection, tables.image_tags, _TAG_NAMES, links)
    insert_noted(connection, ((row[0], 0, row[_EXTRA]) for row in images))
    insert_noted(connection, ((row[1], row[0], row[-1]) for row in garments))
    return problems


def _problems(one: Packed, image_id: int, first_garment: int) -> list[Problem]:
    keys = {key: place for place, key in enumerate(one.keys, first_garment) if key}
    return [
        problem.but(dataset_id=one.dataset_id, image_id=image_id, garment_id=keys.get(problem.item, 0))
        for problem in one.problems
    ]


def _insert(connection: Connection, table: Table, names: tuple[str, ...], rows: list[Row]) -> None:
    """Inserts rows with the values of all columns, which are named in their order.

    The statement is compiled only once and the driver takes the rows as they are: SQLAlchemy's own handling
    of each row would double the time for which the lock is held.
    """
    if not rows:
        return
    sql, asked = _statement(table, connection.dialect)
    if asked is None:
        connection.exec_driver_sql(sql, [dict(zip(names, row, strict=True)) for row in rows])
    elif asked == names:
        connection.exec_driver_sql(sql, rows)
    else:
        ordered = itemgetter(*map(names.index, asked))
        connection.exec_driver_sql(sql, list(map(ordered, rows)))


@lru_cache(maxsize=16)
def _statement(table: Table, dialect: Dialect) -> tuple[str, tuple[str, ...] | None]:
    """An insert of all columns in the driver's words, and the order of its parameters, if they have one."""
    compiled = insert(table).compile(dialect=dialect)
    order = compiled.positiontup
    return str(compiled), None if order is None else tuple(order)


def _all(_: Connection, packed: list[Packed]) -> tuple[list[Packed], list[Problem]]:
    """All of them, on the chance that they are new. A second one within the batch fails as well."""
    return packed, []


def _only_new(connection: Connection, packed: list[Packed]) -> tuple[list[Packed], list[Problem]]:
    """Those whose name their dataset has not yet, and a problem for each of the others."""
    known = _known(connection, packed)
    new: list[Packed] = []
    problems: list[Problem] = []
    for one in packed:
        key = (one.dataset_id, one.name)
        if key not in known:
            known.add(key)
            new.append(one)
            continue
        problems.append(
            Problem(
                code="image-exists",
                message=f'The dataset already has an image "{one.name}"; the second one was left out.',
                severity=Severity.ERROR,
                file=one.name,
                dataset_id=one.dataset_id,
            )
        )
    return new, problems


def _known(connection: Connection, packed: list[Packed]) -> set[tuple[int, str]]:
    names: dict[int, list[str]] = {}
    for one in packed:
        names.setdefault(one.dataset_id, []).append(one.name)
    row = tables.images.c
    found: set[tuple[int, str]] = set()
    for dataset_id, wanted in names.items():
        query = select(row.name).where(row.dataset_id == dataset_id, row.name.in_(wanted))
        found.update((dataset_id, name) for name in connection.execute(query).scalars())
    return found
