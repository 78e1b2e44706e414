"""Landmarks as maps over a region, and back; which channels belong to which category.

Match R-CNN (Ge et al., "DeepFashion2", CVPR 2019) has one map for each of the 294 landmarks of its 13
categories; only those of a garment's own category count. The paper puts a one where the landmark is.
Here the one is shared between the four nearest cells, as bilinear interpolation would (compare Zhang et al.,
"DARK", CVPR 2020), so that decoding gives back the very place and not the middle of a cell.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional


@dataclass(frozen=True, slots=True)
class LandmarkLayout:
    """How many landmarks each category has, in the order of the labels 1, 2, ..."""

    counts: tuple[int, ...]

    @property
    def channels(self) -> int:
        """Maps in all: 294 for the 13 categories of DeepFashion2."""
        return sum(self.counts)

    @property
    def longest(self) -> int:
        """The most landmarks that a category has: 39 in DeepFashion2."""
        return max(self.counts, default=0)

    def span(self, label: int) -> slice:
        """The channels of a label; labels begin at 1."""
        first = sum(self.counts[: label - 1])
        return slice(first, first + self.counts[label - 1])


def enlarged(boxes: Tensor, factor: float) -> Tensor:
    """Boxes (n, 4) xyxy about their centres, ``factor`` times as wide and high."""
    centre = (boxes[:, :2] + boxes[:, 2:]) / 2
    half = (boxes[:, 2:] - boxes[:, :2]) / 2 * factor
    return torch.cat([centre - half, centre + half], dim=1)


def encode(landmarks: Tensor, boxes: Tensor, size: int) -> tuple[Tensor, Tensor]:
    """The maps of landmarks in their boxes.

    ``landmarks`` (n, L, 3) x y v in pixels and ``boxes`` (n, 4) give ``(n, L, size, size)``, each map adding
    up to one, and ``(n, L)`` bool: whether the landmark is labelled (v > 0) and lies in the box. Maps of
    others are zero. Within half a cell of the edge a landmark is moved to the outermost cell's centre.
    """
    extent = (boxes[:, 2:] - boxes[:, :2]).clamp(min=1e-6).unsqueeze(1)
    share = (landmarks[..., :2] - boxes[:, None, :2]) / extent
    valid = (landmarks[..., 2] > 0) & (share >= 0).all(-1) & (share <= 1).all(-1)
    place = (share * size - 0.5).clamp(0, size - 1)
    place = torch.where(valid.unsqueeze(-1), place, torch.zeros_like(place))
    cells = torch.arange(size, device=boxes.device, dtype=place.dtype)
    # The hat function: what bilinear interpolation gives to each cell.
    across = (1 - (place[..., 0:1] - cells).abs()).clamp(min=0)
    down = (1 - (place[..., 1:2] - cells).abs()).clamp(min=0)
    return down.unsqueeze(-1) * across.unsqueeze(-2) * valid[..., None, None], valid


def decode(maps: Tensor, boxes: Tensor) -> Tensor:
    """(n, L, 3): x y in pixels and a score in 0..1 of maps (n, L, S, S) of probabilities in boxes (n, 4).

    The place is the mean over the 3 x 3 cells about the highest, weighted by what they hold; the score is
    their sum: how much of the probability lies there. A map of a landmark that :func:`encode` made gives it
    back.
    """
    count, landmarks, size, _ = maps.shape
    if count == 0 or landmarks == 0:
        return maps.new_zeros(count, landmarks, 3)
    peak = maps.flatten(2).argmax(dim=2)
    column, row = peak % size, peak // size
    offsets = torch.arange(3, device=maps.device)
    rows = row[..., None, None] + offsets[None, None, :, None]
    columns = column[..., None, None] + offsets[None, None, None, :]
    padded = functional.pad(maps, (1, 1, 1, 1))
    flat = (rows * (size + 2) + columns).flatten(2)
    near = padded.flatten(2).gather(2, flat).view(count, landmarks, 3, 3)
    total = near.sum(dim=(2, 3)).clamp(min=1e-12)
    shift = torch.tensor([-1.0, 0.0, 1.0], device=maps.device, dtype=maps.dtype)
    x = column + (near.sum(dim=2) * shift).sum(-1) / total
    y = row + (near.sum(dim=3) * shift).sum(-1) / total
    place = (torch.stack([x, y], dim=-1) + 0.5) / size
    extent = (boxes[:, 2:] - boxes[:, :2]).unsqueeze(1)
    return torch.cat([place * extent + boxes[:, None, :2], total.unsqueeze(-1)], dim=-1)


def own_maps(logits: Tensor) -> Tensor:
    """Each map of (n, L, S, S) logits as probabilities over its cells."""
    return logits.flatten(2).softmax(dim=2).view_as(logits)


def landmark_loss(logits: Tensor, targets: Tensor, valid: Tensor) -> Tensor:
    """Cross-entropy over the cells, the mean over the valid landmarks; zero if there are none."""
    if not bool(valid.any()):
        return logits.sum() * 0
    lines = logits.flatten(2)[valid]
    return -(targets.flatten(2)[valid] * lines.log_softmax(dim=1)).sum(dim=1).mean()
