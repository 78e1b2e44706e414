"""Saves states of a run, and makes the best one a model."""

from __future__ import annotations

import os
import random
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

import torch
from lightning.pytorch import Callback, Trainer
from torch import Tensor

from inference.models import save_model
from inference.training.modules import GarmentModule
from inference.training.watch import Report, Watch
from store.errors import StudioError
from store.runs.manifest import ModelManifest

LAST = "last.ckpt"
#: The folder of the best model so far inside a run's folder.
MODEL = "model"


class Keep(Callback):
    """After each epoch: says its figures, saves its state, keeps the best few, and the best as a model.

    ``checkpoints/last.ckpt`` is the newest state, ``epoch-NNN.ckpt`` the best ones and the newest. A state is
    written under another name and renamed, so that a kill leaves the one before.
    """

    def __init__(
        self, report: Report, folder: Path, watch: Watch, manifest: ModelManifest, leader: bool
    ) -> None:
        self._report = report
        self._folder = folder / "checkpoints"
        self._model = folder / MODEL
        self._watch = watch
        self._manifest = manifest
        self._leader = leader
        self._kept: list[tuple[float, str]] = []
        self.best: float | None = None
        self.best_epoch = 0
        self.stale = 0
        self.saved_at = monotonic()
        if leader:
            self._folder.mkdir(parents=True, exist_ok=True)

    # ------------------------------------------------------------------ Lightning

    def on_train_epoch_end(self, trainer: Trainer, pl_module: Any) -> None:
        """Figures, state, model; stops early where nothing has become better for long."""
        module: GarmentModule = pl_module
        loss = self._watch.mean_loss(trainer)
        metrics = dict(module.metrics) if loss is None else {**module.metrics, "loss": loss}
        epoch = trainer.current_epoch + 1
        value = metrics.get(module.headline)
        better = self._is_better(value, module.higher_is_better)
        self.stale = 0 if better else self.stale + 1
        if better:
            self.best, self.best_epoch = value, epoch
        self.say_epoch(trainer, module, epoch, metrics, best=better)
        self._save_epoch(trainer, module, epoch, value, better)
        if better:
            self.save_best(module, metrics, epoch)
        patience = module.config.training.early_stop
        if patience and self.stale >= patience:
            self._report.say(f"Nothing has become better for {patience} epochs: the run ends here.")
            trainer.should_stop = True

    def state_dict(self) -> dict[str, Any]:
        """What checkpoints remember of earlier epochs, and the state of all random numbers."""
        numbers: dict[str, Any] = {"torch": torch.get_rng_state(), "python": random.getstate()}
        if torch.cuda.is_available():
            numbers["cuda"] = torch.cuda.get_rng_state()
        return {
            "best": self.best,
            "best_epoch": self.best_epoch,
            "stale": self.stale,
            "kept": list(self._kept),
            "numbers": numbers,
        }

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """As :meth:`state_dict` gave it."""
        self.best, self.best_epoch = state_dict["best"], state_dict["best_epoch"]
        self.stale = state_dict["stale"]
        self._kept = [(float(value), str(name)) for value, name in state_dict["kept"]]
        numbers = state_dict["numbers"]
        torch.set_rng_state(numbers["torch"])
        version, inner, gauss = numbers["python"]
        random.setstate((version, tuple(inner), gauss))
        if "cuda" in numbers and torch.cuda.is_available():
            torch.cuda.set_rng_state(numbers["cuda"])

    # ------------------------------------------------------------------ what others ask

    def say_epoch(
        self, trainer: Trainer, module: GarmentModule, epoch: int, metrics: dict[str, float], *, best: bool
    ) -> None:
        """The figures of an epoch; 0 is before training."""
        self._report.event(
            "epoch",
            epoch=epoch,
            step=trainer.global_step,
            metrics=metrics,
            best=best,
            headline=module.headline,
            higher_is_better=module.higher_is_better,
        )
        if self._watch.board is not None:
            for name, value in metrics.items():
                self._watch.board.add_scalar(f"validation/{name}", value, trainer.global_step)
            self._watch.board.flush()
        shown = metrics.get(module.headline)
        told = f"{module.headline} {shown:.4f}" if shown is not None else "nothing measured"
        self._report.say(f"Epoch {epoch}: {told}" + (" (best)" if best else ""))

    def save_last(self, trainer: Trainer) -> None:
        """The newest state; all processes must call it at the same time."""
        self._save(trainer, LAST)
        self.saved_at = monotonic()
        self._report.event(
            "checkpoint",
            epoch=trainer.current_epoch,
            step=trainer.global_step,
            file=f"checkpoints/{LAST}",
            metric="",
            value=None,
            best=False,
        )

    def save_best(self, module: GarmentModule, metrics: dict[str, float], epoch: int) -> None:
        """The model folder inside the run's folder."""
        if not self._leader:
            return
        manifest = replace(
            self._manifest,
            metrics=metrics,
            epoch=epoch,
            created=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        _guarded(lambda: save_model(module.network, manifest, self._model), self._model)

    # ------------------------------------------------------------------ inside

    def _is_better(self, value: float | None, higher: bool) -> bool:
        if value is None:
            return self.best is None
        return self.best is None or (value > self.best if higher else value < self.best)

    def _save_epoch(
        self, trainer: Trainer, module: GarmentModule, epoch: int, value: float | None, better: bool
    ) -> None:
        name = f"epoch-{epoch:03d}.ckpt"
        rank = (value if module.higher_is_better else -value) if value is not None else float("-inf")
        self._kept = sorted([*self._kept, (rank, name)], reverse=True)
        dropped = self._kept[module.config.training.keep :]
        self._kept = self._kept[: module.config.training.keep]
        self._save(trainer, name)
        self.saved_at = monotonic()
        if self._leader:
            _guarded(lambda: _link(self._folder / name, self._folder / LAST), self._folder)
            for _, old in dropped:
                (self._folder / old).unlink(missing_ok=True)
        stays = name in {one for _, one in self._kept}
        self._report.event(
            "checkpoint",
            epoch=epoch,
            step=trainer.global_step,
            file=f"checkpoints/{name if stays else LAST}",
            metric=module.headline,
            value=value,
            best=better,
        )

    def _save(self, trainer: Trainer, name: str) -> None:
        """Whole or not at all, and never a state with weights that are no numbers."""
        module: Any = trainer.lightning_module
        broken = [key for key, one in module.network.state_dict().items() if not _sound(one)]
        if broken:
            raise StudioError(
                f"The weights {', '.join(broken[:3])} are no numbers any more at step {trainer.global_step}.",
                "The last good state is kept. Resume with a lower learning rate.",
            )
        new = self._folder / f".{name}.new"
        _guarded(lambda: trainer.save_checkpoint(new), self._folder)
        if self._leader:
            _guarded(lambda: new.replace(self._folder / name), self._folder)


def _sound(value: Tensor) -> bool:
    return not value.is_floating_point() or bool(torch.isfinite(value).all())


def _link(source: Path, target: Path) -> None:
    """The same file under another name, which may exist; a copy where the file system has no links."""
    new = target.with_name(f".{target.name}.new")
    new.unlink(missing_ok=True)
    try:
        os.link(source, new)
    except OSError:
        import shutil

        shutil.copyfile(source, new)
    new.replace(target)


def _guarded(work: Any, folder: Path) -> None:
    """StudioError where the disk is full or may not be written."""
    try:
        work()
    except OSError as error:
        raise StudioError(
            f"{folder} cannot be written: {error.strerror or error}.",
            "Make room or check the rights, then resume: the state before is kept.",
        ) from error
