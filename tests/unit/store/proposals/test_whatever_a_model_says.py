"""Whatever numbers a model gives: proposals are sound, and accepting them leaves sound garments."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from resources.taxonomy import categories
from store import masks
from store.proposals import Source, accept_all, differences, match, proposals_of
from store.proposals.matching import box_iou
from store.records import Garment, Image, Visibility
from store.runs.manifest import ModelCategory, ModelSpec
from store.runs.predictions import GarmentPrediction, ImagePrediction
from tests.examples import examples

KNOWN = {one.id: one for one in categories()}
KINDS = (*(ModelCategory(c.id, c.name, c.schema.size) for c in categories()), ModelCategory(99, "hat", 3))
IMAGE = Image(id=1, width=40, height=30, size_known=True)

numbers = st.one_of(
    st.floats(-20, 60, width=32), st.sampled_from((float("nan"), float("inf"), -float("inf"), 1e30))
)
likely = st.floats(0, 1, width=32)


@st.composite
def run_lengths(draw: st.DrawFn) -> dict[str, object] | None:
    shape = draw(st.sampled_from(((30, 40), (4, 4), (1, 1))))
    mask = np.zeros(shape, np.uint8)
    for _ in range(draw(st.integers(0, 3))):
        y, x = draw(st.integers(0, 29)), draw(st.integers(0, 39))
        mask[y : y + draw(st.integers(1, 20)), x : x + draw(st.integers(1, 20))] ^= 1
    rle = masks.encode(mask)
    damage = draw(st.sampled_from(("", "", "", "list", "bytes", "short", "size")))
    if damage == "list":
        rle["counts"] = masks.rle_counts(rle).tolist()
    elif damage == "bytes":
        rle["counts"] = rle["counts"].encode()
    elif damage == "short":
        rle["counts"] = rle["counts"][:-1]
    elif damage == "size":
        rle["size"] = draw(st.sampled_from(([3], [0, 2], "large", None, [2.5, 3])))
    return rle


@st.composite
def said(draw: st.DrawFn) -> GarmentPrediction:
    kind = draw(st.sampled_from(KINDS))
    count = draw(st.sampled_from((kind.landmarks, kind.landmarks, 8, 6, 4, 0)))
    rows = draw(st.lists(st.tuples(numbers, numbers, numbers | likely), min_size=count, max_size=count))
    return GarmentPrediction(
        kind.id,
        draw(likely | numbers),
        box=draw(st.none() | st.lists(numbers, min_size=4, max_size=4).map(np.array)),
        mask=draw(st.none() | run_lengths()),
        landmarks=draw(st.sampled_from((None, np.array(rows).reshape(-1, 3)))),
        category_scores=np.ones(len(KINDS)),
        attribute_scores=draw(st.sampled_from((None, np.array([0.7, np.nan])))),
        garment_id=draw(st.none() | st.none() | st.integers(1, 3)),
    )


@st.composite
def annotated(draw: st.DrawFn) -> list[Garment]:
    found = []
    for number in range(draw(st.integers(0, 2))):
        kind = draw(st.sampled_from(categories()))
        size = draw(st.sampled_from((kind.schema.size, 0, 4, 7)))
        states = draw(st.lists(st.sampled_from(Visibility), min_size=size, max_size=size))
        box = draw(st.sampled_from((None, np.array([0.0, 0.0, 40.0, 30.0]), np.array([5.0, 5.0, 5.0, 5.0]))))
        extra = draw(st.sampled_from(({}, {"coco": {"iscrowd": 1}}, {"accepted": "nonsense"})))
        found.append(
            Garment(
                id=number + 1,
                category_id=kind.id,
                box=box,
                points=np.full((size, 2), 7.0),
                visibility=np.array(states, np.uint8),
                extra=extra,
            )
        )
    return found


@settings(examples(60, 200))
@given(
    st.lists(said(), max_size=4),
    annotated(),
    st.sampled_from(("own", "fashion8", "")),
    st.sampled_from((0.0, 0.5, 1.0)),
)
def test_it_is_sound_or_left_out(
    predicted: list[GarmentPrediction], garments: list[Garment], schema: str, least: float
) -> None:
    spec = ModelSpec("any", "small", KINDS, ("striped", "cotton"), schema)
    found = proposals_of(
        ImagePrediction(1, tuple(predicted)),
        spec,
        KNOWN,
        Source("net"),
        least_score=least,
        least_visibility=least,
        size=(40, 30),
    )
    assert [one.number for one in found] == list(range(len(found)))
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    for one in found:
        assert one.parts
        assert np.isfinite(one.points).all()
        assert (one.points >= 0).all()
        assert (one.points <= [40, 30]).all()
        assert one.box is None or (np.isfinite(one.box).all() and one.box[2] > one.box[0])
        assert all(len(polygon) >= 3 for polygon in one.polygons)
        assert bool(one.polygons) == (one.rle is not None)
        assert one.garment_id is not None or one.score >= least
    detected = [one for one in found if one.garment_id is None and one.category_id not in (3, 4)]
    for place, one in enumerate(detected):
        assert all(box_iou(one.box, other.box) < 0.8 for other in detected[:place])
    matches = match(garments, found)
    for one in matches:
        if one.garment is not None:
            for difference in differences(one.garment, one.proposal, KNOWN):
                assert np.isfinite([difference.pixels, difference.sigmas]).all()
    taken = accept_all(matches, IMAGE, KNOWN, others=garments)
    assert taken.added + taken.updated == len(taken.edit.changes)
    for change in taken.edit.changes:
        after = change.after
        assert isinstance(after, Garment)
        assert np.isfinite(after.points).all()
        assert after.category_id in KNOWN
        assert isinstance(after.extra["accepted"], dict)
        assert (after.box is None) or np.isfinite(after.box).all()
