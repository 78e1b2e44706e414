"""``audit``: who changed what and when, as JSON lines."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from app.cli.options import JsonOption, RunOption, StoreOption, WhereOption
from app.cli.reporter import Reporter
from store.errors import StoreError


def add_auditing(program: typer.Typer) -> None:
    """Add the command to the program."""
    program.command()(audit)


def audit(
    store: StoreOption,
    out: Annotated[Path, typer.Option(help="The file to write, one JSON object a line.")],
    where: WhereOption = "",
    since: Annotated[
        str, typer.Option(help='Only from then on: 2026-01-31, "2026-01-31 14:05", today.')
    ] = "",
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
    as_json: JsonOption = False,
    run: RunOption = None,
) -> None:
    """Write the audit trail: every saved change with who, when, and both states."""
    raise typer.Exit(work(store, out, where, since, force=force, as_json=as_json, run=run))


def work(
    place: Path,
    out: Path,
    where: str = "",
    since: str = "",
    *,
    force: bool = False,
    as_json: bool = False,
    run: Path | None = None,
) -> int:
    """Write the trail. StoreError for a date that is none, and as :func:`store.auditing.write_trail`."""
    from app.cli.data import pointing_into, where_text
    from store.auditing import write_trail
    from store.db import Store
    from store.filters import parse
    from store.filters.dates import span

    begin = span(since) if since else (0, 0)
    if begin is None:
        raise StoreError(
            f'"{since}" is no date.', 'Write --since 2026-01-31, or "2026-01-31 14:05", or today.'
        )
    text = where_text(where)
    with (
        pointing_into(text),
        Reporter(as_json=as_json, run=run) as reporter,
        Store.open(place, read_only=True) as store,
    ):
        done = write_trail(store, out.absolute(), parse(text), begin[0], force=force, progress=reporter)
        line = f"{done.revisions:,} changes of {done.images:,} images are in {out}"
        return reporter.result({"store": str(place), "out": str(out.absolute()), **asdict(done)}, [line])
