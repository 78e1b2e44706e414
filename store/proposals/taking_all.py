"""All that is proposed for an image, taken at once: what a person or a file has said stays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from resources.correspondence import pairs
from resources.taxonomy import Category
from store.db.change import Change
from store.document.edits import Edit
from store.document.order_edits import is_locked
from store.document.parking import last_points
from store.document.provenance import said_of, said_of_landmarks
from store.proposals.accepting import change_of, position_behind, sure
from store.proposals.differing import garment_schema
from store.proposals.records import Match, Part, Proposal
from store.records import Garment, Image, Origin, Review, Visibility


@dataclass(frozen=True, slots=True)
class AllAccepted:
    """What accepting all does: the ``edit``, and how many garments it adds, updates, and leaves as they are
    although something else is proposed for them."""

    edit: Edit
    added: int = 0
    updated: int = 0
    left: int = 0


def accept_all(
    matches: Sequence[Match],
    image: Image,
    categories: Mapping[int, Category],
    *,
    others: Iterable[Garment] = (),
) -> AllAccepted:
    """Accept several proposals in one edit, each as a new garment or into its own.

    Of a garment only such parts are set as are empty or still as a model said them; what a person or a file
    has said stays, and so does every garment of an image that is accepted, and every locked one:
    :func:`accept` overwrites one.
    Garments that are so already are left out; an edit without ``changes`` says that there is nothing to do.
    ValueError where two matches have the same garment.
    """
    garments = [match.garment for match in matches if match.garment is not None]
    if len({garment.id for garment in garments}) < len(garments):
        raise ValueError("two proposals for the same garment cannot be accepted together")
    position = position_behind([*others, *garments])
    new: list[Change] = []
    updates: list[Change] = []
    left = 0
    for match in matches:
        if match.garment is not None:
            change = _update(match, match.garment, image, categories, position)
            updates += [change] if change is not None else []
            left += change is None and _whole(match, image, categories, position) is not None
        elif match.proposal.category_id in categories:
            added = _whole(match, image, categories, position)
            new += [added] if added is not None else []
            position += 1
    models = ", ".join(dict.fromkeys(match.proposal.source.model for match in matches))
    count = len(new) + len(updates)
    what = "1 garment" if count == 1 else f"{count} garments"
    edit = Edit(f"Accept {what} of {models}", (*updates, *new), Origin.MODEL)
    return AllAccepted(edit, len(new), len(updates), left)


def _update(
    match: Match, garment: Garment, image: Image, categories: Mapping[int, Category], position: int
) -> Change | None:
    """What becomes of a garment that is there; None where nothing of it may change, or would."""
    if image.review is Review.ACCEPTED or is_locked(garment):
        return None
    parts, indices = _free(match.proposal, garment, categories)
    return change_of(match.proposal, garment, image, categories, parts, indices, position, strict=False)


def _whole(match: Match, image: Image, categories: Mapping[int, Category], position: int) -> Change | None:
    """What becomes of a garment that takes everything; None where it is so already."""
    proposal = match.proposal
    return change_of(
        proposal, match.garment, image, categories, proposal.parts, sure(proposal), position, strict=False
    )


def _free(
    proposal: Proposal, garment: Garment, categories: Mapping[int, Category]
) -> tuple[frozenset[Part], list[int]]:
    """The parts of the proposal, and of its landmarks those, that overwrite nothing but what a model said."""
    said = said_of_landmarks(garment.extra)
    labelled = np.flatnonzero(garment.visibility != Visibility.UNLABELLED).tolist()
    # Whether nobody but models has placed landmarks, or none are placed.
    untouched = all(index in said for index in labelled)
    empty = {
        Part.BOX: garment.box is None,
        Part.MASK: not garment.polygons and garment.rle is None,
        Part.ATTRIBUTES: not garment.attributes,
        Part.CATEGORY: garment.category_id not in categories,
    }
    free = {part for part, is_empty in empty.items() if is_empty or said_of(garment.extra, part) is not None}
    if not untouched:
        # Another category would take landmarks along that somebody has placed.
        free.discard(Part.CATEGORY)
    parts = proposal.parts & (free | {Part.LANDMARKS})
    other = Part.CATEGORY in parts and garment.category_id != proposal.category_id
    indices = sure(proposal)
    schema = garment_schema(garment, categories)
    if len(garment.points) and schema is not None and not other:
        own = dict(pairs(proposal.schema, schema))
        erased = last_points(garment.extra)
        open_ = set(said) | {
            index
            for index in range(len(garment.points))
            if untouched and index not in labelled and str(index) not in erased
        }
        indices = [index for index in indices if own.get(index) in open_]
    return parts, indices
