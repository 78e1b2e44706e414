"""Tells the run's folder, and so the window, how the training goes; TensorBoard gets the same numbers."""

from __future__ import annotations

from pathlib import Path
from time import monotonic
from typing import Any, Protocol

import torch
from lightning.pytorch import Callback, Trainer
from torch import Tensor
from torch.utils.tensorboard import SummaryWriter

from inference.training.data import RunData
from inference.training.machine import Gauge
from inference.training.modules import FashionNetModule, GarmentModule

#: Seconds between two events of a kind.
_STEP_EVERY = 0.5
_MACHINE_EVERY = 3.0
#: How much the newest step counts in images a second.
_NEWEST = 0.1


class Report(Protocol):
    """Where a run says what happens: of the command line's reporter."""

    def __call__(self, done: int, total: int, message: str = "") -> None: ...

    def event(self, kind: str, **data: Any) -> None: ...

    def say(self, text: str) -> None: ...


class Quiet:
    """The report of the processes that are not the first."""

    def __call__(self, done: int, total: int, message: str = "") -> None:
        """Says nothing."""

    def event(self, kind: str, **data: Any) -> None:
        """Says nothing."""

    def say(self, text: str) -> None:
        """Says nothing."""


class Watch(Callback):
    """The events ``started step machine phase stage trouble`` of a run; see docs/architecture.md.

    ``mean_loss`` is the mean of the epoch's steps over all processes, known at its end.
    """

    def __init__(self, report: Report, folder: Path, data: RunData, device: str, leader: bool) -> None:
        self._report = report
        self._data = data
        self._leader = leader
        self._gauge = Gauge(device) if leader else None
        self.board = SummaryWriter(str(folder / "tensorboard")) if leader else None
        self._total: Tensor | None = None
        self._count = 0
        self._step_at = self._machine_at = 0.0
        self._ended = self._began = monotonic()
        self._waited = 0.0
        self._rate = 0.0
        self._stage: Any = None
        self._told: set[str] = set()

    def on_train_start(self, trainer: Trainer, pl_module: Any) -> None:
        """Says what is trained, on what and for how long."""
        module: GarmentModule = pl_module
        slices = self._data.slices
        self._report.event(
            "started",
            config=module.config.model_dump(),
            garments=slices.train.garments,
            images=len(slices.train),
            validation_garments=slices.validation.garments,
            validation_images=len(slices.validation),
            device=str(self._gauge.device if self._gauge is not None else "cpu"),
            devices=trainer.world_size,
            steps_per_epoch=int(trainer.num_training_batches),
            epochs=module.config.training.epochs,
            step=trainer.global_step,
            headline=module.headline,
            higher_is_better=module.higher_is_better,
        )
        self.tell([*slices.problems, *self._data.problems])
        self._ended = monotonic()

    def on_train_epoch_start(self, trainer: Trainer, pl_module: Any) -> None:
        """The loader begins the epoch; the losses' mean begins anew."""
        del pl_module
        if self._data.course is not None:
            self._data.course.begin(trainer.current_epoch)
        self._total, self._count = None, 0
        self._report.event("phase", phase="training")
        self._ended = monotonic()

    def on_train_batch_start(self, trainer: Trainer, pl_module: Any, batch: Any, batch_idx: int) -> None:
        """How long the loader was waited for."""
        del trainer, pl_module, batch, batch_idx
        self._began = monotonic()
        self._waited = self._began - self._ended

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: Any, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """The step's losses and rates, at most twice a second."""
        del outputs, batch, batch_idx
        module: GarmentModule = pl_module
        loss = module.latest["loss"]
        self._total = loss if self._total is None else self._total + loss
        self._count += 1
        now = monotonic()
        rate = module.config.training.batch / max(now - self._ended, 1e-6)
        self._rate = rate if not self._rate else (1 - _NEWEST) * self._rate + _NEWEST * rate
        waiting = self._waited / max(now - self._ended, 1e-6)
        self._ended = now
        if self._leader:
            self._stages(module)
            self._step(trainer, module, now, waiting)
            if self._gauge is not None and now - self._machine_at >= _MACHINE_EVERY:
                self._machine_at = now
                self._report.event("machine", **self._gauge.read())
        # The next wait for the loader does not count what was said meanwhile.
        self._ended = monotonic()

    def on_validation_start(self, trainer: Trainer, pl_module: Any) -> None:
        """The window shows that nothing is learnt now."""
        del trainer, pl_module
        self._report.event("phase", phase="validating")

    def mean_loss(self, trainer: Trainer) -> float | None:
        """The mean loss of the epoch so far over all processes; None before the first step.

        All processes must ask at the same time.
        """
        if self._total is None:
            return None
        mean = trainer.strategy.reduce(self._total / self._count, reduce_op="mean")
        return float(torch.as_tensor(mean))

    def tell(self, problems: Any) -> None:
        """Each problem once, as trouble that does not stop the run."""
        for problem in problems:
            if problem not in self._told:
                self._told.add(problem)
                self._report.event("trouble", what=problem, fix="")
                self._report.say(problem)

    def close(self) -> None:
        """Ends the TensorBoard file."""
        if self.board is not None:
            self.board.close()

    def _step(self, trainer: Trainer, module: GarmentModule, now: float, waiting: float) -> None:
        if now - self._step_at < _STEP_EVERY:
            return
        self._step_at = now
        losses = {name: float(value) for name, value in module.latest.items()}
        done = module.done()
        steps = max(int(trainer.num_training_batches), 1)
        left = module.seconds() * (1 - done) / done if done > 0 else None
        step = trainer.global_step
        self._report.event(
            "step",
            step=step,
            epoch=trainer.current_epoch + min(1.0, self._count / steps),
            loss=losses.pop("loss"),
            losses=losses,
            learning_rate=trainer.optimizers[0].param_groups[0]["lr"],
            images_per_second=self._rate,
            loader_images_per_second=None,
            loader_wait=waiting,
            seconds_left=left,
        )
        if self._data.course is not None:
            self.tell(self._data.course.problems)
        if self.board is not None:
            for name, value in {**losses, "loss": float(module.latest["loss"])}.items():
                self.board.add_scalar(f"train/{name}", value, step)

    def _stages(self, module: GarmentModule) -> None:
        if isinstance(module, FashionNetModule) and module.stage != self._stage:
            self._stage = module.stage
            self._report.event("stage", stage=self._stage[0], round=self._stage[1])
