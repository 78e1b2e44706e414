"""What is evaluated: a training run or a model, where its evaluation goes, and what it learnt from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from store.db.folder import SETTINGS
from store.errors import StudioError
from store.runs import RunFolder
from store.runs.config import RunConfig
from store.runs.configuring import read_config
from store.runs.library import find, names
from store.runs.manifest import FILE, ModelManifest, read_manifest

#: The kind of the jobs that have a model.
TRAINING = "train"


@dataclass(frozen=True, slots=True)
class Subject:
    """A model to evaluate.

    ``folder`` is the model's, ``output`` where ``evaluation/`` goes: the run's folder, or the model's own.
    ``config`` is what it was trained with and ``home`` the store that it learnt from, None where nobody
    knows. ``seen`` is the images and garments that the run counted at its start. ``notes`` are for people.
    """

    folder: Path
    manifest: ModelManifest
    output: Path
    run: str = ""
    config: RunConfig | None = None
    home: Path | None = None
    seen: tuple[int, int] | None = None
    notes: tuple[str, ...] = ()


def subject_of(run: Path | str, store: Path) -> Subject:
    """The subject of a run's id or folder, or a model's name or folder.

    StudioError, listing what there is, where it is neither; where the job is none of training; where it
    has no model yet.
    """
    name = str(run)
    try:
        found = RunFolder.find(store, name)
    except StudioError:
        return _of_model(_model(name, store), store)
    return _of_run(found)


def _model(name: str, store: Path) -> Path:
    try:
        if not name.strip():
            raise StudioError("No run and no model is named.", "")
        return find(name, store)
    except StudioError:
        runs = [one.id for one in RunFolder.all(store, TRAINING)][:3]
        raise StudioError(
            f"{store} has neither a run nor a model {name!r}.",
            f"Its newest runs: {', '.join(runs) or 'none'}. Models: {names(store) or 'none'}. "
            "The path of a folder will do as well.",
        ) from None


def _of_run(run: RunFolder) -> Subject:
    kind = str(run.about().get("kind", ""))
    if kind != TRAINING:
        raise StudioError(
            f"{run.id} is a job of the kind {kind!r}: only training makes a model that can be evaluated.",
            "Choose a training run, or name a model.",
        )
    folder = run.path / "model"
    if not (folder / FILE).is_file():
        raise StudioError(
            f"{run.id} has no model yet: it is written after the first epoch.",
            "Wait for that, or resume the run.",
        )
    config, home, notes = _origin(run)
    return Subject(
        folder, read_manifest(folder), run.path, run.id, config, home, _seen(run) if config else None, notes
    )


def _of_model(folder: Path, store: Path) -> Subject:
    """A model by itself; it is its run's where that is there and has the very same weights."""
    manifest = read_manifest(folder)
    run = _run_of(folder, manifest, store)
    if run is None:
        told = f" Its manifest says: {manifest.data}." if manifest.data else ""
        note = f"What this model learnt from is not known here, so it may have seen these images.{told}"
        return Subject(folder, manifest, folder, notes=(note,))
    config, home, notes = _origin(run)
    best = run.path / "model"
    same = (best / FILE).is_file() and read_manifest(best).sha256 == manifest.sha256
    seen = _seen(run) if config else None
    return Subject(folder, manifest, run.path if same else folder, run.id, config, home, seen, notes)


def _run_of(folder: Path, manifest: ModelManifest, store: Path) -> RunFolder | None:
    """The training run that made a model: the folder around, else by its id in that or this store."""
    around = [folder.resolve().parent]
    if manifest.run:
        around += [home / "runs" / manifest.run for home in (folder.resolve().parent.parent, store)]
    for path in around:
        if (path / "run.json").is_file() and RunFolder(path).about().get("kind") == TRAINING:
            return RunFolder(path)
    return None


def _origin(run: RunFolder) -> tuple[RunConfig | None, Path | None, tuple[str, ...]]:
    """With what a run was trained, from which store, and what must be said where that is not known."""
    file = run.path / "config.toml"
    try:
        config = read_config(file)
    except StudioError as error:
        note = (
            f"What {run.id} learnt from is not known any more, so it may have seen these images. {error.what}"
        )
        return None, None, (note,)
    around = run.path.resolve().parent.parent
    # A store that was moved has taken its runs along; a run that was copied out of it still names it.
    home = around if (around / SETTINGS).is_file() else Path(str(run.about().get("store", "")))
    return config, home, ()


def _seen(run: RunFolder) -> tuple[int, int] | None:
    for event in run.read(0)[0]:
        if event.kind == "started" and "images" in event.data and "garments" in event.data:
            return int(event.data["images"]), int(event.data["garments"])
    return None
