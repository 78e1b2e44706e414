"""Evaluations are read as they were written, and what cannot be read is named."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from store.errors import StudioError
from store.runs.results import (
    FILE,
    GARMENTS,
    Cell,
    Column,
    Confusion,
    Curve,
    Draws,
    Evaluation,
    GarmentResults,
    LandmarkError,
    Published,
    Table,
    draws_key,
    read_evaluation,
    read_garments,
    write_evaluation,
)

OVERALL = Column("", "overall")
TABLE = Table(
    "boxes",
    "Box AP",
    ("AP", "AP50"),
    (Column("occlusion", "heavy", "occlusion = heavy"), OVERALL),
    ((Cell(0.25, 0.2, 0.3, 4), Cell(None)), (Cell(0.5), Cell(1.0, None, None, 9))),
    True,
    "COCO",
)
EVALUATION = Evaluation(
    "m",
    "d",
    "2026-01-02T03:04:05+00:00",
    3,
    4,
    {"boxes/AP": 0.25},
    (TABLE,),
    (Published("boxes", "AP", "Match R-CNN", 0.638, "validation", "paper"),),
    (Curve("boxes", "all", "recall", "precision", (0.0, 1.0), (1.0, 0.5)),),
    Confusion(("a", "nothing"), ((3, 1), (0, 0))),
    (LandmarkError("trousers", 2, None, None, 0), LandmarkError("trousers", 3, 0.1, 0.5, 2)),
    {"random": {"boxes/AP": 0.0}},
    ("a note",),
)


def garments(draws: Draws | None = None) -> GarmentResults:
    return GarmentResults(
        np.array([3, 5, 8]),
        np.array([1, 1, 2]),
        {"boxes": np.array([0.9, np.nan, 0.1])},
        {"boxes": np.array([True, False, False])},
        draws,
    )


def test_comes_back_as_it_was(tmp_path: Path) -> None:
    cells = {draws_key("boxes", "AP", OVERALL): np.array([0.2, 0.3], np.float32)}
    write_evaluation(EVALUATION, garments(Draws(7, np.array([1, 2]), cells)), tmp_path)
    assert read_evaluation(tmp_path) == EVALUATION
    back = read_garments(tmp_path)
    assert back.garment_ids.tolist() == [3, 5, 8]
    assert back.image_ids.tolist() == [1, 1, 2]
    np.testing.assert_array_equal(back.scores["boxes"], [0.9, np.nan, 0.1])
    assert back.correct["boxes"].tolist() == [True, False, False]
    assert back.draws is not None
    assert back.draws.seed == 7
    assert back.draws.image_ids.tolist() == [1, 2]
    assert {key: values.tolist() for key, values in back.draws.cells.items()} == {
        "boxes|AP||overall": pytest.approx([0.2, 0.3])
    }
    assert sorted(path.name for path in tmp_path.iterdir()) == [FILE, GARMENTS]


def test_evaluations_without_draws_are_read(tmp_path: Path) -> None:
    write_evaluation(EVALUATION, garments(), tmp_path)
    assert read_garments(tmp_path).draws is None


def test_a_folder_without_evaluation_has_none(tmp_path: Path) -> None:
    assert read_evaluation(tmp_path) is None
    with pytest.raises(StudioError, match=GARMENTS):
        read_garments(tmp_path)


@pytest.mark.parametrize("text", ["{", "{}", '{"tables": [1]}', "[]"])
def test_what_cannot_be_read_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / FILE).write_text(text)
    with pytest.raises(StudioError, match=rf"{FILE} cannot be read.*Evaluate the run again"):
        read_evaluation(tmp_path)


def test_a_cut_garment_file_is_named(tmp_path: Path) -> None:
    write_evaluation(EVALUATION, garments(), tmp_path)
    blob = (tmp_path / GARMENTS).read_bytes()
    for part in (b"", b"no zip", blob[: len(blob) // 2]):
        (tmp_path / GARMENTS).write_bytes(part)
        with pytest.raises(StudioError, match=GARMENTS):
            read_garments(tmp_path)
