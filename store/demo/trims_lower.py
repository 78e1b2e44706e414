"""What is sewn onto shorts, trousers and skirts: waistbands, flies, pockets, creases."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from store.demo.curves import Points, curve, polyline, rounded, shifted
from store.demo.painter import Painter
from store.demo.palette import darker, lighter, mix
from store.demo.pose import LEFT, RIGHT
from store.demo.shapes import side_name
from store.demo.trims import METAL, rib_colour


def _ordered(line: Points) -> Points:
    return line if line[0, 0] < line[-1, 0] else line[::-1]


def _half(p: Painter) -> float:
    return float(np.abs(p.shape.lines["waist"][:, 0]).max())


def _waistband(p: Painter, *, loops: bool = False) -> None:
    top, low = _ordered(p.shape.lines["waist"]), _ordered(p.shape.lines["waistband"])
    p.patch(np.concatenate([top, low[::-1]]), angle=90, tone=0.05)
    p.stitch(low - [0, 1.0])
    if loops:
        half = _half(p)
        for x in (-half * 0.62, half * 0.62):
            y = p.shape.outline.rise
            p.patch(
                polyline((x - 1, y + 0.2), (x + 1, y + 0.2), (x + 1, y + 7.2), (x - 1, y + 7.2)), tone=0.08
            )


def _elastic(p: Painter) -> None:
    low = _ordered(p.shape.lines["waistband"])
    p.band(low, -6.2, rib_colour(p), ribs=1.5)
    y = p.shape.outline.rise + 4.5
    for side in (LEFT, RIGHT):
        end = curve((side * 1.0, y), (side * 2.6, y + 8), (side * 2.0, y + 15 + side * 1.5))
        p.strip(end, 0.55, lighter(p.ground, 0.7))


def _fly(p: Painter) -> None:
    y = p.shape.outline.rise
    p.seam(polyline((0.0, y + 7.5), (0.0, 110.5)), 0.8)
    bend = curve((4.2, y + 7.5), (4.0, y + 19), (0.4, y + 26))
    p.stitch(bend)
    p.button(0.0, y + 4.2, 1.25, METAL if p.design.trim in ("jeans", "jean skirt") else None)


def _slash_pockets(p: Painter, curved: bool) -> None:
    half, y = _half(p), p.shape.outline.rise
    for side in (LEFT, RIGHT):
        start, end = side * (half - 8.0), side * (half + 2.4)
        path = (
            curve((start, y + 7), (start + side * 1.5, y + 13), (end, y + 17))
            if curved
            else polyline((start + side * 2, y + 7), (end, y + 23))
        )
        p.seam(path, 0.8)
        p.stitch(shifted(path, -side * 1.1, 0.9))


def _side_seams(p: Painter) -> None:
    for side in (LEFT, RIGHT):
        limb = p.shape.pose.leg(side)
        end = p.shape.outline.length - 100
        width = p.shape.outline.knee if p.shape.category_id == 8 else p.shape.outline.ankle
        p.stitch(
            limb.at(
                np.linspace(16, end - 5, 9),
                np.linspace(width + 2.0, min(p.shape.outline.ankle, width + 1) - 1.6, 9),
            )
        )


def _leg_hems(p: Painter, up: float = 3.0) -> None:
    for side in (LEFT, RIGHT):
        line = p.shape.lines[f"{side_name(side)} leg hem"]
        p.stitch(np.array([line[0], line[-1]]) - [0, up])


def _jeans(p: Painter) -> None:
    _slash_pockets(p, curved=True)
    _fly(p)
    _side_seams(p)
    _waistband(p, loops=True)
    if p.shape.category_id == 7:
        for side in (LEFT, RIGHT):
            line = p.shape.lines[f"{side_name(side)} leg hem"]
            at = np.linspace(line[0], line[-1], 22)
            p.seams(
                [
                    polyline((x, y), (x + 0.3 * (k % 3 - 1), y + 1.6 + 0.8 * (k % 2)))
                    for k, (x, y) in enumerate(at)
                ],
                0.5,
                lighter(p.fabric.swatch.second, 0.4),
            )
    else:
        _leg_hems(p)


def _chino(p: Painter) -> None:
    _slash_pockets(p, curved=False)
    _fly(p)
    _waistband(p, loops=p.design.seed % 2 == 0)
    if p.shape.category_id == 7 and p.design.seed % 3 == 0:
        for side in (LEFT, RIGHT):
            line = p.shape.lines[f"{side_name(side)} leg hem"]
            p.seam(np.array([line[0], line[-1]]) * [0.995, 1] - [0, 5.5], 0.8)
    _leg_hems(p)


def _tailored(p: Painter) -> None:
    _slash_pockets(p, curved=False)
    _fly(p)
    for side in (LEFT, RIGHT):
        p.seam(p.shape.lines[f"{side_name(side)} crease"], 0.5, darker(p.ground, 0.3))
        y = p.shape.outline.rise
        p.seam(curve((side * 9, y + 7), (side * 9.6, y + 14), (side * 10.2, y + 20)), 0.5)
    _waistband(p)


def _sweat(p: Painter) -> None:
    _slash_pockets(p, curved=False)
    p.seam(polyline((0.0, p.shape.outline.rise + 7), (0.0, 110.5)), 0.6)
    _elastic(p)
    if p.shape.category_id == 8:
        for side in (LEFT, RIGHT):
            line = p.shape.lines[f"{side_name(side)} leg hem"]
            p.band(_ordered(np.linspace(line[0], line[-1], 6)), -6.0, rib_colour(p), ribs=1.6)
    else:
        _leg_hems(p)


def _skirt(p: Painter) -> None:
    _waistband(p)
    hem = p.shape.lines["hem"]
    if p.design.seed % 3 == 1:
        for share in (0.5,):
            o = p.shape.outline
            y = o.rise + (o.length - o.rise) * share
            half = _half(p) + (o.hem - _half(p)) * share
            p.seam(curve((-half + 0.6, y), (0, y + o.hem_curve), (half - 0.6, y)), 0.9)
    p.stitch(hem * [0.99, 1] - [0, 3.2])


def _jean_skirt(p: Painter) -> None:
    o = p.shape.outline
    _slash_pockets(p, curved=True)
    p.seam(polyline((0, o.rise + 7), (0, o.length + o.hem_curve - 0.5)), 0.8)
    if p.design.seed % 2:
        for y in np.linspace(o.rise + 12, o.length - 7, 6):
            p.button(1.8, float(y), 1.1, METAL)
        p.stitch(polyline((4.0, o.rise + 8), (4.0, o.length)))
    else:
        p.stitch(polyline((1.4, o.rise + 8), (1.4, o.length)))
    _waistband(p, loops=True)
    p.button(0.0, o.rise + 4.2, 1.25, METAL)
    p.stitch(p.shape.lines["hem"] * [0.99, 1] - [0, 3.2])


def _leather_skirt(p: Painter) -> None:
    o = p.shape.outline
    for side in (LEFT, RIGHT):
        p.seam(
            curve(
                (side * 9, o.rise + 6),
                (side * 10.5, (o.rise + o.length) / 2),
                (side * o.hem * 0.46, o.length + o.hem_curve * 0.6),
            ),
            0.8,
            mix(p.ink, p.ground, 0.1),
        )
    x = o.hem * 0.46
    p.strip(polyline((10, o.rise + 9), (min(x, 11.0), o.rise + 26)), 0.6, METAL)
    _waistband(p)
    p.fill(rounded(-2.4, o.rise + 1.6, 2.4, o.rise + 6, 1), METAL)


LOWER_TRIMS: dict[str, Callable[[Painter], None]] = {
    "jeans": _jeans,
    "chino": _chino,
    "tailored": _tailored,
    "sweat": _sweat,
    "skirt": _skirt,
    "jean skirt": _jean_skirt,
    "leather skirt": _leather_skirt,
}
