"""Lets a person pause and stop a run, saves its state now and then, and ends it when its time is up."""

from __future__ import annotations

from enum import IntEnum
from time import monotonic, sleep
from typing import Any

import torch
from lightning.pytorch import Callback, Trainer

from inference.training.keep import Keep
from inference.training.modules import GarmentModule
from inference.training.watch import Report
from store.errors import Cancelled
from store.runs import RunFolder

_LOOK_EVERY = 0.5
#: Files are looked at no more often than this.
_ASK_EVERY = 0.2


class _Wish(IntEnum):
    GO_ON = 0
    SAVE = 1
    STOP = 2
    END = 3


class Control(Callback):
    """After each step the first process looks what is wished, and all do the same.

    ``run`` is the job's folder, in the first process of a job only.
    """

    def __init__(self, report: Report, keep: Keep, run: RunFolder | None, leader: bool) -> None:
        self._report = report
        self._keep = keep
        self._run = run
        self._leader = leader
        self._asked = 0.0
        self._stop_after = False

    def on_train_batch_end(
        self, trainer: Trainer, pl_module: Any, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Pause, save, stop or end, as wished."""
        del outputs, batch
        module: GarmentModule = pl_module
        last = batch_idx + 1 >= trainer.num_training_batches
        wish = self._agreed(trainer, self._wish(trainer, module) if self._leader else _Wish.GO_ON)
        if wish is _Wish.STOP:
            if last:
                # The epoch's figures and its state come first.
                self._stop_after = True
                return
            self._keep.save_last(trainer)
            raise Cancelled("Stopped; resume goes on from here.")
        if wish is _Wish.SAVE and not last:
            self._keep.save_last(trainer)
        if wish is _Wish.END and not last:
            self._report.say("The time is up: the run ends here.")
            trainer.should_stop = True

    def on_train_epoch_end(self, trainer: Trainer, pl_module: Any) -> None:
        """Stops where that was wished at the last step of the epoch; its state has been saved."""
        del trainer, pl_module
        if self._stop_after:
            raise Cancelled("Stopped; resume goes on from here.")

    def on_validation_batch_end(
        self,
        trainer: Trainer,
        pl_module: Any,
        outputs: Any,
        batch: Any,
        batch_idx: int,
        dataloader_idx: int = 0,
    ) -> None:
        """A validation may be stopped too, where there is one process; the state before it is kept."""
        del pl_module, outputs, batch, batch_idx, dataloader_idx
        if trainer.world_size == 1 and not self._stop_after and monotonic() - self._asked > _ASK_EVERY:
            self._asked = monotonic()
            if self._stopped(trainer):
                raise Cancelled("Stopped; resume goes on from the last saved state.")

    def _wish(self, trainer: Trainer, module: GarmentModule) -> _Wish:
        if monotonic() - self._asked > _ASK_EVERY:
            self._asked = monotonic()
            if self._run is not None and self._run.paused():
                self._wait(trainer, module)
            if self._stopped(trainer):
                return _Wish.STOP
        settings = module.config.training
        if settings.max_minutes and module.seconds() >= settings.max_minutes * 60:
            return _Wish.END
        if monotonic() - self._keep.saved_at >= settings.checkpoint_minutes * 60:
            return _Wish.SAVE
        return _Wish.GO_ON

    def _wait(self, trainer: Trainer, module: GarmentModule) -> None:
        """Until the person lets it go on, or stops it."""
        assert self._run is not None
        self._report.event("phase", phase="paused")
        began = monotonic()
        while self._run.paused() and not self._stopped(trainer):
            self._run.beat()
            sleep(_LOOK_EVERY)
        module.pass_over(monotonic() - began)
        self._report.event("phase", phase="training")

    def _stopped(self, trainer: Trainer) -> bool:
        module: Any = trainer.lightning_module
        try:
            if trainer.training:
                # Where the time is limited, a run of 1,000 steps may be half over after 200.
                total = module.total_steps
                self._report(round(module.done() * total), total, "Training")
            else:
                self._report(trainer.global_step, 0, "Validating")
        except Cancelled:
            return True
        return self._run is not None and self._run.cancelled()

    def _agreed(self, trainer: Trainer, wish: _Wish) -> _Wish:
        """What the first process wishes, in all."""
        if trainer.world_size == 1:
            return wish
        told = torch.tensor(int(wish), device=trainer.strategy.root_device)
        torch.distributed.broadcast(told, 0)
        return _Wish(int(told))
