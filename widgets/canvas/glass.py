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
    from widgets.canvas.view import Canvas

#: Distance between the landmark and the loupe, and from the border of the canvas, in screen pixels.
AWAY, BORDER = 64, 8
#: How long it stays after a nudge, in milliseconds.
BRIEFLY = 1000


class Glass(QObject):
    """The loupe of one canvas, with the thin line that leads to it."""

    def __init__(self, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        # Beside the viewport, not in it: a scrolled viewport would carry its children along.
        self.loupe = Loupe(canvas)
        self._leader = Leader(canvas.scene())
        self._timer = QTimer(self, singleShot=True, interval=BRIEFLY)
        self._timer.timeout.connect(self.hide)

    def hide(self) -> None:
        self._timer.stop()
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
        self.loupe.look_at(canvas.image, subject, canvas.zoom)
        at = canvas.map_from_image(QPointF(*subject.at))
        box = extent(garment)
        middle = (
            at
            if box is None
            else canvas.map_from_image(QPointF(float(box[0] + box[2]) / 2, float(box[1] + box[3]) / 2))
        )
        frame = self._place(at, middle)
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

    def _place(self, at: QPointF, middle: QPointF) -> QRectF:
        """On the side away from the garment's middle, inside the canvas, clear of the landmark."""
        view = QRectF(self._canvas.viewport().rect()).adjusted(BORDER, BORDER, -BORDER, -BORDER)
        width, height = self.loupe.width(), self.loupe.height()
        right = at.x() >= middle.x()
        if right and at.x() + AWAY + width > view.right():
            right = False
        elif not right and at.x() - AWAY - width < view.left():
            right = True
        x = at.x() + AWAY if right else at.x() - AWAY - width
        x = min(max(x, view.left()), max(view.right() - width, view.left()))
        y = min(max(at.y() - height * 0.45, view.top()), max(view.bottom() - height, view.top()))
        frame = QRectF(x, y, width, height)
        if frame.adjusted(-12, -12, 12, 12).contains(at):
            # A narrow canvas: above or below instead.
            below = at.y() + AWAY + height <= view.bottom()
            frame.moveTop(at.y() + AWAY if below else at.y() - AWAY - height)
        return frame

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
