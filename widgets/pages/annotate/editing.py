"""What a person does to the selected garment and its landmarks, as edits that are wished for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from store.document import edits
from store.document.landmark_edits import mirrored_moves, with_corners
from store.document.parking import last_points
from store.geometry import Point, box_of, expected_points
from store.outlines.drawing import with_outline
from store.outlines.rings import Outline, flat
from store.records import Floats, Garment, Origin, Visibility
from widgets.canvas.tools.drags import placed
from widgets.pages.annotate.shaping import Shaping
from widgets.pages.annotate.view import AnnotateView


class AnnotateEditing(AnnotateView):
    """The page, as far as it changes garments: ``edit_wanted`` carries an ``Edit``."""

    edit_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._last_category = 1
        #: What is done to several landmarks at once.
        self.shaping = Shaping(self)
        self.shaping.edit_wanted.connect(self._emit)

    # --- what is selected ------------------------------------------------------------------------

    @property
    def garment(self) -> Garment | None:
        """The selected garment."""
        return self.canvas.shown.garment(self.canvas.selection.garment_id)

    def select(self, garment_id: int, landmark: int = -1, others: Iterable[int] = ()) -> None:
        """Select a garment (0: none) and a landmark of it (-1: none), with others marked too."""
        before = self.canvas.selection
        if garment_id == before.garment_id and landmark < 0 and not others:
            landmark = before.landmark
        self.canvas.select(garment_id, landmark, others)
        self._follow()
        self._to_landmark()

    # --- changing --------------------------------------------------------------------------------

    def _emit(self, edit: edits.Edit) -> None:
        if not self.masking.refuses(edit):
            self.edit_wanted.emit(edit)

    def nudge(self, dx: float, dy: float, *, alone: bool = False) -> None:
        """Move the marked landmarks by image pixels; those without a place stay where they are.

        Unless they go ``alone``, corners of the mask that lie on them go along, and in symmetric work the
        other sides of pairs.
        """
        garment, shown = self.garment, self.canvas.shown
        if garment is None or self.canvas.busy:
            return
        drawn = shown.drawn(garment)
        moves = {
            index: placed((float(drawn[index][0]) + dx, float(drawn[index][1]) + dy), shown.size)
            for index in self.canvas.selection.landmarks
            if shown.is_drawn(garment, index)
        }
        if moves:
            self._emit(edits.move_landmarks(garment, moves) if alone else self._moved(garment, moves))
            self._to_landmark()
            self.canvas.look_at_landmark()

    def move_landmark(self, landmark: int, x: float, y: float) -> None:
        """Move one landmark of the selected garment to a place, as typed into the table."""
        if self.garment is not None:
            place = placed((x, y), self.canvas.shown.size)
            self._emit(self._moved(self.garment, {landmark: place}))

    def _moved(self, garment: Garment, moves: dict[int, Point]) -> edits.Edit:
        """The edit that moves landmarks with all that goes along."""
        shown = self.canvas.shown
        schema = shown.schema(garment) if self.canvas.modes.symmetric else None
        if schema is not None:
            moves = mirrored_moves(garment, schema, moves, shown.size)
        return with_corners(edits.move_landmarks(garment, moves))

    def set_visibility(self, visibility: Visibility) -> None:
        """Set the state of the marked landmarks."""
        self.finish_typing()
        garment = self.garment
        marked = self.canvas.selection.landmarks
        if garment is None or not marked or self.canvas.busy:
            return
        changed = [index for index in sorted(marked) if garment.visibility[index] != visibility]
        if changed:
            self._emit(self._to_state(garment, changed, visibility))

    def _to_state(self, garment: Garment, indices: list[int], visibility: Visibility) -> edits.Edit:
        """The edit that sets a state; what never had a place gets the one that the mean shape expects."""
        schema = self.canvas.shown.schema(garment)
        remembered = last_points(garment.extra)
        new = [
            index
            for index in indices
            if garment.visibility[index] == Visibility.UNLABELLED and str(index) not in remembered
        ]
        expected = expected_points(garment, schema) if schema is not None and new else None
        if expected is None:
            return edits.set_visibility(garment, indices, visibility)
        size = self.canvas.shown.size
        points = np.array(garment.points)
        for index in new:
            points[index] = placed((float(expected[index][0]), float(expected[index][1])), size)
        states = np.array(garment.visibility)
        states[new] = Visibility.VISIBLE
        edit = edits.set_visibility(garment.but(points=points, visibility=states), indices, visibility)
        # One edit from what is stored: the step in between is nobody's.
        return replace(edit, changes=(replace(edit.changes[0], before=garment),))

    def swap_sides(self) -> None:
        """Swap the left and right landmarks of the selected garment."""
        garment = self.garment
        schema = self.canvas.shown.schema(garment) if garment is not None else None
        if garment is not None and schema is not None and schema.swaps and not self.canvas.busy:
            self._emit(edits.swap_sides(garment, schema))

    def choose_category(self) -> None:
        """Open the list of categories for the selected garment."""
        if self.garment is not None and self.facts_panel.isEnabled():
            self.set_history_shown(False)
            self.facts_panel.choose_category()

    def begin_garment(self) -> None:
        """Take the box tool with nothing selected: the next box is a new garment."""
        if self.garment is not None:
            self._last_category = self.garment.category_id
        self.select(0)
        self.set_tool("box")
        self.to_canvas()

    def _add_shape(self, outline: Outline) -> None:
        """Add a garment with this mask; the tool stays in hand."""
        box = box_of(np.concatenate(flat(outline))) if outline else None
        if box is not None:
            self._add_garment(box, outline)

    def _add_garment(self, box: Floats, outline: Outline = ()) -> None:
        if self.image is None:
            return
        garments = self.canvas.shown.garments
        position = max((one.position for one in garments), default=-1) + 1
        category = self._categories.get(self._last_category) or next(iter(self._categories.values()), None)
        size = category.schema.size if category else 0
        garment = Garment(
            image_id=self.image.id,
            position=position,
            category_id=category.id if category else 0,
            box=box,
            points=np.zeros((size, 2)),
            visibility=np.zeros(size, np.uint8),
            pair_id=self.image.pair_id,
            origin=Origin.PERSON,
        )
        tool = self.canvas.tool
        self._emit(edits.add_garment(with_outline(garment, outline, self.canvas.shown.size)))
        if outline:
            self.set_tool(tool)
        elif self.garment is not None:
            self.select(self.garment.id, 0 if size else -1)
            self.set_tool("landmarks" if size else "select")
            if len(self._categories) > 1 and self.facts_panel.isVisible():
                # The next garment of an image is mostly of another category than the one before.
                self.choose_category()

    def delete_garment(self) -> None:
        """Delete the selected garment; undo brings it back."""
        if self.garment is not None and not self.canvas.busy:
            self._emit(edits.delete_garment(self.garment))

    # --- what editing needs ----------------------------------------------------------------------

    def set_tool(self, name: str) -> None:
        """Take a tool: "select", "landmarks" or "box"."""
        self.canvas.set_tool(name)
        self.strip.show_tool(name)

    def set_history_shown(self, shown: bool) -> None:
        """Put the history over the panel, or away."""
        self.toolbar.history.setChecked(shown)
        self.right.setCurrentWidget(self.drawer if shown else self.side)
        self.right.show()

    def to_canvas(self) -> None:
        """Give the keys back to the canvas."""
        self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def finish_typing(self) -> None:
        """Take over what is being typed into a field, before something else happens to the image."""
        typing = QApplication.focusWidget()
        if isinstance(typing, QLineEdit) and self.isAncestorOf(typing):
            self.to_canvas()
