"""Mask R-CNN checkpoints of MMDetection, versions 1 to 3, as weights of ours.

Layers are the same and are called otherwise. What tells categories apart differs in its order too: here the
background is label 0. In version 2 and 3 it is the last row of the scores and has neither differences of
boxes nor a mask; in version 1 it is the first row of all three. Version 1 has no ``roi_head.`` before the
names of the regions' heads. How many rows ``conv_logits`` has beside the scores tells one from the other.
"""

from __future__ import annotations

import re

import torch
from torch import Tensor

from inference.checkpoints.layout import Converted, Weights, listed
from inference.checkpoints.naming import foreign, numbered
from store.errors import StudioError
from store.runs.manifest import ModelCategory, ModelSpec

#: The public DeepFashion checkpoint's categories, in its order.
DEEPFASHION = (
    "top",
    "skirt",
    "leggings",
    "dress",
    "outer",
    "pants",
    "bag",
    "neckwear",
    "headwear",
    "eyeglass",
    "belt",
    "footwear",
    "hair",
    "skin",
    "face",
)

#: What MMDetection does that torchvision does not, see inference/models/parity.py. The public checkpoint was
#: made when regions were sampled twice in a cell; its test pictures are 750 x 1101 pixels.
PARITY = {
    "aligned": True,
    "sampling_ratio": 2,
    "exact_anchors": True,
    "exact_boxes": True,
    "min_size": 750,
    "max_size": 1101,
}

_FIRST = (
    "Version 1 counted a box of 10 pixels as 11 wide in its arithmetic; that is not imitated, so boxes can "
    "lie about a pixel off from what it gave."
)

_HEAD = "roi_head."
_SCORES, _MOVES, _MASKS = "bbox_head.fc_cls", "bbox_head.fc_reg", "mask_head.conv_logits"
#: Names there, as expressions, to names here.
_NAMES = tuple(
    (re.compile(pattern), name)
    for pattern, name in (
        (r"backbone\.(.+)", r"backbone.body.\1"),
        (r"neck\.lateral_convs\.(\d)\.(?:conv\.)?(weight|bias)", r"backbone.fpn.inner_blocks.\1.0.\2"),
        (r"neck\.fpn_convs\.(\d)\.(?:conv\.)?(weight|bias)", r"backbone.fpn.layer_blocks.\1.0.\2"),
        (r"rpn_head\.rpn_conv\.(weight|bias)", r"rpn.head.conv.0.0.\1"),
        (r"rpn_head\.rpn_cls\.(weight|bias)", r"rpn.head.cls_logits.\1"),
        (r"rpn_head\.rpn_reg\.(weight|bias)", r"rpn.head.bbox_pred.\1"),
        (r"bbox_head\.shared_fcs\.0\.(weight|bias)", r"roi_heads.box_head.fc6.\1"),
        (r"bbox_head\.shared_fcs\.1\.(weight|bias)", r"roi_heads.box_head.fc7.\1"),
        (r"bbox_head\.fc_cls\.(weight|bias)", r"roi_heads.box_predictor.cls_score.\1"),
        (r"bbox_head\.fc_reg\.(weight|bias)", r"roi_heads.box_predictor.bbox_pred.\1"),
        (r"mask_head\.convs\.(\d)\.conv\.(weight|bias)", r"roi_heads.mask_head.\1.0.\2"),
        (r"mask_head\.upsample\.(weight|bias)", r"roi_heads.mask_predictor.conv5_mask.\1"),
        (r"mask_head\.conv_logits\.(weight|bias)", r"roi_heads.mask_predictor.mask_fcn_logits.\1"),
    )
)


def recognises(weights: Weights) -> bool:
    """Whether the names are those of a two-stage detector of MMDetection."""
    return any(key.startswith("rpn_head.") for key in weights) or any(
        key.removeprefix(_HEAD).startswith("bbox_head.") for key in weights
    )


def convert(weights: Weights, names: tuple[str, ...] = ()) -> Converted:
    """The checkpoint as weights of ``mask-rcnn`` with ``resnet50``; ``names`` are its categories in order.

    StudioError where heads are missing or their rows do not agree, and where the names are not as many as
    the categories. Layers that are not known keep their names, so that building the network lists them.
    """
    plain = {key.removeprefix(_HEAD): value for key, value in weights.items()}
    version, count = _version(plain)
    categories = _named(names, count)
    found: dict[str, Tensor] = {}
    for key, value in plain.items():
        found[_renamed(key)] = _ordered(key, value, version)
    for key in [key for key in found if key.startswith("backbone.body.") and key.endswith("running_var")]:
        # Written by versions that do not count batches.
        found.setdefault(key.replace("running_var", "num_batches_tracked"), torch.tensor(0))
    spec = ModelSpec("mask-rcnn", "resnet50", categories, input_size=PARITY["max_size"], options=dict(PARITY))
    title = f"MMDetection {'version 1' if version == 1 else 'version 2 or 3'}, Mask R-CNN"
    return Converted(spec, ("boxes", "masks"), found, title, notes=(_FIRST,) if version == 1 else ())


def _version(plain: Weights) -> tuple[int, int]:
    """1 or 2, and how many categories there are without the background."""
    needed = [f"{name}.weight" for name in (_SCORES, _MOVES, _MASKS)]
    missing = [name for name in needed if name not in plain]
    if missing:
        raise StudioError(
            f"This detector of MMDetection is no Mask R-CNN: it has no {listed(missing)}.",
            "Mask R-CNN with ResNet-50 and FPN can be read; others need a network of their own.",
        )
    scores, moves, masks = (plain[name].shape[0] for name in needed)
    count = scores - 1
    if count > 0 and masks == count and moves == 4 * count:
        return 2, count
    if count > 0 and masks == scores and moves == 4 * scores:
        return 1, count
    raise StudioError(
        f"The heads do not belong together: {scores} rows in fc_cls, {moves} in fc_reg and {masks} in "
        "conv_logits.",
        f"For {count} categories these are {count + 1}, {4 * count} and {count}, or in version 1 "
        f"{count + 1}, {4 * (count + 1)} and {count + 1}. Class-agnostic heads cannot be read.",
    )


def _named(names: tuple[str, ...], count: int) -> tuple[ModelCategory, ...]:
    chosen = names or (DEEPFASHION if count == len(DEEPFASHION) else ())
    if names and len(names) != count:
        raise StudioError(
            f"The checkpoint has {count} categories, {len(names)} were named.",
            "Name all of them in the order of its outputs, without the background.",
        )
    told = chosen or numbered(count)
    return foreign(told)


def _renamed(key: str) -> str:
    for pattern, name in _NAMES:
        match = pattern.fullmatch(key)
        if match is not None:
            return match.expand(name)
    return key


def _ordered(key: str, value: Tensor, version: int) -> Tensor:
    """Rows of what tells categories apart with the background first."""
    if version == 1 or not value.ndim:
        return value
    layer = key.rpartition(".")[0]
    if layer == _SCORES:
        return torch.cat([value[-1:], value[:-1]])
    rows = {_MOVES: 4, _MASKS: 1}.get(layer, 0)
    return torch.cat([value.new_zeros(rows, *value.shape[1:]), value]) if rows else value
