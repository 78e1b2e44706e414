"""What a tool gets, and what it may do to the canvas."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from store import geometry
from store.document.edits import Edit
from store.document.order_edits import is_locked
from store.errors import StudioError
from store.geometry import Point
from store.hits import NOTHING, HitKind, HitTarget, hit_box, hit_landmark, hit_mask
from store.outlines.rings import Outline
from store.records import Floats, Garment
from store.segmenting import Prompt
from widgets.canvas.brush import Brush
from widgets.canvas.items.sketch import Sketch
from widgets.canvas.state import Layers, Modes, Selection, Shown
from widgets.canvas.tools.drags import Drag, Heedful, LandmarkDrag

#: Screen pixels within which things are hit.
REACH = 9.0
#: Screen pixels that the pointer must move before a press becomes a drag.
SLACK = 2.5


@dataclass(frozen=True, slots=True)
class Pointer:
    """The pointer: ``at`` in image pixels, ``pixel`` the size of a screen pixel in image pixels."""

    at: Point
    pixel: float
    #: Ctrl or Shift is held: add to what is marked.
    adds: bool = False
    #: Alt is held: what is dragged goes alone.
    alone: bool = False
    shift: bool = False
    ctrl: bool = False


class Stage(Protocol):
    """What the canvas offers to a tool."""

    @property
    def shown(self) -> Shown: ...
    @property
    def selection(self) -> Selection: ...
    @property
    def layers(self) -> Layers: ...
    @property
    def modes(self) -> Modes: ...
    @property
    def has_handles(self) -> bool: ...
    @property
    def has_vertices(self) -> bool: ...
    def choose(self, selection: Selection) -> None:
        """Select, as the person's wish."""

    def preview(self, garment: Garment) -> None:
        """Draw a garment as it would become."""

    def end_preview(self) -> None:
        """Draw the garment as it is."""

    def commit(self, edit: Edit) -> None:
        """Hand an edit out; the preview ends."""

    def draw_garment(self, box: Floats) -> None:
        """Ask for a new garment with this box."""

    def draw_shape(self, outline: Outline) -> None:
        """Ask for a new garment with this mask."""

    def refuse(self, why: str) -> None:
        """Say why something cannot be done."""

    def segment(self, prompt: Prompt | None) -> None:
        """Ask a segmenter what is meant; None: what was asked is no more wanted."""

    @property
    def sketch(self) -> Sketch: ...
    @property
    def brush(self) -> Brush: ...
    def begin_stroke(self, colour: QColor) -> None:
        """Show the stroke of a brush from now on, as :meth:`add_stroke` says."""

    def end_stroke(self) -> None:
        """Show it no more."""

    def add_stroke(self, start: Point, end: Point, width: float) -> None:
        """Cover a piece of the way; all in image pixels."""

    def show_rubber(self, box: Floats | None) -> None: ...
    def show_lasso(self, way: Sequence[Point]) -> None:
        """Draw the line that is being drawn round something, in image pixels."""

    def show_loupe(self, garment: Garment | None, landmark: int = -1) -> None: ...
    def show_hover(self, target: HitTarget, at: Point) -> None: ...
    def show_cursor(self, shape: Qt.CursorShape) -> None: ...


#: Cursors over the eight handles, clockwise from the top left.
HANDLE_CURSORS = (
    Qt.CursorShape.SizeFDiagCursor,
    Qt.CursorShape.SizeVerCursor,
    Qt.CursorShape.SizeBDiagCursor,
    Qt.CursorShape.SizeHorCursor,
    Qt.CursorShape.SizeFDiagCursor,
    Qt.CursorShape.SizeVerCursor,
    Qt.CursorShape.SizeBDiagCursor,
    Qt.CursorShape.SizeHorCursor,
)


class Tool:
    """Base of the tools: one drag at a time, hover, and the hit test they share."""

    name: ClassVar[str] = ""
    cursor: ClassVar[Qt.CursorShape] = Qt.CursorShape.ArrowCursor
    hint: ClassVar[str] = ""
    #: Whether marked landmarks have a frame to scale and turn them by.
    framed: ClassVar[bool] = False
    #: Whether Alt and a click are the tool's own, and do not list the garments there.
    takes_alt: ClassVar[bool] = False

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self._drag: Drag | None = None
        self._pressed: Point | None = None
        self._moved = False
        self._last_click: Point | None = None

    # --- what the canvas calls -------------------------------------------------------------------

    @property
    def busy(self) -> bool:
        """Whether the button is down."""
        return self._pressed is not None

    @property
    def waits(self) -> bool:
        """Whether the next click is for something that waits for its place, whatever lies under it."""
        return False

    def takes(self, _pointer: Pointer) -> bool:
        """Whether the pointer is on something that only this tool knows of, whatever lies under it."""
        return False

    def press(self, pointer: Pointer) -> None:
        self._pressed, self._moved = pointer.at, False
        self._drag = None
        self.begin(pointer)

    def move(self, pointer: Pointer) -> None:
        if self._pressed is None:
            return
        if not self._moved and math.dist(self._pressed, pointer.at) <= SLACK * pointer.pixel:
            return
        self._moved = True
        if self._drag is not None:
            self._show_drag(self._drag, pointer)
        else:
            self.stretch(self._pressed, pointer)

    def release(self, pointer: Pointer) -> None:
        if self._pressed is None:
            return
        pressed, moved, drag = self._pressed, self._moved, self._drag
        self._pressed = self._drag = None
        self.stage.show_loupe(None)
        self.stage.show_rubber(None)
        if drag is not None:
            edit = self.attempt(drag.edit) if moved else None
            if edit is None:
                self.stage.end_preview()
            else:
                self.stage.commit(edit)
        elif moved:
            self.stretched(pressed, pointer)
        else:
            self.click(pointer)

    def cancel(self) -> bool:
        """Give up what is going on; whether there was something."""
        busy = self.busy
        self._pressed = self._drag = None
        if busy:
            self.stage.end_preview()
            self.stage.show_loupe(None)
            self.stage.show_rubber(None)
        return busy

    def hover(self, pointer: Pointer) -> None:
        target = self.hit(pointer)
        self.stage.show_hover(target, pointer.at)
        self.stage.show_cursor(self.cursor_over(target))

    def enter(self) -> None:
        """The tool is taken in hand."""

    def leave(self) -> None:
        """Another tool is taken, or the pointer has left the canvas: nothing of the tool stays on it."""

    def wants(self, _key: int, _keys: Qt.KeyboardModifier) -> bool:
        """Whether a key is the tool's now, whatever else it means."""
        return False

    def press_key(self, key: int, keys: Qt.KeyboardModifier) -> None:
        """A key that it wants was pressed."""

    def turn_wheel(self, _steps: float) -> bool:
        """The wheel was turned with Alt held; whether the tool has a use for that."""
        return False

    def let_go(self) -> None:
        """End a drag as it was seen: the button came up and nobody said so. Without one nothing is done."""
        if self._drag is not None and self._moved and self._pressed is not None:
            self.release(Pointer(self._pressed, 1.0))
        else:
            Tool.cancel(self)

    def finish(self) -> None:
        """End what is being drawn or dragged as it is, before the image goes."""
        self.let_go()

    # --- what a tool says ------------------------------------------------------------------------

    def say(self) -> str:
        """What can be done now."""
        return self.hint

    def begin(self, pointer: Pointer) -> None:
        """The button went down: start a drag by setting one, or leave it to click and stretch."""

    def click(self, pointer: Pointer) -> None:
        """The button went up where it went down, and nothing was grabbed."""

    def stretch(self, start: Point, pointer: Pointer) -> None:
        """The pointer is being dragged over nothing."""

    def stretched(self, start: Point, pointer: Pointer) -> None:
        """It was dragged over nothing and let go."""

    def hit(self, pointer: Pointer) -> HitTarget:
        """What the tool takes hold of at the pointer."""
        return self.hit_garment(pointer)

    def cursor_over(self, target: HitTarget) -> Qt.CursorShape:
        if target.kind is HitKind.BOX_HANDLE:
            return HANDLE_CURSORS[target.index]
        if target.kind is HitKind.BOX:
            return Qt.CursorShape.SizeAllCursor
        return self.cursor

    # --- shared ----------------------------------------------------------------------------------

    def attempt(self, make: Callable[[], Edit | None]) -> Edit | None:
        """The edit that is made; None where there is none, or it cannot be, which is said."""
        try:
            return make()
        except StudioError as error:
            self.stage.refuse(str(error))
            return None

    def grab(self, drag: Drag) -> None:
        if is_locked(drag.garment):
            self.stage.refuse("The garment is locked: Ctrl+Shift+L unlocks it")
            return
        self._drag = drag
        if drag.landmark >= 0:
            self.stage.show_loupe(drag.garment, drag.landmark)

    def _show_drag(self, drag: Drag, pointer: Pointer) -> None:
        if isinstance(drag, Heedful):
            drag.heed(pointer.adds, pointer.alone)
        garment = drag.to(pointer.at)
        self.stage.preview(garment)
        if drag.landmark >= 0:
            self.stage.show_loupe(garment, drag.landmark)

    def selected(self) -> Garment | None:
        """The selected garment, unless the person has hidden it."""
        shown = self.stage.shown
        garment_id = self.stage.selection.garment_id
        return None if garment_id in shown.hidden else shown.garment(garment_id)

    def hit_landmark(self, pointer: Pointer, reach: float = REACH) -> HitTarget:
        """The nearest landmark: of the selected garment first, else of any."""
        shown = self.stage.shown
        if not self.stage.layers.landmarks:
            return NOTHING
        selected = self.selected()
        reach *= pointer.pixel
        if selected is not None:
            found = hit_landmark(selected.id, shown.drawn(selected), pointer.at, reach)
            if found:
                return found
        others = (hit_landmark(one.id, shown.drawn(one), pointer.at, reach * 0.7) for one in shown.pickable)
        return min(others, key=lambda target: target.distance, default=NOTHING)

    def hit_handle(self, pointer: Pointer, reach: float = REACH) -> HitTarget:
        """A handle or the border of the selected garment's box, as far as they are drawn."""
        selected = self.selected()
        if selected is None or not self.stage.has_handles:
            return NOTHING
        return hit_box(selected, pointer.at, reach * 0.75 * pointer.pixel)

    def hit_garment(self, pointer: Pointer) -> HitTarget:
        under = geometry.garments_at(self.stage.shown.pickable, pointer.at)
        return hit_mask(under[0], pointer.at) if under else NOTHING

    def choose_garment(self, pointer: Pointer) -> None:
        """A click into the open: the smallest garment there; on the same spot again, the next."""
        stage = self.stage
        again = self._last_click is not None and (
            math.dist(self._last_click, pointer.at) <= 4 * pointer.pixel
        )
        self._last_click = pointer.at
        current = stage.selection.garment_id if again else 0
        found = geometry.next_garment_at(stage.shown.pickable, pointer.at, current)
        if found is None:
            stage.choose(Selection())
        elif found.id != stage.selection.garment_id:
            stage.choose(Selection(found.id))
        elif stage.selection.others:
            stage.choose(Selection(found.id, stage.selection.landmark))

    def take_landmark(self, target: HitTarget, pointer: Pointer) -> None:
        """Select a landmark, or mark it with the others, and take hold of all that are marked."""
        stage, shown = self.stage, self.stage.shown
        garment = shown.garment(target.garment_id)
        if garment is None:
            return
        now = stage.selection
        marked = now.landmarks if now.garment_id == garment.id else frozenset()
        if pointer.adds and marked:
            if target.index in marked and len(marked) > 1:
                left = marked - {target.index}
                current = now.landmark if now.landmark in left else min(left)
                stage.choose(Selection(garment.id, current, left))
                return
            marked = marked | {target.index}
        elif target.index not in marked:
            marked = frozenset({target.index})
        stage.choose(Selection(garment.id, target.index, marked if len(marked) > 1 else frozenset()))
        places = {index: tuple(shown.drawn(garment)[index].tolist()) for index in marked}
        places = {index: place for index, place in places.items() if shown.is_drawn(garment, index)}
        mirror = shown.schema(garment) if stage.modes.symmetric else None
        self.grab(LandmarkDrag(garment, target.index, places, pointer.at, shown.size, mirror))
