"""Where the loupe goes, what it shows, and for how long."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QPointF, QRectF, QTimer

from store.geometry import extent
from store.records import Garment
from widgets.canvas.items.transient import Leader
from widgets.canvas.loupe import Loupe, LoupeSubject

if TYPE_CHECKING:
    from widgets.canvas.view import CanvasView

#: Distance between the landmark and the loupe, and from the border of the canvas, in screen pixels.
AWAY, BORDER = 64, 8
#: How long it stays after a nudge, in milliseconds.
BRIEFLY = 1000
#: It stays where it is unless it would cover that much less of the garment elsewhere, of its own area.
STAY = 0.4


class Glass(QObject):
    """The loupe of one canvas, with the thin line that leads to it."""

    def __init__(self, canvas: CanvasView) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        # Beside the viewport, not in it: a scrolled viewport would carry its children along.
        self.loupe = Loupe(canvas)
        self._leader = Leader(canvas.scene())
        self._timer = QTimer(self, singleShot=True, interval=BRIEFLY)
        self._timer.timeout.connect(self.hide)
        self._side = ""

    def hide(self) -> None:
        self._timer.stop()
        self._side = ""
        self._leader.show(None)
        self.loupe.hide()

    def show_briefly(self, garment: Garment, landmark: int) -> None:
        self.show(garment, landmark)
        self._timer.start()

    def show(self, garment: Garment, landmark: int) -> None:
        """Look at a landmark that is drawn."""
        self._timer.stop()
        canvas = self._canvas
        subject = self._subject(garment, landmark)
        self.loupe.look_at(canvas.backdrop.seen, subject, canvas.zoom, canvas.image_size)
        at = canvas.map_from_image(QPointF(*subject.at))
        frame = self._place(at, self._on_screen(garment))
        self.loupe.move(frame.topLeft().toPoint())
        self._lead(at, frame)

    def _subject(self, garment: Garment, landmark: int) -> LoupeSubject:
        shown = self._canvas.shown
        drawn = shown.drawn(garment)
        schema = shown.schema(garment)
        near = {b if a == landmark else a for a, b in (schema.links if schema else ()) if landmark in (a, b)}
        x, y = drawn[landmark].tolist()
        neighbours = (tuple(drawn[one].tolist()) for one in near if np.isfinite(drawn[one]).all())
        return LoupeSubject(
            at=(x, y),
            title=f"{landmark + 1}  {shown.landmark_name(garment, landmark)}",
            detail=f"x {x:.1f}   y {y:.1f}",
            colour=shown.colour(garment),
            neighbours=tuple((a, b) for a, b in neighbours),
        )

    def _on_screen(self, garment: Garment) -> QRectF:
        """What a garment takes of the viewport."""
        box = extent(garment)
        if box is None:
            return QRectF()
        x1, y1, x2, y2 = box.tolist()
        canvas = self._canvas
        return QRectF(canvas.map_from_image(QPointF(x1, y1)), canvas.map_from_image(QPointF(x2, y2)))

    def _place(self, at: QPointF, garment: QRectF) -> QRectF:
        """On the side where it covers least of the garment, inside the canvas, clear of the landmark.

        It stays on its side during a drag until another is much better: a loupe that jumps is not read.
        """
        sides = self._sides(at, garment)
        covers = {name: _area(frame & garment) for name, frame in sides.items()}
        best = min(covers, key=lambda name: covers[name])
        kept = covers.get(self._side)
        if kept is None or kept > covers[best] + STAY * self.loupe.width() * self.loupe.height():
            self._side = best
        return sides[self._side]

    def _sides(self, at: QPointF, garment: QRectF) -> dict[str, QRectF]:
        """Where it could be, first the sides away from the garment's middle."""
        view = QRectF(self._canvas.viewport().rect()).adjusted(BORDER, BORDER, -BORDER, -BORDER)
        width, height = self.loupe.width(), self.loupe.height()
        middle = garment.center()
        across = [("right", at.x() + AWAY), ("left", at.x() - AWAY - width)]
        down = [("below", at.y() + AWAY), ("above", at.y() - AWAY - height)]
        across.sort(key=lambda side: (side[0] == "right") != (at.x() >= middle.x()))
        down.sort(key=lambda side: (side[0] == "below") != (at.y() >= middle.y()))
        found = {}
        for (one, x), (other, y) in zip(across, down, strict=True):
            found[one] = QRectF(x, at.y() - height * 0.45, width, height)
            found[other] = QRectF(at.x() - width / 2, y, width, height)
        inside = {name: _slid_into(frame, view) for name, frame in found.items()}
        clear = {n: f for n, f in inside.items() if not f.adjusted(-12, -12, 12, 12).contains(at)}
        # A canvas hardly larger than the loupe has no good place.
        return clear or inside

    def _lead(self, at: QPointF, frame: QRectF) -> None:
        end = QPointF(
            min(max(at.x(), frame.left()), frame.right()),
            min(max(at.y(), frame.top() + 16), frame.bottom() - 16),
        )
        way = end - at
        length = math.hypot(way.x(), way.y())
        # The line begins at the ring around the landmark.
        start = at + way * (12.0 / length) if length > 12 else end
        self._leader.show((self._canvas.map_to_image(start), self._canvas.map_to_image(end)))


def _area(frame: QRectF) -> float:
    return frame.width() * frame.height()


def _slid_into(frame: QRectF, view: QRectF) -> QRectF:
    """The frame moved so that it lies in the view as far as it can."""
    x = min(max(frame.x(), view.left()), max(view.right() - frame.width(), view.left()))
    y = min(max(frame.y(), view.top()), max(view.bottom() - frame.height(), view.top()))
    return QRectF(x, y, frame.width(), frame.height())
