"""A body with an embedding for metric learning: global average pooling and one linear layer, of unit length.

The usual head for Proxy-Anchor (Kim et al., CVPR 2020) and triplets (Schroff et al., CVPR 2015).
"""

from __future__ import annotations

from torch import Tensor, nn

from inference.models.backbones import BODIES, Normalise


class EmbeddingNet(nn.Module):
    """(B, 3, S, S) RGB crops in 0..1 to (B, ``size``) vectors of unit length."""

    def __init__(self, backbone: str, size: int) -> None:
        super().__init__()
        body = BODIES[backbone]
        self.embedding_size = size
        self.normalise = Normalise()
        self.body = nn.Sequential(body.shared(), body.branch())
        self.embed = nn.Linear(body.conv5_channels, size)

    def forward(self, images: Tensor) -> Tensor:
        features = self.body(self.normalise(images)).mean(dim=(2, 3))
        return nn.functional.normalize(self.embed(features), dim=1)
