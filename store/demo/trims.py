"""What is sewn onto upper garments: ribs, collars, plackets, pockets, prints, belts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from store.demo.curves import Points, box, curve, ellipse, polyline, rounded
from store.demo.painter import Painter
from store.demo.palette import Colour, brightness, darker, lighter, mix
from store.demo.pose import LEFT, RIGHT
from store.demo.shapes import side_name

METAL: Colour = (150.0, 175.0, 190.0)


def rib_colour(p: Painter) -> Colour:
    """A colour for ribs and collars that goes with the ground and stands out from it a little."""
    if p.design.seed % 3 == 0 and p.fabric.pattern not in ("denim", "leather"):
        return p.fabric.swatch.second
    return darker(p.ground, 0.16) if brightness(p.ground) > 70 else lighter(p.ground, 0.14)


def neck_rib(p: Painter, width: float = 2.6) -> None:
    # The neckline runs from right to left, so the cloth is on its left.
    p.band(p.shape.lines["neckline"], -width, rib_colour(p), ribs=1.5 if p.unit > 1.2 else 0.0)


def neck_binding(p: Painter) -> None:
    p.band(p.shape.lines["neckline"], -1.3, mix(p.ground, p.ink, 0.22))


def hem_stitch(p: Painter, up: float = 3.0) -> None:
    hem = p.shape.lines.get("hem")
    if hem is not None:
        p.stitch(hem * [0.985, 1] - [0, up])
    for name in ("left hem", "right hem"):
        if name in p.shape.lines and "left front" in {panel.name for panel in p.shape.panels}:
            p.stitch(p.shape.lines[name] * [0.985, 1] - [0, up])


def hem_rib(p: Painter, height: float = 5.0) -> None:
    for name in ("hem", "left hem", "right hem"):
        line = p.shape.lines.get(name)
        if line is not None:
            ordered = line if line[0, 0] < line[-1, 0] else line[::-1]
            p.band(ordered, -height, rib_colour(p), ribs=1.7)


def cuff(p: Painter, side: int) -> None:
    """The end of a sleeve: a rib, a shirt cuff or a stitched hem."""
    name = side_name(side)
    line, seam = p.shape.lines[f"{name} cuff"], p.shape.lines[f"{name} cuff seam"]
    trim = p.design.trim
    if trim in ("sweater", "hoodie", "bomber", "turtleneck", "knit dress") or (
        trim == "cardigan" and len(line)
    ):
        ends = np.array([line[0], line[-1]])
        strip = np.concatenate([ends, _pulled(ends, seam)[::-1]])
        p.fill(strip, rib_colour(p))
        share = np.linspace(0.12, 0.88, 7)[:, None]
        low = ends[0] + (ends[1] - ends[0]) * share
        high = strip[3] + (strip[2] - strip[3]) * share
        p.seams(list(np.stack([low, high], axis=1)), 0.4, darker(rib_colour(p), 0.25))
    elif trim in ("shirt", "blouse", "jean jacket", "shirt dress", "coat") and p.shape.outline.sleeve > 45:
        p.seam(seam, 0.8)
        x, y = seam[0] * 0.45 + seam[1] * 0.55 + (line[0] - seam[0]) * 0.45
        p.button(float(x), float(y), radius=0.8)
    elif trim != "blazer":
        p.stitch(_pulled(np.array([line[0], line[-1]]), seam, 0.55))
    else:
        for k in range(3):
            at = line[0] * 0.7 + line[-1] * 0.3 + (seam[0] - line[0]) * (0.35 + 0.4 * k)
            p.button(float(at[0]), float(at[1]), radius=0.7)


def _pulled(ends: Points, seam: Points, share: float = 1.0) -> Points:
    return ends + (seam - ends) * share * 0.97


def _placket(p: Painter, top: float, bottom: float, *, half: float = 2.0, buttons: int = 6) -> None:
    strip = box(-half, top, half, bottom)
    p.patch(strip, tone=0.03, edge=False)
    p.seams([strip[[0, 3]], strip[[1, 2]]], 0.6)
    for y in np.linspace(top + 3, bottom - 6, buttons):
        p.button(0.0, float(y), 1.05)


def shirt_collar(p: Painter, spread: float = 1.0) -> None:
    """A turned-down shirt collar."""
    o = p.shape.outline
    for side in (LEFT, RIGHT):
        flap = np.concatenate(
            [
                curve(
                    (side * (o.neck_width - 3.2), -2.6),
                    (side * (o.neck_width + 0.6), -1.4),
                    (side * (o.neck_width + 3.0), 3.0),
                ),
                polyline((side * (o.neck_width + 1.2) * spread, 14.5), (side * 0.9, o.neck_depth + 0.6)),
                curve((side * o.neck_width * 0.62, o.neck_depth * 0.55), (side * (o.neck_width - 2.4), 2.0)),
            ]
        )
        p.patch(flap, angle=side * 38, tone=0.06, extends=f"{side_name(side)} collar")
        p.stitch(
            polyline(
                (side * (o.neck_width + 1.4), 4.0),
                (side * (o.neck_width * spread), 12.8),
                (side * 2.2, o.neck_depth),
            )
        )


def _tee(p: Painter) -> None:
    neck_rib(p)
    hem_stitch(p)


def _graphic(p: Painter) -> None:
    _tee(p)
    kind = p.design.seed % 5
    a, b, c = p.fabric.swatch
    first = b if abs(brightness(b) - brightness(a)) > 40 else lighter(a, 0.7)
    if kind == 0:
        p.fill(ellipse(0, 42, 11, 11), c, edge=False)
        p.fill(polyline((-14, 52), (-5, 39), (0, 45), (6, 36), (14, 52)), first, edge=False)
    elif kind == 1:
        angle = np.linspace(-np.pi / 2, 1.5 * np.pi, 11)[:-1]
        radius = np.where(np.arange(10) % 2, 5.2, 12.0)
        p.fill(np.stack([radius * np.cos(angle), 43 + radius * np.sin(angle)], axis=1), first, edge=False)
    elif kind == 2:
        for k, tone in enumerate((first, c, mix(first, c, 0.5))):
            p.fill(box(-15, 35 + k * 5.5, 15, 38.4 + k * 5.5), tone, edge=False)
    elif kind == 3:
        p.fill(rounded(-11, 31, 11, 55, 2), first, edge=False)
        p.fill(ellipse(3, 38, 4, 4), c, edge=False)
        hills = curve((-10.5, 50), (-4, 43), (2, 48), (7, 44), (10.5, 48))
        p.fill(np.concatenate([hills, polyline((10.5, 54.5), (-10.5, 54.5))]), a, edge=False)
    else:
        for k in range(4):
            p.strip(
                curve(
                    (-14, 36 + k * 5), (-7, 33 + k * 5), (0, 36 + k * 5), (7, 39 + k * 5), (14, 36 + k * 5)
                ),
                1.1,
                (first, c)[k % 2],
                edge=False,
            )


def _polo(p: Painter) -> None:
    o = p.shape.outline
    _placket(p, o.neck_depth - 1, o.neck_depth + 17, half=2.3, buttons=2)
    shirt_collar(p, 0.95)
    hem_stitch(p)


def shirt(p: Painter) -> None:
    o = p.shape.outline
    _placket(p, o.neck_depth - 1, o.length + o.hem_curve - 0.6, buttons=max(5, round(o.length / 16)))
    shirt_collar(p)
    if p.design.seed % 2:
        chest_pocket(p, 12.0, 33.0)
    hem_stitch(p, 2.4)


def chest_pocket(p: Painter, x: float, y: float, w: float = 5.2, h: float = 11.0) -> None:
    shape = polyline((x - w, y), (x + w, y), (x + w, y + h - 2), (x, y + h), (x - w, y + h - 2))
    p.patch(shape, tone=0.03)
    p.stitch(polyline((x - w + 0.6, y + 2.4), (x + w - 0.6, y + 2.4)))


def _henley(p: Painter) -> None:
    o = p.shape.outline
    neck_rib(p, 2.2)
    _placket(p, o.neck_depth + 2, o.neck_depth + 17, half=2.0, buttons=3)
    hem_stitch(p)


def _blouse(p: Painter) -> None:
    o = p.shape.outline
    neck_binding(p)
    knot = o.neck_depth + 1.5
    if p.design.seed % 2 and o.neck == "v":
        tone = darker(p.ground, 0.12)
        for side in (LEFT, RIGHT):
            p.fill(polyline((0, knot), (side * 2.2, knot + 15), (side * 5.4, knot + 14)), tone)
            p.fill(
                np.concatenate(
                    [
                        curve((0, knot), (side * 5, knot - 4), (side * 8.4, knot - 1)),
                        curve((side * 8, knot + 3), (side * 4, knot + 2.4), (0, knot)),
                    ]
                ),
                tone,
            )
        p.fill(rounded(-1.5, knot - 1.6, 1.5, knot + 1.6, 1), tone)
    else:
        for k in range(4):
            x = -7.5 + 5 * k
            p.seam(
                curve(
                    (x, o.neck_depth + 4 + abs(x) * 0.2),
                    (x * 1.1, o.neck_depth + 14),
                    (x * 1.25, o.neck_depth + 22),
                ),
                0.5,
            )
    hem_stitch(p, 2.2)


def sweater(p: Painter) -> None:
    neck_rib(p, 3.4)
    hem_rib(p, 6.0)


def turtle(p: Painter) -> None:
    o = p.shape.outline
    w = o.neck_width
    tube = np.concatenate(
        [
            curve((-w - 0.6, 2.5), (-w + 0.6, -3), (-w + 0.4, -9.5)),
            curve((w - 0.4, -9.5), (w - 0.6, -3), (w + 0.6, 2.5)),
            curve((w * 0.6, 6.4), (0, 8.2), (-w * 0.6, 6.4)),
        ]
    )
    p.patch(tube, extends="tube")
    p.seams(
        [curve((x, -9), (x * 1.02, 0), (x * 1.05, 6.6)) for x in np.linspace(-w * 0.75, w * 0.75, 8)],
        0.4,
        darker(p.ground, 0.25),
    )
    p.seam(curve((-w + 0.6, -3.4), (0, -1.2), (w - 0.6, -3.4)), 0.8)
    hem_rib(p, 6.0)


def _hoodie(p: Painter) -> None:
    o = p.shape.outline
    w = o.neck_width
    for side in (LEFT, RIGHT):
        flap = np.concatenate(
            [
                curve((side * (w - 4.5), -7.0), (side * (w + 3), -4.5), (side * (w + 5.5), 2.5)),
                curve((side * (w + 2), 11), (side * w * 0.5, o.neck_depth + 5), (0, o.neck_depth + 6.5)),
                curve(
                    (side * 0.2, o.neck_depth),
                    (side * w * 0.62, o.neck_depth * 0.55),
                    (side * (w - 2.5), -1.0),
                ),
            ]
        )
        p.patch(flap, angle=side * 25, tone=-0.05, extends=f"{side_name(side)} hood")
        p.strip(
            curve(
                (side * 3.2, o.neck_depth + 3),
                (side * 4.0, o.neck_depth + 14),
                (side * 3.2, o.neck_depth + 22),
            ),
            0.55,
            lighter(p.ground, 0.65),
        )
    y = min(66.0, o.length - 24)
    pocket = polyline((-9, y), (9, y), (16.5, y + 13), (15.5, y + 19), (-15.5, y + 19), (-16.5, y + 13))
    p.patch(pocket, tone=0.02)
    p.stitch(polyline((9.4, y + 2), (15.6, y + 13)))
    p.stitch(polyline((-9.4, y + 2), (-15.6, y + 13)))
    hem_rib(p, 5.0)


def _tank(p: Painter) -> None:
    neck_binding(p)
    for side in (LEFT, RIGHT):
        line = p.shape.lines[f"{side_name(side)} armhole"]
        p.band(line, 1.2 * side, mix(p.ground, p.ink, 0.22))
    hem_stitch(p)


def _knit_vest(p: Painter) -> None:
    neck_rib(p, 2.8)
    for side in (LEFT, RIGHT):
        p.band(p.shape.lines[f"{side_name(side)} armhole"], 2.4 * side, rib_colour(p), ribs=1.6)
    hem_rib(p, 5.0)


def _camisole(p: Painter) -> None:
    neck_binding(p)
    o = p.shape.outline
    y = o.neck_depth + 5
    for side in (LEFT, RIGHT):
        p.seam(curve((side * 2.0, y + 8), (side * 9, y + 11), (side * (o.chest - 2), y + 6)), 0.6)
    hem_stitch(p, 2.4)


def _lace(p: Painter) -> None:
    o = p.shape.outline
    pale = lighter(p.ground, 0.4)
    hem = p.shape.lines["hem"]
    for line, down in ((p.shape.lines["neckline"], 2.9), (hem, -2.9)):
        p.band(line, -3.2, pale)
        inner = p.px(line + np.array([0, down]))
        for x, y in inner[2:-2:4]:
            p.canvas.dot(float(x), float(y), 1.1 * p.unit, pale)
    p.button(0.0, o.neck_depth + 4, 0.8)


BODY_TRIMS: dict[str, Callable[[Painter], None]] = {
    "tee": _tee,
    "graphic tee": _graphic,
    "polo": _polo,
    "shirt": shirt,
    "henley": _henley,
    "blouse": _blouse,
    "sweater": sweater,
    "turtleneck": turtle,
    "hoodie": _hoodie,
    "tank": _tank,
    "knit vest": _knit_vest,
    "camisole": _camisole,
    "lace top": _lace,
}
