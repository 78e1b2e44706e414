"""What all networks share in training: weighted losses, the optimiser and its rate, figures of validation."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from time import monotonic
from typing import Any

import torch
from lightning.pytorch import LightningModule
from torch import Tensor, nn

from inference.evaluation.assemble import quick
from inference.training.modules.rates import rate_factor
from store.errors import StudioError
from store.runs.config import RunConfig
from store.runs.manifest import ModelSpec
from store.runs.predictions import GarmentPrediction, ImagePrediction, ImageTruth

#: Many batches fail when one number has become too large; naming some images is enough.
_NAMED = 8


class NotFinite(StudioError):
    """The loss is no number any more."""


class GarmentModule(LightningModule, ABC):
    """A network in training.

    ``truths`` are the garments of the validation images, of which ``metrics`` speaks after each validation;
    every process has all of them; ``said`` is what was said in it by image. ``latest`` holds the losses of
    the last step, without their weights.
    """

    #: The figure by which the best epoch is chosen, and whether more of it is better.
    headline = "loss"
    higher_is_better = False

    def __init__(
        self, network: nn.Module, spec: ModelSpec, config: RunConfig, truths: Sequence[ImageTruth]
    ) -> None:
        super().__init__()
        self.network = network
        self.spec = spec
        self.config = config
        self.truths = tuple(truths)
        self.latest: dict[str, Tensor] = {}
        self.metrics: dict[str, float] = {}
        self.total_steps = 1
        self.said: dict[int, list[GarmentPrediction]] = {}
        self._found: list[tuple[int, GarmentPrediction]] = []
        self._seconds = 0.0
        self._since: float | None = None

    # ------------------------------------------------------------------ what each network is asked

    @abstractmethod
    def losses(self, batch: Any) -> dict[str, Tensor]:
        """The losses of a batch by the names of ``config.loss``, without their weights."""

    @abstractmethod
    def weights(self) -> Mapping[str, float]:
        """The weight of each loss at this moment; a loss without one counts nothing."""

    @abstractmethod
    def predictions(self, batch: Any) -> list[tuple[int, GarmentPrediction]]:
        """(image id, garment) for what the network says of a batch of validation."""

    @abstractmethod
    def images_of(self, batch: Any) -> list[int]:
        """The ids of the images in a batch."""

    # ------------------------------------------------------------------ Lightning

    def training_step(self, batch: Any, batch_idx: int) -> Tensor:
        """The weighted sum of the losses. NotFinite, naming the images, where it is no number."""
        weights = self.weights()
        losses = self.losses(batch)
        # A weight of 0 counts too: several processes wait for each other's gradients of all parameters.
        total = torch.stack([weights.get(name, 0.0) * loss.float() for name, loss in losses.items()]).sum()
        self.latest = {name: loss.detach() for name, loss in losses.items()}
        self.latest["loss"] = total.detach()
        if not bool(torch.isfinite(self.latest["loss"])):
            raise self._not_finite(batch, batch_idx)
        return total

    def validation_step(self, batch: Any, batch_idx: int) -> None:
        """Collects what the network says."""
        del batch_idx
        self._found += self.predictions(batch)

    def on_validation_epoch_start(self) -> None:
        """Nothing has been said yet."""
        self._found = []

    def on_validation_epoch_end(self) -> None:
        """Brings together what all processes have found, and measures it."""
        self.said = {image.image_id: [] for image in self.truths}
        for image, garment in self._of_all():
            self.said[image].append(garment)
        said = [ImagePrediction(image, tuple(garments)) for image, garments in self.said.items()]
        attributes = [("", name) for name in self.spec.attributes]
        self.metrics = quick(self.truths, said, categories=self.spec.categories, attributes=attributes)
        self._found = []

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """AdamW or SGD; norms, biases and single numbers are not pulled to zero."""
        settings = self.config.optimiser
        groups = self.groups()
        if settings.name == "adamw":
            # On a GPU Lightning cannot limit the gradients of a fused optimiser under AMP with fp16.
            fused = self.device.type == "cpu"
            made: torch.optim.Optimizer = torch.optim.AdamW(groups, lr=settings.learning_rate, fused=fused)
        else:
            made = torch.optim.SGD(groups, lr=settings.learning_rate, momentum=settings.momentum)
        for group in made.param_groups:
            group["full"] = group["lr"]
        return made

    def groups(self) -> list[dict[str, Any]]:
        """The parameters with and those without weight decay."""
        decayed = [one for one in self.parameters() if one.requires_grad and one.ndim > 1]
        plain = [one for one in self.parameters() if one.requires_grad and one.ndim <= 1]
        decay = self.config.optimiser.weight_decay
        return [{"params": decayed, "weight_decay": decay}, {"params": plain, "weight_decay": 0.0}]

    def on_train_start(self) -> None:
        """The clock runs from here."""
        self.total_steps = max(1, int(self.trainer.estimated_stepping_batches))
        self._since = monotonic()

    def on_train_batch_start(self, batch: Any, batch_idx: int) -> None:
        """Sets the learning rate of this step."""
        del batch, batch_idx
        factor = rate_factor(self.config.optimiser, self.done())
        for group in self.optimizers().param_groups:  # type: ignore[union-attr]
            group["lr"] = group["full"] * factor

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """The time of training goes on where it was."""
        checkpoint["studio_seconds"] = self.seconds()

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """As :meth:`on_save_checkpoint` left it."""
        self._seconds = float(checkpoint.get("studio_seconds", 0.0))

    # ------------------------------------------------------------------ time

    def seconds(self) -> float:
        """How long has been trained, over all resumptions."""
        return self._seconds + (monotonic() - self._since if self._since is not None else 0.0)

    def pass_over(self, seconds: float) -> None:
        """Do not count the last ``seconds``: the run was paused."""
        self._seconds -= seconds

    def done(self) -> float:
        """How much of the training is over, 0..1: by its steps, or by its time where that is limited."""
        share = self.trainer.global_step / self.total_steps
        limit = self.config.training.max_minutes * 60
        return min(1.0, max(share, self.seconds() / limit if limit else 0.0))

    # ------------------------------------------------------------------ inside

    def _of_all(self) -> list[tuple[int, GarmentPrediction]]:
        if self.trainer.world_size == 1:
            return self._found
        parts: list[Any] = [None] * self.trainer.world_size
        data: Any = self.trainer.datamodule  # type: ignore[attr-defined]
        torch.distributed.all_gather_object(parts, [] if data.idle else self._found)
        return [pair for part in parts for pair in part]

    def _not_finite(self, batch: Any, batch_idx: int) -> NotFinite:
        bad = [name for name, loss in self.latest.items() if not math.isfinite(float(loss))]
        named = self.images_of(batch)
        images = ", ".join(str(one) for one in named[:_NAMED]) + (" ..." if len(named) > _NAMED else "")
        return NotFinite(
            f"The loss is no number any more at step {self.trainer.global_step} (batch {batch_idx} of epoch "
            f"{self.current_epoch + 1}, {', '.join(bad)}). Its images: {images}.",
            "The last good state is kept. Look at those images, or resume with a lower learning rate, for "
            f"example --set optimiser.learning_rate={self.config.optimiser.learning_rate / 5:g}.",
        )
