"""What the canvas shows: a picture with its garments, proposals, a selection; what its tools may do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from PySide6.QtCore import QCoreApplication, QEvent, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

from resources.taxonomy import Category
from store.document.edits import Edit
from store.geometry import Point
from store.hits import NOTHING, HitTarget
from store.outlines.rings import Outline
from store.records import Floats, Garment
from store.segmenting import Prompt
from widgets import style
from widgets.canvas.brush import Brush
from widgets.canvas.glass import Glass
from widgets.canvas.items.sketch import Sketch
from widgets.canvas.overlays import Overlays, View
from widgets.canvas.proposed import NOTHING_SUGGESTED, ProposalLayer, Suggested
from widgets.canvas.state import NO_LAYERS, NO_SELECTION, USUAL, Layers, Modes, Selection, Shown
from widgets.canvas.tools import TOOLS, PolygonTool, SegmentTool, Tool
from widgets.canvas.tools.frame import frame_of_marked
from widgets.canvas.viewer import Viewer


class CanvasView(Viewer):
    """Shows one image with its garments, and what a model proposes; does what its tools ask for."""

    #: The person selected a garment (0: none) and a landmark (-1: none).
    selected = Signal(int, int)
    #: The person finished a change; carries an ``Edit``.
    edited = Signal(object)
    #: The person drew the box of a new garment; carries ``(4,)`` float64.
    garment_drawn = Signal(object)
    #: The person drew the mask of a new garment; carries an ``Outline``.
    shape_drawn = Signal(object)
    #: A segmenter is asked: carries a ``Prompt``, or None where nothing is wanted any more.
    segment_wanted = Signal(object)
    #: Something cannot be done; carries why.
    refused = Signal(str)
    #: The person pointed at a proposal; carries its number.
    proposal_chosen = Signal(int)
    tool_changed = Signal(str)
    #: The overlays were hidden (True) or shown again.
    overlays_hidden = Signal(bool)
    #: After every paint.
    painted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Image")
        self.setAccessibleDescription(
            "The image with its garments; the lists beside it say the same in words"
        )
        self._shown = Shown()
        self._selection = NO_SELECTION
        self._layers = Layers()
        self._modes = USUAL
        self._hidden = False
        self._preview_of: Garment | None = None
        self._overlays = Overlays(self.scene())
        self.proposed = ProposalLayer(self.scene())
        self._glass = Glass(self)
        self.sketch = Sketch(self.scene())
        self.brush = Brush(self)
        self._tools: dict[str, Tool] = {name: kind(self) for name, kind in TOOLS.items()}
        self._tools["polygon"] = self._polygon = PolygonTool(self)
        self._tools["segment"] = self._segmenting = SegmentTool(self)
        self._tool = self._tools["select"]
        self._waiting = QTimer(self, singleShot=True, interval=150)
        self._waiting.timeout.connect(self.end_wait)
        self.zoom_changed.connect(self._on_zoom)
        style.changed.connect(self._refresh)

    # --- what to show ----------------------------------------------------------------------------

    @property
    def shown(self) -> Shown:
        return self._shown

    @property
    def selection(self) -> Selection:
        return self._selection

    @property
    def layers(self) -> Layers:
        """The layers that are drawn now: none while the overlays are hidden."""
        return NO_LAYERS if self._hidden else self._layers

    @property
    def modes(self) -> Modes:
        """How landmarks are worked with."""
        return self._modes

    def set_modes(self, modes: Modes) -> None:
        """Work with landmarks in another way."""
        if modes != self._modes:
            self._modes = modes
            self._refresh(unselected=False)

    @property
    def tool(self) -> str:
        return self._tool.name

    @property
    def places(self) -> bool:
        """Whether the next click puts a landmark down that waits for its place."""
        return not self._hidden and self._tool.waits

    @property
    def hint(self) -> str:
        """What can be done now, for the status bar."""
        return "The overlays are hidden: H shows them" if self._hidden else self._tool.say()

    @property
    def busy(self) -> bool:
        """Whether something is being dragged."""
        return self._tool.busy or self.panning

    def wait(self) -> None:
        """Keep the old view for a moment while the next picture is being decoded."""
        self.viewport().setUpdatesEnabled(False)
        self._waiting.start()

    def end_wait(self) -> None:
        self._waiting.stop()
        # What changed in the scene asks for its repaint by a queued call. Once the whole view is going to be
        # painted anyway, that call would only have the picture painted twice.
        QCoreApplication.sendPostedEvents(self._scene, QEvent.Type.MetaCall.value)
        self.viewport().setUpdatesEnabled(True)

    def show_picture(self, image: QImage | None, width: int, height: int) -> None:
        before = self.image_size
        super().show_picture(image, width, height)
        self._shown.size = self.image_size
        self._glass.hide()
        if before != self.image_size:
            self._refresh()

    def show_garments(
        self,
        garments: Sequence[Garment],
        categories: Mapping[int, Category],
        selection: Selection | None = None,
    ) -> None:
        """Show the garments of an image; without a ``selection`` it stays where it is still there."""
        self._tool.cancel()
        self._preview_of = None
        self._shown.set(garments, categories)
        self._selection = self._possible(selection or self._selection)
        self._refresh()

    def update_garments(
        self, garments: Sequence[Garment], categories: Mapping[int, Category], changed: Iterable[int]
    ) -> None:
        """Show changed records; only the items of the selection are built again if nothing else changed."""
        if self._tool.busy:
            self._tool.cancel()
        before = {one.id for one in self._shown.garments}
        self._preview_of = None
        self._shown.set(garments, categories)
        self._selection = self._possible(self._selection)
        others = set(changed) - {self._selection.garment_id}
        self._refresh(unselected=bool(others) or before != {one.id for one in garments})

    def _possible(self, selection: Selection) -> Selection:
        garment = self._shown.garment(selection.garment_id)
        if garment is None:
            return NO_SELECTION
        count = len(garment.points)
        landmark = selection.landmark if selection.landmark < count else -1
        return Selection(garment.id, landmark, frozenset(one for one in selection.others if one < count))

    def select(self, garment_id: int, landmark: int = -1, others: Iterable[int] = ()) -> None:
        """Select without emitting: the wish came from elsewhere."""
        self._select(self._possible(Selection(garment_id, landmark, frozenset(others))))

    def _select(self, selection: Selection) -> None:
        before, self._selection = self._selection, selection
        if before != selection:
            self._refresh(unselected=before.garment_id != selection.garment_id)

    def set_layers(self, landmarks: bool, masks: bool, boxes: bool) -> None:
        self._layers = Layers(landmarks, masks, boxes)
        self._refresh()

    def show_proposals(self, suggested: Suggested) -> None:
        """Show what a model proposes."""
        if suggested is NOTHING_SUGGESTED and self.proposed.suggested is suggested:
            return
        self.proposed.suggested = suggested
        self.proposed.refresh(self._view())

    def set_proposals_shown(self, shown: bool) -> None:
        """Switch the layer of proposals."""
        self.proposed.switch(shown)
        self.proposed.refresh(self._view())

    def set_hidden(self, garment_ids: Iterable[int]) -> None:
        """Do not draw these garments, and do not hit them."""
        self._shown.hidden = frozenset(garment_ids)
        self._refresh()

    @property
    def overlays_are_hidden(self) -> bool:
        return self._hidden

    def hide_overlays(self, hidden: bool) -> None:
        """Hide or show everything that is drawn over the picture."""
        if hidden != self._hidden:
            self._hidden = hidden
            self._glass.hide()
            self._refresh()
            self.overlays_hidden.emit(hidden)

    def set_fill(self, opacity: float) -> None:
        """Opacity of mask fills, 0 to 0.4."""
        self._overlays.set_fill(opacity)
        self._refresh()

    def set_large_shapes(self, large: bool) -> None:
        """Draw landmarks large, or as usual."""
        self._overlays.set_large(large)
        self._refresh()

    def set_tool(self, name: str) -> None:
        """Take another tool. KeyError for a name that is none of ``TOOLS``."""
        tool = self._tools[name]
        if tool is not self._tool:
            self._tool.finish()
            self._tool.cancel()
            self._tool.leave()
            self._tool = tool
            tool.enter()
            self.show_hover(NOTHING, (0, 0))
            self._refresh(unselected=False)
            self._rest_cursor()
            self.tool_changed.emit(name)

    def look_at_landmark(self) -> None:
        """Show the loupe at the current landmark for a second, as after a nudge."""
        garment = self._shown.garment(self._selection.garment_id)
        if garment is not None and self._shown.is_drawn(garment, self._selection.landmark):
            self._glass.show_briefly(garment, self._selection.landmark)

    # --- what tools may do -----------------------------------------------------------------------

    @property
    def has_handles(self) -> bool:
        """Whether the selected garment's box and its handles are drawn."""
        return not self._hidden and (self._layers.boxes or self._tool.name == "box")

    @property
    def has_vertices(self) -> bool:
        """Whether the selected garment's vertices can be dragged; those near the pointer are drawn."""
        return self.layers.masks and self._tool.name in ("select", "polygon")

    def choose(self, selection: Selection) -> None:
        selection = self._possible(selection)
        if selection != self._selection:
            self._select(selection)
            self.selected.emit(selection.garment_id, selection.landmark)

    def preview(self, garment: Garment) -> None:
        if self._preview_of is None:
            self._preview_of = self._shown.garment(garment.id)
        self._shown.put(garment)
        self._refresh(unselected=False)

    def end_preview(self) -> None:
        if self._preview_of is not None:
            self._shown.put(self._preview_of)
            self._preview_of = None
            self._refresh(unselected=False)

    def commit(self, edit: Edit) -> None:
        # The records are put back first: whoever refuses the edit leaves nothing wrong on the screen.
        self.end_preview()
        self.edited.emit(edit)

    def draw_garment(self, box: Floats) -> None:
        self.garment_drawn.emit(np.asarray(box, dtype=np.float64))

    def draw_shape(self, outline: Outline) -> None:
        self.shape_drawn.emit(outline)

    def refuse(self, why: str) -> None:
        self.refused.emit(why)

    def segment(self, prompt: Prompt | None) -> None:
        self.segment_wanted.emit(prompt)

    def show_segmented(self, outline: Outline) -> None:
        """What a segmenter has found, to be accepted."""
        self._segmenting.take(outline)

    @property
    def cuts(self) -> bool:
        """Whether polygons that are drawn cut holes."""
        return self._polygon.cuts

    def set_cuts(self, cuts: bool) -> None:
        """Let polygons cut holes, or add to the mask."""
        self._polygon.cuts = cuts

    def finish(self) -> None:
        """End what is being drawn as it is: the image is going."""
        self._tool.finish()

    def begin_stroke(self, colour: QColor) -> None:
        size, ratio = self.viewport().size(), self.devicePixelRatioF()
        self.sketch.stroke.begin(self.viewportTransform(), size, ratio, colour)
        self._overlays.selected.hold(True)

    def end_stroke(self) -> None:
        self._overlays.selected.hold(False)
        self.sketch.stroke.end()

    def add_stroke(self, start: Point, end: Point, width: float) -> None:
        ends = self.map_from_image(QPointF(*start)), self.map_from_image(QPointF(*end))
        self.sketch.stroke.add(*ends, width * self.zoom)

    def show_rubber(self, box: Floats | None) -> None:
        self._overlays.rubber(box)

    def show_lasso(self, way: Sequence[Point]) -> None:
        self._overlays.lasso(way)

    def show_loupe(self, garment: Garment | None, landmark: int = -1) -> None:
        if garment is None or self._hidden or not self._shown.is_drawn(garment, landmark):
            self._glass.hide()
        else:
            self._glass.show(garment, landmark)

    def show_hover(self, target: HitTarget, at: Point) -> None:
        self._overlays.hover(self._view(), target, at)

    def show_cursor(self, shape: Qt.CursorShape) -> None:
        if not self._space and not self.panning and self.viewport().cursor().shape() != shape:
            self.viewport().setCursor(shape)

    # --- drawing ---------------------------------------------------------------------------------

    def _view(self) -> View:
        return View(
            self._shown,
            self._selection,
            self.layers,
            self._hidden,
            self.has_handles,
            self.has_vertices,
            self.zoom,
            self.devicePixelRatioF(),
            self._modes,
            frame_of_marked(self._shown, self._selection) if self.has_frame else None,
        )

    @property
    def has_frame(self) -> bool:
        """Whether marked landmarks can be scaled and turned together by the frame round them."""
        return self.layers.landmarks and self._tool.framed

    def _refresh(self, *, unselected: bool = True) -> None:
        view = self._view()
        self._overlays.refresh(view, unselected=unselected)
        if unselected:
            self.proposed.refresh(view)

    def _on_zoom(self, _zoom: float) -> None:
        self._overlays.zoomed(self._view())
        self.proposed.zoomed(self._view())
        self._glass.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus() and self.focus_shown:
            painter = QPainter(self.viewport())
            painter.setPen(QPen(style.tokens().acc, 2))
            painter.drawRect(self.viewport().rect().adjusted(1, 1, -1, -1))
            painter.end()
        self.painted.emit()

    #: Whether the focus came from the keyboard; a click does not need to be told where it was.
    focus_shown = False

    def _rest_cursor(self) -> None:
        super()._rest_cursor()
        if not self._space:
            self.viewport().setCursor(self._tool.cursor)
