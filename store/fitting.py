"""Shapes laid onto others: landmarks turned, scaled, carried from box to box, mirrored.

Pure functions on float64 image pixels (x right, y down); boxes are ``x1 y1 x2 y2``, points ``(n, 2)``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from resources.schemas import Schema
from store.geometry import Point, extent, has_place
from store.records import Floats, Garment

#: A side of a box shorter than this (pixels) says nothing of how large something is.
_FLAT = 1e-6


def turned(
    points: ArrayLike, pivot: Point, *, degrees: float = 0.0, scale: tuple[float, float] = (1.0, 1.0)
) -> Floats:
    """Points ``(n, 2)`` scaled across and down about a pivot, then turned about it, clockwise on the
    screen."""
    array = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    angle = math.radians(degrees)
    turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    moved: Floats = (array - pivot) * np.asarray(scale) @ turn + np.asarray(pivot)
    return moved


def carried(points: ArrayLike, old: ArrayLike, new: ArrayLike) -> Floats:
    """Points ``(n, 2)`` of one box ``(4,)`` at the same place of another; a flat side is only moved."""
    array = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    a, b = np.asarray(old, dtype=np.float64), np.asarray(new, dtype=np.float64)
    sizes = a[2:] - a[:2]
    grown = np.where(
        np.abs(sizes) > _FLAT, (b[2:] - b[:2]) / np.where(np.abs(sizes) > _FLAT, sizes, 1.0), 1.0
    )
    moved: Floats = b[:2] + (array - a[:2]) * grown
    return moved


def frame_of(garment: Garment) -> Floats | None:
    """The box ``(4,)`` that says where a garment is and how large: None where nothing does."""
    box = extent(garment) if _has_extent(garment) else None
    return box if box is not None and bool(np.isfinite(box).all()) else None


def _has_extent(garment: Garment) -> bool:
    return garment.box is not None or bool(garment.polygons) or _any_place(garment)


def _any_place(garment: Garment) -> bool:
    return bool(has_place(garment.points, garment.visibility).any())


# --- mirror --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Axis:
    """The line that a garment's left and right mirror each other in: a point of it, and the unit vector
    across it."""

    at: Point
    across: Point

    def reflected(self, point: Point) -> Point:
        """Where a point is on the other side."""
        away = (point[0] - self.at[0]) * self.across[0] + (point[1] - self.at[1]) * self.across[1]
        return point[0] - 2 * away * self.across[0], point[1] - 2 * away * self.across[1]

    def reflected_step(self, step: Point) -> Point:
        """How the other side goes when this side goes a step."""
        away = step[0] * self.across[0] + step[1] * self.across[1]
        return step[0] - 2 * away * self.across[0], step[1] - 2 * away * self.across[1]


def axis_of(garment: Garment, schema: Schema, without: Iterable[int] = ()) -> Axis | None:
    """The axis of a garment, from its pairs of landmarks that both have a place.

    Pairs with an index in ``without`` do not count where there are others, so that what is being moved does
    not turn the axis. With no pair the axis is upright, through the middle of the garment's frame; None where
    that is not known either.
    """
    placed = has_place(garment.points, garment.visibility)
    pairs = [pair for pair in schema.swaps if max(pair) < len(placed) and placed[list(pair)].all()]
    moved = set(without)
    still = [pair for pair in pairs if not moved & set(pair)]
    chosen = np.array(still or pairs, dtype=np.int64).reshape(-1, 2)
    left, right = garment.points[chosen[:, 0]], garment.points[chosen[:, 1]]
    across = (right - left).sum(axis=0)
    length = float(np.hypot(*across))
    if length > _FLAT:
        x, y = ((left + right) / 2).mean(axis=0).tolist()
        return Axis((x, y), (float(across[0]) / length, float(across[1]) / length))
    frame = frame_of(garment)
    if frame is None:
        return None
    return Axis((float(frame[0] + frame[2]) / 2, float(frame[1] + frame[3]) / 2), (1.0, 0.0))
