"""Which garment of an image a proposal is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from store.geometry import box_area, box_of, extent
from store.proposals.records import Match, Proposal
from store.records import Floats, Garment

#: What the same category counts beside the overlap: clothes lie over each other, their categories differ.
_SAME_CATEGORY = 0.5
#: Garments of different categories are taken for one only where they cover each other this well.
_OTHER_CATEGORY_IOU = 0.75
#: Categories that are worn over others: both may fill the same box.
OVER = frozenset({3, 4})


def box_iou(one: Floats | None, other: Floats | None) -> float:
    """Intersection over union of two boxes ``(4,)`` x1 y1 x2 y2; 0 where one is missing or empty."""
    if one is None or other is None:
        return 0.0
    low, high = np.maximum(one[:2], other[:2]), np.minimum(one[2:], other[2:])
    shared = float(np.prod(np.maximum(high - low, 0.0)))
    whole = box_area(one) + box_area(other) - shared
    return shared / whole if whole > 0 else 0.0


def match(
    garments: Sequence[Garment], proposals: Sequence[Proposal], least_iou: float = 0.5
) -> tuple[Match, ...]:
    """The garment that each proposal is about, in the order of the proposals; each garment is taken once.

    A proposal that was asked about a garment belongs to it, and is left out where that is no longer there.
    The others are assigned so that overlap of boxes and sameness of category are best in all. Never are two
    matched that overlap less than ``least_iou`` (0.75 where their categories differ), nor a crowd.
    """
    by_id = {garment.id: garment for garment in garments}
    asked: dict[int, Garment] = {}
    for row, proposal in enumerate(proposals):
        garment = by_id.get(proposal.garment_id) if proposal.garment_id is not None else None
        if garment is not None:
            asked[row] = by_id.pop(garment.id)
    rows = [row for row, proposal in enumerate(proposals) if proposal.garment_id is None]
    free = [garment for garment in garments if garment.id in by_id and not is_crowd(garment)]
    found = {**asked, **_assigned([proposals[row] for row in rows], free, least_iou, rows)}
    kept = sorted({*rows, *asked})
    return tuple(_match(proposals[row], found.get(row)) for row in kept)


def not_doubled(matches: Sequence[Match], garments: Sequence[Garment]) -> tuple[Match, ...]:
    """The matches without proposals to add a garment where one lies already, as another category perhaps.

    Where a detector says two categories of one garment, the second is left over once the first is annotated.
    Outwear and what is worn under it fill the same box: there both stay.
    """
    placed = [(garment.category_id in OVER, extent(garment)) for garment in garments if not is_crowd(garment)]

    def doubled(proposal: Proposal) -> bool:
        over, box = proposal.category_id in OVER, _box(proposal)
        return any(over == other and box_iou(box, there) >= _OTHER_CATEGORY_IOU for other, there in placed)

    return tuple(one for one in matches if one.garment is not None or not doubled(one.proposal))


def is_crowd(garment: Garment) -> bool:
    """Whether an annotation stands for several garments at once, as COCO's ``iscrowd`` says."""
    notes = garment.extra.get("coco")
    return bool(isinstance(notes, Mapping) and notes.get("iscrowd"))


def _match(proposal: Proposal, garment: Garment | None) -> Match:
    return Match(proposal, garment, 0.0 if garment is None else box_iou(_box(proposal), extent(garment)))


def _box(proposal: Proposal) -> Floats | None:
    if proposal.box is not None or not proposal.polygons:
        return proposal.box
    return box_of(np.concatenate(proposal.polygons))


def _assigned(
    proposals: Sequence[Proposal], garments: Sequence[Garment], least: float, rows: Sequence[int]
) -> dict[int, Garment]:
    if not proposals or not garments:
        return {}
    worth = np.zeros((len(proposals), len(garments)))
    for i, proposal in enumerate(proposals):
        for j, garment in enumerate(garments):
            iou = box_iou(_box(proposal), extent(garment))
            same = proposal.category_id == garment.category_id
            needed = least if same else max(least, _OTHER_CATEGORY_IOU)
            if iou > 0 and iou >= needed:
                worth[i, j] = iou + (_SAME_CATEGORY if same else 0.0)
    pairs = enumerate(best_assignment(worth))
    return {rows[i]: garments[j] for i, j in pairs if j >= 0 and worth[i, j] > 0}


def best_assignment(worth: NDArray[np.float64]) -> list[int]:
    """The column of each row of ``(n, m)`` worths so that their sum is largest; -1 for rows left over.

    Kuhn and Munkres' method with potentials, O(n^2 m): images have tens of garments at most.
    """
    rows, columns = worth.shape
    if rows > columns:
        turned = best_assignment(worth.T)
        found = [-1] * rows
        for column, row in enumerate(turned):
            found[row] = column
        return found
    cost = np.zeros((rows + 1, columns + 1))
    cost[1:, 1:] = -worth
    u, v = np.zeros(rows + 1), np.zeros(columns + 1)
    taken = np.zeros(columns + 1, np.int64)  # the row of each column; 0: free
    for row in range(1, rows + 1):
        _augment(cost, u, v, taken, row)
    found = [-1] * rows
    for column in range(1, columns + 1):
        if taken[column]:
            found[int(taken[column]) - 1] = column - 1
    return found


def _augment(
    cost: NDArray[np.float64],
    u: NDArray[np.float64],
    v: NDArray[np.float64],
    taken: NDArray[np.int64],
    row: int,
) -> None:
    """Give ``row`` a column along the cheapest path of changes; potentials keep reduced costs from 0 up."""
    taken[0] = row
    columns = cost.shape[1]
    least = np.full(columns, np.inf)
    came = np.zeros(columns, np.int64)
    used = np.zeros(columns, np.bool_)
    column = 0
    while taken[column]:
        used[column] = True
        here = int(taken[column])
        reduced = cost[here] - u[here] - v
        better = ~used & (reduced < least)
        least[better], came[better] = reduced[better], column
        open_ = np.where(used, np.inf, least)
        open_[0] = np.inf
        following = int(open_.argmin())
        step = open_[following]
        u[taken[used]] += step
        v[used] -= step
        least[~used] -= step
        column = following
    while column:
        previous = int(came[column])
        taken[column] = taken[previous]
        column = previous
