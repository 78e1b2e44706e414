"""What every storage must do for a dataset that is imported again, or whose pictures have moved."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from store import importing, relocating
from store.db import Store
from store.document import Document
from store.document.edits import set_facts
from store.importing import Conflicts, ImportOptions
from tests.unit.store.small_dataset import make

IMAGES = 12


def _rewritten(folder: Path, numbers: range, style: int) -> None:
    for number in numbers:
        path = folder / "train" / "annos" / f"{number:06d}.json"
        document = json.loads(path.read_text())
        document["item1"]["style"] = style
        path.write_text(json.dumps(document))


def _styles(store: Store) -> list[int | None]:
    return [record.garments[0].style for record in store.stream() if record.garments]


def test_a_dataset_is_brought_up_to_date(store: Store, other: Store, tmp_path: Path) -> None:
    folder = make(tmp_path / "clothes", IMAGES)
    importing.import_dataset(store, "auto", folder, ImportOptions())
    assert importing.import_dataset(other, "auto", folder, ImportOptions()).same == IMAGES
    document = Document(other, 2)
    document.apply(set_facts(document.garments[0], style=5))
    _rewritten(folder, range(1, 4), 3)
    (folder / "train" / "annos" / "000009.json").write_text("{}")
    for part, ending in (("annos", "json"), ("image", "jpg")):
        (folder / "train" / part / f"000012.{ending}").unlink()
    make(folder, 1, "validation")
    report = importing.import_dataset(store, "auto", folder, ImportOptions())
    found = (report.images, report.changed, report.kept, report.same, report.gone)
    assert found == (1, 3, 1, IMAGES - 5, 1)
    assert _styles(other)[:4] == [3, 5, 3, 1]
    assert [problem.code for problem in other.problems.page(0, 9)] == ["import-kept", "image-gone"]
    theirs = ImportOptions(conflicts=Conflicts.THEIRS)
    assert importing.import_dataset(store, "auto", folder, theirs).overwritten == 1
    assert _styles(other)[:4] == [3, 3, 3, 1]
    document.refresh()
    document.undo()
    assert _styles(store)[1] == 5


def test_pictures_are_missed_and_found(store: Store, other: Store, tmp_path: Path) -> None:
    folder = make(tmp_path / "clothes", IMAGES)
    importing.import_dataset(store, "auto", folder, ImportOptions())
    shutil.move(folder, tmp_path / "moved")
    assert relocating.relocate(store, 1).missing == IMAGES
    assert other.datasets.missing(1) == IMAGES
    assert relocating.look(other, 1, tmp_path / "moved" / "train").found == IMAGES
    assert relocating.relocate(other, 1, tmp_path / "moved").present == IMAGES
    assert store.datasets.missing(1) == store.problems.count() == 0
