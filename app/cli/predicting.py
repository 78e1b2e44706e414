"""``predict``: a model over a slice of a store, as a job that can be watched, stopped and resumed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.outcome import Exit
from app.cli.reporter import Reporter
from app.cli.stores import refuse_no_store
from inference.devices import is_leader
from store.errors import StudioError

if TYPE_CHECKING:
    from store.runs import RunFolder
    from store.runs.predicting import PredictConfig

#: How many broken pictures a person is told of at the end; all are in the run.
PROBLEMS_SHOWN = 10


def predict(
    store: Path,
    model: str | None,
    resume: str | None,
    *,
    where: str = "",
    device: str | None = None,
    batch: int | None = None,
    workers: int | None = None,
    score: float | None = None,
    precision: str | None = None,
    categories: Sequence[str] = (),
    as_json: bool = False,
    run: Path | None = None,
) -> int:
    """Predict, or go on with a run that was stopped, killed or failed; 1 where pictures were broken."""
    given = {"device": device, "batch": batch, "workers": workers, "precision": precision}
    asked = {name: value for name, value in given.items() if value is not None}
    chosen = {"where": where, "score": score, "categories": category_pairs(categories)}
    fixed = {name: value for name, value in chosen.items() if value not in ("", None, {})}
    if run is not None:
        # The window has made the folder and reads there what went wrong, from the first moment on.
        with Reporter(as_json=as_json, run=run if is_leader() else None) as reporter:
            folder, config = _asked(store, model, resume, asked, fixed, run)
            return _work(config, store, folder, reporter)
    folder, config = _asked(store, model, resume, asked, fixed, run)
    here = {"run": folder.path, "log": folder.log} if is_leader() else {}
    with Reporter(as_json=as_json, **here) as reporter:
        return _work(config, store, folder, reporter)


def category_pairs(texts: Sequence[str]) -> dict[str, str]:
    """What ``--map`` says: "category of the model=category of the store" each; nothing after the = leaves it
    out.

    StudioError where a text has no =, or names a category twice.
    """
    found: dict[str, str] = {}
    for text in texts:
        name, sign, target = (part.strip() for part in text.partition("="))
        if not sign or not name or name in found:
            raise StudioError(
                f"--map {text!r} does not say what one category of the model is in the store.",
                'Write --map "category of the model=category of the store", once for each.',
            )
        found[name] = target
    return found


def _asked(
    store: Path,
    model: str | None,
    resume: str | None,
    asked: dict[str, Any],
    fixed: dict[str, Any],
    run: Path | None,
) -> tuple[RunFolder, PredictConfig]:
    """The folder and the configuration of a new run, or of one that is resumed.

    ``asked`` may change when a run is resumed, ``fixed`` may not.
    """
    from store.runs import RunFolder
    from store.runs.library import find
    from store.runs.predicting import PredictConfig, checked, read_predict_config

    refuse_no_store(store)
    if resume is not None:
        if model is not None or fixed:
            raise StudioError(
                "A run is resumed with its own model, images, categories and score.",
                "Leave --model, --where, --map and --score out.",
            )
        folder = RunFolder.find(store, resume)
        config = checked(replace(read_predict_config(folder.path), **asked))
        if run is None and is_leader():
            folder.resume(["predict", "--store", str(store), "--resume", folder.id])
        return folder, config
    if model is None:
        raise StudioError("It is not said which model predicts.", "Name one with --model; see models list.")
    place = find(model, store)
    # A name stays one; a path must lead there from wherever the run is resumed.
    name = model if place.name == model and place != Path(model) else str(place.resolve())
    fixed = {**fixed, "categories": _kept_map(store, place) | fixed.get("categories", {})}
    config = checked(PredictConfig(name, **asked, **fixed))
    return (RunFolder(run) if run is not None else _new_folder(store, model)), config


def _kept_map(store: Path, model: Path) -> dict[str, str]:
    """What the Models page has kept of a model's categories in this store; nothing where nobody has
    chosen."""
    from app.category_maps import read
    from store.runs.manifest import read_manifest

    kept = read(store, read_manifest(model)) or {}
    return {name: "" if number is None else str(number) for name, number in kept.items()}


def _new_folder(store: Path, model: str) -> RunFolder:
    from store.runs import RunFolder
    from store.runs.predicted import KIND

    if not is_leader():
        # Nothing is written there by any but the first process.
        return RunFolder(store / "runs")
    return RunFolder.create(store, KIND, [KIND, "--store", str(store), "--model", model])


def _work(config: PredictConfig, store: Path, folder: RunFolder, reporter: Reporter) -> int:
    from store.runs.predicting import write_predict_config

    if is_leader():
        write_predict_config(config, folder.path)
    from inference.prediction.job import predict_store

    found = predict_store(config, store, folder.path, reporter)
    if not is_leader():
        return int(Exit.DONE)
    code = Exit.PROBLEMS if found["broken"] else Exit.DONE
    return reporter.result(
        {"run": folder.id, "folder": str(folder.path), **found}, _lines(folder, found), code
    )


def _lines(folder: RunFolder, found: dict[str, Any]) -> list[str]:
    lines = [
        f"{found['model']} on {found['images']:,} images: {found['garments']:,} garments, in run {folder.id} "
        f"({found['images_per_second']:.1f} images/s on {found['device']})."
    ]
    if found["without_garments"]:
        lines.append(
            f"{found['without_garments']:,} images have no garment, and this model looks at garments."
        )
    elif found["empty"]:
        lines.append(f"In {found['empty']:,} images nothing was found.")
    if found["broken"]:
        lines.append(f"{found['broken']:,} pictures could not be looked at:")
        lines += [f"  image {one['image_id']}: {one['what']}" for one in found["problems"][:PROBLEMS_SHOWN]]
        if found["broken"] > PROBLEMS_SHOWN:
            lines.append(f"  and {found['broken'] - PROBLEMS_SHOWN:,} more")
    return lines + list(found["notes"])
