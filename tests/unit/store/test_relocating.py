"""Pictures that lie elsewhere by now."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from store import importing, relocating
from store.db import Store
from store.errors import StoreError
from store.importing import ImportOptions
from store.records import ImageState
from tests.unit.store.small_dataset import make

IMAGES = 12


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.create(tmp_path / "store") as made:
        importing.import_dataset(made, "auto", make(tmp_path / "old" / "clothes", IMAGES), ImportOptions())
        yield made


@pytest.fixture
def moved(store: Store, tmp_path: Path) -> Path:
    """The whole dataset has gone elsewhere, and the store was looked through since."""
    shutil.move(tmp_path / "old" / "clothes", tmp_path / "new" / "set")
    assert relocating.relocate(store, 1).missing == IMAGES
    return tmp_path / "new" / "set"


def _states(store: Store) -> set[ImageState]:
    return {record.image.state for record in store.stream()}


def test_what_is_gone_is_noted_once_and_found_again(store: Store, tmp_path: Path, moved: Path) -> None:
    assert _states(store) == {ImageState.MISSING}
    assert store.problems.count() == IMAGES
    assert [tile.problems for tile in store.images.tiles(store.images.ids())] == [1] * IMAGES
    assert relocating.relocate(store, 1).news == 0
    shutil.move(moved, tmp_path / "old" / "clothes")
    done = relocating.relocate(store, 1)
    assert (done.present, done.missing, done.news) == (IMAGES, 0, IMAGES)
    assert _states(store) == {ImageState.PRESENT}
    assert store.problems.count() == 0
    assert [tile.problems for tile in store.images.tiles(store.images.ids())] == [0] * IMAGES
    assert store.revisions.count() == 0


@pytest.mark.parametrize("asked", ["", "train", "..", "train/image"])
def test_the_folder_that_was_meant_is_found(store: Store, moved: Path, asked: str) -> None:
    found = relocating.look(store, 1, moved / asked)
    assert (found.folder.resolve(), found.found, found.images) == (moved, IMAGES, IMAGES)
    assert _states(store) == {ImageState.MISSING}


def test_some_are_there_and_some_are_not(store: Store, moved: Path) -> None:
    pictures = moved / "train" / "image"
    (pictures / "000001.jpg").unlink()
    (pictures / "000002.jpg").write_bytes(b"none")
    assert relocating.look(store, 1, moved).found == IMAGES - 1
    done = relocating.relocate(store, 1, moved)
    assert (done.present, done.missing, done.unreadable, done.news) == (IMAGES - 2, 1, 1, IMAGES - 1)
    codes = [problem.code for problem in store.problems.page(0, 9)]
    assert sorted(codes) == ["picture-missing", "picture-unreadable"]


def test_the_annotations_move_along(store: Store, moved: Path) -> None:
    relocating.relocate(store, 1, moved)
    report = importing.import_dataset(store, "auto", moved, ImportOptions())
    assert (report.again, report.same, report.images) == (True, IMAGES, 0)


def test_annotations_that_stayed_are_still_the_same(store: Store, tmp_path: Path) -> None:
    old = tmp_path / "old" / "clothes"
    (tmp_path / "big" / "train").mkdir(parents=True)
    shutil.move(old / "train" / "image", tmp_path / "big" / "train" / "image")
    relocating.relocate(store, 1, tmp_path / "big")
    report = importing.import_dataset(store, "auto", old, ImportOptions())
    assert (report.again, report.same, report.missing) == (True, IMAGES, 0)


def test_what_is_no_folder_changes_nothing(store: Store, tmp_path: Path) -> None:
    root = store.datasets.get(1).images_root
    for work in (relocating.look, relocating.relocate):
        with pytest.raises(StoreError, match="not a folder"):
            work(store, 1, tmp_path / "nowhere")
    assert store.datasets.get(1).images_root == root
    assert relocating.look(store, 1, tmp_path / "store").found == 0


def test_links_that_lead_out_do_not_count(store: Store, moved: Path, tmp_path: Path) -> None:
    pictures = moved / "train" / "image"
    shutil.move(pictures, tmp_path / "outside")
    pictures.symlink_to(tmp_path / "outside")
    assert relocating.look(store, 1, moved).found == 0
    assert relocating.relocate(store, 1, moved).missing == IMAGES
    assert not store.images.path(store.images.get(1)).exists()
