"""What stands and hangs in rooms that people live and work in."""

from __future__ import annotations

import numpy as np

from store.demo.curves import box, ellipse, leaf, polyline, rounded
from store.demo.palette import colour, darker, lighter, mix
from store.demo.room import Room


def frame(room: Room, at: float) -> None:
    """A framed picture of hills or shapes."""
    u, c = room.unit, room.canvas
    w, h = float(room.rng.uniform(9, 13)) * u, float(room.rng.uniform(11, 17)) * u
    x, y = at * room.w - w / 2, float(room.rng.uniform(0.08, 0.16)) * room.h
    c.shadow(box(x + 2, y + 3, x + w + 3, y + h + 4), 0.18, 3)
    room.solid(box(x, y, x + w, y + h), mix(room.wall, colour("#20160e"), 0.65))
    room.solid(box(x + 1.4 * u, y + 1.4 * u, x + w - 1.4 * u, y + h - 1.4 * u), colour("#ece5d6"))
    low = y + h - 1.8 * u
    if room.rng.random() < 0.6:
        c.dot(x + w * 0.66, y + h * 0.34, 1.5 * u, colour("#e3b45c"))
        c.fill(
            polyline(
                (x + 1.8 * u, low),
                (x + w * 0.38, y + h * 0.46),
                (x + w * 0.56, y + h * 0.66),
                (x + w * 0.72, y + h * 0.54),
                (x + w - 1.8 * u, low),
            ),
            colour("#6c8a74"),
        )
    else:
        tones = [colour(t) for t in ("#c8553d", "#4e7a8a", "#e0b050")]
        for k, tone in enumerate(tones):
            c.fill(ellipse(x + w * (0.36 + 0.14 * k), y + h * (0.36 + 0.13 * k), w * 0.17, w * 0.2), tone)


def window(room: Room, at: float) -> None:
    """A window with daylight."""
    u, c = room.unit, room.canvas
    w, h = 24 * u, 34 * u
    x, y = at * room.w - w / 2, room.h * 0.1
    room.solid(box(x, y, x + w, y + h), lighter(room.wall, 0.7))
    c.fill(box(x + 1.6 * u, y + 1.6 * u, x + w - 1.6 * u, y + h - 1.6 * u), colour("#cfe0ea"))
    c.fill(
        polyline(
            (x + 1.6 * u, y + h * 0.7),
            (x + w * 0.4, y + h * 0.55),
            (x + w - 1.6 * u, y + h * 0.75),
            (x + w - 1.6 * u, y + h - 1.6 * u),
            (x + 1.6 * u, y + h - 1.6 * u),
        ),
        colour("#a9c0a4"),
    )
    for bar in (
        box(x + w / 2 - 0.6 * u, y, x + w / 2 + 0.6 * u, y + h),
        box(x, y + h * 0.48, x + w, y + h * 0.48 + u),
        box(x - u, y + h, x + w + u, y + h + 1.8 * u),
    ):
        c.fill(bar, lighter(room.wall, 0.78))


def lamp(room: Room, at: float) -> None:
    """A floor lamp, lit."""
    u, x = room.unit, at * room.w
    top = room.floor - 50 * u
    room.canvas.line(polyline((x, top + 6 * u), (x, room.floor + 3 * u)), colour("#3f3833"), 0.9 * u)
    room.solid(ellipse(x, room.floor + 3 * u, 4.6 * u, 1.1 * u), colour("#3f3833"))
    room.solid(
        polyline(
            (x - 3.4 * u, top), (x + 3.4 * u, top), (x + 5.6 * u, top + 9 * u), (x - 5.6 * u, top + 9 * u)
        ),
        colour("#f0e1b5"),
    )


def shelf(room: Room, at: float) -> None:
    """A board with books."""
    u, x, y = room.unit, at * room.w, room.h * float(room.rng.uniform(0.26, 0.36))
    tones = [colour(t) for t in ("#c9573f", "#e2c36b", "#4e7a8a", "#e9e2d2", "#5d4a66", "#7d9473")]
    left = x - 10 * u
    while left < x + 8 * u:
        w, h = float(room.rng.uniform(1.4, 2.6)) * u, float(room.rng.uniform(5, 8.5)) * u
        room.solid(box(left, y - h, left + w, y), tones[int(room.rng.integers(6))])
        left += w + (0.2 if room.rng.random() < 0.8 else 3) * u
    room.solid(box(x - 12 * u, y, x + 12 * u, y + 1.4 * u), mix(room.wall, colour("#2a1a0e"), 0.65))


def plant(room: Room, at: float) -> None:
    """A plant in a pot."""
    u, x, y = room.unit, at * room.w, room.floor + 2 * room.unit
    green = colour(str(room.rng.choice(["#4c6b48", "#3f5c3e", "#5c7a52"])))
    size = float(room.rng.uniform(0.85, 1.3)) * u
    for lean, long in ((-0.9, 17), (0.9, 17), (-0.45, 23), (0.5, 22), (0.02, 27)):
        tip = np.array([x + np.sin(lean) * long * size, y - 8 * size - np.cos(lean) * long * size])
        base = np.array([x, y - 8 * size])
        room.solid(leaf(base, tip, 0.14), mix(green, (60.0, 90.0, 50.0), abs(lean) * 0.4))
        room.canvas.line(np.stack([base, tip]), lighter(green, 0.2), 0.6)
    room.rounded(
        polyline(
            (x - 5 * size, y - 8 * size),
            (x + 5 * size, y - 8 * size),
            (x + 3.6 * size, y + 2 * size),
            (x - 3.6 * size, y + 2 * size),
        ),
        colour("#a5623f"),
    )
    room.solid(box(x - 5.5 * size, y - 9.4 * size, x + 5.5 * size, y - 7 * size), colour("#b8724c"))


def door(room: Room, at: float) -> None:
    """A panelled door in its frame."""
    u = room.unit
    w, x, y = 26 * u, at * room.w, room.floor - 66 * u
    tone = mix(room.wall, colour(str(room.rng.choice(["#4a3626", "#e9e4da", "#3f5057"]))), 0.6)
    room.solid(box(x - w / 2 - 2 * u, y - 2 * u, x + w / 2 + 2 * u, room.floor), lighter(room.wall, 0.5))
    room.solid(box(x - w / 2, y, x + w / 2, room.floor), tone)
    for top, low in ((6, 30), (34, 60)):
        for left in (x - w / 2 + 2.6 * u, x + 2 * u):
            panel = box(left, y + top * u, left + w / 2 - 4.6 * u, y + low * u)
            room.solid(panel, darker(tone, 0.08))
    room.canvas.dot(x + w / 2 - 2.6 * u, room.floor - 32 * u, 1.1 * u, colour("#d9c27a"))


def bed(room: Room) -> None:
    """A made bed along the wall."""
    u, side = room.unit, int(room.rng.choice([-1, 1]))
    x = room.w * (0.5 + side * 0.34)
    top = room.floor - 14 * u
    blanket = colour(str(room.rng.choice(["#7f94a8", "#b9868a", "#c9b48a", "#8a9a84"])))
    room.rounded(
        rounded(x - 30 * u, top - 12 * u, x + 30 * u, top + 10 * u, 3 * u),
        mix(room.wall, colour("#4a3626"), 0.7),
    )
    room.rounded(rounded(x - 29 * u, top, x + 29 * u, room.floor + 9 * u, 3 * u), colour("#eeeae2"))
    room.rounded(rounded(x - 29.5 * u, top + 5 * u, x + 29.5 * u, room.floor + 10 * u, 3 * u), blanket)
    for s in (-1, 1):
        room.rounded(
            rounded(x + s * 14 * u - 11 * u, top - 5 * u, x + s * 14 * u + 11 * u, top + 3.5 * u, 3.4 * u),
            colour("#f7f4ee"),
        )


def sofa(room: Room) -> None:
    """A sofa with cushions."""
    u, side = room.unit, int(room.rng.choice([-1, 1]))
    x, tone = (
        room.w * (0.5 + side * 0.36),
        colour(str(room.rng.choice(["#5d6f7a", "#8a5a4a", "#6f7a5a", "#b59a72"]))),
    )
    y = room.floor
    room.rounded(rounded(x - 27 * u, y - 21 * u, x + 27 * u, y + 2 * u, 4 * u), tone)
    for s in (-1, 1):
        room.rounded(
            rounded(x + s * 12 * u - 11.5 * u, y - 9 * u, x + s * 12 * u + 11.5 * u, y + 1 * u, 2.4 * u),
            lighter(tone, 0.08),
        )
        room.rounded(
            rounded(x + s * 28 * u - 4 * u, y - 13 * u, x + s * 28 * u + 4 * u, y + 5 * u, 3.4 * u), tone
        )
    room.rounded(rounded(x - 27 * u, y, x + 27 * u, y + 5 * u, 1.5 * u), darker(tone, 0.1))
    cushion = colour(str(room.rng.choice(["#d9a441", "#e9e2d2", "#b5483a"])))
    room.rounded(
        rounded(x - side * 14 * u - 6 * u, y - 16 * u, x - side * 14 * u + 6 * u, y - 5 * u, 2 * u), cushion
    )


def rug(room: Room) -> None:
    """A rug on the floor."""
    u, tone = room.unit, colour(str(room.rng.choice(["#a05a4a", "#5a6f80", "#c9b48a", "#77806a"])))
    x, y = room.w / 2, (room.floor + room.h) / 2 + 2 * u
    room.solid(ellipse(x, y, room.w * 0.42, (room.h - room.floor) * 0.36, 40), tone)
    room.canvas.line(
        ellipse(x, y, room.w * 0.37, (room.h - room.floor) * 0.29, 40), lighter(tone, 0.4), 1.4, closed=True
    )


def mirror(room: Room, at: float) -> None:
    """A standing mirror."""
    u, x = room.unit, at * room.w
    outer = rounded(x - 11 * u, room.floor - 58 * u, x + 11 * u, room.floor + 2 * u, 10 * u)
    room.solid(outer, colour("#8a6a48"))
    inner = rounded(x - 9.4 * u, room.floor - 56 * u, x + 9.4 * u, room.floor + 0.4 * u, 9 * u)
    room.solid(inner, lighter(room.wall, 0.35))
    for dx in (-4, -1):
        room.canvas.line(
            polyline((x + dx * u, room.floor - 14 * u), (x + (dx + 9) * u, room.floor - 40 * u)),
            lighter(room.wall, 0.7),
            0.8 * u,
        )


def boxes(room: Room) -> None:
    """Shoe boxes on the floor."""
    u, side = room.unit, int(room.rng.choice([-1, 1]))
    x = room.w * (0.5 + side * 0.4)
    for k in range(3):
        tone = colour(str(room.rng.choice(["#d8cbb5", "#b98d78", "#8f9aa3", "#e9e2d2"])))
        y = room.floor + 6 * u - k * 5 * u
        room.solid(box(x - (9 - k) * u, y - 5 * u, x + (9 - k) * u, y), tone)
        room.solid(box(x - (9.4 - k) * u, y - 5 * u, x + (9.4 - k) * u, y - 3.4 * u), darker(tone, 0.1))


def desk(room: Room) -> None:
    """A desk with a screen."""
    u, side = room.unit, int(room.rng.choice([-1, 1]))
    x, y = room.w * (0.5 + side * 0.38), room.floor - 18 * u
    wood = colour("#a98560")
    for dx in (-19, 19):
        room.solid(box(x + dx * u - u, y, x + dx * u + u, room.floor + 6 * u), darker(wood, 0.2))
    room.solid(box(x - 22 * u, y, x + 22 * u, y + 2.2 * u), wood)
    room.solid(box(x - u, y - 5 * u, x + u, y), colour("#3a3d42"))
    room.solid(rounded(x - 11 * u, y - 19 * u, x + 11 * u, y - 4 * u, u), colour("#2b2e33"))
    room.canvas.fill(box(x - 10 * u, y - 18 * u, x + 10 * u, y - 5 * u), colour("#8fb0c4"))
