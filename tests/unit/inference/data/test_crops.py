"""Crops show what they say they show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.data import CropDataset, Slices, cut, frame, select_one
from inference.data.augment import Augmentation
from inference.data.crops import CUT_OFF, IGNORED, OCCLUDED, VISIBLE
from inference.data.pictures import OUTSIDE
from inference.data.samples import Draw
from resources.correspondence import fashion8, to_fashion8
from resources.schemas import Schema
from resources.taxonomy import category
from store.db import Store
from store.records import Garment, ImageRecord, Visibility
from store.runs.config import AugmentConfig

MakeStore = Callable[..., Store]
MakeRecord = Callable[..., ImageRecord]
SIDES = st.floats(1, 300)


@given(st.floats(-50, 300), st.floats(-50, 300), SIDES, SIDES, st.floats(0, 1))
@settings(deadline=None)
def test_the_frame_is_a_square_with_room_around_the_box(
    x: float, y: float, width: float, height: float, margin: float
) -> None:
    x1, y1, x2, y2 = frame(np.array([x, y, x + width, y + height]), margin)
    longer = max(width, height)
    assert x2 - x1 == pytest.approx(y2 - y1)
    assert x2 - x1 == pytest.approx(longer * (1 + 2 * margin))
    assert (x1 + x2) / 2 == pytest.approx(x + width / 2)
    assert x1 <= x + 1e-9
    assert y2 >= y + height - 1e-9


@given(st.floats(-50, 300), st.floats(-50, 300), SIDES, SIDES, st.floats(0, 1))
@settings(deadline=None)
def test_a_stretched_frame_has_the_same_share_of_room_on_each_side(
    x: float, y: float, width: float, height: float, margin: float
) -> None:
    x1, y1, x2, y2 = frame(np.array([x, y, x + width, y + height]), margin, stretch=True)
    assert x2 - x1 == pytest.approx(width * (1 + 2 * margin))
    assert y2 - y1 == pytest.approx(height * (1 + 2 * margin))
    assert ((x1 + x2) / 2, (y1 + y2) / 2) == pytest.approx((x + width / 2, y + height / 2))


@pytest.mark.parametrize("stretch", [False, True])
@pytest.mark.parametrize("changed", [False, True])
def test_landmarks_come_back_to_the_pixels_of_the_image(drawn: Slices, stretch: bool, changed: bool) -> None:
    """In 0..1 of the crop, times its box: also with room for moves that have not been made."""
    data = drawn.validation
    ids = [one.id for one in data.categories()]
    still = AugmentConfig(flip=0, colour=0, scale=0.1, rotation=0, erase=0)
    moves = Augmentation(still, VISIBLE, OCCLUDED, roomy=True) if changed else None
    dataset = CropDataset(data, ids, (), 128, 0.2, moves, stretch=stretch)
    for index in range(min(4, len(dataset))):
        sample = dataset[Draw(index)].sample
        garment = int(dataset.garments[index])
        own = data.landmarks(garment)[0]
        places = np.array(to_fashion8(data.schema(garment)))
        seen = (sample["visibility"] != IGNORED) & (sample["visibility"] != CUT_OFF)
        box = sample["box"].double().numpy()
        found = sample["landmarks"].double().numpy() * (box[2:] - box[:2]) + box[:2] - 0.5
        off = np.abs(found - own[places])[seen.numpy()]
        # Moves of a tenth were made where there are any; else the crop's pixels are all that is lost.
        limit = (box[2:] - box[:2]) * (0.25 if changed else 1e-3)
        assert (off <= limit).all()


@given(
    st.integers(5, 94),
    st.integers(5, 74),
    st.floats(-30, 80),
    st.floats(-30, 60),
    st.floats(20, 120),
    st.integers(24, 90),
    st.sampled_from([1.0, 0.5]),
)
@settings(max_examples=60, deadline=None)
def test_a_place_of_the_picture_is_found_in_the_crop(
    x: int, y: int, left: float, top: float, side: float, size: int, factor: float
) -> None:
    picture = np.zeros((80, 100, 3), np.uint8)
    picture[y - 4 : y + 5, x - 4 : x + 5, 0] = 255
    square = np.array([left, top, left + side, top + side]) / factor
    pixels, shown = cut(picture, square, size, (factor, factor))
    assert pixels.shape == (size, size, 3)
    assert np.abs(shown - square).max() <= 1 / factor
    px, py = ((np.array([x, y]) + 0.5) / factor - shown[:2]) / (shown[2:] - shown[:2]) * size
    edge = 5 * size / side + 1
    if not (edge < px < size - edge and edge < py < size - edge):
        return
    # The mark is red; what is outside of the picture is nearly grey.
    bright = np.clip(pixels[..., 0].astype(float) - pixels[..., 1] - 20, 0, None)
    ys, xs = np.mgrid[:size, :size] + 0.5
    assert (bright * xs).sum() / bright.sum() == pytest.approx(px, abs=0.5)
    assert (bright * ys).sum() / bright.sum() == pytest.approx(py, abs=0.5)


def test_what_is_outside_of_the_picture_is_grey() -> None:
    picture = np.zeros((20, 20, 3), np.uint8)
    pixels, shown = cut(picture, np.array([-10.0, -10, 10, 10]), 20)
    assert shown.tolist() == [-10, -10, 10, 10]
    assert (pixels[:10] == OUTSIDE).all()
    assert not pixels[10:, 10:].any()
    nothing, _ = cut(picture, np.array([100.0, 100, 120, 120]), 8)
    assert (nothing == OUTSIDE).all()


def _marked(make_store: MakeStore, record: MakeRecord) -> CropDataset:
    """A skirt whose left hem is marked, right hem occluded, left waist cut off and right waist unlabelled."""
    points, states = np.zeros((8, 2)), np.zeros(8, np.uint8)
    points[4], states[4] = (30, 40), Visibility.VISIBLE
    points[6], states[6] = (50, 40), Visibility.OCCLUDED
    states[0] = Visibility.CUT_OFF
    skirt = Garment(
        category_id=9,
        box=np.array([22.0, 14, 58, 46]),
        points=points,
        visibility=states,
        attributes={"denim": 1, "loose": -1},
    )
    pixels = np.zeros((60, 80, 3), np.uint8)
    pixels[38:43, 28:33] = 255
    store = make_store([record("a.png", skirt)], {"a.png": pixels})
    data, _ = select_one(store, "")
    return CropDataset(data, (3, 9), ("loose", "denim", "cotton", "new"), 96, 0.1)


def test_a_crop_says_what_it_shows(make_store: MakeStore, record: MakeRecord) -> None:
    dataset = _marked(make_store, record)
    (sample, problems) = dataset[0]
    assert problems == ()
    assert sample["image"].shape == (3, 96, 96)
    assert sample["image"].dtype == torch.float32
    assert float(sample["image"].max()) <= 1
    names = fashion8().names
    states = dict(zip(names, sample["visibility"].tolist(), strict=True))
    assert states == {
        "left collar": IGNORED,
        "right collar": IGNORED,
        "left sleeve": IGNORED,
        "right sleeve": IGNORED,
        "left waistline": CUT_OFF,
        "right waistline": IGNORED,
        "left hem": VISIBLE,
        "right hem": OCCLUDED,
    }
    x, y = (sample["landmarks"][names.index("left hem")] * 96).tolist()
    bright = (sample["image"][0] > 0.9).nonzero().double().mean(dim=0) + 0.5
    assert (x, y) == pytest.approx((float(bright[1]), float(bright[0])), abs=0.6)
    assert sample["box"].tolist() == pytest.approx(frame(np.array([22.0, 14, 58, 46]), 0.1).tolist(), abs=1)
    assert int(sample["category"]) == 1
    assert sample["attributes"][:3].tolist() == [0, 1, 0]
    assert bool(sample["attributes"][3].isnan())


def test_a_box_far_beyond_the_picture_is_cut_at_its_border(make_store: MakeStore, record: MakeRecord) -> None:
    garment = Garment(category_id=1, box=np.array([-1e9, 10.0, 1e9, 40.0]))
    data, _ = select_one(make_store([record("a.png", garment)]), "")
    assert CropDataset(data, (1,), (), 32, 0.0)[0].sample["box"].tolist() == [0, -15, 80, 65]


def test_what_a_random_change_moves_out_is_cut_off(make_store: MakeStore, record: MakeRecord) -> None:
    dataset = _marked(make_store, record)
    config = AugmentConfig(flip=0.5, colour=0, scale=0.4, rotation=30)
    changed = CropDataset(
        dataset.data, (9,), (), 64, 0.0, Augmentation(config, VISIBLE, OCCLUDED, roomy=True), seed=1
    )
    hems = [fashion8().names.index("left hem"), fashion8().names.index("right hem")]
    seen = set()
    for turn in range(60):
        sample = changed[Draw(0, 0, turn)].sample
        assert sample["image"].shape == (3, 64, 64)
        for index in hems:
            state = int(sample["visibility"][index])
            seen.add(state)
            assert state in (VISIBLE, OCCLUDED, CUT_OFF)
            place = sample["landmarks"][index]
            assert bool((place >= 0).all())
            assert bool((place < 1).all())
            assert (state == CUT_OFF) == (not place.any())
    assert seen == {VISIBLE, OCCLUDED, CUT_OFF}


def test_a_crop_depends_on_its_draw_alone(drawn: Slices) -> None:
    data = drawn.train
    ids = [one.id for one in data.categories()]
    changes = Augmentation(AugmentConfig(), VISIBLE, OCCLUDED, roomy=True)
    dataset = CropDataset(data, ids, data.attribute_names(), 48, 0.1, changes, seed=4)
    one, same = dataset[Draw(2, 1, 0)].sample, dataset[Draw(2, 1, 0)].sample
    assert all(torch.equal(one[name], same[name]) for name in one if name != "attributes")
    for other in (Draw(2, 2, 0), Draw(2, 1, 1)):
        assert not torch.equal(one["image"], dataset[other].sample["image"])


def test_only_garments_that_are_told_apart_are_shown(drawn: Slices) -> None:
    data = drawn.train
    wanted = data.categories()[0].id
    dataset = CropDataset(data, (wanted,), (), 32, 0.1)
    assert len(dataset) == (data.category_ids == wanted).sum()
    found: list[Any] = [dataset[index].sample for index in range(len(dataset))]
    assert {int(sample["category"]) for sample in found} == {0}


@pytest.mark.parametrize(("size", "placed"), [(4, 4), (6, 6), (8, 8)])
def test_deepfashions_own_landmarks_are_taken_by_name(
    make_store: MakeStore, record: MakeRecord, size: int, placed: int
) -> None:
    """DeepFashion's garments have the landmarks of their clothes type, whatever the category's schema."""
    points = np.full((size, 2), 20.0)
    garment = Garment(
        category_id=9 if size != 8 else 13,
        box=np.array([10.0, 10, 40, 40]),
        points=points,
        visibility=np.full(size, Visibility.VISIBLE),
    )
    data, _ = select_one(make_store([record("a.png", garment)]), "")
    visibility = CropDataset(data, (9, 13), (), 32, 0.1)[0].sample["visibility"]
    assert int((visibility == VISIBLE).sum()) == placed


def test_correspondence_keeps_left_and_right() -> None:
    eight = fashion8()
    for number in range(1, 14):
        schema = category(number).schema
        found = to_fashion8(schema)
        mirrored, swapped = schema.mirrored(), eight.mirrored()
        assert any(index >= 0 for index in found)
        for place, index in enumerate(found):
            if index >= 0:
                assert found[swapped[place]] == mirrored[index]
                assert schema.names[index].split(" ")[0] == eight.names[place].split(" ")[0]
    assert to_fashion8(Schema("other", ("toe",))) == (-1,) * 8
