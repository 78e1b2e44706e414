"""Draws one picture from its plan: on somebody, on a hanger, or laid out flat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from store.demo.canvas import Canvas, Light, Pixels
from store.demo.curves import Points, box, curve, ellipse, move, shifted
from store.demo.dressing import SLEEVED, drawn_in, dress, layered, tucks, wardrobe
from store.demo.families import LOWER
from store.demo.figures import Figure, Look
from store.demo.garments import Worn
from store.demo.occluders import OCCLUDERS, Foreground, light
from store.demo.palette import colour
from store.demo.plan import Picture, Piece
from store.demo.pose import LEFT, RIGHT, Pose
from store.demo.scenes import scenes
from store.demo.shapes import Matrix

Generator = np.random.Generator

#: Turned further than this, a figure is seen from the side.
SIDE_VIEW = 30.0
_ASPECTS = (0.75, 0.75, 0.667, 0.8, 0.5625, 1.0)


@dataclass(slots=True)
class Drawn:
    """A drawn picture: its pixels, the canvas with the map of what covers what, and its garments."""

    image: Pixels
    canvas: Canvas
    garments: list[tuple[Worn, Piece]]
    yaw: float = 0.0
    worn: bool = True
    scene: str = ""


def draw(plan: Picture, size: int) -> Drawn:
    """Draw a picture whose longer side is ``size`` pixels."""
    rng = np.random.default_rng(plan.seed)
    aspect = float(rng.choice(_ASPECTS))
    canvas = Canvas(round(size * aspect), size)
    canvas.light = Light(x=float(rng.choice([-0.8, 0.8])), y=-0.5)
    how = _manner(plan, rng)
    if how == "flat":
        return _flat(plan, canvas, rng)
    if how == "hanger":
        return _hanging(plan, canvas, rng)
    return _worn(plan, canvas, rng)


def _manner(plan: Picture, rng: Generator) -> str:
    if plan.domain == "shop":
        return "flat" if rng.random() < 0.48 else "worn"
    return str(rng.choice(["worn", "flat", "hanger"], p=[0.82, 0.07, 0.11]))


def _backdrop(plan: Picture, canvas: Canvas, rng: Generator, *, flat: bool) -> str:
    shop = plan.domain == "shop"
    known = scenes(shop=shop, flat=flat, held_out=plan.held_out)
    if not known:
        # No consumer surface is held out: lay the clothes on a held-out shop one.
        known = scenes(shop=True, flat=flat, held_out=plan.held_out)
    scene = known[int(rng.integers(len(known)))]
    scene.draw(canvas, rng)
    return scene.name


# --- clothes without anybody in them


def _empty_pose(category: int, rng: Generator, *, hangs: bool) -> Pose:
    if category in SLEEVED:
        upper = float(rng.uniform(7, 12) if hangs else rng.uniform(14, 30))
        fore = upper - float(rng.uniform(0, 6) if hangs else rng.uniform(-2, 12))
    else:
        upper = fore = float(rng.uniform(20, 28) if hangs else rng.uniform(34, 48))
    legs = (float(rng.uniform(1.5, 4)), float(rng.uniform(0, 2)))
    return Pose(arms=((upper, fore), (upper, fore)), legs=(legs, legs), worn=False)


def _fit(points: Points, centre: tuple[float, float], width: float, height: float, angle: float) -> Matrix:
    """Figure units to pixels so that the points fill a box around a centre."""
    low, high = points.min(axis=0), points.max(axis=0)
    scale = min(width / (high[0] - low[0]), height / (high[1] - low[1]))
    c, s = np.cos(np.radians(angle)) * scale, np.sin(np.radians(angle)) * scale
    middle = (low + high) / 2
    return np.array(
        [
            [c, -s, centre[0] - c * middle[0] + s * middle[1]],
            [s, c, centre[1] - s * middle[0] - c * middle[1]],
            [0.0, 0.0, 1.0],
        ]
    )


def _extent(piece: Piece, pose: Pose, canvas: Canvas) -> Points:
    probe = Worn(canvas, piece.design, pose, np.eye(3), 0)
    return np.concatenate([panel.outline for panel in probe.shape.panels])


def _lay(canvas: Canvas, piece: Piece, pose: Pose, view: Matrix, seed: int) -> Worn:
    garment = Worn(canvas, piece.design, pose, view, seed)
    lift = garment.painter.unit * 1.6
    for panel in garment.shape.panels:
        if not panel.inside:
            canvas.shadow(shifted(move(panel.outline, view), lift, lift * 1.3), 0.22, 1.5 * lift)
    garment.inside()
    return garment


def _flat(plan: Picture, canvas: Canvas, rng: Generator) -> Drawn:
    name = _backdrop(plan, canvas, rng, flat=True)
    w, h = canvas.width, canvas.height
    pieces = [plan.main, *plan.matching]
    consumer = plan.domain == "user"
    tilt = 14.0 if consumer else 3.0
    zoom = float(rng.uniform(0.9, 1.25)) if consumer else 1.0
    garments: list[tuple[Worn, Piece]] = []
    for k, piece in enumerate(pieces):
        pose = _empty_pose(piece.design.category_id, rng, hangs=False)
        spot = (w * 0.5, h * 0.5)
        room = (w * 0.84 * zoom, h * 0.82 * zoom)
        if len(pieces) > 1:
            lower = piece.design.category_id in LOWER
            spot = (w * (0.66 if lower else 0.36), h * (0.64 if lower else 0.34))
            room = (w * 0.56 * zoom, h * (0.62 if lower else 0.56) * zoom)
        spot = (spot[0] + float(rng.uniform(-0.03, 0.03)) * w, spot[1] + float(rng.uniform(-0.03, 0.03)) * h)
        view = _fit(_extent(piece, pose, canvas), spot, *room, float(rng.uniform(-tilt, tilt)))
        garment = _lay(canvas, piece, pose, view, plan.seed % (1 << 31) + k)
        garment.body()
        garment.sleeves()
        garments.append((garment, piece))
    return _finish(plan, canvas, garments, rng, name, worn=False)


def _hanging(plan: Picture, canvas: Canvas, rng: Generator) -> Drawn:
    name = _backdrop(plan, canvas, rng, flat=False)
    w, h = canvas.width, canvas.height
    piece = plan.main
    pose = _empty_pose(piece.design.category_id, rng, hangs=True)
    view = _fit(
        _extent(piece, pose, canvas),
        (w * float(rng.uniform(0.44, 0.56)), h * float(rng.uniform(0.52, 0.58))),
        w * float(rng.uniform(0.7, 0.95)),
        h * float(rng.uniform(0.66, 0.8)),
        float(rng.uniform(-3, 3)),
    )
    garment = _lay(canvas, piece, pose, view, plan.seed % (1 << 31))
    _hanger(canvas, garment)
    garment.body()
    garment.sleeves()
    return _finish(plan, canvas, [(garment, piece)], rng, name, worn=False)


def _hanger(canvas: Canvas, garment: Worn) -> None:
    p, o = garment.painter, garment.shape.outline
    wood, steel = colour("#8a6238"), colour("#8f9499")
    if garment.design.category_id in LOWER:
        y = o.rise - 5
        hook = curve((0, y), (0, y - 9), (3.4, y - 12), (1.5, y - 16), (-2.6, y - 14.5))
        p.canvas.line(p.px(hook), steel, 1.2 * p.unit)
        p.canvas.fill(p.px(box(-20, y - 1, 20, y + 1)), steel)
        for x in (-18, 18):
            p.canvas.fill(p.px(box(x - 2, y - 1.6, x + 2, y + 7)), wood)
        return
    canvas.next_layer()
    low = 1.5 if o.shoulder > 26 else 0.5
    hook = curve((0, -3), (0, -11), (4.2, -15), (2.0, -20), (-3.2, -18))
    p.canvas.line(p.px(hook), steel, 1.3 * p.unit)
    reach = min(o.shoulder - 2, 26.0)
    bar = np.concatenate(
        [
            curve((-reach, o.slope + low), (-9, -0.5), (0, -3.4), (9, -0.5), (reach, o.slope + low)),
            curve(
                (reach, o.slope + low + 2.4), (9, 2.6), (0, -0.2), (-9, 2.6), (-reach, o.slope + low + 2.4)
            ),
        ]
    )
    canvas.fill(p.px(bar), wood)
    canvas.line(p.px(bar), colour("#5a3c20"), p.pen, closed=True)


# --- clothes on somebody


def _pose(plan: Picture, rng: Generator, occluder: str) -> Pose:
    consumer = plan.domain == "user"

    def arm() -> tuple[float, float]:
        upper = float(rng.uniform(15, 27))
        return upper, upper - float(rng.uniform(2, 12))

    left, right = arm(), arm()
    front = 0
    roll = rng.random()
    if occluder == "phone":
        front = int(rng.choice([LEFT, RIGHT]))
        bent = (float(rng.uniform(24, 34)), float(rng.uniform(-128, -108)))
        left, right = (bent, right) if front == LEFT else (left, bent)
    elif roll < 0.28:
        bent = (float(rng.uniform(36, 46)), float(rng.uniform(-52, -38)))
        left, right = (bent, right) if rng.random() < 0.5 else (left, bent)
    elif consumer and roll < 0.4:
        front = int(rng.choice([LEFT, RIGHT]))
        bent = (float(rng.uniform(20, 28)), float(rng.uniform(-92, -74)))
        left, right = (bent, right) if front == LEFT else (left, bent)
    stance = float(rng.uniform(0.5, 5))
    yaw = 0.0
    if consumer and rng.random() < 0.3:
        yaw = float(rng.choice([-1, 1]) * rng.uniform(16, 44))
    elif rng.random() < 0.25:
        yaw = float(rng.uniform(-14, 14))
    legs = ((stance, stance - 2), (float(rng.uniform(0.5, 5)), float(rng.uniform(-1, 3))))
    return Pose((left, right), legs, float(rng.normal(0, 2.2)), yaw, front)


def _camera(plan: Picture, canvas: Canvas, rng: Generator) -> Matrix:
    """Figure units to picture pixels: how much of the figure is seen, and from where."""
    w, h = canvas.width, canvas.height
    consumer = plan.domain == "user"
    hem = plan.main.design.outline.length
    lower = plan.main.design.category_id in LOWER
    frames = {
        "full": (-54.0, 224.0),
        "three quarters": (-50.0, max(150.0, min(hem + 14, 224))),
        "near": (-22.0, max(hem, 90.0) + 10),
    }
    if lower:
        frames = {
            "full": (-54.0, 224.0),
            "three quarters": (20.0, 226.0),
            "near": (56.0, max(hem, 130.0) + 8),
        }
    if consumer:
        frames["close"] = (14.0, 92.0) if not lower else (66.0, 150.0)
    chances = {"full": 0.4, "three quarters": 0.32, "near": 0.28, "close": 0.12}
    names = list(frames)
    weight = np.array([chances[n] for n in names])
    name = names[int(rng.choice(len(names), p=weight / weight.sum()))]
    top, low = frames[name]
    scale = h / (low - top)
    if name != "close":
        scale = min(scale, w / (84.0 if name == "near" else 96.0))
    cx = w * float(rng.uniform(0.42, 0.58) if consumer else rng.uniform(0.48, 0.52))
    cy = h / 2 - (top + low) / 2 * scale
    view: Matrix = np.array([[scale, 0.0, cx], [0.0, scale, cy], [0.0, 0.0, 1.0]])
    if consumer:
        view = _tilted(w, h, rng) @ view
    return view


def _tilted(w: int, h: int, rng: Generator) -> Matrix:
    """A camera held a little askew: a turn and a mild perspective about the middle of the picture."""
    angle = np.radians(float(rng.normal(0, 2.4)))
    c, s = np.cos(angle), np.sin(angle)
    shift = np.array([[1.0, 0.0, w / 2], [0.0, 1.0, h / 2], [0.0, 0.0, 1.0]])
    lean = np.array(
        [[c, -s, 0.0], [s, c, 0.0], [float(rng.normal(0, 0.08)) / h, float(rng.normal(0, 0.14)) / h, 1.0]]
    )
    result: Matrix = shift @ lean @ np.linalg.inv(shift)
    return result


def _look(plan: Picture, rng: Generator, pieces: list[Piece]) -> Look:
    if plan.domain == "user" or rng.random() < 0.35:
        return Look.person(rng, long_hair=plan.domain == "user")
    bare = all(p.design.category_id not in LOWER for p in pieces)
    return Look.dummy(rng, form=bare and rng.random() < 0.5)


def _worn(plan: Picture, canvas: Canvas, rng: Generator) -> Drawn:
    name = _backdrop(plan, canvas, rng, flat=False)
    consumer = plan.domain == "user"
    occluder = str(rng.choice(list(OCCLUDERS))) if consumer and rng.random() < 0.62 else ""
    pieces = wardrobe(plan, rng)
    below = any(p.design.category_id in LOWER for p in pieces)
    tucked = below and bool(rng.random() < 0.45) and any(tucks(p) for p in pieces)
    if tucked:
        pieces = [drawn_in(p) if tucks(p) else p for p in pieces]
    pieces = layered(pieces)
    pose = _pose(plan, rng, occluder)
    view = _camera(plan, canvas, rng)
    look = _look(plan, rng, pieces)
    figure = Figure(canvas, look, pose, view)
    feet = move(ellipse(pose.sway * 0.3, 216, 40, 5), view)
    canvas.shadow(feet, 0.3, 3.0 * figure.unit)
    garments = [
        (Worn(canvas, piece.design, pose, view, plan.seed % (1 << 31) + k), piece)
        for k, piece in enumerate(pieces)
    ]
    dress(figure, [g for g, _ in garments], tucked=tucked)
    figure.front_hair()
    if occluder:
        canvas.next_layer()
        OCCLUDERS[occluder](Foreground(canvas, figure, view, rng))
    drawn = _finish(plan, canvas, garments, rng, name, worn=True)
    drawn.yaw = pose.yaw
    return drawn


def _finish(
    plan: Picture,
    canvas: Canvas,
    garments: list[tuple[Worn, Piece]],
    rng: Generator,
    scene: str,
    *,
    worn: bool,
) -> Drawn:
    image = canvas.finished()
    if plan.domain == "user":
        image = light(image, rng)
    return Drawn(image, canvas, garments, worn=worn, scene=scene)
