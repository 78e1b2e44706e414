"""Labels that are wrong on purpose, and the truth that puts them right."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from resources.taxonomy import category
from store.demo import write_demo
from store.demo.compose import draw
from store.demo.errors import CATEGORY, KINDS, MASK, PAIR, SHIFTED, SWAPPED, spoil
from store.demo.labels import annotation
from store.demo.plan import picture
from tests.unit.store.demo.demo_dataset import OPTIONS, Written, read


@pytest.fixture(scope="module")
def right() -> list[dict[str, Any]]:
    plans = [picture(3, index) for index in range(24)]
    return [annotation(plan, draw(plan, 160)) for plan in plans]


def pairs(right: list[dict[str, Any]], kind: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """True and wrong items of one kind."""
    found = []
    for round_ in range(6):
        for index, content in enumerate(right):
            said, wrong = spoil(content, round_, index, 1.0)
            found += [(w.true_item, said[w.item]) for w in wrong if w.kind == kind]
    assert found
    return found


def test_share_is_as_asked(written: Written) -> None:
    assert written.report.wrong == pytest.approx(OPTIONS.errors * written.report.garments, abs=4)


def test_no_errors_and_all_errors(right: list[dict[str, Any]]) -> None:
    for index, content in enumerate(right):
        before = copy.deepcopy(content)
        assert spoil(content, 1, index, 0.0) == (content, [])
        said, wrong = spoil(content, 1, index, 1.0)
        assert len(wrong) == sum(key.startswith("item") for key in content)
        assert said != content
        assert content == before


def test_truth_puts_everything_right(written: Written, tmp_path: Path) -> None:
    clean = read(tmp_path / "clean", write_demo(tmp_path / "clean", replace(OPTIONS, errors=0.0, images=40)))
    assert clean.truth == []
    restored = {place: dict(content) for place, content in written.annotations.items()}
    for line in written.truth:
        content = restored[line["split"], line["image"][:-4]]
        assert line["error"] in KINDS
        assert content[line["item"]] != line["truth"] or content["pair_id"] != line["pair_id"]
        content[line["item"]] = line["truth"]
        content["pair_id"] = line["pair_id"]
    for place, content in clean.annotations.items():
        assert restored[place] == content


def test_all_kinds_occur(right: list[dict[str, Any]]) -> None:
    for kind in KINDS:
        assert pairs(right, kind)


def test_shifted_moves_some_landmarks_visibly(right: list[dict[str, Any]]) -> None:
    for true, said in pairs(right, SHIFTED):
        before, after = (np.array(item["landmarks"]).reshape(-1, 3) for item in (true, said))
        assert (before[:, 2] == after[:, 2]).all()
        moved = np.hypot(*(after - before)[:, :2].T)
        x1, y1, x2, y2 = true["bounding_box"]
        assert moved.max() > 0.03 * np.hypot(x2 - x1, y2 - y1)
        assert (moved == 0).any() or len(moved) <= 6
        assert {k: v for k, v in said.items() if k != "landmarks"} == {
            k: v for k, v in true.items() if k != "landmarks"
        }


def test_swapped_is_the_mirrored_order(right: list[dict[str, Any]]) -> None:
    for true, said in pairs(right, SWAPPED):
        order = list(category(true["category_id"]).schema.mirrored())
        before = np.array(true["landmarks"]).reshape(-1, 3)
        assert np.array(said["landmarks"]).tolist() == before[order].ravel().tolist()
        assert said != true


def test_wrong_category_has_a_list_that_fits_it(right: list[dict[str, Any]]) -> None:
    for true, said in pairs(right, CATEGORY):
        known = category(said["category_id"])
        assert said["category_id"] != true["category_id"]
        assert said["category_name"] == known.name
        values = np.array(said["landmarks"]).reshape(-1, 3)
        assert len(values) == known.schema.size
        assert (values[:, 2] == 2).all()
        x1, y1, x2, y2 = said["bounding_box"]
        assert (values[:, :2] >= [x1, y1]).all() or x1 == 0
        assert (values[:, 0] <= x2).all()
        assert (values[:, 1] <= y2).all()


def test_wrong_pair_changes_the_style_only(right: list[dict[str, Any]]) -> None:
    styles = [(true["style"], said["style"]) for true, said in pairs(right, PAIR)]
    assert any(a != b for a, b in styles)
    # Where the style is unchanged, the whole image was moved to another pair.
    moved = [
        (content["pair_id"], spoil(content, seed, index, 1.0)[0]["pair_id"])
        for seed in range(6)
        for index, content in enumerate(right)
    ]
    assert any(a != b for a, b in moved)
    assert all(b >= 1 for _, b in moved)


def test_sloppy_mask_is_closed_and_off(right: list[dict[str, Any]]) -> None:
    for true, said in pairs(right, MASK):
        (polygon,) = said["segmentation"]
        points = np.array(polygon).reshape(-1, 2)
        assert (points[0] == points[-1]).all()
        assert len(points) >= 4
        assert polygon != true["segmentation"][0]
        assert said["landmarks"] == true["landmarks"]
