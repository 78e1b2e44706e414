"""Writes an export, reads it back, compares it, and only then gives the files their names."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack, closing
from pathlib import Path
from time import monotonic
from typing import Self

from store.db import Store
from store.errors import FormatError
from store.exporting.conversion import Conversion
from store.exporting.divided import DividedExport, differs
from store.exporting.options import ExportOptions, ExportReport, Proof
from store.exporting.preflight import (
    conversion_for,
    dataset_losses,
    listed_losses,
    may_lose,
    preflight,
    table_of,
)
from store.exporting.selection import Selection
from store.exporting.tables import Table
from store.filters import Expr
from store.formats import registry
from store.formats.base import Loss, Losses, WriteOptions, Writer
from store.formats.fingerprint import SIZE, fingerprint
from store.formats.piecewise import Piecewise
from store.progress import Progress, silent
from store.records import Image

#: Garments that are opened with the format's official tool.
SAMPLE = 20_000

_REPORT_EVERY = 50


def _unseen(key: str, state: str) -> None:
    """Proofs that nobody watches."""


def export(
    store: Store,
    format: str,
    out: Path,
    where: Expr | str | None = None,
    options: ExportOptions | None = None,
    progress: Progress = silent,
    proof: Proof = _unseen,
) -> ExportReport:
    """Writes the images that a filter selects to ``out``, a file or a folder as the format wants it.

    Nothing appears under the final name before all records were read back and found equal to what was
    taken from the store. Raises FormatError where it cannot be written or does not read back equal, and
    lets Cancelled pass; neither leaves anything behind. With ``strict`` and anything to lose, nothing is
    written and the report has no files.
    """
    start = monotonic()
    store.database.spare_memory()
    options = options or ExportOptions()
    table = table_of(store, format, options)
    writer = registry.writer(format, out, write_options(store, options, table))
    selection = Selection(store, where)
    _refuse_nothing(store, selection)
    if options.strict:
        foreseen = _foreseen(store, format, selection, options, progress)
        if any(not loss.kept for loss in foreseen):
            return ExportReport((), 0, 0, foreseen, 0, 0, monotonic() - start)
    conversion = conversion_for(store.categories.all(), selection, format, options.layout, table)
    work: DividedExport | _Export
    if isinstance(writer, Piecewise):
        copies = options.copy_images
        work = DividedExport(store, writer, selection, conversion, progress, copies=copies)
    else:
        work = _Export(writer, selection, conversion, progress)
    files, sampled = _proved(work, writer, selection, progress, proof)
    losses = listed_losses(work.losses + dataset_losses(selection, format))
    return ExportReport(
        tuple(files), len(selection), work.garments, losses, len(selection), sampled, monotonic() - start
    )


def _proved(
    work: DividedExport | _Export, writer: Writer, selection: Selection, progress: Progress, proof: Proof
) -> tuple[list[Path], int]:
    """The files of an export once all has held, and how many garments the official tool has opened."""
    with ExitStack() as stack:
        stack.callback(writer.abort)
        stack.enter_context(work)
        proof("written", "running")
        images = selection.named() if isinstance(writer, Piecewise) else selection.images()
        writer.begin(selection.datasets(), selection.categories(), _watched(images, len(selection), progress))
        work.write()
        proof("written", "held")
        proof("compared", "running")
        work.compare()
        proof("compared", "held")
        progress(0, 0, "Opening a sample with the official tool")
        sampled = writer.sample(SAMPLE)
        if sampled:
            proof("official", "held")
        files = writer.finish()
    proof("named", "held")
    return files, sampled


def _refuse_nothing(store: Store, selection: Selection) -> None:
    if len(selection):
        return
    if selection.where is None:
        raise FormatError(f"The store {store.folder} holds no images.", "Import a dataset first.")
    raise FormatError("The filter selects no images; nothing was written.", "Choose another filter.")


def _foreseen(
    store: Store, format: str, selection: Selection, options: ExportOptions, progress: Progress
) -> tuple[Loss, ...]:
    """The losses of an export that has not begun."""
    if may_lose(format, options.layout):
        return preflight(store, format, selection.where, options, progress).losses
    return listed_losses(dataset_losses(selection, format))


def write_options(store: Store, options: ExportOptions, table: Table) -> WriteOptions:
    """What the writer of a format needs to know."""
    return WriteOptions(
        layout=options.layout,
        precise=options.precise,
        copy_images=options.copy_images,
        picture=store.images.path,
        categories=table,
    )


def _watched(images: Iterable[Image], total: int, progress: Progress) -> Iterable[Image]:
    for done, image in enumerate(images, 1):
        if done % 1_000 == 0:
            progress(done, total, "Numbering")
        yield image


class _Export:
    """Writes record by record and compares what was written."""

    def __init__(
        self, writer: Writer, selection: Selection, conversion: Conversion | None, progress: Progress
    ) -> None:
        self._writer = writer
        self._conversion = conversion
        self._selection = selection
        self._progress = progress
        self._digests = bytearray()
        self.garments = 0
        self.losses = Losses()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is open."""

    def write(self) -> None:
        """Writes all records and remembers what must be found in the files."""
        writer, total = self._writer, len(self._selection)
        for done, record in enumerate(self._selection.records(), 1):
            if self._conversion is not None:
                self.losses.update(self._conversion.losses(record))
                record = self._conversion.of(record)
            writer.add(record)
            promised = writer.promise(record)
            self._digests += fingerprint(promised, writer.format, writer.unsaid)
            self.garments += len(promised.garments)
            self.losses.update(writer.losses(record))
            if done % _REPORT_EVERY == 0 or done == total:
                self._progress(done, total, "Writing")

    def compare(self) -> None:
        """Reads everything back. FormatError naming the first image that differs."""
        total, done = len(self._selection), 0
        with closing(self._writer.read_back()) as records:
            for record in records:
                place = done * SIZE
                done += 1
                found = fingerprint(record, self._writer.format, self._writer.unsaid)
                if found != self._digests[place : place + SIZE]:
                    raise differs(record.image.name, [problem.message for problem in record.problems])
                if done % _REPORT_EVERY == 0 or done == total:
                    self._progress(done, total, "Reading back")
        if done != total:
            raise differs(f"{done} of {total} images", [])
