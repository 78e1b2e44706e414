"""What MMDetection itself answers for weights and a picture made by a recipe: ours answers the same."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torchvision.models.detection.image_list import ImageList

from inference.checkpoints.adding import fitted, recognised
from inference.checkpoints.layout import Converted

Arrays = dict[str, NDArray[Any]]


def _recipe(folder: Path) -> Any:
    made = importlib.util.spec_from_file_location("parity_recipe", folder / "recipe.py")
    assert made is not None
    assert made.loader is not None
    module = importlib.util.module_from_spec(made)
    made.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def asked() -> dict[str, Any]:
    """What is made once: the recipe's weights, read as a checkpoint, and its picture."""
    return {}


def _prepared(folder: Path, asked: dict[str, Any]) -> tuple[Converted, Any]:
    if not asked:
        recipe = _recipe(folder)
        shapes = json.loads((folder / "state_dict_shapes.json").read_text(encoding="utf-8"))
        weights = {
            key: torch.tensor(0)
            if key.endswith("num_batches_tracked")
            else torch.from_numpy(recipe.weight(key, tuple(shape)))
            for key, shape in shapes.items()
        }
        with np.load(folder / "sampling_0.npz") as told:
            weights["roi_head.bbox_head.fc_cls.bias"] = torch.from_numpy(told["fc_cls_bias"])
        asked["made"] = recognised(weights, "", (), folder)
        asked["image"] = torch.from_numpy(recipe.image())
    return asked["made"], asked["image"]


def _relative(found: torch.Tensor, expected: NDArray[Any]) -> float:
    return float(np.abs(found.numpy() - expected).max() / np.abs(expected).max())


def _matched(count: int, fits: Callable[[int], NDArray[np.bool_]]) -> int:
    """How many of ``count`` expected ones have a partner of their own."""
    free, found = None, 0
    for row in range(count):
        good = fits(row)
        free = np.ones(len(good), bool) if free is None else free
        partners = np.flatnonzero(good & free)
        if len(partners):
            free[partners[0]] = False
            found += 1
    return found


@pytest.mark.parametrize("ratio", [0, 2])
def test_every_stage_is_that_of_mmdetection(samples: Path, asked: dict[str, Any], ratio: int) -> None:
    folder = samples / "mmdet_parity"
    if not folder.is_dir():
        pytest.skip("the outputs of MMDetection are not on this machine (shared/samples/mmdet_parity)")
    made, image = _prepared(folder, asked)
    with np.load(folder / f"sampling_{ratio}.npz") as told:
        expected: Arrays = {name: told[name] for name in told.files}
    options = {**made.spec.options, "sampling_ratio": ratio, "min_size": 0, "max_size": 0}
    network: Any = fitted(replace(made, spec=replace(made.spec, options=options)), folder).eval()
    size = (image.shape[1], image.shape[2])
    with torch.inference_mode():
        images = ImageList(image[None], [size])
        features = network.backbone(images.tensors)
        logits, deltas = network.rpn.head(list(features.values()))
        # One forward of each part: on two processors the whole takes some ten seconds.
        proposals, _ = network.rpn(images, features)
        found = network.roi_heads(features, proposals, [size])[0][0]
    levels = list(features.values())
    assert [float(one.mean()) for one in levels] == pytest.approx(expected["feature_mean"], rel=1e-3)
    assert [float(one.std()) for one in levels] == pytest.approx(expected["feature_std"], rel=1e-3)
    assert _relative(levels[1][0, :8, :6, :6], expected["feature_p3_corner"]) < 1e-3
    assert _relative(levels[4][0, :8, :4, :4], expected["feature_p6_corner"]) < 1e-3
    assert _relative(logits[2][0], expected["rpn_logits_p4"]) < 1e-3
    assert _relative(deltas[3][0], expected["rpn_deltas_p5"]) < 1e-3
    ours = proposals[0].numpy()
    assert _matched(100, lambda row: np.abs(ours - expected["proposals"][row]).max(1) < 0.1) >= 97
    boxes, scores = found["boxes"].numpy(), found["scores"].numpy()
    labels = found["labels"].numpy() - 1

    def same(row: int) -> NDArray[np.bool_]:
        near = np.abs(boxes - expected["boxes"][row]).max(1) < 0.1
        alike = np.abs(scores - expected["scores"][row]) < 2e-3
        good: NDArray[np.bool_] = near & alike & (labels == expected["labels"][row])
        return good

    assert len(boxes) == 100
    assert _matched(100, same) >= 97
    masks = found["masks"][:10, 0].numpy()
    assert np.abs(masks - expected["mask_probabilities_28"]).max() < 1e-3
