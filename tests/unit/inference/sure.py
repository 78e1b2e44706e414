"""Random detectors that find as few garments as one that has learnt."""

from __future__ import annotations

from typing import Any

import torch


@torch.no_grad()
def sure(network: Any, factor: float = 300.0, background: float = 50.0) -> None:
    """Make a random detector tell regions and categories apart by much: some garments in most pictures.

    As it is each score is one of as many as there are categories, and the most garments there may be are
    found in every picture: their masks and landmarks take most of the time.
    """
    scores = network.roi_heads.box_predictor.cls_score
    scores.weight *= factor
    scores.bias[0] = background
