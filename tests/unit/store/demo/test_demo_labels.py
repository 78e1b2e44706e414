"""What the annotations say agrees with itself, with the schemas and with what was drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from resources.taxonomy import categories, category, clothes_categories, fine_attributes
from store.cv import cv2
from store.demo.canvas import Canvas
from store.demo.compose import draw
from store.demo.designs import design
from store.demo.garments import Worn, cut
from store.demo.labels import OWN_KEY, annotation, occlusion_level, scale_level, viewpoint_level, zoom_level
from store.demo.plan import picture
from store.demo.pose import Pose
from store.pictures import picture_size
from tests.unit.store.demo.demo_dataset import Written

FIELDS = {
    "segmentation", "scale", "viewpoint", "zoom_in", "landmarks", "style", "bounding_box", "category_id",
    "occlusion", "category_name", OWN_KEY,
}  # fmt: skip


def numbers(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [n for part in value.values() for n in numbers(part)]
    if isinstance(value, list):
        return [n for part in value for n in numbers(part)]
    return [] if isinstance(value, str) else [value]


def landmarks(item: dict[str, Any]) -> np.ndarray:
    return np.array(item["landmarks"]).reshape(-1, 3)


def size_of(written: Written, place: tuple[str, str]) -> tuple[int, int]:
    size = picture_size(written.folder / place[0] / "image" / f"{place[1]}.jpg")
    return size.width, size.height


def mask_of(item: dict[str, Any], width: int, height: int) -> np.ndarray:
    mask = np.zeros((height, width), np.uint8)
    for polygon in item["segmentation"]:
        part = np.zeros_like(mask)
        cv2.fillPoly(part, [np.array(polygon, np.int32).reshape(-1, 2)], 1)
        mask |= part
    return mask


def test_fields_and_numbers_are_the_real_files(written: Written) -> None:
    for content in written.annotations.values():
        assert content["source"] in ("user", "shop")
        keys = [key for key in content if key not in ("source", "pair_id")]
        assert keys == [f"item{n}" for n in range(1, len(keys) + 1)]
        assert 1 <= len(keys) <= 3
        for key in keys:
            assert set(content[key]) == FIELDS
        assert all(type(n) is int for n in numbers(content))


def test_categories_levels_and_facts_are_valid(written: Written) -> None:
    names = {name for _, name in fine_attributes()}
    for _, _, item in written.items():
        known = category(item["category_id"])
        assert item["category_name"] == known.name
        assert len(item["landmarks"]) == 3 * known.schema.size
        assert {item[f] for f in ("scale", "occlusion", "zoom_in", "viewpoint")} <= {1, 2, 3}
        own = item[OWN_KEY]
        assert clothes_categories()[own["clothes_category"] - 1].type == own["clothes_type"]
        assert set(own["attributes"]) <= names
        assert len(own["attributes"]) == len({group for group, _ in fine_attributes()})


def test_all_categories_and_levels_occur(written: Written) -> None:
    items = [item for _, _, item in written.items()]
    assert {item["category_id"] for item in items} == {c.id for c in categories()}
    for fact in ("scale", "occlusion", "zoom_in", "viewpoint"):
        assert {item[fact] for item in items} == {1, 2, 3}
    assert {int(v) for item in items for v in landmarks(item)[:, 2]} == {0, 1, 2}


def test_pairs_join_shop_and_consumer(written: Written) -> None:
    sources: dict[tuple[str, int, int], set[str]] = {}
    for (split, _), content in written.annotations.items():
        for key, item in content.items():
            if key.startswith("item") and item["style"] > 0:
                sources.setdefault((split, content["pair_id"], item["style"]), set()).add(content["source"])
    joined = [found for found in sources.values() if found == {"user", "shop"}]
    assert len(joined) > len(sources) / 2


def test_landmarks_outside_are_cut_off_and_kept_in_our_key(written: Written) -> None:
    seen = 0
    for place, _, item in written.right_items():
        width, height = size_of(written, place)
        words, points = item[OWN_KEY].get("visibility", {}), item[OWN_KEY].get("points", {})
        assert set(words) == set(points)
        for number, (x, y, v) in enumerate(landmarks(item).tolist(), 1):
            if v:
                assert 0 <= x < width
                assert 0 <= y < height
                assert (x, y) != (0, 0)
                assert str(number) not in words
            else:
                assert (x, y) == (0, 0)
                assert words[str(number)] == "cut off"
                px, py = points[str(number)]
                assert not (0 <= px < width and 0 <= py < height)
                seen += 1
    assert seen > 20


def test_polygons_are_closed_and_inside(written: Written) -> None:
    for place, _, item in written.right_items():
        width, height = size_of(written, place)
        assert item["segmentation"]
        for polygon in item["segmentation"]:
            points = np.array(polygon).reshape(-1, 2)
            assert len(points) >= 4
            assert (points[0] == points[-1]).all()
            assert points.min() >= 0
            assert (points.max(axis=0) < [width, height]).all()


def test_box_contains_the_polygons_closely(written: Written) -> None:
    for place, _, item in written.right_items():
        width, height = size_of(written, place)
        x1, y1, x2, y2 = item["bounding_box"]
        assert 0 <= x1 < x2 <= width
        assert 0 <= y1 < y2 <= height
        everything = np.concatenate([np.array(p).reshape(-1, 2) for p in item["segmentation"]])
        # The box is the mask's; a simplified outline may stay a pixel inside it.
        low, high = everything.min(axis=0), everything.max(axis=0) + 1
        assert (low >= [x1, y1]).all()
        assert (high <= [x2, y2]).all()
        assert (low - [x1, y1] <= 2).all()
        assert ([x2, y2] - high <= 2).all()


def test_labelled_landmarks_lie_on_or_near_the_mask(written: Written) -> None:
    for place, _, item in written.right_items():
        mask = mask_of(item, *size_of(written, place))
        far = cv2.distanceTransform(1 - mask, cv2.DIST_L2, 5)
        names = category(item["category_id"]).schema.names
        for name, (x, y, v) in zip(names, landmarks(item).tolist(), strict=True):
            # The back of the neck is behind the figure's own, outside what the front's mask shows.
            if v == 2 or (v == 1 and name != "back neck"):
                assert far[y, x] <= 3.5, (place, name)


def test_levels_follow_their_rules(written: Written) -> None:
    for place, _, item in written.right_items():
        width, height = size_of(written, place)
        states = landmarks(item)[:, 2]
        assert item["scale"] == scale_level(item["bounding_box"], width, height)
        assert item["occlusion"] == occlusion_level((states == 1).sum() / len(states))
        assert item["zoom_in"] == zoom_level((states == 0).sum() / len(states))


@pytest.mark.parametrize(("share", "level"), [(0.0, 1), (0.19, 1), (0.2, 2), (0.5, 2), (0.51, 3)])
def test_occlusion_limits(share: float, level: int) -> None:
    assert occlusion_level(share) == level


def test_other_limits() -> None:
    assert [scale_level([0, 0, w, 10], 100, 10) for w in (9, 10, 39, 40)] == [1, 2, 2, 3]
    assert [zoom_level(share) for share in (0, 0.01, 0.33, 0.34)] == [1, 2, 2, 3]
    assert [viewpoint_level(False, 40), viewpoint_level(True, 10), viewpoint_level(True, -35)] == [1, 2, 3]


@pytest.mark.parametrize("held_out", [False, True])
@pytest.mark.parametrize("category_id", range(1, 14))
def test_every_cut_follows_its_schema(category_id: int, held_out: bool) -> None:
    schema = category(category_id).schema
    for seed in range(12):
        product = design(category_id, np.random.default_rng(seed), held_out=held_out)
        shape = cut(product, Pose(worn=bool(seed % 2)))
        assert set(shape.landmarks) == set(schema.names)
        points = np.array([shape.landmarks[name] for name in schema.names])
        mirrored = points[list(schema.mirrored())] * [-1, 1]
        np.testing.assert_allclose(points, mirrored, atol=1e-6)
        for name, (x, _) in zip(schema.names, points, strict=True):
            if name.startswith("left") and "leg hem, inner" not in name:
                assert x < 0
        for panel in shape.panels:
            assert cv2.contourArea(panel.outline.astype(np.float32)) > 5


def test_landmarks_go_down_the_left_side() -> None:
    for known in categories():
        shape = cut(design(known.id, np.random.default_rng(1), held_out=False), Pose())
        y = {name: shape.landmarks[name][1] for name in known.schema.names}
        down = [
            n
            for n in known.schema.names
            if n.startswith(("left side", "left waist", "left skirt", "left hem"))
        ]
        assert [y[n] for n in down] == sorted(y[n] for n in down)
        if "left cuff, outer" in y:
            assert y["left shoulder"] < y["left cuff, outer"]
        if "front neck" in y:
            assert y["left neck"] < y["left neckline"] < y["front neck"] + 1e-9
            assert y["back neck"] < y["front neck"]


def test_covering_makes_landmarks_occluded() -> None:
    product = design(8, np.random.default_rng(0), held_out=False)
    view = np.array([[1.0, 0.0, 100.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    plan = picture(7, 0)
    states = []
    for covered in (False, True):
        canvas = Canvas(200, 240)
        worn = Worn(canvas, product, Pose(), view, 0)
        worn.inside()
        worn.body()
        if covered:
            canvas.next_layer()
            canvas.fill(
                np.array([[0.0, 130.0], [200, 130], [200, 240], [0, 240]]), (0.0, 0.0, 0.0), mark=True
            )
        drawn = draw(plan, 128)
        drawn.canvas, drawn.garments = canvas, [(worn, plan.main)]
        states.append(landmarks(annotation(plan, drawn)["item1"]))
    free, hidden = states
    assert (free[:, 2] == 2).all()
    below = free[:, 1] > 134
    assert below.any()
    assert (hidden[below, 2] == 1).all()
    assert (hidden[free[:, 1] < 126, 2] == 2).all()
