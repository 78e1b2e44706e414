"""What the tools share that draw masks: for which garment they draw, and when they cannot."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from PySide6.QtCore import Qt

from store.document.edits import Edit
from store.document.order_edits import is_locked
from store.hits import NOTHING, HitTarget
from store.records import Garment
from widgets.canvas.tools.base import Pointer, Tool


class DrawingTool(Tool):
    """Draws on the selected garment, or a new one where none is selected."""

    takes_alt: ClassVar[bool] = True
    cursor: ClassVar[Qt.CursorShape] = Qt.CursorShape.CrossCursor

    def takes(self, _pointer: Pointer) -> bool:
        return True

    def hit(self, _pointer: Pointer) -> HitTarget:
        return NOTHING

    def leave(self) -> None:
        self.stage.sketch.show_circle(None)

    def cancel(self) -> bool:
        busy = super().cancel()
        self.stage.sketch.clear()
        self.stage.end_stroke()
        return busy

    def whose(self) -> str:
        """Whose mask is drawn, in words."""
        garment = self.selected()
        return "a new garment" if garment is None else f"garment {self.stage.shown.number(garment.id)}"

    def may_draw(self) -> bool:
        """Whether something can be drawn now; says why not."""
        stage = self.stage
        garment = stage.shown.garment(stage.selection.garment_id)
        why = ""
        if not stage.layers.masks:
            why = "Masks are not shown: F6 shows them"
        elif garment is not None and garment.id in stage.shown.hidden:
            why = "The garment is hidden: Shift+H shows it"
        elif garment is not None and is_locked(garment):
            why = "The garment is locked: Ctrl+Shift+L unlocks it"
        if why:
            stage.refuse(why)
        return not why

    def commit(self, make: Callable[[], Edit | None], nothing: str = "") -> None:
        """Hand out the edit that is made; where there is none, ``nothing`` says why."""
        said: list[str] = []
        edit = self.attempt(make)
        if edit is not None:
            self.stage.commit(edit)
        elif nothing and not said:
            self.stage.refuse(nothing)

    def mask_owner(self) -> Garment | None:
        """The selected garment, which must be there; says so where it is not."""
        garment = self.selected()
        if garment is None:
            self.stage.refuse("No garment is selected: select the one to change")
        return garment
