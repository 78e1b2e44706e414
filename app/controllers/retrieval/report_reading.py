"""What the report view shows of an audit, and the command that writes the report. Called in threads."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from app.controllers.retrieval.reading import Audit
from resources.taxonomy import Category
from store.db.verdicts import Cause, Verdict
from store.db.verdicts import standing as newest
from store.retrieval.causes import Causes, Verdicts, causes, causes_by_slice
from store.retrieval.index import FOLDER, VectorIndex
from store.retrieval.report import write_tables
from widgets.pages.retrieval.report_records import CauseRow, Person, ReportState, VerdictRow

#: Reports lie here in the store's folder, where the person chooses no other.
REPORTS = "reports"
_SAID = 3


def state_of(audit: Audit) -> ReportState:
    """A ranking's failures by cause and slice as they stand now, with all verdicts of the store."""
    with audit.lock:
        standing = audit.standing
        verdicts: Verdicts = audit.store.verdicts.of(standing.ranked.queries.tolist())
        names = {one.id: one.name for one in audit.categories.values()}
        why = [causes(standing, verdicts), *causes_by_slice(standing, verdicts, names)]
        facts = standing.ranked.facts
        return ReportState(
            f"{facts.model}, {facts.protocol}",
            tuple(cause.value for cause in Cause),
            tuple(_row(one) for one in why),
            _verdict_rows(audit, verdicts),
            _people(verdicts),
        )


def _row(one: Causes) -> CauseRow:
    counts = tuple(one.counts[cause] for cause in Cause)
    return CauseRow(
        *(one.group, one.level, one.failures, one.judged, one.repaired, one.open, one.disagreed), counts
    )


def _verdict_rows(audit: Audit, verdicts: Verdicts) -> tuple[VerdictRow, ...]:
    """All verdicts, the newest first."""
    table, queries = audit.standing.table, audit.standing.ranked.queries
    place = {garment: query for query, garment in enumerate(queries.tolist())}
    stands = {one.id for some in verdicts.values() for one in newest(some).values()}
    said = sorted((one for some in verdicts.values() for one in some), key=lambda one: -one.id)
    rows = table.rows(np.array([one.garment_id for one in said], np.int64))
    there = [int(table.image_ids[row]) for row in rows.tolist() if row >= 0]
    images = {one.id: one.name for one in audit.store.images.get_many(sorted(set(there)))}
    found = []
    for one, row in zip(said, rows.tolist(), strict=True):
        name, colour, image = "gone", "#808080", f"garment {one.garment_id}"
        if row >= 0:
            name, colour = _category(audit.categories, int(table.category_ids[row]))
            image = images.get(int(table.image_ids[row]), image)
        found.append(_verdict(one, place[one.garment_id], name, colour, image, stands=one.id in stands))
    return tuple(found)


def _verdict(one: Verdict, query: int, category: str, colour: str, image: str, *, stands: bool) -> VerdictRow:
    at = f"{one.at.astimezone():%d %b %H:%M}"
    who = one.author or "somebody"
    return VerdictRow(
        query, category, colour, image, one.cause.value, who, at, one.note, stands, bool(one.edit_id)
    )


def _category(known: Mapping[int, Category], number: int) -> tuple[str, str]:
    found = known.get(number)
    return (found.name, found.colour) if found is not None else (f"category {number}", "#808080")


def _people(verdicts: Verdicts) -> tuple[Person, ...]:
    """Who judged, the one with most queries first, by what stands."""
    said: dict[str, Counter[str]] = {}
    for some in verdicts.values():
        for author, one in newest(some).items():
            said.setdefault(author or "somebody", Counter())[one.cause.value] += 1
    people = []
    for name, counts in said.items():
        words = ", ".join(f"{cause} {count:,}" for cause, count in counts.most_common(_SAID))
        more = len(counts) - _SAID
        people.append(Person(name, counts.total(), f"{words} and {more} more" if more > 0 else words))
    return tuple(sorted(people, key=lambda one: (-one.judged, one.name)))


def save_tables(audit: Audit, folder: Path) -> tuple[Path, ...]:
    """Write the tables of the report alone. StoreError where the index is gone or they cannot be written."""
    with VectorIndex.open(audit.store.folder / FOLDER / audit.ranked.facts.index) as index, audit.lock:
        return write_tables(folder, audit.store, audit.standing, index.rows())


def arguments_of(store: Path, run_id: str, to: Path, failures: int) -> list[str]:
    """The arguments of the command that writes the report."""
    return ["retrieval-report", run_id, "--store", str(store), "--to", str(to), "--failures", str(failures)]


def command_of(store: Path, run_id: str, to: Path, failures: int) -> str:
    """The command line that writes the report."""
    return shlex.join(["deepfashion-studio", *arguments_of(store, run_id, to, failures)])
