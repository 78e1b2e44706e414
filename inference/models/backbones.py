"""The bodies that the networks stand on: a small residual network for processors, ResNet-50 and VGG-16.

``small`` is ResNet-18 (He et al., CVPR 2016) at half its width with group normalisation (Wu and He, ECCV
2018): its figures do not depend on what else is in the batch, so that gradient accumulation and several
processes give what one large batch gives.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torchvision.models import resnet50, vgg16
from torchvision.models.resnet import BasicBlock

#: Of ImageNet; what public weights were trained with.
MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)

_SMALL_WIDTHS = (32, 64, 128, 256)


class Normalise(nn.Module):
    """(B, 3, H, W) in 0..1 to zero mean and unit variance over ImageNet."""

    mean: Tensor
    std: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(MEAN).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(STD).view(1, 3, 1, 1), persistent=False)

    def forward(self, images: Tensor) -> Tensor:
        return (images - self.mean) / self.std


def group_norm(channels: int) -> nn.GroupNorm:
    """Group normalisation with eight channels a group."""
    return nn.GroupNorm(max(1, channels // 8), channels)


def residual_layer(inside: int, outside: int, stride: int, blocks: int = 2) -> nn.Sequential:
    """Basic residual blocks: (B, inside, H, W) to (B, outside, H / stride, W / stride)."""
    shortcut = None
    if stride != 1 or inside != outside:
        shortcut = nn.Sequential(nn.Conv2d(inside, outside, 1, stride, bias=False), group_norm(outside))
    first = BasicBlock(inside, outside, stride, shortcut, norm_layer=group_norm)
    rest = [BasicBlock(outside, outside, norm_layer=group_norm) for _ in range(blocks - 1)]
    return nn.Sequential(first, *rest)


class SmallBody(nn.Module):
    """Half-width ResNet-18 for detectors.

    (B, 3, H, W) to a dict "0".."3" of (B, 32 | 64 | 128 | 256, H / s, W / s) with s = 4, 8, 16, 32.
    """

    def __init__(self) -> None:
        super().__init__()
        self.stem = small_stem()
        widths = (_SMALL_WIDTHS[0], *_SMALL_WIDTHS)
        self.layers = nn.ModuleList(
            residual_layer(widths[i], widths[i + 1], 1 if i == 0 else 2) for i in range(4)
        )
        _initialise(self)

    def forward(self, images: Tensor) -> OrderedDict[str, Tensor]:
        found: OrderedDict[str, Tensor] = OrderedDict()
        values = self.stem(images)
        for index, layer in enumerate(self.layers):
            values = layer(values)
            found[str(index)] = values
        return found


def small_stem() -> nn.Sequential:
    """(B, 3, H, W) to (B, 32, H / 4, W / 4)."""
    return nn.Sequential(
        nn.Conv2d(3, _SMALL_WIDTHS[0], 7, 2, 3, bias=False),
        group_norm(_SMALL_WIDTHS[0]),
        nn.ReLU(inplace=True),
        nn.MaxPool2d(3, 2, 1),
    )


@dataclass(frozen=True, slots=True)
class Body:
    """A body cut in two where FashionNet's branches part.

    ``shared`` takes (B, 3, S, S) to conv4 ``(B, conv4_channels, S / conv4_stride, ...)``; each call of
    ``branch()`` makes a new last stage, from conv4 to ``(B, conv5_channels, grid, grid)``.
    """

    name: str
    conv4_channels: int
    conv4_stride: int
    conv5_channels: int
    grid: int

    def shared(self) -> nn.Module:
        """The stages that all branches share, new."""
        if self.name == "vgg16":
            stages: nn.Module = vgg16(weights=None).features[:23]
            return stages
        if self.name == "resnet50":
            whole = resnet50(weights=None)
            return nn.Sequential(
                OrderedDict(
                    conv1=whole.conv1,
                    bn1=whole.bn1,
                    relu=whole.relu,
                    maxpool=whole.maxpool,
                    layer1=whole.layer1,
                    layer2=whole.layer2,
                    layer3=whole.layer3,
                )
            )
        made = nn.Sequential(
            small_stem(),
            residual_layer(32, 32, 1),
            residual_layer(32, 64, 2),
        )
        return _initialise(made)

    def branch(self) -> nn.Module:
        """A last stage of a branch's own, new."""
        pool = nn.AdaptiveMaxPool2d(self.grid)
        if self.name == "vgg16":
            # pool4 and conv5 with its pool5, which the adaptive pool replaces (the same at 224 pixels).
            return nn.Sequential(*vgg16(weights=None).features[23:30], pool)
        if self.name == "resnet50":
            layer4 = resnet50(weights=None).layer4
            return nn.Sequential(layer4, nn.Conv2d(2048, 512, 1), nn.ReLU(inplace=True), pool)
        return _initialise(nn.Sequential(residual_layer(64, 128, 2), pool))


#: conv4 of ResNet-50 is its layer3, as in its paper.
BODIES = {
    "vgg16": Body("vgg16", 512, 8, 512, 7),
    "resnet50": Body("resnet50", 1024, 16, 512, 7),
    "small": Body("small", 64, 8, 128, 8),
}


def _initialise(module: nn.Module) -> nn.Module:
    """He initialisation; the last normalisation of a residual block is zero, so that it begins as nothing."""
    for part in module.modules():
        if isinstance(part, nn.Conv2d):
            nn.init.kaiming_normal_(part.weight, mode="fan_out", nonlinearity="relu")
            if part.bias is not None:
                nn.init.zeros_(part.bias)
    for part in module.modules():
        if isinstance(part, BasicBlock) and isinstance(part.bn2, nn.GroupNorm):
            nn.init.zeros_(part.bn2.weight)
    return module
