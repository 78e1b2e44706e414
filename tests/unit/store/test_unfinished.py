"""Imports that are broken off, and go on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from store import importing, unfinished
from store.db import Store
from store.document import Document
from store.document.edits import set_review
from store.errors import Cancelled, FormatError, StoreError
from store.importing import ImportOptions, ImportReport
from store.processes import birth, runs
from store.records import Problem, Review
from tests.unit.store.small_dataset import make

IMAGES = 120
NONE = ImportOptions()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.create(tmp_path / "store") as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make(tmp_path / "data", IMAGES)


def _marks(store: Store) -> list[Problem]:
    return [problem for problem in store.problems.page(0, 999) if problem.code == unfinished.CODE]


def _broken_off(store: Store, path: Path, at: int = 50) -> None:
    def stop(done: int, _total: int, _message: str = "") -> None:
        if done >= at:
            raise Cancelled

    with pytest.raises(Cancelled, match="Import the same again to go on"):
        importing.import_dataset(store, "auto", path, NONE, stop)


def _imported(store: Store, path: Path) -> ImportReport:
    return importing.import_dataset(store, "auto", path, NONE)


def test_it_is_on_the_problem_list_until_it_goes_on(store: Store, folder: Path) -> None:
    _broken_off(store, folder)
    (mark,) = _marks(store)
    assert str(folder) in mark.file
    assert "import the same again" in mark.message
    report = _imported(store, folder)
    assert (report.before, report.images, report.dataset) == (50, IMAGES - 50, "data")
    assert _marks(store) == []
    names = [record.image.name for record in store.stream()]
    assert names == sorted(names)
    assert len(names) == store.garments.count() == IMAGES
    assert len(store.datasets.all()) == 1


def test_what_was_edited_meanwhile_stays(store: Store, folder: Path) -> None:
    _broken_off(store, folder)
    document = Document(store, int(store.images.ids()[0]))
    document.apply(set_review(document.image, Review.ACCEPTED))
    _imported(store, folder)
    assert store.statistics.totals().reviewed == 1


def test_a_whole_import_is_not_gone_on_with(store: Store, folder: Path) -> None:
    assert _imported(store, folder).dataset == "data"
    report = _imported(store, folder)
    assert (report.before, report.images, report.again, report.same) == (0, 0, True, IMAGES)
    assert store.problems.count() == 0


def test_one_that_was_being_brought_up_to_date_is_so_from_the_beginning(store: Store, folder: Path) -> None:
    _imported(store, folder)
    _broken_off(store, folder)
    assert len(_marks(store)) == 1
    changed = folder / "train" / "annos" / "000001.json"
    changed.write_text(changed.read_text().replace('"style": 1', '"style": 2'))
    report = _imported(store, folder)
    assert (report.again, report.changed, report.same) == (True, 1, IMAGES - 1)
    assert _marks(store) == []


def test_another_place_is_another_dataset(store: Store, folder: Path, tmp_path: Path) -> None:
    _broken_off(store, folder)
    other = make(tmp_path / "more" / "data", 3)
    assert _imported(store, other).dataset == "data 2"
    assert len(_marks(store)) == 1


def test_one_that_still_runs_is_left_alone(store: Store, folder: Path) -> None:
    _broken_off(store, folder)
    (mark,) = _marks(store)
    store.problems.remove([mark.id])
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        store.problems.add([mark.but(item=f"process {process.pid} {birth(process.pid)}")])
        with pytest.raises(StoreError, match="by another process"):
            _imported(store, folder)
        named = importing.import_dataset(store, "auto", folder, ImportOptions(name="mine"))
        assert (named.dataset, named.images) == ("mine", IMAGES)
    assert _imported(store, folder).before == 50


@pytest.fixture
def dies(store: Store, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Lets the process end, as it were, when the next problems would be removed."""

    def begin() -> None:
        with monkeypatch.context() as patched:
            patched.setattr(type(store.problems), "remove", _die)
            with pytest.raises(KeyboardInterrupt):
                unfinished.begin(store, store.datasets.all()[0])

    return begin


def _die(_self: object, _ids: object) -> None:
    raise KeyboardInterrupt


def test_a_kill_between_two_marks_leaves_it_unfinished(
    store: Store, folder: Path, dies: Callable[[], None]
) -> None:
    _broken_off(store, folder)
    known = [mark.id for mark in _marks(store)]
    dies()
    # The new mark is there before the old one goes: at no time does the half look like the whole.
    assert [mark.id for mark in _marks(store)][: len(known)] == known
    assert len(_marks(store)) == 2
    report = _imported(store, folder)
    assert (report.again, report.before, report.images) == (False, 50, IMAGES - 50)
    assert _marks(store) == []


@pytest.mark.parametrize("times", [1, 2])
def test_problems_of_the_file_are_listed_once(store: Store, tmp_path: Path, times: int) -> None:
    images = [{"id": n, "file_name": f"{n}.jpg", "width": 9, "height": 9} for n in range(IMAGES)]
    strays = [{"id": 1, "image_id": 777, "category_id": 1, "bbox": [1, 1, 2, 2]}]
    file = tmp_path / "a.json"
    file.write_text(json.dumps({"images": images, "annotations": strays, "categories": []}))
    for time in range(times):
        _broken_off(store, file, 50 * (time + 1))
    _imported(store, file)
    codes = [problem.code for problem in store.problems.page(0, 999)]
    assert codes.count("image-id") == 1
    assert codes.count("picture-missing") == IMAGES


def test_a_place_without_a_dataset_leaves_no_dataset(store: Store, tmp_path: Path) -> None:
    (tmp_path / "d" / "annos").mkdir(parents=True)
    (tmp_path / "d" / "image").mkdir()
    with pytest.raises(FormatError, match="not UTF-8"):
        importing.import_dataset(store, "deepfashion2", tmp_path / "d", ImportOptions(name="\udcff"))
    assert store.datasets.all() == ()


def test_whether_a_process_runs() -> None:
    assert runs(os.getpid(), birth(os.getpid()))
    assert not runs(os.getpid(), "1")
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        pid, born = process.pid, birth(process.pid)
    assert not runs(pid, born)
