"""``relocate``: where the pictures of a dataset lie now."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.options import JsonOption, RunOption, StoreOption
from app.cli.outcome import Exit
from app.cli.reporter import Reporter
from store.errors import StoreError

if TYPE_CHECKING:
    from store.db import Store
    from store.records import Dataset


def add_relocating(program: typer.Typer) -> None:
    """Add the command to the program."""
    program.command()(relocate)


def relocate(
    store: StoreOption,
    folder: Annotated[
        Path | None, typer.Argument(help="Where the pictures are now; without it they are looked for again.")
    ] = None,
    dataset: Annotated[str, typer.Option(help="Its name; needed where the store has several.")] = "",
    check: Annotated[
        bool, typer.Option("--check", help="Only say how many are there; change nothing.")
    ] = False,
    as_json: JsonOption = False,
    run: RunOption = None,
) -> None:
    """Say where the pictures of a dataset lie now, and find those that were missing."""
    raise typer.Exit(work(store, folder, dataset, check=check, as_json=as_json, run=run))


def work(
    place: Path,
    folder: Path | None,
    name: str,
    *,
    check: bool,
    as_json: bool = False,
    run: Path | None = None,
) -> int:
    """Relocate, or only look; 1 where pictures are not there. StoreError where none is in the folder."""
    from store import relocating
    from store.db import Store

    with (
        Reporter(as_json=as_json, run=run) as reporter,
        Store.open(place, read_only=check) as store,
    ):
        dataset = _dataset(store, name)
        if folder is not None or check:
            wanted = folder or Path(dataset.images_root)
            found = relocating.look(store, dataset.id, wanted, reporter)
            line = f'{found.found:,} of {found.images:,} pictures of "{dataset.name}" are in {found.folder}'
            if check:
                code = Exit.DONE if found.found == found.images else Exit.PROBLEMS
                return reporter.result({"dataset": dataset.name, **asdict(found)}, [line], code)
            if not found.found:
                raise StoreError(
                    f'None of the {found.images:,} pictures of "{dataset.name}" is in {wanted}.',
                    "Nothing was changed. Name the folder that holds them.",
                )
            reporter.say(line)
            folder = found.folder
        done = relocating.relocate(store, dataset.id, folder, reporter)
        lines = [f'"{done.dataset}": {done.present:,} pictures are in {done.folder}; {done.news:,} are news']
        if done.missing:
            lines.append(f"{done.missing:,} are not there")
        if done.unreadable:
            lines.append(f"{done.unreadable:,} cannot be read; they are on the problem list")
        code = Exit.PROBLEMS if done.missing or done.unreadable else Exit.DONE
        return reporter.result({"store": str(place), **asdict(done)}, lines, code)


def _dataset(store: Store, name: str) -> Dataset:
    """The dataset of a name, or the only one. StoreError names those there are."""
    datasets = store.datasets.all()
    found = [one for one in datasets if one.name == name or not name]
    if len(found) == 1:
        return found[0]
    names = ", ".join(one.name for one in datasets) or "none"
    if name:
        raise StoreError(f'The store has no dataset "{name}".', f"It has: {names}.")
    raise StoreError("Which dataset is not said.", f"Name one with --dataset; the store has: {names}.")
