"""Draws one cut garment: cloth on its panels, and the seams, stitches and trimmings sewn on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from store.demo.canvas import Canvas, Folds
from store.demo.curves import Points, fit_affine, move, normals, ribbon, turn
from store.demo.designs import Design
from store.demo.fabrics import TEXELS, Fabric, tile
from store.demo.palette import Colour, brightness, darker, lighter, mix
from store.demo.shapes import Matrix, Panel, Piece, Shape


class Fold(NamedTuple):
    """A crease (or highlight: negative strength) in figure units; paths of one panel are equally long."""

    path: Points
    width: float
    strength: float


#: Shows the pattern of one garment at a different place than another's.
_OFFSET = 40.0


class Painter:
    """A garment on its way onto a canvas.

    ``shape`` is straight; ``view`` is the ``(3, 3)`` matrix from figure units to picture pixels. ``outlines``
    collects, in picture pixels, every polygon of cloth that belongs to the garment's mask; ``layers`` the
    canvas layer of each panel.
    """

    def __init__(
        self, canvas: Canvas, design: Design, shape: Shape, view: Matrix, rng: np.random.Generator
    ) -> None:
        self.canvas, self.design, self.shape, self.view, self.rng = canvas, design, shape, view, rng
        self.swayed = shape.swayed()
        self.fabric = design.fabric
        self.tile = tile(design.fabric)
        ground = design.fabric.ground
        dark = brightness(ground) < 70
        self.ground: Colour = ground
        self.ink: Colour = darker(ground, 0.62) if not dark else darker(ground, 0.75)
        self.thread: Colour = self._thread()
        self.inner: Colour = darker(ground, 0.4) if not dark else lighter(ground, 0.12)
        self.layers: dict[str, int] = {}
        self.outlines: dict[str, Points] = {}
        middle = self.px(np.array([[0.0, 50.0], [1.0, 50.0], [0.0, 51.0]]))
        #: Picture pixels to a figure unit.
        self.unit = float(
            np.sqrt(abs(np.linalg.det(np.stack([middle[1] - middle[0], middle[2] - middle[0]]))))
        )
        self.pen = max(0.8, 0.5 * self.unit)

    def _thread(self) -> Colour:
        if self.design.material == "denim" or self.fabric.pattern == "denim":
            return self.fabric.swatch.accent
        light = brightness(self.ground) > 120
        return darker(self.ground, 0.32) if light else lighter(self.ground, 0.38)

    # --- from figure units to the picture

    def px(self, points: Points, depth: float = 1.0) -> Points:
        """Straight figure units to picture pixels."""
        return move(self.shape.pose.warp(points, depth), self.view)

    # --- cloth

    def panel(self, name: str, folds: Sequence[Fold], *, softness: float = 1.0) -> Points:
        """Draw a panel in a new layer; returns its outline in picture pixels."""
        straight = self.shape.panel(name)
        outline = move(self.swayed.panel(name).outline, self.view)
        self.layers[name] = self.canvas.next_layer()
        self.outlines[name] = outline
        parts = [self._part(piece, straight, outline) for piece in straight.pieces]
        self.canvas.cloth(outline, parts, self.tile, self._placed(folds), softness=softness)
        self.canvas.mark(outline)
        self.canvas.line(outline, self.ink, self.pen, closed=True)
        return outline

    def _placed(self, folds: Sequence[Fold]) -> Folds:
        paths = self.px(np.concatenate([fold.path for fold in folds]))
        widths = np.array([fold.width for fold in folds]) * self.unit
        return Folds(paths.reshape(len(folds), -1, 2), widths, np.array([fold.strength for fold in folds]))

    def _part(self, piece: Piece, panel: Panel, outline: Points) -> tuple[Points, Matrix]:
        run = slice(piece.start, piece.stop)
        cloth = (move(panel.outline[run], piece.grain) + _OFFSET) * TEXELS
        return outline[run], fit_affine(outline[run], cloth)

    def inside(self, panel: Panel) -> None:
        """Draw a panel that shows its wrong side."""
        outline = move(self.swayed.panel(panel.name).outline, self.view)
        self.layers[panel.name] = self.canvas.next_layer()
        self.canvas.fill(outline, self.inner, mark=True)
        self.canvas.line(outline, self.ink, self.pen, closed=True)
        self.outlines[panel.name] = outline

    def patch(
        self,
        points: Points,
        *,
        angle: float = 0.0,
        fabric: Fabric | None = None,
        tone: float = 0.0,
        edge: bool = True,
        extends: str = "",
    ) -> None:
        """Sew on a piece of cloth, threads turned by an angle; ``extends`` names it as part of the mask."""
        outline = self.px(points)
        turned = (move(points, turn(angle)) + _OFFSET) * TEXELS
        cloth = tile(fabric) if fabric is not None else self.tile
        parts = [(outline, fit_affine(outline, turned))]
        self.canvas.cloth(outline, parts, cloth, softness=0.5, tone=tone)
        if edge:
            self.canvas.line(outline, self.ink, self.pen * 0.85, closed=True)
        if extends:
            self.outlines[extends] = outline
            self.canvas.mark(outline)

    # --- lines

    def seam(self, path: Points, weight: float = 0.7, colour: Colour | None = None) -> None:
        """A sewn line."""
        self.canvas.line(self.px(path), colour or mix(self.ink, self.ground, 0.25), self.pen * weight)

    def seams(self, paths: Sequence[Points], weight: float = 0.6, colour: Colour | None = None) -> None:
        """Several sewn lines."""
        drawn = [self.px(path) for path in paths]
        self.canvas.lines(drawn, colour or mix(self.ink, self.ground, 0.25), self.pen * weight)

    def stitch(self, path: Points, *, dash: float = 1.7, gap: float = 1.2) -> None:
        """A line of visible thread."""
        points = self.px(path)
        lengths = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
        step = (dash + gap) * self.unit
        starts = np.arange(0, max(lengths[-1] - dash * self.unit, 0), step)
        if len(starts) == 0 or self.unit < 0.8:
            return
        ends = starts + dash * self.unit
        pairs = [
            np.stack([np.interp(at, lengths, points[:, k]) for k in (0, 1)], axis=1) for at in (starts, ends)
        ]
        self.canvas.lines(list(np.stack(pairs, axis=1)), self.thread, max(0.5, self.pen * 0.55))

    def band(self, path: Points, width: float, colour: Colour, *, ribs: float = 0.0) -> None:
        """A strip along a path, ``width`` to its right (negative: left), with ribs so far apart."""
        out = path + normals(path) * width
        strip = np.concatenate([path, out[::-1]])
        drawn = self.px(strip)
        self.canvas.fill(drawn, colour)
        if ribs:
            lengths = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
            at = np.arange(ribs / 2, lengths[-1], ribs)
            ends = [
                np.stack([np.interp(at, lengths, line[:, k]) for k in (0, 1)], axis=1) for line in (path, out)
            ]
            flat = self.px(np.concatenate(ends))
            pairs = np.stack([flat[: len(at)], flat[len(at) :]], axis=1)
            self.canvas.lines(list(pairs), darker(colour, 0.22), 0.5)
        self.canvas.line(drawn, self.ink, self.pen * 0.7, closed=True)

    def button(self, x: float, y: float, radius: float = 1.3, colour: Colour | None = None) -> None:
        """A button with its shine."""
        (cx, cy), size = self.px(np.array([[x, y]]))[0], radius * self.unit
        face = colour or (
            darker(self.ground, 0.5) if brightness(self.ground) > 110 else lighter(self.ground, 0.6)
        )
        self.canvas.dot(cx, cy, size + 0.5, self.ink)
        self.canvas.dot(cx, cy, size, face)
        self.canvas.dot(cx - size * 0.3, cy - size * 0.3, size * 0.35, lighter(face, 0.5))

    def fill(self, points: Points, colour: Colour, *, edge: bool = True) -> None:
        """A flat shape on the garment."""
        drawn = self.px(points)
        self.canvas.fill(drawn, colour)
        if edge:
            self.canvas.line(drawn, self.ink, self.pen * 0.7, closed=True)

    def strip(self, path: Points, half: float, colour: Colour, *, edge: bool = True) -> None:
        """A flat ribbon centred on a path."""
        self.fill(ribbon(path, half), colour, edge=edge)
