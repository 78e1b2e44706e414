"""What a person does to several landmarks at once: turn, scale, template, copy, mirror, state and go on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Signal

from resources.schemas import Schema
from store.document import landmark_edits
from store.document.edits import Edit
from store.document.mask_edits import box_from_mask
from store.records import Garment, Visibility
from widgets.canvas.tools.drags import becomes
from widgets.canvas.tools.frame import about_middle

if TYPE_CHECKING:
    from widgets.pages.annotate.editing import AnnotateEditing

#: What the template can be fitted to.
OWN, BOX, MASK, PREDICTION = "landmarks", "box", "mask", "prediction"


class Shaping(QObject):
    """Makes edits of many landmarks of the selected garment, and says why where it cannot.

    ``said(str)`` is for the status bar; ``edit_wanted(Edit)``; ``modes_changed()``: symmetric work or labels
    by name were switched.
    """

    said = Signal(str)
    edit_wanted = Signal(object)
    modes_changed = Signal()

    def __init__(self, page: AnnotateEditing) -> None:
        super().__init__(page)
        self._page = page

    # --- what is selected ------------------------------------------------------------------------

    def _garment(self) -> Garment | None:
        """The selected garment, unless something is being dragged."""
        page = self._page
        page.finish_typing()
        return None if page.canvas.busy else page.garment

    @property
    def schema(self) -> Schema | None:
        """The schema of the selected garment, where its landmarks follow one."""
        garment = self._page.garment
        return self._page.canvas.shown.schema(garment) if garment is not None else None

    def _wish(self, edit: Edit | None, else_say: str) -> None:
        if edit is None:
            self.said.emit(else_say)
        else:
            self.edit_wanted.emit(edit)

    # --- turn and scale --------------------------------------------------------------------------

    def turn(self, degrees: float) -> None:
        """Turn the marked landmarks clockwise about their middle."""
        self._about_middle(degrees=degrees)

    def scale(self, by: float) -> None:
        """Scale the marked landmarks about their middle."""
        self._about_middle(by=by)

    def _about_middle(self, degrees: float = 0.0, by: float = 1.0) -> None:
        garment, canvas = self._garment(), self._page.canvas
        if garment is not None:
            edit = about_middle(garment, canvas.selection, canvas.shown.size, degrees=degrees, by=by)
            self._wish(edit, "Mark two or more landmarks first: Ctrl+A marks all")

    # --- template --------------------------------------------------------------------------------

    def fit_template(self, onto: str = "", *, everything: bool = False) -> None:
        """Put landmarks where the mean shape has them: those that are unlabelled, or all.

        ``onto`` is "box", "mask" or "prediction"; "" takes the landmarks that are there, the box, the mask or
        what a model proposes, the first that says where the garment is.
        """
        garment, schema = self._garment(), self.schema
        if garment is None:
            return
        if schema is None or not schema.template:
            self.said.emit("The category has no mean shape")
            return
        size = self._page.canvas.shown.size
        order = (onto,) if onto else (*(() if everything else (OWN,)), BOX, MASK, PREDICTION)
        sources = (self._source(garment, name) for name in order)
        edits = (
            landmark_edits.fit_template(garment, schema, size, source, everything=everything)
            for source in sources
            if source is not None
        )
        edit = next((one for one in edits if one is not None), None)
        labelled = bool((garment.visibility != Visibility.UNLABELLED).all())
        done = "All landmarks are labelled: Shift+T moves them too"
        nothing = (
            f"There is no {onto} to fit the template to" if onto else "Nothing says where the garment is"
        )
        self._wish(edit, done if labelled and not everything else nothing)

    def _source(self, garment: Garment, name: str) -> Garment | None:
        """What of a garment says where it is, as one; None where it has no such thing."""
        bare = garment.but(points=np.zeros((0, 2)), visibility=np.zeros(0, np.uint8), polygons=(), rle=None)
        match name:
            case "landmarks":
                return garment
            case "box":
                return bare if garment.box is not None else None
            case "mask":
                edit = box_from_mask(garment.but(box=None))
                return bare.but(box=becomes(edit).box) if edit is not None else None
            case _:
                return self._proposed(garment)

    def _proposed(self, garment: Garment) -> Garment | None:
        """What a model proposes for the garment, as one; without a box where it has landmarks to go by."""
        matches = self._page.predictions.matches
        match = next(
            (one for one in matches if one.garment is not None and one.garment.id == garment.id), None
        )
        if match is None:
            return None
        proposal = match.proposal
        fits = len(proposal.points) == len(garment.points)
        return garment.but(
            box=proposal.box,
            polygons=(),
            rle=None,
            points=proposal.points if fits else np.zeros((0, 2)),
            visibility=proposal.visibility if fits else np.zeros(0, np.uint8),
        )

    # --- copy ------------------------------------------------------------------------------------

    def take_from(self, garment_id: int, source: Garment, same: Mapping[int, int], whence: str) -> None:
        """Give a garment the landmarks of another one; ``same`` maps indices to those of ``source``.

        Nothing is done where another garment has been selected meanwhile.
        """
        garment = self._garment()
        if garment is None or garment.id != garment_id:
            return
        size = self._page.canvas.shown.size
        edit = landmark_edits.copy_landmarks(garment, source, same, size, whence)
        self._wish(edit, "There is no landmark to copy")

    # --- left and right --------------------------------------------------------------------------

    def swap_pairs(self) -> None:
        """Swap left and right of the pairs that the marked landmarks belong to."""
        garment, schema = self._garment(), self.schema
        if garment is not None and schema is not None:
            marked = self._page.canvas.selection.landmarks
            edit = landmark_edits.swap_pairs(garment, schema, marked)
            self._wish(edit, "The marked landmark has no other side")

    def toggle_symmetric(self) -> None:
        """Let the other side of a pair go along, mirrored, or no longer."""
        canvas = self._page.canvas
        canvas.set_modes(replace(canvas.modes, symmetric=not canvas.modes.symmetric))
        on = "goes along" if canvas.modes.symmetric else "stays"
        self.said.emit(f"The other side of a pair {on}")
        self.modes_changed.emit()

    def toggle_names(self) -> None:
        """Label landmarks by name, or by number again."""
        canvas = self._page.canvas
        canvas.set_modes(replace(canvas.modes, names=not canvas.modes.names))
        self.modes_changed.emit()

    # --- state -----------------------------------------------------------------------------------

    def set_and_go_on(self, visibility: Visibility) -> None:
        """Set the state of the marked landmarks, and select the next landmark."""
        page = self._page
        if page.garment is None or page.canvas.selection.landmark < 0 or page.canvas.busy:
            return
        last = max(page.canvas.selection.landmarks)
        page.set_visibility(visibility)
        garment = page.garment
        if garment is not None and len(garment.points):
            page.select(garment.id, (last + 1) % len(garment.points))

    def nudge_alone(self, dx: float, dy: float) -> None:
        """Move the marked landmarks by image pixels; neither corners of the mask nor other sides go along."""
        self._page.nudge(dx, dy, alone=True)
