"""Where cloth creases: soft shadows and highlights that make a flat outline hang."""

from __future__ import annotations

import numpy as np

from store.demo.canvas import Fold
from store.demo.curves import Points, curve, shifted
from store.demo.painter import Painter
from store.demo.pose import LEFT, RIGHT
from store.demo.shapes import side_name


def _drape(
    p: Painter, x1: float, y1: float, x2: float, y2: float, bend: float, width: float, strength: float
) -> list[Fold]:
    """A crease with the light edge beside it."""
    path = curve((x1, y1), ((x1 + x2) / 2 + bend, (y1 + y2) / 2), (x2, y2))
    lit = path + np.array([-width * 0.9, 0.0])
    return [p.fold(path, width, strength), p.fold(lit, width * 0.7, -strength * 0.5)]


def torso(p: Painter) -> list[Fold]:
    """Folds of the body of an upper garment or dress."""
    o, rng = p.shape.outline, p.rng
    folds: list[Fold] = []
    stiff = 0.6 if p.design.trim in ("blazer", "coat", "bomber", "sweater", "jean jacket") else 1.0
    for side in (LEFT, RIGHT):
        for _ in range(2):
            y = rng.uniform(32, 37)
            folds += _drape(
                p,
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
            p,
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
            p,
            share * base * 0.9,
            start,
            share * o.hem * 0.97,
            o.length - rng.uniform(-2, 5),
            rng.uniform(-1.5, 1.5),
            rng.uniform(1.8, 3.6),
            rng.uniform(0.10, 0.19) * float(full),
        )
    return folds


def sleeve(p: Painter, side: int) -> list[Fold]:
    """Folds at the armhole and in the crook of the elbow."""
    o, rng = p.shape.outline, p.rng
    limb = p.shape.pose.arm(side, o.shoulder - 6.0)
    folds: list[Fold] = []

    def across(along: float, start: float, stop: float, skew: float, strength: float) -> None:
        path = np.concatenate(
            [limb.at(along, start * o.sleeve_mid), limb.at(along + skew, stop * o.sleeve_mid)]
        )
        folds.append(p.fold(path, rng.uniform(1.1, 2.0), strength))

    across(min(17.0, o.sleeve * 0.7), -1.0, 0.3, 5, 0.16)
    across(12.0, -1.0, 0.1, 2, 0.12)
    if o.sleeve > 45:
        for k in range(4):
            across(
                33 + 4 * k + rng.uniform(-1, 1),
                -1.0,
                rng.uniform(-0.1, 0.6),
                rng.uniform(-4, 4),
                rng.uniform(0.12, 0.2),
            )
        for k in range(2):
            across(
                o.sleeve - 8 - 5 * k, 0.9, rng.uniform(-0.5, 0.2), rng.uniform(-4, 1), rng.uniform(0.08, 0.15)
            )
    return folds


def legs(p: Painter) -> list[Fold]:
    """Folds of shorts and trousers: the crotch, the knees, the ankles."""
    o, rng = p.shape.outline, p.rng
    folds: list[Fold] = []
    for side in (LEFT, RIGHT):
        for k in range(3):
            reach = (side * rng.uniform(6, 9), 104 - k * 4), (side * rng.uniform(12, 19), 104 - k * 6)
            whisker = curve((side * 1.0, 108 + k), *reach)
            folds += [p.fold(whisker, rng.uniform(0.9, 1.5), rng.uniform(0.06, 0.11))]
        limb = p.shape.pose.leg(side)
        end = o.length - 100.0
        middle = limb.at(np.linspace(8, end - 1, 8), rng.uniform(-1.5, 1.5))
        folds.append(p.fold(shifted(middle, -1.6, 0.0), 4.0, -0.07))
        if p.shape.category_id == 8:
            for k in range(4):
                along = 46 + 5 * k + rng.uniform(-1, 1)
                path = np.concatenate(
                    [limb.at(along, -o.knee), limb.at(along + rng.uniform(-4, 5), rng.uniform(-1, 5))]
                )
                folds.append(p.fold(path, rng.uniform(1.2, 2.0), rng.uniform(0.09, 0.16)))
            for k in range(3):
                along = end - 5 - 5 * k
                path = np.concatenate(
                    [limb.at(along, o.ankle), limb.at(along + rng.uniform(-3, 2), rng.uniform(-4, 3))]
                )
                folds.append(p.fold(path, rng.uniform(1.0, 1.8), rng.uniform(0.07, 0.14)))
            thigh: Points = limb.at(np.linspace(6, 36, 5), 3.0)
            if p.design.trim == "jeans":
                folds.append(p.fold(thigh, 7.0, -0.16))
    return folds


def armhole(p: Painter, side: int) -> Points:
    """The seam between sleeve and body, in figure units."""
    return p.shape.lines[f"{side_name(side)} armhole"]
