"""The bare places that furniture goes into: rooms, streets and gardens."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from store.demo.canvas import OVER, Canvas
from store.demo.curves import Points, box, ellipse, polyline
from store.demo.palette import Colour, colour, darker, lighter, mix

Generator = np.random.Generator


@dataclass(slots=True)
class Room:
    """A wall and a floor being furnished; ``floor`` is the height of the edge between them, in pixels."""

    canvas: Canvas
    rng: Generator
    wall: Colour
    ground: Colour
    floor: float

    @property
    def w(self) -> float:
        """Width of the picture."""
        return float(self.canvas.width)

    @property
    def h(self) -> float:
        """Height of the picture."""
        return float(self.canvas.height)

    @property
    def unit(self) -> float:
        """A hundredth of the picture's height."""
        return self.h / 100

    @classmethod
    def plain(cls, canvas: Canvas, rng: Generator, *walls: str) -> Room:
        """Indoors: a painted wall, a skirting board, a floor of planks or carpet."""
        wall = colour(str(rng.choice(walls)))
        ground = mix(
            wall, colour(str(rng.choice(["#5a4230", "#3d2e24", "#8a6a4c", "#6d6a66", "#c9b79c"]))), 0.7
        )
        room = cls(canvas, rng, wall, ground, canvas.height * float(rng.uniform(0.74, 0.85)))
        canvas.gradient(lighter(wall, 0.12), darker(wall, 0.06))
        canvas.fill(box(-5, room.floor, room.w + 5, room.h + 5), ground)
        if rng.random() < 0.7:
            room._planks()
        canvas.fill(box(-5, room.floor - 1.8 * room.unit, room.w + 5, room.floor), lighter(wall, 0.55))
        canvas.line(polyline((-5, room.floor), (room.w + 5, room.floor)), darker(ground, 0.4), 1)
        return room

    def _planks(self) -> None:
        vanish = self.w * float(self.rng.uniform(0.35, 0.65))
        starts = np.linspace(-self.w, 2 * self.w, 19)
        lines = [polyline((vanish + (x - vanish) * 0.55, self.floor), (x, self.h + 2)) for x in starts]
        self.canvas.lines(lines, darker(self.ground, 0.22), 0.7)

    @classmethod
    def bricks(cls, canvas: Canvas, rng: Generator) -> Room:
        """Outdoors: a brick wall and a pavement."""
        wall = colour(str(rng.choice(["#a5674f", "#8c5a48", "#b98d78", "#9a9088", "#c9beb0"])))
        room = cls(canvas, rng, wall, colour("#8f8d88"), canvas.height * float(rng.uniform(0.78, 0.86)))
        room._courses()
        canvas.fill(box(-5, room.floor, room.w + 5, room.h + 5), room.ground)
        canvas.fill(box(-5, room.floor, room.w + 5, room.floor + 2 * room.unit), lighter(room.ground, 0.2))
        room._planks()
        return room

    def _courses(self) -> None:
        """Rows of bricks, laid straight into the enlarged picture: far faster than hundreds of polygons."""
        image = self.canvas.image
        wide, high = round(5.6 * self.unit) * OVER, round(2.5 * self.unit) * OVER
        count = image.shape[1] // wide + 2
        mortar = np.array(lighter(self.wall, 0.35), np.uint8)
        for row, top in enumerate(range(0, image.shape[0], high)):
            shade = np.maximum(self.rng.uniform(-0.12, 0.18, (count, 1)), 0)
            tones = np.array(self.wall) * (1 - shade) + np.array([30.0, 30.0, 40.0]) * shade
            bricks = np.repeat(tones.astype(np.uint8), wide, axis=0)
            bricks[::wide] = bricks[1::wide] = mortar
            start = (row % 2) * wide // 2
            image[top : top + high] = bricks[start : start + image.shape[1]]
            image[top : top + OVER] = mortar

    @classmethod
    def outdoors(cls, canvas: Canvas, rng: Generator) -> Room:
        """Sky over grass."""
        sky, grass = colour("#bcd3e0"), colour(str(rng.choice(["#7f9a5e", "#8aa46a", "#6f8a5a"])))
        room = cls(canvas, rng, sky, grass, canvas.height * float(rng.uniform(0.7, 0.8)))
        canvas.gradient(sky, lighter(sky, 0.6))
        for _ in range(3):
            x, y = rng.uniform(0, room.w), rng.uniform(0.05, 0.3) * room.h
            for dx, r in ((-7, 4), (0, 6), (7, 4.5)):
                canvas.fill(
                    ellipse(x + dx * room.unit, y, r * room.unit * 1.3, r * room.unit * 0.7),
                    (250.0, 248.0, 245.0),
                )
        canvas.fill(box(-5, room.floor, room.w + 5, room.h + 5), grass)
        blades = rng.uniform([0, room.floor], [room.w, room.h], (90, 2))
        canvas.lines([np.array([[x, y], [x + 1, y - 5]]) for x, y in blades], darker(grass, 0.18), 0.8)
        return room

    def left_or_right(self) -> float:
        """A place near one of the sides, as a share of the width."""
        return float(self.rng.choice([self.rng.uniform(0.06, 0.16), self.rng.uniform(0.84, 0.94)]))

    def solid(self, points: Points, tone: Colour, *, edge: float = 0.35) -> None:
        """A flat shape with a darker edge."""
        self.canvas.fill(points, tone)
        self.canvas.line(points, darker(tone, edge), 1.0, closed=True)

    def rounded(self, points: Points, tone: Colour) -> None:
        """A shape with volume."""
        self.canvas.form(points, tone, mark=False)
        self.canvas.line(points, darker(tone, 0.35), 1.0, closed=True)
