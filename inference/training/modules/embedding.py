"""An embedding in training: triplets, or proxies that stand for the identities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from pytorch_metric_learning.losses import ProxyAnchorLoss, TripletMarginLoss
from pytorch_metric_learning.miners import BatchHardMiner
from torch import Tensor, nn

from inference.prediction.crops import crop_predictions
from inference.training.modules.base import GarmentModule
from store.runs.config import RunConfig
from store.runs.manifest import ModelSpec
from store.runs.predictions import GarmentPrediction, ImageTruth

#: Proxies learn so much faster than the network (Kim et al., "Proxy Anchor Loss", CVPR 2020, section 4.2).
_PROXY_RATE = 100.0


class EmbeddingModule(GarmentModule):
    """Batches are dicts of crops in which identities come several times.

    ``triplet``: the hardest of each batch (Hermans et al., 2017). ``proxy-anchor``: one learnt vector for
    each identity of the training data, ``identities`` of them, numbered from 0.
    """

    headline = "retrieval/mAP"
    higher_is_better = True

    def __init__(
        self,
        network: nn.Module,
        spec: ModelSpec,
        config: RunConfig,
        truths: Sequence[ImageTruth],
        identities: Sequence[int] = (),
    ) -> None:
        super().__init__(network, spec, config, truths)
        self._place = {identity: place for place, identity in enumerate(sorted(set(identities)))}
        self._miner: nn.Module | None = None
        if config.pairs.loss == "triplet":
            self._miner = BatchHardMiner()
            self._loss: nn.Module = TripletMarginLoss(margin=config.pairs.margin)
        else:
            self._loss = ProxyAnchorLoss(max(1, len(self._place)), int(spec.options["embedding_size"]))

    def losses(self, batch: Any) -> dict[str, Tensor]:
        """The loss of the pairs."""
        vectors = self.network(batch["image"]).float()
        places = [self._place.get(int(one), -1) for one in batch["identity"]]
        labels = torch.tensor(places, device=vectors.device)
        rows = torch.where(labels >= 0)[0]
        if len(torch.unique(labels[rows])) < 2:
            return {"pairs": vectors.sum() * 0 + sum(one.sum() * 0 for one in self._loss.parameters())}
        chosen, kept = vectors[rows], labels[rows]
        mined = self._miner(chosen, kept) if self._miner is not None else None
        return {"pairs": self._loss(chosen, kept, mined)}

    def weights(self) -> Mapping[str, float]:
        """There is one loss."""
        return {"pairs": 1.0}

    def groups(self) -> list[dict[str, Any]]:
        """Those of the network, and the proxies with a rate of their own."""
        proxies = list(self._loss.parameters())
        own = {id(one) for one in proxies}
        groups = super().groups()
        for group in groups:
            group["params"] = [one for one in group["params"] if id(one) not in own]
        if proxies:
            rate = self.config.optimiser.learning_rate * _PROXY_RATE
            groups.append({"params": proxies, "weight_decay": 0.0, "lr": rate})
        return groups

    def predictions(self, batch: Any) -> list[tuple[int, GarmentPrediction]]:
        """The vector of each crop."""
        return crop_predictions(self.network(batch["image"]), batch, self.spec)

    def images_of(self, batch: Any) -> list[int]:
        """The ids of the images in a batch."""
        return [int(one) for one in batch["image_id"]]
