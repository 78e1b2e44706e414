"""What geometry says of scale, occlusion, zoom-in and viewpoint; facts as edits."""

from __future__ import annotations

import numpy as np
import pytest

from resources.taxonomy import category, clothes_categories
from store.document.fact_edits import next_level, set_attribute, set_clothes, take_hints
from store.document.fact_hints import differing, hints
from store.records import Garment, Visibility

SIZE = (1000, 1000)
TROUSERS = category(8)


def worn(
    states: list[int] | None = None, box: tuple[float, ...] = (100, 100, 600, 600), **facts: int
) -> Garment:
    schema = TROUSERS.schema
    visibility = states if states is not None else [Visibility.VISIBLE] * schema.size
    points = np.array(schema.template) * 400 + 150
    return Garment(id=1, image_id=1, category_id=8, box=box, points=points, visibility=visibility, **facts)


def levels(garment: Garment) -> dict[str, int]:
    return {hint.fact: hint.level for hint in hints(garment, TROUSERS.schema, SIZE)}


@pytest.mark.parametrize(("side", "level"), [(300, 1), (320, 2), (600, 2), (640, 3)])
def test_scale_is_the_box_in_the_image(side: float, level: int) -> None:
    assert levels(worn(box=(50, 50, 50 + side, 50 + side)))["scale"] == level


@pytest.mark.parametrize(("hidden", "level"), [(0, 1), (2, 1), (3, 2), (7, 2), (8, 3), (14, 3)])
def test_occlusion_is_the_share_of_hidden_landmarks(hidden: int, level: int) -> None:
    assert levels(worn([1] * hidden + [2] * (14 - hidden)))["occlusion"] == level


def test_zoom_in_counts_what_is_outside() -> None:
    assert levels(worn())["zoom_in"] == 1
    assert levels(worn([3] * 2 + [2] * 12))["zoom_in"] == 2
    assert levels(worn([3] * 5 + [2] * 9))["zoom_in"] == 3
    # Unlabelled ones are outside where the garment reaches the border, and else not there yet.
    unlabelled = [0] * 5 + [2] * 9
    assert levels(worn(unlabelled))["zoom_in"] == 1
    assert levels(worn(unlabelled, box=(0, 100, 600, 600)))["zoom_in"] == 3


def test_viewpoint_is_told_by_one_side() -> None:
    states = np.full(14, 2)
    assert levels(worn(states.tolist()))["viewpoint"] == 2
    assert "viewpoint" not in levels(worn(states.tolist(), viewpoint=1))
    states[[pair[0] for pair in TROUSERS.schema.swaps]] = Visibility.OCCLUDED
    assert levels(worn(states.tolist()))["viewpoint"] == 3


def test_nothing_is_said_of_nothing() -> None:
    assert hints(Garment(), None, (0, 0)) == ()
    empty = worn([0] * 14, box=None)  # type: ignore[arg-type]
    assert hints(empty, TROUSERS.schema, SIZE) == ()


def test_only_what_differs_is_taken_in_one_edit() -> None:
    garment = worn(scale=2, occlusion=3)
    found = differing(garment, hints(garment, TROUSERS.schema, SIZE))
    assert {hint.fact for hint in found} == {"occlusion", "zoom_in", "viewpoint"}
    edit = take_hints(garment, found)
    after = edit.changes[0].after
    assert isinstance(after, Garment)
    assert (after.scale, after.occlusion, after.zoom_in, after.viewpoint) == (2, 1, 1, 2)
    assert edit.title == "Take from geometry: occlusion slight, zoom-in none, viewpoint frontal"
    with pytest.raises(ValueError, match="no hint"):
        take_hints(garment, ())


def test_levels_go_round() -> None:
    garment = worn()
    seen = []
    for _ in range(4):
        after = next_level(garment, "scale").changes[0].after
        assert isinstance(after, Garment)
        garment = after
        seen.append(garment.scale)
    assert seen == [1, 2, 3, 1]


def said(garment: Garment, name: str, value: int) -> dict[str, int]:
    after = set_attribute(garment, name, value).changes[0].after
    assert isinstance(after, Garment)
    return dict(after.attributes)


def test_attributes_have_three_values() -> None:
    assert said(worn(), "denim", 1) == {"denim": 1}
    garment = worn().but(attributes={"denim": 1, "knit": -1})
    assert said(garment, "denim", 0) == {"knit": -1}
    assert said(garment, "denim", -1) == {"denim": -1, "knit": -1}
    # Where the file says of each that it is unknown, it goes on to.
    explicit = worn().but(attributes={"denim": 1, "knit": 0})
    assert said(explicit, "denim", 0) == {"denim": 0, "knit": 0}
    with pytest.raises(ValueError, match="1, -1 or 0"):
        set_attribute(garment, "denim", 2)


def test_a_category_of_the_fifty_brings_its_type() -> None:
    blouse = next(one for one in clothes_categories() if one.name == "Blouse")
    after = set_clothes(worn(), blouse).changes[0].after
    assert isinstance(after, Garment)
    assert (after.clothes_category, after.clothes_type) == (blouse.id, 1)
    assert set_clothes(worn(), None).title == "Change clothes category"
