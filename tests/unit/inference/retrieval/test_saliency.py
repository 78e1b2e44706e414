"""What drives a likeness: where a network looks is where the map is warm."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from inference.retrieval.embedding import unit
from inference.retrieval.saliency import Heat, gradient, occlusion

CORNERS = {"top left": (0, 0), "top right": (0, 1), "bottom left": (1, 0), "bottom right": (1, 1)}


class OneCorner(nn.Module):
    """An embedding of one quarter of the picture, whatever is in the rest."""

    def __init__(self, corner: str, size: int) -> None:
        super().__init__()
        self.rows, self.columns = (slice(one * size // 2, (one + 1) * size // 2) for one in CORNERS[corner])
        torch.manual_seed(1)
        self.embed = nn.Linear(3 * (size // 2) ** 2, 16)

    def forward(self, images: Tensor) -> Tensor:
        found: Tensor = self.embed(images[:, :, self.rows, self.columns].flatten(1))
        return found


def drawn(size: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 255, (size, size, 3), np.uint8)


def look(network: nn.Module, pictures: np.ndarray) -> np.ndarray:
    with torch.inference_mode():
        return unit(network(torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 255))


def quarters(heat: Heat) -> dict[tuple[int, int], float]:
    """The mean of each quarter of a map."""
    half = len(heat.map) // 2
    parts = {corner: heat.map[corner[0] * half :, corner[1] * half :] for corner in CORNERS.values()}
    return {corner: float(part[:half, :half].mean()) for corner, part in parts.items()}


@pytest.mark.parametrize("how", ["occlusion", "gradient"])
@pytest.mark.parametrize("corner", CORNERS)
@given(seed=st.integers(0, 30))
def test_the_map_is_highest_where_the_network_looks(how: str, corner: str, seed: int) -> None:
    network, picture = OneCorner(corner, 32), drawn(32, seed)
    other = look(network, picture[None])[0]
    if how == "occlusion":
        heat = occlusion(lambda some: look(network, some), picture, other)
    else:
        # At the vector itself the likeness is at its top, and flat.
        near = unit(other[None] + np.random.default_rng(seed).normal(0, 0.2, other.shape))[0]
        heat = gradient(network, picture, near, torch.device("cpu"))
    assert heat.map.shape == (32, 32)
    assert heat.map.dtype == np.float32
    assert heat.map.min() >= 0
    assert heat.map.max() == pytest.approx(1)
    warm = quarters(heat)
    assert max(warm, key=lambda one: warm[one]) == CORNERS[corner]
    row, column = np.unravel_index(heat.map.argmax(), heat.map.shape)
    assert (row // 16, column // 16) == CORNERS[corner]
    assert heat.likeness == pytest.approx(1 if how == "occlusion" else float(other @ near), abs=1e-4)


def test_only_the_region_is_looked_into_and_all_patches_come_at_once() -> None:
    seen: list[np.ndarray] = []

    def watched(some: np.ndarray) -> np.ndarray:
        seen.append(some)
        return unit(some.reshape(len(some), -1).astype(np.float32) + 1)

    picture = drawn(40, 3)
    heat = occlusion(watched, picture, unit(np.ones((1, 4800)))[0], (10, 4, 30, 37), steps=4)
    (pictures,) = seen
    assert heat.map.shape == (33, 20)
    assert len(pictures) == 1 + 3 * 3
    assert (pictures[0] == picture).all()
    changed = (pictures != picture).any(axis=(0, 3))
    assert changed[4:37, 10:30].all()
    changed[4:37, 10:30] = False
    assert not changed.any()


def test_a_network_that_looks_at_nothing_has_a_cold_map() -> None:
    heat = occlusion(lambda some: np.ones((len(some), 4), np.float32) / 2, drawn(20, 1), np.ones(4) / 2)
    assert (heat.map == 0).all()
    assert heat.likeness == pytest.approx(1)


@pytest.mark.parametrize("region", [(3, 3, 4, 9), (0, 0, 1, 1), (0, 0, 20, 2)])
def test_small_regions_have_maps(region: tuple[int, int, int, int]) -> None:
    network, picture = OneCorner("top left", 20), drawn(20, 2)
    other = look(network, picture[None])[0]
    heat = occlusion(lambda some: look(network, some), picture, other, region)
    assert heat.map.shape == (region[3] - region[1], region[2] - region[0])
    assert np.isfinite(heat.map).all()
