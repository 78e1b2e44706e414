"""How a figure stands: bones of arms and legs, sway and turn."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from store.demo.curves import Points, normals, turn

LEFT, RIGHT = -1, 1
UPPER_ARM, FOREARM = 40.0, 36.0
THIGH, SHIN = 54.0, 50.0
HIP = (13.0, 100.0)
#: Half the width of a body that is turned about its axis; beyond it (arms) nothing bulges.
_GIRTH = 30.0

_BULGE_Y = np.array([-5.0, 30.0, 60.0, 90.0, 210.0])
_BULGE = np.array([3.0, 15.0, 12.0, 14.0, 6.0])
#: The share of the sway at each height: none at the shoulders, all at the hips, none at the feet.
_SWAY_Y = np.linspace(10.0, 206.0, 40)
_SWAY = np.sin(np.minimum((_SWAY_Y - 10) / 80, 1) * np.pi / 2) ** 2 * np.cos(
    np.maximum((_SWAY_Y - 90) / 116, 0) * np.pi / 2
)

Angles = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Pose:
    """Angles in degrees, outward from straight down, as (upper, lower) bone; left limb first.

    ``yaw`` turns the figure about its axis (positive: towards image-right). ``front`` is the side whose
    forearm lies before the body, or 0. ``worn`` is false for clothes without anybody in them.
    """

    arms: tuple[Angles, Angles] = ((12.0, 8.0), (12.0, 8.0))
    legs: tuple[Angles, Angles] = ((2.0, 1.0), (2.0, 1.0))
    sway: float = 0.0
    yaw: float = 0.0
    front: int = 0
    worn: bool = True

    def arm(self, side: int, shoulder: float = 23.0) -> Limb:
        """The arm of a side; ``shoulder`` is how far out its joint lies."""
        angles = self.arms[0 if side == LEFT else 1]
        return _bent(side, (side * shoulder, 11.0), angles, (UPPER_ARM, FOREARM))

    def leg(self, side: int, hip: tuple[float, float] = HIP) -> Limb:
        """The leg of a side."""
        angles = self.legs[0 if side == LEFT else 1]
        return _bent(side, (side * hip[0], hip[1]), angles, (THIGH, SHIN))

    def warp(self, points: Points, depth: float = 1.0) -> Points:
        """Points of a straight, frontal figure in this pose's sway and turn.

        ``depth`` is 1 for the front of the body, 0 for its axis, -1 for its back.
        """
        if not self.sway and not self.yaw:
            return points
        result = points.copy()
        x, y = points[:, 0], points[:, 1]
        result[:, 0] += self.sway * np.interp(y, _SWAY_Y, _SWAY)
        if self.yaw:
            angle = np.radians(self.yaw)
            bulge = np.interp(y, _BULGE_Y, _BULGE)
            bulge *= np.sqrt(np.maximum(1 - (x / _GIRTH) ** 2, 0)) * (depth * np.sin(angle))
            result[:, 0] = result[:, 0] * np.cos(angle) + bulge
        return result


@dataclass(frozen=True, slots=True, eq=False)
class Limb:
    """An arm or a leg: a bent centre line that runs on past its end, and the cloth along its two bones."""

    side: int
    path: Points
    outward: Points
    lengths: NDArray[np.float64]
    upper: NDArray[np.float64]
    lower: NDArray[np.float64]

    def at(self, along: ArrayLike, out: ArrayLike = 0.0) -> Points:
        """Points a way along the limb, ``out`` to its outer side (negative: inner)."""
        s = np.atleast_1d(np.asarray(along, dtype=np.float64))
        # Normals are interpolated between vertices so that edges stay smooth at the bend.
        x, y = (np.interp(s, self.lengths, self.outward[:, k]) for k in (0, 1))
        reach = np.asarray(out, dtype=np.float64) / np.sqrt(x * x + y * y)
        result = np.empty((len(s), 2))
        result[:, 0] = np.interp(s, self.lengths, self.path[:, 0]) + x * reach
        result[:, 1] = np.interp(s, self.lengths, self.path[:, 1]) + y * reach
        return result


_BEYOND = 60.0


@lru_cache(maxsize=64)
def _bent(side: int, start: tuple[float, float], angles: Angles, bones: tuple[float, float]) -> Limb:
    """A limb from its first joint; the bend is rounded over a quarter of the bones."""
    first, second = (np.array([side * np.sin(np.radians(a)), np.cos(np.radians(a))]) for a in angles)
    joint = np.array(start, dtype=np.float64)
    elbow = joint + first * bones[0]
    soft = min(bones) * 0.25
    t = np.linspace(0, 1, 9)[:, None]
    bend = (1 - t) ** 2 * (elbow - first * soft) + 2 * t * (1 - t) * elbow + t**2 * (elbow + second * soft)
    wrist = elbow + second * bones[1]
    path = np.concatenate([joint[None], bend, wrist[None], wrist[None] + second * _BEYOND])
    steps = np.hypot(*np.diff(path, axis=0).T)
    lengths = np.concatenate([[0.0], np.cumsum(steps)])
    # The cloth of each bone goes on where that above it ends, so that patterns do not jump.
    upper = _grain(side * angles[0], joint, joint)
    lower = _grain(side * angles[1], elbow, joint + np.array([0.0, bones[0]]))
    return Limb(side, path, normals(path) * -side, lengths, upper, lower)


def _grain(angle: float, joint: Points, place: Points) -> NDArray[np.float64]:
    """From figure units to cloth that runs straight down a bone, with a given place at its joint."""
    back = turn(angle)
    return np.column_stack([back[:, :2], place - back[:, :2] @ joint])
