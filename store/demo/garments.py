"""A garment in a picture: drawn in the stages that let a body and other garments come between."""

from __future__ import annotations

import numpy as np

from store.demo import folds
from store.demo.canvas import Canvas
from store.demo.curves import Points, move
from store.demo.cut_lower import cut_lower
from store.demo.cut_upper import cut_upper
from store.demo.designs import Design
from store.demo.families import LOWER, OUTWEAR
from store.demo.painter import Painter
from store.demo.pose import LEFT, RIGHT, Pose
from store.demo.shapes import Matrix, Shape, side_name
from store.demo.trims import BODY_TRIMS, cuff
from store.demo.trims_dress import DRESS_TRIMS
from store.demo.trims_lower import LOWER_TRIMS
from store.demo.trims_outer import OUTER_TRIMS


def cut(design: Design, pose: Pose) -> Shape:
    """The shape of a design in a pose."""
    make = cut_lower if design.category_id in LOWER else cut_upper
    return make(design.category_id, design.outline, pose)


class Worn:
    """One garment being drawn into a picture.

    ``view`` takes figure units to picture pixels. Draw :meth:`inside`, the figure, :meth:`body`, the arms,
    then :meth:`sleeves`.
    """

    def __init__(self, canvas: Canvas, design: Design, pose: Pose, view: Matrix, seed: int) -> None:
        self.design = design
        self.painter = Painter(canvas, design, cut(design, pose), view, np.random.default_rng(seed))
        self.worn = pose.worn

    @property
    def shape(self) -> Shape:
        """The shape before sway and turn."""
        return self.painter.shape

    def inside(self) -> None:
        """What is seen through the neck or over the waist: the inside of the back."""
        for panel in self.shape.panels:
            if panel.inside and (panel.name != "collar" or self.worn):
                self.painter.inside(panel)

    def body(self) -> None:
        """The front, with what is sewn on it."""
        p = self.painter
        trims = BODY_TRIMS | DRESS_TRIMS
        if self.design.category_id in LOWER:
            trims = LOWER_TRIMS
            p.panel(
                "body",
                folds.skirt(p, self.shape.outline.rise) if self.design.category_id == 9 else folds.legs(p),
            )
        elif self.design.category_id in OUTWEAR:
            trims = OUTER_TRIMS
            if not self.worn:
                p.inside(self.shape.panel("collar"))
            creases = folds.torso(p)
            for side in (LEFT, RIGHT):
                p.panel(f"{side_name(side)} front", creases)
        else:
            p.panel("body", folds.torso(p))
        trims[self.design.trim](p)

    def sleeves(self, sides: tuple[int, ...] = (LEFT, RIGHT)) -> None:
        """The sleeves of the given sides, if there are any."""
        names = {panel.name for panel in self.shape.panels}
        for side in sides:
            name = f"{side_name(side)} sleeve"
            if name in names:
                self.painter.panel(name, folds.sleeve(self.painter, side), softness=1.3)
                cuff(self.painter, side)

    def landmarks(self) -> dict[str, tuple[float, float, int]]:
        """Each landmark's place in picture pixels, and the canvas layer it was drawn in."""
        p = self.painter
        names = list(p.swayed.landmarks)
        points = move(np.array([p.swayed.landmarks[name] for name in names]), p.view)
        return {
            name: (float(x), float(y), p.layers[p.swayed.owner[name]])
            for name, (x, y) in zip(names, points, strict=True)
        }

    def mask_outlines(self) -> dict[str, Points]:
        """The polygons, in picture pixels, whose union is the garment: with linings where nobody wears it."""
        hidden = (
            {panel.name for panel in self.shape.panels if panel.inside} - {"collar"} if self.worn else set()
        )
        return {name: outline for name, outline in self.painter.outlines.items() if name not in hidden}
