"""What of the Annotate page decides which actions are possible."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from app.actions.action import State
from widgets.pages.annotate import LAYER_NAMES

if TYPE_CHECKING:
    from store.document import KeepingDocument
    from widgets.pages.annotate import AnnotatePage


def state_of(page: AnnotatePage, document: KeepingDocument, base: State) -> State:
    """``base`` with what the page, its image and its history add."""
    schema, selection = page.shaping.schema, page.canvas.selection
    return replace(
        base,
        image=True,
        garment=page.garment is not None,
        landmark=page.garment is not None and selection.landmark >= 0,
        proposed=bool(page.predictions.matches),
        acceptable=page.predictions.acceptable,
        differs=bool(page.predictions.differences),
        hints=bool(page.facts_panel.hints),
        recalled=page.recalled.possible,
        marked=len(selection.landmarks),
        template=bool(schema and schema.template),
        pairs=bool(schema and schema.swaps),
        mask=page.masking.kind,
        locked=page.masking.locked,
        undo=document.undo_title or "",
        redo=document.redo_title or "",
    )


def switches_of(page: AnnotatePage) -> dict[str, bool]:
    """Which layers are shown, and how landmarks are worked with: what is switched on, by name."""
    modes, layers = page.canvas.modes, {name: page.layer_shown(name) for name in LAYER_NAMES}
    return {**layers, "symmetric": modes.symmetric, "names": modes.names}
