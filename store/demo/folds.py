"""Where cloth creases: soft shadows and highlights that make a flat outline hang."""

from __future__ import annotations

import numpy as np

from store.demo.curves import Points, shifted
from store.demo.painter import Fold, Painter
from store.demo.pose import LEFT, RIGHT, Limb


def _drape(
    x1: float, y1: float, x2: float, y2: float, bend: float, width: float, strength: float
) -> list[Fold]:
    """A crease with the light edge beside it."""
    path = _bow((x1, y1), ((x1 + x2) / 2 + bend, (y1 + y2) / 2), (x2, y2))
    return [Fold(path, width, strength), Fold(shifted(path, -width * 0.9, 0.0), width * 0.7, -strength * 0.5)]


_SAMPLES = np.linspace(0, 1, 9)
#: Weights of start, middle and end of a curve that passes through all three.
_BOW = np.stack(
    [
        (1 - _SAMPLES) * (1 - 2 * _SAMPLES),
        4 * _SAMPLES * (1 - _SAMPLES),
        _SAMPLES * (2 * _SAMPLES - 1),
    ],
    axis=1,
)


def _bow(start: tuple[float, float], middle: tuple[float, float], end: tuple[float, float]) -> Points:
    """A curve of nine points from start to end through a point in the middle."""
    bow: Points = _BOW @ np.array([start, middle, end])
    return bow


def torso(p: Painter) -> list[Fold]:
    """Folds of the body of an upper garment or dress."""
    o, rng = p.shape.outline, p.rng
    folds: list[Fold] = []
    stiff = 0.6 if p.design.trim in ("blazer", "coat", "bomber", "sweater", "jean jacket") else 1.0
    for side in (LEFT, RIGHT):
        for _ in range(2):
            y = rng.uniform(32, 37)
            folds += _drape(
                side * (o.chest - 1),
                y,
                side * rng.uniform(6, 14),
                y + rng.uniform(-6, 12),
                rng.uniform(-1, 1),
                rng.uniform(1.4, 2.4),
                rng.uniform(0.08, 0.15) * stiff,
            )
    bottom = min(o.length, 100.0)
    for _ in range(5):
        x = rng.uniform(-0.85, 0.85) * o.waist
        y = rng.uniform(46, 62)
        folds += _drape(
            x,
            y,
            x * 1.12 + rng.uniform(-5, 5),
            min(bottom, y + rng.uniform(18, 44)),
            rng.uniform(-2.5, 2.5),
            rng.uniform(1.4, 3.2),
            rng.uniform(0.08, 0.16) * stiff,
        )
    if o.length > 116:
        folds += skirt(p, 57.0)
    return folds


def skirt(p: Painter, top: float) -> list[Fold]:
    """Flutes that open towards the hem."""
    o, rng = p.shape.outline, p.rng
    folds: list[Fold] = []
    count = 4 + int(max(o.hem - 30, 0) / 4)
    base = min(o.waist, 26.0)
    full = np.clip((o.hem - 24) / 20, 0.35, 1.0)
    for k in range(count):
        share = (k + rng.uniform(0.2, 0.8)) / count * 2 - 1
        start = top + rng.uniform(4, 26)
        folds += _drape(
            share * base * 0.9,
            start,
            share * o.hem * 0.97,
            o.length - rng.uniform(-2, 5),
            rng.uniform(-1.5, 1.5),
            rng.uniform(1.8, 3.6),
            rng.uniform(0.10, 0.19) * float(full),
        )
    return folds


def _across(limb: Limb, along: tuple[float, float], out: tuple[float, float]) -> Points:
    """Nine points over a limb: from and to how far down it, from and to how far out."""
    return limb.at(along[0] + (along[1] - along[0]) * _SAMPLES, out[0] + (out[1] - out[0]) * _SAMPLES)


def sleeve(p: Painter, side: int) -> list[Fold]:
    """Folds at the armhole and in the crook of the elbow."""
    o, rng = p.shape.outline, p.rng
    limb = p.shape.pose.arm(side, o.shoulder - 6.0)
    wide = o.sleeve_mid
    folds: list[Fold] = []

    def crease(along: float, skew: float, start: float, stop: float, strength: float) -> None:
        path = _across(limb, (along, along + skew), (start * wide, stop * wide))
        folds.append(Fold(path, rng.uniform(1.3, 2.2), strength))

    crease(min(17.0, o.sleeve * 0.7), 5, -1.0, 0.3, 0.16)
    crease(12.0, 2, -1.0, 0.1, 0.12)
    if o.sleeve > 45:
        for k in range(4):
            along = 33 + 4 * k + rng.uniform(-1, 1)
            crease(along, rng.uniform(-4, 4), -1.0, rng.uniform(-0.1, 0.6), rng.uniform(0.12, 0.2))
        for k in range(2):
            along = o.sleeve - 8 - 5 * k
            crease(along, rng.uniform(-4, 1), 0.9, rng.uniform(-0.5, 0.2), rng.uniform(0.08, 0.15))
    return folds


def legs(p: Painter) -> list[Fold]:
    """Folds of shorts and trousers: the crotch, the knees, the ankles."""
    folds: list[Fold] = []
    for side in (LEFT, RIGHT):
        for k in range(3):
            middle = (side * p.rng.uniform(6, 9), 104.0 - k * 4)
            whisker = _bow((side * 1.0, 108.0 + k), middle, (side * p.rng.uniform(12, 19), 104.0 - k * 6))
            folds.append(Fold(whisker, p.rng.uniform(0.9, 1.5), p.rng.uniform(0.06, 0.11)))
        folds += _leg(p, p.shape.pose.leg(side))
    return folds


def _leg(p: Painter, limb: Limb) -> list[Fold]:
    o, rng = p.shape.outline, p.rng
    end = o.length - 100.0
    sheen = shifted(_across(limb, (8, end - 1), (0, rng.uniform(-1.5, 1.5))), -1.6, 0.0)
    folds = [Fold(sheen, 4.0, -0.07)]
    if p.shape.category_id != 8:
        return folds
    for k in range(4):
        along = 46 + 5 * k + rng.uniform(-1, 1)
        path = _across(limb, (along, along + rng.uniform(-4, 5)), (-o.knee, rng.uniform(-1, 5)))
        folds.append(Fold(path, rng.uniform(1.2, 2.0), rng.uniform(0.09, 0.16)))
    for k in range(3):
        along = end - 5 - 5 * k
        path = _across(limb, (along, along + rng.uniform(-3, 2)), (o.ankle, rng.uniform(-4, 3)))
        folds.append(Fold(path, rng.uniform(1.0, 1.8), rng.uniform(0.07, 0.14)))
    if p.design.trim == "jeans":
        folds.append(Fold(_across(limb, (4, 40), (3, 3)), 8.0, -0.18))
    return folds
