"""What is drawn in a picture, and what is said of it, move together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torchvision import tv_tensors

from inference.data.augment import Augmentation, flipped, inside, seeded
from inference.data.pictures import OUTSIDE
from resources.taxonomy import categories, category
from store.runs.config import AugmentConfig

VISIBLE, OCCLUDED = 2, 1
NOTHING = AugmentConfig(flip=0, colour=0, scale=0, rotation=0, erase=0)
SIZE = (48, 64)


def _sample(x: int, y: int, index: int = 0, category_id: int = 9) -> dict[str, Any]:
    """A black picture with a white square of 5 pixels around the pixel x y, its landmark, mask and box."""
    schema = category(category_id).schema
    image = torch.zeros(3, *SIZE, dtype=torch.uint8)
    image[:, y - 2 : y + 3, x - 2 : x + 3] = 255
    points = torch.zeros(1, schema.size, 2)
    points[0, index] = torch.tensor([x + 0.5, y + 0.5])
    states = torch.zeros(1, schema.size, dtype=torch.int64)
    states[0, index] = VISIBLE
    box = torch.tensor([[x - 2.0, y - 2.0, x + 3.0, y + 3.0]])
    return {
        "image": tv_tensors.Image(image),
        "boxes": tv_tensors.BoundingBoxes(box, format="XYXY", canvas_size=SIZE, clamping_mode=None),
        "masks": tv_tensors.Mask((image[:1] > 0).to(torch.uint8)),
        "landmarks": tv_tensors.KeyPoints(points, canvas_size=SIZE),
        "visibility": states,
        "swaps": torch.tensor([schema.mirrored()]),
    }


def _middle(bright: torch.Tensor) -> tuple[float, float]:
    """The middle of what is bright, in continuous pixels."""
    weights = bright.double()
    ys, xs = torch.meshgrid(*(torch.arange(n) + 0.5 for n in bright.shape), indexing="ij")
    return float((weights * xs).sum() / weights.sum()), float((weights * ys).sum() / weights.sum())


@given(
    st.integers(0, 2**32),
    st.integers(8, 55),
    st.integers(8, 39),
    st.floats(0, 0.3),
    st.floats(0, 45),
    st.sampled_from([0.0, 1.0]),
    st.sampled_from([None, 40]),
)
@settings(max_examples=60, deadline=None)
def test_a_marked_pixel_ends_where_its_landmark_ends(
    seed: int, x: int, y: int, scale: float, rotation: float, flip: float, crop: int | None
) -> None:
    config = NOTHING.model_copy(update={"flip": flip, "scale": scale, "rotation": rotation})
    with seeded(seed):
        changed = Augmentation(config, VISIBLE, OCCLUDED)(_sample(x, y), crop)
    index = 2 if flip else 0
    assert changed["visibility"].nonzero().tolist() == [[0, index]]
    px, py = changed["landmarks"][0, index].tolist()
    height, width = changed["image"].shape[-2:]
    assert (height, width) == ((40, 40) if crop else SIZE)
    if not (6 < px < width - 6 and 6 < py < height - 6):
        return
    # Brighter than the grey that comes in from outside.
    bright = (changed["image"][0].float() - 150).clamp(min=0)
    assert _middle(bright) == pytest.approx((px, py), abs=0.6)
    assert _middle(changed["masks"][0]) == pytest.approx((px, py), abs=0.9)
    box = changed["boxes"][0].tolist()
    assert ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2) == pytest.approx((px, py), abs=0.6)


@given(st.sampled_from([c.id for c in categories()]), st.data())
@settings(max_examples=40, deadline=None)
def test_a_flip_undoes_itself(category_id: int, data: st.DataObject) -> None:
    schema = category(category_id).schema
    sample = _sample(20, 20, category_id=category_id)
    places = data.draw(st.lists(st.integers(0, 60), min_size=2 * schema.size, max_size=2 * schema.size))
    states = data.draw(st.lists(st.integers(0, 2), min_size=schema.size, max_size=schema.size))
    points = torch.tensor(places, dtype=torch.float32).reshape(1, -1, 2) + 0.5
    sample["landmarks"] = tv_tensors.KeyPoints(points, canvas_size=SIZE)
    sample["visibility"] = torch.tensor([states])
    once = flipped(sample)
    assert sorted(once["visibility"][0].tolist()) == sorted(states)
    twice = flipped(once)
    for name, value in sample.items():
        assert torch.equal(torch.as_tensor(twice[name]), torch.as_tensor(value)), name


@pytest.mark.parametrize("kind", categories(), ids=lambda kind: kind.name)
def test_a_flip_exchanges_left_and_right(kind: Any) -> None:
    schema = kind.schema
    for index, name in enumerate(schema.names):
        once = flipped(_sample(20, 20, index, kind.id))
        (place,) = once["visibility"][0].nonzero()[:, 0].tolist()
        other = name
        if name.startswith("left "):
            other = "right " + name.removeprefix("left ")
        elif name.startswith("right "):
            other = "left " + name.removeprefix("right ")
        assert schema.names[place] == other
        assert once["landmarks"][0, place].tolist() == [SIZE[1] - 20.5, 20.5]


@given(st.integers(0, 2**32))
@settings(max_examples=20, deadline=None)
def test_an_erased_rectangle_hides_the_landmarks_under_it(seed: int) -> None:
    config = NOTHING.model_copy(update={"erase": 1.0})
    sample = _sample(30, 24)
    with seeded(seed):
        changed = Augmentation(config, VISIBLE, OCCLUDED)(sample)
    grey = (changed["image"] == torch.tensor(OUTSIDE, dtype=torch.uint8)[:, None, None]).all(dim=0)
    share = float(grey.float().mean())
    assert 0.01 < share < 0.25
    hidden = bool(grey[24, 30])
    assert int(changed["visibility"][0, 0]) == (OCCLUDED if hidden else VISIBLE)
    assert torch.equal(torch.as_tensor(changed["landmarks"]), torch.as_tensor(sample["landmarks"]))


def test_colour_moves_nothing() -> None:
    config = NOTHING.model_copy(update={"colour": 1.0})
    sample = _sample(30, 24)
    sample["image"][0] //= 2
    with seeded(3):
        changed = Augmentation(config, VISIBLE, OCCLUDED)(dict(sample))
    assert not torch.equal(changed["image"], sample["image"])
    for name in ("landmarks", "masks", "boxes", "visibility"):
        assert torch.equal(torch.as_tensor(changed[name]), torch.as_tensor(sample[name]))


def test_random_changes_follow_from_their_key_and_leave_other_numbers_alone() -> None:
    torch.manual_seed(5)
    undisturbed = torch.rand(3)
    torch.manual_seed(5)
    with seeded(1, 2, 3):
        first = torch.rand(4)
    assert torch.equal(torch.rand(3), undisturbed)
    with seeded(1, 2, 3):
        assert torch.equal(torch.rand(4), first)
    with seeded(1, 2, 4):
        assert not torch.equal(torch.rand(4), first)


def test_room_is_asked_for_only_where_something_moves() -> None:
    assert Augmentation(NOTHING, VISIBLE, OCCLUDED, roomy=True).room == 0
    moving = NOTHING.model_copy(update={"scale": 0.1})
    assert Augmentation(moving, VISIBLE, OCCLUDED).room == 0
    assert Augmentation(moving, VISIBLE, OCCLUDED, roomy=True).room == pytest.approx(0.1 + 0.5 / 9)


def test_inside_takes_height_before_width() -> None:
    points = torch.tensor([[0.0, 0.0], [9.9, 4.9], [4.0, 5.0], [-0.1, 0.0], [10.0, 0.0]])
    assert inside(points, (5, 10)).tolist() == [True, True, False, False, False]
    assert np.asarray(inside(points, (6, 5))).tolist() == [True, False, True, False, False]
