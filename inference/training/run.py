"""A training run from beginning to end: data, network, training, model."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree, rmtree
from typing import Any

import numpy as np
import torch
from lightning.pytorch import Trainer, seed_everything

from inference.data import Slice, Slices, select
from inference.data.loaders import process_ended, says_process_killed
from inference.devices import is_leader
from inference.models import ARCHITECTURES, build, load_matching, spec_for
from inference.training.control import Control
from inference.training.data import RunData
from inference.training.keep import LAST, MODEL, Keep
from inference.training.launch import placement
from inference.training.modules import MODULES, GarmentModule
from inference.training.priors import set_priors
from inference.training.samples import Samples
from inference.training.watch import Quiet, Report, Watch
from store.db import Store
from store.errors import Cancelled, MemoryShortage, StudioError
from store.runs import RunFolder
from store.runs.config import RunConfig
from store.runs.configuring import write_config
from store.runs.library import all_models, find
from store.runs.manifest import ModelManifest, ModelSpec, read_manifest

CONFIG = "config.toml"


def train(
    config: RunConfig, store_folder: Path, run_folder: Path, report: Report, *, resume: bool = False
) -> dict[str, Any]:
    """Train as configured and give back what came of it: ``model folder epochs steps metrics best_epoch``.

    ``run_folder`` exists; the configuration, states, samples and TensorBoard logs go there, the finished
    model to the store's ``models``. With ``resume`` the last state of the folder is gone on from. In a run
    of several processes each calls this; only the first writes. Cancelled where the person stops it;
    StudioError for bad data, a loss that is no number, a full disk, or too little memory (MemoryShortage,
    with smaller settings).
    """
    leader = is_leader()
    with _quietly():
        try:
            return _train(config, store_folder, run_folder, report if leader else Quiet(), leader, resume)
        except SystemExit as error:  # what Lightning makes of a second Ctrl+C
            raise Cancelled("Stopped at once; resume goes on from the last saved state.") from error
        except (torch.OutOfMemoryError, MemoryError, RuntimeError) as error:
            if says_process_killed(error):
                raise process_ended(error) from error
            if not _out_of_memory(error):
                raise
            raise _shortage(config) from error


def _train(
    config: RunConfig, store_folder: Path, folder: Path, report: Report, leader: bool, resume: bool
) -> dict[str, Any]:
    settings = config.training
    if leader:
        write_config(config, folder / CONFIG)
    state = folder / "checkpoints" / LAST
    if resume and not state.exists():
        report.say("No state was saved yet: the run begins anew.")
    placed = placement(settings)
    seed_everything(settings.seed, workers=False, verbose=False)
    report.event("phase", phase="reading")
    slices, spec, start = _prepared(config, store_folder)
    data = RunData(slices, config, spec)
    # Channels last is what the convolutions of processors and GPUs are quickest with.
    network = build(spec).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    set_priors(network, spec, config, slices.train, data.frequency())
    if start is not None:
        load_matching(network, spec, start)
    module = _module(network, spec, config, data)
    watch = Watch(report, folder, data, _device_name(placed), leader)
    manifest = _manifest(config, spec, slices, folder)
    keep = Keep(report, folder, watch, manifest, leader)
    callbacks: list[Any] = [watch, keep, Control(report, keep, RunFolder(folder) if leader else None, leader)]
    if settings.samples and leader:
        callbacks.append(Samples(report, folder, slices.validation, settings.samples))
    trainer = _trainer(config, placed, callbacks, folder)
    try:
        _fit(trainer, module, data, keep, state if resume and state.exists() else None)
    finally:
        watch.close()
        data.close()
    return _finished(trainer, keep, config, store_folder, folder, report, leader)


def _trainer(config: RunConfig, placed: dict[str, Any], callbacks: list[Any], folder: Path) -> Trainer:
    """Lightning's, with all that the run does itself switched off."""
    settings = config.training
    return Trainer(
        **placed,
        max_epochs=settings.epochs,
        accumulate_grad_batches=settings.accumulate,
        gradient_clip_val=config.optimiser.clip or None,
        deterministic="warn" if settings.deterministic else False,
        callbacks=callbacks,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
        use_distributed_sampler=False,
        default_root_dir=folder,
    )


def _fit(trainer: Trainer, module: GarmentModule, data: RunData, keep: Keep, state: Path | None) -> None:
    if state is None:
        # What an untrained network reaches is the first point of every curve.
        trainer.validate(module, datamodule=data, verbose=False)
        keep.say_epoch(trainer, module, 0, dict(module.metrics), best=False)
    trainer.fit(module, datamodule=data, ckpt_path=state, weights_only=True)


def _prepared(config: RunConfig, store_folder: Path) -> tuple[Slices, ModelSpec, Path | None]:
    with Store.open(store_folder) as store:
        slices = select(store, config.data, config.training.seed)
    slices = replace(slices, validation=_spread(slices.validation, config.data.validation_most))
    start = find(config.model.start_from, store_folder) if config.model.start_from else None
    categories = slices.train.categories()
    if ARCHITECTURES[config.model.architecture].whole_images and not categories:
        raise StudioError("The training images have no garments.", "Change data.train.")
    spec = spec_for(config, categories, slices.train.attribute_names())
    if start is not None:
        told = read_manifest(start).spec
        if {one.id for one in told.categories} == {one.id for one in spec.categories}:
            # The same categories in the order that the weights have them.
            spec = spec_for(config, told.categories, told.attributes or spec.attributes)
    return slices, spec, start


def _spread(data: Slice, most: int) -> Slice:
    """At most so many images, evenly over all; all where ``most`` is 0."""
    if not most or len(data) <= most:
        return data
    return data.subset(np.linspace(0, len(data) - 1, most).round().astype(int).tolist())


def _module(network: torch.nn.Module, spec: ModelSpec, config: RunConfig, data: RunData) -> GarmentModule:
    more: dict[str, Any] = {}
    if spec.architecture == "fashionnet":
        more["frequency"] = data.frequency()
    elif spec.architecture == "embedding":
        more["identities"] = sorted(data.slices.train.identity_set)
    return MODULES[spec.architecture](network, spec, config, data.truths, **more)


def _manifest(config: RunConfig, spec: ModelSpec, slices: Slices, folder: Path) -> ModelManifest:
    where = config.data
    return ModelManifest(
        name=config.name or folder.name,
        spec=spec,
        tasks=ARCHITECTURES[spec.architecture].tasks,
        data=f"{len(slices.train):,} images with {slices.train.garments:,} garments ({where.train})",
        seed=config.training.seed,
        run=folder.name,
        starts_from=config.model.start_from,
    )


def _finished(
    trainer: Trainer,
    keep: Keep,
    config: RunConfig,
    store_folder: Path,
    folder: Path,
    report: Report,
    leader: bool,
) -> dict[str, Any]:
    if not leader:
        return {}
    if not (folder / MODEL).is_dir():
        raise StudioError("The run ended before its first epoch.", "Give it more time or fewer images.")
    name = _free_name(store_folder, config.name or folder.name, folder.name)
    target = store_folder / "models" / name
    _copied(folder / MODEL, target)
    report.event("model", name=name, folder=str(target))
    manifest = read_manifest(target)
    return {
        "model": name,
        "folder": str(target),
        "epochs": trainer.current_epoch,
        "steps": trainer.global_step,
        "best_epoch": keep.best_epoch,
        "metrics": dict(manifest.metrics),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _free_name(store_folder: Path, wanted: str, run: str) -> str:
    """The name, with a number where another run's model has it already."""
    plain = "".join(letter if letter.isalnum() or letter in "-_. " else "-" for letter in wanted).strip(" .")
    own = (model for model in all_models(store_folder) if model.place == "store")
    taken = {model.name: model.manifest.run for model in own}
    names = [plain or "model", *(f"{plain or 'model'}-{number}" for number in range(2, 10_000))]
    return next(name for name in names if taken.get(name, run) == run)


def _copied(source: Path, target: Path) -> None:
    new = target.with_name(f".{target.name}.new")
    try:
        rmtree(new, ignore_errors=True)
        copytree(source, new)
        rmtree(target, ignore_errors=True)
        new.replace(target)
    except OSError as error:
        raise StudioError(
            f"The model cannot be put into {target}: {error.strerror or error}.",
            f"It is whole in {source}. Make room, then resume the run.",
        ) from error


def _device_name(placed: dict[str, Any]) -> str:
    devices = placed["devices"]
    if placed["accelerator"] == "cpu":
        return "cpu"
    return f"cuda:{devices[0] if isinstance(devices, list) else 0}"


def _out_of_memory(error: BaseException) -> bool:
    text = str(error).lower()
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or any(
        words in text for words in ("out of memory", "can't allocate memory", "cannot allocate memory")
    )


def _shortage(config: RunConfig) -> MemoryShortage:
    """What to go on with: half the batch, twice the batches for a change of the weights."""
    settings = config.training
    smaller: dict[str, Any] = {}
    if settings.batch > 2 * settings.devices * settings.nodes:
        smaller = {"training.batch": settings.batch // 2, "training.accumulate": settings.accumulate * 2}
        fix = f"Resume with a batch of {settings.batch // 2} and accumulation: the result is the same."
    else:
        smaller = {"data.image_size": max(64, config.data.image_size * 3 // 4)}
        fix = "Start again with smaller images, or choose a smaller backbone."
    return MemoryShortage(f"The memory is not enough for a batch of {settings.batch}.", fix, smaller)


@contextmanager
def _quietly() -> Iterator[None]:
    """Lightning and its libraries say much that a person need not read."""
    for name in ("lightning.pytorch", "lightning.fabric"):
        logging.getLogger(name).setLevel(logging.WARNING)
    with warnings.catch_warnings():
        for text in (
            ".*does not have many workers.*",
            ".*is smaller than the logging interval.*",
            ".*`isinstance\\(treespec, LeafSpec\\)` is deprecated.*",
            ".*lr_scheduler.step.*",
        ):
            warnings.filterwarnings("ignore", message=text)
        yield
