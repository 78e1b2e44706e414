"""Two evaluations: differences with their intervals, and what was fixed or broken."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from store.errors import StudioError
from store.runs.compare import Change, compare, compare_folders
from store.runs.results import (
    Cell,
    Column,
    Draws,
    Evaluation,
    GarmentResults,
    Table,
    draws_key,
    write_evaluation,
)

HEAVY, OVERALL = Column("occlusion", "heavy", "occlusion = heavy"), Column("", "overall")


def evaluation(value: float, **changes: object) -> Evaluation:
    table = Table(
        "boxes",
        "Box AP",
        ("AP",),
        (HEAVY, OVERALL),
        ((Cell(None), Cell(value, value - 0.1, value + 0.1, 4)),),
    )
    one = Evaluation("m", "d", "", 3, 4, {"boxes/AP": value, "loss": 1.0}, (table,))
    return replace(one, **changes)  # type: ignore[arg-type]


def garments(
    values: list[float], ids: tuple[int, ...] = (1, 2, 3, 4), draws: np.ndarray | None = None, seed: int = 0
) -> GarmentResults:
    scores = np.array(values)
    kept = None
    if draws is not None:
        cells = {draws_key("boxes", "AP", OVERALL): draws.astype(np.float32)}
        kept = Draws(seed, np.array([10, 20, 30]), cells)
    return GarmentResults(
        np.array(ids), np.array([10, 10, 20, 30])[: len(ids)], {"boxes": scores},
        {"boxes": np.nan_to_num(scores) >= 0.5}, kept,
    )  # fmt: skip


def test_differences_carry_the_interval_of_their_pairs() -> None:
    rng = np.random.default_rng(0)
    shared = rng.normal(0.5, 0.1, 200)
    first = garments([0.1] * 4, draws=shared)
    second = garments([0.1] * 4, draws=shared + 0.05 + rng.normal(0, 0.005, 200))
    found = compare(evaluation(0.5), first, evaluation(0.55), second)
    cell = found.tables[0].cells[0][1]
    assert cell.value == pytest.approx(0.05)
    assert cell.low is not None
    assert cell.high is not None
    # Much narrower than either of the two, because both were drawn alike.
    assert 0.03 < cell.low < 0.05 < cell.high < 0.07
    assert cell.better == 1
    assert found.tables[0].cells[0][0].value is None
    assert found.metrics["boxes/AP"].value == pytest.approx(0.05)
    assert found.notes == ()


def test_a_figure_without_interval_has_a_difference_without() -> None:
    bare = replace(evaluation(0.5).tables[0], cells=((Cell(None), Cell(0.5)),))
    draws = np.full(50, 0.5)
    found = compare(
        evaluation(0.5, tables=(bare,)),
        garments([0.1] * 4, draws=draws),
        evaluation(0.6),
        garments([0.1] * 4, draws=draws),
    )
    assert found.tables[0].cells[0][1] == Change(0.5, 0.6, pytest.approx(0.1))  # type: ignore[arg-type]


def test_lower_is_better_where_the_table_says_so() -> None:
    draws = np.full(50, 0.3)
    table = replace(evaluation(0.3).tables[0], higher_is_better=False)
    found = compare(
        evaluation(0.3, tables=(table,)),
        garments([0.1] * 4, draws=draws),
        evaluation(0.4),
        garments([0.1] * 4, draws=draws + 0.1),
    )
    assert found.tables[0].cells[0][1].better == -1


@pytest.mark.parametrize("other", [{"draws": None}, {"draws": np.full(50, 0.5), "seed": 3}])
def test_without_pairs_there_are_differences_but_no_intervals(other: dict[str, object]) -> None:
    first = garments([0.1] * 4, draws=np.full(50, 0.5))
    found = compare(evaluation(0.5), first, evaluation(0.6, data="other"), garments([0.1] * 4, **other))  # type: ignore[arg-type]
    cell = found.tables[0].cells[0][1]
    assert cell.value == pytest.approx(0.1)
    assert (cell.low, cell.high, cell.better) == (None, None, 0)
    assert len(found.notes) == 2


def test_fixed_and_broke_are_told_by_garment_and_image() -> None:
    first = garments([0.2, 0.9, 0.2, np.nan])
    second = garments([0.8, 0.1, 0.3, 0.9])
    turned = compare(evaluation(0.5), first, evaluation(0.5), second).turned[0]
    assert turned.fixed.tolist() == [1]
    assert turned.broke.tolist() == [2]
    assert turned.fixed_images.tolist() == [10]
    assert turned.broke_images.tolist() == [10]
    assert turned.unchanged == 1
    assert turned.score[0] == pytest.approx((0.6 - 0.8 + 0.1) / 3)


def test_garments_of_one_evaluation_only_are_counted() -> None:
    found = compare(evaluation(0.5), garments([0.9] * 4), evaluation(0.5), garments([0.9] * 3, ids=(2, 3, 9)))
    assert any("3 garments are in one of the two" in note for note in found.notes)
    assert found.turned[0].unchanged == 2


def test_columns_and_rows_that_both_have() -> None:
    narrow = Table("boxes", "Box AP", ("AP",), (OVERALL,), ((Cell(0.7),),))
    found = compare(
        evaluation(0.5), garments([0.9] * 4), evaluation(0.7, tables=(narrow,)), garments([0.9] * 4)
    )
    assert found.tables[0].columns == (OVERALL,)
    assert found.tables[0].cells[0][0].value == pytest.approx(0.2)


def test_folders_are_compared_and_a_missing_evaluation_is_named(tmp_path: Path) -> None:
    for name, value in (("a", 0.5), ("b", 0.6)):
        (tmp_path / name).mkdir()
        write_evaluation(evaluation(value), garments([value] * 4), tmp_path / name)
    assert compare_folders(tmp_path / "a", tmp_path / "b").metrics["boxes/AP"].value == pytest.approx(0.1)
    with pytest.raises(StudioError, match="has no evaluation"):
        compare_folders(tmp_path / "a", tmp_path)
