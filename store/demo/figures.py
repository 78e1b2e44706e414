"""Who wears the clothes: shop mannequins, dress forms, and people without faces."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from store.demo.canvas import Canvas
from store.demo.curves import STEPS, Node, Points, curve, ellipse, move, polyline, smooth
from store.demo.palette import HAIRS, MANNEQUINS, SKINS, Colour, colour, darker, lighter, mix
from store.demo.pose import LEFT, RIGHT, Limb, Pose
from store.demo.shapes import Matrix

HAIR_STYLES = ("short", "bob", "long", "bun", "ponytail", "curls", "scarf")
#: Places along the arm and half its width there.
_ARM_AT = np.array([0.0, 8, 22, 36, 44, 52, 62, 70, 76])
_ARM_WIDTH = np.array([4.6, 5.4, 5.0, 4.3, 4.2, 4.3, 3.6, 3.0, 2.7])
_SHOES = tuple(colour(text) for text in ("#f1efea", "#2b2a2e", "#7a4a2e", "#b23b3b", "#d8c9b0", "#3d4f6b"))


@dataclass(frozen=True, slots=True)
class Look:
    """What a figure is like: ``kind`` is person, mannequin or form (a torso on a stand)."""

    kind: str
    skin: Colour
    hair: Colour
    hair_style: str
    shoes: Colour
    scarf: Colour

    @classmethod
    def person(cls, rng: np.random.Generator, *, long_hair: bool) -> Look:
        """Somebody; ``long_hair`` lets hair fall over the shoulders."""
        styles = HAIR_STYLES if long_hair else tuple(s for s in HAIR_STYLES if s != "long")
        return cls(
            "person",
            SKINS[int(rng.integers(len(SKINS)))],
            HAIRS[int(rng.integers(len(HAIRS)))],
            str(rng.choice(styles)),
            _SHOES[int(rng.integers(len(_SHOES)))],
            colour(str(rng.choice(["#b5483a", "#4f7f7a", "#5b6bb0", "#d9a441", "#6b4f6b"]))),
        )

    @classmethod
    def dummy(cls, rng: np.random.Generator, *, form: bool) -> Look:
        """A shop mannequin, or a dress form."""
        skin = MANNEQUINS[int(rng.integers(len(MANNEQUINS)))]
        return cls("form" if form else "mannequin", skin, skin, "none", darker(skin, 0.12), skin)


class Figure:
    """A figure being drawn; ``view`` takes figure units to picture pixels."""

    def __init__(self, canvas: Canvas, look: Look, pose: Pose, view: Matrix) -> None:
        self.canvas, self.look, self.pose, self.view = canvas, look, pose, view
        self.ink = darker(look.skin, 0.38)
        self.unit = float(np.sqrt(abs(np.linalg.det(view[:2, :2]))))
        self.pen = max(0.7, 0.42 * self.unit)

    def _px(self, points: Points, depth: float = 0.0) -> Points:
        return move(self.pose.warp(points, depth), self.view)

    def _form(
        self, points: Points, tone: Colour, depth: float = 0.0, *, edge: bool = True, softness: float = 1.0
    ) -> None:
        outline = self._px(points, depth)
        self.canvas.form(outline, tone, softness=softness)
        if edge:
            self.canvas.line(outline, darker(tone, 0.38), self.pen, closed=True)

    def behind(self) -> None:
        """Hair behind the neck, or the stand of a form."""
        self.canvas.next_layer()
        if self.look.kind == "form":
            self._form(polyline((-1.4, 100), (1.4, 100), (1.4, 214), (-1.4, 214)), colour("#6b5138"))
            for side in (LEFT, RIGHT):
                self._form(
                    polyline((0, 206), (side * 17, 215), (side * 17, 218), (0, 211)), colour("#6b5138")
                )
        elif self.look.hair_style in ("long", "bob", "curls"):
            self._form(self._hair_back(), darker(self.look.hair, 0.12), softness=0.6)
        elif self.look.hair_style == "ponytail":
            tail = [Node(4, -36), Node(13, -30), Node(15, -10), Node(9, 8, True), Node(7, -12), Node(3, -28)]
            self._form(smooth(tail), darker(self.look.hair, 0.1), softness=0.6)

    def _hair_back(self) -> Points:
        style = self.look.hair_style
        if style == "curls":
            angle = np.linspace(0, 2 * np.pi, 64, endpoint=False)
            radius = 1 + 0.07 * np.sin(angle * 11)
            return np.stack([19 * radius * np.cos(angle), -28 + 19 * radius * np.sin(angle)], axis=1)
        low = 26.0 if style == "long" else -8.0
        return smooth(
            [
                Node(0, -44),
                Node(11.5, -37),
                Node(13.5, -20),
                Node(15, low - 8),
                Node(12, low, True),
                Node(0, low - 3),
                Node(-12, low, True),
                Node(-15, low - 8),
                Node(-13.5, -20),
                Node(-11.5, -37),
            ]
        )

    def body(self) -> None:
        """Legs, torso, neck and head."""
        self.canvas.next_layer()
        skin = self.look.skin
        if self.look.kind != "form":
            far = RIGHT if self.pose.yaw >= 0 else LEFT
            for side in (far, -far):
                self._leg(side)
        torso = self._torso()
        self._form(torso, skin, edge=self.look.kind == "form")
        flank = len(torso) // 2
        if self.look.kind != "form":
            # No line where the legs begin.
            sides = (torso[24 : flank - 24], torso[flank + 24 : -24])
            self.canvas.lines([self._px(side) for side in sides], self.ink, self.pen)
        neck = smooth(
            [
                Node(-6.6, 3),
                Node(-6.4, -6),
                Node(-6.2, -16, True),
                Node(6.2, -16, True),
                Node(6.4, -6),
                Node(6.6, 3),
                Node(0, 8),
            ]
        )
        outline = self._px(neck)
        self.canvas.form(outline, skin)
        edges = [self._px(curve((s * 12.5, 1.8), (s * 7.2, -1), (s * 6.3, -14))) for s in (LEFT, RIGHT)]
        self.canvas.lines(edges, self.ink, self.pen)
        if self.look.kind == "form":
            self._form(ellipse(0, -15.5, 6.4, 2.4), colour("#8a6a48"))
            return
        chin = self._px(curve((-5.8, -11), (0, -7.6), (5.8, -11)))
        self.canvas.line(chin, mix(skin, self.ink, 0.5), self.pen * 2.2)
        self._head()

    def _torso(self) -> Points:
        left = [
            Node(-7, 0.4),
            Node(-14, 3.0),
            Node(-24.5, 6.4),
            Node(-27.5, 12),
            Node(-24.6, 30),
            Node(-21.6, 46),
            Node(-20.4, 57),
            Node(-23.2, 76),
            Node(-26.6, 92),
            Node(-26.4, 102),
        ]
        right = [Node(-n.x, n.y) for n in reversed(left)]
        bottom = [Node(-12, 109), Node(0, 112), Node(12, 109)]
        return smooth([*left, *bottom, *right])

    def _leg(self, side: int) -> None:
        limb = self.pose.leg(side)
        at = np.array([-6, 8, 26, 48, 54, 66, 84, 101.0])
        out = np.array([13.4, 13.6, 11.6, 8.2, 7.8, 7.8, 5.4, 4.2])
        inner = np.array([12.0, 11.8, 10.4, 7.4, 7.0, 6.6, 4.8, 4.0])
        points = np.concatenate([limb.at(np.maximum(at, 0), out), limb.at(np.maximum(at, 0), -inner)[::-1]])
        self._form(smooth([Node(x, y) for x, y in points]), self.look.skin)
        self._shoe(limb)

    def _shoe(self, limb: Limb) -> None:
        x, y = limb.at(103.0)[0]
        s = limb.side
        shape = smooth(
            [
                Node(x - 4.6, y - 4),
                Node(x + 4.6, y - 4),
                Node(x + 5.4 + s * 0.8, y + 3),
                Node(x + 5.6 + s * 3, y + 8),
                Node(x + s * 2.2, y + 10.4),
                Node(x - 5.6 + s * 3, y + 8),
                Node(x - 5.4 + s * 0.8, y + 3),
            ]
        )
        self._form(shape, self.look.shoes)
        if self.look.kind == "person":
            sole = curve((x - 5.4 + s * 2.6, y + 7.2), (x + s * 2.2, y + 9.2), (x + 5.4 + s * 2.6, y + 7.2))
            self.canvas.line(self._px(sole), lighter(self.look.shoes, 0.6), self.pen * 1.4)

    def _head(self) -> None:
        head = smooth(
            [
                Node(0, -43),
                Node(8.2, -39),
                Node(10.6, -29),
                Node(9.0, -19),
                Node(4.4, -11.6),
                Node(0, -10),
                Node(-4.4, -11.6),
                Node(-9.0, -19),
                Node(-10.6, -29),
                Node(-8.2, -39),
            ]
        )
        if self.look.kind == "person" and self.look.hair_style != "scarf":
            for side in (LEFT, RIGHT):
                self._form(ellipse(side * 10.4, -26, 1.8, 3.4), darker(self.look.skin, 0.06))
        self._form(head, self.look.skin)
        if self.look.kind == "person":
            self._hair()

    def _scarf(self) -> None:
        wrap = smooth(
            [
                Node(0, -46),
                Node(11, -41),
                Node(13.4, -27),
                Node(12, -12),
                Node(9, 2),
                Node(0, 6),
                Node(-9, 2),
                Node(-12, -12),
                Node(-13.4, -27),
                Node(-11, -41),
            ]
        )
        self._form(wrap, self.look.scarf)
        face = smooth(
            [
                Node(0, -36),
                Node(6.8, -32),
                Node(7.4, -22),
                Node(4, -12.6),
                Node(0, -11),
                Node(-4, -12.6),
                Node(-7.4, -22),
                Node(-6.8, -32),
            ]
        )
        self._form(face, self.look.skin)

    def _hair(self) -> None:
        style = self.look.hair_style
        if style == "scarf":
            self._scarf()
            return
        tone = self.look.hair
        if style == "bun":
            self._form(ellipse(0, -47.5, 5.6, 5.2), tone)
        if style == "curls":
            crown = ellipse(0, -36.5, 12.6, 9.0)
            self._form(crown, tone)
            return
        cap = smooth(
            [
                Node(-11.2, -25, True),
                Node(-11.4, -36),
                Node(-6, -45),
                Node(2, -46),
                Node(9, -42),
                Node(11.4, -34),
                Node(11.2, -25, True),
                Node(9.0, -31),
                Node(5, -36.5),
                Node(-2, -37.5),
                Node(-7.6, -34.5),
            ]
        )
        self._form(cap, tone, softness=0.6)
        shine = self._px(curve((-6.5, -41), (-1, -43.2), (5, -42.4)))
        self.canvas.line(shine, lighter(tone, 0.25), self.pen * 1.6)

    def arms(self, sides: Sequence[int] = (LEFT, RIGHT), start: float = 0.0) -> None:
        """Arms with hands, from a way down the arm (0: the shoulder)."""
        if self.look.kind == "form":
            return
        self.canvas.next_layer()
        for side in sides:
            self._arm(self.pose.arm(side), start)

    def _arm(self, limb: Limb, start: float) -> None:
        outer, inner = limb.at(_ARM_AT, _ARM_WIDTH), limb.at(_ARM_AT, -0.94 * _ARM_WIDTH)
        arm = smooth([Node(x, y) for x, y in np.concatenate([outer, inner[::-1]])])
        half = len(arm) // 2
        first = int(np.searchsorted(_ARM_AT, start)) * STEPS
        # No line over the shoulder, where the arm is one with the body.
        top = max(first, 2 * STEPS)
        end = half - STEPS
        lower = np.concatenate([arm[first : end + 1], arm[half : 2 * half - STEPS - first + 1]])
        self.canvas.form(self._px(arm), self.look.skin, only=self._px(lower) if first else None)
        edges = [arm[top : end + 1], arm[half : 2 * half - STEPS - top + 1]]
        self.canvas.lines([self._px(edge) for edge in edges], self.ink, self.pen)
        self._hand(limb)

    def _hand(self, limb: Limb) -> None:
        at = np.array([74.0, 79, 84, 89, 91.5])
        out = np.array([2.7, 4.0, 4.3, 3.4, 1.6])
        inner = np.array([2.6, 3.6, 3.8, 3.0, 1.6])
        palm = np.concatenate([limb.at(at, out), limb.at(at, -inner)[::-1]])
        thumb = np.concatenate(
            [limb.at([77, 82, 86], [-2.4, -5.8, -6.0]), limb.at([87, 83, 80], [-4.6, -3.6, -2.0])]
        )
        self._form(smooth([Node(x, y) for x, y in thumb]), self.look.skin)
        self._form(smooth([Node(x, y) for x, y in palm]), self.look.skin)
        fingers = [self._px(limb.at([85, 90], [w, w * 0.8])) for w in (-1.2, 0.9)]
        self.canvas.lines(fingers, self.ink, self.pen * 0.6)

    def hand(self, side: int) -> tuple[float, float]:
        """Where the palm of a side is, in picture pixels."""
        x, y = self._px(self.pose.arm(side).at(84.0))[0]
        return float(x), float(y)

    def front_hair(self) -> None:
        """Long hair that falls before the shoulders."""
        if self.look.kind != "person" or self.look.hair_style != "long":
            return
        self.canvas.next_layer()
        for side in (LEFT, RIGHT):
            lock = smooth(
                [
                    Node(side * 8.6, -31, True),
                    Node(side * 12.8, -24),
                    Node(side * 14.4, -4),
                    Node(side * 16.0, 18),
                    Node(side * 13.0, 34, True),
                    Node(side * 10.4, 18),
                    Node(side * 9.6, -4),
                    Node(side * 9.6, -20),
                ]
            )
            self._form(lock, self.look.hair, softness=0.6)
