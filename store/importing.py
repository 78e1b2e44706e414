"""A whole dataset into a store."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import monotonic

import numpy as np

from store import unfinished
from store.db import Store
from store.db.bulk import BulkWriter
from store.errors import Cancelled, FormatError, StoreError
from store.formats import registry
from store.formats.base import Complaints, Reader, ReadOptions
from store.formats.extents import size_from
from store.formats.files import reading
from store.formats.landmarks import is_labelled
from store.formats.values import printable
from store.pictures import Probe, probe
from store.progress import Progress, silent
from store.records import Dataset, Garment, Image, ImageRecord, ImageState

_PROBERS = 4
#: Pictures are looked at in chunks, because handing each to a thread costs more than looking.
_CHUNK = 32
_AHEAD = 8
_REPORT_EVERY = 50
_RATE_EVERY = 5.0


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """``images`` is the folder of the pictures where the format does not say; ``name`` the dataset's."""

    images: Path | None = None
    split: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What came in. ``missing`` counts images without their picture file.

    ``before`` counts images that are there from an import of the same that was broken off.
    """

    images: int
    garments: int
    problems: int
    missing: int
    seconds: float
    dataset: str = ""
    format: str = ""
    before: int = 0


def import_dataset(
    store: Store, format: str, path: Path, options: ImportOptions, progress: Progress = silent
) -> ImportReport:
    """Reads a dataset into a store; ``auto`` finds out the format.

    Bad records become problems of the store. Raises FormatError, with nothing written, where the path
    holds no such dataset; StoreError where the store cannot be written; Cancelled when ``progress``
    says so, after storing what was read so far (its text says how much). An import that was broken off,
    in whatever way, goes on where it stopped when the same is imported again.
    """
    start = monotonic()
    if store.read_only:
        raise StoreError(f"The store {store.folder} is read-only.", "Import into another store.")
    read = ReadOptions(images=options.images, split=options.split, progress=progress)
    reader = registry.reader(format, path, read)
    total = len(reader)
    wanted = Dataset(
        name=options.name or _name_of(path),
        format=reader.format,
        root=str(path.absolute()),
        images_root=str(reader.images_root),
        extra=reader.extra(),
    )
    for text in (wanted.name, wanted.root, wanted.images_root, options.split):
        if printable(text) != text:
            raise FormatError(f"{printable(text)} is not UTF-8 text.", "Give it another name.")
    begun = unfinished.begin(store, wanted)
    work = _Import(store, reader, begun, total, progress)
    with store.bulk() as bulk:
        work.run(bulk)
    unfinished.end(store, begun.dataset)
    return ImportReport(
        bulk.images,
        bulk.garments,
        bulk.problems,
        work.missing,
        monotonic() - start,
        begun.dataset.name,
        reader.format,
        len(begun.known),
    )


def _name_of(path: Path) -> str:
    path = path.absolute()
    return path.stem if path.suffix.lower() == ".json" else path.name


class _Import:
    def __init__(
        self, store: Store, reader: Reader, begun: unfinished.Begun, total: int, progress: Progress
    ) -> None:
        self._reader = reader
        self._dataset = begun.dataset
        self._known = begun.known
        self._total = total
        self._progress = progress
        self._root = reader.images_root
        self._start = monotonic()
        self._message = "Importing"
        self._said = self._start
        self.missing = 0
        self._categories = {
            own.id: store.categories.add(
                own.name, own.schema, coco_name=own.coco_name, supercategory=own.supercategory
            ).id
            for own in reader.categories()
        }

    def run(self, bulk: BulkWriter) -> None:
        try:
            self._records(bulk)
        except Cancelled as error:
            bulk.flush()
            raise Cancelled(
                f"The import was cancelled; {len(self._known) + bulk.images:,} of {self._total:,} images are "
                f'in the store, as dataset "{self._dataset.name}". Import the same again to go on.'
            ) from error
        except FormatError:
            bulk.flush()
            raise
        for problem in self._reader.problems():
            bulk.add_problem(problem.but(dataset_id=self._dataset.id))

    def _records(self, bulk: BulkWriter) -> None:
        total, before = self._total, len(self._known)
        self._progress(before, total, self._message)
        with ThreadPoolExecutor(_PROBERS, "probe") as pool:
            for done, (record, picture) in enumerate(self._probed(self._new_ones(), pool), before + 1):
                bulk.add(self._finished(record, picture))
                if done % _REPORT_EVERY == 0 or done == total:
                    self._progress(done, total, self._words(done))

    def _new_ones(self) -> Iterator[ImageRecord]:
        with reading(self._root):
            for record in self._reader.records():
                if record.image.name not in self._known:
                    yield record

    def _words(self, done: int) -> str:
        """The message with the rate, which changes seldom so that logs stay short."""
        now = monotonic()
        if now - self._said >= _RATE_EVERY:
            self._said = now
            self._message = f"Importing, {(done - len(self._known)) / (now - self._start):,.0f} images/s"
        return self._message

    def _probed(
        self, records: Iterable[ImageRecord], pool: ThreadPoolExecutor
    ) -> Iterator[tuple[ImageRecord, Probe]]:
        """Records with what is known of their pictures, which are looked at ahead of time."""
        waiting: deque[tuple[list[ImageRecord], Future[list[Probe]]]] = deque()
        rest = iter(records)
        while chunk := list(islice(rest, _CHUNK)):
            waiting.append((chunk, pool.submit(self._probe, chunk)))
            if len(waiting) > _AHEAD:
                yield from _waited(*waiting.popleft())
        while waiting:
            yield from _waited(*waiting.popleft())

    def _probe(self, records: Iterable[ImageRecord]) -> list[Probe]:
        return [
            Probe(ImageState.MISSING)
            if record.image.state is ImageState.MISSING
            else probe(self._root / record.image.name)
            for record in records
        ]

    def _finished(self, record: ImageRecord, picture: Probe) -> ImageRecord:
        told = Complaints(record.image.name)
        garments = record.garments
        if self._categories:
            garments = tuple(
                g.but(category_id=self._categories.get(g.category_id, g.category_id)) for g in garments
            )
        image = self._with_picture(record, picture, told)
        if image.size_known:
            for garment in garments:
                _complain_of_place(garment, image, told)
        image = image.but(dataset_id=self._dataset.id)
        return ImageRecord(image, garments, (*record.problems, *told.found))

    def _with_picture(self, record: ImageRecord, picture: Probe, told: Complaints) -> Image:
        image = record.image.but(state=picture.state)
        if picture.state is ImageState.MISSING:
            self.missing += 1
            # Where the reader refused the name, it has said why.
            if not any(problem.code in ("file-name", "picture-name") for problem in record.problems):
                told.warn("picture-missing", f"There is no picture {image.name} in {self._root}.")
        elif picture.state is ImageState.UNREADABLE:
            told.error("picture-unreadable", picture.message)
        if picture.orientation != 1:
            told.warn(
                "orientation",
                f"The picture says that it is to be turned (EXIF orientation {picture.orientation}); "
                "it is shown as it is stored, because annotations refer to that.",
            )
        if picture.width and picture.height:
            _complain_of_size(image, picture, told)
            return image.but(width=picture.width, height=picture.height, size_known=True)
        if not image.width or not image.height:
            width, height = size_from(record.garments)
            return image.but(width=width, height=height, size_known=False)
        return image


def _waited(records: list[ImageRecord], probes: Future[list[Probe]]) -> Iterator[tuple[ImageRecord, Probe]]:
    yield from zip(records, probes.result(), strict=True)


def _complain_of_size(image: Image, picture: Probe, told: Complaints) -> None:
    stated, found = (image.width, image.height), (picture.width, picture.height)
    if not image.size_known or stated == found:
        return
    turned = " That is the size of the picture turned on its side." if stated == found[::-1] else ""
    told.warn(
        "size-differs",
        f"The file says {stated[0]} x {stated[1]}, the picture has {found[0]} x {found[1]} pixels.{turned}",
    )


def _complain_of_place(garment: Garment, image: Image, told: Complaints) -> None:
    parts = {
        "box": np.empty((0, 2)) if garment.box is None else garment.box.reshape(2, 2),
        "polygon points": np.concatenate(garment.polygons) if garment.polygons else np.empty((0, 2)),
        "landmarks": garment.points[is_labelled(garment.visibility)],
    }
    size = np.array([image.width, image.height])
    together = np.concatenate(list(parts.values()))
    if not len(together) or (together.min() >= 0 and bool((together.max(axis=0) <= size).all())):
        return
    outside = {name: int(((p < 0) | (p > size)).any(axis=1).sum()) for name, p in parts.items() if len(p)}
    words = [name if name == "box" else f"{count} {name}" for name, count in outside.items() if count]
    if words:
        told.warn(
            "outside",
            f"Outside the image of {image.width} x {image.height}: {', '.join(words)}.",
            garment.key or f"garment {garment.position + 1}",
        )
