"""How a figure stands: bones of arms and legs, sway and turn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from store.demo.curves import Points, normals, turn

LEFT, RIGHT = -1, 1
UPPER_ARM, FOREARM = 40.0, 36.0
THIGH, SHIN = 54.0, 50.0
HIP = (13.0, 100.0)
#: Half the width of a body that is turned about its axis; beyond it (arms) nothing bulges.
_GIRTH = 30.0

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
        upper, lower = self.arms[0 if side == LEFT else 1]
        return Limb.bent(side, (side * shoulder, 11.0), (upper, lower), (UPPER_ARM, FOREARM))

    def leg(self, side: int, hip: tuple[float, float] = HIP) -> Limb:
        """The leg of a side."""
        upper, lower = self.legs[0 if side == LEFT else 1]
        return Limb.bent(side, (side * hip[0], hip[1]), (upper, lower), (THIGH, SHIN))

    def warp(self, points: Points, depth: float = 1.0) -> Points:
        """Points of a straight, frontal figure in this pose's sway and turn.

        ``depth`` is 1 for the front of the body, 0 for its axis, -1 for its back.
        """
        if not self.sway and not self.yaw:
            return points
        x, y = points[:, 0], points[:, 1]
        swing = np.clip((y - 10) / 80, 0, 1)
        swayed = x + self.sway * np.sin(swing * np.pi / 2) ** 2 * np.cos(
            np.clip((y - 90) / 116, 0, 1) * np.pi / 2
        )
        angle = np.radians(self.yaw)
        bulge = np.interp(y, [-5, 30, 60, 90, 210], [3.0, 15.0, 12.0, 14.0, 6.0])
        round_ = bulge * np.sqrt(np.clip(1 - (x / _GIRTH) ** 2, 0, 1)) * depth
        return np.stack([swayed * np.cos(angle) + round_ * np.sin(angle), y], axis=1)


@dataclass(frozen=True, slots=True)
class Limb:
    """An arm or a leg: a bent centre line and the two straight bones along it."""

    side: int
    path: Points
    lengths: NDArray[np.float64]
    upper: NDArray[np.float64]
    lower: NDArray[np.float64]

    @classmethod
    def bent(cls, side: int, start: tuple[float, float], angles: Angles, bones: tuple[float, float]) -> Limb:
        """A limb from its first joint; the bend is rounded over a quarter of the bones."""
        first, second = (np.array([side * np.sin(np.radians(a)), np.cos(np.radians(a))]) for a in angles)
        joint = np.array(start, dtype=np.float64)
        elbow = joint + first * bones[0]
        soft = min(bones) * 0.25
        t = np.linspace(0, 1, 9)[:, None]
        bend = (
            (1 - t) ** 2 * (elbow - first * soft) + 2 * t * (1 - t) * elbow + t**2 * (elbow + second * soft)
        )
        wrist = elbow + second * bones[1]
        path = np.concatenate([joint[None], bend, wrist[None]])
        lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
        return cls(
            side, path, lengths, _grain(side, angles[0], joint, 0.0), _grain(side, angles[1], elbow, bones[0])
        )

    @property
    def length(self) -> float:
        """Length of the centre line."""
        return float(self.lengths[-1])

    def at(self, along: ArrayLike, out: ArrayLike = 0.0) -> Points:
        """Points a way along the limb, ``out`` to its outer side (negative: inner); runs on past its end."""
        s = np.atleast_1d(np.asarray(along, dtype=np.float64))
        ends = self.path[-1] - self.path[-2]
        ends = ends / np.hypot(*ends)
        longer = np.concatenate([self.path, self.path[-1:] + ends * 60])
        lengths = np.append(self.lengths, self.lengths[-1] + 60)
        # Normals are interpolated between vertices so that edges stay smooth at the bend.
        side = normals(longer) * -self.side
        centre = np.stack([np.interp(s, lengths, longer[:, k]) for k in (0, 1)], axis=1)
        across = np.stack([np.interp(s, lengths, side[:, k]) for k in (0, 1)], axis=1)
        across /= np.hypot(across[:, 0], across[:, 1])[:, None]
        return centre + across * np.broadcast_to(np.asarray(out, dtype=np.float64), s.shape)[:, None]


def _grain(side: int, angle: float, joint: Points, along: float) -> NDArray[np.float64]:
    """From figure units to cloth that runs straight down the bone."""
    back = turn(side * angle)
    shift = np.array([side * 30.0, along]) - back[:, :2] @ joint
    return np.column_stack([back[:, :2], shift])
