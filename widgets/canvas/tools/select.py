"""Select: take what is under the pointer, and drag whatever of it can be dragged."""

from __future__ import annotations

from typing import ClassVar

from store.hits import NOTHING, HitKind, HitTarget, hit_vertex
from widgets.canvas.tools.base import REACH, Pointer, Tool
from widgets.canvas.tools.drags import BorderDrag, HandleDrag, VertexDrag


class SelectTool(Tool):
    """Landmarks, vertices, box handles and box borders can be dragged; a click selects a garment."""

    name: ClassVar[str] = "select"
    hint: ClassVar[str] = "Select: click a garment, drag landmarks, vertices and box handles"

    def hit(self, pointer: Pointer) -> HitTarget:
        return (
            self.hit_landmark(pointer)
            or self._hit_vertex(pointer)
            or self.hit_handle(pointer)
            or self.hit_garment(pointer)
        )

    def _hit_vertex(self, pointer: Pointer) -> HitTarget:
        selected = self.selected()
        if selected is None or not self.stage.has_vertices:
            return NOTHING
        return hit_vertex(selected, pointer.at, REACH * 0.75 * pointer.pixel)

    def begin(self, pointer: Pointer) -> None:
        target = self.hit(pointer)
        if target.kind is HitKind.LANDMARK:
            self.take_landmark(target, pointer)
            return
        garment, size = self.selected(), self.stage.shown.size
        if garment is None:
            return
        if target.kind is HitKind.VERTEX:
            self.grab(VertexDrag(garment, target.polygon, target.index, pointer.at, size))
        elif garment.box is not None and target.kind is HitKind.BOX_HANDLE:
            self.grab(HandleDrag(garment, garment.box, target.index, pointer.at, size))
        elif garment.box is not None and target.kind is HitKind.BOX:
            self.grab(BorderDrag(garment, garment.box, pointer.at, size))

    def click(self, pointer: Pointer) -> None:
        self.choose_garment(pointer)
