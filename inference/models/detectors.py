"""Mask R-CNN (He et al., ICCV 2017) and Match R-CNN (Ge et al., CVPR 2019), on torchvision's detection.

Both take a list of (3, H, W) RGB images in 0..1, whose longer side is the model's input size. In training
they take targets as well (docs/architecture.md) and give a dict of losses; else a list of dicts, see
:class:`inference.models.regions.GarmentRegions`.

``small`` is for processors: half-width ResNet-18, 96 channels in the pyramid, short heads. The other two are
torchvision's ``maskrcnn_resnet50_fpn`` and ``_v2``, whose weights fit by name.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from torch import Tensor, nn
from torchvision.models.detection import maskrcnn_resnet50_fpn, maskrcnn_resnet50_fpn_v2
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.faster_rcnn import FastRCNNPredictor, TwoMLPHead
from torchvision.models.detection.mask_rcnn import MaskRCNN, MaskRCNNHeads, MaskRCNNPredictor
from torchvision.ops import MultiScaleRoIAlign
from torchvision.ops.feature_pyramid_network import FeaturePyramidNetwork, LastLevelMaxPool

from inference.models.backbones import SmallBody
from inference.models.heads import LandmarkHead, MatchingHead
from inference.models.landmark_maps import LandmarkLayout
from inference.models.regions import with_regions

_SMALL = 96
_SMALL_LEVELS = ["1", "2", "3"]
#: Sides of the anchors in pixels, one per level of the pyramid.
_SMALL_ANCHORS = ((40,), (80,), (150,), (260,))
#: Four regions of one garment teach little more than two, and masks and landmarks cost most.
_MOST_REGIONS = {"small": 6}


class SmallPyramid(nn.Module):
    """(B, 3, H, W) to a dict of four levels of (B, 96, H / s, W / s), s = 8, 16, 32, 64.

    A garment of 160 pixels has 20 cells of stride 8: more than the 14 x 14 of a region ask for. Stride 4
    would cost as much as all the others together.
    """

    out_channels = _SMALL

    def __init__(self) -> None:
        super().__init__()
        self.body = SmallBody()
        self.fpn = FeaturePyramidNetwork([64, 128, 256], _SMALL, extra_blocks=LastLevelMaxPool())

    def forward(self, images: Tensor) -> OrderedDict[str, Tensor]:
        levels = self.body(images)
        del levels["0"]
        found: OrderedDict[str, Tensor] = self.fpn(levels)
        return found


def mask_rcnn(backbone: str, categories: int, **settings: Any) -> MaskRCNN:
    """Mask R-CNN for this many categories; label 0 is the background.

    ``settings`` are torchvision's (``box_score_thresh``, ``box_detections_per_img``, ...).
    """
    return with_regions(_plain(backbone, categories, settings), most_regions=_MOST_REGIONS.get(backbone))


def match_rcnn(backbone: str, counts: tuple[int, ...], embedding_size: int, **settings: Any) -> MaskRCNN:
    """Match R-CNN. ``counts``: how many landmarks each category has, in the order of the labels."""
    network = _plain(backbone, len(counts), settings)
    layout = LandmarkLayout(counts)
    if backbone == "small":
        landmarks = LandmarkHead(_SMALL, (64, 64, 64), layout) if layout.channels else None
        matching = MatchingHead(_SMALL, (96, 96, 96, 192), embedding_size)
        return with_regions(network, landmarks, matching, _MOST_REGIONS[backbone])
    landmarks = LandmarkHead(256, (512,) * 8, layout) if layout.channels else None
    return with_regions(network, landmarks, MatchingHead(256, (256, 256, 256, 1024), embedding_size))


def _plain(backbone: str, categories: int, settings: dict[str, Any]) -> MaskRCNN:
    if backbone == "small":
        return _small(categories, settings)
    builders = {"resnet50": maskrcnn_resnet50_fpn, "resnet50-v2": maskrcnn_resnet50_fpn_v2}
    made: MaskRCNN = builders[backbone](
        weights=None, weights_backbone=None, num_classes=categories + 1, **settings
    )
    return made


def _small(categories: int, settings: dict[str, Any]) -> MaskRCNN:
    ratios = ((0.5, 1.0, 2.0),) * len(_SMALL_ANCHORS)
    chosen: dict[str, Any] = {
        "rpn_pre_nms_top_n_train": 600,
        "rpn_post_nms_top_n_train": 300,
        "rpn_pre_nms_top_n_test": 300,
        "rpn_post_nms_top_n_test": 150,
        "rpn_batch_size_per_image": 128,
        "box_batch_size_per_image": 64,
        "box_detections_per_img": 30,
        **settings,
    }
    return MaskRCNN(
        SmallPyramid(),
        rpn_anchor_generator=AnchorGenerator(_SMALL_ANCHORS, ratios),
        box_roi_pool=MultiScaleRoIAlign(_SMALL_LEVELS, 7, 2),
        # One sample a cell: at 14 x 14 a cell is little larger than the features', and pooling backwards, on
        # one thread, would cost a quarter of a training step.
        mask_roi_pool=MultiScaleRoIAlign(_SMALL_LEVELS, 14, 1),
        box_head=TwoMLPHead(_SMALL * 7 * 7, 256),
        box_predictor=FastRCNNPredictor(256, categories + 1),
        mask_head=MaskRCNNHeads(_SMALL, (64, 64), 1),
        mask_predictor=MaskRCNNPredictor(64, 64, categories + 1),
        **chosen,
    )
