"""Panels of the page beside garments, facts and landmarks, and how they follow what is selected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from resources.taxonomy import LEVELS
from store.document.edits import Edit
from store.document.fact_edits import LEVEL_WORDS, next_level
from store.document.fact_hints import differing, hints
from widgets.common import SidePanel
from widgets.pages.annotate.noting import Noting
from widgets.panels.clothes import ClothesPanel
from widgets.panels.facts import FactsPanel

if TYPE_CHECKING:
    from widgets.pages.annotate.view import AnnotateView


class MorePanels(QObject):
    """Owns them. ``edit_wanted`` carries an ``Edit``; ``done()``: the keys may go back to the canvas."""

    edit_wanted = Signal(object)
    done = Signal()

    def __init__(self, view: AnnotateView) -> None:
        super().__init__(view)
        self._view = view
        self.clothes = ClothesPanel()
        self.clothes.edit_wanted.connect(self.edit_wanted)
        self.clothes.chosen.connect(self.done)
        self.notes = Noting(view)
        self.notes.done.connect(self.done)

    @property
    def facts(self) -> FactsPanel:
        """The facts that every garment has."""
        return self._view.facts_panel

    def add_to(self, side: SidePanel) -> None:
        """Put them below the facts."""
        side.add(self.clothes)
        side.add(self.notes.panel)

    def set_read_only(self, read_only: bool, reason: str) -> None:
        """Disable what would write."""
        self.clothes.setEnabled(not read_only)
        self.clothes.setToolTip(reason)

    def follow(self) -> None:
        """Show what is selected now."""
        shown = self._view.canvas.shown
        garment = shown.garment(self._view.canvas.selection.garment_id)
        self.clothes.show_garment(garment)
        found = differing(garment, hints(garment, shown.schema(garment), shown.size)) if garment else ()
        self.facts.show_hints(found)
        self.notes.follow()

    # --- facts by keyboard -----------------------------------------------------------------------

    def set_words(self, words: Sequence[tuple[str, str]]) -> None:
        """The attributes that the store knows, as ``(type, name)``."""
        self.clothes.set_words(words)

    def to_facts(self) -> None:
        """Give the keys to the first of the facts; Tab goes on from there."""
        self._bring(self.facts.category)
        self.facts.category.setFocus()

    def choose_kind(self) -> None:
        """Open DeepFashion's 50 categories."""
        self._bring(self.clothes)
        self.clothes.choose_kind()

    def write_note(self) -> None:
        """Write a note on what is selected."""
        self.notes.panel.set_folded(False)
        self._bring(self.notes.panel)
        self.notes.panel.write()

    def find_attribute(self) -> None:
        """Search for an attribute."""
        self.clothes.set_folded(False)
        self._bring(self.clothes)
        self.clothes.find_attribute()

    def next_level(self, fact: str) -> str:
        """Set the next level of a fact of the selected garment; what is said of it then."""
        garment = self._view.canvas.shown.garment(self._view.canvas.selection.garment_id)
        if garment is None or self._view.canvas.busy:
            return ""
        edit: Edit = next_level(garment, fact)
        self.edit_wanted.emit(edit)
        after = edit.changes[0].after
        return f"{LEVEL_WORDS[fact]}: {LEVELS[fact][getattr(after, fact)]}"

    def _bring(self, part: QWidget) -> None:
        """Have a part of the side panel in view, once it has its place."""
        view = self._view
        view.toolbar.history.setChecked(False)
        view.right.show()
        # What was folded has its height only in the next turn.
        QTimer.singleShot(0, part, lambda: view.side.scroll.ensureWidgetVisible(part, 0, 8))
