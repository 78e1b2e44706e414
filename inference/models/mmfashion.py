"""MMFashion's networks, so that its public checkpoints can be used as they are.

They are not the FashionNet of the paper (which is in ``fashionnet.py``): landmarks come from a network of
their own, and the one for category and attributes pools the last map around landmarks that it is *given*,
whether they can be seen or not. The layers have MMFashion's own names. What is not copied:

* pooled places of a batch are not mixed among its images (a ``view`` there does so for more than one);
* landmarks are brought to the map once (twice in its in-shop data);
* nothing is cropped or flipped at random when it is asked;
* category scores are logits for a softmax, as they were trained, and not passed through a sigmoid.

Two things do not follow from a checkpoint and are assumed: the second layer of the global pooling ends in a
ReLU, as in MMFashion's last version, and places are counted from the centres of the outermost cells
(``align_corners``), as PyTorch did when the checkpoints were made.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torchvision.models import resnet50, vgg16

from inference.models.backbones import Normalise
from inference.models.fashionnet import LANDMARKS, FashionNetOutput
from resources.correspondence import fashion8

#: Side of the map that is pooled, and of the patch around a landmark, in cells.
_GRID, _PATCH = 7, 2
#: Side of the pictures that landmarks were learnt on, in pixels: what the regression speaks in.
SIDE = 224
#: A logit that is as good as none.
_NEVER = -30.0

_CHANNELS = {"vgg16": 512, "resnet50": 2048}


def _backbone(name: str) -> nn.Module:
    if name == "vgg16":
        return nn.Sequential(OrderedDict(features=vgg16(weights=None).features))
    whole = resnet50(weights=None)
    parts = ("conv1", "bn1", "relu", "maxpool", "layer1", "layer2", "layer3", "layer4")
    return nn.Sequential(OrderedDict((part, getattr(whole, part)) for part in parts))


class GlobalPool(nn.Module):
    """(B, C, H, W) to (B, ``size``): averages of 7 x 7 cells, then one or two linear layers."""

    def __init__(self, channels: int, hidden: int, size: int) -> None:
        super().__init__()
        flat = channels * _GRID**2
        self.global_layers: nn.Module = nn.Linear(flat, size)
        if hidden:
            self.global_layers = nn.Sequential(*_dense(flat, hidden), *_dense(hidden, size))

    def forward(self, features: Tensor) -> Tensor:
        found: Tensor = self.global_layers(functional.adaptive_avg_pool2d(features, _GRID).flatten(1))
        return found


class LandmarkPool(nn.Module):
    """(B, C, H, W) and places (B, 8, 2) in 0..1 to (B, ``size``): the largest of 2 x 2 samples at each."""

    def __init__(self, channels: int, size: int, dense: bool) -> None:
        super().__init__()
        flat = LANDMARKS * channels
        self.linear: nn.Module = nn.Sequential(*_dense(flat, size)) if dense else nn.Linear(flat, size)

    def forward(self, features: Tensor, places: Tensor) -> Tensor:
        reach = _PATCH / _GRID
        steps = torch.tensor([-reach, reach], device=features.device, dtype=features.dtype)
        down, right = torch.meshgrid(steps, steps, indexing="ij")
        grid = (places.to(features.dtype) * 2 - 1).unsqueeze(2) + torch.stack([right, down], -1).view(
            1, 1, -1, 2
        )
        samples = functional.grid_sample(features, grid, padding_mode="border", align_corners=True)
        found: Tensor = self.linear(samples.amax(dim=-1).transpose(1, 2).flatten(1))
        return found


class _Named(nn.Module):
    """A linear layer under the name that it has there."""

    def __init__(self, name: str, inside: int, outside: int) -> None:
        super().__init__()
        self.name = name
        self.add_module(name, nn.Linear(inside, outside))

    def forward(self, values: Tensor) -> Tensor:
        found: Tensor = getattr(self, self.name)(values)
        return found


class _Features(nn.Module):
    """What all networks of MMFashion share: body, global pooling and, for some, pooling at landmarks."""

    def __init__(self, backbone: str, options: Mapping[str, Any]) -> None:
        super().__init__()
        channels = _CHANNELS[backbone]
        self.normalise = Normalise()
        self.backbone = _backbone(backbone)
        size = int(options.get("global_size", 1024))
        self.global_pool = GlobalPool(channels, int(options.get("global_hidden", 1024)), size)
        local = int(options.get("local_size", 0))
        self.width = size
        self.roi_pool: LandmarkPool | None = None
        if local:
            self.roi_pool = LandmarkPool(channels, local, bool(options.get("local_dense", True)))
            self.width = int(options.get("fusion_size", size))
            self.concat = _Named("fc_fusion", size + local, self.width)
        self.register_buffer("usual", torch.tensor(fashion8().template), persistent=False)

    usual: Tensor

    def features(self, images: Tensor, landmarks: Tensor | None) -> Tensor:
        """(B, width); without ``landmarks`` (B, 8, 2) in 0..1 it is pooled where they usually lie."""
        seen = self.backbone(self.normalise(images))
        whole: Tensor = self.global_pool(seen)
        if self.roi_pool is None:
            return whole
        places = self.usual.expand(len(images), -1, -1) if landmarks is None else landmarks
        joined: Tensor = self.concat(torch.cat([whole, self.roi_pool(seen, places)], dim=1))
        return joined


class MMFashionAttributes(_Features):
    """(B, 3, 224, 224) RGB crops in 0..1 to category and attributes; it says nothing of landmarks.

    ``categories`` or ``attributes`` may be 0. The embedding of the output is what both stand on.
    """

    def __init__(self, backbone: str, options: Mapping[str, Any], categories: int, attributes: int) -> None:
        super().__init__(backbone, options)
        if attributes:
            self.attr_predictor = _Named("linear_attr", self.width, attributes)
        if categories:
            self.cate_predictor = _Named("linear_cate", self.width, categories)
        self._heads = bool(categories), bool(attributes)

    def forward(self, images: Tensor, landmarks: Tensor | None = None) -> FashionNetOutput:
        """Scores as logits; ``landmarks`` (B, 8, 2) in 0..1 of the crop are where it pools."""
        values = self.features(images, landmarks)
        none = values[:, :0]
        category, attributes = self._heads
        return FashionNetOutput(
            values.new_zeros(len(values), 0, 2),
            values.new_zeros(len(values), 0, 3),
            self.cate_predictor(values) if category else none,
            self.attr_predictor(values) if attributes else none,
            functional.normalize(values, dim=1),
        )


class MMFashionEmbedding(_Features):
    """(B, 3, 224, 224) RGB crops in 0..1 to (B, E) vectors of unit length.

    It was trained to compare by the cosine, so the length says nothing.
    """

    def __init__(self, backbone: str, options: Mapping[str, Any]) -> None:
        super().__init__(backbone, options)
        self.embedding_size = int(options.get("embedding_size", 256))
        self.embed_extractor = _Named("embed_linear", self.width, self.embedding_size)

    def forward(self, images: Tensor, landmarks: Tensor | None = None) -> Tensor:
        """``landmarks`` as of :class:`MMFashionAttributes`."""
        return functional.normalize(self.embed_extractor(self.features(images, landmarks)), dim=1)


class MMFashionLandmarks(_Features):
    """(B, 3, 224, 224) RGB crops in 0..1 to eight landmarks and whether each can be seen; nothing else.

    Of what cannot be seen it does not tell occluded from cut off: all of it is called occluded.
    """

    def __init__(self, backbone: str, options: Mapping[str, Any]) -> None:
        super().__init__(backbone, options)
        size = int(options.get("landmark_size", 256))
        self.landmark_feature_extractor = _Named("linear", self.width, LANDMARKS * size)
        self.visibility_classifier = _Named("linear", size, 1)
        self.landmark_regression = _Named("linear", size, 2)

    def forward(self, images: Tensor, landmarks: Tensor | None = None) -> FashionNetOutput:
        """``landmarks`` are where a network that pools does so; those that are published do not."""
        values = self.features(images, landmarks)
        own = self.landmark_feature_extractor(values).unflatten(1, (LANDMARKS, -1))
        seen = self.visibility_classifier(own)
        none = values[:, :0]
        return FashionNetOutput(
            self.landmark_regression(own) / SIDE,
            torch.cat([seen, torch.zeros_like(seen), torch.full_like(seen, _NEVER)], dim=-1),
            none,
            none,
            functional.normalize(values, dim=1),
        )


def _dense(inside: int, outside: int) -> list[nn.Module]:
    return [nn.Linear(inside, outside), nn.ReLU(inplace=True), nn.Dropout()]
