"""What every job that brings an index up to date shares: what it was asked, its network, and its end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from torch import nn

from inference.data.processes import beside
from inference.devices import choose
from inference.prediction.job import Report
from inference.prediction.pace import Pace
from inference.retrieval.embedding import Effort, Embedder
from store.retrieval.index import Crop, VectorIndex
from store.runs.manifest import ModelManifest

#: Images that are looked at before their vectors are written: what a kill costs.
AT_ONCE = 256
#: Tombstones are dropped where they are more than what stands.
_TOO_MANY = 1.0


@dataclass(frozen=True, slots=True)
class IndexConfig:
    """What is indexed: by which model, which crop of the garments of which images, and how.

    ``predictions`` is a prediction run whose detections are indexed in place of garments; ``model`` may be ""
    then, where the run has vectors.
    """

    model: str
    crop: Crop = "box"
    where: str = ""
    device: str = "auto"
    batch: int = 32
    #: Processes that decode; -1: as suits the device.
    workers: int = -1
    predictions: str = ""


def embedder(config: IndexConfig, network: nn.Module, manifest: ModelManifest, report: Report) -> Embedder:
    """A network that embeds as it was asked to; what it has trouble with is reported.

    StudioError where the model has no embedding, or cannot look at such crops.
    """

    def trouble(what: str, fix: str) -> None:
        report.event("trouble", what=what, fix=fix)
        report.say(f"{what} {fix}".strip())

    device = choose(config.device)
    workers = config.workers if config.workers >= 0 else beside(device)
    effort = Effort(device, config.batch, workers)
    return Embedder(network, manifest, config.crop, effort, trouble)


def ended(
    index: VectorIndex, embedded: int, gone: int, problems: Mapping[int, str], pace: Pace, device: str
) -> dict[str, Any]:
    """Puts the index in order where too much of it is dead, and says what was done: ``index garments embedded
    kept gone broken images_per_second device problems``."""
    standing, dead = index.counts()
    if dead > _TOO_MANY * max(standing, 1):
        index.compact()
    return {
        "index": index.facts.name,
        "garments": standing,
        "embedded": embedded,
        "kept": standing - embedded,
        "gone": gone,
        "broken": len(problems),
        "images_per_second": round(pace.mean, 3),
        "device": device,
        "problems": [{"image_id": image, "what": what} for image, what in problems.items()],
    }
