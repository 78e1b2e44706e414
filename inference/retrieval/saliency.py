"""Which part of a picture makes it like another: what the likeness loses where something is hidden, or the
slope of the likeness at each pixel."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from inference.data.pictures import OUTSIDE, Pixels
from inference.models.fashionnet import FashionNetOutput
from store.cv import cv2
from store.retrieval.index import Vectors

#: Pictures ``(n, H, W, 3)`` uint8 RGB to their vectors ``(n, E)`` of unit length.
Look = Callable[[NDArray[np.uint8]], Vectors]
#: x1 y1 x2 y2 in whole pixels of a picture.
Region = tuple[int, int, int, int]

#: Cells of the grid each way; a patch hides two by two of them and moves by one.
STEPS = 8
#: The slope is spread over so many parts of the picture's side: single pixels say nothing to a person.
_SPREAD = 16


class Heat(NamedTuple):
    """``map (h, w)`` float32, 0..1, of a region: 1 where it counts most, all 0 where nothing counts.

    ``likeness`` is the cosine to the other vector, -1..1, with nothing hidden.
    """

    map: NDArray[np.float32]
    likeness: float


def occlusion(
    look: Look, picture: Pixels, other: Vectors, region: Region | None = None, steps: int = STEPS
) -> Heat:
    """What the likeness of a picture ``(H, W, 3)`` to a vector ``(E,)`` of unit length loses where a grey
    patch lies.

    ``region`` is what is looked into, by default the whole picture. All patches go through the network
    together. A cell counts as the mean of the patches over it; what makes the picture *more* alike when it is
    hidden counts nothing.
    """
    height, width = picture.shape[:2]
    x1, y1, x2, y2 = region or (0, 0, width, height)
    columns, rows = min(steps, max(2, x2 - x1)), min(steps, max(2, y2 - y1))
    xs = np.linspace(x1, x2, columns + 1).round().astype(int)
    ys = np.linspace(y1, y2, rows + 1).round().astype(int)
    places = [(row, column) for row in range(rows - 1) for column in range(columns - 1)]
    hidden = np.repeat(picture[None], len(places) + 1, axis=0)
    for one, (row, column) in zip(hidden[1:], places, strict=True):
        one[ys[row] : ys[row + 2], xs[column] : xs[column + 2]] = OUTSIDE
    likeness = look(hidden) @ np.asarray(other, np.float32)
    lost, over = np.zeros((rows, columns)), np.zeros((rows, columns))
    for (row, column), value in zip(places, likeness[0] - likeness[1:], strict=True):
        lost[row : row + 2, column : column + 2] += value
        over[row : row + 2, column : column + 2] += 1
    cells = np.maximum(lost / over, 0.0).astype(np.float32)
    shape = (max(1, x2 - x1), max(1, y2 - y1))
    return Heat(_to_one(cv2.resize(cells, shape, interpolation=cv2.INTER_LINEAR)), float(likeness[0]))


def gradient(network: nn.Module, picture: Pixels, other: Vectors, device: torch.device) -> Heat:
    """How steeply the likeness of a crop ``(H, W, 3)`` to a vector ``(E,)`` changes with each pixel.

    One forward and one backward of a network for crops; finer than :func:`occlusion`, and noisier.
    """
    with torch.enable_grad():
        held = torch.from_numpy(np.ascontiguousarray(picture)).to(device).permute(2, 0, 1)
        image = held.float().div(255.0).requires_grad_()
        said = network(image[None])
        vector: Tensor = (said.embedding if isinstance(said, FashionNetOutput) else said)[0]
        wanted = torch.from_numpy(np.array(other, np.float32)).to(device)
        likeness = nn.functional.cosine_similarity(vector.float(), wanted, dim=0)
        (slope,) = torch.autograd.grad(likeness, image)
    heat = slope.abs().sum(dim=0).cpu().numpy().astype(np.float32)
    side = max(1, max(heat.shape) // _SPREAD) | 1
    return Heat(_to_one(cv2.blur(heat, (side, side))), float(likeness.detach()))


def _to_one(heat: NDArray[Any]) -> NDArray[np.float32]:
    """The map with its highest value at 1."""
    most = float(heat.max())
    return np.asarray(np.clip(heat / most, 0.0, 1.0) if most > 0 else np.zeros_like(heat), np.float32)
