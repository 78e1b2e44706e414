"""``models``: which there are, adding one from elsewhere, removing one. Only adding loads torch."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.options import JsonOption, MapOption, RunOption
from app.cli.reporter import Reporter
from app.cli.stores import refuse_no_store
from store.errors import StudioError

if TYPE_CHECKING:
    from inference.checkpoints.adding import Added
    from store.runs.library import Model
    from store.runs.manifest import ModelManifest

models = typer.Typer(name="models", help="List, add and remove models.", no_args_is_help=True)

_WORDS = {"store": "this store", "user": "your models", "shipped": "ships with the program"}

StoreOption = Annotated[
    Path | None, typer.Option("--store", help="The folder of a store; without it your models for all stores.")
]


@models.command("list")
def list_(store: StoreOption = None, as_json: JsonOption = False) -> None:
    """List the models of a store, your own, and those that come with the program."""
    from store.runs.library import all_models, refused

    found, bad = all_models(store), refused(store)
    data = {
        "models": [_as_json(model) for model in found],
        "refused": [{"folder": str(folder), "reason": reason} for folder, reason in bad],
    }
    lines = _table(found) if found else ["There are no models."]
    lines += [f"Refused: {reason}" for _, reason in bad]
    with Reporter(as_json=as_json) as reporter:
        raise typer.Exit(reporter.result(data, lines))


@models.command()
def add(
    source: Annotated[str, typer.Argument(help="A checkpoint, a model folder, or the address of either.")],
    store: StoreOption = None,
    name: Annotated[str, typer.Option(help="What it will be called.", show_default="the file's")] = "",
    licence: Annotated[str, typer.Option(help="Under what terms it may be used.")] = "",
    format: Annotated[str, typer.Option(help="Its layout, where it is not told by its layers.")] = "",
    names: Annotated[
        str, typer.Option(help="Its categories in the order of its outputs, with commas between.")
    ] = "",
    categories: MapOption = None,
    sha256: Annotated[str, typer.Option(help="Refuse a fetched file with another checksum.")] = "",
    half: Annotated[bool, typer.Option("--half", help="Keep the weights in half precision.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Replace a model of that name.")] = False,
    as_json: JsonOption = False,
    run: RunOption = None,
) -> None:
    """Make a model of a checkpoint: MMDetection's and torchvision's Mask R-CNN, MMFashion's networks."""
    with Reporter(as_json=as_json, run=run) as reporter:
        from app.cli.predicting import category_pairs
        from inference.checkpoints.adding import Wanted, add_model
        from store.runs.library import user_models

        pairs = category_pairs(categories or ())
        if pairs and store is None:
            raise StudioError("--map says what categories are in a store, and there is none.", "Add --store.")
        if store is not None:
            refuse_no_store(store)
        told = tuple(part.strip() for part in names.split(",") if part.strip())
        wanted = Wanted(name, licence, format, told, sha256.strip(), half, replace)
        target = user_models() if store is None else store / "models"
        made = add_model(source, target, wanted, reporter)
        foreign = [] if store is None else _mapped(store, made.manifest, pairs, keep=run is None)
        code = reporter.result(_added(made, foreign), _added_lines(made, foreign))
    # Not within: to the folder of the job every exception is a failure.
    raise typer.Exit(code)


@models.command()
def remove(
    name: Annotated[str, typer.Argument(help="The name of a model of the store, or of your own.")],
    store: StoreOption = None,
    for_good: Annotated[
        bool, typer.Option("--for-good", help="Delete it; otherwise it is moved into a trash folder.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Remove a model with its weights; it can be brought back. Runs and evaluations stay."""
    from store.runs.removing import remove as work

    with Reporter(as_json=as_json) as reporter:
        gone = work(name, store, for_good=for_good)
        lines = [f"Deleted {gone.folder}."]
        if gone.trash is not None:
            lines = [
                f"Removed {gone.folder}.",
                f"It lies in {gone.trash}: move it back to have it again, or delete it there.",
            ]
        data = {"removed": str(gone.folder), "trash": None if gone.trash is None else str(gone.trash)}
        raise typer.Exit(reporter.result(data, lines))


def _mapped(
    store_folder: Path, manifest: ModelManifest, pairs: Mapping[str, str], *, keep: bool
) -> list[str]:
    """Keep what the model's categories are in the store; the names of those that are nothing there.

    With ``keep`` also where nothing was said and they are known by their names; the window asks instead.
    StudioError, naming them, where a category is neither the model's nor the store's.
    """
    from app import category_maps
    from store.db import Store
    from store.runs.removing import remove as remove_model

    with Store.open(store_folder) as store:
        there = {one.id: one for one in store.categories.all()}
    if pairs:
        own = {one.name for one in manifest.spec.categories}
        ids = {one.name: one.id for one in there.values()}
        try:
            _known(pairs, own, manifest.name)
            _known([name for name in pairs.values() if name], ids, "the store")
        except StudioError:
            remove_model(manifest.name, store_folder, for_good=True)
            raise
    chosen = category_maps.in_force(store_folder, manifest, there)
    if pairs or (keep and category_maps.needed(manifest.spec.categories, there)):
        by_name = {one.name: one.id for one in there.values()}
        chosen |= {name: by_name.get(target) for name, target in pairs.items()}
        category_maps.save(store_folder, manifest.name, chosen)
    return [name for name, found in chosen.items() if found is None and name not in pairs]


def _known(names: Iterable[str], known: Collection[str], where: str) -> None:
    wrong = [repr(name) for name in names if name not in known]
    if wrong:
        raise StudioError(
            f"--map: {where} has no category {', '.join(wrong)}; nothing was added.",
            f"It has {', '.join(sorted(known))}.",
        )


def _added(made: Added, foreign: Sequence[str]) -> dict[str, Any]:
    return {
        "name": made.manifest.name,
        "folder": str(made.folder),
        "layout": made.layout,
        "sha256": made.manifest.sha256,
        "left_out": list(made.left_out),
        "unknown_categories": list(foreign),
        "notes": list(made.notes),
    }


def _added_lines(made: Added, foreign: Sequence[str]) -> list[str]:
    lines = [f"{made.manifest.name}: {made.layout}, in {made.folder}", _told(made.manifest)]
    if foreign:
        lines.append(
            f"The store has nothing like {', '.join(foreign)}: garments of these will be left out. "
            'Say what they are with --map "category of the model=category of the store".'
        )
    if made.left_out:
        lines.append(f"Not needed to predict, and left out: {', '.join(made.left_out)}.")
    return [*lines, *made.notes]


def _told(manifest: ModelManifest) -> str:
    spec = manifest.spec
    return (
        f"{spec.architecture} with {spec.backbone}: {', '.join(manifest.tasks)}; {len(spec.categories)} "
        f"categories; licence {manifest.licence or 'not said'}"
    )


def _as_json(model: Model) -> dict[str, Any]:
    manifest = model.manifest
    return {
        "name": model.name,
        "place": model.place,
        "folder": str(model.folder),
        "architecture": manifest.spec.architecture,
        "backbone": manifest.spec.backbone,
        "tasks": list(manifest.tasks),
        "categories": [one.name for one in manifest.spec.categories],
        "licence": manifest.licence,
        "metrics": dict(manifest.metrics),
        "sha256": manifest.sha256,
    }


def _table(found: Sequence[Model]) -> list[str]:
    from app.cli.tables import aligned

    rows = [["name", "network", "backbone", "tasks", "licence", "where"]]
    for model in found:
        spec = model.manifest.spec
        tasks = ", ".join(model.manifest.tasks)
        licence = model.manifest.licence or "not said"
        rows.append([model.name, spec.architecture, spec.backbone, tasks, licence, _WORDS[model.place]])
    return aligned(rows, left=range(6))
