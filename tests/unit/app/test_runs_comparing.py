"""Two evaluations as the page shows them: figures beside figures, garments with their images."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from app.controllers.runs_comparing import Compared, compared, labelled
from store import importing
from store.db import Store
from store.demo import DemoOptions, write_demo
from store.errors import StudioError
from store.runs.results import Cell, Column, Evaluation, GarmentResults, Table, write_evaluation
from widgets.pages.runs.records import Change, Comparison

COLUMNS = (Column("occlusion", "heavy", "occlusion = heavy"), Column("", "overall"))


def evaluation(values: list[list[float | None]], rows: tuple[str, ...] = ("AP", "AP50")) -> Evaluation:
    cells = tuple(tuple(Cell(value, count=4) for value in row) for row in values)
    table = Table("landmarks", "Landmark AP", rows, COLUMNS, cells)
    return Evaluation("m", "held out", "2026-01-01", 3, 5, {"landmarks/AP": 0.5}, (table,))


def garments(correct: list[bool], ids: list[int] | None = None) -> GarmentResults:
    found = np.array(ids or [11, 12, 21, 31, 32])
    scores = {"landmarks": np.array(correct, np.float64)}
    return GarmentResults(found, found // 10, scores, {"landmarks": np.array(correct)})


def write(folder: Path, name: str, found: Evaluation, results: GarmentResults) -> Compared:
    (folder / name / "evaluation").mkdir(parents=True)
    write_evaluation(found, results, folder / name / "evaluation")
    return Compared(name, name.capitalize(), folder / name)


def test_fixed_and_broken_garments_come_with_their_images(tmp_path: Path) -> None:
    first = write(
        tmp_path, "a", evaluation([[0.1, 0.2], [0.3, 0.4]]), garments([False, False, True, True, True])
    )
    second = write(
        tmp_path, "b", evaluation([[0.2, None], [0.4, 0.5]]), garments([True, False, False, False, True])
    )
    found = compared(first, second)
    assert (found.first, found.second, found.first_name, found.second_name) == ("a", "b", "A", "B")
    (change,) = found.changes
    assert change.measure == "landmarks"
    assert change.fixed == ((1, 11),)
    assert change.broke == ((2, 21), (3, 31))
    assert change.unchanged == 2
    (difference,) = found.differences
    assert difference.before == ((0.1, 0.2), (0.3, 0.4))
    assert [cell.value for cell in difference.table.cells[0]] == [0.2, None]


def test_what_only_one_has_is_nothing_before(tmp_path: Path) -> None:
    first = write(tmp_path, "a", evaluation([[0.1, 0.2]], ("AP",)), garments([True, False], [12, 21]))
    wider = evaluation([[0.2, 0.3], [0.4, 0.5]])
    table = replace(wider.tables[0], columns=(COLUMNS[1], Column("scale", "small")))
    second = write(tmp_path, "b", replace(wider, tables=(table,)), garments([False, True, True, True, True]))
    found = compared(first, second)
    assert found.differences[0].before == ((0.2, None), (None, None))
    assert (found.changes[0].fixed, found.changes[0].broke) == (((2, 21),), ())
    assert any("3 garments" in note for note in found.notes)


def test_a_run_that_was_not_evaluated_is_named(tmp_path: Path) -> None:
    first = write(tmp_path, "a", evaluation([[0.1, 0.2], [0.3, 0.4]]), garments([True] * 5))
    with pytest.raises(StudioError, match=r"Second has not been evaluated\. Choose it"):
        compared(first, Compared("b", "Second", tmp_path / "b"))


def test_garments_are_told_by_the_name_of_their_image_and_their_category(tmp_path: Path) -> None:
    write_demo(tmp_path / "dataset", DemoOptions(images=4, errors=0.0, size=128))
    with Store.create(tmp_path / "store", "drawn") as store:
        importing.import_dataset(store, "deepfashion2", tmp_path / "dataset", importing.ImportOptions())
        images = store.images.get_many(store.images.ids())
        first = store.garments.of_images([images[0].id])[images[0].id][0]
        gone = (10**6, 10**7)
        change = Change("landmarks", fixed=((images[0].id, first.id),), broke=(gone,))
        found = labelled(Comparison("a", "b", "A", "B", changes=(change,)), store)
        word = next(one.name for one in store.categories.all() if one.id == first.category_id)
    assert found.labels[first.id] == f"{images[0].name}, {word}"
    assert gone[1] not in found.labels
