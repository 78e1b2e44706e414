"""What a cut garment is: panels, landmarks and named lines, in figure units."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from store.demo.curves import STEPS, Node, Points, smooth
from store.demo.pose import Pose

Matrix = NDArray[np.float64]
IDENTITY: Matrix = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])


@dataclass(frozen=True, slots=True)
class Outline:
    """Proportions of one garment, in figure units; a family gives each a range.

    Widths are halves. ``length`` is the height of the hem for garments that hang from the shoulders, and
    ``rise`` the height of the waist for those that hang from the waist. ``open`` is half the gap between
    front edges.
    """

    family: str = ""
    neck: str = "crew"
    neck_width: float = 12.0
    neck_back: float = 4.0
    neck_depth: float = 13.0
    shoulder: float = 29.0
    slope: float = 6.0
    chest: float = 27.0
    waist: float = 25.0
    hem: float = 27.0
    length: float = 94.0
    hem_curve: float = 2.0
    sleeve: float = 28.0
    sleeve_top: float = 9.5
    sleeve_mid: float = 8.0
    cuff: float = 7.5
    rise: float = 75.0
    hips: float = 28.5
    knee: float = 10.0
    ankle: float = 9.0
    open: float = 7.0


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of a panel's outline whose cloth lies one way; ``grain`` takes figure units to cloth units."""

    start: int
    stop: int
    grain: Matrix = field(default_factory=lambda: IDENTITY)


@dataclass(frozen=True, slots=True)
class Panel:
    """One piece of cloth with a closed outline. ``inside`` panels show their wrong side (linings)."""

    name: str
    outline: Points
    pieces: tuple[Piece, ...]
    inside: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """A cut garment in a pose.

    ``landmarks`` and ``owner`` (the panel a landmark lies on) are keyed by the schema's landmark names;
    ``lines`` are paths that trimmings are sewn along.
    """

    category_id: int
    outline: Outline
    pose: Pose
    panels: tuple[Panel, ...]
    landmarks: dict[str, tuple[float, float]]
    owner: dict[str, str]
    lines: dict[str, Points]

    def panel(self, name: str) -> Panel:
        """The panel of a name; KeyError where there is none."""
        for panel in self.panels:
            if panel.name == name:
                return panel
        raise KeyError(name)

    def swayed(self) -> Shape:
        """The shape with its pose's sway and turn applied to every point."""
        pose = self.pose
        panels = tuple(
            replace(panel, outline=pose.warp(panel.outline, -0.6 if panel.inside else 1.0))
            for panel in self.panels
        )
        points = pose.warp(np.array(list(self.landmarks.values())))
        for index, name in enumerate(self.landmarks):
            if name == "back neck":
                points[index] = pose.warp(np.array([self.landmarks[name]]), -0.6)[0]
        landmarks = {name: (float(x), float(y)) for name, (x, y) in zip(self.landmarks, points, strict=True)}
        lines = {name: pose.warp(line) for name, line in self.lines.items()}
        return replace(self, panels=panels, landmarks=landmarks, lines=lines)


class Cutter:
    """Collects panels; named nodes of their outlines become landmarks, and stretches of them lines."""

    def __init__(self, category_id: int, outline: Outline, pose: Pose) -> None:
        self.category_id = category_id
        self.outline = outline
        self.pose = pose
        self.panels: list[Panel] = []
        self.landmarks: dict[str, tuple[float, float]] = {}
        self.owner: dict[str, str] = {}
        self.lines: dict[str, Points] = {}

    def panel(
        self, name: str, nodes: Sequence[Node], *, grain: Matrix = IDENTITY, inside: bool = False
    ) -> dict[str, int]:
        """Add a panel; returns the sample of each named node. Names with a leading ``_`` are no landmarks."""
        points = smooth(nodes)
        places = {node.name: index * STEPS for index, node in enumerate(nodes) if node.name}
        self.panels.append(Panel(name, points, (Piece(0, len(points), grain),), inside))
        for label, index in places.items():
            if not label.startswith("_"):
                self.mark(label, (float(points[index, 0]), float(points[index, 1])), name)
        return places

    def mark(self, label: str, point: tuple[float, float], panel: str) -> None:
        """Say where a landmark is and which panel it lies on (the last one said wins)."""
        self.landmarks[label] = point
        self.owner[label] = panel

    def recut(self, pieces: Iterable[Piece]) -> None:
        """Let parts of the last panel lie differently from the whole."""
        last = self.panels[-1]
        self.panels[-1] = replace(last, pieces=(*last.pieces, *pieces))

    def line(self, name: str, start: int, stop: int, panel: int = -1) -> None:
        """Name a stretch of a panel's outline, both ends included, running on past the outline's end."""
        points = self.panels[panel].outline
        count = (stop - start) % len(points) + 1
        self.lines[name] = points[(start + np.arange(count)) % len(points)]

    def shape(self) -> Shape:
        """The finished shape."""
        return Shape(
            self.category_id,
            self.outline,
            self.pose,
            tuple(self.panels),
            dict(self.landmarks),
            dict(self.owner),
            dict(self.lines),
        )


def side_name(side: int) -> str:
    """``left`` (image-left) or ``right``."""
    return "left" if side < 0 else "right"


def mirrored(nodes: Sequence[Node]) -> list[Node]:
    """The same nodes on the other side, in reverse order, with their names swapped."""
    return [
        Node(-node.x, node.y, node.corner, node.name.replace("left", "right")) for node in reversed(nodes)
    ]
