"""Where pictures are taken: shop backdrops, rooms and streets, drawn straight in picture pixels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from store.cv import cv2
from store.demo import furniture, premises
from store.demo.canvas import Canvas
from store.demo.curves import Node, box, polyline, shifted, smooth
from store.demo.palette import Colour, colour, darker, lighter, mix
from store.demo.room import Room

Generator = np.random.Generator


@dataclass(frozen=True, slots=True)
class Scene:
    """A kind of background. ``flat`` ones are looked down upon, for clothes that lie."""

    name: str
    draw: Callable[[Canvas, Generator], None]
    shop: bool
    flat: bool = False
    held_out: bool = False


def _choice(rng: Generator, *names: str) -> Colour:
    return colour(str(rng.choice(names)))


def _gradient(canvas: Canvas, top: Colour, low: Colour) -> None:
    canvas.gradient(top, low)


def _paper(canvas: Canvas, rng: Generator) -> None:
    tone = _choice(rng, "#f4f4f2", "#ececea", "#e6e8ea", "#f1eee9", "#fbfbfa", "#dfe1e2")
    _gradient(canvas, lighter(tone, 0.3), darker(tone, 0.03))


def _pastel(canvas: Canvas, rng: Generator) -> None:
    tone = _choice(rng, "#f3e3dc", "#e2ebe4", "#dfe6ee", "#f2ead2", "#e9e2ee")
    _gradient(canvas, lighter(tone, 0.15), darker(tone, 0.04))


def _sweep(canvas: Canvas, rng: Generator) -> None:
    tone = _choice(rng, "#e9e8e5", "#dadcdd", "#e8e1d8", "#d5dbd9")
    _gradient(canvas, tone, lighter(tone, 0.3))
    floor = canvas.height * float(rng.uniform(0.82, 0.88))
    lit = lighter(tone, 0.25)
    canvas.gradient(lit, darker(lit, 0.12), floor)


def _two_tone(canvas: Canvas, rng: Generator) -> None:
    wall = _choice(rng, "#e5ddd2", "#d7dedb", "#dfd8de", "#e8e3d3")
    _gradient(canvas, lighter(wall, 0.25), wall)
    y = canvas.height * rng.uniform(0.83, 0.9)
    canvas.fill(box(-5, y, canvas.width + 5, canvas.height + 5), darker(wall, 0.16))
    canvas.fill(box(-5, y - 7, canvas.width + 5, y), lighter(wall, 0.6))
    canvas.line(polyline((-5, y), (canvas.width + 5, y)), darker(wall, 0.35), 1)


def _linen(canvas: Canvas, rng: Generator) -> None:
    tone = _choice(rng, "#e8e2d6", "#d9d5cd", "#e3e5e4", "#efe7dc")
    h, w = canvas.image.shape[:2]
    weave = np.clip(rng.normal(0, 3.0, (h, 1)) + rng.normal(0, 3.0, (1, w)) + 128, 110, 146).astype(np.uint8)
    table = np.clip(np.arange(256)[:, None] - 128 + np.array(tone), 0, 255).astype(np.uint8)
    canvas.image[:] = cv2.LUT(cv2.cvtColor(weave, cv2.COLOR_GRAY2BGR), table[None])
    for _ in range(4):
        x, y = rng.uniform(0, canvas.width), rng.uniform(0, canvas.height)
        dx, dy = rng.uniform(-90, 90), rng.uniform(60, 160)
        canvas.shadow(polyline((x, y), (x + dx, y + dy), (x + dx + 9, y + dy), (x + 5, y)), 0.10, 6)


def _wood(canvas: Canvas, rng: Generator) -> None:
    tone = _choice(rng, "#c9a77c", "#a98560", "#d8c3a2", "#8a6a4c")
    height = canvas.height / int(rng.integers(5, 8))
    for k in range(9):
        y = k * height
        shade = mix(tone, darker(tone, 0.3), float(rng.uniform(0, 0.5)))
        canvas.fill(box(-5, y, canvas.width + 5, y + height), shade)
        for _ in range(5):
            g = y + rng.uniform(3, height - 3)
            canvas.line(
                polyline((-5, g), (canvas.width * 0.4, g + rng.uniform(-2, 2)), (canvas.width + 5, g)),
                darker(shade, 0.1),
                0.5,
            )
        canvas.line(polyline((-5, y), (canvas.width + 5, y)), darker(tone, 0.5), 1)
        x = rng.uniform(0, canvas.width)
        canvas.line(polyline((x, y), (x, y + height)), darker(tone, 0.5), 1)


def _marble(canvas: Canvas, rng: Generator) -> None:
    tone = _choice(rng, "#eeeeec", "#e2e4e6", "#ecebe6")
    _gradient(canvas, tone, darker(tone, 0.03))
    for _ in range(6):
        x, y = rng.uniform(-40, canvas.width), rng.uniform(-40, canvas.height)
        steps = shifted(rng.normal(0, 5, (26, 2)), float(rng.uniform(5, 14)), float(rng.uniform(6, 16)))
        path = smooth([Node(*point) for point in shifted(np.cumsum(steps, axis=0)[::3], x, y)], closed=False)
        canvas.line(path, darker(tone, float(rng.uniform(0.05, 0.13))), float(rng.uniform(0.5, 1.2)))
    canvas.image[:] = cv2.blur(canvas.image, (5, 5))


def _arch(canvas: Canvas, rng: Generator) -> None:
    wall = _choice(rng, "#e9d5c5", "#cfd8d3", "#e6dccb", "#d8d0dc")
    _gradient(canvas, lighter(wall, 0.2), wall)
    w, h = canvas.width, canvas.height
    r = w * rng.uniform(0.34, 0.42)
    angle = np.linspace(np.pi, 2 * np.pi, 30)
    top = np.stack([w / 2 + r * np.cos(angle), h * 0.42 + r * np.sin(angle)], axis=1)
    canvas.fill(
        np.concatenate([top, polyline((w / 2 + r, h * 0.9), (w / 2 - r, h * 0.9))]), darker(wall, 0.14)
    )
    canvas.fill(box(-5, h * 0.9, w + 5, h + 5), darker(wall, 0.22))
    canvas.fill(box(-5, h * 0.9, w + 5, h * 0.9 + 3), lighter(wall, 0.35))


def _bedroom(canvas: Canvas, rng: Generator) -> None:
    room = Room.plain(canvas, rng, "#a9b0a2", "#b9a58f", "#97a3a8", "#c4b8a5")
    furniture.window(room, room.left_or_right())
    furniture.bed(room)
    furniture.lamp(room, room.left_or_right())
    furniture.frame(room, rng.uniform(0.1, 0.8))


def _living_room(canvas: Canvas, rng: Generator) -> None:
    room = Room.plain(canvas, rng, "#8c8579", "#7d8794", "#b9a58f", "#9aa596", "#c8b9a4")
    furniture.frame(room, rng.uniform(0.05, 0.3))
    furniture.frame(room, rng.uniform(0.65, 0.9))
    furniture.shelf(room, rng.uniform(0.1, 0.8))
    furniture.sofa(room)
    furniture.plant(room, room.left_or_right())
    furniture.rug(room)


def _hallway(canvas: Canvas, rng: Generator) -> None:
    room = Room.plain(canvas, rng, "#b5b0a4", "#8f9aa3", "#a89a8d", "#6d6a72")
    furniture.door(room, float(rng.choice([0.12, 0.82])))
    furniture.frame(room, rng.uniform(0.35, 0.6))
    furniture.plant(room, room.left_or_right())
    furniture.rug(room)


def _closet(canvas: Canvas, rng: Generator) -> None:
    room = Room.plain(canvas, rng, "#cfc6ba", "#b8bcc0", "#a79c93", "#7d7780")
    premises.rack(room)
    furniture.mirror(room, room.left_or_right())
    furniture.boxes(room)


def _street(canvas: Canvas, rng: Generator) -> None:
    room = Room.bricks(canvas, rng)
    premises.shop_window(room, float(rng.choice([0.2, 0.78])))
    furniture.plant(room, room.left_or_right())


def _office(canvas: Canvas, rng: Generator) -> None:
    room = Room.plain(canvas, rng, "#c9ced1", "#aab4b8", "#d6d0c6")
    furniture.window(room, room.left_or_right())
    furniture.shelf(room, rng.uniform(0.1, 0.8))
    furniture.desk(room)
    furniture.lamp(room, room.left_or_right())


def _cafe(canvas: Canvas, rng: Generator) -> None:
    room = Room.plain(canvas, rng, "#5e6668", "#4f5a52", "#6a5648")
    premises.blackboard(room, rng.uniform(0.2, 0.75))
    premises.pendants(room)
    premises.counter(room)


def _garden(canvas: Canvas, rng: Generator) -> None:
    room = Room.outdoors(canvas, rng)
    premises.fence(room)
    premises.hedge(room)


def _fitting_room(canvas: Canvas, rng: Generator) -> None:
    room = Room.plain(canvas, rng, "#d9d2c7", "#c5b5b0", "#b7bfc2")
    premises.curtain(room, 0.0, rng.uniform(0.2, 0.32))
    premises.curtain(room, rng.uniform(0.72, 0.82), 1.0)
    premises.hooks(room)


SCENES = (
    Scene("paper", _paper, True, True),
    Scene("pastel", _pastel, True, True),
    Scene("sweep", _sweep, True),
    Scene("two tone", _two_tone, True),
    Scene("linen", _linen, True, True),
    Scene("wood", _wood, False, True),
    Scene("bedroom", _bedroom, False),
    Scene("living room", _living_room, False),
    Scene("hallway", _hallway, False),
    Scene("closet", _closet, False),
    Scene("street", _street, False),
    Scene("office", _office, False),
    Scene("marble", _marble, True, True, held_out=True),
    Scene("arch", _arch, True, held_out=True),
    Scene("cafe", _cafe, False, held_out=True),
    Scene("garden", _garden, False, held_out=True),
    Scene("fitting room", _fitting_room, False, held_out=True),
)


def scenes(*, shop: bool, flat: bool, held_out: bool) -> tuple[Scene, ...]:
    """The scenes of a kind, in their fixed order."""
    return tuple(s for s in SCENES if s.shop == shop and s.flat == flat and s.held_out == held_out)
