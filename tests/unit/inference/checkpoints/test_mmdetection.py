"""MMDetection's Mask R-CNN: every key finds its place, whichever version wrote it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import Tensor

from inference.checkpoints.mmdetection import DEEPFASHION, convert, recognises
from inference.checkpoints.naming import FOREIGN
from inference.models import build
from store.errors import StudioError

Weights = dict[str, Tensor]


def test_both_versions_become_the_very_weights(
    torchvision_weights: Weights, second_version: Weights, first_version: Weights
) -> None:
    for weights, title in ((second_version, "version 2"), (first_version, "version 1")):
        assert recognises(weights)
        made = convert(weights)
        assert title in made.layout
        assert made.weights.keys() == torchvision_weights.keys()
        assert len(made.weights) == len(weights)
        assert all(torch.equal(made.weights[key], torchvision_weights[key]) for key in torchvision_weights)
    assert bool(convert(first_version).notes)
    assert not convert(second_version).notes


def test_both_versions_give_equal_outputs(second_version: Weights, first_version: Weights) -> None:
    torch.manual_seed(0)
    image = torch.rand(3, 64, 96)
    outputs = []
    for weights in (second_version, first_version):
        made = convert(weights)
        spec = replace(made.spec, options={**made.spec.options, "min_size": 0, "max_size": 0})
        network: Any = build(spec).eval()
        network.rpn._post_nms_top_n = {"training": 20, "testing": 20}
        network.roi_heads.detections_per_img = 4
        network.load_state_dict(made.weights)
        with torch.inference_mode():
            outputs.append(network([image])[0])
    assert len(outputs[0]["boxes"]) > 0
    for name, value in outputs[0].items():
        assert torch.equal(value, outputs[1][name])


def test_the_backgrounds_row_is_first_here() -> None:
    rows = torch.arange(3.0)[:, None]
    weights = {
        "roi_head.bbox_head.fc_cls.weight": rows,
        "roi_head.bbox_head.fc_reg.weight": torch.ones(8, 1),
        "roi_head.mask_head.conv_logits.weight": torch.ones(2, 1, 1, 1),
    }
    made = convert(weights).weights
    assert made["roi_heads.box_predictor.cls_score.weight"].flatten().tolist() == [2, 0, 1]
    assert made["roi_heads.box_predictor.bbox_pred.weight"].flatten().tolist() == [0] * 4 + [1] * 8
    assert made["roi_heads.mask_predictor.mask_fcn_logits.weight"].flatten().tolist() == [0, 1, 1]


def test_the_public_checkpoint_is_known_by_its_fifteen_categories() -> None:
    heads = {
        "roi_head.bbox_head.fc_cls.weight": torch.zeros(16, 1),
        "roi_head.bbox_head.fc_reg.weight": torch.zeros(60, 1),
        "roi_head.mask_head.conv_logits.weight": torch.zeros(15, 1, 1, 1),
    }
    spec = convert(heads).spec
    assert tuple(one.name for one in spec.categories) == DEEPFASHION
    by_name = {one.name: one.id for one in spec.categories}
    assert (by_name["skirt"], by_name["dress"], by_name["pants"]) == (9, 10, 8)
    # A bag is none of DeepFashion2's: its id can be taken for none of theirs.
    assert by_name["bag"] > FOREIGN
    assert spec.options["aligned"] is True
    assert (spec.options["min_size"], spec.options["max_size"], spec.input_size) == (750, 1101, 1101)
    named = convert(heads, tuple(f"n{i}" for i in range(15))).spec
    assert named.categories[14].name == "n14"
    with pytest.raises(StudioError, match="15 categories, 2 were named"):
        convert(heads, ("a", "b"))


@pytest.mark.parametrize(("moves", "masks"), [(4, 15), (60, 1), (61, 15)])
def test_heads_that_do_not_belong_together_are_told(moves: int, masks: int) -> None:
    heads = {
        "roi_head.bbox_head.fc_cls.weight": torch.zeros(16, 1),
        "roi_head.bbox_head.fc_reg.weight": torch.zeros(moves, 1),
        "roi_head.mask_head.conv_logits.weight": torch.zeros(masks, 1, 1, 1),
    }
    with pytest.raises(StudioError, match="do not belong together"):
        convert(heads)


def test_a_detector_without_masks_is_named() -> None:
    with pytest.raises(StudioError, match=r"no mask_head\.conv_logits\.weight"):
        convert(
            {
                "rpn_head.rpn_cls.weight": torch.zeros(3, 1, 1, 1),
                "roi_head.bbox_head.fc_cls.weight": torch.zeros(3, 1),
                "roi_head.bbox_head.fc_reg.weight": torch.zeros(8, 1),
            }
        )


def test_files_that_count_no_batches_are_whole(second_version: Weights) -> None:
    without = {key: value for key, value in second_version.items() if "num_batches" not in key}
    assert convert(without).weights.keys() == convert(second_version).weights.keys()
