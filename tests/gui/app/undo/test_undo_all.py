"""No action that edits is without a gesture that is stored, undone and made again."""

from __future__ import annotations

from dataclasses import replace

from app.actions.action import State
from app.actions.table import actions
from tests.gui.app.undo import test_undo_facts, test_undo_garments, test_undo_landmarks, test_undo_masks
from tests.gui.app.undo.test_undo_many import BROWSE, SWEEP

#: These need a store that can be written, and make no edit of their own.
NO_EDITS = {
    *(f"{page}.{way}" for page in ("edit", "browse", "sweep") for way in ("undo", "redo")),
    # Where one looks, and what a model says.
    *("sweep.next", "sweep.nearer", "sweep.further", "model.reject"),
}


def test_every_action_that_edits_has_a_step() -> None:
    able = State(
        **dict.fromkeys(("store", "image", "garment", "landmark", "proposed", "acceptable"), True),
        **dict.fromkeys(("hints", "recalled", "template", "pairs", "crop", "writable"), True),
        **dict.fromkeys(("undo", "redo", "undo_crop", "redo_crop", "undo_many", "redo_many"), "something"),
        images=3,
        selected=3,
        marked=3,
        mask="polygons",
    )
    edits = {
        one.id
        for one in actions()
        if one.page in ("annotate", "sweep", "browse")
        and one.enabled_when(replace(able, writable=False)) == "The store is open read-only"
    }
    tools = {one.id for one in actions() if one.id.startswith("tool.")}
    tables = (test_undo_facts, test_undo_garments, test_undo_landmarks, test_undo_masks)
    shown = {step.action for table in tables for step in table.STEPS}
    shown |= {step.action for step in (*SWEEP, *BROWSE)}
    assert len(edits) > 60
    assert edits | tools == (shown & (edits | tools)) | (NO_EDITS & edits), sorted(
        (edits | tools) - shown - NO_EDITS
    )
