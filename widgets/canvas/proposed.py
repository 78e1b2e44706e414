"""What a model proposes, as a layer of the canvas: what is drawn of it, and what is under the pointer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtWidgets import QGraphicsScene

from resources.taxonomy import EXTRA_COLOURS
from store.geometry import Point, box_of
from store.proposals import Difference, Match, Proposal
from store.records import Floats
from widgets.canvas.items.differences import DifferenceItems
from widgets.canvas.items.proposals import Dashed, ProposalItems
from widgets.canvas.levels import Level, level
from widgets.canvas.overlays import View


@dataclass(frozen=True, slots=True, eq=False)
class Suggested:
    """The proposals of an image: ``differences`` are the selected garment's, ``chosen`` is the number of the
    proposal that is selected (-1: none)."""

    matches: tuple[Match, ...] = ()
    differences: tuple[Difference, ...] = ()
    chosen: int = -1

    @property
    def new(self) -> tuple[Proposal, ...]:
        """The proposals that no garment of the image is about."""
        return tuple(match.proposal for match in self.matches if match.garment is None)

    def of_garment(self, garment_id: int) -> Proposal | None:
        """What is proposed for a garment."""
        for match in self.matches:
            if match.garment is not None and match.garment.id == garment_id:
                return match.proposal
        return None


NOTHING_SUGGESTED = Suggested()


class ProposalLayer:
    """Draws proposals without a garment, and beside the selected garment what is proposed for it."""

    def __init__(self, scene: QGraphicsScene) -> None:
        self.items = ProposalItems(scene)
        self.arrows = DifferenceItems(scene)
        self.suggested = NOTHING_SUGGESTED
        self._on = True

    @property
    def on(self) -> bool:
        """Whether the layer is switched on."""
        return self._on

    def switch(self, on: bool) -> None:
        """Switch the layer; drawn with the next :meth:`refresh`."""
        self._on = on

    def refresh(self, view: View) -> None:
        """Draw everything anew."""
        if not self._on or view.hidden or not self.suggested.matches:
            self.items.show((), view.layers, view.ratio)
            self.arrows.show((), view.zoom, view.ratio)
            return
        self.items.show(self._dashed(view), view.layers, view.ratio)
        self.zoomed(view)

    def zoomed(self, view: View) -> None:
        """The zoom is another: heads of arrows are as large as before."""
        drawn = self._on and not view.hidden and view.layers.landmarks
        hidden = view.selection.garment_id in view.shown.hidden
        self.arrows.show(self.suggested.differences if drawn and not hidden else (), view.zoom, view.ratio)

    def _dashed(self, view: View) -> list[Dashed]:
        found, shown = [], view.shown
        for match in self.suggested.matches:
            proposal, garment = match.proposal, match.garment
            if garment is None:
                name, colour = shown.category_of(proposal.category_id)
                chosen = proposal.number == self.suggested.chosen
                quiet = not chosen and self.suggested.chosen >= 0
                found.append(Dashed(proposal, colour, name, None, chosen, quiet))
            elif garment.id == view.selection.garment_id and garment.id not in shown.hidden:
                record = shown.garment(garment.id)
                colour = shown.colour(record) if record is not None else EXTRA_COLOURS[0]
                found.append(Dashed(proposal, colour, "", _told(self.suggested.differences)))
        return found

    def at(self, point: Point) -> Proposal | None:
        """The smallest proposal without a garment at a point of the image, as far as it is drawn."""
        if not self._on:
            return None
        under = [(area, one) for one in self.suggested.new if (area := _covers(one, point)) > 0]
        return min(under, key=lambda pair: pair[0])[1] if under else None

    def hover(self, view: View, at: Point | None) -> Proposal | None:
        """Mark what is under the pointer; the proposal there."""
        if not self._on or view.hidden or not self.suggested.matches:
            return None
        self.arrows.hover(at, view.zoom)
        found = None if at is None else self.at(at)
        self.items.hover(-1 if found is None else found.number)
        return found


def area(proposal: Proposal) -> float:
    """How large a proposal is, by its extent."""
    box = _extent(proposal)
    return 0.0 if box is None else float((box[2] - box[0]) * (box[3] - box[1]))


def _told(differences: Iterable[Difference]) -> frozenset[int]:
    """The proposal's landmarks that are not where the annotation has them already."""
    return frozenset(
        one.proposed
        for one in differences
        if one.end is not None and (one.start is None or level(one.sigmas) is not Level.NONE)
    )


def _extent(proposal: Proposal) -> Floats | None:
    if proposal.box is not None:
        return proposal.box
    return box_of(proposal.polygons[0]) if proposal.polygons else None


def _covers(proposal: Proposal, point: Point) -> float:
    """The area of a proposal at a point, 0 where it is not there."""
    box = _extent(proposal)
    if box is None or not (box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]):
        return 0.0
    return area(proposal)
