"""How clothes go together on somebody: what is worn over what, tucked in, and hides an arm."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from store.demo.families import DRESSES, LOWER, OUTWEAR
from store.demo.figures import Figure
from store.demo.garments import Worn
from store.demo.plan import Picture, Piece
from store.demo.pose import LEFT, RIGHT

Generator = np.random.Generator

#: The categories with long sleeves.
SLEEVED = frozenset({2, 4, 11})


def wardrobe(plan: Picture, rng: Generator) -> list[Piece]:
    """What the person in a picture wears: at most three garments."""
    pieces = [plan.main, *plan.matching, *plan.companions]
    if plan.domain == "shop" and rng.random() < 0.4:
        # A shop often shows the product alone, on a form.
        shown = [plan.main, *plan.matching]
        if all(p.design.category_id not in LOWER for p in shown):
            return shown
    return pieces[:3]


def dress(figure: Figure, garments: list[Worn], *, tucked: bool) -> None:
    """Draw body and clothes in the order in which they cover each other."""
    outer = [g for g in garments if g.design.category_id in OUTWEAR]
    lower = [g for g in garments if g.design.category_id in LOWER]
    upper = [g for g in garments if g not in outer and g not in lower]
    figure.behind()
    for garment in (*outer, *upper, *lower):
        garment.inside()
    figure.body()
    far: tuple[int, ...] = ()
    if abs(figure.pose.yaw) > 20 and not figure.pose.front:
        far = (RIGHT,) if figure.pose.yaw > 0 else (LEFT,)
        figure.arms(far)
        for garment in (*upper, *outer):
            garment.sleeves(far)
    near = tuple(side for side in (LEFT, RIGHT) if side not in far)
    first, last = ((), lower) if tucked else (lower, ())
    for garment in first:
        garment.body()
    figure.arms(near)
    for garment in (*upper, *last):
        garment.body()
    if outer:
        for garment in upper:
            garment.sleeves(near)
        for garment in outer:
            garment.body()
    _bent_arms(figure, garments, near)
    for garment in outer or upper:
        garment.sleeves(near)


def _bent_arms(figure: Figure, garments: list[Worn], sides: tuple[int, ...]) -> None:
    """A bent arm comes forward: what sticks out of its sleeve lies over the clothes."""
    bent = tuple(side for side in sides if figure.pose.arms[0 if side == LEFT else 1][1] < 0)
    if bent:
        long = any(g.design.category_id in SLEEVED for g in garments)
        figure.arms(bent, start=62.0 if long else 36.0)


def layered(pieces: list[Piece]) -> list[Piece]:
    """Garments under outwear drawn in, so that its sleeves and sides hide theirs."""
    outer = [p.design.outline for p in pieces if p.design.category_id in OUTWEAR]
    if not outer:
        return pieces
    over = outer[0]

    def under(piece: Piece) -> Piece:
        o = piece.design.outline
        outline = replace(
            o,
            shoulder=min(o.shoulder, over.shoulder - 2.5),
            chest=min(o.chest, over.chest - 1.5),
            sleeve=min(o.sleeve, over.sleeve - 5),
            sleeve_top=min(o.sleeve_top, over.sleeve_top - 2.5),
            sleeve_mid=min(o.sleeve_mid, over.sleeve_mid - 2.5),
            cuff=min(o.cuff, over.cuff - 2.0),
        )
        return replace(piece, design=replace(piece.design, outline=outline))

    covered = {1, 2, 5, 6} | DRESSES
    return [under(p) if p.design.category_id in covered else p for p in pieces]


def tucks(piece: Piece) -> bool:
    """Whether a garment can disappear in a waistband."""
    category = piece.design.category_id
    return category not in LOWER | OUTWEAR | DRESSES and 78 < piece.design.outline.length < 102


def drawn_in(piece: Piece) -> Piece:
    """The garment drawn in so far that the waistband hides its hem."""
    o = piece.design.outline
    outline = replace(o, waist=min(o.waist, 22.4), hem=min(o.hem, 23.0))
    return replace(piece, design=replace(piece.design, outline=outline))
