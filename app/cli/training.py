"""``train``: a run from the command line, as the window starts it too."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from app.cli.reporter import Reporter
from app.cli.stores import refuse_no_store
from inference.devices import is_leader
from store.errors import StudioError

if TYPE_CHECKING:
    from store.runs import RunFolder
    from store.runs.config import RunConfig

#: The file of a run that says how it is trained.
CONFIG = "config.toml"


def train(
    store: Path,
    model: str | None,
    config: Path | None,
    settings: Sequence[str],
    resume: str | None,
    *,
    as_json: bool = False,
    run: Path | None = None,
) -> int:
    """Train a model, or go on with a run that was stopped, killed or failed."""
    if run is not None:
        # The window has made the folder and reads there what went wrong, from the first moment on.
        with Reporter(as_json=as_json, run=run if is_leader() else None) as reporter:
            folder, wanted = _asked(store, model, config, settings, resume, run)
            return _work(wanted, store, folder, reporter, resume=resume is not None)
    folder, wanted = _asked(store, model, config, settings, resume, run)
    here = {"run": folder.path, "log": folder.log} if is_leader() else {}
    with Reporter(as_json=as_json, **here) as reporter:
        return _work(wanted, store, folder, reporter, resume=resume is not None)


def _asked(
    store: Path,
    model: str | None,
    config: Path | None,
    settings: Sequence[str],
    resume: str | None,
    run: Path | None,
) -> tuple[RunFolder, RunConfig]:
    """The folder and the configuration of a new run, or of one that is resumed."""
    from store.runs import RunFolder

    refuse_no_store(store)
    if resume is None:
        wanted = chosen(store, model, config, settings)
        return (RunFolder(run) if run is not None else _new_folder(store, wanted)), wanted
    if model is not None or config is not None:
        raise StudioError(
            "A run is resumed with its own model and configuration.", "Leave --model and --config out."
        )
    folder = RunFolder.find(store, resume)
    wanted = _of_run(folder, settings)
    _take_up(folder, store, run)
    return folder, wanted


def chosen(store: Path, model: str | None, config: Path | None, settings: Sequence[str]) -> RunConfig:
    """The configuration that ``--model``, ``--config`` and ``--set`` make together, the later before.

    A model is a network ("fashionnet"), a ready configuration ("match-rcnn-small"), or a model of the store
    or its folder, which is then started from. StudioError where it is none of them.
    """
    from resources.presets import presets
    from store.runs.configuring import read_config, validated

    base: dict[str, Any] = {}
    ready = presets()
    if model is not None and model in ready and config is None:
        return read_config(ready[model], settings)
    if model is not None and model in _networks():
        base = {"model": {"architecture": model}}
    elif model is not None and model in ready:
        base = read_config(ready[model]).model_dump()
    elif model is not None:
        base = _started_from(store, model, ready)
    return read_config(config, settings, validated(base) if base else None)


def _networks() -> tuple[str, ...]:
    from typing import get_args

    from store.runs.config import Architecture

    return get_args(Architecture)


def _started_from(store: Path, model: str, ready: dict[str, Path]) -> dict[str, Any]:
    from store.runs.library import find, names
    from store.runs.manifest import read_manifest

    try:
        spec = read_manifest(find(model, store)).spec
    except StudioError as error:
        raise StudioError(
            f"There is no model {model!r}.",
            f"Networks: {', '.join(_networks())}. Ready configurations: {', '.join(ready)}. "
            f"Models: {names(store) or 'none'}.",
        ) from error
    network = {"architecture": spec.architecture, "backbone": spec.backbone, "start_from": model}
    data = {"image_size": spec.input_size}
    options = dict(spec.options)
    network |= {name: options[name] for name in ("embedding_size",) if name in options}
    data |= {name: options[name] for name in ("crop", "crop_margin") if name in options}
    return {"model": network, "data": data}


def _of_run(folder: RunFolder, settings: Sequence[str]) -> RunConfig:
    from store.runs.configuring import read_config

    file = folder.path / CONFIG
    if folder.state().kind != "train" or not file.exists():
        raise StudioError(f"{folder.id} is no training run that can be resumed.", "See the Runs page.")
    return read_config(file, settings)


def _take_up(folder: RunFolder, store: Path, run: Path | None) -> None:
    """A run that the window resumes has been made ready by it; from a terminal it is done here."""
    if run is None and is_leader():
        folder.resume(["train", "--store", str(store), "--resume", folder.id])


def _new_folder(store: Path, wanted: RunConfig) -> RunFolder:
    """The folder of a new run; other processes of the same run are told of it where they are started."""
    from os import environ

    from store.runs import RunFolder

    known = environ.get("DEEPFASHION_STUDIO_RUN")
    if not is_leader():
        # Nothing is written there by any but the first process.
        return RunFolder(Path(known) if known else store / "runs")
    folder = RunFolder.create(store, "train", ["train", "--store", str(store), "--model", wanted.name])
    environ["DEEPFASHION_STUDIO_RUN"] = str(folder.path)
    return folder


def _work(wanted: RunConfig, store: Path, folder: RunFolder, reporter: Reporter, *, resume: bool) -> int:
    from store.runs.configuring import write_config

    if is_leader():
        write_config(wanted, folder.path / CONFIG)
    from inference.training import train as work

    found = work(wanted, store, folder.path, reporter, resume=resume)
    if not is_leader():
        return 0
    return reporter.result({"run": folder.id, **found}, _lines(folder, found))


def _lines(folder: RunFolder, found: dict[str, Any]) -> list[str]:
    lines = [
        f'Run {folder.id} has made the model "{found["model"]}" (epoch {found["best_epoch"]}, '
        f"{found['steps']:,} steps)."
    ]
    lines += [f"  {name}: {value:.4f}" for name, value in sorted(found["metrics"].items())]
    return lines
