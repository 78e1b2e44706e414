"""The Annotate page: everything a person can do to an image, by mouse, by key or by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from store.records import Garment, Review
from widgets.pages.annotate.editing import AnnotateEditing
from widgets.pages.annotate.recalled import Recalled
from widgets.panels.garments import proposal_id, proposal_number
from widgets.panels.history import Entry


class AnnotatePage(AnnotateEditing):
    """Emits wishes; a controller fulfils them and shows the result.

    ``edit_wanted`` carries an ``Edit``, ``review_wanted`` a ``Review``, ``accept_wanted`` whether to go
    on to the next image, ``go_wanted`` a 0-based row. Every operation is a method too, for actions.
    """

    undo_wanted = Signal()
    redo_wanted = Signal()
    next_wanted = Signal()
    previous_wanted = Signal()
    go_wanted = Signal(int)
    accept_wanted = Signal(bool)
    review_wanted = Signal(object)
    #: Browse was asked for from the empty page, and the folder of missing pictures from the notice.
    browse_wanted = Signal()
    locate_wanted = Signal()
    #: What the tool does, for the status bar.
    hint_changed = Signal(str)
    layers_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._said: tuple[str, tuple[object, ...]] = ("", ())
        self.recalled = Recalled(self)
        self.recalled.edit_wanted.connect(self._emit)
        self.recalled.said.connect(self.say)
        self.canvas.selected.connect(lambda _garment, _landmark: self._follow())
        self.canvas.edited.connect(self._emit)
        self.canvas.garment_drawn.connect(self._add_garment)
        self.canvas.shape_drawn.connect(self._add_shape)
        self.masking.edit_wanted.connect(self._emit)
        self.masking.said.connect(self.say)
        self.canvas.proposal_chosen.connect(self.predictions.choose)
        self.canvas.tool_changed.connect(self._tool_changed)
        self.canvas.overlays_hidden.connect(self._overlays_hidden)
        self._connect_bars()
        self._connect_panels()
        self._connect_landmarks()

    def _connect_bars(self) -> None:
        bar = self.toolbar
        bar.previous.clicked.connect(self.previous_wanted)
        bar.next.clicked.connect(self.next_wanted)
        bar.undo.clicked.connect(self.undo_wanted)
        bar.redo.clicked.connect(self.redo_wanted)
        bar.history.toggled.connect(self.set_history_shown)
        bar.layer_switched.connect(self.set_layer)
        bar.show_wanted.connect(lambda: self.hide_overlays(False))
        bar.zoom_in.clicked.connect(self.zoom_in)
        bar.zoom_out.clicked.connect(self.zoom_out)
        bar.fit.clicked.connect(self.fit)
        self.strip.chosen.connect(self.set_tool)
        self.filmstrip.go_wanted.connect(self.go_wanted)
        self.filmstrip.accept_wanted.connect(self._accept_pressed)
        self.filmstrip.second_look_wanted.connect(lambda: self.review_wanted.emit(Review.SECOND_LOOK))
        self.filmstrip.reject_wanted.connect(lambda: self.review_wanted.emit(Review.REJECTED))
        self.empty.action.connect(self.browse_wanted)
        self.notice.locate_wanted.connect(self.locate_wanted)

    def _connect_panels(self) -> None:
        self.garments_panel.chosen.connect(self._row_chosen)
        self.garments_panel.visibility_toggled.connect(self.toggle_garment)
        self.garments_panel.lock_toggled.connect(self.masking.toggle_lock)
        self.garments_panel.move_wanted.connect(self.masking.move)
        self.garments_panel.new_wanted.connect(self.begin_garment)
        self.garments_panel.delete_wanted.connect(self.delete_garment)
        self.facts_panel.edit_wanted.connect(self._emit)
        self.facts_panel.chosen.connect(self.to_canvas)
        self.more.edit_wanted.connect(self._emit)
        self.more.done.connect(self.to_canvas)
        self.landmarks_panel.chosen.connect(self._landmark_chosen)
        self.landmarks_panel.moved.connect(self.move_landmark)
        self.landmarks_panel.state_wanted.connect(self.set_visibility)
        self._connect_predictions()
        self.history_panel.closed.connect(lambda: self.toolbar.history.setChecked(False))
        self.history_panel.garment_chosen.connect(self.select)

    def _connect_landmarks(self) -> None:
        self.shaping.said.connect(self.say)
        self.shaping.modes_changed.connect(self._modes_changed)
        self.guide.stepped.connect(self.next_landmark)
        self.guide.chosen.connect(lambda index: self._landmark_chosen(index, frozenset()))
        panel = self.landmarks_panel
        panel.symmetric_toggled.connect(self.shaping.toggle_symmetric)
        panel.names_toggled.connect(self.shaping.toggle_names)

    def _modes_changed(self) -> None:
        self.landmarks_panel.show_modes(self.canvas.modes)
        self.layers_changed.emit()

    def _connect_predictions(self) -> None:
        panel, predictions = self.predictions_panel, self.predictions
        predictions.edit_wanted.connect(self._emit)
        predictions.said.connect(self.say)
        panel.accept_wanted.connect(predictions.accept)
        panel.reject_wanted.connect(predictions.reject)
        panel.accept_all_wanted.connect(predictions.accept_all)
        panel.part_wanted.connect(predictions.accept_part)
        panel.whole_wanted.connect(predictions.accept_whole)
        panel.rejected_wanted.connect(predictions.show_rejected)
        panel.difference_chosen.connect(predictions.mark)
        panel.show_wanted.connect(lambda: self.set_layer("predictions", True))

    # --- selecting -------------------------------------------------------------------------------

    def _row_chosen(self, row_id: int) -> None:
        """A row of the list: a garment, or one that is proposed."""
        if row_id < 0:
            self.predictions.choose(proposal_number(row_id))
        else:
            self.select(row_id)

    def _landmark_chosen(self, landmark: int, marked: frozenset[int]) -> None:
        self.canvas.select(self.canvas.selection.garment_id, landmark, marked)
        self._follow()
        self._to_landmark()

    def show_change(self, before: object, after: object) -> None:
        """Select what an undo or a redo has changed, so that it is seen: a garment, or one landmark of it."""
        if not isinstance(after, Garment):
            return
        landmark = -1
        if isinstance(before, Garment) and len(before.points) == len(after.points):
            moved = (before.points != after.points).any(axis=1)
            changed = np.flatnonzero(moved | (before.visibility != after.visibility))
            landmark = int(changed[0]) if len(changed) == 1 else -1
        self.select(after.id, landmark)

    def next_garment(self, step: int = 1) -> None:
        """Select the next garment, those that are proposed last, or the one before; round and round."""
        ids = [one.id for one in self.canvas.shown.visible]
        ids += [row.garment_id for row in self.predictions.rows()]
        if not ids:
            return
        chosen = self.predictions.chosen
        now = self.canvas.selection.garment_id or (0 if chosen is None else proposal_id(chosen.number))
        place = ids.index(now) + step if now in ids else 0
        self._row_chosen(ids[place % len(ids)])

    def next_landmark(self, step: int = 1) -> None:
        """Select the next landmark by number, unlabelled ones too, or the one before with -1."""
        if self.garment is None:
            self.next_garment()
        garment, selection = self.garment, self.canvas.selection
        if garment is None or not len(garment.points):
            return
        if selection.landmark < 0:
            landmark = 0 if step > 0 else len(garment.points) - 1
        else:
            landmark = (selection.landmark + step) % len(garment.points)
        self.select(garment.id, landmark)

    def next_level(self, fact: str) -> None:
        """Set the next level of a fact ("scale", "occlusion", ...) of the selected garment."""
        if said := self.more.next_level(fact):
            self.say(said)

    def all_landmarks(self) -> None:
        """Mark every landmark of the selected garment, those without a place too."""
        garment = self.garment
        if garment is not None and len(garment.points):
            current = max(self.canvas.selection.landmark, 0)
            self.select(garment.id, current, frozenset(range(len(garment.points))))

    # --- looking ---------------------------------------------------------------------------------

    def _tool_changed(self, name: str) -> None:
        self.strip.show_tool(name)
        self.guide.follow()
        self.hint_changed.emit(self.canvas.hint)

    def say(self, text: str) -> None:
        """Say something in the status bar until the person goes on to something else."""
        self._said = (text, self._standing())
        self.hint_changed.emit(text)

    def _standing(self) -> tuple[object, ...]:
        """What is in front of the person: where it is another, what was said is old."""
        image, selection, shown = self.image, self.canvas.selection, self.canvas.shown
        versions = tuple((one.id, one.version) for one in shown.garments)
        return image.id if image is not None else 0, selection, self.canvas.tool, versions

    @property
    def hint(self) -> str:
        """What was said last, while it is news; else what the tool does."""
        text, standing = self._said
        return text if text and standing == self._standing() else self.canvas.hint

    def layer_shown(self, name: str) -> bool:
        """Whether a layer ("landmarks", "masks", "boxes", "predictions") is switched on."""
        return self.toolbar.layers.is_on(name)

    def set_layer(self, name: str, on: bool) -> None:
        """Show or hide a layer; showing one ends the hiding of all."""
        layers = self.toolbar.layers
        layers.set_on(name, on)
        if on:
            self.canvas.hide_overlays(False)
        if name == "predictions":
            self.canvas.set_proposals_shown(on)
            self.landmarks_panel.set_compares(on)
            self._arrangement.fit_height()
            if not on:
                self.predictions.choose_none()
            self._follow(rows=True)
        else:
            shown = {layer: layers.is_on(layer) for layer in ("landmarks", "masks", "boxes")}
            self.canvas.set_layers(**shown)
        self.layers_changed.emit()

    def toggle_layer(self, name: str) -> None:
        """Switch a layer."""
        self.set_layer(name, not self.layer_shown(name))

    def hide_overlays(self, hidden: bool) -> None:
        """Hide everything over the picture, or show it again."""
        self.canvas.hide_overlays(hidden)

    def toggle_overlays(self) -> None:
        """Hide everything over the picture if it is shown, as a tap of H does."""
        self.canvas.hide_overlays(not self.canvas.overlays_are_hidden)

    def _overlays_hidden(self, hidden: bool) -> None:
        self.guide.follow()
        self.toolbar.hidden.setVisible(hidden)
        self.layers_changed.emit()

    def toggle_garment(self, garment_id: int) -> None:
        """Draw a garment no longer, or again."""
        self.canvas.set_hidden(self.canvas.shown.hidden ^ {garment_id})
        self._follow(rows=True)

    def fit(self) -> None:
        """Show the whole picture."""
        self.canvas.fit()

    def actual_size(self) -> None:
        """One image pixel is one screen pixel."""
        self.canvas.actual_size()

    def zoom_in(self) -> None:
        self.canvas.zoom_in()

    def zoom_out(self) -> None:
        self.canvas.zoom_out()

    def toggle_history(self) -> None:
        """Put the history over the panel, or away."""
        self.set_history_shown(not self.toolbar.history.isChecked())

    def show_history(self, revisions: Sequence[Entry]) -> None:
        """Show the revisions of the image, given oldest first."""
        self.recalled.show(revisions)

    def toggle_side(self) -> None:
        """Show or hide the side panel."""
        self.right.setVisible(self.right.isHidden())

    def _accept_pressed(self) -> None:
        stays = QApplication.keyboardModifiers() & Qt.KeyboardModifier.ControlModifier
        self.accept_wanted.emit(not stays)

    # --- the keyboard ----------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Esc that no field, list or table has a use for lead back to the canvas."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        focus = QApplication.focusWidget()
        if enter and isinstance(focus, QAbstractButton):
            focus.click()
        elif enter or event.key() == Qt.Key.Key_Escape:
            self.to_canvas()
        else:
            super().keyPressEvent(event)

    # --- what is remembered ----------------------------------------------------------------------

    def state(self) -> dict[str, Any]:
        """What :meth:`restore` needs: plain values for the settings."""
        return {
            "tool": self.canvas.tool,
            "layers": [name for name in ("landmarks", "masks", "boxes") if self.layer_shown(name)],
            "predictions": self.layer_shown("predictions"),
            "side": not self.right.isHidden(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Be as :meth:`state` said; unknown or missing values change nothing."""
        if state.get("tool") in self.strip.buttons:
            self.set_tool(state["tool"])
        layers = state.get("layers")
        if isinstance(layers, list):
            for name in ("landmarks", "masks", "boxes"):
                self.set_layer(name, name in layers)
        if isinstance(state.get("predictions"), bool):
            self.set_layer("predictions", state["predictions"])
        if isinstance(state.get("side"), bool):
            self.right.setVisible(state["side"])
