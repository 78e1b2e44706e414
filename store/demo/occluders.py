"""What comes between the camera and the clothes, and how light falls."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from store.cv import cv2
from store.demo.canvas import Canvas, Pixels
from store.demo.curves import (
    Node,
    Points,
    box,
    curve,
    ellipse,
    leaf,
    move,
    polyline,
    rounded,
    shifted,
    smooth,
)
from store.demo.figures import Figure
from store.demo.palette import SKINS, Colour, colour, darker, lighter
from store.demo.pose import LEFT, RIGHT
from store.demo.shapes import Matrix

Generator = np.random.Generator


class Foreground:
    """Draws things in front of a figure; ``view`` takes figure units to picture pixels."""

    def __init__(self, canvas: Canvas, figure: Figure, view: Matrix, rng: Generator) -> None:
        self.canvas, self.figure, self.view, self.rng = canvas, figure, view, rng
        self.unit = figure.unit

    def solid(self, points: Points, tone: Colour, *, units: bool = True, volume: bool = True) -> None:
        """A thing that covers what is behind it; points in figure units or picture pixels."""
        drawn = move(points, self.view) if units else points
        if volume:
            self.canvas.form(drawn, tone)
        else:
            self.canvas.fill(drawn, tone, mark=True)
        self.canvas.line(drawn, darker(tone, 0.42), max(0.8, 0.45 * self.unit), closed=True)

    def line(self, points: Points, tone: Colour, width: float) -> None:
        """A line given in figure units."""
        self.canvas.line(move(points, self.view), tone, width * self.unit)

    def hand(self, side: int) -> tuple[float, float]:
        """The palm of a side, in figure units."""
        inverse = np.asarray(np.linalg.inv(self.view), np.float64)
        x, y = move(np.array([self.figure.hand(side)]), inverse)[0]
        return float(x), float(y)

    def pick(self, *names: str) -> Colour:
        """One of some colours."""
        return colour(str(self.rng.choice(names)))


def phone(f: Foreground) -> None:
    """A phone in the raised hand."""
    side = f.figure.pose.front or RIGHT
    x, y = f.hand(side)
    y -= 5
    tone = f.pick("#15161a", "#e8e4dc", "#3e4f6b", "#b98d9a")
    f.solid(rounded(x - 8, y - 15, x + 8, y + 15, 2.6), tone)
    f.solid(rounded(x - 6.4, y - 13.4, x - 0.6, y - 6.4, 1.6), darker(tone, 0.25), volume=False)
    for dy in (-11.6, -8.3):
        cx, cy = move(np.array([[x - 3.6, y + dy]]), f.view)[0]
        f.canvas.dot(float(cx), float(cy), 1.2 * f.unit, (30.0, 28.0, 26.0))
    skin = f.figure.look.skin
    for k in range(4):
        f.solid(
            rounded(x + side * 6.4 - 2.6, y + 0.5 + k * 3.2, x + side * 6.4 + 2.6, y + 3.4 + k * 3.2, 1.4),
            skin,
        )


def handbag(f: Foreground) -> None:
    """A handbag hanging from a hand."""
    side = int(f.rng.choice([LEFT, RIGHT]))
    x, y = f.hand(side)
    x -= side * float(f.rng.uniform(3, 9))
    tone = f.pick("#7a4a2a", "#2b2a2e", "#9c3a3a", "#c9a878", "#3f5a52")
    f.line(
        curve((x - 9, y + 22), (x - 7, y + 4), (x, y - 2), (x + 7, y + 4), (x + 9, y + 22)),
        darker(tone, 0.35),
        2.2,
    )
    body = smooth(
        [
            Node(x - 14, y + 20, True),
            Node(x + 14, y + 20, True),
            Node(x + 17, y + 42, True),
            Node(x, y + 44),
            Node(x - 17, y + 42, True),
        ]
    )
    f.solid(body, tone)
    f.solid(
        np.concatenate(
            [
                polyline((x - 14.2, y + 20), (x + 14.2, y + 20)),
                curve((x + 14.8, y + 27), (x, y + 33), (x - 14.8, y + 27)),
            ]
        ),
        lighter(tone, 0.08),
    )
    cx, cy = move(np.array([[x, y + 31]]), f.view)[0]
    f.canvas.dot(float(cx), float(cy), 1.7 * f.unit, (110.0, 190.0, 225.0))


def tote(f: Foreground) -> None:
    """A cloth bag over a shoulder."""
    side = int(f.rng.choice([LEFT, RIGHT]))
    tone = f.pick("#efe9dc", "#d9cba3", "#5b6b80", "#2f3b35")
    x = side * 29.0
    for dx in (-5.0, 5.0):
        f.line(curve((side * 20, 3), (x + dx * 0.6, 30), (x + dx, 62)), darker(tone, 0.3), 2.4)
    body = polyline((x - 15, 61), (x + 15, 61), (x + 16.5, 98), (x - 16.5, 98))
    f.solid(body, tone)
    f.solid(ellipse(x, 79, 6.5, 6.5), f.pick("#b5483a", "#4f7f7a", "#e0a458"), volume=False)


def crossbody(f: Foreground) -> None:
    """A small bag on a strap across the chest."""
    side = int(f.rng.choice([LEFT, RIGHT]))
    tone = f.pick("#7a4a2a", "#2b2a2e", "#9c3a3a", "#d9a441")
    strap = curve((-side * 19, 3), (-side * 6, 34), (side * 12, 66), (side * 20, 80))
    ends = np.concatenate([shifted(strap, 1.1, 0), shifted(strap[::-1], -1.1, 0)])
    f.solid(ends, darker(tone, 0.15), volume=False)
    x = side * 22.0
    f.solid(rounded(x - 12, 78, x + 12, 97, 3), tone)
    f.solid(
        np.concatenate(
            [polyline((x - 12, 79.5), (x + 12, 79.5)), curve((x + 12, 86), (x, 91), (x - 12, 86))]
        ),
        lighter(tone, 0.1),
    )


def plant(f: Foreground) -> None:
    """Leaves close to the camera, from a lower corner."""
    w, h = f.canvas.width, f.canvas.height
    side = float(f.rng.choice([0, 1]))
    green = f.pick("#3f5c3e", "#4c6b48", "#5c7a52", "#35543f")
    x = side * w
    lean = 1 if side == 0 else -1
    for k, angle in enumerate(f.rng.uniform([4, 20, 36, 54], [16, 32, 50, 70])):
        long = h * float(f.rng.uniform(0.24, 0.42))
        tip = np.array([x + lean * np.sin(np.radians(angle)) * long, h - np.cos(np.radians(angle)) * long])
        base = np.array([x, h + 6.0])
        f.solid(leaf(base, tip, 0.13, 0.55), lighter(green, 0.05 * k), units=False)
        f.canvas.line(np.stack([base, tip]), lighter(green, 0.25), 0.8)


def chair(f: Foreground) -> None:
    """The back of a chair in front."""
    w, h = f.canvas.width, f.canvas.height
    u = h / 100
    x, y = w * float(f.rng.uniform(0.2, 0.8)), h * float(f.rng.uniform(0.66, 0.78))
    wood = f.pick("#8a6a48", "#3d2e24", "#d8c3a2", "#4f5a52")
    for dx in (-13, 13):
        f.solid(box(x + dx * u - 1.3 * u, y, x + dx * u + 1.3 * u, h + 4), wood, units=False)
    for dy in (0, 9):
        f.solid(
            rounded(x - 15 * u, y + dy * u, x + 15 * u, y + (dy + 4.4) * u, 2 * u),
            lighter(wood, 0.06),
            units=False,
        )
    f.solid(rounded(x - 17 * u, y + 22 * u, x + 17 * u, y + 27 * u, 2 * u), wood, units=False)


def table(f: Foreground) -> None:
    """A table top with a cup, along the lower border."""
    w, h = f.canvas.width, f.canvas.height
    u = h / 100
    y = h * float(f.rng.uniform(0.84, 0.93))
    wood = f.pick("#a98560", "#7a5a3e", "#d8c3a2")
    f.solid(
        polyline((-6, y), (w + 6, y + float(f.rng.uniform(-2, 2)) * u), (w + 6, h + 6), (-6, h + 6)),
        wood,
        units=False,
        volume=False,
    )
    x = w * float(f.rng.uniform(0.25, 0.75))
    cup = f.pick("#f1ece2", "#c8553d", "#4e7a8a")
    f.solid(
        polyline(
            (x - 4 * u, y - 7 * u), (x + 4 * u, y - 7 * u), (x + 3.2 * u, y + 3 * u), (x - 3.2 * u, y + 3 * u)
        ),
        cup,
        units=False,
    )
    f.solid(ellipse(x, y - 7 * u, 4 * u, 1.2 * u), darker(cup, 0.35), units=False, volume=False)


def friend(f: Foreground) -> None:
    """Somebody else's arm around the shoulders."""
    side = int(f.rng.choice([LEFT, RIGHT]))
    skin = SKINS[int(f.rng.integers(len(SKINS)))]
    sleeve = f.pick("#3e5c8a", "#b5483a", "#e7dcc6", "#34453c")
    reach = float(f.rng.uniform(4, 14))
    arm = smooth(
        [
            Node(side * 75, 34, True),
            Node(side * 46, 22),
            Node(side * 26, 13),
            Node(-side * reach + side * 6, 9.5),
            Node(-side * reach, 13),
            Node(-side * reach, 18),
            Node(side * 24, 24),
            Node(side * 44, 35),
            Node(side * 75, 52, True),
        ]
    )
    f.solid(arm, skin)
    f.solid(
        smooth(
            [
                Node(side * 80, 30, True),
                Node(side * 46, 20.5),
                Node(side * 30, 13.4, True),
                Node(side * 29, 25.4, True),
                Node(side * 44, 37),
                Node(side * 80, 58, True),
            ]
        ),
        sleeve,
    )
    _fingers(f, side, reach, skin)


def _fingers(f: Foreground, side: int, reach: float, skin: Colour) -> None:
    for k in range(3):
        f.line(
            curve(
                (-side * reach, 12 + k * 2),
                (-side * (reach - 4), 12.4 + k * 2),
                (-side * (reach - 6), 13 + k * 1.8),
            ),
            darker(skin, 0.38),
            0.4,
        )


OCCLUDERS: dict[str, Callable[[Foreground], None]] = {
    "phone": phone,
    "handbag": handbag,
    "tote": tote,
    "crossbody": crossbody,
    "plant": plant,
    "chair": chair,
    "table": table,
    "friend": friend,
}


def light(image: Pixels, rng: Generator) -> Pixels:
    """Cast a light over a finished picture: warm, cool or dim, from a window, with a vignette and grain."""
    h, w = image.shape[:2]
    kind = str(rng.choice(["none", "warm", "cool", "dim", "window", "spot"]))
    y, x = np.mgrid[0:1:16j, 0:1:16j]
    level = np.ones((16, 16, 3))
    tints = {
        "warm": (0.84, 0.97, 1.07),
        "cool": (1.08, 1.0, 0.9),
        "dim": (0.9, 0.86, 0.84),
        "spot": (0.9, 0.98, 1.03),
    }
    level *= np.array(tints.get(kind, (1.0, 1.0, 1.0)))
    if kind == "window":
        band = np.clip(1 - np.abs((x * 0.8 + y * 0.6) - rng.uniform(0.4, 0.9)) * 3, 0, 1)
        level *= 0.9 + 0.26 * band[..., None]
    if kind == "spot":
        far = np.hypot(x - rng.uniform(0.2, 0.8), y - rng.uniform(0.1, 0.4))
        level *= (1.14 - 0.42 * far)[..., None]
    level *= (1 - rng.uniform(0, 0.22) * ((x - 0.5) ** 2 + (y - 0.5) ** 2) * 2)[..., None]
    small = np.clip(level * 128, 0, 255).astype(np.uint8)
    lit = cv2.multiply(image, cv2.resize(small, (w, h), interpolation=cv2.INTER_LINEAR), scale=1 / 128)
    grain = rng.normal(0, rng.uniform(0.8, 2.4), (64, 64)).astype(np.int8)
    tiled = np.tile(grain, (h // 64 + 1, w // 64 + 1))[:h, :w]
    noise = cv2.merge([tiled, tiled, tiled])
    return np.asarray(cv2.add(lit, noise, dtype=cv2.CV_8U), np.uint8)
