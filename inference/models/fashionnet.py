"""FashionNet (Liu et al., "DeepFashion: Powering Robust Clothes Recognition and Retrieval", CVPR 2016).

A body shared up to conv4, then three branches. *Pose* says where the eight landmarks are and whether they
are visible; *global* sees the whole crop; *local* pools conv4 around the landmarks that pose has found. The
last two are joined to what tells category and attributes and serves as the embedding for retrieval.

With VGG-16 the sizes are the paper's: fc6_pose and fc7_pose 1024, fc6_global 4096, fc6_local 1024, fusion
5120.
Taken as the paper does not say: a 3 x 3 window of landmark pooling, one linear layer per prediction, no layer
between fusion and embedding.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor, nn

from inference.models.backbones import BODIES, Normalise
from inference.models.landmark_pooling import LandmarkPooling, visibility_gate

LANDMARKS = 8
#: visible, occluded, cut off
VISIBILITIES = 3

#: fc_pose, fc6_global, fc6_local, dropout
_SIZES = {
    "vgg16": (1024, 4096, 1024, 0.5),
    "resnet50": (1024, 2048, 1024, 0.5),
    "small": (256, 256, 256, 0.0),
}


class FashionNetOutput(NamedTuple):
    """What FashionNet says of B crops: all scores are logits.

    ``landmarks`` (B, 8, 2) x y in 0..1 of the crop, ``visibility`` (B, 8, 3) for visible, occluded, cut off,
    ``category`` (B, C), ``attributes`` (B, A), ``embedding`` (B, E), of unit length.
    """

    landmarks: Tensor
    visibility: Tensor
    category: Tensor
    attributes: Tensor
    embedding: Tensor


class FashionNet(nn.Module):
    """(B, 3, S, S) RGB crops in 0..1 to :class:`FashionNetOutput`; S is 224 in the paper."""

    def __init__(self, backbone: str, categories: int, attributes: int) -> None:
        super().__init__()
        body = BODIES[backbone]
        pose, whole, local, dropout = _SIZES[backbone]
        flat = body.conv5_channels * body.grid**2
        self.embedding_size = whole + local
        self.normalise = Normalise()
        self.shared = body.shared()
        self.conv5_pose = body.branch()
        self.fc_pose = nn.Sequential(*_dense(flat, pose, dropout), *_dense(pose, pose, dropout))
        self.landmarks = nn.Linear(pose, LANDMARKS * 2)
        self.visibility = nn.Linear(pose, LANDMARKS * VISIBILITIES)
        self.conv5_global = body.branch()
        self.fc6_global = nn.Sequential(*_dense(flat, whole, dropout))
        self.pool5_local = LandmarkPooling()
        self.fc6_local = nn.Sequential(*_dense(LANDMARKS * body.conv4_channels, local, dropout))
        self.category = nn.Linear(self.embedding_size, categories)
        # torch warns of layers without outputs, so there is none where no attribute is told.
        self.attributes = nn.Linear(self.embedding_size, attributes) if attributes else _Nothing()
        # Training starts with every landmark in the middle of the crop.
        nn.init.normal_(self.landmarks.weight, std=1e-3)
        nn.init.constant_(self.landmarks.bias, 0.5)

    def forward(
        self, images: Tensor, landmarks: Tensor | None = None, visible: Tensor | None = None
    ) -> FashionNetOutput:
        """Pose, then pooling, then fusion, in one pass.

        ``landmarks`` (B, 8, 2) and ``visible`` (B, 8) replace what the pose branch has
        found, for pooling only.
        """
        conv4 = self.shared(self.normalise(images))
        found, visibility = self.pose(conv4)
        places = found if landmarks is None else landmarks
        gate = visibility_gate(visibility) if visible is None else visible
        fusion = self.fuse(conv4, places, gate)
        return FashionNetOutput(
            found,
            visibility,
            self.category(fusion),
            self.attributes(fusion),
            nn.functional.normalize(fusion, dim=1),
        )

    def pose(self, conv4: Tensor) -> tuple[Tensor, Tensor]:
        """conv4 to the landmarks (B, 8, 2) in 0..1 of the crop and the visibility (B, 8, 3), as logits."""
        fc7 = self.fc_pose(self.conv5_pose(conv4).flatten(1))
        places = self.landmarks(fc7).view(-1, LANDMARKS, 2)
        return places, self.visibility(fc7).view(-1, LANDMARKS, VISIBILITIES)

    def fuse(self, conv4: Tensor, places: Tensor, gate: Tensor) -> Tensor:
        """fc7_fusion (B, E): fc6_global beside fc6_local."""
        whole = self.fc6_global(self.conv5_global(conv4).flatten(1))
        local = self.fc6_local(self.pool5_local(conv4, places, gate))
        return torch.cat([whole, local], dim=1)

    def pose_parameters(self) -> Iterator[nn.Parameter]:
        """What the first stage trains: the body and the pose branch."""
        for part in (self.shared, self.conv5_pose, self.fc_pose, self.landmarks, self.visibility):
            yield from part.parameters()

    def attribute_parameters(self) -> Iterator[nn.Parameter]:
        """What only the second stage trains: the global and the local branch and what stands on them."""
        for part in (self.conv5_global, self.fc6_global, self.fc6_local, self.category, self.attributes):
            yield from part.parameters()


class _Nothing(nn.Module):
    """(B, E) to (B, 0)."""

    def forward(self, values: Tensor) -> Tensor:
        return values[:, :0]


def _dense(inside: int, outside: int, dropout: float) -> list[nn.Module]:
    layers: list[nn.Module] = [nn.Linear(inside, outside), nn.ReLU(inplace=True)]
    return [*layers, nn.Dropout(dropout)] if dropout else layers
