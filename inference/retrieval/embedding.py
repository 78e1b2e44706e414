"""The vectors of garments, from any network that has an embedding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from inference.data.slice import Slice
from inference.models.fashionnet import FashionNetOutput
from inference.models.registry import architecture
from inference.prediction.engine import Engine, Say
from inference.prediction.loading import Batch, asked, batches_of, loader, packed
from inference.retrieval.towers import Tower
from store.errors import StudioError
from store.retrieval.index import Crop, Vectors
from store.runs.manifest import ModelManifest


class Embedded(NamedTuple):
    """Garments of a slice, by their places there, and their vectors ``(n, E)`` of unit length.

    ``problems`` are sentences about images that could not be looked at, by their places.
    """

    garments: list[int]
    vectors: Vectors
    problems: dict[int, str]


@dataclass(frozen=True, slots=True)
class Effort:
    """How garments are embedded: pictures at once, processes that decode, the number format."""

    device: str = "cpu"
    batch: int = 32
    workers: int = 0
    precision: str = "32"


class Embedder:
    """Embeds the garments of a slice: crops of them, or regions of whole images where the network is a
    detector with a matching head."""

    def __init__(
        self, network: nn.Module, manifest: ModelManifest, crop: Crop, effort: Effort, say: Say
    ) -> None:
        """StudioError where the model has no embedding, or cannot look at such crops."""
        spec = manifest.spec
        if "embedding" not in manifest.tasks:
            said = ", ".join(manifest.tasks) or "nothing"
            raise StudioError(
                f"The model {manifest.name} has no embedding; it says: {said}.",
                "Choose FashionNet, an embedding model or Match R-CNN.",
            )
        self._whole = not isinstance(network, Tower) and architecture(spec.architecture).whole_images
        if self._whole and crop == "mask":
            raise StudioError(
                f"{manifest.name} looks at whole images, so nothing around a mask can be hidden from it.",
                "Use --crop box, or a model that looks at crops.",
            )
        self._spec, self._crop, self._effort = spec, crop, effort
        self._engine = Engine(network, effort.device, effort.precision, say=say)

    @property
    def device(self) -> str:
        """Where the network runs now."""
        return str(self._engine.device)

    def embed(self, data: Slice) -> Iterator[Embedded]:
        """All garments of a slice but crowds, batch by batch. MemoryShortage where nothing has room."""
        effort = self._effort
        source = loader(
            data,
            self._spec,
            packed(data, self._spec, effort.batch, self._whole),
            self._whole,
            effort.workers,
            effort.device != "cpu",
            masked=self._crop == "mask",
        )
        for batch in batches_of(source):
            problems = {i: why for i, why in zip(batch.indices, batch.problems, strict=True) if why}
            there = [g for image in batch.indices if image not in problems for g in asked(data, image)]
            vectors = self._vectors(batch, data) if there else np.empty((0, 0), np.float32)
            yield Embedded(there, vectors, problems)

    def _vectors(self, batch: Batch, data: Slice) -> Vectors:
        if self._whole:
            return unit(self._in_boxes(batch, data))
        said = self._engine.describe(batch)
        return unit(said.embedding if isinstance(said, FashionNetOutput) else said)

    def _in_boxes(self, batch: Batch, data: Slice) -> Tensor:
        """What a detector's matching head says of the garments' own boxes ``(n, E)``."""
        looked = [i for i, count in zip(batch.indices, batch.counts, strict=True) if count]
        boxes = []
        for image, picture in zip(looked, batch.pixels, strict=True):
            height, width = picture.shape[:2]
            factor = np.array([width, height] * 2) / np.tile(data.sizes[image], 2)
            mine = data.boxes[asked(data, image)] * factor
            boxes.append(torch.from_numpy(mine.astype(np.float32)))
        return in_boxes(self._engine, list(batch.pixels), boxes)


@torch.inference_mode()
def in_boxes(engine: Engine, pixels: Sequence[Tensor], boxes: Sequence[Tensor]) -> Tensor:
    """What a detector's matching head says ``(n, E)`` of boxes ``(k, 4)`` float32, x1 y1 x2 y2, of pictures
    ``(H, W, 3)`` uint8, one picture after the other."""
    network: Any = engine.network
    pictures = [one.to(engine.device).permute(2, 0, 1).float().div(255.0) for one in pixels]
    with engine.number_format():
        seen, _ = network.transform(pictures)
        features = network.backbone(seen.tensors)
        there = [one.to(engine.device) for one in boxes]
        found: Tensor = network.roi_heads.match_features(features, there, seen.image_sizes)
    return found


def unit(vectors: Tensor | NDArray[Any]) -> Vectors:
    """The vectors ``(n, E)`` at unit length. StudioError where one has no direction."""
    found = torch.as_tensor(vectors).float()
    lengths = found.norm(dim=1, keepdim=True)
    if not bool(torch.isfinite(lengths).all()) or bool((lengths == 0).any()):
        raise StudioError(
            "The model gives vectors without a direction (zero, or not finite).", "Choose another model."
        )
    return np.asarray((found / lengths).cpu().numpy(), np.float32)
