"""What is sewn onto dresses: waist seams, tiers, belts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from store.demo.curves import curve, polyline, rounded
from store.demo.painter import Painter
from store.demo.palette import darker, lighter
from store.demo.trims import METAL, hem_stitch, neck_binding, neck_rib, shirt, sweater, turtle


def waist_seam(p: Painter) -> None:
    """The seam between bodice and skirt."""
    o = p.shape.outline
    p.seam(curve((-o.waist, 57.0), (0.0, 58.6), (o.waist, 57.0)), 0.9)


def _dress(p: Painter) -> None:
    if p.shape.outline.neck == "crew":
        neck_rib(p, 1.9)
    else:
        neck_binding(p)
    waist_seam(p)
    hem_stitch(p, 4.0)


def _shirt_dress(p: Painter) -> None:
    shirt(p)
    belt(p)


def belt(p: Painter) -> None:
    """A belt with a buckle, or a tied sash."""
    o = p.shape.outline
    top, low = (
        curve((-o.waist - 0.4, 55.0), (0.0, 56.6), (o.waist + 0.4, 55.0)),
        curve((o.waist + 0.4, 59.6), (0.0, 61.2), (-o.waist - 0.4, 59.6)),
    )
    strap = p.fabric.swatch.accent if p.design.seed % 2 else darker(p.ground, 0.3)
    p.fill(np.concatenate([top, low]), strap)
    if p.design.seed % 2:
        p.fill(rounded(-3.4, 55.4, 3.4, 62.0, 1), METAL)
        p.fill(rounded(-1.9, 57.0, 1.9, 60.4, 0.6), strap)
    else:
        for side, end in ((-1, 24.0), (1, 19.0)):
            p.fill(
                polyline((side * 0.6, 59), (side * 1.6, 60), (side * 5.0, 59 + end), (side * 1.6, 60 + end)),
                strap,
            )
        p.fill(rounded(-2.2, 55.6, 2.2, 61.6, 1.6), lighter(strap, 0.08))


def _belted(p: Painter) -> None:
    neck_binding(p)
    belt(p)
    hem_stitch(p, 4.0)


def _tiered(p: Painter) -> None:
    o = p.shape.outline
    neck_binding(p)
    waist_seam(p)
    for share in (0.36, 0.68):
        y = 57 + (o.length - 57) * share
        half = o.waist + (o.hem - o.waist) * share - 0.4
        line = curve((-half, y), (0.0, y + o.hem_curve * 0.6), (half, y))
        p.seam(line, 1.0)
        at = np.linspace(-half * 0.94, half * 0.94, 17)
        rise = y + o.hem_curve * 0.6 * (1 - (at / half) ** 2)
        ends = np.array([5.0, 3.0, 6.5, 3.6])[np.arange(17) % 4]
        p.seams([np.array([[x, r], [x * 1.03, r + e]]) for x, r, e in zip(at, rise, ends, strict=True)], 0.5)
    hem_stitch(p, 2.5)


def _slip(p: Painter) -> None:
    neck_binding(p)
    o = p.shape.outline
    p.seam(curve((-o.chest + 2, 46), (0, 50), (o.chest - 2, 46)), 0.6)


def _knit_dress(p: Painter) -> None:
    if p.shape.outline.neck == "turtle":
        turtle(p)
    else:
        sweater(p)


DRESS_TRIMS: dict[str, Callable[[Painter], None]] = {
    "dress": _dress,
    "shirt dress": _shirt_dress,
    "tiered dress": _tiered,
    "belted dress": _belted,
    "slip dress": _slip,
    "knit dress": _knit_dress,
}
