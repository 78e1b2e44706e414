"""Mask R-CNN by the rules of MMDetection, for weights that were trained there.

The two libraries have the same layers and differ in what is between them. What a model's options may say,
each for itself (``ModelSpec.options``):

``aligned`` (truth): regions are pooled half a pixel to the left and up of where torchvision puts them;
``sampling_ratio`` (0 or 2): samples in a cell of a region, 0 as many as its size asks for;
``exact_anchors`` (truth): anchors are not rounded to whole pixels, and lie 4, 8, ... 64 pixels apart whatever
the padding;
``exact_boxes`` (truth): small boxes at the border of an image are kept, and a box may neither grow nor shrink
beyond 1000 / 16;
``min_size`` and ``max_size``: pixels of the shorter and the longer side that an image is brought to, as large
as both allow; 0 and 0 leave it as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torchvision.models.detection import maskrcnn_resnet50_fpn
from torchvision.models.detection._utils import BoxCoder
from torchvision.models.detection.anchor_utils import AnchorGenerator
from torchvision.models.detection.image_list import ImageList
from torchvision.models.detection.mask_rcnn import MaskRCNN
from torchvision.models.detection.transform import GeneralizedRCNNTransform
from torchvision.ops import MultiScaleRoIAlign, roi_align

from inference.models.backbones import MEAN, STD
from inference.models.regions import with_regions

#: Any of these makes a model one of MMDetection's rules.
OPTIONS = ("aligned", "sampling_ratio", "exact_anchors", "exact_boxes", "min_size", "max_size")

_STRIDES = (4, 8, 16, 32, 64)
#: Sides of the anchors are eight strides.
_SIDES = tuple((8 * stride,) for stride in _STRIDES)
_RATIOS = ((0.5, 1.0, 2.0),) * len(_STRIDES)
_LEVELS = ("0", "1", "2", "3")
#: A region of this side in pixels is taken from the first level; twice as large, from the second.
_FINEST = 56

Targets = dict[str, Tensor]


def parity_mask_rcnn(categories: int, options: Mapping[str, Any], **settings: Any) -> MaskRCNN:
    """A ResNet-50 Mask R-CNN for this many categories that follows ``options``; see the module."""
    ratio = int(options.get("sampling_ratio", 2))
    aligned = bool(options.get("aligned", False))
    exact = bool(options.get("exact_anchors", False))
    network: MaskRCNN = maskrcnn_resnet50_fpn(
        weights=None,
        weights_backbone=None,
        num_classes=categories + 1,
        rpn_anchor_generator=(ExactAnchors if exact else AnchorGenerator)(_SIDES, _RATIOS),
        box_roi_pool=_pool(7, ratio, aligned),
        mask_roi_pool=_pool(14, ratio, aligned),
        **settings,
    )
    network = with_regions(network)
    if options.get("exact_boxes", False):
        network.rpn.min_size = 0.0
        for part in (network.rpn, network.roi_heads):
            part.box_coder = BoundedCoder(part.box_coder.weights)
    sizes = int(options.get("min_size", 0)), int(options.get("max_size", 0))
    if all(sizes):
        network.transform = ResizingTransform(*sizes)
    return network


def _pool(size: int, ratio: int, aligned: bool) -> nn.Module:
    if aligned:
        return AlignedPool(size, ratio)
    pool: nn.Module = MultiScaleRoIAlign(list(_LEVELS), size, ratio)
    return pool


class ExactAnchors(AnchorGenerator):  # type: ignore[misc]
    """Anchors of the very sides, at multiples of the very strides."""

    def generate_anchors(
        self,
        scales: list[int],
        aspect_ratios: list[float],
        dtype: torch.dtype = torch.float32,
        device: torch.device | str = "cpu",
    ) -> Tensor:
        """(scales times ratios, 4) xyxy about the origin, in pixels; the ratio is height over width."""
        sides = torch.as_tensor(scales, dtype=dtype, device=device)
        roots = torch.as_tensor(aspect_ratios, dtype=dtype, device=device).sqrt()
        widths, heights = (sides / roots[:, None]).flatten(), (sides * roots[:, None]).flatten()
        return torch.stack([-widths, -heights, widths, heights], dim=1) / 2

    def forward(self, image_list: ImageList, feature_maps: list[Tensor]) -> list[Tensor]:
        """For each image the anchors of all levels, (n, 4)."""
        one = feature_maps[0]
        self.set_cell_anchors(one.dtype, one.device)
        strides = [[torch.tensor(stride, device=one.device)] * 2 for stride in _STRIDES]
        anchors = torch.cat(self.grid_anchors([list(level.shape[-2:]) for level in feature_maps], strides))
        return [anchors] * len(image_list.image_sizes)


class BoundedCoder(BoxCoder):  # type: ignore[misc]
    """Boxes from their differences; a side changes by a factor of at most 1000 / 16, up or down."""

    def decode_single(self, rel_codes: Tensor, boxes: Tensor) -> Tensor:
        """(n, 4k) differences to boxes (n, 4) as (n, 4k) xyxy in pixels."""
        limits = rel_codes.new_tensor(self.weights) * self.bbox_xform_clip
        low = rel_codes.new_tensor([-torch.inf, -torch.inf, -float(limits[2]), -float(limits[3])])
        bounded = torch.maximum(rel_codes.reshape(len(rel_codes), -1, 4), low).flatten(1)
        found: Tensor = super().decode_single(bounded, boxes)
        return found


class AlignedPool(MultiScaleRoIAlign):  # type: ignore[misc]
    """Regions of the four finer levels, with the half pixel that RoIAlign's first version left out.

    ``forward(levels by name, boxes of each image (n, 4) in pixels, _) -> (all n, C, size, size)``.
    """

    def __init__(self, size: int, sampling_ratio: int) -> None:
        super().__init__(list(_LEVELS), size, sampling_ratio)

    def forward(
        self,
        features: dict[str, Tensor],
        boxes: list[Tensor],
        image_shapes: list[tuple[int, int]],  # noqa: ARG002
    ) -> Tensor:
        maps = [features[name] for name in self.featmap_names]
        flat = torch.cat(boxes)
        images = torch.cat([torch.full_like(one[:, :1], number) for number, one in enumerate(boxes)])
        regions = torch.cat([images, flat], dim=1)
        sides = (flat[:, 2:] - flat[:, :2]).prod(dim=1).clamp(min=0).sqrt()
        own = (sides / _FINEST + 1e-6).log2().floor().clamp(0, len(maps) - 1)
        pooled = maps[0].new_zeros(len(flat), maps[0].shape[1], *self.output_size)
        for level, values in enumerate(maps):
            rows = torch.where(own == level)[0]
            if len(rows):
                found = roi_align(
                    values, regions[rows], self.output_size, 1 / _STRIDES[level], self.sampling_ratio, True
                )
                pooled = pooled.index_copy(0, rows, found.to(pooled.dtype))
        return pooled


class ResizingTransform(GeneralizedRCNNTransform):  # type: ignore[misc]
    """Brings images to a size, normalises and pads them to multiples of 32; boxes come back in the old size.

    Masks and training targets' masks stay over their boxes or are resized with their image.
    """

    def __init__(self, min_size: int, max_size: int) -> None:
        super().__init__(min_size, max_size, list(MEAN), list(STD))

    def resize(self, image: Tensor, target: Targets | None = None) -> tuple[Tensor, Targets | None]:
        """One image (3, H, W), and its boxes, masks and landmarks."""
        height, width = image.shape[-2:]
        shorter, longer = self.min_size[0], self.max_size
        factor = min(longer / max(height, width), shorter / min(height, width))
        size = (int(height * factor + 0.5), int(width * factor + 0.5))
        if size == (height, width):
            return image, target
        image = functional.interpolate(image[None], size, mode="bilinear", align_corners=False)[0]
        if target is None:
            return image, None
        scale = torch.tensor([size[1] / width, size[0] / height], device=image.device)
        changed = {**target, "boxes": target["boxes"] * scale.repeat(2)}
        if "masks" in target and len(target["masks"]):
            changed["masks"] = functional.interpolate(target["masks"][None], size, mode="nearest")[0]
        elif "masks" in target:
            changed["masks"] = target["masks"].new_zeros(0, *size)
        if "landmarks" in target:
            places = target["landmarks"]
            changed["landmarks"] = torch.cat([places[..., :2] * scale, places[..., 2:]], dim=-1)
        return image, changed

    def postprocess(
        self,
        result: list[dict[str, Tensor]],
        image_shapes: list[tuple[int, int]],
        original_image_sizes: list[tuple[int, int]],
    ) -> list[dict[str, Tensor]]:
        """Boxes in pixels of the images as they were given."""
        for found, own, given in zip(result, image_shapes, original_image_sizes, strict=True):
            scale = found["boxes"].new_tensor([given[1] / own[1], given[0] / own[0]])
            found["boxes"] = found["boxes"] * scale.repeat(2)
        return result
