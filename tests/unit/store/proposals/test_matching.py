"""Which garment a proposal is about."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from store.proposals import Match, Proposal, Source, box_iou, match, not_doubled
from store.proposals.matching import best_assignment
from store.records import Garment

whole = st.integers(0, 40)


@st.composite
def boxes(draw: st.DrawFn) -> np.ndarray | None:
    if draw(st.integers(0, 9)) == 0:
        return None
    x, y = draw(whole), draw(whole)
    return np.array([x, y, x + draw(st.integers(0, 60)), y + draw(st.integers(0, 60))], dtype=np.float64)


@st.composite
def scenes(draw: st.DrawFn) -> tuple[list[Garment], list[Proposal]]:
    kinds = st.integers(1, 2)
    garments = [
        Garment(id=number + 1, category_id=draw(kinds), box=box)
        for number, box in enumerate(draw(st.lists(boxes(), max_size=5)))
    ]
    proposals = [
        Proposal(
            number,
            draw(kinds),
            0.9,
            box=box,
            source=Source("net"),
            garment_id=draw(st.none() | st.none() | st.integers(1, 6)),
        )
        for number, box in enumerate(draw(st.lists(boxes(), max_size=5)))
    ]
    return garments, proposals


@given(scenes(), st.sampled_from((0.0, 0.3, 0.5, 0.8, 1.0)))
def test_matching_is_one_to_one_and_never_below_the_threshold(
    scene: tuple[list[Garment], list[Proposal]], least: float
) -> None:
    garments, proposals = scene
    found = match(garments, proposals, least)
    taken = [one.garment.id for one in found if one.garment is not None]
    assert len(set(taken)) == len(taken)
    shown = [one.proposal.number for one in found]
    assert shown == sorted(shown)
    ids = {garment.id for garment in garments}
    for one in found:
        asked = one.proposal.garment_id
        if asked is not None:
            assert one.garment is not None
            assert one.garment.id == asked
        elif one.garment is not None:
            assert one.iou >= least
            assert one.iou == box_iou(one.proposal.box, one.garment.box) > 0
            assert one.iou >= 0.75 or one.proposal.category_id == one.garment.category_id
    left_out = [one for one in proposals if one.number not in shown]
    assert all(one.garment_id is not None for one in left_out)
    assert all(one.garment_id not in ids or one.garment_id in taken for one in left_out)


@given(
    st.tuples(st.integers(1, 4), st.integers(1, 4)).flatmap(
        lambda shape: arrays(np.float64, shape, elements=st.integers(0, 9).map(float))
    )
)
def test_no_other_assignment_is_worth_more(worth: np.ndarray) -> None:
    found = best_assignment(worth)
    chosen = [column for column in found if column >= 0]
    assert len(set(chosen)) == len(chosen) == min(worth.shape)
    total = sum(worth[row, column] for row, column in enumerate(found) if column >= 0)
    tall = worth if worth.shape[0] <= worth.shape[1] else worth.T
    best = max(
        sum(tall[row, column] for row, column in enumerate(order))
        for order in permutations(range(tall.shape[1]), tall.shape[0])
    )
    assert total == best


def _garment(number: int, category: int, *box: float, **more: object) -> Garment:
    return Garment(id=number, category_id=category, box=np.array(box), **more)


def _proposal(category: int, *box: float) -> Proposal:
    return Proposal(0, category, 0.9, box=np.array(box), source=Source("net"))


def test_a_shirt_under_a_jacket_takes_the_shirt() -> None:
    jacket = _garment(1, 4, 0, 0, 100, 200)
    shirt = _garment(2, 1, 10, 0, 90, 190)
    (one,) = match([jacket, shirt], [_proposal(1, 2, 0, 99, 198)])
    assert one.garment is shirt


def test_another_category_must_cover_well() -> None:
    jacket = _garment(1, 4, 0, 0, 100, 200)
    (one,) = match([jacket], [_proposal(1, 20, 0, 90, 190)])
    assert one.garment is None
    (wrong_name,) = match([jacket], [_proposal(3, 0, 0, 98, 200)])
    assert wrong_name.garment is jacket


def test_what_overlaps_best_in_all_is_taken_not_what_comes_first() -> None:
    left, right = _garment(1, 1, 0, 0, 100, 100), _garment(2, 1, 30, 0, 130, 100)
    first, second = _proposal(1, 16, 0, 116, 100), _proposal(1, 0, 0, 100, 100)
    one, other = match([left, right], [first, second])
    assert (one.garment, other.garment) == (right, left)


def test_a_crowd_is_nobodys_garment() -> None:
    rle = {"size": [200, 100], "counts": [0, 20_000]}
    crowd = _garment(1, 1, 0, 0, 100, 200, rle=rle, extra={"coco": {"iscrowd": 1}})
    (one,) = match([crowd], [_proposal(1, 0, 0, 100, 200)])
    assert one.garment is None


def test_a_garment_without_a_box_is_where_its_landmarks_are() -> None:
    points = np.array([[10.0, 10.0], [90.0, 90.0], [0.0, 0.0]])
    garment = Garment(id=1, category_id=1, points=points, visibility=np.array([2, 1, 0], np.uint8))
    (one,) = match([garment], [_proposal(1, 10, 10, 90, 95)])
    assert one.garment is garment
    (none,) = match([Garment(id=1, category_id=1)], [_proposal(1, 10, 10, 90, 95)])
    assert none.garment is None


def test_what_was_asked_about_a_garment_belongs_to_it_or_goes() -> None:
    garment = _garment(3, 1, 0, 0, 10, 10)
    asked = _proposal(2, 50, 50, 60, 60).but(garment_id=3)
    gone = asked.but(garment_id=4)
    (one,) = match([garment], [gone, asked])
    assert (one.proposal, one.garment, one.iou) == (asked, garment, 0.0)
    (first,) = match([garment], [asked, asked.but(number=1)])
    assert first.proposal is asked


@pytest.mark.parametrize("box", [None, np.zeros(4), np.array([5.0, 5.0, 1.0, 1.0])])
def test_an_empty_box_overlaps_nothing(box: np.ndarray | None) -> None:
    assert box_iou(box, np.array([0.0, 0.0, 10.0, 10.0])) == 0.0
    assert box_iou(box, box) == 0.0


def test_a_second_category_of_an_annotated_garment_is_not_new() -> None:
    top, coat = _garment(1, 1, 0, 0, 100, 100), _garment(2, 4, 0, 0, 100, 100)
    again, smaller = _proposal(2, 0, 0, 100, 90), _proposal(2, 0, 0, 100, 60)
    over = _proposal(3, 0, 0, 100, 98)
    found = match([top], [_proposal(1, 0, 0, 100, 100), again, smaller, over])
    left = not_doubled(found, [top])
    assert [one.proposal for one in left if one.garment is None] == [smaller, over]
    assert [one.garment for one in left if one.garment is not None] == [top]
    assert not_doubled((Match(again),), [coat]) == not_doubled((Match(again),), []) != ()
    assert not_doubled((Match(over),), [coat]) == ()
