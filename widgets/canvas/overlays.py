"""Everything that is drawn over the picture: how it follows the garments, the zoom and the pointer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QGraphicsScene

from store.geometry import Point
from store.hits import NOTHING, HitTarget
from store.records import Floats
from widgets.canvas.items import shapes
from widgets.canvas.items.marked import AxisLine, MarkedFrame
from widgets.canvas.items.selected import SelectedItems
from widgets.canvas.items.transient import HoverItems, RubberBand
from widgets.canvas.items.unselected import UnselectedItems
from widgets.canvas.state import USUAL, Layers, Modes, Selection, Shown

#: Opacity of mask fills: normal, and of the selected garment.
FILL, FILL_SELECTED = 0.05, 0.08
#: Vertices are drawn within so many screen pixels of the pointer. All of them at once would cover the
#: outline that they belong to; those in reach of the hand say all the same that they can be dragged.
NEAR = 64.0


@dataclass(frozen=True, slots=True)
class View:
    """What the overlays show: ``handles`` and ``vertices`` say whether those are to be had at all, ``frame``
    ``(4,)`` is the extent of marked landmarks that can be scaled and turned together."""

    shown: Shown
    selection: Selection
    layers: Layers
    hidden: bool
    handles: bool
    vertices: bool
    zoom: float
    ratio: float
    modes: Modes = USUAL
    frame: Floats | None = None


class Overlays:
    """The items of one canvas."""

    def __init__(self, scene: QGraphicsScene) -> None:
        self.unselected = UnselectedItems(scene)
        self.selected = SelectedItems(scene)
        self._hover = HoverItems(scene)
        self._rubber = RubberBand(scene)
        self._frame = MarkedFrame(scene)
        self._axis = AxisLine(scene)
        self._hovered = NOTHING
        self._fill = FILL
        self._pointer: Point | None = None

    def set_fill(self, opacity: float) -> None:
        """Opacity of mask fills, 0 to 0.4."""
        self._fill = min(max(opacity, 0.0), 0.4)

    def set_large(self, large: bool) -> None:
        """Draw landmarks large, so that their shapes are told apart at a glance, or as usual."""
        factor = shapes.LARGE if large else 1.0
        self.unselected.set_size(factor)
        self.selected.set_size(factor)
        self._hover.set_size(factor)

    def refresh(self, view: View, *, unselected: bool = True) -> None:
        """Draw everything anew, or only the selected garment."""
        if unselected:
            self.unselected.show(view.shown, view.selection.garment_id, view.layers, self._fill)
            self.hover(view, NOTHING, (0, 0))
        self._show_marked(view)
        if view.hidden:
            self.selected.hide()
            return
        self.selected.show(
            view.shown,
            view.selection,
            view.layers,
            opacity=max(self._fill, FILL_SELECTED) if self._fill else 0.0,
            handles=view.handles,
            zoom=view.zoom,
            ratio=view.ratio,
            names=view.modes.names,
        )
        self._show_vertices(view)

    def zoomed(self, view: View) -> None:
        """The zoom is another."""
        self._show_marked(view)
        if not view.hidden:
            names = view.modes.names
            self.selected.update_zoom(view.shown, view.selection, view.layers, view.zoom, view.ratio, names)

    def _show_marked(self, view: View) -> None:
        """The frame round what is marked, and the axis that the other sides mirror in."""
        self._frame.show(None if view.hidden else view.frame, view.zoom)
        garment = view.shown.garment(view.selection.garment_id)
        drawn = view.modes.symmetric and view.layers.landmarks and not view.hidden
        there = drawn and garment is not None and garment.id not in view.shown.hidden
        self._axis.show(garment if there else None, view.shown)

    def hover(self, view: View, target: HitTarget, at: Point) -> None:
        """Mark what is under the pointer."""
        place, now = QPointF(*at), self._hovered
        same = (target.kind, target.garment_id, target.index) == (now.kind, now.garment_id, now.index)
        self._hovered = target
        if same:
            self._hover.move_tag(place)
        else:
            self._hover.show(
                target, place, view.shown, view.selection.garment_id, view.layers, ratio=view.ratio
            )

    def point_at(self, view: View, at: Point | None) -> None:
        """The pointer is at a place of the image, or has left the canvas."""
        self._pointer = at
        self._show_vertices(view)

    def _show_vertices(self, view: View) -> None:
        garment = view.shown.garment(view.selection.garment_id)
        there = view.vertices and garment is not None and garment.id not in view.shown.hidden
        self.selected.show_vertices(garment if there else None, self._pointer, NEAR / view.zoom)

    def rubber(self, box: Floats | None) -> None:
        """Draw the rubber band, or none."""
        self._rubber.show(box)

    def lasso(self, way: Sequence[Point]) -> None:
        """Draw the line of a lasso; none where it has no points."""
        self._rubber.show_way(way)
