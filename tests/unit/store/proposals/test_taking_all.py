"""Accepting all at once: what is new is added, what is empty or a model's is set, all else stays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given

from resources.taxonomy import category, clothes_types
from store.document import edits
from store.document.order_edits import LOCKED
from store.document.provenance import said_of, said_of_landmarks
from store.proposals import Match, Part, Proposal, accept, accept_all
from store.records import Garment, Review, Visibility
from tests.unit.store.proposals.offered import (
    IMAGE,
    KNOWN,
    NET,
    after_of,
    annotated,
    garments,
    proposals,
    top,
)

POLYGON = np.array([[1.0, 1.0], [9.0, 1.0], [9.0, 9.0]])


def _taken(garment: Garment, proposal: Proposal) -> Garment:
    found = accept_all([Match(proposal, garment)], IMAGE, KNOWN).edit
    return after_of(found) if found.changes else garment


def _accepted(**more: object) -> Garment:
    """A garment all of which the model said."""
    proposal = top(polygons=(POLYGON,), attributes={"striped": 0.9})
    return after_of(accept(proposal, None, IMAGE, KNOWN)).but(id=5, **more)


@given(garments(), proposals())
def test_what_a_file_or_a_person_said_stays(garment: Garment, proposal: Proposal) -> None:
    after = _taken(garment, proposal)
    assert after.category_id == garment.category_id
    if garment.box is not None:
        assert np.array_equal(after.box, garment.box)
    labelled = garment.visibility != Visibility.UNLABELLED
    if labelled.any():
        assert np.array_equal(after.points, garment.points)
        assert np.array_equal(after.visibility, garment.visibility)
    assert accept_all([Match(proposal, after)], IMAGE, KNOWN).edit.changes == ()


def test_what_is_empty_is_completed() -> None:
    proposal = top(polygons=(POLYGON,), attributes={"striped": 0.9})
    bare = Garment(id=5, image_id=1, category_id=1, box=np.array([0.0, 0.0, 100.0, 200.0]))
    taken = accept_all([Match(proposal, bare)], IMAGE, KNOWN)
    assert (taken.added, taken.updated, taken.left) == (0, 1, 0)
    after = after_of(taken.edit)
    assert np.array_equal(after.box, bare.box)
    assert after.polygons[0].tolist() == POLYGON.tolist()
    assert after.attributes == {"striped": 1}
    assert len(said_of_landmarks(after.extra)) == 25
    assert said_of(after.extra, "box") is None


def test_what_a_model_said_gives_way_to_what_a_model_says_now() -> None:
    after = _taken(_accepted(), top(60.0, box=np.array([5.0, 5.0, 90.0, 90.0]), polygons=(POLYGON + 1,)))
    assert after.box.tolist() == [5.0, 5.0, 90.0, 90.0]
    assert np.array_equal(after.points, np.full((25, 2), 60.0))
    assert after.polygons[0].tolist() == (POLYGON + 1).tolist()


def test_the_parts_that_a_person_has_changed_since_stay() -> None:
    garment = after_of(edits.set_box(_accepted(), [1, 2, 30, 40]))
    garment = after_of(edits.move_landmarks(garment, {3: (7.0, 8.0)}))
    garment = after_of(edits.set_visibility(garment, [4], Visibility.UNLABELLED))
    after = _taken(garment, top(60.0, polygons=(POLYGON + 1,)))
    assert after.box.tolist() == [1.0, 2.0, 30.0, 40.0]
    assert after.points[3].tolist() == [7.0, 8.0]
    assert after.visibility[4] == Visibility.UNLABELLED
    assert after.points[5].tolist() == [60.0, 60.0]
    assert after.polygons[0].tolist() == (POLYGON + 1).tolist()


def test_a_landmark_that_a_person_has_taken_away_is_not_put_back() -> None:
    garment = after_of(edits.set_visibility(_accepted(), [4], Visibility.UNLABELLED))
    assert _taken(garment, top()).same_as(garment)


def test_another_category_is_taken_only_where_no_person_has_placed_landmarks() -> None:
    size = category(2).schema.size
    other = top().but(
        category_id=2,
        points=np.full((size, 2), 60.0),
        visibility=np.full(size, 2),
        point_scores=np.ones(size),
        schema=category(2).schema,
    )
    after = _taken(_accepted(), other)
    assert after.category_id == 2
    assert np.array_equal(after.points, np.full((size, 2), 60.0))
    moved = after_of(edits.move_landmarks(_accepted(), {3: (7.0, 8.0)}))
    after = _taken(moved, other)
    assert after.category_id == 1
    assert after.points[3].tolist() == [7.0, 8.0]


def test_what_is_annotated_in_an_accepted_image_stays() -> None:
    image = replace(IMAGE, review=Review.ACCEPTED)
    taken = accept_all([Match(top(60.0), _accepted()), Match(top(60.0))], image, KNOWN)
    assert (taken.added, taken.updated, taken.left) == (1, 0, 1)
    assert [change.before for change in taken.edit.changes] == [None]


def test_a_locked_garment_is_left() -> None:
    locked = _accepted()
    locked = locked.but(extra={**locked.extra, LOCKED: True})
    taken = accept_all([Match(top(60.0), locked), Match(top(60.0))], IMAGE, KNOWN)
    assert (taken.added, taken.updated, taken.left) == (1, 0, 1)


def test_several_are_accepted_in_one_edit_and_counted() -> None:
    same = annotated(points=np.full((25, 2), 50.0), box=np.array([10.0, 20.0, 110.0, 220.0]))
    by_hand = annotated(position=7).but(id=6)
    without_box = annotated(box=None).but(id=7)
    taken = accept_all(
        [Match(top(), same), Match(top(), by_hand), Match(top(), without_box), Match(top()), Match(top())],
        IMAGE,
        KNOWN,
        others=[same],
    )
    assert (taken.added, taken.updated, taken.left) == (2, 1, 1)
    assert taken.edit.title == "Accept 3 garments of net"
    assert [change.before for change in taken.edit.changes] == [without_box, None, None]
    assert [change.after.position for change in taken.edit.changes] == [0, 8, 9]
    nothing = accept_all([Match(top(), same)], IMAGE, KNOWN)
    assert (nothing.edit.changes, nothing.left) == ((), 0)
    assert accept_all([], IMAGE, KNOWN).edit.changes == ()
    with pytest.raises(ValueError, match="same garment"):
        accept_all([Match(top(), same), Match(top(), same)], IMAGE, KNOWN)


def test_what_cannot_be_accepted_does_not_stop_the_others() -> None:
    seven = annotated(points=np.zeros((7, 2)), visibility=np.zeros(7), box=None)
    unknown = top().but(category_id=0)
    edit = accept_all([Match(top(), seven), Match(unknown), Match(top())], IMAGE, KNOWN).edit
    assert [change.before for change in edit.changes] == [seven, None]
    after = after_of(edit)
    assert len(after.points) == 7
    assert after.box is not None


def test_landmarks_that_fit_nowhere_do_not_stop_accepting_all() -> None:
    skirt = Garment(id=6, category_id=9, points=np.zeros((8, 2)), visibility=np.zeros(8))
    proposal = Proposal(
        0,
        9,
        0.9,
        box=np.array([1.0, 1.0, 9.0, 9.0]),
        points=np.ones((6, 2)),
        visibility=[2, 2, 2, 2, 0, 0],
        point_scores=np.ones(6),
        schema=clothes_types()[0].schema,
        source=NET,
    )
    after = after_of(accept_all([Match(proposal, skirt)], IMAGE, KNOWN).edit)
    assert after.box is not None
    assert not after.visibility.any()
    assert Part.LANDMARKS not in {Part(name) for name in after.extra["accepted"]}
