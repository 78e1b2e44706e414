"""The intervals of the paired experiment are what they say."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from store.runs.results import Cell, Column, Draws, Evaluation, GarmentResults, Table, draws_key

FILE = Path(__file__).resolve().parents[3] / "docs" / "experiments" / "pairing.py"


@pytest.fixture(scope="module")
def pairing() -> ModuleType:
    spec = importlib.util.spec_from_file_location("pairing", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["pairing"] = module
    spec.loader.exec_module(module)
    return module


def test_students_interval_holds_the_truth_in_95_of_100(pairing: ModuleType) -> None:
    rng = np.random.default_rng(1)
    held = 0
    for _ in range(2000):
        low, high = pairing.interval_over_seeds(rng.normal(0.3, 1.0, 5))
        held += low <= 0.3 <= high
    assert 0.93 <= held / 2000 <= 0.97
    assert pairing.interval_over_seeds([0.1]) is None


def test_the_interval_over_both_is_wider_than_that_over_images_alone(pairing: ModuleType) -> None:
    rng = np.random.default_rng(2)
    images = rng.normal(0, 0.1, 200)
    same = np.tile(images, (5, 1))
    apart = same + np.array([-0.3, -0.1, 0.0, 0.1, 0.3])[:, None]
    low, high = pairing.interval_over_both(same)
    assert (low, high) == pytest.approx(tuple(np.quantile(images, (0.025, 0.975))), abs=0.01)
    wide = pairing.interval_over_both(apart)
    assert wide[0] < low < high < wide[1]
    assert pairing.interval_over_both(same[:1]) is None


def test_draws_with_nothing_to_measure_do_not_count(pairing: ModuleType) -> None:
    values = np.full((3, 200), 0.25)
    values[0, :50] = np.nan
    assert pairing.interval_over_both(values) == pytest.approx((0.25, 0.25))
    values[:, 30:] = np.nan
    assert pairing.interval_over_both(values) is None


def test_lines_pair_runs_of_one_seed(pairing: ModuleType) -> None:
    def run(error: float, top: float) -> object:
        column = Column("", "overall")
        tables = (Table("landmark_error", "", ("NE",), (column,), ((Cell(error),),), False),)
        metrics = {"landmarks/NE": error, "category/top1": top, "of no interest": 1.0}
        evaluation = Evaluation("m", "d", "", 3, 7, metrics, tables)
        ids = np.arange(3)
        draws = Draws(0, ids, {draws_key("landmark_error", "NE", column): np.full(200, error, np.float32)})
        return pairing.measured(evaluation, GarmentResults(ids, ids, {}, {}, draws))

    first = [run(0.1, 0.5), run(0.2, 0.6), run(0.3, 0.7)]
    second = [run(0.3, 0.4), run(0.4, 0.5), run(0.2, 0.8)]
    lines = {line.name: line for line in pairing.compared(first, second)}
    assert set(lines) == {"landmarks/NE", "category/top1"}
    error = lines["landmarks/NE"]
    assert error.difference == pytest.approx(-0.1)
    # Less error is better: in two of three seeds.
    assert (error.better, error.seeds) == (2, 3)
    assert error.over_both is not None
    assert error.over_both[0] == pytest.approx(-0.2, abs=1e-6)
    # Without draws there is Student's interval alone.
    assert lines["category/top1"].over_both is None
    assert lines["category/top1"].over_seeds is not None
    text = pairing.table(list(lines.values()), "corrected", "uncorrected")
    assert "| landmarks/NE (lower is better) | 0.2000 | 0.3000 | -0.1000 |" in text
    assert "2 of 3" in text
