"""``retrieval-report``: the page, the pictures and the tables of a retrieval run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.outcome import Exit
from app.cli.reporter import Reporter
from app.cli.retrieving import counted
from app.cli.stores import refuse_no_store
from store.errors import StudioError

if TYPE_CHECKING:
    from store.retrieval.report import Written
    from store.runs import RunFolder


def report(
    source: str, store: Path, to: Path, most: int, *, as_json: bool = False, run: Path | None = None
) -> int:
    """Write the report of a run into a folder; 1 where pictures could not be read."""
    from store.runs import RunFolder

    refuse_no_store(store)
    asked = RunFolder.find(store, source)
    with Reporter(as_json=as_json, run=run) as reporter:
        written, notes = _written(store, asked, to, most, reporter)
        lines = [
            f"{written.index}: {counted(written.failures, 'failure', 'failures')}, {written.shown:,} shown, "
            f"{written.judged:,} judged.",
            *(f"Note: {note}" for note in notes),
        ]
        if written.lost:
            some = ", ".join(map(str, written.lost[:10]))
            pictures = counted(len(written.lost), "picture", "pictures")
            lines.append(f"{pictures} could not be read: image {some}{', ...' * (len(written.lost) > 10)}")
        found = {
            "run": asked.id,
            "report": str(written.index),
            "failures": written.failures,
            "shown": written.shown,
            "judged": written.judged,
            "lost": list(written.lost),
            "notes": list(notes),
        }
        return reporter.result(found, lines, Exit.PROBLEMS if written.lost else Exit.DONE)


def _written(
    store: Path, asked: RunFolder, to: Path, most: int, reporter: Reporter
) -> tuple[Written, tuple[str, ...]]:
    from store.db import Store
    from store.retrieval.age import age, moved, moved_note
    from store.retrieval.index import FOLDER, VectorIndex
    from store.retrieval.ranked import Ranked
    from store.retrieval.report import write_report
    from store.retrieval.standing import Standing, exact_places

    ranked = Ranked.load(asked.path)
    folder = store / FOLDER / ranked.facts.index
    if not folder.is_dir():
        raise StudioError(
            f"The index {ranked.facts.index} of the run {asked.id} is gone.", "Index and retrieve again."
        )
    with VectorIndex.open(folder) as index, Store.open(store, read_only=True) as held:
        rows, vectors = index.read()
        reporter(0, 0, "Reading the store")
        notes = age(held, rows, index.facts.crop).notes()
        if count := moved(ranked, rows):
            notes = (*notes, moved_note(count))
        standing = Standing(ranked, held.products.table(), exact_places(ranked, vectors))
        written = write_report(
            to, held, standing, rows, run=asked.id, notes=notes, most=most, progress=reporter
        )
    return written, notes
