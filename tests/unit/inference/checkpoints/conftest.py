"""State dicts in the layouts of other programs, made of our own networks' random weights."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor

from inference.models import build
from store.runs.manifest import ModelCategory, ModelSpec

Weights = dict[str, Tensor]
Saved = Callable[[object], Path]

#: Names here to names in MMDetection, by their beginning.
_THERE = (
    ("backbone.body.", "backbone."),
    ("rpn.head.conv.0.0.", "rpn_head.rpn_conv."),
    ("rpn.head.cls_logits.", "rpn_head.rpn_cls."),
    ("rpn.head.bbox_pred.", "rpn_head.rpn_reg."),
    ("roi_heads.box_head.fc6.", "roi_head.bbox_head.shared_fcs.0."),
    ("roi_heads.box_head.fc7.", "roi_head.bbox_head.shared_fcs.1."),
    ("roi_heads.box_predictor.cls_score.", "roi_head.bbox_head.fc_cls."),
    ("roi_heads.box_predictor.bbox_pred.", "roi_head.bbox_head.fc_reg."),
    ("roi_heads.mask_predictor.conv5_mask.", "roi_head.mask_head.upsample."),
    ("roi_heads.mask_predictor.mask_fcn_logits.", "roi_head.mask_head.conv_logits."),
    *((f"backbone.fpn.inner_blocks.{i}.0.", f"neck.lateral_convs.{i}.conv.") for i in range(4)),
    *((f"backbone.fpn.layer_blocks.{i}.0.", f"neck.fpn_convs.{i}.conv.") for i in range(4)),
    *((f"roi_heads.mask_head.{i}.0.", f"roi_head.mask_head.convs.{i}.conv.") for i in range(4)),
)


def _there(key: str) -> str:
    for own, name in _THERE:
        if key.startswith(own):
            return name + key.removeprefix(own)
    raise AssertionError(key)


@pytest.fixture(scope="session")
def torchvision_weights() -> Weights:
    """torchvision's Mask R-CNN for three categories; nothing is told of the background's boxes and masks."""
    torch.manual_seed(5)
    spec = ModelSpec("mask-rcnn", "resnet50", tuple(ModelCategory(i, f"c{i}") for i in range(1, 4)))
    weights = dict(build(spec).state_dict())
    for layer, rows in (("box_predictor.bbox_pred", 4), ("mask_predictor.mask_fcn_logits", 1)):
        for part in ("weight", "bias"):
            weights[f"roi_heads.{layer}.{part}"][:rows] = 0
    return weights


@pytest.fixture(scope="session")
def second_version(torchvision_weights: Weights) -> Weights:
    """The same in the layout of MMDetection 2 and 3: the background last, without boxes and mask."""
    found = {_there(key): value for key, value in torchvision_weights.items()}
    for part in ("weight", "bias"):
        scores = found[f"roi_head.bbox_head.fc_cls.{part}"]
        found[f"roi_head.bbox_head.fc_cls.{part}"] = torch.cat([scores[1:], scores[:1]])
        for layer, rows in (("bbox_head.fc_reg", 4), ("mask_head.conv_logits", 1)):
            found[f"roi_head.{layer}.{part}"] = found[f"roi_head.{layer}.{part}"][rows:]
    return found


@pytest.fixture(scope="session")
def first_version(torchvision_weights: Weights) -> Weights:
    """The same in the layout of MMDetection 1: no ``roi_head.``, the background first everywhere."""
    return {_there(key).removeprefix("roi_head."): value for key, value in torchvision_weights.items()}


@pytest.fixture
def saved(tmp_path: Path) -> Saved:
    """Writes something with ``torch.save``."""

    def write(what: object) -> Path:
        torch.save(what, tmp_path / "checkpoint.pth")
        return tmp_path / "checkpoint.pth"

    return write
