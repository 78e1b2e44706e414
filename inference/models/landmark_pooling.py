"""FashionNet's landmark pooling layer (Liu et al., "DeepFashion", CVPR 2016, section 3)."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

#: The paper does not say how large the window is; 3 x 3 is what re-implementations take.
WINDOW = 3


def window_maxima(features: Tensor, places: Tensor, window: int = WINDOW) -> Tensor:
    """The largest response in a window around each place.

    ``features`` is (B, C, H, W), ``places`` (B, L, 2) x y in 0..1 of the map: 0 is the left or upper edge of
    the first cell, so that a cell's centre is at ``(column + 0.5) / W``. The window's samples are one cell
    apart and bilinear, which makes the result (B, L, C) differentiable in the places too; at cell centres it
    is plain max pooling. Outside of the map there is nothing (zero).
    """
    height, width = features.shape[-2:]
    steps = torch.arange(window, device=features.device, dtype=features.dtype) - (window - 1) / 2
    down, right = torch.meshgrid(steps, steps, indexing="ij")
    offsets = torch.stack([right * 2 / width, down * 2 / height], dim=-1).view(1, 1, window * window, 2)
    grid = (places * 2 - 1).unsqueeze(2).to(features.dtype) + offsets
    samples = functional.grid_sample(features, grid, align_corners=False, padding_mode="zeros")
    return samples.amax(dim=-1).transpose(1, 2)


def visibility_gate(logits: Tensor) -> Tensor:
    """1 where "visible" is the likeliest of (B, L, 3), else 0: (B, L).

    Its gradient is that of the probability of "visible" (straight through, Bengio et al. 2013), so that the
    branch that speaks of visibility learns from what the gate lets pass.
    """
    probability = logits.softmax(dim=-1)[..., 0]
    hard = (logits.argmax(dim=-1) == 0).to(probability.dtype)
    return hard + probability - probability.detach()


class LandmarkPooling(nn.Module):
    """Responses around each landmark, shut off where the landmark is not visible.

    ``forward(features (B, C, H, W), places (B, L, 2) in 0..1, gate (B, L)) -> (B, L * C)``.
    """

    def __init__(self, window: int = WINDOW) -> None:
        super().__init__()
        self.window = window

    def forward(self, features: Tensor, places: Tensor, gate: Tensor) -> Tensor:
        pooled = window_maxima(features, places, self.window)
        return (pooled * gate.unsqueeze(-1).to(pooled.dtype)).flatten(1)
