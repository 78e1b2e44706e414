"""The marks and numbers of one garment's landmarks."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtWidgets import (
    QAbstractGraphicsShapeItem,
    QGraphicsEllipseItem,
    QGraphicsItem,
    QGraphicsPathItem,
    QGraphicsPixmapItem,
    QGraphicsScene,
)

from store.geometry import nearest_border
from store.records import Floats, Garment, Visibility
from widgets.canvas.items import labels, shapes

#: Numbers hide below this zoom, and when closer than this many screen pixels to another.
NUMBER_ZOOM = 0.35
NUMBER_GAP = 14.0

#: By value, which is faster than calling the enumeration.
_STATES = tuple(sorted(Visibility))
_ANY = (1.0, 0.0)

_IGNORES = QGraphicsItem.GraphicsItemFlag.ItemIgnoresTransformations


def mark(
    visibility: Visibility, colour: str, radius: float, inwards: tuple[float, float]
) -> QAbstractGraphicsShapeItem:
    """One landmark's item at the origin, in screen pixels."""
    made: QAbstractGraphicsShapeItem
    if visibility is Visibility.VISIBLE:
        made = QGraphicsEllipseItem(shapes.disc(radius))
    else:
        made = QGraphicsPathItem(shapes.mark_path(visibility, radius, inwards))
    made.setPen(shapes.mark_pen(visibility))
    made.setBrush(QColor(colour))
    made.setFlag(_IGNORES)
    return made


class _Mark:
    """One item with what it was made for."""

    __slots__ = ("at", "colour", "inwards", "item", "state")

    def __init__(self, state: Visibility, colour: str, radius: float, inwards: tuple[float, float]) -> None:
        self.state, self.colour, self.inwards = state, colour, inwards
        self.at: tuple[float, float] | None = None
        self.item = mark(state, colour, radius, inwards)


class LandmarkMarks:
    """The landmark items of one garment at a time.

    Items are kept for the next garment: making one costs far more than moving one.
    """

    def __init__(self, scene: QGraphicsScene, z: float, radius: float) -> None:
        self._scene = scene
        self._z = z
        self._radius = radius
        self._marks: dict[int, _Mark] = {}
        self._seen: set[int] = set()

    def set_radius(self, radius: float) -> None:
        """Draw marks of another size from the next ``show`` on."""
        if radius != self._radius:
            self._radius = radius
            for mark_ in self._marks.values():
                self._scene.removeItem(mark_.item)
            self._marks.clear()
            self._seen = set()

    @property
    def places(self) -> dict[int, tuple[float, float]]:
        """Where each landmark that is shown is, by index."""
        return {index: self._marks[index].item.pos().toTuple() for index in self._seen}

    def show(self, garment: Garment, drawn: Floats, colour: str, size: tuple[int, int]) -> None:
        """Show a garment's landmarks at ``drawn`` ``(n, 2)``, NaN for none."""
        seen = set()
        states = garment.visibility.tolist()
        for index, (x, y) in enumerate(drawn.tolist()):
            if math.isnan(x) or math.isnan(y):
                continue
            state = _STATES[states[index]]
            inwards = nearest_border((x, y), *size)[1] if state is Visibility.CUT_OFF else _ANY
            found = self._marks.get(index)
            if found is None or found.state is not state or found.inwards != inwards:
                found = self._replace(index, _Mark(state, colour, self._radius, inwards))
            elif found.colour != colour:
                found.item.setBrush(QColor(colour))
                found.colour = colour
            if found.at != (x, y):
                found.at = (x, y)
                found.item.setPos(x, y)
            if index not in self._seen:
                found.item.setVisible(True)
            seen.add(index)
        for index in self._seen - seen:
            self._marks[index].item.setVisible(False)
        self._seen = seen

    def _replace(self, index: int, made: _Mark) -> _Mark:
        old = self._marks.get(index)
        if old is not None:
            self._scene.removeItem(old.item)
        made.item.setZValue(self._z)
        self._scene.addItem(made.item)
        self._marks[index] = made
        return made

    def clear(self) -> None:
        """Show nothing; the items stay for the next garment."""
        for index in self._seen:
            self._marks[index].item.setVisible(False)
        self._seen = set()


class Numbers:
    """The numbers beside the landmarks of the selected garment, as far as there is room."""

    def __init__(self, scene: QGraphicsScene, z: float) -> None:
        self._scene = scene
        self._z = z
        self._labels: dict[int, QGraphicsPixmapItem] = {}
        #: Where each label was put: its picture, its landmark, and from there its corner.
        self._put_at: dict[int, tuple[int, list[float], tuple[float, float]]] = {}
        self.shown: frozenset[int] = frozenset()

    def show(self, drawn: Floats, current: int, zoom: float, ratio: float, names: Sequence[str] = ()) -> None:
        """Place the numbers outwards from the middle; the current one always has its number.

        With ``names``, one a landmark, those are written instead, as far as none lies over another.
        """
        if names:
            self._show_names(drawn, current, zoom, ratio, names)
            return
        wanted = frozenset(self._with_room(drawn, current, zoom))
        if wanted:
            x, y = drawn[np.isfinite(drawn).all(axis=1)].mean(axis=0).tolist()
            places = drawn.tolist()
            for index in wanted:
                picture, at = labels.number(index, ratio), places[index]
                gap = 13.0 if index == current else 8.0
                offset = _beside((at[0] - x, at[1] - y), *labels.logical_size(picture), gap)
                self._put(index, picture, at, offset)
        self._show_only(wanted)

    def _put(self, index: int, picture: QPixmap, at: list[float], offset: tuple[float, float]) -> None:
        """Place a label. During a drag most of them stay where they are, and cost nothing."""
        put = (picture.cacheKey(), at, offset)
        if self._put_at.get(index) != put:
            self._put_at[index] = put
            label = self._label(index, picture)
            label.setPos(*at)
            label.setOffset(*offset)

    def _show_only(self, wanted: frozenset[int]) -> None:
        for index in self.shown - wanted:
            self._labels[index].setVisible(False)
        for index in wanted - self.shown:
            self._labels[index].setVisible(True)
        self.shown = wanted

    def _show_names(
        self, drawn: Floats, current: int, zoom: float, ratio: float, names: Sequence[str]
    ) -> None:
        """The names that do not lie over another name, the current landmark's first."""
        there = np.flatnonzero(np.isfinite(drawn).all(axis=1)).tolist()
        if zoom < NUMBER_ZOOM:
            there = [index for index in there if index == current]
        there.sort(key=lambda index: index != current)
        middle = drawn[there].mean(axis=0) if there else np.zeros(2)
        frames, wanted = np.empty((0, 4)), set()
        for index in there:
            picture = labels.name(names[index], ratio)
            width, height = labels.logical_size(picture)
            gap = 13.0 if index == current else 8.0
            dx, dy = _beside((drawn[index] - middle).tolist(), width, height, gap)
            x, y = (drawn[index] * zoom).tolist()
            frame = np.array([x + dx, y + dy, x + dx + width, y + dy + height])
            if ((frames[:, :2] < frame[2:]) & (frames[:, 2:] > frame[:2])).all(axis=1).any():
                continue
            frames = np.vstack([frames, frame])
            self._put(index, picture, drawn[index].tolist(), (dx, dy))
            wanted.add(index)
        self._show_only(frozenset(wanted))

    def _label(self, index: int, picture: QPixmap) -> QGraphicsPixmapItem:
        label = self._labels.get(index)
        if label is None:
            label = QGraphicsPixmapItem(picture)
            label.setFlag(_IGNORES)
            label.setZValue(self._z)
            self._scene.addItem(label)
            self._labels[index] = label
        elif label.pixmap().cacheKey() != picture.cacheKey():
            # The font scale or the screen has changed, or names are shown instead of numbers.
            label.setPixmap(picture)
        return label

    @staticmethod
    def _with_room(drawn: Floats, current: int, zoom: float) -> list[int]:
        there = [int(i) for i in np.flatnonzero(np.isfinite(drawn).all(axis=1))]
        if zoom < NUMBER_ZOOM:
            return [current] if current in there else []
        there.sort(key=lambda index: index != current)
        places = drawn[there]
        near = np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1)) < NUMBER_GAP / zoom
        shown: list[int] = []
        taken = np.zeros(len(there), bool)
        for number, index in enumerate(there):
            if not taken[number]:
                taken |= near[number]
                shown.append(index)
        return shown

    def clear(self) -> None:
        """Show nothing; the items stay for the next garment."""
        self._show_only(frozenset())


def _beside(outwards: Sequence[float], width: float, height: float, gap: float) -> tuple[float, float]:
    """Where the top left of a label of that size goes, from its landmark: to the side that faces outwards."""
    x, y = outwards
    if abs(y) > 1.6 * abs(x):
        return -width / 2, (gap - 2 if y > 0 else -gap - height + 3)
    return (gap - 2 if x > 0 else -gap - width + 2), -height / 2
