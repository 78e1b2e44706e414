"""Cloth: patterns drawn as tiles that repeat without a seam.

A tile is ``(h, w, 3)`` uint8, blue-green-red, :data:`TEXELS` to a figure unit; x runs across the cloth,
y down it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from store.cv import cv2
from store.demo.curves import shifted
from store.demo.palette import Colour, Swatch, brightness, darker, lighter, mix

Tile = NDArray[np.uint8]
Generator = np.random.Generator

TEXELS = 5
_SHIFT = 4


@dataclass(frozen=True, slots=True)
class Fabric:
    """What a garment is made of: a pattern, its colours, its size (1 is usual) and what makes it unique."""

    pattern: str
    swatch: Swatch
    size: float = 1.0
    seed: int = 0

    @property
    def ground(self) -> Colour:
        """The colour that trimmings and outlines derive from."""
        return self.swatch.ground


@dataclass(frozen=True, slots=True)
class _Weave:
    """How a pattern is drawn; ``width`` and ``height`` are its repeat in figure units."""

    width: float
    height: float
    draw: Callable[[_Cloth], None]
    grain: float = 2.2
    attribute: str = "solid"
    held_out: bool = False


class _Cloth:
    """One repeat being drawn; shapes that cross an edge come back at the opposite one."""

    def __init__(self, width: float, height: float, fabric: Fabric) -> None:
        self.w = max(4, round(width * fabric.size * TEXELS))
        self.h = max(4, round(height * fabric.size * TEXELS))
        self.unit = fabric.size * TEXELS
        self.a, self.b, self.c = fabric.swatch
        self.rng = np.random.default_rng(fabric.seed)
        self.image: Tile = np.empty((self.h, self.w, 3), np.uint8)
        self.image[:] = np.array(self.a, np.uint8)

    def rect(self, x: float, y: float, w: float, h: float, colour: Colour, share: float = 1.0) -> None:
        """A rectangle in units of the repeat, mixed in by a share."""
        x1, x2 = round(x * self.w), max(round((x + w) * self.w), round(x * self.w) + 1)
        y1, y2 = round(y * self.h), max(round((y + h) * self.h), round(y * self.h) + 1)
        patch = self.image[max(y1, 0) : y2, max(x1, 0) : x2].astype(np.float32)
        self.image[max(y1, 0) : y2, max(x1, 0) : x2] = patch + (np.array(colour, np.float32) - patch) * share

    def _wrapped(self, points: NDArray[np.float64]) -> list[NDArray[np.int32]]:
        spans = []
        for dx in (-self.w, 0, self.w):
            for dy in (-self.h, 0, self.h):
                moved = shifted(points, dx, dy)
                low, high = moved.min(axis=0), moved.max(axis=0)
                if high[0] >= -2 and high[1] >= -2 and low[0] <= self.w + 2 and low[1] <= self.h + 2:
                    spans.append(np.round(moved * (1 << _SHIFT)).astype(np.int32))
        return spans

    def shape(self, points: NDArray[np.float64], colour: Colour) -> None:
        """A filled shape in texels."""
        for moved in self._wrapped(points):
            cv2.fillPoly(self.image, [moved], colour, cv2.LINE_AA, _SHIFT)

    def path(self, points: NDArray[np.float64], colour: Colour, width: float) -> None:
        """A line in texels."""
        for moved in self._wrapped(points):
            cv2.polylines(self.image, [moved], False, colour, max(1, round(width)), cv2.LINE_AA, _SHIFT)

    def disc(self, x: float, y: float, radius: float, colour: Colour) -> None:
        """A disc in texels."""
        angle = np.linspace(0, 2 * np.pi, 20, endpoint=False)
        self.shape(np.stack([x + radius * np.cos(angle), y + radius * np.sin(angle)], axis=1), colour)


def _plain(_: _Cloth) -> None:
    return


def _heather(cloth: _Cloth) -> None:
    start = cloth.rng.uniform(0, [cloth.w - 6, cloth.h - 1], (260, 2))
    flecks = np.stack([start, start + [1, 0] * cloth.rng.uniform(2, 6, (260, 1))], axis=1)
    fixed = np.round(flecks * (1 << _SHIFT)).astype(np.int32)
    for part, tone in (
        (slice(0, None, 2), darker(cloth.a, 0.14)),
        (slice(1, None, 2), lighter(cloth.a, 0.22)),
    ):
        cv2.polylines(cloth.image, list(fixed[part]), False, tone, 1, cv2.LINE_AA, _SHIFT)


def _stripe(cloth: _Cloth) -> None:
    cloth.rect(0, 0.0, 1, 0.42, cloth.b)


def _block_stripe(cloth: _Cloth) -> None:
    cloth.rect(0, 0.0, 1, 0.3, cloth.b)
    cloth.rect(0, 0.5, 1, 0.12, cloth.c)


def _vertical(cloth: _Cloth) -> None:
    cloth.rect(0.0, 0, 0.34, 1, cloth.b)
    cloth.rect(0.6, 0, 0.08, 1, cloth.b, 0.7)


def _pinstripe(cloth: _Cloth) -> None:
    cloth.rect(0.4, 0, 0.1, 1, cloth.b, 0.75)


def _gingham(cloth: _Cloth) -> None:
    cloth.rect(0, 0, 0.5, 1, cloth.b, 0.5)
    cloth.rect(0, 0, 1, 0.5, cloth.b, 0.5)


def _plaid(cloth: _Cloth) -> None:
    for start, width, tone, share in (
        (0.0, 0.34, cloth.b, 0.4),
        (0.52, 0.1, cloth.c, 0.55),
        (0.8, 0.04, lighter(cloth.b, 0.3), 0.8),
        (0.155, 0.03, lighter(cloth.a, 0.6), 0.7),
    ):
        cloth.rect(start, 0, width, 1, tone, share)
        cloth.rect(0, start, 1, width, tone, share)
    rows = np.add.outer(np.arange(cloth.h), np.arange(cloth.w)) // 2 % 2
    cloth.image[:] = np.clip(cloth.image.astype(np.int16) + (rows * 8 - 4)[..., None], 0, 255)


def _windowpane(cloth: _Cloth) -> None:
    for width, share in ((0.1, 0.25), (0.035, 0.9)):
        cloth.rect(0.5 - width / 2, 0, width, 1, cloth.b, share)
        cloth.rect(0, 0.5 - width / 2, 1, width, cloth.b, share)


def _dots(cloth: _Cloth) -> None:
    radius = 0.15 * cloth.w
    cloth.disc(cloth.w * 0.25, cloth.h * 0.25, radius, cloth.b)
    cloth.disc(cloth.w * 0.75, cloth.h * 0.75, radius, cloth.b)


def _petals(cloth: _Cloth, x: float, y: float, r: float, tone: Colour, heart: Colour) -> None:
    start = cloth.rng.uniform(0, 2)
    for k in range(5):
        angle = start + k * 2 * np.pi / 5
        cloth.disc(x + r * 1.02 * np.cos(angle), y + r * 1.02 * np.sin(angle), r * 0.74, tone)
    cloth.disc(x, y, r * 0.56, heart)


def _leaf(cloth: _Cloth, x: float, y: float, long: float, angle: float, tone: Colour) -> None:
    t = np.linspace(0, np.pi, 9)
    side = np.concatenate([np.sin(t) * long * 0.26, -np.sin(t[::-1]) * long * 0.26])
    along = np.concatenate([t, t[::-1]]) / np.pi * long
    c, s = np.cos(angle), np.sin(angle)
    cloth.shape(np.stack([x + along * c - side * s, y + along * s + side * c], axis=1), tone)


def _floral(cloth: _Cloth) -> None:
    u = cloth.unit
    light = brightness(cloth.a) > 150
    green = mix((88.0, 126.0, 92.0), cloth.a, 0.25) if light else (128.0, 168.0, 134.0)
    heart = (96.0, 200.0, 240.0)
    places = (
        (0.24, 0.2, 2.5, cloth.b),
        (0.74, 0.42, 2.1, cloth.c),
        (0.36, 0.72, 2.2, cloth.c),
        (0.86, 0.88, 2.6, cloth.b),
    )
    for x, y, size, tone in places:
        cx, cy = x * cloth.w, y * cloth.h
        turn = cloth.rng.uniform(0, 6.28)
        for k in range(2):
            _leaf(
                cloth,
                cx + size * u * 0.9 * np.cos(turn + k * 2.4),
                cy + size * u * 0.9 * np.sin(turn + k * 2.4),
                size * u * 1.5,
                turn + k * 2.4,
                green,
            )
        petal = tone if abs(brightness(tone) - brightness(cloth.a)) > 30 else lighter(tone, 0.6)
        _petals(cloth, cx, cy, size * u, petal, heart)
    for _ in range(7):
        cloth.disc(
            cloth.rng.uniform(0, cloth.w), cloth.rng.uniform(0, cloth.h), 0.5 * u, mix(cloth.b, cloth.a, 0.35)
        )


def _leaves(cloth: _Cloth) -> None:
    u = cloth.unit
    for k, (x, y) in enumerate(((0.1, 0.15), (0.55, 0.08), (0.3, 0.5), (0.8, 0.45), (0.1, 0.8), (0.6, 0.78))):
        angle = cloth.rng.uniform(0, 6.28)
        tone = (cloth.b, cloth.c)[k % 2]
        _leaf(cloth, x * cloth.w, y * cloth.h, u * 7.0, angle, tone)
        end = np.array([[0, 0], [np.cos(angle), np.sin(angle)]]) * u * 6.0 + [x * cloth.w, y * cloth.h]
        cloth.path(end, mix(tone, cloth.a, 0.6), 1)


def _denim(cloth: _Cloth) -> None:
    slant = (np.add.outer(np.arange(cloth.h) * 2, np.arange(cloth.w)) % 5 < 2).astype(np.float32)
    rough = cloth.rng.normal(0, 1, (cloth.h, cloth.w)).astype(np.float32)
    soft = cv2.GaussianBlur(np.tile(rough, (3, 3)), (0, 0), 1.4)[cloth.h : 2 * cloth.h, cloth.w : 2 * cloth.w]
    share = np.clip(slant * 0.20 + soft * 0.16, 0, 1)[..., None]
    ground = np.array(cloth.a, np.float32)
    cloth.image[:] = ground + (np.array(cloth.b, np.float32) - ground) * share


def _knit(cloth: _Cloth) -> None:
    w, h = cloth.w, cloth.h
    dark, light = darker(cloth.a, 0.26), lighter(cloth.a, 0.16)
    for shift, tone in ((0.16, light), (0.0, dark)):
        v = np.array([[0, shift * h], [w / 2, (0.62 + shift) * h], [w, shift * h]])
        cloth.path(v, tone, max(1, w / 8))
    cloth.path(np.array([[w / 2, 0.0], [w / 2, h]]), mix(cloth.a, dark, 0.5), 1)


def _cable(cloth: _Cloth) -> None:
    w, h, u = cloth.w, cloth.h, cloth.unit
    dark, light = darker(cloth.a, 0.24), lighter(cloth.a, 0.2)
    t = np.linspace(-0.1, 1.1, 30)
    for phase in (0.0, np.pi):
        x = w * (0.3 + 0.12 * np.sin(2 * np.pi * t + phase))
        line = np.stack([x, t * h], axis=1)
        cloth.path(line, dark, u * 1.5)
        cloth.path(shifted(line, -0.2 * u, 0), light, u * 0.5)
    for at in (0.06, 0.54, 0.68, 0.78, 0.88):
        cloth.path(np.array([[at * w, 0.0], [at * w, h]]), mix(cloth.a, dark, 0.7), max(1.0, 0.35 * u))


def _ribbed(cloth: _Cloth) -> None:
    cloth.rect(0.0, 0, 0.3, 1, darker(cloth.a, 0.3))
    cloth.rect(0.5, 0, 0.2, 1, lighter(cloth.a, 0.14))


def _zigzag(cloth: _Cloth) -> None:
    w, h = cloth.w, cloth.h
    for y, tone, width in ((0.35, cloth.b, 2.0), (0.85, cloth.c, 0.9)):
        line = np.array(
            [[-w / 2, (y - 0.22) * h], [0, (y + 0.22) * h], [w / 2, (y - 0.22) * h], [w, (y + 0.22) * h]]
        )
        cloth.path(line, tone, width * cloth.unit)


def _argyle(cloth: _Cloth) -> None:
    w, h = cloth.w, cloth.h
    for cx, tone in ((0.25, mix(cloth.a, cloth.b, 0.7)), (0.75, mix(cloth.a, cloth.c, 0.7))):
        cy = 0.25 if cx < 0.5 else 0.75
        cloth.shape(
            np.array([[cx - 0.25, cy], [cx, cy - 0.25], [cx + 0.25, cy], [cx, cy + 0.25]]) * [w, h], tone
        )
    for k in range(-1, 3):
        line = np.array([[0.0, k * 0.5], [1.0, k * 0.5 + 1]]) * [w, h]
        cloth.path(line, lighter(cloth.b, 0.2), 1)
        cloth.path(line * [-1, 1] + [w, 0], lighter(cloth.b, 0.2), 1)


def _herringbone(cloth: _Cloth) -> None:
    w, h = cloth.w, cloth.h
    tone = mix(cloth.a, cloth.b, 0.5)
    for k in range(-2, 6):
        y = k * h / 4
        cloth.path(np.array([[0, y], [w / 2, y + w / 2], [w, y]]), tone, max(1.0, h / 10))


def _pleats(cloth: _Cloth) -> None:
    ramp = np.linspace(0, 1, cloth.w)
    tone = np.where(ramp < 0.12, -0.3, 0.12 - ramp * 0.26)[None, :, None]
    ground = np.array(cloth.a)
    cloth.image[:] = np.clip(ground * (1 + tone), 0, 255)


def _sprigs(cloth: _Cloth) -> None:
    """Small embroidered twigs."""
    u = cloth.unit
    for x, y in ((0.25, 0.3), (0.75, 0.8)):
        cx, cy = x * cloth.w, y * cloth.h
        cloth.path(np.array([[cx, cy + 2 * u], [cx, cy - 2 * u]]), cloth.c, 0.35 * u)
        for k in (-1.2, 0.0, 1.2):
            _leaf(cloth, cx, cy + k * u, 1.8 * u, -0.7, cloth.b)
            _leaf(cloth, cx, cy + k * u, 1.8 * u, np.pi + 0.7, cloth.b)


WEAVES: dict[str, _Weave] = {
    "plain": _Weave(24, 24, _plain),
    "heather": _Weave(24, 24, _heather, 3.0),
    "stripe": _Weave(24, 9, _stripe, attribute="striped"),
    "block stripe": _Weave(24, 17, _block_stripe, attribute="striped"),
    "pinstripe": _Weave(4.2, 24, _pinstripe, attribute="striped"),
    "gingham": _Weave(7, 7, _gingham, attribute="lattice"),
    "plaid": _Weave(18, 18, _plaid, attribute="lattice"),
    "dots": _Weave(9, 9, _dots, attribute="graphic"),
    "floral": _Weave(24, 24, _floral, attribute="floral"),
    "denim": _Weave(26, 26, _denim, 3.5),
    "knit": _Weave(3.4, 3.0, _knit, 3.0),
    "cable": _Weave(15, 11, _cable, 3.0),
    "herringbone": _Weave(5, 4.8, _herringbone),
    "pleats": _Weave(6, 24, _pleats, attribute="pleated"),
    "sprigs": _Weave(13, 13, _sprigs, attribute="embroidered"),
    "leather": _Weave(24, 24, _plain, 4.0),
    "vertical": _Weave(6.5, 24, _vertical, attribute="striped", held_out=True),
    "zigzag": _Weave(12, 10, _zigzag, attribute="graphic", held_out=True),
    "argyle": _Weave(16, 22, _argyle, attribute="lattice", held_out=True),
    "windowpane": _Weave(13, 13, _windowpane, attribute="lattice", held_out=True),
    "leaves": _Weave(22, 22, _leaves, attribute="floral", held_out=True),
    "ribbed": _Weave(2.6, 24, _ribbed, held_out=True),
}

#: Patterns that the test split does not use, and those that only it uses.
SEEN = frozenset(name for name, weave in WEAVES.items() if not weave.held_out)
HELD_OUT = frozenset(WEAVES) - SEEN

_SMALLEST = 110


@lru_cache(maxsize=64)
def tile(fabric: Fabric) -> Tile:
    """One repeat of a fabric, doubled until it is wide enough for its grain not to show as a pattern."""
    weave = WEAVES[fabric.pattern]
    cloth = _Cloth(weave.width, weave.height, fabric)
    weave.draw(cloth)
    image = np.tile(cloth.image, (-(-_SMALLEST // cloth.h), -(-_SMALLEST // cloth.w), 1))
    grain = cloth.rng.normal(0, weave.grain, image.shape[:2])
    return np.clip(image + grain[..., None], 0, 255).astype(np.uint8)


def pattern_attribute(pattern: str) -> str:
    """The fine attribute of a pattern."""
    return WEAVES[pattern].attribute
