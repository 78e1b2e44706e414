"""Reads a dataset into a store: for the first time, on from where it was broken off, or again."""

from __future__ import annotations

import gc
from array import array
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from time import monotonic

from store import unfinished
from store.db import Store
from store.db.again import Again, Conflicts
from store.db.gone import GONE, find_gone, ids_by_name, mark_gone
from store.db.packing import Packed, pack
from store.errors import Cancelled, FormatError, StoreError
from store.formats import registry
from store.formats.base import Divisible, Reader, ReadOptions
from store.formats.files import reading
from store.formats.values import printable
from store.helping import HelperDied, Helpers, Trade, how_many
from store.importing.looking import CHUNK, Looking, Place
from store.importing.worker import Task
from store.progress import Progress, silent
from store.records import Dataset, ImageRecord, ImageState, Problem, Severity

_REPORT_EVERY = 50
#: Images that another process reads at a time.
_PIECE = 64
_RATE_EVERY = 5.0
#: So many problems are told of at the end; all are in the store.
_PROBLEMS_LISTED = 100
#: Records that are compared with the store at once.
_COMPARED = 200
#: Who writes must not wait for those who read: it holds a lock.
_HELP = Trade(
    does="reads images for the import",
    did="read images for the import",
    again="import the same again to go on",
    left="What was read is in the store. Import the same again to go on; the log says more.",
    nice=10,
)


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """``images`` is the folder of the pictures where the format does not say; ``name`` the dataset's.

    ``conflicts`` says what becomes of edits where the files have changed too.
    """

    images: Path | None = None
    split: str = ""
    name: str = ""
    conflicts: Conflicts = Conflicts.KEEP


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What came in: ``images`` and their ``garments`` that are new. ``missing`` are without their picture.

    ``before`` counts images that are there from an import of the same that was broken off. ``again``: the
    dataset was there; of its images ``changed`` are as the files say now (``overwritten`` of them had been
    edited), ``kept`` have edits where the files say something else, ``same`` are as they were, and ``gone``
    are not in the files any more, but still in the store. ``problems`` counts all that were found;
    ``listed`` are the first of them.
    """

    images: int
    garments: int
    problems: int
    missing: int
    seconds: float
    dataset: str = ""
    format: str = ""
    before: int = 0
    again: bool = False
    changed: int = 0
    overwritten: int = 0
    kept: int = 0
    same: int = 0
    gone: int = 0
    listed: tuple[Problem, ...] = ()


def import_dataset(
    store: Store, format: str, path: Path, options: ImportOptions, progress: Progress = silent
) -> ImportReport:
    """Reads a dataset into a store; ``auto`` finds out the format.

    A dataset that is in the store already, from the same place and under the same name, is brought up to
    date: see :mod:`store.db.again`. Bad records become problems of the store. Raises FormatError, with
    nothing written, where the path holds no such dataset, or one of which files that were read before cannot
    be read any more (see :mod:`store.lost`); StoreError where the store cannot be written or
    the same is being imported by another process; Cancelled when ``progress`` says so, after storing what
    was read so far (its text says how much). An import that was broken off, in whatever way, goes on where
    it stopped when the same is imported again.
    """
    start = monotonic()
    if store.read_only:
        raise StoreError(f"The store {store.folder} is read-only.", "Import into another store.")
    read = ReadOptions(images=options.images, split=options.split, progress=progress)
    reader = registry.reader(format, path, read)
    wanted = Dataset(
        name=options.name or name_of(path),
        format=reader.format,
        root=str(path.absolute()),
        images_root=str(reader.images_root),
        extra={**reader.extra(), **({unfinished.ASKED: {"split": options.split}} if options.split else {})},
    )
    for text in (wanted.name, wanted.root, wanted.images_root, options.split):
        if printable(text) != text:
            raise FormatError(f"{printable(text)} is not UTF-8 text.", "Give it another name.")
    begun = unfinished.begin(
        store, wanted, reader.problems(), named=bool(options.name), moved=options.images is not None
    )
    work = _Import(store, reader, begun, path, read, options.conflicts)
    with _old_objects_at_rest():
        work.run()
    unfinished.end(store, begun.dataset)
    return work.report(monotonic() - start)


@contextmanager
def _old_objects_at_rest() -> Iterator[None]:
    """Leaves what is there already out of searches for cycles: one of all of it takes 70 ms, and others wait
    for the lock if it comes in the middle of a transaction."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def name_of(path: Path) -> str:
    """What a dataset is called where nobody says: as its folder, or as its file without the ending."""
    path = path.absolute()
    return path.stem if path.suffix.lower() == ".json" else path.name


class _Import:
    def __init__(
        self,
        store: Store,
        reader: Reader,
        begun: unfinished.Begun,
        path: Path,
        read: ReadOptions,
        conflicts: Conflicts,
    ) -> None:
        self._store = store
        self._reader = reader
        self._path = path
        self._read = read
        self._begun = begun
        self._dataset = begun.dataset
        self._total = len(reader)
        self._pace = _Pace(read.progress, self._total, 0 if begun.again else begun.before)
        root = Path(begun.dataset.images_root)
        self._place = Place(
            dataset_id=begun.dataset.id,
            root=root,
            categories=_own_categories(store, reader),
            moved=root != reader.images_root,
        )
        self._again = Again(store.database, conflicts)
        self._bulk = store.bulk()
        self._waiting: list[ImageRecord] = []
        self._seen = array("q")
        self._listed: list[Problem] = []
        self._counted = self._missing = self._gone = self._done = 0

    def run(self) -> None:
        with self._bulk:
            try:
                self._records()
            except Cancelled as error:
                self._flush()
                raise Cancelled(self._stopped()) from error
            except (FormatError, HelperDied):
                self._flush()
                raise
            self._store.problems.remove(self._begun.outdated)
            for problem in self._reader.problems():
                loose = problem.but(dataset_id=self._dataset.id)
                self._note(loose)
                self._bulk.add_problem(loose)
        if self._begun.again:
            self._find_gone()

    def report(self, seconds: float) -> ImportReport:
        """What was done."""
        again = self._again
        return ImportReport(
            images=self._bulk.images,
            garments=self._bulk.garments,
            problems=sum(
                (self._counted, self._bulk.skipped, again.kept, again.silent, again.spared, self._gone)
            ),
            missing=self._missing,
            seconds=seconds,
            dataset=self._dataset.name,
            format=self._reader.format,
            before=0 if self._begun.again else self._begun.before,
            again=self._begun.again,
            changed=again.changed,
            overwritten=again.overwritten,
            kept=again.kept,
            same=again.same,
            gone=self._gone,
            listed=tuple(self._listed),
        )

    def _stopped(self) -> str:
        if self._begun.again:
            return (
                f"The import was cancelled after {self._done:,} of {self._total:,} images. What was read of "
                f'"{self._dataset.name}" is up to date. Import the same again to go on.'
            )
        return (
            f"The import was cancelled; {self._begun.before + self._bulk.images:,} of {self._total:,} images "
            f'are in the store, as dataset "{self._dataset.name}". Import the same again to go on.'
        )

    def _records(self) -> None:
        self._pace.begin()
        count = 0 if self._begun.before else how_many(self._total)
        if count and isinstance(self._reader, Divisible):
            self._from_workers(self._reader, count)
        else:
            for record in Looking(self._place).complete(self._wanted()):
                self._take(record)
        self._pace.end(self._done)
        self._flush()

    def _from_workers(self, reader: Divisible, count: int) -> None:
        """Reads all images in other processes; here they are only written."""
        task = Task(self._reader.format, self._path, self._read.images, self._read.split, self._place)
        with Helpers(count, _HELP) as helpers:
            for packed in chain.from_iterable(helpers.done(task, reader.pieces(_PIECE))):
                other = reader.apart(packed.name, packed.split)
                if other is not None:
                    packed = packed.but({"name": other.name, "state": str(other.state)}, other.problem)
                self._take_packed(packed)
        reader.ended()

    def _wanted(self) -> Iterator[ImageRecord]:
        """The records that must be looked at, with the ids of those images that the store has."""
        with reading(self._place.root):
            rest = self._reader.records()
            if not self._begun.before:
                yield from rest
                return
            while chunk := list(islice(rest, CHUNK)):
                names = [record.image.name for record in chunk]
                known = ids_by_name(self._store.database, self._dataset.id, names)
                for record in chunk:
                    image_id = known.get(record.image.name)
                    if image_id is None:
                        yield record
                    elif self._begun.again:
                        yield record.but(image=record.image.but(id=image_id))

    def _take(self, record: ImageRecord) -> None:
        if not record.image.id:
            self._take_packed(pack(record))
            return
        self._count(record.image.state, record.problems)
        self._seen.append(record.image.id)
        self._waiting.append(record)
        if len(self._waiting) >= _COMPARED:
            self._merge()
        self._pace.step(self._done)

    def _take_packed(self, packed: Packed) -> None:
        self._count(packed.state, packed.problems)
        self._bulk.add_packed(packed)
        self._pace.step(self._done)

    def _count(self, state: str, problems: Iterable[Problem]) -> None:
        self._missing += state == ImageState.MISSING
        for problem in problems:
            self._note(problem)
        self._done += 1

    def _merge(self) -> None:
        if self._waiting:
            self._again.merge(self._waiting)
            self._waiting.clear()

    def _flush(self) -> None:
        self._merge()
        self._bulk.flush()

    def _note(self, problem: Problem) -> None:
        self._counted += 1
        if len(self._listed) < _PROBLEMS_LISTED:
            self._listed.append(problem)

    def _find_gone(self) -> None:
        """Lists the images that the files do not name any more."""
        gone = find_gone(self._store.database, self._dataset.id, self._seen, self._begun.last)
        self._gone = len(gone)
        if self._gone:
            mark_gone(self._store.database, self._dataset.id, gone, self._dataset.root)
            words = f"{self._gone:,} images are in the store that the files do not name any more."
            self._listed.append(
                Problem(code=GONE, message=words, severity=Severity.WARNING, file=self._dataset.root)
            )


def _own_categories(store: Store, reader: Reader) -> dict[int, int]:
    """The store's id of each category that a reader brings."""
    return {
        own.id: store.categories.add(
            own.name, own.schema, coco_name=own.coco_name, supercategory=own.supercategory
        ).id
        for own in reader.categories()
    }


class _Pace:
    """Tells how far the import is, how quick, and for how long still."""

    def __init__(self, progress: Progress, total: int, before: int) -> None:
        self._progress = progress
        self._total = total
        self._before = before
        self._message = "Importing"
        self._start = self._said = monotonic()
        self._told = -1

    def begin(self) -> None:
        self._start = self._said = monotonic()
        self._tell(0)

    def step(self, done: int) -> None:
        if (self._before + done) % _REPORT_EVERY == 0:
            self._tell(done)

    def end(self, done: int) -> None:
        if done != self._told:
            self._tell(done)

    def _tell(self, done: int) -> None:
        self._told = done
        now = monotonic()
        # The words change seldom, so that logs stay short.
        if now - self._said >= _RATE_EVERY:
            self._said = now
            rate = done / (now - self._start)
            self._message = f"Importing, {rate:,.0f} images/s{self._left(done, rate)}"
        self._progress(self._before + done, self._total, self._message)

    def _left(self, done: int, rate: float) -> str:
        rest = self._total - self._before - done
        if rest <= 0 or rate <= 0:
            return ""
        seconds = rest / rate
        if seconds < 90:
            return f", {max(1, round(seconds))} s left"
        if seconds < 5400:
            return f", {round(seconds / 60)} min left"
        return f", {seconds / 3600:.1f} h left"
