"""``schemas``: the landmark schemas of a store, and what is wrong with a person's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.options import JsonOption, StoreOption
from app.cli.outcome import Exit
from app.cli.reporter import Reporter
from app.cli.stores import refuse_no_store
from app.cli.tables import aligned

if TYPE_CHECKING:
    from resources.taxonomy import Category


def add_schemas(program: typer.Typer) -> None:
    """Add the command to the program."""
    program.command()(schemas)


def schemas(
    store: StoreOption,
    check: Annotated[
        Path | None, typer.Option("--check", help="Only look through this file; the store stays as it is.")
    ] = None,
    names: Annotated[bool, typer.Option("--names", help="List the landmarks of each category too.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List the landmark schemas of a store; its schemas.yaml is looked through and taken over."""
    raise typer.Exit(work(store, check, names=names, as_json=as_json))


def work(place: Path, check: Path | None, *, names: bool = False, as_json: bool = False) -> int:
    """List and check; 1 where something in the file is wrong. StudioError for a folder that is no store."""
    from store import schemas as own
    from store.db import Store
    from store.errors import StudioError

    refuse_no_store(place)
    with Reporter(as_json=as_json) as reporter, Store.open(place, read_only=check is not None) as store:
        if check is None:
            faults = [str(fault) for fault in own.take_over(store)]
        else:
            if not check.is_file():
                raise StudioError(f"{check} is not there.", "Name a file of schemas.")
            found = own.read(check)
            faults = [f"{check}, line {fault.line}: {fault.what}" for fault in found.faults]
            reporter.say(f"{check}: {len(found.categories)} categories")
        categories = store.categories.all()
    lines = [*_table(categories, names), *faults]
    data = {"categories": [_said(one) for one in categories], "faults": faults}
    return reporter.result(data, lines, Exit.PROBLEMS if faults else Exit.DONE)


def _table(categories: tuple[Category, ...], names: bool) -> list[str]:
    head = ["id", "category", "landmarks", "links", "pairs"]
    rows = [
        [
            str(one.id),
            one.name,
            str(one.schema.size),
            str(len(one.schema.links)),
            str(len(one.schema.swaps)),
        ]
        for one in categories
    ]
    lines = aligned([head, *rows], left=(1,))
    if not names:
        return lines
    told = [lines[0]]
    for line, one in zip(lines[1:], categories, strict=True):
        told += [line, *(f"      {number:>3}  {name}" for number, name in enumerate(one.schema.names, 1))]
    return told


def _said(category: Category) -> dict[str, Any]:
    schema = category.schema
    return {
        "id": category.id,
        "name": category.name,
        "landmarks": list(schema.names),
        "links": [[a + 1, b + 1] for a, b in schema.links],
        "pairs": [[a + 1, b + 1] for a, b in schema.swaps],
        "colour": category.colour,
    }
