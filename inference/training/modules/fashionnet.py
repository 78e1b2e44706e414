"""FashionNet in training: the paper's two alternating stages (Liu et al., CVPR 2016, section 3.2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import torch
from pytorch_metric_learning.losses import TripletMarginLoss
from pytorch_metric_learning.miners import BatchHardMiner
from torch import Tensor, nn
from torch.nn import functional

from inference.data.crops import OCCLUDED, VISIBLE
from inference.models.fashionnet import FashionNetOutput
from inference.prediction.crops import crop_predictions
from inference.training.modules.base import GarmentModule
from store.runs.config import RunConfig
from store.runs.manifest import ModelSpec
from store.runs.predictions import GarmentPrediction, ImageTruth

Stage = Literal["pose", "attributes"]
_POSE = ("landmarks", "visibility")
#: Of rare attributes: a "yes" weighs at most so much more than a "no".
_MOST_WEIGHT = 20.0


def stage_of(done: float, rounds: int, pose_share: float) -> tuple[Stage, int]:
    """The stage and the round (from 0) when ``done`` (0..1) of the training is over."""
    place = min(done, 1 - 1e-9) * rounds
    return ("pose" if place % 1 < pose_share else "attributes"), int(place)


class FashionNetModule(GarmentModule):
    """Batches are dicts of crops; see docs/architecture.md.

    In the stage "pose" the losses of landmarks and visibility weigh ``stages.pose_factor`` times as much, the
    others help. In "attributes" all weigh as configured: category, attributes and pairs, on features pooled
    at the landmarks that are estimated, while pose keeps learning, because its lower layers are shared.

    All losses are means over the crops, with fixed divisors: two processes with half a batch each give what
    one with the whole batch gives. Only the triplets are looked for within what a process has.
    """

    headline = "category/top1"
    higher_is_better = True
    frequency: Tensor

    def __init__(
        self,
        network: nn.Module,
        spec: ModelSpec,
        config: RunConfig,
        truths: Sequence[ImageTruth],
        frequency: Sequence[float] = (),
    ) -> None:
        """``frequency`` (A,): the share of the training garments that have each attribute."""
        super().__init__(network, spec, config, truths)
        given = torch.tensor(list(frequency) or [0.5] * len(spec.attributes), dtype=torch.float32)
        self.register_buffer("frequency", given.clamp(1e-3, 1 - 1e-3), persistent=False)
        self._triplets = TripletMarginLoss(margin=config.pairs.margin)
        self._miner = BatchHardMiner()

    @property
    def stage(self) -> tuple[Stage, int]:
        """The stage that the training is in, and the round."""
        return stage_of(self.done(), self.config.stages.rounds, self.config.stages.pose_share)

    def losses(self, batch: Any) -> dict[str, Tensor]:
        """Landmarks and visibility (of those labelled), category, attributes (of those known), triplets."""
        said: FashionNetOutput = self.network(batch["image"])
        state = batch["visibility"]
        count = len(state)
        gate = (state == VISIBLE).float() + self.config.loss.occluded * (state == OCCLUDED).float()
        distances = (said.landmarks.float() - batch["landmarks"]).square().sum(dim=-1)
        found = {
            "landmarks": (gate * distances).sum() / count,
            "visibility": functional.cross_entropy(
                said.visibility.float().flatten(0, 1), state.flatten(), ignore_index=-1, reduction="sum"
            )
            / state.numel(),
            "category": functional.cross_entropy(said.category.float(), batch["category"], reduction="sum")
            / count,
            "triplet": self._triplet(said.embedding.float(), batch["identity"]),
        }
        if self.spec.attributes:
            found["attributes"] = self._attributes(said.attributes.float(), batch["attributes"])
        return found

    def weights(self) -> Mapping[str, float]:
        """As configured, those of pose multiplied in its stage."""
        settings = self.config.loss
        names = (*_POSE, "category", "attributes", "triplet")
        given = {name: float(getattr(settings, name)) for name in names}
        if self.stage[0] == "pose":
            given |= {name: given[name] * self.config.stages.pose_factor for name in _POSE}
        return given

    def predictions(self, batch: Any) -> list[tuple[int, GarmentPrediction]]:
        """What is said of each crop, in image pixels."""
        return crop_predictions(self.network(batch["image"]), batch, self.spec)

    def images_of(self, batch: Any) -> list[int]:
        """The ids of the images in a batch."""
        return [int(one) for one in batch["image_id"]]

    def _attributes(self, logits: Tensor, wanted: Tensor) -> Tensor:
        """Binary cross-entropy over what is known; a rare "yes" weighs as much in all as the many "no".

        Weighing moves what is learnt by the log of the weight. It is added here, so that the logits
        themselves stay true to how often an attribute is: by them attributes are ranked against each other.
        """
        known = ~torch.isnan(wanted)
        target = torch.where(known, wanted, torch.zeros_like(wanted))
        rare = ((1 - self.frequency) / self.frequency).clamp(max=_MOST_WEIGHT)
        each = functional.binary_cross_entropy_with_logits(
            logits + rare.log(), target, pos_weight=rare, reduction="none"
        )
        return (each * known).sum() / known.numel()

    def _triplet(self, vectors: Tensor, identities: Tensor) -> Tensor:
        rows = torch.where(identities >= 0)[0]
        labels = identities[rows]
        if len(torch.unique(labels)) in (0, 1, len(labels)):
            return vectors.sum() * 0
        chosen = vectors[rows]
        loss: Tensor = self._triplets(chosen, labels, self._miner(chosen, labels))
        return loss
