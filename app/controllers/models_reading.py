"""Reads the models of a store, and what they become there, for the Models page, in a thread. No Qt here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from app import category_maps
from resources.taxonomy import Category
from store.errors import StudioError
from store.runs import RunFolder
from store.runs.library import Model, all_models, places, refused
from store.runs.manifest import WEIGHTS, ModelManifest
from store.runs.results import Evaluation, read_evaluation
from widgets.pages.models.records import MapLine, Measured, ModelRow, Place, StoreCategory

#: What is no figure of how good a model is.
_NO_FIGURES = ("loss",)


def read_rows(store_folder: Path) -> tuple[ModelRow, ...]:
    """Every model that the store can use, those of its own first, then the folders that are refused."""
    rows = [_row(model, store_folder) for model in all_models(store_folder)]
    for folder, reason in refused(store_folder):
        rows.append(ModelRow(folder, _place(folder, store_folder), reason=reason))
    return tuple(rows)


def _row(model: Model, store_folder: Path) -> ModelRow:
    run = _run_of(model.manifest, store_folder)
    measured = [_of_training(model.manifest)]
    measured += [_of_evaluation(one) for one in _evaluations(model, run)]
    return ModelRow(
        model.folder,
        model.place,
        model.manifest,
        _size(model.folder / WEIGHTS),
        measured=tuple(one for one in measured if one.metrics),
        run=run.id if run is not None else "",
    )


def _of_training(manifest: ModelManifest) -> Measured:
    figures = {name: value for name, value in manifest.metrics.items() if name not in _NO_FIGURES}
    if not manifest.run:
        return Measured("As its maker says", figures, manifest.data)
    of = f"it learnt from {manifest.data}" if manifest.data else ""
    return Measured("At the end of its training", figures, f"On what was held out; {of}" if of else "")


def _of_evaluation(found: Evaluation) -> Measured:
    figures = {name: value for name, value in found.metrics.items() if name not in _NO_FIGURES}
    of = f"{found.images:,} images, {found.garments:,} garments"
    where = f", {found.data}" if found.data else ""
    return Measured(f"Evaluated {found.created.partition('T')[0].partition(' ')[0]}", figures, of + where)


def _evaluations(model: Model, run: RunFolder | None) -> list[Evaluation]:
    folders = [model.folder] if run is None else [model.folder, run.path]
    found = []
    for folder in folders:
        try:
            one = read_evaluation(folder / "evaluation")
        except StudioError:
            # It is told on the Runs page, where it can be made again.
            continue
        if one is not None:
            found.append(one)
    return found


def _run_of(manifest: ModelManifest, store_folder: Path) -> RunFolder | None:
    """The training run that made a model, where it is still in this store."""
    path = store_folder / "runs" / manifest.run
    return RunFolder(path) if manifest.run and (path / "run.json").is_file() else None


def _place(folder: Path, store_folder: Path) -> Place:
    for place, around in places(store_folder):
        if folder.parent == around:
            return place
    return "store"


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


@dataclass(frozen=True, slots=True)
class MapFound:
    """What the categories of a model become in a store.

    ``lines`` are in force; ``proposed`` is what would be without a choice; ``chosen`` says whether a person
    has; ``needed`` whether any is not the store's own.
    """

    lines: tuple[MapLine, ...]
    proposed: Mapping[str, int | None]
    chosen: bool
    needed: bool


def read_map(store_folder: Path, model: ModelManifest, categories: Mapping[int, Category]) -> MapFound:
    """What the categories of a model become in a store, and why."""
    offered = category_maps.proposed(model.spec.categories, categories)
    kept = category_maps.read(store_folder, model)
    lines = []
    for one in model.spec.categories:
        target, why = offered[one.name]
        if kept is not None and kept[one.name] != target:
            chosen = kept[one.name]
            target, why = (chosen if chosen in categories else None), "chosen"
        lines.append(MapLine(one, target, why))
    return MapFound(
        tuple(lines),
        {name: target for name, (target, _why) in offered.items()},
        kept is not None,
        category_maps.needed(model.spec.categories, categories),
    )


def choices(categories: Mapping[int, Category]) -> tuple[StoreCategory, ...]:
    """The categories of a store, for the dialog."""
    return tuple(StoreCategory(one.id, one.name, one.colour) for one in categories.values())


def unmapped(found: MapFound) -> Sequence[str]:
    """The categories of a model that are left out."""
    return [line.source.name for line in found.lines if line.target is None]
