"""Cutting garments that hang from the shoulders: tops, outwear, vests, slings and dresses."""

from __future__ import annotations

import numpy as np

from store.demo.curves import STEPS, Node
from store.demo.pose import LEFT, RIGHT, UPPER_ARM, Pose
from store.demo.shapes import Cutter, Outline, Piece, Shape, mirrored, side_name

ARMPIT = 31.0
WAIST = 57.0

LONG = frozenset({2, 4, 11})
SHORT = frozenset({1, 3, 10})
OUTWEAR = frozenset({3, 4})
SLINGS = frozenset({6, 13})
DRESSES = frozenset({10, 11, 12, 13})

#: How far down from the armpit (or the armhole) to the hem the side landmarks lie.
_SIDES = {1: (0.25, 0.6), 2: (0.12, 0.56), 3: (0.23, 0.6), 4: (0.23, 0.6), 5: (0.12, 0.5), 6: (0.14, 0.55)}
#: How far down from the waist to the hem the two skirt landmarks lie.
_SKIRT = (0.2, 0.6)


def cut_upper(category_id: int, outline: Outline, pose: Pose) -> Shape:
    """Cut a garment of categories 1 to 6 and 10 to 13."""
    cutter = Cutter(category_id, outline, pose)
    _back(cutter)
    if category_id in OUTWEAR:
        _fronts(cutter)
    else:
        _body(cutter)
    if category_id in LONG | SHORT:
        far = RIGHT if pose.yaw >= 0 else LEFT
        for side in (far, -far):
            _sleeve(cutter, side)
    return cutter.shape()


def neckline(outline: Outline) -> list[Node]:
    """The left half of the front neckline, from below the neck point to before the front middle."""
    width, depth, top = outline.neck_width, outline.neck_depth, _neck_top(outline)
    drop = depth - top
    if outline.neck == "v":
        return [Node(-width * 0.52, top + drop * 0.5, False, "left neckline")]
    if outline.neck == "square":
        return [Node(-width * 0.92, depth, True, "left neckline")]
    if outline.neck == "sweetheart":
        return [Node(-width * 0.52, top + drop * 0.38, False, "left neckline")]
    if outline.neck == "boat":
        return [Node(-width * 0.55, top + drop * 0.8, False, "left neckline")]
    return [Node(-width * 0.74, top + drop * 0.66, False, "left neckline")]


def _neck_top(outline: Outline) -> float:
    return 20.0 if outline.neck in ("sling", "sweetheart", "straight") else 0.0


def _front_neck(outline: Outline) -> Node:
    return Node(0.0, outline.neck_depth, outline.neck in ("v", "sweetheart"), "front neck")


def _back(cutter: Cutter) -> None:
    """The inside of the back, seen through the neck."""
    o = cutter.outline
    sling = cutter.category_id in SLINGS
    top = 20.0 if sling else 0.0
    reach = o.neck_depth + (4.0 if cutter.category_id not in OUTWEAR else 10.0)
    nodes = [
        Node(-o.neck_width, top, True),
        Node(0.0, top + o.neck_back, False, "back neck"),
        Node(o.neck_width, top, True),
        Node(o.neck_width * 0.95, max(reach, top + 6), True),
        Node(-o.neck_width * 0.95, max(reach, top + 6), True),
    ]
    places = cutter.panel("back", nodes, inside=True)
    cutter.line("back neck", 0, places["back neck"] + STEPS)
    if cutter.category_id in OUTWEAR and not cutter.pose.worn:
        hem = o.length + o.hem_curve
        inner = o.open + 3
        cutter.panel(
            "lining",
            [
                Node(-inner, o.neck_depth, True),
                Node(inner, o.neck_depth, True),
                Node(inner, hem - 3, True),
                Node(-inner, hem - 3, True),
            ],
            inside=True,
        )


def _side_nodes(cutter: Cutter) -> list[Node]:
    """Down the left side, from below the arm to the corner of the hem."""
    if cutter.category_id in DRESSES:
        return _dress_side(cutter)
    o = cutter.outline
    top = ARMPIT
    first, second = _SIDES[cutter.category_id]
    heights = [top, max(WAIST, top + 5), max(92.0, WAIST + 10), max(o.length, 94.0)]
    widths = [o.chest, o.waist, max(o.waist, (o.waist + o.hem) / 2 + 0.8), o.hem]
    if o.length < 90:
        heights, widths = [top, min(WAIST, o.length - 6), o.length], [o.chest, o.waist, o.hem]
    nodes = []
    for part, name in ((first, "left side 1"), (second, "left side 2")):
        y = top + (o.length - top) * part
        nodes.append(Node(-float(np.interp(y, heights, widths)), y, False, name))
    return [*nodes, Node(-o.hem, o.length, True, "left hem")]


def _dress_side(cutter: Cutter) -> list[Node]:
    o = cutter.outline
    nodes = [
        Node(-(o.chest * 0.45 + o.waist * 0.55), ARMPIT + (WAIST - ARMPIT) * 0.5, False, "left side 1"),
        Node(-o.waist, WAIST, False, "left waist"),
    ]
    for part, name in zip(_SKIRT, ("left skirt 1", "left skirt 2"), strict=True):
        y = WAIST + (o.length - WAIST) * part
        straight = o.waist + (o.hem - o.waist) * part
        # A skirt cannot be narrower than the hips under it.
        hips = float(
            np.interp(y, [WAIST, 78, 95, 125, 210], [o.waist, o.hips * 0.92, o.hips, o.hips * 0.9, 14])
        )
        nodes.append(Node(-max(straight, hips), y, False, name))
    return [*nodes, Node(-o.hem, o.length, True, "left hem")]


def _hem_middle(cutter: Cutter) -> Node:
    o = cutter.outline
    return Node(0.0, o.length + o.hem_curve, False, "middle hem")


def _left_top(cutter: Cutter) -> list[Node]:
    """From the left neck point over the shoulder and round the armhole."""
    o = cutter.outline
    if cutter.category_id in SLINGS:
        # Up one side of the strap and down the other; its top is a landmark.
        inner, tip = -o.neck_width + 1.1, o.neck_width * 0.95
        return [
            Node(inner, 20.6, True),
            Node(-tip + 1.1, -0.6, True),
            Node(-tip, -0.9, True, "left strap, top"),
            Node(-tip - 1.1, -0.4, True),
            Node(-o.neck_width - 1.1, 20.2, True, "_strap end"),
            Node(-o.chest + 4.5, 26.5, False),
            Node(-o.chest, ARMPIT + 2, True, "_underarm"),
        ]
    if cutter.category_id in (5, 12):
        return [
            Node(-o.neck_width, 0.0, True, "left neck"),
            Node(-o.shoulder, o.slope * 0.45, True, "left shoulder"),
            Node(-o.shoulder + 1.8, 14.0, False),
            Node(-o.chest + 3.0, 25.5, False),
            Node(-o.chest, ARMPIT + 2, True, "_underarm"),
        ]
    return [
        Node(-o.neck_width, 0.0, True, "left neck"),
        Node(-o.shoulder, o.slope, True, "left shoulder"),
        Node(-o.shoulder + 2.4, 18.0, False),
        Node(-o.chest, ARMPIT, True, "left armpit"),
    ]


def _body(cutter: Cutter) -> None:
    left = [*_left_top(cutter), *_side_nodes(cutter)]
    necks = neckline(cutter.outline)
    nodes = [
        *left,
        _hem_middle(cutter),
        *mirrored(left),
        *mirrored(necks),
        _front_neck(cutter.outline),
        *necks,
    ]
    if cutter.category_id in SLINGS:
        # Between strap and neckline lies the neck landmark, the foot of the strap.
        foot = Node(-cutter.outline.neck_width, 20.4, True, "left neck")
        nodes = [
            foot,
            *left,
            _hem_middle(cutter),
            *mirrored([foot, *left]),
            *mirrored(necks),
            _front_neck(cutter.outline),
            *necks,
        ]
    places = cutter.panel("body", nodes)
    right = places["right neck"]
    cutter.line("neckline", right, places["left neck"])
    cutter.line("hem", places["left hem"], places["right hem"])
    if "left shoulder" in places and "_underarm" in places:
        cutter.line("left armhole", places["left shoulder"], places["_underarm"])
        cutter.lines["right armhole"] = cutter.lines["left armhole"] * [-1, 1]


def _fronts(cutter: Cutter) -> None:
    """The two fronts of outwear, meeting or not; the neck is where the collar is sewn on."""
    o = cutter.outline
    hem = o.length + o.hem_curve
    drop = hem - o.neck_depth
    edge = [
        Node(-o.open, hem, True, "left front edge, hem"),
        Node(-o.open, o.neck_depth + drop * 0.68, False, "left front edge 2"),
        Node(-o.open, o.neck_depth + drop * 0.4, False, "left front edge 1"),
        Node(-o.open, o.neck_depth, True, "left front edge, top"),
        Node(-(o.neck_width * 0.55 + o.open * 0.45) - 0.8, o.neck_depth * 0.52, False, "left neckline"),
    ]
    left = [*_left_top(cutter), *_side_nodes(cutter), *edge]
    for side in (LEFT, RIGHT):
        name = f"{side_name(side)} front"
        places = cutter.panel(name, left if side == LEFT else mirrored(left))
        here = side_name(side)
        top, bottom = places[f"{here} front edge, top"], places[f"{here} front edge, hem"]
        cutter.line(f"{here} edge", *sorted((top, bottom)))
        if side == LEFT:
            cutter.line("left lapel", places["left front edge, top"], places["left neck"])
            cutter.line("left hem", places["left hem"], places["left front edge, hem"])
    cutter.lines["right lapel"] = cutter.lines["left lapel"] * [-1, 1]
    cutter.lines["right hem"] = cutter.lines["left hem"] * [-1, 1]
    collar = [
        Node(-o.neck_width, 0.0, True),
        Node(0.0, o.neck_back - 2.6, False),
        Node(o.neck_width, 0.0, True),
        Node(o.neck_width - 1.5, 3.0, True),
        Node(0.0, o.neck_back + 1.2, False),
        Node(-o.neck_width + 1.5, 3.0, True),
    ]
    cutter.panel("collar", collar, inside=True)


def _sleeve(cutter: Cutter, side: int) -> None:
    o = cutter.outline
    limb = cutter.pose.arm(side, o.shoulder - 6.0)
    name = side_name(side)
    end = o.sleeve

    def edge(part: float, out: int, label: str, corner: bool = False) -> Node:
        width = float(np.interp(part, [0, 0.5, 1], [o.sleeve_top, o.sleeve_mid, o.cuff]))
        x, y = limb.at(part * end, out * width)[0]
        return Node(float(x), float(y), corner, f"{name} {label}")

    if cutter.category_id in LONG:
        outer = [
            edge(0.27, 1, "sleeve, outer 1"),
            edge(0.53, 1, "sleeve, outer 2"),
            edge(0.77, 1, "sleeve, outer 3"),
        ]
        inner = [
            edge(0.77, -1, "sleeve, inner 3"),
            edge(0.55, -1, "sleeve, inner 2"),
            edge(0.4, -1, "sleeve, inner 1"),
        ]
    else:
        outer = [edge(0.52, 1, "sleeve, outer")]
        inner = [edge(0.86, -1, "sleeve, inner")]
    cuff = [edge(1.0, 1, "cuff, outer", True), edge(1.0, -1, "cuff, inner", True)]
    shoulder = Node(side * o.shoulder, o.slope, True, f"{name} shoulder")
    armpit = Node(side * o.chest, ARMPIT, True, f"{name} armpit")
    seam = [Node(side * (o.shoulder - 3.2), 18.5, False), Node(side * (o.shoulder - 2.0), 10.0, False)]
    nodes = [shoulder, *outer, *cuff, *inner, armpit, *seam]
    places = cutter.panel(f"{name} sleeve", nodes, grain=limb.upper)
    if cutter.category_id in LONG and end > UPPER_ARM:
        start, stop = places[f"{name} sleeve, outer 2"], places[f"{name} sleeve, inner 2"]
        cutter.recut([Piece(start, stop + 1, limb.lower)])
    cutter.line(f"{name} cuff", places[f"{name} cuff, outer"], places[f"{name} cuff, inner"])
    cutter.line(f"{name} armhole", places[f"{name} armpit"], 0)
    out = float(np.interp(0.9, [0, 0.5, 1], [o.sleeve_top, o.sleeve_mid, o.cuff])) + 0.4
    back = end - (5.5 if end > UPPER_ARM else 3.0)
    cutter.lines[f"{name} cuff seam"] = np.concatenate([limb.at(back, out), limb.at(back, -out)])
    cutter.lines[f"{name} sleeve middle"] = limb.at(np.linspace(6, end, 12))
