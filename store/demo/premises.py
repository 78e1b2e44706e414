"""What stands and hangs in shops and cafés, at the street and in gardens."""

from __future__ import annotations

import numpy as np

from store.demo.curves import Node, box, curve, ellipse, polyline, rounded, smooth
from store.demo.palette import colour, darker, lighter, mix
from store.demo.room import Room


def rack(room: Room) -> None:
    """A rail full of clothes on hangers."""
    u, c, rng = room.unit, room.canvas, room.rng
    y, side = room.h * 0.24, int(rng.choice([-1, 1]))
    x1, x2 = (room.w * 0.52, room.w * 1.05) if side > 0 else (-room.w * 0.05, room.w * 0.48)
    post = x1 + 3 * u if side > 0 else x2 - 3 * u
    c.line(polyline((post, y), (post, room.floor + 3 * u)), colour("#3f4347"), 1.0 * u)
    tones = [
        "#3e5c8a",
        "#b5483a",
        "#d9cba3",
        "#34453c",
        "#c98b70",
        "#8c5a7a",
        "#f0ece3",
        "#2a2c33",
        "#7fa6bf",
    ]
    for x in np.arange(x1 + 5 * u, x2 - 4 * u, 4.4 * u):
        tone, low = colour(str(rng.choice(tones))), y + float(rng.uniform(26, 44)) * u
        c.line(polyline((x, y), (x, y + 2.4 * u)), colour("#6b5138"), 0.5 * u)
        w = float(rng.uniform(2.4, 3.2)) * u
        room.rounded(
            smooth(
                [
                    Node(x - 1.2 * u, y + 2.4 * u, True),
                    Node(x + 1.2 * u, y + 2.4 * u, True),
                    Node(x + w, y + 7 * u),
                    Node(x + w * 1.1, low, True),
                    Node(x - w * 1.1, low, True),
                    Node(x - w, y + 7 * u),
                ]
            ),
            tone,
        )
    c.line(polyline((x1, y), (x2, y)), colour("#3f4347"), 1.1 * u)


def shop_window(room: Room, at: float) -> None:
    """A shop front with an awning."""
    u, x = room.unit, at * room.w
    top, low = room.h * 0.16, room.floor - 8 * u
    room.solid(box(x - 19 * u, top, x + 19 * u, low), colour("#3d4a45"))
    room.solid(box(x - 17 * u, top + 3 * u, x + 17 * u, low - 2 * u), colour("#a8bcc0"))
    for dx in (-6, 3):
        room.canvas.line(
            polyline((x + dx * u, low - 6 * u), (x + (dx + 11) * u, top + 12 * u)), colour("#c6d6d8"), 1.6 * u
        )
    tone = colour(str(room.rng.choice(["#b5483a", "#3e5c8a", "#4f7f7a"])))
    for k in range(8):
        a, b = x + (-22 + k * 5.5) * u, x + (-22 + (k + 1) * 5.5) * u
        room.solid(
            polyline(
                (a + (x - a) * 0.1, top - 3 * u),
                (b + (x - b) * 0.1, top - 3 * u),
                (b, top + 8 * u),
                ((a + b) / 2, top + 9.6 * u),
                (a, top + 8 * u),
            ),
            tone if k % 2 else colour("#efe9dc"),
        )


def blackboard(room: Room, at: float) -> None:
    """A menu in chalk."""
    u, x, y = room.unit, at * room.w, room.h * 0.12
    room.solid(box(x - 13 * u, y, x + 13 * u, y + 22 * u), colour("#8a6a48"))
    room.solid(box(x - 11.8 * u, y + 1.2 * u, x + 11.8 * u, y + 20.8 * u), colour("#2c3431"))
    for k in range(5):
        long = float(room.rng.uniform(8, 17)) * u
        room.canvas.line(
            curve(
                (x - 9 * u, y + (4.5 + k * 3.4) * u),
                (x - 9 * u + long / 2, y + (4.1 + k * 3.4) * u),
                (x - 9 * u + long, y + (4.6 + k * 3.4) * u),
            ),
            colour("#d8d8cf"),
            0.5 * u,
        )


def pendants(room: Room) -> None:
    """Lamps on wires."""
    u = room.unit
    for at in (0.14, 0.5, 0.86):
        x, y = at * room.w, float(room.rng.uniform(7, 13)) * u
        room.canvas.line(polyline((x, -2), (x, y)), colour("#1f1f1f"), 0.4 * u)
        room.solid(
            smooth(
                [
                    Node(x - 1.4 * u, y, True),
                    Node(x + 1.4 * u, y, True),
                    Node(x + 5 * u, y + 6 * u, True),
                    Node(x - 5 * u, y + 6 * u, True),
                ]
            ),
            colour("#c77a3c"),
        )
        room.canvas.fill(ellipse(x, y + 6 * u, 4.4 * u, 1.2 * u), colour("#ffe9b0"))


def counter(room: Room) -> None:
    """A bar with cups and a cake."""
    u = room.unit
    y = room.floor - 20 * u
    wood = colour("#7a5a3e")
    room.solid(box(-5, y, room.w + 5, room.floor + 4 * u), darker(wood, 0.15))
    room.canvas.lines(
        [polyline((x, y), (x, room.floor + 4 * u)) for x in np.arange(0, room.w, 7 * u)],
        darker(wood, 0.4),
        0.8,
    )
    room.solid(box(-5, y - 2.4 * u, room.w + 5, y), lighter(wood, 0.2))
    for at in room.rng.uniform(0.05, 0.95, 5):
        x = float(at) * room.w
        room.solid(
            rounded(x - 2 * u, y - 6.4 * u, x + 2 * u, y - 2.4 * u, u),
            colour(str(room.rng.choice(["#f1ece2", "#c8553d", "#4e7a8a"]))),
        )


def fence(room: Room) -> None:
    """A picket fence."""
    u = room.unit
    tone = colour("#ece7dd")
    for y in (room.floor - 16 * u, room.floor - 6 * u):
        room.solid(box(-5, y, room.w + 5, y + 2 * u), darker(tone, 0.1))
    for x in np.arange(-2 * u, room.w + 4 * u, 6 * u):
        room.solid(
            polyline(
                (x, room.floor - 19 * u),
                (x + 1.8 * u, room.floor - 22 * u),
                (x + 3.6 * u, room.floor - 19 * u),
                (x + 3.6 * u, room.floor + 2 * u),
                (x, room.floor + 2 * u),
            ),
            tone,
            edge=0.2,
        )


def hedge(room: Room) -> None:
    """Bushes with flowers at both sides."""
    u, rng = room.unit, room.rng
    for side in (0.0, 1.0):
        green = colour(str(rng.choice(["#55774a", "#48683f", "#6a8a55"])))
        for _ in range(6):
            x, y = (
                side * room.w + float(rng.uniform(-14, 14)) * u,
                room.floor - float(rng.uniform(-2, 22)) * u,
            )
            room.rounded(
                ellipse(x, y, 10 * u, 9 * u), mix(green, (40.0, 70.0, 40.0), float(rng.uniform(0, 0.3)))
            )
            for _ in range(3):
                room.canvas.dot(
                    x + float(rng.uniform(-7, 7)) * u,
                    y + float(rng.uniform(-6, 6)) * u,
                    0.9 * u,
                    colour(str(rng.choice(["#f3d7e0", "#e8a0a0", "#f6e9b0"]))),
                )


def curtain(room: Room, start: float, stop: float) -> None:
    """A heavy curtain between two shares of the width."""
    u = room.unit
    tone = colour(str(room.rng.choice(["#7a3b46", "#4f5a72", "#8a7a5a", "#5f6b5a"])))
    width = 4.6 * u
    for k, x in enumerate(np.arange(start * room.w, stop * room.w, width)):
        room.rounded(
            smooth(
                [
                    Node(x, -4, True),
                    Node(x + width * 1.1, -4, True),
                    Node(x + width * 1.2, room.floor + (4 + k % 2) * u, True),
                    Node(x - width * 0.1, room.floor + (4 + k % 2) * u, True),
                ]
            ),
            darker(tone, 0.06 * (k % 3)),
        )
    room.canvas.line(polyline((-5, 2 * u), (room.w + 5, 2 * u)), colour("#b8a06a"), 1.2 * u)


def hooks(room: Room) -> None:
    """Coat hooks, one with a bag."""
    u = room.unit
    y = room.h * 0.2
    room.solid(box(room.w * 0.36, y, room.w * 0.66, y + 2.4 * u), colour("#8a6a48"))
    for at in (0.4, 0.51, 0.62):
        room.canvas.line(
            curve(
                (at * room.w, y + 1.6 * u), (at * room.w, y + 4.6 * u), (at * room.w + 1.6 * u, y + 4.2 * u)
            ),
            colour("#3f4347"),
            0.6 * u,
        )
