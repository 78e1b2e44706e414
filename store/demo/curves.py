"""Smooth outlines through named points, and small plane geometry.

Points are ``(n, 2)`` float64, x right and y down. Garments and figures are drawn in *figure units*: the neck
is at the origin, the waist about 58 below it, the ankles about 206; one unit is a bit under a centimetre.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Points = NDArray[np.float64]

#: Samples from one node of an outline to the next.
STEPS = 8


class Node(NamedTuple):
    """A point an outline passes through; ``corner`` breaks the tangent, ``name`` makes it findable."""

    x: float
    y: float
    corner: bool = False
    name: str = ""


@cache
def _bernstein() -> NDArray[np.float64]:
    t = np.linspace(0.0, 1.0, STEPS, endpoint=False)
    return np.stack([(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3], axis=1)


def smooth(nodes: Sequence[Node], *, closed: bool = True) -> Points:
    """A curve through the nodes, ``STEPS`` samples a segment: node ``i`` is sample ``i * STEPS``.

    An open curve ends exactly at its last node.
    """
    points = np.array([(node.x, node.y) for node in nodes], dtype=np.float64)
    corner = np.array([node.corner for node in nodes])
    if not closed:
        corner = corner.copy()
        corner[[0, -1]] = True
    ahead, behind = np.roll(points, -1, axis=0), np.roll(points, 1, axis=0)
    step = ahead - points
    reach = np.hypot(step[:, 0], step[:, 1])[:, None]
    tangent = ahead - behind
    # A tangent no longer than the shorter neighbour allows, else uneven spacing makes loops.
    length = np.maximum(np.hypot(tangent[:, 0], tangent[:, 1])[:, None], 1e-9)
    tangent = tangent / length
    out = np.where(corner[:, None], step / 3, tangent * reach / 3)
    back = np.where(np.roll(corner, -1)[:, None], -step / 3, -np.roll(tangent, -1, axis=0) * reach / 3)
    control = np.stack([points, points + out, ahead + back, ahead], axis=1)
    if closed:
        return (_bernstein() @ control).reshape(-1, 2)
    return np.concatenate([(_bernstein() @ control[:-1]).reshape(-1, 2), points[-1:]])


def polyline(*points: tuple[float, float]) -> Points:
    """Points given one by one."""
    return np.array(points, dtype=np.float64)


def curve(*points: tuple[float, float]) -> Points:
    """A smooth open curve through points given one by one."""
    return smooth([Node(x, y) for x, y in points], closed=False)


def ellipse(cx: float, cy: float, rx: float, ry: float, count: int = 28) -> Points:
    """An ellipse as a polygon."""
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return np.stack([cx + rx * np.cos(angle), cy + ry * np.sin(angle)], axis=1)


def box(x1: float, y1: float, x2: float, y2: float) -> Points:
    """An upright rectangle as a polygon."""
    return polyline((x1, y1), (x2, y1), (x2, y2), (x1, y2))


def rounded(x1: float, y1: float, x2: float, y2: float, radius: float) -> Points:
    """An upright rectangle with round corners as a polygon."""
    radius = min(radius, (x2 - x1) / 2, (y2 - y1) / 2)
    angle = np.linspace(0, np.pi / 2, 5)
    corners = []
    for cx, cy, start in (
        (x2 - radius, y2 - radius, 0.0),
        (x1 + radius, y2 - radius, 0.5),
        (x1 + radius, y1 + radius, 1.0),
        (x2 - radius, y1 + radius, 1.5),
    ):
        turn = angle + start * np.pi
        corners.append(np.stack([cx + radius * np.cos(turn), cy + radius * np.sin(turn)], axis=1))
    return np.concatenate(corners)


def fit_affine(source: ArrayLike, target: ArrayLike) -> NDArray[np.float64]:
    """The ``(2, 3)`` matrix that takes the source points nearest to the target points."""
    a = np.asarray(source, dtype=np.float64)
    design = np.concatenate([a, np.ones((len(a), 1))], axis=1)
    return np.linalg.lstsq(design, np.asarray(target, dtype=np.float64), rcond=None)[0].T


def turn(degrees: float, about: tuple[float, float] = (0.0, 0.0)) -> NDArray[np.float64]:
    """The ``(2, 3)`` matrix of a turn, clockwise as seen with y down."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    x, y = about
    return np.array([[c, -s, x - c * x + s * y], [s, c, y - s * x - c * y]])


def move(points: Points, matrix: NDArray[np.float64]) -> Points:
    """Points under a ``(2, 3)`` affine or ``(3, 3)`` projective matrix."""
    if matrix.shape[0] == 2:
        return points @ matrix[:, :2].T + matrix[:, 2]
    moved = points @ matrix[:, :2].T + matrix[:, 2]
    result: Points = moved[:, :2] / moved[:, 2:]
    return result


def normals(path: Points) -> Points:
    """Unit vectors to the right of the walking direction (with y down) at each point of an open path."""
    along = np.gradient(path, axis=0)
    along /= np.maximum(np.hypot(along[:, 0], along[:, 1])[:, None], 1e-9)
    return np.stack([-along[:, 1], along[:, 0]], axis=1)


def ribbon(path: Points, widths: ArrayLike) -> Points:
    """A polygon around an open path, ``widths`` to each side of it (one number or one a point)."""
    half = np.broadcast_to(np.asarray(widths, dtype=np.float64), (len(path),))[:, None]
    side = normals(path) * half
    return np.concatenate([path + side, (path - side)[::-1]])
