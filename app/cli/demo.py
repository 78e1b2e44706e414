"""``demo``: the drawn dataset beside its store, made once and opened again afterwards.

In the folder: ``dataset/`` (DeepFashion2's layout), ``store/``, and ``demo.json`` that says what was
asked for and whether it is whole: a demo that was broken off is drawn anew, a whole one never.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.cli.outcome import Exit
from app.cli.reporter import Reporter
from app.places import data_folder
from store.errors import Cancelled, StudioError

_NOTE = "demo.json"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the demo is drawn from: how many images, the seed, and the share of wrong labels."""

    images: int = 240
    seed: int = 7
    errors: float = 0.05


def default_folder() -> Path:
    """Where the demo goes unless somebody says otherwise."""
    return data_folder() / "demo"


def store_of(folder: Path) -> Path:
    """The store of a demo folder."""
    return folder / "store"


def is_whole(folder: Path) -> bool:
    """Whether a demo is there that can be opened again. StudioError where its note cannot be read."""
    note = _note(folder)
    return note is not None and bool(note.get("whole")) and store_of(folder).is_dir()


def demo(
    folder: Path | None,
    images: int | None,
    seed: int | None,
    errors: float | None,
    *,
    headless: bool,
    as_json: bool,
    run: Path | None,
) -> int:
    """Draw and import the demo unless it is there, then open the window on it."""
    folder = folder or default_folder()
    asked: dict[str, Any] = {
        name: value
        for name, value in (("images", images), ("seed", seed), ("errors", errors))
        if value is not None
    }
    with Reporter(as_json=as_json, run=run) as reporter:
        there = _note(folder)
        drawn = not is_whole(folder)
        if there is None or drawn:
            _make(folder, Wanted(**asked), reporter)
        else:
            _refuse_other(folder, there, asked)
        code = _tell(folder, reporter, drawn=drawn)
    if headless:
        return code
    from app.cli.window import show

    return show(store_of(folder))


def _note(folder: Path) -> dict[str, Any] | None:
    """What the demo in ``folder`` was drawn from, and whether it is ``whole``; None where there is none."""
    import json

    try:
        note = json.loads((folder / _NOTE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise StudioError(
            f"{folder / _NOTE} cannot be read: {error}.", "Choose another --dir, or delete that folder."
        ) from error
    return note if isinstance(note, dict) else None


def _write_note(folder: Path, wanted: Wanted, *, whole: bool) -> None:
    import json

    text = json.dumps({**asdict(wanted), "whole": whole}) + "\n"
    (folder / _NOTE).write_text(text, encoding="utf-8")


def _refuse_other(folder: Path, there: dict[str, Any], asked: dict[str, Any]) -> None:
    """Another demo than the one asked for is not opened in its place, nor drawn over: it may hold edits."""
    other = [name for name, value in asked.items() if there.get(name) != value]
    if other:
        was = ", ".join(f"--{name} {there.get(name)}" for name in other)
        raise StudioError(
            f"The demo in {folder} is there already and was drawn with {was}; it is kept, it may hold edits.",
            "Name another folder with --dir, or delete this one.",
        )


def _make(folder: Path, wanted: Wanted, reporter: Reporter) -> None:
    from store import importing
    from store.db import Store
    from store.demo import DemoOptions, write_demo

    dataset, store = folder / "dataset", store_of(folder)
    _make_room(folder, (dataset, store))
    _write_note(folder, wanted, whole=False)
    workers = min(os.cpu_count() or 1, 8)
    options = DemoOptions(images=wanted.images, seed=wanted.seed, errors=wanted.errors, workers=workers)
    try:
        write_demo(dataset, options, reporter)
        with Store.create(store, "demo") as made:
            importing.import_dataset(
                made, "deepfashion2", dataset, importing.ImportOptions(name="demo"), reporter
            )
        _write_note(folder, wanted, whole=True)
    except (StudioError, Cancelled):
        _clear((dataset, store))
        raise


def _make_room(folder: Path, ours: tuple[Path, ...]) -> None:
    """Leave nothing of an attempt that was broken off; StudioError where something is not ours."""
    note = _note(folder)
    there = [path for path in ours if path.exists()]
    if there and note is None:
        raise StudioError(
            f"{there[0]} is there already and is not from a demo; it is left alone.",
            "Name another folder with --dir.",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _clear(ours)
    except OSError as error:
        raise StudioError(
            f"{folder} cannot be used for the demo: {error.strerror}.", "Name another folder with --dir."
        ) from error


def _clear(paths: tuple[Path, ...]) -> None:
    for path in paths:
        if path.exists():
            shutil.rmtree(path)


def _tell(folder: Path, reporter: Reporter, *, drawn: bool) -> int:
    from store.db import Store

    with Store.open(store_of(folder), read_only=True) as store:
        totals = store.statistics.totals()
    data = {"store": str(store_of(folder)), "dataset": str(folder / "dataset"), "drawn": drawn}
    state = "drawn and imported" if drawn else "there already, opened as it is"
    return reporter.result(
        {**data, "images": totals.images, "garments": totals.garments},
        [f"{totals.images:,} images and {totals.garments:,} garments {state}: {store_of(folder)}"],
        Exit.DONE,
    )
