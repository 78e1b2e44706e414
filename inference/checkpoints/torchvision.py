"""torchvision's ``maskrcnn_resnet50_fpn``: our ``mask-rcnn`` with ``resnet50`` has its very names."""

from __future__ import annotations

import torch

from inference.checkpoints.layout import Converted, Weights
from inference.checkpoints.naming import foreign, numbered
from store.errors import StudioError
from store.runs.manifest import ModelSpec

_SCORES = "roi_heads.box_predictor.cls_score.weight"


def recognises(weights: Weights) -> bool:
    """Whether the names are those of torchvision's two-stage detectors."""
    return any(key.startswith("backbone.body.") for key in weights) and _SCORES in weights


def convert(weights: Weights, names: tuple[str, ...] = ()) -> Converted:
    """The checkpoint as weights of ``mask-rcnn``; StudioError where the names are not as many as its
    categories. Layers that are not known keep their names, so that building the network lists them."""
    count = weights[_SCORES].shape[0] - 1
    if names and len(names) != count:
        raise StudioError(
            f"The checkpoint has {count} categories, {len(names)} were named.",
            "Name all of them in the order of its outputs, without the background.",
        )
    # The second version has normalisation in the pyramid.
    second = any(key.startswith("backbone.fpn.inner_blocks.0.1.") for key in weights)
    found = dict(weights)
    for key in [key for key in found if key.endswith("running_var")]:
        # Frozen normalisation does not count batches.
        found.setdefault(key.replace("running_var", "num_batches_tracked"), torch.tensor(0))
    categories = foreign(names or numbered(count))
    spec = ModelSpec("mask-rcnn", "resnet50-v2" if second else "resnet50", categories, input_size=800)
    return Converted(spec, ("boxes", "masks"), found, "torchvision, Mask R-CNN")
