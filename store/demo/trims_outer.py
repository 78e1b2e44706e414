"""What is sewn onto outwear: lapels, bands, zips, pockets."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from store.demo.curves import Points, curve, polyline, shifted
from store.demo.painter import Painter
from store.demo.palette import darker, lighter
from store.demo.pose import LEFT, RIGHT
from store.demo.shapes import side_name
from store.demo.trims import METAL, hem_rib, hem_stitch, rib_colour


def _edge(p: Painter, side: int) -> Points:
    """From the hem up the front edge and on to the neck point."""
    left = np.concatenate([p.shape.lines["left edge"], p.shape.lines["left lapel"][1:]])
    return left * [-side, 1]


def _flap_pocket(p: Painter, x: float, y: float, w: float = 7.0, h: float = 4.5) -> None:
    p.patch(
        polyline(
            (x - w, y),
            (x + w, y),
            (x + w, y + h - 1),
            (x + w - 1, y + h),
            (x - w + 1, y + h),
            (x - w, y + h - 1),
        ),
        tone=0.04,
    )


def _patch_pocket(p: Painter, x: float, y: float, w: float = 7.0, h: float = 13.0) -> None:
    p.patch(
        polyline(
            (x - w, y),
            (x + w, y),
            (x + w, y + h - 2),
            (x + w - 2, y + h),
            (x - w + 2, y + h),
            (x - w, y + h - 2),
        ),
        tone=0.03,
    )
    p.stitch(polyline((x - w + 0.8, y + 2), (x + w - 0.8, y + 2)))


def _buttons(
    p: Painter, top: float, bottom: float, count: int, *, inset: float = 2.6, radius: float = 1.4
) -> None:
    for y in np.linspace(top, bottom, count):
        p.button(p.shape.outline.open + inset, float(y), radius)


def _lapels(p: Painter, width: float) -> None:
    """A notched collar that rolls down to the first button."""
    o = p.shape.outline
    w, d = o.neck_width, o.neck_depth
    notch = min(16.0, d * 0.42)
    for side in (LEFT, RIGHT):
        inner = p.shape.lines["left lapel"] * [-side, 1]
        cut = max(int(len(inner) * 0.45), 2)
        roll = np.concatenate(
            [
                inner[:cut],
                polyline(
                    (side * (w * 0.78), notch * 0.62),
                    (side * (w + width), notch - 1.0),
                    (side * (w + width - 1.5), notch + 4.0),
                ),
            ]
        )
        lower = curve(
            (side * (w + width - 1.5), notch + 4.0),
            (side * (w * 0.7 + width * 0.4), d * 0.72),
            (side * o.open, d + 0.6),
        )
        p.patch(
            np.concatenate([roll, lower[1:]]), angle=side * 20, tone=0.07, extends=f"{side_name(side)} lapel"
        )
        collar = np.concatenate(
            [
                curve(
                    (side * (w - 2.4), -2.4),
                    (side * (w + 2.8), 2.0),
                    (side * (w + width * 0.72), notch - 2.6),
                ),
                polyline((side * (w * 0.80), notch * 0.66)),
                curve((side * w * 0.72, notch * 0.5), (side * (w - 2.2), 2.0), (side * (w - 3.4), -1.2)),
            ]
        )
        p.patch(collar, angle=side * 42, tone=0.03, extends=f"{side_name(side)} collar")


def _blazer(p: Painter) -> None:
    o = p.shape.outline
    for side in (LEFT, RIGHT):
        _flap_pocket(p, side * (o.hem * 0.5 + o.open * 0.3), min(80.0, o.length - 24))
        p.seam(curve((side * 17, 38), (side * 16.5, 58), (side * 18, min(78.0, o.length - 26))), 0.5)
    p.fill(
        polyline((o.open + 11, 38.5), (o.open + 19, 37.5), (o.open + 19, 39.2), (o.open + 11, 40.2)),
        darker(p.ground, 0.2),
    )
    _lapels(p, 6.5)
    _buttons(p, o.neck_depth + 5, min(o.neck_depth + 18, o.length - 20), 2, radius=1.5)


def _coat(p: Painter) -> None:
    o = p.shape.outline
    for side in (LEFT, RIGHT):
        x = side * (o.hem * 0.5 + 3)
        p.patch(polyline((x - 2.2, 76), (x + 2.2, 75), (x + 3.4, 91), (x - 1.0, 92)), tone=0.05)
    _lapels(p, 8.0)
    bottom = min(o.length - 30, 96.0)
    _buttons(p, o.neck_depth + 6, bottom, 3, radius=1.8)
    if o.open < 3:
        for y in np.linspace(o.neck_depth + 6, bottom, 3):
            p.button(-o.open - 7.0, float(y), 1.8)


def _cardigan(p: Painter) -> None:
    o = p.shape.outline
    hem_rib(p, 5.5)
    tone = rib_colour(p)
    for side in (LEFT, RIGHT):
        _patch_pocket(p, side * (o.hem * 0.52 + o.open * 0.25), min(66.0, o.length - 26), 6.5, 12)
        p.band(_edge(p, side), 3.4 * side, tone, ribs=1.7)
    bottom = o.length - 5
    for y in np.linspace(o.neck_depth + 2, bottom, 5):
        p.button(o.open + 1.7, float(y), 1.15)


def _stand_collar(p: Painter, height: float) -> None:
    o = p.shape.outline
    w = o.neck_width
    for side in (LEFT, RIGHT):
        inner = p.shape.lines["left lapel"] * [-side, 1]
        band = np.concatenate(
            [
                inner,
                polyline((side * (w - 2.4), -2.6)),
                curve(
                    (side * (w + 2.6), 1.0),
                    (side * (w * 0.72 + height), o.neck_depth * 0.66),
                    (side * (o.open + 1.6), o.neck_depth + height),
                ),
            ]
        )
        p.fill(band, rib_colour(p))
        p.outlines[f"{side_name(side)} collar"] = p.px(band)


def _bomber(p: Painter) -> None:
    o = p.shape.outline
    hem_rib(p, 6.5)
    for side in (LEFT, RIGHT):
        x = side * (o.hem * 0.62)
        p.strip(polyline((x - side * 4, 52), (x + side * 2, 66)), 1.3, darker(p.ground, 0.22))
        p.seam(p.shape.lines["left edge"] * [-side, 1] + [side * 1.6, 0], 0.6)
    edge = p.shape.lines["left edge"]
    for side in (LEFT, RIGHT) if o.open > 2 else (LEFT,):
        zip_ = edge * [-side, 1]
        p.canvas.line(p.px(zip_), METAL, p.pen * 1.5)
        p.stitch(zip_, dash=0.7, gap=0.7)
    _stand_collar(p, 4.0)


def _turned_collar(p: Painter, spread: float = 1.0) -> None:
    o = p.shape.outline
    w = o.neck_width
    for side in (LEFT, RIGHT):
        inner = p.shape.lines["left lapel"] * [-side, 1]
        flap = np.concatenate(
            [
                inner,
                polyline((side * (w - 2.8), -2.6)),
                curve((side * (w + 1), -1.2), (side * (w + 5.0), 4.0), (side * (w + 6.4) * spread, 11)),
                polyline((side * (w * 0.6 + 4) * spread, 18.5)),
            ]
        )
        p.patch(flap, angle=side * 34, tone=0.06, extends=f"{side_name(side)} collar")


def _jean_jacket(p: Painter) -> None:
    o = p.shape.outline
    for side in (LEFT, RIGHT):
        p.seam(polyline((side * (o.open + 0.5), 33), (side * (o.chest + 1), 33)), 0.7)
        p.stitch(polyline((side * (o.open + 0.5), 34.4), (side * (o.chest + 1), 34.4)))
        x = side * (o.open * 0.5 + 15.5)
        p.patch(polyline((x - 5.6, 33), (x + 5.6, 33), (x + 5.6, 37), (x, 39.6), (x - 5.6, 37)), tone=0.06)
        p.button(x, 37.2, 0.9, METAL)
        for dx, end in ((-4.4, -2.6), (4.4, 3.4)):
            p.seam(polyline((x + dx, 37.5), (x + end, o.length - 5)), 0.6)
            p.stitch(polyline((x + dx + 1, 37.5), (x + end + 1, o.length - 5)))
        p.stitch(shifted(_edge(p, side), side * 2.4, 0))
    for y in np.linspace(o.neck_depth + 4, o.length - 4, 6):
        p.button(o.open + 1.7, float(y), 1.05, METAL)
    for name in ("left hem", "right hem"):
        line = p.shape.lines[name]
        p.seam(line * [0.99, 1] - [0, 5], 0.8)
        p.stitch(line * [0.99, 1] - [0, 3.9])
    _turned_collar(p)


def _camp(p: Painter) -> None:
    o = p.shape.outline
    for side in (LEFT, RIGHT):
        p.seam(p.shape.lines["left edge"] * [-side, 1] + [side * 3.0, 0], 0.5)
    _patch_pocket(p, o.open * 0.5 + 16, 34, 5.4, 11)
    for y in np.linspace(o.neck_depth + 3, o.length - 8, 5):
        p.button(o.open + 1.5, float(y), 1.0)
    hem_stitch(p, 2.6)
    _turned_collar(p, 1.04)


def _safari(p: Painter) -> None:
    o = p.shape.outline
    for side in (LEFT, RIGHT):
        x = side * (o.open * 0.5 + 15.5)
        for y, h in ((36.0, 11.0), (66.0, 14.0)):
            if y + h < o.length - 4:
                _patch_pocket(p, x, y, 6.0, h)
                _flap_pocket(p, x, y - 1, 6.4, 4.4)
                p.button(x, y + 2.0, 0.8, lighter(p.ground, 0.5))
        p.stitch(shifted(_edge(p, side), side * 2.2, 0))
    for y in np.linspace(o.neck_depth + 4, o.length - 8, 5):
        p.button(o.open + 1.7, float(y), 1.15)
    hem_stitch(p, 2.6)
    _turned_collar(p)


OUTER_TRIMS: dict[str, Callable[[Painter], None]] = {
    "blazer": _blazer,
    "coat": _coat,
    "cardigan": _cardigan,
    "bomber": _bomber,
    "jean jacket": _jean_jacket,
    "camp shirt": _camp,
    "safari": _safari,
}
