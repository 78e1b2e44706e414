"""Cutting garments that hang from the waist: shorts, trousers and skirts."""

from __future__ import annotations

import numpy as np

from store.demo.curves import Node
from store.demo.pose import LEFT, RIGHT, Pose
from store.demo.shapes import Cutter, Outline, Piece, Shape, mirrored, side_name

CROTCH = 111.0
#: Height of the waist of the figure under the clothes, and its half width there.
_BODY_Y = (52.0, 62.0, 75.0, 92.0)
_BODY_X = (20.5, 20.5, 23.2, 27.4)


def cut_lower(category_id: int, outline: Outline, pose: Pose) -> Shape:
    """Cut a garment of categories 7 to 9."""
    cutter = Cutter(category_id, outline, pose)
    if category_id == 9:
        _skirt(cutter)
    else:
        _legs(cutter)
    return cutter.shape()


def _waist(cutter: Cutter) -> tuple[float, list[Node]]:
    """Half width of the waist, and the middle node of its line."""
    o = cutter.outline
    half = float(np.interp(o.rise, _BODY_Y, _BODY_X)) + 0.6 + (o.waist - 25.0) * 0.4
    dip = 1.6 if cutter.pose.worn else 1.0
    return half, [Node(0.0, o.rise + dip, False, "middle waist")]


def _waist_lines(cutter: Cutter, places: dict[str, int], half: float) -> None:
    cutter.line("waist", places["right waist"], places["left waist"])
    height = 6.0
    grow = (cutter.outline.hips - half) * height / max(92.0 - cutter.outline.rise, 8.0)
    lower = cutter.lines["waist"] * [1 + grow / half, 1.0] + [0.0, height]
    cutter.lines["waistband"] = lower
    # An inner back waist: what is seen over the front edge when nobody wears the garment.
    if not cutter.pose.worn:
        back = [
            Node(-half, cutter.outline.rise, True),
            Node(0.0, cutter.outline.rise - 1.4),
            Node(half, cutter.outline.rise, True),
            Node(half * 0.96, cutter.outline.rise + 3, True),
            Node(-half * 0.96, cutter.outline.rise + 3, True),
        ]
        front = cutter.panels.pop()
        cutter.panel("back", back, inside=True)
        cutter.panels.append(front)


def _legs(cutter: Cutter) -> None:
    o = cutter.outline
    half, middle = _waist(cutter)
    trousers = cutter.category_id == 8
    left = [Node(-half, o.rise, True, "left waist"), Node(-o.hips, 92.0, False)]
    sides: dict[int, list[Node]] = {}
    for side in (LEFT, RIGHT):
        sides[side] = _leg(cutter, side, trousers)
    crotch = Node(0.0, CROTCH, True, "crotch")
    right = mirrored(left)
    nodes = [*left, *sides[LEFT], crotch, *reversed(sides[RIGHT]), *right, *middle]
    places = cutter.panel("body", nodes)
    outer = "leg, outer 1" if trousers else "side"
    cut = places["crotch"]
    start_left, start_right = places[f"left {outer}"], places[f"right {outer}"]
    cutter.recut(
        [
            Piece(start_left, cut + 1, cutter.pose.leg(LEFT).upper),
            Piece(cut, start_right + 1, cutter.pose.leg(RIGHT).upper),
        ]
    )
    if trousers:
        for side in (LEFT, RIGHT):
            name = side_name(side)
            ends = sorted((places[f"{name} leg, outer 2"], places[f"{name} leg, inner"]))
            cutter.recut([Piece(ends[0], ends[1] + 1, cutter.pose.leg(side).lower)])
    for side in (LEFT, RIGHT):
        name = side_name(side)
        ends = sorted((places[f"{name} leg hem, outer"], places[f"{name} leg hem, inner"]))
        cutter.line(f"{name} leg hem", *ends)
        limb = cutter.pose.leg(side)
        cutter.lines[f"{name} crease"] = limb.at(np.linspace(2, o.length - 100 - 2, 10), 0.6)
    _waist_lines(cutter, places, half)


def _leg(cutter: Cutter, side: int, trousers: bool) -> list[Node]:
    """Down the outer edge of a leg, along its hem and up the inner edge."""
    o = cutter.outline
    limb = cutter.pose.leg(side)
    name = side_name(side)
    end = o.length - 100.0
    thigh = o.hips - 13.6

    def edge(along: float, out: float, label: str, corner: bool = False) -> Node:
        x, y = limb.at(along, out)[0]
        # Wide legs touch in the middle; they do not cross it.
        x = side * max(side * float(x), 0.6)
        return Node(float(x), float(y), corner, f"{name} {label}" if label else "")

    if not trousers:
        flare = o.ankle
        return [
            edge(end * 0.28, thigh + 1.0, "side"),
            edge(end, flare + 1.5, "leg hem, outer", True),
            edge(end + 0.8, -flare + 0.2, "leg hem, inner", True),
        ]
    return [
        edge(13.0, thigh + 0.6, "leg, outer 1"),
        edge(min(54.0, end * 0.55), o.knee, "leg, outer 2"),
        edge(end, o.ankle, "leg hem, outer", True),
        edge(end + 0.6, -o.ankle, "leg hem, inner", True),
        edge(min(54.0, end * 0.55), -o.knee, "leg, inner"),
        edge(15.0, -11.4, ""),
    ]


def _skirt(cutter: Cutter) -> None:
    o = cutter.outline
    half, middle = _waist(cutter)
    drop = o.length - o.rise
    swing = cutter.pose.sway * 0.6

    def side(sign: int) -> list[Node]:
        y = o.rise + drop * 0.48
        straight = half + (o.hem - half) * 0.48
        hips = float(np.interp(y, [75, 92, 120, 200], [half, o.hips, o.hips * 0.94, 15]))
        name = side_name(sign)
        hip_y = min(92.0, o.rise + drop * 0.3)
        hip = max(
            half + (o.hem - half) * (hip_y - o.rise) / drop, float(np.interp(hip_y, [75, 92], [half, o.hips]))
        )
        return [
            Node(sign * half, o.rise, True, f"{name} waist"),
            Node(sign * hip, hip_y),
            Node(sign * max(straight, hips), y, False, f"{name} side"),
            Node(sign * o.hem + swing, o.length, True, f"{name} hem"),
        ]

    bottom = Node(swing, o.length + o.hem_curve, False, "middle hem")
    places = cutter.panel("body", [*side(LEFT), bottom, *reversed(side(RIGHT)), *middle])
    cutter.line("hem", places["left hem"], places["right hem"])
    _waist_lines(cutter, places, half)
