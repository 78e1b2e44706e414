"""Random work on a document: whatever was done, undoing all of it gives the beginning back, and redoing
all of it the end, with the store closed and opened in between."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import rule

from resources.taxonomy import Category, categories, category, clothes_categories
from store.document import Edit, edits, fact_edits, landmark_edits, mask_edits, note_edits, order_edits
from store.document.fact_hints import differing, hints
from store.document.mask_edits import Stroke
from store.document.recalling import Moment, moment, restore_garment, restore_image
from store.notes import Note, notes_of, without_notes
from store.outlines.rings import rings
from store.proposals import Part, Proposal, Source, accept
from store.records import Garment, Review, Visibility
from tests.examples import examples
from tests.unit.store.document.document_machine import VERSION, Machine

NUMBERS = st.floats(-1e4, 1e4, allow_nan=False)
PLACES = st.integers(0, 9)
INSIDE = st.tuples(st.floats(0, 60), st.floats(0, 60))
SIZE = (64, 64)
KNOWN = {one.id: one for one in categories()}
#: What is done to a mask as a whole, by name.
WHOLE: dict[str, Callable[[Garment], Edit | None]] = {
    "simplify": lambda garment: mask_edits.simplify(garment, 1.5, SIZE)[0],
    "mend": lambda garment: mask_edits.mend(garment, SIZE),
    "fill": lambda garment: mask_edits.fill_holes(garment, SIZE),
    "gap": lambda garment: mask_edits.fill_gap(garment, (20.0, 20.0), SIZE),
    "clip": lambda garment: mask_edits.clip_to_box(garment, SIZE),
    "box": mask_edits.box_from_mask,
    "polygons": lambda garment: mask_edits.to_polygons(garment, SIZE)[0],
    "pixels": lambda garment: mask_edits.to_pixels(garment, SIZE)[0],
    "delete": mask_edits.delete_mask,
}
#: What is proposed: a skirt.
SKIRT = Proposal(
    number=0,
    category_id=9,
    score=0.75,
    box=np.array([1.0, 2, 30, 40]),
    polygons=(np.array([[1.0, 2], [30, 2], [30, 40]]),),
    points=np.full((8, 2), 7.5),
    visibility=np.full(8, Visibility.VISIBLE),
    point_scores=np.full(8, 0.5),
    schema=category(9).schema,
    attributes={"striped": 0.9},
    source=Source("a model"),
)


def told(garments: Sequence[Garment]) -> list[Garment]:
    """What of garments comes back from the history: notes and who said so last belong to now."""
    return [one.but(extra=without_notes(one.extra), origin="person", version=1) for one in garments]


class Work(Machine):
    """All that a person can do to an image."""

    # --- landmarks -------------------------------------------------------------------------------

    @rule(place=PLACES, index=st.integers(0, 7), x=NUMBERS, y=NUMBERS)
    def move(self, place: int, index: int, x: float, y: float) -> None:
        garment = self.garment(place)
        if garment is not None:
            self.do(edits.move_landmarks(garment, {index: (x, y)}))

    @rule(place=PLACES, indices=st.sets(st.integers(0, 7), min_size=1), state=st.sampled_from(Visibility))
    def see(self, place: int, indices: set[int], state: Visibility) -> None:
        garment = self.garment(place)
        if garment is not None:
            self.do(edits.set_visibility(garment, indices, state))

    @rule(
        place=PLACES,
        what=st.sampled_from(["turn", "scale", "template", "pair", "corner", "place"]),
        index=st.integers(0, 7),
        by=st.floats(-30, 30),
    )
    def shape(self, place: int, what: str, index: int, by: float) -> None:
        garment = self.garment(place)
        if garment is None:
            return
        schema, marked, middle = category(garment.category_id).schema, range(index), (20.0, 20.0)
        match what:
            case "turn":
                edit = landmark_edits.transform_landmarks(garment, marked, middle, SIZE, degrees=by)
            case "scale":
                edit = landmark_edits.transform_landmarks(garment, marked, middle, SIZE, scale=(1.5, 0.8))
            case "template":
                edit = landmark_edits.fit_template(garment, schema, SIZE, garment, everything=by > 0)
            case "pair":
                edit = landmark_edits.swap_pairs(garment, schema, [index])
            case "place":
                edit = landmark_edits.place_landmarks(garment, {index: (by + 30, 9.0)}, Visibility.OCCLUDED)
            case _:
                edit = landmark_edits.with_corners(edits.move_landmarks(garment, {index: (by + 30, 9.0)}))
        self.do(edit)

    @rule(place=PLACES, other=PLACES)
    def copy(self, place: int, other: int) -> None:
        """Landmarks of the same names from another garment; left and right swapped where it is the same."""
        garment, source = self.garment(place), self.garment(other)
        if garment is None or source is None:
            return
        own, theirs = (category(one.category_id).schema for one in (garment, source))
        if garment is source:
            self.do(edits.swap_sides(garment, own))
        else:
            same = landmark_edits.same_names(own, theirs)
            self.do(landmark_edits.copy_landmarks(garment, source, same, SIZE))

    # --- box, category, facts --------------------------------------------------------------------

    @rule(place=PLACES, box=st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS))
    def box(self, place: int, box: tuple[float, ...]) -> None:
        garment = self.garment(place)
        if garment is not None:
            self.do(edits.set_box(garment, box))

    @rule(place=PLACES, chosen=st.sampled_from(categories()), parks=st.booleans())
    def change(self, place: int, chosen: Category, parks: bool) -> None:
        """Another category; landmarks without a name in it are parked, or all forgotten."""
        garment = self.garment(place)
        if garment is not None:
            before = category(garment.category_id) if parks else None
            self.do(edits.set_category(garment, chosen, before))

    @rule(
        place=PLACES,
        what=st.sampled_from(["level", "attribute", "clothes", "product", "hints"]),
        which=st.integers(0, 3),
    )
    def fact(self, place: int, what: str, which: int) -> None:
        garment = self.garment(place)
        if garment is None:
            return
        match what:
            case "level":
                edit = fact_edits.next_level(garment, sorted(fact_edits.LEVEL_WORDS)[which])
            case "attribute":
                edit = fact_edits.set_attribute(garment, f"word {which // 2}", which % 3 - 1)
            case "clothes":
                edit = fact_edits.set_clothes(garment, clothes_categories()[which] if which else None)
            case "product":
                edit = edits.set_facts(garment, pair_id=which or None, style=which, item_id="i" * which)
            case _:
                found = differing(garment, hints(garment, category(garment.category_id).schema, SIZE))
                self.do(fact_edits.take_hints(garment, found) if found else None)
                return
        self.do(edit)

    # --- masks -----------------------------------------------------------------------------------

    @rule(
        place=PLACES,
        what=st.sampled_from([mask_edits.paint, mask_edits.erase]),
        at=st.tuples(st.floats(-5, 60), st.floats(-5, 60)),
        radius=st.floats(1, 20),
    )
    def stroke(
        self, place: int, what: Callable[..., Edit | None], at: tuple[float, float], radius: float
    ) -> None:
        garment = self.garment(place)
        if garment is not None:
            self.do(what(garment, Stroke((at, (30.0, 30.0)), radius), SIZE))

    @rule(place=PLACES, at=INSIDE, what=st.sampled_from([mask_edits.cut_hole, mask_edits.add_polygon]))
    def polygon(self, place: int, at: tuple[float, float], what: Callable[..., Edit | None]) -> None:
        garment = self.garment(place)
        square = np.array(at) + np.array([[0, 0], [9, 0], [9, 9], [0, 9]])
        if garment is not None:
            self.do(what(garment, square, SIZE))

    @rule(
        place=PLACES,
        what=st.sampled_from(["move", "insert", "delete", "ring"]),
        corner=st.integers(0, 40),
        at=INSIDE,
    )
    def corner(self, place: int, what: str, corner: int, at: tuple[float, float]) -> None:
        garment = self.garment(place)
        found = rings(garment) if garment is not None else ()
        if garment is None or not found:
            return
        ring = corner % len(found)
        end = corner % len(found[ring])
        match what:
            case "move":
                self.do(mask_edits.move_corner(garment, ring, end, at, SIZE))
            case "insert":
                self.do(mask_edits.insert_corner(garment, ring, end, at, SIZE))
            case "delete":
                self.do(mask_edits.delete_corner(garment, ring, end, SIZE))
            case _:
                self.do(mask_edits.delete_ring(garment, ring, SIZE))

    @rule(place=PLACES, what=st.sampled_from(sorted(WHOLE)))
    def mask(self, place: int, what: str) -> None:
        garment = self.garment(place)
        if garment is not None:
            self.do(WHOLE[what](garment))

    # --- garments --------------------------------------------------------------------------------

    @rule(place=PLACES, by=st.sampled_from([-2, 1]))
    def order(self, place: int, by: int) -> None:
        garment = self.garment(place)
        if garment is not None:
            self.do(order_edits.reorder(self.document.garments, garment.id, by))

    @rule(place=PLACES)
    def lock(self, place: int) -> None:
        garment = self.garment(place)
        if garment is not None:
            self.do(order_edits.lock(garment, not order_edits.is_locked(garment)))

    @rule(place=PLACES)
    def delete(self, place: int) -> None:
        garment = self.garment(place)
        if garment is not None:
            self.do(edits.delete_garment(garment))

    @rule(position=st.integers(0, 5))
    def add(self, position: int) -> None:
        points = np.arange(16.0).reshape(8, 2)
        new = Garment(image_id=1, position=position, category_id=9, points=points, visibility=np.full(8, 1))
        self.do(edits.add_garment(new))

    @rule(place=PLACES, parts=st.sets(st.sampled_from(Part)))
    def take(self, place: int, parts: set[Part]) -> None:
        """What a model proposes: parts of it for a garment, or without any as a new garment."""
        garment = self.garment(place) if parts else None
        asked = sorted(parts) if garment is not None else None
        others = self.document.garments
        made = accept(SKIRT, garment, self.document.image, KNOWN, asked, others=others)
        self.do(made if made.changes else None)

    # --- review, notes, history ------------------------------------------------------------------

    @rule(review=st.sampled_from(Review))
    def review(self, review: Review) -> None:
        self.do(edits.set_review(self.document.image, review))

    @rule(tags=st.sets(st.sampled_from(["blurred", "to ask"])))
    def tag(self, tags: set[str]) -> None:
        self.do(edits.set_tags(self.document.image, tags))

    @rule(
        place=PLACES,
        what=st.sampled_from(["add", "change", "settle", "delete"]),
        on_image=st.booleans(),
        landmark=st.integers(-1, 7),
    )
    def note(self, place: int, what: str, on_image: bool, landmark: int) -> None:
        record = self.document.image if on_image else self.garment(place)
        if record is None:
            return
        there = notes_of(record)
        if what == "add" or not there:
            number = f"n{len(self.past)}"
            self.do(note_edits.add_note(record, Note(number, "cuff?", landmark=-1 if on_image else landmark)))
            return
        note = there[place % len(there)]
        match what:
            case "change":
                self.do(note_edits.change_note(record, note.id, f"{note.text} yes"))
            case "settle":
                self.do(note_edits.settle_note(record, note.id, not note.settled))
            case _:
                self.do(note_edits.delete_note(record, note.id))

    @rule(pick=st.integers(0, 100), place=PLACES, whole=st.booleans())
    def restore(self, pick: int, place: int, whole: bool) -> None:
        """From the history, which knows each moment: the image, or one garment, is as it was then."""
        upto = sorted(self.past)[pick % len(self.past)]
        image, garments = self.past[upto]
        now = Moment(self.document.image, {one.id: one for one in self.document.garments})
        then = moment(now, self.revisions(), upto)
        assert then.image.same_as(image, VERSION)
        assert list(then.garments) == [one.id for one in garments]
        assert all(one.same_as(then.garments[one.id], VERSION) for one in garments)
        if whole:
            self.do(restore_image(now, then, "Restore the image"))
            both = zip(told(self.document.garments), told(garments), strict=True)
            assert all(one.same_as(other) for one, other in both)
        elif ids := sorted({*now.garments, *then.garments}):
            self.do(restore_garment(now, then, ids[place % len(ids)], "Restore the garment"))


TestWork = Work.TestCase
TestWork.settings = settings(examples(10, 40), stateful_step_count=25)
