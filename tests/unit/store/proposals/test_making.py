"""What a model says as proposals."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from resources.correspondence import fashion8
from resources.schemas import Schema
from resources.taxonomy import Category
from store import masks
from store.proposals import Part, Proposal, Source, categories_of, proposals_of
from store.proposals.outlines import outlines
from store.records import Visibility
from store.runs.manifest import ModelCategory, ModelSpec
from store.runs.predictions import GarmentPrediction, ImagePrediction

NET = Source("net", "20260101-train", "c0ffee")
BOX = np.array([10.004, 20.0, 110.0, 220.0])


def _said(category_id: int = 1, score: float = 0.9, **more: object) -> GarmentPrediction:
    return GarmentPrediction(category_id, score, **{"box": BOX, **more})


def _points(count: int, score: float = 0.9) -> np.ndarray:
    return np.column_stack([np.arange(2.0 * count).reshape(-1, 2) + 0.123456, np.full(count, score)])


def _made(
    spec: ModelSpec, known: Mapping[int, Category], *said: GarmentPrediction, **more: object
) -> tuple[Proposal, ...]:
    return proposals_of(ImagePrediction(1, said), spec, known, NET, **more)


def test_the_surest_come_first_and_the_unsure_not_at_all(
    own_spec: ModelSpec, known: Mapping[int, Category]
) -> None:
    said = [_said(1, 0.6), _said(8, 0.9, box=BOX + 150), _said(2, 0.4, box=BOX + 300), _said(3, float("nan"))]
    found = _made(own_spec, known, *said)
    assert [(one.number, one.category_id, one.score) for one in found] == [(0, 8, 0.9), (1, 1, 0.6)]
    assert [one.category_id for one in _made(own_spec, known, *said, least_score=0.3)] == [8, 1, 2]
    assert [one.category_id for one in _made(own_spec, known, *said, wanted=frozenset({1}))] == [1]
    assert _made(own_spec, known) == ()


def test_a_garment_under_several_names_is_proposed_once(
    own_spec: ModelSpec, known: Mapping[int, Category]
) -> None:
    apart = np.array([10.0, 100.0, 110.0, 300.0])
    said = [_said(10, 0.7), _said(1, 0.9), _said(4, 0.8), _said(3, 0.6), _said(1, 0.6, box=apart)]
    assert [(one.category_id, one.score) for one in _made(own_spec, known, *said)] == [
        (1, 0.9),
        (4, 0.8),
        (1, 0.6),
    ]
    assert len(_made(own_spec, known, *said, same_iou=1.1)) == 5
    scores = np.ones(13)
    asked = [_said(1, 0.9, garment_id=i, category_scores=scores) for i in (3, 4)]
    assert [one.garment_id for one in _made(own_spec, known, *asked)] == [3, 4]


def test_landmarks_below_the_threshold_keep_their_place_and_are_not_offered(
    own_spec: ModelSpec, known: Mapping[int, Category]
) -> None:
    points = _points(25)
    points[3, 2], points[4] = 0.2, np.nan
    (one,) = _made(own_spec, known, _said(landmarks=points))
    assert one.schema is known[1].schema
    assert np.flatnonzero(one.visibility == Visibility.UNLABELLED).tolist() == [3, 4]
    assert one.points[3].tolist() == [6.12, 7.12]
    assert one.points[4].tolist() == [0.0, 0.0]
    (all_of_them,) = _made(own_spec, known, _said(landmarks=points), least_visibility=0.0)
    assert np.flatnonzero(all_of_them.visibility == Visibility.UNLABELLED).tolist() == [4]


def test_landmarks_of_another_number_than_the_category_has_are_dropped(
    own_spec: ModelSpec, known: Mapping[int, Category]
) -> None:
    (one,) = _made(own_spec, known, _said(1, landmarks=_points(13)))
    assert len(one.points) == 0
    assert one.parts == {Part.BOX, Part.CATEGORY}


def test_a_box_that_is_none_is_not_offered(own_spec: ModelSpec, known: Mapping[int, Category]) -> None:
    for box in (np.array([1, 2, np.nan, 4.0]), np.array([5, 5, 5, 9.0]), np.array([500.0, 10, 600, 90])):
        (one,) = _made(own_spec, known, _said(box=box, landmarks=_points(25)), size=(400, 300))
        assert one.box is None
        assert one.parts == {Part.LANDMARKS, Part.CATEGORY}
    assert _made(own_spec, known, _said(box=None)) == ()


def test_what_lies_outside_is_brought_into_the_image(
    own_spec: ModelSpec, known: Mapping[int, Category]
) -> None:
    points = _points(25) * [100, 100, 1]
    (one,) = _made(
        own_spec, known, _said(box=np.array([-5, -5, 900, 90.0]), landmarks=points), size=(400, 300)
    )
    assert one.box is not None
    assert one.box.tolist() == [0, 0, 400, 90]
    assert one.points.max(axis=0).tolist() == [400, 300]


def test_a_model_for_crops_speaks_of_the_garment_it_was_asked_about(
    eight_spec: ModelSpec, known: Mapping[int, Category]
) -> None:
    said = _said(
        1,
        0.3,
        garment_id=7,
        category_scores=np.ones(13),
        landmarks=_points(8),
        attribute_scores=np.array([0.9, np.nan]),
    )
    (one,) = _made(eight_spec, known, said)
    assert one.garment_id == 7
    assert one.schema is fashion8()
    assert one.box is None
    assert one.attributes == {"striped": 0.9}
    assert one.parts == {Part.LANDMARKS, Part.ATTRIBUTES}
    (sure,) = _made(eight_spec, known, said, least_score=0.2)
    assert sure.parts == {Part.LANDMARKS, Part.ATTRIBUTES, Part.CATEGORY}


def test_a_model_that_only_compares_proposes_nothing(
    eight_spec: ModelSpec, known: Mapping[int, Category]
) -> None:
    assert _made(eight_spec, known, _said(1, 1.0, garment_id=7, embedding=np.ones(4))) == ()


def test_categories_of_a_model_are_found_by_id_name_or_choice(known: Mapping[int, Category]) -> None:
    own = Category(1001, "Scarf", "scarf", known[1].schema, "#123456")
    store = {**known, 1001: own}
    spec = ModelSpec(
        "match-rcnn",
        "small",
        (ModelCategory(1, "short sleeve top"), ModelCategory(2, "scarf"), ModelCategory(3, "hat")),
    )
    assert categories_of(spec, store) == {1: 1, 2: 1001}
    assert categories_of(spec, store, {"hat": 5, "short sleeve top": None}) == {2: 1001, 3: 5}
    assert categories_of(spec, store, {"hat": 99}) == {1: 1, 2: 1001}
    fifty = ModelSpec("fashionnet", "small", (ModelCategory(18, "Tee"), ModelCategory(2, "Blouse")))
    assert categories_of(fifty, known) == {18: 1, 2: 2}
    found = _made(spec, store, _said(2), _said(3), least_score=0.1)
    assert [one.category_id for one in found] == [1001]


def test_landmarks_are_those_of_the_models_category_whatever_it_is_taken_for(
    own_spec: ModelSpec, known: Mapping[int, Category]
) -> None:
    (one,) = _made(own_spec, known, _said(1, landmarks=_points(25)), mapping={"short sleeve top": 5})
    assert one.category_id == 5
    assert one.schema is known[1].schema
    own = Category(1001, "scarf", "scarf", Schema("scarf", ("one", "two")), "#123456")
    spec = ModelSpec("match-rcnn", "small", (ModelCategory(1001, "scarf", 2),), schema="own")
    (scarf,) = _made(spec, {1001: own}, _said(1001, landmarks=_points(2)))
    assert scarf.schema is own.schema


def test_a_mask_becomes_a_few_corners_that_cover_the_same(disc: np.ndarray) -> None:
    polygons, rle = outlines(masks.encode(disc))
    assert rle is not None
    assert 12 <= len(polygons[0]) <= 60
    again = masks.polygons_mask(polygons, 300, 400)
    assert (again & disc).sum() / (again | disc).sum() > 0.985


def test_counts_may_be_bytes(disc: np.ndarray) -> None:
    rle = masks.encode(disc)
    as_bytes = {**rle, "counts": rle["counts"].encode()}
    assert outlines(as_bytes)[1] == rle


def test_crumbs_of_a_mask_are_left_out(disc: np.ndarray) -> None:
    disc[5:9, 5:9] = 1
    disc[10:60, 330:380] = 1
    polygons, _ = outlines(masks.encode(disc))
    assert len(polygons) == 2
    assert polygons[1].min() > 9


@pytest.mark.parametrize(
    "mask",
    [
        None,
        masks.encode(np.zeros((30, 40))),
        {"size": [30, 40], "counts": "damaged"},
        {"size": [0, 0], "counts": []},
        {"size": [30, 40]},
        {"size": [3, 3], "counts": [4, 1, 4]},
    ],
)
def test_an_empty_or_damaged_mask_is_no_mask(
    mask: Mapping[str, object] | None, own_spec: ModelSpec, known: Mapping[int, Category]
) -> None:
    (one,) = _made(own_spec, known, _said(mask=mask))
    assert (one.polygons, one.rle) == ((), None)
    assert Part.MASK not in one.parts


def test_a_proposal_of_other_lengths_is_our_mistake(known: Mapping[int, Category]) -> None:
    with pytest.raises(ValueError, match="differ in number"):
        Proposal(0, 1, 0.5, points=np.zeros((25, 2)), schema=known[1].schema)
    with pytest.raises(ValueError, match="schema of 25"):
        Proposal(
            0, 1, 0.5, points=np.zeros((2, 2)), visibility=[2, 2], point_scores=[1, 1], schema=known[1].schema
        )
