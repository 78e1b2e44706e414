"""A picture being drawn at twice its size, with a map of what covers what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from store.cv import cv2
from store.demo.curves import Points
from store.demo.palette import Colour

Pixels = NDArray[np.uint8]

#: The picture is drawn this much larger and then reduced, which smooths every edge.
OVER = 2
_SHIFT = 6
#: Shading is computed at this many drawn pixels to one.
_COARSE = 4
_NEUTRAL = 128.0
_STEPS = np.arange(256)[:, None] / _NEUTRAL
#: Points farther out than this are drawn here.
_FAR = 8000.0


class Folds(NamedTuple):
    """Creases in cloth: ``(k, n, 2)`` paths in picture pixels, ``(k,)`` widths and how much darker."""

    paths: NDArray[np.float64]
    widths: NDArray[np.float64]
    strengths: NDArray[np.float64]


class Light(NamedTuple):
    """Where light comes from (a direction in the picture) and how strongly it models forms."""

    x: float = -0.8
    y: float = -0.5
    strength: float = 1.0


def _fixed(points: Points) -> NDArray[np.int32]:
    """OpenCV's fixed-point form, kept in a range that it can draw."""
    limited: NDArray[np.float64] = np.rint(np.minimum(np.maximum(points, -_FAR), _FAR) * (1 << _SHIFT))
    return limited.astype(np.int32)


class Canvas:
    """A picture of ``width`` by ``height`` pixels; all points given are picture pixels, centres at integers.

    ``order`` is ``(height, width)`` uint8: the layer on top at each pixel, 0 the background.
    """

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.image: Pixels = np.zeros((height * OVER, width * OVER, 3), np.uint8)
        self.order: Pixels = np.zeros((height, width), np.uint8)
        self.layer = 0
        self.light = Light()

    def next_layer(self) -> int:
        """Start a layer above all before; returns its number."""
        self.layer += 1
        return self.layer

    def fixed(self, points: Points) -> NDArray[np.int32]:
        """Points in the fixed-point form that OpenCV draws, on the enlarged picture."""
        return _fixed(points * OVER + (OVER - 1) / 2)

    def mark(self, points: Points) -> None:
        """Say that the current layer covers a polygon."""
        cv2.fillPoly(self.order, [_fixed(points)], self.layer, cv2.LINE_8, _SHIFT)

    def gradient(self, top: Colour, low: Colour, start: float = 0.0) -> None:
        """The whole picture, or from a height down, in one colour running into another."""
        part = self.image[round(start * OVER) :]
        share = np.linspace(0, 1, len(part))[:, None, None]
        ramp = (np.array(top) * (1 - share) + np.array(low) * share).astype(np.uint8)
        cv2.resize(ramp, (part.shape[1], part.shape[0]), part, interpolation=cv2.INTER_NEAREST)

    def rect(self, x1: float, y1: float, x2: float, y2: float, colour: Colour) -> None:
        """An upright rectangle with hard edges: much faster than :meth:`fill`."""
        a, b, c, d = (max(round(v * OVER), 0) for v in (x1, y1, x2, y2))
        self.image[b:d, a:c] = colour

    def fill(self, points: Points, colour: Colour, *, mark: bool = False) -> None:
        """A polygon in one colour."""
        cv2.fillPoly(self.image, [self.fixed(points)], colour, cv2.LINE_AA, _SHIFT)
        if mark:
            self.mark(points)

    def line(self, points: Points, colour: Colour, width: float, *, closed: bool = False) -> None:
        """A line; ``width`` is picture pixels."""
        thick = max(1, round(width * OVER))
        cv2.polylines(self.image, [self.fixed(points)], closed, colour, thick, cv2.LINE_AA, _SHIFT)

    def lines(self, paths: Sequence[Points], colour: Colour, width: float) -> None:
        """Several open lines at once."""
        if paths:
            thick = max(1, round(width * OVER))
            cv2.polylines(
                self.image, [self.fixed(p) for p in paths], False, colour, thick, cv2.LINE_AA, _SHIFT
            )

    def dot(self, x: float, y: float, radius: float, colour: Colour) -> None:
        """A disc."""
        centre = self.fixed(np.array([[x, y]]))[0]
        size = round(radius * OVER * (1 << _SHIFT))
        place = (int(centre[0]), int(centre[1]))
        cv2.circle(self.image, place, max(size, 1), colour, -1, cv2.LINE_AA, _SHIFT)

    def _region(self, points: Points, margin: int = 0) -> tuple[int, int, int, int] | None:
        low = np.floor(points.min(axis=0) * OVER).astype(int) - margin
        high = np.ceil(points.max(axis=0) * OVER).astype(int) + margin + OVER
        x1, y1 = max(int(low[0]), 0), max(int(low[1]), 0)
        x2, y2 = min(int(high[0]), self.image.shape[1]), min(int(high[1]), self.image.shape[0])
        return (x1, y1, x2, y2) if x2 - x1 > 1 and y2 - y1 > 1 else None

    def cloth(
        self,
        points: Points,
        parts: Sequence[tuple[Points, NDArray[np.float64]]],
        tile: Pixels,
        folds: Folds | None = None,
        *,
        softness: float = 1.0,
        tone: float = 0.0,
    ) -> None:
        """A polygon of cloth with volume and folds.

        ``parts`` are polygons with the ``(2, 3)`` matrix that takes picture pixels to texels of the tile; the
        first covers all, later ones lie over it. ``tone`` brightens (or darkens) by a share.
        """
        region = self._region(points)
        if region is None:
            return
        x1, y1, x2, y2 = region
        mask = self._inside(points, region)
        laid = self._laid(parts, tile, region)
        shade = self._shade(points, region, folds, softness, tone)
        large = cv2.resize(shade, (x2 - x1, y2 - y1), interpolation=cv2.INTER_LINEAR)
        lit = cv2.multiply(laid, cv2.cvtColor(large, cv2.COLOR_GRAY2BGR), scale=1 / _NEUTRAL)
        cv2.copyTo(lit, mask, self.image[y1:y2, x1:x2])

    def _laid(
        self,
        parts: Sequence[tuple[Points, NDArray[np.float64]]],
        tile: Pixels,
        region: tuple[int, int, int, int],
    ) -> Pixels:
        """The parts' cloth, unlit, over a region of the enlarged picture."""
        x1, y1, x2, y2 = region
        cloth: Pixels = np.empty((y2 - y1, x2 - x1, 3), np.uint8)
        for index, (outline, matrix) in enumerate(parts):
            own = region if index == 0 else self._region(outline)
            if own is None:
                continue
            own = (max(own[0], x1), max(own[1], y1), min(own[2], x2), min(own[3], y2))
            size = (own[2] - own[0], own[3] - own[1])
            if min(size) < 1:
                continue
            # The texel under the centre of a drawn pixel.
            inner = matrix[:, :2] / OVER
            start = matrix[:, 2] + inner @ (np.array(own[:2]) - (OVER - 1) / 2)
            laid = cv2.warpAffine(
                tile,
                np.column_stack([inner, start]),
                size,
                flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP,
                borderMode=cv2.BORDER_WRAP,
            )
            if index == 0:
                cloth = np.asarray(laid, np.uint8)
            else:
                target = cloth[own[1] - y1 : own[3] - y1, own[0] - x1 : own[2] - x1]
                cv2.copyTo(laid, self._inside(outline, own), target)
        return cloth

    def _inside(self, points: Points, region: tuple[int, int, int, int]) -> Pixels:
        """255 where a polygon is, over a region of the enlarged picture."""
        x1, y1, x2, y2 = region
        mask = np.zeros((y2 - y1, x2 - x1), np.uint8)
        corner = (np.array([x1, y1]) << _SHIFT).astype(np.int32)
        cv2.fillPoly(mask, [self.fixed(points) - corner], 255, cv2.LINE_8, _SHIFT)
        return mask

    def form(
        self,
        points: Points,
        colour: Colour,
        *,
        softness: float = 1.0,
        mark: bool = True,
        only: Points | None = None,
    ) -> None:
        """A polygon in one colour with volume, for what is not cloth; ``only`` limits it to a second one."""
        region = self._region(points)
        if region is not None:
            x1, y1, x2, y2 = region
            inside = self._inside(points, region)
            shade = self._shade(points, region, None, softness, 0.0)
            # Coloured while it is small, then enlarged.
            lit = np.minimum(_STEPS * np.array(colour), 255).astype(np.uint8)[shade]
            toned = cv2.resize(lit, (x2 - x1, y2 - y1), interpolation=cv2.INTER_LINEAR)
            if only is not None:
                inside = self._inside(only, region)
            cv2.copyTo(toned, inside, self.image[y1:y2, x1:x2])
        if mark:
            self.mark(points if only is None else only)

    def _shade(
        self,
        points: Points,
        region: tuple[int, int, int, int],
        folds: Folds | None,
        softness: float,
        tone: float,
    ) -> Pixels:
        """How bright the form is over a region: :data:`_NEUTRAL` leaves colours as they are; coarse."""
        x1, y1, x2, y2 = region
        w, h = max((x2 - x1) // _COARSE, 4), max((y2 - y1) // _COARSE, 4)
        margin = 4
        small = np.zeros((h + 2 * margin, w + 2 * margin), np.uint8)
        outline = (points * OVER - np.array([x1, y1])) / _COARSE + margin
        cv2.fillPoly(small, [_fixed(outline)], 255, cv2.LINE_8, _SHIFT)
        reach = max(3, round(min(w, h) * 0.16 * softness) | 1)
        body = cv2.blur(cv2.blur(small, (reach, reach)), (reach, reach)).astype(np.float32)
        slope = 0.0183 * reach * self.light.strength
        shade = body * 0.085
        shade += _NEUTRAL * (1 + tone) - 255 * 0.085
        # Brighter where the form turns towards the light.
        shade[:, 2:-2] += (body[:, 4:] - body[:, :-4]) * (self.light.x * slope)
        shade[2:-2] += (body[4:] - body[:-4]) * (self.light.y * slope)
        if folds is not None:
            shade += self._folds(shade.shape, folds, (x1, y1), margin)
        limited = np.minimum(np.maximum(shade[margin:-margin, margin:-margin], 40), 220)
        return np.asarray(limited, np.uint8)

    def _folds(
        self, shape: tuple[int, ...], folds: Folds, corner: tuple[int, int], margin: int
    ) -> NDArray[np.float32]:
        layer = np.full(shape[:2], 128, np.uint8)
        drawn = (folds.paths * OVER - np.array(corner)) / _COARSE + margin
        widths = folds.widths * (OVER / _COARSE)
        way = np.gradient(drawn, axis=1)
        way /= np.sqrt((way**2).sum(axis=2, keepdims=True)) + 1e-9
        # Spindles: folds run out to nothing at both ends.
        half = 0.6 * widths[:, None] * np.sin(np.linspace(0.05, np.pi - 0.05, drawn.shape[1]))
        side = np.stack([-way[..., 1], way[..., 0]], axis=2) * half[..., None]
        spindles = _fixed(np.concatenate([drawn + side, (drawn - side)[:, ::-1]], axis=1))
        values = np.clip(128 - folds.strengths * 150, 0, 255).round()
        for spindle, value in zip(spindles, values.tolist(), strict=True):
            cv2.fillPoly(layer, [spindle], value, cv2.LINE_AA, _SHIFT)
        reach = max(3, round(float(widths.mean()) * 0.8) | 1)
        soft = cv2.blur(cv2.blur(layer, (reach, reach)), (3, 3))
        result: NDArray[np.float32] = soft.astype(np.float32) - 128
        return result

    def shadow(self, points: Points, share: float, spread: float) -> None:
        """Darken softly under a polygon; ``spread`` is the blur in picture pixels."""
        region = self._region(points, int(spread * OVER * 2))
        if region is None:
            return
        x1, y1, x2, y2 = region
        w, h = max((x2 - x1) // _COARSE, 2), max((y2 - y1) // _COARSE, 2)
        soft = np.full((h, w), 255, np.uint8)
        fixed = _fixed((points * OVER - [x1, y1]) / _COARSE)
        cv2.fillPoly(soft, [fixed], round(255 * (1 - share)), cv2.LINE_8, _SHIFT)
        reach = max(1, round(spread * OVER / _COARSE)) * 2 + 1
        blurred = cv2.blur(cv2.blur(soft, (reach, reach)), (reach, reach))
        large = cv2.resize(blurred, (x2 - x1, y2 - y1), interpolation=cv2.INTER_LINEAR)
        part = self.image[y1:y2, x1:x2]
        cv2.multiply(part, cv2.cvtColor(large, cv2.COLOR_GRAY2BGR), part, 1 / 255)

    def finished(self) -> Pixels:
        """The picture at its own size, ``(height, width, 3)`` uint8."""
        small = cv2.resize(self.image, (self.width, self.height), interpolation=cv2.INTER_AREA)
        return np.asarray(small, np.uint8)
