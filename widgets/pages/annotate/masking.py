"""What a person does to the mask of the selected garment as a whole, and what the window says of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QRunnable, QThreadPool, Signal, Slot

from store.db.change import Change
from store.document import mask_edits, order_edits
from store.document.edits import Edit
from store.document.order_edits import is_locked
from store.errors import StudioError
from store.formats.mask_limits import mask_limit
from store.geometry import Point
from store.outlines.rings import has_holes, is_pixels, rings
from store.records import Garment
from store.segmenting import names
from widgets.pages.annotate.segmenting import Segmenting
from widgets.panels.mask_options import TOOLS, MaskOptions

if TYPE_CHECKING:
    from widgets.pages.annotate.view import AnnotateView

_READ_ONLY = "The store is read-only"
_LOCKED = "The garment is locked: Ctrl+Shift+L unlocks it"


class _Warm(QObject):
    """Says from a thread that all is read in, and which segmenters there are."""

    ready = Signal(object)


class _Warming(QRunnable):
    """Reads in the library that the tools need, so that the first stroke does not wait for it."""

    def __init__(self, warm: _Warm) -> None:
        super().__init__()
        self._warm = warm

    def run(self) -> None:
        from store.outlines import areas

        areas.union_of(())
        self._warm.ready.emit(names())


class Masking(QObject):
    """Joins the canvas' mask tools, their options and the page. ``edit_wanted`` carries an ``Edit``,
    ``said`` words for the status bar."""

    edit_wanted = Signal(object)
    said = Signal(str)

    def __init__(self, view: AnnotateView) -> None:
        super().__init__(view)
        self._view = view
        self._canvas = view.canvas
        #: The format of the dataset that the image belongs to; "" where it is not known.
        self.format = ""
        self._begun = False
        #: Whether the library that the tools need is read in.
        self.ready = False
        self._warm = _Warm(self)
        self._warm.ready.connect(self._warmed)
        self._pool = QThreadPool(self)
        self._checked: tuple[Garment | None, Point | None] = (None, None)
        self.options = MaskOptions(view.canvas)
        self.options.size_chosen.connect(self._canvas.brush.set_size)
        self.options.cuts_chosen.connect(self.set_cuts)
        self.options.wanted.connect(self._do)
        self._canvas.brush.changed.connect(self._size_changed)
        self._canvas.tool_changed.connect(self._tool_changed)
        self._canvas.refused.connect(self.said)
        self._canvas.installEventFilter(self)
        self.segmenting = Segmenting(view, self)
        self.segmenting.said.connect(self.said)
        self.options.segmenter_chosen.connect(self.segmenting.use)
        self.options.show_size(self._canvas.brush.size)

    # --- what is shown ---------------------------------------------------------------------------

    @property
    def garment(self) -> Garment | None:
        """The selected garment."""
        return self._canvas.shown.garment(self._canvas.selection.garment_id)

    @property
    def kind(self) -> str:
        """What the selected garment's mask is: "polygons", "holes", "pixels" or "" for none."""
        garment = self.garment
        if garment is None or (not garment.polygons and garment.rle is None):
            return ""
        if is_pixels(garment):
            return "pixels"
        return "holes" if has_holes(garment) else "polygons"

    @property
    def locked(self) -> bool:
        """Whether the selected garment is locked."""
        garment = self.garment
        return garment is not None and is_locked(garment)

    def _tool_changed(self, tool: str) -> None:
        self.options.show_tool(tool)
        if tool in TOOLS and not self._begun:
            self._begun = True
            self._pool.start(_Warming(self._warm))
        self.follow()

    @Slot(object)
    def _warmed(self, segmenters: tuple[str, ...]) -> None:
        self.ready = True
        self.options.show_segmenters(segmenters)
        self.follow()

    def close(self) -> None:
        """Wait for what is being read in or looked for; the page is going."""
        self._pool.waitForDone()
        self.segmenting.close()

    def _size_changed(self, size: int) -> None:
        self.options.show_size(size)
        self.said.emit(f"Brush {size} px")

    def set_format(self, name: str) -> None:
        """The image belongs to a dataset of this format."""
        self.format = name
        self.follow()

    def follow(self) -> None:
        """Say what there is to say of the selected garment's mask."""
        if self.options.tool not in TOOLS:
            self._canvas.sketch.show_crossing(None, 0.0)
            return
        garment = self.garment
        kind = self.kind
        possible = [] if self.locked or self._view.read_only or not kind else ["fill_holes", "box"]
        if possible and kind != "pixels":
            possible.append("simplify")
        if possible and garment is not None and garment.box is not None:
            possible.append("clip")
        why = _READ_ONLY if self._view.read_only else _LOCKED if self.locked else "there is no mask"
        self.options.show_possible(possible, "the mask is single pixels" if possible else why)
        self._say(garment)

    def _say(self, garment: Garment | None) -> None:
        # Till the library is read in nobody waits for it.
        crossing = self._crossing(garment) if garment is not None and self.ready else None
        self._canvas.sketch.show_crossing(crossing, 7.0 / self._canvas.zoom)
        limit = "" if garment is None else mask_limit(self.format, garment)
        if crossing is not None:
            x, y = crossing
            text = f"The outline crosses itself at x {x:.0f}, y {y:.0f}"
            self.options.say(text, "mend", "Mend", "Ctrl+Shift+O")
        elif garment is not None and is_pixels(garment) and self.options.tool == "polygon":
            text = "The mask is single pixels: it has no corners to drag"
            self.options.say(text, "polygons", "To polygons", "Ctrl+Shift+P")
        elif garment is not None and is_locked(garment):
            self.options.say("The garment is locked", "lock", "Unlock", "Ctrl+Shift+L")
        else:
            self.options.say(limit)

    def _crossing(self, garment: Garment) -> Point | None:
        """Where the first ring crosses itself that does; kept for as long as the garment is the same."""
        if self._checked[0] is not garment:
            from store.outlines import areas

            found = (areas.crossing(ring) for ring in rings(garment))
            self._checked = garment, next((at for at in found if at is not None), None)
        return self._checked[1]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize:
            self.options.place()
        return super().eventFilter(watched, event)

    # --- what may be changed ---------------------------------------------------------------------

    def refuses(self, edit: Edit) -> bool:
        """Whether an edit by hand is not to be made, because of a lock or of the store; says so."""
        why = _READ_ONLY if self._view.read_only else ""
        if not why and any(_is_kept(change) for change in edit.changes):
            why = _LOCKED
        if why:
            self.said.emit(why)
        return bool(why)

    # --- the mask as a whole ---------------------------------------------------------------------

    def _do(self, name: str) -> None:
        {
            "simplify": self.simplify,
            "fill_holes": self.fill_holes,
            "clip": self.clip_to_box,
            "box": self.box_from_mask,
            "mend": self.mend,
            "polygons": self.to_polygons,
            "lock": self.toggle_lock,
        }[name]()

    def _edit(self, make: Callable[[Garment], Edit | None], nothing: str) -> bool:
        """Wish for the edit that is made of the selected garment; whether there was one."""
        garment = self.garment
        if garment is None or self._canvas.busy:
            return False
        why = _READ_ONLY if self._view.read_only else _LOCKED if is_locked(garment) else ""
        if why:
            self.said.emit(why)
            return False
        try:
            edit = make(garment)
        except StudioError as error:
            self.said.emit(str(error))
            return False
        if edit is None:
            self.said.emit(nothing)
        else:
            self.edit_wanted.emit(edit)
        return edit is not None

    def _measured(self, make: Callable[[Garment], tuple[Edit | None, float]], nothing: str) -> None:
        """As :meth:`_edit`, and say how near the new outline is to the old one."""
        off: list[float] = []

        def edit(garment: Garment) -> Edit | None:
            made, distance = make(garment)
            off.append(distance)
            return made

        before = sum(map(len, rings(self.garment))) if self.garment is not None else 0
        if self._edit(edit, nothing) and self.garment is not None:
            corners = sum(map(len, rings(self.garment)))
            count = f"{before:,} corners became {corners:,}" if before and corners else f"{corners:,} corners"
            what = count if corners else "Single pixels"
            self.said.emit(f"{what}; the outline is within {off[0]:.2f} px of what it was")

    def simplify(self) -> None:
        """Take corners out that nobody misses, within the tolerance of the options."""
        tolerance = self.options.tolerance.value()
        size = self._canvas.shown.size
        nothing = f"No corner can go within {tolerance:.1f} px"
        self._measured(lambda garment: mask_edits.simplify(garment, tolerance, size), nothing)

    def to_polygons(self) -> None:
        """Give a mask of pixels corners."""
        size = self._canvas.shown.size
        self._measured(lambda garment: mask_edits.to_polygons(garment, size), "The mask has corners already")

    def to_pixels(self) -> None:
        """Make a mask with corners single pixels."""
        size = self._canvas.shown.size
        self._measured(lambda garment: mask_edits.to_pixels(garment, size), "There are no corners")

    def fill_holes(self) -> None:
        """Fill all holes of the mask."""
        size = self._canvas.shown.size
        self._edit(lambda garment: mask_edits.fill_holes(garment, size), "The mask has no holes")

    def clip_to_box(self) -> None:
        """Take away what of the mask lies outside the box."""
        size = self._canvas.shown.size
        nothing = "Nothing of the mask lies outside the box"
        self._edit(lambda garment: mask_edits.clip_to_box(garment, size), nothing)

    def box_from_mask(self) -> None:
        """Make the box the extent of the mask."""
        self._edit(mask_edits.box_from_mask, "The box is the extent of the mask already")

    def mend(self) -> None:
        """Take outlines apart where they cross themselves."""
        size = self._canvas.shown.size
        self._edit(lambda garment: mask_edits.mend(garment, size), "No outline crosses itself")

    def delete_mask(self) -> None:
        """Delete the mask of the selected garment; the garment stays."""
        self._edit(mask_edits.delete_mask, "The garment has no mask")

    def set_cuts(self, cuts: bool) -> None:
        """Whether polygons that are drawn cut holes."""
        self._canvas.set_cuts(cuts)
        self.options.show_cuts(cuts)
        self.said.emit("Polygons cut holes into the mask" if cuts else "Polygons add to the mask")

    def toggle_cuts(self) -> None:
        """Let polygons cut holes, or add again."""
        self.set_cuts(not self._canvas.cuts)

    # --- overlapping garments --------------------------------------------------------------------

    def move(self, by: int) -> None:
        """Bring the selected garment forward by so many places, or send it back."""
        garments = self._canvas.shown.garments
        nothing = "It is in front of all others" if by > 0 else "It is behind all others"
        self._edit(lambda garment: order_edits.reorder(garments, garment.id, by), nothing)

    def toggle_lock(self, garment_id: int = 0) -> None:
        """Lock a garment (0: the selected one) so that nobody changes or picks it, or unlock it."""
        garment = self._canvas.shown.garment(garment_id) if garment_id else self.garment
        if garment is None or self._canvas.busy:
            return
        edit = order_edits.lock(garment, not is_locked(garment))
        if edit is not None:
            self.edit_wanted.emit(edit)

    def toggle_hidden(self) -> None:
        """Draw the selected garment no longer, or again."""
        if self.garment is not None:
            self._hide(self._canvas.shown.hidden ^ {self.garment.id})

    def toggle_solo(self) -> None:
        """Draw the selected garment alone, or all again."""
        garment, shown = self.garment, self._canvas.shown
        if garment is None:
            return
        others = frozenset(one.id for one in shown.garments) - {garment.id}
        self._hide(frozenset() if shown.hidden == others else others)

    def _hide(self, ids: frozenset[int]) -> None:
        self._canvas.set_hidden(ids)
        self._view.follow_proposals()


def _is_kept(change: Change) -> bool:
    """Whether a change is one of a locked garment that is no unlocking and no step aside for another."""
    before, after = change.before, change.after
    if not isinstance(before, Garment) or not is_locked(before):
        return False
    if not isinstance(after, Garment):
        return True
    return is_locked(after) and not after.same_as(before, frozenset({"position"}))
