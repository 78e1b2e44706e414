"""A report of a retrieval run: a page with pictures, and its tables as CSV.

The folder has ``index.html`` and ``pictures/``, ``figures.csv``, ``causes.csv`` and ``verdicts.csv``. It is
written beside itself and put in its place when it is whole.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from store.db import Store
from store.db.verdicts import Cause
from store.db.verdicts import standing as newest
from store.errors import StoreError
from store.progress import Progress, silent
from store.retrieval.causes import Causes, Verdicts, causes, causes_by_slice, failures
from store.retrieval.crops import Cropper
from store.retrieval.figures import Figures, by_slice, figures
from store.retrieval.index import Rows
from store.retrieval.report_failures import Teller
from store.retrieval.report_page import Failure, Page, page
from store.retrieval.standing import Standing
from store.retrieval.suspicion import Suspicion

Ints = NDArray[np.int64]

#: Failures that are shown with pictures.
MOST = 100
FILES = ("index.html", "figures.csv", "causes.csv", "verdicts.csv", "pictures")


@dataclass(frozen=True, slots=True)
class Written:
    """What a report has: failures in all and shown, queries that were judged, images whose picture could not
    be read."""

    index: Path
    failures: int
    shown: int
    judged: int
    lost: tuple[int, ...]


def write_report(
    folder: Path,
    store: Store,
    standing: Standing,
    rows: Rows,
    *,
    run: str = "",
    notes: Sequence[str] = (),
    most: int = MOST,
    order: Ints | None = None,
    progress: Progress = silent,
) -> Written:
    """Write the report of a ranking as it stands, with the verdicts of the store, into a folder.

    ``rows`` are those of the index. ``order`` are queries (their places), the first of which are shown, up to
    ``most``; without it failures by suspicion, missed ones last. ``notes`` are said beside those of the run.
    A report that is there is replaced; StoreError where the folder has anything else, or cannot be written.
    """
    folder = folder.absolute()
    _check(folder)
    part = folder.with_name(f"{folder.name}.part")
    try:
        shutil.rmtree(part, ignore_errors=True)
        (part / "pictures").mkdir(parents=True)
        try:
            written = _Report(part, store, standing, rows, run, notes).write(most, order, progress)
            shutil.rmtree(folder, ignore_errors=True)
            part.replace(folder)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    except OSError as error:
        raise StoreError(
            f"{folder} cannot be written: {error.strerror}.", "Choose another folder."
        ) from error
    return Written(folder / "index.html", *written)


def write_tables(folder: Path, store: Store, standing: Standing, rows: Rows) -> tuple[Path, ...]:
    """Write only ``figures.csv``, ``causes.csv`` and ``verdicts.csv`` into a folder, in place of those that
    are there; their paths. StoreError where they cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _Report(folder, store, standing, rows, "", ()).write_tables()
    except OSError as error:
        raise StoreError(
            f"{folder} cannot be written: {error.strerror}.", "Choose another folder."
        ) from error
    return tuple(folder / name for name in FILES if name.endswith(".csv"))


def by_suspicion(standing: Standing) -> Ints:
    """The failures, the most suspicious first; those that were not detected last."""
    wrong = np.flatnonzero(failures(standing))
    return wrong[np.argsort(-Suspicion(standing).scores()[wrong], kind="stable")]


def _check(folder: Path) -> None:
    """StoreError where the folder is something else than a report or nothing."""
    if folder.exists() and not folder.is_dir():
        raise StoreError(f"{folder} is a file.", "Name a folder for the report.")
    other = [one.name for one in folder.iterdir() if one.name not in FILES] if folder.is_dir() else []
    if other:
        raise StoreError(
            f"{folder} has other files ({', '.join(sorted(other)[:3])}).",
            "Name a new folder: a report replaces what is there.",
        )


class _Report:
    """One report being written into a folder that is there."""

    def __init__(
        self, folder: Path, store: Store, standing: Standing, rows: Rows, run: str, notes: Sequence[str]
    ) -> None:
        self._folder, self._standing, self._run, self._notes = folder, standing, run, notes
        self._names = {one.id: one.name for one in store.categories.all()}
        self._verdicts: Verdicts = store.verdicts.of(standing.ranked.queries.tolist())
        self._cropper = Cropper(store, folder)
        self._teller = Teller(store, standing, rows, self._names, self._cropper)

    def write(
        self, most: int, order: Ints | None, progress: Progress
    ) -> tuple[int, int, int, tuple[int, ...]]:
        standing = self._standing
        tables, why = self.write_tables()
        chosen = by_suspicion(standing) if order is None else order
        shown: list[Failure] = []
        for done, query in enumerate(chosen[:most].tolist()):
            progress(done, min(most, len(chosen)), "Writing the report")
            shown.append(self._teller.failure(query, self._verdicts.get(self._garment(query), ())))
        lost = tuple(sorted(self._cropper.lost))
        text = page(self._page(tables, why, shown, len(chosen) - len(shown), lost))
        (self._folder / "index.html").write_text(text, encoding="utf-8")
        progress(len(shown), len(shown), "Writing the report")
        return why[0].failures, len(shown), why[0].judged, lost

    def write_tables(self) -> tuple[list[Figures], list[Causes]]:
        """Write the tables, and return what they say, all first."""
        standing = self._standing
        tables = [figures(standing), *by_slice(standing, self._names)]
        why = [causes(standing, self._verdicts), *causes_by_slice(standing, self._verdicts, self._names)]
        self._figures(tables)
        self._causes(why)
        self._said()
        return tables, why

    def _garment(self, query: int) -> int:
        return int(self._standing.ranked.queries[query])

    def _page(
        self,
        tables: list[Figures],
        why: list[Causes],
        shown: list[Failure],
        left_out: int,
        lost: tuple[int, ...],
    ) -> Page:
        ranked, whole = self._standing.ranked, tables[0]
        facts = ranked.facts
        filters = [
            f"{name}: {text}"
            for name, text in (("Queries", facts.queries), ("Gallery", facts.gallery))
            if text
        ]
        return Page(
            f"Retrieval: {facts.model}, {facts.protocol}",
            (
                ("queries", f"{whole.queries:,}"),
                ("garments in the gallery", f"{len(ranked.entries):,}"),
                *((f"top-{k}", f"{share:.3f}") for k, share in whole.top.items()),
                ("mAP", f"{whole.mean_precision:.3f}"),
                ("failures at 1", f"{why[0].failures:,}"),
                ("judged", f"{why[0].judged:,}"),
            ),
            (f"Index {facts.index}, crop by {facts.crop}, run {self._run or 'not named'}.", *filters),
            (*facts.notes, *self._notes),
            tuple(_warnings(whole, lost)),
            tables,
            why,
            shown,
            left_out,
            datetime.now(UTC),
        )

    def _figures(self, tables: list[Figures]) -> None:
        ks = list(tables[0].top)
        rows = (
            [
                *(one.group, one.level, one.queries, one.missed),
                *(one.top[k] for k in ks),
                one.mean_precision,
            ]
            for one in tables
        )
        head = ["group", "level", "queries", "missed", *(f"top{k}" for k in ks), "mAP"]
        self._csv("figures.csv", head, rows)

    def _causes(self, why: list[Causes]) -> None:
        head = ["group", "level", "failures", "judged", "right_now", "open", "disagreed"]
        rows = (
            [
                *(one.group, one.level, one.failures, one.judged, one.repaired, one.open, one.disagreed),
                *(one.counts[cause] for cause in Cause),
            ]
            for one in why
        )
        self._csv("causes.csv", [*head, *(cause.value for cause in Cause)], rows)

    def _said(self) -> None:
        head = ["garment_id", "image", "category", "asked", "first_place", "cause", "note", "author", "at"]
        self._csv("verdicts.csv", [*head, "result_id", "run", "edit_id", "stands"], self._verdict_rows())

    def _verdict_rows(self) -> Iterable[list[Any]]:
        standing = self._standing
        for query, garment in enumerate(standing.ranked.queries.tolist()):
            said = self._verdicts.get(garment, ())
            stands = {one.id for one in newest(said).values()}
            for one in said:
                yield [
                    *(garment, self._teller.image_name(query), self._teller.category(garment)),
                    *(int(standing.asked[query]), int(standing.first[query]) or ""),
                    *(one.cause.value, one.note, one.author, one.at.isoformat()),
                    *(one.result_id or "", one.run, one.edit_id or "", int(one.id in stands)),
                ]

    def _csv(self, name: str, head: list[str], rows: Iterable[list[Any]]) -> None:
        with (self._folder / name).open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(head)
            writer.writerows(rows)


def _warnings(whole: Figures, lost: tuple[int, ...]) -> Iterator[str]:
    """What makes the report less than it should be; ``lost`` are images whose pictures could not be read."""
    if lost:
        some = ", ".join(map(str, lost[:10])) + ("..." if len(lost) > 10 else "")
        what = "1 image" if len(lost) == 1 else f"{len(lost):,} images"
        yield f"The pictures of {what} could not be read: id in ({some})."
    if not whole.queries:
        yield "No query has a true match in the gallery: there is nothing to count."
