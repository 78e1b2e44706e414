"""Random work on a document: whatever was done, undoing all of it gives the beginning back, and redoing
all of it the end, with the store closed and opened in between."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from resources.taxonomy import categories, category
from store.db import Store
from store.document import Document, Edit, edits, landmark_edits, mask_edits, order_edits
from store.document.mask_edits import Stroke
from store.records import Dataset, Garment, Image, ImageRecord, Review, Visibility
from tests.examples import examples

NUMBERS = st.floats(-1e4, 1e4, allow_nan=False)
PLACES = st.integers(0, 9)
SIZE = (64, 64)
VERSION = frozenset({"version"})


class Work(RuleBasedStateMachine):
    """Keeps the states that were reached by edits that still stand, as a plain list of snapshots."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="machine-"))
        self.store = Store.create(self.folder / "store")
        dataset = self.store.datasets.add(Dataset(name="d"))
        garments = [
            Garment(
                key=f"item{i}",
                category_id=8,
                box=np.array([0.0, 0.0, 9.0, 9.0]),
                points=np.full((14, 2), 0.1 + i),
                visibility=np.full(14, 2),
                polygons=(np.array([[0.0, 0.1], [1.0, 0.2], [2.0, 0.3]]),),
                extra={"b": 1, "a": 2},
            )
            for i in range(3)
        ]
        with self.store.bulk() as bulk:
            bulk.add(ImageRecord(Image(dataset_id=dataset.id, name="a.jpg"), tuple(garments)))
        self.document = Document(self.store, 1)
        self.states = [self.snapshot()]
        self.at = 0

    def snapshot(self) -> tuple[Image, tuple[Garment, ...]]:
        return self.document.image, self.document.garments

    def garment(self, place: int) -> Garment | None:
        garments = self.document.garments
        return garments[place % len(garments)] if garments else None

    def do(self, edit: Edit) -> None:
        self.document.apply(edit)
        del self.states[self.at + 1 :]
        self.states.append(self.snapshot())
        self.at += 1

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

    @rule(place=PLACES, box=st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS))
    def box(self, place: int, box: tuple[float, ...]) -> None:
        garment = self.garment(place)
        if garment is not None:
            self.do(edits.set_box(garment, box))

    @rule(place=PLACES, chosen=st.sampled_from(categories()), scale=st.sampled_from([None, 1, 3]))
    def change(self, place: int, chosen: object, scale: int | None) -> None:
        garment = self.garment(place)
        if garment is not None:
            before = category(garment.category_id) if scale else None
            self.do(edits.set_category(garment, chosen, before))
            self.do(edits.set_facts(self.document.garment(garment.id), scale=scale))

    @rule(
        place=PLACES,
        what=st.sampled_from(["turn", "scale", "template", "pair", "corner"]),
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
            case _:
                edit = landmark_edits.with_corners(edits.move_landmarks(garment, {index: (by + 30, 9.0)}))
        if edit is not None:
            self.do(edit)

    @rule(
        place=PLACES,
        what=st.sampled_from([mask_edits.paint, mask_edits.erase]),
        at=st.tuples(st.floats(-5, 60), st.floats(-5, 60)),
        radius=st.floats(1, 20),
    )
    def stroke(self, place: int, what: Any, at: tuple[float, float], radius: float) -> None:
        garment = self.garment(place)
        edit = what(garment, Stroke((at, (30.0, 30.0)), radius), SIZE) if garment is not None else None
        if edit is not None:
            self.do(edit)

    @rule(place=PLACES, at=st.tuples(st.floats(0, 40), st.floats(0, 40)))
    def hole(self, place: int, at: tuple[float, float]) -> None:
        garment = self.garment(place)
        square = np.array(at) + np.array([[0, 0], [9, 0], [9, 9], [0, 9]])
        edit = mask_edits.cut_hole(garment, square, SIZE) if garment is not None else None
        if edit is not None:
            self.do(edit)

    @rule(place=PLACES, by=st.sampled_from([-2, 1]), locked=st.booleans())
    def order(self, place: int, by: int, locked: bool) -> None:
        garment = self.garment(place)
        if garment is None:
            return
        for edit in (
            order_edits.reorder(self.document.garments, garment.id, by),
            order_edits.lock(self.document.garment(garment.id), locked),
        ):
            if edit is not None:
                self.do(edit)
                break

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

    @rule(review=st.sampled_from(Review))
    def review(self, review: Review) -> None:
        self.do(edits.set_review(self.document.image, review))

    @precondition(lambda self: self.at > 0)
    @rule(steps=st.integers(1, 3))
    def undo(self, steps: int) -> None:
        for _ in range(min(steps, self.at)):
            assert self.document.undo() is not None
            self.at -= 1

    @precondition(lambda self: self.at < len(self.states) - 1)
    @rule()
    def redo(self) -> None:
        assert self.document.redo() is not None
        self.at += 1

    @rule()
    def reopen(self) -> None:
        self.store.close()
        self.store = Store.open(self.folder / "store")
        self.document = Document(self.store, 1)

    @invariant()
    def document_store_and_states_agree(self) -> None:
        image, garments = self.states[self.at]
        assert self.document.image.same_as(image, VERSION)
        assert len(self.document.garments) == len(garments)
        assert all(a.same_as(b, VERSION) for a, b in zip(self.document.garments, garments, strict=True))
        assert self.store.images.get(1).same_as(self.document.image)
        stored = self.store.garments.of_image(1)
        assert all(a.same_as(b) for a, b in zip(stored, self.document.garments, strict=True))
        assert self.store.images.tiles([1])[0].garments == len(garments)
        assert (self.document.undo_title is None) == (self.at == 0)
        assert (self.document.redo_title is None) == (self.at == len(self.states) - 1)

    def teardown(self) -> None:
        last = len(self.states) - 1
        while self.at > 0:
            self.undo(1)
        self.document_store_and_states_agree()
        self.reopen()
        while self.at < last:
            self.redo()
        self.document_store_and_states_agree()
        self.store.close()
        shutil.rmtree(self.folder)


TestWork = Work.TestCase
TestWork.settings = settings(examples(8, 30), stateful_step_count=20)
