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


@cache
def _neighbours(count: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    at = np.arange(count)
    return (at + 1) % count, (at - 1) % count


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
    return _smooth(
        np.array([(node.x, node.y) for node in nodes], dtype=np.float64),
        np.array([node.corner for node in nodes]),
        closed=closed,
    )


def _smooth(points: Points, corner: NDArray[np.bool_], *, closed: bool) -> Points:
    if not closed:
        corner[0] = corner[-1] = True
    after, before = _neighbours(len(points))
    ahead = points[after]
    step = ahead - points
    third = np.sqrt(step[:, :1] ** 2 + step[:, 1:] ** 2) / 3
    # Tangents as long as the segment they serve, else uneven spacing makes loops.
    tangent = ahead - points[before]
    tangent /= np.sqrt(tangent[:, :1] ** 2 + tangent[:, 1:] ** 2) + 1e-9
    straight = step / 3
    out = np.where(corner[:, None], straight, tangent * third)
    back = np.where(corner[after][:, None], straight, tangent[after] * third)
    control = np.stack([points, points + out, ahead - back, ahead])
    if not closed:
        control = control[:, :-1]
    # One product for all segments: samples of a segment lie together only after the swap.
    samples: Points = (_bernstein() @ control.reshape(4, -1)).reshape(STEPS, -1, 2)
    samples = samples.swapaxes(0, 1).reshape(-1, 2)
    return samples if closed else np.concatenate([samples, points[-1:]])


def polyline(*points: tuple[float, float]) -> Points:
    """Points given one by one."""
    return np.array(points, dtype=np.float64)


def curve(*points: tuple[float, float]) -> Points:
    """A smooth open curve through points given one by one."""
    return _smooth(np.array(points, dtype=np.float64), np.zeros(len(points), np.bool_), closed=False)


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
    fit: NDArray[np.float64] = np.linalg.lstsq(design, np.asarray(target, dtype=np.float64), rcond=None)[0]
    return fit.T


def turn(degrees: float, about: tuple[float, float] = (0.0, 0.0)) -> NDArray[np.float64]:
    """The ``(2, 3)`` matrix of a turn, clockwise as seen with y down."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    x, y = about
    return np.array([[c, -s, x - c * x + s * y], [s, c, y - s * x - c * y]])


def move(points: Points, matrix: NDArray[np.float64]) -> Points:
    """Points under a ``(2, 3)`` affine or ``(3, 3)`` projective matrix."""
    moved: Points = points @ matrix[:, :2].T + matrix[:, 2]
    return moved if matrix.shape[0] == 2 else moved[:, :2] / moved[:, 2:]


def shifted(points: Points, dx: float, dy: float) -> Points:
    """Points moved along."""
    moved: Points = points + np.array([dx, dy])
    return moved


def normals(path: Points) -> Points:
    """Unit vectors to the right of the walking direction (with y down) at each point of an open path."""
    result = np.empty_like(path)
    along = np.empty_like(path)
    along[0], along[-1] = path[1] - path[0], path[-1] - path[-2]
    along[1:-1] = path[2:] - path[:-2]
    length = np.sqrt(along[:, 0] ** 2 + along[:, 1] ** 2) + 1e-9
    result[:, 0], result[:, 1] = -along[:, 1] / length, along[:, 0] / length
    return result


def leaf(base: Points, tip: Points, width: float, belly: float = 0.5) -> Points:
    """A leaf from stem to tip; ``width`` (to each side) and ``belly`` (where) are shares of its length."""
    way = tip - base
    across = np.array([-way[1], way[0]]) * width
    middle = base + way * belly
    corners = np.stack([base, middle + across, tip, middle - across])
    return _smooth(corners, np.array([True, False, True, False]), closed=True)


def ribbon(path: Points, widths: ArrayLike) -> Points:
    """A polygon around an open path, ``widths`` to each side of it (one number or one a point)."""
    half = np.broadcast_to(np.asarray(widths, dtype=np.float64), (len(path),))[:, None]
    side = normals(path) * half
    return np.concatenate([path + side, (path - side)[::-1]])
