"""The experiment counts the actions that the window needs."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from resources.taxonomy import category
from store.proposals import Proposal, Source
from store.records import Garment, Image, ImageRecord, Visibility

FILE = Path(__file__).resolve().parents[3] / "docs" / "experiments" / "actions.py"
SCHEMA = category(9).schema


@pytest.fixture(scope="module")
def counting() -> ModuleType:
    spec = importlib.util.spec_from_file_location("actions", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["actions"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def skirt() -> Garment:
    """Eight landmarks: 3 unlabelled, 5 and 6 occluded, 8 unlabelled."""
    box = np.array([100.0, 100.0, 200.0, 300.0])
    points = box[:2] + np.array(SCHEMA.template) * (box[2:] - box[:2])
    states = np.array([2, 2, 0, 2, 1, 1, 2, 0], np.uint8)
    points[states == 0] = 0
    return Garment(id=1, image_id=1, category_id=9, box=box, points=points, visibility=states)


def _proposal(garment: Garment, **more: object) -> Proposal:
    values: dict[str, object] = {
        "box": garment.box,
        "points": garment.points,
        "visibility": np.where(garment.visibility > 0, 2, 0),
        "point_scores": np.ones(8),
        "schema": SCHEMA,
    }
    return Proposal(0, 9, 0.9, source=Source("net"), **{**values, **more})


def _record(garment: Garment) -> ImageRecord:
    return ImageRecord(Image(id=1, width=400, height=400, size_known=True), (garment,))


def test_from_nothing(counting: ModuleType, skirt: Garment) -> None:
    count = counting.draw(skirt, last_category=1)
    assert count.actions == {
        "garment": 1,  # N
        "box": 1,
        "category": 2,  # C and a choice
        "landmarks' places": 7,  # six clicks, and Tab past the third; the eighth is never reached
        "landmarks' states": 3,  # two marked, and 1
    }
    assert counting.draw(skirt, last_category=9).actions["category"] == 0


def test_what_is_right_within_the_tolerance_needs_nothing(counting: ModuleType, skirt: Garment) -> None:
    assert counting.correct(skirt, skirt).total == 0
    unit = 2 * min(SCHEMA.sigmas) * np.sqrt(100 * 200)
    near = skirt.but(
        points=skirt.points + np.array([0.99 * unit, 0.0]), box=skirt.box + np.array([3.0, 0, 0, 0])
    )
    assert counting.correct(near, skirt).total == 0


def test_what_is_wrong_is_corrected_piece_by_piece(counting: ModuleType, skirt: Garment) -> None:
    points, states = skirt.points.copy(), skirt.visibility.copy()
    points[0] += 80  # one drag
    states[[3, 4]] = Visibility.UNLABELLED  # K, one chosen in the list, two clicks in the picture
    states[7] = Visibility.VISIBLE  # marked, and 0
    wrong = skirt.but(points=points, visibility=states, box=np.array([100.0, 100.0, 200.0, 200.0]))
    count = counting.correct(wrong, skirt)
    assert +count.actions == {
        "garment": 1,
        "box": 1,
        "landmarks' places": 5,
        "landmarks' states": 4,  # the fifth too: marked, and 1
    }
    assert counting.correct(skirt.but(box=skirt.box + 40.0), skirt).actions["box"] == 2
    other = counting.correct(
        skirt.but(category_id=7, points=np.zeros((10, 2)), visibility=np.zeros(10)), skirt
    )
    assert other.actions["category"] == 2
    assert other.actions["landmarks' places"] == 1 + 6 + 2


def test_a_good_proposal_is_one_key_and_the_states(counting: ModuleType, skirt: Garment) -> None:
    count = counting.from_proposals([_record(skirt)], {1: [_proposal(skirt)]})
    assert (count.accepted, count.rejected, count.garments) == (1, 0, 1)
    assert count.total == 1 + 1 + 3  # Shift+Y, select, two occluded
    bad = _proposal(skirt, box=np.array([300.0, 300.0, 390.0, 390.0]))
    with_bad = counting.from_proposals([_record(skirt)], {1: [_proposal(skirt), bad, bad.but(number=2)]})
    assert with_bad.rejected == 2
    # The good one is chosen and accepted, the others are left.
    assert with_bad.total == count.total + 1
    alone = counting.from_proposals([_record(skirt)], {1: [bad]})
    assert alone.total == counting.from_nothing([_record(skirt)]).total


def test_the_report_adds_up(counting: ModuleType, skirt: Garment) -> None:
    nothing = counting.from_nothing([_record(skirt)])
    proposals = counting.from_proposals([_record(skirt)], {1: [_proposal(skirt)]})
    text = counting.report("net", nothing, proposals, 1, "drawn")
    assert f"| **all** | **{nothing.total}** | **{proposals.total}** |" in text
    assert f"{proposals.total / nothing.total:.0%}" in text
    assert set(nothing.actions) <= set(counting.GROUPS)
