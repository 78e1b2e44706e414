"""Slices give back what the store says, whole or in part."""

from __future__ import annotations

import dataclasses
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inference.data import Slices, select_one
from resources.taxonomy import LEVELS, fine_attributes
from store import masks
from store.db import Store
from store.filters import parse
from store.records import Garment, ImageRecord

MakeStore = Callable[..., Store]
MakeRecord = Callable[..., ImageRecord]
BOX = np.array([10.0, 10.0, 40.0, 40.0])


def test_a_slice_says_what_the_store_says(drawn: Slices, drawn_store: Path) -> None:
    with Store.open(drawn_store, read_only=True) as store:
        records = list(store.stream(parse("split = train")))
        paths = [str(store.images.path(one.image)) for one in records]
    data = drawn.train
    assert data.image_ids.tolist() == [one.image.id for one in records]
    assert list(data.paths) == paths
    assert data.sizes.tolist() == [[one.image.width, one.image.height] for one in records]
    garments = [garment for one in records for garment in one.garments]
    assert data.garment_ids.tolist() == [garment.id for garment in garments]
    for index, garment in enumerate(garments):
        points, states = data.landmarks(index)
        assert np.array_equal(points, garment.points)
        assert np.array_equal(states, garment.visibility)
        assert all(map(np.array_equal, data.polygons(index), garment.polygons))
        assert np.array_equal(data.boxes[index], garment.box)


def test_the_truth_is_in_the_stores_own_terms(drawn: Slices) -> None:
    data = drawn.train
    truths = data.truths()
    assert [truth.image_id for truth in truths] == data.image_ids.tolist()
    names = data.attribute_names()
    for truth in truths:
        for garment in truth.garments:
            index = data.garment_ids.tolist().index(garment.garment_id)
            points, states = data.landmarks(index)
            assert garment.landmarks is not None
            shown = garment.landmarks[:, 2] > 0
            assert shown.tolist() == [state in (1, 2) for state in states.tolist()]
            assert np.array_equal(garment.landmarks[shown, :2], points[shown])
            assert not garment.landmarks[~shown].any()
            assert garment.attributes is not None
            assert garment.attributes.shape == (len(names),)
            assert garment.shop is bool(data.shop[data.images[index]])
            for fact, word in garment.facts.items():
                assert word in LEVELS[fact].values()
            assert set(garment.facts) == set(LEVELS)
    # Attributes that a model knows and this slice does not speak of are unknown.
    other = data.truths(("new", names[0]))[0].garments[0].attributes
    assert other is not None
    assert np.isnan(other[0])
    assert not np.isnan(other[1])


def test_of_a_group_of_fine_attributes_one_is_true(make_store: MakeStore, record: MakeRecord) -> None:
    said: list[dict[str, int]] = [{"denim": 1, "pocket": 1}, {"denim": -1, "pocket": 0}, {}]
    found, _ = select_one(
        make_store([record("a.png", *(Garment(category_id=1, box=BOX, attributes=a) for a in said))]), ""
    )
    names = found.attribute_names()
    fabrics = [name for group, name in fine_attributes() if group == "fabric"]
    assert names == (*fabrics, "pocket")
    values = [found.attribute_values(g, found.attribute_columns(names)) for g in range(3)]
    assert np.array_equal(values[0], [float(name in ("denim", "pocket")) for name in names])
    assert values[1][names.index("denim")] == 0
    assert np.isnan(values[1][[n for n, name in enumerate(names) if name != "denim"]]).all()
    assert np.isnan(values[2]).all()


def test_a_part_of_a_slice_is_the_slice_of_that_part(drawn: Slices) -> None:
    data = drawn.train
    chosen = [5, 0, 9]
    part = data.subset(chosen)
    assert [truth.image_id for truth in part.truths()] == data.image_ids[chosen].tolist()
    for new, old in enumerate(chosen):
        for a, b in zip(part.of_image(new), data.of_image(old), strict=True):
            assert part.garment_ids[a] == data.garment_ids[b]
            assert all(map(np.array_equal, part.landmarks(a), data.landmarks(b)))
            assert np.array_equal(part.mask(a, 50, 60), data.mask(b, 50, 60))
    assert len(data.subset([])) == data.subset([]).garments == 0


def test_parts_make_the_same_slice_as_one(
    drawn: Slices, drawn_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inference.data.building._AT_ONCE", 3)
    with Store.open(drawn_store, read_only=True) as store:
        parts, _ = select_one(store, "split = train")
    whole = drawn.train
    for field in dataclasses.fields(whole):
        one, other = getattr(parts, field.name), getattr(whole, field.name)
        if isinstance(other, np.ndarray):
            assert one.dtype == other.dtype, field.name
            assert np.array_equal(one, other), field.name
        else:
            assert one == other, field.name


def test_run_lengths_keep_their_garment_in_parts(
    make_store: MakeStore, record: MakeRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inference.data.building._AT_ONCE", 1)
    rings = [np.zeros((60, 80), np.uint8) for _ in range(3)]
    records = []
    for number, mask in enumerate(rings):
        mask[5 : 10 + number, 5:20] = 1
        attributes = {"denim": 1} if number == 1 else {f"made {number}": 1}
        garment = Garment(category_id=1, box=BOX, rle=masks.encode(mask), attributes=attributes)
        records.append(record(f"{number}.png", garment))
    found, _ = select_one(make_store(records), "")
    for number, mask in enumerate(rings):
        assert np.array_equal(found.mask(number, 80, 60), mask)
    names = found.attribute_names()
    assert names[-2:] == ("made 0", "made 2")
    values = found.attribute_values(2, found.attribute_columns(names))
    assert values[-1] == 1
    assert np.isnan(values[:-1]).all()


def test_masks_are_the_union_of_polygons_at_the_scaled_size(
    make_store: MakeStore, record: MakeRecord
) -> None:
    outer = np.array([[4.0, 4], [60, 4], [60, 50], [4, 50]])
    inner = np.array([[20.0, 20], [40, 20], [40, 40], [20, 40]])
    run = np.zeros((60, 80), np.uint8)
    run[10:30, 20:50] = 1
    found, _ = select_one(
        make_store(
            [
                record(
                    "a.png",
                    Garment(category_id=1, polygons=(outer, inner)),
                    Garment(category_id=1, box=BOX, rle=masks.encode(run)),
                    Garment(category_id=1, box=BOX),
                )
            ]
        ),
        "",
    )
    assert found.has_mask.tolist() == [True, True, False]
    union = found.mask(0, 40, 30)
    assert np.array_equal(union, masks.polygons_mask([outer / 2, inner / 2], 30, 40))
    assert union[15, 15] == 1, "an inner polygon makes no hole"
    assert np.array_equal(found.mask(1, 80, 60), run)
    assert found.mask(1, 40, 30).sum() == run.sum() // 4
    assert not found.mask(2, 40, 30).any()
    part = found.subset([0])
    assert np.array_equal(part.mask(1, 80, 60), run)
    truth = found.truths()[0].garments
    assert isinstance(truth[0].mask, list)
    assert truth[1].mask == masks.encode(run)
    assert truth[2].mask is None


def test_corners_at_the_end_of_the_world_cost_nothing(make_store: MakeStore, record: MakeRecord) -> None:
    far = np.array([[10.0, -1e12], [1e12, 30], [10, 1e12]])
    found, _ = select_one(make_store([record("a.png", Garment(category_id=1, box=BOX, polygons=(far,)))]), "")
    mask = found.mask(0, 80, 60)
    assert mask[:, 12:].all()
    assert not mask[:, :9].any()


def test_a_crowd_is_marked(make_store: MakeStore, record: MakeRecord) -> None:
    crowd = Garment(category_id=1, box=BOX, extra={"coco": {"iscrowd": 1}})
    found, _ = select_one(make_store([record("a.png", crowd, Garment(category_id=1, box=BOX))]), "")
    assert found.crowd.tolist() == [True, False]
    assert [garment.crowd for garment in found.truths()[0].garments] == [True, False]


def test_a_slice_goes_to_another_process(drawn: Slices) -> None:
    again = pickle.loads(pickle.dumps(drawn.train))
    assert again.paths == drawn.train.paths
    assert np.array_equal(again.boxes, drawn.train.boxes)
    assert again.categories() == drawn.train.categories()


@pytest.mark.parametrize("side", ["train", "validation"])
def test_categories_are_those_that_occur(drawn: Slices, side: str) -> None:
    data: Any = getattr(drawn, side)
    found = data.categories()
    assert [one.id for one in found] == sorted(set(data.category_ids.tolist()))
    assert all(one.landmarks == data.known[one.id].schema.size for one in found)
