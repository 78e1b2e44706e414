"""Edits of which garment lies over which, and of which may not be changed.

The order is that of the garments' ``position``: later ones lie over earlier ones, on the canvas and in the
list. A lock is kept in ``extra`` under :data:`LOCKED`, as part of the garment: it outlives the program,
everybody who opens the store sees it, and undo takes it back in its turn.
"""

from __future__ import annotations

from collections.abc import Sequence

from store.db.change import Change
from store.document.edits import Edit
from store.records import Garment

#: The key in a garment's ``extra``.
LOCKED = "locked"


def is_locked(garment: Garment) -> bool:
    """Whether nobody may change or pick the garment by hand."""
    return garment.extra.get(LOCKED) is True


def lock(garment: Garment, locked: bool) -> Edit | None:
    """Locks a garment, or unlocks it; None where it is so already."""
    if is_locked(garment) == locked:
        return None
    extra = {key: value for key, value in garment.extra.items() if key != LOCKED}
    after = garment.but(extra={**extra, LOCKED: True} if locked else extra)
    return Edit("Lock garment" if locked else "Unlock garment", (Change(garment, after),))


def reorder(garments: Sequence[Garment], garment_id: int, by: int) -> Edit | None:
    """Moves a garment ``by`` places among those of its image: forward (over others) where positive.

    Only garments whose place becomes another are changed. None where it is at the end already, or not there.
    """
    ordered = sorted(garments, key=lambda one: (one.position, one.id))
    place = next((n for n, one in enumerate(ordered) if one.id == garment_id), -1)
    goal = min(max(place + by, 0), len(ordered) - 1)
    if place < 0 or goal == place:
        return None
    positions = [one.position for one in ordered]
    if len(set(positions)) < len(positions):
        positions = list(range(len(ordered)))
    ordered.insert(goal, ordered.pop(place))
    changes = [
        Change(one, one.but(position=position))
        for position, one in zip(positions, ordered, strict=True)
        if one.position != position
    ]
    # The moved one first: the history names an edit's first garment.
    changes.sort(key=lambda change: change.state.id != garment_id)
    return Edit("Bring forward" if by > 0 else "Send back", tuple(changes))
