"""What Match R-CNN has beside Mask R-CNN: a stream for landmarks and a matching network.

Ge et al., "DeepFashion2: A Versatile Benchmark for Detection, Pose Estimation, Segmentation and
Re-Identification of Clothing Images", CVPR 2019, sections 4.1 and 4.2.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

from inference.models.backbones import group_norm
from inference.models.landmark_maps import LandmarkLayout

#: Cells of a landmark map across and down.
PRIOR = 28


class LandmarkHead(nn.Module):
    """Region features (n, C, 14, 14) to landmark maps of 28 x 28: convolutions, then one deconvolution.

    The paper has eight convolutions of 512 channels. Beyond the paper a learnt ``prior`` (294, 28, 28) is
    added to the maps; zero, as it is here, changes nothing, and training may begin it where landmarks lie on
    average.
    """

    def __init__(self, channels: int, widths: Sequence[int], layout: LandmarkLayout) -> None:
        super().__init__()
        self.layout = layout
        layers: list[nn.Module] = []
        for width in widths:
            layers += [nn.Conv2d(channels, width, 3, padding=1), nn.ReLU(inplace=True)]
            channels = width
        self.convs = nn.Sequential(*layers)
        self.maps = nn.ConvTranspose2d(channels, layout.channels, 4, stride=2, padding=1)
        self.prior = nn.Parameter(torch.zeros(layout.channels, PRIOR, PRIOR))
        for part in self.convs:
            if isinstance(part, nn.Conv2d):
                nn.init.kaiming_normal_(part.weight, nonlinearity="relu")
                nn.init.zeros_(part.bias)  # type: ignore[arg-type]
        nn.init.normal_(self.maps.weight, std=1e-3)
        nn.init.zeros_(self.maps.bias)  # type: ignore[arg-type]

    def forward(self, features: Tensor) -> Tensor:
        """All maps, as logits: (n, 294, 28, 28) for the categories of DeepFashion2."""
        found: Tensor = self.maps(self.convs(features)) + self.prior
        return found

    def nothing(self) -> Tensor:
        """A zero that every parameter of the maps has part in."""
        return self.maps.weight.sum() * 0 + self.prior.sum() * 0

    def of_labels(self, features: Tensor, labels: Tensor) -> Tensor:
        """Only the maps of each region's own label, as logits: (n, longest, 28, 28), zero where it has fewer.

        ``labels`` (n,) begin at 1. The others are not computed: 39 maps at most, not 294.
        """
        values = self.convs(features)
        size = 2 * values.shape[-1]
        found: Tensor = values.new_zeros(len(values), self.layout.longest, size, size)
        for label in torch.unique(labels).tolist():
            own = self.layout.span(label)
            if own.start == own.stop:
                continue
            rows = torch.where(labels == label)[0]
            bias = self.maps.bias[own] if self.maps.bias is not None else None
            maps = functional.conv_transpose2d(
                values[rows], self.maps.weight[:, own], bias, stride=2, padding=1
            )
            maps = maps + self.prior[own]
            padded = functional.pad(maps, (0, 0, 0, 0, 0, self.layout.longest - maps.shape[1]))
            found = found.index_copy(0, rows, padded.to(found.dtype))
        return found


class MatchingHead(nn.Module):
    """Region features (n, C, 14, 14) to a vector of ``size``, and two vectors to "same" or "other".

    Convolutions, global average pooling, one linear layer with normalisation; the squared difference of two
    vectors goes through a linear layer to two scores. The paper normalises over the batch; here it is each
    vector for itself, so that one garment's vector does not depend on which others are looked at with it.
    """

    def __init__(self, channels: int, widths: Sequence[int], size: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for width in widths:
            layers += [nn.Conv2d(channels, width, 3, padding=1, bias=False), group_norm(width)]
            layers.append(nn.ReLU(inplace=True))
            channels = width
        self.convs = nn.Sequential(*layers)
        self.embed = nn.Linear(channels, size)
        self.norm = nn.LayerNorm(size)
        self.same = nn.Linear(size, 2)

    def forward(self, features: Tensor) -> Tensor:
        """(n, size): what a garment is compared by."""
        found: Tensor = self.norm(self.embed(self.convs(features).mean(dim=(2, 3))))
        return found

    def pair_logits(self, first: Tensor, second: Tensor) -> Tensor:
        """(..., 2) scores, "other" and "same", of vectors (..., size)."""
        found: Tensor = self.same((first - second).square())
        return found


def matching_loss(head: MatchingHead, vectors: Tensor, identities: Tensor, images: Tensor) -> Tensor:
    """Cross-entropy over all pairs of garments from different images that have an identity.

    ``vectors`` (n, size), ``identities`` (n,) with -1 for none, ``images`` (n,). Pairs of
    one garment weigh in all as much as the others; zero, with a gradient, where either is missing.
    """
    first, second = torch.triu_indices(len(vectors), len(vectors), 1, device=vectors.device)
    known = (identities[first] >= 0) & (identities[second] >= 0) & (images[first] != images[second])
    first, second = first[known], second[known]
    same = (identities[first] == identities[second]).long()
    if len(same) == 0 or bool(same.min() == same.max()):
        # Every parameter takes part: several processes wait for each other's gradients.
        return vectors.sum() * 0 + sum(parameter.sum() * 0 for parameter in head.parameters())
    counts = torch.bincount(same, minlength=2).to(vectors.dtype)
    losses = functional.cross_entropy(
        head.pair_logits(vectors[first], vectors[second]), same, reduction="none"
    )
    return (losses / (2 * counts[same])).sum()
