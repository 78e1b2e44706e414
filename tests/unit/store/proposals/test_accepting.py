"""What becomes of garments when proposals are accepted."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from resources.correspondence import fashion8, pairs
from resources.taxonomy import Category, category
from store.document.provenance import said_of, said_of_landmarks
from store.errors import StudioError
from store.proposals import Difference, Match, Part, Proposal, accept, accept_all, differences
from store.records import Garment, Origin, Visibility
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


def _one_of_the_eight(name: str) -> Proposal:
    """A top with the landmarks of full body, of which the model is sure of one."""
    states = np.zeros(8)
    states[fashion8().names.index(name)] = Visibility.VISIBLE
    points, scores = np.full((8, 2), 60.0), np.ones(8)
    return top().but(schema=fashion8(), points=points, visibility=states, point_scores=scores)


def _moving(found: tuple[Difference, ...]) -> list[Difference]:
    return [one for one in found if one.kind != "extra" and (one.pixels or one.kind == "missing")]


@given(garments(), proposals())
def test_once_the_landmarks_are_accepted_nothing_differs(garment: Garment, proposal: Proposal) -> None:
    if Part.LANDMARKS not in proposal.parts:
        return
    before = differences(garment, proposal, KNOWN)
    try:
        edit = accept(proposal, garment, IMAGE, KNOWN, {Part.LANDMARKS})
    except StudioError:
        assert _moving(before) == []
        return
    after = after_of(edit) if edit.changes else garment
    assert _moving(differences(after, proposal, KNOWN)) == []
    assert after.same_as(garment, frozenset({"points", "visibility", "extra"}))
    if len(garment.points):
        changed = {one.index for one in _moving(before)}
        assert set(said_of_landmarks(after.extra)) >= changed
        untouched = [i for i in range(len(garment.points)) if i not in said_of_landmarks(after.extra)]
        assert np.array_equal(after.points[untouched], garment.points[untouched])
        assert np.array_equal(after.visibility[untouched], garment.visibility[untouched])
    assert (
        accept_all(
            [Match(proposal.but(withheld=frozenset(Part) - {Part.LANDMARKS}), after)], IMAGE, KNOWN
        ).edit.changes
        == ()
    )


@given(garments(), proposals())
@settings(max_examples=60)
def test_accepting_one_landmark_after_the_other_is_accepting_all(
    garment: Garment, proposal: Proposal
) -> None:
    one_by_one = garment
    for difference in differences(garment, proposal, KNOWN):
        if difference.end is not None:
            edit = accept(proposal, one_by_one, IMAGE, KNOWN, landmarks=[difference.proposed])
            one_by_one = after_of(edit) if edit.changes else one_by_one
    try:
        edit = accept(proposal, garment, IMAGE, KNOWN, {Part.LANDMARKS})
    except StudioError:
        return
    if len(garment.points):
        assert one_by_one.same_as(after_of(edit) if edit.changes else garment)


@given(proposals(), st.sets(st.sampled_from(Part)))
@example(_one_of_the_eight("right waistline"), {Part.LANDMARKS})
@example(_one_of_the_eight("right waistline"), {Part.BOX, Part.LANDMARKS})
@example(_one_of_the_eight("right waistline"), {Part.BOX})
@example(_one_of_the_eight("right hem"), {Part.LANDMARKS})
def test_a_new_garment_is_as_proposed(proposal: Proposal, chosen: set[Part]) -> None:
    parts = frozenset(chosen) & proposal.parts
    if not parts:
        return
    schema = category(proposal.category_id).schema
    meant = sorted(own for theirs, own in pairs(proposal.schema, schema) if proposal.visibility[theirs])
    if Part.LANDMARKS in parts and not meant:
        # Nobody gets a garment without landmarks who asked for them.
        with pytest.raises(StudioError, match=f"means the same in {category(proposal.category_id).name}"):
            accept(proposal, None, IMAGE, KNOWN, parts)
        return
    edit = accept(proposal, None, IMAGE, KNOWN, parts, others=[Garment(id=3, position=4)])
    after = after_of(edit)
    assert edit.changes[0].before is None
    assert edit.origin is Origin.MODEL
    assert (after.image_id, after.position, after.pair_id, after.style, after.key) == (1, 5, 12, None, "")
    assert after.category_id == proposal.category_id
    assert len(after.points) == len(after.visibility) == schema.size
    assert (after.box is not None) == (Part.BOX in parts)
    assert bool(after.polygons) == (Part.MASK in parts)
    labelled = np.flatnonzero(after.visibility != Visibility.UNLABELLED).tolist()
    assert labelled == (meant if Part.LANDMARKS in parts else [])
    assert set(said_of_landmarks(after.extra)) == set(labelled)


@given(proposals(), proposals())
@settings(max_examples=60)
def test_landmarks_go_to_another_schema_and_back(one: Proposal, other: Proposal) -> None:
    """From a proposal onto a garment of another schema, and from that garment's landmarks back."""
    schema = other.schema
    kind = category(other.category_id)
    if schema is not kind.schema or not one.parts & {Part.LANDMARKS}:
        return
    blank = Garment(
        id=5, category_id=kind.id, points=np.zeros((schema.size, 2)), visibility=np.zeros(schema.size)
    )
    both = [(a, b) for a, b in pairs(one.schema, schema) if one.visibility[a]]
    if not both:
        with pytest.raises(StudioError, match="means the same"):
            accept(one, blank, IMAGE, KNOWN, {Part.LANDMARKS})
        return
    after = after_of(accept(one, blank, IMAGE, KNOWN, {Part.LANDMARKS}))
    assert np.flatnonzero(after.visibility).tolist() == sorted(b for _, b in both)
    for a, b in both:
        assert np.array_equal(after.points[b], one.points[a])


def test_an_occluded_landmark_stays_occluded_and_the_unsure_stay_as_they_are() -> None:
    states = np.full(25, 2)
    states[[0, 1, 2]] = Visibility.OCCLUDED, Visibility.UNLABELLED, Visibility.CUT_OFF
    sure = np.full(25, 2)
    sure[4] = 0
    after = after_of(
        accept(top(visibility=sure), annotated(visibility=states), IMAGE, KNOWN, {Part.LANDMARKS})
    )
    assert after.visibility[:5].tolist() == [1, 2, 2, 2, 2]
    assert after.points[4].tolist() == [40.0, 40.0]
    assert 4 not in said_of_landmarks(after.extra)


def test_parts_are_taken_one_by_one() -> None:
    polygon = np.array([[1.0, 1.0], [9.0, 1.0], [9.0, 9.0]])
    proposal = top(polygons=(polygon,), attributes={"striped": 0.9, "cotton": 0.1})
    rle = {"size": [2, 2], "counts": [0, 4]}
    before = annotated(rle=rle, attributes={"cotton": 1, "long": 1}, style=3)
    box = after_of(accept(proposal, before, IMAGE, KNOWN, {Part.BOX}))
    assert box.same_as(before.but(box=proposal.box, extra=box.extra))
    mask = after_of(accept(proposal, before, IMAGE, KNOWN, {Part.MASK}))
    assert mask.same_as(before.but(polygons=(polygon,), rle=None, extra=mask.extra))
    attributes = after_of(accept(proposal, before, IMAGE, KNOWN, {Part.ATTRIBUTES}))
    assert attributes.attributes == {"cotton": -1, "long": 1, "striped": 1}
    for garment, part in ((box, "box"), (mask, "mask"), (attributes, "attributes")):
        said = said_of(garment.extra, part)
        assert said is not None
        assert (said.model, said.run, said.sha256, said.score) == ("net", "20260101-train", "c0ffee", 0.9)
        assert len(garment.extra["accepted"]) == 1


def test_titles() -> None:
    proposal, garment = top(), annotated()

    def title(*args: object) -> str:
        return accept(proposal, garment, IMAGE, KNOWN, *args).title

    assert title() == "Accept garment of net"
    assert title({Part.LANDMARKS}) == "Accept landmarks of net"
    assert title({Part.BOX, Part.LANDMARKS}) == "Accept box and landmarks of net"
    assert title(None, [4]) == "Accept landmark 5 of net"
    assert title(None, [4, 6]) == "Accept landmarks of net"


def test_what_is_not_offered_is_refused_with_words() -> None:
    unsure = np.full(25, 2)
    unsure[4] = 0
    proposal = top(visibility=unsure)
    with pytest.raises(StudioError, match="net proposes no mask for this garment"):
        accept(proposal, annotated(), IMAGE, KNOWN, {Part.MASK, Part.BOX})
    with pytest.raises(StudioError, match="no landmark 5"):
        accept(proposal, annotated(), IMAGE, KNOWN, landmarks=[3, 4])
    with pytest.raises(StudioError, match="no landmark 26"):
        accept(proposal, annotated(), IMAGE, KNOWN, landmarks=[25])
    with pytest.raises(StudioError, match="no category 0"):
        accept(proposal.but(category_id=0), None, IMAGE, KNOWN)
    seven = annotated(points=np.zeros((7, 2)), visibility=np.zeros(7))
    with pytest.raises(StudioError, match="Garment 5 of image 1 has 7 landmarks"):
        accept(proposal, seven, IMAGE, KNOWN, {Part.LANDMARKS})


def test_another_category_takes_the_landmarks_along() -> None:
    jacket = category(4).schema
    garment = annotated(points=np.full((39, 2), 40.0), visibility=np.full(39, 2)).but(category_id=4)
    after = after_of(accept(top(), garment, IMAGE, KNOWN))
    assert after.category_id == 1
    assert np.array_equal(after.points, np.full((25, 2), 50.0))
    assert len(said_of_landmarks(after.extra)) == 25
    kept = after_of(accept(top(), garment, IMAGE, KNOWN, {Part.CATEGORY}))
    same = {name for name in category(1).schema.names if name in jacket.names}
    assert np.count_nonzero(kept.visibility) == len(same)


def test_the_eight_on_a_top_move_six_landmarks(known: Mapping[int, Category]) -> None:
    eight = Proposal(
        0,
        1,
        0.9,
        points=np.full((8, 2), 60.0),
        visibility=np.full(8, 2),
        point_scores=np.ones(8),
        schema=fashion8(),
        source=NET,
        garment_id=5,
        withheld=frozenset({Part.BOX}),
    )
    after = after_of(accept(eight, annotated(), IMAGE, known))
    moved = {category(1).schema.names[i] for i in said_of_landmarks(after.extra)}
    assert moved == {
        *("left neck", "right neck", "left cuff, outer", "right cuff, outer", "left hem", "right hem"),
    }
    left_hem = fashion8().names.index("left hem")
    assert accept(eight, annotated(), IMAGE, known, landmarks=[left_hem]).title == "Accept landmark 15 of net"
    found = differences(annotated(), eight, known)
    assert {one.name for one in found} == moved
    assert {fashion8().names[one.proposed] for one in found} == {
        *("left collar", "right collar", "left sleeve", "right sleeve", "left hem", "right hem"),
    }


def test_a_garment_of_a_clothes_type_keeps_its_landmarks_under_another_category() -> None:
    garment = Garment(
        id=5,
        category_id=9,
        points=np.full((6, 2), 40.0),
        visibility=np.full(6, 2),
        box=np.array([0, 0, 90, 90.0]),
    )
    after = after_of(accept(top(), garment, IMAGE, KNOWN))
    assert after.category_id == 1
    assert np.array_equal(after.points, np.full((6, 2), 50.0))


def test_distances_are_in_sigmas_of_the_landmark_and_the_worst_comes_first() -> None:
    points = np.full((25, 2), 40.0)
    points[3] += [30.0, 40.0]
    points[7] += [3.0, 4.0]
    states = np.full(25, 2)
    states[9] = 0
    sure = np.full(25, 2)
    sure[11] = 0
    found = differences(annotated(points=points, visibility=states), top(40.0, visibility=sure), KNOWN)
    worst, second = found[0], found[1]
    area = 100.0 * 200.0
    assert (worst.index, worst.number, worst.name, worst.kind) == (3, 4, "front neck", "moved")
    assert (worst.start, worst.end, worst.pixels) == ((70.0, 80.0), (40.0, 40.0), 50.0)
    assert worst.sigmas == pytest.approx(50.0 / (2 * category(1).schema.sigmas[3] * area**0.5))
    assert (second.index, second.pixels) == (7, 5.0)
    assert [(one.index, one.kind, one.start) for one in found[-2:-1]] == [(9, "missing", None)]
    assert [(one.index, one.kind, one.end) for one in found[-1:]] == [(11, "extra", None)]


def test_without_a_place_or_schema_there_are_no_differences() -> None:
    assert differences(Garment(id=1, category_id=1), top(), KNOWN) == ()
    assert differences(annotated(), Proposal(0, 1, 0.5, source=NET), KNOWN) == ()
    assert differences(annotated().but(category_id=99), top(), KNOWN) == ()
