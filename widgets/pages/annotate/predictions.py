"""Proposals on the page: which belongs to which garment, what Accept is about, and what was rejected."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from store.document.edits import Edit
from store.errors import StudioError
from store.proposals import (
    AllAccepted,
    Difference,
    Match,
    Part,
    Proposal,
    accept,
    accept_all,
    differences,
    match,
    not_doubled,
)
from store.records import Garment, Image
from widgets.canvas.proposed import NOTHING_SUGGESTED, Suggested
from widgets.pages.annotate.rejections import Rejections
from widgets.panels.difference_list import is_listed
from widgets.panels.garments import GarmentRow, proposal_row
from widgets.panels.predictions import NO_TARGET, Standing, Target

if TYPE_CHECKING:
    from widgets.pages.annotate.view import AnnotateView


class Predictions(QObject):
    """Keeps the proposals of the image beside its garments.

    ``edit_wanted(Edit)`` is what the person accepts, ``refused(StudioError)`` says why something cannot be,
    ``said(str)`` what came of it where that is not to be seen. Rejected proposals and landmarks stay away as
    long as the store is open.
    """

    edit_wanted = Signal(object)
    refused = Signal(object)
    said = Signal(str)

    def __init__(self, view: AnnotateView) -> None:
        super().__init__(view)
        self._view = view
        self._all: tuple[Proposal, ...] = ()
        self._matches: tuple[Match, ...] = ()
        self._differences: tuple[Difference, ...] = ()
        self._target = NO_TARGET
        self._chosen = -1
        self._marked = -1
        self._rejections = Rejections()

    # --- what there is ---------------------------------------------------------------------------

    @property
    def matches(self) -> tuple[Match, ...]:
        """The proposals that are shown, each with its garment or as a new one."""
        return self._matches

    @property
    def new(self) -> list[Proposal]:
        """The proposals that no garment is about, the surest first."""
        return [one.proposal for one in self._matches if one.garment is None]

    @property
    def chosen(self) -> Proposal | None:
        """The proposal that is selected in place of a garment."""
        return next((one for one in self.new if one.number == self._chosen), None)

    @property
    def compared(self) -> tuple[Difference, ...]:
        """Each landmark of the selected garment that the model knows too; none while the layer is off."""
        return self._differences if self._view.canvas.proposed.on else ()

    @property
    def differences(self) -> list[Difference]:
        """The differences of the selected garment that have a row, worst first."""
        return [one for one in self._differences if is_listed(one)]

    @property
    def marked(self) -> Difference | None:
        """The difference that Accept takes: of the selected landmark, else the worst."""
        listed, landmark = self.differences, self._view.canvas.selection.landmark
        for wanted in (landmark, self._marked):
            found = next((one for one in listed if one.index == wanted), None)
            if found is not None:
                return found
        return listed[0] if listed else None

    @property
    def own(self) -> Proposal | None:
        """What is proposed for the selected garment."""
        return self._suggested().of_garment(self._view.canvas.selection.garment_id)

    @property
    def acceptable(self) -> bool:
        """Whether there is something that Accept and Reject are about."""
        return bool(self._target.words) and self._view.canvas.proposed.on and not self._view.read_only

    def rows(self) -> list[GarmentRow]:
        """Rows for the list of garments."""
        shown = self._view.canvas.shown
        found = []
        for one in self.new if self._view.canvas.proposed.on else []:
            name, colour = shown.category_of(one.category_id)
            found.append(proposal_row(one.number, colour, name, one.score))
        return found

    # --- from outside ----------------------------------------------------------------------------

    def clear(self) -> None:
        """Another image is coming: nothing is known of it."""
        self._all, self._matches, self._differences = (), (), ()
        self._chosen = self._marked = -1
        self._view.canvas.show_proposals(NOTHING_SUGGESTED)

    def set_proposals(self, proposals: tuple[Proposal, ...]) -> None:
        """Show these; the selection stays."""
        self._all = proposals
        self._view.follow_proposals()
        self.choose_if_alone()

    def choose_if_alone(self) -> None:
        """Select the surest proposal where there is no garment to be selected: the hand stays on Y."""
        if self.chosen is None and not self._view.canvas.shown.garments:
            self._choose_first()

    def _choose_first(self) -> bool:
        """Select the surest proposal where nothing is selected; whether there was one to select."""
        canvas = self._view.canvas
        if not canvas.proposed.on or canvas.selection.garment_id or self.chosen is not None or not self.new:
            return False
        self.choose(self.new[0].number)
        return True

    def forget(self) -> None:
        """Another store is coming: what was rejected in this one says nothing there."""
        self._rejections.clear()

    def rematch(self) -> None:
        """Garments or proposals are others: find out again what belongs together."""
        image = self._view.image
        kept = list(self._all) if image is None else self._rejections.left(image.id, self._all)
        garments = self._view.canvas.shown.garments
        self._matches = not_doubled(match(garments, kept), garments) if kept else ()
        if self.chosen is None:
            self._chosen = -1

    def follow(self) -> None:
        """The selection or the proposals are others: draw and say it."""
        canvas, panel = self._view.canvas, self._view.predictions_panel
        if canvas.selection.garment_id:
            self._chosen = -1
        garment, own = canvas.shown.garment(canvas.selection.garment_id), self.own
        self._differences = ()
        if garment is not None and own is not None:
            self._differences = differences(garment, own, self._view.categories)
        canvas.show_proposals(self._suggested())
        marked = self.marked
        if panel.standing is Standing.READY:
            panel.show_differences(self.differences, -1 if marked is None else marked.index)
        self._target = self._find_target()
        panel.set_target(self._target, len(self._matches), self._count_rejected())
        self._note()

    def _note(self) -> None:
        count = len(self.differences)
        words = "of this image"
        if self.own is not None:
            words = f"{count} difference{'' if count == 1 else 's'}" if count else "no differences"
        self._view.predictions_panel.set_note(words)

    def _suggested(self) -> Suggested:
        if not self._matches:
            return NOTHING_SUGGESTED
        return Suggested(self._matches, self._differences, self._chosen)

    def _find_target(self) -> Target:
        if self._view.read_only:
            return NO_TARGET
        chosen, own, marked = self.chosen, self.own, self.marked
        if chosen is not None:
            name = self._view.canvas.shown.category_of(chosen.category_id)[0]
            return Target(f"the proposed {name}", chosen.parts)
        if own is None:
            none = not self._view.canvas.selection.garment_id
            return Target("the surest proposal, which is selected first") if none and self.new else NO_TARGET
        if marked is None and not self._would_change(own):
            return NO_TARGET
        if marked is None:
            return Target("what is proposed for this garment", own.parts)
        return Target(f"landmark {marked.number}", own.parts, f"{marked.number}  {marked.name}")

    def _would_change(self, own: Proposal) -> bool:
        """Whether accepting the whole proposal makes the selected garment another."""
        image, garment = self._view.image, self._garment()
        if image is None or not own.parts:
            return False
        try:
            return bool(accept(own, garment, image, self._view.categories).changes)
        except StudioError:
            # Landmarks that mean nothing in this category: the rest is offered part by part.
            return True

    def _count_rejected(self) -> int:
        image = self._view.image
        return 0 if image is None else self._rejections.count(image.id, self._all)

    # --- what the person does --------------------------------------------------------------------

    def choose(self, number: int) -> None:
        """Select a proposal by its number, in place of a garment; -1 for none."""
        if not self._view.canvas.proposed.on:
            number = -1
        self._view.canvas.select(0)
        self._chosen = number
        self._view.follow_selection()

    def choose_none(self) -> None:
        """No proposal is selected any more."""
        self._chosen = -1

    def mark(self, index: int) -> None:
        """Mark the difference of a landmark of the selected garment, and go there."""
        self._marked = index
        garment_id = self._view.canvas.selection.garment_id
        if garment_id:
            self._view.go_to_landmark(garment_id, index)

    def next_difference(self, step: int = 1) -> None:
        """Mark the next difference, worst first, or the one before with -1; round and round."""
        listed, marked = self.differences, self.marked
        if not listed:
            return
        at_it = marked is not None and self._view.canvas.selection.landmark == marked.index
        place = listed.index(marked) + (step if at_it else 0) if marked is not None else 0
        self.mark(listed[place % len(listed)].index)

    def accept(self) -> None:
        """Accept what is marked: a landmark, the selected proposal, or what is proposed for the garment.

        Where nothing is selected the surest proposal is, so that the person sees what the next press takes.
        """
        if self._choose_first():
            return
        chosen, marked = self.chosen, self.marked
        if chosen is not None:
            if self._accept(chosen, None) and self.new:
                self.choose(self.new[0].number)
        elif marked is not None:
            place = self.differences.index(marked)
            if self._accept(self.own, self._garment(), landmarks=[marked.proposed]):
                self._go_on(place)
        elif self.own is not None:
            self._accept(self.own, self._garment())

    def accept_part(self, part: Part | None) -> None:
        """Accept one part of what is selected; None for the marked landmark alone."""
        if part is None:
            marked = self.marked
            if marked is not None:
                self._accept(self.own, self._garment(), landmarks=[marked.proposed])
        elif self.chosen is not None:
            self._accept(self.chosen, None, parts=[part])
        else:
            self._accept(self.own, self._garment(), parts=[part])

    def accept_whole(self) -> None:
        """Accept everything that is proposed for the selected garment, or the selected proposal."""
        if self.chosen is not None:
            self.accept()
        elif self.own is not None:
            self._accept(self.own, self._garment())

    def accept_named(self, part: str) -> None:
        """:meth:`accept_part` by the part's name."""
        self.accept_part(Part(part))

    def accept_all(self) -> None:
        """Accept all that is proposed as one edit, but overwrite nothing that a person or a file says."""
        image = self._changeable()
        if image is None or not self._matches:
            return
        others = self._view.canvas.shown.garments
        taken = accept_all(self._current(), image, self._view.categories, others=others)
        if taken.edit.changes:
            canvas = self._view.canvas
            before = canvas.selection
            self.edit_wanted.emit(taken.edit)
            if before.garment_id:
                # Several were added: none of them is what the person is at.
                canvas.select(before.garment_id, before.landmark)
                self._view.follow_selection()
        self.said.emit(_told(taken))

    def _current(self) -> list[Match]:
        """The matches with the garments as they are now; what is about one that is gone is left out."""
        shown = self._view.canvas.shown
        now = [(one, None if one.garment is None else shown.garment(one.garment.id)) for one in self._matches]
        return [
            replace(one, garment=garment)
            for one, garment in now
            if garment is not None or one.garment is None
        ]

    def reject(self) -> None:
        """Hide what is marked for this image: a landmark, the selected proposal, or the garment's."""
        if self._choose_first():
            return
        image = self._changeable()
        chosen, marked, own = self.chosen, self.marked, self.own
        if image is None:
            return
        if chosen is not None:
            self._rejections.add(image.id, chosen)
            left = [one.number for one in self.new if one.number != chosen.number]
            self._chosen = left[0] if left else -1
            self._view.follow_proposals()
        elif marked is not None and own is not None:
            place = self.differences.index(marked)
            self._rejections.add_landmark(image.id, own, marked.proposed)
            self._view.follow_proposals()
            self._go_on(place)
        elif own is not None:
            self._rejections.add(image.id, own)
            self._view.follow_proposals()

    def show_rejected(self) -> None:
        """Propose again what was rejected in this image."""
        if self._view.image is not None:
            self._rejections.forget(self._view.image.id)
            self._view.follow_proposals()

    def _garment(self) -> Garment | None:
        canvas = self._view.canvas
        return canvas.shown.garment(canvas.selection.garment_id)

    def _changeable(self) -> Image | None:
        """The image, where it may be changed now."""
        busy = self._view.read_only or self._view.canvas.busy or not self._view.canvas.proposed.on
        return None if busy else self._view.image

    def _accept(
        self,
        proposal: Proposal | None,
        garment: Garment | None,
        parts: list[Part] | None = None,
        landmarks: list[int] | None = None,
    ) -> bool:
        image, categories = self._changeable(), self._view.categories
        if image is None or proposal is None:
            return False
        others = self._view.canvas.shown.garments
        try:
            edit = accept(proposal, garment, image, categories, parts, landmarks, others=others)
        except StudioError as error:
            self.refused.emit(error)
            return False
        self._offer(edit)
        return True

    def _offer(self, edit: Edit) -> None:
        if edit.changes:
            self.edit_wanted.emit(edit)
        else:
            self.said.emit("Nothing to accept: it is so already")

    def _go_on(self, place: int) -> None:
        """After the difference at a place is dealt with, the next one, which has moved up to it."""
        listed = self.differences
        if listed:
            self.mark(listed[min(place, len(listed) - 1)].index)


def _told(taken: AllAccepted) -> str:
    """What accepting all has done: "3 added, 1 updated, 2 left as they are ..."."""
    words = [
        f"{count} {word}" for count, word in ((taken.added, "added"), (taken.updated, "updated")) if count
    ]
    if taken.left:
        one = taken.left == 1
        words.append(
            f"{taken.left} left as {'it is' if one else 'they are'}, annotated already: "
            f"Y or Alt+Y takes {'it' if one else 'one'} over"
        )
    return ", ".join(words) or "Nothing to accept: it is so already"
